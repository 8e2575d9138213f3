#!/bin/sh
# usage: hardening.sh PROGRAM: checks that it is position-independent, has a non-executable stack and read-only
# relocations, and uses checked library calls and stack protection.
set -u
[ -s "$1" ] || { echo "$1 is not there"; exit 1; }
file=$1 bad=0
need() { # WHAT PATTERN, in what is read of the file
    if ! printf '%s\n' "$found" | grep -qE -e "$2"; then
        echo "$file: $1 is missing"
        bad=1
    fi
}
found=$(readelf -hW "$file") && need 'a position-independent program' 'Type:.* DYN '
found=$(readelf -lW "$file") && need 'RELRO' 'GNU_RELRO' && need 'a stack that is not run' 'GNU_STACK.* RW '
if printf '%s\n' "$found" | grep -q 'LOAD.* RWE '; then
    echo "$file: something is both written and run"
    bad=1
fi
found=$(readelf -dW "$file") && need 'binding before the start' 'BIND_NOW|FLAGS_1.*NOW'
found=$(readelf --dyn-syms -W "$file") && need 'stack protection' '__stack_chk_fail' &&
    need 'checked library calls' '__(memcpy|snprintf|vsnprintf|memset|read)_chk'
exit $bad
