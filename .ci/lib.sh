# Shared by the jobs, which source it. Every job can be run by hand, from any directory: .ci/jobs/NAME
# shellcheck shell=bash
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
jobs=$(nproc)
feed=corpora/feed/articles.jsonl
# shellcheck disable=SC2034 # of the jobs python and spark
venv=build/ci/venv
# Python modules are compiled once, at their first use, instead of by every process.
unset PYTHONDONTWRITEBYTECODE
[ -s "$feed" ] || { echo "$feed is not there"; exit 1; }

# build PRESET [OPTION...]: configures and builds in build/PRESET, with warnings as errors.
build() {
    cmake --preset "$1" -DTT_WERROR=ON "${@:2}"
    cmake --build --preset "$1"
}

# programs FOLDER LABELS: the build targets of the unit, API and example tests with these labels
programs() {
    ctest --test-dir "$1" -N -L "$2" | sed -n -E 's/.*: (unit|api|example|consumer)\.([a-z0-9_]*)$/\1_\2/p' |
        sed 's/^unit_/test_/; s/^api_/test_api_/; /^consumer_/ { /_example$/!d; s/.*/test_header_example/ }'
}

# build_for LABELS PRESET [OPTION...]: like `build`, but only the programs of the tests with these labels.
build_for() {
    cmake --preset "$2" -DTT_WERROR=ON "${@:3}"
    # shellcheck disable=SC2046 # words
    cmake --build --preset "$2" --target twicetold tt_command tt_pages_made $(programs "build/$2" "$1")
}

# asserts_on PRESET: fails if anything in that build is compiled without its asserts.
asserts_on() {
    ! grep -q -e -DNDEBUG "build/$1/compile_commands.json" || { echo "build/$1 is compiled without asserts"; exit 1; }
}

# tests PRESET [OPTION...]: runs the tests of a build.
tests() {
    ctest --preset "$1" -j "$jobs" "${@:2}"
}

# scan COMMAND [OPTION...]: the result for the feed, without times.
scan() {
    "$1" scan --quiet "$feed" "${@:2}" | sed 's/"seconds":{[^}]*},//'
}

# wanted: the result of the release build, which every other build must give.
wanted() {
    [ -x build/release/cli/twicetold ] || build release >build/ci-release.log 2>&1 ||
        { tail -n 20 build/ci-release.log; exit 1; }
    scan build/release/cli/twicetold
}

# same NAME WANTED FOUND: fails unless the two files are equal
same() {
    cmp "$2" "$3" || { echo "not the same bytes: $1"; exit 1; }
    echo "the same bytes: $1"
}

# Tests that jobs skip if their build cannot change the result; release and asan run them.
# shellcheck disable=SC2034
kernel_sets='\.(generic|avx2|avx512)$' slow_api='^api\.index_(limits|time|memory)$'

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
