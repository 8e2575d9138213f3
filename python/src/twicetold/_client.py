"""A service, `twicetold serve`, with the methods of an `Index`: articles go over HTTP, and verdicts come back."""

from __future__ import annotations

import base64
import datetime
import http.client
import json
import os
import socket
import threading
import time
import urllib.parse
from typing import Any, Callable, Dict, Iterable, Iterator, List, Literal, Mapping, Optional, Tuple, Union

from ._any_index import Age, AnyIndex, Time
from ._errors import Error, FormatError, InputOutputError, LimitError, invalid
from ._index import _COMPARISON, _age, _ids, _one_or_more
from ._source import Articles, Fields, Source, Text

_EACH = 1000  # articles of a request
_EACH_BYTES = 1 << 20  # of it, but for its first article
_PAGE = 500
_TRIES = 5
_FIELDS = ("id", "text", "title", "published", "source")
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


class Rows(List[Dict[str, Any]]):
    """Rows that a service gave, a dict each. `columns` are their keys."""

    columns: List[str]
    rejected: List[Dict[str, Any]]

    def __init__(self, rows: Iterable[Dict[str, Any]], columns: List[str], rejected: List[Dict[str, Any]]):
        super().__init__(rows)
        self.columns, self.rejected = columns, rejected

    @property
    def counts(self) -> Dict[str, int]:
        """The number of each verdict."""
        kinds = ("new", "duplicate", "update", "overlaps", "withdrawn", "correction")
        return {kind: sum(row.get("verdict") == kind for row in self) for kind in kinds}

    def to_arrow(self) -> Any:
        """A pyarrow.Table (needs pyarrow)."""
        import pyarrow

        return pyarrow.table({name: pyarrow.array([row.get(name) for row in self]) for name in self.columns})

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        return self.to_arrow().__arrow_c_stream__(requested_schema)

    def to_pandas(self) -> Any:
        """A pandas.DataFrame."""
        import pandas

        return pandas.DataFrame(list(self), columns=self.columns)

    def to_polars(self) -> Any:
        """A polars.DataFrame (needs polars)."""
        import polars

        return polars.DataFrame(self.to_arrow())


def _time_of(value: Optional[str]) -> Optional[datetime.datetime]:
    return None if value is None else datetime.datetime.fromisoformat(value.replace("Z", "+00:00"))


def _with_times(row: Dict[str, Any], names: Tuple[str, ...] = ("published", "arrival", "embargoed", "expires")) -> Dict[str, Any]:
    for name in names:
        row[name] = _time_of(row[name])
    return row


def _as_json(value: Any) -> Any:
    """What JSON has no type for: times, and numbers of numpy."""
    if isinstance(value, datetime.datetime):
        return (value if value.tzinfo else value.replace(tzinfo=datetime.timezone.utc)).isoformat()
    if isinstance(value, datetime.date):
        return value.isoformat()
    if hasattr(value, "item"):
        return value.item()
    return str(value)


def _rows_of(source: Source) -> Iterator[Any]:
    """The articles of a source, mappings as they are given."""
    batches = source.dataset.to_batches() if source.dataset is not None else None
    if batches is None and hasattr(source.articles, "__arrow_c_stream__"):
        import pyarrow

        given = source.articles
        table = given if isinstance(given, (pyarrow.Table, pyarrow.RecordBatch)) else pyarrow.table(given)
        batches = table.to_batches() if hasattr(table, "to_batches") else [table]
    if batches is None:
        yield from source.articles
        return
    for batch in batches:
        yield from batch.to_pylist()


def _lines_of(source: Source, fields: Fields) -> Iterator[bytes]:
    """A line of JSON for each article, with the names that the service takes."""
    names = ((fields.id, "id"), (fields.name, "text"), (fields.title, "title"), (fields.published, "published"), (fields.source, "source"))
    for row in _rows_of(source):
        if not isinstance(row, Mapping):
            raise TypeError(f"an article is a mapping, not {type(row).__name__}")
        found = fields.mapping(row)
        article = {own: found[given] for given, own in names if given is not None and found.get(given) is not None}
        if row.get("version") is not None:
            article["version"] = row["version"]
        if not isinstance(article.get("id"), (str, type(None))) and hasattr(article["id"], "__index__"):
            article["id"] = article["id"].__index__()
        yield json.dumps(article, default=_as_json, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n"


def _bodies(lines: Iterable[bytes]) -> Iterator[List[bytes]]:
    """Lines of one request after another."""
    body: List[bytes] = []
    size = 0
    for line in lines:
        if body and (len(body) == _EACH or size + len(line) > _EACH_BYTES):
            yield body
            body, size = [], 0
        body.append(line)
        size += len(line)
    if body:
        yield body


def _is_integer(id: object) -> int:
    return int(not isinstance(id, (str, bytes)))


def _is_lines(path: str) -> bool:
    return path.lower().endswith((".jsonl", ".ndjson"))


class _LocalConnection(http.client.HTTPConnection):
    """A connection to a local socket."""

    def __init__(self, path: str, timeout: float):
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class Client(AnyIndex):
    """A running `twicetold serve`, with the methods of `Index`, so that code moves from the file to the service by
    one line:

        with twicetold.Client("http://127.0.0.1:8377") as index:
            for verdict in index.add(batch):
                if verdict["verdict"] == "new": ...

    url: where the service is, or the path of its local socket. token: what it was started with, if it was. who: the name of
    who decides, for `decide`. timeout: seconds that an answer may take.

    Verdicts and matches are lists of dicts with the names that `Index` gives, with `to_arrow`, `to_pandas` and
    `to_polars`. A request that the service has no room for is sent again after the time that it says, and one whose
    connection was lost is sent again at once, which changes nothing that is stored already. Threads may share an object.

    Raises InvalidError (a value, the token), FormatError, LimitError (too long), InputOutputError (the service is not there,
    or cannot store anything now).
    """

    def __init__(self, url: str, *, token: Optional[str] = None, who: str = "", timeout: float = 600):
        parts = urllib.parse.urlsplit(url)
        if parts.scheme in ("http", "https") and parts.hostname:
            of = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
            host, port = parts.hostname, parts.port
            self._new: Callable[[], http.client.HTTPConnection] = lambda: of(host, port, timeout=timeout)
        elif "://" not in url and os.sep in url:
            self._new = lambda: _LocalConnection(url, timeout)
        else:
            raise invalid(f"{url!r} is not allowed; give http://HOST:PORT or the path of a local socket")
        self.url, self._who = url, who
        self._base = parts.path.rstrip("/") if "://" in url else ""
        self._headers = {}
        if token is not None:
            self._headers["Authorization"] = "Basic " + base64.b64encode(f"{who}:{token}".encode()).decode()
        self._own = threading.local()

    # ---- Requests ----

    def _send(self, method: str, path: str, body: Optional[bytes]) -> Tuple[int, Any, bytes]:
        """Once; over the connection of this thread. @return status, headers, body"""
        connection = getattr(self._own, "connection", None)
        fresh = connection is None
        if connection is None:
            connection = self._own.connection = self._new()
        try:
            connection.request(method, self._base + path, body, self._headers)
            response = connection.getresponse()
            return response.status, response.headers, response.read()
        except (OSError, http.client.HTTPException) as error:
            self.close()
            if fresh:
                raise InputOutputError(f"{self.url}: {error or type(error).__name__}", "TT_EIO") from error
            return self._send(method, path, body)  # the service ended the connection, or began again

    def _ask(self, method: str, path: str, query: Optional[Mapping[str, Any]] = None, body: Optional[bytes] = None) -> bytes:
        if query:
            path += "?" + urllib.parse.urlencode({k: v for k, v in query.items() if v is not None})
        for tried in range(_TRIES):
            status, headers, answer = self._send(method, path, body)
            if status not in (429, 503) or tried + 1 == _TRIES:
                break
            time.sleep(float(headers.get("Retry-After", 1)))
        if status in (200, 422):
            return answer
        try:
            message = json.loads(answer)
            text = message["error"] + (f"; {message['advice']}" if "advice" in message else "")
        except (ValueError, KeyError, TypeError):
            text = f"status {status}"
        if status == 404:
            raise KeyError(text)
        if status == 413:
            raise LimitError(text, "TT_ELIMIT")
        if status >= 500 or status == 429:
            raise InputOutputError(text, "TT_EIO")
        raise invalid(text)

    def _json(self, method: str, path: str, query: Optional[Mapping[str, Any]] = None, body: Optional[bytes] = None) -> Any:
        return json.loads(self._ask(method, path, query, body))

    def close(self) -> None:
        """Closes the connection of this thread; the next request opens another."""
        connection = getattr(self._own, "connection", None)
        if connection is not None:
            connection.close()
            self._own.connection = None

    # ---- Articles ----

    def _sent(self, path: str, articles: Any, fields: Tuple[Any, ...]) -> Rows:
        id, text, source, published, title = fields
        given = Source(_one_or_more(articles), id, text, source, published, title=title)
        rows: List[Dict[str, Any]] = []
        rejected: List[Dict[str, Any]] = []
        count = 0

        def take(answer: bytes, file: Optional[str], first_line: int = 0) -> None:
            nonlocal count
            for line in answer.splitlines():
                row = json.loads(line)
                if row.pop("type") == "verdict":
                    rows.append({"differ": [], **row})
                else:
                    line_number = row.get("line")
                    rejected.append(
                        {"row": count, "file": file, "line": line_number + first_line if line_number and file else None,
                         "id": None, "status": "TT_EFORMAT", "reason": row["reason"]}
                    )
                count += 1

        if given.paths is not None and given.dataset is None:
            names = {"id_field": id, "text_field": given.fields.name, "title_field": title, "date_field": published, "source_field": source}
            usual = {"id_field": "id", "text_field": "text", "title_field": "title", "date_field": "published", "source_field": "source"}
            query = {k: v for k, v in names.items() if v is not None and v != usual[k]}
            for name in given.paths:
                if os.path.isdir(name):
                    raise invalid(f"{name} is a folder; give the files in it")
                try:
                    with open(name, "rb") as file:
                        if _is_lines(name):
                            first = 0
                            for body in _bodies(file):
                                take(self._ask("POST", path, query, b"".join(body)), name, first)
                                first += len(body)
                        else:
                            take(self._ask("POST", path, query, file.read()), name)
                except OSError as error:
                    if isinstance(error, Error):
                        raise
                    raise InputOutputError(f"cannot open {name}: {error.strerror}", "TT_EIO") from error
            if count > 0 and not rows:
                raise FormatError(f"all articles were rejected, the first: {rejected[0]['reason']}", "TT_EFORMAT")
        else:
            for body in _bodies(_lines_of(given, given.fields)):
                take(self._ask("POST", path, None, b"".join(body)), None)
        return Rows(rows, ["id", "verdict", *_COMPARISON, "new_tokens", "sections"], rejected)

    def add(
        self,
        articles: Articles,
        id: Optional[str] = "id",
        text: Text = "text",
        *,
        source: Optional[str] = "source",
        published: Optional[str] = "published",
        title: Optional[str] = "title",
        verdicts: bool = True,
        progress: Any = None,
    ) -> Optional[Rows]:
        """As `Index.add`: what is answered is on the disk of the service. Files are sent as they are. `progress` is not
        used. None with `verdicts=False`."""
        rows = self._sent("/articles", articles, (id, text, source, published, title))
        return rows if verdicts else None

    def query(
        self,
        articles: Articles,
        id: Optional[str] = "id",
        text: Text = "text",
        *,
        source: Optional[str] = "source",
        published: Optional[str] = "published",
        progress: Any = None,
    ) -> Rows:
        """As `Index.query`; for all matches of an article, add it and ask for its `matches`."""
        return self._sent("/query", articles, (id, text, source, published, None))

    def _path(self, id: Union[str, int], more: str = "") -> str:
        """"77" and 77 are two ids, which look the same in an address."""
        _ids(id)
        return f"/articles/{urllib.parse.quote(str(id), safe='')}{more}?integer={_is_integer(id)}"

    def get(self, id: Union[str, int]) -> Optional[Dict[str, Any]]:
        try:
            return self._article(self._json("GET", self._path(id)))
        except KeyError:
            return None

    @staticmethod
    def _article(row: Dict[str, Any]) -> Dict[str, Any]:
        verdict = row.pop("verdict")
        if verdict is not None:
            verdict["verdict"] = verdict.pop("kind")
        for name in ("version", "language", "pubstatus"):
            row[name] = row[name] or None
        row["decision"] = None if row["decision"] == "none" else row["decision"]
        return _with_times({"text": None, **row, "verdict": verdict})

    def articles(self, after: int = 0, *, newest_first: bool = False, texts: bool = False) -> Iterator[Dict[str, Any]]:
        return self._listed({"before" if newest_first else "since": after, "texts": int(texts)})

    def search(self, words: str, *, source: Optional[str] = None) -> Iterator[Dict[str, Any]]:
        """The articles that have all of these words, or parts of words, in text, title, source or id: the newest first."""
        return self._listed({"before": 0, "q": words, "source": source})

    def _listed(self, query: Dict[str, Any]) -> Iterator[Dict[str, Any]]:
        more = True
        while more:
            page = self._json("GET", "/articles", dict(query, limit=_PAGE))
            for article in page["articles"]:
                yield self._article(article)
            query["since" if "since" in query else "before"] = page["last"]
            more = page["more"]

    def matches(self, id: Union[str, int]) -> Rows:
        found = self._json("GET", self._path(id, "/matches"))
        rows = [dict({k: v for k, v in m.items()}, id=found["id"], admitted=int(m["relation"] is not None)) for m in found["matches"]]
        return Rows(rows, ["id", *_COMPARISON, "admitted", "passages"], [])

    def compare(self, a: Union[str, int], b: Union[str, int]) -> Dict[str, Any]:
        """Two articles side by side: both with their texts, their numbers, passages, segments and what differs."""
        found: Dict[str, Any] = self._json("GET", "/compare", {"a": a, "b": b, "integer_a": _is_integer(a), "integer_b": _is_integer(b)})
        return found

    def story(self, number: int) -> Optional[Dict[str, Any]]:
        try:
            found: Dict[str, Any] = self._json("GET", f"/stories/{int(number)}")
        except KeyError:
            return None
        return found

    # ---- Decisions and events ----

    def decide(
        self,
        id: Union[str, int],
        decision: Literal["keep", "kill", "not-a-copy", "none"],
        of: Union[str, int, None] = None,
        *,
        who: str = "",
    ) -> int:
        _ids(id)
        line: Dict[str, Any] = {"id": id, "decision": decision, "who": who or self._who}
        if of is not None:
            line["of"] = of
        return int(self._json("POST", "/decisions", None, json.dumps(line).encode())["last"])

    def decisions(self, after: int = 0) -> List[Dict[str, Any]]:
        out: List[Dict[str, Any]] = []
        more = True
        while more:
            page = self._json("GET", "/decisions", {"since": after})
            out += [_with_times(d, ("time",)) for d in page["decisions"]]
            after, more = page["last"], page["more"]
        return out

    def events(self, since: Optional[str] = None) -> Iterator[Tuple[str, str, Dict[str, Any]]]:
        """What is new as it comes: the place, what it is, and the row: an "article" (an update or a correction says in
        `differ` what differs from the one that it changes), a "decision", "removed" (the `number` of an article that is
        no longer there), or "restart" (the index was restored from a copy: everything follows from the beginning). since:
        the place of the last one that is known, or "0" for everything; without it what comes from now on. It has no
        end; with the last place, another call goes on where this one ended."""
        connection = self._new()
        query = "" if since is None else "?" + urllib.parse.urlencode({"since": since})
        try:
            connection.request("GET", f"{self._base}/events{query}", headers=self._headers)
            response = connection.getresponse()
            if response.status != 200:
                raise invalid(response.read().decode("utf-8", "replace"))
            event: Dict[str, str] = {}
            for line in response:
                name, _, value = line.decode().rstrip("\n").partition(": ")
                if name:
                    event[name] = value
                    continue
                if "data" in event:
                    row = json.loads(event["data"])
                    if event["event"] == "article":
                        row = self._article(row)
                    elif event["event"] == "decision":
                        row = _with_times(row, ("time",))
                    yield event["id"], event["event"], row
                event = {}
        except (OSError, http.client.HTTPException) as error:
            if isinstance(error, Error):
                raise
            raise InputOutputError(f"{self.url}: {error or type(error).__name__}", "TT_EIO") from error
        finally:
            connection.close()

    # ---- The index ----

    def remove(self, ids: Any) -> int:
        count = 0
        for id, is_integer in _ids(ids):
            word = id.decode("utf-8", "surrogateescape")
            try:
                count += int(self._json("DELETE", self._path(int(word) if is_integer else word))["removed"])
            except KeyError:
                pass
        return count

    def expire(self, before: Optional[Time] = None, *, older_than: Optional[Age] = None) -> int:
        if (before is None) == (older_than is None):
            raise invalid("give either before or older_than")
        if older_than is not None:
            before = datetime.datetime.now(datetime.timezone.utc) - _age(older_than)
        text = before if isinstance(before, str) else _as_json(before)
        return int(self._json("POST", "/expire", {"before": text}, b"")["removed"])

    def stat(self) -> Dict[str, Any]:
        """As `Index.stat`, and keep_text."""
        return _with_times(self._json("GET", "/stat"), ("oldest", "newest"))

    def __repr__(self) -> str:
        return f"<twicetold.Client {self.url}>"
