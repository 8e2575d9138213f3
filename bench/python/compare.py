#!/usr/bin/env python3
"""Measures the cost of a scan in Python relative to the command, on the same articles.

    compare.py ARTICLES.jsonl [--rounds N] [--out FILE]

The command does not read Parquet, so each way in Python is compared with the command on the same articles as JSON
Lines; reading compressed Parquet (snappy, the default of pyarrow) is also compared with the command on JSON Lines
compressed with zstd. A table is read within the call ("read first") or is in memory before it ("in memory").

Needs the package (with its command) and pyarrow. Runs are interleaved, each in a separate process with one thread.
The figures are processor time, of the whole process and, in Python, of scan and write alone (starting Python and
pyarrow costs the same for any input), and the least of all rounds, so that other load matters little. Prints
a JSON object, and writes it to FILE.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import sysconfig
import tempfile

CALL = """
import sys, time, {imports} twicetold
{before}
began = time.process_time()
twicetold.scan({articles}, threads=1).write(sys.argv[2])
print(time.process_time() - began)
"""
READ = "pyarrow.parquet.read_table(sys.argv[1], columns=['id', 'text'])"
FILE = CALL.format(imports="", before="", articles="sys.argv[1]")
PARQUET = CALL.format(imports="pyarrow.dataset, pyarrow.fs,", before="", articles="sys.argv[1]")
TABLE = CALL.format(imports="pyarrow.dataset, pyarrow.parquet,", before="", articles=READ)
HELD = CALL.format(imports="pyarrow.dataset, pyarrow.parquet,", before=f"table = {READ}", articles="table")


def seconds(words):
    """User and system time of a process; for Python also the time of the call alone, which it prints."""
    began = resource.getrusage(resource.RUSAGE_CHILDREN)
    said = subprocess.run(words, check=True, stdout=subprocess.PIPE).stdout
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    whole = usage.ru_utime + usage.ru_stime - began.ru_utime - began.ru_stime
    return whole, float(said) if said else whole


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--out")
    args = parser.parse_args()
    import pyarrow.json
    import pyarrow.parquet

    command = os.path.join(sysconfig.get_path("scripts"), "twicetold")
    with tempfile.TemporaryDirectory() as folder:
        parquet, plain = os.path.join(folder, "articles.parquet"), os.path.join(folder, "plain.parquet")
        packed, result = os.path.join(folder, "articles.jsonl.zst"), os.path.join(folder, "result.jsonl")
        subprocess.run(["zstd", "-q", args.articles, "-o", packed], check=True)
        table = pyarrow.json.read_json(args.articles, pyarrow.json.ReadOptions(block_size=1 << 26))
        pyarrow.parquet.write_table(table, parquet)
        pyarrow.parquet.write_table(table, plain, compression="none")
        ways = {
            "command, JSON Lines": [command, "scan", "--quiet", "--threads", "1", args.articles, "-o", result],
            "command, JSON Lines, zstd": [command, "scan", "--quiet", "--threads", "1", packed, "-o", result],
            "Python, JSON Lines": [sys.executable, "-c", FILE, args.articles, result],
            "Python, Parquet, not compressed": [sys.executable, "-c", PARQUET, plain, result],
            "Python, Parquet": [sys.executable, "-c", PARQUET, parquet, result],
            "Python, pyarrow.Table read first": [sys.executable, "-c", TABLE, parquet, result],
            "Python, pyarrow.Table in memory": [sys.executable, "-c", HELD, parquet, result],
        }
        times = {name: [] for name in ways}
        before = [round(n, 2) for n in os.getloadavg()]
        results = set()
        for _ in range(args.rounds):
            for name, words in ways.items():
                times[name].append(seconds(words))
                with open(result, "rb") as lines:
                    results.add(hash(b"".join(line for line in lines if b'"summary"' not in line)))
    if len(results) != 1:
        sys.exit("the results differ")
    whole = {name: round(min(w for w, _ in all), 3) for name, all in times.items()}
    call = {name: round(min(c for _, c in all), 3) for name, all in times.items()}
    base = whole["command, JSON Lines"]
    out = {
        "articles": table.num_rows,
        "bytes": os.path.getsize(args.articles),
        "rounds": args.rounds,
        "load_average_before": before,
        "load_average_after": [round(n, 2) for n in os.getloadavg()],
        "processor_seconds_of_the_process": whole,
        "processor_seconds_of_the_call": call,
        "call_against_the_command": {n: round(s / base, 3) for n, s in call.items() if n.startswith("Python")},
        "parquet_against_the_command_on_zstd": round(call["Python, Parquet"] / whole["command, JSON Lines, zstd"], 3),
    }
    text = json.dumps(out, indent=1)
    print(text)
    if args.out:
        with open(args.out, "w", encoding="utf-8") as to:
            to.write(text + "\n")


if __name__ == "__main__":
    main()
