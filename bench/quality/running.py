"""Runs the command that is measured, and keeps the table of what was measured."""
import csv
import json
import os
import subprocess
import sys
import tempfile

import measures

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))


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

    def write_beside(self, path, others):
        """Markdown: these rows, with the values of another table for the same rows."""
        with open(others, encoding="utf-8", newline="") as source:
            before = {(r["measure"], r["corpus"]): r["value"] for r in csv.DictReader(source)}
        with open(path, "w", encoding="utf-8") as to:
            name = os.path.basename(others).removeprefix("quality-").removesuffix(".csv")
            to.write(f"| corpus | measure | {name} | now | wanted |\n|---|---|---|---|---|\n")
            for measure, corpus, value, target, met in self.rows:
                now = f"**{value}**" if met == "NO" else value
                to.write(f"| {corpus} | {measure} | {before.get((measure, corpus), '')} | {now} "
                         f"| {target} |\n")

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


def command():
    return os.environ.get("TWICETOLD") or os.path.join(ROOT, "build", "release", "cli", "twicetold")


def read_texts(path):
    with open(path, encoding="utf-8") as lines:
        return {r["id"]: r["text"] for r in map(json.loads, lines)}


def run(*arguments, **streams):
    done = subprocess.run([command(), *arguments], stderr=subprocess.PIPE, text=True, **streams)
    if done.returncode != 0:
        sys.exit(f"twicetold {arguments[0]} failed with {done.returncode}:\n{done.stderr}")
    return done.stdout


def scan(inputs, *options):
    # The gold's extents are of the texts as they are.
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "result.jsonl")
        run("scan", "--quiet", "--text-format", "plain", *options, *inputs, "-o", out)
        with open(out, encoding="utf-8") as lines:
            return measures.Result(lines)


def dedup(path):
    """What dedup removes: records with `id` and `kept`."""
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "removed.jsonl")
        run("dedup", "--quiet", path, "-o", os.path.join(folder, "kept.jsonl"), "--removed", out)
        with open(out, encoding="utf-8") as lines:
            return list(map(json.loads, lines))


def verdicts(path):
    """What watch says of each article."""
    with tempfile.TemporaryDirectory() as folder, open(path, "rb") as source:
        out = run("watch", "--quiet", os.path.join(folder, "index"), stdin=source,
                  stdout=subprocess.PIPE)
    return [v for v in map(json.loads, out.splitlines()) if v["type"] == "verdict"]


def measure_cuts(table, name, result, most=0.05):
    """Sections as passages: places that share nothing, and runs that are cut; `most` None: without a target."""
    table.share("sections of 3 places and 100 words with two places that share nothing", name,
                measures.sections_without_common_text(result), ("==", 0))
    table.share("joints of sections that cut a continuous run", name, measures.cut_joints(result),
                most and ("<=", most))
