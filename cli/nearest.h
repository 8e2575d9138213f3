/* What somebody may have meant by a word that is not known. */
#ifndef CLI_NEAREST_H
#define CLI_NEAREST_H

#include <stddef.h>

/** The best candidate so far for a word; all zero: none. */
typedef struct nearest {
    const char *word; /**< NULL: none is near */
    size_t distance;
} nearest;

/** Considers a candidate: it is near if at most two letters, whatever their case, have to change,
 * and not more than a third of them. */
void nearest_try(nearest *best, const char *given, const char *candidate);

/** The name here of what other programs call `name`, as "threads" for "jobs"; or NULL. */
const char *nearest_synonym(const char *name);

#endif
