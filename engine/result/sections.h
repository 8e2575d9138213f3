/*
 * The section stage: the passages that articles share -> sections. A section has one reference, the
 * earliest article that has the text, and the other places where it occurs, which all have a part
 * of it in common.
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

/** A part of a document that another place repeats. */
typedef struct tti_reference {
    uint32_t doc, begin, end; /**< in tokens */
    uint32_t matched;         /**< of them; the other place has the same */
    uint32_t before; /**< where the other place begins if it is in `doc` too, else UINT32_MAX: the
                          reference of their section ends at or before that */
    uint32_t run_begin, run_end; /**< the reference of the run that the place is a part of, or 0 */
    uint32_t section; /**< of those joined with it, from 0 in the order of their references; or
                           TTI_NO_SECTION for a part of a run that no other place shares */
} tti_reference;

#define TTI_NO_SECTION UINT32_MAX

/** Sorts references by document, then the longest and best matched first, and joins them to
 * sections. Equal ones are in one section. @return TT_OK, TT_ENOMEM */
tt_status tti_references_join(tti_reference *references, size_t count,
                              const tt_allocator *allocator, size_t *sections);

/** Zero `out` before. @return TT_OK, TT_ENOMEM */
tt_status tti_sections_make(tti_sections *out, const tti_corpus *corpus,
                            const tti_doc_articles *doc_articles, const tti_verified *verified,
                            const tt_options *options, tt_error *error);

void tti_sections_free(tti_sections *sections);

#endif
