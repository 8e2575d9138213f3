#!/usr/bin/env python3
"""Measures the quality of results and writes the table bench/results/quality.csv.

    bench/quality/run [--quick] [--articles N] [--seed S] [--out FILE] [--only PART]...

Corpora are generated (corpora/made/generate.py, and forms.py for PART forms) and kept under
build/corpora, with what brute force (tests/brute/brute.c) finds in them. TWICETOLD names the
command to measure. Corpora that may not be published (PART local) are measured if
../shared/corpora has them. Exits with 1 if a target is missed.
"""
import argparse
import hashlib
import json
import os
import subprocess
import sys

import local
import measures
from running import ROOT, Table, command, dedup, measure_cuts, read_texts, scan, verdicts

MADE = os.path.join(ROOT, "corpora", "made")
CACHE = os.path.join(ROOT, "build", "corpora")
PARTS = ("generated", "forms", "local")
# Floors that the rule must keep on the made forms, a few hundredths below what it reaches.
FORMS = {"all kinds": (">=", 0.95), "scanned": (">=", 0.85), "joined": (">=", 0.85),
         "redated": (">=", 0.95), "all lengths": (">=", 0.6), "series": (">=", 0.87),
         "series, core": (">=", 0.77), "series, zh": (">=", 0.7), "merged": ("<=", 0.33),
         "removed": ("<=", 0.25)}
SECTION_KINDS = ("paragraph", "paragraph_replaced_5", "cut", "body_twice", "notice")


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


# ---- generated corpora -------------------------------------------------------------------------

def measure_pairs(table, corpus, result, brute, by_kind):
    name = corpus.name
    reported = measures.Reported(result)
    copies = measures.Reported(result, measures.is_copy)
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
    copies = measures.Reported(result, measures.is_copy)
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


def measure_forms(table, options):
    """Forms filled in again, furniture and stages of stories, with copies among them."""
    folder = os.path.join(CACHE, "forms")
    subprocess.run([sys.executable, "-B", os.path.join(MADE, "forms.py"), "--seed",
                    str(options.seed), "--out", folder], check=True)
    name, path = "forms", os.path.join(folder, "articles.jsonl")
    with open(os.path.join(folder, "gold.jsonl"), encoding="utf-8") as lines:
        gold = measures.Gold(lines)
    texts = read_texts(path)
    counts = measures.word_counts(texts)
    result = scan([path], "--series")
    copies = measures.Reported(result, measures.is_copy)
    for kind, found in sorted(measures.recall_by_kind(gold, copies).items()):
        table.share("recall of copies, " + kind, name, found, FORMS.get(kind))
    for length, found in sorted(measures.recall_by_length(gold, copies, counts).items(),
                                key=measures.by_length):
        table.share("recall of copies, " + length, name, found)
    for length, found in sorted(measures.precision_of_copies(result, gold, counts).items(),
                                key=measures.by_length):
        table.share("precision of copies, " + length, name, found, FORMS.get(length))
    for kind, found in sorted(measures.refused(gold, copies).items()):
        table.share("refused, " + kind, name, found, FORMS.get(kind))
    table.add("ARI of clusters", name,
              measures.adjusted_rand(gold.clusters, result.clusters, list(texts)))
    table.share("clusters that merge events", name, measures.mixed_clusters(result, gold.event),
                FORMS.get("merged"))
    removed = dedup(path)
    table.share("removed by dedup though its news is nowhere", name,
                (sum(gold.event(r["id"]) != gold.event(r["kept"]) for r in removed),
                 len(removed)), FORMS.get("removed"))
    measure_verdicts(table, gold, path)
    measure_cuts(table, name, result, None)


def measure_verdicts(table, gold, path):
    """The verdicts of watch on the articles in their order: of what came before is each a copy?"""
    seen, right = set(), {}
    for v in verdicts(path):
        event, of = gold.event(v["id"]), v.get("of")
        kind = v["verdict"] if v["verdict"] in ("duplicate", "update") else "other"
        ok = (event not in seen if kind == "other" else of is not None and gold.event(of) == event)
        good, total = right.get(kind, (0, 0))
        right[kind] = (good + ok, total + 1)
        seen.add(event)
    for kind, found in sorted(right.items()):
        table.share(f"verdicts {kind} that are right", "forms", found)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true",
                        help="small generated corpora, nothing local; for continuous integration")
    parser.add_argument("--articles", type=int, help="of each generated corpus (default 10000)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=PARTS, action="append",
                        help="of the corpora, may be repeated; local: ../shared/corpora")
    parser.add_argument("--beside", metavar="CSV", help="write a Markdown table, with the values of "
                        "CSV beside these, next to FILE")
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
    wanted = options.only or (PARTS[:2] if options.quick else PARTS)
    if "generated" in wanted:
        measure_generated(table, options)
        measure_feed(table, options)
    if "forms" in wanted:
        measure_forms(table, options)
    if "local" in wanted:
        local.measure(table)
    table.write(out)
    if options.beside:
        table.write_beside(os.path.splitext(out)[0] + ".md", options.beside)
    table.show()
    missed = table.missed()
    if missed:
        print(f"{len(missed)} of the targets missed", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
