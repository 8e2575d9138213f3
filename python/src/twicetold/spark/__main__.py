"""python -m twicetold.spark IN OUT: a scan as a Spark job, Parquet in and out."""

from __future__ import annotations

import argparse
import sys
from typing import Any, Dict, List, Optional

from pyspark.sql import DataFrame, SparkSession, Window
from pyspark.sql import functions as F

from .._errors import Error
from . import scan

_FLAGS = ("pairs", "clusters", "sections", "series")
_OPTIONS = (
    *("resemblance", "containment", "overlap", "facts", "drop", "min_section", "max_matches", "shingle_tokens"),
    *("num_hashes", "bands", "seed", "paragraphs", "max_article_bytes", "keep"),
)
_TABLES = ("pairs", "clusters", "sections", "removed", "rejected")
_ORDER = "_twicetold_order"
_ROWS_PER_FILE = 40  # bits


def _arguments(words: Optional[List[str]]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m twicetold.spark",
        description="Finds near-duplicate articles and repeated sections in Parquet files, on Spark.",
        epilog="IN: Parquet files or folders of them; articles are in order of file name and row. OUT: a folder, which "
        "must not exist; it gets pairs, clusters, sections, removed and rejected. Spark is configured as for any job: "
        "spark-defaults.conf, spark-submit, PYSPARK_SUBMIT_ARGS.",
    )
    parser.add_argument("input", nargs="+", metavar="IN")
    parser.add_argument("output", metavar="OUT")
    parser.add_argument("--id-field", default="id", metavar="NAME", help="column of the ids (default: id)")
    parser.add_argument("--text-field", default="text", metavar="NAME", help="column of the text (default: text)")
    parser.add_argument("--order", metavar="NAME", help="integer column that gives the order instead")
    parser.add_argument("--one-task", default="64M", metavar="SIZE", help="so much text is scanned by one task (default: 64M)")
    parser.add_argument("--notices", metavar="FILE", help="use the notices of this result; learn none")
    parser.add_argument("--work", metavar="DIR", help="keep steps as Parquet in this empty folder")
    for flag in _FLAGS:
        parser.add_argument(f"--{flag}", action="store_true", default=None, help=f"look for {flag}")
    for name in _OPTIONS:
        flag = "hashes" if name == "num_hashes" else name.replace("_", "-")
        parser.add_argument(f"--{flag}", dest=name, help="as for twicetold scan")
    return parser.parse_args(words)


def _value(text: Any) -> Any:
    for kind in (int, float):
        try:
            return kind(text)
        except (TypeError, ValueError):
            pass
    return text


def _options_of(given: argparse.Namespace) -> Dict[str, Any]:
    found = {name: getattr(given, name) for name in (*_FLAGS, *_OPTIONS)}
    return {name: value if value is True else _value(value) for name, value in found.items() if value is not None}


def _in_file_order(df: DataFrame) -> DataFrame:
    """Adds a column that numbers the rows by file name and row of the file, however Spark splits the files."""
    df = df.withColumn("_file", F.col("_metadata.file_path")).withColumn("_row", F.col("_metadata.row_index"))
    files = df.select("_file").distinct()
    files = files.withColumn("_rank", F.row_number().over(Window.orderBy("_file")).cast("long"))
    number = F.shiftleft("_rank", _ROWS_PER_FILE) + F.col("_row")
    return df.join(F.broadcast(files), "_file").withColumn(_ORDER, number).drop("_file", "_row", "_rank")


def main(words: Optional[List[str]] = None) -> int:
    given = _arguments(words)
    running = SparkSession.getActiveSession()
    spark = running or SparkSession.builder.appName("twicetold").getOrCreate()
    try:
        df = spark.read.parquet(*given.input)
        order = given.order
        if order is None:
            df, order = _in_file_order(df), _ORDER
        options = _options_of(given)
        more = {"one_task": given.one_task, "notices": given.notices}
        with scan(df, given.id_field, given.text_field, order=order, work=given.work, **more, **options) as found:
            for name in _TABLES if found.knows_removed else [t for t in _TABLES if t != "removed"]:
                getattr(found, name).write.parquet(f"{given.output}/{name}")
            if found.pairs_omitted:
                print(f"twicetold.spark: {found.pairs_omitted} pairs omitted (max_matches)", file=sys.stderr)
    except (Error, TypeError) as error:
        print(f"twicetold.spark: {error}", file=sys.stderr)
        return 2
    finally:
        if running is None:
            spark.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
