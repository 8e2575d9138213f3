#include "index/candidate_lookup.h"

#include "util/alloc.h"
#include "util/error.h"

#include <string.h>

void tti_candidate_lookup_init(tti_candidate_lookup *x, const tt_allocator *allocator)
{
    memset(x, 0, sizeof *x);
    tti_seed_counts_init(&x->counts, allocator);
    x->own_seeds.allocator = allocator;
}

void tti_candidate_lookup_free(tti_candidate_lookup *x)
{
    const tt_allocator *a = x->own_seeds.allocator;
    if (a == NULL)
        return;
    tti_seed_counts_free(&x->counts);
    tti_minimizers_free(&x->seeds, a);
    tti_table_free(&x->own_seeds);
}

static uint32_t partition_of_seed(const tti_minimizers *s, size_t i)
{
    return tti_minimizers_partition(s, i, TTI_POSTINGS_PARTITIONS);
}

static int is_same_seed(const void *ctx, uint32_t number, const void *key)
{
    const tti_minimizers *s = ctx;
    const size_t i = *(const size_t *)key;
    return tti_minimizers_key(s, number) == tti_minimizers_key(s, i) &&
           partition_of_seed(s, number) == partition_of_seed(s, i);
}

/* Where the i-th seed occurs first in its own document. Called for i = 0, 1, 2 and so on. */
static uint32_t first_own_position(tti_candidate_lookup *x, size_t i)
{
    const tti_minimizers *s = &x->seeds;
    const uint32_t hash =
        tti_table_hash_u32(tti_minimizers_key(s, i) ^ partition_of_seed(s, i) << 20);
    return s->positions
        .items[tti_table_find_or_add(&x->own_seeds, hash, (uint32_t)i, is_same_seed, s, &i)];
}

/* Counts the i-th seed as a scan counts one (seed/candidates.c), for documents before `number`. */
static void count_seed(tti_candidate_lookup *x, const tti_postings *postings, uint32_t number,
                       size_t i)
{
    const uint32_t here = x->seeds.positions.items[i], own = first_own_position(x, i);
    /* One more than are followed, to know whether that many precede the document. */
    tti_doc_position p[TTI_SEED_MAX_POSTINGS + 1];
    size_t n = tti_postings_find(postings, &x->seeds, i, p, TTI_SEED_MAX_POSTINGS + 1);
    if (n == 0 || p[0].doc >= number) {
        if (own < here)
            tti_seed_counts_extend_run(&x->counts, number, here, own);
        return;
    }
    tti_seed_counts_extend_run(&x->counts, p[0].doc, here, p[0].pos);
    if (n > TTI_SEED_MAX_POSTINGS && p[TTI_SEED_MAX_POSTINGS].doc < number)
        n = TTI_SEED_FIRST_POSTINGS;
    for (size_t k = 0; k < n && p[k].doc < number; k++)
        if (k == 0 || p[k].doc != p[k - 1].doc)
            tti_seed_counts_add_shared(&x->counts, p[k].doc, here);
}

tt_status tti_candidate_lookup_run(tti_candidate_lookup *x, const tti_article_table *table,
                                   const tti_seed_rules *rules, const tti_doc *doc, uint32_t number,
                                   tt_error *error)
{
    const tt_allocator *a = x->own_seeds.allocator;
    tti_seed_rules with_counts = *rules;
    with_counts.counts = table->seed_counts.items;
    x->counts.found.pairs.count = x->counts.found.skipped.count = 0;
    x->counts.status = TT_OK;
    TTI_TRY(tti_minimizers_find(&x->seeds, doc, table->options, a, error));
    TTI_TRY_ALLOC(tti_table_reset(&x->own_seeds, x->seeds.positions.count), error, "seeds");
    tti_postings_prefetch(&table->postings, &x->seeds);
    for (size_t i = 0; i < x->seeds.positions.count; i++)
        count_seed(x, &table->postings, number, i);
    tti_seed_counts_select(&x->counts, &with_counts, number, (uint32_t)x->seeds.positions.count);
    if (x->counts.status != TT_OK)
        return tti_fail_memory(error, "candidates");
    return tti_candidates_sort_unique(&x->counts.found, error);
}
