"""What came in goes out: rows taken out of frames, tables, datasets and lists, and columns added to them."""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from typing import Any, Dict, Iterator, List, Mapping, Optional, Sequence, Tuple

from ._errors import InputOutputError, invalid
from ._source import Path, Source, _is_batch, _is_of_datasets, _is_splits, _telling_of_files, module_of

_PART_ROWS = 1_000_000  # in a file that is written
_GROUP_ROWS = 1 << 16


def hold(source: Source) -> None:
    """Makes the articles of a source such that they can be read a second time."""
    if source.dataset is not None or source.paths is not None:
        return
    articles = source.articles
    if _is_splits(articles) or _is_of_datasets(articles) or isinstance(articles, Mapping):
        return
    if not hasattr(articles, "__arrow_c_stream__"):
        if not hasattr(articles, "__iter__"):
            return
        articles = articles if isinstance(articles, (list, tuple)) else list(articles)
        frames = bool(articles) and _is_batch(articles[0]) and not isinstance(articles[0], Mapping)
        source.articles = _concatenated(articles) if frames else articles
        if frames:
            source.given = source.articles
    elif module_of(articles) not in ("polars", "pandas") or not hasattr(articles, "filter"):
        source.articles = _table(articles)


def _table(articles: Any) -> Any:
    """A pyarrow table or array of Arrow data."""
    try:
        import pyarrow
    except ImportError:
        raise ImportError("dedup of an Arrow stream needs pyarrow (a polars or pandas frame does not)") from None
    if isinstance(articles, (pyarrow.Table, pyarrow.ChunkedArray)):
        return articles
    return pyarrow.table(articles)


def _concatenated(frames: Sequence[Any]) -> Any:
    kind = module_of(frames[0])
    if kind == "pandas":
        import pandas

        return pandas.concat(frames)
    if kind == "polars":
        import polars

        return polars.concat([f.collect() if hasattr(f, "collect") else f for f in frames])
    import pyarrow

    return pyarrow.concat_tables([pyarrow.table(f) for f in frames])


def _is_lazy(source: Source) -> bool:
    return module_of(source.given) == "polars" and hasattr(source.given, "collect")


def _mask(kept: bytes) -> Any:
    import pyarrow

    return pyarrow.Array.from_buffers(pyarrow.uint8(), len(kept), [None, pyarrow.py_buffer(kept)]).cast(pyarrow.bool_())


def _without_views(table: Any) -> Any:
    """A table whose strings have a layout that pyarrow can filter."""
    import pyarrow

    def plain(kind: Any) -> Any:
        if pyarrow.types.is_string_view(kind):
            return pyarrow.large_string()
        return pyarrow.large_binary() if pyarrow.types.is_binary_view(kind) else kind

    if isinstance(table, pyarrow.ChunkedArray):
        return table.cast(plain(table.type))
    return table.cast(pyarrow.schema([f.with_type(plain(f.type)) for f in table.schema], table.schema.metadata))


def _filtered(table: Any, kept: bytes) -> Any:
    """The rows of a pyarrow table or array whose byte is 1."""
    import pyarrow

    try:
        return table.filter(_mask(kept))
    except pyarrow.ArrowNotImplementedError:
        kind = table.type if isinstance(table, pyarrow.ChunkedArray) else table.schema
        return _without_views(table).filter(_mask(kept)).cast(kind)


def batches_of(source: Source) -> Tuple[Any, Iterator[Any]]:
    """The schema and the batches of pyarrow, with all columns, of what can be read a second time."""
    import pyarrow

    if source.dataset is not None:
        return source.dataset.schema, source.dataset.scanner(use_threads=False).to_reader()
    articles = source.articles
    if _is_splits(articles) or _is_of_datasets(articles):
        parts = list(articles.values()) if _is_splits(articles) else [articles]
        tables = (t for part in parts for t in part.with_format("arrow").iter(batch_size=1024))
        first = next(tables, None)
        if first is None:
            schema = parts[0].features.arrow_schema
            return schema, iter(())
        return first.schema, (b for chunk in ([first], tables) for t in chunk for b in t.to_batches())
    if isinstance(articles, (list, tuple)):
        table = pyarrow.Table.from_pylist([dict(a) for a in articles])
    else:
        table = pyarrow.table(articles)
    return table.schema, iter(table.to_batches())


def _kept_batches(batches: Iterator[Any], kept: bytes) -> Iterator[Any]:
    import pyarrow

    row = 0
    with _telling_of_files():
        for batch in batches:
            part = kept[row : row + batch.num_rows]
            row += batch.num_rows
            table = _filtered(pyarrow.Table.from_batches([batch]), part)
            yield from table.to_batches()


def take(source: Source, kept: bytes) -> Any:
    """The rows whose byte is 1, as what came in."""
    articles = source.articles
    if source.dataset is not None:
        import pyarrow

        schema, batches = batches_of(source)
        return pyarrow.Table.from_batches(_kept_batches(batches, kept), schema)
    if _is_splits(articles):
        out, row = {}, 0
        for name, split in articles.items():
            count = len(split)
            out[name] = split.select([i for i in range(count) if kept[row + i]])
            row += count
        return type(articles)(out)
    if _is_of_datasets(articles):
        if hasattr(articles, "select") and hasattr(articles, "num_rows"):
            return articles.select([i for i, k in enumerate(kept) if k])
        return articles.filter(lambda _, i: kept[i] == 1, with_indices=True)
    if isinstance(articles, (list, tuple)):
        return [a for a, k in zip(articles, kept) if k]
    kind = module_of(articles)
    if kind == "polars":
        import polars

        frame = articles.filter(polars.Series(list(kept), dtype=polars.UInt8).cast(polars.Boolean))
        return frame.lazy() if _is_lazy(source) else frame
    if kind == "pandas" or module_of(source.given) == "pandas":
        given = articles if kind == "pandas" else source.given
        return given.iloc[[i for i, k in enumerate(kept) if k]]
    return _filtered(articles, kept)


def add_columns(source: Source, columns: Dict[str, List[Any]], types: Dict[str, Any]) -> Any:
    """What came in, with further columns; `types` are pyarrow's. A Series is the frame with it as a column."""
    articles = source.articles
    given = articles if module_of(articles) == "polars" else source.given
    if hasattr(given, "to_frame") and module_of(given) in ("pandas", "polars") and not hasattr(given, "columns"):
        articles = given.to_frame(given.name or "text")
    if isinstance(articles, (list, tuple)):
        return [dict(a, **dict(zip(columns, values))) for a, values in zip(articles, zip(*columns.values()))]
    import pyarrow

    arrays = {name: pyarrow.array(values, types[name]) for name, values in columns.items()}
    kind = module_of(articles)
    if kind == "polars":
        import polars

        frame = articles.with_columns([polars.Series(name, polars.from_arrow(a)) for name, a in arrays.items()])
        return frame.lazy() if _is_lazy(source) else frame
    if kind == "pandas":
        import pandas

        kinds = {pyarrow.int64(): pandas.Int64Dtype(), pyarrow.uint64(): pandas.UInt64Dtype()}  # which may be null
        return articles.assign(**{name: a.to_pandas(types_mapper=kinds.get).array for name, a in arrays.items()})
    if _is_splits(articles):
        out, row = {}, 0
        for name, split in articles.items():
            for column, array in arrays.items():
                split = split.add_column(column, array[row : row + len(split)].to_pylist())
            row += len(split)
            out[name] = split
        return type(articles)(out)
    if _is_of_datasets(articles):
        for name, array in arrays.items():
            articles = articles.add_column(name, array.to_pylist())
        return articles
    if source.dataset is not None:
        schema, batches = batches_of(source)
        articles = pyarrow.Table.from_batches(batches, schema)
    for name, array in arrays.items():
        articles = articles.append_column(name, array)
    return articles


def replace_texts(source: Source, texts: Dict[int, str]) -> Any:
    """What came in, with other texts in some rows."""
    articles, name = source.articles, source.fields.name
    if isinstance(articles, (list, tuple)):
        return [dict(a, **{name: texts[row]}) if row in texts else a for row, a in enumerate(articles)]
    kind = module_of(articles)
    if kind == "polars":
        import polars

        if not hasattr(articles, "with_columns"):
            column = [texts.get(row, value) for row, value in enumerate(articles.to_list())]
            return polars.Series(articles.name, column, dtype=polars.String)
        column = [texts.get(row, value) for row, value in enumerate(articles[name].to_list())]
        frame = articles.with_columns(polars.Series(name, column, dtype=polars.String))
        return frame.lazy() if _is_lazy(source) else frame
    if module_of(source.given) == "pandas" and not hasattr(source.given, "columns"):
        column = [texts.get(row, value) for row, value in enumerate(source.given)]
        return type(source.given)(column, index=source.given.index, name=source.given.name)
    if kind == "pandas":
        return articles.assign(**{name: [texts.get(row, value) for row, value in enumerate(articles[name])]})
    if _is_splits(articles):
        out, before = {}, 0
        for split, part in articles.items():
            out[split] = _mapped(part, name, texts, before)
            before += len(part)
        return type(articles)(out)
    if _is_of_datasets(articles):
        return _mapped(articles, name, texts, 0)
    import pyarrow

    if source.dataset is not None:
        schema, batches = batches_of(source)
        articles = pyarrow.Table.from_batches(batches, schema)
    column = [texts.get(row, value) for row, value in enumerate(articles[name].to_pylist())]
    at = articles.schema.get_field_index(name)
    return articles.set_column(at, articles.schema.field(at), pyarrow.chunked_array([column], articles.schema.field(at).type))


def _mapped(dataset: Any, name: str, texts: Dict[int, str], before: int) -> Any:
    return dataset.map(lambda row, i: {name: texts.get(before + i, row[name])}, with_indices=True)


def _row_groups(schema: Any, batches: Iterator[Any]) -> Iterator[Any]:
    """Tables of _GROUP_ROWS rows, the last of fewer; one without rows if there are none."""
    import pyarrow

    waiting, count, given = [], 0, False
    for batch in batches:
        while batch.num_rows:
            part = batch.slice(0, _GROUP_ROWS - count)
            batch = batch.slice(part.num_rows)
            waiting.append(part)
            count += part.num_rows
            if count == _GROUP_ROWS:
                yield pyarrow.Table.from_batches(waiting, schema)
                waiting, count, given = [], 0, True
    if waiting or not given:
        yield pyarrow.Table.from_batches(waiting, schema)


def _write_in_order(folder: str, schema: Any, batches: Iterator[Any]) -> None:
    """Parts in the order of the rows, which pyarrow.dataset.write_dataset does not keep before version 19."""
    import pyarrow.parquet

    groups = _row_groups(schema, batches)
    for number, first in enumerate(groups):
        with pyarrow.parquet.ParquetWriter(os.path.join(folder, f"part-{number:05}.parquet"), schema) as writer:
            for group in itertools.chain([first], itertools.islice(groups, _PART_ROWS // _GROUP_ROWS - 1)):
                writer.write_table(group)


def write_parts(folder: Path, schema: Any, batches: Iterator[Any]) -> Any:
    """Writes Parquet files of at most a million rows to a new folder, and returns them as a pyarrow dataset."""
    import pyarrow.dataset

    target = os.fspath(folder).rstrip("/")
    if os.path.exists(target) and (not os.path.isdir(target) or os.listdir(target)):
        raise invalid(f"output: {target} is there already; give a folder that is new or empty")
    try:
        beside = tempfile.mkdtemp(prefix=".twicetold-", dir=os.path.dirname(target) or ".")
    except OSError as error:
        raise InputOutputError(f"{target}: {error.strerror}", "TT_EIO") from None
    try:
        with _telling_of_files():
            _write_in_order(beside, schema, batches)
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(beside, 0o777 & ~umask)
        if os.path.isdir(target):
            os.rmdir(target)
        os.replace(beside, target)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    return pyarrow.dataset.dataset(target)


def kept_parts(source: Source, kept: bytes, folder: Path) -> Any:
    schema, batches = batches_of(source)
    return write_parts(folder, schema, _kept_batches(batches, kept))

