/* Longest common subsequence of two short runs of tokens: the inside of a chain's gap. */
#ifndef TTI_ALIGN_GAPS_H
#define TTI_ALIGN_GAPS_H

#include <stdint.h>

enum { TTI_GAP_MAX_TOKENS = 48 };

/** Token a of one side equals token b of the other. */
typedef struct tti_gap_match {
    uint8_t a, b;
} tti_gap_match;

/** Fills `matches`, which ascend on both sides, with at most min(a_len, b_len) of them. Both
 * lengths are at most TTI_GAP_MAX_TOKENS. @return how many */
uint32_t tti_gap_align(const uint32_t *a, uint32_t a_len, const uint32_t *b, uint32_t b_len,
                       tti_gap_match *matches);

/** True if so many matches say that the two sides of a gap are worded alike. Unrelated text has a
 * common subsequence too, of its commonest words. */
static inline int tti_gap_is_related(uint32_t a_len, uint32_t b_len, uint32_t matches)
{
    const uint32_t longer = a_len > b_len ? a_len : b_len;
    return matches * 5 >= longer * 2;
}

#endif
