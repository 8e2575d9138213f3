"""Articles from files, datasets, frames, Arrow streams and mappings.

Whatever is given becomes one of: files that the library reads; Arrow data, in batches, whose text is not copied;
mappings. `Source.feed` feeds them; `Source.held` can be read again, to take rows out of it or to add columns.
"""

from __future__ import annotations

import glob
import itertools
import json
import os
import time
from typing import Any, Dict, Iterable, Iterator, List, Mapping, Optional, Sequence, Tuple, Union

from . import _core
from ._errors import Error, FormatError, InputOutputError, invalid

Path = Union[str, "os.PathLike[str]"]
Articles = Union[Path, Iterable[Any], Any]
Text = Union[str, Sequence[str]]

BETWEEN = "\n\n"  # fields, and paragraphs of a field that is a list of them

_ROWS = 1024  # in a batch of a dataset, whose text is then still in the processor's cache when the library reads it
_AHEAD = 16  # batches
_BY_PYARROW = {
    ".parquet": "parquet",
    ".parq": "parquet",
    ".pq": "parquet",
    ".arrow": "ipc",
    ".feather": "ipc",
    ".ipc": "ipc",
}
_BY_LIBRARY = (".jsonl", ".ndjson", ".csv", ".tsv")  # where they lie beside those, and perhaps compressed


def module_of(thing: Any) -> str:
    """The package that the type of a thing comes from."""
    return type(thing).__module__.split(".")[0]


# ---- Paths -----------------------------------------------------------------------------------------


def paths_of(articles: Any) -> Optional[List[str]]:
    """The paths that `articles` consists of, or None."""
    if isinstance(articles, (str, os.PathLike)):
        articles = [articles]
    elif not (
        isinstance(articles, (list, tuple)) and articles and all(isinstance(a, (str, os.PathLike)) for a in articles)
    ):
        return None
    return [name for path in articles for name in _expanded(os.fspath(path))]


def _expanded(name: str) -> List[str]:
    """The files that a pattern stands for; any other path itself."""
    if not name:
        raise invalid("a path is empty")
    if "\n" in name or len(os.path.basename(name)) > 255:
        raise TypeError(
            "a str is a path, and this one looks like a text; give texts as mappings, [{'text': ...}], or as an Arrow "
            "array or a Series"
        )
    if "://" in name or os.path.lexists(name) or not glob.has_magic(name):
        return [name]
    found = sorted(glob.glob(name, recursive=True))
    if not found:
        raise InputOutputError(f"no file matches {name}", "TT_EIO")
    return found


def _format_of(name: str) -> Optional[str]:
    """How pyarrow reads a file of that name; None if the library does."""
    lower = os.path.basename(name).lower()
    return next((kind for ending, kind in _BY_PYARROW.items() if lower.endswith(ending)), None)


def _files_for_pyarrow(name: str) -> Tuple[List[str], List[str]]:
    """The files in a folder and those below it that pyarrow reads, and records in other formats among them. Names that
    begin with a dot or underscore are others' notes, as everywhere where data lies in folders."""
    found, others = [], []
    for folder, folders, files in os.walk(name):
        folders[:] = sorted(f for f in folders if f[0] not in "._")
        for f in sorted(f for f in files if f[0] not in "._"):
            if _format_of(f) is not None:
                found.append(os.path.join(folder, f))
            elif f.lower().endswith(_BY_LIBRARY) or os.path.splitext(f.lower())[0].endswith(_BY_LIBRARY):
                others.append(os.path.join(folder, f))
    return found, others if found else []


def _dataset_format(kind: str, names: List[str]) -> Any:
    import pyarrow.dataset as ds

    if kind == "ipc":
        return ds.IpcFileFormat()
    if not all(os.path.exists(name) for name in names):
        return ds.ParquetFileFormat()
    # A local file is read page by page: reading whole columns ahead, as pyarrow does for remote stores, costs page
    # faults for memory that is used once.
    return ds.ParquetFileFormat(
        default_fragment_scan_options=ds.ParquetFragmentScanOptions(pre_buffer=False, use_buffered_stream=True)
    )


def _dataset_of_paths(paths: List[str]) -> Any:
    """The pyarrow dataset that the paths are; None if the library reads them."""
    names: List[str] = []
    others: List[str] = []
    for path in paths:
        inside, beside = _files_for_pyarrow(path) if os.path.isdir(path) else ([path] if _format_of(path) else [], [])
        names += inside
        others += beside if inside else [path]
    if not names:
        return None
    kinds = {_format_of(name) for name in names}
    if others or len(kinds) > 1:
        found = ", ".join(sorted({str(_format_of(n)) for n in names} | ({"others"} if others else set())))
        raise invalid(f"files of several formats ({found}) cannot be read in one call; choose some, as with DIR/*.parquet")
    try:
        import pyarrow.dataset as ds
    except ImportError:
        raise ImportError("reading Parquet and Arrow files needs pyarrow") from None
    base = paths[0] if len(paths) == 1 and os.path.isdir(paths[0]) else None
    with _telling_of_files():
        return ds.dataset(
            names if base is not None or len(names) > 1 else names[0],
            format=_dataset_format(str(kinds.pop()), names),
            partitioning="hive" if base is not None else None,
            partition_base_dir=base,
        )


class _telling_of_files:
    """Errors of pyarrow about files as those of this package."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        if error is None or isinstance(error, Error) or type(error).__module__.split(".")[0] not in ("pyarrow", "builtins"):
            return
        # pyarrow raises OSError itself for a Parquet file that is damaged.
        if isinstance(error, OSError) and (error.errno is not None or not str(error).startswith("Could not")):
            damaged = any(word in str(error) for word in ("Thrift", "corrupt", "Unexpected end", "Corrupt", "Invalid"))
            if not damaged:
                gone = "No such file or directory: " if isinstance(error, FileNotFoundError) else ""
                raise InputOutputError(f"{gone}{error}", "TT_EIO") from error
        elif not isinstance(error, OSError) and type(error).__name__ != "ArrowInvalid":
            return
        raise FormatError(str(error), "TT_EFORMAT") from error


# ---- Fields ----------------------------------------------------------------------------------------


def joined(value: Any) -> Optional[str]:
    """A text, or the paragraphs of one."""
    if isinstance(value, (list, tuple)):
        parts = [str(v) for v in value if v is not None]
        return BETWEEN.join(parts) if parts else None
    return value  # type: ignore[no-any-return]


def _at(row: Any, path: str) -> Any:
    """The value of a field, or of a field within a field."""
    if path in row:
        return row[path]
    for name in path.split("."):
        if not isinstance(row, Mapping) or name not in row:
            raise KeyError(path)
        row = row[name]
    return row


def text_of(row: Any, text: Text) -> Optional[str]:
    """The text of a mapping: of one field, or of several that are joined."""
    if isinstance(text, str):
        try:
            return joined(_at(row, text))
        except KeyError:
            return None
    parts = [part for part in (text_of(row, name) for name in text) if part]
    return BETWEEN.join(parts) if parts else None


class Fields:
    """The names of the fields. Those of files are written as the command takes them."""

    def __init__(
        self,
        id: Optional[str],
        text: Text,
        source: Optional[str] = None,
        published: Optional[str] = None,
        title: Optional[str] = None,
    ):
        self.texts: List[str] = list(text) if isinstance(text, (list, tuple)) else [text]  # type: ignore[list-item]
        if not self.texts or not all(isinstance(name, str) and name for name in self.texts):
            raise invalid("text: give the name of a field, or a list of such names")
        if id is not None and (not isinstance(id, str) or not id):
            raise invalid("id: give the name of a field, or None")
        self.id, self.text, self.source, self.published, self.title = id, text, source, published, title

    @property
    def name(self) -> str:
        """What the joined text is called where fields are joined."""
        return ",".join(self.texts)

    def others(self) -> List[str]:
        return [name for name in (self.id, self.source, self.title, self.published) if name is not None]

    def mapping(self, row: Any) -> Any:
        """A mapping with the joined text under `name`."""
        if not isinstance(row, Mapping):
            return row
        out: Dict[str, Any] = {}
        for name in self.others():
            try:
                out[name] = _at(row, name)
            except KeyError:
                pass
        try:
            found = [joined(_at(row, name)) for name in self.texts if len(self.texts) == 1 or _has(row, name)]
        except KeyError:
            found = []
        if found:
            parts = [part for part in found if part is not None]
            out[self.name] = parts[0] if len(parts) == 1 else BETWEEN.join(p for p in parts if p) if parts else None
        else:
            out.update((name, None) for name in row if name not in out)
        return out


def _has(row: Any, path: str) -> bool:
    try:
        _at(row, path)
    except KeyError:
        return False
    return True


def _path_column(table: Any, path: str) -> Any:
    """A column of a pyarrow table or batch, or a field of a struct; None if it is not there."""
    import pyarrow.compute as pc

    if path in table.schema.names:
        return table.column(path)
    first, *rest = path.split(".")
    if first not in table.schema.names:
        return None
    column = table.column(first)
    for name in rest:
        kind = column.type
        if not hasattr(kind, "get_field_index") or kind.get_field_index(name) < 0:
            return None
        column = pc.struct_field(column, name)
    return column


def _text_column(column: Any) -> Any:
    """Texts; of lists of paragraphs the paragraphs joined."""
    import pyarrow
    import pyarrow.compute as pc

    if pyarrow.types.is_list(column.type) or pyarrow.types.is_large_list(column.type):
        between = pyarrow.scalar(BETWEEN, pyarrow.large_string())
        return pc.binary_join(column.cast(pyarrow.list_(pyarrow.large_string())), between)
    if pyarrow.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    return column.cast(pyarrow.large_string())


def _is_plain(schema: Any, fields: Fields) -> bool:
    """Whether each field is a column of a pyarrow schema, and the text one of texts."""
    import pyarrow

    if len(fields.texts) > 1:
        return False
    names = [n for n in (fields.id, fields.texts[0]) if n is not None]
    if any(n not in schema.names and n.split(".")[0] in schema.names for n in names):
        return False
    name = fields.texts[0]
    kind = schema.field(name).type if name in schema.names else None
    return kind is None or not (pyarrow.types.is_list(kind) or pyarrow.types.is_large_list(kind))


def _flat(batch: Any, fields: Fields) -> Any:
    """A pyarrow table of a batch, whose columns are the fields and the joined text."""
    import pyarrow
    import pyarrow.compute as pc

    columns = {}
    for name in fields.others():
        column = _path_column(batch, name)
        if column is not None:
            columns[name] = column
    found = [c for c in (_path_column(batch, name) for name in fields.texts) if c is not None]
    if not found:
        raise invalid(f"there is no column {fields.name!r}; the columns are {', '.join(map(repr, batch.schema.names))}")
    texts = [_text_column(c) for c in found]
    if len(texts) == 1:
        columns[fields.name] = texts[0]
    else:
        empty = [pc.if_else(pc.equal(t, ""), pyarrow.scalar(None, t.type), t) for t in texts]
        columns[fields.name] = pc.binary_join_element_wise(
            *empty, pyarrow.scalar(BETWEEN, pyarrow.large_string()), null_handling="skip"
        )
    return pyarrow.table(columns)


# ---- What is given ---------------------------------------------------------------------------------


def _is_batch(thing: Any) -> bool:
    return hasattr(thing, "__arrow_c_stream__") or hasattr(thing, "__arrow_c_array__") or _is_pandas(thing)


def _is_pandas(thing: Any) -> bool:
    return module_of(thing) == "pandas" and hasattr(thing, "iloc")


def _is_splits(thing: Any) -> bool:
    """A DatasetDict: datasets by the names of their splits."""
    return module_of(thing) == "datasets" and isinstance(thing, Mapping)


def _is_of_datasets(thing: Any) -> bool:
    return module_of(thing) == "datasets" and hasattr(thing, "with_format")


def _prepared(articles: Any) -> Any:
    """What stands for the articles of a library that has no stream of its own."""
    module = module_of(articles)
    if hasattr(articles, "__arrow_c_stream__"):
        return articles
    if module == "polars" and hasattr(articles, "collect"):
        return articles.collect()
    if module == "pyarrow" and hasattr(articles, "projected_schema"):  # a scanner
        return articles.to_reader()
    if module == "pandas" and hasattr(articles, "iloc"):
        import pyarrow

        if hasattr(articles, "columns"):
            return pyarrow.Table.from_pandas(articles, preserve_index=False)
        return pyarrow.chunked_array([pyarrow.Array.from_pandas(articles)])
    if module == "duckdb" or module == "_duckdb":
        for method in ("to_arrow_reader", "fetch_record_batch"):
            if hasattr(articles, method):
                return getattr(articles, method)()
    if module in ("dask", "dask_expr") and hasattr(articles, "partitions"):
        return (part.compute() for part in articles.partitions)
    if hasattr(articles, "__arrow_c_array__"):
        import pyarrow

        return pyarrow.chunked_array([pyarrow.array(articles)])
    return articles


def _physical_names(dataset: Any) -> List[str]:
    """The columns that are in the first of a dataset's Parquet files; none of another dataset."""
    form = getattr(dataset, "format", None)
    if type(form).__name__ != "ParquetFileFormat" or getattr(dataset, "_scan_options", None):
        return []
    first = next(iter(dataset.get_fragments()), None)
    return [] if first is None else list(first.physical_schema.names)


def _schema_of(dataset: Any, columns: List[str]) -> Any:
    import pyarrow

    return pyarrow.schema([dataset.schema.field(name) for name in columns])


def _pages(dataset: Any, columns: List[str]) -> Iterator[Any]:
    """Batches of Parquet, of which no more than a page of each column is held."""
    import pyarrow.parquet

    for fragment in dataset.get_fragments():
        with fragment.filesystem.open_input_file(fragment.path) as file:
            reader = pyarrow.parquet.ParquetFile(file, pre_buffer=False, buffer_size=1 << 16)
            yield from reader.iter_batches(_ROWS, columns=columns, use_threads=False)


class Need:
    """Whether a column of the field `published` must exist. One of `source` must where this is not NO."""

    NO, YES, IF_IT_FITS = 0, 1, 2  # IF_IT_FITS: a column that has no times is as none


class Source:
    """Articles and the names of their fields."""

    def __init__(
        self,
        articles: Any,
        id: Optional[str],
        text: Text,
        source: Optional[str] = None,
        published: Optional[str] = None,
        need: int = Need.NO,
        title: Optional[str] = None,
    ):
        self.fields = Fields(id, text, source, published, title)
        self.need = need
        self.source_needed = False
        self.given = articles
        self.paths = paths_of(articles)
        self.dataset: Any = None
        if self.paths is not None:
            self.dataset = _dataset_of_paths(self.paths)
        elif hasattr(articles, "scanner") and hasattr(articles, "schema") and hasattr(articles, "to_batches"):
            self.dataset = articles
        self.articles: Any = None if self.paths is not None or self.dataset is not None else _prepared(articles)

    def is_readable_again(self) -> bool:
        """Whether the articles can be read a second time: they are no iterator or stream that is used up."""
        articles = self.articles
        if self.paths is not None or self.dataset is not None:
            return "-" not in (self.paths or ())
        return not hasattr(articles, "__next__") and not hasattr(articles, "read_next_batch")

    # -- Feeding

    def feed(self, feed: _core.Feed, options: Dict[str, Any], kept: Optional[List[Any]] = None) -> None:
        """Feeds all articles; also appends the records of files to `kept`."""
        if self.dataset is not None:
            self._feed_dataset(feed, options.get("threads", 0), bool(options.get("memory")))
        elif self.paths is not None:
            self._feed_files(feed, options, kept)
        else:
            self._feed_any(feed, self.articles)

    def _feed_files(self, feed: _core.Feed, options: Dict[str, Any], kept: Optional[List[Any]]) -> None:
        assert self.paths is not None
        names = tuple(os.fsencode(p) for p in self.paths)
        limit = options.get("max_article_bytes", 0)
        feed.read(names, self.fields.id, self.fields.name, limit, options.get("threads", 0), kept)
        accepted = feed.accepted
        if feed.seen is not None and 1 not in accepted and len(feed.rejected) == len(accepted):
            _tell_of_fields(feed.rejected[0][5], feed.seen)
        if 1 not in accepted:
            reject_none(rejections(feed), len(accepted))

    def _feed_dataset(self, feed: _core.Feed, threads: int, limited: bool) -> None:
        """The needed columns of the dataset, batch by batch. Threads of pyarrow read ahead, unless `threads` is 1, and
        decode whole row groups, unless memory is limited."""
        dataset = self.dataset
        assert dataset is not None
        names = dataset.schema.names
        wanted = [n for n in dict.fromkeys((*self.fields.others(), *self.fields.texts))]
        columns = [n if n in names else n.split(".")[0] for n in wanted]
        columns = [n for n in dict.fromkeys(columns) if n in names]
        if limited and all(n in _physical_names(dataset) for n in columns):
            with _telling_of_files():
                self._feed_batches(feed, _pages(dataset, columns), _schema_of(dataset, columns))
            return
        how: Dict[str, Any] = {"batch_size": _ROWS}
        if module_of(dataset) != "lance":
            how.update(batch_readahead=_AHEAD, use_threads=threads != 1)
        scanner = dataset.scanner(columns=columns, **how)
        with _telling_of_files():
            self._feed_batches(feed, scanner.to_reader(), scanner.projected_schema)

    def _feed_any(self, feed: _core.Feed, articles: Any) -> None:
        if _is_splits(articles):
            self._feed_frames(feed, articles.values())
        elif _is_of_datasets(articles):
            self._feed_of_datasets(feed, articles)
        elif module_of(articles) == "pyarrow" and hasattr(articles, "read_next_batch"):
            self._feed_batches(feed, articles, articles.schema)
        elif hasattr(articles, "__arrow_c_stream__"):
            self._feed_stream(feed, articles, True)
        elif isinstance(articles, Mapping) or not hasattr(articles, "__iter__"):
            raise TypeError(
                "articles must be a path, an iterable of mappings or frames, or an object with __arrow_c_stream__, "
                f"not {type(articles).__name__}"
            )
        else:
            self._feed_iterable(feed, articles)

    def _feed_of_datasets(self, feed: _core.Feed, articles: Any) -> None:
        """A dataset of the library datasets, mapped, filtered or streamed, whatever its format."""
        names = articles.column_names
        fields = self.fields
        if names is not None:
            wanted = [n if n in names else n.split(".")[0] for n in (*fields.others(), *fields.texts)]
            chosen = [n for n in dict.fromkeys(wanted) if n in names]
            if not any(n.split(".")[0] in names or n in names for n in fields.texts):
                raise invalid(f"there is no column {fields.name!r}; the columns are {', '.join(map(repr, names))}")
            articles = articles.select_columns(chosen) if chosen else articles
        tables = articles.with_format("arrow").iter(batch_size=_ROWS)
        first = next(tables, None)
        if first is None:
            features = getattr(articles, "features", None)
            if features is not None:
                self._feed_stream(feed, features.arrow_schema.empty_table(), True)
            return
        batches = (b for t in itertools.chain([first], tables) for b in t.to_batches())
        self._feed_batches(feed, batches, first.schema)

    def _feed_batches(self, feed: _core.Feed, batches: Iterable[Any], schema: Any) -> None:
        """Batches of pyarrow. What their maker raises is the cause of what is raised here, which a stream in C loses."""
        iterator = iter(batches)
        seen = False
        while True:
            began = time.perf_counter()
            try:
                batch = next(iterator, None)
            except Exception as error:
                if self.dataset is not None:
                    raise
                raise InputOutputError(f"the stream failed: {type(error).__name__}: {error}", "TT_EIO") from error
            feed.read_seconds += time.perf_counter() - began
            if batch is None:
                break
            seen = True
            self._feed_stream(feed, batch, True)
        if not seen:
            self._feed_stream(feed, schema.empty_table(), True)

    def _feed_stream(self, feed: _core.Feed, articles: Any, is_all: bool) -> None:
        fields = self.fields
        name = fields.name
        nested = len(fields.texts) > 1 or "." in name or "." in (fields.id or "")
        lists = module_of(articles) == "polars" and "List" in str(getattr(articles, "schema", {}).get(name))
        if nested or lists or module_of(articles) == "pyarrow":
            articles = self._flattened(articles)
        id_needed = fields.id is not None and fields.id != "id"
        capsule = articles.__arrow_c_stream__()
        feed.add_stream(
            capsule, fields.id, name, fields.source, fields.title, fields.published, id_needed, self.source_needed,
            self.need, is_all,
        )  # fmt: skip

    def _flattened(self, articles: Any) -> Any:
        """Arrow data whose columns are the fields."""
        if module_of(articles) != "pyarrow":
            import pyarrow

            articles = pyarrow.table(articles)
        schema = getattr(articles, "schema", None)
        return articles if schema is None or _is_plain(schema, self.fields) else _flat(articles, self.fields)

    def _feed_frames(self, feed: _core.Feed, frames: Iterable[Any]) -> None:
        for frame in frames:
            prepared = _prepared(frame)
            if _is_of_datasets(prepared):
                self._feed_of_datasets(feed, prepared)
            elif hasattr(prepared, "__arrow_c_stream__"):
                self._feed_stream(feed, prepared, False)
            else:
                raise TypeError(f"a frame or batch was followed by {type(frame).__name__}")

    def _feed_iterable(self, feed: _core.Feed, articles: Iterable[Any]) -> None:
        iterator = iter(articles)
        some = list(itertools.islice(iterator, 1))
        first = some[0] if some else {}
        rest = itertools.chain(some, iterator)
        if _is_batch(first) and not isinstance(first, Mapping):
            self._feed_frames(feed, rest)
            return
        if isinstance(first, (str, bytes)):
            raise TypeError(
                "article 0 is a text and not a mapping; give texts as mappings, {'text': ...}, or as an Arrow array "
                "or a Series"
            )
        fields = self.fields
        id = fields.id
        if isinstance(articles, (list, tuple)) and id == "id" and not any(isinstance(a, Mapping) and id in a for a in articles):
            id = None
        rows: Iterator[Any] = rest
        name = fields.name
        if len(fields.texts) > 1 or "." in name or "." in (id or "") or _has_list(first, name):
            rows = map(fields.mapping, rest)
        feed.add_rows(rows, id, name, fields.source, fields.title, fields.published, id is not None and id != "id")


def _has_list(row: Any, name: str) -> bool:
    return isinstance(row, Mapping) and name in row and isinstance(row[name], (list, tuple))


def _tell_of_fields(reason: str, record: bytes) -> None:
    """Raises that no record of files has a field, and which the first one has."""
    try:
        read = json.loads(record.decode("utf-8", "replace"))
    except ValueError:
        return
    if isinstance(read, dict) and reason.startswith('no "'):
        field = reason[4:].split('"')[0]
        have = ", ".join(repr(name) for name in read) or "none"
        if field not in read:
            more = "; " + reason.split("; ", 1)[1] if "; " in reason else ""
            raise invalid(f"no record has the field {field!r}; the fields of the first are {have}{more}")


def rejections(feed: _core.Feed) -> List[Dict[str, Any]]:
    """The articles that were rejected, in input order."""
    names = ("row", "file", "line", "id", "status", "reason")
    out = [dict(zip(names, r)) for r in sorted(feed.rejected, key=lambda r: r[0])]
    for r in out:
        r["line"] = r["line"] or None
    return out


def remarks(feed: _core.Feed) -> List[Dict[str, Any]]:
    """What the reader says of files: what it assumed of records, and what it passed over."""
    names = ("count", "remark", "file", "line")
    return [dict(zip(names, (count, text, file, line or None))) for count, text, file, line in feed.remarks]


def place_of(rejection: Mapping[str, Any]) -> str:
    if rejection["file"] is None:
        return f"row {rejection['row']}"
    return f"{rejection['file']}:{rejection['line'] or 1}"


def reject_none(rejected: List[Dict[str, Any]], rows: int) -> None:
    """Raises if all articles were rejected."""
    if rejected and len(rejected) == rows:
        first = rejected[0]
        raise FormatError(
            f"all articles were rejected, the first, {place_of(first)}: {first['reason']}", first["status"], first["row"]
        )
