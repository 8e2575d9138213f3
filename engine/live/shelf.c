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
    s->allocator = s->ids.allocator = s->tokens.allocator = s->seeds.allocator = allocator;
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
    tti_release(s->allocator, c->hashes, c->token_count, sizeof *c->hashes);
    forget(s, &c->memo);
    c->hashes = NULL;
}

void tti_shelf_free(tti_shelf *s)
{
    const tt_allocator *a = s->allocator;
    for (size_t k = 0; k < s->count; k++)
        if (s->articles[k].kept != NULL)
            tti_release(a, s->articles[k].kept, kept_size(s, &s->articles[k]), 1);
    for (size_t k = 0; k < s->class_count; k++)
        free_class(s, &s->classes[k]);
    tti_release(a, s->articles, s->capacity, sizeof *s->articles);
    tti_release(a, s->counts, s->count_capacity, sizeof *s->counts);
    tti_release(a, s->classes, s->class_capacity, sizeof *s->classes);
    tti_release(a, s->dates, s->date_capacity, sizeof *s->dates);
    tti_slots_free(&s->ids);
    tti_slots_free(&s->tokens);
    tti_seedmap_free(&s->seeds);
    tti_sample_free(&s->sample, a);
    tti_shelf_init(s, a, s->options);
}

/* ---- Finding --------------------------------------------------------------------------------- */

static uint32_t hash_id(const char *id, size_t size, uint32_t flags)
{
    return (uint32_t)XXH3_64bits_withSeed(id, size, flags & TT_ARTICLE_INTEGER_ID);
}

static uint32_t hash_tokens(const uint32_t *hashes, uint32_t count)
{
    return (uint32_t)XXH3_64bits(hashes, (size_t)count * sizeof *hashes);
}

typedef struct id_key {
    const char *id;
    size_t size;
    uint32_t flags;
} id_key;

static int has_id(const void *ctx, uint32_t article, const void *key)
{
    const tti_stored *x = &((const tti_shelf *)ctx)->articles[article];
    const id_key *k = key;
    return x->id_size == k->size && memcmp(x->kept, k->id, k->size) == 0 &&
           ((x->flags ^ k->flags) & TT_ARTICLE_INTEGER_ID) == 0;
}

uint32_t tti_shelf_find(const tti_shelf *s, const char *id, size_t size, uint32_t flags)
{
    const id_key key = {id, size, flags};
    return tti_slots_find(&s->ids, hash_id(id, size, flags), has_id, s, &key);
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

static tt_status reserve(tti_shelf *s, tt_error *error)
{
    const tt_allocator *a = s->allocator;
    if (s->count >= TTI_DOC_LIMIT)
        return tti_fail(error, TT_ELIMIT, TTI_NOWHERE, "more than %u articles", TTI_DOC_LIMIT);
    if (tti_reserve(a, &s->articles, &s->capacity, s->count + 1, sizeof *s->articles) != 0 ||
        tti_reserve(a, &s->counts, &s->count_capacity, s->count + 2, sizeof *s->counts) != 0 ||
        tti_reserve(a, &s->classes, &s->class_capacity, s->class_count + 1, sizeof *s->classes) ||
        tti_slots_reserve(&s->ids, s->ids.used + 1) != 0 ||
        tti_slots_reserve(&s->tokens, s->tokens.used + 1) != 0)
        return tti_fail_memory(error, "articles");
    return TT_OK;
}

/* The article's class is that of its tokens, or a new one of its own, which takes them over. */
static void join_class(tti_shelf *s, tti_prepared *p, uint32_t article)
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
        tti_release(s->allocator, p->hashes, p->token_count, sizeof *p->hashes);
        return;
    }
    class = s->free_class;
    if (class == TTI_NONE)
        class = (uint32_t)s->class_count++;
    else
        s->free_class = s->classes[class].last;
    s->classes[class] = (tti_class){.hashes = p->hashes,
                                    .token_count = p->token_count,
                                    .hash = p->hash,
                                    .first = article,
                                    .last = article};
    x->class = class;
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
static char *keep(const tt_allocator *a, const tti_row *r)
{
    const uint8_t *flags = r->hashes != NULL ? r->flags : r->data + (size_t)r->token_count * 4;
    const uint8_t *spans = r->hashes != NULL ? r->spans : flags + r->token_count;
    char *kept = tti_alloc(a, row_size(r), 1), *at = kept;
    if (kept == NULL)
        return NULL;
    at = put(at, r->id, r->id_size);
    at = put(at, r->source, r->source_size);
    at = put(at, r->version, r->version_size);
    at = put(at, spans, r->span_size);
    (void)put(at, flags, r->token_count);
    return kept;
}

tt_status tti_shelf_prepare(const tt_allocator *a, const tti_row *r, tti_prepared *out,
                            tt_error *error)
{
    *out = (tti_prepared){.stored = {.kept = keep(a, r),
                                     .text_size = r->text_size,
                                     .sum = r->sum,
                                     .number = r->number,
                                     .published = r->published,
                                     .arrival = r->arrival,
                                     .id_size = r->id_size,
                                     .source_size = r->source_size,
                                     .version_size = r->version_size,
                                     .flags = r->article_flags,
                                     .span_size = r->span_size},
                          .hashes = tti_alloc(a, r->token_count, sizeof *out->hashes),
                          .token_count = r->token_count};
    if (out->stored.kept == NULL || out->hashes == NULL) {
        tti_prepared_free(out, a);
        return tti_fail_memory(error, "articles");
    }
    if (r->token_count > 0) /* SQLite's blobs lie anywhere */
        memcpy(out->hashes, r->hashes != NULL ? (const void *)r->hashes : r->data,
               (size_t)r->token_count * sizeof *out->hashes);
    out->hash = hash_tokens(out->hashes, out->token_count);
    return TT_OK;
}

void tti_prepared_free(tti_prepared *p, const tt_allocator *a)
{
    const tti_stored *x = &p->stored;
    tti_release(
        a, x->kept,
        (size_t)x->id_size + x->source_size + x->version_size + x->span_size + p->token_count, 1);
    tti_release(a, p->hashes, p->token_count, sizeof *p->hashes);
    *p = (tti_prepared){0};
}

tt_status tti_shelf_place(tti_shelf *s, tti_prepared *p, int seeds, uint32_t *article,
                          tt_error *error)
{
    const uint32_t k = (uint32_t)s->count;
    tti_stored *x = &p->stored;
    tt_status status = reserve(s, error);
    if (status == TT_OK && tti_shelf_find(s, x->kept, x->id_size, x->flags) != TTI_NONE)
        status = tti_fail(error, TT_EDUPLICATE, TTI_NOWHERE, "an id stands twice");
    if (status == TT_OK && s->dated && push_date(s, (tti_dated){tti_stored_time(x), k}) != 0)
        status = tti_fail_memory(error, "dates");
    if (status != TT_OK) {
        tti_prepared_free(p, s->allocator);
        return status;
    }
    s->articles[k] = *x;
    s->count++;
    s->living++;
    if (tti_stored_time(x) > s->newest)
        s->newest = tti_stored_time(x);
    s->token_count += p->token_count;
    s->text_bytes += x->text_size;
    tti_slots_add(&s->ids, hash_id(x->kept, x->id_size, x->flags), k);
    join_class(s, p, k);
    x = &s->articles[k];
    s->kept_bytes += kept_size(s, x);
    *article = k;
    return seeds && tti_shelf_class(s, k)->first == k ? add_seeds(s, k, error) : TT_OK;
}

tt_status tti_shelf_add(tti_shelf *s, const tti_row *r, int seeds, uint32_t *article,
                        tt_error *error)
{
    tti_prepared p;
    TTI_TRY(tti_shelf_prepare(s->allocator, r, &p, error));
    return tti_shelf_place(s, &p, seeds, article, error);
}

tt_status tti_shelf_settle(tti_shelf *s, tt_error *error)
{
    const int threads = tti_threads(s->options->threads, s->count);
    tti_corpus corpus = {.doc_count = s->count};
    tti_seeds seeds = {.partition_count = TTI_SEEDMAP_PARTS, .unsorted = 1};
    tt_status status;
    corpus.docs = tti_alloc_zero(s->allocator, s->count, sizeof *corpus.docs);
    if (corpus.docs == NULL)
        return tti_fail_memory(error, "seeds");
    for (uint32_t k = 0; k < s->count; k++)
        if (s->articles[k].kept != NULL && tti_shelf_class(s, k)->first == k)
            corpus.docs[k] = tti_shelf_doc(s, k);
    tti_seedmap_free(&s->seeds);
    status = tti_seeds_make(&seeds, &corpus, s->options, error);
    if (status == TT_OK)
        status = tti_seedmap_fill(&s->seeds, &seeds, threads, error);
    if (status == TT_OK && s->count > 0)
        memcpy(s->counts, seeds.counts, s->count * sizeof *s->counts);
    tti_seeds_free(&seeds);
    tti_release(s->allocator, corpus.docs, s->count, sizeof *corpus.docs);
    return status;
}

/* ---- Removing -------------------------------------------------------------------------------- */

/* The class is left to the articles after `article`, its first, or ends with it. */
static tt_status pass_on(tti_shelf *s, uint32_t article, tt_error *error)
{
    tti_stored *x = &s->articles[article];
    tti_class *c = &s->classes[x->class];
    TTI_TRY(make_sample(s, article, error));
    tti_seedmap_remove(&s->seeds, &s->sample, article);
    s->counts[article] = 0;
    forget(s, &c->memo);
    c->first = x->after;
    if (x->after != TTI_NONE) {
        s->articles[x->after].before = TTI_NONE;
        s->counts[x->after] = (uint32_t)s->sample.count;
        return tti_seedmap_add(&s->seeds, &s->sample, x->after, error);
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
    tti_slots_remove(&s->ids, hash_id(x->kept, x->id_size, x->flags), article);
    s->living--;
    s->token_count -= c->token_count;
    s->text_bytes -= x->text_size;
    s->kept_bytes -= size;
    tti_release(s->allocator, x->kept, size, 1);
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
        tti_slots_add(
            &s->ids, hash_id(s->articles[k].kept, s->articles[k].id_size, s->articles[k].flags), k);
    s->epoch++;
    return tti_shelf_settle(s, error);
}

/* ---- The whole ------------------------------------------------------------------------------- */

uint64_t tti_shelf_memory(const tti_shelf *s)
{
    uint64_t sum = s->kept_bytes + s->capacity * sizeof *s->articles +
                   s->count_capacity * sizeof *s->counts + s->class_capacity * sizeof *s->classes +
                   (s->ids.slot_count + s->tokens.slot_count) * sizeof(tti_slot) +
                   s->date_capacity * sizeof *s->dates + tti_seedmap_memory(&s->seeds);
    for (size_t k = 0; k < s->class_count; k++)
        if (s->classes[k].hashes != NULL)
            sum += (uint64_t)s->classes[k].token_count * sizeof(uint32_t) +
                   s->classes[k].memo.count * sizeof(tti_place) +
                   s->classes[k].memo.block_count * sizeof(tti_block);
    return sum;
}

/* Whether each seed of the sampled document has its place in the map, and the places are in order.
 */
static const char *check_seeds(const tti_shelf *s, uint32_t doc)
{
    if (s->counts[doc] != s->sample.count)
        return "the number of a document's seeds is another";
    for (size_t i = 0; i < s->sample.count; i++) {
        size_t n, found = 0;
        const tti_posting *p = tti_seedmap_get(&s->seeds, &s->sample, i, &n);
        for (size_t k = 0; k < n; k++) {
            found += p[k].doc == doc && p[k].pos == s->sample.places[i];
            if (s->articles[p[k].doc].kept == NULL ||
                tti_shelf_class(s, p[k].doc)->first != p[k].doc)
                return "a seed leads to an article that is not there";
            if (k > 0 &&
                (p[k - 1].doc > p[k].doc || (p[k - 1].doc == p[k].doc && p[k - 1].pos >= p[k].pos)))
                return "the places of a seed are out of order";
        }
        if (found != 1)
            return "a seed is missing";
    }
    return NULL;
}

tt_status tti_shelf_check(tti_shelf *s, const char **wrong, tt_error *error)
{
    *wrong = NULL;
    for (uint32_t k = 0; k < s->count && *wrong == NULL; k++) {
        const tti_stored *x = &s->articles[k];
        if (x->kept == NULL)
            continue;
        if (tti_shelf_find(s, x->kept, x->id_size, x->flags) != k) {
            *wrong = "an id leads to another article";
        } else if (tti_shelf_class(s, k)->first == k) {
            TTI_TRY(make_sample(s, k, error));
            *wrong = check_seeds(s, k);
        }
    }
    return TT_OK;
}
