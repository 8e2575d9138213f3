/*
 * Candidates: pairs of documents that may match, found by LSH and by seeds, packed so that sorting
 * numbers sorts them: bits 33..63 the later document b, 2..32 the earlier a, 0..1 what for.
 */
#ifndef TTI_CORPUS_CANDIDATE_PAIRS_H
#define TTI_CORPUS_CANDIDATE_PAIRS_H

#include "twicetold.h"
#include "util/array.h"

enum {
    TTI_WANT_PAIR = 1,     /**< the two may be a pair */
    TTI_WANT_SECTIONS = 2, /**< b may repeat what is first in a, or earlier in itself if a == b */

    TTI_DOC_BITS = 31
};
#define TTI_MAX_DOCS ((1u << TTI_DOC_BITS) - 2)

/** Numbers of documents, ascending. */
typedef TTI_ARRAY(uint32_t) tti_doc_list;

/** Zeroed but for the allocator, it is empty. */
typedef struct tti_candidates {
    const tt_allocator *allocator;
    TTI_ARRAY(uint64_t) pairs;
    TTI_ARRAY(uint64_t)
    skipped; /**< document << 32 | earlier documents that were not compared with
                  it, for popular buckets or too many candidates */
} tti_candidates;

static inline uint64_t tti_candidate_pack(uint32_t a, uint32_t b, unsigned want)
{
    assert(a <= TTI_MAX_DOCS && b <= TTI_MAX_DOCS && want <= 3);
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

/** @return TT_OK, TT_ENOMEM; so do the others */
tt_status tti_candidates_add(tti_candidates *c, uint64_t packed, tt_error *error);

/** Records that `count` earlier documents were not compared with document b. */
tt_status tti_candidates_add_skipped(tti_candidates *c, uint32_t b, size_t count, tt_error *error);

/** Appends all of `from`, which may be `c` if that is empty. */
tt_status tti_candidates_append(tti_candidates *c, const tti_candidates *from, tt_error *error);

/** Sorts by (b, a) and joins equal pairs, with all that they are for. Of the counts of documents
 * that were skipped, which bands and seeds give for the same pairs, the largest is kept. */
tt_status tti_candidates_sort_unique(tti_candidates *c, tt_error *error);

/** How many documents were not compared with document b. The candidates are sorted. */
uint32_t tti_candidates_skipped_of(const tti_candidates *c, uint32_t b);

#endif
