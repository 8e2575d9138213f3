/* What new versions of items have changed. When those who listen are told of a version, the text of
 * the one before it is gone, so it is noted when the version comes, as long as the service runs. */
#ifndef CLI_SERVE_CHANGES_H
#define CLI_SERVE_CHANGES_H

#include "buffer.h"

enum { MOST_CHANGES = 1024 };

typedef struct change {
    buffer id, of, differ;
    uint32_t flags, of_flags;
} change;

/** The latest ones; all zero: none. */
typedef struct changes {
    change items[MOST_CHANGES];
    size_t next;
} changes;

/** Whether a verdict says that an article changes another one, or an earlier version of itself. */
int changes_is_change(const tt_verdict *verdict);
/** Whether that is an earlier version of itself, or the item that it replaces. */
int changes_is_version(const tt_verdict *verdict, const tt_id *replacing);

/** Notes what a version changed, whose text and that of the one before it are there. */
void changes_note(changes *c, const tt_verdict *verdict, const char *text, const char *of_text);
/** What the latest version of an item changed of `of`, as answer_differences() writes it; NULL: not
 * known. */
const buffer *changes_find(const changes *c, const tt_id *id, const tt_id *of);
void changes_free(changes *c);

#endif
