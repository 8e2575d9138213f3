#!/usr/bin/env python3
"""Compares the time and memory of two builds of the command, run in turn on the same articles.

    bench/compare.py OLD NEW ARTICLES.jsonl      OLD, NEW: two twicetold commands

Prints a table in Markdown: the least processor seconds of each, the ratio of these, the median of the ratios of
neighbouring runs, and the ratios of least wall time and of most memory. Ratios hold on a noisy machine too.
"""
import os
import statistics
import subprocess
import sys
import tempfile
import time

RUNS = 7
RESEMBLANCE = ("--pairs", "--containment", "off", "--overlap", "off", "--facts", "off")


def measure(command, *words, stdin=None):
    """Processor seconds, wall seconds and most resident memory of one run."""
    start = time.monotonic()
    process = subprocess.Popen((command, *words), stdin=stdin, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"{command} {' '.join(words)}: status {status}")
    return usage.ru_utime + usage.ru_stime, time.monotonic() - start, usage.ru_maxrss


def watch(command, articles, folder):
    with open(articles, "rb") as stdin, tempfile.TemporaryDirectory(dir=folder) as made:
        return measure(command, "watch", "-q", os.path.join(made, "feed.db"), "--threads", "1", stdin=stdin)


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    old, new, articles = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        kept = os.path.join(folder, "kept.jsonl")
        scan = ("scan", "-q", articles, "-o", "/dev/null", "--threads")
        jobs = {
            "scan, everything, 1 thread": lambda c: measure(c, *scan, "1"),
            "scan, everything, 2 threads": lambda c: measure(c, *scan, "2"),
            "scan, resemblance alone, 1 thread": lambda c: measure(c, *scan, "1", *RESEMBLANCE),
            "scan, --memory 64M, 1 thread": lambda c: measure(c, *scan, "1", "--memory", "64M"),
            "dedup, 1 thread": lambda c: measure(c, "dedup", "-q", articles, "-o", kept, "--threads", "1"),
            "watch, 1 thread": lambda c: watch(c, articles, folder),
        }
        print("| job | old, s | new, s | CPU, least | CPU, median | wall | memory |")
        print("|---|---|---|---|---|---|---|")
        for name, job in jobs.items():
            pairs = []
            for k in range(RUNS):  # who is first alternates
                pair = {c: job(c) for c in ((old, new) if k % 2 else (new, old))}
                pairs.append((pair[old], pair[new]))
            least = [[min(p[side][i] for p in pairs) for i in range(2)] for side in range(2)]
            most = [max(p[side][2] for p in pairs) for side in range(2)]
            median = statistics.median(n[0] / o[0] for o, n in pairs)
            print(f"| {name} | {least[0][0]:.3f} | {least[1][0]:.3f} | {least[1][0] / least[0][0]:.2f} | {median:.2f} | "
                  f"{least[1][1] / least[0][1]:.2f} | {most[1] / most[0]:.2f} |", flush=True)


if __name__ == "__main__":
    main()
