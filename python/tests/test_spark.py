"""The scan on Spark finds what the command finds, number for number. Executors are separate processes."""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from types import SimpleNamespace

import pytest
from conftest import FEED, PAYWALL, ROOT, command, lines, need, paywall_page

need("pyspark")
need("pyarrow")

NUMBERS = ("resemblance", "containment_a", "containment_b", "overlap_a", "overlap_b", "facts", "conflicts")


@pytest.fixture(scope="module")
def spark():
    os.environ["PYSPARK_PYTHON"] = sys.executable
    from pyspark.sql import SparkSession

    # Small data: what a large run gains by compiled stages and adaptive plans costs more than it does here.
    settings = {
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
        "spark.sql.adaptive.enabled": os.environ.get("TT_SPARK_ADAPTIVE", "false"),
        "spark.executor.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
        "spark.driver.host": "localhost",
    }
    builder = SparkSession.builder.master("local-cluster[2,1,2048]")
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


@pytest.fixture(scope="module")
def made():
    """A generated corpus, as JSON Lines."""
    with tempfile.TemporaryDirectory() as folder:
        script = ROOT / "corpora" / "made" / "generate.py"
        words = ["--articles", "200", "--seed", "3", "--profile", "mixed", "--out", folder]
        subprocess.run([sys.executable, "-B", script, *words], check=True, stdout=subprocess.DEVNULL)
        yield os.path.join(folder, "articles.jsonl")


def frame(spark, path, *fields, more=()):
    with open(path, encoding="utf-8") as f:
        records = [json.loads(line) for line in f]
    names = ("id", "text", *fields)
    columns = ", ".join(f"{n} string" for n in names)
    rows = [tuple(r.get(n) for n in names) for r in (*records, *more)]
    return spark.createDataFrame(rows, columns)


def pairs_of(rows):
    return sorted((r["a"], r["b"], r["relation"], *(r[n] for n in NUMBERS)) for r in rows)


def clusters_of(found):
    return sorted((c["cluster"], c["keep"], a) for c in found for a in c["members"])


def sections_of(found):
    return sorted(
        (s["section"], s["tokens"], s["places"], s["sources"], o["article"], o["begin"], o["end"],
         o.get("of_begin", -1), o.get("of_end", -1), o.get("similarity", -1.0))
        for s in found for o in s["occurrences"]
    )  # fmt: skip


def compare_removed(found, path, *words):
    """What dedup leaves out against the lines of the command."""
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "removed.jsonl")
        output = command("dedup", "--quiet", *words, path, "-o", "-", "--removed", file)
        with open(file, encoding="utf-8") as lines_of_it:
            wanted = [{k: v for k, v in json.loads(line).items() if k != "differ"} for line in lines_of_it]
    assert sorted(rows(found), key=lambda r: r["id"]) == sorted(wanted, key=lambda r: r["id"])
    return [json.loads(line)["id"] for line in output.splitlines()]


def rows(df):
    return [row.asDict() for row in df.collect()]


def compare(result, path, *words):
    """The frames against the lines of the command."""
    output = command("scan", "--quiet", *words, path)
    wanted = [lines(output, kind) for kind in ("pair", "cluster", "section")]
    assert pairs_of(rows(result.pairs)) == pairs_of(wanted[0])
    clusters = [(c["cluster"], c["keep"], c["article"]) for c in rows(result.clusters)]
    assert sorted(clusters) == clusters_of(wanted[1])
    sections = rows(result.sections)
    for s in sections:
        for name in ("of_begin", "of_end", "similarity"):
            s[name] = -1 if s[name] is None else s[name]
    found = [
        (s["section"], s["tokens"], s["places"], s["sources"], s["article"], s["begin"], s["end"], s["of_begin"], s["of_end"],
         s["similarity"])
        for s in sections
    ]  # fmt: skip
    assert {(s["section"], s["kind"]) for s in sections} == {(s["section"], s["kind"]) for s in wanted[2]}
    assert sorted(found) == sections_of(wanted[2])
    assert result.pairs_omitted == lines(output, "summary")[0]["pairs_omitted"]
    return wanted


def executors():
    """Process ids of the executors that this test started."""
    found = []
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/cmdline", "rb") as f:
                words = f.read().split(b"\0")
        except OSError:
            continue
        if b"org.apache.spark.executor.CoarseGrainedExecutorBackend" in words and is_ours(int(name)):
            found.append(int(name))
    return found


def is_ours(pid):
    while pid > 1:
        if pid == os.getpid():
            return True
        with open(f"/proc/{pid}/stat") as f:
            pid = int(f.read().rsplit(")", 1)[1].split()[1])
    return False


@pytest.mark.parametrize("one_task", ["0", "64M"])
def test_the_job_on_the_feed(spark, tmp_path, capsys, one_task):
    """Parquet in and out; the order is that of the rows in the files. Only the best pairs, of times; what is
    refused, and what has no words, is at the end and changes nothing."""
    from twicetold.spark.__main__ import main

    text = "one two three four five six seven eight nine ten"
    more = [{"id": i, "text": t} for i, t in (("a", None), ("vc-0508-001", text), (None, text), ("b", ""))]
    df = frame(spark, FEED, "published", "source", more=more)
    df = df.withColumn("published", df.published.cast("timestamp"))
    df.coalesce(1).write.parquet(str(tmp_path / "in"))
    out = tmp_path / "out"
    words = ["--max-matches", "2", "--keep", "newest", "--pairs", "--clusters", "--sections", "--series"]
    assert main([str(tmp_path / "in"), str(out), *words, "--one-task", one_task]) == 0
    names = ("pairs", "clusters", "sections", "removed", "rejected")
    found = SimpleNamespace(**{name: spark.read.parquet(str(out / name)) for name in names})
    found.pairs_omitted = int(re.search(r"(\d+) pairs omitted", capsys.readouterr().err).group(1))
    wanted = compare(found, FEED, *words)
    assert all(len(kind) > 10 for kind in wanted) and found.pairs_omitted > 100
    assert len(compare_removed(found.removed, FEED, "--max-matches", "2", "--keep", "newest")) > 100
    refused = {(r["id"], r["reason"]) for r in rows(found.rejected)}
    assert refused == {("a", "no text"), ("vc-0508-001", "id was seen before"), (None, "no id")}


def test_readme(spark, tmp_path, monkeypatch):
    """Its lines, on the feed with numbers as ids, at the defaults."""
    import twicetold.spark

    code = re.search(r"^```py\n(.*?)^```$", (ROOT / "README.md").read_text(encoding="utf-8"), re.M | re.S).group(1)
    with open(FEED, encoding="utf-8") as f, open(tmp_path / "feed.jsonl", "w", encoding="utf-8") as to:
        articles = [(n, json.loads(line)["text"]) for n, line in enumerate(f)]
        to.writelines(json.dumps({"id": n, "text": text}) + "\n" for n, text in articles)
    spark.createDataFrame(articles, "id long, text string").coalesce(1).write.parquet(str(tmp_path / "feed.parquet"))
    # Spark's own working folder is where it was started
    for name in ("feed.parquet", "pairs"):
        code = code.replace(f'"{name}"', repr(str(tmp_path / name)))
    names, closed = {"spark": spark}, []
    with monkeypatch.context() as patched:
        patched.setattr(twicetold.spark.Result, "close", lambda result: closed.append(result))
        exec(code, names)
    result = names["r"]
    assert closed == [result]
    compare(result, tmp_path / "feed.jsonl")
    assert rows(result.rejected) == []
    kept = compare_removed(result.removed, tmp_path / "feed.jsonl")
    assert sorted(r["id"] for r in rows(result.kept)) == kept and result.kept.columns == ["id", "text"]
    assert pairs_of(rows(spark.read.parquet(str(tmp_path / "pairs")))) == pairs_of(rows(result.pairs))
    result.close()


def test_made_while_an_executor_is_lost(spark, made, monkeypatch):
    """All that one executor has, shuffled and kept, is gone in the middle; and groups and sections take the
    rounds of a large corpus."""
    import twicetold.spark
    from twicetold.spark import _stages

    killed = []
    keep_step = _stages.Stages.keep

    def keep_and_kill(self, df, name):
        if name == "stars-1" and not killed:
            killed.extend(executors()[:1])
            os.kill(killed[0], signal.SIGKILL)
        return keep_step(self, df, name)

    monkeypatch.setattr(_stages.Stages, "keep", keep_and_kill)
    monkeypatch.setattr(_stages, "IN_ONE_TASK", 0)
    monkeypatch.setattr(_stages.Stages, "is_broadcast", lambda self, df: False)
    keep = "source:Harbour Wire,,Inland Service,Harbour Wire"
    with twicetold.spark.scan(frame(spark, made, "source"), keep=keep, max_matches=3, one_task=0) as result:
        compare(result, made, "--keep", keep, "--max-matches", 3)
    assert len(killed) == 1


@pytest.mark.parametrize("one_task", [0, "64M"])
def test_notices_are_those_of_the_command(spark, tmp_path, one_task):
    """Learned, by one task or from what several verified, and given."""
    import twicetold
    import twicetold.spark

    articles, page = paywall_page()
    df = spark.createDataFrame([(a["id"], a["text"]) for a in articles], "id string, text string")
    with twicetold.spark.scan(df.coalesce(1), one_task=one_task) as found:
        wanted = twicetold.scan(PAYWALL)
        assert len(wanted.notices) > 0
        assert sorted((r["a"], r["b"], r["relation"]) for r in rows(found.pairs)) == sorted(
            (p["a"], p["b"], p["relation"]) for p in wanted.pairs
        )
        assert {r["kind"] for r in rows(found.sections)} == {"notice"}
    wanted.write(tmp_path / "list")
    df = spark.createDataFrame([(a["id"], a["text"]) for a in (articles[0], page)], "id string, text string")
    with twicetold.spark.scan(df.coalesce(1), notices=tmp_path / "list", one_task=one_task) as found:
        assert {r["kind"] for r in rows(found.sections)} == {"notice"}
        assert {r["relation"] for r in rows(found.pairs)} == {"boilerplate"}
    with pytest.raises(twicetold.InvalidError, match="seed"):
        twicetold.spark.scan(df, notices=tmp_path / "list", one_task=one_task, seed=7).pairs.collect()


def test_two_thousand_articles_take_a_few_jobs(spark, tmp_path):
    """Little data takes seconds, not minutes: some jobs of Spark where a large run has more than a hundred."""
    import twicetold.spark

    df = frame(spark, FEED)
    texts = df.select("text").crossJoin(spark.range(7).withColumnRenamed("id", "n"))
    many = texts.selectExpr("cast(row_number() over (order by n, text) as long) as id", "concat(n, text) as text")
    many.coalesce(1).write.parquet(str(tmp_path / "many"))
    tracker = spark.sparkContext.statusTracker()
    spark.sparkContext.setJobGroup("few", "")
    with twicetold.spark.scan(spark.read.parquet(str(tmp_path / "many"))) as found:
        assert found.pairs.count() > 2000
    assert len(tracker.getJobIdsForGroup("few")) <= 6
    spark.sparkContext.setLocalProperty("spark.jobGroup.id", None)


def test_mistakes(spark):
    import twicetold
    import twicetold.spark

    df = spark.createDataFrame([(1, "a")], "id long, text string")
    with pytest.raises(twicetold.InvalidError, match='no column "body"'):
        twicetold.spark.scan(df, text="body")
    with pytest.raises(twicetold.InvalidError, match='no column "source"'):
        twicetold.spark.scan(df, keep="source:A")
    with pytest.raises(TypeError, match="did you mean 'overlap'"):
        twicetold.spark.scan(df, overlp=0.5)
    with pytest.raises(TypeError, match="threads"):
        twicetold.spark.scan(df, threads=1)
