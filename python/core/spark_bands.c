/*
 * Operators from MinHash to candidates.
 *
 *   bands       a sketch's buckets, a row each
 *   paragraphs  a sketch's paragraphs, a row each
 *   buckets     of one bucket: who is compared with whom
 *   alike       those whose whole signatures leave them a chance
 *   closest     of one document: those of the least distance
 */
#include "lsh/bands.h"
#include "spark.h"
#include "spark_packed.h"

#include <string.h>

/* ==== Bands and paragraphs ==================================================================== */

static tt_status take_bands(spark_stage *s, const spark_in *in)
{
    for (int64_t i = 0; i < in->rows; i++) {
        const spark_bytes packed = spark_cell(in, 1, i);
        for (size_t band = 0; band < packed.size / sizeof(uint32_t); band++) {
            uint32_t key;
            memcpy(&key, (const char *)packed.data + band * sizeof key, sizeof key);
            spark_put_long(&s->out, (int64_t)((uint64_t)band << 32 | key));
            spark_put_long(&s->out, spark_long(in, 0, i));
            spark_row(&s->out);
        }
    }
    return TT_OK;
}

/* bucket: band << 32 | key */
const spark_operator spark_bands = {.name = "bands",
                                    .takes = "n long, bands binary",
                                    .gives = "bucket long, n long",
                                    .take = take_bands};

static tt_status take_paragraphs(spark_stage *s, const spark_in *in)
{
    for (int64_t i = 0; i < in->rows; i++) {
        const spark_bytes packed = spark_cell(in, 1, i);
        for (size_t k = 0; k < packed.size / sizeof(packed_paragraph); k++) {
            packed_paragraph x;
            memcpy(&x, (const char *)packed.data + k * sizeof x, sizeof x);
            spark_put_long(&s->out, (int64_t)x.low);
            spark_put_long(&s->out, (int64_t)x.high);
            spark_put_long(&s->out, spark_long(in, 0, i));
            for (int band = 0; band < TTI_PARAGRAPH_BANDS; band++)
                spark_put_int(&s->out, (int32_t)x.keys[band]);
            spark_row(&s->out);
        }
    }
    return TT_OK;
}

/* low, high: equal for equal paragraphs; key0 ...: of its bands, 0 is none */
const spark_operator spark_paragraphs = {
    .name = "paragraphs",
    .takes = "n long, passages binary",
    .gives = "low long, high long, n long, key0 int, key1 int, key2 int, key3 int",
    .take = take_paragraphs};

/* ==== Buckets ================================================================================= */

/* The bucket at hand: its first documents, and the latest in a ring. */
typedef struct bucket {
    tti_band_rule rule;
    int64_t key;
    size_t count;
    int64_t *firsts, *latest; /* rule.max_bucket each */
} bucket;

static tt_status open_buckets(spark_stage *s)
{
    bucket *b = s->state;
    b->rule = tti_band_rule_make(&s->options);
    b->firsts = tti_alloc(SPARK_ALLOCATOR, b->rule.max_bucket, sizeof *b->firsts);
    b->latest = tti_alloc(SPARK_ALLOCATOR, b->rule.max_bucket, sizeof *b->latest);
    return b->firsts == NULL || b->latest == NULL ? tti_fail_memory(&s->error, "a bucket") : TT_OK;
}

static void close_buckets(spark_stage *s)
{
    bucket *b = s->state;
    tti_release(SPARK_ALLOCATOR, b->firsts, b->rule.max_bucket, sizeof *b->firsts);
    tti_release(SPARK_ALLOCATOR, b->latest, b->rule.max_bucket, sizeof *b->latest);
}

static void put_compared(spark_stage *s, int64_t a, int64_t b, size_t skipped)
{
    spark_put_long(&s->out, a);
    spark_put_long(&s->out, b);
    spark_put_int(&s->out, skipped > INT32_MAX ? INT32_MAX : (int32_t)skipped);
    spark_row(&s->out);
}

static void add_to_bucket(spark_stage *s, int64_t n)
{
    bucket *b = s->state;
    const size_t i = b->count++;
    const tti_band_window w = tti_band_rule_window(&b->rule, i);
    for (size_t k = 0; k < w.first_end; k++)
        put_compared(s, b->firsts[k], n, 0);
    for (size_t k = w.last_begin; k < i; k++)
        put_compared(s, b->latest[k % b->rule.max_bucket], n, 0);
    if (w.skipped > 0)
        put_compared(s, n, n, w.skipped);
    if (i < b->rule.max_bucket)
        b->firsts[i] = n;
    b->latest[i % b->rule.max_bucket] = n;
}

static tt_status take_buckets(spark_stage *s, const spark_in *in)
{
    bucket *b = s->state;
    for (int64_t i = 0; i < in->rows; i++) {
        if (spark_long(in, 0, i) != b->key)
            b->count = 0;
        b->key = spark_long(in, 0, i);
        add_to_bucket(s, spark_long(in, 1, i));
    }
    return TT_OK;
}

/* Rows in order of bucket, n; a bucket's all in one stream. Where a is b, `skipped` earlier ones
 * were not looked at for it. */
const spark_operator spark_buckets = {.name = "buckets",
                                      .takes = "bucket long, n long",
                                      .gives = "a long, b long, skipped int",
                                      .state_size = sizeof(bucket),
                                      .open = open_buckets,
                                      .take = take_buckets,
                                      .close = close_buckets};

/* ==== Alike =================================================================================== */

static tt_status take_alike(spark_stage *s, const spark_in *in)
{
    const tti_band_rule rule = tti_band_rule_make(&s->options);
    for (int64_t i = 0; i < in->rows; i++) {
        const spark_bytes a = spark_cell(in, 2, i), b = spark_cell(in, 3, i);
        uint32_t distance;
        if (a.size != rule.num_hashes || b.size != a.size)
            return tti_fail(&s->error, TT_EINTERNAL, TTI_NOWHERE, "a signature is cut off");
        distance = tti_signature_distance(&rule, a.data, b.data);
        if (distance > rule.max_distance)
            continue;
        spark_put_long(&s->out, spark_long(in, 0, i));
        spark_put_long(&s->out, spark_long(in, 1, i));
        spark_put_int(&s->out, (int32_t)distance);
        spark_row(&s->out);
    }
    return TT_OK;
}

const spark_operator spark_alike = {.name = "alike",
                                    .takes =
                                        "a long, b long, signature_a binary, signature_b binary",
                                    .gives = "a long, b long, distance int",
                                    .take = take_alike};

/* ==== Closest ================================================================================= */

/* The document at hand, and how many before it are worth counting. */
typedef struct closest {
    int64_t b;
    size_t count;
} closest;

static void put_closest(spark_stage *s, int64_t a, unsigned want, size_t skipped)
{
    spark_put_long(&s->out, a);
    spark_put_long(&s->out, ((const closest *)s->state)->b);
    spark_put_int(&s->out, (int32_t)want);
    spark_put_int(&s->out, skipped > INT32_MAX ? INT32_MAX : (int32_t)skipped);
    spark_row(&s->out);
}

static tt_status flush_closest(spark_stage *s)
{
    closest *c = s->state;
    const size_t most = tti_max_candidates(&s->options);
    if (c->count > most)
        put_closest(s, c->b, 0, c->count - most);
    c->count = 0;
    return TT_OK;
}

static tt_status take_closest(spark_stage *s, const spark_in *in)
{
    const size_t most = tti_max_candidates(&s->options);
    closest *c = s->state;
    for (int64_t i = 0; i < in->rows; i++) {
        if (spark_long(in, 1, i) != c->b)
            TTI_TRY(flush_closest(s));
        c->b = spark_long(in, 1, i);
        if (c->count++ < most)
            put_closest(s, spark_long(in, 0, i), TTI_WANT_PAIR, 0);
    }
    return TT_OK;
}

/* Rows in order of b, distance, a; a document's all in one stream. With want 0, `skipped`
 * candidates of b were not looked at. */
const spark_operator spark_closest = {.name = "closest",
                                      .takes = "a long, b long, distance int",
                                      .gives = "a long, b long, want int, skipped int",
                                      .state_size = sizeof(closest),
                                      .take = take_closest,
                                      .finish = flush_closest};
