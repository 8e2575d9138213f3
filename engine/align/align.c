/*
 * Anchors -> chains -> blocks of aligned tokens, with the gaps and the ends -> passages.
 *
 * Chains are taken best first. One is kept if half of what it aligns, on either side, is not
 * aligned yet: a passage that one side has twice is found twice, and an echo of a better chain is
 * not.
 */
#include "align/align.h"

#include "align/chain.h"
#include "align/gaps.h"
#include "util/error.h"

#include <string.h>

enum {
    X_DROP = 6,         /* how far below its best score an extension may fall */
    STALE = 64,         /* tokens of an extension that may be aligned on both sides already */
    LEAST_ANCHORED = 6, /* of a chain's tokens, those in anchors, as a score */
    LEAST_PASSAGE = 8   /* aligned tokens of a chain, but in very short articles: a stock phrase has
                           fewer */
};

_Static_assert((int)TTI_CHAIN_MAX_GAP <= (int)TTI_GAP_MAX_TOKENS,
               "a gap that a chain passes over can be aligned");

struct tti_aligner {
    const tt_allocator *allocator;
    uint32_t min_section;
    uint32_t least_passage; /* aligned tokens of a chain, but in very short articles */
    tti_anchors anchors;
    tti_chains chains;
    TTI_ARRAY(tti_block) chain;  /* the blocks of one chain */
    TTI_ARRAY(tti_block) blocks; /* of all passages */
    TTI_ARRAY(tti_passage) passages;
    TTI_ARRAY(uint8_t) a_aligned, b_aligned; /* a byte a token: it is in some block */
    int any_aligned;                         /* some of them are set */
    int out_of_memory;                       /* a block could not be appended */
};

tt_status tti_aligner_open(tti_aligner **out, uint32_t min_section, const tt_allocator *allocator,
                           tt_error *error)
{
    tti_aligner *al = tti_alloc_zero(allocator, 1, sizeof *al);
    *out = al;
    if (al == NULL)
        return tti_fail_memory(error, "an aligner");
    al->min_section = min_section;
    al->least_passage = min_section < LEAST_PASSAGE ? min_section : LEAST_PASSAGE;
    al->anchors.least_common = al->least_passage;
    al->allocator = al->anchors.allocator = al->chains.allocator = allocator;
    return TT_OK;
}

void tti_aligner_close(tti_aligner *al)
{
    if (al == NULL)
        return;
    tti_anchors_free(&al->anchors);
    tti_chains_free(&al->chains);
    tti_array_free(&al->chain, al->allocator);
    tti_array_free(&al->blocks, al->allocator);
    tti_array_free(&al->passages, al->allocator);
    tti_array_free(&al->a_aligned, al->allocator);
    tti_array_free(&al->b_aligned, al->allocator);
    tti_release(al->allocator, al, 1, sizeof *al);
}

tt_status tti_aligner_load(tti_aligner *al, const uint32_t *tokens, uint32_t count, tt_error *error)
{
    return tti_anchors_load(&al->anchors, tokens, count, error);
}

/* ---- Blocks of one chain --------------------------------------------------------------------- */

/* Appends to al->chain; what touches the last block becomes part of it. */
static void append_block(tti_aligner *al, uint32_t a, uint32_t b, uint32_t len)
{
    tti_block *last = al->chain.count > 0 ? &tti_array_last(&al->chain) : NULL;
    assert(last == NULL || (last->a + last->len <= a && last->b + last->len <= b));
    if (last != NULL && last->a + last->len == a && last->b + last->len == b)
        last->len += len;
    else if (tti_array_push(&al->chain, al->allocator, (tti_block){a, b, len}) != TT_OK)
        al->out_of_memory = 1;
}

/* Appends what a gap, a_len tokens from a on and b_len from b on, has in common. */
static void append_gap(tti_aligner *al, const tti_query_side *s, uint32_t a, uint32_t a_len,
                       uint32_t b, uint32_t b_len)
{
    tti_gap_match matches[TTI_GAP_MAX_TOKENS];
    const uint32_t *p = s->tokens + a, *q = al->anchors.b + b;
    uint32_t n;
    if (a_len == 1 && b_len == 1 && *p != *q) /* a word replaced: most gaps are that */
        return;
    n = tti_gap_align(p, a_len, q, b_len, matches);
    if (!tti_gap_is_related(a_len, b_len, n))
        return;
    for (uint32_t k = 0; k < n; k++)
        append_block(al, a + matches[k].a, b + matches[k].b, 1);
}

/* How many of the `most` tokens after (a, b), or before them where `direction` is -1, a chain takes
 * in: as long as the matches outweigh the mismatches. What is aligned already on both sides is
 * taken in where the extension gets through it, or part of another place would belong to this
 * chain. */
static inline uint32_t extension_length(const tti_aligner *al, const tti_query_side *s, uint32_t a,
                                        uint32_t b, uint32_t most, int direction)
{
    const uint32_t *p = s->tokens + a, *q = al->anchors.b + b;
    const uint8_t *p_aligned = al->a_aligned.items + a, *q_aligned = al->b_aligned.items + b;
    const ptrdiff_t first = direction < 0 ? -1 : 0;
    int score = 0, best = 0;
    uint32_t length = 0, fresh_length = 0, stale = 0;
    for (uint32_t k = 0; k < most && score > best - X_DROP && stale < STALE; k++) {
        const ptrdiff_t at = first + (ptrdiff_t)k * direction;
        const uint32_t is_stale = p_aligned[at] & q_aligned[at];
        stale += is_stale;
        score += p[at] == q[at] ? 1 : -1;
        if (score > best) {
            best = score, length = k + 1;
            fresh_length = is_stale ? fresh_length : length;
        }
    }
    return stale < STALE ? length : fresh_length;
}

/* Appends the equal ones of `len` tokens from a and b on. */
static void append_equal_tokens(tti_aligner *al, const tti_query_side *s, uint32_t a, uint32_t b,
                                uint32_t len)
{
    for (uint32_t k = 0; k < len; k++)
        if (s->tokens[a + k] == al->anchors.b[b + k])
            append_block(al, a + k, b + k, 1);
}

/* Turns the chain traced last into al->chain: its anchors, the gaps between them, and its ends,
 * extended (X-drop). Within one article the first place may not run into the second. */
static void build_chain(tti_aligner *al, const tti_query_side *s)
{
    const tti_anchor *anchors = al->anchors.anchors.items;
    const tti_anchor *first = &anchors[tti_array_last(&al->chains.path)];
    const tti_anchor *last = &anchors[tti_array_at(&al->chains.path, 0)];
    uint32_t a = first->a, b = first->b, most = a < b ? a : b, len, in_b;
    if (s->self && b - (last->a + last->len) < most)
        most = b < last->a + last->len ? 0 : b - (last->a + last->len);
    al->chain.count = 0;
    len = extension_length(al, s, a, b, most, -1);
    append_equal_tokens(al, s, a - len, b - len, len);
    for (size_t k = al->chains.path.count; k-- > 0;) {
        const tti_anchor *x = &anchors[al->chains.path.items[k]];
        uint32_t skip = x->a < a ? a - x->a : 0; /* what the anchor before it has already */
        if (x->b < b && b - x->b > skip)
            skip = b - x->b;
        if (s->self && al->chain.count > 0 && x->a + x->len > al->chain.items->b)
            break;
        if (skip >= x->len)
            continue;
        if (x->a > a && x->b > b)
            append_gap(al, s, a, x->a - a, b, x->b - b);
        append_block(al, x->a + skip, x->b + skip, x->len - skip);
        a = x->a + x->len;
        b = x->b + x->len;
    }
    if (al->out_of_memory)
        return;
    assert(a <= (s->self ? al->chain.items->b : s->count) && b <= al->anchors.b_count);
    most = (s->self ? al->chain.items->b : s->count) - a;
    in_b = al->anchors.b_count - b;
    len = extension_length(al, s, a, b, most < in_b ? most : in_b, 1);
    append_equal_tokens(al, s, a, b, len);
}

/* ---- Passages -------------------------------------------------------------------------------- */

static uint32_t count_unaligned(const uint8_t *aligned, uint32_t len)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < len; i++)
        n += !aligned[i];
    return n;
}

/* memset to 1, but quick for the few tokens of a block. */
static void mark_aligned(uint8_t *aligned, uint32_t len)
{
    static const uint64_t ones = 0x0101010101010101u;
    if (len < sizeof ones || len > 16 * sizeof ones) {
        memset(aligned, 1, len);
        return;
    }
    for (uint32_t i = 0; i + sizeof ones < len; i += sizeof ones)
        memcpy(aligned + i, &ones, sizeof ones);
    memcpy(aligned + len - sizeof ones, &ones, sizeof ones);
}

/* Appends the passages of al->chain, which its long unaligned runs cut apart. */
static tt_status append_passages(tti_aligner *al, tt_error *error)
{
    const size_t base = al->blocks.count;
    size_t begin = 0;
    TTI_TRY_ALLOC(tti_array_append(&al->blocks, al->allocator, al->chain.items, al->chain.count),
                  error, "passages");
    for (size_t k = 1; k <= al->chain.count; k++) {
        const tti_block *x = &al->chain.items[k - 1], *y = &al->chain.items[k],
                        *z = &al->chain.items[begin];
        tti_passage p = {z->a,
                         x->a + x->len,
                         z->b,
                         x->b + x->len,
                         0,
                         (uint32_t)(base + begin),
                         (uint32_t)(k - begin)};
        if (k < al->chain.count && y->a - (x->a + x->len) <= TTI_SPLIT_GAP &&
            y->b - (x->b + x->len) <= TTI_SPLIT_GAP)
            continue;
        for (; begin < k; begin++)
            p.matched += al->chain.items[begin].len;
        TTI_TRY_ALLOC(tti_array_push(&al->passages, al->allocator, p), error, "passages");
    }
    return TT_OK;
}

/* True if a block is not aligned yet, on one side at least. */
static int is_new_block(const tti_aligner *al, const tti_block *x)
{
    return count_unaligned(al->a_aligned.items + x->a, x->len) * 2 >= x->len ||
           count_unaligned(al->b_aligned.items + x->b, x->len) * 2 >= x->len;
}

/* Makes al->chain its longest run of new blocks. @return the tokens that it aligns */
static uint32_t cut_to_new_blocks(tti_aligner *al)
{
    size_t best_begin = 0, best_end = 0, begin = 0;
    uint32_t best = 0, matched = 0;
    for (size_t k = 0; k < al->chain.count; k++) {
        const tti_block *x = &al->chain.items[k];
        if (!is_new_block(al, x)) {
            begin = k + 1, matched = 0;
            continue;
        }
        matched += x->len;
        if (matched > best)
            best = matched, best_begin = begin, best_end = k + 1;
    }
    if (best > 0)
        memmove(al->chain.items, al->chain.items + best_begin,
                (best_end - best_begin) * sizeof *al->chain.items);
    al->chain.count = best_end - best_begin;
    return best;
}

/* How many tokens al->chain aligns, and how many of them are new on either side. @return whether
 * half of them are, on one side at least */
static int count_new_tokens(const tti_aligner *al, uint32_t *matched, uint32_t *new_a,
                            uint32_t *new_b)
{
    *matched = *new_a = *new_b = 0;
    for (size_t k = 0; k < al->chain.count; k++) {
        const tti_block *x = &al->chain.items[k];
        *matched += x->len;
        if (!al->any_aligned)
            continue;
        *new_a += count_unaligned(al->a_aligned.items + x->a, x->len);
        *new_b += count_unaligned(al->b_aligned.items + x->b, x->len);
    }
    if (!al->any_aligned)
        *new_a = *new_b = *matched;
    return *new_a * 2 >= *matched || *new_b * 2 >= *matched;
}

/* Keeps al->chain if it aligns `least` tokens, and enough that are not aligned yet. Of a chain of
 * places that are mostly aligned, as those of a passage that both sides have many times, a run that
 * makes a section is kept. */
static tt_status keep_chain(tti_aligner *al, uint32_t least, tti_alignment *out, tt_error *error)
{
    uint32_t new_a, new_b, matched;
    int is_new = count_new_tokens(al, &matched, &new_a, &new_b);
    if (matched < least)
        return TT_OK;
    if (!is_new && matched > al->min_section && cut_to_new_blocks(al) >= al->min_section)
        is_new = count_new_tokens(al, &matched, &new_a, &new_b);
    if (!is_new)
        return TT_OK;
    for (size_t k = 0; k < al->chain.count; k++) {
        mark_aligned(al->a_aligned.items + al->chain.items[k].a, al->chain.items[k].len);
        mark_aligned(al->b_aligned.items + al->chain.items[k].b, al->chain.items[k].len);
    }
    al->any_aligned = 1;
    out->aligned_a += new_a;
    out->aligned_b += new_b;
    return append_passages(al, error);
}

/* ---- The whole ------------------------------------------------------------------------------- */

static tt_status align_sides(tti_aligner *al, const tti_query_side *s, tti_alignment *out,
                             tt_error *error)
{
    const uint32_t shorter = s->count < al->anchors.b_count ? s->count : al->anchors.b_count;
    const uint32_t least = shorter >= 2 * al->least_passage ? al->least_passage : (shorter + 1) / 2;
    const int64_t least_score =
        (least < LEAST_PASSAGE ? TTI_KGRAM_TOKENS : LEAST_ANCHORED) * TTI_CHAIN_TOKEN_SCORE;
    memset(out, 0, sizeof *out);
    al->passages.count = al->blocks.count = 0;
    al->any_aligned = al->out_of_memory = 0;
    TTI_TRY_ALLOC(tti_array_resize(&al->a_aligned, al->allocator, s->count) != TT_OK ||
                      tti_array_resize(&al->b_aligned, al->allocator, al->anchors.b_count) != TT_OK,
                  error, "an alignment");
    if (s->count > 0)
        memset(al->a_aligned.items, 0, s->count);
    if (al->anchors.b_count > 0)
        memset(al->b_aligned.items, 0, al->anchors.b_count);
    TTI_TRY(tti_anchors_find(&al->anchors, s, error));
    TTI_TRY(tti_chains_find(&al->chains, &al->anchors, s->self, least_score, error));
    for (size_t k = 0; k < al->chains.ends.count; k++) {
        tti_chains_trace(&al->chains, &al->anchors, al->chains.ends.items[k].anchor);
        if (al->chains.path.count == 0)
            continue;
        build_chain(al, s);
        if (al->out_of_memory)
            return tti_fail_memory(error, "aligned blocks");
        TTI_TRY(keep_chain(al, least, out, error));
    }
    out->passages = al->passages.items;
    out->passage_count = al->passages.count;
    out->blocks = al->blocks.items;
    out->a_aligned = al->a_aligned.items;
    out->b_aligned = al->b_aligned.items;
    return TT_OK;
}

tt_status tti_aligner_run(tti_aligner *al, const uint32_t *tokens, uint32_t count,
                          tti_alignment *out, tt_error *error)
{
    const tti_query_side s = {tokens, count, 0};
    return align_sides(al, &s, out, error);
}

tt_status tti_aligner_run_self(tti_aligner *al, tti_alignment *out, tt_error *error)
{
    const tti_query_side s = {al->anchors.b, al->anchors.b_count, 1};
    return align_sides(al, &s, out, error);
}

tt_status tti_aligner_match(tti_aligner *al, const uint32_t *tokens, uint32_t count, uint32_t least,
                            int *enough, tt_error *error)
{
    const tti_query_side s = {tokens, count, 0};
    return tti_anchors_match(&al->anchors, &s, least, enough, error);
}

uint32_t tti_aligner_shared_kgrams(const tti_aligner *al)
{
    return (uint32_t)al->anchors.index.hits.count;
}

int tti_aligner_has_few_words(tti_aligner *al)
{
    return tti_anchors_have_few_words(&al->anchors);
}

uint32_t tti_aligner_scattered(const tti_aligner *al, uint32_t count)
{
    enum { SHARE = 3, SPARE = 64 };
    const size_t anchors = al->anchors.anchors.count;
    if (al->anchors.repetitive)
        return count;
    return anchors > count / SHARE + SPARE ? (uint32_t)anchors : 0;
}

uint32_t tti_aligner_shared_shingles(const tti_aligner *al, uint32_t w, const uint32_t *repeats,
                                     uint32_t repeat_count)
{
    return tti_anchors_shared_shingles(&al->anchors, w, repeats, repeat_count);
}
