/*
 * Bit-parallel (Crochemore et al. 2001; Hyyro 2004): a row of the table of best lengths is one
 * word, with a zero for every position of b where the length grows by one. Rows are filled from the
 * back, so that the walk forward gives the matches in order.
 */
#include "align/gaps.h"

#include "util/bits.h"

#include <assert.h>

_Static_assert(TTI_GAP_MAX_TOKENS <= 64, "a row is one word");

/* One bit for each token of b, by its lowest byte: most tokens of a do not occur there. */
typedef struct token_filter {
    uint64_t bits[4];
} token_filter;

static token_filter token_filter_of(const uint32_t *b, uint32_t b_len)
{
    token_filter f = {{0, 0, 0, 0}};
    for (uint32_t j = 0; j < b_len; j++)
        f.bits[b[j] / 64 % 4] |= UINT64_C(1) << b[j] % 64;
    return f;
}

static inline int may_have_token(const token_filter *f, uint32_t token)
{
    return f->bits[token / 64 % 4] >> token % 64 & 1;
}

/* The positions of `token` in b, with the last token of b in the lowest bit. */
static uint64_t token_positions(uint32_t token, const uint32_t *b, uint32_t b_len)
{
    uint64_t positions = 0;
    for (uint32_t j = 0; j < b_len; j++)
        positions = positions << 1 | (b[j] == token);
    return positions;
}

/* The best length of a row for the last `rest` tokens of b. */
static inline uint32_t longest_of_row(uint64_t row, uint32_t rest)
{
    const uint64_t all = rest < 64 ? (UINT64_C(1) << rest) - 1 : UINT64_MAX;
    return tti_popcount64(~row & all);
}

uint32_t tti_gap_align(const uint32_t *a, uint32_t a_len, const uint32_t *b, uint32_t b_len,
                       tti_gap_match *matches)
{
    uint64_t rows[TTI_GAP_MAX_TOKENS + 1], row = UINT64_MAX;
    const token_filter in_b = token_filter_of(b, b_len);
    uint32_t i = 0, j = 0, n = 0;
    assert(a_len <= TTI_GAP_MAX_TOKENS && b_len <= TTI_GAP_MAX_TOKENS);
    rows[a_len] = row;
    for (uint32_t k = a_len; k-- > 0;) {
        if (may_have_token(&in_b, a[k])) {
            const uint64_t positions = token_positions(a[k], b, b_len), grown = row & positions;
            row = (row + grown) | (row & ~positions);
        }
        rows[k] = row;
    }
    if (longest_of_row(row, b_len) == 0) /* the two have nothing in common */
        return 0;
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
    assert(n == longest_of_row(row, b_len));
    return n;
}
