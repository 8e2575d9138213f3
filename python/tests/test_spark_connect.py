"""The same scan through Spark Connect, where there is no JVM on this side."""

import importlib.util
import os
import sys

import pytest
from conftest import articles, need  # noqa: F401

pyspark = need("pyspark")
need("grpc")
need("pyarrow")


@pytest.fixture(scope="module")
def spark():
    if int(pyspark.__version__.split(".")[0]) < 4 or importlib.util.find_spec("pyspark.sql.connect") is None:
        pytest.skip("PySpark 3.5 comes without the server of Spark Connect")
    os.environ["PYSPARK_PYTHON"] = sys.executable
    from pyspark.sql import SparkSession

    session = SparkSession.builder.remote("local[2]").getOrCreate()
    session.conf.set("spark.sql.shuffle.partitions", "2")
    yield session
    session.stop()


@pytest.mark.parametrize("one_task", [0, "64M"])
def test_articles_to_keep(spark, articles, tmp_path, one_task):  # noqa: F811
    import twicetold
    import twicetold.spark

    some = [{"id": a["id"], "text": a["text"]} for a in articles[:80]]
    some.append({"id": None, "text": some[0]["text"]})
    df = spark.createDataFrame([(a["id"], a["text"]) for a in some], "id string, text string")
    with twicetold.spark.dedup(df.coalesce(1), work=str(tmp_path), one_task=one_task) as found:
        kept = [row["id"] for row in found.kept.collect()]
        removed = {(row["id"], row["kept"], row["relation"]) for row in found.removed.collect()}
        assert [row["reason"] for row in found.rejected.collect()] == ["no id"]
        assert list(tmp_path.iterdir())
    assert list(tmp_path.iterdir()) == []
    wanted, gone = twicetold.dedup(some[:-1], removed=True)
    assert sorted(i for i in kept if i) == sorted(a["id"] for a in wanted) and None in kept
    assert removed == {(row["id"], row["kept"], row["relation"]) for row in gone} and removed
    twice = df.limit(3).unionByName(df.limit(1))
    with twicetold.spark.dedup(twice.coalesce(1), work=str(tmp_path), one_task=one_task) as found:
        with pytest.raises(twicetold.DuplicateError, match="several articles have the id"):
            found.kept
