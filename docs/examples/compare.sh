#!/bin/sh
# Runs a command at the top of the tree; all it prints must be what the file holds.
# usage: compare.sh FILE COMMAND...
set -eu
cd "$(dirname "$0")/../.."
expected=$1
shift
out=$("$@" 2>&1)
printf '%s\n' "$out" | diff "$expected" - >&2
