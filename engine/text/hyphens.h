/*
 * Words that a hyphen cuts in two at the end of a line: "commu-" and "nications". In text of narrow
 * columns, as newspapers are printed and scanned, every other line ends with one, and the same
 * story set in another column has none of them in the same place.
 *
 * A hyphen at the end of a line may also be that of a compound, "well-" and "known", and in text
 * that was wrapped without hyphenation it nearly always is. So words are joined only in a text of
 * which one line in TTI_LINES_A_CUT or more ends within a word.
 */
#ifndef TTI_TEXT_HYPHENS_H
#define TTI_TEXT_HYPHENS_H

#include <stdint.h>

enum { TTI_LINES_A_CUT = 16 };

/** A word cut in two: its parts are text[begin, end) and text[rest_begin, rest_end). */
typedef struct tti_cut_word {
    uint32_t begin, end, rest_begin, rest_end;
    uint32_t token; /**< the number of the first part among the article's tokens */
} tti_cut_word;

/**
 * Whether the line that ends at text[line_end], a CR or LF, cuts a word in two: letters, a hyphen,
 * the end of the line, and a small letter. Neither part may have another hyphen or slash beside it:
 * that is a compound of several words, or an address, and no two cuts share a part. Sets all of
 * *out but `token`. The text up to the line's end is valid UTF-8.
 */
int tti_line_cuts_word(const uint8_t *text, uint32_t size, uint32_t line_end, tti_cut_word *out);

#endif
