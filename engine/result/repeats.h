/*
 * Which tokens of which document repeat which tokens of an earlier one: the step between the shared
 * passages of pairs and sections.
 *
 * Always holds: repeats are in order of document; those of one document are its pieces, which are
 * apart and in order of begin, and then its runs, in order of begin. What a piece repeats is itself
 * no piece.
 */
#ifndef TTI_RESULT_REPEATS_H
#define TTI_RESULT_REPEATS_H

#include "util/array.h"
#include "verify/verify.h"

/** Tokens [begin, end) of `doc` repeat tokens [of_begin, of_end) of `of_doc`: as a piece, the
 * earliest place of that text, or as a run, continuous text that spans neighbouring pieces. */
typedef struct tti_token_repeat {
    uint32_t doc, begin, end;
    uint32_t of_doc, of_begin, of_end;
    uint32_t matched; /**< aligned tokens */
    uint32_t block_count;
    size_t block_begin; /**< in tti_token_repeats.blocks; side b is `doc`, side a `of_doc` */
    uint32_t is_run;
    uint32_t run_begin, run_end; /**< of a piece within a run that repeats the same document: what
                                      the run repeats; else 0 */
} tti_token_repeat;

typedef struct tti_token_repeats {
    const tt_allocator *allocator;
    TTI_ARRAY(tti_token_repeat) repeats;
    TTI_ARRAY(tti_block) blocks;
    uint64_t *firsts; /**< document d has repeats [firsts[d], firsts[d + 1]) */
    size_t doc_count;
} tti_token_repeats;

/** Finds the repeats of all documents. Zero `out` before. @return TT_OK, TT_ENOMEM */
tt_status tti_token_repeats_find(tti_token_repeats *out, const tti_verified *verified,
                                 size_t doc_count, uint32_t min_section, tt_error *error);

/** Adds the repeats of one more document, which all sorted passages of `verified` are of. Those of
 * the documents that the passages refer to are in `out` already, as firsts[] says.
 * @return TT_OK, TT_ENOMEM */
tt_status tti_token_repeats_add_doc(tti_token_repeats *out, const tti_verified *verified,
                                    uint32_t doc, uint32_t min_section, tt_error *error);

void tti_token_repeats_free(tti_token_repeats *repeats);

/** Writes the repeats of a further article with the tokens of `doc`, whose own are `repeats`: it
 * repeats what the document repeats, and elsewhere, and as a run, the document. `out` has room for
 * 2 * count + 2. @return how many there are */
size_t tti_token_repeats_of_copy(const tti_token_repeat *repeats, size_t count, uint32_t doc,
                                 uint32_t tokens, uint32_t min_section, tti_token_repeat *out);

#endif
