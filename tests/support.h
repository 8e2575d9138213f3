/* Shared by several tests: random numbers, an allocator that counts and fails, copied results. */
#ifndef TT_SUPPORT_H
#define TT_SUPPORT_H

#include "test.h"

#include "twicetold.h"

#include <stdatomic.h>
#include <stdio.h>
#include <time.h>

/* ---- Random numbers (SplitMix64) ---------------------------------------------------------- */

typedef struct rng {
    uint64_t state;
} rng;

static inline uint64_t rng_next(rng *r)
{
    uint64_t z = r->state += 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

/** A random number below n. */
static inline uint32_t rng_below(rng *r, uint32_t n)
{
    return (uint32_t)((rng_next(r) >> 32) * n >> 32);
}

/** The seed of a randomised test: TT_TEST_SEED, or one of the time, which is printed. */
static inline uint64_t test_seed(const char *name)
{
    const char *given = getenv("TT_TEST_SEED");
    struct timespec now = {0, 0};
    uint64_t seed;
    (void)timespec_get(&now, TIME_UTC);
    seed = given != NULL ? strtoull(given, NULL, 10)
                         : (uint64_t)now.tv_sec * 1000003u + (uint64_t)now.tv_nsec;
    print_message("%s: TT_TEST_SEED=%llu\n", name, (unsigned long long)seed);
    return seed;
}

/* ---- An allocator that checks its arguments ------------------------------------------------ */

/** Counts memory in use. The allocation with the number fail_at fails (from 1; 0: none). Threads:
 * any. */
typedef struct counting {
    tt_allocator allocator;
    atomic_size_t held, blocks, calls;
    atomic_size_t taken; /**< bytes, including released ones */
    atomic_int wrong;    /**< releases with another size than the allocation */
    size_t fail_at;
} counting;

enum { COUNTING_HEAD = 32 };

static inline int counting_fails(counting *c)
{
    return atomic_fetch_add(&c->calls, 1) + 1 == c->fail_at;
}

static inline void *counting_new(counting *c, size_t size)
{
    char *p = malloc(size + COUNTING_HEAD);
    if (p == NULL)
        return NULL;
    memcpy(p, &size, sizeof size);
    if (size == 0)
        atomic_store(&c->wrong, 1);
    atomic_fetch_add(&c->held, size);
    atomic_fetch_add(&c->taken, size);
    atomic_fetch_add(&c->blocks, 1);
    return p + COUNTING_HEAD;
}

static inline void counting_drop(counting *c, void *old, size_t size)
{
    char *p = (char *)old - COUNTING_HEAD;
    size_t was;
    memcpy(&was, p, sizeof was);
    if (was != size)
        atomic_store(&c->wrong, 1);
    atomic_fetch_sub(&c->held, was);
    atomic_fetch_sub(&c->blocks, 1);
    free(p);
}

static inline void *counting_alloc(void *ctx, size_t size)
{
    return counting_fails(ctx) ? NULL : counting_new(ctx, size);
}

static inline void *counting_resize(void *ctx, void *old, size_t old_size, size_t new_size)
{
    void *p;
    if (counting_fails(ctx))
        return NULL;
    p = counting_new(ctx, new_size);
    if (p == NULL || old == NULL)
        return p;
    memcpy(p, old, old_size < new_size ? old_size : new_size);
    counting_drop(ctx, old, old_size);
    return p;
}

static inline void counting_release(void *ctx, void *old, size_t size)
{
    if (old == NULL)
        atomic_store(&((counting *)ctx)->wrong, 1);
    else
        counting_drop(ctx, old, size);
}

static inline void counting_start(counting *c, size_t fail_at)
{
    memset(c, 0, sizeof *c);
    c->allocator = (tt_allocator){counting_alloc, counting_resize, counting_release, c};
    c->fail_at = fail_at;
}

/** Asserts that everything was released, with the sizes of the allocations. */
static inline int counting_is_clean(counting *c)
{
    return atomic_load(&c->held) == 0 && atomic_load(&c->blocks) == 0 &&
           atomic_load(&c->wrong) == 0;
}

/* ---- Articles ------------------------------------------------------------------------------ */

/** Makes an article of NUL-terminated strings. */
static inline tt_article article_of(const char *id, const char *text)
{
    return (tt_article){.id = id,
                        .id_size = strlen(id),
                        .text = text,
                        .text_size = strlen(text),
                        .published = TT_NO_TIME};
}

/* ---- Copied results ------------------------------------------------------------------------ */

typedef struct results {
    tt_pair *pairs;
    size_t pair_count;
    tt_cluster *clusters; /**< with copies of their members */
    size_t cluster_count;
    tt_section *sections; /**< with copies of their occurrences */
    size_t section_count;
    tt_pair *dropped;
    size_t dropped_count;
} results;

static inline void *copy_more(void *old, size_t count, const void *more, size_t more_count,
                              size_t size)
{
    char *p = realloc(old, (count + more_count) * size + 1);
    if (p == NULL)
        abort();
    if (more_count > 0)
        memcpy(p + count * size, more, more_count * size);
    return p;
}

/** Copies all results; `out` starts zeroed. @return the first bad status */
static inline tt_status results_collect(results *out, const tt_result *result)
{
    const tt_pair *pairs = tt_result_pairs(result, &out->pair_count), *dropped = NULL;
    const tt_cluster *clusters = tt_result_clusters(result, &out->cluster_count);
    const tt_section *sections = tt_result_sections(result, &out->section_count);
    tt_status status = TT_OK;
    if ((tt_result_options(result)->find & TT_FIND_CLUSTERS) != 0)
        status = tt_result_dropped(result, &dropped, &out->dropped_count, NULL);
    out->pairs = copy_more(NULL, 0, pairs, out->pair_count, sizeof *pairs);
    out->dropped = copy_more(NULL, 0, dropped, out->dropped_count, sizeof *dropped);
    out->clusters = copy_more(NULL, 0, clusters, out->cluster_count, sizeof *clusters);
    for (size_t k = 0; k < out->cluster_count; k++)
        out->clusters[k].members =
            copy_more(NULL, 0, clusters[k].members, clusters[k].count, sizeof *clusters[k].members);
    out->sections = copy_more(NULL, 0, sections, out->section_count, sizeof *sections);
    for (size_t k = 0; k < out->section_count; k++)
        out->sections[k].occurrences = copy_more(
            NULL, 0, sections[k].occurrences, sections[k].count, sizeof *sections[k].occurrences);
    return status == TT_EINVAL ? TT_OK : status; /* without overlaps nothing is dropped */
}

static inline void results_free(results *r)
{
    for (size_t k = 0; k < r->cluster_count; k++)
        free((void *)r->clusters[k].members);
    for (size_t k = 0; k < r->section_count; k++)
        free((void *)r->sections[k].occurrences);
    free(r->pairs);
    free(r->clusters);
    free(r->sections);
    free(r->dropped);
    memset(r, 0, sizeof *r);
}

/** Whether two results have the same bytes (NAN equals NAN). */
static inline int results_equal(const results *x, const results *y)
{
    if (x->pair_count != y->pair_count || x->cluster_count != y->cluster_count ||
        x->section_count != y->section_count || x->dropped_count != y->dropped_count ||
        (x->pair_count > 0 && memcmp(x->pairs, y->pairs, x->pair_count * sizeof *x->pairs) != 0) ||
        (x->dropped_count > 0 &&
         memcmp(x->dropped, y->dropped, x->dropped_count * sizeof *x->dropped) != 0))
        return 0;
    for (size_t k = 0; k < x->cluster_count; k++) {
        const tt_cluster *p = &x->clusters[k], *q = &y->clusters[k];
        if (p->number != q->number || p->keep != q->keep || p->count != q->count ||
            memcmp(p->members, q->members, p->count * sizeof *p->members) != 0)
            return 0;
    }
    for (size_t k = 0; k < x->section_count; k++) {
        const tt_section *p = &x->sections[k], *q = &y->sections[k];
        if (p->number != q->number || p->tokens != q->tokens || p->count != q->count ||
            memcmp(p->occurrences, q->occurrences, p->count * sizeof *p->occurrences) != 0)
            return 0;
    }
    return 1;
}

#endif
