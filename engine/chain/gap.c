/*
 * The quadratic dynamic programme, on at most 48 x 48 cells of a byte, filled from the back so that
 * the walk forward gives the matches in order. Most gaps are one replaced word on either side.
 */
#include "chain/gap.h"

#include <assert.h>
#include <string.h>

static uint32_t walk(uint8_t (*best)[TTI_GAP_LIMIT + 1], const uint32_t *a, uint32_t a_len,
                     const uint32_t *b, uint32_t b_len, tti_gap_match *matches)
{
    uint32_t i = 0, j = 0, n = 0;
    while (i < a_len && j < b_len) {
        if (a[i] == b[j]) {
            matches[n++] = (tti_gap_match){(uint8_t)i, (uint8_t)j};
            i++, j++;
        } else if (best[i + 1][j] >= best[i][j + 1]) {
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
    uint8_t best[TTI_GAP_LIMIT + 1][TTI_GAP_LIMIT + 1];
    assert(a_len <= TTI_GAP_LIMIT && b_len <= TTI_GAP_LIMIT);
    if (a_len == 1 && b_len == 1 && a[0] != b[0])
        return 0;
    memset(best[a_len], 0, b_len + 1);
    for (uint32_t i = a_len; i-- > 0;) {
        best[i][b_len] = 0;
        for (uint32_t j = b_len; j-- > 0;) {
            const uint8_t down = best[i + 1][j], right = best[i][j + 1];
            best[i][j] = a[i] == b[j]   ? (uint8_t)(best[i + 1][j + 1] + 1)
                         : down > right ? down
                                        : right;
        }
    }
    return walk(best, a, a_len, b, b_len, matches);
}
