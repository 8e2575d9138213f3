"""Shared by run, worst and scale: building, corpora, measuring a process, context, tables."""
import datetime
import hashlib
import json
import math
import os
import platform
import signal
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.normpath(os.path.join(HERE, "..", ".."))
WORK = os.path.join(ROOT, "build", "peers")
RESULTS = os.path.join(ROOT, "bench", "results")

RESEMBLANCE = ["--pairs", "--clusters", "--containment", "off", "--overlap", "off",
               "--facts", "off"]


def build(commit):
    """The path of the command, and its commit."""
    made = subprocess.run([os.path.join(HERE, "build")] + ([commit] if commit else []),
                          stdout=subprocess.PIPE, text=True)
    if made.returncode:
        sys.exit("the command does not build")
    return made.stdout.strip(), commit_name(commit)


def git(*arguments):
    return subprocess.run(["git", "-C", ROOT, *arguments], capture_output=True,
                          text=True).stdout.strip()


def commit_name(commit):
    if commit:
        return git("rev-parse", "--short=12", commit)
    name = git("rev-parse", "--short=12", "HEAD") or "unknown"
    changed = git("status", "--porcelain", "--", "engine", "cli", "include", "CMakeLists.txt")
    return name + (" and changes" if changed else "")


def scan(command, articles, threads, options):
    return [command, "scan", "--quiet", "--threads", str(threads), *options, articles]


# ---- measuring -----------------------------------------------------------------------------------

class Usage:
    """Seconds and bytes of one process and its children."""

    def __init__(self, user, system, wall, peak, stopped):
        self.cpu = user + system
        self.wall = wall
        self.peak = peak * 1024
        self.stopped = stopped  # it reached the limit


def measure(arguments, output=os.devnull, limit=0, environment=None):
    """Runs one process to its end, with standard output to a file. Returns None if it fails.

    It is stopped after `limit` seconds of CPU. The peak is that of the largest single process.
    """
    launcher = [sys.executable, "-I", "-S", os.path.join(HERE, "launch.py"),
                str(math.ceil(limit)), output]
    with tempfile.TemporaryFile() as errors:
        said = subprocess.run(launcher + arguments, stdout=subprocess.PIPE, stderr=errors,
                              env=environment, check=True)
        user, system, wall, peak, status = map(float, said.stdout.split())
        stopped = limit > 0 and -status == signal.SIGXCPU
        if status and not stopped:
            errors.seek(0)
            last = errors.read().decode(errors="replace").strip().splitlines()[-1:]
            print(f"failed ({status:.0f}, {wall:.1f} s): {' '.join(arguments)}: {' '.join(last)}",
                  file=sys.stderr)
            return None
        return Usage(user, system, wall, peak, stopped)


def spread(usages, what):
    values = [getattr(u, what) for u in usages]
    return statistics.median(values), min(values)


# ---- corpora -------------------------------------------------------------------------------------

class Corpus:
    def __init__(self, path, made_by):
        self.path = path
        self.made_by = made_by
        self.size = os.path.getsize(path)
        self.sha256, self.articles = digest(path)


def contents(path):
    with open(path, "rb") as data:
        return data.read()


def digest(path):
    """The sha256 of a file and the number of its lines. Reading it also puts it into the page cache."""
    out, lines = hashlib.sha256(), 0
    with open(path, "rb") as data:
        while part := data.read(1 << 20):
            out.update(part)
            lines += part.count(b"\n")
    return out.hexdigest(), lines


def news(articles, seed=1):
    """Generated news, made once; the name contains the last change of the generator."""
    generator = os.path.join(ROOT, "corpora", "made", "generate.py")
    sources = [os.path.join(os.path.dirname(generator), n) for n in
               ("generate.py", "series.py", "words.py")]
    version = hashlib.sha256(b"".join(map(contents, sources))).hexdigest()[:8]
    options = ["--articles", str(articles), "--profile", "scale", "--seed", str(seed)]
    folder = os.path.join(WORK, "corpora", f"scale-{articles}-{seed}-{version}")
    path = os.path.join(folder, "articles.jsonl")
    if not os.path.exists(path):
        part = folder + ".part"
        subprocess.run([sys.executable, "-B", generator, *options, "--pairs", "star",
                        "--out", part], check=True)
        os.rename(part, folder)
    return Corpus(path, "corpora/made/generate.py " + " ".join(options))


# ---- context and tables ----------------------------------------------------------------------------

def processor():
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            for line in lines:
                if line.startswith("model name"):
                    return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.machine()


def compiler():
    said = subprocess.run([os.environ.get("CC", "cc"), "--version"], capture_output=True, text=True)
    return said.stdout.splitlines()[0] if said.stdout else "unknown"


def load():
    return " ".join(f"{x:.2f}" for x in os.getloadavg())


def context(command, commit, invocation):
    version = subprocess.run([command, "--version"], capture_output=True, text=True).stdout.strip()
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S+00:00"),
        "library_version": version, "commit": commit, "library_build_type": "release",
        "compiler": compiler(), "cpu": processor(), "num_cpus": os.cpu_count(),
        "kernels": os.environ.get("TT_KERNELS", "chosen at run time"), "load_before": load(),
        "command": invocation, "json_schema_version": 1,
    }


def facts(known, corpora):
    """The context as lines of Markdown."""
    lines = [f"- {known['date'][:10]}, {known['library_version']} at commit {known['commit']}, "
             f"{known['compiler']}, RelWithDebInfo",
             f"- {known['cpu']}, {known['num_cpus']} processors; load average (1, 5, 15 min) "
             f"{known['load_before']} before, {known['load_after']} after",
             f"- `{known['command']}`"]
    for name, corpus in corpora:
        lines.append(f"- {name}: `{corpus.made_by}`: {corpus.articles:,} articles, "
                     f"{corpus.size / 1e6:.1f} MB, sha256 `{corpus.sha256[:16]}`")
    return lines


def entries(name, threads, usages, **counters):
    """Records of the runs of one thing, as Google Benchmark's compare.py reads them."""
    out = []
    for number, usage in enumerate(usages):
        out.append({"name": name, "run_name": name, "run_type": "iteration",
                    "repetitions": len(usages), "repetition_index": number, "threads": threads,
                    "iterations": 1, "real_time": usage.wall * 1e3, "cpu_time": usage.cpu * 1e3,
                    "time_unit": "ms", "peak_rss_bytes": usage.peak,
                    **{k: v for k, v in counters.items() if v is not None}})
    return out


def table(header, rows, left=1):
    """A Markdown table with even columns; the first `left` of them are texts."""
    cells = [[str(c) for c in row] for row in [header] + rows]
    widths = [max(len(r[k]) for r in cells) for k in range(len(header))]
    lines = []
    for number, row in enumerate(cells):
        lines.append("| " + " | ".join(c.ljust(w) if k < left else c.rjust(w) for k, (c, w) in
                                       enumerate(zip(row, widths))) + " |")
        if number == 0:
            lines.append("|" + "|".join("-" * (w + 2) if k < left else "-" * (w + 1) + ":"
                                        for k, w in enumerate(widths)) + "|")
    return lines


def store(name, known, benchmarks, text, folder=RESULTS):
    os.makedirs(folder, exist_ok=True)
    known["load_after"] = known.get("load_after", load())
    put(os.path.join(folder, name + ".json"),
        json.dumps({"context": known, "benchmarks": benchmarks}, indent=1) + "\n")
    put(os.path.join(folder, name + ".md"), text)


def put(path, text):
    with open(path + ".part", "w", encoding="utf-8") as to:
        to.write(text)
    os.replace(path + ".part", path)
