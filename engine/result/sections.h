/*
 * The section stage: links between passages -> sections: one reference, the earliest place that
 * holds the text, and every other place once.
 */
#ifndef TTI_RESULT_SECTIONS_H
#define TTI_RESULT_SECTIONS_H

#include "corpus/corpus.h"
#include "result/clusters.h"
#include "verify/verify.h"

/** Sections as tt_result_sections gives them. */
typedef struct tti_sections {
    const tt_allocator *allocator;
    tt_occurrence *occurrences; /**< of all sections, one after the other */
    size_t occurrence_count, occurrence_capacity;
    tt_section *sections; /**< `occurrences` points into the array above */
    size_t section_count, section_capacity;
} tti_sections;

/** Zero `out` before. */
tt_status tti_sections_make(tti_sections *out, const tti_corpus *corpus,
                            const tti_doc_articles *members, const tti_verified *verified,
                            const tt_options *options, tt_error *error);
void tti_sections_free(tti_sections *s);

#endif
