/*
 * Text of others on a terminal: one character after the other, made harmless, with its width.
 * Control characters and bytes that are not UTF-8 become \xNN, characters that reorder or hide the
 * text around them \u{NNNN}, so that input cannot drive the terminal or deceive who reads it.
 */
#ifndef CLI_TERMINAL_CHARACTER_H
#define CLI_TERMINAL_CHARACTER_H

#include <stddef.h>

enum { CHARACTER_SIZE = 20 };

typedef struct character {
    char bytes[CHARACTER_SIZE]; /**< what to print */
    size_t size;
    int width;    /**< columns */
    size_t taken; /**< bytes of the text, 1 or more */
    int blank;    /**< a line may be broken here: white space, shown as a blank */
    int line_end; /**< a newline, or white space with one in it */
} character;

/** The character at text[0], of which `left` bytes are left, 1 or more. */
void character_next(const char *text, size_t left, character *g);

/** Columns of a text in one line. */
int character_width_of_text(const char *text, size_t size);

/** As much of the text as fits in `columns`, in one line and ended by an ellipsis if it was cut, is
 * written to `to`, with a NUL. @return its columns */
int character_fit_text(const char *text, size_t text_size, int columns, char *to, size_t size);

#endif
