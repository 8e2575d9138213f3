#include "index/article_table.h"

#include "corpus/candidate_pairs.h"
#include "util/alloc.h"
#include "util/error.h"
#include "util/threads.h"

#include <string.h>

enum { COMPACT_FROM = 1024 }; /* numbers that are not worth making anew */

void tti_article_table_init(tti_article_table *s, const tt_allocator *allocator,
                            const tt_options *options)
{
    memset(s, 0, sizeof *s);
    s->allocator = s->ids.allocator = s->tokens.allocator = s->seeds.allocator = s->slab.allocator =
        allocator;
    s->options = options;
    s->free_group = TTI_NONE;
    s->epoch = 1;
    s->newest = TT_NO_TIME;
}

static void clear_cached_repeats(const tti_article_table *s, tti_cached_repeats *m)
{
    tti_release(s->allocator, m->places, m->count, sizeof *m->places);
    tti_release(s->allocator, m->blocks, m->block_count, sizeof *m->blocks);
    memset(m, 0, sizeof *m);
}

static size_t kept_size(const tti_article_table *s, const tti_indexed_article *x)
{
    return (size_t)x->id_size + x->source_size + x->version_size + x->extents_size +
           s->groups[x->group].token_count;
}

static void free_group(tti_article_table *s, tti_article_group *c)
{
    const size_t size = c->token_count * sizeof *c->hashes;
    clear_cached_repeats(s, &c->cached);
    tti_slab_release(&s->slab, c->chunk, size);
    s->slab_used -= size;
    c->hashes = NULL;
}

void tti_article_table_free(tti_article_table *s)
{
    const tt_allocator *a = s->allocator;
    for (size_t k = 0; k < s->group_count; k++)
        clear_cached_repeats(s, &s->groups[k].cached);
    tti_release(a, s->articles, s->capacity, sizeof *s->articles);
    tti_release(a, s->counts, s->count_capacity, sizeof *s->counts);
    tti_release(a, s->groups, s->group_capacity, sizeof *s->groups);
    tti_release(a, s->dates, s->date_capacity, sizeof *s->dates);
    tti_table_free(&s->ids);
    tti_table_free(&s->tokens);
    tti_postings_free(&s->seeds);
    tti_slab_free(&s->slab);
    tti_minimizers_free(&s->sample, a);
    tti_article_table_init(s, a, s->options);
}

/* ---- Finding --------------------------------------------------------------------------------- */

static uint32_t hash_tokens(const uint32_t *hashes, uint32_t count)
{
    return (uint32_t)tti_hash_u32(hashes, count, 0);
}

/* The id of an article that is there. */
static tti_article_id id_of(const tti_indexed_article *x)
{
    return (tti_article_id){x->kept, x->id_size, x->flags};
}

static int has_id(const void *ctx, uint32_t article, const void *key)
{
    return tti_article_id_equal(id_of(&((const tti_article_table *)ctx)->articles[article]),
                                *(const tti_article_id *)key);
}

uint32_t tti_article_table_find(const tti_article_table *s, const char *id, size_t size,
                                uint32_t flags)
{
    const tti_article_id key = {id, size, flags};
    return tti_table_find(&s->ids, tti_article_id_hash(key), has_id, s, &key);
}

/* They ascend, for articles are placed as they arrived. */
uint32_t tti_article_table_find_number(const tti_article_table *s, int64_t number)
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

static int has_tokens(const void *ctx, uint32_t group, const void *key)
{
    const tti_article_group *c = &((const tti_article_table *)ctx)->groups[group];
    const token_key *k = key;
    return c->token_count == k->count &&
           memcmp(c->hashes, k->hashes, k->count * sizeof *k->hashes) == 0;
}

/* Articles without tokens stay alone. */
static uint32_t find_group(const tti_article_table *s, const uint32_t *hashes, uint32_t count,
                           uint32_t hash)
{
    const token_key key = {hashes, count};
    return count == 0 ? TTI_NONE : tti_table_find(&s->tokens, hash, has_tokens, s, &key);
}

uint32_t tti_article_table_find_tokens(const tti_article_table *s, const uint32_t *hashes,
                                       uint32_t count)
{
    const uint32_t group = find_group(s, hashes, count, hash_tokens(hashes, count));
    return group == TTI_NONE ? TTI_NONE : s->groups[group].first;
}

tti_doc tti_article_table_doc(const tti_article_table *s, uint32_t doc)
{
    const tti_indexed_article *x = &s->articles[doc];
    const tti_article_group *c = &s->groups[x->group];
    return (tti_doc){c->hashes, tti_indexed_article_flags(x), NULL, c->token_count, 0, doc};
}

/* ---- Dates: a heap ----------------------------------------------------------------------------
 */

static int push_date(tti_article_table *s, tti_article_date x)
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

static void pop_date(tti_article_table *s)
{
    const tti_article_date x = s->dates[--s->date_count];
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

tt_status tti_article_table_oldest(tti_article_table *s, int64_t before, uint32_t *article,
                                   tt_error *error)
{
    *article = TTI_NONE;
    if (!s->dated) {
        s->date_count = 0;
        for (uint32_t k = 0; k < s->count; k++)
            if (s->articles[k].kept != NULL &&
                push_date(s, (tti_article_date){tti_indexed_article_time(&s->articles[k]), k}) != 0)
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

static tt_status make_sample(tti_article_table *s, uint32_t doc, tt_error *error)
{
    const tti_doc d = tti_article_table_doc(s, doc);
    return tti_minimizers_find(&s->sample, &d, s->options->seed, s->allocator, error);
}

static tt_status add_seeds(tti_article_table *s, uint32_t doc, tt_error *error)
{
    TTI_TRY(make_sample(s, doc, error));
    s->counts[doc] = (uint32_t)s->sample.count;
    return tti_postings_add(&s->seeds, &s->sample, doc, error);
}

tt_status tti_article_table_reserve(tti_article_table *s, size_t count, tt_error *error)
{
    const tt_allocator *a = s->allocator;
    if (tti_reserve(a, &s->articles, &s->capacity, count, sizeof *s->articles) != 0 ||
        tti_reserve(a, &s->counts, &s->count_capacity, count, sizeof *s->counts) != 0 ||
        tti_table_reserve(&s->ids, count) != 0 || tti_table_reserve(&s->tokens, count) != 0)
        return tti_fail_memory(error, "articles");
    return TT_OK;
}

static tt_status reserve(tti_article_table *s, tt_error *error)
{
    const tt_allocator *a = s->allocator;
    if (s->count >= TTI_MAX_DOCS)
        return tti_fail(error, TT_ELIMIT, TTI_NOWHERE, "more than %u articles", TTI_MAX_DOCS);
    if (tti_reserve(a, &s->articles, &s->capacity, s->count + 1, sizeof *s->articles) != 0 ||
        tti_reserve(a, &s->counts, &s->count_capacity, s->count + 1, sizeof *s->counts) != 0 ||
        tti_reserve(a, &s->groups, &s->group_capacity, s->group_count + 1, sizeof *s->groups) ||
        tti_table_reserve(&s->ids, s->ids.used + 1) != 0 ||
        tti_table_reserve(&s->tokens, s->tokens.used + 1) != 0)
        return tti_fail_memory(error, "articles");
    return TT_OK;
}

/* The article's class is that of its tokens, or a new one of its own, which takes them over. */
static void join_group(tti_article_table *s, tti_slab *slab, tti_article_copy *p, uint32_t article)
{
    tti_indexed_article *x = &s->articles[article];
    uint32_t group = find_group(s, p->hashes, p->token_count, p->hash);
    x->before = x->after = TTI_NONE;
    s->counts[article] = 0;
    if (group != TTI_NONE) {
        tti_article_group *c = &s->groups[group];
        x->group = group;
        x->before = c->last;
        s->articles[c->last].after = article;
        c->last = article;
        tti_slab_release(slab, p->chunk, p->token_count * sizeof *p->hashes);
        return;
    }
    group = s->free_group;
    if (group == TTI_NONE)
        group = (uint32_t)s->group_count++;
    else
        s->free_group = s->groups[group].last;
    s->groups[group] = (tti_article_group){.hashes = p->hashes,
                                           .chunk = p->chunk,
                                           .token_count = p->token_count,
                                           .hash = p->hash,
                                           .first = article,
                                           .last = article};
    x->group = group;
    s->slab_used += p->token_count * sizeof *p->hashes;
    if (p->token_count > 0)
        tti_table_add(&s->tokens, p->hash, group);
}

static size_t row_size(const tti_db_row *r)
{
    return (size_t)r->id_size + r->source_size + r->version_size + r->extents_size + r->token_count;
}

static char *append_bytes(char *at, const void *bytes, size_t size)
{
    if (size > 0)
        memcpy(at, bytes, size);
    return at + size;
}

/* Copies what is kept of a row besides its hashes. */
static char *keep(tti_slab *slab, const tti_db_row *r, tti_slab_chunk **chunk)
{
    const uint8_t *flags = r->hashes != NULL ? r->flags : r->data + (size_t)r->token_count * 4;
    const uint8_t *extents = r->hashes != NULL ? r->extents : flags + r->token_count;
    char *kept = tti_slab_alloc(slab, row_size(r), chunk), *at = kept;
    if (kept == NULL)
        return NULL;
    at = append_bytes(at, r->id, r->id_size);
    at = append_bytes(at, r->source, r->source_size);
    at = append_bytes(at, r->version, r->version_size);
    at = append_bytes(at, extents, r->extents_size);
    (void)append_bytes(at, flags, r->token_count);
    return kept;
}

tt_status tti_article_copy_row(tti_slab *slab, const tti_db_row *r, tti_article_copy *out,
                               tt_error *error)
{
    const size_t size = (size_t)r->token_count * sizeof *out->hashes;
    *out = (tti_article_copy){.stored = {.text_size = r->text_size,
                                         .sum = r->sum,
                                         .number = r->number,
                                         .published = r->published,
                                         .arrival = r->arrival,
                                         .id_size = r->id_size,
                                         .source_size = r->source_size,
                                         .version_size = r->version_size,
                                         .flags = r->article_flags,
                                         .extents_size = r->extents_size},
                              .token_count = r->token_count};
    out->hashes = tti_slab_alloc(slab, size, &out->chunk);
    out->stored.kept = keep(slab, r, &out->stored.chunk);
    if (out->stored.kept == NULL || out->hashes == NULL) {
        tti_article_copy_free(out, slab);
        return tti_fail_memory(error, "articles");
    }
    if (r->token_count > 0 && r->hashes != NULL)
        memcpy(out->hashes, r->hashes, size);
    else if (r->token_count > 0)
        tti_read_le32(out->hashes, r->data, r->token_count);
    out->hash = hash_tokens(out->hashes, out->token_count);
    out->id_hash = tti_article_id_hash((tti_article_id){r->id, r->id_size, r->article_flags});
    return TT_OK;
}

void tti_article_copy_free(tti_article_copy *p, tti_slab *slab)
{
    const tti_indexed_article *x = &p->stored;
    if (x->kept != NULL)
        tti_slab_release(slab, x->chunk,
                         (size_t)x->id_size + x->source_size + x->version_size + x->extents_size +
                             p->token_count);
    if (p->hashes != NULL)
        tti_slab_release(slab, p->chunk, p->token_count * sizeof *p->hashes);
    *p = (tti_article_copy){0};
}

void tti_article_table_prefetch(const tti_article_table *s, const tti_article_copy *p)
{
    tti_table_prefetch(&s->ids, p->id_hash);
    tti_table_prefetch(&s->tokens, p->hash);
}

tt_status tti_article_table_insert(tti_article_table *s, tti_slab *slab, tti_article_copy *p,
                                   uint32_t *article, tt_error *error)
{
    const uint32_t k = (uint32_t)s->count;
    tti_indexed_article *x = &p->stored;
    const tti_article_id key = {x->kept, x->id_size, x->flags};
    tt_status status = reserve(s, error);
    if (status == TT_OK && tti_table_find(&s->ids, p->id_hash, has_id, s, &key) != TTI_NONE)
        status = tti_fail(error, TT_EDUPLICATE, TTI_NOWHERE, "an id stands twice");
    if (status == TT_OK && s->dated &&
        push_date(s, (tti_article_date){tti_indexed_article_time(x), k}) != 0)
        status = tti_fail_memory(error, "dates");
    if (status != TT_OK) {
        tti_article_copy_free(p, slab);
        return status;
    }
    s->articles[k] = *x;
    s->count++;
    s->living++;
    if (tti_indexed_article_time(x) > s->newest)
        s->newest = tti_indexed_article_time(x);
    s->token_count += p->token_count;
    s->text_bytes += x->text_size;
    tti_table_add(&s->ids, p->id_hash, k);
    join_group(s, slab, p, k);
    s->slab_used += kept_size(s, &s->articles[k]);
    *article = k;
    return TT_OK;
}

tt_status tti_article_table_add(tti_article_table *s, const tti_db_row *r, uint32_t *article,
                                tt_error *error)
{
    tti_article_copy p;
    TTI_TRY(tti_article_copy_row(&s->slab, r, &p, error));
    return tti_article_table_insert(s, &s->slab, &p, article, error);
}

/* ---- Seeds ----------------------------------------------------------------------------------- */

enum { MANY = 1024, MANY_SHARE = 16 }; /* articles whose seeds are better made all at once */

/* One thread's articles, in order of arrival. */
typedef struct seed_range {
    uint32_t begin, end;
    tti_partition_buffers buffer;
    tti_minimizers sample;
    tt_status status;
} seed_range;

static int has_seeds(const tti_article_table *s, uint32_t article)
{
    return s->articles[article].kept != NULL &&
           tti_article_table_group(s, article)->first == article;
}

static void buffer_range_seeds(tti_article_table *s, seed_range *r)
{
    for (uint32_t k = r->begin; k < r->end && r->status == TT_OK; k++) {
        tti_doc doc;
        if (!has_seeds(s, k))
            continue;
        doc = tti_article_table_doc(s, k);
        r->status = tti_minimizers_find(&r->sample, &doc, s->options->seed, s->allocator, NULL);
        s->counts[k] = (uint32_t)r->sample.count;
        if (r->status == TT_OK)
            r->status = tti_partition_buffers_add(&r->buffer, &r->sample, k, NULL);
    }
}

/* Ranges of about the same number of articles: they are as long as each other, on average. */
static void split_ranges(const tti_article_table *s, seed_range *ranges,
                         tti_partition_buffers *buffers, int count)
{
    const uint64_t all = s->count - s->seeded;
    for (int t = 0; t < count; t++) {
        ranges[t].begin = s->seeded + (uint32_t)(all * (uint64_t)t / (uint64_t)count);
        ranges[t].end = s->seeded + (uint32_t)(all * (uint64_t)(t + 1) / (uint64_t)count);
        ranges[t].buffer.allocator = buffers[t].allocator = s->allocator;
    }
}

static tt_status merge_ranges(tti_article_table *s, seed_range *ranges,
                              tti_partition_buffers *buffers, int count, tt_error *error)
{
    tt_status status = TT_OK;
    for (int t = 0; t < count; t++) {
        tti_minimizers_free(&ranges[t].sample, s->allocator);
        buffers[t] = ranges[t].buffer;
        if (ranges[t].status != TT_OK)
            status = tti_fail_memory(error, "seeds");
    }
    if (status == TT_OK)
        status = tti_postings_merge(&s->seeds, buffers, count, count, error);
    for (int t = 0; t < count; t++)
        tti_partition_buffers_free(&buffers[t]);
    return status;
}

static tt_status index_many_seeds(tti_article_table *s, tt_error *error)
{
    const int count = tti_thread_count(s->options->threads, s->count - s->seeded);
    seed_range *ranges = tti_alloc_zero(s->allocator, (size_t)count, sizeof *ranges);
    tti_partition_buffers *buffers = tti_alloc_zero(s->allocator, (size_t)count, sizeof *buffers);
    tt_status status = TT_ENOMEM;
    if (ranges != NULL && buffers != NULL) {
        split_ranges(s, ranges, buffers, count);
#pragma omp parallel for num_threads(count) if (count > 1) schedule(static, 1)
        for (int t = 0; t < count; t++)
            buffer_range_seeds(s, &ranges[t]);
        status = merge_ranges(s, ranges, buffers, count, error);
    } else {
        (void)tti_fail_memory(error, "seeds");
    }
    tti_release(s->allocator, ranges, (size_t)count, sizeof *ranges);
    tti_release(s->allocator, buffers, (size_t)count, sizeof *buffers);
    return status;
}

tt_status tti_article_table_index_seeds(tti_article_table *s, tt_error *error)
{
    const size_t late = s->count - s->seeded;
    if (late >= MANY && late >= s->count / MANY_SHARE)
        TTI_TRY(index_many_seeds(s, error));
    else
        for (uint32_t k = s->seeded; k < s->count; k++)
            if (has_seeds(s, k))
                TTI_TRY(add_seeds(s, k, error));
    s->seeded = (uint32_t)s->count;
    return TT_OK;
}

/* ---- Removing -------------------------------------------------------------------------------- */

/* The class is left to the articles after `article`, its first, or ends with it. */
static tt_status pass_on_group(tti_article_table *s, uint32_t article, tt_error *error)
{
    tti_indexed_article *x = &s->articles[article];
    tti_article_group *c = &s->groups[x->group];
    const int is_seeded = article < s->seeded;
    if (is_seeded) {
        TTI_TRY(make_sample(s, article, error));
        tti_postings_remove(&s->seeds, &s->sample, article);
    }
    s->counts[article] = 0;
    clear_cached_repeats(s, &c->cached);
    c->first = x->after;
    if (x->after != TTI_NONE) {
        s->articles[x->after].before = TTI_NONE;
        return x->after < s->seeded ? add_seeds(s, x->after, error) : TT_OK;
    }
    if (c->token_count > 0)
        tti_table_remove(&s->tokens, c->hash, x->group);
    return TT_OK;
}

tt_status tti_article_table_remove(tti_article_table *s, uint32_t article, tt_error *error)
{
    tti_indexed_article *x = &s->articles[article];
    tti_article_group *c = &s->groups[x->group];
    const size_t size = kept_size(s, x);
    s->epoch++;
    if (c->first == article) {
        TTI_TRY(pass_on_group(s, article, error));
    } else {
        s->articles[x->before].after = x->after;
        if (x->after != TTI_NONE)
            s->articles[x->after].before = x->before;
        else
            c->last = x->before;
    }
    tti_table_remove(&s->ids, tti_article_id_hash(id_of(x)), article);
    s->living--;
    s->token_count -= c->token_count;
    s->text_bytes -= x->text_size;
    s->slab_used -= size;
    tti_slab_release(&s->slab, x->chunk, size);
    x->kept = NULL;
    if (c->first == TTI_NONE) {
        free_group(s, c);
        c->last = s->free_group;
        s->free_group = x->group;
    }
    return TT_OK;
}

/* The living articles move together; `moved` says where each went. */
static void renumber(tti_article_table *s, uint32_t *moved)
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
        tti_indexed_article *x = &s->articles[k];
        x->before = x->before == TTI_NONE ? TTI_NONE : moved[x->before];
        x->after = x->after == TTI_NONE ? TTI_NONE : moved[x->after];
    }
    for (size_t k = 0; k < s->group_count; k++) {
        tti_article_group *c = &s->groups[k];
        if (c->hashes == NULL)
            continue;
        clear_cached_repeats(s, &c->cached);
        c->first = moved[c->first];
        c->last = moved[c->last];
    }
}

static void *move_to_slab(tti_slab *to, const void *from, size_t size, tti_slab_chunk **chunk)
{
    void *moved = tti_slab_alloc(to, size, chunk);
    if (moved != NULL && size > 0)
        memcpy(moved, from, size);
    return moved;
}

/* What is kept moves together, if half of the chunks' bytes are of removed articles. */
static tt_status compact_heap(tti_article_table *s, tt_error *error)
{
    tti_slab slab = {.allocator = s->allocator};
    int failed = 0;
    if (s->slab.bytes / 2 < s->slab_used)
        return TT_OK;
    for (size_t k = 0; k < s->count && !failed; k++) {
        tti_indexed_article *x = &s->articles[k];
        failed |= (x->kept = move_to_slab(&slab, x->kept, kept_size(s, x), &x->chunk)) == NULL;
    }
    for (size_t k = 0; k < s->group_count && !failed; k++) {
        tti_article_group *c = &s->groups[k];
        if (c->hashes != NULL)
            failed |=
                (c->hashes = move_to_slab(&slab, c->hashes, c->token_count * sizeof *c->hashes,
                                          &c->chunk)) == NULL;
    }
    tti_slab_free(&s->slab);
    s->slab = slab;
    return failed ? tti_fail_memory(error, "articles") : TT_OK;
}

tt_status tti_article_table_compact(tti_article_table *s, tt_error *error)
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
    tti_table_free(&s->ids);
    if (tti_table_reserve(&s->ids, s->count) != 0)
        return tti_fail_memory(error, "articles");
    for (uint32_t k = 0; k < s->count; k++)
        tti_table_add(&s->ids, tti_article_id_hash(id_of(&s->articles[k])), k);
    s->epoch++;
    tti_postings_free(&s->seeds);
    s->seeded = 0;
    return compact_heap(s, error);
}

/* ---- The whole ------------------------------------------------------------------------------- */

uint64_t tti_article_table_memory(const tti_article_table *s)
{
    uint64_t sum = s->slab.bytes + s->capacity * sizeof *s->articles +
                   s->count_capacity * sizeof *s->counts + s->group_capacity * sizeof *s->groups +
                   (s->ids.slot_count + s->tokens.slot_count) * sizeof(tti_table_slot) +
                   s->date_capacity * sizeof *s->dates + tti_postings_memory(&s->seeds);
    for (size_t k = 0; k < s->group_count; k++)
        sum += s->groups[k].cached.count * sizeof(tti_token_repeat) +
               s->groups[k].cached.block_count * sizeof(tti_block);
    return sum;
}

/* Whether each seed of the sampled document has its place in the map. */
static const char *check_seeds(const tti_article_table *s, uint32_t doc)
{
    if (s->counts[doc] != s->sample.count)
        return "the number of a document's seeds is another";
    for (size_t i = 0; i < s->sample.count; i++)
        if (!tti_postings_has(&s->seeds, &s->sample, i, doc))
            return "a seed is missing";
    return NULL;
}

tt_status tti_article_table_check(tti_article_table *s, const char **wrong, tt_error *error)
{
    uint64_t seeds = 0;
    *wrong = NULL;
    TTI_TRY(tti_article_table_index_seeds(s, error));
    for (uint32_t k = 0; k < s->count && *wrong == NULL; k++) {
        const tti_indexed_article *x = &s->articles[k];
        if (x->kept == NULL)
            continue;
        if (tti_article_table_find(s, x->kept, x->id_size, x->flags) != k) {
            *wrong = "an id leads to another article";
        } else if (tti_article_table_group(s, k)->first == k) {
            TTI_TRY(make_sample(s, k, error));
            *wrong = check_seeds(s, k);
            seeds += s->sample.count;
        }
    }
    if (*wrong == NULL && tti_postings_count(&s->seeds) != seeds)
        *wrong = "seeds are out of order, or lead to an article that is not there";
    return TT_OK;
}
