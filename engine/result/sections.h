/*
 * The section stage: the passages that articles share -> sections. A section has one reference, the
 * earliest article that has the text, and every other place where it occurs.
 */
#ifndef TTI_RESULT_SECTIONS_H
#define TTI_RESULT_SECTIONS_H

#include "corpus/corpus.h"
#include "util/array.h"
#include "verify/verify.h"

/** Sections as the caller sees them. */
typedef struct tti_sections {
    const tt_allocator *allocator;
    TTI_ARRAY(tt_section) sections;
    TTI_ARRAY(tt_occurrence) occurrences; /**< of all sections, one after another */
} tti_sections;

/** Zero `out` before. @return TT_OK, TT_ENOMEM */
tt_status tti_sections_make(tti_sections *out, const tti_corpus *corpus,
                            const tti_doc_articles *doc_articles, const tti_verified *verified,
                            const tt_options *options, tt_error *error);

void tti_sections_free(tti_sections *sections);

#endif
