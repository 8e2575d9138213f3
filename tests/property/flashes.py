#!/usr/bin/env python3
"""Flashes that one notice goes with, and dispatches in several papers (corpora/made/flashes.py): flashes are no copies
of each other, for `scan` and `dedup`, and those printed again are; nor is a dispatch taken for a notice.

    flashes.py TWICETOLD [-s SEED] [-n FEEDS]

What is asked of all feeds together is less than all: docs/quality.md says what is still wrong.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile
import time

MADE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "corpora", "made")
COPIES = ("identical", "near", "contains", "contained")
# Shares: flashes that dedup drops for another one, feeds with such, copies of flashes found, of dispatches found.
CALLED = 0.2  # of the flashes, by watch, something of another story
LOST, FEEDS_LOST, FLASHES_FOUND, DISPATCHES_FOUND = 0.06, 0.2, 0.55, 0.93


def lines_of(*command, stdin=os.devnull):
    with open(stdin, encoding="utf-8") as given:
        done = subprocess.run(command, stdin=given, stdout=subprocess.PIPE, check=True, text=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("twicetold")
    parser.add_argument("-s", default="1")
    parser.add_argument("-n", type=int, default=60)
    options = parser.parse_args()
    seed = int(time.time()) if options.s == "time" else int(options.s)
    print("seed", seed)
    flashes = lost = feeds = feeds_lost = wrong = called = 0
    found = {"flash": [0, 0], "dispatch": [0, 0]}
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-B", os.path.join(MADE, "flashes.py"), "--out", folder, "--seed", str(seed),
                        "--feeds", str(options.n)], check=True)
        with open(os.path.join(folder, "gold.jsonl"), encoding="utf-8") as gold:
            feeds_of_gold = list(map(json.loads, gold))
        for g in feeds_of_gold:
            feed = os.path.join(folder, f"feed-{g['feed']:03d}.jsonl")
            story = {i: k for k, c in enumerate(g["clusters"]) for i in c}
            kind = "dispatch" if "papers" in g["shape"] else "flash"
            copies = [(p["a"], p["b"]) for p in lines_of(options.twicetold, "scan", "--quiet", "--pairs", feed, "-o", "-")
                      if p["type"] == "pair" and p["relation"] in COPIES]
            found[kind][0] += sum(story[a] == story[b] for a, b in copies)
            found[kind][1] += sum(len(c) * (len(c) - 1) // 2 for c in g["clusters"])
            verdicts = lines_of(options.twicetold, "watch", "--quiet", os.path.join(folder, f"{g['feed']}.db"), stdin=feed)
            if kind == "flash":
                called += sum(v["verdict"] != "new" and story[v["id"]] != story[v.get("of", v["id"])] for v in verdicts)
            removed = lines_of(options.twicetold, "dedup", "--quiet", feed, "--removed", "/dev/stdout", "-o", os.devnull)
            dropped = [r["id"] for r in removed if story[r["id"]] != story[r["kept"]]]
            if kind == "dispatch":
                wrong += len(dropped)
                continue
            flashes, lost, feeds, feeds_lost = (flashes + len(story), lost + len(dropped), feeds + 1,
                                                feeds_lost + bool(dropped))
            if dropped:
                print(f"feed {g['feed']}: {len(dropped)} of {len(story)} dropped: {json.dumps(g['shape'])}")
    share = {k: have / of for k, (have, of) in found.items()}
    print(f"{lost} of {flashes} flashes dropped for another, in {feeds_lost} of {feeds} feeds; copies found: {share}")
    print(f"watch called {called} of {flashes} something of another")
    return not (called <= CALLED * flashes and lost <= LOST * flashes and feeds_lost <= FEEDS_LOST * feeds and wrong == 0 and
                share["flash"] >= FLASHES_FOUND and share["dispatch"] >= DISPATCHES_FOUND)


if __name__ == "__main__":
    sys.exit(main())
