/*
 * Standard output as a person sees it: how wide it is, whether it takes colours, and the few styles
 * there are. Without colours every style prints nothing.
 */
#ifndef CLI_TERMINAL_H
#define CLI_TERMINAL_H

#include <stddef.h>

enum { COLOR_AUTO = 0, COLOR_ALWAYS = 1, COLOR_NEVER = 2 };

typedef enum style {
    STYLE_PLAIN,
    STYLE_STRONG, /**< headings, ids */
    STYLE_FAINT,  /**< what is around the thing itself */
    STYLE_NUMBER,
    STYLE_CUT,  /**< only in the article on the left */
    STYLE_ADDED /**< only in the one on the right */
} style;

typedef struct terminal {
    int columns; /**< 40 to 240 */
    int colour;
    int unicode; /**< box drawing and the like may be used */
} terminal;

/** `wish` is a COLOR_*; auto: on a terminal that can, unless NO_COLOR says otherwise. */
void terminal_init(terminal *s, int wish);

/** What turns a style on; STYLE_PLAIN turns all off. Never NULL. */
const char *terminal_style(const terminal *s, style look);

/** Prints `count` times `unicode`, or `ascii` where the screen does not take it. */
void terminal_repeat(const terminal *s, const char *unicode, const char *ascii, int count);

/** Prints text of others, in one line of at most `columns`. @return its columns */
int terminal_print_text(style look, const terminal *s, const char *text, size_t size, int columns);

#endif
