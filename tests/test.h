#ifndef TT_TEST_H
#define TT_TEST_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h> /* needs the headers above; the blank line keeps clang-format from moving it */

enum { TEST_SKIPPED = 77 }; /* SKIP_RETURN_CODE of ctest */

#endif
