"""Near-duplicate articles and repeated sections, with exact numbers.

    import twicetold
    r = twicetold.scan("feed.jsonl")              # or dicts, or anything with __arrow_c_stream__
    r.pairs.to_pandas(), r.clusters, r.sections
    twicetold.dedup("feed.jsonl")                 # the articles to keep
"""

from __future__ import annotations

import json
import math
import os
import time
from typing import Any, Dict, Iterable, List, Mapping, Optional, Tuple, Union

from . import _core, _options
from ._errors import (
    DuplicateError,
    Error,
    FormatError,
    InputOutputError,
    InternalError,
    InvalidError,
    LimitError,
    OutOfMemoryError,
    StoppedError,
    VersionError,
    invalid,
)
from ._progress import Progress, ProgressFunction
from ._result import Result, Table

__version__: str = _core.version()
__all__ = [
    "DuplicateError",
    "Error",
    "FormatError",
    "InputOutputError",
    "InternalError",
    "InvalidError",
    "LimitError",
    "OutOfMemoryError",
    "Result",
    "StoppedError",
    "Table",
    "VersionError",
    "dedup",
    "eval",
    "scan",
]

Path = Union[str, "os.PathLike[str]"]
Articles = Union[Path, Iterable[Any], Any]


def _paths(articles: Any) -> Optional[List[Path]]:
    """The paths that `articles` is, or None."""
    if isinstance(articles, (str, os.PathLike)):
        return [articles]
    if isinstance(articles, (list, tuple)) and articles and all(isinstance(a, (str, os.PathLike)) for a in articles):
        return list(articles)
    return None


def _is_parquet(path: Path) -> bool:
    name = os.fspath(path)
    if os.path.isdir(name):
        return any(f.endswith(".parquet") for f in os.listdir(name))
    return name.endswith(".parquet")


def _dataset(articles: Any) -> Any:
    """A pyarrow dataset of Parquet paths or given as such, else None."""
    paths = _paths(articles)
    if paths is not None and any(_is_parquet(p) for p in paths):
        if not all(_is_parquet(p) for p in paths):
            raise invalid("Parquet and other files cannot be read in one call")
        try:
            import pyarrow.dataset
        except ImportError:
            raise ImportError("reading Parquet needs pyarrow") from None
        names = [os.fspath(p) for p in paths]
        try:
            return pyarrow.dataset.dataset(names[0] if len(names) == 1 else names, format="parquet")
        except OSError as error:
            raise InputOutputError(str(error), "TT_EIO") from None
    if hasattr(articles, "scanner") and hasattr(articles, "schema") and hasattr(articles, "to_batches"):
        return articles
    return None


class _Source:
    """Articles, and which of their fields are which."""

    def __init__(self, articles: Any, id: Optional[str], text: str, options: Dict[str, Any]):
        self.articles = articles
        self.id = id
        self.text = text
        self.paths = _paths(articles)
        self.dataset = _dataset(articles)
        keep = options.get("keep", 0)
        self.published = "published" if keep == 2 else None
        self.source = "source" if keep == 3 else None

    def _batches(self) -> Any:
        """The dataset's columns that are needed, as a stream that is read batch by batch."""
        names = self.dataset.schema.names
        wanted = [n for n in (self.id, self.text, self.source, self.published) if n in names]
        return self.dataset.scanner(columns=list(dict.fromkeys(wanted)), batch_readahead=2).to_reader()

    def feed(self, builder: _core.Builder, options: Dict[str, Any], kept: Optional[List[Any]]) -> None:
        if self.dataset is None and self.paths is not None:
            if not all(os.fspath(p) for p in self.paths):
                raise invalid("a path is empty")
            if not self.id or not self.text:
                raise invalid("files need the names of their fields: id and text")
            limit = options.get("max_article_bytes", 0)
            names = tuple(os.fsencode(p) for p in self.paths)
            builder.read(names, self.id, self.text, limit, options.get("threads", 0), kept)
            return
        stream = self._batches() if self.dataset is not None else self.articles
        if hasattr(stream, "__arrow_c_stream__"):
            needed = self.id is not None and self.id != "id"
            capsule = stream.__arrow_c_stream__()
            builder.add_stream(capsule, self.id, self.text, self.source, self.published, needed)
        elif isinstance(stream, Mapping) or not hasattr(stream, "__iter__"):
            raise TypeError(
                "articles must be a path, an iterable of mappings or an object with __arrow_c_stream__, "
                f"not {type(stream).__name__}"
            )
        else:
            builder.add_rows(stream, self.id, self.text, self.source, self.published)


def _rejections(builder: _core.Builder) -> List[Dict[str, Any]]:
    names = ("row", "file", "line", "id", "status", "reason")
    out = [dict(zip(names, r)) for r in sorted(builder.rejected, key=lambda r: r[0])]
    for r in out:
        r["line"] = r["line"] or None
    return out


def _run(
    source: _Source,
    options: Dict[str, Any],
    sources: Optional[bytes],
    progress: Union[bool, None, ProgressFunction],
    kept: Optional[List[Any]] = None,
) -> Tuple[Result, _core.Builder]:
    began = time.perf_counter()
    with Progress(progress) as shown:
        builder = _core.Builder(options, sources, shown.call)
        source.feed(builder, options, kept)
        read = builder.read_seconds
        index = builder.finish()
    return Result(index, _rejections(builder), read, time.perf_counter() - began), builder


def scan(
    articles: Articles,
    id: Optional[str] = "id",
    text: str = "text",
    *,
    progress: Union[bool, None, ProgressFunction] = None,
    **options: Any,
) -> Result:
    """Finds near-duplicate articles and repeated sections.

    articles: one of

    - a path (str or os.PathLike) or a list of them: JSON Lines, ``.txt``, directories, gzip and zstd of
      these as for the command; Parquet where pyarrow is installed;
    - an iterable of mappings with the fields `id` (str or int) and `text` (str, or UTF-8 bytes);
    - anything with ``__arrow_c_stream__`` (pyarrow, polars, DuckDB, pandas) or a pyarrow
      dataset, read batch by batch; its text is not copied.

    id, text: the names of the fields. Articles without an id are named by their row, from 0 (from files:
    ``FILE:LINE``); `id=None` names all of them by row (not from files).
    progress: True for a bar (tqdm), or a callable ``(stage, done, total)``; total 0 is unknown. What it
    raises ends the call.
    options: the command's, ``_`` for ``-``: pairs, clusters, sections, series (True: look for these; none
    given: the first three), resemblance, containment, overlap, facts (shares, or "off"), min_section,
    max_matches, shingle_tokens (tokens), hashes, bands, seed, paragraphs, keep, drop, max_article_bytes,
    threads (0: all cores).

    An article that cannot be taken (no text, invalid UTF-8, an id seen before, too long) is listed in
    ``.rejected`` (row, file, line, id, status, reason) and the run goes on.

    Raises InvalidError (an option, a column that is not there), InputOutputError, LimitError,
    OutOfMemoryError; TypeError for an unknown option or articles of no known kind; KeyboardInterrupt.
    Memory: about 7 bytes a token; the GIL is not held while the library works.
    """
    resolved, sources = _options.resolve(options, dedup=False)
    return _run(_Source(articles, id, text, resolved), resolved, sources, progress)[0]


def _choose(articles: Any, kept: bytearray) -> Any:
    """The rows of a frame or table whose byte is 1, as the same kind."""
    kind = type(articles).__module__.split(".")[0]
    if kind == "polars":
        import polars

        return articles.filter(polars.Series(list(kept), dtype=polars.UInt8).cast(polars.Boolean))
    if kind == "pandas":
        return articles[[k == 1 for k in kept]]
    import pyarrow

    mask = pyarrow.Array.from_buffers(pyarrow.uint8(), len(kept), [None, pyarrow.py_buffer(bytes(kept))])
    return articles.filter(mask.cast(pyarrow.bool_()))


def _held(articles: Any) -> Any:
    """An object that can be read twice: once to be scanned, once to be filtered."""
    kind = type(articles).__module__.split(".")[0]
    if kind == "pandas" or (kind == "polars" and hasattr(articles, "filter") and hasattr(articles, "height")):
        return articles
    try:
        import pyarrow
    except ImportError:
        raise ImportError("dedup of an Arrow stream needs pyarrow (a polars or pandas frame does not)") from None
    return articles if isinstance(articles, pyarrow.Table) else pyarrow.table(articles)


def dedup(
    articles: Articles,
    id: Optional[str] = "id",
    text: str = "text",
    *,
    removed: bool = False,
    progress: Union[bool, None, ProgressFunction] = None,
    **options: Any,
) -> Any:
    """The articles to keep, all their fields with them, in input order.

    articles, id, text, progress, options: as for `scan`, without what is about sections; `drop` (default
    0.8) is the share of an article's tokens that must stand in the one kept for it to be left out.

    Returns, by what `articles` is: a polars or pandas frame for one of these; a pyarrow.Table for any
    other Arrow data, a dataset or Parquet; the kept mappings of an iterable as a list; the records of
    files as a list of dicts. With `removed=True` a tuple of that and the Table of articles left out.
    Rejected articles are in neither. Raises as `scan`.
    """
    resolved, sources = _options.resolve(options, dedup=True)
    source = _Source(articles, id, text, resolved)
    given: Any = articles
    records: Optional[List[Any]] = None
    if source.dataset is not None:
        source.articles, source.dataset, source.paths = source.dataset.to_table(), None, None
    elif source.paths is not None:
        records = []
    elif hasattr(given, "__arrow_c_stream__"):
        source.articles = _held(given)
    elif not isinstance(given, (list, tuple, Mapping)) and hasattr(given, "__iter__"):
        source.articles = list(given)
    result, builder = _run(source, resolved, sources, progress, records)
    kept = result._index.kept()
    if records is not None:
        out: Any = [_record(r) for r, k in zip(records, kept) if k]
    else:
        accepted = bytearray(builder.accepted)
        place = iter(kept)
        for row, taken in enumerate(accepted):
            if taken:
                accepted[row] = next(place)
        if isinstance(source.articles, (list, tuple)):
            out = [a for a, k in zip(source.articles, accepted) if k]
        else:
            out = _choose(source.articles, accepted)
    return (out, result.removed) if removed else out


def _record(record: Any) -> Any:
    """A record of a file: the line's bytes, or already a dict."""
    return json.loads(record.decode("utf-8", "surrogateescape")) if isinstance(record, bytes) else record


def eval(result: Path, gold: Path) -> Dict[str, Dict[str, Union[int, float, None]]]:
    """Scores the result file of a scan against gold lines (both JSON Lines, plain, gzip or zstd).

    Returns what ``twicetold eval --json`` prints: pairs (gold, found, right: counts; precision, recall,
    f1), clusters (ari), sections (gold_bytes, found_bytes, right_bytes; precision, recall,
    granularity); None where the gold says nothing of it. Raises InputOutputError; FormatError, `where`
    being the line.
    """
    scores = _core.eval(result, gold)
    for part in scores.values():
        for name, value in part.items():
            if isinstance(value, float) and math.isnan(value):
                part[name] = None  # type: ignore[assignment]
    return scores  # type: ignore[return-value]
