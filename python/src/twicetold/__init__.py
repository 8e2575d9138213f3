"""Near-duplicate articles and repeated sections, with exact numbers.

    import twicetold
    r = twicetold.scan("feed.jsonl")              # or dicts, or anything with __arrow_c_stream__
    r.pairs.to_pandas(), r.clusters, r.sections
    twicetold.dedup("feed.jsonl")                 # the articles to keep
    with twicetold.Index("feed.db") as index:     # a feed, as it arrives
        index.add(batch).to_pandas()
    twicetold.Client("http://127.0.0.1:8377")     # the same over HTTP: `twicetold serve`
"""

from __future__ import annotations

import json
import math
import os
import tempfile
import warnings
from typing import TYPE_CHECKING, Any, Dict, List, Literal, Mapping, Optional, Tuple, TypeVar, Union, overload

from . import _core, _options
from ._any_index import AnyIndex
from ._client import Client
from ._errors import (
    DuplicateError,
    Error,
    FormatError,
    InputOutputError,
    InternalError,
    InvalidError,
    LimitError,
    LockedError,
    OutOfMemoryError,
    StoppedError,
    VersionError,
)
from ._index import Index, Matches, Verdicts
from ._match import Decontaminated, decontaminate, match
from ._minhash import MinHash
from ._progress import ProgressFunction
from ._result import Result, Table, run_command
from ._scan import read_record, records_to_keep, run, source_of, source_of_records
from ._shape import add_columns, hold, kept_parts, take
from ._source import Articles, Path, Source, Text, place_of, reject_none
from ._strip import merged, strip
from ._texts import key_of

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._result import Removed
    from ._types import DedupOptions, ScanOptions, SectionOptions

Row = TypeVar("Row", bound=Mapping[str, Any])
Frame = TypeVar("Frame")

__version__: str = _core.version()
__all__ = [
    "AnyIndex",
    "Client",
    "Decontaminated",
    "DuplicateError",
    "Error",
    "FormatError",
    "Index",
    "InputOutputError",
    "InternalError",
    "InvalidError",
    "LimitError",
    "LockedError",
    "Matches",
    "MinHash",
    "OutOfMemoryError",
    "Result",
    "StoppedError",
    "Table",
    "Verdicts",
    "VersionError",
    "annotate",
    "decontaminate",
    "dedup",
    "eval",
    "evaluate",
    "match",
    "scan",
    "strip",
    "tune",
]


def scan(
    articles: Articles,
    id: Optional[str] = "id",
    text: Text = "text",
    *,
    progress: Union[bool, None, ProgressFunction] = None,
    notices: Optional[Path] = None,
    **options: Unpack[ScanOptions],
) -> Result:
    """Finds near-duplicate articles and repeated sections.

    articles: one of

    - a path (str or os.PathLike), a pattern, or a list of these: JSON Lines, CSV, text, news formats, directories,
      compressed or not, as for the command; Parquet and Arrow files if pyarrow is installed;
    - an iterable of mappings with the fields `id` (str or int) and `text` (str, or UTF-8 bytes);
    - anything with ``__arrow_c_stream__`` (pyarrow, polars, DuckDB, pandas), a pyarrow dataset, or a dataset
      of the library datasets, read batch by batch; the text is not copied.

    id, text: the names of the fields. An article without an id gets its row as one, from 0 (in files
    ``FILE:LINE``); with `id=None` all articles do (not in files).
    progress: True for a bar (tqdm), or a callable ``(stage, done, total)``, where total 0 means unknown. An
    exception that it raises ends the call.
    notices: the path of a result, as `write` makes it: its notices are taken, and none are learned, so that pairs
    that share nothing else are "boilerplate" as they would be there. It must have been made with the same `seed`.
    options: those of the command, with ``_`` for ``-``, and num_hashes for ``--hashes``: pairs, clusters, sections,
    series (True: look for these; if none is given, for the first three), resemblance, containment, overlap,
    facts (shares, or "off"), min_section, max_matches, shingle_tokens (tokens), num_hashes, bands, seed,
    paragraphs, keep, drop, max_article_bytes, threads (0: all cores), memory (bytes, or "300M", "2G"; at least
    32 MiB), temp_dir.

    An article that cannot be accepted (no text, invalid UTF-8, an id seen before, too long) is listed in
    ``.rejected`` (row, file, line, id, status, reason), and the scan goes on; ``.remarks`` lists what was assumed of
    records of files.

    Raises InvalidError (an option, a missing column), InputOutputError, LimitError, OutOfMemoryError; TypeError
    for an unknown option or articles of an unknown kind; KeyboardInterrupt.
    Memory: about 7 bytes a token; the GIL is released while the library works. `memory` bounds what the whole
    process holds in memory, the interpreter and its libraries counted: the rest is in an unnamed file in `temp_dir`
    (default: $TMPDIR, or /tmp) until the result is freed. It is kept within a fifth down to half the
    size of the text and what is there besides: 40 MB for Python, 170 MB with pyarrow, the articles themselves if they
    are in memory; below that the call warns at its end of what it took. The result is the same; the call takes longer.
    """
    resolved, sources = _options.of_scan(dict(options))
    return run(source_of(articles, id, text, resolved), resolved, sources, progress, notices=notices)[0]


@overload
def dedup(
    articles: Path,
    id: Optional[str] = "id",
    text: Text = "text",
    *,
    removed: Literal[False] = False,
    output: None = None,
    progress: Union[bool, None, ProgressFunction] = None,
    notices: Optional[Path] = None,
    **options: Unpack[DedupOptions],
) -> Any: ...


@overload
def dedup(
    articles: Path,
    id: Optional[str] = "id",
    text: Text = "text",
    *,
    removed: Literal[True],
    output: None = None,
    progress: Union[bool, None, ProgressFunction] = None,
    notices: Optional[Path] = None,
    **options: Unpack[DedupOptions],
) -> Tuple[Any, Removed]: ...


@overload
def dedup(
    articles: List[Row],
    id: Optional[str] = "id",
    text: Text = "text",
    *,
    removed: Literal[False] = False,
    output: None = None,
    progress: Union[bool, None, ProgressFunction] = None,
    notices: Optional[Path] = None,
    **options: Unpack[DedupOptions],
) -> List[Row]: ...


@overload
def dedup(
    articles: List[Row],
    id: Optional[str] = "id",
    text: Text = "text",
    *,
    removed: Literal[True],
    output: None = None,
    progress: Union[bool, None, ProgressFunction] = None,
    notices: Optional[Path] = None,
    **options: Unpack[DedupOptions],
) -> Tuple[List[Row], Removed]: ...


@overload
def dedup(
    articles: Frame,
    id: Optional[str] = "id",
    text: Text = "text",
    *,
    removed: Literal[False] = False,
    output: None = None,
    progress: Union[bool, None, ProgressFunction] = None,
    notices: Optional[Path] = None,
    **options: Unpack[DedupOptions],
) -> Frame: ...


@overload
def dedup(
    articles: Frame,
    id: Optional[str] = "id",
    text: Text = "text",
    *,
    removed: Literal[True],
    output: None = None,
    progress: Union[bool, None, ProgressFunction] = None,
    notices: Optional[Path] = None,
    **options: Unpack[DedupOptions],
) -> Tuple[Frame, Removed]: ...


@overload
def dedup(
    articles: Articles,
    id: Optional[str] = "id",
    text: Text = "text",
    *,
    removed: bool = False,
    output: Path,
    progress: Union[bool, None, ProgressFunction] = None,
    notices: Optional[Path] = None,
    **options: Unpack[DedupOptions],
) -> Any: ...


def dedup(
    articles: Articles,
    id: Optional[str] = "id",
    text: Text = "text",
    *,
    removed: bool = False,
    output: Optional[Path] = None,
    progress: Union[bool, None, ProgressFunction] = None,
    notices: Optional[Path] = None,
    **options: Unpack[DedupOptions],
) -> Any:
    """The articles to keep, with all their fields, in input order.

    articles, id, text, progress, notices, options: as for `scan`, without those about sections. `drop` (default 0.8):
    an article is left out if the one that is kept contains at least that share of its tokens.
    output: a folder, new or empty, to which the articles are written as Parquet files of at most a million rows,
    with all columns, and in parts: of Parquet, other files of pyarrow and datasets no more than a batch is held.

    Returns what `articles` is: a frame, LazyFrame, Series, table or Dataset for such a one, and for a list of
    frames or batches one of them; a DatasetDict with the same splits; a pyarrow.Table for any other Arrow data
    and Parquet; a list of mappings for an iterable; a list of dicts for other files. With `output` a pyarrow
    dataset of what was written. With `removed=True` a tuple of that and the Table of the articles that were left
    out, whose `rejected` is that of `scan`.

    Only proved copies are left out. Articles that `scan` rejects (no text, no valid id) are compared with
    nothing and kept, with a warning; only records of files that are not JSON objects cannot be returned. Raises
    FormatError if all articles are rejected; else as `scan` does.
    """
    resolved, sources = _options.of_dedup(dict(options))
    source = source_of(articles, id, text, resolved)
    records = records_to_keep(source)
    hold(source)
    result, feed = run(source, resolved, sources, progress, records, notices)
    kept = bytearray(feed.accepted)
    reject_none(result.rejected, len(kept))
    among_accepted = iter(result._result.kept())
    for row, accepted in enumerate(kept):
        kept[row] = next(among_accepted) if accepted else 1
    _warn_of_rejected(result.rejected, len(kept))
    if records is not None:
        out: Any = [r for r in (read_record(r) for r, k in zip(records, kept) if k) if r is not None]
        if output is not None:
            source = Source(out, id, text)
            out = kept_parts(source, bytes(b"\1" * len(out)), output)
    else:
        out = take(source, bytes(kept)) if output is None else kept_parts(source, bytes(kept), output)
    return (out, result.removed) if removed else out


def _warn_of_rejected(rejected: List[Dict[str, Any]], rows: int) -> None:
    """Rejected articles were compared with nothing: dedup keeps them and says so."""
    if rejected:
        warnings.warn(
            f"{len(rejected)} of {rows} articles were rejected, compared with no other and kept; "
            f"the first, {place_of(rejected[0])}: {rejected[0]['reason']}",
            stacklevel=3,
        )


@overload
def annotate(
    articles: Path,
    id: Optional[str] = "id",
    text: Text = "text",
    *,
    progress: Union[bool, None, ProgressFunction] = None,
    notices: Optional[Path] = None,
    **options: Unpack[SectionOptions],
) -> List[Dict[str, Any]]: ...


@overload
def annotate(
    articles: List[Row],
    id: Optional[str] = "id",
    text: Text = "text",
    *,
    progress: Union[bool, None, ProgressFunction] = None,
    notices: Optional[Path] = None,
    **options: Unpack[SectionOptions],
) -> List[Dict[str, Any]]: ...


@overload
def annotate(
    articles: Frame,
    id: Optional[str] = "id",
    text: Text = "text",
    *,
    progress: Union[bool, None, ProgressFunction] = None,
    notices: Optional[Path] = None,
    **options: Unpack[SectionOptions],
) -> Frame: ...


def annotate(
    articles: Articles,
    id: Optional[str] = "id",
    text: Text = "text",
    *,
    progress: Union[bool, None, ProgressFunction] = None,
    notices: Optional[Path] = None,
    **options: Unpack[SectionOptions],
) -> Any:
    """The articles with what a scan says of each, as what came in with further columns.

    articles, id, text, progress, notices, options: as for `scan`; of files the records, as dicts. Columns: cluster (the id of
    the article that its cluster keeps, which stays the same as long as that one is kept; null without a cluster),
    keep (whether `dedup` keeps it), of (the article kept instead), relation, resemblance and overlap (of the pair
    with that one; null for articles that are kept), repeated (the share of its text that lies in repeated sections),
    rejected (why it was compared with nothing, or null).
    """
    resolved, sources = _options.of_scan(dict(options))
    resolved["find"] = 7
    source = source_of(articles, id, text, resolved)
    records = records_to_keep(source)
    hold(source)
    result, feed = run(source, resolved, sources, progress, records, notices)
    source = source_of_records(source, records)
    rows = [row for row, accepted in enumerate(feed.accepted) if accepted]
    columns: Dict[str, List[Any]] = {name: [None] * len(feed.accepted) for name in _NOTES}
    columns["keep"] = [True] * len(feed.accepted)
    place = dict(zip(result._result.ids(), rows))
    for r in result.rejected:
        columns["rejected"][r["row"]] = r["reason"]
    for cluster in result.clusters:
        for member in cluster["members"]:
            columns["cluster"][place[key_of(member)]] = cluster["keep"]
    for gone in result.removed:
        row = place[key_of(gone["id"])]
        columns["keep"][row] = False
        columns["of"][row] = gone["kept"]
        for name in ("relation", "resemblance", "overlap"):
            columns[name][row] = gone[name]
    sizes = result._result.sizes()
    for row in rows:
        columns["repeated"][row] = 0.0
    for number, covered in _covered(result, place, rows).items():
        columns["repeated"][rows[number]] = covered / sizes[number] if sizes[number] else 0.0
    types = _note_types(result)
    return add_columns(source, columns, types)


_NOTES = ("cluster", "keep", "of", "relation", "resemblance", "overlap", "repeated", "rejected")


def _note_types(result: Result) -> Dict[str, Any]:
    try:
        import pyarrow
    except ImportError:
        return {}
    kinds: Dict[str, Any] = {name: result.pairs.schema.field("a").type for name in ("cluster", "of")}
    kinds.update(relation=pyarrow.string(), rejected=pyarrow.string())
    kinds.update(keep=pyarrow.bool_(), resemblance=pyarrow.float64(), overlap=pyarrow.float64())
    kinds.update(repeated=pyarrow.float64())
    return kinds


def _covered(result: Result, place: Dict[str, int], rows: List[int]) -> Dict[int, int]:
    """The bytes of each article, by its number, that lie in repeated sections."""
    number = {row: n for n, row in enumerate(rows)}
    spans: Dict[int, List[Tuple[int, int]]] = {}
    for section in result.sections:
        for o in section["occurrences"]:
            spans.setdefault(number[place[key_of(o["article"])]], []).append((o["begin"], o["end"]))
    return {n: sum(end - begin for begin, end in merged(found)) for n, found in spans.items()}


def evaluate(result: Union[Path, Result], gold: Path) -> Dict[str, Dict[str, Union[int, float, None]]]:
    """Scores a result, or the file of one, against gold lines (JSON Lines, plain, gzip or zstd).

    Returns what ``twicetold eval --json`` prints: pairs (the counts gold, found, right; precision, recall, f1),
    clusters (ari), sections (gold_bytes, found_bytes, right_bytes; precision, recall, granularity). A number is
    None if the gold file has nothing to compare with. Raises InputOutputError; FormatError, whose `where` is the
    line.
    """
    if isinstance(result, Result):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "result.jsonl")
            result.write(path)
            return evaluate(path, gold)
    scores = _core.eval(result, gold)
    for part in scores.values():
        for name, value in part.items():
            if isinstance(value, float) and math.isnan(value):
                part[name] = None  # type: ignore[assignment]
    return scores  # type: ignore[return-value]


def eval(result: Path, gold: Path) -> Dict[str, Dict[str, Union[int, float, None]]]:
    """The old name of `evaluate`, until 0.3."""
    warnings.warn("twicetold.eval is now twicetold.evaluate", DeprecationWarning, stacklevel=2)
    return evaluate(result, gold)


def tune(paths: Union[Path, List[Path], None] = None, *, resemblance: float = 0.7, recall: float = 0.9995) -> Dict[str, Any]:
    """How likely a pair is to be found, by its resemblance, and what more or fewer hashes cost, as
    ``twicetold tune --json`` prints it; with paths of articles also measured on their first ones."""
    given = [] if paths is None else [paths] if isinstance(paths, (str, os.PathLike)) else list(paths)
    words = ["--resemblance", str(resemblance), "--recall", str(recall), "--json", "--quiet"]
    read: Dict[str, Any] = json.loads(run_command("tune", *words, *(os.fspath(path) for path in given)))
    return read
