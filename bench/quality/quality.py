#!/usr/bin/env python3
"""Measures the quality of results and writes the table bench/results/quality.csv.

    bench/quality/run [--quick] [--articles N] [--seed S] [--out FILE] [--no-local]

Corpora are generated (corpora/made/generate.py) and kept under build/corpora, with what brute force
(tests/brute/brute.c) finds in them. TWICETOLD names the command to measure. Corpora that may not be
published are measured if ../shared/corpora has them. Exits with 1 if a target is missed.
"""
import argparse
import csv
import hashlib
import json
import os
import subprocess
import sys
import tempfile

import measures

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
MADE = os.path.join(ROOT, "corpora", "made")
CACHE = os.path.join(ROOT, "build", "corpora")
LOCAL = os.path.join(ROOT, "..", "shared", "corpora")
SECTION_KINDS = ("paragraph", "paragraph_replaced_5", "cut", "body_twice", "notice")


class Table:
    """The rows of the result; a target is (">=" or "<=" or "==", number)."""

    def __init__(self):
        self.rows = []
        self.missing = []

    def add(self, measure, corpus, value, target=None):
        met = ""
        if target:
            sign, bound = target
            met = {">=": value >= bound, "<=": value <= bound, "==": value == bound}[sign]
            met = "yes" if met else "NO"
        self.rows.append((measure, corpus, f"{value:.4f}" if isinstance(value, float) else value,
                          f"{target[0]} {target[1]}" if target else "", met))

    def share(self, measure, corpus, counts, target=None):
        have, total = counts
        if total == 0:
            self.missing.append(f"{measure} on {corpus}: nothing to measure")
            return
        self.add(measure, corpus, have / total, target)

    def write(self, path):
        os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
        with open(path + ".part", "w", encoding="utf-8", newline="") as to:
            out = csv.writer(to, lineterminator="\n")
            out.writerow(("measure", "corpus", "value", "target", "met"))
            out.writerows(self.rows)
        os.replace(path + ".part", path)

    def show(self):
        rows = [("measure", "corpus", "value", "target", "met")] + self.rows
        widths = [max(len(str(r[k])) for r in rows) for k in range(5)]
        for row in rows:
            print("  ".join(str(cell).rjust(w) if k == 2 else str(cell).ljust(w)
                            for k, (cell, w) in enumerate(zip(row, widths))).rstrip())
        for text in self.missing:
            print("not measured: " + text)

    def missed(self):
        return [row for row in self.rows if row[4] == "NO"]


# ---- running -----------------------------------------------------------------------------------

def command():
    return os.environ.get("TWICETOLD") or os.path.join(ROOT, "build", "release", "cli", "twicetold")


def scan(inputs, *options):
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "result.jsonl")
        done = subprocess.run([command(), "scan", "--quiet", *options, *inputs, "-o", out],
                              stderr=subprocess.PIPE, text=True)
        if done.returncode != 0:
            sys.exit(f"twicetold scan failed with {done.returncode}:\n{done.stderr}")
        with open(out, encoding="utf-8") as lines:
            return measures.Result(lines)


def digest(paths):
    h = hashlib.sha256()
    for path in paths:
        with open(path, "rb") as source:
            h.update(source.read())
    return h.hexdigest()


class Corpus:
    """A generated corpus with its gold standard and, if requested, all its pairs by brute force."""

    def __init__(self, profile, articles, seed, options=()):
        self.name = f"{profile} {articles}"
        # Brute force lists pairs with at least this resemblance or containment: as low as memory allows.
        self.least = 0.05 if articles <= 20000 else 0.5
        folder = os.path.join(CACHE, f"{profile}-{articles}-{seed}" + "".join(options))
        self.articles = os.path.join(folder, "articles.jsonl")
        stamp = digest(sorted(os.path.join(MADE, n) for n in os.listdir(MADE) if n.endswith(".py")))
        stamp_file = os.path.join(folder, "stamp")
        if not os.path.exists(stamp_file) or open(stamp_file).read() != stamp:
            subprocess.run([sys.executable, "-B", os.path.join(MADE, "generate.py"),
                            "--articles", str(articles), "--seed", str(seed),
                            "--profile", profile, "--out", folder, *options], check=True)
            if os.path.exists(os.path.join(folder, "brute.jsonl")):
                os.remove(os.path.join(folder, "brute.jsonl"))
            with open(stamp_file, "w") as to:
                to.write(stamp)
        with open(os.path.join(folder, "gold.jsonl"), encoding="utf-8") as lines:
            self.gold = measures.Gold(lines)
        self.texts = read_texts(self.articles)
        self.folder = folder

    def brute(self):
        path = os.path.join(self.folder, "brute.jsonl")
        program = os.path.join(ROOT, "build", "quality", "brute")
        if not os.path.exists(path) or os.path.getmtime(path) < os.path.getmtime(program):
            with open(path + ".part", "wb") as to:
                subprocess.run([program, "--resemblance", str(self.least), "--containment",
                                str(self.least), self.articles], stdout=to, check=True)
            os.replace(path + ".part", path)
        with open(path, encoding="utf-8") as lines:
            return measures.read_brute(lines)


def read_texts(path):
    with open(path, encoding="utf-8") as lines:
        return {r["id"]: r["text"] for r in map(json.loads, lines)}


# ---- generated corpora -------------------------------------------------------------------------

def measure_pairs(table, corpus, result, brute, by_kind):
    name = corpus.name
    reported = measures.Reported(result, corpus.texts)
    copies = measures.Reported(result, corpus.texts, measures.is_copy)
    strong = [pair for pair, exact in brute.items() if exact.resemblance >= 0.7]
    table.share("recall of pairs with resemblance >= 0.7 by brute force", name,
                measures.recall(strong, reported), (">=", 0.995))
    table.add("pairs reported whose numbers brute force contradicts", name,
              len(measures.wrong_numbers(result, brute, corpus.least)), ("==", 0))
    false = measures.false_pairs(result, corpus.gold, brute)
    count = sum(map(measures.is_copy, result.pairs))
    table.share("precision of pairs", name, (count - len(false), count), (">=", 0.995))
    if corpus.gold.series:
        both = sum(p["a"] in corpus.gold.in_series and p["b"] in corpus.gold.in_series
                   for p in false)
        table.add("bulletins of series reported as copies", name, both)
    if corpus.gold.clusters:
        measure_copies(table, corpus, result, copies, by_kind)
    return false


def measure_copies(table, corpus, result, copies, by_kind):
    counts = measures.recall_by_kind(corpus.gold, copies)
    totals = ("all kinds", "pairs of copies too")
    table.share("recall of planted copies, all kinds", corpus.name, counts["all kinds"],
                (">=", 0.98))
    for kind, found in sorted(counts.items()):
        if kind not in totals and by_kind:
            table.share("recall of planted copies, " + kind, corpus.name, found, (">=", 0.95))
    table.share("recall of all pairs in planted clusters", corpus.name, counts[totals[1]])
    table.add("ARI of clusters", corpus.name,
              measures.adjusted_rand(corpus.gold.clusters, result.clusters, list(corpus.texts)),
              (">=", 0.97))


def measure_sections(table, corpus, result, alone):
    recalls, beyond = measures.measure_sections(result, corpus.gold)
    table.share("characters of planted sections recalled", corpus.name,
                recalls.get("all kinds", (0, 0)), (">=", 0.97))
    for kind in SECTION_KINDS:
        if kind in recalls:
            table.share("characters of planted sections recalled, " + kind, corpus.name,
                        recalls[kind], (">=", 0.97))
    if alone:
        table.share("characters reported beyond planted sections", corpus.name, beyond,
                    ("<=", 0.03))


def measure_generated(table, options):
    for profile, parts in (("pairs", "p"), ("series", "p"), ("sections", "s"), ("mixed", "ps")):
        corpus = Corpus(profile, options.articles, options.seed)
        result = scan([corpus.articles])
        false = []
        if "p" in parts:
            false = measure_pairs(table, corpus, result, corpus.brute(), profile != "series")
        if "s" in parts:
            measure_sections(table, corpus, result, profile == "sections")
        for p in false[:options.show_false]:
            print(json.dumps(p))


def measure_feed(table, options):
    """The bundled feed. Not all of its words are ASCII, so brute force cannot check it."""
    folder = os.path.join(ROOT, "corpora", "feed")
    path = os.path.join(folder, "articles.jsonl")
    with open(os.path.join(folder, "gold.jsonl"), encoding="utf-8") as lines:
        gold = measures.Gold(lines)
    texts = read_texts(path)
    result = scan([path])
    copies = measures.Reported(result, texts, measures.is_copy)
    counts = measures.recall_by_kind(gold, copies)
    table.share("recall of planted copies, all kinds", "feed", counts["all kinds"], (">=", 0.98))
    false = measures.false_pairs(result, gold, {})
    for p in false[:options.show_false]:
        print(json.dumps(p))
    count = sum(map(measures.is_copy, result.pairs))
    table.share("precision of pairs", "feed", (count - len(false), count), (">=", 0.995))
    table.add("ARI of clusters", "feed",
              measures.adjusted_rand(gold.clusters, result.clusters, list(texts)), (">=", 0.97))
    recalls, _ = measures.measure_sections(result, gold)
    table.share("characters of planted sections recalled", "feed", recalls["all kinds"],
                (">=", 0.97))
    table.add("extents inside a character", "feed", measures.cut_characters(result, texts)[0],
              ("==", 0))


# ---- local corpora ----------------------------------------------------------------------------

def unpack(name):
    return subprocess.run(["zstd", "-dcq", name], stdout=subprocess.PIPE, check=True).stdout


def local(table, *names):
    """The paths in LOCAL, or None with a message if one is missing."""
    paths = [os.path.join(LOCAL, n) for n in names]
    for name, path in zip(names, paths):
        if not os.path.exists(path):
            table.missing.append(f"{name}: not in ../shared/corpora")
            return None
    return paths


def local_texts(path):
    return {r["id"]: r["text"] for r in map(json.loads, unpack(path).splitlines())}


def measure_seed(table):
    paths = local(table, "seed_wire_article.txt")
    if not paths:
        return
    with open(paths[0], "rb") as source:
        data = source.read()
    result = scan(paths)
    good = False
    if len(result.sections) == 1 and len(result.sections[0]["occurrences"]) == 2:
        one, two = result.sections[0]["occurrences"]

        def words(begin, end):
            return measures.TOKEN.findall(data[begin:end].decode("utf-8", "replace"))
        # Line 1 is the headline; the text's second paragraph is line 3.
        second = data.index(b"\n", data.index(b"\n") + 1) + 1
        good = (not words(second, one["begin"]) and not words(one["end"], two["begin"])
                and not words(two["end"], len(data)) and one["begin"] >= second)
    table.add("one section, twice, from the second paragraph to the end (1: yes)", "seed article",
              int(good), ("==", 1))


def measure_reference(table, name):
    """Recall of pairs that another program counted, with runs of \\w as words."""
    paths = local(table, f"{name}/docs.jsonl.zst", f"{name}/bruteforce_pairs_w5.jsonl.zst")
    if not paths:
        return
    result = scan(paths[:1], "--series")
    reported = measures.Reported(result, local_texts(paths[0]))
    rows = list(map(json.loads, unpack(paths[1]).splitlines()))
    strong = [(r["a"], r["b"]) for r in rows if r["jaccard"] >= 0.72]
    table.share("recall of pairs with jaccard >= 0.72", name, measures.recall(strong, reported),
                (">=", 0.99))
    if name != "reuters21578":
        return
    only = [p for p in result.pairs if p["resemblance"] < 0.7
            and max(p["containment_a"], p["containment_b"]) < 0.8]
    table.add("pairs that overlap alone admits", name, len(only))
    copies = sum(map(measures.is_copy, only))
    table.add("of those, reported as copies", name, copies)
    table.share("of those, share reported as copies", name, (copies, len(only)), ("<=", 0.15))


def measure_extraction(table):
    name = "article_extraction_benchmark"
    paths = local(table, f"{name}/docs.jsonl.zst", f"{name}/extents.jsonl.zst")
    if not paths:
        return
    records = list(map(json.loads, unpack(paths[0]).splitlines()))
    texts = {r["id"]: r["text"] for r in records}
    result = scan(paths[:1])
    right, found, gold = measures.cluster_pairs({r["id"]: r["cluster"] for r in records},
                                                result.clusters)
    table.share("recall of pairs that clusters put together", name, (right, gold))
    table.share("precision of pairs that clusters put together", name, (right, found))
    rows = map(json.loads, unpack(paths[1]).splitlines())
    covered, total, right, reported = measures.measure_extents(result, texts, rows)
    table.share("characters of known passages recalled", name, (covered, total))
    table.share("characters of sections within known passages", name, (right, reported))
    table.add("extents inside a character", name, measures.cut_characters(result, texts)[0],
              ("==", 0))


def measure_languages(table):
    for name in ("xwlb_chinese", "udhr2"):
        paths = local(table, f"{name}/docs.jsonl.zst")
        if not paths:
            continue
        texts = local_texts(paths[0])
        result = scan(paths)
        wrong, checked = measures.cut_characters(result, texts)
        table.add("extents checked", name, checked)
        table.add("extents inside a character", name, wrong, ("==", 0))
        if name == "udhr2":
            measure_tokens(table, texts)


def measure_tokens(table, texts):
    """Every text twice: a text without tokens has no pair and no section with its copy."""
    doubled = {f"{i} {n}": text for n in "ab" for i, text in texts.items()}
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "doubled.jsonl")
        with open(path, "w", encoding="utf-8") as to:
            for i, text in doubled.items():
                to.write(json.dumps({"id": i, "text": text}, ensure_ascii=False) + "\n")
        result = scan([path])
    paired = {i for p in result.pairs if p["relation"] == "identical" for i in (p["a"], p["b"])}
    table.add("texts without tokens", "udhr2, each twice",
              sum(f"{i} b" not in paired for i in texts), ("==", 0))
    table.add("extents inside a character", "udhr2, each twice",
              measures.cut_characters(result, doubled)[0], ("==", 0))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true",
                        help="small generated corpora, nothing local; for continuous integration")
    parser.add_argument("--articles", type=int, help="of each generated corpus (default 10000)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-local", action="store_true", help="leave ../shared/corpora alone")
    parser.add_argument("--show-false", type=int, default=0, metavar="N",
                        help="print N false pairs of each corpus")
    parser.add_argument("--out", metavar="FILE", help="default bench/results/quality.csv; with "
                        "--quick build/quality/quick.csv")
    options = parser.parse_args()
    options.articles = options.articles or (3000 if options.quick else 10000)
    out = options.out or os.path.join(ROOT, *(("build", "quality", "quick.csv") if options.quick
                                              else ("bench", "results", "quality.csv")))
    if not os.access(command(), os.X_OK):
        sys.exit(f"{command()}: not there; build it or set TWICETOLD")
    table = Table()
    measure_generated(table, options)
    measure_feed(table, options)
    if not (options.quick or options.no_local):
        measure_seed(table)
        measure_reference(table, "reuters21578")
        measure_reference(table, "bbc_news")
        measure_extraction(table)
        measure_languages(table)
    table.write(out)
    table.show()
    missed = table.missed()
    if missed:
        print(f"{len(missed)} of the targets missed", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
