#include "index/repeats_cache.h"

#include "util/error.h"
#include "util/sort.h"

TTI_SORT_DEFINE(sort_docs, uint32_t, *x < *y)

void tti_repeats_cache_init(tti_repeats_cache *c, tti_article_table *table,
                            const tti_seed_rules *rules, const tt_options *options)
{
    memset(c, 0, sizeof *c);
    c->table = table;
    c->rules = rules;
    c->options = options;
    c->passages.allocator = options->allocator;
}

void tti_repeats_cache_free(tti_repeats_cache *c)
{
    const tt_allocator *a = c->passages.allocator;
    if (a == NULL)
        return;
    tti_array_free(&c->frames, a);
    tti_array_free(&c->candidates, a);
    tti_array_free(&c->local, a);
    tti_array_free(&c->repeats, a);
    tti_array_free(&c->blocks, a);
    tti_verified_free(&c->passages);
}

static tti_cached_repeats *cached_repeats(const tti_repeats_cache *c, uint32_t doc)
{
    return &tti_article_table_group(c->table, doc)->cached;
}

static int has_cached_repeats(const tti_repeats_cache *c, uint32_t doc)
{
    return cached_repeats(c, doc)->epoch == c->table->epoch;
}

/* ---- One document, from those it shares passages with ----------------------------------------
 *
 * tti_token_repeats_add_doc() wants documents numbered from 0: those that the passages and their
 * repeats name are numbered among themselves, in c->local.
 */

static uint32_t local_number(const tti_repeats_cache *c, uint32_t doc)
{
    size_t k;
    TTI_LOWER_BOUND(k, 0, c->local.count, c->local.items[k] < doc);
    assert(k < c->local.count && c->local.items[k] == doc);
    return (uint32_t)k;
}

/* Lists all documents that the passages and the repeats of their documents name, and b. */
static tt_status list_local(tti_repeats_cache *c, const tti_verified *passages, uint32_t b)
{
    const tt_allocator *a = c->passages.allocator;
    size_t kept = 0;
    c->local.count = 0;
    TTI_TRY(tti_array_push(&c->local, a, b));
    for (size_t k = 0; k < passages->passages.count; k++) {
        const uint32_t doc = passages->passages.items[k].a;
        const tti_cached_repeats *m;
        if (doc == b || (k > 0 && passages->passages.items[k - 1].a == doc))
            continue; /* a document that is only asked about is not in the table */
        m = cached_repeats(c, doc);
        TTI_TRY(tti_array_push(&c->local, a, doc));
        for (size_t i = 0; i < m->count; i++)
            TTI_TRY(tti_array_push(&c->local, a, m->repeats[i].of_doc));
    }
    sort_docs(c->local.items, c->local.count);
    for (size_t k = 0; k < c->local.count; k++)
        if (k == 0 || c->local.items[k] != c->local.items[k - 1])
            c->local.items[kept++] = c->local.items[k];
    c->local.count = kept;
    return TT_OK;
}

/* Appends the cached repeats of the document that has the local number `local`. */
static tt_status append_cached(const tti_repeats_cache *c, uint32_t local, tti_token_repeats *out)
{
    const tti_cached_repeats *m = cached_repeats(c, c->local.items[local]);
    TTI_TRY(tti_array_reserve(&out->repeats, out->allocator, m->count));
    for (size_t k = 0; k < m->count; k++) {
        tti_token_repeat r = m->repeats[k];
        r.doc = local;
        r.of_doc = local_number(c, r.of_doc);
        r.block_begin += out->blocks.count;
        out->repeats.items[out->repeats.count++] = r;
    }
    return tti_array_append(&out->blocks, out->allocator, m->blocks, m->block_count);
}

/* Copies the repeats of the last local document, which is b, to c->repeats. */
static tt_status take_computed(tti_repeats_cache *c, const tti_token_repeats *from,
                               size_t first_block, uint32_t b)
{
    const tt_allocator *a = c->passages.allocator;
    const size_t first = from->firsts[from->doc_count - 1];
    TTI_TRY(
        tti_array_append(&c->repeats, a, from->repeats.items + first, from->repeats.count - first));
    TTI_TRY(tti_array_append(&c->blocks, a, from->blocks.items + first_block,
                             from->blocks.count - first_block));
    for (size_t k = 0; k < c->repeats.count; k++) {
        tti_token_repeat *r = &c->repeats.items[k];
        r->doc = b;
        r->of_doc = tti_array_at(&c->local, r->of_doc);
        r->block_begin -= first_block;
    }
    return TT_OK;
}

static tt_status compute_among_local(tti_repeats_cache *c, tti_verified *passages, uint32_t b,
                                     tti_token_repeats *all, tt_error *error)
{
    const uint32_t last = (uint32_t)all->doc_count - 1;
    size_t next = 0, first_block;
    assert(c->local.items[last] == b); /* the others precede it */
    for (uint32_t d = 0; d < last; d++) {
        all->firsts[d] = all->repeats.count;
        while (next < passages->passages.count &&
               passages->passages.items[next].a < c->local.items[d])
            next++;
        if (next < passages->passages.count &&
            passages->passages.items[next].a == c->local.items[d])
            TTI_TRY_ALLOC(append_cached(c, d, all), error, "sections");
    }
    all->firsts[last] = all->repeats.count;
    for (size_t k = 0; k < passages->passages.count; k++) {
        passages->passages.items[k].a = local_number(c, passages->passages.items[k].a);
        passages->passages.items[k].b = last;
    }
    first_block = all->blocks.count;
    TTI_TRY(tti_token_repeats_add_doc(all, passages, last, c->options->min_section, error));
    TTI_TRY_ALLOC(take_computed(c, all, first_block, b), error, "sections");
    return TT_OK;
}

tt_status tti_repeats_cache_compute(tti_repeats_cache *c, tti_verified *passages, uint32_t b,
                                    tt_error *error)
{
    tti_token_repeats all = {.allocator = c->passages.allocator};
    tt_status status;
    c->repeats.count = c->blocks.count = 0;
    if (passages->passages.count == 0)
        return TT_OK;
    TTI_TRY_ALLOC(list_local(c, passages, b), error, "sections");
    all.doc_count = c->local.count;
    all.firsts = tti_alloc_zero(all.allocator, all.doc_count + 1, sizeof *all.firsts);
    TTI_TRY_ALLOC(all.firsts == NULL, error, "sections");
    status = compute_among_local(c, passages, b, &all, error);
    tti_token_repeats_free(&all);
    return status;
}

void tti_repeats_cache_store(tti_repeats_cache *c, uint32_t doc)
{
    const tt_allocator *a = c->passages.allocator;
    tti_cached_repeats *m = cached_repeats(c, doc);
    tti_cached_repeats kept = {
        .epoch = c->table->epoch, .count = c->repeats.count, .block_count = c->blocks.count};
    if (kept.count > 0) {
        kept.repeats = tti_alloc(a, kept.count, sizeof *kept.repeats);
        kept.blocks = tti_alloc(a, kept.block_count, sizeof *kept.blocks);
        if (kept.repeats == NULL || kept.blocks == NULL) {
            tti_release(a, kept.repeats, kept.count, sizeof *kept.repeats);
            tti_release(a, kept.blocks, kept.block_count, sizeof *kept.blocks);
            kept = (tti_cached_repeats){0};
        } else {
            memcpy(kept.repeats, c->repeats.items, kept.count * sizeof *kept.repeats);
            memcpy(kept.blocks, c->blocks.items, kept.block_count * sizeof *kept.blocks);
        }
    }
    for (size_t k = 0; k < kept.count; k++)
        kept.repeats[k].doc = doc;
    tti_release(a, m->repeats, m->count, sizeof *m->repeats);
    tti_release(a, m->blocks, m->block_count, sizeof *m->blocks);
    *m = kept;
}

/* ---- And so on back ----------------------------------------------------------------------------
 *
 * Depth first with an explicit stack, since the way back may be as long as the index. */

static tt_status push_frame(tti_repeats_cache *c, uint32_t doc)
{
    return tti_array_push(&c->frames, c->passages.allocator, (tti_repeats_frame){.doc = doc});
}

/* Looks up which documents may hold passages of the frame's document. */
static tt_status find_frame_candidates(tti_repeats_cache *c, tti_comparer *comparer,
                                       tti_repeats_frame *f, tt_error *error)
{
    const tti_doc doc = tti_article_table_doc(c->table, f->doc);
    const tti_candidates *found = &comparer->lookup.counts.found;
    TTI_TRY(tti_candidate_lookup_run(&comparer->lookup, c->table, c->rules, &doc, f->doc, error));
    f->begin = f->next = c->candidates.count;
    for (size_t k = 0; k < found->pairs.count; k++)
        TTI_TRY_ALLOC(tti_array_push(&c->candidates, c->passages.allocator,
                                     tti_candidate_a(found->pairs.items[k])),
                      error, "sections");
    f->end = c->candidates.count;
    f->has_candidates = 1;
    return TT_OK;
}

/* Finds the passages that the frame's document shares with its candidates. */
static tt_status find_frame_passages(tti_repeats_cache *c, tti_comparer *comparer,
                                     const tti_repeats_frame *f, tt_error *error)
{
    const tti_doc b = tti_article_table_doc(c->table, f->doc);
    c->passages.passages.count = c->passages.blocks.count = 0;
    tti_comparer_begin(comparer);
    for (size_t k = f->begin; k < f->end; k++) {
        const uint32_t other = c->candidates.items[k];
        tti_compared_pair found;
        tti_doc a;
        if (other == f->doc) {
            TTI_TRY(tti_comparer_add_own_passages(comparer, &b, other, &c->passages, error));
            continue;
        }
        a = tti_article_table_doc(c->table, other);
        TTI_TRY(tti_comparer_run(comparer, &a, &b, &found, error));
        TTI_TRY(tti_compared_pair_add_passages(&found, other, f->doc, c->options->min_section,
                                               &c->passages, error));
    }
    tti_verified_sort_passages(&c->passages);
    return TT_OK;
}

tt_status tti_repeats_cache_fill(tti_repeats_cache *c, tti_comparer *comparer, uint32_t doc,
                                 tt_error *error)
{
    if (has_cached_repeats(c, doc))
        return TT_OK;
    c->frames.count = c->candidates.count = 0;
    TTI_TRY_ALLOC(push_frame(c, doc), error, "sections");
    while (c->frames.count > 0) {
        tti_repeats_frame *f = &tti_array_last(&c->frames);
        if (!f->has_candidates)
            TTI_TRY(find_frame_candidates(c, comparer, f, error));
        while (f->next < f->end && (c->candidates.items[f->next] == f->doc ||
                                    has_cached_repeats(c, c->candidates.items[f->next])))
            f->next++;
        if (f->next < f->end) {
            assert(c->candidates.items[f->next] < f->doc); /* so that it ends */
            TTI_TRY_ALLOC(push_frame(c, c->candidates.items[f->next]), error, "sections");
            continue;
        }
        TTI_TRY(find_frame_passages(c, comparer, f, error));
        TTI_TRY(tti_repeats_cache_compute(c, &c->passages, f->doc, error));
        tti_repeats_cache_store(c, f->doc);
        TTI_TRY_ALLOC(!has_cached_repeats(c, f->doc), error, "sections");
        c->candidates.count = f->begin;
        c->frames.count--;
    }
    return TT_OK;
}
