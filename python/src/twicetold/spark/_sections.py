"""From shared passages to repeats to sections with extents in bytes."""

from __future__ import annotations

from typing import Tuple

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from . import _stages
from ._input import Articles, Documents
from ._pairs import numbered
from ._stages import Stages

SECTION = (
    *("section", "tokens", "kind", "places", "sources"),
    *("article", "begin", "end", "of_begin", "of_end", "similarity"),
)
_TYPES = {"kind": "string", "similarity": "double"}  # of SECTION; others are numbers
_REFERENCE = ["of_n", "of_begin", "of_end", "matched", "before", "run_begin", "run_end"]


def _repeats(stages: Stages, passages: DataFrame) -> DataFrame:
    """n, data: the repeats of every document. They follow from the passages that it shares with earlier documents
    and from the repeats of these; so each round takes the documents whose earlier ones are done. What is
    left after the large rounds is mostly long chains of few documents, and one task takes them in order."""
    todo = stages.keep(passages, "passages")
    done = todo.select(F.col("b").alias("n"), F.col("data")).limit(0)
    for turn in range(1 << 20):
        left = todo.count()
        if left == 0:
            return done
        pending = todo.select("b").distinct()
        rows = todo.select("b", "a", F.lit(0).alias("is_repeats"), "data")
        earlier = todo.where("a <> b").select("a", "b").distinct()
        if left <= _stages.IN_ONE_TASK:
            known = earlier.select("a").distinct().join(done.withColumnRenamed("n", "a"), "a")
            rows = rows.unionByName(known.select(F.col("a").alias("b"), "a", F.lit(1).alias("is_repeats"), "data"))
            return done.unionByName(stages.run("repeats", rows.repartition(1), is_whole=True))
        waiting = earlier.join(pending.withColumnRenamed("b", "a"), "a", "left_semi").select("b").distinct()
        ready = stages.keep(pending.join(waiting, "b", "left_anti"), f"ready-{turn}")
        known = earlier.join(ready, "b", "left_semi").join(done.withColumnRenamed("n", "a"), "a")
        rows = rows.join(ready, "b", "left_semi").unionByName(
            known.select("b", "a", F.lit(1).alias("is_repeats"), "data")
        )
        done = done.unionByName(stages.keep(stages.group("repeats", rows, "b"), f"repeats-{turn}"))
        todo = stages.keep(todo.join(ready, "b", "left_anti"), f"passages-{turn}")
    raise AssertionError("unreachable: every round takes the earliest document that is left")


def _seen(stages: Stages, documents: Documents, repeats: DataFrame) -> DataFrame:
    """n (article), begin, end, _REFERENCE, similarity of every occurrence, in tokens."""
    first = stages.run("occurrences", repeats)
    docs = documents.copies.select(F.col("doc").alias("n"), "tokens").distinct()
    again = stages.run("copies", docs.join(repeats, "n", "left"))
    others = documents.copies.select(F.col("n").alias("copy"), F.col("doc").alias("n"))
    again = again.join(others, "n").drop("n").withColumnRenamed("copy", "n")
    return stages.keep(first.unionByName(again), "occurrences")


def _joined(stages: Stages, seen: DataFrame) -> DataFrame:
    """_REFERENCE, section, from, to: references that are one section, [from, to)."""
    references = seen.select(*_REFERENCE).distinct()
    places = stages.keep(stages.group("references", references, "of_n"), "references")
    unions = places.groupBy("of_n", "place").agg(F.min("of_begin").alias("from"), F.max("of_end").alias("to"))
    unions = numbered(unions, "of_n", "section", "place")
    return places.join(unions, ["of_n", "place"]).drop("place")


def _bytes(stages: Stages, articles: Articles, seen: DataFrame, joined: DataFrame) -> DataFrame:
    """n, begin, end, begin_byte, end_byte of every extent. The text of these articles is read again."""
    wanted = seen.select("n", "begin", "end")
    wanted = wanted.unionByName(joined.selectExpr("of_n as n", "of_begin as begin", "of_end as end"))
    wanted = wanted.unionByName(joined.selectExpr("of_n as n", "from as begin", "to as end")).distinct()
    return stages.keep(stages.run("extents", articles.texts.select("n", "text").join(wanted, "n")), "extents")


def counted(sections: DataFrame, articles: Articles) -> DataFrame:
    """Sections with places and sources; article is still its number."""
    places = sections.groupBy("section").agg(F.count("*").alias("places"))
    named = sections.select("section", F.col("article").alias("n")).join(articles.sources, "n").where("source <> ''")
    sources = named.groupBy("section").agg(F.countDistinct("source").alias("sources"))
    counts = places.join(sources, "section", "left").withColumn("sources", F.coalesce("sources", F.lit(0).cast("long")))
    return sections.join(counts, "section")


def find(
    stages: Stages, articles: Articles, documents: Documents, verified: DataFrame, wanted: bool
) -> Tuple[DataFrame, DataFrame]:
    """section, tokens, article (its number), begin, end, of_begin, of_end, similarity; the last three are null for
    the reference of a section. And section, n, begin, end of the references, in tokens of document n. Without rows, and
    without steps, unless `wanted`."""
    if not wanted:
        nothing = stages.none((name, _TYPES.get(name, "bigint")) for name in SECTION)
        return nothing, nothing
    passages = verified.where("relation = -1").select("a", "b", F.col("passages").alias("data"))
    seen = _seen(stages, documents, stages.keep(_repeats(stages, passages), "repeats"))
    joined = stages.keep(_joined(stages, seen), "sections")
    extents = _bytes(stages, articles, seen, joined)
    theirs = extents.selectExpr(
        "n as of_n", "begin as of_begin", "end as of_end", "begin_byte as first", "end_byte as last"
    )  # fmt: skip
    copies = (
        seen.join(joined, _REFERENCE)
        .join(extents, ["n", "begin", "end"])
        .join(theirs, ["of_n", "of_begin", "of_end"])
    )
    copies = copies.selectExpr(
        "section", "to - from as tokens", "n as article", "begin_byte as begin", "end_byte as end",
        "first as of_begin", "last as of_end", "similarity",
    )  # fmt: skip
    references = joined.select("section", "of_n", "from", "to").distinct()
    whole = extents.withColumnsRenamed({"n": "of_n", "begin": "from", "end": "to"})
    references = references.join(whole, ["of_n", "from", "to"]).selectExpr(
        "section", "to - from as tokens", "of_n as article", "begin_byte as begin", "end_byte as end",
        "cast(null as bigint) as of_begin", "cast(null as bigint) as of_end", "cast(null as double) as similarity",
    )  # fmt: skip
    return references.unionByName(copies), joined.selectExpr("section", "of_n as n", "from as begin", "to as end").distinct()
