#include "seed/counts.h"

#include "seed/seeds.h"
#include "util/alloc.h"
#include "util/sort.h"

#include <string.h>

enum {
    RUN_GAP = 64,  /* tokens between two seeds of one run */
    RUN_SKEW = 16, /* and how much that may differ between the two documents */
    REACH = 48,    /* tokens about a shared seed in which others may have been damaged */
    DENSITY = 2,   /* tokens a seed at least, but where a text repeats a word on the spot */
    AHEAD = 8,     /* counters whose documents are fetched before they are looked at */
    LEAST_ROOM = 512
};

/* ---- Rules ----------------------------------------------------------------------------------- */

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

/* The least share of a text that must lie about shared seeds. Seeds that stand together, however
 * many, are a shared paragraph: what they leave out cannot align, and no rule admits the rest. */
static double least_cover(const tt_options *o)
{
    double least = 0;
    const double rules[] = {o->resemblance, o->containment, o->overlap};
    for (int k = 0; k < 3; k++)
        if (rules[k] >= 0 && (least == 0 || rules[k] < least))
            least = rules[k];
    return least;
}

void tti_seed_rules_make(tti_seed_rules *out, const tt_options *options, const uint32_t *counts)
{
    const uint32_t need = options->min_section / 12;
    out->counts = counts;
    out->share = least_share(options);
    out->cover = least_cover(options);
    out->run_need = need < 1 ? 1 : need > 3 ? 3 : need;
    if (!(options->find & TT_FIND_SECTIONS))
        out->run_need = UINT32_MAX;
    out->most = tti_max_candidates(options);
}

/* ---- Counters -------------------------------------------------------------------------------- */

void tti_seed_counts_init(tti_seed_counts *t, const tt_allocator *allocator)
{
    memset(t, 0, sizeof *t);
    tti_candidates_init(&t->found, allocator);
    t->places.allocator = allocator;
}

void tti_seed_counts_free(tti_seed_counts *t)
{
    const tt_allocator *a = t->found.allocator;
    tti_table_free(&t->places);
    tti_release(a, t->counters, t->capacity, sizeof *t->counters);
    tti_candidates_free(&t->found);
    tti_seed_counts_init(t, a);
}

/* The counters come last: as many as they have room for have it in the table too. */
static int grow(tti_seed_counts *t)
{
    const size_t room = t->capacity == 0 ? LEAST_ROOM : t->capacity * 2;
    if (tti_table_reserve(&t->places, room) != 0)
        return -1;
    return tti_reserve(t->found.allocator, &t->counters, &t->capacity, room, sizeof *t->counters);
}

/* The counter of a document, made if need be; NULL without memory. */
static inline tti_seed_counter *find_counter(tti_seed_counts *t, uint32_t doc)
{
    uint32_t at;
    if (t->status != TT_OK || (t->count == t->capacity && grow(t) != 0)) {
        t->status = TT_ENOMEM;
        return NULL;
    }
    at = tti_table_find_or_add(&t->places, tti_table_hash_u32(doc), (uint32_t)t->count, NULL, NULL,
                               NULL);
    if (at == t->count)
        t->counters[t->count++] = (tti_seed_counter){.doc = doc};
    return &t->counters[at];
}

void tti_seed_counts_extend_run(tti_seed_counts *t, uint32_t doc, uint32_t here, uint32_t there)
{
    tti_seed_counter *c = find_counter(t, doc);
    int64_t skew;
    if (c == NULL)
        return;
    skew = ((int64_t)here - c->last_here) - ((int64_t)there - c->last_there);
    if (c->run > 0 && here - c->last_here <= RUN_GAP && skew <= RUN_SKEW && skew >= -RUN_SKEW)
        c->run++;
    else
        c->run = 1;
    if (c->run > c->best_run)
        c->best_run = c->run;
    c->last_here = here;
    c->last_there = there;
}

void tti_seed_counts_add_shared(tti_seed_counts *t, uint32_t doc, uint32_t here)
{
    tti_seed_counter *c = find_counter(t, doc);
    uint32_t begin;
    if (c == NULL)
        return;
    begin = here > REACH / 2 ? here - REACH / 2 : 0;
    begin = begin > c->last_end ? begin : c->last_end;
    c->last_end = here + REACH / 2;
    c->covered += c->last_end - begin;
    c->shared++;
}

/* ---- Choosing -------------------------------------------------------------------------------- */

/* The document at hand. */
typedef struct own {
    uint32_t doc, seeds;
} own;

static int is_pair(const tti_seed_rules *rules, const tti_seed_counter *c, own b)
{
    uint32_t fewer, need;
    if (c->doc == b.doc)
        return 0;
    fewer = rules->counts[c->doc] < b.seeds ? rules->counts[c->doc] : b.seeds;
    need = fewer <= TTI_SEED_SPARSE_DOC ? 1 : 2;
    if (c->shared < need || c->shared < rules->share * fewer)
        return 0;
    return fewer <= TTI_SEED_SHORT_DOC || c->covered >= rules->cover * DENSITY * fewer;
}

static int compare_by_shared(const void *x, const void *y)
{
    const tti_seed_counter *p = x, *q = y;
    if (p->shared != q->shared)
        return p->shared > q->shared ? -1 : 1;
    return (p->doc > q->doc) - (p->doc < q->doc);
}

static void append_candidate(tti_seed_counts *t, uint32_t a, uint32_t b, unsigned want)
{
    if (t->status == TT_OK)
        t->status = tti_candidates_add(&t->found, tti_candidate_pack(a, b, want), NULL);
}

/* More pairs than will be reported: those that share most, moved to the front. */
static void keep_best_pairs(tti_seed_counts *t, const tti_seed_rules *rules, own b)
{
    size_t n = 0;
    for (size_t k = 0; k < t->count; k++)
        if (is_pair(rules, &t->counters[k], b))
            t->counters[n++] = t->counters[k];
    tti_qsort(t->counters, n, sizeof *t->counters, compare_by_shared);
    for (size_t k = 0; k < rules->most; k++)
        append_candidate(t, t->counters[k].doc, b.doc, TTI_WANT_PAIR);
    if (t->status == TT_OK)
        t->status = tti_candidates_add_skipped(&t->found, b.doc, n - rules->most, NULL);
}

void tti_seed_counts_select(tti_seed_counts *t, const tti_seed_rules *rules, uint32_t b,
                            uint32_t seeds)
{
    const own it = {b, seeds};
    size_t pairs = 0;
    for (size_t k = 0; k < t->count; k++) {
        if (k + AHEAD < t->count) /* a table that no near cache holds */
            __builtin_prefetch(&rules->counts[t->counters[k + AHEAD].doc]);
        if (t->counters[k].best_run >= rules->run_need)
            append_candidate(t, t->counters[k].doc, b, TTI_WANT_SECTIONS);
        pairs += (size_t)is_pair(rules, &t->counters[k], it);
    }
    if (pairs > rules->most)
        keep_best_pairs(t, rules, it);
    for (size_t k = 0; k < t->count && pairs > 0 && pairs <= rules->most; k++)
        if (is_pair(rules, &t->counters[k], it))
            append_candidate(t, t->counters[k].doc, b, TTI_WANT_PAIR);
    tti_table_clear(&t->places);
    t->count = 0;
}
