#!/usr/bin/env bash
# Every read, write, sync, rename, open, truncation and mapping of a command fails in turn, once and
# permanently, by the shim in this folder. The command must report a clear error with exit code 3, or succeed
# with the same result; leave the old file or the complete new file, and no temporary file; and leave an
# undamaged index, to which the same articles can be added.
#
#   TWICETOLD=path/to/twicetold TT_FAULT_SHIM=path/to/shim.so tests/faults/run.sh [scan|dedup|index|watch]...
#
# TT_FAULT_ALL=1 tries every call with both errors, once and permanently, on more articles. Without it, only some
# calls fail, with EIO once and ENOSPC permanently.
set -u
TWICETOLD=$(realpath "${TWICETOLD:?set TWICETOLD to the built command}")
shim=$(realpath "${TT_FAULT_SHIM:?set TT_FAULT_SHIM to the built shim}")
feed=$(realpath "$(dirname "$0")/../../corpora/feed/articles.jsonl")
work=$(mktemp -d "${TMPDIR:-/tmp}/twicetold-faults.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
export LC_ALL=C TT_FAULT_FILE=$work.fired
trap 'rm -rf "$work" "$TT_FAULT_FILE"' EXIT
[ $# -gt 0 ] || set -- scan dedup index watch
all=${TT_FAULT_ALL:-}
head -n "$([ -n "$all" ] && echo 30 || echo 10)" "$feed" >in.jsonl
plain() { sed 's/"seconds":{[^}]*},//' "$1"; }
faults=0 survived=0

bad() {
    echo "BAD: $subject, $kind call $at, errno $errno${forever:+, and all later ones}: $*"
    echo "exit code $status"
    head -c 2000 err
    exit 1
}

# Conditions that every run must meet.
common() {
    case $status in 0 | 1 | 3) ;; *) bad "it ended badly" ;; esac
    [ "$status" -eq 0 ] || [ -s err ] || bad "no word on standard error"
    ! compgen -G '.twicetold-*' >/dev/null || bad "a temporary file is left"
}

# The file $1 is the old one or the new one, which is wanted.$1.
whole() {
    if [ "$status" -eq 0 ]; then
        plain "$1" | cmp -s - "wanted.$1" || bad "success, and another $1"
    elif [ -e "$1" ]; then
        echo old | cmp -s - "$1" || plain "$1" | cmp -s - "wanted.$1" || bad "$1 is neither old nor new"
    fi
}

# each SUBJECT KINDS PREPARE RUN CHECK: tries the calls of each kind until a run has no further one.
each() {
    subject=$1
    for kind in $2; do
        for errno in 5 28; do # EIO, ENOSPC
            for forever in '' 1; do
                [ -n "$all" ] || [ "$errno$forever" = 5 ] || [ "$errno$forever" = 281 ] || continue
                for ((at = 1; ; at += 1 + (${#all} == 0) * at)); do
                    rm -f "$TT_FAULT_FILE"
                    "$3"
                    export TT_FAULT_CALL=$kind TT_FAULT_AT=$at TT_FAULT_ERRNO=$errno
                    unset TT_FAULT_FOREVER
                    [ -z "$forever" ] || export TT_FAULT_FOREVER=1
                    "$4"
                    unset TT_FAULT_CALL
                    common
                    "$5"
                    [ -e "$TT_FAULT_FILE" ] || break
                    faults=$((faults + 1)) survived=$((survived + (status == 0)))
                done
            done
        done
    done
}

# Standard output of the command goes to OUTPUT, if that is set.
run() {
    status=0
    LD_PRELOAD=$shim "$TWICETOLD" "$@" 2>err || status=$?
}

# ---- scan, dedup ---------------------------------------------------------------------------------

scan_prepare() { echo old >result; }
scan_run() { run scan in.jsonl -o result; }
scan_check() {
    # an unreadable input counts as a rejected record
    [ "$status" -eq 1 ] || { whole result && return; }
    grep -q in.jsonl err || bad "the input is not named"
}

dedup_prepare() { echo old >kept; echo old >removed; }
dedup_run() { run dedup in.jsonl -o kept --removed removed; }
dedup_check() {
    [ "$status" -ne 1 ] || { grep -q in.jsonl err || bad "the input is not named"; return; }
    whole kept
    whole removed
}

# ---- The index -----------------------------------------------------------------------------------

# Restores the index with the first ten articles.
index_prepare() { rm -f feed.db*; cp base.db feed.db; }

# Without faults, the index is undamaged, and the articles can be added.
index_whole() {
    "$TWICETOLD" index check --quiet feed.db >findings 2>&1 || { cat findings; bad "the index is damaged"; }
    "$TWICETOLD" index add --quiet feed.db in.jsonl >/dev/null 2>err ||
        bad "it does not take the articles again"
    "$TWICETOLD" index query --quiet feed.db in.jsonl >again 2>err || bad "it answers no more"
    cmp -s again wanted.query || bad "it answers otherwise"
}
index_run() { run index add feed.db in.jsonl >/dev/null; }
watch_run() { run watch feed.db <in.jsonl >verdicts; }

ids() { sed -n 's/.*"id":\("[^"]*"\).*/\1/p' "$1" | sort; }

# Every article whose verdict was written is in the index.
watch_check() {
    "$TWICETOLD" index query --quiet feed.db in.jsonl >there 2>>err || bad "it answers no more"
    grep '"verdict":"duplicate"' there >known
    ids verdicts >told
    ids known >there
    [ -z "$(comm -23 told there)" ] || bad "lost, though there was a verdict: $(comm -23 told there)"
    index_whole
}

for topic in "$@"; do
    case $topic in
    scan)
        "$TWICETOLD" scan --quiet in.jsonl -o result && plain result >wanted.result
        each scan 'read write sync rename open' scan_prepare scan_run scan_check
        ;;
    dedup)
        "$TWICETOLD" dedup --quiet in.jsonl -o kept --removed removed
        cp kept wanted.kept && cp removed wanted.removed
        each dedup 'read write sync rename open' dedup_prepare dedup_run dedup_check
        ;;
    index | watch)
        rm -f base.db* feed.db*
        "$TWICETOLD" index create base.db && head -n 4 in.jsonl | "$TWICETOLD" index add --quiet base.db - >/dev/null
        cp base.db feed.db
        "$TWICETOLD" index add --quiet feed.db in.jsonl >/dev/null
        "$TWICETOLD" index query --quiet feed.db in.jsonl >wanted.query
        each "$topic" 'read write sync open truncate map' index_prepare "${topic}_run" \
            "$([ "$topic" = watch ] && echo watch_check || echo index_whole)"
        ;;
    *) echo "no such topic: $topic" && exit 2 ;;
    esac
    echo "$topic: $faults faults so far, $survived without an effect"
done
