# What the jobs share; sourced by them. Each job runs by hand, from anywhere: .ci/jobs/NAME
# shellcheck shell=bash
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
jobs=$(nproc)
feed=corpora/feed/articles.jsonl
# shellcheck disable=SC2034 # of the jobs python and spark
venv=build/ci/venv
[ -s "$feed" ] || { echo "$feed is not there"; exit 1; }

# build PRESET [OPTION...]: configures and builds in build/PRESET, every warning an error.
build() {
    cmake --preset "$1" -DTT_WERROR=ON "${@:2}"
    cmake --build --preset "$1"
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

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
