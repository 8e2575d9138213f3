/*
 * The operators from seeds to candidates: postings, seed_filter, first_postings, earlier_postings,
 * seed_counts. A seed that is in few documents links each of its postings to all earlier ones; one
 * that is in many links them to its first few.
 */
#include "operators/operator.h"
#include "operators/records.h"
#include "seed/counts.h"
#include "seed/seeds.h"
#include "util/sort.h"

#include <assert.h>
#include <string.h>

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

/* The bucket in work. */
typedef struct earlier_state {
    tti_posting_record *postings;
    size_t count, capacity;
} earlier_state;

static void earlier_close(tti_operator *op)
{
    earlier_state *s = op->state;
    tti_release(op->allocator, s->postings, s->capacity, sizeof *s->postings);
}

static int compare_postings(const void *a, const void *b)
{
    const tti_posting_record *x = a, *y = b;
    if (x->seed != y->seed)
        return x->seed < y->seed ? -1 : 1;
    if (x->doc != y->doc)
        return x->doc < y->doc ? -1 : 1;
    return (x->pos > y->pos) - (x->pos < y->pos);
}

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
    tti_qsort(s->postings, s->count, sizeof *s->postings, compare_postings);
    for (size_t begin = 0, end; begin < s->count; begin = end) {
        const tti_posting_record *first = s->postings + begin;
        size_t before = 0; /* postings of documents before that of posting k */
        for (end = begin + 1; end < s->count && s->postings[end].seed == first->seed;)
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
    s->count = 0;
    return TT_OK;
}

static tt_status earlier_row(tti_operator *op, const tti_rows *rows, size_t i)
{
    earlier_state *s = op->state;
    const tti_slice planes = tti_rows_bytes(rows, 1, i);
    const size_t count = tti_record_count(planes, sizeof *s->postings);
    uint8_t *to;
    if (tti_reserve(op->allocator, &s->postings, &s->capacity, s->count + count,
                    sizeof *s->postings) != 0)
        return TT_ENOMEM;
    to = (uint8_t *)(s->postings + s->count);
    for (size_t j = 0; j < count; j++)
        for (size_t k = 0; k < sizeof *s->postings; k++)
            to[j * sizeof *s->postings + k] = ((const uint8_t *)planes.data)[k * count + j];
    s->count += count;
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
    counted_posting *postings;
    size_t posting_count, posting_capacity;
    tti_earlier_record *earlier;
    size_t earlier_count, earlier_capacity;
    tti_doc_numbers docs;
    uint32_t *seed_counts; /* of each of `docs` */
    size_t seed_counts_capacity;
    tti_seed_counts counts;
} counts_state;

static tt_status counts_open(tti_operator *op)
{
    counts_state *s = op->state;
    s->docs.allocator = op->allocator;
    tti_seed_counts_init(&s->counts, op->allocator);
    return TT_OK;
}

static void counts_close(tti_operator *op)
{
    counts_state *s = op->state;
    tti_release(op->allocator, s->postings, s->posting_capacity, sizeof *s->postings);
    tti_release(op->allocator, s->earlier, s->earlier_capacity, sizeof *s->earlier);
    tti_release(op->allocator, s->seed_counts, s->seed_counts_capacity, sizeof *s->seed_counts);
    tti_doc_numbers_free(&s->docs);
    tti_seed_counts_free(&s->counts);
}

/* Numbers the documents in work from 0 on, with how many seeds each has. */
static tt_status number_docs(tti_operator *op)
{
    counts_state *s = op->state;
    s->docs.count = 0;
    TTI_TRY(tti_doc_numbers_add(&s->docs, op->group));
    for (size_t k = 0; k < s->earlier_count; k++)
        TTI_TRY(tti_doc_numbers_add(&s->docs, s->earlier[k].doc));
    tti_doc_numbers_sort(&s->docs);
    if (tti_reserve(op->allocator, &s->seed_counts, &s->seed_counts_capacity, s->docs.count,
                    sizeof *s->seed_counts) != 0)
        return TT_ENOMEM;
    for (size_t k = 0; k < s->earlier_count; k++)
        s->seed_counts[tti_doc_numbers_index(&s->docs, s->earlier[k].doc)] =
            s->earlier[k].seed_count;
    s->seed_counts[tti_doc_numbers_index(&s->docs, op->group)] = s->seed_count;
    return TT_OK;
}

/* Counts what the document shares with earlier ones as seed/candidates.c does. */
static tt_status counts_end_group(tti_operator *op)
{
    counts_state *s = op->state;
    tti_candidates *found = &s->counts.found;
    tti_seed_rules rules;
    if (s->posting_count == 0)
        return TT_OK;
    TTI_TRY(number_docs(op));
    for (size_t i = 0; i < s->posting_count; i++) {
        const counted_posting *x = &s->postings[i];
        const tti_earlier_record *first = s->earlier + x->begin;
        if (first->doc < op->group || first->pos < x->pos)
            tti_seed_counts_extend_run(&s->counts, tti_doc_numbers_index(&s->docs, first->doc),
                                       x->pos, first->pos);
        for (size_t k = 0; k < x->count && first[k].doc < op->group; k++)
            tti_seed_counts_add_shared(&s->counts, tti_doc_numbers_index(&s->docs, first[k].doc),
                                       x->pos);
    }
    tti_seed_rules_make(&rules, &op->options, s->seed_counts);
    tti_seed_counts_select(&s->counts, &rules, tti_doc_numbers_index(&s->docs, op->group),
                           s->seed_count);
    TTI_TRY(s->counts.status);
    for (size_t k = 0; k < found->count; k++)
        tti_output_candidate(&op->out, s->docs.numbers[tti_candidate_a(found->packed[k])],
                             op->group, tti_candidate_want(found->packed[k]), 0);
    for (size_t k = 0; k < found->skipped_count; k++)
        tti_output_candidate(&op->out, op->group, op->group, 0, (uint32_t)found->skipped[k]);
    found->count = found->skipped_count = s->posting_count = s->earlier_count = 0;
    return TT_OK;
}

static tt_status counts_row(tti_operator *op, const tti_rows *rows, size_t i)
{
    counts_state *s = op->state;
    const int64_t n = tti_rows_int64(rows, 0, i);
    const uint32_t pos = (uint32_t)tti_rows_int32(rows, 1, i);
    const tti_slice earlier = tti_rows_bytes(rows, 3, i);
    const size_t count = tti_record_count(earlier, sizeof *s->earlier);
    tti_earlier_record *to;
    s->seed_count = (uint32_t)tti_rows_int32(rows, 2, i);
    if (tti_reserve(op->allocator, &s->earlier, &s->earlier_capacity, s->earlier_count + count,
                    sizeof *s->earlier) != 0 ||
        tti_reserve(op->allocator, &s->postings, &s->posting_capacity, s->posting_count + 1,
                    sizeof *s->postings) != 0)
        return TT_ENOMEM;
    assert(count > 0);
    to = s->earlier + s->earlier_count;
    memcpy(to, earlier.data, count * sizeof *to);
    if (to->doc == n && to->pos == pos)
        return TT_OK; /* the first posting of all, which has nothing before it */
    s->postings[s->posting_count++] = (counted_posting){pos, s->earlier_count, count};
    s->earlier_count += count;
    return TT_OK;
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
