#include "index/article_table.h"

#include "corpus/candidate_pairs.h"
#include "util/error.h"
#include "util/sort.h"
#include "util/threads.h"

enum {
    COMPACT_MIN = 1024, /* numbers that are not worth giving again */
    MANY_SEEDED = 1024, /* documents whose seeds are better added all at once, if they are at */
    MANY_SHARE = 16     /* least this part of the table */
};

void tti_article_table_init(tti_article_table *t, const tt_allocator *allocator,
                            const tt_options *options)
{
    memset(t, 0, sizeof *t);
    t->allocator = t->ids.allocator = t->tokens.allocator = t->postings.allocator =
        t->slab.allocator = allocator;
    t->options = options;
    t->unused_group = TTI_NONE;
    t->epoch = 1;
    t->newest_ingested = TT_NO_TIME;
}

static void free_cached_repeats(const tti_article_table *t, tti_cached_repeats *m)
{
    tti_release(t->allocator, m->repeats, m->count, sizeof *m->repeats);
    tti_release(t->allocator, m->blocks, m->block_count, sizeof *m->blocks);
    memset(m, 0, sizeof *m);
}

void tti_article_table_free(tti_article_table *t)
{
    const tt_allocator *a = t->allocator;
    for (size_t k = 0; k < t->groups.count; k++)
        free_cached_repeats(t, &t->groups.items[k].cached);
    tti_array_free(&t->articles, a);
    tti_array_free(&t->seed_counts, a);
    tti_array_free(&t->groups, a);
    tti_array_free(&t->dates, a);
    tti_table_free(&t->ids);
    tti_table_free(&t->tokens);
    tti_postings_free(&t->postings);
    tti_slab_free(&t->slab);
    tti_minimizers_free(&t->minimizers, a);
    tti_article_table_init(t, a, t->options);
}

/* ---- Finding --------------------------------------------------------------------------------- */

static int has_id(const void *ctx, uint32_t article, const void *key)
{
    const tti_article_table *t = ctx;
    return tti_id_equal(tti_indexed_article_id(&t->articles.items[article]), *(const tt_id *)key);
}

uint32_t tti_article_table_find(const tti_article_table *t, const char *id, size_t size,
                                uint32_t flags)
{
    const tt_id key = tti_id(id, size, flags);
    return tti_table_find(&t->ids, tti_id_hash(key), has_id, t, &key);
}

uint32_t tti_article_table_find_number(const tti_article_table *t, int64_t number)
{
    size_t k;
    TTI_LOWER_BOUND(k, 0, t->articles.count, t->articles.items[k].number < number);
    return k < t->articles.count && t->articles.items[k].number == number &&
                   t->articles.items[k].bytes != NULL
               ? (uint32_t)k
               : TTI_NONE;
}

static uint32_t hash_tokens(const uint32_t *hashes, uint32_t count)
{
    return (uint32_t)tti_hash_u32(hashes, count, 0);
}

typedef struct token_key {
    const uint32_t *hashes;
    uint32_t count;
} token_key;

static int has_tokens(const void *ctx, uint32_t group, const void *key)
{
    const tti_article_group *g = &((const tti_article_table *)ctx)->groups.items[group];
    const token_key *k = key;
    return g->token_count == k->count &&
           memcmp(g->hashes, k->hashes, k->count * sizeof *k->hashes) == 0;
}

/* An article without tokens is a group by itself. */
static uint32_t find_group(const tti_article_table *t, const uint32_t *hashes, uint32_t count,
                           uint32_t hash)
{
    const token_key key = {hashes, count};
    return count == 0 ? TTI_NONE : tti_table_find(&t->tokens, hash, has_tokens, t, &key);
}

uint32_t tti_article_table_find_tokens(const tti_article_table *t, const uint32_t *hashes,
                                       uint32_t count)
{
    const uint32_t group = find_group(t, hashes, count, hash_tokens(hashes, count));
    return group == TTI_NONE ? TTI_NONE : t->groups.items[group].first;
}

tti_doc tti_article_table_doc(const tti_article_table *t, uint32_t doc)
{
    const tti_indexed_article *x = &tti_array_at(&t->articles, doc);
    const tti_article_group *g = &tti_array_at(&t->groups, x->group);
    return (tti_doc){.hashes = g->hashes,
                     .flags = tti_indexed_article_flags(x),
                     .published = x->published,
                     .token_count = g->token_count,
                     .article = doc};
}

/* ---- Dates: a heap ----------------------------------------------------------------------------
 */

static tt_status push_date(tti_article_table *t, tti_article_date x)
{
    size_t at = t->dates.count;
    TTI_TRY(tti_array_push(&t->dates, t->allocator, x));
    for (; at > 0 && t->dates.items[(at - 1) / 2].time > x.time; at = (at - 1) / 2)
        t->dates.items[at] = t->dates.items[(at - 1) / 2];
    t->dates.items[at] = x;
    return TT_OK;
}

static void pop_date(tti_article_table *t)
{
    const tti_article_date x = tti_array_last(&t->dates);
    tti_article_date *dates = t->dates.items;
    const size_t count = --t->dates.count;
    size_t at = 0;
    for (size_t child; (child = 2 * at + 1) < count; at = child) {
        child += child + 1 < count && dates[child + 1].time < dates[child].time;
        if (dates[child].time >= x.time)
            break;
        dates[at] = dates[child];
    }
    if (count > 0)
        dates[at] = x;
}

static tt_status push_all_dates(tti_article_table *t)
{
    t->dates.count = 0;
    for (uint32_t k = 0; k < t->articles.count; k++)
        if (t->articles.items[k].bytes != NULL)
            TTI_TRY(push_date(
                t, (tti_article_date){tti_indexed_article_time(&t->articles.items[k]), k}));
    t->has_dates = 1;
    return TT_OK;
}

static void find_latest_dates(tti_article_table *t)
{
    size_t count = 0;
    t->latest.count = 0;
    for (uint32_t k = 0; k < t->articles.count; k++) {
        const tti_indexed_article *x = &t->articles.items[k];
        if (x->bytes != NULL && tti_indexed_article_is_dated(x))
            tti_latest_dates_add(&t->latest, (tti_article_date){x->published, k}, count++);
    }
}

tt_status tti_article_table_oldest(tti_article_table *t, int64_t before, uint32_t *article,
                                   tt_error *error)
{
    *article = TTI_NONE;
    if (!t->has_dates)
        TTI_TRY_ALLOC(push_all_dates(t), error, "dates");
    while (t->dates.count > 0 && t->articles.items[t->dates.items->article].bytes == NULL)
        pop_date(t); /* it was removed otherwise */
    if (t->dates.count > 0 && t->dates.items->time < before)
        *article = t->dates.items->article;
    return TT_OK;
}

int64_t tti_article_table_present(const tti_article_table *t)
{
    return t->dated > 0 && t->dated * 2 >= t->living
               ? tti_latest_dates_present(&t->latest, t->dated)
               : t->newest_ingested;
}

/* ---- Adding ---------------------------------------------------------------------------------- */

static size_t bytes_size(const tti_indexed_article *x, uint32_t token_count)
{
    return (size_t)x->id_size + x->source_size + x->version_size + x->extents_size + token_count;
}

static size_t hashes_size(uint32_t token_count)
{
    return token_count * sizeof(uint32_t);
}

static char *append_bytes(char *at, const void *bytes, size_t size)
{
    if (size > 0)
        memcpy(at, bytes, size);
    return at + size;
}

tt_status tti_article_copy_row(tti_slab *slab, const tti_db_row *r, tti_article_copy *out,
                               tt_error *error)
{
    const uint8_t *flags = r->hashes != NULL ? r->flags : r->data + (size_t)r->token_count * 4;
    const uint8_t *extents = r->hashes != NULL ? r->extents : flags + r->token_count;
    char *at;
    *out = (tti_article_copy){.article = {.text_size = r->text_size,
                                          .sum = r->sum,
                                          .number = r->number,
                                          .published = r->published,
                                          .ingested_at = r->ingested_at,
                                          .id_size = r->id_size,
                                          .source_size = r->source_size,
                                          .version_size = r->version_size,
                                          .flags = r->article_flags,
                                          .extents_size = r->extents_size},
                              .token_count = r->token_count};
    out->hashes = tti_slab_alloc(slab, hashes_size(r->token_count), &out->hash_chunk);
    at = tti_slab_alloc(slab, bytes_size(&out->article, r->token_count), &out->article.chunk);
    out->article.bytes = at;
    if (at == NULL || out->hashes == NULL) {
        tti_article_copy_free(out, slab);
        return tti_fail_memory(error, "articles");
    }
    at = append_bytes(at, r->id, r->id_size);
    at = append_bytes(at, r->source, r->source_size);
    at = append_bytes(at, r->version, r->version_size);
    at = append_bytes(at, extents, r->extents_size);
    (void)append_bytes(at, flags, r->token_count);
    if (r->token_count > 0 && r->hashes != NULL)
        memcpy(out->hashes, r->hashes, hashes_size(r->token_count));
    else if (r->token_count > 0)
        tti_read_le32(out->hashes, r->data, r->token_count);
    out->hash = hash_tokens(out->hashes, out->token_count);
    out->id_hash = tti_id_hash(tti_db_row_id(r));
    return TT_OK;
}

void tti_article_copy_free(tti_article_copy *copy, tti_slab *slab)
{
    const tti_indexed_article *x = &copy->article;
    if (x->bytes != NULL)
        tti_slab_release(slab, x->chunk, bytes_size(x, copy->token_count));
    if (copy->hashes != NULL)
        tti_slab_release(slab, copy->hash_chunk, hashes_size(copy->token_count));
    *copy = (tti_article_copy){0};
}

void tti_article_table_prefetch(const tti_article_table *t, const tti_article_copy *copy)
{
    tti_table_prefetch(&t->ids, copy->id_hash);
    tti_table_prefetch(&t->tokens, copy->hash);
}

tt_status tti_article_table_reserve(tti_article_table *t, size_t count, tt_error *error)
{
    const tt_allocator *a = t->allocator;
    const size_t more = count > t->articles.count ? count - t->articles.count : 0;
    if (tti_array_reserve(&t->articles, a, more) != TT_OK ||
        tti_array_reserve(&t->seed_counts, a, more) != TT_OK ||
        tti_table_reserve(&t->ids, count) != TT_OK || tti_table_reserve(&t->tokens, count) != TT_OK)
        return tti_fail_memory(error, "articles");
    return TT_OK;
}

static tt_status reserve_one(tti_article_table *t, tt_error *error)
{
    const tt_allocator *a = t->allocator;
    if (t->articles.count >= TTI_MAX_DOCS)
        return tti_fail(error, TT_ELIMIT, TTI_NOWHERE, "more than %u articles", TTI_MAX_DOCS);
    if (tti_array_reserve(&t->articles, a, 1) != TT_OK ||
        tti_array_reserve(&t->seed_counts, a, 1) != TT_OK ||
        tti_array_reserve(&t->groups, a, 1) != TT_OK ||
        tti_table_reserve(&t->ids, t->ids.used + 1) != TT_OK ||
        tti_table_reserve(&t->tokens, t->tokens.used + 1) != TT_OK)
        return tti_fail_memory(error, "articles");
    return TT_OK;
}

/* A new group of one article, which takes over the hashes. There is room for it. */
static uint32_t add_group(tti_article_table *t, const tti_article_copy *copy, uint32_t article)
{
    uint32_t group = t->unused_group;
    if (group == TTI_NONE)
        group = (uint32_t)t->groups.count++;
    else
        t->unused_group = t->groups.items[group].last;
    t->groups.items[group] = (tti_article_group){.hashes = copy->hashes,
                                                 .chunk = copy->hash_chunk,
                                                 .token_count = copy->token_count,
                                                 .hash = copy->hash,
                                                 .first = article,
                                                 .last = article};
    t->slab_used += hashes_size(copy->token_count);
    if (copy->token_count > 0)
        tti_table_add(&t->tokens, copy->hash, group);
    return group;
}

/* The article joins those with the same tokens. */
static void join_group(tti_article_table *t, tti_slab *slab, const tti_article_copy *copy,
                       uint32_t article)
{
    tti_indexed_article *x = &t->articles.items[article];
    const uint32_t group = find_group(t, copy->hashes, copy->token_count, copy->hash);
    x->previous = x->next = TTI_NONE;
    if (group == TTI_NONE) {
        x->group = add_group(t, copy, article);
        return;
    }
    x->group = group;
    x->previous = t->groups.items[group].last;
    t->articles.items[x->previous].next = article;
    t->groups.items[group].last = article;
    tti_slab_release(slab, copy->hash_chunk, hashes_size(copy->token_count));
}

tt_status tti_article_table_insert(tti_article_table *t, tti_slab *slab, tti_article_copy *copy,
                                   uint32_t *article, tt_error *error)
{
    const uint32_t number = (uint32_t)t->articles.count;
    const tti_indexed_article *x = &copy->article;
    const tt_id id = tti_indexed_article_id(x);
    const int64_t time = tti_indexed_article_time(x);
    tt_status status = reserve_one(t, error);
    if (status == TT_OK && tti_table_find(&t->ids, copy->id_hash, has_id, t, &id) != TTI_NONE)
        status = tti_fail(error, TT_EDUPLICATE, TTI_NOWHERE, "two articles have the same id");
    if (status == TT_OK && t->has_dates && push_date(t, (tti_article_date){time, number}) != TT_OK)
        status = tti_fail_memory(error, "dates");
    if (status != TT_OK) {
        tti_article_copy_free(copy, slab);
        return status;
    }
    assert(number == 0 || t->articles.items[number - 1].number < x->number);
    t->articles.items[t->articles.count++] = *x;
    t->seed_counts.items[t->seed_counts.count++] = 0;
    t->living++;
    t->withdrawn += (copy->article.flags & TT_ARTICLE_WITHDRAWN) != 0;
    if (tti_indexed_article_is_dated(x))
        tti_latest_dates_add(&t->latest, (tti_article_date){time, number}, t->dated++);
    if (x->ingested_at > t->newest_ingested)
        t->newest_ingested = x->ingested_at;
    t->token_count += copy->token_count;
    t->text_bytes += x->text_size;
    t->slab_used += bytes_size(x, copy->token_count);
    tti_table_add(&t->ids, copy->id_hash, number);
    join_group(t, slab, copy, number);
    *article = number;
    return TT_OK;
}

tt_status tti_article_table_add(tti_article_table *t, const tti_db_row *row, uint32_t *article,
                                tt_error *error)
{
    tti_article_copy copy;
    TTI_TRY(tti_article_copy_row(&t->slab, row, &copy, error));
    return tti_article_table_insert(t, &t->slab, &copy, article, error);
}

/* ---- Seeds ----------------------------------------------------------------------------------- */

static tt_status find_minimizers(tti_article_table *t, uint32_t doc, tt_error *error)
{
    const tti_doc d = tti_article_table_doc(t, doc);
    return tti_minimizers_find(&t->minimizers, &d, t->options, t->allocator, error);
}

static tt_status add_seeds(tti_article_table *t, uint32_t doc, tt_error *error)
{
    TTI_TRY(find_minimizers(t, doc, error));
    tti_array_at(&t->seed_counts, doc) = (uint32_t)t->minimizers.positions.count;
    return tti_postings_add(&t->postings, &t->minimizers, doc, error);
}

/* The first of its group, which is the document. */
static int is_document(const tti_article_table *t, uint32_t article)
{
    return t->articles.items[article].bytes != NULL &&
           tti_article_table_group(t, article)->first == article;
}

/* One thread's articles, and their seeds. */
typedef struct seed_range {
    uint32_t begin, end;
    tti_minimizers minimizers;
    tt_status status;
} seed_range;

static void buffer_range(tti_article_table *t, seed_range *r, tti_partition_buffers *buffers)
{
    for (uint32_t k = r->begin; k < r->end && r->status == TT_OK; k++) {
        tti_doc doc;
        if (!is_document(t, k))
            continue;
        doc = tti_article_table_doc(t, k);
        r->status = tti_minimizers_find(&r->minimizers, &doc, t->options, t->allocator, NULL);
        t->seed_counts.items[k] = (uint32_t)r->minimizers.positions.count;
        if (r->status == TT_OK)
            r->status = tti_partition_buffers_add(buffers, &r->minimizers, k, NULL);
    }
}

/* Articles are about as long as each other, so that ranges of as many take as long. */
static tt_status index_in_ranges(tti_article_table *t, seed_range *ranges,
                                 tti_partition_buffers *buffers, int count, tt_error *error)
{
    const uint64_t all = t->articles.count - t->seeded;
    tt_status status = TT_OK;
    for (int k = 0; k < count; k++) {
        ranges[k].begin = t->seeded + (uint32_t)(all * (uint64_t)k / (uint64_t)count);
        ranges[k].end = t->seeded + (uint32_t)(all * (uint64_t)(k + 1) / (uint64_t)count);
        buffers[k].allocator = t->allocator;
    }
#pragma omp parallel for num_threads(count) if (count > 1) schedule(static, 1)
    for (int k = 0; k < count; k++)
        buffer_range(t, &ranges[k], &buffers[k]);
    for (int k = 0; k < count; k++) {
        tti_minimizers_free(&ranges[k].minimizers, t->allocator);
        if (ranges[k].status != TT_OK)
            status = tti_fail_memory(error, "seeds");
    }
    if (status == TT_OK)
        status = tti_postings_merge(&t->postings, buffers, count, count, error);
    for (int k = 0; k < count; k++)
        tti_partition_buffers_free(&buffers[k]);
    return status;
}

static tt_status index_many_seeds(tti_article_table *t, tt_error *error)
{
    const int count = tti_thread_count(t->options->threads, t->articles.count - t->seeded);
    seed_range *ranges = tti_alloc_zero(t->allocator, (size_t)count, sizeof *ranges);
    tti_partition_buffers *buffers = tti_alloc_zero(t->allocator, (size_t)count, sizeof *buffers);
    const tt_status status = ranges != NULL && buffers != NULL
                                 ? index_in_ranges(t, ranges, buffers, count, error)
                                 : tti_fail_memory(error, "seeds");
    tti_release(t->allocator, ranges, (size_t)count, sizeof *ranges);
    tti_release(t->allocator, buffers, (size_t)count, sizeof *buffers);
    return status;
}

tt_status tti_article_table_index_seeds(tti_article_table *t, tt_error *error)
{
    const size_t late = t->articles.count - t->seeded;
    if (late >= MANY_SEEDED && late >= t->articles.count / MANY_SHARE)
        TTI_TRY(index_many_seeds(t, error));
    else
        for (uint32_t k = t->seeded; k < t->articles.count; k++)
            if (is_document(t, k))
                TTI_TRY(add_seeds(t, k, error));
    t->seeded = (uint32_t)t->articles.count;
    return TT_OK;
}

/* ---- Removing -------------------------------------------------------------------------------- */

/* Removes the first article of a group. The next one, if there is one, is the document then. */
static tt_status remove_document(tti_article_table *t, uint32_t article, tt_error *error)
{
    const tti_indexed_article *x = &t->articles.items[article];
    tti_article_group *g = &t->groups.items[x->group];
    if (article < t->seeded) {
        TTI_TRY(find_minimizers(t, article, error));
        tti_postings_remove(&t->postings, &t->minimizers, article);
    }
    t->seed_counts.items[article] = 0;
    free_cached_repeats(t, &g->cached);
    g->first = x->next;
    if (x->next != TTI_NONE) {
        t->articles.items[x->next].previous = TTI_NONE;
        return x->next < t->seeded ? add_seeds(t, x->next, error) : TT_OK;
    }
    if (g->token_count > 0)
        tti_table_remove(&t->tokens, g->hash, x->group);
    return TT_OK;
}

static void free_group(tti_article_table *t, uint32_t group)
{
    tti_article_group *g = &t->groups.items[group];
    const size_t size = hashes_size(g->token_count);
    free_cached_repeats(t, &g->cached);
    tti_slab_release(&t->slab, g->chunk, size);
    t->slab_used -= size;
    g->hashes = NULL;
    g->last = t->unused_group;
    t->unused_group = group;
}

tt_status tti_article_table_remove(tti_article_table *t, uint32_t article, tt_error *error)
{
    tti_indexed_article *x = &tti_array_at(&t->articles, article);
    tti_article_group *g = tti_article_table_group(t, article);
    const size_t size = bytes_size(x, g->token_count);
    assert(x->bytes != NULL);
    t->epoch++;
    if (g->first == article) {
        TTI_TRY(remove_document(t, article, error));
    } else {
        t->articles.items[x->previous].next = x->next;
        if (x->next != TTI_NONE)
            t->articles.items[x->next].previous = x->previous;
        else
            g->last = x->previous;
    }
    tti_table_remove(&t->ids, tti_id_hash(tti_indexed_article_id(x)), article);
    t->living--;
    t->withdrawn -= (x->flags & TT_ARTICLE_WITHDRAWN) != 0;
    if (tti_indexed_article_is_dated(x)) {
        t->dated--;
        tti_latest_dates_remove(&t->latest, (tti_article_date){x->published, article});
    }
    t->token_count -= g->token_count;
    t->text_bytes -= x->text_size;
    t->slab_used -= size;
    tti_slab_release(&t->slab, x->chunk, size);
    x->bytes = NULL;
    if (t->latest.count < TTI_LATEST_NEEDED && t->latest.count < t->dated)
        find_latest_dates(t);
    if (g->first == TTI_NONE)
        free_group(t, x->group);
    return TT_OK;
}

/* Moves the articles that are left together. moved[k]: the new number of article k. */
static void renumber_articles(tti_article_table *t, uint32_t *moved)
{
    uint32_t count = 0;
    for (size_t k = 0; k < t->articles.count; k++) {
        moved[k] = TTI_NONE;
        if (t->articles.items[k].bytes == NULL)
            continue;
        t->articles.items[count] = t->articles.items[k];
        moved[k] = count++;
    }
    t->articles.count = t->seed_counts.count = count;
    for (size_t k = 0; k < count; k++) {
        tti_indexed_article *x = &t->articles.items[k];
        t->seed_counts.items[k] = 0;
        x->previous = x->previous == TTI_NONE ? TTI_NONE : moved[x->previous];
        x->next = x->next == TTI_NONE ? TTI_NONE : moved[x->next];
    }
    for (size_t k = 0; k < t->groups.count; k++) {
        tti_article_group *g = &t->groups.items[k];
        if (g->hashes == NULL)
            continue;
        free_cached_repeats(t, &g->cached);
        g->first = moved[g->first];
        g->last = moved[g->last];
    }
}

static void *copy_to_slab(tti_slab *to, const void *from, size_t size, tti_slab_chunk **chunk)
{
    void *copy = tti_slab_alloc(to, size, chunk);
    if (copy != NULL && size > 0)
        memcpy(copy, from, size);
    return copy;
}

/* Moves what is kept together, if half of the bytes in the chunks belong to removed articles. */
static tt_status compact_slab(tti_article_table *t)
{
    tti_slab slab = {.allocator = t->allocator};
    int failed = 0;
    if (t->slab.bytes / 2 < t->slab_used)
        return TT_OK;
    for (size_t k = 0; k < t->articles.count && !failed; k++) {
        tti_indexed_article *x = &t->articles.items[k];
        const size_t size = bytes_size(x, t->groups.items[x->group].token_count);
        failed |= (x->bytes = copy_to_slab(&slab, x->bytes, size, &x->chunk)) == NULL;
    }
    for (size_t k = 0; k < t->groups.count && !failed; k++) {
        tti_article_group *g = &t->groups.items[k];
        if (g->hashes != NULL)
            failed |= (g->hashes = copy_to_slab(&slab, g->hashes, hashes_size(g->token_count),
                                                &g->chunk)) == NULL;
    }
    tti_slab_free(&t->slab);
    t->slab = slab;
    return failed ? TT_ENOMEM : TT_OK;
}

tt_status tti_article_table_compact(tti_article_table *t, tt_error *error)
{
    const size_t before = t->articles.count;
    uint32_t *moved;
    if (before < COMPACT_MIN || t->living * 2 > before)
        return TT_OK;
    moved = tti_alloc(t->allocator, before, sizeof *moved);
    TTI_TRY_ALLOC(moved == NULL, error, "articles");
    renumber_articles(t, moved);
    tti_release(t->allocator, moved, before, sizeof *moved);
    t->has_dates = 0;
    find_latest_dates(t);
    tti_array_shrink(&t->articles, t->allocator);
    tti_table_free(&t->ids);
    TTI_TRY_ALLOC(tti_table_reserve(&t->ids, t->articles.count), error, "articles");
    for (uint32_t k = 0; k < t->articles.count; k++)
        tti_table_add(&t->ids, tti_id_hash(tti_indexed_article_id(&t->articles.items[k])), k);
    t->epoch++;
    tti_postings_free(&t->postings);
    t->seeded = 0;
    TTI_TRY_ALLOC(compact_slab(t), error, "articles");
    return TT_OK;
}

/* ---- The whole ------------------------------------------------------------------------------- */

uint64_t tti_article_table_memory(const tti_article_table *t)
{
    uint64_t sum = t->slab.bytes + t->articles.capacity * sizeof *t->articles.items +
                   t->seed_counts.capacity * sizeof *t->seed_counts.items +
                   t->groups.capacity * sizeof *t->groups.items +
                   (t->ids.slot_count + t->tokens.slot_count) * sizeof(tti_table_slot) +
                   t->dates.capacity * sizeof *t->dates.items + tti_postings_memory(&t->postings);
    for (size_t k = 0; k < t->groups.count; k++)
        sum += t->groups.items[k].cached.count * sizeof(tti_token_repeat) +
               t->groups.items[k].cached.block_count * sizeof(tti_block);
    return sum;
}

static const char *check_seeds(const tti_article_table *t, uint32_t doc)
{
    if (t->seed_counts.items[doc] != t->minimizers.positions.count)
        return "the number of a document's seeds differs";
    for (size_t i = 0; i < t->minimizers.positions.count; i++)
        if (!tti_postings_has(&t->postings, &t->minimizers, i, doc))
            return "a seed is missing";
    return NULL;
}

tt_status tti_article_table_check(tti_article_table *t, const char **wrong, tt_error *error)
{
    uint64_t seeds = 0;
    *wrong = NULL;
    TTI_TRY(tti_article_table_index_seeds(t, error));
    for (uint32_t k = 0; k < t->articles.count && *wrong == NULL; k++) {
        const tti_indexed_article *x = &t->articles.items[k];
        if (x->bytes == NULL)
            continue;
        if (tti_article_table_find(t, x->bytes, x->id_size, x->flags) != k) {
            *wrong = "an id leads to another article";
        } else if (is_document(t, k)) {
            TTI_TRY(find_minimizers(t, k, error));
            *wrong = check_seeds(t, k);
            seeds += t->minimizers.positions.count;
        }
    }
    if (*wrong == NULL && tti_postings_count(&t->postings) != seeds)
        *wrong = "seeds are out of order, or lead to an article that is not in the index";
    return TT_OK;
}
