"""A scan on Spark, for more articles than one machine takes.

    import twicetold.spark
    r = twicetold.spark.scan(spark.read.parquet("feed.parquet"), id="id", text="text")
    r.pairs, r.clusters, r.sections                # DataFrames

The result is that of `twicetold.scan` on the same articles in the same order, with the same numbers.
"""

from __future__ import annotations

import functools
import os
import pathlib
from typing import TYPE_CHECKING, Any, Callable, Dict, Optional, Tuple, Union

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from .. import _core, _options
from .._errors import DuplicateError, invalid
from .._source import Path
from . import _candidates, _notices, _pairs, _sections
from ._input import Articles, Documents, best_of, merits
from ._stages import Stages
from ._whole import Whole

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from .._types import SparkOptions

__all__ = ["Result", "dedup", "scan"]

_FIND_ALL = 7
_FIND_OVERLAPS = 16
_SEEN_BEFORE = "id was seen before"


class Result:
    """The result of a scan. Every frame has a row for each of its smallest items, so that frequent text never makes
    one huge row; the ids have the type of the input's column.

    pairs     a, b, relation, resemblance, containment_a, containment_b, overlap_a, overlap_b, facts,
              conflicts
    clusters  cluster, keep, article: a row for every article of a cluster, the one kept included
    sections  section, tokens, kind, places, sources, article, begin, end, of_begin, of_end, similarity: a row for every
              occurrence; the reference has null in the last three. Extents in bytes of the article's UTF-8 text
    removed   id, kept, relation, resemblance, containment, containment_of, overlap, overlap_of, facts, conflicts: the
              articles that `dedup` leaves out, and the one that is kept instead
    kept      the rows of the input without those, with all columns. What is rejected is compared with nothing and kept
    rejected  id, reason: articles that were not accepted

    pairs_omitted  how many pairs `max_matches` leaves out, as the command's summary counts them (with the candidates
              that were not compared for an article with that many matches); counted on first access

    The rows are in no order; which article of a pair is `a`, and the numbers of clusters and sections, follow from
    the order of the input. The files that the frames read stay in `work` until close(), which `with` calls.
    """

    def __init__(
        self,
        stages: Stages,
        pairs: DataFrame,
        clusters: DataFrame,
        sections: DataFrame,
        rejected: DataFrame,
        count_omitted: Callable[[], int],
        removed: Optional[DataFrame],
        given: Tuple[DataFrame, str],
    ):
        self._stages = stages
        self._count_omitted = count_omitted
        self.pairs = pairs
        self.clusters = clusters
        self.sections = sections
        self.rejected = rejected
        self._removed = removed
        self._given = given

    @property
    def knows_removed(self) -> bool:
        """Whether `removed` and `kept` are known."""
        return self._removed is not None

    @property
    def removed(self) -> DataFrame:
        """Raises InvalidError if the options left out clusters or overlaps."""
        if self._removed is None:
            raise invalid("the scan looked for no clusters or no overlaps")
        return self._removed

    @functools.cached_property
    def kept(self) -> DataFrame:
        """Raises DuplicateError if ids are not unique, since rows are left out by their ids."""
        gone = self.removed.select(F.col("id").alias("_twicetold_gone"))
        df, id = self._given
        twice = self.rejected.where(F.col("reason") == _SEEN_BEFORE).first()
        if twice is not None:
            raise DuplicateError(f"several articles have the id {twice['id']}; make ids that are unique", "TT_EDUPLICATE")
        return df.join(gone, df[id] == gone["_twicetold_gone"], "left_anti")

    @functools.cached_property
    def pairs_omitted(self) -> int:
        with self._stages.described("omitted"):
            return self._count_omitted()

    def close(self) -> None:
        """Deletes the files that the frames read, which cannot be used any more."""
        self._stages.close()

    def __enter__(self) -> Result:
        return self

    def __exit__(self, *reason: Any) -> None:
        self.close()


def _named(df: DataFrame, ids: DataFrame, *columns: str) -> DataFrame:
    """Replaces the numbers of articles by their ids."""
    for c in columns:
        names = ids.select(F.col("n").alias(c), F.col("id").alias(f"{c}_id"))
        df = df.join(names, c).drop(c).withColumnRenamed(f"{c}_id", c)
    return df


def scan(
    df: DataFrame,
    id: str = "id",
    text: str = "text",
    *,
    order: Optional[str] = None,
    work: Optional[str] = None,
    one_task: Union[int, str] = "64M",
    notices: Optional[Path] = None,
    **options: Unpack[SparkOptions],
) -> Result:
    """Finds near-duplicate articles and repeated sections.

    df: a row for each article. It is read several times (text again only for articles that may match) and must give
    the same rows each time; tables and files do.
    id, text: names of columns; ids are text or integers, and unique: a later article with the same id is rejected.
    order: a column of distinct integers that gives the order of the input, which decides what is "first"; without
    it, the order of rows in Spark's partitions.
    work: a folder (of HDFS, an object store, ...) that all executors can access, where steps are written as Parquet
    until Result.close(). If Spark runs on this machine alone, the default is a temporary folder.
    one_task: up to so many bytes of text, one task scans all of it with the library in its Python, which takes three
    times as much memory there, and a few jobs of Spark instead of a hundred; 0: no size.
    notices: the path of a result, as for `twicetold.scan`, on this machine.
    options: those of `twicetold.scan` except `threads`, `memory`, `temp_dir` and `progress`. `keep="newest"` needs
    the column `published` (text or a time), `keep="source:..."` the column `source`.

    The steps up to the last joins run during the call; the driver receives only counts and a filter of frequent seeds,
    at most 16 MB. The package must be installed for the Python of the executors. Raises InvalidError for an option or
    a column, TypeError for an unknown option, and the exceptions of Spark.
    """
    resolved, sources = _options.of_spark(dict(options))
    return _scan(df, id, text, order, work, one_task, notices, resolved, sources)


def dedup(
    df: DataFrame,
    id: str = "id",
    text: str = "text",
    *,
    order: Optional[str] = None,
    work: Optional[str] = None,
    one_task: Union[int, str] = "64M",
    notices: Optional[Path] = None,
    **options: Unpack[SparkOptions],
) -> Result:
    """Finds the articles to keep: `kept` of the result has their rows, `removed` the others, as `twicetold.dedup`.

    The parameters and exceptions are those of `scan`, without the options about sections. An anti-join with `clusters`
    would leave out more: a cluster also has articles with text that is nowhere else, or with other facts.
    """
    resolved, sources = _options.of_spark(dict(options))
    resolved["find"] = _pairs.FIND_PAIRS | _pairs.FIND_CLUSTERS | _FIND_OVERLAPS
    return _scan(df, id, text, order, work, one_task, notices, resolved, sources)


def _components(stages: Stages, pairs: DataFrame) -> DataFrame:
    """n, root of the documents that copies link."""
    return _pairs.components(stages, pairs.where(F.col("relation") < _pairs.SERIES).select("a", "b"))


def _given_notices(path: Optional[Path], options: Dict[str, Any], sources: Optional[bytes]) -> bytes:
    """The notices of a result, for the operators; InvalidError if its seed is another one."""
    if path is None:
        return b""
    result = _core.read_result(path)
    _core.Scan(options, sources, None).notices(result)
    return result.notice_list()


def _scan(
    df: DataFrame,
    id: str,
    text: str,
    order: Optional[str],
    work: Optional[str],
    one_task: Union[int, str],
    notices: Optional[Path],
    resolved: Dict[str, Any],
    sources: Optional[bytes],
) -> Result:
    find = resolved.get("find", 0)
    if find & _FIND_ALL == 0:
        find = resolved["find"] = find | _FIND_ALL
    stages = Stages(df.sparkSession, resolved, work)
    articles = Articles(df, id, text, order, resolved.get("keep", 0))
    knows_removed = bool(find & _pairs.FIND_CLUSTERS) and _pairs.aligns(resolved)
    known = _given_notices(notices, resolved, sources)
    most = _options.size_of("one_task", one_task)
    if most and articles.bytes_of_texts() <= most:
        given = None if notices is None else pathlib.Path(os.fspath(notices)).read_text(encoding="utf-8")
        whole = Whole(stages, articles.whole, resolved, sources, given, knows_removed)
        tables = (whole.pairs, whole.clusters, whole.sections, whole.rejected, whole.count_omitted)
        return Result(stages, *tables, whole.removed if knows_removed else None, (df, id))
    documents = Documents(stages, articles)
    candidates, skipped = _candidates.find(stages, documents, bool(find & _pairs.FIND_SECTIONS))
    verified, tokens = _pairs.verify(stages, articles, documents, candidates, "verified")

    pairs = _pairs.pairs_of(verified)
    if notices is None:
        known = _notices.learn(stages, verified, pairs, tokens)
    pairs = _notices.apply(stages, pairs, tokens, known, "noticed")
    wanted = merits(articles, documents, resolved, sources)
    best = stages.keep(best_of(wanted), "merits")
    groups = _components(stages, pairs).join(best.withColumnRenamed("doc", "n"), "n")
    groups = stages.keep(groups, "groups")
    stories = groups.select(F.col("n").alias("doc"), "root")
    proposed = stages.known(stages.keep(_pairs.propose(pairs, groups), "proposed"))
    more, more_tokens = _pairs.verify(stages, articles, documents, proposed, "proposals")
    of_more = _pairs.pairs_of(more)
    is_late = notices is None and not known
    if is_late:
        known = _notices.learn(stages, more, pairs.unionByName(of_more), more_tokens)
        pairs = _notices.apply(stages, pairs, tokens, known, "noticed-late")
    pairs = pairs.unionByName(_notices.apply(stages, of_more, more_tokens, known, "noticed-proposals"))
    if is_late and known:
        stories = stages.keep(_components(stages, pairs).withColumnRenamed("n", "doc"), "stories")
    kept = _pairs.kept(stages, pairs, groups)
    members = stages.keep(_pairs.members(documents, best, kept), "members")

    found = _pairs.reported_pairs(pairs, kept, members, documents, resolved)
    names = F.array(*[F.lit(name) for name in _pairs.RELATIONS])
    relation = names[F.col("relation")].alias("relation")
    found = _named(found, articles.ids, "a", "b").select("a", "b", relation, *_pairs.REPORTED)
    clusters = _named(_pairs.reported_clusters(members), articles.ids, "keep", "article")
    clusters = clusters.select("cluster", "keep", "article")
    sections, references = _sections.find(stages, articles, documents, verified, bool(find & _pairs.FIND_SECTIONS))
    if find & _pairs.FIND_SECTIONS:
        roots = documents.members.join(stories, "doc", "left")
        roots = roots.select(F.col("n").alias("article"), F.coalesce("root", "doc").alias("root"))
        if not find & (_pairs.FIND_PAIRS | _pairs.FIND_CLUSTERS) or not _pairs.has_rule(resolved):
            roots = roots.limit(0)  # it is not known who tells the same story
        kinds = _notices.kinds(stages, sections, references, tokens, known, roots)
        sections = _sections.counted(sections, articles).join(kinds, "section")
    sections = _named(sections, articles.ids, "article").select(*_sections.SECTION)
    removed = None
    if knows_removed:
        gone = _pairs.removed(stages, pairs, members, documents, wanted, resolved.get("drop", 0.8))
        gone = _named(gone if _pairs.has_rule(resolved) else gone.limit(0), articles.ids, "a", "b")
        removed = gone.select(
            F.col("a").alias("id"), F.col("b").alias("kept"), relation, "resemblance",
            F.col("containment_a").alias("containment"), F.col("containment_b").alias("containment_of"),
            F.col("overlap_a").alias("overlap"), F.col("overlap_b").alias("overlap_of"), "facts", "conflicts",
        )  # fmt: skip
    count_omitted = _pairs.omitted(pairs, kept, skipped, resolved)
    if not find & _pairs.FIND_PAIRS:
        found, count_omitted = found.limit(0), lambda: 0
    if not find & _pairs.FIND_CLUSTERS or not _pairs.has_rule(resolved):
        clusters = clusters.limit(0)
    rejected = documents.rejected.join(articles.ids, "n").select("id", "reason")
    return Result(stages, found, clusters, sections, rejected, count_omitted, removed, (df, id))
