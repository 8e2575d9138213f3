/* Failures inside the library: made where they are known, handed up as a status. */
#ifndef TTI_UTIL_ERROR_H
#define TTI_UTIL_ERROR_H

#include "twicetold.h"

/** Fills `error` (NULL allowed) and gives `status` back, for `return tti_fail(...)`. */
#if defined(__GNUC__)
__attribute__((format(printf, 4, 5)))
#endif
tt_status
tti_fail(tt_error *error, tt_status status, uint64_t where, const char *format, ...);

/** Out of memory, with what was wanted. */
tt_status tti_fail_memory(tt_error *error, const char *what);

#define TTI_NOWHERE UINT64_MAX

/** Bytes of an id that a message shows at most. */
enum { TTI_SHOWN_ID = 100 };

/** Returns from the calling function if `expr` is a bad status. */
#define TTI_TRY(expr)                                                                              \
  do {                                                                                             \
    const tt_status tti_try_ = (expr);                                                             \
    if (tti_try_ != TT_OK)                                                                         \
      return tti_try_;                                                                             \
  } while (0)

/** Returns from the calling function, out of memory for `what`, if `failed` is not 0: the status of
 * an operation on an array or a table, or whether a pointer is NULL. */
#define TTI_TRY_ALLOC(failed, error, what)                                                         \
  do {                                                                                             \
    if ((failed) != 0)                                                                             \
      return tti_fail_memory(error, what);                                                         \
  } while (0)

#endif
