/*
 * The rows of a SQLite file read from its leaf pages one by one, without the pages that lead to
 * them: what is left of a file whose first page or inner pages are damaged. Nothing is trusted, and
 * pages that are no longer in use are read too.
 */
#ifndef TTI_INDEX_LEAF_PAGES_H
#define TTI_INDEX_LEAF_PAGES_H

#include "twicetold.h"

enum { TTI_LEAF_COLUMNS = 16 };

/** A column: an integer, or bytes. NULL, and numbers with a point, are bytes of size 0. */
typedef struct tti_leaf_value {
    int64_t integer;
    const uint8_t *bytes;
    size_t size;
    int is_integer;
} tti_leaf_value;

/** Receives a row, borrowed for the call. A status other than TT_OK ends the reading. */
typedef tt_status (*tti_leaf_row_fn)(void *ctx, int64_t number, const tti_leaf_value *values,
                                     int count, tt_error *error);

/** Reads every row of TTI_LEAF_COLUMNS columns or fewer that is of the form of one. `with_log`:
 * pages are as the log has them last, though it is damaged. @return what `take` returned; TT_EIO,
 * TT_ENOMEM */
tt_status tti_leaf_pages_each(const char *path, int with_log, const tt_allocator *allocator,
                              tti_leaf_row_fn take, void *ctx, tt_error *error);
/** The same of one page in memory, which is not the first, and has no row that goes on elsewhere.
 */
tt_status tti_leaf_page_each(const uint8_t *page, size_t size, tti_leaf_row_fn take, void *ctx,
                             tt_error *error);

#endif
