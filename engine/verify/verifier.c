/*
 * One pair: exact set numbers, the alignment's overlaps, facts, and what they make of the two.
 */
#include "verify/verify.h"

#include "align/kgram_index.h"
#include "util/alloc.h"
#include "util/error.h"
#include "verify/facts.h"
#include "verify/shingle_sets.h"

#include <math.h>
#include <string.h>

/* The longer of the two has at least half as many tokens again: it holds the other, or is held. */
#define HOLDS 1.5

/* What is_slight() asks for: fewer aligned tokens than this need a greater overlap than that. */
#define SLIGHT_TOKENS 20
#define SLIGHT_OVERLAP 0.85

/* A text with so many shingles for each different one: to look up those takes less than to compare
 * the text. */
#define REPETITIVE 8

struct tti_verifier {
    const tt_options *options;
    tti_shingle_set loaded_set, other_set; /* only where the alignment does not give the numbers */
    int set_loaded;
    tti_aligner *aligner;
    const tti_doc *loaded;
    const tti_shingles *loaded_shingles; /* NULL: not counted yet */
    tti_shingle_counter counters[2];     /* of the loaded and the other one */
    tti_shingles own_loaded, own_other;  /* what they counted */
};

tt_status tti_verifier_open(tti_verifier **out, const tt_options *options, tt_error *error)
{
    tti_verifier *v = tti_alloc_zero(options->allocator, 1, sizeof *v);
    tt_status status;
    *out = NULL;
    if (v == NULL)
        return tti_fail_memory(error, "a verifier");
    v->options = options;
    tti_shingle_set_init(&v->loaded_set, options->allocator);
    tti_shingle_set_init(&v->other_set, options->allocator);
    status = tti_aligner_open(&v->aligner, options->allocator, error);
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
    tti_aligner_close(v->aligner);
    tti_release(v->options->allocator, v, 1, sizeof *v);
}

int tti_verify_aligns(const tt_options *options)
{
    return options->overlap >= 0 || options->facts >= 0 ||
           (options->find & (TT_FIND_SECTIONS | TT_FIND_OVERLAPS)) != 0;
}

tt_status tti_verifier_load(tti_verifier *v, const tti_doc *doc, const tti_shingles *shingles,
                            tt_error *error)
{
    v->loaded = doc;
    v->loaded_shingles = shingles;
    v->set_loaded = 0;
    return tti_aligner_load(v->aligner, doc->hashes, doc->token_count, error);
}

static void write_numbers(tt_pair *p, uint32_t shared, uint32_t a, uint32_t b)
{
    p->resemblance = (double)shared / ((double)a + b - shared);
    p->containment_a = (double)shared / a;
    p->containment_b = (double)shared / b;
}

/* By hashing all shingles of both: for texts shorter than a shingle, short shingles and very common
 * grams. */
static tt_status set_numbers(tti_verifier *v, const tti_doc *doc, const tti_shingles *shingles,
                             tt_pair *p, tt_error *error)
{
    const uint32_t w = v->options->shingle_tokens;
    const uint64_t seed = v->options->seed;
    const uint32_t *repeats = shingles == NULL ? NULL : shingles->repeats;
    const uint32_t repeat_count = shingles == NULL ? 0 : shingles->repeat_count;
    uint32_t shared, size;
    if (!v->set_loaded) {
        TTI_TRY(tti_shingle_set_load(&v->loaded_set, v->loaded, w, seed, error));
        v->set_loaded = 1;
    }
    if (shingles == NULL) {
        TTI_TRY(tti_shingle_set_load(&v->other_set, doc, w, seed, error));
        size = v->other_set.size;
    } else {
        size = shingles->distinct;
    }
    shared = tti_shingle_set_shared(&v->loaded_set, doc, w, seed, repeats, repeat_count);
    write_numbers(p, shared, size, v->loaded_set.size);
    return TT_OK;
}

/* Counts the shingles of the two where the caller has not. */
static tt_status count_missing(tti_verifier *v, const tti_doc *doc, const tti_shingles **shingles,
                               tt_error *error)
{
    tt_status status = TT_OK;
    if (v->loaded_shingles == NULL) {
        status = tti_shingles_count(&v->counters[0], v->loaded, v->options, &v->own_loaded);
        v->loaded_shingles = status == TT_OK ? &v->own_loaded : NULL;
    }
    if (status == TT_OK && *shingles == NULL) {
        status = tti_shingles_count(&v->counters[1], doc, v->options, &v->own_other);
        *shingles = &v->own_other;
    }
    return status == TT_OK ? TT_OK : tti_fail_memory(error, "counting shingles");
}

/* Shingles that two articles of so many must share for a rule about sets to admit them; what is cut
 * off in rounding only lets more through. */
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

/* The anchors, of the alignment where there is one, have every shared gram: count from them. Where
 * nothing is aligned and no rule can admit the two, the numbers stay 0. */
static tt_status count_numbers(tti_verifier *v, const tti_doc *doc, const tti_shingles *shingles,
                               tt_pair *p, tt_error *error)
{
    const uint32_t w = v->options->shingle_tokens;
    uint32_t shared;
    if (w < TTI_KGRAM_TOKENS || doc->token_count < w || v->loaded->token_count < w)
        return set_numbers(v, doc, shingles, p, error);
    TTI_TRY(count_missing(v, doc, &shingles, error));
    if (!tti_verify_aligns(v->options)) {
        const uint32_t least =
            least_shared(v->options, shingles->distinct, v->loaded_shingles->distinct);
        int enough;
        if (shingles->repeat_count / REPETITIVE >= shingles->distinct)
            return set_numbers(v, doc, shingles, p, error);
        TTI_TRY(
            tti_aligner_match(v->aligner, doc->hashes, doc->token_count, least, &enough, error));
        if (!enough)
            return TT_OK;
    }
    shared = tti_aligner_shared_shingles(v->aligner, w, shingles->repeats, shingles->repeat_count);
    if (shared == UINT32_MAX)
        return set_numbers(v, doc, shingles, p, error);
    write_numbers(p, shared, shingles->distinct, v->loaded_shingles->distinct);
    return TT_OK;
}

static int reaches(double value, double rule)
{
    return rule >= 0 && value >= rule;
}

/* Copies of a few words: where little aligns and only the overlap admits the pair, most of the
 * shorter one must align, or any two short bulletins of one form would be copies. */
static int is_slight(const tt_pair *p, const tti_doc *a, const tti_doc *b)
{
    const int a_shorter = a->token_count < b->token_count;
    const double overlap = a_shorter ? p->overlap_a : p->overlap_b;
    const uint32_t shorter = a_shorter ? a->token_count : b->token_count;
    return p->reserved == TTI_BY_OVERLAP && overlap * shorter < SLIGHT_TOKENS &&
           overlap < SLIGHT_OVERLAP;
}

static int32_t relate(const tti_verifier *v, const tti_doc *a, const tti_verified_pair *f)
{
    const tt_pair *p = &f->pair;
    const double ta = a->token_count, tb = v->loaded->token_count;
    const double containment_rule = v->options->containment < 0 ? 0.8 : v->options->containment;
    const int a_held = p->containment_a >= containment_rule || p->overlap_a >= v->options->drop;
    const int b_held = p->containment_b >= containment_rule || p->overlap_b >= v->options->drop;
    if (v->options->facts >= 0 &&
        (p->facts < tti_facts_threshold(&f->alignment, v->options->facts) ||
         is_slight(p, a, v->loaded)))
        return TT_SERIES;
    if (ta >= HOLDS * tb && b_held)
        return TT_CONTAINS;
    if (tb >= HOLDS * ta && a_held)
        return TT_CONTAINED;
    return TT_NEAR;
}

static int admitted_by_sets(const tt_options *o, const tt_pair *p)
{
    return reaches(p->resemblance, o->resemblance) || reaches(p->containment_a, o->containment) ||
           reaches(p->containment_b, o->containment);
}

static tt_status align(tti_verifier *v, const tti_doc *doc, tti_verified_pair *out, tt_error *error)
{
    TTI_TRY(tti_aligner_run(v->aligner, doc->hashes, doc->token_count, &out->alignment, error));
    out->pair.overlap_a = (double)out->alignment.aligned_a / doc->token_count;
    out->pair.overlap_b = (double)out->alignment.aligned_b / v->loaded->token_count;
    return TT_OK;
}

tt_status tti_verifier_run(tti_verifier *v, const tti_doc *doc, const tti_shingles *shingles,
                           tti_verified_pair *out, tt_error *error)
{
    const tt_options *o = v->options;
    const int a_shorter = doc->token_count < v->loaded->token_count;
    tt_pair *p = &out->pair;
    int by_sets, by_overlap;
    memset(out, 0, sizeof *out);
    p->overlap_a = p->overlap_b = p->facts = NAN;
    if (tti_verify_aligns(o))
        TTI_TRY(align(v, doc, out, error));
    TTI_TRY(count_numbers(v, doc, shingles, p, error));
    by_sets = admitted_by_sets(o, p);
    by_overlap = reaches(a_shorter ? p->overlap_a : p->overlap_b, o->overlap);
    out->admitted = by_sets || by_overlap;
    if (!out->admitted)
        return TT_OK;
    if (o->facts >= 0)
        p->facts = tti_facts(doc, v->loaded, &out->alignment);
    p->reserved = by_sets ? 0 : TTI_BY_OVERLAP;
    p->relation = relate(v, doc, out);
    return TT_OK;
}
