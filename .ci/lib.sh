# What the jobs share; sourced by them. Each job runs by hand, from anywhere: .ci/jobs/NAME
# shellcheck shell=bash
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
jobs=$(nproc)
feed=corpora/feed/articles.jsonl
# shellcheck disable=SC2034 # of the jobs python and spark
venv=build/ci/venv
# The modules that Python's tests use are compiled when they are first used, once, and not by each process.
unset PYTHONDONTWRITEBYTECODE
[ -s "$feed" ] || { echo "$feed is not there"; exit 1; }

# build PRESET [OPTION...]: configures and builds in build/PRESET, every warning an error.
build() {
    cmake --preset "$1" -DTT_WERROR=ON "${@:2}"
    cmake --build --preset "$1"
}

# programs FOLDER LABELS: the targets of a build that the tests so labelled run: units, api, examples
programs() {
    ctest --test-dir "$1" -N -L "$2" | sed -n -E 's/.*: (unit|api|example)\.([a-z0-9_]*)$/\1_\2/p' |
        sed 's/^unit_/test_/; s/^api_/test_api_/'
}

# build_for LABELS PRESET [OPTION...]: as `build`, but of the programs only those that the tests so labelled run.
build_for() {
    cmake --preset "$2" -DTT_WERROR=ON "${@:3}"
    # shellcheck disable=SC2046 # words
    cmake --build --preset "$2" --target twicetold tt_command tt_pages_made $(programs "build/$2" "$1")
}

# tests PRESET [OPTION...]: runs the tests of a build.
tests() {
    ctest --preset "$1" -j "$jobs" "${@:2}"
}

# scan COMMAND [OPTION...]: the result of the feed, without the times, which differ.
scan() {
    "$1" scan --quiet "$feed" "${@:2}" | sed 's/"seconds":{[^}]*},//'
}

# wanted: the result every build has to give, from the release build.
wanted() {
    [ -x build/release/cli/twicetold ] || build release >build/ci-release.log 2>&1 ||
        { tail -n 20 build/ci-release.log; exit 1; }
    scan build/release/cli/twicetold
}

# same NAME WANTED FOUND
same() {
    cmp "$2" "$3" || { echo "not the same bytes: $1"; exit 1; }
    echo "the same bytes: $1"
}

# Tests that the jobs leave out where a build changes nothing of what they try: release and asan run them.
# shellcheck disable=SC2034
kernel_sets='\.(generic|avx2|avx512)$' slow_api='^api\.index_(limits|time|memory)$'

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
