/* The operators from MinHash to candidates: bands, buckets, distances, top_k, paragraphs. */
#include "lsh/bands.h"
#include "operators/operator.h"
#include "operators/records.h"


/* ==== Bands and paragraphs ==================================================================== */

static tt_status bands_row(tti_operator *op, const tti_rows *rows, size_t i)
{
    const tti_slice keys = tti_rows_bytes(rows, 1, i);
    for (size_t band = 0; band < tti_record_count(keys, sizeof(uint32_t)); band++) {
        uint32_t key;
        tti_record_get(keys, band, &key, sizeof key);
        tti_output_int64(&op->out, (int64_t)((uint64_t)band << 32 | key));
        tti_output_int64(&op->out, tti_rows_int64(rows, 0, i));
        tti_output_end_row(&op->out);
    }
    return TT_OK;
}

const tti_operator_class tti_operator_bands = {
    .spec = {"bands", "n long, bands binary", "bucket long, n long"}, .row = bands_row};

static tt_status paragraphs_row(tti_operator *op, const tti_rows *rows, size_t i)
{
    const tti_slice packed = tti_rows_bytes(rows, 1, i);
    for (size_t k = 0; k < tti_record_count(packed, sizeof(tti_paragraph_record)); k++) {
        tti_paragraph_record x;
        tti_record_get(packed, k, &x, sizeof x);
        tti_output_int64(&op->out, (int64_t)x.low);
        tti_output_int64(&op->out, (int64_t)x.high);
        tti_output_int64(&op->out, tti_rows_int64(rows, 0, i));
        for (int band = 0; band < TTI_PARAGRAPH_BANDS; band++)
            tti_output_int32(&op->out, (int32_t)x.keys[band]);
        tti_output_end_row(&op->out);
    }
    return TT_OK;
}

const tti_operator_class tti_operator_paragraphs = {
    .spec = {"paragraphs", "n long, long_paragraphs binary",
             "low long, high long, n long, key0 int, key1 int, key2 int, key3 int"},
    .row = paragraphs_row};

/* ==== Buckets ================================================================================= */

/* The bucket in work: its first documents, and the latest in a ring. */
typedef struct buckets_state {
    tti_band_rule rule;
    size_t count;
    int64_t *firsts, *latest; /* rule.most each */
} buckets_state;

static tt_status buckets_open(tti_operator *op)
{
    buckets_state *s = op->state;
    s->rule = tti_band_rule_make(&op->options);
    s->firsts = tti_alloc(op->allocator, s->rule.max_bucket, sizeof *s->firsts);
    s->latest = tti_alloc(op->allocator, s->rule.max_bucket, sizeof *s->latest);
    return s->firsts == NULL || s->latest == NULL ? TT_ENOMEM : TT_OK;
}

static void buckets_close(tti_operator *op)
{
    buckets_state *s = op->state;
    tti_release(op->allocator, s->firsts, s->rule.max_bucket, sizeof *s->firsts);
    tti_release(op->allocator, s->latest, s->rule.max_bucket, sizeof *s->latest);
}

static void output_compared(tti_output *out, int64_t a, int64_t b, size_t skipped)
{
    tti_output_int64(out, a);
    tti_output_int64(out, b);
    tti_output_count(out, skipped);
    tti_output_end_row(out);
}

static tt_status buckets_end_group(tti_operator *op)
{
    ((buckets_state *)op->state)->count = 0;
    return TT_OK;
}

static tt_status buckets_row(tti_operator *op, const tti_rows *rows, size_t i)
{
    buckets_state *s = op->state;
    const int64_t n = tti_rows_int64(rows, 1, i);
    tti_band_window w;
    w = tti_band_rule_window(&s->rule, s->count);
    for (size_t k = 0; k < w.first_end; k++)
        output_compared(&op->out, s->firsts[k], n, 0);
    for (size_t k = w.last_begin; k < s->count; k++)
        output_compared(&op->out, s->latest[k % s->rule.max_bucket], n, 0);
    if (w.skipped > 0)
        output_compared(&op->out, n, n, w.skipped);
    if (s->count < s->rule.max_bucket)
        s->firsts[s->count] = n;
    s->latest[s->count++ % s->rule.max_bucket] = n;
    return TT_OK;
}

const tti_operator_class tti_operator_buckets = {
    .spec = {"buckets", "bucket long, n long", "a long, b long, skipped int"},
    .state_size = sizeof(buckets_state),
    .open = buckets_open,
    .row = buckets_row,
    .is_grouped = 1,
    .end_group = buckets_end_group,
    .close = buckets_close};

/* ==== Distances =============================================================================== */

static tt_status distances_row(tti_operator *op, const tti_rows *rows, size_t i)
{
    const tti_band_rule rule = tti_band_rule_make(&op->options);
    const tti_slice a = tti_rows_bytes(rows, 2, i), b = tti_rows_bytes(rows, 3, i);
    uint32_t distance;
    if (a.size != rule.num_hashes || b.size != a.size)
        return tti_fail(op->error, TT_EINTERNAL, TTI_NOWHERE, "a signature is cut off");
    distance = tti_signature_distance(&rule, a.data, b.data);
    if (distance > rule.max_distance)
        return TT_OK;
    tti_output_int64(&op->out, tti_rows_int64(rows, 0, i));
    tti_output_int64(&op->out, tti_rows_int64(rows, 1, i));
    tti_output_int32(&op->out, (int32_t)distance);
    tti_output_end_row(&op->out);
    return TT_OK;
}

const tti_operator_class tti_operator_distances = {
    .spec = {"distances", "a long, b long, signature_a binary, signature_b binary",
             "a long, b long, distance int"},
    .row = distances_row};

/* ==== Top k =================================================================================== */

/* How many candidates the document in work has had. */
typedef struct top_k_state {
    size_t count;
} top_k_state;

static tt_status top_k_row(tti_operator *op, const tti_rows *rows, size_t i)
{
    top_k_state *s = op->state;
    if (s->count++ < tti_max_candidates(&op->options))
        tti_output_candidate(&op->out, tti_rows_int64(rows, 1, i), op->group, TTI_WANT_PAIR, 0);
    return TT_OK;
}

static tt_status top_k_end_group(tti_operator *op)
{
    top_k_state *s = op->state;
    const size_t most = tti_max_candidates(&op->options);
    if (s->count > most)
        tti_output_candidate(&op->out, op->group, op->group, 0, s->count - most);
    s->count = 0;
    return TT_OK;
}

const tti_operator_class tti_operator_top_k = {
    .spec = {"top_k", "b long, a long, distance int", "a long, b long, want int, skipped int"},
    .state_size = sizeof(top_k_state),
    .row = top_k_row,
    .is_grouped = 1,
    .end_group = top_k_end_group};
