/*
 * From seeds to candidates: a seed that stands in several places links them.
 *
 * Where a seed stands in few documents, each document counts what it shares with every earlier one;
 * enough shared seeds make the two a candidate pair. Where it stands in many, only the first few
 * are linked to: nothing grows with a square. Apart from that, the first place of every seed is
 * remembered in runs: seeds that follow one another in both documents point to a passage whose
 * earliest holder that is, and make a candidate for sections.
 *
 * Memory is linear in the seeds: a document's links are counted in a small table and thrown away.
 */
#include "seed/seeds.h"

#include "common/alloc.h"
#include "common/fail.h"
#include "common/par.h"
#include "common/radix.h"
#include "seed/tally.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#if defined(__GNUC__)
#  define TTI_PREFETCH(p) __builtin_prefetch(p)
#else
#  define TTI_PREFETCH(p) ((void)(p))
#endif

/* A seed of a document that stands elsewhere too: its place, where the seeds of that key begin, and
 * how many of them are linked to. */
typedef struct live {
    uint32_t pos, start, places;
} live;

typedef struct linker {
    const tti_seeds *seeds;
    const size_t *firsts; /* document d's live seeds: lives[firsts[d] .. firsts[d + 1]) */
    live *lives;
    tti_tally_rules rules;
} linker;

/* ---- Live seeds ---------------------------------------------------------------------------- */

static size_t group_end(const tti_seeds *s, size_t begin, size_t end)
{
    size_t k = begin + 1;
    while (k < end && s->seeds[k].key == s->seeds[begin].key)
        k++;
    return k;
}

/* Counts (lives NULL) or writes the live seeds of one partition. Several partitions add to one
 * document at once, hence the atomics; the order is mended afterwards. */
static void live_partition(const tti_seeds *s, size_t p, size_t *cursors, live *lives)
{
    const size_t end = s->starts[p + 1];
    for (size_t i = s->starts[p], k; i < end; i = k) {
        uint32_t places;
        k = group_end(s, i, end);
        places = (uint32_t)(k - i <= TTI_SEED_PLACES ? k - i : TTI_SEED_FEW);
        for (size_t r = i + 1; r < k; r++) { /* the first place has nothing before it */
            const tti_seed *x = &s->seeds[r];
            size_t at;
#pragma omp atomic capture
            at = cursors[x->doc]++;
            if (lives != NULL)
                lives[at] = (live){x->pos, (uint32_t)i, places};
        }
    }
}

static int by_pos(const void *x, const void *y)
{
    const live *p = x, *q = y;
    return (p->pos > q->pos) - (p->pos < q->pos);
}

static void sort_lives(live *lives, size_t count)
{
    if (count > 64) {
        tti_sort(lives, count, sizeof *lives, by_pos);
        return;
    }
    for (size_t i = 1; i < count; i++) {
        const live x = lives[i];
        size_t j = i;
        for (; j > 0 && lives[j - 1].pos > x.pos; j--)
            lives[j] = lives[j - 1];
        lives[j] = x;
    }
}

/* ---- Counting ------------------------------------------------------------------------------ */

/* Counts one live seed of document b. */
static void count_live(const linker *l, tti_tally *t, uint32_t b, const live *x)
{
    const tti_seed *first = l->seeds->seeds + x->start;
    if (first->doc < b || first->pos < x->pos)
        tti_tally_follow(t, first->doc, x->pos, first->pos);
    for (uint32_t k = 0; k < x->places && first[k].doc < b; k++)
        if (k == 0 || first[k].doc != first[k - 1].doc)
            tti_tally_share(t, first[k].doc);
}

static void link_doc(const linker *l, tti_tally *t, uint32_t b)
{
    live *lives = l->lives + l->firsts[b];
    const size_t n = l->firsts[b + 1] - l->firsts[b];
    if (n == 0 || t->status != TT_OK)
        return;
    for (size_t k = 0; k < n; k++) /* their seeds lie all over memory */
        TTI_PREFETCH(l->seeds->seeds + lives[k].start);
    sort_lives(lives, n);
    for (size_t k = 0; k < n && t->status == TT_OK; k++)
        count_live(l, t, b, &lives[k]);
    tti_tally_choose(t, &l->rules, b);
}

/* ---- Driver -------------------------------------------------------------------------------- */

static tt_status link_docs(const linker *l, size_t docs, int threads, tti_candidates *out,
                           tt_error *error)
{
    const tt_allocator *a = out->allocator;
    tti_tally *tallies = tti_alloc_zero(a, (size_t)threads, sizeof *tallies);
    tt_status status = TT_OK;
    if (tallies == NULL)
        return tti_fail_memory(error, "links");
    for (int t = 0; t < threads; t++)
        tti_tally_init(&tallies[t], a);
#pragma omp parallel for num_threads(threads) if (threads > 1) schedule(dynamic, 64)
    for (int64_t b = 0; b < (int64_t)docs; b++)
        link_doc(l, &tallies[tti_thread()], (uint32_t)b);
    for (int t = 0; t < threads; t++) {
        tti_tally *x = &tallies[t];
        if (status == TT_OK && x->status != TT_OK)
            status = tti_fail_memory(error, "links");
        if (status == TT_OK)
            status = tti_candidates_append(out, &x->found, error);
        tti_tally_free(x);
    }
    tti_release(a, tallies, (size_t)threads, sizeof *tallies);
    return status;
}

/* Live seeds of every document: counted, placed, and firsts[] made from the counts. */
static tt_status find_lives(const tti_seeds *s, size_t *firsts, live **lives, size_t *live_count,
                            int threads, tt_error *error)
{
    size_t sum = 0;
    size_t *cursors = tti_alloc(s->allocator, s->doc_count + 1, sizeof *cursors);
    if (cursors == NULL)
        return tti_fail_memory(error, "shared seeds");
#pragma omp parallel for num_threads(threads) if (threads > 1) schedule(dynamic, 1)
    for (int64_t p = 0; p < (int64_t)s->partition_count; p++)
        live_partition(s, (size_t)p, firsts, NULL);
    for (size_t d = 0; d <= s->doc_count; d++) {
        const size_t n = d < s->doc_count ? firsts[d] : 0;
        firsts[d] = cursors[d] = sum;
        sum += n;
    }
    *live_count = sum;
    *lives = tti_alloc(s->allocator, sum, sizeof **lives);
    if (*lives != NULL) {
#pragma omp parallel for num_threads(threads) if (threads > 1) schedule(dynamic, 1)
        for (int64_t p = 0; p < (int64_t)s->partition_count; p++)
            live_partition(s, (size_t)p, cursors, *lives);
    }
    tti_release(s->allocator, cursors, s->doc_count + 1, sizeof *cursors);
    return *lives == NULL ? tti_fail_memory(error, "shared seeds") : TT_OK;
}

tt_status tti_seeds_candidates(const tti_seeds *seeds, const tt_options *options,
                               tti_candidates *candidates, tt_error *error)
{
    const int threads = tti_threads(options->threads, seeds->doc_count);
    size_t live_count = 0;
    size_t *firsts = tti_alloc_zero(seeds->allocator, seeds->doc_count + 1, sizeof *firsts);
    linker l = {.seeds = seeds, .firsts = firsts};
    tt_status status = TT_OK;
    if (firsts == NULL)
        return tti_fail_memory(error, "shared seeds");
    tti_tally_rules_make(&l.rules, options, seeds->counts);
    status = find_lives(seeds, firsts, &l.lives, &live_count, threads, error);
    if (status == TT_OK)
        status = link_docs(&l, seeds->doc_count, threads, candidates, error);
    tti_release(seeds->allocator, l.lives, live_count, sizeof *l.lives);
    tti_release(seeds->allocator, firsts, seeds->doc_count + 1, sizeof *firsts);
    return status;
}
