"""Measures how the cost of a scan on Spark grows with the number of articles.

    bench/spark/run [--articles LIST] [--no-broadcast] [--little] [--memory MB] [--out DIR]

Generated news (corpora/made/generate.py, profile scale, seed 1) as Parquet files of 12,500 articles,
scanned on two executors of one core each, in separate processes (local-cluster), with one shuffle
partition for each file. At these sizes Spark broadcasts many tables that it would shuffle in a large run;
with --no-broadcast it shuffles all of them. With --little the JVM compiles at its first level only. The bytes
shuffled, spilled and written come from the event log of Spark; all pairs, clusters and sections are compared
with those of the command. Writes bench/results/spark.md and .json, and keeps their other sizes.
"""
import argparse
import collections
import contextlib
import glob
import json
import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "peers"))
import measure

WORK = os.path.join(measure.ROOT, "build", "spark")
COMMAND = os.path.join(sysconfig.get_path("scripts"), "twicetold")
IN_A_FILE = 12500
MEMORY = 3072
NUMBERS = ("resemblance", "containment_a", "containment_b", "overlap_a", "overlap_b", "facts")
OUTSIDE = "result"  # the last joins, which run when the frames are written


# ---- The corpus as Parquet -----------------------------------------------------------------------

def records(path):
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def parquet_of(corpus):
    """A folder of Parquet files of the articles, in order of name; made once."""
    import pyarrow
    import pyarrow.parquet
    folder = os.path.join(WORK, f"articles-{corpus.articles}-{corpus.sha256[:12]}")
    if os.path.exists(folder):
        return folder
    part, batch = folder + ".part", []
    shutil.rmtree(part, ignore_errors=True)
    os.makedirs(part)

    def write(number):
        table = pyarrow.table({name: [r[name] for r in batch] for name in ("id", "text")})
        pyarrow.parquet.write_table(table, os.path.join(part, f"{number:05d}.parquet"))

    for number, record in enumerate(records(corpus.path), 1):
        batch.append(record)
        if len(batch) == IN_A_FILE or number == corpus.articles:
            write(number // IN_A_FILE)
            batch = []
    os.rename(part, folder)
    return folder


# ---- Processor time ------------------------------------------------------------------------------

class Clock(threading.Thread):
    """Adds up the processor time of all descendants of this process, JVMs and Python workers. Unlike the time
    of tasks it does not depend on other load. The last half second of a process may be missed."""

    def __init__(self):
        super().__init__(daemon=True)
        self.done = threading.Event()
        self.seconds = {}  # process, start time -> its time and that of its ended children

    def run(self):
        while not self.done.wait(0.5):
            self.look()

    def look(self):
        found = {}
        for name in filter(str.isdigit, os.listdir("/proc")):
            with contextlib.suppress(OSError), open(f"/proc/{name}/stat", encoding="utf-8", errors="replace") as f:
                found[name] = f.read().rsplit(")", 1)[1].split()
        ours = {str(os.getpid())}
        for name in sorted(found, key=lambda name: int(found[name][19])):  # parents before children
            parent, user, system, began = (found[name][k] for k in (1, 11, 12, 19))
            if parent in ours:
                ours.add(name)
                self.seconds[name, began] = (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def total(self):
        self.look()
        return sum(self.seconds.values())


# ---- One run -------------------------------------------------------------------------------------

# Most of a run of 10,000 articles is spent compiling code in the JVM that is soon unused.
FIRST_LEVEL = "-XX:TieredStopAtLevel=1"
FOR_LITTLE = {"spark.executor.extraJavaOptions": FIRST_LEVEL, "spark.driver.extraJavaOptions": FIRST_LEVEL}


def session(corpus, options, events):
    from pyspark.sql import SparkSession
    os.environ["PYSPARK_PYTHON"] = sys.executable
    parts = max(4, -(-corpus.articles // IN_A_FILE))
    settings = {
        "spark.ui.enabled": "false",
        "spark.driver.host": "localhost",
        "spark.driver.memory": "2g",
        "spark.executor.memory": f"{options.memory}m",
        "spark.sql.shuffle.partitions": str(parts),
        **({"spark.sql.autoBroadcastJoinThreshold": "-1"} if options.no_broadcast else {}),
        **(FOR_LITTLE if options.little else {}),
        "spark.eventLog.enabled": "true",
        "spark.eventLog.dir": "file://" + events,
        "spark.executor.processTreeMetrics.enabled": "true",
        "spark.executor.metrics.pollingInterval": "1s",
        "spark.local.dir": os.path.join(WORK, "local"),
        "spark.worker.cleanup.enabled": "true",
    }
    builder = SparkSession.builder.master(f"local-cluster[2,1,{options.memory + 1024}]").appName("growth")
    for name, value in settings.items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    return spark


def scan(corpus, folder, options):
    """The cost and the results of one scan, run as the job of the package runs it."""
    from twicetold.spark.__main__ import main
    work = os.path.join(WORK, "run")
    shutil.rmtree(work, ignore_errors=True)
    for name in ("events", "steps"):
        os.makedirs(os.path.join(work, name))
    spark = session(corpus, options, os.path.join(work, "events"))
    spark.range(1).count()  # the executors have started
    spark.sparkContext.setLocalProperty("spark.job.description", f"twicetold: {OUTSIDE}")
    clock = Clock()
    clock.start()
    before, began = clock.total(), time.monotonic()
    out = os.path.join(work, "out")
    if main([folder, out, "--work", "file://" + os.path.join(work, "steps")]) != 0:
        sys.exit("the scan failed")
    wall, cpu = time.monotonic() - began, clock.total() - before
    clock.done.set()
    spark.stop()
    log, = glob.glob(os.path.join(work, "events", "*"))
    return {"wall": round(wall, 1), "cpu": round(cpu, 1), "steps": steps_of(log), "out": out}


COUNTED = {
    "read": lambda m: m["Shuffle Read Metrics"]["Remote Bytes Read"]
                      + m["Shuffle Read Metrics"]["Local Bytes Read"],
    "written": lambda m: m["Shuffle Write Metrics"]["Shuffle Bytes Written"],
    "rows": lambda m: m["Shuffle Write Metrics"]["Shuffle Records Written"],
    "spilled": lambda m: m["Disk Bytes Spilled"],
    "input": lambda m: m["Input Metrics"]["Bytes Read"],
    "output": lambda m: m["Output Metrics"]["Bytes Written"],
    "seconds": lambda m: m["Executor Run Time"] / 1000,
    "jvm_cpu": lambda m: m["Executor CPU Time"] / 1e9,
}
PEAKS = {"jvm": "ProcessTreeJVMRSSMemory", "python": "ProcessTreePythonRSSMemory"}


def name_of(properties):
    """The name of a step without the number of its round."""
    said = (properties or {}).get("spark.job.description", "")
    name = said.partition("twicetold: ")[2]
    head, _, last = name.rpartition("-")
    return head if last.isdigit() else name


def steps_of(log):
    """Step -> the cost of all its tasks, and the maximum of one."""
    names, steps = {}, {}
    with open(log, encoding="utf-8") as lines:
        for line in lines:
            event = json.loads(line)
            if event["Event"] == "SparkListenerStageSubmitted":
                names[event["Stage Info"]["Stage ID"]] = name_of(event.get("Properties"))
            if event["Event"] != "SparkListenerTaskEnd" or not event.get("Task Metrics"):
                continue
            name = names[event["Stage ID"]]
            if not name:
                continue
            step = steps.setdefault(name, collections.Counter())
            metrics = event["Task Metrics"]
            step["tasks"] += 1
            for what, value in COUNTED.items():
                step[what] += value(metrics)
            step["longest"] = max(step["longest"], metrics["Executor Run Time"] / 1000)
            for what, key in PEAKS.items():
                peak = event.get("Task Executor Metrics", {}).get(key, 0)
                step["peak_" + what] = max(step["peak_" + what], peak)
    return {name: {k: round(v, 3) for k, v in step.items()} for name, step in steps.items()}


# ---- The same as the command? --------------------------------------------------------------------

def table(out, name):
    import pyarrow.dataset
    return pyarrow.dataset.dataset(os.path.join(out, name), format="parquet").to_table()


def rows(table, names):
    return sorted(zip(*[table[n].to_pylist() for n in names]), key=repr)


def command_rows(path):
    pairs, clusters, sections, summary = [], [], [], None
    for line in records(path):
        kind = line["type"]
        if kind == "pair":
            pairs.append(tuple(line[n] for n in ("a", "b", "relation", *NUMBERS)))
        elif kind == "cluster":
            clusters += [(line["cluster"], line["keep"], a) for a in line["members"]]
        elif kind == "section":
            sections += [(line["section"], line["tokens"], o["article"], o["begin"], o["end"],
                          o.get("of_begin"), o.get("of_end"), o.get("similarity"))
                         for o in line["occurrences"]]
        else:
            summary = line
    return [sorted(kind, key=repr) for kind in (pairs, clusters, sections)], summary


COLUMNS = (("pairs", ("a", "b", "relation", *NUMBERS)), ("clusters", ("cluster", "keep", "article")),
           ("sections", ("section", "tokens", "article", "begin", "end", "of_begin", "of_end",
                         "similarity")))


def against_command(corpus, out):
    """The time of the command, and whether every row is the same."""
    result = os.path.join(WORK, "command.jsonl")
    usage = measure.measure(measure.scan(COMMAND, corpus.path, 2, ["--output", result]))
    wanted, summary = command_rows(result)
    os.remove(result)
    found = [rows(table(out, name), names) for name, names in COLUMNS]
    return {"cpu": round(usage.cpu, 2), "wall": round(usage.wall, 2),
            "peak": usage.peak, "pairs": summary["pairs"], "sections": summary["sections"],
            "same": found == wanted}


# ---- The page ------------------------------------------------------------------------------------

def total(size, what):
    return sum(step.get(what, 0) for step in size["steps"].values())


def peak(size, what):
    return max(step.get(what, 0) for step in size["steps"].values())


def little(size):
    return size.get("little", False)


def kept_name(size):
    return f"{size['articles']:,}" + ("" if size["broadcast"] else ", no broadcast") + ", little" * little(size)


def provenance(size):
    return (f"- {kept_name(size)}: `{size['remade']}`, {size['date']} at commit {size['commit']}; {size['corpus']}; "
            f"load average (1, 5, 15 min) {size['load_before']} before, {size['load_after']} after")


def page(known, sizes):
    head = ["articles", "wall s", "CPU s", "shuffle written, bytes an article", "shuffle read, bytes an article",
            "spilled MB", "kept, bytes an article", "Python peak MB", "JVM peak MB", "command, CPU s", "same rows"]
    lines = []
    for size in sizes:
        n = size["articles"]
        lines.append([
            kept_name(size), f"{size['wall']:.0f}", f"{size['cpu']:.0f}" if "cpu" in size else "",
            f"{total(size, 'written') / n:,.0f}", f"{total(size, 'read') / n:,.0f}",
            f"{total(size, 'spilled') / 1e6:,.0f}", f"{total(size, 'output') / n:,.0f}",
            f"{peak(size, 'peak_python') / 1e6:,.0f}", f"{peak(size, 'peak_jvm') / 1e6:,.0f}",
            f"{size['command']['cpu']:.1f}", "yes" if size["command"]["same"] else "NO"])
    text = ["# A scan on Spark, by the number of articles", "",
            f"- {known['library_version']}, {known['cpu']}, {known['num_cpus']} processors"]
    text += [provenance(size) for size in sizes] + [""]
    text += measure.table(head, lines) + ["", NOTES, "", "## By step", ""]
    last = sizes[-1]["steps"]
    order = sorted(last, key=lambda name: -last[name]["written"] - last[name]["seconds"])
    for title, what, scale, places in (("Shuffle written, bytes an article", "written", 1, 1),
                                       ("Rows shuffled an article", "rows", 1, 1),
                                       ("Time of tasks, ms an article", "seconds", 1000, 3)):
        rows = [[name] + [f"{s['steps'].get(name, {}).get(what, 0) / s['articles'] * scale:,.{places}f}" for s in sizes]
                for name in order]
        text += [title + ":", ""] + measure.table(["step"] + [kept_name(s) for s in sizes], rows) + [""]
    return "\n".join(text)


NOTES = """
Two executors of one core each; "little" means -XX:TieredStopAtLevel=1 for the JVMs. "CPU s" is the processor time of the driver's JVM, the executors and their Python
workers, from the start of the executors to the last row written. Wall times and times of tasks include waiting and mean little
under load. "kept" is the Parquet of the steps. Peaks are those of one executor, separately for its JVM and its Python workers. "same rows"
means that every pair, cluster and section is that of the command, with its numbers. Shuffles are compressed (lz4). Steps are
those on the pages of Spark; "result" is the last joins and writing the frames.
""".strip()


def key(size):
    return little(size), not size["broadcast"], size["articles"]


def earlier(folder):
    """The sizes in the results, by size, kind of joins and settings."""
    try:
        with open(os.path.join(folder, "spark.json"), encoding="utf-8") as f:
            return {key(size): size for size in json.load(f)["benchmarks"]}
    except OSError:
        return {}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--articles", default="10000,100000", metavar="LIST",
                        help="sizes, smallest first (default 10000,100000)")
    parser.add_argument("--no-broadcast", action="store_true",
                        help="shuffle every join, as a run does whose tables are large")
    parser.add_argument("--little", action="store_true",
                        help=f"JVMs for little data: {FIRST_LEVEL}")
    parser.add_argument("--memory", type=int, default=MEMORY, metavar="MB",
                        help=f"Java heap of an executor (default {MEMORY})")
    parser.add_argument("--out", default=measure.RESULTS, metavar="DIR")
    options = parser.parse_args()
    os.makedirs(os.path.join(WORK, "local"), exist_ok=True)
    invocation = shlex.join(["bench/spark/run"] + sys.argv[1:])
    known = measure.context(COMMAND, measure.commit_name(None), invocation)
    for articles in map(int, options.articles.split(",")):
        corpus = measure.news(articles)
        size = {"articles": corpus.articles, "bytes": corpus.size, "broadcast": not options.no_broadcast,
                "little": options.little,
                "corpus": f"`{corpus.made_by}`, {corpus.size / 1e6:.1f} MB, sha256 `{corpus.sha256[:16]}`",
                "remade": f"bench/spark/run --articles {articles}" + " --no-broadcast" * options.no_broadcast
                          + " --little" * options.little
                          + f" --memory {options.memory}" * (options.memory != MEMORY),
                "date": known["date"][:10], "commit": known["commit"], "load_before": measure.load()}
        size.update(scan(corpus, parquet_of(corpus), options))
        size["load_after"] = measure.load()
        size["command"] = against_command(corpus, size.pop("out"))
        sizes = earlier(options.out)
        sizes[key(size)] = size
        sizes = [sizes[k] for k in sorted(sizes)]
        text = page(known, sizes)
        measure.store("spark", known, sizes, text, options.out)
        shutil.rmtree(os.path.join(WORK, "run"))
    print(text)


if __name__ == "__main__":
    main()
