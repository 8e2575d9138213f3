/*
 * All candidates are verified in parallel. They are grouped by the longer document of each pair,
 * which is indexed once for its group; a pair then costs no more than its shorter document.
 */
#include "verify/verify.h"

#include "align/kgram_index.h"
#include "util/alloc.h"
#include "util/error.h"
#include "util/sort.h"
#include "util/threads.h"
#include "verify/own_text.h"
#include "verify/shingle_sets.h"

#include <math.h>
#include <string.h>

enum { GROUP_LIMIT = 512 }; /* pairs of one document that are one thread's task */

/* A text with so many shingles for each distinct one: looking up the distinct ones takes less time
 * than comparing the text. */
#define REPETITIVE 8

/*
 * What an article may cost that has the same words all over. Two such articles match everywhere, a
 * pair costs tens of times as much as one of news, and each has many such pairs. Effort is counted
 * in tokens; a token that is only looked up costs less than one that is aligned.
 */
enum {
    OF_FEW_WORDS = 2,   /* the part of its tokens that may be aligned if it has few words: a half */
    TIMES_OF_MANY = 16, /* how many times its tokens may be aligned otherwise; no natural corpus
                           needs more than 11 */
    LEAST_EFFORT = 256, /* of a short article */
    LOOKED_UP = 32      /* tokens looked up for one aligned */
};

struct tti_verifier {
    const tt_options *options;
    int admitted_only; /* nobody asks for the numbers of other pairs */
    tti_aligner *aligner;
    const tti_doc *loaded;
    tti_doc_filter loaded_filter;
    const tti_doc_shingles *loaded_shingles; /* NULL: not counted yet */
    tti_shingle_counter counters[2];         /* of the loaded and of the other article */
    tti_doc_shingles own_loaded, own_other;  /* what the counters counted */
    tti_shingle_set loaded_set, other_set;   /* where the anchors do not give the numbers */
    int loaded_set_made;
    tti_word_owners words; /* of tti_notice_evidence() */
    tti_small_numbers numbers;
    uint64_t effort; /* spent on the loaded article, and what may be: 0 until some is spent */
    uint64_t most_effort;
};

tt_status tti_verifier_open(tti_verifier **out, const tt_options *options, int admitted_only,
                            tt_error *error)
{
    tti_verifier *v = tti_alloc_zero(options->allocator, 1, sizeof *v);
    tt_status status;
    *out = NULL;
    if (v == NULL)
        return tti_fail_memory(error, "a verifier");
    v->options = options;
    v->admitted_only = admitted_only;
    v->words.table.allocator = options->allocator;
    tti_small_numbers_init(&v->numbers, options->seed);
    tti_shingle_set_init(&v->loaded_set, options->allocator);
    tti_shingle_set_init(&v->other_set, options->allocator);
    status = tti_aligner_open(&v->aligner, options->min_section, options->allocator, error);
    if (status != TT_OK) {
        tti_verifier_close(v);
        return status;
    }
    *out = v;
    return TT_OK;
}

void tti_verifier_close(tti_verifier *v)
{
    if (v == NULL)
        return;
    tti_shingle_set_free(&v->loaded_set);
    tti_shingle_set_free(&v->other_set);
    for (int k = 0; k < 2; k++)
        tti_shingle_counter_free(&v->counters[k], v->options->allocator);
    tti_word_owners_free(&v->words);
    tti_aligner_close(v->aligner);
    tti_release(v->options->allocator, v, 1, sizeof *v);
}

int tti_verify_aligns(const tt_options *options)
{
    return options->overlap >= 0 || options->facts >= 0 ||
           (options->find & (TT_FIND_SECTIONS | TT_FIND_OVERLAPS)) != 0;
}

tt_status tti_verifier_load(tti_verifier *v, const tti_doc *doc, const tti_doc_shingles *shingles,
                            tt_error *error)
{
    v->loaded = doc;
    tti_doc_filter_reset(&v->loaded_filter, doc);
    v->loaded_shingles = shingles;
    v->loaded_set_made = 0;
    v->effort = v->most_effort = 0;
    return tti_aligner_load(v->aligner, doc->hashes, doc->token_count, error);
}

static void spend_effort(tti_verifier *v, uint32_t tokens)
{
    const uint64_t all = v->loaded->token_count;
    v->effort += tokens;
    if (tokens == 0 || v->most_effort > 0)
        return;
    v->most_effort =
        tti_aligner_has_few_words(v->aligner) ? all / OF_FEW_WORDS : all * TIMES_OF_MANY;
    if (v->most_effort < LEAST_EFFORT)
        v->most_effort = LEAST_EFFORT;
}

/* ---- Numbers of the shingle sets ------------------------------------------------------------- */

static void set_numbers(tt_pair *p, uint32_t shared, uint32_t a, uint32_t b)
{
    assert(a > 0 && b > 0 && shared <= a && shared <= b);
    p->resemblance = (double)shared / ((double)a + b - shared);
    p->containment_a = (double)shared / a;
    p->containment_b = (double)shared / b;
}

/* Hashes all shingles of both: for texts shorter than a shingle, short shingles and very common
 * k-grams. */
static tt_status count_by_sets(tti_verifier *v, const tti_doc *doc,
                               const tti_doc_shingles *shingles, tt_pair *p, tt_error *error)
{
    const uint32_t w = v->options->shingle_tokens;
    const uint64_t seed = v->options->seed;
    const uint32_t *repeats = shingles == NULL ? NULL : shingles->repeats;
    const uint32_t repeat_count = shingles == NULL ? 0 : shingles->repeat_count;
    uint32_t distinct, shared;
    if (!v->loaded_set_made) {
        TTI_TRY(tti_shingle_set_load(&v->loaded_set, v->loaded, w, seed, error));
        v->loaded_set_made = 1;
    }
    if (shingles == NULL) {
        TTI_TRY(tti_shingle_set_load(&v->other_set, doc, w, seed, error));
        distinct = v->other_set.size;
    } else {
        distinct = shingles->distinct;
    }
    shared = tti_shingle_set_shared(&v->loaded_set, doc, w, seed, repeats, repeat_count);
    set_numbers(p, shared, distinct, v->loaded_set.size);
    return TT_OK;
}

/* Counts the shingles of both articles where the caller has not. */
static tt_status count_missing(tti_verifier *v, const tti_doc *doc,
                               const tti_doc_shingles **shingles, tt_error *error)
{
    if (v->loaded_shingles == NULL) {
        TTI_TRY_ALLOC(
            tti_shingle_counter_run(&v->counters[0], v->loaded, v->options, &v->own_loaded), error,
            "counting shingles");
        v->loaded_shingles = &v->own_loaded;
    }
    if (*shingles == NULL) {
        TTI_TRY_ALLOC(tti_shingle_counter_run(&v->counters[1], doc, v->options, &v->own_other),
                      error, "counting shingles");
        *shingles = &v->own_other;
    }
    return TT_OK;
}

/* How many shingles two articles with a and b of them must share for a rule about sets to admit
 * them. Rounding down only lets more through. */
static uint32_t least_shared(const tt_options *o, uint32_t a, uint32_t b)
{
    const double both = (double)a + b, fewer = a < b ? a : b;
    double least = both;
    if (o->resemblance >= 0)
        least = o->resemblance * both / (1 + o->resemblance);
    if (o->containment >= 0 && o->containment * fewer < least)
        least = o->containment * fewer;
    return (uint32_t)(least * (1 - 1e-9));
}

/* Sets the numbers of the two shingle sets. The anchors, of the alignment where there is one, hold
 * every shared k-gram, so that shared shingles can be counted from them. Where no rule can
 * admit the two, the numbers may stay 0 if nothing is aligned or only admitted pairs are wanted. */
static tt_status count_numbers(tti_verifier *v, const tti_doc *doc,
                               const tti_doc_shingles *shingles, tt_pair *p, tt_error *error)
{
    const uint32_t w = v->options->shingle_tokens;
    uint32_t shared, least;
    if (w < TTI_KGRAM_TOKENS || doc->token_count < w || v->loaded->token_count < w)
        return count_by_sets(v, doc, shingles, p, error);
    TTI_TRY(count_missing(v, doc, &shingles, error));
    least = least_shared(v->options, shingles->distinct, v->loaded_shingles->distinct);
    if (!tti_verify_aligns(v->options)) {
        int enough;
        if (shingles->repeat_count / REPETITIVE >= shingles->distinct) {
            spend_effort(v, doc->token_count / LOOKED_UP);
            return count_by_sets(v, doc, shingles, p, error);
        }
        TTI_TRY(
            tti_aligner_match(v->aligner, doc->hashes, doc->token_count, least, &enough, error));
        if (!enough)
            return TT_OK;
        /* A match begins in no other here, so that there are half as many. */
        spend_effort(v, tti_aligner_scattered(v->aligner, doc->token_count / 2));
    } else if (v->admitted_only && tti_aligner_shared_kgrams(v->aligner) < least &&
               tti_admission_of(v->options, p, doc->token_count, v->loaded->token_count) ==
                   TTI_NOT_ADMITTED) { /* by its overlap */
        return TT_OK;
    }
    shared = tti_aligner_shared_shingles(v->aligner, w, shingles->repeats, shingles->repeat_count);
    if (shared == UINT32_MAX) {
        spend_effort(v, doc->token_count / LOOKED_UP);
        return count_by_sets(v, doc, shingles, p, error);
    }
    set_numbers(p, shared, shingles->distinct, v->loaded_shingles->distinct);
    return TT_OK;
}

/* ---- One pair -------------------------------------------------------------------------------- */

tt_status tti_verifier_run(tti_verifier *v, const tti_doc *doc, const tti_doc_shingles *shingles,
                           tti_verified_pair *out, tt_error *error)
{
    const tt_options *o = v->options;
    tt_pair *p = &out->pair;
    assert(doc->token_count > 0 && v->loaded->token_count > 0);
    memset(out, 0, sizeof *out);
    p->overlap_a = p->overlap_b = p->facts = NAN;
    out->is_omitted = v->most_effort > 0 && v->effort >= v->most_effort;
    if (out->is_omitted)
        return TT_OK;
    if (tti_verify_aligns(o)) {
        TTI_TRY(tti_aligner_run(v->aligner, doc->hashes, doc->token_count, &out->alignment, error));
        spend_effort(v, tti_aligner_scattered(v->aligner, doc->token_count));
        p->overlap_a = (double)out->alignment.aligned_a / doc->token_count;
        p->overlap_b = (double)out->alignment.aligned_b / v->loaded->token_count;
    }
    TTI_TRY(count_numbers(v, doc, shingles, p, error));
    out->admission = tti_admission_of(o, p, doc->token_count, v->loaded->token_count);
    if (out->admission == TTI_NOT_ADMITTED)
        return TT_OK;
    if (o->facts >= 0) {
        tti_facts_compare(doc, &v->loaded_filter, &out->alignment, &v->numbers, &out->facts);
        p->facts = out->facts.share;
        p->conflicts = out->facts.conflicts;
    }
    p->relation = tti_relation_of(o, p, out->admission, doc, v->loaded,
                                  tti_facts_are_others(&out->facts, o->facts, out->admission));
    if (o->facts >= 0)
        TTI_TRY_ALLOC(
            tti_notice_evidence(doc, v->loaded, &out->alignment, &v->words, &out->notice_evidence),
            error, "notices");
    if (p->relation == TT_SERIES)
        return TT_OK;
    if (out->notice_evidence == TTI_NOTICE_EVIDENCE) {
        p->relation = TT_BOILERPLATE;
    } else if (o->facts >= 0 && tti_tell_other_news(&out->facts, o->facts)) {
        p->relation = TT_SERIES;
    } else if (o->facts >= 0 && tti_are_stages(p, &out->facts, doc, v->loaded)) {
        p->relation = TT_RELATED;
    } else if (p->relation == TT_NEAR && out->alignment.passage_count > 0) {
        if (o->facts < 0) /* it is not known what was misread */
            out->facts = (tti_facts){.rest = tti_rest_of(&out->alignment, doc, v->loaded),
                                     .misread = doc->token_count};
        if (!tti_share_most(p, &out->facts, doc, v->loaded))
            p->relation = TT_RELATED;
    }
    return TT_OK;
}

/* ---- What was found -------------------------------------------------------------------------- */

/* Appends the passage that blocks [begin, end) of documents a and b make if it is long and dense
 * enough to be a section. One that is only long is cut at the wider of its gaps, which are at most
 * `most_gap` tokens: it is several passages that lie near each other. */
static tt_status append_passage(tti_verified *out, uint32_t a, uint32_t b, size_t begin, size_t end,
                                uint32_t most_gap, uint32_t min_section)
{
    const tti_block *blocks = out->blocks.items, *last = &blocks[end - 1];
    tti_shared_passage x = {.a = a,
                            .b = b,
                            .a_begin = blocks[begin].a,
                            .a_end = last->a + last->len,
                            .b_begin = blocks[begin].b,
                            .b_end = last->b + last->len,
                            .block_count = (uint32_t)(end - begin),
                            .block_begin = begin};
    if (x.a_end - x.a_begin < min_section)
        return TT_OK;
    for (size_t k = begin; k < end; k++)
        x.matched += blocks[k].len;
    assert(a != b || x.a_end <= x.b_begin);
    if (tti_is_section(x.a_end - x.a_begin, x.b_end - x.b_begin, x.matched, min_section))
        return tti_array_push(&out->passages, out->allocator, x);
    most_gap /= 2;
    for (size_t k = begin + 1; k <= end; k++) {
        const tti_block *y = &blocks[k - 1];
        if (k < end && y[1].a - (y->a + y->len) <= most_gap && y[1].b - (y->b + y->len) <= most_gap)
            continue;
        TTI_TRY(append_passage(out, a, b, begin, k, most_gap, min_section));
        begin = k;
    }
    return TT_OK;
}

tt_status tti_verified_add_passages(tti_verified *out, const tti_alignment *al, uint32_t a,
                                    uint32_t b, uint32_t min_section)
{
    const int swap = a > b; /* side a is the earlier document */
    for (size_t k = 0; k < al->passage_count; k++) {
        const tti_passage *p = &al->passages[k];
        const size_t begin = out->blocks.count, before = out->passages.count;
        if ((swap ? p->b_end - p->b_begin : p->a_end - p->a_begin) < min_section)
            continue;
        TTI_TRY(tti_array_append(&out->blocks, out->allocator, al->blocks + p->block_begin,
                                 p->block_count));
        for (size_t i = begin; swap && i < out->blocks.count; i++) {
            const tti_block y = out->blocks.items[i];
            out->blocks.items[i] = (tti_block){y.b, y.a, y.len};
        }
        TTI_TRY(append_passage(out, swap ? b : a, swap ? a : b, begin, out->blocks.count,
                               TTI_SPLIT_GAP, min_section));
        if (out->passages.count == before)
            out->blocks.count = begin;
    }
    return TT_OK;
}

static tt_status append_pair(tti_verified *out, tti_verified_pair *v, uint32_t a, uint32_t b)
{
    tti_doc_pair p = {a > b ? tti_pair_swapped(&v->pair) : v->pair, v->admission,
                      out->differences.count};
    assert(a != b);
    if (a > b)
        tti_facts_swap(&v->facts);
    TTI_TRY(tti_array_append(&out->differences, out->allocator, v->facts.differences,
                             tti_listed_differences(v->pair.conflicts)));
    p.numbers.a = a < b ? a : b;
    p.numbers.b = a < b ? b : a;
    return tti_array_push(&out->pairs, out->allocator, p);
}

/* What the later document of a pair shares with the earlier one as a notice. */
static tt_status append_notice_places(tti_verified *out, const tti_corpus *corpus,
                                      const tti_verified_pair *v, uint32_t a, uint32_t b)
{
    tti_notice_place p = {.doc = a > b ? a : b,
                          .other = a > b ? b : a,
                          .evidence = (uint8_t)v->notice_evidence,
                          .is_copy = TT_IS_COPY(v->pair.relation)};
    while (tti_next_shared_run(a > b ? v->alignment.a_aligned : v->alignment.b_aligned,
                               corpus->docs[p.doc].token_count, &p.begin, &p.end))
        TTI_TRY(tti_array_push(&out->notice_places, out->allocator, p));
    return TT_OK;
}

/* Appends what a thread has found, or takes it over where there is nothing yet. */
static tt_status append_verified(tti_verified *out, tti_verified *found, tt_error *error)
{
    const tt_allocator *a = out->allocator;
    if (out->pairs.count == 0 && out->passages.count == 0 && out->notice_places.count == 0) {
        found->omitted += out->omitted;
        tti_verified_free(out);
        *out = *found;
        *found = (tti_verified){.allocator = a};
        return TT_OK;
    }
    const size_t pairs = out->pairs.count, passages = out->passages.count;
    const size_t blocks = out->blocks.count, differences = out->differences.count;
    TTI_TRY_ALLOC(
        tti_array_append(&out->differences, a, found->differences.items,
                         found->differences.count) != TT_OK ||
            tti_array_append(&out->notice_places, a, found->notice_places.items,
                             found->notice_places.count) != TT_OK ||
            tti_array_append(&out->pairs, a, found->pairs.items, found->pairs.count) != TT_OK ||
            tti_array_append(&out->passages, a, found->passages.items, found->passages.count) !=
                TT_OK ||
            tti_array_append(&out->blocks, a, found->blocks.items, found->blocks.count) != TT_OK,
        error, "verified pairs");
    for (size_t k = passages; k < out->passages.count; k++)
        out->passages.items[k].block_begin += blocks;
    for (size_t k = pairs; k < out->pairs.count; k++)
        out->pairs.items[k].difference_begin += differences;
    out->omitted += found->omitted;
    return TT_OK;
}

const tti_doc_pair *tti_verified_find(const tti_verified *v, uint32_t x, uint32_t y)
{
    const uint64_t a = x < y ? x : y, b = x < y ? y : x;
    const tti_doc_pair *pairs = v->pairs.items;
    size_t k;
    TTI_LOWER_BOUND(k, 0, v->pairs.count,
                    pairs[k].numbers.a != a ? pairs[k].numbers.a < a : pairs[k].numbers.b < b);
    return k < v->pairs.count && pairs[k].numbers.a == a && pairs[k].numbers.b == b ? &pairs[k]
                                                                                    : NULL;
}

int tti_differs_in_figure(const tti_verified *v, const tti_doc_pair *pair)
{
    const tti_difference *d = v->differences.items + pair->difference_begin;
    for (uint32_t k = 0; k < tti_listed_differences(pair->numbers.conflicts); k++)
        if (d[k].kind != TT_DIFFERS_NAME)
            return 1;
    return 0;
}

TTI_SORT_DEFINE(sort_pairs_by_docs, tti_doc_pair,
                x->numbers.a != y->numbers.a ? x->numbers.a < y->numbers.a
                                             : x->numbers.b < y->numbers.b)

static inline int passage_comes_before(const tti_shared_passage *x, const tti_shared_passage *y)
{
    if (x->b != y->b)
        return x->b < y->b;
    if (x->a != y->a)
        return x->a < y->a;
    if (x->a != x->b && x->matched != y->matched)
        return x->matched > y->matched;
    if (x->b_begin != y->b_begin)
        return x->b_begin < y->b_begin;
    if (x->a_begin != y->a_begin)
        return x->a_begin < y->a_begin;
    if (x->b_end != y->b_end)
        return x->b_end > y->b_end;
    if (x->a_end != y->a_end)
        return x->a_end > y->a_end;
    return x->block_begin < y->block_begin;
}

TTI_SORT_DEFINE(sort_passages, tti_shared_passage, passage_comes_before(x, y))

void tti_verified_sort_passages(tti_verified *v)
{
    sort_passages(v->passages.items, v->passages.count);
}

void tti_verified_free_passages(tti_verified *v)
{
    tti_array_free(&v->passages, v->allocator);
    tti_array_free(&v->blocks, v->allocator);
}

void tti_verified_free(tti_verified *v)
{
    tti_verified_free_passages(v);
    tti_array_free(&v->pairs, v->allocator);
    tti_array_free(&v->differences, v->allocator);
    tti_array_free(&v->notice_places, v->allocator);
}

/* ---- All candidates ----------------------------------------------------------------------- */

/* Candidates [begin, end), which share the longer document. */
typedef struct candidate_group {
    size_t begin, end;
} candidate_group;

typedef struct verify_job {
    const tti_corpus *corpus;
    const tt_options *options;
    tti_shingle_counts shingles;
    size_t candidate_count;
    uint64_t *sorted; /* candidates with the longer document in the place of b, in order of it */
    candidate_group *groups;
    size_t group_count;
} verify_job;

typedef struct verify_worker {
    tti_verifier *verifier;
    tti_aligner *self; /* for documents that repeat themselves; made when one comes */
    tti_verified found;
    tt_status status;
} verify_worker;

static tt_status verify_with_itself(const verify_job *j, verify_worker *w, uint32_t d)
{
    const tti_doc *doc = &j->corpus->docs[d];
    tti_alignment alignment;
    if (w->self == NULL)
        TTI_TRY(tti_aligner_open(&w->self, j->options->min_section, j->options->allocator, NULL));
    TTI_TRY(tti_aligner_load(w->self, doc->hashes, doc->token_count, NULL));
    TTI_TRY(tti_aligner_run_self(w->self, &alignment, NULL));
    return tti_verified_add_passages(&w->found, &alignment, d, d, j->options->min_section);
}

/* Fetches the beginning of a document, while another one is verified: the documents of candidates
 * lie far apart. */
static inline void prefetch_doc(const tti_doc *doc)
{
    enum { LINE = 64, MOST = 1024 }; /* bytes of a cache line; tokens */
    const uint32_t n = doc->token_count < MOST ? doc->token_count : MOST;
    for (uint32_t i = 0; i < n; i += LINE / sizeof *doc->hashes)
        __builtin_prefetch(doc->hashes + i);
    for (uint32_t i = 0; i < n && doc->flags != NULL; i += LINE)
        __builtin_prefetch(doc->flags + i);
}

static tt_status verify_group(const verify_job *j, verify_worker *w, const candidate_group *g)
{
    const uint32_t longer = tti_candidate_b(j->sorted[g->begin]);
    TTI_TRY(
        tti_verifier_load(w->verifier, &j->corpus->docs[longer], &j->shingles.docs[longer], NULL));
    for (size_t k = g->begin; k < g->end; k++) {
        const uint32_t other = tti_candidate_a(j->sorted[k]);
        tti_verified_pair v;
        if (k + 1 < j->candidate_count) {
            const uint64_t next = j->sorted[k + 1];
            prefetch_doc(&j->corpus->docs[tti_candidate_a(next)]);
            if (k + 1 == g->end)
                prefetch_doc(&j->corpus->docs[tti_candidate_b(next)]);
        }
        assert(tti_candidate_b(j->sorted[k]) == longer && other < j->corpus->doc_count);
        if (other == longer) {
            TTI_TRY(verify_with_itself(j, w, longer));
            continue;
        }
        TTI_TRY(tti_verifier_run(w->verifier, &j->corpus->docs[other], &j->shingles.docs[other], &v,
                                 NULL));
        w->found.omitted += (uint64_t)v.is_omitted;
        if (v.admission != TTI_NOT_ADMITTED)
            TTI_TRY(append_pair(&w->found, &v, other, longer));
        if (v.notice_evidence > 0)
            TTI_TRY(append_notice_places(&w->found, j->corpus, &v, other, longer));
        if (tti_candidate_want(j->sorted[k]) & TTI_WANT_SECTIONS)
            TTI_TRY(tti_verified_add_passages(&w->found, &v.alignment, other, longer,
                                              j->options->min_section));
    }
    return TT_OK;
}

/* Sorts the candidates by the longer document of each and groups them by it. */
static tt_status group_candidates(verify_job *j, const tti_candidates *c, tt_error *error)
{
    const tt_allocator *al = j->options->allocator;
    const tti_doc *docs = j->corpus->docs;
    uint64_t *spare = tti_alloc(al, c->pairs.count, sizeof *spare);
    j->candidate_count = c->pairs.count;
    j->sorted = tti_alloc(al, c->pairs.count, sizeof *j->sorted);
    j->groups = tti_alloc(al, c->pairs.count, sizeof *j->groups);
    for (size_t k = 0; k < c->pairs.count && spare != NULL && j->sorted != NULL; k++) {
        const uint32_t a = tti_candidate_a(c->pairs.items[k]),
                       b = tti_candidate_b(c->pairs.items[k]);
        const int a_longer = docs[a].token_count > docs[b].token_count;
        assert(a < j->corpus->doc_count && b < j->corpus->doc_count);
        j->sorted[k] = tti_candidate_pack(a_longer ? b : a, a_longer ? a : b,
                                          tti_candidate_want(c->pairs.items[k]));
    }
    if (spare != NULL && j->sorted != NULL)
        tti_radix_sort_u64(j->sorted, spare, c->pairs.count);
    tti_release(al, spare, c->pairs.count, sizeof *spare);
    TTI_TRY_ALLOC(spare == NULL || j->sorted == NULL || j->groups == NULL, error, "candidates");
    for (size_t begin = 0, end; begin < c->pairs.count; begin = end) {
        for (end = begin + 1; end < c->pairs.count && end - begin < GROUP_LIMIT &&
                              tti_candidate_b(j->sorted[end]) == tti_candidate_b(j->sorted[begin]);)
            end++;
        j->groups[j->group_count++] = (candidate_group){begin, end};
    }
    return TT_OK;
}

static tt_status verify_groups(tti_verified *out, const verify_job *j, tt_error *error)
{
    const tt_allocator *a = j->options->allocator;
    const int threads = tti_thread_count(j->options->threads, j->group_count);
    verify_worker *workers = tti_alloc_zero(a, (size_t)threads, sizeof *workers);
    tt_status status = TT_OK;
    TTI_TRY_ALLOC(workers == NULL, error, "verifying");
    for (int t = 0; t < threads && status == TT_OK; t++) {
        workers[t].found.allocator = a;
        status = tti_verifier_open(&workers[t].verifier, j->options, 1, error);
    }
    if (status == TT_OK) {
#pragma omp parallel for num_threads(threads) if (threads > 1) schedule(dynamic, 16)
        for (int64_t g = 0; g < (int64_t)j->group_count; g++) {
            verify_worker *w = &workers[tti_thread_index()];
            if (w->status == TT_OK)
                w->status = verify_group(j, w, &j->groups[g]);
        }
    }
    for (int t = 0; t < threads; t++) {
        verify_worker *w = &workers[t];
        if (status == TT_OK && w->status != TT_OK)
            status = tti_fail_memory(error, "verifying");
        if (status == TT_OK)
            status = append_verified(out, &w->found, error);
        tti_verifier_close(w->verifier);
        tti_aligner_close(w->self);
        tti_verified_free(&w->found);
    }
    tti_release(a, workers, (size_t)threads, sizeof *workers);
    return status;
}

tt_status tti_verify(tti_verified *out, const tti_corpus *corpus, const tti_candidates *candidates,
                     const tt_options *options, tt_error *error)
{
    const tt_allocator *a = options->allocator;
    verify_job j = {.corpus = corpus, .options = options};
    tt_status status;
    out->allocator = a;
    status = group_candidates(&j, candidates, error);
    if (status == TT_OK)
        status = tti_shingle_counts_make(&j.shingles, corpus, candidates, options, error);
    if (status == TT_OK)
        status = verify_groups(out, &j, error);
    if (status == TT_OK) {
        sort_pairs_by_docs(out->pairs.items, out->pairs.count);
        tti_verified_sort_passages(out);
        for (size_t k = 1; k < out->pairs.count; k++)
            assert(out->pairs.items[k - 1].numbers.a < out->pairs.items[k].numbers.a ||
                   out->pairs.items[k - 1].numbers.b < out->pairs.items[k].numbers.b);
    }
    tti_shingle_counts_free(&j.shingles);
    tti_release(a, j.groups, candidates->pairs.count, sizeof *j.groups);
    tti_release(a, j.sorted, candidates->pairs.count, sizeof *j.sorted);
    return status;
}
