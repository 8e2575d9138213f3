#!/usr/bin/env python3
"""Tests an index under load: bench/load.py [--day 100000] [--week 15000] [-o bench/results/load]

A generated feed goes through `twicetold watch` as fast as it gives verdicts, while other processes read the
index: first a day of --day articles, all of which are kept; then seven days of --week articles each, with a
window of a day. Each reader repeatedly queries an article whose verdict has just been written, and must find
it. Memory, files and times are sampled throughout; in the week nothing may grow once the window is full.
Writes OUT.json, OUT.md and OUT.svg; exits with 1 if a reader missed an article, something grew, or the index
is damaged at the end.

TMPDIR selects the disk of the index, which needs 3.4 KB for each article of the day; each process needs 5 KB
of memory for each article. The same --seed makes the same feed.
"""
import argparse
import collections
import datetime
import itertools
import json
import os
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
SAMPLES = 42  # samples in a phase: six a day in the week
WORDS = 370  # words of an article, as in bench/live.py
RECENT = 1000  # articles from which copies and queries are drawn
DAY = datetime.timedelta(days=1)
START = datetime.datetime(2024, 3, 4)
SLACK = 1.15  # growth that a page cache or an allocator may cause
LITTLE = 32 << 20  # bytes that do not count as growth: the log is truncated only now and then


class Feed:
    """Articles whose words are as frequent as those of a language; a fifth are edited copies of recent ones, a
    tenth contain the same notice."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        spell = ["".join(p) for p in itertools.product("bdfgklmnprst", "aeiou", "bdglmnrst", "aeiou", ("", "n", "r", "s"))]
        self.random.shuffle(spell)
        self.words = spell[:8000]
        self.weights = list(itertools.accumulate(1 / (k + 3) for k in range(len(self.words))))
        self.notice = self.text(60)
        self.recent = collections.deque(maxlen=RECENT)

    def text(self, words):
        return " ".join(self.random.choices(self.words, cum_weights=self.weights, k=words))

    def next(self):
        r = self.random
        kind = r.random()
        if kind < 0.2 and self.recent:
            words = r.choice(self.recent).split(" ")
            for _ in range(len(words) // 50):
                words[r.randrange(len(words))] = r.choice(self.words)
            text = " ".join(words)
        else:
            text = self.text(r.randrange(WORDS // 2, WORDS * 3 // 2))
        if kind > 0.9:
            text += "\n\n" + self.notice
        self.recent.append(text)
        return text


def memory(pid):
    """The resident bytes of a process, and the files it has open."""
    try:
        pages = int(pathlib.Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE"), len(os.listdir(f"/proc/{pid}/fd"))
    except OSError:
        return 0, 0


def percentiles(seconds):
    if not seconds:
        return None
    ordered = sorted(seconds)
    at = lambda share: round(1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))], 3)
    return {"count": len(ordered), "p50": at(0.5), "p99": at(0.99), "most": round(1000 * ordered[-1], 3)}


def encode(identity, text, published=None):
    record = {"id": identity, "text": text}
    if published is not None:
        record["published"] = published.strftime("%Y-%m-%dT%H:%M:%SZ")
    return json.dumps(record).encode() + b"\n"


class Reader(threading.Thread):
    """A process that queries articles with recent verdicts until the phase ends."""

    def __init__(self, phase, number):
        super().__init__(daemon=True)
        self.phase, self.number, self.times, self.missed = phase, number, [], 0
        self.process = subprocess.Popen([phase.command, "index", "query", "-q", phase.index, "-"], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE)

    def run(self):
        for k in itertools.count():
            told = self.phase.told
            if self.phase.over:
                break
            if told is not None:
                began = time.perf_counter()
                self.process.stdin.write(encode(f"question {self.number}-{k}", told))
                self.process.stdin.flush()
                verdict = json.loads(self.process.stdout.readline())
                self.times.append(time.perf_counter() - began)
                self.missed += verdict["verdict"] != "duplicate"
            time.sleep(self.phase.pause)
        self.process.stdin.close()
        self.process.wait()


class Phase:
    """A feed of `count` articles over `days` through one watch."""

    def __init__(self, args, name, count, days, window):
        self.command, self.pause = args.twicetold, args.pause
        self.name, self.count, self.days, self.window = name, count, days, window
        self.folder = tempfile.TemporaryDirectory(prefix="twicetold-load-")
        self.index = os.path.join(self.folder.name, "feed.db")
        self.feed = Feed(args.seed)
        self.room = threading.Semaphore(args.in_flight)
        self.sent = collections.deque()  # (time, text) of articles without a verdict
        self.told, self.over, self.rows, self.readers = None, False, [], []
        self.reader_count = args.readers

    def send(self, out):
        for k in range(self.count):
            text = self.feed.next()
            line = encode(f"a{k}", text, START + DAY * self.days * k / self.count)
            self.room.acquire()
            self.sent.append((time.perf_counter(), text))
            out.write(line)
            out.flush()
        out.close()

    def file_bytes(self):
        sizes = {}
        for suffix in ("", "-wal"):
            try:
                sizes["file" + suffix.replace("-", "_")] = os.stat(self.index + suffix).st_size
            except OSError:
                sizes["file" + suffix.replace("-", "_")] = 0
        return sizes

    def sample(self, done, began, verdicts):
        held, files = memory(self.watch.pid)
        asked = [t for r in self.readers for t in r.times]
        for r in self.readers:
            r.times = []
        row = {"articles": done, "seconds": round(time.perf_counter() - began, 2), "memory": held, "open_files": files,
               "reader_memory": max((memory(r.process.pid)[0] for r in self.readers), default=0),
               "verdict_ms": percentiles(verdicts), "query_ms": percentiles(asked), **self.file_bytes()}
        self.rows.append(row)
        print(f'{self.name}: {done:,} articles, {row["seconds"]:.0f} s, memory {held >> 20} MiB, file {row["file"] >> 20} MiB',
              file=sys.stderr)

    def run(self):
        arguments = [self.command, "watch", "-q", self.index] + (["--window", self.window] if self.window else [])
        self.watch = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        threading.Thread(target=self.send, args=(self.watch.stdin,), daemon=True).start()
        began, verdicts, every = time.perf_counter(), [], max(1, self.count // SAMPLES)
        for done, _ in enumerate(self.watch.stdout, 1):
            when, text = self.sent.popleft()
            verdicts.append(time.perf_counter() - when)
            self.told = text
            self.room.release()
            if done == 1:
                self.readers = [Reader(self, k) for k in range(self.reader_count)]
                for r in self.readers:
                    r.start()
            if done % every == 0 and done < self.count:  # the process has ended by then
                self.sample(done, began, verdicts)
                verdicts = []
        self.over = True
        for r in self.readers:
            r.join()
        return self.end(done, time.perf_counter() - began)

    def end(self, done, seconds):
        stat = subprocess.run([self.command, "index", "stat", self.index, "--json"], stdout=subprocess.PIPE, check=True).stdout
        sound = subprocess.run([self.command, "index", "check", "-q", self.index], check=False).returncode == 0
        return {"name": self.name, "articles": done, "days": self.days, "window": self.window, "seconds": round(seconds, 1),
                "articles_per_second": round(done / seconds), "in_the_end": json.loads(stat), "sound": sound,
                "questions": sum((row["query_ms"] or {"count": 0})["count"] for row in self.rows),
                "missed": sum(r.missed for r in self.readers), "readers": self.reader_count, "exit": self.watch.wait(), "samples": self.rows}


def growth(phase):
    """The maximum of days 6 and 7 over that of days 3 and 4, for what may not grow once the window is full."""
    share = len(phase["samples"]) / phase["days"]
    span = lambda first, last: phase["samples"][int(share * (first - 1)):int(share * last)]
    most = lambda rows, key: max(row[key] for row in rows)
    found = {key: round(most(span(6, 7), key) / max(1, most(span(3, 4), key)), 3)
             for key in ("memory", "reader_memory", "file", "file_wal", "open_files")}
    median = lambda rows: statistics.median(row["verdict_ms"]["p50"] for row in rows)
    found["verdict_p50"] = round(median(span(6, 7)) / median(span(3, 4)), 3)
    return found


def faults(phases):
    for p in phases:
        if p["exit"] != 0 or not p["sound"] or p["articles"] != p["asked_for"]:
            yield f'{p["name"]}: exit code {p["exit"]}, sound: {p["sound"]}, {p["articles"]} of {p["asked_for"]} articles'
        if p["missed"] or (p["readers"] and not p["questions"]):
            yield f'{p["name"]}: of {p["questions"]} questions {p["missed"]} were not answered by what had been told'
        for key, by in p.get("growth", {}).items():
            if key != "verdict_p50" and by > SLACK and most_bytes(p, key) > LITTLE:
                yield f'{p["name"]}: {key} grew by {by}'


def most_bytes(phase, key):
    return max(row[key] for row in phase["samples"])


# ---- Output ------------------------------------------------------------------------------


def times(phase, key):
    """The medians of the samples, and the maximum of all."""
    rows = [s[key] for s in phase["samples"] if s[key]]
    if not rows:
        return "-"
    middle = lambda point: statistics.median(r[point] for r in rows)
    return f'p50 {middle("p50"):,.1f} ms, p99 {middle("p99"):,.1f} ms, most {max(r["most"] for r in rows):,.0f} ms'


def table(found):
    c = found["context"]
    lines = ["# An index under load", "",
             f'Generated articles of about {WORDS} words through `twicetold watch`, at most {c["in_flight"]} waiting for a verdict, with '
             f'{c["readers"]} processes beside it that query the articles with the latest verdicts. {c["date"]}, {c["cores"]} cores, load '
             f'{c["load_before"]} before; commit {c["commit"] or "not known"}; `{c["command"]}`.', "",
             "| | a day, all kept | a week, a window of a day |", "|---|---|---|"]
    mib = lambda n: f"{n / (1 << 20):,.0f} MiB"
    last = lambda p, key: p["samples"][-1][key]
    rows = [("articles", lambda p: f'{p["articles"]:,}'), ("articles in the index at the end", lambda p: f'{p["in_the_end"]["articles"]:,}'),
            ("articles a second", lambda p: f'{p["articles_per_second"]:,}'),
            ("time from an article to its verdict", lambda p: times(p, "verdict_ms")),
            ("queries of readers", lambda p: f'{p["questions"]:,}, {p["missed"]} answered wrongly'),
            ("a query", lambda p: times(p, "query_ms")),
            ("memory of watch at the end", lambda p: mib(last(p, "memory"))),
            ("memory of a reader at the end", lambda p: mib(last(p, "reader_memory"))),
            ("file at the end", lambda p: mib(last(p, "file"))), ("largest log", lambda p: mib(most_bytes(p, "file_wal"))),
            ("index check", lambda p: "no damage" if p["sound"] else "DAMAGED")]
    lines += [f'| {name} | {" | ".join(of(p) for p in found["phases"])} |' for name, of in rows]
    g = found["phases"][1]["growth"]
    lines += ["", "The maximum of days 6 and 7 divided by that of days 3 and 4: " +
              ", ".join(f'{key.replace("_", " ")} {by}' for key, by in g.items()) + ".", "", f"![over time]({found['context']['chart']})", ""]
    return "\n".join(lines)


def line(points, left, bottom, colour):
    """A polyline of (x, y) from 0 to 1 in a box of 300 by 110."""
    return (f'<polyline fill="none" stroke="{colour}" stroke-width="1.5" points="' +
            " ".join(f"{left + 300 * x:.1f},{bottom - 110 * y:.1f}" for x, y in points) + '"/>')


def chart(found):
    out = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 460" font-family="sans-serif" font-size="12">',
           '<rect width="720" height="460" fill="white"/>']
    panels = [("MiB", 1 << 20, [("memory", None, "watch", "#1b6ca8"), ("reader_memory", None, "a reader", "#a8441b"),
                                ("file", None, "the file", "#777")]),
              ("ms to a verdict", 1, [("verdict_ms", "p50", "p50", "#1b6ca8"), ("verdict_ms", "p99", "p99", "#a8441b")]),
              ("ms to an answer", 1, [("query_ms", "p50", "p50", "#1b6ca8"), ("query_ms", "p99", "p99", "#a8441b")])]
    for column, phase in enumerate(found["phases"]):
        left = 30 + 350 * column
        for row, (title, unit, series) in enumerate(panels):
            bottom = 140 + 145 * row
            values = lambda key, part: [((s[key] or {}).get(part, 0) if part else s[key]) / unit for s in phase["samples"]]
            top = max(max(values(key, part)) for key, part, _, _ in series) or 1
            names = ", ".join(f'<tspan fill="{colour}">{name}</tspan>' for _, _, name, colour in series)
            out.append(f'<text x="{left}" y="{bottom - 114}">{phase["name"]}: {title}, up to {top:,.1f}: {names}</text>')
            out.append(f'<line x1="{left}" x2="{left + 300}" y1="{bottom}" y2="{bottom}" stroke="black"/>')
            for key, part, _, colour in series:
                got = values(key, part)
                out.append(line([((k + 1) / len(got), v / top) for k, v in enumerate(got)], left, bottom, colour))
    return "\n".join(out + ["</svg>"]) + "\n"


def commit():
    """The commit that is checked out; None in an unpacked release, where git may not be installed."""
    try:
        return subprocess.run(["git", "rev-parse", "--short=12", "HEAD"], cwd=ROOT, check=False, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.strip()
    except FileNotFoundError:
        return ""


def context(args):
    return {"date": datetime.date.today().isoformat(), "commit": commit(), "cores": os.cpu_count(), "readers": args.readers,
            "in_flight": args.in_flight, "load_before": round(os.getloadavg()[0], 2), "seed": args.seed,
            "command": f"bench/load.py --day {args.day} --week {args.week}",
            "chart": (args.out or pathlib.Path("load")).with_suffix(".svg").name}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--day", type=int, default=100000, help="articles of the day that are all kept")
    parser.add_argument("--week", type=int, default=15000, help="articles of each day of the week")
    parser.add_argument("--readers", type=int, default=2)
    parser.add_argument("--in-flight", type=int, default=16, help="articles that wait for their verdicts")
    parser.add_argument("--pause", type=float, default=0.05, help="seconds between two questions of a reader")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--twicetold", default=str(ROOT / "build/release/cli/twicetold"))
    parser.add_argument("-o", "--out", type=pathlib.Path, help="OUT.json, OUT.md and OUT.svg; default: only the table is printed")
    args = parser.parse_args()
    found = {"context": context(args), "phases": []}
    for name, count, days, window in (("day", args.day, 1, None), ("week", args.week * 7, 7, "24h")):
        found["phases"].append({**Phase(args, name, count, days, window).run(), "asked_for": count})
    found["phases"][1]["growth"] = growth(found["phases"][1])
    if args.out:
        for suffix, text in ((".json", json.dumps(found) + "\n"), (".md", table(found)), (".svg", chart(found))):
            args.out.with_suffix(suffix).write_text(text, encoding="utf-8")
    print(table(found))
    wrong = list(faults(found["phases"]))
    for fault in wrong:
        print(f"FAILED: {fault}", file=sys.stderr)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
