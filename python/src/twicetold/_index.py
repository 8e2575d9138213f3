"""An index that lasts: articles are added as they arrive, and each gets a verdict on whether it came before."""

from __future__ import annotations

import datetime
import os
import threading
from typing import TYPE_CHECKING, Any, Dict, Iterable, Iterator, List, Literal, Mapping, Optional, Tuple, Type, Union, overload

from . import _core, _options
from ._errors import invalid
from ._progress import Progress, ProgressFunction
from ._result import Table
from ._source import Articles, Path, Source, Text, rejections

_READ, _CREATE, _MATCHES = 1, 2, 4
_COMPARISON = ("of", "relation", "resemblance", "containment", "containment_of", "overlap", "overlap_of", "facts", "conflicts", "differ")
if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._types import IndexOptions

_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
_MICROSECOND = datetime.timedelta(microseconds=1)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}

Time = Union[str, datetime.datetime, datetime.date]
Age = Union[str, datetime.timedelta]

# The files that are open here, by handle, with the process that opened them. SQLite keeps the locks of a file for the
# whole process, and after a fork believes that it still has those that the system gave to the parent.
_open_files: Dict[int, Tuple[int, Tuple[int, int]]] = {}
_reader_lock = threading.Lock()


def _identity(path: Optional[bytes]) -> Optional[Tuple[int, int]]:
    if path is None:
        return None
    try:
        state = os.stat(path)
    except OSError:
        return None
    return state.st_dev, state.st_ino


def _refuse_inherited(path: Optional[bytes]) -> None:
    here = _identity(path)
    if path is not None and any(process != os.getpid() and file == here for process, file in _open_files.values()):
        raise invalid(
            f"{os.fsdecode(path)} was open when this process was forked; close it before the fork, "
            'or start processes with the method "spawn"'
        )


def _micros(time: Time) -> int:
    """Microseconds since 1970 UTC; a time without a zone is taken for UTC."""
    if isinstance(time, str):
        micros = _core.parse_time(time)
        if micros is None:
            raise invalid(f"before: {time!r} is no time; give it as 2030-05-08 or 2030-05-08T07:00:00Z")
        return micros
    if not isinstance(time, datetime.date):
        raise TypeError(f"before must be a str, a datetime or a date, not {type(time).__name__}")
    if not isinstance(time, datetime.datetime):
        time = datetime.datetime(time.year, time.month, time.day)
    if time.tzinfo is None:
        time = time.replace(tzinfo=datetime.timezone.utc)
    return (time - _EPOCH) // _MICROSECOND


def _age(age: Age) -> datetime.timedelta:
    if isinstance(age, datetime.timedelta):
        return age
    if not isinstance(age, str):
        raise TypeError(f"older_than must be a str or a timedelta, not {type(age).__name__}")
    number, unit = age[:-1], _UNITS.get(age[-1:])
    if unit is None or not number.isascii() or not number.isdigit():
        raise invalid(f"older_than: {age!r} is no age; give it as 30d, 72h or 15m")
    return datetime.timedelta(**{unit: int(number)})


def _id(id: Any) -> Tuple[bytes, bool]:
    """An id as the library takes it: its bytes, and whether it is an integer."""
    if isinstance(id, str):
        return id.encode("utf-8", "surrogateescape"), False
    try:
        whole: int = id.__index__()
    except AttributeError:
        raise TypeError(f"an id is a str or an int, not {type(id).__name__}") from None
    return str(whole).encode(), True


def _ids(ids: Any) -> List[Tuple[bytes, bool]]:
    if isinstance(ids, str) or hasattr(ids, "__index__"):
        return [_id(ids)]
    for method in ("to_pylist", "tolist"):
        if hasattr(ids, method):
            ids = getattr(ids, method)()
    return [_id(i) for i in ids]


def _one_or_more(articles: Any) -> Any:
    """A mapping is one article, unless it is a DatasetDict."""
    return [articles] if isinstance(articles, Mapping) and type(articles).__module__.split(".")[0] != "datasets" else articles


class Verdicts(Table):
    """A row for each article, in input order: how it relates to the articles before it.

    id; verdict ("new", "duplicate", "correction", "update", "overlaps", "withdrawn"); of: the article that the
    verdict refers to, or null; relation: what `of` is to it, null if it is no near-duplicate; resemblance, containment,
    overlap: shares from 0 to 1 of this article, containment_of and overlap_of: of the other, null if there is none;
    facts: the share of facts that agree; conflicts: how many differ; differ: the first eight of these, a list of structs
    of kind ("numeral", "date", "name"), begin, end, of_begin, of_end; new_tokens: its tokens that `of` does not have;
    sections: a list of structs of begin, end (bytes of its text), article, of_begin, of_end, similarity. Ids are int64
    (uint64) if all ids of the table are integers that fit, else strings.

    `counts` has the number of each verdict, `rejected` the articles that were not accepted.
    """

    counts: Dict[str, int]
    rejected: List[Dict[str, Any]]

    def __init__(self, verdicts: _core.Verdicts, rejected: List[Dict[str, Any]]):
        self.counts = verdicts.counts()
        self.rejected = rejected
        columns = ["id", "verdict", *_COMPARISON, "new_tokens", "sections"]
        super().__init__(verdicts, 0, "verdicts", columns, sum(self.counts.values()))


class Matches(Table):
    """A row for each pair of an article and one that it has text in common with, in input order.

    id: the article; of: the other; relation: what `of` is to it ("identical", "near", "contains": `of` holds it,
    "contained", "series"); resemblance, containment and overlap (shares of the article), containment_of and
    overlap_of (of the other), facts, conflicts and differ as in `Verdicts`; admitted: 1 if a rule admits the pair, 0 if the two share passages alone;
    passages: a list of structs of begin, end (bytes of the article's text), of_begin, of_end, similarity.

    `rejected` has the articles that could not be compared.
    """

    rejected: List[Dict[str, Any]]

    def __init__(
        self,
        verdicts: _core.Verdicts,
        rejected: List[Dict[str, Any]],
        copies: Optional[Dict[Any, List[Tuple[Any, bool]]]] = None,
    ):
        """copies: of an article that the index names for all that have the same words, the others, and whether their
        bytes are the same too."""
        self.rejected = rejected
        self._copies = copies or {}
        columns = ["id", *_COMPARISON, "admitted", "passages"]
        super().__init__(verdicts, 1, "matches", columns, None if self._copies else verdicts.matches())

    def __iter__(self) -> Iterator[Dict[str, Any]]:
        for row in super().__iter__():
            yield row
            for other, has_same_bytes in self._copies.get(row["of"], ()):
                yield dict(row, of=other, passages=row["passages"] if has_same_bytes else [])

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        if not self._copies:
            return super().__arrow_c_stream__()
        import pyarrow

        schema = pyarrow.RecordBatchReader._import_from_c_capsule(super().__arrow_c_stream__()).schema
        return pyarrow.Table.from_pylist(list(self), schema).__arrow_c_stream__()


class Index:
    """An index in one file, to which articles are added and from which they are removed.

        with twicetold.Index("feed.db") as index:
            for verdict in index.add(batch):
                if verdict["verdict"] == "new": ...

    path: the file, which is created if it does not exist, unless `create=False`. Without a path the index is in
    memory and ends with the object.
    read_only: allows queries only. One object, in one process, may write to a file; any number may read it, in
    other processes too, and see whole commits.
    options: those that a new index is created with, which an existing one must have been created with:
    shingle_tokens, min_section, max_matches, seed, paragraphs, resemblance, containment, overlap, facts, drop;
    and max_article_bytes and threads, which are for this object only.

    Threads may share an object; they wait for each other. After a fork the child gets an InvalidError for the
    object and for its file; close it before the fork, or start processes with "spawn".

    Raises InputOutputError (no such file, the disk), FormatError (another kind of file, damage), VersionError,
    InvalidError (other options than it was created with), LockedError (another process writes to it).
    """

    def __init__(self, path: Optional[Path] = None, *, read_only: bool = False, create: bool = True, **options: Unpack[IndexOptions]):
        self.path = None if path is None else os.fspath(path)
        self._options = _options.of_index(dict(options))
        self._lock = threading.RLock()  # an iterable of articles may itself query the index
        name = None if path is None else os.fsencode(path)
        _refuse_inherited(name)
        flags = _CREATE | _MATCHES if name is None else _READ if read_only else _CREATE if create else 0
        self._index = _core.Index(name, flags, self._options)
        self._reader: Optional[Index] = None  # a second object for the same file, which lists all matches
        self._process = os.getpid()
        file = _identity(name)
        if file is not None:
            _open_files[id(self._index)] = self._process, file

    def close(self) -> None:
        """Closes the index. Closing it again does nothing; in a forked child the file is not touched."""
        if self._process != os.getpid():
            return
        with self._lock:
            if self._reader is not None:
                self._reader.close()
            self._index.close()
            _open_files.pop(id(self._index), None)

    def __enter__(self) -> "Index":
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], *rest: Any) -> None:
        self.close()

    def __del__(self) -> None:
        if hasattr(self, "_process"):
            self.close()

    def _check_process(self) -> None:
        """Called before the lock is taken, which another thread of the parent may have held at the fork."""
        if self._process != os.getpid():
            raise invalid(f"{self.path or 'the index'} was opened before this process was forked; a child opens its own")

    def _judge(
        self,
        adds: bool,
        articles: Any,
        fields: Tuple[Optional[str], Text, Optional[str], Optional[str]],
        verdicts: bool,
        progress: Union[bool, None, ProgressFunction],
        lists_matches: bool = False,
        exclude_self: bool = False,
    ) -> Tuple[Optional[_core.Verdicts], List[Dict[str, Any]]]:
        source = Source(_one_or_more(articles), *fields)
        found, feed = self._feed(source, progress, adds, False, verdicts, lists_matches, exclude_self)
        return found, rejections(feed)

    def _feed(
        self,
        source: Source,
        progress: Union[bool, None, ProgressFunction],
        adds: bool,
        names_rows: bool,
        verdicts: bool = True,
        lists_matches: bool = False,
        exclude_self: bool = False,
    ) -> Tuple[Optional[_core.Verdicts], _core.IndexFeed]:
        """names_rows: whether an article without an id is named by its row; the same row of another call is another
        article."""
        self._check_process()
        with self._lock, Progress(progress) as shown:
            feed = _core.IndexFeed(
                self._index, adds, names_rows, verdicts, lists_matches, exclude_self, shown.call
            )
            source.feed(feed, self._options)
            return feed.finish(), feed

    def _reading(self) -> "Index":
        """An object for the same file that reads it alone, so that no writer is waited for, and lists all matches."""
        assert self.path is not None
        with _reader_lock:
            if self._reader is None:
                reader = object.__new__(Index)
                reader.path, reader._options, reader._lock = self.path, {}, threading.RLock()
                reader._reader, reader._process = None, os.getpid()
                reader._index = _core.Index(os.fsencode(self.path), _READ | _MATCHES, self._options_of_object())
                self._reader = reader
            return self._reader

    def _options_of_object(self) -> Dict[str, Any]:
        return {name: value for name, value in self._options.items() if name in ("threads", "max_article_bytes")}

    @overload
    def add(
        self,
        articles: Articles,
        id: Optional[str] = "id",
        text: Text = "text",
        *,
        source: Optional[str] = "source",
        published: Optional[str] = "published",
        verdicts: Literal[True] = True,
        progress: Union[bool, None, ProgressFunction] = None,
    ) -> Verdicts: ...

    @overload
    def add(
        self,
        articles: Articles,
        id: Optional[str] = "id",
        text: Text = "text",
        *,
        source: Optional[str] = "source",
        published: Optional[str] = "published",
        verdicts: Literal[False],
        progress: Union[bool, None, ProgressFunction] = None,
    ) -> None: ...

    def add(
        self,
        articles: Articles,
        id: Optional[str] = "id",
        text: Text = "text",
        *,
        source: Optional[str] = "source",
        published: Optional[str] = "published",
        verdicts: bool = True,
        progress: Union[bool, None, ProgressFunction] = None,
    ) -> Optional[Verdicts]:
        """Adds articles and gives a verdict on each, against those before it, also of the same call.

        articles, id, text, progress: as for `scan`, or one mapping. source, published: the names of these
        fields, if there are any; `expire` looks at `published` (RFC 3339 text, a datetime, an Arrow time). An
        article with the id of an earlier one replaces it; one that is in the index unchanged changes nothing
        and is a duplicate of itself. An article without an id, or that cannot be accepted, is in `.rejected`.

        Articles are added in commits of at most 1,024 and are on the disk when the call returns. If it fails
        or is stopped, whole commits stay; adding the same articles again does not change them.

        Returns the verdicts; None with `verdicts=False`, which costs less. Raises InputOutputError (a full
        disk; `where` is the first row that was not added), InvalidError (a missing column, read_only, closed).
        """
        found, rejected = self._judge(True, articles, (id, text, source, published), verdicts, progress)
        return None if found is None else Verdicts(found, rejected)

    @overload
    def query(
        self,
        articles: Articles,
        id: Optional[str] = "id",
        text: Text = "text",
        *,
        all: Literal[False] = False,
        exclude_self: bool = False,
        source: Optional[str] = "source",
        published: Optional[str] = "published",
        progress: Union[bool, None, ProgressFunction] = None,
    ) -> Verdicts: ...

    @overload
    def query(
        self,
        articles: Articles,
        id: Optional[str] = "id",
        text: Text = "text",
        *,
        all: Literal[True],
        exclude_self: bool = False,
        source: Optional[str] = "source",
        published: Optional[str] = "published",
        progress: Union[bool, None, ProgressFunction] = None,
    ) -> Matches: ...

    def query(
        self,
        articles: Articles,
        id: Optional[str] = "id",
        text: Text = "text",
        *,
        all: bool = False,
        exclude_self: bool = False,
        source: Optional[str] = "source",
        published: Optional[str] = "published",
        progress: Union[bool, None, ProgressFunction] = None,
    ) -> Union[Verdicts, Matches]:
        """Gives a verdict on each article, against those in the index, which is not changed.

        all: instead of a verdict on each article, which names one other, all articles that a rule admits or that
        share a passage (at most max_matches an article; of articles with the same words the earliest stands for
        all). exclude_self: of these, not the one with the article's own id. Other parameters and exceptions are
        those of `add`. While another thread adds to a file with the same object, a query answers from what was
        committed and does not wait.
        """
        if exclude_self and not all:
            raise invalid("exclude_self: give all=True with it; a verdict on an article that is stored names itself")
        index, waits = self, True
        if self.path is not None:
            self._check_process()
            waits = not all and self._lock.acquire(blocking=False)
            index = self if waits else self._reading()
        try:
            found, rejected = index._judge(False, articles, (id, text, source, published), True, progress, all, exclude_self)
        finally:
            if self.path is not None and waits:
                self._lock.release()
        assert found is not None
        return Matches(found, rejected) if all else Verdicts(found, rejected)

    def remove(self, ids: Union[str, int, Iterable[Union[str, int]], Any]) -> int:
        """Removes articles by their ids: one id, an iterable, or a column. An int is an id that was an integer.

        Returns how many were in the index; ids that are not are ignored.
        """
        self._check_process()
        wanted = _ids(ids)
        with self._lock:
            return self._index.remove(wanted)

    def expire(self, before: Optional[Time] = None, *, older_than: Optional[Age] = None) -> int:
        """Removes articles that were published before a time or, if they have no such time, added before it.

        before: a datetime (in UTC if it has no zone), a date, or RFC 3339 text. older_than, instead: a time
        before now, as a timedelta or ``"30d"``, ``"72h"``, ``"15m"``. Returns how many were removed.
        """
        if (before is None) == (older_than is None):
            raise invalid("give either before or older_than")
        if older_than is not None:
            before = datetime.datetime.now(datetime.timezone.utc) - _age(older_than)
        assert before is not None
        micros = _micros(before)
        self._check_process()
        with self._lock:
            return self._index.expire(micros)

    def stat(self) -> Dict[str, Any]:
        """Its size: articles; distinct (articles whose tokens no earlier one has); tokens; bytes (of their
        texts); file_bytes; memory_bytes; oldest and newest, datetimes, None if it is empty."""
        self._check_process()
        with self._lock:
            stat = self._index.stat()
        for name in ("oldest", "newest"):
            if stat[name] is not None:
                stat[name] = _EPOCH + stat[name] * _MICROSECOND
        return stat

    @property
    def options(self) -> Dict[str, Any]:
        """The options that it was created with."""
        self._check_process()
        with self._lock:
            options = self._index.options()
        return {name: options[name] for name in _options.SHAPE}

    @staticmethod
    def check(path: Path) -> List[str]:
        """Checks every page, every record and its checksum, and what is derived from them. Returns what is wrong,
        [] if nothing is. If the file cannot be read at all, raises what opening it would."""
        name = os.fsencode(path)
        _refuse_inherited(name)
        return _core.check(name)

    def __len__(self) -> int:
        return int(self.stat()["articles"])

    def __bool__(self) -> bool:
        return True

    def __repr__(self) -> str:
        return f"<twicetold.Index {self.path or 'in memory'}>"

    def __reduce__(self) -> Any:
        raise TypeError("an Index cannot be pickled; give the other process its path")
