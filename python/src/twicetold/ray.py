"""The articles to keep of a dataset of Ray Data.

    import ray, twicetold.ray
    kept = twicetold.ray.dedup(ray.data.read_parquet("feed"))
    kept, removed = twicetold.ray.dedup(feed, removed=True)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, List, Literal, Optional, Set, Tuple, Union, overload

import pyarrow
import ray
import ray.data

from . import _options, scan
from ._errors import invalid
from ._source import Fields, Text

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._types import DedupOptions

__all__ = ["dedup"]


def _removed(id: str, text: Text, options: Dict[str, Any], *blocks: pyarrow.Table) -> pyarrow.Table:
    """What `dedup` leaves out of these blocks, which lie in the object store and are read there."""
    named = (block.filter(block.column(id).is_valid()) for block in blocks)
    return scan(named, id, text, pairs=True, clusters=True, **options).removed.to_arrow()


def _without(batch: pyarrow.Table, id: str, gone: Set[Any]) -> pyarrow.Table:
    """A batch without the articles of these ids."""
    return batch.filter(pyarrow.array([value not in gone for value in batch.column(id).to_pylist()], pyarrow.bool_()))


@overload
def dedup(
    ds: "ray.data.Dataset",
    id: str = "id",
    text: Text = "text",
    *,
    removed: Literal[False] = False,
    remote: Optional[Dict[str, Any]] = None,
    **options: Unpack[DedupOptions],
) -> "ray.data.Dataset": ...


@overload
def dedup(
    ds: "ray.data.Dataset",
    id: str = "id",
    text: Text = "text",
    *,
    removed: Literal[True],
    remote: Optional[Dict[str, Any]] = None,
    **options: Unpack[DedupOptions],
) -> "Tuple[ray.data.Dataset, ray.data.Dataset]": ...


def dedup(
    ds: "ray.data.Dataset",
    id: str = "id",
    text: Text = "text",
    *,
    removed: bool = False,
    remote: Optional[Dict[str, Any]] = None,
    **options: Unpack[DedupOptions],
) -> "Union[ray.data.Dataset, Tuple[ray.data.Dataset, ray.data.Dataset]]":
    """The articles to keep, with all columns, and with `removed=True` also a dataset of those left out, with the columns
    that `twicetold.dedup` gives.

    ds: is computed once, and its blocks stay in the object store. id, text: names of columns; ids must be unique, and
    articles without one, or without text, are compared with nothing and kept. remote: what `ray.remote` takes for the
    task that compares, such as {"memory": 8 << 30, "num_cpus": 8}. options: those of `twicetold.dedup`; `threads` is the
    number of its processors.

    One task compares: it reads the columns `id`, `text`, `published` and `source` of all blocks, and needs some 7 bytes a
    word besides (`memory=` moves them to a file). Everything else is a stage of each block (`map_batches`). More than a
    node holds is for `twicetold.spark`.
    """
    _options.of_dedup(dict(options))
    given = ds.materialize()
    schema = given.schema()
    names: List[str] = [] if schema is None else list(schema.names)
    fields = Fields(id, text, "source", "published")
    wanted = [id, *(n if n in names else n.split(".")[0] for n in fields.texts)]
    missing = [n for n in wanted if n not in names]
    if missing:
        raise invalid(f"there is no column {missing[0]!r}; the columns are {', '.join(map(repr, names))}")
    read = given.select_columns([n for n in names if n in (*wanted, "published", "source")])
    resources = {"num_cpus": 1, **(remote or {})}
    options.setdefault("threads", max(1, int(resources["num_cpus"])))
    compare = ray.remote(**resources)(_removed)
    gone: pyarrow.Table = ray.get(compare.remote(id, text, options, *read.to_arrow_refs()))
    ids = set(gone.column("id").to_pylist())
    kept = given.map_batches(_without, batch_format="pyarrow", fn_kwargs={"id": id, "gone": ids})
    return (kept, ray.data.from_arrow(gone)) if removed else kept
