/* What an editor decided about articles, from a file that a page of `report` saves. */
#ifndef CLI_DECISIONS_H
#define CLI_DECISIONS_H

#include <stddef.h>
#include <stdint.h>

#include "twicetold.h"

typedef enum decision_kind {
    DECISION_NONE = 0,
    DECISION_KEEP = 1,      /**< the article is kept, whatever it is a copy of */
    DECISION_KILL = 2,      /**< the article is left out */
    DECISION_NOT_A_COPY = 3 /**< the article is no copy of another one, `of` */
} decision_kind;

typedef struct decision {
    decision_kind kind;
    uint64_t article, of; /**< numbers of the result; of: TT_NO_ARTICLE */
    uint64_t line;
} decision;

/** All zero: none. */
typedef struct decisions {
    decision *items;
    size_t count, capacity;
    uint64_t unknown; /**< about articles that the result has not */
} decisions;

/**
 * Reads lines {"id":..., "decision":"keep"|"kill"} and {"id":..., "decision":"not-a-copy",
 * "of":...}. Those about articles that are not in the input are named and counted. Call
 * decisions_free() even if this fails. @return 0, or an exit code
 */
int decisions_read(decisions *d, const char *path, const tt_result *result, int quiet);

void decisions_free(decisions *d);

#endif
