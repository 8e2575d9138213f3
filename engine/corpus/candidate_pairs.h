/*
 * Candidates: pairs of documents that may match, found by LSH and by seeds, packed so that sorting
 * numbers sorts them: bits 33..63 the later document b, 2..32 the earlier a, 0..1 what for.
 */
#ifndef TTI_CORPUS_CANDIDATE_PAIRS_H
#define TTI_CORPUS_CANDIDATE_PAIRS_H

#include "twicetold.h"

enum {
    TTI_WANT_PAIR = 1, /**< the two may be a pair */
    TTI_WANT_SECTIONS =
        2 /**< b may repeat what stands first in a (or, a == b, earlier in itself) */
};

enum { TTI_DOC_BITS = 31 };
#define TTI_MAX_DOCS ((1u << TTI_DOC_BITS) - 2)

typedef struct tti_candidates {
    const tt_allocator *allocator;
    uint64_t *packed;
    size_t count, capacity;
    uint64_t *skipped; /**< document << 32 | earlier documents that were not looked at for it:
                            popular buckets, too many candidates; settled: one for a document */
    size_t skipped_count, skipped_capacity;
} tti_candidates;

static inline uint64_t tti_candidate_pack(uint32_t a, uint32_t b, unsigned want)
{
    return (uint64_t)b << 33 | (uint64_t)a << 2 | want;
}
static inline uint32_t tti_candidate_a(uint64_t c)
{
    return (uint32_t)(c >> 2) & 0x7FFFFFFFu;
}
static inline uint32_t tti_candidate_b(uint64_t c)
{
    return (uint32_t)(c >> 33);
}
static inline unsigned tti_candidate_want(uint64_t c)
{
    return (unsigned)c & 3u;
}

/** Earlier documents that one is verified against, as a pair, at most: some more than may be
 * reported, for each kind of evidence. */
static inline size_t tti_max_candidates(const tt_options *options)
{
    return (size_t)options->max_matches + options->max_matches / 4 + 4;
}

void tti_candidates_init(tti_candidates *c, const tt_allocator *allocator);
void tti_candidates_free(tti_candidates *c);
tt_status tti_candidates_add(tti_candidates *c, uint64_t packed, tt_error *error);
/** Notes that `count` candidates of document b were not looked at. */
tt_status tti_candidates_add_skipped(tti_candidates *c, uint32_t b, size_t count, tt_error *error);
/** Candidates of document b that were not looked at, of settled candidates. */
uint32_t tti_candidates_skipped_of(const tti_candidates *c, uint32_t b);
/** Appends all of `from` to `c`. */
tt_status tti_candidates_append(tti_candidates *c, const tti_candidates *from, tt_error *error);
/** Sorts by (b, a) and joins equal pairs, their wants together. */
tt_status tti_candidates_sort_unique(tti_candidates *c, tt_error *error);

#endif
