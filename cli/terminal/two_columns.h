/*
 * Two texts side by side, each wrapped in its column, with a sign between them: '|' if they say the
 * same, '!' if they differ in words, '<' or '>' if only one of them has text.
 */
#ifndef CLI_TERMINAL_TWO_COLUMNS_H
#define CLI_TERMINAL_TWO_COLUMNS_H

#include "terminal/terminal.h"

/** What a byte is part of: a word that is on this side only, or a fact that differs. */
enum { COLUMN_ALONE = 1, COLUMN_FACT = 2 };

/** The text of one column. */
typedef struct column {
    const char *text;
    size_t size;
    const unsigned char *alone; /**< for each byte 0 or a COLUMN_*; or NULL */
    style look;                 /**< of words that are on both sides */
    int joins;                  /**< the text is hard-wrapped: only a blank line ends a paragraph */
} column;

/** How the two texts of a block belong together. */
typedef enum block {
    BLOCK_SHARED,    /**< a passage that both have */
    BLOCK_DIFFERENT, /**< text that each has alone */
    BLOCK_CONTEXT    /**< text around a passage; there are no signs */
} block;

/** Prints a block, cut short after `most` lines unless that is 0. */
void two_columns_print(const terminal *s, const column *left, const column *right, block kind,
                       int most);

/** Prints a heading above each column, wrapped in six lines at most. */
void two_columns_heading(const terminal *s, const char *left, size_t left_size, const char *right,
                         size_t right_size, style look);

/** Prints a rule across both columns. */
void two_columns_rule(const terminal *s);

#endif
