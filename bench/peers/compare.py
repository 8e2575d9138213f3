"""Measures twicetold beside other tools that find near-duplicates, on one corpus.

    bench/peers/run [--articles N] [--runs R] [--only NAMES] [--slow] [--commit COMMIT] [--out DIR]

Installs the peers at pinned versions (requirements.txt) under build/peers, generates news
(corpora/made/generate.py, profile scale), and runs each tool R times, interleaved (A B C A B C),
each run in a separate process, from the JSON Lines file to the pairs on disk. CPU time is user and
system time of the process and its children, as wait4 reports it. peers.py describes the peers.
Recall and precision are relative to every pair of exact resemblance >= 0.7 that brute force
(tests/brute/brute.c) finds; see score.py. With --commit the command is built from that commit,
otherwise from the working tree; TWICETOLD names one that is already built. --slow also runs two
slow peers, once each; text-dedup needs Python 3.12 (python3.12 on the path).
"""
import argparse
import json
import os
import shlex
import subprocess
import sys

import measure

REQUIREMENTS = os.path.join(measure.HERE, "requirements.txt")
BRUTE_LIMIT = 300000  # articles; brute force needs about 25 bytes a word
FLAGS_ONLY = ("rensa-flags", "rensa-rho")

# name in peers.py, name in the table, threads
PEERS = [
    ("gaoya", "gaoya 0.2.2", 1),
    ("gaoya", "gaoya 0.2.2", 2),
    ("rensa", "rensa 0.5.0, R-MinHash", 1),
    ("rensa-flags", "rensa 0.5.0, R-MinHash, flags only", 1),
    ("rensa-rho", "rensa 0.5.0, rho, flags only", 1),
    ("datasketch-xxh", "datasketch 2.0.0 with xxHash", 1),
    ("datasketch", "datasketch 2.0.0", 1),
]
# and the Python and packages it needs
SLOW = [
    ("datatrove", "datatrove 0.10.1, words by regex", 1, sys.executable,
     ["datatrove[processing]==0.10.1", "numpy==2.4.6", "orjson==3.13.0", "tokenizers==0.23.3"]),
    ("text-dedup", "text-dedup 0.4.1", 1, "python3.12", ["orjson==3.13.0", "text-dedup==0.4.1"]),
]
NOTES = """
Every tool runs from the JSON Lines file to the pairs on disk, with shingles of 5 words, 128 values
and a threshold of 0.7. Peers use lower-cased `\\w+` words and 16 bands of 8, and list the pairs whose
estimate is 0.7 or more. CPU is user and system time of the process and its children, including the
interpreter. CPU and wall time are the median of the runs, followed by the least; "x ours" is the
least CPU time of the tool divided by that of the first row. The peak is that of the largest process,
including mapped files. Recall and precision are relative to all pairs of exact resemblance >= 0.7 by
brute force, with articles of the same words expanded on both sides (`bench/peers/score.py`); "of
articles" counts only whether an article has a copy, which is all that a flags-only path reports.
"everything" also looks for containment, overlap, facts and sections; its recall and precision are
those of its pairs of resemblance >= 0.7. The rho method of rensa samples about 15 shingles of a text.

Not measured here, because `bench/peers/run` cannot fetch them (they are built from source):
duplodocus, minhash-rs, bff. Google's deduplicate-text-datasets (suffix array) has `bench/peers/suffix`.
datatrove and text-dedup list clusters, whose pairs are all pairs of members; they run only with `--slow`.
""".strip()


class Row:
    """One row of the table: how to run the tool, and its results."""

    def __init__(self, key, label, threads, arguments, environment=None):
        self.key = key
        self.label = label
        self.threads = threads
        self.arguments = arguments
        self.environment = environment
        self.runs = None  # None: as many as requested
        self.usages = []
        self.score = {}

    def result(self, folder):
        return os.path.join(folder, f"{self.key}-{self.threads}.jsonl")


def install(name, python, wanted):
    """The interpreter of a virtual environment with the given packages, or None if it cannot be made."""
    folder = os.path.join(measure.WORK, "venv-" + name)
    stamp = os.path.join(folder, "installed")
    inside = os.path.join(folder, "bin", "python")
    wanted = [python] + wanted
    if os.path.exists(stamp) and measure.contents(stamp).decode() == " ".join(wanted):
        return inside
    try:
        subprocess.run([python, "-m", "venv", "--clear", folder], check=True)
        subprocess.run([inside, "-m", "pip", "install", "--quiet", "--only-binary", ":all:",
                        *wanted[1:]], check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"{name} is not measured, it does not install: {error}", file=sys.stderr)
        return None
    measure.put(stamp, " ".join(wanted))
    return inside


def rows_of(options, command, corpus, folder):
    rows = []
    for label, key, chosen in (("resemblance", "ours-resemblance", measure.RESEMBLANCE),
                               ("everything", "ours-everything", [])):
        for threads in (1, 2):
            row = Row(key, f"twicetold, {label}", threads, None)
            row.arguments = measure.scan(command, corpus.path, threads,
                                         chosen + ["--output", row.result(folder)])
            rows.append(row)
    python = install("peers", sys.executable, ["--no-deps", "--requirement", REQUIREMENTS])
    peers = [(*peer, python, options.runs) for peer in PEERS]
    if options.slow:
        peers += [(key, label, threads, install(key, using, wanted), 1)
                  for key, label, threads, using, wanted in SLOW]
    only = options.only.split(",") if options.only else [p[0] for p in peers]
    for key, label, threads, python, runs in peers:
        if python is None or key not in only:
            continue
        row = Row(key, label, threads, None, dict(os.environ, RAYON_NUM_THREADS=str(threads)))
        row.arguments = [python, "-B", os.path.join(measure.HERE, "peers.py"), key, str(threads),
                         corpus.path, row.result(folder)]
        row.runs = runs
        rows.append(row)
    return rows


def run_all(rows, options):
    for turn in range(options.runs):
        for row in rows:
            if len(row.usages) < turn or turn == row.runs:
                continue  # it failed before, or has finished
            usage = measure.measure(row.arguments, limit=options.limit, environment=row.environment)
            if usage and not usage.stopped:
                row.usages.append(usage)
                print(f"{turn + 1}/{options.runs} {row.label}, {row.threads} threads: "
                      f"{usage.cpu:.2f} s CPU, {usage.wall:.2f} s", file=sys.stderr)


def gold_of(corpus):
    """The pairs of brute force, found once for each corpus, or None if the corpus is too large."""
    if corpus.articles > BRUTE_LIMIT:
        return None
    path = os.path.join(os.path.dirname(corpus.path), "brute.jsonl")
    if not os.path.exists(path):
        with open(path + ".part", "wb") as to:
            subprocess.run([os.path.join(measure.WORK, "brute"), "--resemblance", "0.7",
                            "--containment", "2", corpus.path], stdout=to, check=True)
        os.rename(path + ".part", path)
    return path


def score(rows, corpus, folder):
    """Runs in a separate process, so that its memory is freed when it ends."""
    gold = gold_of(corpus)
    rows = [r for r in rows if r.usages]
    if gold is None:
        return
    said = subprocess.run([sys.executable, "-B", os.path.join(measure.HERE, "score.py"),
                           corpus.path, gold] + [r.result(folder) for r in rows],
                          stdout=subprocess.PIPE, text=True, check=True)
    for row, line in zip(rows, said.stdout.splitlines()):
        row.score = json.loads(line)


def share(value):
    return "" if value is None else f"{value:.4f}"


def lines_of(rows):
    base = measure.spread(rows[0].usages, "cpu")[1]
    out = []
    for row in rows:
        if not row.usages:
            out.append([row.label, row.threads] + ["failed"] + [""] * 9)
            continue
        middle, least = measure.spread(row.usages, "cpu")
        wall, least_wall = measure.spread(row.usages, "wall")
        peak = max(u.peak for u in row.usages)
        s = row.score
        out.append([row.label, row.threads, f"{middle:.3f}", f"{least:.3f}", f"{wall:.3f}",
                    f"{least_wall:.3f}", f"{peak / 1e6:.0f}", share(s.get("recall")),
                    share(s.get("precision")), share(s.get("articles_recall")),
                    share(s.get("articles_precision")), f"{least / base:.1f}"])
    return out


def targets(rows):
    """The targets, and whether the table meets them."""
    least = {(r.key, r.threads): measure.spread(r.usages, "cpu")[1] for r in rows if r.usages}
    ours, everything = least.get(("ours-resemblance", 1)), least.get(("ours-everything", 1))
    listing = {k: v for k, v in least.items()
               if not k[0].startswith("ours") and k[0] not in FLAGS_ONLY}
    out = []

    def line(what, value, bound):
        out.append([what, f"{value:.3f}" if bound <= 1 else f"{value:.1f}", f">= {bound}",
                    "yes" if value >= bound else "NO"])

    if ours and listing:
        fastest = min(listing, key=listing.get)
        line(f"CPU of the fastest peer ({fastest[0]}) / resemblance", listing[fastest] / ours, 20)
        for name in ("datasketch-xxh", "datasketch"):
            if (name, 1) in least:
                line(f"CPU of {name} / resemblance", least[name, 1] / ours, 60)
        if everything:
            line(f"CPU of the fastest peer ({fastest[0]}) / everything",
                 listing[fastest] / everything, 8)
    first = rows[0].score
    if first.get("recall") is not None:
        line("recall", first["recall"], 0.995)
        line("precision", first["precision"], 1)
    for key in ("ours-resemblance", "ours-everything"):
        walls = [measure.spread(r.usages, "wall")[1] for r in rows if r.key == key and r.usages]
        if len(walls) == 2:
            line(f"two threads' speed over one's, {key[5:]}", walls[0] / walls[1], 1.7)
    return out


def report(rows, known, corpus):
    header = ["tool", "threads", "CPU s", "least", "wall s", "least", "peak MB", "recall",
              "precision", "recall of articles", "precision of articles", "x ours"]
    text = [f"# Peers on {corpus.articles:,} articles", ""]
    text += measure.facts(known, [("corpus", corpus)]) + [""]
    text += measure.table(header, lines_of(rows)) + [""]
    text += measure.table(["target", "measured", "wanted", "met"], targets(rows)) + [""]
    return "\n".join(text + [NOTES, ""])


def records(rows, corpus):
    out = []
    for row in rows:
        out += measure.entries(f"peers/{row.key}/articles:{corpus.articles}/threads:{row.threads}",
                               row.threads, row.usages, **row.score)
    return out


def short(articles):
    for unit, name in ((1000000, "m"), (1000, "k")):
        if articles % unit == 0:
            return f"{articles // unit}{name}"
    return str(articles)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--articles", type=int, default=10000, help="(default 10000)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--runs", type=int, default=3, help="of each tool (default 3)")
    parser.add_argument("--only", metavar="NAMES", help="these peers: " +
                        ",".join(dict.fromkeys(k for k, _, _ in PEERS)))
    parser.add_argument("--slow", action="store_true", help="measure two slow peers as well")
    parser.add_argument("--limit", type=float, default=3600, metavar="SECONDS",
                        help="of CPU; a tool that takes more has failed (default 3600)")
    parser.add_argument("--commit", help="measure this commit, not the working tree")
    parser.add_argument("--out", default=measure.RESULTS, metavar="DIR",
                        help="where the results go (default bench/results)")
    options = parser.parse_args()
    os.makedirs(measure.WORK, exist_ok=True)
    command, commit = measure.build(options.commit)
    corpus = measure.news(options.articles, options.seed)
    folder = os.path.join(measure.WORK, "found")
    os.makedirs(folder, exist_ok=True)
    known = measure.context(command, commit,
                            shlex.join(["bench/peers/run"] + sys.argv[1:]))
    rows = rows_of(options, command, corpus, folder)
    run_all(rows, options)
    known["load_after"] = measure.load()
    if not rows[0].usages:
        sys.exit("our own run failed")
    score(rows, corpus, folder)
    text = report(rows, known, corpus)
    print(text)
    measure.store("peers-" + short(options.articles), dict(known, corpus_sha256=corpus.sha256),
                  records(rows, corpus), text, options.out)


if __name__ == "__main__":
    main()
