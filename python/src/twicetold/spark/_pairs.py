"""From candidates to verified pairs of documents to the reported pairs and clusters of articles."""

from __future__ import annotations

from typing import Any, Callable, Dict, Tuple

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from . import _stages
from ._input import Articles, Documents
from ._stages import Stages

SERIES = 4
RELATIONS = ("identical", "near", "contains", "contained", "series", "related", "boilerplate")
NUMBERS = ("resemblance", "containment_a", "containment_b", "overlap_a", "overlap_b", "facts")
REPORTED = (*NUMBERS, "conflicts")
_PAIR = ("a", "b", "relation", "by_overlap", "conflicts", "figures")
_OTHER_NEWS = 2  # conflicts with the article that is kept (result/dropped.c)
_NO_TIME = -(2**63)
FIND_PAIRS, FIND_CLUSTERS, FIND_SECTIONS, FIND_SERIES = 1, 2, 4, 8


def verify(stages: Stages, articles: Articles, documents: Documents, candidates: DataFrame, name: str) -> Tuple[DataFrame, DataFrame]:
    """What verification finds for the candidates, and the tokens of their documents, whose text is read again."""
    named = candidates.select(F.explode(F.array("a", "b")).alias("n")).distinct()
    texts = articles.texts.select("n", "text").join(named, "n", "left_semi")
    tokens = stages.keep(stages.run("tokens", texts), f"{name}-tokens")
    dated = tokens.join(documents.members.select("n", "published"), "n")
    of_a, of_b = (
        dated.withColumnsRenamed({"n": x, "hashes": f"hashes_{x}", "flags": f"flags_{x}", "published": f"published_{x}"})
        for x in "ab"
    )
    return stages.keep(stages.run("verify", candidates.join(of_b, "b").join(of_a, "a")), name), tokens


def pairs_of(verified: DataFrame) -> DataFrame:
    """a, b, relation, by_overlap, conflicts, figures and the numbers, null where a number is not known."""
    numbers = [F.when(~F.isnan(c), F.col(c)).alias(c) for c in NUMBERS]
    return verified.where("relation >= 0").select(*_PAIR, *numbers)


def components(stages: Stages, edges: DataFrame) -> DataFrame:
    """n, root: the first document that pairs (a, b) connect n with, for each document of a pair. Few pairs are joined
    in one task; many by large and small stars (Kiveris et al. 2014): each round connects all neighbours of a document
    with the first of them."""
    if edges.count() <= _stages.IN_ONE_TASK:
        return stages.run("components", edges.repartition(1))
    rows = edges.select(F.col("b").alias("u"), F.col("a").alias("v"))
    before, turn = None, 0
    while True:
        both = rows.unionByName(rows.select(F.col("v").alias("u"), F.col("u").alias("v")))
        least = both.groupBy("u").agg(F.min("v").alias("m")).select("u", F.least("u", "m").alias("m"))
        large = both.join(least, "u").where("v > u").select(F.col("v").alias("u"), F.col("m").alias("v"))
        least = large.groupBy("u").agg(F.min("v").alias("m"))
        small = large.join(least, "u").where("v <> m").select(F.col("v").alias("u"), F.col("m").alias("v"))
        rows = stages.keep(
            small.unionByName(least.select("u", F.col("m").alias("v"))).distinct(), f"stars-{turn}"
        )
        turn += 1
        now = rows.agg(F.count("*"), F.sum(F.hash("u", "v")), F.sum("v")).first()
        if now == before:
            roots = rows.select(F.col("v").alias("n"), F.col("v").alias("root")).distinct()
            return rows.select(F.col("u").alias("n"), F.col("v").alias("root")).unionByName(roots)
        before = now


def propose(pairs: DataFrame, groups: DataFrame) -> DataFrame:
    """In each connected group, the preferred document and every other one that it has no pair with
    (tti_clusters_propose_pairs). groups: n, root, merit."""
    best = groups.groupBy("root").agg(F.min(F.struct("merit", "n")).alias("best"))
    stars = groups.join(best, "root").where("n <> best.n").select(
        F.least("n", "best.n").alias("a"), F.greatest("n", "best.n").alias("b"), F.lit(1).alias("want")
    )
    return stars.join(pairs.select("a", "b"), ["a", "b"], "left_anti")


def kept(stages: Stages, pairs: DataFrame, groups: DataFrame) -> DataFrame:
    """n, kept: the document that is kept, for each document of a group."""
    roots = groups.select(F.col("n").alias("a"), "root")
    within = pairs.join(roots, "a").join(roots.select(F.col("a").alias("b"), "root"), ["b", "root"])
    nobody = F.lit(None).cast(groups.schema["merit"].dataType)
    none = F.lit(0.0)
    rows = groups.select(
        F.col("root").alias("group"), F.col("n").alias("a"), F.col("n").alias("b"),
        none.alias("share_a"), none.alias("share_b"), "merit",
    )  # fmt: skip
    shares = [
        F.when(F.col("relation") < SERIES, F.nanvl(f"overlap_{side}", f"containment_{side}"))
        .otherwise(-1.0)
        .alias(f"share_{side}")
        for side in "ab"
    ]
    rows = rows.unionByName(within.select(F.col("root").alias("group"), "a", "b", *shares, nobody.alias("merit")))
    return stages.keep(stages.group("clusters", rows, "group", "merit"), "kept")


def members(documents: Documents, merits: DataFrame, kept_docs: DataFrame) -> DataFrame:
    """n, doc, kept, keep of every article that is in a pair: its document, the document kept for that, and the
    preferred article of the latter."""
    docs = kept_docs.select(F.col("n").alias("doc")).unionByName(documents.copies.select("doc")).distinct()
    articles = documents.members.select("n", "doc").join(docs, "doc", "left_semi")
    articles = articles.join(kept_docs.withColumnRenamed("n", "doc"), "doc", "left")
    articles = articles.withColumn("kept", F.coalesce("kept", "doc"))
    best = merits.select(F.col("doc").alias("kept"), F.col("merit.article").alias("keep"))
    return articles.join(best, "kept").select("n", "doc", "kept", "keep")


# ---- Reported pairs and clusters ----------------------------------------------------------------


def has_rule(options: Dict[str, Any]) -> bool:
    """Whether some rule admits pairs (tti_options_have_rule)."""
    return any(options.get(rule, 0) >= 0 for rule in ("resemblance", "containment", "overlap"))


def aligns(options: Dict[str, Any]) -> bool:
    """Whether overlaps are known (tti_verify_aligns)."""
    return options["find"] & (FIND_SECTIONS | 16) != 0 or any(options.get(rule, 0) >= 0 for rule in ("overlap", "facts"))


def _ranked(pairs: DataFrame, options: Dict[str, Any]) -> DataFrame:
    """The pairs that may be listed. The best pair of each later document has `rank` 1."""
    listed = pairs
    if not options["find"] & FIND_SERIES:
        listed = pairs.where(f"relation <> {SERIES} or by_overlap = 0")
    closeness = F.greatest("resemblance", "overlap_a", "overlap_b")
    order = Window.partitionBy("b").orderBy(closeness.desc(), F.desc("resemblance"), "a")
    return listed.withColumn("rank", F.row_number().over(order))


def _chosen(ranked: DataFrame, kept_docs: DataFrame, most: int) -> DataFrame:
    """The best `most` of each later document, and those of an article with the one that its cluster keeps
    (result/pairs.c)."""
    late = ranked.where((F.col("rank") > most) & (F.col("relation") < SERIES))
    ahead = kept_docs.select(F.col("n").alias("b"), F.col("kept").alias("a"))
    behind = kept_docs.select(F.col("n").alias("a"), F.col("kept").alias("b"))
    stars = ahead.unionByName(behind).where("a < b")
    listed = ranked.where(F.col("rank") <= most).unionByName(late.join(stars, ["a", "b"], "left_semi"))
    return listed.select("a", "b", "relation", *REPORTED)


def omitted(
    pairs: DataFrame, kept_docs: DataFrame, skipped: DataFrame, options: Dict[str, Any]
) -> Callable[[], int]:
    """Counts the pairs that are not among the best of their later document and, for documents with that many pairs,
    the candidates that were not compared (choose_listed_pairs in result/pairs.c). skipped: b, skipped."""
    most = options.get("max_matches", 64)

    def count() -> int:
        ranked = _ranked(pairs, options)
        full = ranked.where(F.col("rank") == most).join(skipped, "b").select(F.col("skipped").cast("long"))
        all_of_them = ranked.select(F.lit(1).cast("long"))
        listed = _chosen(ranked, kept_docs, most).select(F.lit(-1).cast("long"))
        total = full.union(all_of_them).union(listed).agg(F.sum("skipped")).first()
        return int(total[0] or 0) if total else 0

    return count


def _identical(a: Column, b: Column) -> list:
    same = [F.lit(1.0).alias(c) for c in NUMBERS]
    return [a.alias("a"), b.alias("b"), F.lit(0).alias("relation"), *same, F.lit(0).alias("conflicts")]


def _turned(turned: str) -> list:
    """The relation and the numbers of a pair, with its sides exchanged if the column `turned` is true."""
    relation = F.when(F.col("relation") == 2, 3).when(F.col("relation") == 3, 2).otherwise(F.col("relation"))
    opposite = {"relation": relation}
    for kind in ("containment", "overlap"):
        opposite.update({f"{kind}_a": F.col(f"{kind}_b"), f"{kind}_b": F.col(f"{kind}_a")})
    return [
        F.when(F.col(turned), opposite.get(c, F.col(c))).otherwise(F.col(c)).alias(c) for c in ("relation", *REPORTED)
    ]


def _own(pairs: DataFrame, articles: DataFrame) -> DataFrame:
    """Pairs of an article with the one that its cluster keeps, if they are not listed otherwise because one of the two
    is not the first with its tokens (needs_pair_with_representative in result/pairs.c)."""
    apart = articles.where("n <> keep").where("not (kept = keep and (n = doc or doc = kept))")
    apart = apart.where("not (doc = kept and n = doc)")
    a, b = F.least("n", "keep"), F.greatest("n", "keep")
    same = apart.where("doc = kept").select(*_identical(a, b))
    others = apart.where("doc <> kept").select(
        F.least("doc", "kept").alias("a"),
        F.greatest("doc", "kept").alias("b"),
        a.alias("first"),
        b.alias("second"),
        ((F.col("doc") < F.col("kept")) != (F.col("n") < F.col("keep"))).alias("turned"),
    )
    others = pairs.join(others, ["a", "b"])
    return same.unionByName(others.select(F.col("first").alias("a"), F.col("second").alias("b"), *_turned("turned")))


def reported_pairs(
    pairs: DataFrame, kept_docs: DataFrame, articles: DataFrame, documents: Documents, options: Dict[str, Any]
) -> DataFrame:
    """a, b (articles), relation and the numbers."""
    out = _chosen(_ranked(pairs, options), kept_docs, options.get("max_matches", 64))
    if not has_rule(options):
        return out
    out = out.unionByName(documents.copies.select(*_identical(F.col("doc"), F.col("n"))))
    if options["find"] & FIND_CLUSTERS:
        out = out.unionByName(_own(pairs, articles))
    return out


def removed(
    stages: Stages, pairs: DataFrame, articles: DataFrame, documents: Documents, merits: DataFrame, drop: float
) -> DataFrame:
    """a (the article that is left out), b (the one kept instead), relation and the numbers (result/dropped.c)."""
    gone = articles.where("n <> keep")
    same = gone.where("doc = kept").select(*_identical(F.col("n"), F.col("keep")))
    others = gone.where("doc <> kept").select("n", "keep", "doc", "kept")
    found = _paired(pairs, others.select("n", F.col("keep").alias("with"), "doc", F.col("kept").alias("with_doc")))
    times = documents.members.select("n", "published")
    theirs = times.select(F.col("n").alias("b"), F.col("published").alias("published_of"))
    found = found.join(times.withColumnRenamed("n", "a"), "a").join(theirs, "b")
    is_timed = f"published <> {_NO_TIME} and published_of <> {_NO_TIME} and published <> published_of"
    is_newer = F.expr(f"if({is_timed}, published > published_of, a > b)")
    found = found.where(~(is_newer & (F.col("figures") == 1))).where(f"conflicts < {_OTHER_NEWS}")
    found = found.where(F.col("overlap_a") >= drop).select("a", "b", "relation", *REPORTED)
    found = stages.keep(same.unionByName(found), "removed")
    left = others.join(found.select(F.col("a").alias("n")), "n", "left_anti").join(merits.drop("doc"), "n")
    left = stages.known(stages.keep(left.select("n", "doc", "kept", "merit"), "left"))
    return found.unionByName(_removed_of_left(stages, pairs, left, drop))


def _removed_of_left(stages: Stages, pairs: DataFrame, left: DataFrame, drop: float) -> DataFrame:
    """The same of articles that the kept one of their cluster does not make unnecessary (left: n, doc, kept, merit), by
    others of these."""
    docs = left.groupBy("doc", "kept").agg(F.min("merit").alias("merit"))
    of_a, of_b = (docs.select(F.col("doc").alias(x), F.col("kept").alias(f"kept_{x}")) for x in "ab")
    copies = pairs.where((F.col("relation") < SERIES) & (F.col("conflicts") == 0)).join(of_a, "a").join(of_b, "b")
    copies = copies.where("kept_a = kept_b")
    nobody = F.lit(None).cast(docs.schema["merit"].dataType).alias("merit")
    rows = docs.select(
        F.col("kept").alias("group"), "doc", F.col("doc").alias("by"), F.lit(1.0).alias("share"), "merit"
    )
    for a, b in ("ab", "ba"):
        covers = copies.where(F.col(f"overlap_{a}") >= drop)
        rows = rows.unionByName(
            covers.select(
                F.col("kept_a").alias("group"), F.col(a).alias("doc"), F.col(b).alias("by"),
                F.col(f"overlap_{a}").alias("share"), nobody,
            )
        )  # fmt: skip
    chosen = stages.group("dropped", rows, "group", "merit").select(F.col("n").alias("doc"), F.col("kept").alias("by"))
    faces = docs.select(F.col("doc").alias("by"), F.col("merit.article").alias("with"))
    gone = left.select("n", "doc").join(chosen, "doc").join(faces, "by").where("n <> with")
    same = gone.where("doc = by").select(*_identical(F.col("n"), F.col("with")))
    others = _paired(pairs, gone.where("doc <> by").withColumnRenamed("by", "with_doc"))
    return same.unionByName(others.select("a", "b", "relation", *REPORTED))


def _paired(pairs: DataFrame, articles: DataFrame) -> DataFrame:
    """a, b, relation, the numbers and figures of articles (n, doc) and those that they go with (with, with_doc)."""
    ends = articles.select(
        "n", "with", F.least("doc", "with_doc").alias("a"), F.greatest("doc", "with_doc").alias("b"),
        (F.col("doc") > F.col("with_doc")).alias("turned"),
    )  # fmt: skip
    found = pairs.join(ends, ["a", "b"])
    return found.select(F.col("n").alias("a"), F.col("with").alias("b"), *_turned("turned"), "figures")


def numbered(df: DataFrame, key: str, name: str, *order: str) -> DataFrame:
    """Numbers the rows from 1 by `key`, the number of an article, and `order`. Rows are counted by ranges of keys, so
    that no task sees all of them."""
    ranges = df.withColumn("range", F.shiftright(key, 16))
    counts = ranges.groupBy("range").count()
    earlier = Window.orderBy("range").rowsBetween(Window.unboundedPreceding, -1)
    before = counts.select("range", F.coalesce(F.sum("count").over(earlier), F.lit(0)).alias("before"))
    place = F.row_number().over(Window.partitionBy("range").orderBy(key, *order))
    return ranges.join(before, "range").withColumn(name, F.col("before") + place).drop("range", "before")


def reported_clusters(articles: DataFrame) -> DataFrame:
    """cluster, keep, article: a row for every article of a cluster."""
    groups = articles.groupBy("kept").agg(F.min("n").alias("first"), F.count("*").alias("size")).where("size > 1")
    groups = numbered(groups, "first", "cluster").select("kept", "cluster")
    return articles.join(groups, "kept").select("cluster", "keep", F.col("n").alias("article"))
