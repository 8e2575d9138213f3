"""Articles that one task takes: their scan is that of the library, in the Python of an executor."""

from __future__ import annotations

import functools
import itertools
from typing import Any, Dict, Iterator, List, Optional, Set

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ._pairs import NUMBERS, REPORTED
from ._sections import SECTION
from ._stages import Stages

_NUMBERS_OF_REMOVED = ("resemblance", "containment", "containment_of", "overlap", "overlap_of", "facts", "conflicts")
# The rows of all tables, told apart by `kind`. Ids are x and y.
_ROW = (
    ("kind", "string"), ("x", "string"), ("y", "string"), ("word", "string"),
    *((name, "double") for name in (*NUMBERS, "similarity")),
    *((name, "bigint") for name in ("conflicts", "number", "tokens", "begin", "end", "of_begin", "of_end", "places", "sources")),
)  # fmt: skip
_BATCH = 4096


def _rows(result: Any, knows_removed: bool) -> Iterator[Dict[str, Any]]:
    sought = result.summary["options"]
    for p in result.pairs if sought["pairs"] else ():
        numbers = {name: p[name] for name in REPORTED}
        yield {"kind": "pair", "x": p["a"], "y": p["b"], "word": p["relation"], **numbers}
    for c in result.clusters if sought["clusters"] else ():
        for member in c["members"]:
            yield {"kind": "cluster", "number": c["cluster"], "x": c["keep"], "y": member}
    for s in result.sections if sought["sections"] else ():
        of_section = {"number": s["section"], "tokens": s["tokens"], "word": s["kind"], "places": s["places"], "sources": s["sources"]}
        for o in s["occurrences"]:
            names = ("begin", "end", "of_begin", "of_end", "similarity")
            yield {"kind": "section", "x": o["article"], **of_section, **{name: o[name] for name in names}}
    for gone in result.removed if knows_removed else ():
        numbers = dict(zip(REPORTED, (gone[name] for name in _NUMBERS_OF_REMOVED)))
        yield {"kind": "removed", "x": gone["id"], "y": gone["kept"], "word": gone["relation"], **numbers}
    yield {"kind": "omitted", "number": result.summary["pairs_omitted"]}


def _first_of_each_id(batches: Iterator[Any], again: List[str]) -> Iterator[Any]:
    """Without the articles that have the id of an earlier one with a text, whose ids are added to `again`."""
    import pyarrow

    seen: Set[str] = set()
    for batch in batches:
        mask = []
        for id, is_empty in zip(batch.column("id").to_pylist(), batch.column("text").is_null().to_pylist()):
            mask.append(is_empty or id not in seen)
            if not mask[-1]:
                again.append(id)
            elif not is_empty:
                seen.add(id)
        yield batch if all(mask) else batch.filter(pyarrow.array(mask))


def _task(
    options: Dict[str, Any],
    sources: Optional[bytes],
    notices: Optional[str],
    knows_removed: bool,
    batches: Iterator[Any],
) -> Iterator[Any]:
    """The one task: all articles in, the rows of all tables out."""
    import os
    import tempfile

    import pyarrow

    from .._scan import run, source_of

    types = {"string": pyarrow.string(), "double": pyarrow.float64(), "bigint": pyarrow.int64()}
    schema = pyarrow.schema([(name, types[kind]) for name, kind in _ROW])
    first = next(batches, None)
    if first is None:
        return
    again: List[str] = []
    firsts = _first_of_each_id(itertools.chain([first], batches), again)
    articles = pyarrow.RecordBatchReader.from_batches(first.schema, firsts)
    with tempfile.TemporaryDirectory() as folder:
        path = None
        if notices is not None:
            path = os.path.join(folder, "notices.jsonl")
            with open(path, "w", encoding="utf-8") as file:
                file.write(notices)
        result = run(source_of(articles, "id", "text", options), options, sources, None, notices=path)[0]
    twice = ({"kind": "rejected", "x": id, "word": "id was seen before"} for id in again)
    refused = ({"kind": "rejected", "x": r["id"], "word": r["reason"]} for r in result.rejected)
    rows = itertools.chain(refused, twice, _rows(result, knows_removed))
    while True:
        some = list(itertools.islice(rows, _BATCH))
        if not some:
            return
        columns = [pyarrow.array([row.get(name) for row in some], schema.field(name).type) for name, _ in _ROW]
        yield pyarrow.RecordBatch.from_arrays(columns, schema=schema)


class Whole:
    """The tables of a scan in one task, as frames."""

    def __init__(
        self,
        stages: Stages,
        articles: DataFrame,
        options: Dict[str, Any],
        sources: Optional[bytes],
        notices: Optional[str],
        knows_removed: bool,
    ):
        """articles: n, id, text and what else there is; ordered by n."""
        options = {**options, "threads": int(str(stages.setting("spark.task.cpus", "1")))}
        task = functools.partial(_task, options, sources, notices, knows_removed)
        ordered = articles.where("id is not null").coalesce(1).sortWithinPartitions("n").drop("n")
        ids = ordered.withColumn("id", F.col("id").cast("string"))
        schema = ", ".join(f"`{name}` {kind}" for name, kind in _ROW)
        self._id_type = articles.schema["id"].dataType
        self._rows = stages.keep(ids.mapInArrow(task, schema), "whole")
        reason = F.when(F.col("text").isNull(), "no text").otherwise("no id").alias("reason")
        nameless = articles.where("id is null").select("id", reason)
        self.rejected = self._of("rejected", x="id", word="reason").unionByName(nameless)

    def _of(self, kind: str, *same: str, **names: str) -> DataFrame:
        """The rows of a table, with columns `names` and those that are called the `same`."""
        columns = []
        for given, name in (*names.items(), *((n, n) for n in same)):
            column = F.col(given).cast(self._id_type) if given in "xy" else F.col(given)
            columns.append(column.alias(name))
        return self._rows.where(F.col("kind") == kind).select(*columns)

    @property
    def pairs(self) -> DataFrame:
        return self._of("pair", *REPORTED, x="a", y="b", word="relation")

    @property
    def clusters(self) -> DataFrame:
        return self._of("cluster", number="cluster", x="keep", y="article")

    @property
    def sections(self) -> DataFrame:
        names = [name for name in SECTION if name not in ("section", "article", "kind")]
        return self._of("section", *names, number="section", x="article", word="kind").select(*SECTION)

    @property
    def removed(self) -> DataFrame:
        names = dict(zip(REPORTED, _NUMBERS_OF_REMOVED))
        return self._of("removed", x="id", y="kept", word="relation", **names)

    def count_omitted(self) -> int:
        row = self._rows.where("kind = 'omitted'").select("number").first()
        return int(row[0]) if row else 0
