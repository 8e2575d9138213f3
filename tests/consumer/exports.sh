#!/bin/sh
# The library exports exactly what the header declares. usage: exports.sh LIBRARY
# engine/exports.txt is the list; the symbols file of the Debian package has the version in which each function
# appeared. `exports.sh --write` writes both from the header.
set -eu
export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
list=$here/../../engine/exports.txt
symbols=$here/../../packaging/debian/libtwicetold0.symbols
work=$(mktemp -d "${TMPDIR:-/tmp}/twicetold-exports.XXXXXX")
trap 'rm -rf "$work"' EXIT
tr '\n' ' ' <"$here/../../include/twicetold.h" | grep -o 'TT_API [^;(]*(' |
    sed -n 's/.*[ *]\(tt_[a-z_]*\)($/\1/p' | sort >"$work/declared"
if [ "$1" = --write ]; then
    cp "$work/declared" "$list"
    cp "$symbols" "$work/symbols"
    {
        sed -n 1p "$work/symbols"
        while read -r name; do
            grep "^ $name@" "$work/symbols" || echo " $name@Base $("$here/../../packaging/version")"
        done <"$list"
    } >"$symbols"
    exit 0
fi
diff "$list" "$work/declared" >&2 || { echo "engine/exports.txt is not what the header declares" >&2; exit 1; }
sed -n 's/^ \(tt_[a-z_]*\)@.*/\1/p' "$symbols" | diff "$list" - >&2 ||
    { echo "$symbols has other symbols than engine/exports.txt" >&2; exit 1; }
case $1 in
*.a) # a static library also has the internal symbols of the engine, with one prefix
    nm -g --defined-only "$1" 2>/dev/null | awk '$2 ~ /^[TDBRC]$/ { print $3 }' | grep '^[A-Za-z_]' | grep -v '^tti_' | sort >"$work/found" ;;
*) nm -D --defined-only "$1" | awk '{ print $3 }' | sort >"$work/found" ;;
esac
diff "$list" "$work/found" >&2 || { echo "$1 shows other symbols" >&2; exit 1; }
echo "$(wc -l <"$list") symbols"
