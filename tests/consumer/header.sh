#!/bin/sh
# twicetold.h compiles alone, with pedantic warnings, as C99, C11 and C++11 to C++20. usage: header.sh CC CXX
set -eu
include=$(cd "$(dirname "$0")/../../include" && pwd)
check() {
    compiler=$1
    shift
    printf '#include <twicetold.h>\nint user(void);\nint user(void) { tt_options o = TT_OPTIONS_INIT; %s; return (int)o.find; }\n' \
        'tt_reader_options r = TT_READER_OPTIONS_INIT; (void)r' |
        "$compiler" -Wall -Wextra -pedantic -Werror -I"$include" -fsyntax-only "$@" -
    echo "$compiler $*"
}
check "$1" -x c -std=c99
check "$1" -x c -std=c11 -Wstrict-prototypes -Wconversion
check "$2" -x c++ -std=c++11 -Wno-missing-field-initializers
check "$2" -x c++ -std=c++17 -Wno-missing-field-initializers
check "$2" -x c++ -std=c++20 -Wno-missing-field-initializers
