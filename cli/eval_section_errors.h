/* Places of sections: those of a gold that a result lacks, and those found that the gold lacks, the
 * longest first. */
#ifndef CLI_EVAL_SECTION_ERRORS_H
#define CLI_EVAL_SECTION_ERRORS_H

#include "result_arrays.h"
#include "terminal/side_by_side.h"

/** One place, with the first one of its section. */
typedef struct section_error {
    const tt_section *section;
    const tt_occurrence *first, *here; /**< the same, where the first itself is lost */
} section_error;

typedef struct lost {
    section_error *missed, *wrong; /**< of the gold, of the result */
    size_t missed_count, wrong_count;
} lost;

/** `gold_of`: of each article of the result its number in the gold, or TT_NO_ARTICLE. A place of
 * the gold counts as found if a section of the result meets it and another place of its section, as
 * in tt_eval(). @return 0, or an exit code; section_errors_free() whatever it is */
int section_errors_find(lost *l, const result_arrays *result, const result_arrays *gold,
                        const uint64_t *gold_of);

/** Sets the size of each face whose text section_errors_print() shows to 1. */
void section_errors_want_texts(const lost *l, size_t most, article_copy *gold_faces,
                               article_copy *result_faces);

/** Counts, and the first `most` of either kind: with texts, where the faces have them.
 * @return 0, or an exit code */
int section_errors_print(const lost *l, const terminal *s, size_t most, const result_arrays *gold,
                         const article_copy *gold_faces, const result_arrays *result,
                         const article_copy *result_faces);

void section_errors_free(lost *l);

#endif
