#!/bin/sh
# Runs a command at the root of the repository and compares everything it prints with a file.
# usage: compare.sh FILE COMMAND...
set -eu
cd "$(dirname "$0")/../.."
expected=$1
shift
out=$("$@" 2>&1)
printf '%s\n' "$out" | diff "$expected" - >&2
