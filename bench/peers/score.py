#!/usr/bin/env python3
"""Recall and precision of pairs against brute force.

    score.py ARTICLES.jsonl GOLD.jsonl RESULT.jsonl...

GOLD is the output of tests/brute/brute.c: every pair of articles whose exact resemblance over
shingles of five words is 0.7 or more. Prints one JSON object for each result:
    {"pairs":P,"recall":R,"precision":P,"articles_recall":..,"articles_precision":..}
The last two count articles that have a copy, which is all that a result of {"copy":ID} lines shows.

Articles with the same words form a group. twicetold pairs each member of a group only with its
first, and other articles with the first of a group; peers list all pairs. Both sides are therefore
expanded before they are compared: a pair of members of two groups becomes all pairs of the two, and
pairs within a group become all pairs of the members that they connect. A pair that twicetold lists
only for its containment or overlap does not count.
"""
import hashlib
import json
import re
import sys

TOKEN = re.compile(r"[^\W_]+")
THRESHOLD = 0.7


def classes_of(path):
    """The group of each article that has the same words as another: id -> all ids of the group."""
    first = {}
    classes = {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            words = " ".join(TOKEN.findall(record["text"].lower()))
            key = hashlib.blake2b(words.encode(), digest_size=12).digest()
            name = record["id"]
            if key in first:
                members = classes.setdefault(first[key], [first[key]])
                members.append(name)
                classes[name] = members
            else:
                first[key] = name
    return classes


def ordered(a, b):
    return (a, b) if a < b else (b, a)


def expand(pairs, classes):
    out = set()
    links = {}  # within groups: id -> ids that it is connected with

    for a, b in pairs:
        of_a, of_b = classes.get(a), classes.get(b)
        if of_a is None and of_b is None:
            out.add(ordered(a, b))
        elif of_a is not of_b:
            out.update(ordered(x, y) for x in of_a or (a,) for y in of_b or (b,))
        else:
            joined, other = links.setdefault(a, {a}), links.setdefault(b, {b})
            if joined is not other:
                joined |= other
                for name in other:
                    links[name] = joined
    for members in {id(m): sorted(m) for m in links.values()}.values():
        out.update((x, y) for i, x in enumerate(members) for y in members[i + 1:])
    return out


def read_pairs(path):
    """The pairs of a result, or None and the articles that it flags."""
    pairs, flags = [], None
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            if '"copy"' in line[:8]:
                flags = flags or set()
                flags.add(json.loads(line)["copy"])
                continue
            record = json.loads(line)
            if record.get("type", "pair") != "pair":
                continue
            if record.get("resemblance", 1) >= THRESHOLD:
                pairs.append((record["a"], record["b"]))
    return pairs, flags


def shares(found, true):
    right = len(found & true)
    return (right / len(true) if true else None, right / len(found) if found else None)


def articles_in(pairs):
    return {name for pair in pairs for name in pair}


def main():
    articles, gold, *results = sys.argv[1:]
    classes = classes_of(articles)
    true = expand(read_pairs(gold)[0], classes)
    of_true = articles_in(true)
    for path in results:
        listed, flags = read_pairs(path)
        found = expand(listed, classes)
        out = {"listed": len(listed), "pairs": len(found), "gold": len(true)}
        if flags is None:
            out["recall"], out["precision"] = shares(found, true)
        of_found = articles_in(found) if flags is None else flags
        out["articles_recall"], out["articles_precision"] = shares(of_found, of_true)
        print(json.dumps(out))


if __name__ == "__main__":
    main()
