/*
 * From seeds to candidates: a seed that stands in several places links them.
 *
 * Where a seed stands in few documents, each document counts what it shares with every earlier one;
 * enough shared seeds make the two a candidate pair. Where it stands in many, only the first few
 * are linked to: nothing grows with a square. Apart from that, the first place of every seed is
 * remembered in runs: seeds that follow one another in both documents point to a passage whose
 * earliest holder that is, and make a candidate for sections.
 *
 * All of it goes part by part, so that little is held at once. The seeds are made in groups of
 * partitions, and of each group only those stay that stand twice. Then come the documents, a range
 * at a time: one pass over the shared seeds writes what each document of the range has in common
 * with earlier ones; it is read once, document by document, and thrown away. Every pass is in order
 * of memory, whose pages may be let go behind it (common/spill).
 */
#include "seed/seeds.h"

#include "common/alloc.h"
#include "common/fail.h"
#include "common/par.h"
#include "common/radix.h"
#include "seed/tally.h"

#include <string.h>

enum {
    GROUP_BYTES = 768 << 20, /* of seeds that are made at once where memory has no limit */
    RANGE_BYTES = 256 << 20, /* of links likewise */
    RANGE_SHARE = 4,         /* of the limit, where there is one */
    SLICES = 64              /* of the shared seeds: tasks of a pass */
};

/* One place of a seed that stands twice or more. The places of a seed lie together, in order. */
typedef struct place {
    uint32_t doc; /* FIRST is set in the first of a seed's places */
    uint32_t pos;
} place;

#define FIRST (UINT32_C(1) << TTI_DOC_BITS)

typedef struct shared {
    const tt_allocator *allocator;
    place *places;
    size_t count, capacity;
    uint32_t *counts; /* seeds of each document */
    size_t doc_count;
} shared;

/* A link is words: where the seed stands in the document, where it stands first, how many earlier
 * documents hold it, and which. */
enum { HERE, THERE, EARLIER, LINK_WORDS };

/* The links of documents [begin, end), and room for them. */
typedef struct range {
    uint32_t begin, end;
    uint32_t *words;
    size_t room;
    size_t *cursors; /* of every document of the corpus: where its next link goes */
} range;

/* ---- Shared seeds --------------------------------------------------------------------------- */

static size_t run_end(const tti_seeds *s, size_t begin, size_t end)
{
    size_t k = begin + 1;
    while (k < end && s->seeds[k].key == s->seeds[begin].key)
        k++;
    return k;
}

/* Counts (out NULL) or copies the seeds that stand twice. */
static size_t copy_shared(const tti_seeds *s, place *out)
{
    size_t n = 0;
    for (size_t p = 0; p < s->partition_count; p++)
        for (size_t i = s->starts[p], k; i < s->starts[p + 1]; i = k) {
            k = run_end(s, i, s->starts[p + 1]);
            if (k - i < 2)
                continue;
            for (size_t r = i; r < k && out != NULL; r++)
                out[n + r - i] = (place){s->seeds[r].doc | (r == i ? FIRST : 0), s->seeds[r].pos};
            n += k - i;
        }
    return n;
}

static tt_status add_group(shared *s, tti_seeds *seeds, tt_error *error)
{
    const size_t more = copy_shared(seeds, NULL);
    if (tti_resize(s->allocator, &s->places, &s->capacity, s->count + more, sizeof *s->places) != 0)
        return tti_fail_memory(error, "shared seeds");
    s->count += copy_shared(seeds, s->places + s->count);
    if (s->counts == NULL) { /* the same for every group */
        s->counts = seeds->counts;
        seeds->counts = NULL;
    }
    return TT_OK;
}

/* Under a limit one group does, for it is not in memory. */
static uint32_t choose_groups(const tti_corpus *corpus, const tt_options *options)
{
    uint64_t tokens = 0;
    if (options->memory_limit > 0)
        return 1;
    for (size_t d = 0; d < corpus->doc_count; d++)
        tokens += corpus->docs[d].token_count;
    return (uint32_t)(tokens / 3 * sizeof(tti_seed) / GROUP_BYTES) + 1;
}

static tt_status find_shared(shared *s, const tti_corpus *corpus, const tt_options *options,
                             tt_error *error)
{
    const uint32_t groups = choose_groups(corpus, options);
    tt_status status = TT_OK;
    for (uint32_t g = 0; g < groups && status == TT_OK; g++) {
        tti_seeds seeds = {.group = g, .group_count = groups};
        status = tti_seeds_make(&seeds, corpus, options, error);
        if (status == TT_OK)
            status = add_group(s, &seeds, error);
        tti_seeds_free(&seeds);
    }
    return status;
}

/* ---- Links ---------------------------------------------------------------------------------- */

static size_t seed_end(const shared *s, size_t begin)
{
    size_t k = begin + 1;
    while (k < s->count && !(s->places[k].doc & FIRST))
        k++;
    return k;
}

/* The first seed of a slice. */
static size_t slice_begin(const shared *s, size_t slice)
{
    size_t k = s->count / SLICES * slice;
    if (slice == SLICES)
        return s->count;
    while (k < s->count && !(s->places[k].doc & FIRST))
        k++;
    return k;
}

/* The documents that a seed links to, each once: *count of them. */
static void list_linked(const place *places, size_t count, uint32_t *docs, uint32_t *linked)
{
    const size_t n = count <= TTI_SEED_PLACES ? count : TTI_SEED_FEW;
    *linked = 0;
    for (size_t k = 0; k < n; k++) {
        const uint32_t doc = places[k].doc & ~FIRST;
        if (*linked == 0 || docs[*linked - 1] != doc)
            docs[(*linked)++] = doc;
    }
}

/* Counts (words NULL) or writes the links of one seed's places in the range. Several slices add to
 * one document at once, hence the atomics; the order is mended afterwards. */
static void link_seed(const range *r, const place *places, size_t count)
{
    uint32_t docs[TTI_SEED_PLACES], linked, earlier = 0;
    if ((places[count - 1].doc & ~FIRST) < r->begin || (places[0].doc & ~FIRST) >= r->end)
        return;
    list_linked(places, count, docs, &linked);
    for (size_t k = 1; k < count; k++) { /* the first place has nothing before it */
        const uint32_t doc = places[k].doc;
        size_t at, size;
        while (earlier < linked && docs[earlier] < doc)
            earlier++;
        if (doc < r->begin || doc >= r->end)
            continue;
        size = LINK_WORDS + earlier;
#pragma omp atomic capture
        {
            at = r->cursors[doc];
            r->cursors[doc] += size;
        }
        if (r->words == NULL)
            continue;
        r->words[at + HERE] = places[k].pos;
        r->words[at + THERE] = places[0].pos;
        r->words[at + EARLIER] = earlier;
        memcpy(r->words + at + LINK_WORDS, docs, earlier * sizeof *docs);
    }
}

static void link_range(const shared *s, const range *r, int threads)
{
#pragma omp parallel for num_threads(threads) if (threads > 1) schedule(dynamic, 1)
    for (int slice = 0; slice < SLICES; slice++) {
        const size_t end = slice_begin(s, (size_t)slice + 1);
        for (size_t i = slice_begin(s, (size_t)slice), k; i < end; i = k) {
            k = seed_end(s, i);
            link_seed(r, s->places + i, k - i);
        }
    }
}

/* ---- Counting ------------------------------------------------------------------------------- */

/* One thread's tally, and the links of the document at hand in order of place. */
typedef struct worker {
    tti_tally tally;
    uint64_t *order; /* place << 32 | link's place among the document's words */
    size_t capacity;
} worker;

static int by_value(const void *x, const void *y)
{
    const uint64_t p = *(const uint64_t *)x, q = *(const uint64_t *)y;
    return (p > q) - (p < q);
}

static void sort_links(uint64_t *order, size_t count)
{
    if (count > 64) {
        tti_sort(order, count, sizeof *order, by_value);
        return;
    }
    for (size_t i = 1; i < count; i++) {
        const uint64_t x = order[i];
        size_t j = i;
        for (; j > 0 && order[j - 1] > x; j--)
            order[j] = order[j - 1];
        order[j] = x;
    }
}

static void count_link(tti_tally *t, uint32_t b, const uint32_t *link)
{
    const uint32_t *docs = link + LINK_WORDS;
    /* The first place is in the first document, or in this one. */
    tti_tally_follow(t, link[EARLIER] > 0 ? docs[0] : b, link[HERE], link[THERE]);
    for (uint32_t k = 0; k < link[EARLIER]; k++)
        tti_tally_share(t, docs[k], link[HERE]);
}

/* Counts the links of document b: `size` words. */
static void count_doc(worker *w, const tti_tally_rules *rules, uint32_t b, const uint32_t *words,
                      size_t size)
{
    tti_tally *t = &w->tally;
    size_t n = 0;
    if (size == 0 || t->status != TT_OK)
        return;
    if (tti_reserve(t->found.allocator, &w->order, &w->capacity, size / LINK_WORDS,
                    sizeof *w->order) != 0) {
        t->status = TT_ENOMEM;
        return;
    }
    for (size_t at = 0; at < size; at += LINK_WORDS + words[at + EARLIER])
        w->order[n++] = (uint64_t)words[at + HERE] << 32 | at;
    sort_links(w->order, n);
    for (size_t k = 0; k < n && t->status == TT_OK; k++)
        count_link(t, b, words + (uint32_t)w->order[k]);
    tti_tally_choose(t, rules, b);
}

/* The range's links are written: cursors[d] is where those of document d end. */
static void count_range(const range *r, const tti_tally_rules *rules, worker *workers, int threads)
{
#pragma omp parallel for num_threads(threads) if (threads > 1) schedule(dynamic, 64)
    for (int64_t b = r->begin; b < (int64_t)r->end; b++) {
        const size_t begin = b > r->begin ? r->cursors[b - 1] : 0;
        count_doc(&workers[tti_thread()], rules, (uint32_t)b, r->words + begin,
                  r->cursors[b] - begin);
    }
}

/* ---- Driver --------------------------------------------------------------------------------- */

/* Takes documents from `begin` on, as many as `most` words of links allow, at least one, and turns
 * their counts into places. @return the words */
static size_t cut_range(range *r, uint32_t begin, size_t docs, size_t most)
{
    size_t sum = 0;
    r->begin = r->end = begin;
    while (r->end < docs && (r->end == begin || sum + r->cursors[r->end] <= most)) {
        const size_t n = r->cursors[r->end];
        r->cursors[r->end++] = sum;
        sum += n;
    }
    return sum;
}

static tt_status link_ranges(const shared *s, range *r, const tti_tally_rules *rules, size_t most,
                             worker *workers, int threads, tt_error *error)
{
    r->begin = 0, r->end = (uint32_t)s->doc_count;
    link_range(s, r, threads); /* only counts */
    for (uint32_t begin = 0; begin < s->doc_count; begin = r->end) {
        r->room = cut_range(r, begin, s->doc_count, most);
        if (r->room == 0)
            continue;
        r->words = tti_alloc(s->allocator, r->room, sizeof *r->words);
        if (r->words == NULL)
            return tti_fail_memory(error, "shared seeds");
        link_range(s, r, threads);
        count_range(r, rules, workers, threads);
        tti_release(s->allocator, r->words, r->room, sizeof *r->words);
        r->words = NULL;
    }
    return TT_OK;
}

/* Joins what the threads have found, and frees them. */
static tt_status take_found(worker *workers, int threads, tti_candidates *out, tt_status status,
                            tt_error *error)
{
    for (int t = 0; t < threads; t++) {
        worker *w = &workers[t];
        if (status == TT_OK && w->tally.status != TT_OK)
            status = tti_fail_memory(error, "links");
        if (status == TT_OK)
            status = tti_candidates_append(out, &w->tally.found, error);
        tti_release(out->allocator, w->order, w->capacity, sizeof *w->order);
        tti_tally_free(&w->tally);
    }
    return status;
}

static tt_status link_docs(const shared *s, const tt_options *options, tti_candidates *out,
                           tt_error *error)
{
    const tt_allocator *a = s->allocator;
    const int threads = tti_threads(options->threads, s->doc_count);
    const uint64_t bytes =
        options->memory_limit > 0 ? options->memory_limit / RANGE_SHARE : RANGE_BYTES;
    worker *workers = tti_alloc_zero(a, (size_t)threads, sizeof *workers);
    range r = {.cursors = tti_alloc_zero(a, s->doc_count, sizeof *r.cursors)};
    tti_tally_rules rules;
    tt_status status = TT_OK;
    tti_tally_rules_make(&rules, options, s->counts);
    for (int t = 0; workers != NULL && t < threads; t++)
        tti_tally_init(&workers[t].tally, a);
    if (workers == NULL || r.cursors == NULL)
        status = tti_fail_memory(error, "links");
    if (status == TT_OK)
        status =
            link_ranges(s, &r, &rules, (size_t)(bytes / sizeof *r.words), workers, threads, error);
    if (workers != NULL)
        status = take_found(workers, threads, out, status, error);
    tti_release(a, r.cursors, s->doc_count, sizeof *r.cursors);
    tti_release(a, workers, (size_t)threads, sizeof *workers);
    return status;
}

tt_status tti_seeds_candidates(const tti_corpus *corpus, const tt_options *options,
                               tti_candidates *candidates, tt_error *error)
{
    shared s = {.allocator = options->allocator, .doc_count = corpus->doc_count};
    tt_status status = find_shared(&s, corpus, options, error);
    if (status == TT_OK && s.count > 0)
        status = link_docs(&s, options, candidates, error);
    tti_release(s.allocator, s.places, s.capacity, sizeof *s.places);
    tti_release(s.allocator, s.counts, s.doc_count, sizeof *s.counts);
    return status;
}
