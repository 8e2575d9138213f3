"""Pairs of documents that may match: a (the earlier), b, want (1: a pair, 2: sections)."""

from __future__ import annotations

from typing import List, Tuple

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from .. import _core
from ._input import Documents
from ._stages import Stages

_BUCKETS = 32  # of seeds, for each partition
_BITS_OF_A_SEED = 32
_MOST_BITS = 27  # log2: 16 MB
_KEYS = ("key0", "key1", "key2", "key3")


def _from_bands(stages: Stages, documents: Documents) -> Tuple[DataFrame, DataFrame]:
    """Documents that share a bucket; those of a popular one look at its first few and the latest, and keep
    the closest of all that they looked at."""
    rows = stages.run("bands", documents.sketches)
    compared = stages.group("buckets", rows, "bucket", "n")
    pairs = stages.keep(compared.groupBy("a", "b").agg(F.max("skipped").alias("skipped")), "compared")
    named = pairs.where("a <> b").select(F.explode(F.array("a", "b")).alias("n")).distinct()
    signatures = documents.sketches.select("n", "signature").join(named, "n", "left_semi")
    of_a = signatures.withColumnsRenamed({"n": "a", "signature": "signature_a"})
    of_b = signatures.withColumnsRenamed({"n": "b", "signature": "signature_b"})
    alike = stages.run("alike", pairs.where("a <> b").join(of_a, "a").join(of_b, "b"))
    closest = stages.keep(stages.group("closest", alike, "b", "distance", "a"), "alike")
    left_out = closest.where("want = 0").select("b", "skipped")
    passed_by = pairs.where("a = b").select("b", "skipped").unionByName(left_out)
    return closest.where("want > 0").select("a", "b", "want"), passed_by


def _filter(stages: Stages, many: DataFrame) -> bytes:
    """Bits that every popular seed passes and few others do. It comes to the driver: of a hundred seeds of a
    document some ten are popular, and the others need not become rows."""
    with stages.described("popular"):
        bits = min(max(_BITS_OF_A_SEED * many.count(), 64).bit_length(), _MOST_BITS)
        row = stages.run("filter", many.coalesce(1), bits).first()
    return bytes(row[0]) if row else bytes(8)


def _from_seeds(stages: Stages, documents: Documents) -> Tuple[DataFrame, DataFrame]:
    """Documents that share seeds. A seed in few places links each to all before it; one in many links to
    the first few, which are joined to all its places."""
    tokens = documents.sketches.agg(F.sum("tokens")).first()
    mask = _core.seed_partitions(int(tokens[0] or 0)) - 1 if tokens else 0
    bits = min((_BUCKETS * stages.partitions - 1).bit_length(), 24)  # the most that the operator takes
    firsts = stages.run("firsts", documents.sketches.sortWithinPartitions("n"), mask | bits << 32)
    held = stages.keep(stages.group("holders", firsts, "bucket"), "holders")
    few = held.where("popular = 0").select("n", "place", "count", "holders")
    # A frame of its own, whose size Spark knows: where it can be broadcast, no place of the rest is shuffled for it.
    many = stages.keep(held.where("popular = 1").select("seed", "holders"), "popular")
    everywhere = stages.run("seeds", documents.sketches, mask, _filter(stages, many))
    lives = few.unionByName(everywhere.join(many, "seed").select("n", "place", "count", "holders"))
    tallied = stages.keep(stages.group("tally", lives, "n", "place"), "tallied")
    return tallied.where("want > 0").select("a", "b", "want"), tallied.where("want = 0").select("b", "skipped")


def _repeated(rows: DataFrame, key: str, *more: Column) -> DataFrame:
    """The keys that several rows have, with the first document of each."""
    firsts = rows.groupBy(key).agg(F.min("n").alias("first"), F.count("*").alias("size"), *more)
    return firsts.where("size > 1").drop("size")


def _to_first(rows: DataFrame, key: str) -> DataFrame:
    """The documents that have a key with its first; that one with itself if it has the key twice."""
    links = rows.groupBy(key, "first", "n").count().where("first < n or count > 1")
    return links.select(F.col("first").alias("a"), F.col("n").alias("b"), F.lit(2).alias("want"))


def _from_paragraphs(stages: Stages, documents: Documents) -> List[DataFrame]:
    """Documents with an equal paragraph, or a nearly equal one, with the first that has it. What repeats is kept by
    itself: Spark knows its size then, and where it can be broadcast, no other paragraph is shuffled for it."""
    rows = stages.run("paragraphs", documents.sketches)
    repeated = stages.keep(_repeated(rows, "low", F.min_by("high", "n").alias("its_high")), "paragraphs")
    equal = rows.join(repeated, "low", "left").withColumn("is_equal", F.expr("coalesce(its_high = high, false)"))
    equal = stages.keep(equal.select("n", "low", "first", "is_equal", *_KEYS), "equal")
    # A paragraph that its article has before has no keys.
    bands = F.posexplode(F.array(*_KEYS)).alias("band", "key")
    buckets = equal.where("not (is_equal and first < n)").select("n", bands).where("key <> 0")
    buckets = buckets.select("n", F.expr("shiftleft(cast(band as long), 32) | (key & 4294967295)").alias("bucket"))
    near = buckets.join(stages.keep(_repeated(buckets, "bucket"), "near"), "bucket")
    return [_to_first(equal.where("is_equal"), "low"), _to_first(near, "bucket")]


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
