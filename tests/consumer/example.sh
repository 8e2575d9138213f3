#!/bin/sh
# The program in the first comment of the header. usage: example.sh HEADER OUT.c
set -eu
sed -n '1,/\*\//s/^ \*     //p' "$1" >"$2"
