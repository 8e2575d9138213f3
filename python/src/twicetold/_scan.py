"""A scan from its articles to its result, and what is kept of records of files to give them back."""

from __future__ import annotations

import json
import os
import sys
import time
import warnings
from typing import Any, Dict, List, Optional, Tuple, Union

from . import _core
from ._progress import Progress, ProgressFunction
from ._result import Result
from ._source import Need, Path, Source, Text, rejections, remarks


def source_of(articles: Any, id: Optional[str], text: Text, options: Dict[str, Any]) -> Source:
    """The articles, with the fields by which the one to keep is chosen, and the sources of sections counted."""
    keep = options.get("keep", 0)
    need = Need.YES if keep == 2 else Need.IF_IT_FITS
    source = Source(articles, id, text, "source", "published", need)
    source.source_needed = keep == 3
    return source


def run(
    source: Source,
    options: Dict[str, Any],
    sources: Optional[bytes],
    progress: Union[bool, None, ProgressFunction],
    kept: Optional[List[Any]] = None,
    notices: Optional[Path] = None,
) -> Tuple[Result, _core.Scan]:
    began = time.perf_counter()
    before, has = _peak(), _resident()
    with Progress(progress) as shown:
        feed = _core.Scan(options, sources, shown.call)
        if notices is not None:
            feed.notices(_core.read_result(notices))
        source.feed(feed, options, kept)
        read = feed.read_seconds
        rejected = rejections(feed)
        found = feed.finish()
    _warn_of_memory(options.get("memory", 0), before, has)
    return Result(found, rejected, read, time.perf_counter() - began, source, remarks(feed)), feed


def _peak() -> int:
    """The most bytes that the process has held in memory; 0 if that is not known."""
    try:
        import resource
    except ImportError:
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _resident() -> int:
    """What the process holds in memory; 0 if that is not known."""
    try:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return 0


def _warn_of_memory(limit: int, before: int, has: int) -> None:
    peak = _peak()
    peak = peak if peak > before else has
    if limit and peak > 1.2 * limit:
        warnings.warn(
            f"memory: the process took {peak >> 20} MiB and was to keep to {limit >> 20}; beyond what it has already "
            "(the interpreter, libraries, the articles if they are in memory), a scan needs about half the size of "
            "the text",
            stacklevel=4,
        )


def records_to_keep(source: Source) -> Optional[List[Any]]:
    """Where `run` keeps the records of files, each of which can be read only then; None of other articles."""
    return [] if source.paths is not None and source.dataset is None else None


def source_of_records(source: Source, records: Optional[List[Any]]) -> Source:
    """The articles, files as the mappings that their records are."""
    if records is None:
        return source
    return Source([read_record(r) or {} for r in records], source.fields.id, source.fields.text)


def read_record(record: Any) -> Any:
    """A record of a file, of which a line is still bytes; None if it cannot be read."""
    if not isinstance(record, bytes):
        return record
    try:
        read = json.loads(record.decode("utf-8", "surrogateescape"))
    except ValueError:
        return None
    return read if isinstance(read, dict) else None
