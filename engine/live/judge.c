#include "live/judge.h"

#include "common/alloc.h"
#include "common/fail.h"

#include <math.h>
#include <string.h>

void tti_trial_free(tti_trial *t)
{
    if (t->links.allocator != NULL)
        tti_verified_free(&t->links);
}

tt_status tti_judge_init(tti_judge *j, tti_shelf *shelf, const tt_options *options, tt_error *error)
{
    memset(j, 0, sizeof *j);
    j->shelf = shelf;
    j->options = options;
    j->allocator = j->others.allocator = options->allocator;
    tti_tally_rules_make(&j->rules, options, NULL);
    return tti_judge_reserve(j, 1, error);
}

tt_status tti_judge_reserve(tti_judge *j, int count, tt_error *error)
{
    tti_hand *hands;
    if (count <= j->hand_count)
        return TT_OK;
    hands = tti_alloc_zero(j->allocator, (size_t)count, sizeof *hands);
    if (hands == NULL)
        return tti_fail_memory(error, "verdicts");
    if (j->hand_count > 0)
        memcpy(hands, j->hands, (size_t)j->hand_count * sizeof *hands);
    tti_release(j->allocator, j->hands, (size_t)j->hand_count, sizeof *hands);
    j->hands = hands;
    j->hand_count = count;
    for (int t = 0; t < count; t++)
        if (hands[t].verifier == NULL) {
            tti_tally_init(&hands[t].tally, j->allocator);
            TTI_TRY(tti_verifier_open(&hands[t].verifier, j->options, error));
        }
    return TT_OK;
}

void tti_judge_free(tti_judge *j)
{
    const tt_allocator *a = j->allocator;
    if (a == NULL)
        return;
    for (int t = 0; t < j->hand_count; t++) {
        tti_hand *hand = &j->hands[t];
        if (hand->tally.found.allocator != NULL)
            tti_tally_free(&hand->tally);
        tti_sample_free(&hand->sample, a);
        tti_release(a, hand->own.slots, hand->own.capacity, sizeof *hand->own.slots);
        tti_verifier_close(hand->verifier);
        tti_aligner_close(hand->self);
    }
    tti_release(a, j->hands, (size_t)j->hand_count, sizeof *j->hands);
    tti_trial_free(&j->trial);
    tti_verified_free(&j->others);
    tti_release(a, j->frames, j->frame_capacity, sizeof *j->frames);
    tti_release(a, j->holders, j->holder_capacity, sizeof *j->holders);
    tti_release(a, j->local, j->local_capacity, sizeof *j->local);
    tti_release(a, j->places, j->place_capacity, sizeof *j->places);
    tti_release(a, j->blocks, j->block_capacity, sizeof *j->blocks);
    memset(j, 0, sizeof *j);
}

/* ---- Choosing -------------------------------------------------------------------------------- */

/* Exact copies of series do not come here; articles before `other` were looked at before. */
static void consider(tti_best *x, uint32_t other, const tt_pair *pair, int admitted,
                     int has_section, uint64_t new_tokens)
{
    if (admitted && pair->relation != TT_SERIES &&
        (x->of == TTI_NONE || pair->overlap_b > x->pair.overlap_b)) {
        x->pair = *pair;
        x->of = other;
        x->new_tokens = new_tokens;
        x->has_section = has_section;
    }
    if (has_section && (x->section_of == TTI_NONE || pair->overlap_b > x->section.overlap_b)) {
        x->section = *pair;
        x->section_of = other;
        x->section_new = new_tokens;
    }
}

static void decide(const tti_judge *j, const tti_best *x, uint32_t tokens, tti_judgement *out)
{
    const double drop = j->options->drop;
    out->novelty = TT_NEW;
    out->of = TTI_NONE;
    out->new_tokens = tokens;
    if (x->of != TTI_NONE) {
        out->novelty = x->pair.overlap_b >= drop                        ? TT_DUPLICATE
                       : x->pair.overlap_a >= drop && x->new_tokens > 0 ? TT_UPDATE
                       : x->has_section                                 ? TT_OVERLAPS
                                                                        : TT_NEW;
        out->of = x->of;
        out->pair = x->pair;
        out->new_tokens = x->new_tokens;
    }
    if (out->novelty == TT_NEW && x->section_of != TTI_NONE) {
        out->novelty = TT_OVERLAPS;
        out->of = x->section_of;
        out->pair = x->section;
        out->new_tokens = x->section_new;
    }
    if (out->novelty == TT_NEW) {
        out->of = TTI_NONE;
        out->new_tokens = tokens;
    }
}

/* ---- One article ------------------------------------------------------------------------------
 */

/* One pair, the longer side loaded as a batch does, and its numbers with b on side b. */
static tt_status verify(const tti_hand *hand, const tti_doc *a, const tti_doc *b, int *loaded,
                        tti_finding *f, uint64_t *aligned, tt_error *error)
{
    const int a_longer = a->token_count > b->token_count;
    if (a_longer || !*loaded)
        TTI_TRY(tti_verifier_load(hand->verifier, a_longer ? a : b, NULL, error));
    *loaded = !a_longer;
    TTI_TRY(tti_verifier_run(hand->verifier, a_longer ? b : a, NULL, f, error));
    *aligned = a_longer ? f->alignment.aligned_a : f->alignment.aligned_b;
    if (a_longer)
        f->pair = tti_pair_turned(&f->pair);
    return TT_OK;
}

static tt_status look_at(const tti_judge *j, const tti_hand *hand, const tti_doc *doc, tti_trial *t,
                         uint64_t candidate, int *loaded, tt_error *error)
{
    const uint32_t other = tti_candidate_a(candidate);
    const size_t links = t->links.link_count, blocks = t->links.block_count;
    const tti_doc a = tti_shelf_doc(j->shelf, other);
    const int a_longer = a.token_count > doc->token_count;
    uint64_t aligned;
    tti_finding f;
    int has_section;
    TTI_TRY(verify(hand, &a, doc, loaded, &f, &aligned, error));
    if (tti_verified_link(&t->links, &f.alignment, a_longer ? t->number : other,
                          a_longer ? other : t->number, j->options->min_section) != TT_OK)
        return tti_fail_memory(error, "sections");
    has_section = t->links.link_count > links;
    consider(&t->best, other, &f.pair, f.admitted, has_section, doc->token_count - aligned);
    if ((tti_candidate_want(candidate) & TTI_WANT_SECTIONS) == 0) { /* as in a batch */
        t->links.link_count = links;
        t->links.block_count = blocks;
    }
    return TT_OK;
}

/* The holders that the links lead to have their places. */
static tt_status settle_links(tti_judge *j, tti_trial *t, tt_error *error)
{
    tti_verified_order(&t->links);
    for (size_t k = 0; k < t->links.link_count; k++) {
        const uint32_t a = t->links.links[k].a;
        if (a != t->number && (k == 0 || t->links.links[k - 1].a != a))
            TTI_TRY(tti_judge_settle(j, &a, 1, error));
    }
    return TT_OK;
}

/* An article whose tokens are there already. */
static tt_status judge_copy(tti_judge *j, uint32_t first, const tti_doc *doc, tti_judgement *out,
                            tt_error *error)
{
    const tti_memo *m;
    TTI_TRY(tti_judge_settle(j, &first, 1, error));
    m = &tti_shelf_class(j->shelf, first)->memo;
    if (tti_reserve(j->allocator, &j->places, &j->place_capacity, 2 * m->count + 1,
                    sizeof *j->places) != 0)
        return tti_fail_memory(error, "sections");
    out->place_count = tti_places_of_copy(m->places, m->count, first, doc->token_count,
                                          j->options->min_section, j->places);
    out->places = j->places;
    out->novelty = TT_DUPLICATE;
    out->of = first;
    out->pair = (tt_pair){0, 0, 1, 1, 1, 1, 1, 1, TT_IDENTICAL, 0};
    out->new_tokens = 0;
    return TT_OK;
}

/* The first document with the same tokens that is not this article itself, or TTI_NONE. */
static uint32_t find_same(const tti_shelf *s, const tti_doc *doc, uint32_t number)
{
    const uint32_t first = number < s->count ? tti_shelf_class(s, number)->first
                                             : tti_shelf_same(s, doc->hashes, doc->token_count);
    return first == number ? TTI_NONE : first;
}

static tt_status compare(const tti_judge *j, tti_hand *hand, const tti_doc *doc, tti_trial *t,
                         tt_error *error)
{
    const tti_candidates *found = &hand->tally.found;
    int loaded = 0;
    for (size_t k = 0; k < found->count; k++) {
        if (tti_candidate_a(found->packed[k]) == t->number)
            TTI_TRY(tti_judge_self(j, hand, doc, t->number, &t->links, error));
        else
            TTI_TRY(look_at(j, hand, doc, t, found->packed[k], &loaded, error));
    }
    return TT_OK;
}

tt_status tti_trial_run(const tti_judge *j, int hand, const tti_doc *doc, uint32_t number,
                        tti_trial *t, tt_error *error)
{
    t->links.allocator = j->allocator;
    t->number = number;
    t->same = find_same(j->shelf, doc, number);
    t->links.link_count = t->links.block_count = 0;
    t->best = (tti_best){.of = TTI_NONE, .section_of = TTI_NONE};
    if (doc->token_count == 0 || t->same != TTI_NONE)
        return TT_OK;
    TTI_TRY(tti_judge_candidates(j, &j->hands[hand], doc, number, 1, error));
    return compare(j, &j->hands[hand], doc, t, error);
}

tt_status tti_trial_end(tti_judge *j, const tti_doc *doc, tti_trial *t, tti_judgement *out,
                        tt_error *error)
{
    memset(out, 0, sizeof *out);
    j->place_count = j->block_count = 0;
    out->of = TTI_NONE;
    out->number = t->number;
    if (doc->token_count == 0)
        return TT_OK;
    if (t->same != TTI_NONE)
        return judge_copy(j, t->same, doc, out, error);
    TTI_TRY(settle_links(j, t, error));
    TTI_TRY(tti_judge_places(j, &t->links, t->number, error));
    decide(j, &t->best, doc->token_count, out);
    out->places = j->places;
    out->place_count = j->place_count;
    return TT_OK;
}

tt_status tti_judge_run(tti_judge *j, const tti_doc *doc, tti_judgement *out, tt_error *error)
{
    TTI_TRY(tti_trial_run(j, 0, doc, (uint32_t)j->shelf->count, &j->trial, error));
    return tti_trial_end(j, doc, &j->trial, out, error);
}

tt_status tti_judge_version(tti_judge *j, const tti_doc *doc, uint32_t article, tti_judgement *out,
                            int *related, tt_error *error)
{
    const tti_class *c = tti_shelf_class(j->shelf, article);
    tti_doc old = tti_shelf_doc(j->shelf, c->first);
    uint64_t aligned = 0;
    tti_finding f = {0};
    int loaded = 0;
    *related = 0;
    memset(out, 0, sizeof *out);
    out->novelty = TT_UPDATE;
    out->of = article;
    out->pair.facts = 1;
    out->new_tokens = doc->token_count;
    if (doc->token_count == 0 || old.token_count == 0)
        return TT_OK;
    old.flags = tti_stored_flags(&j->shelf->articles[article]);
    TTI_TRY(verify(j->hands, &old, doc, &loaded, &f, &aligned, error));
    *related = f.admitted;
    out->pair = f.pair;
    out->new_tokens = doc->token_count - aligned;
    return TT_OK;
}
