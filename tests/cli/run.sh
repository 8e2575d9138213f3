#!/usr/bin/env bash
# Runs the tests of the command: every function test_* of the topic files in this folder, each in a separate
# directory. They use only bash, coreutils, grep, sed and awk.
#
#   TWICETOLD=path/to/twicetold tests/cli/run.sh [WORD]      WORD: only tests whose name contains it
#
# A failed check prints the output and ends its test.
set -u

here=$(cd "$(dirname "$0")" && pwd)
TWICETOLD=$(realpath "${TWICETOLD:?set TWICETOLD to the built command}")
[ -x "$TWICETOLD" ] || { echo "$TWICETOLD is not there"; exit 1; }
# shellcheck disable=SC2034 # for pages.sh: what the build made beside the command
pages=$(dirname "$TWICETOLD")/pages
only=${1:-}
work=$(mktemp -d "${TMPDIR:-/tmp}/twicetold-cli.XXXXXX")
chmod 711 "$work"
trap 'chmod -R u+rwx "$work" 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
unset TT_KERNELS TWICETOLD_OPTIONS NO_COLOR
export LC_ALL=C TMPDIR=$work TERM=dumb
skipped_code=77

# ==== Functions for tests ==========================================================================

# Runs the command. Its output is in the files out and err, its exit code in $status.
run() {
    status=0
    "${as[@]}" "$TWICETOLD" "$@" >out 2>err || status=$?
}
as=()

# Runs the command as an unprivileged user from here on.
as_a_user() {
    [ "$(id -u)" -eq 0 ] || return 0
    as=(setpriv --reuid 65534 --regid 65534 --clear-groups)
    "${as[@]}" "$TWICETOLD" --version >/dev/null 2>&1 || skip 'root reads and writes every file'
    chmod 777 .
}

fail() {
    printf '  %s\n' "$*"
    for f in out err; do
        [ -s "$f" ] && { printf '  -- %s:\n' "$f"; head -c 2000 "$f" | sed 's/^/  | /' | head -n 20; }
    done
    exit 1
}

skip() {
    printf '%s\n' "$*"
    exit $skipped_code
}

exits() { [ "$status" -eq "$1" ] || fail "exit code $status, expected $1"; }
has() { grep -qF -e "$2" -- "$1" || fail "$1 does not hold: $2"; }
lacks() { ! grep -qF -e "$2" -- "$1" || fail "$1 holds: $2"; }
lines() { [ "$(wc -l <"$1")" -eq "$2" ] || fail "$1 has $(wc -l <"$1") lines, expected $2"; }
empty() { [ ! -s "$1" ] || fail "$1 is not empty"; }
same() { cmp -s -- "$1" "$2" || fail "$1 and $2 differ: $(diff "$1" "$2" 2>&1 | head -n 4)"; }
absent() { [ ! -e "$1" ] || fail "$1 is there"; }
no_leftovers() {
    [ -z "$(find . "$TMPDIR" -maxdepth 2 -name '.twicetold-*' 2>/dev/null)" ] ||
        fail "a temporary file was left"
}

# Prints a result without times.
plain() { sed 's/"seconds":{[^}]*},//' "$1"; }
same_result() {
    plain "$1" >"$1.plain"
    plain "$2" >"$2.plain"
    same "$1.plain" "$2.plain"
}

# Prints COUNT articles of invented words as JSON Lines: every tenth is a copy of an earlier one, every tenth is
# truncated, and every fifth contains the same notice. The bytes are always the same.
feed() {
    awk -v count="$1" '
    function random(n) { seed = (seed * 16807) % 2147483647; return seed % n }
    function word(  s, i) {
        s = ""
        for (i = random(3) + 1; i >= 0; i--)
            s = s substr("bcdfghklmnprstvz", random(16) + 1, 1) substr("aeiou", random(5) + 1, 1)
        return s
    }
    function words(n,  s, i) {
        s = word()
        for (i = 1; i < n; i++)
            s = s " " vocabulary[random(4000)]
        return s
    }
    BEGIN {
        seed = 20
        for (i = 0; i < 4000; i++)
            vocabulary[i] = word()
        notice = words(45)
        for (i = 1; i <= count; i++) {
            if (i % 10 == 0)
                text = texts[i - 1 - random(8)]
            else if (i % 10 == 5)
                text = firsts[i - 1]
            else {
                firsts[i] = words(90)
                text = firsts[i] "\\n\\n" words(30)
            }
            if (i % 5 == 2)
                text = text "\\n\\n" notice
            texts[i] = text
            printf "{\"id\":\"n%05d\",\"title\":\"x\",  \"text\":\"%s\"}\n", i, text
        }
    }'
}

# Prints the names of all commands, one a line, as the help screens list them.
all_commands() {
    "$TWICETOLD" --help | sed -n 's/^  \([a-z]*\)  *.*/\1/p' | grep -v '^index$'
    "$TWICETOLD" index --help | sed -n 's/^  \([a-z]*\)  *.*/index \1/p'
}

# ==== Running the tests ============================================================================

passed=0 failed=0 skipped=0
for topic in "$here"/[a-z]*.sh; do
    [ "$topic" = "$here/run.sh" ] && continue
    area=$(basename "$topic" .sh)
    # shellcheck source=/dev/null
    names=$(. "$topic" && declare -F | awk '$3 ~ /^test_/ {print $3}')
    for name in $names; do
        title="$area: $(echo "${name#test_}" | tr _ ' ')"
        case $title in *"$only"*) ;; *) continue ;; esac
        directory=$(mktemp -d "$work/test.XXXXXX")
        log=$directory.log
        (
            cd "$directory" || exit 1
            # shellcheck source=/dev/null
            . "$topic"
            "$name"
        ) >"$log" 2>&1
        code=$?
        if [ $code -eq 0 ]; then
            passed=$((passed + 1))
            printf 'ok    %s\n' "$title"
        elif [ $code -eq $skipped_code ]; then
            skipped=$((skipped + 1))
            printf 'skip  %s (%s)\n' "$title" "$(tail -n 1 "$log")"
        else
            failed=$((failed + 1))
            printf 'FAIL  %s\n' "$title"
            cat "$log"
        fi
        chmod -R u+rwx "$directory" 2>/dev/null
        rm -rf "$directory" "$log"
    done
done
[ $skipped -eq 0 ] || printf '%d skipped\n' $skipped
printf '%d passed, %d failed\n' $passed $failed
[ $failed -eq 0 ] && [ $((passed + skipped)) -gt 0 ]
