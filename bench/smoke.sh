#!/bin/sh
# Runs every benchmark once, on the bundled feed, and checks the file. usage: smoke.sh PROGRAM
set -eu
work=$(mktemp -d "${TMPDIR:-/tmp}/twicetold-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
"$1" --benchmark_list_tests >"$work/names"
"$1" --benchmark_min_time=1x --benchmark_repetitions=2 --benchmark_out="$work/out.json" --benchmark_color=false
python3 - "$work/names" "$work/out.json" <<'END'
import json, sys
names = open(sys.argv[1]).read().split()
result = json.load(open(sys.argv[2]))
runs = [b["name"] for b in result["benchmarks"] if b["run_type"] == "iteration"]
assert runs == [n for n in names for _ in range(2)], "a benchmark is missing"
for b in result["benchmarks"]:
    for key, kind in (("name", str), ("run_name", str), ("real_time", (int, float)), ("cpu_time", (int, float)),
                      ("time_unit", str), ("iterations", int), ("repetitions", int)):
        assert isinstance(b[key], kind), (b["name"], key)
assert result["context"]["json_schema_version"] == 1
for key in ("date", "num_cpus", "compiler", "flags", "kernels"):
    assert key in result["context"], key
print(len(names), "benchmarks")
END
