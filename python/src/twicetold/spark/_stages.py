"""The engine's operators inside mapInArrow, and what is kept from one to the next."""

from __future__ import annotations

import contextlib
import functools
import pathlib
import re
import shutil
import tempfile
import urllib.parse
import uuid
from typing import Any, Dict, Iterable, Iterator, Optional, Tuple

from pyspark.sql import DataFrame, SparkSession

from .. import _core
from .._errors import invalid

_DESCRIPTION = "spark.job.description"
_ROW_BYTES = 24  # of the frames that is_broadcast() is asked about
_UNITS = {"": 0, "b": 0, "k": 10, "kb": 10, "m": 20, "mb": 20, "g": 30, "gb": 30, "t": 40, "tb": 40}
IN_ONE_TASK = 100_000  # pairs, or shared passages, that one task takes instead of rounds of jobs


class _Exported:
    """The rows of a stage, for pyarrow."""

    def __init__(self, capsules: Any):
        self._capsules = capsules

    def __arrow_c_array__(self, requested_schema: Any = None) -> Any:
        return self._capsules


def _rows(capsules: Any) -> Iterator[Any]:
    if capsules is not None:
        import pyarrow

        yield pyarrow.RecordBatch.from_struct_array(pyarrow.array(_Exported(capsules)))


def _feed(name: str, options: Dict[str, Any], settings: Dict[str, Any], batches: Iterator[Any]) -> Iterator[Any]:
    """One task: passes all batches of a partition through one operator."""
    stage = _core.Stage(name, options, **settings)
    for batch in batches:
        yield from _rows(stage.push(*batch.__arrow_c_array__()))
    yield from _rows(stage.finish())


def _shared_folder(spark: SparkSession, work: Optional[str]) -> str:
    """A new folder that the driver and all executors can access."""
    name = f"twicetold-{uuid.uuid4().hex}"
    if work is not None:
        return f"{work.rstrip('/')}/{name}"
    if not str(spark.conf.get("spark.master", "local")).startswith("local"):
        raise invalid("work: on a cluster, give a folder that all executors read and write")
    return pathlib.Path(tempfile.gettempdir(), name).as_uri()


def _bytes(setting: str) -> int:
    """A size as Spark writes it: 10485760b, 10MB, -1."""
    number, unit = re.fullmatch(r"(-?\d+)\s*([a-z]*)", setting.strip().lower()).groups()  # type: ignore[union-attr]
    return int(number) << _UNITS[unit]


class Stages:
    """Runs operators with the options of one scan and keeps frames that several steps read."""

    def __init__(self, spark: SparkSession, options: Dict[str, Any], work: Optional[str]):
        self.options = options
        self._spark = spark
        # A session of Spark Connect has no JVM here: its class is another one.
        self._is_connected = "connect" in type(spark).__module__.split(".")
        self.partitions = int(self.setting("spark.sql.shuffle.partitions", "200"))
        self._folder = _shared_folder(spark, work)
        self._count = 0

    def setting(self, name: str, default: str) -> str:
        return str(self._spark.conf.get(name, default))

    def run(self, name: str, df: DataFrame, **settings: Any) -> DataFrame:
        """The rows that the operator gives for each partition, whose rows it takes in order."""
        takes, gives = _core.stage_columns(name)
        columns = [c.split(" ")[0] for c in takes.split(", ")]
        task = functools.partial(_feed, name, self.options, settings)
        return df.select(*columns).mapInArrow(task, gives)

    def group(self, name: str, df: DataFrame, key: str, *order: str) -> DataFrame:
        """The same, with all rows of a key in one task, in order."""
        return self.run(name, df.repartition(key).sortWithinPartitions(key, *order))

    def keep(self, df: DataFrame, name: str) -> DataFrame:
        """Computes a frame once, into Parquet files. Later steps then have small plans and do not depend on the
        executors that computed it."""
        path = f"{self._folder}/{self._count:03d}-{name}"
        self._count += 1
        with self.described(name):
            df.write.parquet(path)
        return self._spark.read.schema(df.schema).parquet(path)

    def none(self, columns: Iterable[Tuple[str, str]]) -> DataFrame:
        """A frame of these names and types that Spark knows to have no rows, so that it plans no joins with it."""
        return self._spark.range(1).where("false").selectExpr(*[f"cast(null as {t}) as `{n}`" for n, t in columns])

    def is_broadcast(self, df: DataFrame) -> bool:
        """Whether Spark will consider the kept frame small enough to send it to every task that joins it."""
        most = _bytes(self.setting("spark.sql.autoBroadcastJoinThreshold", "10485760b"))
        return df.count() * _ROW_BYTES <= most

    def known(self, df: DataFrame) -> DataFrame:
        """The frame or, if it has no rows, one that Spark knows to have none. For frames that are often empty."""
        if not df.isEmpty():
            return df
        return self.none((field.name, field.dataType.simpleString()) for field in df.schema)

    @contextlib.contextmanager
    def described(self, name: str) -> Iterator[None]:
        """Gives the jobs of Spark within it the step's name, for its pages and its event log."""
        if self._is_connected:
            tag = f"twicetold-{name}"
            self._spark.addTag(tag)
            try:
                yield
            finally:
                self._spark.removeTag(tag)
            return
        context = self._spark.sparkContext
        before = context.getLocalProperty(_DESCRIPTION)
        context.setLocalProperty(_DESCRIPTION, f"twicetold: {name}")
        try:
            yield
        finally:
            context.setLocalProperty(_DESCRIPTION, before)  # type: ignore[arg-type]

    def close(self) -> None:
        """Deletes the kept frames. Through Spark Connect, a folder that is not on this machine stays, and is empty."""
        if self._is_connected:
            self._spark.range(0).write.mode("overwrite").parquet(self._folder)
            where = urllib.parse.urlparse(self._folder)
            if where.scheme in ("", "file"):
                shutil.rmtree(urllib.parse.unquote(where.path), ignore_errors=True)
            return
        path = self._spark._jvm.org.apache.hadoop.fs.Path(self._folder)  # type: ignore[union-attr]
        path.getFileSystem(self._spark._jsc.hadoopConfiguration()).delete(path, True)
