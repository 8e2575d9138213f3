#include "verify/verifier.h"

#include "align/kgram_index.h"
#include "util/alloc.h"
#include "util/error.h"
#include "verify/facts.h"
#include "verify/shingle_sets.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* A text with so many shingles for each distinct one: looking up the distinct ones takes less time
 * than comparing the text. */
#define REPETITIVE 8

struct tti_verifier {
    const tt_options *options;
    tti_aligner *aligner;
    const tti_doc *loaded;
    const tti_doc_shingles *loaded_shingles; /* NULL: not counted yet */
    tti_shingle_counter counters[2];         /* of the loaded and the other article, */
    tti_doc_shingles own_loaded, own_other;  /* and what they counted */
    tti_shingle_set loaded_set, other_set;   /* where the anchors do not give the numbers */
    int loaded_set_made;
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

tt_status tti_verifier_load(tti_verifier *v, const tti_doc *doc, const tti_doc_shingles *shingles,
                            tt_error *error)
{
    v->loaded = doc;
    v->loaded_shingles = shingles;
    v->loaded_set_made = 0;
    return tti_aligner_load(v->aligner, doc->hashes, doc->token_count, error);
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
        distinct = tti_shingle_set_size(&v->other_set);
    } else {
        distinct = shingles->distinct;
    }
    shared = tti_shingle_set_shared(&v->loaded_set, doc, w, seed, repeats, repeat_count);
    set_numbers(p, shared, distinct, tti_shingle_set_size(&v->loaded_set));
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
 * every shared k-gram, so that shared shingles can be counted from them. Where nothing is aligned
 * and no rule can admit the two, the numbers stay 0. */
static tt_status count_numbers(tti_verifier *v, const tti_doc *doc,
                               const tti_doc_shingles *shingles, tt_pair *p, tt_error *error)
{
    const uint32_t w = v->options->shingle_tokens;
    uint32_t shared;
    if (w < TTI_KGRAM_TOKENS || doc->token_count < w || v->loaded->token_count < w)
        return count_by_sets(v, doc, shingles, p, error);
    TTI_TRY(count_missing(v, doc, &shingles, error));
    if (!tti_verify_aligns(v->options)) {
        const uint32_t least =
            least_shared(v->options, shingles->distinct, v->loaded_shingles->distinct);
        int enough;
        if (shingles->repeat_count / REPETITIVE >= shingles->distinct)
            return count_by_sets(v, doc, shingles, p, error);
        TTI_TRY(
            tti_aligner_match(v->aligner, doc->hashes, doc->token_count, least, &enough, error));
        if (!enough)
            return TT_OK;
    }
    shared = tti_aligner_shared_shingles(v->aligner, w, shingles->repeats, shingles->repeat_count);
    if (shared == UINT32_MAX)
        return count_by_sets(v, doc, shingles, p, error);
    set_numbers(p, shared, shingles->distinct, v->loaded_shingles->distinct);
    return TT_OK;
}

/* ---- The pair -------------------------------------------------------------------------------- */

tt_status tti_verifier_run(tti_verifier *v, const tti_doc *doc, const tti_doc_shingles *shingles,
                           tti_verified_pair *out, tt_error *error)
{
    const tt_options *o = v->options;
    tt_pair *p = &out->pair;
    assert(doc->token_count > 0 && v->loaded->token_count > 0);
    memset(out, 0, sizeof *out);
    p->overlap_a = p->overlap_b = p->facts = NAN;
    if (tti_verify_aligns(o)) {
        TTI_TRY(tti_aligner_run(v->aligner, doc->hashes, doc->token_count, &out->alignment, error));
        p->overlap_a = (double)out->alignment.aligned_a / doc->token_count;
        p->overlap_b = (double)out->alignment.aligned_b / v->loaded->token_count;
    }
    TTI_TRY(count_numbers(v, doc, shingles, p, error));
    out->admission = tti_admission_of(o, p, doc->token_count < v->loaded->token_count);
    if (out->admission == TTI_NOT_ADMITTED)
        return TT_OK;
    if (o->facts >= 0)
        p->facts = tti_facts(doc, v->loaded, &out->alignment);
    p->relation = tti_relation_of(o, p, out->admission, doc, v->loaded,
                                  tti_facts_threshold(&out->alignment, o->facts));
    return TT_OK;
}
