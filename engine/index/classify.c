#include "index/classify.h"

#include "util/alloc.h"
#include "util/error.h"

#include <string.h>

void tti_comparison_free(tti_comparison *t)
{
    if (t->links.allocator != NULL)
        tti_verified_free(&t->links);
}

tt_status tti_classifier_init(tti_classifier *j, tti_article_table *table,
                              const tt_options *options, tt_error *error)
{
    memset(j, 0, sizeof *j);
    j->table = table;
    j->options = options;
    j->allocator = j->others.allocator = options->allocator;
    tti_seed_rules_make(&j->rules, options, NULL);
    return tti_classifier_reserve_scratch(j, 1, error);
}

tt_status tti_classifier_reserve_scratch(tti_classifier *j, int count, tt_error *error)
{
    tti_classify_scratch *scratches;
    if (count <= j->scratch_count)
        return TT_OK;
    scratches = tti_alloc_zero(j->allocator, (size_t)count, sizeof *scratches);
    if (scratches == NULL)
        return tti_fail_memory(error, "verdicts");
    if (j->scratch_count > 0)
        memcpy(scratches, j->scratches, (size_t)j->scratch_count * sizeof *scratches);
    tti_release(j->allocator, j->scratches, (size_t)j->scratch_count, sizeof *scratches);
    j->scratches = scratches;
    j->scratch_count = count;
    for (int t = 0; t < count; t++)
        if (scratches[t].verifier == NULL) {
            tti_seed_counts_init(&scratches[t].tally, j->allocator);
            TTI_TRY(tti_verifier_open(&scratches[t].verifier, j->options, error));
        }
    return TT_OK;
}

void tti_classifier_free(tti_classifier *j)
{
    const tt_allocator *a = j->allocator;
    if (a == NULL)
        return;
    for (int t = 0; t < j->scratch_count; t++) {
        tti_classify_scratch *scratch = &j->scratches[t];
        if (scratch->tally.found.allocator != NULL)
            tti_seed_counts_free(&scratch->tally);
        tti_minimizers_free(&scratch->sample, a);
        tti_release(a, scratch->own.slots, scratch->own.capacity, sizeof *scratch->own.slots);
        tti_verifier_close(scratch->verifier);
        tti_aligner_close(scratch->self);
    }
    tti_release(a, j->scratches, (size_t)j->scratch_count, sizeof *j->scratches);
    tti_comparison_free(&j->comparison);
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
static void update_best_match(tti_best_matches *x, uint32_t other, const tt_pair *pair,
                              int admitted, int has_section, uint64_t new_tokens)
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

static void choose_kind(const tti_classifier *j, const tti_best_matches *x, uint32_t tokens,
                        tti_decision *out)
{
    const double drop = j->options->drop;
    out->kind = TT_VERDICT_NEW;
    out->of = TTI_NONE;
    out->new_tokens = tokens;
    if (x->of != TTI_NONE) {
        out->kind = x->pair.overlap_b >= drop                        ? TT_VERDICT_DUPLICATE
                    : x->pair.overlap_a >= drop && x->new_tokens > 0 ? TT_VERDICT_UPDATE
                    : x->has_section                                 ? TT_VERDICT_OVERLAPS
                                                                     : TT_VERDICT_NEW;
        out->of = x->of;
        out->pair = x->pair;
        out->new_tokens = x->new_tokens;
    }
    if (out->kind == TT_VERDICT_NEW && x->section_of != TTI_NONE) {
        out->kind = TT_VERDICT_OVERLAPS;
        out->of = x->section_of;
        out->pair = x->section;
        out->new_tokens = x->section_new;
    }
    if (out->kind == TT_VERDICT_NEW) {
        out->of = TTI_NONE;
        out->new_tokens = tokens;
    }
}

/* ---- One article ------------------------------------------------------------------------------
 */

/* One pair, the longer side loaded as a batch does, and its numbers with b on side b. */
static tt_status verify_pair(const tti_classify_scratch *scratch, const tti_doc *a,
                             const tti_doc *b, int *loaded, tti_verified_pair *f, uint64_t *aligned,
                             tt_error *error)
{
    const int a_longer = a->token_count > b->token_count;
    if (a_longer || !*loaded)
        TTI_TRY(tti_verifier_load(scratch->verifier, a_longer ? a : b, NULL, error));
    *loaded = !a_longer;
    TTI_TRY(tti_verifier_run(scratch->verifier, a_longer ? b : a, NULL, f, error));
    *aligned = a_longer ? f->alignment.aligned_a : f->alignment.aligned_b;
    if (a_longer)
        f->pair = tti_pair_swapped(&f->pair);
    return TT_OK;
}

static tt_status compare_with_candidate(const tti_classifier *j,
                                        const tti_classify_scratch *scratch, const tti_doc *doc,
                                        tti_comparison *t, uint64_t candidate, int *loaded,
                                        tt_error *error)
{
    const uint32_t other = tti_candidate_a(candidate);
    const size_t links = t->links.passages.count, blocks = t->links.blocks.count;
    const tti_doc a = tti_article_table_doc(j->table, other);
    const int a_longer = a.token_count > doc->token_count;
    uint64_t aligned;
    tti_verified_pair f;
    int has_section;
    TTI_TRY(verify_pair(scratch, &a, doc, loaded, &f, &aligned, error));
    if (tti_verified_add_passages(&t->links, &f.alignment, a_longer ? t->number : other,
                                  a_longer ? other : t->number, j->options->min_section) != TT_OK)
        return tti_fail_memory(error, "sections");
    has_section = t->links.passages.count > links;
    update_best_match(&t->best, other, &f.pair, f.admission != TTI_NOT_ADMITTED, has_section,
                      doc->token_count - aligned);
    if ((tti_candidate_want(candidate) & TTI_WANT_SECTIONS) == 0) { /* as in a batch */
        t->links.passages.count = links;
        t->links.blocks.count = blocks;
    }
    return TT_OK;
}

/* The holders that the links lead to have their places. */
static tt_status fill_linked_repeats(tti_classifier *j, tti_comparison *t, tt_error *error)
{
    tti_verified_sort_passages(&t->links);
    for (size_t k = 0; k < t->links.passages.count; k++) {
        const uint32_t a = t->links.passages.items[k].a;
        if (a != t->number && (k == 0 || t->links.passages.items[k - 1].a != a))
            TTI_TRY(tti_repeats_cache_fill(j, &a, 1, error));
    }
    return TT_OK;
}

/* An article whose tokens are there already. */
static tt_status classify_copy(tti_classifier *j, uint32_t first, const tti_doc *doc,
                               tti_decision *out, tt_error *error)
{
    const tti_cached_repeats *m;
    TTI_TRY(tti_repeats_cache_fill(j, &first, 1, error));
    m = &tti_article_table_group(j->table, first)->cached;
    if (tti_reserve(j->allocator, &j->places, &j->place_capacity, 2 * m->count + 1,
                    sizeof *j->places) != 0)
        return tti_fail_memory(error, "sections");
    out->place_count = tti_token_repeats_of_copy(m->places, m->count, first, doc->token_count,
                                                 j->options->min_section, j->places);
    out->places = j->places;
    out->kind = TT_VERDICT_DUPLICATE;
    out->of = first;
    out->pair = (tt_pair){0, 0, 1, 1, 1, 1, 1, 1, TT_IDENTICAL, 0};
    out->new_tokens = 0;
    return TT_OK;
}

/* The first document with the same tokens that is not this article itself, or TTI_NONE. */
static uint32_t find_same(const tti_article_table *s, const tti_doc *doc, uint32_t number)
{
    const uint32_t first = number < s->count
                               ? tti_article_table_group(s, number)->first
                               : tti_article_table_find_tokens(s, doc->hashes, doc->token_count);
    return first == number ? TTI_NONE : first;
}

static tt_status compare_with_candidates(const tti_classifier *j, tti_classify_scratch *scratch,
                                         const tti_doc *doc, tti_comparison *t, tt_error *error)
{
    const tti_candidates *found = &scratch->tally.found;
    int loaded = 0;
    for (size_t k = 0; k < found->count; k++) {
        if (tti_candidate_a(found->packed[k]) == t->number)
            TTI_TRY(tti_link_to_itself(j, scratch, doc, t->number, &t->links, error));
        else
            TTI_TRY(compare_with_candidate(j, scratch, doc, t, found->packed[k], &loaded, error));
    }
    return TT_OK;
}

tt_status tti_comparison_run(const tti_classifier *j, int scratch, const tti_doc *doc,
                             uint32_t number, tti_comparison *t, tt_error *error)
{
    t->links.allocator = j->allocator;
    t->number = number;
    t->same = find_same(j->table, doc, number);
    t->links.passages.count = t->links.blocks.count = 0;
    t->best = (tti_best_matches){.of = TTI_NONE, .section_of = TTI_NONE};
    if (doc->token_count == 0 || t->same != TTI_NONE)
        return TT_OK;
    TTI_TRY(tti_candidate_lookup(j, &j->scratches[scratch], doc, number, 1, error));
    return compare_with_candidates(j, &j->scratches[scratch], doc, t, error);
}

tt_status tti_comparison_decide(tti_classifier *j, const tti_doc *doc, tti_comparison *t,
                                tti_decision *out, tt_error *error)
{
    memset(out, 0, sizeof *out);
    j->place_count = j->block_count = 0;
    out->of = TTI_NONE;
    out->number = t->number;
    if (doc->token_count == 0)
        return TT_OK;
    if (t->same != TTI_NONE)
        return classify_copy(j, t->same, doc, out, error);
    TTI_TRY(fill_linked_repeats(j, t, error));
    TTI_TRY(tti_repeats_from_links(j, &t->links, t->number, error));
    choose_kind(j, &t->best, doc->token_count, out);
    out->places = j->places;
    out->place_count = j->place_count;
    return TT_OK;
}

tt_status tti_classify(tti_classifier *j, const tti_doc *doc, tti_decision *out, tt_error *error)
{
    TTI_TRY(tti_comparison_run(j, 0, doc, (uint32_t)j->table->count, &j->comparison, error));
    return tti_comparison_decide(j, doc, &j->comparison, out, error);
}

tt_status tti_classify_version(tti_classifier *j, const tti_doc *doc, uint32_t article,
                               tti_decision *out, int *related, tt_error *error)
{
    const tti_article_group *c = tti_article_table_group(j->table, article);
    tti_doc old = tti_article_table_doc(j->table, c->first);
    uint64_t aligned = 0;
    tti_verified_pair f = {0};
    int loaded = 0;
    *related = 0;
    memset(out, 0, sizeof *out);
    out->kind = TT_VERDICT_UPDATE;
    out->of = article;
    out->pair.facts = 1;
    out->new_tokens = doc->token_count;
    if (doc->token_count == 0 || old.token_count == 0)
        return TT_OK;
    old.flags = tti_indexed_article_flags(&j->table->articles[article]);
    TTI_TRY(verify_pair(j->scratches, &old, doc, &loaded, &f, &aligned, error));
    *related = f.admission != TTI_NOT_ADMITTED;
    out->pair = f.pair;
    out->new_tokens = doc->token_count - aligned;
    return TT_OK;
}
