/*
 * Untrusted text on a terminal, one harmless character at a time. Control characters and bytes that
 * are not UTF-8 become \xNN, and characters that reorder or hide the text around them \u{NNNN}, so
 * that the input can neither drive the terminal nor deceive the reader.
 */
#ifndef CLI_TERMINAL_CHARACTER_H
#define CLI_TERMINAL_CHARACTER_H

#include <stddef.h>

enum { CHARACTER_SIZE = 20 };

typedef struct character {
    char bytes[CHARACTER_SIZE]; /**< what to print */
    size_t size;
    int width;    /**< columns that it takes */
    size_t taken; /**< bytes of the text, at least 1 */
    int blank;    /**< white space, printed as a blank; a line may be broken here */
    int line_end; /**< a newline */
} character;

/** The first character of a text of `left` bytes, at least 1. */
void character_next(const char *text, size_t left, character *g);

/** How many columns a text takes on one line. */
int character_width_of_text(const char *text, size_t size);

/** Copies as much of the text as fits in `columns` on one line to `to`, with an ellipsis if it was
 * cut, and a NUL. @return how many columns it takes */
int character_fit_text(const char *text, size_t text_size, int columns, char *to, size_t size);

#endif
