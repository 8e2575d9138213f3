"""Natural corpora that may not be published: measured where ../shared/corpora has them."""
import csv
import json
import os
import subprocess
import tempfile

import measures
from running import ROOT, measure_cuts, scan

LOCAL = os.path.join(ROOT, "..", "shared", "corpora")


HERE = os.path.dirname(os.path.abspath(__file__))


def measure_judged(table, name, result):
    """Pairs of the corpus that were read and judged (judged.csv): copies and updates are to be
    called copies; forms, furniture and what is only related or alike are not. A quotation in an
    answer is neither."""
    with open(os.path.join(HERE, "judged.csv"), encoding="utf-8", newline="") as source:
        rows = [r for r in csv.DictReader(source) if r["corpus"] == name]
    copies = measures.Reported(result, measures.is_copy)
    wanted = [(r["a"], r["b"]) for r in rows if r["judged"] in ("copy", "update")]
    others = [(r["a"], r["b"]) for r in rows
              if r["judged"] in ("form", "furniture", "related", "unrelated")]
    if wanted:
        table.share("copies and updates by hand, called copies", name,
                    measures.recall(wanted, copies), (">=", 0.95))
    if others:
        called, total = measures.recall(others, copies)
        table.share("forms, furniture and others by hand, refused", name, (total - called, total),
                    (">=", 0.92))


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
    reported = measures.Reported(result)
    rows = list(map(json.loads, unpack(paths[1]).splitlines()))
    strong = [(r["a"], r["b"]) for r in rows if r["jaccard"] >= 0.72]
    table.share("recall of pairs with jaccard >= 0.72", name, measures.recall(strong, reported),
                (">=", 0.99))
    measure_judged(table, name, result)
    measure_cuts(table, name, result)
    if name != "reuters21578":
        return
    only = [p for p in result.pairs if p["resemblance"] < 0.7
            and max(p["containment_a"], p["containment_b"]) < 0.8]
    table.add("pairs that overlap alone admits", name, len(only))
    copies = sum(map(measures.is_copy, only))
    table.add("of those, reported as copies", name, copies)
    table.share("of those, share reported as copies", name, (copies, len(only)), ("<=", 0.05))


def measure_extraction(table):
    name = "article_extraction_benchmark"
    paths = local(table, f"{name}/docs.jsonl.zst", f"{name}/extents.jsonl.zst")
    if not paths:
        return
    records = list(map(json.loads, unpack(paths[0]).splitlines()))
    texts = {r["id"]: r["text"] for r in records}
    page = {r["id"]: r["cluster"] for r in records}
    result = scan(paths[:1])
    copies = measures.Reported(result, measures.is_copy)
    extents = list(map(json.loads, unpack(paths[1]).splitlines()))
    same = [(e["id"], e["gt"]) for e in extents
            if e["id"] != e["gt"] and e["found_chars"] >= 0.8 * e["gt_chars"]]
    table.share("recall of pages that have 0.8 of the handmade text", name,
                measures.recall(same, copies), (">=", 0.995))
    called = [p for p in result.pairs if measures.is_copy(p)]
    table.share("precision of copies: two texts of one page", name,
                (sum(page[p["a"]] == page[p["b"]] for p in called), len(called)), (">=", 0.975))
    right, found, gold = measures.cluster_pairs(page, result.clusters)
    table.share("recall of pairs that clusters put together", name, (right, gold))
    table.share("precision of pairs that clusters put together", name, (right, found))
    covered, total, right, reported = measures.measure_extents(result, texts, extents)
    table.share("characters of known passages recalled", name, (covered, total), (">=", 0.995))
    table.share("characters of sections within known passages", name, (right, reported))
    table.add("extents inside a character", name, measures.cut_characters(result, texts)[0],
              ("==", 0))
    measure_judged(table, name, result)
    measure_cuts(table, name, result)


def measure_scans(table):
    """Passages of scanned newspapers of 1900 that another program (passim) put together. In small
    groups they are dispatches and notices that two papers print, in large ones advertisements and
    forms, so that a pair in a large group is not known to be a copy."""
    name = "impresso_passim"
    paths = local(table, f"{name}/passages.jsonl.zst")
    if not paths:
        return
    records = {r["id"]: r for r in map(json.loads, unpack(paths[0]).splitlines())}
    texts = {i: r["text"] for i, r in records.items()}
    result = scan(paths, "--series")
    groups = {}
    for i, r in records.items():
        groups.setdefault(r["cluster"], []).append(i)
    known = [(a, b) for group in groups.values() if len(group) <= 4
             for n, a in enumerate(group) for b in group[n + 1:]
             if records[a]["series"] != records[b]["series"]]
    copies = measures.Reported(result, measures.is_copy)
    listed = measures.Reported(result)
    called, total = measures.recall(known, copies)
    found, _ = measures.recall(known, listed)
    table.share("one dispatch in two newspapers: called a copy", name, (called, total),
                (">=", 0.88))
    table.share("one dispatch in two newspapers: listed", name, (found, total))
    table.share("one dispatch in two newspapers: of those listed, refused", name,
                (found - called, found), ("<=", 0.05))
    pairs = [p for p in result.pairs if measures.is_copy(p)]
    table.share("copies that passim has put together", name,
                (sum(records[p["a"]]["cluster"] == records[p["b"]]["cluster"] for p in pairs),
                 len(pairs)))
    table.share("characters of passages of 40 words or more in sections with their group", name,
                measures.recall_of_groups(result, {i: t for i, t in texts.items()
                                                   if len(t.split()) >= 40},
                                          {i: r["cluster"] for i, r in records.items()}),
                (">=", 0.85))
    measure_judged(table, name, result)
    measure_cuts(table, name, result)


BILLS = (("bill-hr_3200_july_14_2009", "bill-hr_3200_rh_oct_14_2009", "bill-hr_4872_PH_mar_21_2010",
          "bill-hr_4872_ihrh_mar_17_2010"),
         ("bill-hr_3590_dec_24_2009", "bill-hr_3590_sep_17_2009"))


def measure_bills(table):
    """Versions of bills of 150,000 words and more."""
    name = "us_bill_versions"
    paths = local(table, f"{name}/docs.jsonl.zst")
    if not paths:
        return
    result = scan(paths)
    copies = measures.Reported(result, measures.is_copy)
    known = [(a, b) for group in BILLS for n, a in enumerate(group) for b in group[n + 1:]]
    table.share("versions of one bill called copies", name, measures.recall(known, copies),
                ("==", 1))
    measure_cuts(table, name, result, None)  # laws repeat their own phrases on every page


def measure_answers(table):
    """Students' answers: cut out of a source, often a third of them, revised, or their own."""
    name = "clough_stevenson"
    paths = local(table, f"{name}/docs.jsonl.zst")
    if not paths:
        return
    records = list(map(json.loads, unpack(paths[0]).splitlines()))
    copies = measures.Reported(scan(paths), measures.is_copy)
    for label, target in (("cut", None), ("light", None), ("heavy", None), ("non", ("==", 0))):
        table.share(f"answers called copies of their source, {label}", name,
                    measures.recall([(r["id"], r["source"]) for r in records
                                     if r["label"] == label], copies), target)


def measure_counts(table, name):
    """A corpus of which nothing is known: how many pairs are what, for judges to draw from."""
    paths = local(table, f"{name}/docs.jsonl.zst")
    if not paths:
        return
    result = scan(paths, "--series")
    relations = [p["relation"] for p in result.pairs]
    for relation in sorted(set(relations)):
        table.add(f"pairs called {relation}", name, relations.count(relation))
    table.add("articles of the largest cluster", name,
              max((len(c["articles"]) for c in result.clusters), default=0))
    measure_judged(table, name, result)
    measure_cuts(table, name, result)


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


def measure(table):
    measure_seed(table)
    measure_reference(table, "reuters21578")
    measure_reference(table, "bbc_news")
    measure_extraction(table)
    measure_scans(table)
    measure_bills(table)
    measure_answers(table)
    for name in ("xwlb_chinese", "twenty_newsgroups"):
        measure_counts(table, name)
    measure_languages(table)
