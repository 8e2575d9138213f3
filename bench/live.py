#!/usr/bin/env python3
"""Measures a large index: bench/live.py [--articles 1000000] [-o bench/results/live]

Replays a feed of generated articles (corpora/made/generate.py, made once and kept in build/corpora) with
bench_live. Writes OUT.json with all measurements, OUT.md with a table, and OUT.svg with a histogram of the
times of verdicts. TMPDIR selects the disk of the index, which needs 3.0 KB an article there and 4.3 KB of
memory, 6 KB while it opens. Times are meaningful only on an idle machine; the file contains the load.
"""
import argparse
import datetime
import itertools
import json
import math
import os
import pathlib
import platform
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
SIZE = 100000
COMMANDS = [("watch FILE --commit-every 100ms", 50000), ("watch FILE", 20000), ("index add FILE -", 50000)]
FIRST, OCTAVE = 1e-3, 8  # the first millisecond of the histogram; buckets in a doubling


def corpus():
    path = ROOT / "build" / "corpora" / f"live-{SIZE}" / "articles.jsonl"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        print(f"making {SIZE} articles", file=sys.stderr)
        subprocess.run([sys.executable, "-B", ROOT / "corpora/made/generate.py", "--profile", "scale",
                        "--articles", str(SIZE), "--out", path.parent], check=True)
    return path


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor()


def command(arguments, path, articles):
    """The command, fed by a pipe: seconds of the whole process."""
    with tempfile.TemporaryDirectory() as work:
        feed = pathlib.Path(work) / "feed.jsonl"
        with open(path, "rb") as whole, open(feed, "wb") as part:
            part.writelines(itertools.islice(whole, articles))
        twicetold = ROOT / "build/release/cli/twicetold"
        subprocess.run([twicetold, "index", "create", f"{work}/feed.db"], check=True)
        before, began = os.times(), time.monotonic()
        with open(feed, "rb") as source:
            subprocess.run([twicetold, *(f"{work}/feed.db" if a == "FILE" else a for a in arguments.split()), "-q"],
                           check=True, stdin=source, stdout=subprocess.DEVNULL)
        spent, after = time.monotonic() - began, os.times()
    worked = after.children_user + after.children_system - before.children_user - before.children_system
    return {"articles": articles, "seconds": round(spent, 2), "processor_seconds": round(worked, 2)}


def measure(articles, path):
    subprocess.run(["cmake", "--preset", "release"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["cmake", "--build", "--preset", "release", "--target", "bench_live", "tt_command"], cwd=ROOT, check=True,
                   stdout=subprocess.DEVNULL)
    load = os.getloadavg()[0]
    out = subprocess.run([ROOT / "build/release/bench/bench_live", path, str(articles)], check=True,
                         stdout=subprocess.PIPE).stdout
    found = json.loads(out)
    found["command"] = {c.replace("FILE ", "").replace("FILE", ""): command(c, path, n) for c, n in COMMANDS}
    commit = subprocess.run(["git", "rev-parse", "--short=12", "HEAD"], cwd=ROOT, check=True, text=True,
                            stdout=subprocess.PIPE).stdout.strip()
    found["context"] = {"date": datetime.date.today().isoformat(), "commit": commit, "cores": os.cpu_count(),
                        "processor": processor(), "load_before": round(load, 2)}
    return found


def table(r):
    c = r["context"]
    rows = [
        ("open, until articles can be added", f'{r["open_seconds"]:.2f} s, {r["open_processor_seconds"]:.2f} of processor time'),
        ("the same, until a verdict can be requested", f'{r["ready_seconds"]:.2f} s, {r["ready_processor_seconds"]:.2f} of processor time'),
        ("memory per article", f'{r["memory_bytes_an_article"]:,} bytes'),
        ("file size per article", f'{r["file_bytes_an_article"]:,} bytes'),
        ("add, a commit for 1,000", f'{r["add_per_second"]:,} articles/s, {r["add_per_processor_second"]:,} a second of processor time'),
        ("watch, a commit for 1,000", f'{r["watch_gathered"]["articles_per_second"]:,} articles/s'),
        ("watch, a commit for what a pipe holds (25)", f'{r["watch_pipe"]["articles_per_second"]:,} articles/s'),
        ("watch, a commit for each", f'{r["watch_each"]["articles_per_second"]:,} articles/s, '
         f'{r["watch_each"]["articles_per_second"] * r["fdatasync_ms"]["p50"] / 1000:.2f} in the time of an fdatasync (p50)'),
    ]
    for name, m in r.get("command", {}).items():
        rows.append((f"`{name}`, {m['articles']:,} articles into an empty index",
                     f"{m['articles'] / m['seconds']:,.0f} articles/s, {m['articles'] / m['processor_seconds']:,.0f} a second of processor time"))
    for name, key in (("a verdict", "verdict_ms"), ("a verdict, processor time", "verdict_processor_ms"),
                      ("a verdict with a separate commit", "verdict_and_commit_ms"),
                      ("a page made durable, alone (fdatasync)", "fdatasync_ms")):
        rows.append((name, f'p50 {r[key]["p50"]:.3f} ms, p99 {r[key]["p99"]:.3f} ms, p99.9 {r[key]["p99.9"]:.3f} ms'))
    lines = [f'# An index of {r["articles"]:,} articles', "",
             f'Generated articles of {r["tokens_an_article"]:,} words, {r["text_bytes_an_article"]:,} bytes of text. {c["date"]}, {c["cores"]} cores '
             f'({c["processor"]}), load {c["load_before"]} before; commit {c["commit"]}; `bench/live.py`.', "",
             "| what | measured |", "|---|---|"]
    lines += [f"| {name} | {value} |" for name, value in rows]
    lines += ["", "![times of verdicts](live.svg)", ""]
    return "\n".join(lines)


def steps(counts, total, x, y, width):
    """A filled outline: the share of the calls in each bucket."""
    most = max(max(counts) / total, 1e-9)
    points = []
    for k, n in enumerate(counts):
        top = y - 90 * (n / total) / most
        points += [f"{x + k * width:.1f},{top:.1f}", f"{x + (k + 1) * width:.1f},{top:.1f}"]
    return f"{x:.1f},{y} " + " ".join(points) + f" {x + len(counts) * width:.1f},{y}"


def histogram(r):
    series = [("a verdict", "verdict_ms", "#1b6ca8"), ("a verdict and its commit", "verdict_and_commit_ms", "#a8441b"),
              ("a page made durable, alone", "fdatasync_ms", "#777")]
    last = max(k for _, key, _ in series for k, n in enumerate(r[key]["histogram"]) if n)
    last = (last // OCTAVE + 1) * OCTAVE
    left, width = 20, 680 / last
    out = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 400" font-family="sans-serif" font-size="12">',
           '<rect width="720" height="400" fill="white"/>']
    for row, (name, key, colour) in enumerate(series):
        times, y = r[key], 115 + row * 120
        out.append(f'<polygon points="{steps(times["histogram"][:last], times["count"], left, y, width)}" fill="{colour}"/>')
        out.append(f'<text x="{left}" y="{y - 95}">{name}: {times["count"]:,} calls</text>')
        for point in ("p50", "p99"):
            at = left + width * OCTAVE * max(0.0, math.log2(times[point] / FIRST))
            out.append(f'<line x1="{at:.1f}" x2="{at:.1f}" y1="{y - 88}" y2="{y}" stroke="black" stroke-dasharray="3 3"/>')
            out.append(f'<text x="{at + 3:.1f}" y="{y - 78}">{point} {times[point]:.3g} ms</text>')
    for k in range(0, last + 1, OCTAVE):
        ms = FIRST * 2 ** (k / OCTAVE)
        out.append(f'<line x1="{left + k * width:.1f}" x2="{left + k * width:.1f}" y1="355" y2="360" stroke="black"/>')
        out.append(f'<text x="{left + k * width:.1f}" y="375" text-anchor="middle">{ms:.3g}</text>')
    out.append('<text x="360" y="393" text-anchor="middle">milliseconds</text></svg>')
    return "\n".join(out) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=1000000)
    parser.add_argument("-o", "--out", type=pathlib.Path, default=ROOT / "bench/results/live")
    args = parser.parse_args()
    found = measure(args.articles, corpus())
    args.out.with_suffix(".json").write_text(json.dumps(found) + "\n", encoding="utf-8")
    for suffix, text in ((".md", table(found)), (".svg", histogram(found))):
        args.out.with_suffix(suffix).write_text(text, encoding="utf-8")
    print(table(found))


if __name__ == "__main__":
    main()
