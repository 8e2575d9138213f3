/* The verdicts of a living index on one input, as a table that streams read. */
#ifndef VERDICTS_H
#define VERDICTS_H

#include "arrow_builder.h"

typedef struct verdicts verdicts;

/* The first byte of the ids of articles whose matches are listed, which are texts all. */
#define MATCH_PREFIX_TEXT '\1'
#define MATCH_PREFIX_INTEGER '\2'

/* `excludes_self`: of matches, not those with the article that has the same id. */
verdicts *core_verdicts_new(int lists_matches, int excludes_self); /* @return NULL: out of memory */
void core_verdicts_release(verdicts *v);                           /* NULL is allowed */

/* A tt_verdict_fn whose `ctx` is the verdicts. Stops, with an errno in core_verdicts_failure(),
 * where memory runs out or a row is over 2 GiB. */
int core_verdicts_append(void *ctx, const tt_verdict *list, size_t count);
int core_verdicts_failure(const verdicts *v);

/* A new object of the type Verdicts. Takes the verdicts over, also where it fails. */
PyObject *core_verdicts_object(verdicts *v);

#endif /* VERDICTS_H */
