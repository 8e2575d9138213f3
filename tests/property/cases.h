/* Cases by their seeds: a failing case prints its seed, which the command line accepts. */
#ifndef TT_PROPERTY_CASES_H
#define TT_PROPERTY_CASES_H

#include "corpus.h"

#include <time.h>

static uint64_t current_seed;

#define CHECK(what, ...)                                                                           \
  do {                                                                                             \
    if (!(what)) {                                                                                 \
      fprintf(stderr, "seed %llu: ", (unsigned long long)current_seed);                            \
      fprintf(stderr, __VA_ARGS__);                                                                \
      fprintf(stderr, "\n  %s:%d: %s\n  replay: -s %llu -n 1\n", __FILE__, __LINE__, #what,        \
              (unsigned long long)current_seed);                                                   \
      exit(1);                                                                                     \
    }                                                                                              \
  } while (0)

/* ---- Scans ---------------------------------------------------------------------------------- */

typedef struct plan {
    uint32_t shingle_tokens, min_section;
    int32_t threads;
    size_t batch;
    uint64_t memory;       /* limit; 0: none */
    const uint32_t *order; /* order of the articles; NULL: that of the corpus */
    size_t count;          /* number of articles; 0: all */
    uint32_t find;         /* 0: everything */
} plan;

/** Makes the articles in the order of the plan. @return their number */
static inline size_t list_articles(const corpus *c, const plan *p, tt_article *all)
{
    const size_t count = p->count != 0 ? p->count : c->count;
    for (size_t k = 0; k < count; k++) {
        const text *t = &c->texts[p->order != NULL ? p->order[k] : k];
        all[k] = (tt_article){.id = t->id,
                              .id_size = strlen(t->id),
                              .text = t->bytes,
                              .text_size = t->size,
                              .published = TT_NO_TIME};
    }
    return count;
}

/** Owner: the caller, tt_result_file_close(). */
static inline tt_result *build(const corpus *c, const plan *p)
{
    tt_options o = TT_OPTIONS_INIT;
    tt_scan *b = NULL;
    tt_result *x = NULL;
    tt_article all[MOST_ARTICLES];
    const size_t count = list_articles(c, p, all);
    o.shingle_tokens = p->shingle_tokens;
    o.min_section = p->min_section;
    o.threads = p->threads;
    o.memory_limit = p->memory;
    o.find = p->find != 0 ? p->find
                          : TT_FIND_PAIRS | TT_FIND_CLUSTERS | TT_FIND_SECTIONS | TT_FIND_SERIES;
    CHECK(tt_scan_open(&b, &o, NULL) == TT_OK, "open");
    for (size_t k = 0; k < count; k += p->batch) {
        const size_t left = count - k;
        CHECK(tt_scan_add(b, all + k, left < p->batch ? left : p->batch, NULL, NULL) == TT_OK,
              "add");
    }
    CHECK(tt_scan_finish(b, &x, NULL) == TT_OK, "finish");
    tt_scan_close(b);
    return x;
}

static inline void scan(const corpus *c, const plan *p, results *out)
{
    tt_result *x = build(c, p);
    memset(out, 0, sizeof *out);
    CHECK(results_collect(out, x) == TT_OK, "results");
    tt_result_close(x);
}

/** The pair of two articles, in either order, or NULL. */
static inline const tt_pair *find_pair(const results *r, uint64_t a, uint64_t b)
{
    for (size_t k = 0; k < r->pair_count; k++)
        if (r->pairs[k].a == (a < b ? a : b) && r->pairs[k].b == (a < b ? b : a))
            return &r->pairs[k];
    return NULL;
}

/** Whether a, and b after it, are compared if they are the only articles, and without sections, for
 * which a passage is compared with its earliest occurrence. */
static inline int are_candidates(const corpus *c, uint32_t shingle_tokens, uint32_t a, uint32_t b)
{
    const uint32_t order[] = {a, b};
    const plan p = {shingle_tokens, 32, 1, 2, 0, order, 2, TT_FIND_PAIRS | TT_FIND_SERIES};
    results r;
    int found;
    scan(c, &p, &r);
    found = r.pair_count > 0;
    results_free(&r);
    return found;
}

/* ---- The command line ------------------------------------------------------------------------ */

/** [-s SEED|time] [-n CASES] [-v]: runs this number of cases, by default `usual`, from a seed. */
static inline void run_cases(int argc, char **argv, uint64_t usual, void (*run)(uint64_t seed))
{
    uint64_t seed = 1, cases = usual;
    int verbose = 0;
    for (int k = 1; k < argc; k++) {
        if (strcmp(argv[k], "-s") == 0 && k + 1 < argc)
            seed = strcmp(argv[k + 1], "time") == 0 ? (uint64_t)time(NULL) << 20
                                                    : strtoull(argv[k + 1], NULL, 10),
            k++;
        else if (strcmp(argv[k], "-n") == 0 && k + 1 < argc)
            cases = strtoull(argv[++k], NULL, 10);
        else
            verbose = 1;
    }
    printf("seed %llu, %llu cases\n", (unsigned long long)seed, (unsigned long long)cases);
    for (uint64_t k = 0; k < cases; k++) {
        if (verbose)
            printf("case %llu\n", (unsigned long long)(seed + k)), fflush(stdout);
        run(seed + k);
    }
}

#endif
