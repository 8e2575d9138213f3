/*
 * The operators from sketches to candidates. By MinHash: bands, buckets, distances, top_k; by equal
 * and nearly equal paragraphs: paragraphs; by seeds: postings, seed_filter, first_postings,
 * earlier_postings, seed_counts. A seed that is in few documents links each of its postings to all
 * earlier ones; one that is in many links them to its first few.
 */
#include "lsh/bands.h"
#include "operators/operator.h"
#include "seed/candidates.h"

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

/* Of a seed in few places all postings count, and one more tells that it is in many. */
enum { POSTING_LIMIT = TTI_SEED_MAX_POSTINGS + 1 };

/* Seed k of a sketch as a posting. Of a seed's partition the scan looks at the bits that its table
 * of so many partitions has. */
static tti_posting_record posting_at(int64_t n, tti_slice seeds, size_t k, uint32_t partitions)
{
    tti_seed_record x;
    tti_record_get(seeds, k, &x, sizeof x);
    return (tti_posting_record){(uint64_t)x.key << 32 | (x.part & (partitions - 1)), n, x.pos,
                                (uint32_t)(seeds.size / sizeof x)};
}

static tt_status check_partitions(tti_operator *op)
{
    const uint32_t p = op->settings.partitions;
    return p != 0 && (p & (p - 1)) == 0
               ? TT_OK
               : tti_fail(op->error, TT_EINVAL, TTI_NOWHERE,
                          "%u partitions of seeds, not a power of two", (unsigned)p);
}

static uint64_t mix_seed(uint64_t seed)
{
    return seed * UINT64_C(0x9E3779B97F4A7C15);
}

/* ==== Postings, and a filter of seeds ========================================================= */

/* The bit of a seed in a filter of `size` bytes, a power of two. */
static size_t filter_bit(uint64_t seed, size_t size)
{
    return (size_t)(mix_seed(seed) >> 32) & (size * 8 - 1);
}

static tt_status postings_open(tti_operator *op)
{
    const size_t size = op->settings.filter_size;
    if ((size & (size - 1)) != 0)
        return tti_fail(op->error, TT_EINVAL, TTI_NOWHERE,
                        "a filter of %zu bytes, not a power of two", size);
    return check_partitions(op);
}

static tt_status postings_row(tti_operator *op, const tti_rows *rows, size_t i)
{
    const tti_operator_settings *given = &op->settings;
    const uint8_t *filter = given->filter;
    const tti_slice seeds = tti_rows_bytes(rows, 1, i);
    for (size_t k = 0; k < tti_record_count(seeds, sizeof(tti_seed_record)); k++) {
        const tti_posting_record x =
            posting_at(tti_rows_int64(rows, 0, i), seeds, k, given->partitions);
        if (given->filter_size > 0) {
            const size_t bit = filter_bit(x.seed, given->filter_size);
            if ((filter[bit >> 3] >> (bit & 7) & 1) == 0)
                continue;
        }
        tti_output_int64(&op->out, (int64_t)x.seed);
        tti_output_int64(&op->out, x.doc);
        tti_output_int32(&op->out, (int32_t)x.pos);
        tti_output_int32(&op->out, (int32_t)x.seed_count);
        tti_output_end_row(&op->out);
    }
    return TT_OK;
}

const tti_operator_class tti_operator_postings = {
    .spec = {"postings", "n long, seeds binary", "seed long, n long, position int, seed_count int"},
    .open = postings_open,
    .row = postings_row};

typedef struct filter_state {
    uint8_t *bits;
    size_t size; /* in bytes */
} filter_state;

static tt_status filter_open(tti_operator *op)
{
    filter_state *s = op->state;
    if (op->settings.bits < 3 || op->settings.bits > 32)
        return tti_fail(op->error, TT_EINVAL, TTI_NOWHERE, "a filter of 2^%u bits",
                        (unsigned)op->settings.bits);
    s->size = (size_t)1 << (op->settings.bits - 3);
    s->bits = tti_alloc_zero(op->allocator, s->size, 1);
    return s->bits == NULL ? TT_ENOMEM : TT_OK;
}

static void filter_close(tti_operator *op)
{
    filter_state *s = op->state;
    tti_release(op->allocator, s->bits, s->size, 1);
}

static tt_status filter_row(tti_operator *op, const tti_rows *rows, size_t i)
{
    filter_state *s = op->state;
    const size_t bit = filter_bit((uint64_t)tti_rows_int64(rows, 0, i), s->size);
    s->bits[bit >> 3] |= (uint8_t)(1 << (bit & 7));
    return TT_OK;
}

static tt_status filter_finish(tti_operator *op)
{
    const filter_state *s = op->state;
    tti_output_bytes(&op->out, s->bits, s->size);
    tti_output_end_row(&op->out);
    return TT_OK;
}

const tti_operator_class tti_operator_seed_filter = {
    .spec = {"seed_filter", "seed long", "filter binary"},
    .state_size = sizeof(filter_state),
    .open = filter_open,
    .row = filter_row,
    .end_group = filter_finish,
    .close = filter_close};

/* ==== First postings ========================================================================== */

/*
 * Where only a seed's first POSTING_LIMIT postings count, more of them need not travel. The table
 * of how many a seed has had forgets all of them when it is full: a seed then gives more postings
 * than are needed, which changes no result. Postings are packed by bucket when there are
 * MAX_POSTINGS of them, or fewer if there are few buckets: a row should stay small.
 */
enum {
    SLOTS = 1 << 22,
    MAX_USED = SLOTS / 4 * 3,
    MAX_POSTINGS = 1 << 21,
    POSTINGS_PER_ROW = 1 << 8
};

typedef struct first_postings_state {
    uint64_t *seeds; /* of the slots */
    uint8_t *counts; /* 0: the slot is empty */
    size_t used;
    size_t bucket_count;
    tti_posting_record *postings, *sorted;
    size_t count, capacity;
    uint32_t *ends; /* of the buckets in `sorted` */
} first_postings_state;

static tt_status first_postings_open(tti_operator *op)
{
    first_postings_state *s = op->state;
    const tt_allocator *a = op->allocator;
    const uint32_t bits = op->settings.bits;
    if (bits < 1 || bits > 24)
        return tti_fail(op->error, TT_EINVAL, TTI_NOWHERE, "%u bits of buckets", (unsigned)bits);
    TTI_TRY(check_partitions(op));
    s->bucket_count = (size_t)1 << bits;
    s->capacity = POSTINGS_PER_ROW * s->bucket_count;
    if (s->capacity > MAX_POSTINGS)
        s->capacity = MAX_POSTINGS;
    s->seeds = tti_alloc(a, SLOTS, sizeof *s->seeds);
    s->counts = tti_alloc_zero(a, SLOTS, 1);
    s->postings = tti_alloc(a, s->capacity, sizeof *s->postings);
    s->sorted = tti_alloc(a, s->capacity, sizeof *s->sorted);
    s->ends = tti_alloc(a, s->bucket_count + 1, sizeof *s->ends);
    return s->seeds == NULL || s->counts == NULL || s->postings == NULL || s->sorted == NULL ||
                   s->ends == NULL
               ? TT_ENOMEM
               : TT_OK;
}

static void first_postings_close(tti_operator *op)
{
    first_postings_state *s = op->state;
    const tt_allocator *a = op->allocator;
    tti_release(a, s->seeds, SLOTS, sizeof *s->seeds);
    tti_release(a, s->counts, SLOTS, 1);
    tti_release(a, s->postings, s->capacity, sizeof *s->postings);
    tti_release(a, s->sorted, s->capacity, sizeof *s->sorted);
    tti_release(a, s->ends, s->bucket_count + 1, sizeof *s->ends);
}

/* Counts a posting of a seed. @return whether the seed had POSTING_LIMIT of them before */
static int count_posting(first_postings_state *s, uint64_t seed)
{
    size_t slot = (size_t)(mix_seed(seed) >> 42) & (SLOTS - 1);
    while (s->counts[slot] != 0 && s->seeds[slot] != seed)
        slot = (slot + 1) & (SLOTS - 1);
    if (s->counts[slot] == POSTING_LIMIT)
        return 1;
    if (s->counts[slot]++ == 0) {
        s->seeds[slot] = seed;
        if (++s->used == MAX_USED) {
            memset(s->counts, 0, SLOTS);
            s->used = 0;
        }
    }
    return 0;
}

static size_t bucket_of(const first_postings_state *s, uint64_t seed)
{
    return (size_t)((mix_seed(seed) >> 32) * s->bucket_count >> 32);
}

/*
 * Gives a row for each bucket that has postings. They travel as planes: the first byte of each
 * posting, then the second of each, and so on. Most planes have the same byte throughout and are
 * nothing once Spark has compressed what it shuffles.
 */
static tt_status output_buckets(tti_operator *op)
{
    first_postings_state *s = op->state;
    uint32_t begin = 0;
    memset(s->ends, 0, (s->bucket_count + 1) * sizeof *s->ends);
    for (size_t i = 0; i < s->count; i++)
        s->ends[bucket_of(s, s->postings[i].seed) + 1]++;
    for (size_t b = 0; b < s->bucket_count; b++)
        s->ends[b + 1] += s->ends[b];
    for (size_t i = 0; i < s->count; i++)
        s->sorted[s->ends[bucket_of(s, s->postings[i].seed)]++] = s->postings[i];
    for (size_t b = 0; b < s->bucket_count; begin = s->ends[b++]) {
        const size_t count = s->ends[b] - begin;
        const uint8_t *bytes = (const uint8_t *)(s->sorted + begin);
        uint8_t *planes = (uint8_t *)s->postings; /* which `sorted` has by now */
        if (count == 0)
            continue;
        for (size_t i = 0; i < count; i++)
            for (size_t k = 0; k < sizeof *s->sorted; k++)
                planes[k * count + i] = bytes[i * sizeof *s->sorted + k];
        tti_output_int32(&op->out, (int32_t)b);
        tti_output_bytes(&op->out, planes, count * sizeof *s->sorted);
        tti_output_end_row(&op->out);
    }
    s->count = 0;
    return TT_OK;
}

static tt_status first_postings_row(tti_operator *op, const tti_rows *rows, size_t i)
{
    first_postings_state *s = op->state;
    const tti_slice seeds = tti_rows_bytes(rows, 1, i);
    for (size_t k = 0; k < tti_record_count(seeds, sizeof(tti_seed_record)); k++) {
        const tti_posting_record x =
            posting_at(tti_rows_int64(rows, 0, i), seeds, k, op->settings.partitions);
        if (count_posting(s, x.seed))
            continue;
        s->postings[s->count++] = x;
        if (s->count == s->capacity)
            TTI_TRY(output_buckets(op));
    }
    return TT_OK;
}

const tti_operator_class tti_operator_first_postings = {
    .spec = {"first_postings", "n long, seeds binary", "bucket int, postings binary"},
    .state_size = sizeof(first_postings_state),
    .open = first_postings_open,
    .row = first_postings_row,
    .end_group = output_buckets,
    .close = first_postings_close};

/* ==== Earlier postings ======================================================================== */

/* The postings of the bucket in work. */
typedef struct earlier_state {
    TTI_ARRAY(tti_posting_record) postings;
} earlier_state;

static void earlier_close(tti_operator *op)
{
    tti_array_free(&((earlier_state *)op->state)->postings, op->allocator);
}

TTI_SORT_DEFINE(sort_postings, tti_posting_record,
                x->seed != y->seed ? x->seed < y->seed
                : x->doc != y->doc ? x->doc < y->doc
                                   : x->pos < y->pos)

/* The first `count` postings of a seed, one for each document, and the posting that they come
 * before, or NULL: any. */
static void output_earlier(tti_output *out, const tti_posting_record *postings, size_t count,
                           const tti_posting_record *at)
{
    tti_earlier_record earlier[POSTING_LIMIT];
    size_t n = 0;
    assert(count <= POSTING_LIMIT);
    for (size_t k = 0; k < count; k++)
        if (k == 0 || postings[k].doc != postings[k - 1].doc)
            earlier[n++] =
                (tti_earlier_record){postings[k].doc, postings[k].pos, postings[k].seed_count};
    tti_output_int32(out, at == NULL);
    tti_output_int64(out, (int64_t)postings->seed);
    tti_output_int64(out, at == NULL ? 0 : at->doc);
    tti_output_int32(out, at == NULL ? 0 : (int32_t)at->pos);
    tti_output_int32(out, at == NULL ? 0 : (int32_t)at->seed_count);
    tti_output_bytes(out, earlier, n * sizeof *earlier);
    tti_output_end_row(out);
}

static tt_status earlier_end_group(tti_operator *op)
{
    earlier_state *s = op->state;
    const tti_posting_record *postings = s->postings.items;
    sort_postings(s->postings.items, s->postings.count);
    for (size_t begin = 0, end; begin < s->postings.count; begin = end) {
        const tti_posting_record *first = postings + begin;
        size_t before = 0; /* postings of documents before that of posting k */
        for (end = begin + 1; end < s->postings.count && postings[end].seed == first->seed;)
            end++;
        if (end - begin >= POSTING_LIMIT) {
            output_earlier(&op->out, first, TTI_SEED_FIRST_POSTINGS, NULL);
            continue;
        }
        for (size_t k = 1; k < end - begin; k++) {
            while (first[before].doc < first[k].doc)
                before++;
            output_earlier(&op->out, first, before > 0 ? before : 1, &first[k]);
        }
    }
    s->postings.count = 0;
    return TT_OK;
}

static tt_status earlier_row(tti_operator *op, const tti_rows *rows, size_t i)
{
    earlier_state *s = op->state;
    const tti_slice planes = tti_rows_bytes(rows, 1, i);
    const size_t size = sizeof *s->postings.items, count = tti_record_count(planes, size);
    uint8_t *to;
    TTI_TRY(tti_array_reserve(&s->postings, op->allocator, count));
    to = (uint8_t *)(s->postings.items + s->postings.count);
    for (size_t j = 0; j < count; j++)
        for (size_t k = 0; k < size; k++)
            to[j * size + k] = ((const uint8_t *)planes.data)[k * count + j];
    s->postings.count += count;
    return TT_OK;
}

const tti_operator_class tti_operator_earlier_postings = {
    .spec = {"earlier_postings", "bucket int, postings binary",
             "frequent int, seed long, n long, position int, seed_count int, earlier binary"},
    .state_size = sizeof(earlier_state),
    .row = earlier_row,
    .is_grouped = 1,
    .end_group = earlier_end_group,
    .close = earlier_close};

/* ==== Seed counts ============================================================================= */

/* A posting of the document in work. */
typedef struct counted_posting {
    uint32_t pos;
    size_t begin, count; /* of the earlier ones */
} counted_posting;

typedef struct counts_state {
    uint32_t seed_count; /* of the document in work */
    TTI_ARRAY(counted_posting) postings;
    TTI_ARRAY(tti_earlier_record) earlier;
    tti_doc_numbers docs;
    TTI_ARRAY(uint32_t) seed_counts; /* of each of `docs` */
    tti_seed_counts counts;
} counts_state;

static tt_status counts_open(tti_operator *op)
{
    tti_seed_counts_init(&((counts_state *)op->state)->counts, op->allocator);
    return TT_OK;
}

static void counts_close(tti_operator *op)
{
    counts_state *s = op->state;
    tti_array_free(&s->postings, op->allocator);
    tti_array_free(&s->earlier, op->allocator);
    tti_array_free(&s->docs, op->allocator);
    tti_array_free(&s->seed_counts, op->allocator);
    tti_seed_counts_free(&s->counts);
}

/* Numbers the documents in work from 0 on and sets how many seeds each has. */
static tt_status number_docs(tti_operator *op)
{
    counts_state *s = op->state;
    s->docs.count = 0;
    TTI_TRY(tti_array_push(&s->docs, op->allocator, op->group));
    for (size_t k = 0; k < s->earlier.count; k++)
        TTI_TRY(tti_array_push(&s->docs, op->allocator, s->earlier.items[k].doc));
    tti_doc_numbers_sort(&s->docs);
    TTI_TRY(tti_array_resize(&s->seed_counts, op->allocator, s->docs.count));
    for (size_t k = 0; k < s->earlier.count; k++)
        s->seed_counts.items[tti_doc_numbers_index(&s->docs, s->earlier.items[k].doc)] =
            s->earlier.items[k].seed_count;
    s->seed_counts.items[tti_doc_numbers_index(&s->docs, op->group)] = s->seed_count;
    return TT_OK;
}

/* Counts what the document shares with earlier ones, as seed/candidates.c does. */
static tt_status counts_end_group(tti_operator *op)
{
    counts_state *s = op->state;
    tti_candidates *found = &s->counts.found;
    tti_seed_rules rules;
    if (s->postings.count == 0)
        return TT_OK;
    TTI_TRY(number_docs(op));
    for (size_t i = 0; i < s->postings.count; i++) {
        const counted_posting *x = &s->postings.items[i];
        const tti_earlier_record *first = s->earlier.items + x->begin;
        if (first->doc < op->group || first->pos < x->pos)
            tti_seed_counts_extend_run(&s->counts, tti_doc_numbers_index(&s->docs, first->doc),
                                       x->pos, first->pos);
        for (size_t k = 0; k < x->count && first[k].doc < op->group; k++)
            tti_seed_counts_add_shared(&s->counts, tti_doc_numbers_index(&s->docs, first[k].doc),
                                       x->pos);
    }
    tti_seed_rules_make(&rules, &op->options, s->seed_counts.items);
    tti_seed_counts_select(&s->counts, &rules, tti_doc_numbers_index(&s->docs, op->group),
                           s->seed_count);
    TTI_TRY(s->counts.status);
    for (size_t k = 0; k < found->pairs.count; k++)
        tti_output_candidate(&op->out,
                             tti_array_at(&s->docs, tti_candidate_a(found->pairs.items[k])),
                             op->group, tti_candidate_want(found->pairs.items[k]), 0);
    for (size_t k = 0; k < found->skipped.count; k++)
        tti_output_candidate(&op->out, op->group, op->group, 0, (uint32_t)found->skipped.items[k]);
    found->pairs.count = found->skipped.count = s->postings.count = s->earlier.count = 0;
    return TT_OK;
}

static tt_status counts_row(tti_operator *op, const tti_rows *rows, size_t i)
{
    counts_state *s = op->state;
    const uint32_t pos = (uint32_t)tti_rows_int32(rows, 1, i);
    const tti_slice packed = tti_rows_bytes(rows, 3, i);
    const size_t count = tti_record_count(packed, sizeof(tti_earlier_record));
    tti_earlier_record first;
    s->seed_count = (uint32_t)tti_rows_int32(rows, 2, i);
    tti_record_get(packed, 0, &first, sizeof first);
    if (first.doc == op->group && first.pos == pos)
        return TT_OK; /* the first posting of all, which has nothing before it */
    TTI_TRY(tti_array_push(&s->postings, op->allocator,
                           (counted_posting){pos, s->earlier.count, count}));
    return tti_array_append(&s->earlier, op->allocator, packed.data, count);
}

const tti_operator_class tti_operator_seed_counts = {
    .spec = {"seed_counts", "n long, position int, seed_count int, earlier binary",
             "a long, b long, want int, skipped int"},
    .state_size = sizeof(counts_state),
    .open = counts_open,
    .row = counts_row,
    .is_grouped = 1,
    .end_group = counts_end_group,
    .close = counts_close};
