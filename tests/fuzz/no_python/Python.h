/* Of Python, the names that python/core/core.h mentions: columns.c, which the target "arrow" links,
 * uses nothing of it, and so can be fuzzed where no Python is. */
#ifndef TT_FUZZ_NO_PYTHON_H
#define TT_FUZZ_NO_PYTHON_H

#include <stddef.h>

typedef struct python_object PyObject;
typedef struct python_thread PyThreadState;
typedef struct python_type PyType_Spec;

#endif
