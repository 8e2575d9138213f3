#!/bin/sh
# Installs a build to a temporary prefix, moves the prefix, and builds a program with it, by find_package and by
# pkg-config. usage: run.sh BUILD static|shared
set -eu
build=$1 kind=$2
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/twicetold-consumer.XXXXXX")
trap 'rm -rf "$work"' EXIT
cmake --install "$build" --prefix "$work/made" >"$work/log" || { cat "$work/log"; exit 1; }
mv "$work/made" "$work/prefix"

for f in bin/twicetold include/twicetold.h share/man/man1/twicetold.1 share/man/man1/twicetold-scan.1 share/bash-completion/completions/twicetold; do
    [ -f "$work/prefix/$f" ] || { echo "not installed: $f"; exit 1; }
done
pc=$(find "$work/prefix" -name twicetold.pc)
lib=$(dirname "$(dirname "$pc")")
LD_LIBRARY_PATH=$lib "$work/prefix/bin/twicetold" --version

body='The ferry ran aground in thick fog on Tuesday and was held fast on a sandbank for nine hours'
printf '{"id":1,"text":"%s"}\n{"id":2,"text":"HARBOUR: %s"}\n' "$body" "$body" >"$work/two.jsonl"
zstd -q "$work/two.jsonl"

echo "-- find_package"
if ! { cmake -S "$here/project" -B "$work/build" -DCMAKE_PREFIX_PATH="$work/prefix" &&
    cmake --build "$work/build"; } >"$work/log" 2>&1; then
    cat "$work/log"
    exit 1
fi
LD_LIBRARY_PATH=$lib "$work/build/consumer" "$work/two.jsonl.zst"

PKG_CONFIG_PATH=$(dirname "$pc")
export PKG_CONFIG_PATH
# use_pkg_config [--static]
use_pkg_config() {
    echo "-- pkg-config $*, $kind"
    flags=$(pkg-config "$@" --cflags --libs twicetold)
    case $flags in *"$work/prefix"*) ;; *) echo "the prefix moved, twicetold.pc did not" && exit 1 ;; esac
    # shellcheck disable=SC2086 # words
    ${CC:-cc} -o "$work/consumer" "$here/project/consumer.c" $flags
    LD_LIBRARY_PATH=$lib "$work/consumer" "$work/two.jsonl.zst"
}
use_pkg_config
[ "$kind" = shared ] || use_pkg_config --static
