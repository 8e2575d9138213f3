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

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#if defined(__GNUC__)
#  define TTI_PREFETCH(p) __builtin_prefetch(p)
#else
#  define TTI_PREFETCH(p) ((void)(p))
#endif

enum {
    RUN_GAP = 64,  /* tokens between two seeds of one run */
    RUN_SKEW = 16, /* and how much that may differ between the two documents */
    MATCH_ROOM = 4 /* candidates looked at per pair that may be reported */
};

/* A seed of a document that stands elsewhere too: its place, where the seeds of that key begin, and
 * how many of them are linked to. */
typedef struct live {
    uint32_t pos, start, places;
} live;

/* What a document shares with one earlier document (or with itself). */
typedef struct counter {
    uint32_t doc;
    uint32_t shared;
    uint32_t run, best_run;
    uint32_t last_here, last_there;
} counter;

typedef struct linker {
    const tti_seeds *seeds;
    const tt_options *options;
    const size_t *firsts; /* document d's live seeds: lives[firsts[d] .. firsts[d + 1]) */
    live *lives;
    double share;      /* of the shorter one's seeds that a candidate pair shares at least */
    uint32_t run_need; /* seeds in a run that make a candidate for sections */
} linker;

/* One thread's counters, and a table that finds them: open addressing by document. The table grows
 * with the documents met, so that it mostly stays in the nearest cache. */
typedef struct tally {
    tti_candidates found;
    counter *counters;
    size_t count, capacity;
    uint32_t *slots; /* place among the counters + 1; 0 is empty */
    size_t slot_count, slot_capacity;
    tt_status status;
} tally;

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

static uint32_t *find_slot(const tally *t, uint32_t doc)
{
    size_t slot = (doc * 0x9E3779B1u) >> 8 & (t->slot_count - 1);
    while (t->slots[slot] != 0 && t->counters[t->slots[slot] - 1].doc != doc)
        slot = (slot + 1) & (t->slot_count - 1);
    return &t->slots[slot];
}

/* Room for one more counter. */
static int reserve_counter(tally *t)
{
    const tt_allocator *a = t->found.allocator;
    const size_t slots = t->slot_count == 0 ? 1024 : t->slot_count * 2;
    if (tti_reserve(a, &t->counters, &t->capacity, t->count + 1, sizeof *t->counters) != 0)
        return -1;
    if ((t->count + 1) * 2 <= t->slot_count)
        return 0;
    if (tti_reserve(a, &t->slots, &t->slot_capacity, slots, sizeof *t->slots) != 0)
        return -1;
    t->slot_count = slots;
    memset(t->slots, 0, slots * sizeof *t->slots);
    for (size_t k = 0; k < t->count; k++)
        *find_slot(t, t->counters[k].doc) = (uint32_t)k + 1;
    return 0;
}

/* The counter of a document, made if need be; NULL without memory. */
static counter *counter_of(tally *t, uint32_t doc)
{
    uint32_t *slot;
    if (reserve_counter(t) != 0) {
        t->status = TT_ENOMEM;
        return NULL;
    }
    slot = find_slot(t, doc);
    if (*slot == 0) {
        t->counters[t->count++] = (counter){doc, 0, 0, 0, 0, 0};
        *slot = (uint32_t)t->count;
    }
    return &t->counters[*slot - 1];
}

static void clear_counters(tally *t)
{
    if (t->slot_count > 0)
        memset(t->slots, 0, t->slot_count * sizeof *t->slots);
    t->count = 0;
}

static void follow_run(counter *c, uint32_t here, uint32_t there)
{
    const int64_t skew = ((int64_t)here - c->last_here) - ((int64_t)there - c->last_there);
    if (c->run > 0 && here - c->last_here <= RUN_GAP && skew <= RUN_SKEW && skew >= -RUN_SKEW)
        c->run++;
    else
        c->run = 1;
    if (c->run > c->best_run)
        c->best_run = c->run;
    c->last_here = here;
    c->last_there = there;
}

/* Counts one live seed of document b. */
static void count_live(const linker *l, tally *t, uint32_t b, const live *x)
{
    const tti_seed *first = l->seeds->seeds + x->start;
    counter *c;
    if (first->doc < b || first->pos < x->pos) {
        if ((c = counter_of(t, first->doc)) == NULL)
            return;
        follow_run(c, x->pos, first->pos);
    }
    for (uint32_t k = 0; k < x->places && first[k].doc < b; k++) {
        if (k > 0 && first[k].doc == first[k - 1].doc)
            continue;
        if ((c = counter_of(t, first[k].doc)) == NULL)
            return;
        c->shared++;
    }
}

/* ---- Choosing ------------------------------------------------------------------------------ */

static int is_pair(const linker *l, const counter *c, uint32_t b)
{
    const uint32_t x = l->seeds->counts[c->doc], y = l->seeds->counts[b];
    const uint32_t fewer = x < y ? x : y;
    const uint32_t need = fewer <= 4 ? 1 : 2;
    return c->doc != b && c->shared >= need && c->shared >= l->share * fewer;
}

static int most_shared(const void *x, const void *y)
{
    const counter *p = x, *q = y;
    if (p->shared != q->shared)
        return p->shared > q->shared ? -1 : 1;
    return (p->doc > q->doc) - (p->doc < q->doc);
}

static void add_found(tally *t, uint32_t a, uint32_t b, unsigned want)
{
    if (t->status == TT_OK)
        t->status = tti_candidates_add(&t->found, tti_candidate_pack(a, b, want), NULL);
}

/* More pairs than will be reported: those that share most, moved to the front. */
static void choose_best(const linker *l, tally *t, uint32_t b, size_t most)
{
    size_t n = 0;
    for (size_t k = 0; k < t->count; k++)
        if (is_pair(l, &t->counters[k], b))
            t->counters[n++] = t->counters[k];
    tti_sort(t->counters, n, sizeof *t->counters, most_shared);
    for (size_t k = 0; k < most; k++)
        add_found(t, t->counters[k].doc, b, TTI_WANT_PAIR);
    if (t->status == TT_OK)
        t->status = tti_candidates_skip(&t->found, b, n - most, NULL);
}

static void choose(const linker *l, tally *t, uint32_t b)
{
    const size_t most = (size_t)l->options->max_matches * MATCH_ROOM;
    size_t pairs = 0;
    for (size_t k = 0; k < t->count; k++) {
        if (t->counters[k].best_run >= l->run_need)
            add_found(t, t->counters[k].doc, b, TTI_WANT_SECTIONS);
        pairs += (size_t)is_pair(l, &t->counters[k], b);
    }
    if (pairs > most) {
        choose_best(l, t, b, most);
        return;
    }
    for (size_t k = 0; k < t->count; k++)
        if (is_pair(l, &t->counters[k], b))
            add_found(t, t->counters[k].doc, b, TTI_WANT_PAIR);
}

static void link_doc(const linker *l, tally *t, uint32_t b)
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
    choose(l, t, b);
    clear_counters(t);
}

/* ---- Driver -------------------------------------------------------------------------------- */

static tt_status link_docs(const linker *l, size_t docs, int threads, tti_candidates *out,
                           tt_error *error)
{
    const tt_allocator *a = out->allocator;
    tally *tallies = tti_alloc_zero(a, (size_t)threads, sizeof *tallies);
    tt_status status = TT_OK;
    if (tallies == NULL)
        return tti_fail_memory(error, "links");
    for (int t = 0; t < threads; t++)
        tti_candidates_init(&tallies[t].found, a);
#pragma omp parallel for num_threads(threads) if (threads > 1) schedule(dynamic, 64)
    for (int64_t b = 0; b < (int64_t)docs; b++)
        link_doc(l, &tallies[tti_thread()], (uint32_t)b);
    for (int t = 0; t < threads; t++) {
        tally *x = &tallies[t];
        if (status == TT_OK && x->status != TT_OK)
            status = tti_fail_memory(error, "links");
        if (status == TT_OK)
            status = tti_candidates_append(out, &x->found, error);
        tti_candidates_free(&x->found);
        tti_release(a, x->slots, x->slot_capacity, sizeof *x->slots);
        tti_release(a, x->counters, x->capacity, sizeof *x->counters);
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

/* The least share of seeds worth an alignment, by the loosest rule that is on. Damage hides seeds:
 * where half of a text is shared and a fifth of its words replaced, one seed in six is left. */
static double least_share(const tt_options *o)
{
    double rule = o->resemblance;
    if (rule < 0 || (o->containment >= 0 && o->containment < rule))
        rule = o->containment;
    if (o->overlap >= 0)
        return 0.16 * o->overlap;
    return rule < 0 ? 2 : 0.4 * rule; /* 2: no rule is on, no pair is wanted */
}

tt_status tti_seeds_candidates(const tti_seeds *seeds, const tt_options *options,
                               tti_candidates *candidates, tt_error *error)
{
    const int threads = tti_threads(options->threads, seeds->doc_count);
    const uint32_t need = options->min_section / 12;
    size_t live_count = 0;
    size_t *firsts = tti_alloc_zero(seeds->allocator, seeds->doc_count + 1, sizeof *firsts);
    linker l = {
        seeds, options, firsts, NULL, least_share(options), need < 1 ? 1 : need > 3 ? 3 : need};
    tt_status status = TT_OK;
    if (firsts == NULL)
        return tti_fail_memory(error, "shared seeds");
    if (!(options->find & TT_FIND_SECTIONS))
        l.run_need = UINT32_MAX;
    status = find_lives(seeds, firsts, &l.lives, &live_count, threads, error);
    if (status == TT_OK)
        status = link_docs(&l, seeds->doc_count, threads, candidates, error);
    tti_release(seeds->allocator, l.lives, live_count, sizeof *l.lives);
    tti_release(seeds->allocator, firsts, seeds->doc_count + 1, sizeof *firsts);
    return status;
}
