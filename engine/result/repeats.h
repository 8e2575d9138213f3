/*
 * Places: which tokens of which document repeat which tokens of an earlier place. Token extents;
 * the step between links and sections.
 */
#ifndef TTI_RESULT_REPEATS_H
#define TTI_RESULT_REPEATS_H

#include "verify/verify.h"

/** Tokens [begin, end) of `doc` repeat [of_begin, of_end) of `of_doc`, which repeats nothing. */
typedef struct tti_token_repeat {
    uint32_t doc, begin, end;
    uint32_t of_doc, of_begin, of_end;
    uint32_t matched;
    uint32_t block_count;
    size_t block_begin; /**< in tti_token_repeats.blocks; a: the reference, b: this place */
} tti_token_repeat;

/** Places in order of document and begin; those of one document do not overlap. */
typedef struct tti_token_repeats {
    const tt_allocator *allocator;
    tti_token_repeat *places;
    size_t count, capacity;
    tti_block *blocks;
    size_t block_count, block_capacity;
    uint64_t *firsts; /**< document d's: places[firsts[d] .. firsts[d + 1]) */
    size_t doc_count;
} tti_token_repeats;

/** Chooses the places from the links. Zero `out` before. */
tt_status tti_token_repeats_find(tti_token_repeats *out, const tti_verified *verified,
                                 size_t doc_count, uint32_t min_section, tt_error *error);
/** Chooses the places of one more document, whose links are all of `verified`'s, settled. The
 * places of the documents they lead to stand in `out` already, where firsts[] says. */
tt_status tti_token_repeats_add_doc(tti_token_repeats *out, const tti_verified *verified,
                                    uint32_t doc, uint32_t min_section, tt_error *error);
void tti_token_repeats_free(tti_token_repeats *p);

/** The places of a further article with the tokens of `doc`, of which `places` are: it repeats what
 * the document repeats, and for the rest the document itself. `out` has room for 2 * count + 1.
 * @return their number */
size_t tti_token_repeats_of_copy(const tti_token_repeat *places, size_t count, uint32_t doc,
                                 uint32_t tokens, uint32_t min_section, tti_token_repeat *out);

#endif
