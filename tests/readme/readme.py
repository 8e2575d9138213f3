#!/usr/bin/env python3
"""Runs what README.md shows and compares the output with what the page says.

    readme.py check --command TWICETOLD --example PROGRAM     exit code 1 and a diff where they differ
    readme.py write --command TWICETOLD --example PROGRAM     puts the output into README.md
    readme.py extract FILE                                    the C program, for the compiler

The info string of a fenced block says how it is tested. console: commands after "$ ", each followed by its output, in
which a line "..." matches any number of lines. c: the program; the next text block is its output. cmake: each line must
be in tests/consumer/project/CMakeLists.txt, which a test builds. python, py: the tests of the Python package run them.
The table between the "measured" comments is made from bench/results.
"""

import argparse
import atexit
import csv
import difflib
import json
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
README = os.path.join(ROOT, "README.md")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)
TABLE = re.compile(r"(<!-- measured -->\n).*?(<!-- end -->)", re.S)
# These fetch, build or test the tree itself; the job "demo" of .ci/run runs them.
NOT_HERE = re.compile(r"(git clone|cd|\./check|sudo)\b")


def read(*path):
    with open(os.path.join(ROOT, *path), encoding="utf-8") as f:
        return f.read()


def steady(text):
    """The text without times, which differ from run to run."""
    text = re.sub(r'"seconds":\{[^}]*\}', '"seconds":{}', text)
    return re.sub(r"in [\d.]+ s \([\d.]+ [KMG]?B/s\)", "in 0 s", text)


def run(command, args):
    if command == "./demo":
        command = f".ci/show '{args.command}'"
    path = os.path.dirname(os.path.abspath(args.command)) + os.pathsep + os.environ["PATH"]
    done = subprocess.run(["bash", "-c", command], cwd=ROOT, env=dict(os.environ, PATH=path, LC_ALL="C"), text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        sys.exit(f"{command}: exit code {done.returncode}\n{done.stdout}")
    return done.stdout


def fits(shown, found):
    """Whether the output is what the page shows; a line of three dots matches any number of lines."""
    pattern = "".join(r"(?:.*\n)*" if line == "..." else re.escape(line) + r"\n" for line in shown.splitlines())
    return re.fullmatch(pattern, found) is not None


def begin_service(command, args):
    """Begins what goes on beside the next commands; it ends with this program."""
    prepare, words = command[:-2].split("; ")
    run(prepare, args)
    service = subprocess.Popen([args.command, *words.split()[1:]], cwd=ROOT, stderr=subprocess.PIPE, text=True)
    atexit.register(service.terminate)
    if not service.stderr.readline().startswith("serving "):
        sys.exit(f"README.md: {command} does not begin")


def console(body, args):
    """The block with the present output of its commands."""
    out = ""
    for command, shown in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", body, re.M):
        # Only the output of ./demo has lines that begin with "$ ".
        if NOT_HERE.match(command):
            out += f"$ {command}\n{shown}"
            continue
        if command.endswith(" &"):
            begin_service(command, args)
            out += f"$ {command}\n"
            continue
        found = run(command, args)
        out += f"$ {command}\n" + (shown if fits(steady(shown), steady(found)) else found)
    return out


def demo(body, args):
    shown = body.split("\n", 1)[1]
    found = "...\n" + run("./demo", args)  # The dots match what is installed and built.
    return "$ ./demo\n" + (shown if steady(shown) == steady(found) else found)


def median(benchmarks, name, key):
    values = [b[key] for b in benchmarks if b["name"] == f"{name}_median"]
    return values[0] if values else None


def measured():
    """The table of measurements, from bench/results."""
    rows = ["| what | measured |", "|---|---|"]
    path = os.path.join(ROOT, "bench", "results", "bench.json")
    date = ""
    if os.path.exists(path):
        with open(path, encoding="utf-8") as f:
            result = json.load(f)
        b, date = result["benchmarks"], result["context"]["date"][:10]
        names = [f"scan/corpus:100k/threads:{threads}/real_time" for threads in (1, 2)]
        speed, memory = ([f"{median(b, name, key) / 1e6:.0f}" for name in names]
                         for key in ("bytes_per_second", "peak_rss_bytes"))
        rows.append(f"| speed, {median(b, names[0], 'articles'):,.0f} generated articles, {median(b, names[0], 'text_bytes') / 1e6:.0f} MB"
                    f" of text, 1 thread and 2 | {' and '.join(speed)} MB/s; {' and '.join(memory)} MB of memory |")
    with open(os.path.join(ROOT, "bench", "results", "quality.csv"), encoding="utf-8", newline="") as f:
        quality = [r for r in csv.DictReader(f) if r["corpus"].startswith("mixed ")]
    value = {r["measure"]: r["value"] for r in quality}
    corpus = quality[0]["corpus"].split()[1]
    kinds = {m: v for m, v in value.items() if m.startswith("recall of planted copies, ") and not m.endswith("all kinds")}
    worst = min(kinds, key=lambda m: float(kinds[m]))
    for label, measure in (("recall of pairs with a resemblance of 0.7 or more (all of them found by brute force)",
                            "recall of pairs with resemblance >= 0.7 by brute force"),
                           (f"recall of planted copies, {len(kinds)} kinds of edit (the worst, {worst.split(', ')[1].replace('_', ' ')}: "
                            f"{float(value[worst]):.4f})", "recall of planted copies, all kinds"),
                           ("precision of pairs", "precision of pairs"),
                           ("adjusted Rand index of clusters", "ARI of clusters"),
                           ("recall of planted sections, in characters", "characters of planted sections recalled"),
                           ("characters reported beyond planted sections", "characters reported beyond planted sections")):
        if measure in value:
            rows.append(f"| {label} | {float(value[measure]):.4f} |")
    rows.append("")
    rows.append(f"Speed: {date}, two cores of an x86-64 server with AVX-512, gcc 12, `bench/run`. Quality: {int(corpus):,} generated "
                "articles, `bench/quality/run`;")
    rows.append("[bench/results/quality.csv](bench/results/quality.csv) has all figures.")
    return "\n".join(rows) + "\n"


def renew(text, args):
    program_output = None
    of_python = "".join(re.findall(r"^```python\n.*?^```\n\n```text\n(.*?)^```$", text, re.M | re.S)[:1])

    def block(match):
        nonlocal program_output
        kind, body = match.group(1), match.group(2)
        if kind == "console":
            body = demo(body, args) if body.startswith("$ ./demo\n") else console(body, args)
        elif kind == "c":
            program_output = subprocess.run([args.example], text=True, stdout=subprocess.PIPE, check=True).stdout
        elif kind == "text" and program_output is not None:
            body, program_output = program_output, None
        elif kind == "python" or (kind == "text" and body == of_python):
            pass  # python/tests/test_docs.py runs it, and compares what it prints
        elif kind == "py":
            pass  # python/tests/test_spark.py runs it
        elif kind == "cmake":
            project = read("tests", "consumer", "project", "CMakeLists.txt").splitlines()
            for line in filter(None, body.splitlines()):
                if line.replace("my_program", "consumer") not in project:
                    sys.exit(f"README.md: no test has this line: {line}")
        else:
            sys.exit(f"README.md: nothing runs a block of {kind}")
        return f"```{kind}\n{body}```"

    text = BLOCK.sub(block, text)
    return TABLE.sub(lambda m: m.group(1) + measured() + m.group(2), text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["check", "write", "extract"])
    parser.add_argument("file", nargs="?")
    parser.add_argument("--command")
    parser.add_argument("--example")
    args = parser.parse_args()
    text = read("README.md")
    if args.what == "extract":
        programs = [body for kind, body in BLOCK.findall(text) if kind == "c"]
        with open(args.file, "w", encoding="utf-8") as f:
            f.write(programs[0])
        return 0
    new = renew(text, args)
    for target in re.findall(r"\]\(([^)#:]+)\)", new):
        if not os.path.exists(os.path.join(ROOT, target)):
            sys.exit(f"README.md: {target} is not there")
    if args.what == "write":
        with open(README, "w", encoding="utf-8") as f:
            f.write(new)
    elif new != text:
        sys.stdout.writelines(difflib.unified_diff(text.splitlines(True), new.splitlines(True), "shown", "found"))
        print("tests/readme/readme.py write puts what is found into README.md")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
