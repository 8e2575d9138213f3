#!/usr/bin/env python3
"""Texts that an attacker may choose, so that each article matches every other one all over: none may cost more than
a bound, in processor time for a byte of the time for ordinary text.

    cost.py TWICETOLD [CASE...]

The bound is loose, because ordinary text of this size takes 20 ms; bench/peers/worst has the figures.
"""
import json
import os
import random
import subprocess
import sys
import tempfile

SIZE = 2_000_000  # bytes of a corpus
BOUND = 20  # the sanitizers add a half to some
RESEMBLANCE = ["--pairs", "--containment", "off", "--overlap", "off", "--facts", "off"]


def de_bruijn(letters, order):
    """All runs of `order` letters, in a row."""
    a, sequence = [0] * letters * order, []

    def extend(t, period):
        if t > order:
            if order % period == 0:
                sequence.extend(a[1:period + 1])
            return
        a[t] = a[t - period]
        extend(t + 1, period)
        for letter in range(a[t - period] + 1, letters):
            a[t] = letter
            extend(t + 1, t)

    extend(1, 1)
    return sequence


def ordinary(rng):
    """Words as frequent as those of a language, 350 an article."""
    words = ["".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=rng.randrange(2, 10))) for _ in range(20000)]
    weights = [1 / (k + 3) for k in range(len(words))]
    while True:
        yield " ".join(rng.choices(words, weights, k=350))


def permuted(rng):
    """All runs of four of six words, the words permuted."""
    base, words = de_bruijn(6, 4), list("abcdef")
    while True:
        rng.shuffle(words)
        at = rng.randrange(len(base))
        yield " ".join(words[k] for k in base[at:] + base[:at])


def single_letters(rng):
    while True:
        yield " ".join(rng.choices("ab", k=1150))


def six_words(rng):
    while True:
        yield " ".join(rng.choices(["north", "south", "east", "west", "up", "down"], k=1300))


def two_words_and_marks(rng):
    parts = ["\u202b", "\u202c", "\u200f", "\u05e9\u05dc\u05d5\u05dd", "\u0645\u0631\u062d\u0628\u0627", "\u2067"]
    while True:
        yield " ".join(rng.choices(parts, k=350))


def thue_morse(rng):
    while True:
        at = rng.randrange(1 << 20)
        yield " ".join("alpha" if bin(at + k).count("1") & 1 else "omega" for k in range(400))


CASES = {f.__name__: f for f in (permuted, single_letters, six_words, two_words_and_marks, thue_morse)}


def write(path, texts):
    size = 0
    with open(path, "w", encoding="utf-8") as to:
        for number, text in enumerate(texts):
            size += to.write(json.dumps({"id": number, "text": text}, ensure_ascii=False) + "\n")
            if size >= SIZE:
                break
    return os.path.getsize(path)


def seconds_of(command, path, options):
    """Processor seconds, the least of two runs, and what the summary counts."""
    least = None
    for _ in range(2):
        process = subprocess.Popen([command, "scan", "-q", "--threads", "1", path, "-o", path + ".out"] + options)
        _, status, usage = os.wait4(process.pid, 0)
        if status != 0:
            sys.exit(f"{path}: status {status}")
        seconds = usage.ru_utime + usage.ru_stime
        least = seconds if least is None else min(least, seconds)
    with open(path + ".out", encoding="utf-8") as result:
        *_, last = result
    return least, json.loads(last)


def main():
    command, names = sys.argv[1], sys.argv[2:] or list(CASES)
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "articles.jsonl")
        plain = write(path, ordinary(random.Random(1)))
        usual = {mode: seconds_of(command, path, options)[0] / plain
                 for mode, options in (("everything", []), ("resemblance", RESEMBLANCE))}
        for name in names:
            size = write(path, CASES[name](random.Random(1)))
            for mode, options in (("everything", []), ("resemblance", RESEMBLANCE)):
                seconds, summary = seconds_of(command, path, options)
                times = seconds / size / usual[mode]
                print(f"{name}, {mode}: {times:.1f} times, {summary['pairs']} pairs, {summary['pairs_omitted']} omitted")
                failed += times > BOUND
    if failed:
        sys.exit(f"{failed} over {BOUND} times")


if __name__ == "__main__":
    main()
