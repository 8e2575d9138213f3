/*
 * Operators from a sketch to places of seeds. A seed's first places hold it for all others.
 *
 *   seeds   a sketch's seeds, a row each, or those of them that pass a filter
 *   filter  of popular seeds: bits
 *   firsts  the first places of each seed in a stream, packed by bucket: there are a hundred for
 *           each document, too many to be rows of their own
 */
#include "seed/seeds.h"
#include "spark.h"
#include "spark_packed.h"

#include <string.h>

/* Seed k of a sketch, of whose key the engine looks at the part that its table has. */
static packed_place unpack(int64_t n, spark_bytes packed, size_t k, uint32_t mask)
{
    packed_seed x;
    memcpy(&x, (const char *)packed.data + k * sizeof x, sizeof x);
    return (packed_place){(uint64_t)x.key << 32 | (x.part & mask), n, x.place,
                          (uint32_t)(packed.size / sizeof x)};
}

static uint64_t mix(uint64_t seed)
{
    return seed * UINT64_C(0x9E3779B97F4A7C15);
}

/* The bit of a seed in a filter of `size` bytes, a power of two. */
static size_t bit_of(uint64_t seed, size_t size)
{
    return (size_t)(mix(seed) >> 32) & (size * 8 - 1);
}

static tt_status open_seeds(spark_stage *s)
{
    const size_t size = s->given.size;
    return (size & (size - 1)) == 0 ? TT_OK
                                    : tti_fail(&s->error, TT_EINVAL, TTI_NOWHERE,
                                               "a filter of %zu bytes, not a power of two", size);
}

/* False only if the filter was made without this seed. */
static int passes(spark_bytes filter, uint64_t seed)
{
    const size_t bit = bit_of(seed, filter.size);
    return filter.size == 0 || (((const uint8_t *)filter.data)[bit >> 3] >> (bit & 7) & 1) != 0;
}

static tt_status take_seeds(spark_stage *s, const spark_in *in)
{
    for (int64_t i = 0; i < in->rows; i++) {
        const spark_bytes packed = spark_cell(in, 1, i);
        for (size_t k = 0; k < packed.size / sizeof(packed_seed); k++) {
            const packed_place x = unpack(spark_long(in, 0, i), packed, k, (uint32_t)s->argument);
            if (!passes(s->given, x.seed))
                continue;
            spark_put_long(&s->out, (int64_t)x.seed);
            spark_put_long(&s->out, x.doc);
            spark_put_int(&s->out, (int32_t)x.place);
            spark_put_int(&s->out, (int32_t)x.count);
            spark_row(&s->out);
        }
    }
    return TT_OK;
}

/* argument: partitions of the engine's table less one. given: a filter, or nothing. count: of the
 * document's seeds. */
const spark_operator spark_seeds = {.name = "seeds",
                                    .takes = "n long, seeds binary",
                                    .gives = "seed long, n long, place int, count int",
                                    .open = open_seeds,
                                    .take = take_seeds};

/* ==== Filter ================================================================================== */

typedef struct filter {
    uint8_t *bits;
    size_t size; /* in bytes */
} filter;

static tt_status open_filter(spark_stage *s)
{
    filter *f = s->state;
    if (s->argument < 3 || s->argument > 32)
        return tti_fail(&s->error, TT_EINVAL, TTI_NOWHERE, "a filter of 2^%d bits",
                        (int)s->argument);
    f->size = (size_t)1 << (s->argument - 3);
    f->bits = tti_alloc_zero(SPARK_ALLOCATOR, f->size, 1);
    return f->bits == NULL ? tti_fail_memory(&s->error, "a filter") : TT_OK;
}

static void close_filter(spark_stage *s)
{
    filter *f = s->state;
    tti_release(SPARK_ALLOCATOR, f->bits, f->size, 1);
}

static tt_status take_filter(spark_stage *s, const spark_in *in)
{
    filter *f = s->state;
    for (int64_t i = 0; i < in->rows; i++) {
        const size_t bit = bit_of((uint64_t)spark_long(in, 0, i), f->size);
        f->bits[bit >> 3] |= (uint8_t)(1 << (bit & 7));
    }
    return TT_OK;
}

static tt_status finish_filter(spark_stage *s)
{
    const filter *f = s->state;
    spark_put_bytes(&s->out, f->bits, f->size);
    spark_row(&s->out);
    return TT_OK;
}

/* Gives one row. argument: log2 of the filter's bits. */
const spark_operator spark_filter = {.name = "filter",
                                     .takes = "seed long",
                                     .gives = "filter binary",
                                     .state_size = sizeof(filter),
                                     .open = open_filter,
                                     .take = take_filter,
                                     .finish = finish_filter,
                                     .close = close_filter};

/* ==== Firsts ================================================================================== */

/* The table of how often a seed was met forgets when it is full, and a seed gives more places then;
 * that is as right. Places are packed when there are ROOM of them, or fewer if there are few
 * buckets: a row should stay small. */
enum { SLOTS = 1 << 22, FULL = SLOTS / 4 * 3, ROOM = 1 << 21, IN_A_ROW = 1 << 8 };

typedef struct spreader {
    uint64_t *seeds;
    uint8_t *counts; /* 0: empty slot */
    size_t used;
    unsigned bits; /* 1 << bits buckets */
    packed_place *places, *sorted;
    size_t count, room;
    uint32_t *ends; /* of the buckets in `sorted` */
} spreader;

static tt_status open_firsts(spark_stage *s)
{
    spreader *x = s->state;
    const int64_t bits = s->argument >> 32;
    if (bits < 1 || bits > 24)
        return tti_fail(&s->error, TT_EINVAL, TTI_NOWHERE, "%d bits of buckets", (int)bits);
    x->bits = (unsigned)bits;
    x->room = (size_t)IN_A_ROW << x->bits;
    if (x->room > ROOM)
        x->room = ROOM;
    x->seeds = tti_alloc(SPARK_ALLOCATOR, SLOTS, sizeof *x->seeds);
    x->counts = tti_alloc_zero(SPARK_ALLOCATOR, SLOTS, 1);
    x->places = tti_alloc(SPARK_ALLOCATOR, x->room, sizeof *x->places);
    x->sorted = tti_alloc(SPARK_ALLOCATOR, x->room, sizeof *x->sorted);
    x->ends = tti_alloc(SPARK_ALLOCATOR, ((size_t)1 << x->bits) + 1, sizeof *x->ends);
    return x->seeds == NULL || x->counts == NULL || x->places == NULL || x->sorted == NULL ||
                   x->ends == NULL
               ? tti_fail_memory(&s->error, "seeds")
               : TT_OK;
}

static void close_firsts(spark_stage *s)
{
    spreader *x = s->state;
    tti_release(SPARK_ALLOCATOR, x->seeds, SLOTS, sizeof *x->seeds);
    tti_release(SPARK_ALLOCATOR, x->counts, SLOTS, 1);
    tti_release(SPARK_ALLOCATOR, x->places, x->room, sizeof *x->places);
    tti_release(SPARK_ALLOCATOR, x->sorted, x->room, sizeof *x->sorted);
    tti_release(SPARK_ALLOCATOR, x->ends, ((size_t)1 << x->bits) + 1, sizeof *x->ends);
}

/* True if the seed was met SPARK_SEED_CAP times or more. */
static int is_capped(spreader *x, uint64_t seed)
{
    size_t slot = (size_t)(mix(seed) >> 42) & (SLOTS - 1);
    while (x->counts[slot] != 0 && x->seeds[slot] != seed)
        slot = (slot + 1) & (SLOTS - 1);
    if (x->counts[slot] == SPARK_SEED_CAP)
        return 1;
    if (x->counts[slot]++ == 0) {
        x->seeds[slot] = seed;
        if (++x->used == FULL) {
            memset(x->counts, 0, SLOTS);
            x->used = 0;
        }
    }
    return 0;
}

static size_t bucket_of(const spreader *x, size_t i)
{
    return (size_t)(mix(x->places[i].seed) >> (64 - x->bits));
}

static void put_bucket(spark_stage *s, size_t bucket, const packed_place *places, size_t count)
{
    spreader *x = s->state;
    packed_to_planes(places, count, (uint8_t *)x->places); /* which are sorted by now */
    spark_put_int(&s->out, (int32_t)bucket);
    spark_put_bytes(&s->out, x->places, count * sizeof *places);
    spark_row(&s->out);
}

/* Gives a row for each bucket that has places. */
static tt_status flush_firsts(spark_stage *s)
{
    spreader *x = s->state;
    const size_t buckets = (size_t)1 << x->bits;
    uint32_t begin = 0;
    memset(x->ends, 0, (buckets + 1) * sizeof *x->ends);
    for (size_t i = 0; i < x->count; i++)
        x->ends[bucket_of(x, i) + 1]++;
    for (size_t b = 0; b < buckets; b++)
        x->ends[b + 1] += x->ends[b];
    for (size_t i = 0; i < x->count; i++)
        x->sorted[x->ends[bucket_of(x, i)]++] = x->places[i];
    for (size_t b = 0; b < buckets; begin = x->ends[b++])
        if (x->ends[b] > begin)
            put_bucket(s, b, x->sorted + begin, x->ends[b] - begin);
    x->count = 0;
    return TT_OK;
}

static tt_status take_firsts(spark_stage *s, const spark_in *in)
{
    spreader *x = s->state;
    for (int64_t i = 0; i < in->rows; i++) {
        const spark_bytes packed = spark_cell(in, 1, i);
        for (size_t k = 0; k < packed.size / sizeof(packed_seed); k++) {
            const packed_place place =
                unpack(spark_long(in, 0, i), packed, k, (uint32_t)s->argument);
            if (is_capped(x, place.seed))
                continue;
            x->places[x->count++] = place;
            if (x->count == x->room)
                TTI_TRY(flush_firsts(s));
        }
    }
    return TT_OK;
}

/* Rows in input order. argument: partitions of the engine's table less one, and the bits of a
 * bucket << 32. As many places of a seed as the engine looks at and one more, as
 * planes of packed_place. */
const spark_operator spark_firsts = {.name = "firsts",
                                     .takes = "n long, seeds binary",
                                     .gives = "bucket int, places binary",
                                     .state_size = sizeof(spreader),
                                     .open = open_firsts,
                                     .take = take_firsts,
                                     .finish = flush_firsts,
                                     .close = close_firsts};
