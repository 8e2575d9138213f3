/* Places of sections: those of a gold that a result lacks, and those found that the gold lacks, the
 * longest first. */
#ifndef CLI_LOST_H
#define CLI_LOST_H

#include "face.h"

/** One place, with the first one of its section. */
typedef struct lost_place {
    const tt_section *section;
    const tt_occurrence *first, *here; /**< the same, where the first itself is lost */
} lost_place;

typedef struct lost {
    lost_place *missed, *wrong; /**< of the gold, of the result */
    size_t missed_count, wrong_count;
} lost;

/** `gold_of`: of each article of the result its number in the gold, or TT_NO_ARTICLE. A place of
 * the gold counts as found if a section of the result meets it and another place of its section, as
 * in tt_eval(). @return 0, or an exit code; lost_free() whatever it is */
int lost_list(lost *l, const tt_result *result, const tt_result *gold, const uint64_t *gold_of);

/** Sets the size of each face whose text lost_print() shows to 1. */
void lost_want(const lost *l, size_t most, face *gold_faces, face *result_faces);

/** Counts, and the first `most` of either kind: with texts, where the faces have them.
 * @return 0, or an exit code */
int lost_print(const lost *l, const screen *s, size_t most, const tt_result *gold,
               const face *gold_faces, const tt_result *result, const face *result_faces);

void lost_free(lost *l);

#endif
