"""Measures other tools that find near-duplicates, and ours, on one corpus and side by side.

    bench/peers/run [--articles N] [--runs R] [--only NAMES] [--commit COMMIT] [--out DIR]

Installs the peers at pinned versions (requirements.txt) in build/peers/venv, generates news
(corpora/made/generate.py, profile scale), and runs each tool R times, interleaved (A B C A B C), each
run a process of its own from the JSON Lines file to the pairs on disk. CPU time is user and system
time of the process and its children, as wait4 gives it. Peers: see peers.py. Recall and precision:
against every pair of exact resemblance >= 0.7 that brute force (tests/brute/brute.c) finds, see
score.py. With --commit the command is built from that commit, else from the working tree;
TWICETOLD names one that is built.
"""
import argparse
import json
import os
import shlex
import subprocess
import sys

import measure

VENV = os.path.join(measure.WORK, "venv")
VENV_PYTHON = os.path.join(VENV, "bin", "python")
BRUTE_LIMIT = 300000  # articles; brute force holds some 25 bytes a word
FLAGS_ONLY = ("rensa-flags", "rensa-rho")

# name in peers.py: (what the table says, threads)
PEERS = [
    ("gaoya", "gaoya 0.2.2", 1),
    ("gaoya", "gaoya 0.2.2", 2),
    ("rensa", "rensa 0.5.0, R-MinHash", 1),
    ("rensa-flags", "rensa 0.5.0, R-MinHash, flags only", 1),
    ("rensa-rho", "rensa 0.5.0, rho, flags only", 1),
    ("datasketch-xxh", "datasketch 2.0.0 with xxHash", 1),
    ("datasketch", "datasketch 2.0.0", 1),
]
NOTES = """
Every tool: from the JSON Lines file to the pairs on disk, shingles of 5 words, 128 values, threshold
0.7; peers take lower-cased `\\w+` words and 16 bands of 8, and list the pairs whose own estimate is
0.7 or more. CPU is user and system time of the process and its children, interpreter included;
x ours is the tool's least CPU time over that of ours in the first row. The peak is that of the largest
process; files that are mapped count. Recall and precision are those of all pairs of exact
resemblance >= 0.7 by brute force, articles with the same words expanded on both sides
(`bench/peers/score.py`); "of articles" says only whether an article has a copy, all that a
flags-only path tells. "everything" also looks for containment, overlap, facts and sections.

Not measured here, because they are not on the package index that `bench/peers/run` installs from:
duplodocus, Google's deduplicate-text-datasets (suffix array) and other Rust programs that are built
from source. rensa's rho samples some 15 shingles of a text.
""".strip()


class Row:
    """One line of the table: how to run it, and what came of it."""

    def __init__(self, key, label, threads, arguments, environment=None):
        self.key = key
        self.label = label
        self.threads = threads
        self.arguments = arguments
        self.environment = environment
        self.usages = []
        self.score = {}

    def result(self, folder):
        return os.path.join(folder, f"{self.key}-{self.threads}.jsonl")


def install():
    wanted = os.path.join(measure.HERE, "requirements.txt")
    stamp = os.path.join(VENV, "installed")
    with open(wanted, encoding="utf-8") as f:
        wanted_text = f.read()
    if os.path.exists(stamp) and open(stamp, encoding="utf-8").read() == wanted_text:
        return
    subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=True)
    subprocess.run([VENV_PYTHON, "-m", "pip", "install", "--quiet", "--only-binary", ":all:",
                    "--no-deps", "--requirement", wanted], check=True)
    measure.put(stamp, wanted_text)


def rows_of(options, command, corpus, folder):
    rows = []
    for label, key, chosen in (("resemblance", "ours-resemblance", measure.RESEMBLANCE),
                               ("everything", "ours-everything", [])):
        for threads in (1, 2):
            row = Row(key, f"twicetold, {label}", threads, None)
            row.arguments = measure.scan(command, corpus.path, threads,
                                         chosen + ["--output", row.result(folder)])
            rows.append(row)
    for key, label, threads in PEERS:
        row = Row(key, label, threads, None, dict(os.environ, RAYON_NUM_THREADS=str(threads)))
        row.arguments = [VENV_PYTHON, "-B", os.path.join(measure.HERE, "peers.py"), key,
                         str(threads), corpus.path, row.result(folder)]
        rows.append(row)
    if options.only:
        only = options.only.split(",")
        rows = [r for r in rows if r.key in only or r.key.startswith("ours")]
    return rows


def run_all(rows, options):
    for turn in range(options.runs):
        for row in rows:
            if len(row.usages) < turn:
                continue  # it failed before
            usage = measure.measure(row.arguments, limit=options.limit, environment=row.environment)
            if usage:
                row.usages.append(usage)
                print(f"{turn + 1}/{options.runs} {row.label}, {row.threads} threads: "
                      f"{usage.cpu:.2f} s CPU, {usage.wall:.2f} s", file=sys.stderr)


def gold_of(corpus):
    """Brute force's pairs, found once a corpus, or None if it is too large for that."""
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
    """In a process of its own, whose memory goes when it ends."""
    gold = gold_of(corpus)
    rows = [r for r in rows if r.usages]
    if gold is None:
        return
    said = subprocess.run([sys.executable, "-B", os.path.join(measure.HERE, "score.py"), corpus.path,
                           gold] + [r.result(folder) for r in rows],
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
    """What issue 4 asks of the table, and whether it is so."""
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
    parser.add_argument("--limit", type=float, default=3600, metavar="SECONDS",
                        help="a tool that takes longer has failed (default 3600)")
    parser.add_argument("--commit", help="measure this commit, not the working tree")
    parser.add_argument("--out", default=measure.RESULTS, metavar="DIR",
                        help="where the results go (default bench/results)")
    options = parser.parse_args()
    os.makedirs(measure.WORK, exist_ok=True)
    command, commit = measure.build(options.commit)
    install()
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
