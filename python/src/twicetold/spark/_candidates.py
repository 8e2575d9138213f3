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
_POSTING = ("n", "position", "seed_count", "earlier")
_KEYS = ("key0", "key1", "key2", "key3")


def _from_bands(stages: Stages, documents: Documents) -> Tuple[DataFrame, DataFrame]:
    """Documents that share a bucket. In a large one each is compared with its first few and the latest, and
    keeps the closest of all that it was compared with."""
    rows = stages.run("bands", documents.sketches)
    compared = stages.group("buckets", rows, "bucket", "n")
    pairs = stages.keep(compared.groupBy("a", "b").agg(F.max("skipped").alias("skipped")), "compared")
    named = pairs.where("a <> b").select(F.explode(F.array("a", "b")).alias("n")).distinct()
    signatures = documents.sketches.select("n", "signature").join(named, "n", "left_semi")
    of_a = signatures.withColumnsRenamed({"n": "a", "signature": "signature_a"})
    of_b = signatures.withColumnsRenamed({"n": "b", "signature": "signature_b"})
    close = stages.run("distances", pairs.where("a <> b").join(of_a, "a").join(of_b, "b"))
    closest = stages.keep(stages.group("top_k", close, "b", "distance", "a"), "closest")
    left_out = closest.where("want = 0").select("b", "skipped")
    passed_by = pairs.where("a = b").select("b", "skipped").unionByName(left_out)
    return closest.where("want > 0").select("a", "b", "want"), passed_by


def _filter(stages: Stages, many: DataFrame) -> bytes:
    """A Bloom filter that every frequent seed passes and few others do. It comes to the driver: of the hundred
    seeds of a document some ten are frequent, and the others need not become rows."""
    with stages.described("frequent"):
        bits = min(max(_BITS_OF_A_SEED * many.count(), 64).bit_length(), _MOST_BITS)
        row = stages.run("seed_filter", many.coalesce(1), bits=bits).first()
    return bytes(row[0]) if row else bytes(8)


def _from_seeds(stages: Stages, documents: Documents) -> Tuple[DataFrame, DataFrame]:
    """Documents that share seeds. A seed that is in few documents links each of its postings to all earlier
    ones; one that is in many links them to its first few, which are joined with all of its postings."""
    tokens = documents.sketches.agg(F.sum("tokens")).first()
    partitions = _core.seed_partitions(int(tokens[0] or 0) if tokens else 0)
    bits = min((_BUCKETS * stages.partitions - 1).bit_length(), 24)  # the most that the operator takes
    sketches = documents.sketches.sortWithinPartitions("n")
    firsts = stages.run("first_postings", sketches, partitions=partitions, bits=bits)
    linked = stages.keep(stages.group("earlier_postings", firsts, "bucket"), "postings")
    few = linked.where("frequent = 0").select(*_POSTING)
    # Kept as a frame, whose size Spark knows: where it can be broadcast, no other posting is shuffled for it.
    many = stages.keep(linked.where("frequent = 1").select("seed", "earlier"), "frequent")
    everywhere = stages.run("postings", documents.sketches, partitions=partitions, filter=_filter(stages, many))
    postings = few.unionByName(everywhere.join(many, "seed").select(*_POSTING))
    counted = stages.keep(stages.group("seed_counts", postings, "n", "position"), "counted")
    return counted.where("want > 0").select("a", "b", "want"), counted.where("want = 0").select("b", "skipped")


def _repeated(rows: DataFrame, key: str, *more: Column) -> DataFrame:
    """The keys of more than one row, with the first document of each."""
    firsts = rows.groupBy(key).agg(F.min("n").alias("first"), F.count("*").alias("size"), *more)
    return firsts.where("size > 1").drop("size")


def _to_first(rows: DataFrame, key: str) -> DataFrame:
    """Pairs of the first document with a key and each other one; the first with itself if it has the key twice."""
    links = rows.groupBy(key, "first", "n").count().where("first < n or count > 1")
    return links.select(F.col("first").alias("a"), F.col("n").alias("b"), F.lit(2).alias("want"))


def _from_paragraphs(stages: Stages, documents: Documents) -> List[DataFrame]:
    """Documents with an equal paragraph, or a nearly equal one, with the first that has it. Repeated paragraphs are
    kept as a frame: Spark then knows its size, and where it can be broadcast, no other paragraph is shuffled for it."""
    rows = stages.run("paragraphs", documents.sketches)
    repeated = stages.keep(_repeated(rows, "low", F.min_by("high", "n").alias("its_high")), "paragraphs")
    equal = rows.join(repeated, "low", "left").withColumn("is_equal", F.expr("coalesce(its_high = high, false)"))
    equal = stages.keep(equal.select("n", "low", "first", "is_equal", *_KEYS), "equal")
    # A paragraph that repeats one of its article has no keys.
    bands = F.posexplode(F.array(*_KEYS)).alias("band", "key")
    buckets = equal.where("not (is_equal and first < n)").select("n", bands).where("key <> 0")
    buckets = buckets.select("n", F.expr("shiftleft(cast(band as long), 32) | (key & 4294967295)").alias("bucket"))
    near = buckets.join(stages.keep(_repeated(buckets, "bucket"), "near"), "bucket")
    return [_to_first(equal.where("is_equal"), "low"), _to_first(near, "bucket")]


def find(stages: Stages, documents: Documents, sections: bool) -> Tuple[DataFrame, DataFrame]:
    """The candidates, each once, and (b, skipped): how many earlier documents were not compared with b."""
    alike, passed_by = _from_bands(stages, documents)
    shared, left_out = _from_seeds(stages, documents)
    found = [alike, shared] + (_from_paragraphs(stages, documents) if sections else [])
    candidates = found[0]
    for more in found[1:]:
        candidates = candidates.unionByName(more)
    candidates = candidates.groupBy("a", "b").agg(F.expr("bit_or(want)").alias("want"))
    skipped = passed_by.unionByName(left_out).groupBy("b").agg(F.max("skipped").alias("skipped"))
    return stages.keep(candidates, "candidates"), skipped
