"""An index that lasts: articles are added as they arrive, and each gets a verdict on whether it came before."""

from __future__ import annotations

import contextlib
import datetime
import itertools
import os
import sys
import threading
from typing import TYPE_CHECKING, Any, Dict, Iterable, Iterator, List, Literal, Mapping, Optional, Sequence, Tuple, Type, Union, overload

from . import _core, _options
from ._any_index import Age, AnyIndex, Time
from ._errors import invalid
from ._progress import Progress, ProgressFunction
from ._result import Result, Table
from ._source import Articles, Need, Path, Source, Text, rejections, remarks

_READ, _CREATE, _MATCHES = 1, 2, 4
_COMPARISON = ("of", "relation", "resemblance", "containment", "containment_of", "overlap", "overlap_of", "facts", "conflicts", "differ")
if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._types import IndexOptions

_NEWEST_FIRST, _TEXTS = 1, 2
_PAGE = 256  # articles that are read at a time
_SOURCES = ("any", "across", "within")
_DECISIONS = ("none", "keep", "kill", "not-a-copy")
_NO_TIME = -(2**63)

_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
_MICROSECOND = datetime.timedelta(microseconds=1)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}

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


def _names(prefer: Union[str, Sequence[str]]) -> str:
    """Names of sources as the library takes them, with commas between them."""
    if isinstance(prefer, str):
        return prefer
    names = list(prefer)
    for name in names:
        if not isinstance(name, str):
            raise TypeError(f"prefer must be names of sources, not {type(name).__name__}")
        if "," in name:
            raise invalid(f"prefer: {name!r} has a comma, which no name of a preferred source may have")
    return ",".join(names)


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


def _with_times(article: Dict[str, Any]) -> Dict[str, Any]:
    """Its times as datetimes."""
    for name in ("published", "arrival", "embargoed", "expires"):
        if article[name] is not None:
            article[name] = _EPOCH + article[name] * _MICROSECOND
    return article


class Verdicts(Table):
    """A row for each article, in input order: how it relates to the articles before it.

    id; verdict ("new", "duplicate", "correction", "update", "overlaps", "withdrawn"); of: the article that the
    verdict refers to, or null; relation: what `of` is to it, null if it is no near-duplicate; resemblance, containment,
    overlap: shares from 0 to 1 of this article, containment_of and overlap_of: of the other, null if there is none;
    facts: the share of facts that agree; conflicts: how many differ; differ: the first eight of these, a list of structs
    of kind ("numeral", "date", "name"), begin, end, of_begin, of_end; new_tokens: its tokens that `of` does not have;
    sections: a list of structs of begin, end (bytes of its text), article, of_begin, of_end, similarity. Ids are int64
    (uint64) if all ids of the table are integers that fit, else strings.

    `counts` has the number of each verdict, `rejected` the articles that were not accepted, `remarks` what the reader
    says of files (`Result`).
    """

    counts: Dict[str, int]
    rejected: List[Dict[str, Any]]
    remarks: List[Dict[str, Any]]

    def __init__(self, verdicts: _core.Verdicts, feed: _core.IndexFeed):
        self.counts = verdicts.counts()
        self.rejected = rejections(feed)
        self.remarks = remarks(feed)
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


class Index(AnyIndex):
    """An index in one file, to which articles are added and from which they are removed.

        with twicetold.Index("feed.db") as index:
            for verdict in index.add(batch):
                if verdict["verdict"] == "new": ...

    path: the file, which is created if it does not exist, unless `create=False`. Without a path the index is in
    memory and ends with the object.
    read_only: allows queries only. One object, in one process, may write to a file; any number may read it, in
    other processes too, and see whole commits.
    notices: the path of a result, as `Result.write` makes it, whose notices the verdicts use: articles that share hardly
    anything else are no duplicates, updates or overlaps. The file does not keep them; give them each time.
    sources: which earlier articles a verdict may name: "any"; "across", of another source than the article; or "within",
    of its own. prefer: names of sources, the best first, in a list or with commas between them: of articles that have most
    of a new one, that of the best source is named, and an article of a better source than that is its update and no
    duplicate. Neither is kept by the file, and the lists of `matches` depend on neither.
    options: those that a new index is created with, which an existing one must have been created with:
    shingle_tokens, min_section, max_matches, seed, paragraphs, resemblance, containment, overlap, facts, drop, keep_text
    (True: the texts and titles are kept, compressed, for `get`, `articles` and `merge`);
    and max_article_bytes and threads, which are for this object only.

    Threads may share an object; they wait for each other. After a fork the child gets an InvalidError for the
    object and for its file; close it before the fork, or start processes with "spawn".

    Raises InputOutputError (no such file, the disk), FormatError (another kind of file, damage), VersionError,
    InvalidError (other options than it was created with), LockedError (another process writes to it).
    """

    def __init__(
        self,
        path: Optional[Path] = None,
        *,
        read_only: bool = False,
        create: bool = True,
        notices: Optional[Path] = None,
        sources: Literal["any", "across", "within"] = "any",
        prefer: Union[str, Sequence[str]] = (),
        **options: Unpack[IndexOptions],
    ):
        self.path = None if path is None else os.fspath(path)
        self._options = _options.of_index(dict(options))
        self._lock = threading.RLock()  # an iterable of articles may itself query the index
        name = None if path is None else os.fsencode(path)
        _refuse_inherited(name)
        self._notices = None if notices is None else _core.read_result(notices)
        if sources not in _SOURCES:
            raise invalid(f'sources: {sources!r} is not allowed; give "any", "across" or "within"')
        self._sources = _SOURCES.index(sources), _names(prefer)
        flags = _CREATE | _MATCHES if name is None else _READ if read_only else _CREATE if create else 0
        self._index = _core.Index(name, flags, self._options)
        self._reader: Optional[Index] = None  # a second object for the same file, which lists all matches
        self._process = os.getpid()
        file = _identity(name)
        if file is not None:
            _open_files[id(self._index)] = self._process, file
        self._give_rules(self._index)

    def _give_rules(self, index: _core.Index) -> None:
        index.sources(*self._sources)
        if self._notices is not None:
            index.notices(self._notices)

    def close(self) -> None:
        """Closes the index. Closing it again does nothing; in a forked child the file is not touched."""
        if self._process != os.getpid():
            return
        with self._lock:
            if self._reader is not None:
                self._reader.close()
            self._index.close()
            _open_files.pop(id(self._index), None)

    def __del__(self) -> None:
        if hasattr(self, "_process") and not sys.is_finalizing():
            self.close()

    def _check_process(self) -> None:
        """Called before the lock is taken, which another thread of the parent may have held at the fork."""
        if self._process != os.getpid():
            raise invalid(f"{self.path or 'the index'} was opened before this process was forked; a child opens its own")

    def _judge(
        self,
        adds: bool,
        articles: Any,
        fields: Tuple[Optional[str], Text, Optional[str], Optional[str], int, Optional[str]],
        verdicts: bool,
        progress: Union[bool, None, ProgressFunction],
        lists_matches: bool = False,
        exclude_self: bool = False,
    ) -> Tuple[Optional[_core.Verdicts], _core.IndexFeed]:
        source = Source(_one_or_more(articles), *fields)
        return self._feed(source, progress, adds, False, verdicts, lists_matches, exclude_self)

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
                self._give_rules(reader._index)
                self._reader = reader
            return self._reader

    @contextlib.contextmanager
    def _not_waiting(self, lists_matches: bool = False) -> Iterator["Index"]:
        """This object, locked or, if a thread is writing with it or matches are to be listed, one that reads the same
        file, which waits for no writer. An index in memory has no other."""
        self._check_process()
        if self.path is None:
            with self._lock:
                yield self
        elif not lists_matches and self._lock.acquire(blocking=False):
            try:
                yield self
            finally:
                self._lock.release()
        else:
            reader = self._reading()
            with reader._lock:
                yield reader

    def _options_of_object(self) -> Dict[str, Any]:
        return {name: value for name, value in self._options.items() if name in ("threads", "max_article_bytes")}

    @overload  # type: ignore[override]  # one overload for each value of `verdicts`
    def add(
        self,
        articles: Articles,
        id: Optional[str] = "id",
        text: Text = "text",
        *,
        source: Optional[str] = "source",
        published: Optional[str] = "published",
        title: Optional[str] = "title",
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
        title: Optional[str] = "title",
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
        title: Optional[str] = "title",
        verdicts: bool = True,
        progress: Union[bool, None, ProgressFunction] = None,
    ) -> Optional[Verdicts]:
        """Adds articles and gives a verdict on each, against those before it, also of the same call.

        articles, id, text, progress: as for `scan`, or one mapping. source, published, title: the names of these
        fields, if there are any; `expire` looks at `published` (RFC 3339 text, a datetime, an Arrow time), and the title
        is kept with `keep_text`. An
        article with the id of an earlier one replaces it; one that is in the index unchanged changes nothing
        and is a duplicate of itself. An article without an id, or that cannot be accepted, is in `.rejected`.

        Articles are added in commits of at most 1,024 and are on the disk when the call returns. If it fails
        or is stopped, whole commits stay; adding the same articles again does not change them.

        Returns the verdicts; None with `verdicts=False`, which costs less. Raises InputOutputError (a full
        disk; `where` is the first row that was not added), InvalidError (a missing column, read_only, closed).
        """
        found, feed = self._judge(True, articles, (id, text, source, published, Need.NO, title), verdicts, progress)
        return None if found is None else Verdicts(found, feed)

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
        fields = (id, text, source, published, Need.NO, None)
        with self._not_waiting(all) as index:
            found, feed = index._judge(False, articles, fields, True, progress, all, exclude_self)
        assert found is not None
        return Matches(found, rejections(feed)) if all else Verdicts(found, feed)

    def get(self, id: Union[str, int]) -> Optional[Dict[str, Any]]:
        wanted = _id(id)
        with self._not_waiting() as index:
            found = index._index.get(wanted)
        return None if found is None else _with_times(found)

    def articles(self, after: int = 0, *, newest_first: bool = False, texts: bool = False) -> Iterator[Dict[str, Any]]:
        flags = (_NEWEST_FIRST if newest_first else 0) | (_TEXTS if texts else 0)
        while True:
            with self._not_waiting() as index:
                page = index._index.list(flags, after, _PAGE)
            for article in page:
                yield _with_times(article)
            if len(page) < _PAGE:
                return
            after = page[-1]["number"]

    def matches(self, id: Union[str, int]) -> Matches:
        wanted = _id(id)
        with self._not_waiting() as index:
            if index._index.get(wanted) is None:
                raise KeyError(id)
            return Matches(index._index.matches(wanted), [])

    def story(self, number: int) -> Optional[Dict[str, Any]]:
        with self._not_waiting() as index:
            return index._index.story(number)

    def decide(
        self,
        id: Union[str, int],
        decision: Literal["keep", "kill", "not-a-copy", "none"],
        of: Union[str, int, None] = None,
        *,
        who: str = "",
    ) -> int:
        if decision not in _DECISIONS:
            raise invalid(f'decision: {decision!r} is not allowed; give "keep", "kill", "not-a-copy" or "none"')
        about, other = _id(id), (None, False) if of is None else _id(of)
        self._check_process()
        with self._lock:
            return self._index.decide(about, other, _DECISIONS.index(decision), who, _NO_TIME)

    def decisions(self, after: int = 0) -> List[Dict[str, Any]]:
        with self._not_waiting() as index:
            found = index._index.decisions(after)
        return [dict(d, time=_EPOCH + d["time"] * _MICROSECOND) for d in found]

    def notices(self) -> Result:
        """The notices that the index has learned from the articles it gave verdicts on or, if the object was given some,
        those: a Result of which `notices` is the table, and which `write` makes the file of that `notices=` takes."""
        with self._not_waiting() as index:
            learned = index._index.learned()
        return Result(learned, [], 0.0, 0.0)

    def merge(self, other: "Index") -> int:
        """Adds the articles of another index, which keeps their texts, in the order of their arrival; of two with the
        same id that of the other one stays. Returns how many there were. Decisions and verdicts are not copied: the
        articles get verdicts of this index. Raises InvalidError if the other index keeps no texts."""
        if other is self:
            raise invalid("an index is not merged with itself")
        count = 0
        articles = other.articles(texts=True)
        while True:
            page = list(itertools.islice(articles, 4 * _PAGE))
            if not page:
                return count
            if any(a["text"] is None and not a["withdrawn"] for a in page):
                raise invalid(f"{other.path or 'the other index'} keeps no texts; make it with keep_text=True")
            taken = [a for a in page if a["text"] is not None]
            self.add(taken)
            count += len(taken)

    def remove(self, ids: Union[str, int, Iterable[Union[str, int]], Any]) -> int:
        self._check_process()
        wanted = _ids(ids)
        with self._lock:
            return self._index.remove(wanted)

    def expire(self, before: Optional[Time] = None, *, older_than: Optional[Age] = None) -> int:
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
        with self._not_waiting() as index:
            stat = index._index.stat()
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

    @staticmethod
    def repair(path: Path, new_path: Path, **options: Unpack[IndexOptions]) -> Dict[str, Any]:
        """Makes a new index of every record of a damaged one whose checksum holds. The damaged file is not changed.

        options: those of the new index where those of the file are lost. Returns kept and lost (how many records),
        options_lost, and findings: a list of what was lost. Raises FormatError if the first page is damaged, InvalidError
        if there is a file at `new_path`.
        """
        name = os.fsencode(path)
        _refuse_inherited(name)
        return _core.repair(name, os.fsencode(new_path), _options.of_index(dict(options)))

    def __repr__(self) -> str:
        return f"<twicetold.Index {self.path or 'in memory'}>"

    def __reduce__(self) -> Any:
        raise TypeError("an Index cannot be pickled; give the other process its path")
