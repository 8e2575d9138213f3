"""Articles, numbered in input order, and documents: all articles with the same tokens are one."""

from __future__ import annotations

from typing import Any, Dict, Iterator, Optional, Union

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F
from pyspark.sql import types as T

from .._errors import invalid
from ._stages import Stages

_LEAST = -(2**63)
_TIMES = (T.StringType, T.TimestampType, T.DateType)
_SKETCH = ("n", "tokens", "signature", "bands", "long_paragraphs", "seeds")
_REASONS = {
    -1: "no text",
    -4: "text is not valid UTF-8",
    -6: "text is over the limit",
    -8: "id was seen before",
}


def _need(df: DataFrame, name: str, kinds: Any, allowed: str) -> T.DataType:
    if name not in df.columns:
        raise invalid(f'there is no column "{name}"')
    kind = df.schema[name].dataType
    if not isinstance(kind, kinds):
        raise invalid(f'column "{name}" is {kind.simpleString()}; {allowed} is needed')
    return kind


def _published(df: DataFrame) -> Column:
    """Microseconds since 1970-01-01 UTC as text, or RFC 3339 text."""
    kind = _need(df, "published", _TIMES, "text or a time")
    if isinstance(kind, T.TimestampType):
        return F.unix_micros("published")
    if isinstance(kind, T.DateType):
        return F.datediff("published", F.lit("1970-01-01")).cast("long") * 86_400_000_000
    return F.col("published")


class Articles:
    """`texts`: n, id, text, published and the source for --keep; `whole`: n, id, text, and published and source as they
    are, if there are any. They read the input each time they are used, and the input must be the same each time."""

    def __init__(self, df: DataFrame, id: str, text: str, order: Optional[str], keep: int):
        kinds = (T.StringType, T.ByteType, T.ShortType, T.IntegerType, T.LongType)
        _need(df, id, kinds, "text or integers")
        _need(df, text, (T.StringType, T.BinaryType), "text")
        number = F.monotonically_increasing_id()
        if order is not None:
            _need(df, order, kinds[1:], "an integer column")
            number = F.col(order).cast("long")
        fits = "published" in df.columns and isinstance(df.schema["published"].dataType, _TIMES)
        published = _published(df) if keep == 2 or fits else F.lit(None)
        if keep == 3:
            _need(df, "source", T.StringType, "text")
        self.id_type = df.schema[id].dataType
        self.texts = df.select(
            number.alias("n"),
            F.col(id).alias("id"),
            F.col(text).cast("string").alias("text"),
            published.cast("string").alias("published"),
            (F.col("source") if keep == 3 else F.lit(None).cast("string")).alias("source"),
        )
        self.ids = self.texts.select("n", "id")
        has_source = "source" in df.columns and isinstance(df.schema["source"].dataType, T.StringType)
        self.sources = df.select(number.alias("n"), F.col("source") if has_source else F.lit("").alias("source"))
        others = [*(["published"] if keep == 2 or fits else []), *(["source"] if has_source else [])]
        self.whole = df.select(number.alias("n"), F.col(id).alias("id"), F.col(text).cast("string").alias("text"), *others)

    def bytes_of_texts(self) -> int:
        row = self.whole.agg(F.sum(F.octet_length("text"))).first()
        return int(row[0] or 0) if row else 0


def _refused(stages: Stages, ids: DataFrame, taken: DataFrame) -> DataFrame:
    """n, reason: articles without an id, or with the id of an earlier article that was accepted."""
    strange = ids.groupBy("id").count().where("count > 1 or id is null").select("id")
    strange = stages.keep(strange, "repeated-ids")
    if strange.isEmpty():
        return stages.none([("n", "bigint"), ("reason", "string")])
    suspects = ids.join(strange.where("id is not null"), "id").join(taken.select("n"), "n")
    first = Window.partitionBy("id").orderBy("n")
    again = suspects.withColumn("place", F.row_number().over(first)).where("place > 1").select("n")
    nameless = ids.where("id is null").select("n", F.lit("no id").alias("reason"))
    return stages.keep(again.withColumn("reason", F.lit(_REASONS[-8])).unionByName(nameless), "refused")


class Documents:
    """
    sketches  n, tokens, signature, bands, long_paragraphs, seeds of each document; n is that of its first article
    members   n, doc, tokens, published: every article that was accepted and has tokens
    copies    n, doc, tokens: those that are not the first of their document
    rejected  n, reason
    """

    def __init__(self, stages: Stages, articles: Articles):
        sketched = stages.keep(stages.run("sketch", articles.texts), "sketches")
        taken = sketched.where("status = 0")
        refused = _refused(stages, articles.ids, taken)
        reasons = F.create_map(*[F.lit(x) for pair in _REASONS.items() for x in pair])
        failed = sketched.where("status <> 0").select(
            "n", F.coalesce(reasons[F.col("status")], F.lit("it was not taken")).alias("reason")
        )
        self.rejected = failed.unionByName(refused.join(failed, "n", "left_anti"))
        full = taken.where("tokens > 0")
        accepted = full.join(refused, "n", "left_anti")
        classes = accepted.groupBy("low", "high").agg(F.min("n").alias("doc"), F.count("*").alias("size"))
        several = classes.where("size > 1").drop("size")
        copies = accepted.join(several, ["low", "high"]).where("n <> doc").select("n", "doc", "tokens")
        gone = refused.selectExpr("n", "cast(null as bigint) as doc", "cast(null as int) as tokens")
        # One frame, so that each step that reads the documents has one join instead of two.
        others = stages.known(stages.keep(copies.unionByName(gone), "copies"))
        self.copies = others.where("doc is not null")
        self.sketches = full.join(others.select("n"), "n", "left_anti").select(*_SKETCH)
        if not stages.is_broadcast(others):  # otherwise each step that reads them would shuffle sketches for the join
            self.sketches = stages.keep(self.sketches, "documents")
        all_of_them = full.join(others.select("n", "doc", F.lit(True).alias("other")), "n", "left")
        self.members = all_of_them.where("other is null or doc is not null").select(
            "n", F.coalesce("doc", "n").alias("doc"), "tokens", "published"
        )


def _places(sources: str) -> Iterator[Union[str, int]]:
    """Each name of a list and minus its first index. An empty name in the list means articles without a source."""
    names = sources.split(",")
    for name in dict.fromkeys(names if names[-1] else names[:-1]):
        yield name
        yield -names.index(name)


def merits(articles: Articles, documents: Documents, options: Dict[str, Any], sources: Optional[bytes]) -> DataFrame:
    """doc, n, merit of every article: why it is preferred. The least merit is the best: greater value, longer, earlier
    (result/representative.c)."""
    keep = options.get("keep", 0)
    value: Column = F.lit(0).cast("long")
    members = documents.members
    if keep == 2:
        value = F.col("published")
    if keep == 3:
        members = members.join(articles.texts.select("n", "source"), "n")
        places = F.create_map(*[F.lit(x) for x in _places((sources or b"").decode())])
        value = F.coalesce(places[F.coalesce("source", F.lit(""))], F.lit(_LEAST)).cast("long")
    length = F.col("tokens") if keep in (0, 3) else F.lit(0)
    merit = F.struct(
        F.bitwise_not(value).alias("value"), F.bitwise_not(length).alias("length"), F.col("n").alias("article")
    )
    return members.select("doc", "n", merit.alias("merit"))


def best_of(merits: DataFrame) -> DataFrame:
    """doc, merit: the preferred article of each document."""
    return merits.groupBy("doc").agg(F.min("merit").alias("merit"))
