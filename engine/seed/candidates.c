/*
 * From seeds to candidates: a seed that stands in several places links them.
 *
 * Where a seed stands in few documents, each document counts what it shares with every earlier one;
 * enough shared seeds make the two a candidate pair. Where it stands in many, only the first few
 * are linked to: nothing grows with a square. Apart from that, the first place of every seed is
 * remembered in runs: seeds that follow one another in both documents point to a passage whose
 * earliest holder that is, and make a candidate for sections.
 *
 * All of it goes part by part, so that little is held at once. Of the seeds only those stay that
 * stand twice (seed/shared). Then come the documents, in buckets of a few that follow one another:
 * a pass over the shared seeds writes the links of a range of buckets, each bucket's together; a
 * bucket is read once, in a core's cache, and thrown away. Every pass is in order of memory, whose
 * pages may be let go behind it (common/spill).
 */
#include "seed/seeds.h"

#include "seed/counts.h"
#include "seed/partitions.h"
#include "util/alloc.h"
#include "util/bits.h"
#include "util/error.h"
#include "util/threads.h"

#include <string.h>

enum {
    RANGE_BYTES = 768 << 20, /* of links that are held at once where memory has no limit, or */
    MOST_RANGES = 4,         /* a quarter: each range goes through all shared seeds */
    RANGE_SHARE = 4,         /* of the limit, where there is one, or */
    LIMITED_RANGES = 8,      /* an eighth: of a range in a file only the page of each bucket that is
                                written to need be in memory */
    BUCKET_WORDS = 1 << 15,  /* of links in a bucket, about: 128 KiB */
    PLACE_WORDS = 6,         /* of a link, about */
    SLICES = 64              /* about */
};

/* A link is words: the document, where the seed stands in it, where it stands first, how many
 * earlier documents hold it, and which. */
enum { DOC, HERE, THERE, EARLIER, LINK_WORDS };

/* The links of buckets [begin, end), and room for them. */
typedef struct range {
    size_t begin, end;
    int bucket_bits; /* a bucket is that many documents: 2^bucket_bits */
    size_t bucket_count;
    size_t slice_count;
    uint32_t *words;
    size_t word_capacity;
    size_t *cursors; /* of each slice's buckets: words of their links, or where the next goes */
} range;

/* ---- Slices --------------------------------------------------------------------------------- */

/* Part of the shared seeds: the task of a pass. */
typedef struct slice {
    const tti_posting *places;
    size_t count;
} slice;

static size_t seed_end(const slice *s, size_t begin)
{
    size_t k = begin + 1;
    while (k < s->count && !(s->places[k].doc & TTI_FIRST_POSTING))
        k++;
    return k;
}

/* The first seed at or after place k. */
static size_t seed_from(const tti_posting_list *part, size_t k)
{
    while (k < part->count && !(part->places[k].doc & TTI_FIRST_POSTING))
        k++;
    return k;
}

/* Slice number `number`, of r->slice_count. */
static slice slice_of(const tti_shared_seeds *s, const range *r, size_t number)
{
    const size_t each = r->slice_count / s->part_count, k = number % each;
    const tti_posting_list *part = &s->parts[number / each];
    const size_t begin = seed_from(part, part->count / each * k);
    const size_t end = k + 1 == each ? part->count : seed_from(part, part->count / each * (k + 1));
    return (slice){part->places + begin, end - begin};
}

/* ---- Links ---------------------------------------------------------------------------------- */

/* The documents that a seed links to, each once: *count of them. */
static void list_linked_docs(const tti_posting *places, size_t count, uint32_t *docs,
                             uint32_t *linked)
{
    const size_t n = count <= TTI_SEED_MAX_POSTINGS ? count : TTI_SEED_FIRST_POSTINGS;
    *linked = 0;
    for (size_t k = 0; k < n; k++) {
        const uint32_t doc = places[k].doc & ~TTI_FIRST_POSTING;
        if (*linked == 0 || docs[*linked - 1] != doc)
            docs[(*linked)++] = doc;
    }
}

/* Counts (words NULL) or writes the links of one seed's places in the range. */
static void link_seed(const range *r, size_t *cursors, const tti_posting *places, size_t count)
{
    uint32_t docs[TTI_SEED_MAX_POSTINGS], linked, earlier = 0;
    if ((places[count - 1].doc & ~TTI_FIRST_POSTING) >> r->bucket_bits < r->begin)
        return;
    list_linked_docs(places, count, docs, &linked);
    for (size_t k = 1; k < count; k++) { /* the first place has nothing before it */
        const uint32_t doc = places[k].doc;
        const size_t bucket = doc >> r->bucket_bits;
        uint32_t *link;
        while (earlier < linked && docs[earlier] < doc)
            earlier++;
        if (bucket < r->begin)
            continue;
        if (bucket >= r->end)
            return;
        if (r->words != NULL) {
            link = r->words + cursors[bucket];
            link[DOC] = doc;
            link[HERE] = places[k].pos;
            link[THERE] = places[0].pos;
            link[EARLIER] = earlier;
            memcpy(link + LINK_WORDS, docs, earlier * sizeof *docs);
        }
        cursors[bucket] += LINK_WORDS + earlier;
    }
}

static void link_range(const tti_shared_seeds *s, const range *r, int threads)
{
#pragma omp parallel for num_threads(threads) if (threads > 1) schedule(dynamic, 1)
    for (int64_t n = 0; n < (int64_t)r->slice_count; n++) {
        const slice x = slice_of(s, r, (size_t)n);
        for (size_t i = 0, k; i < x.count; i = k) {
            k = seed_end(&x, i);
            link_seed(r, r->cursors + (size_t)n * r->bucket_count, x.places + i, k - i);
        }
    }
}

/* ---- Counting ------------------------------------------------------------------------------- */

/* One thread's tally, and its working memory for the bucket and the document at hand. */
typedef struct worker {
    tti_seed_counts tally;
    size_t *starts;  /* of each document of the bucket: its first in `links` */
    size_t *links;   /* places of links among the bucket's words, document by document */
    size_t *order;   /* those of one document in order of their seeds' places in it */
    uint64_t *bits;  /* places in the document where a seed stands */
    uint32_t *ranks; /* bits set before each word of them */
    size_t start_capacity, link_capacity, order_capacity, bit_capacity, rank_capacity;
} worker;

static void free_link_worker(worker *w, const tt_allocator *a)
{
    tti_release(a, w->starts, w->start_capacity, sizeof *w->starts);
    tti_release(a, w->links, w->link_capacity, sizeof *w->links);
    tti_release(a, w->order, w->order_capacity, sizeof *w->order);
    tti_release(a, w->bits, w->bit_capacity, sizeof *w->bits);
    tti_release(a, w->ranks, w->rank_capacity, sizeof *w->ranks);
    tti_seed_counts_free(&w->tally);
}

/* Lists the links of a bucket's documents, one document after the other. */
static int list_links(worker *w, const range *r, const uint32_t *words, size_t size)
{
    const tt_allocator *a = w->tally.found.allocator;
    const size_t docs = (size_t)1 << r->bucket_bits;
    if (tti_reserve(a, &w->starts, &w->start_capacity, docs + 2, sizeof *w->starts) != 0 ||
        tti_reserve(a, &w->links, &w->link_capacity, size / LINK_WORDS, sizeof *w->links) != 0)
        return -1;
    memset(w->starts, 0, (docs + 2) * sizeof *w->starts);
    for (size_t at = 0; at < size; at += LINK_WORDS + words[at + EARLIER])
        w->starts[(words[at + DOC] & (docs - 1)) + 2]++;
    for (size_t d = 2; d < docs + 2; d++)
        w->starts[d] += w->starts[d - 1];
    for (size_t at = 0; at < size; at += LINK_WORDS + words[at + EARLIER])
        w->links[w->starts[(words[at + DOC] & (docs - 1)) + 1]++] = at;
    return 0;
}

/* Puts a document's links into w->order. A seed's place in it has one link at most, so that a
 * link's rank is the number of places before its own that have one. */
static int order_links(worker *w, const uint32_t *words, const size_t *links, size_t count)
{
    const tt_allocator *a = w->tally.found.allocator;
    uint32_t last = 0, rank = 0;
    for (size_t k = 0; k < count; k++)
        last = words[links[k] + HERE] > last ? words[links[k] + HERE] : last;
    if (tti_reserve(a, &w->order, &w->order_capacity, count, sizeof *w->order) != 0 ||
        tti_reserve(a, &w->bits, &w->bit_capacity, last / 64 + 1, sizeof *w->bits) != 0 ||
        tti_reserve(a, &w->ranks, &w->rank_capacity, last / 64 + 1, sizeof *w->ranks) != 0)
        return -1;
    memset(w->bits, 0, (last / 64 + 1) * sizeof *w->bits);
    for (size_t k = 0; k < count; k++) {
        const uint32_t here = words[links[k] + HERE];
        w->bits[here / 64] |= UINT64_C(1) << here % 64;
    }
    for (uint32_t k = 0; k <= last / 64; k++) {
        w->ranks[k] = rank;
        rank += tti_popcount64(w->bits[k]);
    }
    for (size_t k = 0; k < count; k++) {
        const uint32_t here = words[links[k] + HERE];
        const uint64_t before = w->bits[here / 64] & ((UINT64_C(1) << here % 64) - 1);
        w->order[w->ranks[here / 64] + tti_popcount64(before)] = links[k];
    }
    return 0;
}

static void count_link(tti_seed_counts *t, uint32_t b, const uint32_t *link)
{
    const uint32_t *docs = link + LINK_WORDS;
    /* The first place is in the first document, or in this one. */
    tti_seed_counts_extend_run(t, link[EARLIER] > 0 ? docs[0] : b, link[HERE], link[THERE]);
    for (uint32_t k = 0; k < link[EARLIER]; k++)
        tti_seed_counts_add_shared(t, docs[k], link[HERE]);
}

/* Counts the links of document b. */
static void count_doc_links(worker *w, const tti_seed_rules *rules, uint32_t b,
                            const uint32_t *words, const size_t *links, size_t count)
{
    if (order_links(w, words, links, count) != 0) {
        w->tally.status = TT_ENOMEM;
        return;
    }
    for (size_t k = 0; k < count; k++)
        count_link(&w->tally, b, words + w->order[k]);
    tti_seed_counts_select(&w->tally, rules, b, rules->counts[b]);
}

/* The links of a bucket: `size` words. */
static void count_bucket(worker *w, const range *r, const tti_seed_rules *rules, size_t bucket,
                         const uint32_t *words, size_t size)
{
    const size_t docs = (size_t)1 << r->bucket_bits;
    if (size == 0 || w->tally.status != TT_OK)
        return;
    if (list_links(w, r, words, size) != 0) {
        w->tally.status = TT_ENOMEM;
        return;
    }
    for (size_t d = 0; d < docs; d++)
        if (w->starts[d + 1] > w->starts[d])
            count_doc_links(w, rules, (uint32_t)(bucket * docs + d), words, w->links + w->starts[d],
                            w->starts[d + 1] - w->starts[d]);
}

/* The range's links are written: the last slice's cursor is where those of a bucket end. */
static void count_range(const range *r, const tti_seed_rules *rules, worker *workers, int threads)
{
    const size_t *ends = r->cursors + (r->slice_count - 1) * r->bucket_count;
#pragma omp parallel for num_threads(threads) if (threads > 1) schedule(dynamic, 1)
    for (int64_t k = (int64_t)r->begin; k < (int64_t)r->end; k++) {
        const size_t begin = (size_t)k > r->begin ? ends[k - 1] : 0;
        count_bucket(&workers[tti_thread_index()], r, rules, (size_t)k, r->words + begin,
                     ends[k] - begin);
    }
}

/* ---- Driver --------------------------------------------------------------------------------- */

/* Turns a bucket's counts, of all slices, into places from `at` on. @return the next place */
static size_t assign_bucket_offsets(const range *r, size_t bucket, size_t at)
{
    for (size_t n = 0; n < r->slice_count; n++) {
        size_t *cursor = &r->cursors[n * r->bucket_count + bucket];
        const size_t words = *cursor;
        *cursor = at;
        at += words;
    }
    return at;
}

static size_t bucket_words(const range *r, size_t bucket)
{
    size_t sum = 0;
    for (size_t n = 0; n < r->slice_count; n++)
        sum += r->cursors[n * r->bucket_count + bucket];
    return sum;
}

/* Takes buckets from `begin` on, as many as `most` words of links allow, at least one, and turns
 * their counts into places. @return the words */
static size_t choose_next_range(range *r, size_t begin, size_t most)
{
    size_t sum = 0;
    r->begin = r->end = begin;
    while (r->end < r->bucket_count && (r->end == begin || sum + bucket_words(r, r->end) <= most))
        sum = assign_bucket_offsets(r, r->end++, sum);
    return sum;
}

/* Nothing that is in the words is kept. */
static int reallocate_link_words(range *r, size_t room, const tt_allocator *a)
{
    tti_release(a, r->words, r->word_capacity, sizeof *r->words);
    r->words = tti_alloc(a, room, sizeof *r->words);
    r->word_capacity = r->words == NULL ? 0 : room;
    return r->words == NULL ? -1 : 0;
}

/* Words of links that are held at once. */
static size_t choose_range_words(const range *r, const tt_options *options)
{
    const int limited = options->memory_limit > 0;
    const uint64_t bytes = limited ? options->memory_limit / RANGE_SHARE : RANGE_BYTES;
    const size_t most = (size_t)(bytes / sizeof *r->words);
    size_t share = 0;
    for (size_t k = 0; k < r->slice_count * r->bucket_count; k++)
        share += r->cursors[k];
    share /= limited ? LIMITED_RANGES : MOST_RANGES;
    return share > most ? share : most;
}

static tt_status link_ranges(const tti_shared_seeds *s, range *r, const tti_seed_rules *rules,
                             const tt_options *options, worker *workers, int threads,
                             tt_error *error)
{
    size_t most;
    r->begin = 0, r->end = r->bucket_count;
    link_range(s, r, threads); /* only counts */
    most = choose_range_words(r, options);
    for (size_t begin = 0; begin < r->bucket_count; begin = r->end) {
        const size_t room = choose_next_range(r, begin, most);
        if (room == 0)
            continue;
        if (room > r->word_capacity && reallocate_link_words(r, room, s->allocator) != 0)
            return tti_fail_memory(error, "shared seeds");
        link_range(s, r, threads);
        count_range(r, rules, workers, threads);
    }
    return TT_OK;
}

/* Joins what the threads have found, and frees them. */
static tt_status merge_worker_candidates(worker *workers, int threads, tti_candidates *out,
                                         tt_status status, tt_error *error)
{
    for (int t = 0; t < threads; t++) {
        worker *w = &workers[t];
        if (status == TT_OK && w->tally.status != TT_OK)
            status = tti_fail_memory(error, "links");
        if (status == TT_OK)
            status = tti_candidates_append(out, &w->tally.found, error);
        free_link_worker(w, out->allocator);
    }
    return status;
}

/* Buckets of as many documents as have some BUCKET_WORDS of links. */
static void choose_buckets(range *r, const tti_shared_seeds *s)
{
    const size_t wish = s->count * PLACE_WORDS / BUCKET_WORDS + 1;
    while (s->doc_count >> (r->bucket_bits + 1) >= wish)
        r->bucket_bits++;
    r->bucket_count = ((s->doc_count - 1) >> r->bucket_bits) + 1;
    r->slice_count = s->part_count * (s->part_count < SLICES ? SLICES / s->part_count : 1);
}

static tt_status link_docs(const tti_shared_seeds *s, const tt_options *options,
                           tti_candidates *out, tt_error *error)
{
    const tt_allocator *a = s->allocator;
    const int threads = tti_thread_count(options->threads, s->doc_count);
    worker *workers = tti_alloc_zero(a, (size_t)threads, sizeof *workers);
    range r = {0};
    tti_seed_rules rules;
    tt_status status = TT_OK;
    choose_buckets(&r, s);
    r.cursors = tti_alloc_zero(a, r.bucket_count, r.slice_count * sizeof *r.cursors);
    tti_seed_rules_make(&rules, options, s->counts);
    for (int t = 0; workers != NULL && t < threads; t++)
        tti_seed_counts_init(&workers[t].tally, a);
    if (workers == NULL || r.cursors == NULL)
        status = tti_fail_memory(error, "links");
    if (status == TT_OK)
        status = link_ranges(s, &r, &rules, options, workers, threads, error);
    if (workers != NULL)
        status = merge_worker_candidates(workers, threads, out, status, error);
    tti_release(a, r.words, r.word_capacity, sizeof *r.words);
    tti_release(a, r.cursors, r.bucket_count, r.slice_count * sizeof *r.cursors);
    tti_release(a, workers, (size_t)threads, sizeof *workers);
    return status;
}

tt_status tti_seed_candidates_add(const tti_corpus *corpus, const tt_options *options,
                                  tti_candidates *candidates, tt_error *error)
{
    tti_shared_seeds s = {0};
    tt_status status = tti_shared_seeds_find(&s, corpus, options, error);
    if (status == TT_OK && s.count > 0)
        status = link_docs(&s, options, candidates, error);
    tti_shared_seeds_free(&s);
    return status;
}
