/*
 * The align stage: two runs of tokens -> the passages they share, with every aligned token.
 *
 * The answer follows from the two runs alone, whatever else is in the corpus and however the pair
 * was found. Anchors are the exact matches of four tokens or more, chained colinearly (Li 2018,
 * minimap2, section 2.1); the gaps between them are aligned by longest common subsequence, and the
 * ends are extended past mismatches while that pays (X-drop, Zhang et al. 2000).
 *
 * Always holds: the blocks of a passage ascend on both sides, do not overlap and have equal tokens;
 * between two of them lie at most TTI_SPLIT_GAP tokens on either side; the first block begins the
 * passage and the last ends it; aligned_a and aligned_b count the bytes set in a_aligned,
 * b_aligned.
 */
#ifndef TTI_ALIGN_ALIGN_H
#define TTI_ALIGN_ALIGN_H

#include "twicetold.h"
#include "util/hash.h"

enum { TTI_SPLIT_GAP = 20 }; /**< a longer unaligned run is new text: it ends a passage */

/** Tokens [a, a + len) of one side equal tokens [b, b + len) of the other. */
typedef struct tti_block {
    uint32_t a, b, len;
} tti_block;

/** A shared passage: its extents in tokens and its blocks. */
typedef struct tti_passage {
    uint32_t a_begin, a_end, b_begin, b_end;
    uint32_t matched; /**< aligned tokens: the sum of the blocks' lengths */
    uint32_t block_begin, block_count;
} tti_passage;

/** The share of the longer side's tokens that align. The lengths are in tokens and not both 0. */
static inline double tti_similarity(uint32_t a_tokens, uint32_t b_tokens, uint32_t matched)
{
    return (double)matched / (a_tokens > b_tokens ? a_tokens : b_tokens);
}

/** True if a passage of `first_tokens` tokens in its earlier place and `other_tokens` in the other
 * is long and dense enough to be a section. */
static inline int tti_is_section(uint32_t first_tokens, uint32_t other_tokens, uint32_t matched,
                                 uint32_t min_section)
{
    return first_tokens >= min_section &&
           tti_similarity(first_tokens, other_tokens, matched) >= 0.5;
}

typedef struct tti_aligner tti_aligner; /**< the working memory of one thread */

/** Passages of fewer aligned tokens than `min_section`, or 8 where that is more, are left out, but
 * in very short articles. @return TT_OK, TT_ENOMEM. Owner: the caller, tti_aligner_close(). */
tt_status tti_aligner_open(tti_aligner **out, uint32_t min_section, const tt_allocator *allocator,
                           tt_error *error);
/** NULL is allowed. */
void tti_aligner_close(tti_aligner *aligner);

/** Loads side b: the longer of the two where there is a choice. `tokens` stays borrowed.
 * @return TT_OK, TT_ENOMEM */
tt_status tti_aligner_load(tti_aligner *aligner, const uint32_t *tokens, uint32_t count,
                           tt_error *error);

typedef struct tti_alignment {
    const tti_passage *passages; /**< best first; borrowed until the next run */
    size_t passage_count;
    const tti_block *blocks;
    uint32_t aligned_a, aligned_b;        /**< tokens of either side that are in some block */
    const uint8_t *a_aligned, *b_aligned; /**< a byte a token: 1 if it is one of them */
} tti_alignment;

/** The end of the run of tokens from `begin` on that are all aligned, or all not; `aligned`: of the
 * `count` tokens of a side. Looks at eight at a time. */
static inline uint32_t tti_aligned_run_end(const uint8_t *aligned, uint32_t count, uint32_t begin,
                                           int is_aligned)
{
    const uint64_t whole = is_aligned ? UINT64_C(0x0101010101010101) : 0;
    uint32_t end = begin;
    for (; end + 8 <= count; end += 8) {
        const uint64_t others = XXH_readLE64(aligned + end) ^ whole;
        if (others != 0)
            return end + (uint32_t)__builtin_ctzll(others) / 8;
    }
    while (end < count && aligned[end] == is_aligned)
        end++;
    return end;
}

/** Aligns a side a with the loaded side. @return TT_OK, TT_ENOMEM */
tt_status tti_aligner_run(tti_aligner *aligner, const uint32_t *tokens, uint32_t count,
                          tti_alignment *out, tt_error *error);

/** Aligns the loaded side with itself, once after each load: passages with a_end <= b_begin.
 * @return TT_OK, TT_ENOMEM */
tt_status tti_aligner_run_self(tti_aligner *aligner, tti_alignment *out, tt_error *error);

/** Compares a side a with the loaded side as far as tti_aligner_shared_shingles() needs it. *enough
 * is 0, and nothing was compared, if the two share fewer than `least` shingles of TTI_KGRAM_TOKENS
 * or more tokens. @return TT_OK, TT_ENOMEM */
tt_status tti_aligner_match(tti_aligner *aligner, const uint32_t *tokens, uint32_t count,
                            uint32_t least, int *enough, tt_error *error);

/** True if the loaded side has hardly more different words than a text of a few words over and
 * over: less than twice the root of its tokens. Texts that are written have many times as many. */
int tti_aligner_has_few_words(tti_aligner *aligner);

/** How much work it was to align `count` tokens, in tokens, if the two articles have the same words
 * all over, as texts of few words and permuted ones do; else 0. */
uint32_t tti_aligner_scattered(const tti_aligner *al, uint32_t count);

/** An upper bound of tti_aligner_shared_shingles(), for w of TTI_KGRAM_TOKENS or more. */
uint32_t tti_aligner_shared_kgrams(const tti_aligner *aligner);

/**
 * Counts the positions of side a, in the last run or match, where a shingle of `w` tokens begins
 * that side b has too, except at the positions `repeats`, which ascend. @return UINT32_MAX where
 * the anchors do not tell: w is less than TTI_KGRAM_TOKENS, or some k-grams were skipped because
 * they are so common.
 */
uint32_t tti_aligner_shared_shingles(const tti_aligner *aligner, uint32_t w,
                                     const uint32_t *repeats, uint32_t repeat_count);

#endif
