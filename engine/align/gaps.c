/*
 * Bit-parallel (Crochemore et al. 2001; Hyyro 2004): a row of the table of best lengths is one
 * word, with a zero for every place of b where the length grows by one. Rows are filled from the
 * back, so that the walk forward gives the matches in order.
 */
#include "align/gaps.h"

#include "util/bits.h"

#include <assert.h>

_Static_assert(TTI_GAP_MAX_TOKENS <= 64, "a row is one word");

/* A bit for every token of b, by its lowest byte: most tokens of a are met nowhere. */
typedef struct some {
    uint64_t bits[4];
} some;

static some token_filter_of(const uint32_t *b, uint32_t b_len)
{
    some s = {{0, 0, 0, 0}};
    for (uint32_t j = 0; j < b_len; j++)
        s.bits[b[j] / 64 % 4] |= UINT64_C(1) << b[j] % 64;
    return s;
}

static inline int may_have(const some *s, uint32_t token)
{
    return s->bits[token / 64 % 4] >> token % 64 & 1;
}

/* Places of `token` in b, the last of b in the lowest bit. */
static uint64_t token_positions(uint32_t token, const uint32_t *b, uint32_t b_len)
{
    uint64_t places = 0;
    for (uint32_t j = 0; j < b_len; j++)
        places = places << 1 | (b[j] == token);
    return places;
}

/* The best length where b has `rest` tokens left, from a row. */
static inline uint32_t longest_of_row(uint64_t row, uint32_t rest)
{
    const uint64_t all = rest < 64 ? (UINT64_C(1) << rest) - 1 : UINT64_MAX;
    return tti_popcount64(~row & all);
}

static uint32_t walk(const uint64_t *rows, const uint32_t *a, uint32_t a_len, const uint32_t *b,
                     uint32_t b_len, tti_gap_match *matches)
{
    uint32_t i = 0, j = 0, n = 0;
    while (i < a_len && j < b_len) {
        if (a[i] == b[j]) {
            matches[n++] = (tti_gap_match){(uint8_t)i, (uint8_t)j};
            i++, j++;
        } else if (longest_of_row(rows[i + 1], b_len - j) >=
                   longest_of_row(rows[i], b_len - j - 1)) {
            i++;
        } else {
            j++;
        }
    }
    return n;
}

uint32_t tti_gap_align(const uint32_t *a, uint32_t a_len, const uint32_t *b, uint32_t b_len,
                       tti_gap_match *matches)
{
    uint64_t rows[TTI_GAP_MAX_TOKENS + 1], row = UINT64_MAX;
    const some in_b = token_filter_of(b, b_len);
    assert(a_len <= TTI_GAP_MAX_TOKENS && b_len <= TTI_GAP_MAX_TOKENS);
    rows[a_len] = row;
    for (uint32_t i = a_len; i-- > 0;) {
        if (may_have(&in_b, a[i])) {
            const uint64_t places = token_positions(a[i], b, b_len), met = row & places;
            row = (row + met) | (row & ~places);
        }
        rows[i] = row;
    }
    /* nothing in common: no walk */
    return longest_of_row(row, b_len) == 0 ? 0 : walk(rows, a, a_len, b, b_len, matches);
}
