/*
 * A seed with few postings counts each document that has it for every later one, so that all pairs
 * are found; a seed with many leads to its first few documents only, so that nothing grows with the
 * square of the corpus.
 *
 * All of it goes part by part, so that little is held at once. A pass over the shared seeds
 * (seed/partitions.h) writes links, what one posting of a seed means for its document, for a range
 * of buckets. A bucket is a few documents in a row; its links lie together, are read once, in a
 * core's cache, and thrown away. Every pass is in order of memory, whose pages may be let go behind
 * it (util/spill.h).
 */
#include "seed/candidates.h"

#include "seed/minimizers.h"
#include "seed/partitions.h"
#include "util/alloc.h"
#include "util/bits.h"
#include "util/error.h"
#include "util/sort.h"
#include "util/threads.h"

#include <string.h>

enum {
    RUN_GAP = 64,  /* tokens between two seeds of a run */
    RUN_SKEW = 16, /* by how much that may differ between the two documents */
    REACH = 48,    /* tokens near a shared seed, in which others may have been damaged */
    DENSITY = 2,   /* tokens for each minimizer at least, unless a text repeats a word in place */
    PREFETCH = 8,  /* counters ahead whose documents are fetched */
    FIRST_COUNTERS = 512,
    EXPECTED_DOCS = 4096, /* documents that are told apart before they have counters */
    POPULAR_PART = 4      /* of a document's seeds; where more are popular, others may be missed */
};

#define LEAST_RESEMBLANCE 0.5 /* at which documents share most shingles */

enum {
    RANGE_BYTES = 768 << 20, /* bytes of links held at once where memory has no limit */
    MAX_RANGES = 4,          /* if more, a quarter of all: each range is a pass over all shared
                                seeds */
    LIMIT_SHARE = 4,         /* the part of the limit on memory for links, where there is one */
    MAX_LIMITED_RANGES = 8,  /* if more, an eighth of all: of a range in a file, only the page of
                                each bucket that is written to must be in memory */
    BUCKET_WORDS = 1 << 15,  /* links of a bucket in words, about: 128 KiB */
    LINK_WORDS_MEAN = 6,
    MIN_SLICES = 64 /* about */
};

/* ---- Rules ----------------------------------------------------------------------------------- */

/* The least share of seeds that is worth an alignment, by the loosest rule that is on. Damage hides
 * seeds: where half of a text is shared and a fifth of its words replaced, one seed in six is left.
 */
static double least_share_of(const tt_options *o)
{
    double rule = o->resemblance;
    if (rule < 0 || (o->containment >= 0 && o->containment < rule))
        rule = o->containment;
    if (o->overlap >= 0)
        return 0.16 * o->overlap;
    return rule < 0 ? 2 : 0.4 * rule; /* 2: no rule is on, and no pair is wanted */
}

/* The least share of a text that must be near shared seeds. Seeds close together, however many, are
 * a shared paragraph: what they leave out cannot align, and no rule admits the rest. */
static double least_cover_of(const tt_options *o)
{
    const double rules[] = {o->resemblance, o->containment, o->overlap};
    double least = 0;
    for (int k = 0; k < 3; k++)
        if (rules[k] >= 0 && (least == 0 || rules[k] < least))
            least = rules[k];
    return least;
}

void tti_seed_rules_make(tti_seed_rules *out, const tt_options *options, const uint32_t *counts)
{
    const uint32_t run = options->min_section / 12;
    out->counts = counts;
    out->least_share = least_share_of(options);
    out->least_cover = least_cover_of(options) * (tti_seeds_are_dense(options) ? 1 : DENSITY);
    out->least_run = run < 1 ? 1 : run > 3 ? 3 : run;
    out->least_shared =
        tti_seeds_are_dense(options) ? options->min_section - TTI_MINIMIZER_TOKENS + 1 : UINT32_MAX;
    out->pair_wants = TTI_WANT_PAIR | TTI_WANT_SECTIONS;
    if (!(options->find & TT_FIND_SECTIONS)) {
        out->least_run = UINT32_MAX;
        out->pair_wants = TTI_WANT_PAIR;
    }
    out->max_pairs = tti_max_candidates(options);
}

/* ---- Counters -------------------------------------------------------------------------------- */

void tti_seed_counts_init(tti_seed_counts *t, const tt_allocator *allocator)
{
    memset(t, 0, sizeof *t);
    tti_candidates_init(&t->found, allocator);
    t->by_doc.allocator = allocator;
}

void tti_seed_counts_free(tti_seed_counts *t)
{
    const tt_allocator *a = t->found.allocator;
    tti_table_free(&t->by_doc);
    tti_array_free(&t->counters, a);
    tti_candidates_free(&t->found);
    tti_seed_counts_init(t, a);
}

/* The counters come last: as many as there is room for have room in the table too. */
static tt_status grow_counters(tti_seed_counts *t)
{
    const size_t room = t->counters.capacity == 0 ? FIRST_COUNTERS : t->counters.capacity * 2;
    TTI_TRY(tti_table_reserve(&t->by_doc, room));
    return tti_array_reserve(&t->counters, t->found.allocator, room - t->counters.count);
}

/* The counter of a document, made if it has none; NULL without memory. */
static inline tti_seed_counter *find_counter(tti_seed_counts *t, uint32_t doc)
{
    const size_t count = t->counters.count;
    uint32_t number;
    if (t->status != TT_OK || (count == t->counters.capacity && grow_counters(t) != TT_OK)) {
        t->status = TT_ENOMEM;
        return NULL;
    }
    number = tti_table_find_or_add(&t->by_doc, tti_table_hash_u32(doc), (uint32_t)count, NULL, NULL,
                                   NULL);
    if (number == count)
        t->counters.items[t->counters.count++] = (tti_seed_counter){.doc = doc};
    return &t->counters.items[number];
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

/* ---- Selection ------------------------------------------------------------------------------- */

/* True if the shared seeds make document b, which has `seeds`, and that of the counter a candidate
 * pair. */
static int is_candidate_pair(const tti_seed_rules *rules, const tti_seed_counter *c, uint32_t b,
                             uint32_t seeds)
{
    uint32_t fewer, need;
    if (c->doc == b)
        return 0;
    fewer = rules->counts[c->doc] < seeds ? rules->counts[c->doc] : seeds;
    need = fewer <= TTI_SEED_SPARSE_DOC ? 1 : 2;
    if (c->shared < need || c->shared < rules->least_share * fewer)
        return 0;
    return fewer <= TTI_SEED_SHORT_DOC || c->covered >= rules->least_cover * fewer;
}

TTI_SORT_DEFINE(sort_counters_by_shared, tti_seed_counter,
                x->shared != y->shared ? x->shared > y->shared : x->doc < y->doc)

static void append_candidate(tti_seed_counts *t, uint32_t a, uint32_t b, unsigned want)
{
    if (t->status == TT_OK)
        t->status = tti_candidates_add(&t->found, tti_candidate_pack(a, b, want), NULL);
}

void tti_seed_counts_select(tti_seed_counts *t, const tti_seed_rules *rules, uint32_t b,
                            uint32_t seeds)
{
    tti_seed_counter *counters = t->counters.items;
    const size_t count = t->counters.count;
    size_t pairs = 0;
    if (count > 0 && rules->least_shared != UINT32_MAX) /* it may repeat what others have as well */
        append_candidate(t, b, b, TTI_WANT_SECTIONS);
    for (size_t k = 0; k < count; k++) {
        if (k + PREFETCH < count)
            __builtin_prefetch(&rules->counts[counters[k + PREFETCH].doc]);
        if (counters[k].best_run >= rules->least_run || counters[k].shared >= rules->least_shared)
            append_candidate(t, counters[k].doc, b, TTI_WANT_SECTIONS);
        pairs += (size_t)is_candidate_pair(rules, &counters[k], b, seeds);
    }
    if (pairs > rules->max_pairs) { /* more than will be reported: those that share most */
        size_t n = 0;
        for (size_t k = 0; k < count; k++)
            if (is_candidate_pair(rules, &counters[k], b, seeds))
                counters[n++] = counters[k];
        sort_counters_by_shared(counters, n);
        for (size_t k = 0; k < rules->max_pairs; k++)
            append_candidate(t, counters[k].doc, b, rules->pair_wants);
        if (t->status == TT_OK)
            t->status = tti_candidates_add_skipped(&t->found, b, n - rules->max_pairs, NULL);
    } else if (pairs > 0) {
        for (size_t k = 0; k < count; k++)
            if (is_candidate_pair(rules, &counters[k], b, seeds))
                append_candidate(t, counters[k].doc, b, rules->pair_wants);
    }
    tti_table_clear(&t->by_doc);
    t->counters.count = 0;
}

/* ---- Links ----------------------------------------------------------------------------------- */

/* A link is words: the document, where the seed is in it, where it occurs first, how many earlier
 * documents have it, and which. */
enum { DOC, HERE, THERE, EARLIER, LINK_WORDS };

/* The links of buckets [begin, end). */
typedef struct link_range {
    size_t begin, end;
    int bucket_bits; /* a bucket is 2^bucket_bits documents */
    size_t bucket_count;
    size_t slice_count;
    uint32_t *words; /* NULL: the links are only counted */
    size_t word_capacity;
    size_t *cursors; /* of each slice's buckets: the words of their links, or where the next goes */
} link_range;

/* A part of the shared seeds, whole seeds of one list: the task of a pass. */
typedef struct link_slice {
    const tti_posting *postings;
    size_t count;
} link_slice;

/* The end of the seed that begins at or before posting k. */
static size_t seed_end(const tti_posting *postings, size_t count, size_t k)
{
    while (k < count && !(postings[k].doc & TTI_FIRST_POSTING))
        k++;
    return k;
}

/* Slice number `number` of r->slice_count. */
static link_slice slice_of(const tti_shared_seeds *s, const link_range *r, size_t number)
{
    const size_t each = r->slice_count / s->lists.count, k = number % each;
    const tti_posting_list *list = &s->lists.items[number / each];
    const size_t begin = seed_end(list->items, list->count, list->count / each * k);
    const size_t end = k + 1 == each
                           ? list->count
                           : seed_end(list->items, list->count, list->count / each * (k + 1));
    return (link_slice){list->items + begin, end - begin};
}

/* Counts, or writes, the links of one seed's postings in the range. */
static void link_postings(const link_range *r, size_t *cursors, const tti_posting *postings,
                          size_t count)
{
    uint32_t docs[TTI_SEED_MAX_POSTINGS]; /* the documents that the seed leads to, each once */
    uint32_t doc_count = 0, earlier = 0;
    if ((postings[count - 1].doc & ~TTI_FIRST_POSTING) >> r->bucket_bits < r->begin)
        return;
    for (size_t k = 0; k < (count <= TTI_SEED_MAX_POSTINGS ? count : TTI_SEED_FIRST_POSTINGS);
         k++) {
        const uint32_t doc = postings[k].doc & ~TTI_FIRST_POSTING;
        if (doc_count == 0 || docs[doc_count - 1] != doc)
            docs[doc_count++] = doc;
    }
    for (size_t k = 1; k < count; k++) { /* before the first posting there is nothing */
        const uint32_t doc = postings[k].doc;
        const size_t bucket = doc >> r->bucket_bits;
        while (earlier < doc_count && docs[earlier] < doc)
            earlier++;
        if (bucket < r->begin)
            continue;
        if (bucket >= r->end)
            return;
        if (r->words != NULL) {
            uint32_t *link = r->words + cursors[bucket];
            link[DOC] = doc;
            link[HERE] = postings[k].pos;
            link[THERE] = postings[0].pos;
            link[EARLIER] = earlier;
            memcpy(link + LINK_WORDS, docs, earlier * sizeof *docs);
        }
        cursors[bucket] += LINK_WORDS + earlier;
    }
}

static void link_seeds(const tti_shared_seeds *s, const link_range *r, int threads)
{
#pragma omp parallel for num_threads(threads) if (threads > 1) schedule(dynamic, 1)
    for (int64_t n = 0; n < (int64_t)r->slice_count; n++) {
        const link_slice x = slice_of(s, r, (size_t)n);
        size_t *cursors = r->cursors + (size_t)n * r->bucket_count;
        for (size_t begin = 0, end; begin < x.count; begin = end) {
            end = seed_end(x.postings, x.count, begin + 1);
            link_postings(r, cursors, x.postings + begin, end - begin);
        }
    }
}

/* ---- Counting the links ---------------------------------------------------------------------- */

/* One thread's counters, and its working memory for a bucket and a document. */
typedef struct link_worker {
    tti_seed_counts counts;
    TTI_ARRAY(size_t) starts; /* of each document of the bucket: its first in `links` */
    TTI_ARRAY(size_t) links;  /* where links begin among the bucket's words, document by document */
    TTI_ARRAY(size_t) order;  /* those of one document in order of position */
    TTI_ARRAY(uint64_t) bits; /* the positions of the document that have a link */
    TTI_ARRAY(uint32_t) ranks;       /* bits set before each word of them */
    uint8_t expected[EXPECTED_DOCS]; /* how many links of the document lead to earlier ones, by the
                                        low bits of these: 1, or more */
} link_worker;

static void free_link_worker(link_worker *w, const tt_allocator *a)
{
    tti_array_free(&w->starts, a);
    tti_array_free(&w->links, a);
    tti_array_free(&w->order, a);
    tti_array_free(&w->bits, a);
    tti_array_free(&w->ranks, a);
    tti_seed_counts_free(&w->counts);
}

/* Lists the links of a bucket, `size` words, one document after the other. */
static tt_status list_links_by_doc(link_worker *w, size_t docs, const uint32_t *words, size_t size)
{
    const tt_allocator *a = w->counts.found.allocator;
    size_t *starts;
    TTI_TRY(tti_array_resize(&w->starts, a, docs + 2));
    TTI_TRY(tti_array_resize(&w->links, a, size / LINK_WORDS));
    starts = w->starts.items;
    memset(starts, 0, (docs + 2) * sizeof *starts);
    for (size_t at = 0; at < size; at += LINK_WORDS + words[at + EARLIER])
        starts[(words[at + DOC] & (docs - 1)) + 2]++;
    for (size_t d = 2; d < docs + 2; d++)
        starts[d] += starts[d - 1];
    for (size_t at = 0; at < size; at += LINK_WORDS + words[at + EARLIER])
        w->links.items[starts[(words[at + DOC] & (docs - 1)) + 1]++] = at;
    return TT_OK;
}

/* Puts a document's links into w->order. A position has one link at most, so that the rank of a
 * link is the number of positions before its own that have one. */
static tt_status order_links(link_worker *w, const uint32_t *words, const size_t *links,
                             size_t count)
{
    const tt_allocator *a = w->counts.found.allocator;
    uint64_t *bits;
    uint32_t last = 0, rank = 0;
    for (size_t k = 0; k < count; k++)
        last = words[links[k] + HERE] > last ? words[links[k] + HERE] : last;
    TTI_TRY(tti_array_resize(&w->order, a, count));
    TTI_TRY(tti_array_resize(&w->bits, a, last / 64 + 1));
    TTI_TRY(tti_array_resize(&w->ranks, a, last / 64 + 1));
    bits = w->bits.items;
    memset(bits, 0, (last / 64 + 1) * sizeof *bits);
    for (size_t k = 0; k < count; k++) {
        const uint32_t here = words[links[k] + HERE];
        assert((bits[here / 64] >> here % 64 & 1) == 0);
        bits[here / 64] |= UINT64_C(1) << here % 64;
    }
    for (uint32_t k = 0; k <= last / 64; k++) {
        w->ranks.items[k] = rank;
        rank += tti_popcount64(bits[k]);
    }
    for (size_t k = 0; k < count; k++) {
        const uint32_t here = words[links[k] + HERE];
        const uint64_t before = bits[here / 64] & ((UINT64_C(1) << here % 64) - 1);
        w->order.items[w->ranks.items[here / 64] + tti_popcount64(before)] = links[k];
    }
    return TT_OK;
}

/* Counts where a document's links lead to. Nine in ten of the documents share no second seed with
 * it, and those need no counter. */
static void expect_docs(link_worker *w, const tti_seed_rules *rules, const uint32_t *words,
                        const size_t *links, size_t count)
{
    memset(w->expected, 0, sizeof w->expected);
    for (size_t k = 0; k < count; k++) {
        const uint32_t *link = words + links[k], *docs = link + LINK_WORDS;
        for (uint32_t i = 0; i < link[EARLIER]; i++) {
            uint8_t *n = &w->expected[docs[i] % EXPECTED_DOCS];
            *n = (uint8_t)(*n + (*n < 2));
            __builtin_prefetch(&rules->counts[docs[i]]);
        }
    }
}

/* True if an earlier document may become a candidate. */
static inline int is_expected(const link_worker *w, const tti_seed_rules *rules, uint32_t doc)
{
    return w->expected[doc % EXPECTED_DOCS] > 1 || rules->counts[doc] <= TTI_SEED_SPARSE_DOC;
}

/* Counts the links of document b and selects its candidates. */
static tt_status count_doc_links(link_worker *w, const tti_seed_rules *rules, uint32_t b,
                                 const uint32_t *words, const size_t *links, size_t count)
{
    const int one_is_enough =
        rules->counts[b] <= TTI_SEED_SPARSE_DOC || rules->least_run < 2 || rules->least_shared < 2;
    TTI_TRY(order_links(w, words, links, count));
    if (!one_is_enough)
        expect_docs(w, rules, words, links, count);
    for (size_t k = 0; k < count; k++) {
        const uint32_t *link = words + w->order.items[k], *docs = link + LINK_WORDS;
        /* The first occurrence is in the first document, or in this one. */
        if (link[EARLIER] == 0)
            tti_seed_counts_extend_run(&w->counts, b, link[HERE], link[THERE]);
        else if (one_is_enough || is_expected(w, rules, docs[0]))
            tti_seed_counts_extend_run(&w->counts, docs[0], link[HERE], link[THERE]);
        for (uint32_t i = 0; i < link[EARLIER]; i++)
            if (one_is_enough || is_expected(w, rules, docs[i]))
                tti_seed_counts_add_shared(&w->counts, docs[i], link[HERE]);
    }
    tti_seed_counts_select(&w->counts, rules, b, rules->counts[b]);
    return w->counts.status;
}

/* Counts the links of a bucket, `size` words. */
static tt_status count_bucket(link_worker *w, const link_range *r, const tti_seed_rules *rules,
                              size_t bucket, const uint32_t *words, size_t size)
{
    const size_t docs = (size_t)1 << r->bucket_bits;
    if (size == 0)
        return TT_OK;
    TTI_TRY(list_links_by_doc(w, docs, words, size));
    for (size_t d = 0; d < docs; d++) {
        const size_t begin = w->starts.items[d], end = w->starts.items[d + 1];
        if (end > begin)
            TTI_TRY(count_doc_links(w, rules, (uint32_t)(bucket * docs + d), words,
                                    w->links.items + begin, end - begin));
    }
    return TT_OK;
}

/* Counts the links of a range, once they are written: the cursor of the last slice is where those
 * of a bucket end. */
static void count_links(const link_range *r, const tti_seed_rules *rules, link_worker *workers,
                        int threads)
{
    const size_t *ends = r->cursors + (r->slice_count - 1) * r->bucket_count;
#pragma omp parallel for num_threads(threads) if (threads > 1) schedule(dynamic, 1)
    for (int64_t k = (int64_t)r->begin; k < (int64_t)r->end; k++) {
        const size_t begin = (size_t)k > r->begin ? ends[k - 1] : 0;
        link_worker *w = &workers[tti_thread_index()];
        if (w->counts.status == TT_OK)
            w->counts.status =
                count_bucket(w, r, rules, (size_t)k, r->words + begin, ends[k] - begin);
    }
}

/* ---- Ranges ---------------------------------------------------------------------------------- */

static size_t bucket_words(const link_range *r, size_t bucket)
{
    size_t sum = 0;
    for (size_t n = 0; n < r->slice_count; n++)
        sum += r->cursors[n * r->bucket_count + bucket];
    return sum;
}

/* Makes the range the next buckets, as many as `most` words of links allow but at least one, and
 * turns their counts into the places where each slice writes. @return the words */
static size_t advance_range(link_range *r, size_t most)
{
    size_t sum = 0;
    for (r->begin = r->end; r->end < r->bucket_count; r->end++) {
        const size_t words = bucket_words(r, r->end);
        if (r->end > r->begin && sum + words > most)
            break;
        for (size_t n = 0; n < r->slice_count; n++) {
            size_t *cursor = &r->cursors[n * r->bucket_count + r->end];
            const size_t count = *cursor;
            *cursor = sum;
            sum += count;
        }
    }
    return sum;
}

/* How many words of links are held at once. */
static size_t choose_range_words(const link_range *r, const tt_options *options)
{
    const int limited = options->memory_limit > 0;
    const uint64_t bytes = limited ? options->memory_limit / LIMIT_SHARE : RANGE_BYTES;
    const size_t most = (size_t)(bytes / sizeof *r->words);
    size_t share = 0;
    for (size_t k = 0; k < r->slice_count * r->bucket_count; k++)
        share += r->cursors[k];
    share /= limited ? MAX_LIMITED_RANGES : MAX_RANGES;
    return share > most ? share : most;
}

static tt_status link_all_ranges(const tti_shared_seeds *s, link_range *r,
                                 const tti_seed_rules *rules, const tt_options *options,
                                 link_worker *workers, int threads, tt_error *error)
{
    const tt_allocator *a = s->allocator;
    size_t most;
    r->begin = 0, r->end = r->bucket_count;
    link_seeds(s, r, threads); /* only counts */
    most = choose_range_words(r, options);
    for (r->end = 0; r->end < r->bucket_count;) {
        const size_t words = advance_range(r, most);
        if (words == 0)
            continue;
        if (words > r->word_capacity) { /* what the range before has left need not be copied */
            tti_release(a, r->words, r->word_capacity, sizeof *r->words);
            r->words = tti_alloc(a, words, sizeof *r->words);
            r->word_capacity = r->words == NULL ? 0 : words;
            TTI_TRY_ALLOC(r->words == NULL, error, "shared seeds");
        }
        link_seeds(s, r, threads);
        count_links(r, rules, workers, threads);
    }
    return TT_OK;
}

static tt_status link_docs(const tti_shared_seeds *s, const tt_options *options,
                           tti_candidates *out, tt_error *error)
{
    const tt_allocator *a = s->allocator;
    const int threads = tti_thread_count(options->threads, s->doc_count);
    const size_t wanted = s->count * LINK_WORDS_MEAN / BUCKET_WORDS + 1; /* of buckets */
    const size_t lists = s->lists.count;
    link_worker *workers = tti_alloc_zero(a, (size_t)threads, sizeof *workers);
    link_range r = {0};
    tti_seed_rules rules;
    tt_status status = TT_OK;
    while (s->doc_count >> (r.bucket_bits + 1) >= wanted)
        r.bucket_bits++;
    r.bucket_count = ((s->doc_count - 1) >> r.bucket_bits) + 1;
    r.slice_count = lists * (lists < MIN_SLICES ? MIN_SLICES / lists : 1);
    r.cursors = tti_alloc_zero(a, r.bucket_count, r.slice_count * sizeof *r.cursors);
    tti_seed_rules_make(&rules, options, s->counts);
    for (int t = 0; workers != NULL && t < threads; t++)
        tti_seed_counts_init(&workers[t].counts, a);
    if (workers == NULL || r.cursors == NULL)
        status = tti_fail_memory(error, "links");
    if (status == TT_OK)
        status = link_all_ranges(s, &r, &rules, options, workers, threads, error);
    for (int t = 0; workers != NULL && t < threads; t++) {
        link_worker *w = &workers[t];
        if (status == TT_OK && w->counts.status != TT_OK)
            status = tti_fail_memory(error, "links");
        if (status == TT_OK)
            status = tti_candidates_append(out, &w->counts.found, error);
        free_link_worker(w, out->allocator);
    }
    tti_release(a, r.words, r.word_capacity, sizeof *r.words);
    tti_release(a, r.cursors, r.bucket_count, r.slice_count * sizeof *r.cursors);
    tti_release(a, workers, (size_t)threads, sizeof *workers);
    return status;
}

/* Documents with most of their shingles in common share most of their seeds, so that one with few
 * popular seeds misses no other. Where little needs to be shared, or shingles are shorter than a
 * seed, that does not follow. */
static tt_status list_docs_for_lsh(const tti_shared_seeds *s, const tt_options *o,
                                   tti_doc_list *out)
{
    const int all = o->shingle_tokens < TTI_MINIMIZER_TOKENS ||
                    (o->resemblance >= 0 && o->resemblance < LEAST_RESEMBLANCE);
    for (uint32_t d = 0; d < s->doc_count; d++)
        if (all || s->popular[d] > s->counts[d] / POPULAR_PART)
            TTI_TRY(tti_array_push(out, s->allocator, d));
    return TT_OK;
}

tt_status tti_seed_candidates_add(const tti_corpus *corpus, const tt_options *options,
                                  tti_candidates *candidates, tti_doc_list *for_lsh,
                                  tt_error *error)
{
    tti_shared_seeds s = {0};
    tt_status status = tti_shared_seeds_find(&s, corpus, options, error);
    if (status == TT_OK && s.count > 0)
        status = link_docs(&s, options, candidates, error);
    if (status == TT_OK && list_docs_for_lsh(&s, options, for_lsh) != TT_OK)
        status = tti_fail_memory(error, "documents");
    tti_shared_seeds_free(&s);
    return status;
}
