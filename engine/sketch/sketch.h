/*
 * The sketch stage: documents -> MinHash signatures, and LSH band keys of their distinct
 * paragraphs, for all documents or for those that seeds may miss. Equal paragraphs form a duplicate
 * group, which its first member represents; the others link the documents they are in to the first
 * one's.
 */
#ifndef TTI_SKETCH_SKETCH_H
#define TTI_SKETCH_SKETCH_H

#include "corpus/candidate_pairs.h"
#include "corpus/corpus.h"

enum {
    TTI_PARAGRAPH_ROWS = 8,   /**< rows of a paragraph's bands: near-equal paragraphs only */
    TTI_PARAGRAPH_BANDS = 4,  /**< 0.89 of those with resemblance 0.9; seeds find the rest */
    TTI_PARAGRAPH_TOKENS = 12 /**< shorter paragraphs are left to the seeds */
};

/** The first of a group of equal paragraphs. */
typedef struct tti_distinct_paragraph {
    uint32_t doc, paragraph;
} tti_distinct_paragraph;

typedef struct tti_sketches {
    const tt_allocator *allocator;
    uint32_t num_hashes;
    uint8_t
        *signatures; /**< doc_count * num_hashes: the low byte of each value (Li and König 2010) */
    const uint32_t *docs; /**< which documents have signatures, ascending; NULL: all. Borrowed */
    size_t doc_count;     /**< how many */
    uint32_t doc_bands;   /**< options.bands; 0 where resemblance is not looked for */
    uint32_t *doc_keys;   /**< doc_bands * doc_count: band after band, as LSH reads them */
    tti_distinct_paragraph *distinct; /**< in input order */
    size_t distinct_count;
    size_t paragraph_count;   /**< of all documents */
    uint32_t *paragraph_keys; /**< distinct_count * TTI_PARAGRAPH_BANDS; 0: none */
} tti_sketches;

/** The document that has the k-th signature. */
static inline uint32_t tti_sketched_doc(const tti_sketches *s, size_t k)
{
    return s->docs == NULL ? (uint32_t)k : s->docs[k];
}

/** Sketches documents of a corpus, all if `docs` is NULL. The list stays borrowed. Where sections
 * are looked for, equal paragraphs become candidates and distinct ones get keys. Zero `out` before.
 */
tt_status tti_sketch(tti_sketches *out, const tti_corpus *corpus, const tti_doc_list *docs,
                     const tt_options *options, tti_candidates *candidates, tt_error *error);
void tti_sketches_free(tti_sketches *sketches);

#endif
