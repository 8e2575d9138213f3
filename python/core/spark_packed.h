/* Records that operators hand to one another in binary columns, in the machine's byte order. */
#ifndef SPARK_PACKED_H
#define SPARK_PACKED_H

#include "seed/seeds.h"
#include "sketch/sketch.h"

#include <stddef.h>
#include <stdint.h>

/* A paragraph of TTI_PARAGRAPH_TOKENS tokens or more; keys: of its bands, 0 is none. */
typedef struct packed_paragraph {
    uint64_t low, high;
    uint32_t keys[TTI_PARAGRAPH_BANDS];
} packed_paragraph;

typedef struct packed_seed {
    uint32_t key, part, place;
} packed_seed;

/* Where only a seed's first places count, more of them need not travel. */
enum { SPARK_SEED_CAP = TTI_SEED_MAX_POSTINGS + 1 };

/* A seed, its key and part as one number, and where it stands; count: of the document's seeds. */
typedef struct packed_place {
    uint64_t seed;
    int64_t doc;
    uint32_t place, count;
} packed_place;

/* Places travel as planes: first the first byte of each place, then the second of each. Most planes
 * have the same byte throughout and are nothing once Spark has compressed what it shuffles. */
static inline void packed_to_planes(const packed_place *places, size_t count, uint8_t *planes)
{
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < sizeof *places; k++)
            planes[k * count + i] = ((const uint8_t *)&places[i])[k];
}

static inline void packed_from_planes(const uint8_t *planes, size_t count, packed_place *places)
{
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < sizeof *places; k++)
            ((uint8_t *)&places[i])[k] = planes[k * count + i];
}

/* A place of a seed that others are linked to; count: of the document's seeds. */
typedef struct packed_holder {
    int64_t doc;
    uint32_t place, count;
} packed_holder;

/* A link or a place; its blocks (tti_block) follow. `a_`: the reference. */
typedef struct packed_passage {
    int64_t of_doc; /* of a place */
    uint32_t a_begin, a_end, b_begin, b_end;
    uint32_t matched, block_count;
} packed_passage;

#endif /* SPARK_PACKED_H */
