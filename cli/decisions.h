/* What an editor decided about articles, from a file that a page of `report` saves. */
#ifndef CLI_DECISIONS_H
#define CLI_DECISIONS_H

#include <stddef.h>
#include <stdint.h>

#include "twicetold.h"

typedef enum decision_kind {
    DECISION_NONE = 0,
    DECISION_KEEP = 1,       /**< the article is kept, whatever it is a copy of */
    DECISION_KILL = 2,       /**< the article is left out */
    DECISION_NOT_A_COPY = 3, /**< the article is not a copy of another one, `of` */
    DECISION_TAKEN_BACK = 4  /**< what was decided before: "none" */
} decision_kind;

typedef struct decision {
    decision_kind kind;
    uint64_t article, of; /**< numbers that were found; of: TT_NO_ARTICLE */
    uint64_t line;
    int64_t time; /**< TT_NO_TIME: not given */
    char *who;    /**< empty: not given */
} decision;

/** Finds the number of an article, or TT_NO_ARTICLE: then the decision is left out. */
typedef uint64_t (*decision_find_fn)(void *ctx, const tt_id *id);

/** The fields of a record that is a decision. */
extern const tt_reader_options decision_fields;

/** Reads a record as a decision, of a reader that was opened with those fields; what *out points to
 * is the record's. @return 0, or -1: the word is none of a decision */
int decision_of_record(const tt_record *record, tt_index_decision *out);

/** All zero: none. */
typedef struct decisions {
    decision *items;
    size_t count, capacity;
    uint64_t unknown; /**< about articles that the result has not */
} decisions;

/**
 * Reads lines {"id":..., "decision":"keep"|"kill"} and {"id":..., "decision":"not-a-copy",
 * "of":...}. Those about articles that are not found in `where`, "input" or "index", are named and
 * counted. Call decisions_free() even if this fails. @return 0, or an exit code
 */
int decisions_read(decisions *d, const char *path, decision_find_fn find, void *ctx,
                   const char *where, int quiet);

void decisions_free(decisions *d);

#endif
