#!/usr/bin/env bash
# Runs the ingest example on a directory to which files are added: files of several formats, one that
# is there from the start, an end by a signal and a restart. usage: ingest_test.sh PROGRAM COMMAND SOURCE
set -euo pipefail
program=$(realpath "$1") command=$(realpath "$2") source=$(realpath "$3")
samples=$(cd "$(dirname "$0")/../../tests/wire" && pwd)
[ "$(wc -l <"$source")" -lt 100 ] || { echo "the example has 100 lines or more"; exit 1; }
work=$(mktemp -d "${TMPDIR:-/tmp}/twicetold-ingest.XXXXXX")
child=
trap '[ -z "$child" ] || kill -9 "$child" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"
mkdir in

fail() {
    echo "$1"
    cat out err
    ls -R in
    exit 1
}
start() { "$program" feed.db in >>out 2>>err & child=$!; }
drop() { cp "$1" in/.part && mv in/.part "in/$2"; }
wait_for() { # $1: the file to wait for
    for _ in $(seq 200); do
        ! compgen -G "in/done/*-$1" >/dev/null || return 0
        sleep 0.05
    done
    fail "$1 was not ingested"
}

printf '%s\n' '{"id":"a","text":"Gulls came early to the harbour and left again"}' 'oops' >first.jsonl
drop first.jsonl first.jsonl
: >in/.unfinished
start
wait_for first.jsonl
drop "$samples/story.nitf" story.nitf
drop "$samples/feed.rss" feed.rss
wait_for story.nitf
wait_for feed.rss
kill "$child"
if wait "$child"; then fail "the program did not end by the signal"; fi
before=$(wc -l <out)

drop first.jsonl again.jsonl # as if the program had ended before it moved the file
start
wait_for again.jsonl
kill -9 "$child"
if wait "$child"; then fail "the program was not killed"; fi
child=
[ -e in/.unfinished ] || fail 'an unfinished file was ingested'
[ "$(wc -l <out)" -eq $((before + 1)) ] || fail 'an article has no verdict, or several'
grep -q '^{"type":"verdict","id":"a","verdict":"new"' out || fail 'no verdict on the first article'
tail -n 1 out | grep -q '"id":"a","verdict":"duplicate","of":"a"' || fail 'the repeated article is not a duplicate'
grep -q '^first.jsonl:2: ' err || fail 'a bad record is not reported'
"$command" index check -q feed.db
[ "$("$command" index stat feed.db --json | sed 's/.*"articles":\([0-9]*\).*/\1/')" -eq "$before" ] || fail 'articles are missing'
