"""Pairs of documents that may match: a (the earlier), b, want (1: a pair, 2: sections)."""

from __future__ import annotations

from typing import List, Tuple

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from .. import _core
from ._input import Documents
from ._stages import Stages


def _from_bands(stages: Stages, documents: Documents) -> Tuple[DataFrame, DataFrame]:
    """Documents that share a bucket; those of a popular one look at its first few and the latest, and keep
    the closest of all that they looked at."""
    rows = stages.run("bands", documents.sketches)
    compared = stages.group("buckets", rows, "bucket", "n")
    pairs = stages.keep(compared.groupBy("a", "b").agg(F.max("skipped").alias("skipped")), "compared")
    signatures = documents.sketches.select("n", "signature")
    of_a = signatures.withColumnsRenamed({"n": "a", "signature": "signature_a"})
    of_b = signatures.withColumnsRenamed({"n": "b", "signature": "signature_b"})
    alike = stages.run("alike", pairs.where("a <> b").join(of_a, "a").join(of_b, "b"))
    closest = stages.keep(stages.group("closest", alike, "b", "distance", "a"), "alike")
    left_out = closest.where("want = 0").select("b", "skipped")
    passed_by = pairs.where("a = b").select("b", "skipped").unionByName(left_out)
    return closest.where("want > 0").select("a", "b", "want"), passed_by


def _from_seeds(stages: Stages, documents: Documents) -> Tuple[DataFrame, DataFrame]:
    """Documents that share seeds. A seed in few places links each to all before it; one in many links to
    the first few, which are joined to all its places."""
    tokens = documents.sketches.agg(F.sum("tokens")).first()
    mask = _core.seed_partitions(int(tokens[0] or 0)) - 1 if tokens else 0
    capped = stages.run("seeds", documents.sketches.sortWithinPartitions("n"), mask)
    held = stages.keep(stages.group("holders", capped, "seed", "n", "place"), "holders")
    few = held.where("popular = 0").select("n", "place", "count", "holders")
    many = held.where("popular = 1").select("seed", "holders")
    everywhere = stages.run("seeds", documents.sketches, ~mask)
    lives = few.unionByName(everywhere.join(many, "seed").select("n", "place", "count", "holders"))
    tallied = stages.keep(stages.group("tally", lives, "n", "place"), "tallied")
    return tallied.where("want > 0").select("a", "b", "want"), tallied.where("want = 0").select("b", "skipped")


def _star(rows: DataFrame, keys: List[str]) -> DataFrame:
    """The rows with the first of their key, and how many there are."""
    firsts = rows.groupBy(*keys).agg(F.min(F.struct("n", "place", "high")).alias("first"), F.count("*").alias("size"))
    return rows.join(firsts, keys)


def _from_paragraphs(stages: Stages, documents: Documents) -> List[DataFrame]:
    """Documents with an equal paragraph, or a nearly equal one, with the first that has it."""
    rows = stages.run("paragraphs", documents.sketches)
    equal = stages.keep(_star(rows, ["low"]), "paragraphs")
    is_own = "(n = first.n and place = first.place) or high <> first.high"
    link = [F.col("first.n").alias("a"), F.col("n").alias("b"), F.lit(2).alias("want")]
    keys = F.posexplode(F.array("key0", "key1", "key2", "key3")).alias("band", "key")
    buckets = equal.where(is_own).select("n", "place", "high", keys).where("key <> 0")
    near = _star(buckets, ["band", "key"]).where("size > 1 and not (n = first.n and place = first.place)")
    return [equal.where(f"not ({is_own})").select(*link), near.select(*link)]


def find(stages: Stages, documents: Documents, sections: bool) -> Tuple[DataFrame, DataFrame]:
    """The candidates, each once, and (b, skipped): how many earlier documents were not looked at for b."""
    alike, passed_by = _from_bands(stages, documents)
    shared, left_out = _from_seeds(stages, documents)
    found = [alike, shared] + (_from_paragraphs(stages, documents) if sections else [])
    candidates = found[0]
    for more in found[1:]:
        candidates = candidates.unionByName(more)
    candidates = candidates.groupBy("a", "b").agg(F.expr("bit_or(want)").alias("want"))
    skipped = passed_by.unionByName(left_out).groupBy("b").agg(F.max("skipped").alias("skipped"))
    return stages.keep(candidates, "candidates"), skipped
