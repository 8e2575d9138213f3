"""Articles from files, datasets, Arrow streams and mappings."""

from __future__ import annotations

import itertools
import os
from typing import Any, Dict, Iterable, List, Mapping, Optional, Tuple, Union

from . import _core
from ._errors import InputOutputError, invalid

Path = Union[str, "os.PathLike[str]"]
Articles = Union[Path, Iterable[Any], Any]

_ROWS = 1024  # in a batch of a dataset, whose text is then still in the processor's cache when the library reads it
_AHEAD = 16  # batches


def paths_of(articles: Any) -> Optional[List[Path]]:
    """The paths that `articles` consists of, or None."""
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


def _parquet_format(names: List[str]) -> Any:
    """How to read Parquet. A local file is read page by page: reading whole columns ahead, as pyarrow does for remote
    stores, costs page faults for memory that is used once."""
    from pyarrow.dataset import ParquetFileFormat, ParquetFragmentScanOptions

    if not all(os.path.exists(name) for name in names):
        return ParquetFileFormat()
    return ParquetFileFormat(
        default_fragment_scan_options=ParquetFragmentScanOptions(pre_buffer=False, use_buffered_stream=True)
    )


def _dataset(articles: Any) -> Any:
    """The pyarrow dataset of Parquet paths, or the one that `articles` is; else None."""
    paths = paths_of(articles)
    if paths is not None and any(_is_parquet(p) for p in paths):
        if not all(_is_parquet(p) for p in paths):
            raise invalid("Parquet and other files cannot be read in one call")
        try:
            import pyarrow.dataset
        except ImportError:
            raise ImportError("reading Parquet needs pyarrow") from None
        names = [os.fspath(p) for p in paths]
        try:
            return pyarrow.dataset.dataset(names[0] if len(names) == 1 else names, format=_parquet_format(names))
        except OSError as error:
            raise InputOutputError(str(error), "TT_EIO") from None
    if hasattr(articles, "scanner") and hasattr(articles, "schema") and hasattr(articles, "to_batches"):
        return articles
    return None


def _rows_of_datasets(articles: Any, wanted: Tuple[Optional[str], ...]) -> Any:
    """A dataset of the library datasets, mapped, filtered or streamed, as Arrow batches."""
    import pyarrow

    names = articles.column_names
    if names is not None:
        articles = articles.select_columns([n for n in dict.fromkeys(wanted) if n in names])
    tables = articles.with_format("arrow").iter(batch_size=_ROWS)
    first = next(tables, None)
    if first is None:
        return ()
    batches = (b for t in itertools.chain([first], tables) for b in t.to_batches())
    return pyarrow.RecordBatchReader.from_batches(first.schema, batches)


class Source:
    """Articles and the names of their fields.

    source, published: the names of these fields, or None; needed: whether columns of these names must exist.
    """

    def __init__(
        self,
        articles: Any,
        id: Optional[str],
        text: str,
        source: Optional[str] = None,
        published: Optional[str] = None,
        needed: bool = True,
    ):
        self.articles = articles
        self.id = id
        self.text = text
        self.source = source
        self.published = published
        self.needed = needed
        self.paths = paths_of(articles)
        self.dataset = _dataset(articles)

    def _batches(self, threads: int) -> Any:
        """The needed columns of the dataset, as a stream that is read batch by batch. Threads of pyarrow read ahead,
        unless `threads` is 1."""
        names = self.dataset.schema.names
        wanted = [n for n in (self.id, self.text, self.source, self.published) if n in names]
        scanner = self.dataset.scanner(
            columns=list(dict.fromkeys(wanted)),
            batch_size=_ROWS,
            batch_readahead=_AHEAD,
            use_threads=threads != 1,
        )
        return scanner.to_reader()

    def feed(self, feed: _core.Feed, options: Dict[str, Any], kept: Optional[List[Any]] = None) -> None:
        """Feeds all articles; also appends the records of files to `kept`."""
        if self.dataset is None and self.paths is not None:
            if not all(os.fspath(p) for p in self.paths):
                raise invalid("a path is empty")
            if not self.id or not self.text:
                raise invalid("files need the names of their fields: id and text")
            limit = options.get("max_article_bytes", 0)
            names = tuple(os.fsencode(p) for p in self.paths)
            feed.read(names, self.id, self.text, limit, options.get("threads", 0), kept)
            return
        stream = self._batches(options.get("threads", 0)) if self.dataset is not None else self.articles
        if type(stream).__module__.startswith("datasets.") and hasattr(stream, "with_format"):
            stream = _rows_of_datasets(stream, (self.id, self.text, self.source, self.published))
        if hasattr(stream, "__arrow_c_stream__"):
            id_needed = self.id is not None and self.id != "id"
            capsule = stream.__arrow_c_stream__()
            feed.add_stream(capsule, self.id, self.text, self.source, self.published, id_needed, self.needed)
        elif isinstance(stream, Mapping) or not hasattr(stream, "__iter__"):
            raise TypeError(
                "articles must be a path, an iterable of mappings or an object with __arrow_c_stream__, "
                f"not {type(stream).__name__}"
            )
        else:
            feed.add_rows(stream, self.id, self.text, self.source, self.published)


def rejections(feed: _core.Feed) -> List[Dict[str, Any]]:
    """The articles that were rejected, in input order."""
    names = ("row", "file", "line", "id", "status", "reason")
    out = [dict(zip(names, r)) for r in sorted(feed.rejected, key=lambda r: r[0])]
    for r in out:
        r["line"] = r["line"] or None
    return out
