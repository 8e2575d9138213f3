"""The notices that many articles share, learned by one task from what all tasks verified, and what follows from them."""

from __future__ import annotations

import struct

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ._stages import Stages

_COPY = "relation between 0 and 3"
_MAY_BE_OF_NOTICES = f"({_COPY} or relation = 5) and overlap_a is not null"  # result/notices.c
_MOST_OF_NOTICE = 0.8
_PLACES = -2  # `relation` of rows that are the places of notices
_STORIES_OF_NOTICE, _TOKENS_OF_NOTICE = 3, 250  # result/result.c


def learn(stages: Stages, verified: DataFrame, pairs: DataFrame, tokens: DataFrame) -> bytes:
    """The list of notices, as the operators take it, of what was verified: `verified` has their places, `pairs` says
    which articles are copies of how many earlier ones, `tokens` has n, hashes. Documents that share such a place with
    two others go to one task, with their tokens."""
    places = verified.where(f"relation = {_PLACES}").select(
        F.col("b").alias("n"), F.col("a").alias("other"), F.col("passages").alias("places")
    )
    several = places.groupBy("n").count().where("count > 1").select("n")
    several = stages.keep(several, "with-notices")
    if several.isEmpty():
        return b""
    copies = pairs.where(_COPY).select(F.col("b").alias("n")).groupBy("n").agg(F.count("*").cast("int").alias("copies"))
    firsts = tokens.join(several, "n").join(copies, "n", "left").select(
        "n", F.lit(-1).cast("long").alias("other"), F.coalesce("copies", F.lit(0)).alias("copies"), "hashes",
        F.lit(None).cast("binary").alias("places"),
    )  # fmt: skip
    others = places.join(several, "n").select(
        "n", "other", F.lit(0).alias("copies"), F.lit(None).cast("binary").alias("hashes"), "places"
    )
    rows = firsts.unionByName(others).repartition(1).sortWithinPartitions("n", "other")
    with stages.described("notices"):
        found = stages.run("notices", rows).collect()
    return b"".join(struct.pack("=II", len(row["words"]) // 4, row["articles"]) + row["words"] for row in found)


def apply(stages: Stages, pairs: DataFrame, tokens: DataFrame, notices: bytes, name: str) -> DataFrame:
    """The pairs, of which those that share hardly anything but notices are boilerplate."""
    if not notices:
        return pairs
    suspects = pairs.where(_MAY_BE_OF_NOTICES).select("a", "b", "relation", "overlap_a", "overlap_b")
    ends = suspects.select(F.explode(F.array("a", "b")).alias("n")).distinct()
    whole = tokens.join(ends, "n", "left_semi").select(
        "n", "hashes", F.lit(0).alias("begin"), F.expr("cast(octet_length(hashes) / 4 as int)").alias("end")
    )
    having = stages.run("notice_share", whole, filter=notices).where("share > 0").select("n")
    having = stages.known(stages.keep(having, f"{name}-having"))
    for side in "ab":
        of_side = having.withColumnRenamed("n", side)
        suspects = suspects.join(of_side, side, "left_semi")
    for side in "ab":
        of_side = tokens.withColumnsRenamed({"n": side, "hashes": f"hashes_{side}", "flags": f"flags_{side}"})
        suspects = suspects.join(of_side, side)
    changed = stages.keep(stages.run("notice_pairs", suspects, filter=notices), name)
    changed = changed.withColumnRenamed("relation", "by_notices")
    pairs = pairs.join(changed, ["a", "b"], "left")
    return pairs.withColumn("relation", F.coalesce("by_notices", "relation")).drop("by_notices")


def kinds(
    stages: Stages, sections: DataFrame, extents: DataFrame, tokens: DataFrame, notices: bytes, roots: DataFrame
) -> DataFrame:
    """section, kind. extents: section, n, begin, end of each section, in tokens of the document n; roots: article,
    root of the stories that the articles tell, without rows where these are not known."""
    places = extents.select("section", "n", "begin", "end")
    wanted = places.select("n", "begin", "end").distinct()
    shares = stages.run("notice_share", tokens.join(wanted, "n"), filter=notices)
    by_list = places.join(shares.where(F.col("share") >= _MOST_OF_NOTICE), ["n", "begin", "end"]).select("section")
    size = sections.where("of_begin is null").selectExpr("section", "end - begin as size")
    told = sections.where(f"of_begin is not null and tokens <= {_TOKENS_OF_NOTICE}").join(size, "section")
    told = told.where("2 * (of_end - of_begin) >= size").join(roots, "article")
    told = told.groupBy("section").agg(F.countDistinct("root").alias("stories"))
    by_stories = told.where(F.col("stories") >= _STORIES_OF_NOTICE).select("section")
    is_notice = by_list.unionByName(by_stories).distinct().withColumn("kind", F.lit("notice"))
    every = sections.select("section").distinct()
    return every.join(is_notice, "section", "left").select("section", F.coalesce("kind", F.lit("story")).alias("kind"))
