#include "live/shelf.h"

#include "common/alloc.h"
#include "common/candidate.h"
#include "common/fail.h"
#include "common/par.h"

#include <string.h>

enum { COMPACT_FROM = 1024 }; /* numbers that are not worth making anew */

void tti_shelf_init(tti_shelf *s, const tt_allocator *allocator, const tt_options *options)
{
    memset(s, 0, sizeof *s);
    s->allocator = s->ids.allocator = s->tokens.allocator = s->seeds.allocator = s->heap.allocator =
        allocator;
    s->options = options;
    s->free_class = TTI_NONE;
    s->epoch = 1;
    s->newest = TT_NO_TIME;
}

static void forget(const tti_shelf *s, tti_memo *m)
{
    tti_release(s->allocator, m->places, m->count, sizeof *m->places);
    tti_release(s->allocator, m->blocks, m->block_count, sizeof *m->blocks);
    memset(m, 0, sizeof *m);
}

static size_t kept_size(const tti_shelf *s, const tti_stored *x)
{
    return (size_t)x->id_size + x->source_size + x->version_size + x->span_size +
           s->classes[x->class].token_count;
}

static void free_class(tti_shelf *s, tti_class *c)
{
    const size_t size = c->token_count * sizeof *c->hashes;
    forget(s, &c->memo);
    tti_heap_give(&s->heap, c->chunk, size);
    s->heap_used -= size;
    c->hashes = NULL;
}

void tti_shelf_free(tti_shelf *s)
{
    const tt_allocator *a = s->allocator;
    for (size_t k = 0; k < s->class_count; k++)
        forget(s, &s->classes[k].memo);
    tti_release(a, s->articles, s->capacity, sizeof *s->articles);
    tti_release(a, s->counts, s->count_capacity, sizeof *s->counts);
    tti_release(a, s->classes, s->class_capacity, sizeof *s->classes);
    tti_release(a, s->dates, s->date_capacity, sizeof *s->dates);
    tti_slots_free(&s->ids);
    tti_slots_free(&s->tokens);
    tti_seedmap_free(&s->seeds);
    tti_heap_free(&s->heap);
    tti_sample_free(&s->sample, a);
    tti_shelf_init(s, a, s->options);
}

/* ---- Finding --------------------------------------------------------------------------------- */

static uint32_t hash_tokens(const uint32_t *hashes, uint32_t count)
{
    return (uint32_t)tti_hash_u32(hashes, count, 0);
}

/* The id of an article that is there. */
static tti_id id_of(const tti_stored *x)
{
    return (tti_id){x->kept, x->id_size, x->flags};
}

static int has_id(const void *ctx, uint32_t article, const void *key)
{
    return tti_id_equal(id_of(&((const tti_shelf *)ctx)->articles[article]), *(const tti_id *)key);
}

uint32_t tti_shelf_find(const tti_shelf *s, const char *id, size_t size, uint32_t flags)
{
    const tti_id key = {id, size, flags};
    return tti_slots_find(&s->ids, tti_id_hash(key), has_id, s, &key);
}

/* They ascend, for articles are placed as they arrived. */
uint32_t tti_shelf_numbered(const tti_shelf *s, int64_t number)
{
    size_t begin = 0, end = s->count;
    while (begin < end) {
        const size_t middle = begin + (end - begin) / 2;
        if (s->articles[middle].number < number)
            begin = middle + 1;
        else
            end = middle;
    }
    return begin < s->count && s->articles[begin].number == number &&
                   s->articles[begin].kept != NULL
               ? (uint32_t)begin
               : TTI_NONE;
}

typedef struct token_key {
    const uint32_t *hashes;
    uint32_t count;
} token_key;

static int has_tokens(const void *ctx, uint32_t class, const void *key)
{
    const tti_class *c = &((const tti_shelf *)ctx)->classes[class];
    const token_key *k = key;
    return c->token_count == k->count &&
           memcmp(c->hashes, k->hashes, k->count * sizeof *k->hashes) == 0;
}

/* Articles without tokens stay alone. */
static uint32_t find_class(const tti_shelf *s, const uint32_t *hashes, uint32_t count,
                           uint32_t hash)
{
    const token_key key = {hashes, count};
    return count == 0 ? TTI_NONE : tti_slots_find(&s->tokens, hash, has_tokens, s, &key);
}

uint32_t tti_shelf_same(const tti_shelf *s, const uint32_t *hashes, uint32_t count)
{
    const uint32_t class = find_class(s, hashes, count, hash_tokens(hashes, count));
    return class == TTI_NONE ? TTI_NONE : s->classes[class].first;
}

tti_doc tti_shelf_doc(const tti_shelf *s, uint32_t doc)
{
    const tti_stored *x = &s->articles[doc];
    const tti_class *c = &s->classes[x->class];
    return (tti_doc){c->hashes, tti_stored_flags(x), NULL, c->token_count, 0, doc};
}

/* ---- Dates: a heap ----------------------------------------------------------------------------
 */

static int push_date(tti_shelf *s, tti_dated x)
{
    size_t at = s->date_count;
    if (tti_reserve(s->allocator, &s->dates, &s->date_capacity, at + 1, sizeof *s->dates) != 0)
        return -1;
    for (; at > 0 && s->dates[(at - 1) / 2].time > x.time; at = (at - 1) / 2)
        s->dates[at] = s->dates[(at - 1) / 2];
    s->dates[at] = x;
    s->date_count++;
    return 0;
}

static void pop_date(tti_shelf *s)
{
    const tti_dated x = s->dates[--s->date_count];
    size_t at = 0;
    for (size_t child; (child = 2 * at + 1) < s->date_count; at = child) {
        if (child + 1 < s->date_count && s->dates[child + 1].time < s->dates[child].time)
            child++;
        if (s->dates[child].time >= x.time)
            break;
        s->dates[at] = s->dates[child];
    }
    if (s->date_count > 0)
        s->dates[at] = x;
}

tt_status tti_shelf_oldest(tti_shelf *s, int64_t before, uint32_t *article, tt_error *error)
{
    *article = TTI_NONE;
    if (!s->dated) {
        s->date_count = 0;
        for (uint32_t k = 0; k < s->count; k++)
            if (s->articles[k].kept != NULL &&
                push_date(s, (tti_dated){tti_stored_time(&s->articles[k]), k}) != 0)
                return tti_fail_memory(error, "dates");
        s->dated = 1;
    }
    while (s->date_count > 0 && s->articles[s->dates->article].kept == NULL)
        pop_date(s); /* it was removed otherwise */
    if (s->date_count > 0 && s->dates->time < before)
        *article = s->dates->article;
    return TT_OK;
}

/* ---- Adding ---------------------------------------------------------------------------------- */

static tt_status make_sample(tti_shelf *s, uint32_t doc, tt_error *error)
{
    const tti_doc d = tti_shelf_doc(s, doc);
    return tti_sample_make(&s->sample, &d, s->options->seed, s->allocator, error);
}

static tt_status add_seeds(tti_shelf *s, uint32_t doc, tt_error *error)
{
    TTI_TRY(make_sample(s, doc, error));
    s->counts[doc] = (uint32_t)s->sample.count;
    return tti_seedmap_add(&s->seeds, &s->sample, doc, error);
}

tt_status tti_shelf_reserve(tti_shelf *s, size_t count, tt_error *error)
{
    const tt_allocator *a = s->allocator;
    if (tti_reserve(a, &s->articles, &s->capacity, count, sizeof *s->articles) != 0 ||
        tti_reserve(a, &s->counts, &s->count_capacity, count, sizeof *s->counts) != 0 ||
        tti_slots_reserve(&s->ids, count) != 0 || tti_slots_reserve(&s->tokens, count) != 0)
        return tti_fail_memory(error, "articles");
    return TT_OK;
}

static tt_status reserve(tti_shelf *s, tt_error *error)
{
    const tt_allocator *a = s->allocator;
    if (s->count >= TTI_DOC_LIMIT)
        return tti_fail(error, TT_ELIMIT, TTI_NOWHERE, "more than %u articles", TTI_DOC_LIMIT);
    if (tti_reserve(a, &s->articles, &s->capacity, s->count + 1, sizeof *s->articles) != 0 ||
        tti_reserve(a, &s->counts, &s->count_capacity, s->count + 1, sizeof *s->counts) != 0 ||
        tti_reserve(a, &s->classes, &s->class_capacity, s->class_count + 1, sizeof *s->classes) ||
        tti_slots_reserve(&s->ids, s->ids.used + 1) != 0 ||
        tti_slots_reserve(&s->tokens, s->tokens.used + 1) != 0)
        return tti_fail_memory(error, "articles");
    return TT_OK;
}

/* The article's class is that of its tokens, or a new one of its own, which takes them over. */
static void join_class(tti_shelf *s, tti_heap *heap, tti_prepared *p, uint32_t article)
{
    tti_stored *x = &s->articles[article];
    uint32_t class = find_class(s, p->hashes, p->token_count, p->hash);
    x->before = x->after = TTI_NONE;
    s->counts[article] = 0;
    if (class != TTI_NONE) {
        tti_class *c = &s->classes[class];
        x->class = class;
        x->before = c->last;
        s->articles[c->last].after = article;
        c->last = article;
        tti_heap_give(heap, p->chunk, p->token_count * sizeof *p->hashes);
        return;
    }
    class = s->free_class;
    if (class == TTI_NONE)
        class = (uint32_t)s->class_count++;
    else
        s->free_class = s->classes[class].last;
    s->classes[class] = (tti_class){.hashes = p->hashes,
                                    .chunk = p->chunk,
                                    .token_count = p->token_count,
                                    .hash = p->hash,
                                    .first = article,
                                    .last = article};
    x->class = class;
    s->heap_used += p->token_count * sizeof *p->hashes;
    if (p->token_count > 0)
        tti_slots_add(&s->tokens, p->hash, class);
}

static size_t row_size(const tti_row *r)
{
    return (size_t)r->id_size + r->source_size + r->version_size + r->span_size + r->token_count;
}

static char *put(char *at, const void *bytes, size_t size)
{
    if (size > 0)
        memcpy(at, bytes, size);
    return at + size;
}

/* Copies what is kept of a row besides its hashes. */
static char *keep(tti_heap *heap, const tti_row *r, tti_chunk **chunk)
{
    const uint8_t *flags = r->hashes != NULL ? r->flags : r->data + (size_t)r->token_count * 4;
    const uint8_t *spans = r->hashes != NULL ? r->spans : flags + r->token_count;
    char *kept = tti_heap_take(heap, row_size(r), chunk), *at = kept;
    if (kept == NULL)
        return NULL;
    at = put(at, r->id, r->id_size);
    at = put(at, r->source, r->source_size);
    at = put(at, r->version, r->version_size);
    at = put(at, spans, r->span_size);
    (void)put(at, flags, r->token_count);
    return kept;
}

tt_status tti_shelf_prepare(tti_heap *heap, const tti_row *r, tti_prepared *out, tt_error *error)
{
    const size_t size = (size_t)r->token_count * sizeof *out->hashes;
    *out = (tti_prepared){.stored = {.text_size = r->text_size,
                                     .sum = r->sum,
                                     .number = r->number,
                                     .published = r->published,
                                     .arrival = r->arrival,
                                     .id_size = r->id_size,
                                     .source_size = r->source_size,
                                     .version_size = r->version_size,
                                     .flags = r->article_flags,
                                     .span_size = r->span_size},
                          .token_count = r->token_count};
    out->hashes = tti_heap_take(heap, size, &out->chunk);
    out->stored.kept = keep(heap, r, &out->stored.chunk);
    if (out->stored.kept == NULL || out->hashes == NULL) {
        tti_prepared_free(out, heap);
        return tti_fail_memory(error, "articles");
    }
    if (r->token_count > 0 && r->hashes != NULL)
        memcpy(out->hashes, r->hashes, size);
    else if (r->token_count > 0)
        tti_get_u32(out->hashes, r->data, r->token_count);
    out->hash = hash_tokens(out->hashes, out->token_count);
    out->id_hash = tti_id_hash((tti_id){r->id, r->id_size, r->article_flags});
    return TT_OK;
}

void tti_prepared_free(tti_prepared *p, tti_heap *heap)
{
    const tti_stored *x = &p->stored;
    if (x->kept != NULL)
        tti_heap_give(heap, x->chunk,
                      (size_t)x->id_size + x->source_size + x->version_size + x->span_size +
                          p->token_count);
    if (p->hashes != NULL)
        tti_heap_give(heap, p->chunk, p->token_count * sizeof *p->hashes);
    *p = (tti_prepared){0};
}

void tti_shelf_prefetch(const tti_shelf *s, const tti_prepared *p)
{
    tti_slots_prefetch(&s->ids, p->id_hash);
    tti_slots_prefetch(&s->tokens, p->hash);
}

tt_status tti_shelf_place(tti_shelf *s, tti_heap *heap, tti_prepared *p, uint32_t *article,
                          tt_error *error)
{
    const uint32_t k = (uint32_t)s->count;
    tti_stored *x = &p->stored;
    const tti_id key = {x->kept, x->id_size, x->flags};
    tt_status status = reserve(s, error);
    if (status == TT_OK && tti_slots_find(&s->ids, p->id_hash, has_id, s, &key) != TTI_NONE)
        status = tti_fail(error, TT_EDUPLICATE, TTI_NOWHERE, "an id stands twice");
    if (status == TT_OK && s->dated && push_date(s, (tti_dated){tti_stored_time(x), k}) != 0)
        status = tti_fail_memory(error, "dates");
    if (status != TT_OK) {
        tti_prepared_free(p, heap);
        return status;
    }
    s->articles[k] = *x;
    s->count++;
    s->living++;
    if (tti_stored_time(x) > s->newest)
        s->newest = tti_stored_time(x);
    s->token_count += p->token_count;
    s->text_bytes += x->text_size;
    tti_slots_add(&s->ids, p->id_hash, k);
    join_class(s, heap, p, k);
    s->heap_used += kept_size(s, &s->articles[k]);
    *article = k;
    return TT_OK;
}

tt_status tti_shelf_add(tti_shelf *s, const tti_row *r, uint32_t *article, tt_error *error)
{
    tti_prepared p;
    TTI_TRY(tti_shelf_prepare(&s->heap, r, &p, error));
    return tti_shelf_place(s, &s->heap, &p, article, error);
}

/* ---- Seeds ----------------------------------------------------------------------------------- */

enum { MANY = 1024, MANY_SHARE = 16 }; /* articles whose seeds are better made all at once */

/* One thread's articles, in order of arrival. */
typedef struct range {
    uint32_t begin, end;
    tti_sieve sieve;
    tti_sample sample;
    tt_status status;
} range;

static int has_seeds(const tti_shelf *s, uint32_t article)
{
    return s->articles[article].kept != NULL && tti_shelf_class(s, article)->first == article;
}

static void sieve_range(tti_shelf *s, range *r)
{
    for (uint32_t k = r->begin; k < r->end && r->status == TT_OK; k++) {
        tti_doc doc;
        if (!has_seeds(s, k))
            continue;
        doc = tti_shelf_doc(s, k);
        r->status = tti_sample_make(&r->sample, &doc, s->options->seed, s->allocator, NULL);
        s->counts[k] = (uint32_t)r->sample.count;
        if (r->status == TT_OK)
            r->status = tti_sieve_add(&r->sieve, &r->sample, k, NULL);
    }
}

/* Ranges of about the same number of articles: they are as long as each other, on average. */
static void split_ranges(const tti_shelf *s, range *ranges, tti_sieve *sieves, int count)
{
    const uint64_t all = s->count - s->seeded;
    for (int t = 0; t < count; t++) {
        ranges[t].begin = s->seeded + (uint32_t)(all * (uint64_t)t / (uint64_t)count);
        ranges[t].end = s->seeded + (uint32_t)(all * (uint64_t)(t + 1) / (uint64_t)count);
        ranges[t].sieve.allocator = sieves[t].allocator = s->allocator;
    }
}

static tt_status merge_ranges(tti_shelf *s, range *ranges, tti_sieve *sieves, int count,
                              tt_error *error)
{
    tt_status status = TT_OK;
    for (int t = 0; t < count; t++) {
        tti_sample_free(&ranges[t].sample, s->allocator);
        sieves[t] = ranges[t].sieve;
        if (ranges[t].status != TT_OK)
            status = tti_fail_memory(error, "seeds");
    }
    if (status == TT_OK)
        status = tti_seedmap_merge(&s->seeds, sieves, count, count, error);
    for (int t = 0; t < count; t++)
        tti_sieve_free(&sieves[t]);
    return status;
}

static tt_status settle_many(tti_shelf *s, tt_error *error)
{
    const int count = tti_threads(s->options->threads, s->count - s->seeded);
    range *ranges = tti_alloc_zero(s->allocator, (size_t)count, sizeof *ranges);
    tti_sieve *sieves = tti_alloc_zero(s->allocator, (size_t)count, sizeof *sieves);
    tt_status status = TT_ENOMEM;
    if (ranges != NULL && sieves != NULL) {
        split_ranges(s, ranges, sieves, count);
#pragma omp parallel for num_threads(count) if (count > 1) schedule(static, 1)
        for (int t = 0; t < count; t++)
            sieve_range(s, &ranges[t]);
        status = merge_ranges(s, ranges, sieves, count, error);
    } else {
        (void)tti_fail_memory(error, "seeds");
    }
    tti_release(s->allocator, ranges, (size_t)count, sizeof *ranges);
    tti_release(s->allocator, sieves, (size_t)count, sizeof *sieves);
    return status;
}

tt_status tti_shelf_settle(tti_shelf *s, tt_error *error)
{
    const size_t late = s->count - s->seeded;
    if (late >= MANY && late >= s->count / MANY_SHARE)
        TTI_TRY(settle_many(s, error));
    else
        for (uint32_t k = s->seeded; k < s->count; k++)
            if (has_seeds(s, k))
                TTI_TRY(add_seeds(s, k, error));
    s->seeded = (uint32_t)s->count;
    return TT_OK;
}

/* ---- Removing -------------------------------------------------------------------------------- */

/* The class is left to the articles after `article`, its first, or ends with it. */
static tt_status pass_on(tti_shelf *s, uint32_t article, tt_error *error)
{
    tti_stored *x = &s->articles[article];
    tti_class *c = &s->classes[x->class];
    const int is_seeded = article < s->seeded;
    if (is_seeded) {
        TTI_TRY(make_sample(s, article, error));
        tti_seedmap_remove(&s->seeds, &s->sample, article);
    }
    s->counts[article] = 0;
    forget(s, &c->memo);
    c->first = x->after;
    if (x->after != TTI_NONE) {
        s->articles[x->after].before = TTI_NONE;
        return x->after < s->seeded ? add_seeds(s, x->after, error) : TT_OK;
    }
    if (c->token_count > 0)
        tti_slots_remove(&s->tokens, c->hash, x->class);
    return TT_OK;
}

tt_status tti_shelf_remove(tti_shelf *s, uint32_t article, tt_error *error)
{
    tti_stored *x = &s->articles[article];
    tti_class *c = &s->classes[x->class];
    const size_t size = kept_size(s, x);
    s->epoch++;
    if (c->first == article) {
        TTI_TRY(pass_on(s, article, error));
    } else {
        s->articles[x->before].after = x->after;
        if (x->after != TTI_NONE)
            s->articles[x->after].before = x->before;
        else
            c->last = x->before;
    }
    tti_slots_remove(&s->ids, tti_id_hash(id_of(x)), article);
    s->living--;
    s->token_count -= c->token_count;
    s->text_bytes -= x->text_size;
    s->heap_used -= size;
    tti_heap_give(&s->heap, x->chunk, size);
    x->kept = NULL;
    if (c->first == TTI_NONE) {
        free_class(s, c);
        c->last = s->free_class;
        s->free_class = x->class;
    }
    return TT_OK;
}

/* The living articles move together; `moved` says where each went. */
static void renumber(tti_shelf *s, uint32_t *moved)
{
    uint32_t n = 0;
    for (size_t k = 0; k < s->count; k++) {
        moved[k] = TTI_NONE;
        if (s->articles[k].kept == NULL)
            continue;
        s->articles[n] = s->articles[k];
        moved[k] = n++;
    }
    s->count = n;
    for (size_t k = 0; k < n; k++) {
        tti_stored *x = &s->articles[k];
        x->before = x->before == TTI_NONE ? TTI_NONE : moved[x->before];
        x->after = x->after == TTI_NONE ? TTI_NONE : moved[x->after];
    }
    for (size_t k = 0; k < s->class_count; k++) {
        tti_class *c = &s->classes[k];
        if (c->hashes == NULL)
            continue;
        forget(s, &c->memo);
        c->first = moved[c->first];
        c->last = moved[c->last];
    }
}

static void *move(tti_heap *to, const void *from, size_t size, tti_chunk **chunk)
{
    void *moved = tti_heap_take(to, size, chunk);
    if (moved != NULL && size > 0)
        memcpy(moved, from, size);
    return moved;
}

/* What is kept moves together, if half of the chunks' bytes are of removed articles. */
static tt_status compact_heap(tti_shelf *s, tt_error *error)
{
    tti_heap heap = {.allocator = s->allocator};
    int failed = 0;
    if (s->heap.bytes / 2 < s->heap_used)
        return TT_OK;
    for (size_t k = 0; k < s->count && !failed; k++) {
        tti_stored *x = &s->articles[k];
        failed |= (x->kept = move(&heap, x->kept, kept_size(s, x), &x->chunk)) == NULL;
    }
    for (size_t k = 0; k < s->class_count && !failed; k++) {
        tti_class *c = &s->classes[k];
        if (c->hashes != NULL)
            failed |= (c->hashes = move(&heap, c->hashes, c->token_count * sizeof *c->hashes,
                                        &c->chunk)) == NULL;
    }
    tti_heap_free(&s->heap);
    s->heap = heap;
    return failed ? tti_fail_memory(error, "articles") : TT_OK;
}

tt_status tti_shelf_compact(tti_shelf *s, tt_error *error)
{
    const size_t before = s->count;
    uint32_t *moved;
    if (s->count < COMPACT_FROM || s->living * 2 > s->count)
        return TT_OK;
    moved = tti_alloc(s->allocator, before, sizeof *moved);
    if (moved == NULL)
        return tti_fail_memory(error, "articles");
    renumber(s, moved);
    tti_release(s->allocator, moved, before, sizeof *moved);
    s->dated = 0;
    (void)tti_resize(s->allocator, &s->articles, &s->capacity, s->count, sizeof *s->articles);
    tti_slots_free(&s->ids);
    if (tti_slots_reserve(&s->ids, s->count) != 0)
        return tti_fail_memory(error, "articles");
    for (uint32_t k = 0; k < s->count; k++)
        tti_slots_add(&s->ids, tti_id_hash(id_of(&s->articles[k])), k);
    s->epoch++;
    tti_seedmap_free(&s->seeds);
    s->seeded = 0;
    return compact_heap(s, error);
}

/* ---- The whole ------------------------------------------------------------------------------- */

uint64_t tti_shelf_memory(const tti_shelf *s)
{
    uint64_t sum = s->heap.bytes + s->capacity * sizeof *s->articles +
                   s->count_capacity * sizeof *s->counts + s->class_capacity * sizeof *s->classes +
                   (s->ids.slot_count + s->tokens.slot_count) * sizeof(tti_slot) +
                   s->date_capacity * sizeof *s->dates + tti_seedmap_memory(&s->seeds);
    for (size_t k = 0; k < s->class_count; k++)
        sum += s->classes[k].memo.count * sizeof(tti_place) +
               s->classes[k].memo.block_count * sizeof(tti_block);
    return sum;
}

/* Whether each seed of the sampled document has its place in the map. */
static const char *check_seeds(const tti_shelf *s, uint32_t doc)
{
    if (s->counts[doc] != s->sample.count)
        return "the number of a document's seeds is another";
    for (size_t i = 0; i < s->sample.count; i++)
        if (!tti_seedmap_has(&s->seeds, &s->sample, i, doc))
            return "a seed is missing";
    return NULL;
}

tt_status tti_shelf_check(tti_shelf *s, const char **wrong, tt_error *error)
{
    uint64_t seeds = 0;
    *wrong = NULL;
    TTI_TRY(tti_shelf_settle(s, error));
    for (uint32_t k = 0; k < s->count && *wrong == NULL; k++) {
        const tti_stored *x = &s->articles[k];
        if (x->kept == NULL)
            continue;
        if (tti_shelf_find(s, x->kept, x->id_size, x->flags) != k) {
            *wrong = "an id leads to another article";
        } else if (tti_shelf_class(s, k)->first == k) {
            TTI_TRY(make_sample(s, k, error));
            *wrong = check_seeds(s, k);
            seeds += s->sample.count;
        }
    }
    if (*wrong == NULL && tti_seedmap_count(&s->seeds) != seeds)
        *wrong = "seeds are out of order, or lead to an article that is not there";
    return TT_OK;
}
