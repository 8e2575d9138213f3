/*
 * Two texts side by side, each wrapped in a column of its own, with a sign between them: '|' the
 * two say the same, '!' they differ in words, '<' and '>' only one of them says it.
 */
#ifndef CLI_TERMINAL_TWO_COLUMNS_H
#define CLI_TERMINAL_TWO_COLUMNS_H

#include "terminal/terminal.h"

/** What stands in one column. */
typedef struct column {
    const char *text;
    size_t size;
    const unsigned char *alone; /**< a byte for each: 1 in words that the other has not; or NULL */
    style look;                 /**< of the rest */
    int joins;                  /**< hard-wrapped: only a blank line ends a line */
} column;

/** What a block of both is. */
typedef enum block {
    BLOCK_SHARED,    /**< one passage */
    BLOCK_DIFFERENT, /**< what each side has for itself */
    BLOCK_CONTEXT    /**< what is around a passage; no signs */
} block;

/** Prints a block of both. `most`: lines after which it is cut short; 0: never. */
void two_columns_print(const terminal *s, const column *left, const column *right, block kind,
                       int most);

/** The same for what stands above the columns: one line each. */
void two_columns_heading(const terminal *s, const char *left, size_t left_size, const char *right,
                         size_t right_size, style look);

/** A line across, with a crossing between the columns. */
void two_columns_rule(const terminal *s);

#endif
