/*
 * Standard output for a person: its width, whether it shows colours, and a few styles. Without
 * colours the styles print nothing.
 */
#ifndef CLI_TERMINAL_H
#define CLI_TERMINAL_H

#include <stddef.h>

enum { COLOR_AUTO = 0, COLOR_ALWAYS = 1, COLOR_NEVER = 2 };

typedef enum style {
    STYLE_PLAIN,
    STYLE_STRONG, /**< headings and ids */
    STYLE_FAINT,  /**< context and remarks */
    STYLE_NUMBER, /**< counts and other key words */
    STYLE_CUT,    /**< text that only the left article has */
    STYLE_ADDED,  /**< text that only the right article has */
    STYLE_FACT    /**< on top of these: a fact that differs */
} style;

typedef struct terminal {
    int columns; /**< 40 to 240 */
    int colour;
    int unicode; /**< it shows box drawing characters */
} terminal;

/** `wanted` is a COLOR_*. COLOR_AUTO gives colours on a terminal that has them, unless NO_COLOR is
 * set. */
void terminal_init(terminal *s, int wanted);

/** The escape sequence that turns a style on, or "". STYLE_PLAIN turns all of them off. */
const char *terminal_style(const terminal *s, style look);

/** Prints `unicode`, or `ascii` if the terminal does not show it, `count` times. */
void terminal_repeat(const terminal *s, const char *unicode, const char *ascii, int count);

/** Prints untrusted text on one line of at most `columns`. @return how many it took */
int terminal_print_text(style look, const terminal *s, const char *text, size_t size, int columns);

#endif
