/*
 * Two passages word by word: which words of each stand in the other, in order (Myers 1986, "An
 * O(ND) difference algorithm").
 */
#ifndef CLI_TERMINAL_COMPARE_H
#define CLI_TERMINAL_COMPARE_H

#include <stddef.h>

/** Part of a text: its bytes, and for each whether its word stands on the other side too. */
typedef struct side {
    const char *text;
    size_t size;
    unsigned char *alone; /**< size bytes: 1 where the word is on this side only */
} side;

/** A word of the text: bytes [begin, end). */
typedef struct word {
    size_t begin, end;
    size_t partner; /**< the word on the other side that it stands for, or NO_PARTNER */
} word;

#define NO_PARTNER ((size_t)-1)

/** The words of a text: runs of letters and digits, and each other character that is not white
 * space, or is written without spaces, by itself. Owner: the caller, free(). @return NULL: no
 * memory */
word *split_words(const char *text, size_t size, size_t *count);

/** Sets the partners of the words of both. Beyond some thousand differences the rest has none.
 * @return 0, or -1: no memory */
int match_words(const char *left_text, word *left, size_t left_count, const char *right_text,
                word *right, size_t right_count);

#endif
