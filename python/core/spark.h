/*
 * The stages of a scan as operators on Arrow batches, for those who bring the rows together
 * elsewhere: python/src/twicetold/spark does it with Spark. An operator takes rows, in the order
 * its comment asks for, and gives rows; what it decides, the engine's own functions decide.
 *
 *   spark_stage.c   the Python type Stage: batches in and out, without the GIL
 *   spark_table.c   columns in, columns out
 *   spark_text.c    sketch, tokens, extents: from text
 *   spark_seeds.c   seeds, filter, firsts: places of seeds
 *   spark_holders.c holders: the first places of a seed, for all others
 *   spark_tally.c   tally: candidates from shared seeds
 *   spark_bands.c   bands, paragraphs, buckets, alike, closest: candidates from MinHash
 *   spark_verify.c  verify: numbers and passages of candidates
 *   spark_cluster.c components, cluster: connected groups, kept documents of one
 *   spark_places.c  places, copies, spread: what repeats what
 *
 * Articles have numbers of 64 bits, in input order; a document has the number of its first article.
 * Where the engine wants numbers from 0 on, an operator numbers those at hand, in the same order.
 */
#ifndef SPARK_H
#define SPARK_H

#include "core.h"

#include "corpus/candidate_pairs.h"
#include "util/alloc.h"
#include "util/error.h"

/* ==== Rows ==================================================================================== */

enum { SPARK_COLUMNS = 16 };

/* Bytes of a cell, borrowed. */
typedef struct spark_bytes {
    const void *data;
    size_t size;
} spark_bytes;

/* A batch that came in; its columns are of the types that the operator asked for. */
typedef struct spark_in {
    int64_t rows;
    int columns;
    char types[SPARK_COLUMNS]; /* l: 64 bits, i: 32 bits, z: bytes */
    const void *values[SPARK_COLUMNS];
    const int32_t *offsets[SPARK_COLUMNS];
    const uint8_t *valid[SPARK_COLUMNS]; /* bits, or NULL: no nulls */
    int64_t firsts[SPARK_COLUMNS];       /* row 0 is this element */
} spark_in;

/* Column c of a row. */
int64_t spark_long(const spark_in *in, int c, int64_t row);
int32_t spark_int(const spark_in *in, int c, int64_t row);
spark_bytes spark_cell(const spark_in *in, int c, int64_t row); /* null: data NULL */

/* Reads a batch. `takes`: "name type, ..." with the types long, int, string, binary.
 * @return TT_OK, TT_EINVAL */
tt_status spark_in_read(spark_in *in, const char *takes, const struct ArrowSchema *schema,
                        const struct ArrowArray *array, tt_error *error);

/* Rows on their way out: columns are filled one after the other, then spark_row() ends the row. */
typedef struct spark_out {
    const char *gives; /* as `takes`, and double; long? and the like may be null: see spark_null */
    int columns;
    char types[SPARK_COLUMNS];
    void *values[SPARK_COLUMNS];
    size_t sizes[SPARK_COLUMNS], rooms[SPARK_COLUMNS]; /* in bytes */
    int32_t *offsets[SPARK_COLUMNS];
    size_t offset_rooms[SPARK_COLUMNS];
    int64_t rows;
    int at;
    tt_status status; /* once not TT_OK, nothing is added any more */
} spark_out;

void spark_out_open(spark_out *out, const char *gives);
void spark_out_free(spark_out *out);
void spark_put_long(spark_out *out, int64_t value);
void spark_put_int(spark_out *out, int32_t value);
void spark_put_double(spark_out *out, double value);
void spark_put_bytes(spark_out *out, const void *data, size_t size);
void spark_row(spark_out *out);
/* Moves the rows into an Arrow struct array. @return 0, or -1: out of memory */
int spark_out_export(spark_out *out, struct ArrowSchema *schema, struct ArrowArray *array);

/* ==== Operators =============================================================================== */

typedef struct spark_stage {
    const struct spark_operator *op;
    tt_options options; /* resolved; one thread */
    int64_t argument;   /* of the operator */
    spark_bytes given;  /* to the operator; nothing: size 0 */
    void *state;        /* state_size bytes, zeroed */
    spark_out out;
    tt_error error;
} spark_stage;

typedef struct spark_operator {
    const char *name, *takes, *gives;
    size_t state_size;
    tt_status (*open)(spark_stage *); /* NULL: nothing to do */
    tt_status (*take)(spark_stage *, const spark_in *);
    tt_status (*finish)(spark_stage *); /* the rows are over; NULL: nothing to do */
    void (*close)(spark_stage *);       /* NULL: nothing to do */
} spark_operator;

extern const spark_operator spark_sketch, spark_tokens, spark_extents, spark_seeds, spark_filter,
    spark_firsts, spark_holders, spark_tally, spark_bands, spark_paragraphs, spark_buckets,
    spark_alike, spark_closest, spark_verify, spark_components, spark_cluster, spark_places,
    spark_copies, spark_spread;

/* ==== Numbers ================================================================================= */

/* The numbers of the documents at hand, ascending; a document's place among them is its local
 * number. Zero it before first use. */
typedef struct spark_numbers {
    int64_t *numbers;
    size_t count, capacity;
} spark_numbers;

void spark_numbers_clear(spark_numbers *n);
void spark_numbers_free(spark_numbers *n);
tt_status spark_numbers_add(spark_numbers *n, int64_t number); /* before spark_numbers_settle() */
void spark_numbers_settle(spark_numbers *n);
uint32_t spark_numbers_find(const spark_numbers *n, int64_t number);

/* Growing bytes. Zero it before first use. */
typedef struct spark_buffer {
    uint8_t *bytes;
    size_t size, capacity;
} spark_buffer;

tt_status spark_buffer_add(spark_buffer *b, const void *data, size_t size);
void spark_buffer_free(spark_buffer *b);

#define SPARK_ALLOCATOR (&tti_libc_allocator)

#endif /* SPARK_H */
