#include "index/classify.h"

#include "result/clusters.h"
#include "util/alloc.h"
#include "util/error.h"
#include "util/sort.h"
#include "verify/own_text.h"

#include <math.h>

const tt_pair tti_identical_pair = {0, 0, 1, 1, 1, 1, 1, 1, TT_IDENTICAL, 0};

void tti_comparison_free(tti_comparison *c)
{
    const tt_allocator *a = c->passages.allocator;
    if (a == NULL)
        return;
    tti_verified_free(&c->passages);
    tti_array_free(&c->matches, a);
    tti_array_free(&c->match_passages, a);
    tti_array_free(&c->notice_places, a);
}

tt_status tti_classifier_init(tti_classifier *c, tti_article_table *table,
                              const tti_decisions *decisions, const tt_options *options,
                              tt_error *error)
{
    memset(c, 0, sizeof *c);
    c->table = table;
    c->decisions = decisions;
    c->options = options;
    c->notices.allocator = options->allocator;
    c->notices.seed = options->seed;
    tti_seed_rules_make(&c->rules, options, NULL);
    tti_repeats_cache_init(&c->cache, table, &c->rules, options);
    return tti_classifier_reserve(c, 1, error);
}

tt_status tti_classifier_reserve(tti_classifier *c, int threads, tt_error *error)
{
    while (c->comparers.count < (size_t)threads) {
        TTI_TRY_ALLOC(tti_array_push(&c->comparers, c->options->allocator, (tti_comparer){0}),
                      error, "verdicts");
        TTI_TRY(tti_comparer_open(&tti_array_last(&c->comparers), c->options, error));
    }
    return TT_OK;
}

void tti_classifier_free(tti_classifier *c)
{
    if (c->options == NULL)
        return;
    for (size_t t = 0; t < c->comparers.count; t++)
        tti_comparer_close(&c->comparers.items[t]);
    tti_array_free(&c->comparers, c->options->allocator);
    tti_comparison_free(&c->comparison);
    tti_notices_free(&c->notices);
    tti_release(c->options->allocator, c->sources.preferred, c->sources.size, 1);
    tti_repeats_cache_free(&c->cache);
    memset(c, 0, sizeof *c);
}

/* ---- Comparing ------------------------------------------------------------------------------- */

enum {
    NEW_PARAGRAPH = 16 /* tokens in a row that only the newer of two has: longer than a dateline or
                          a byline, and as long as a paragraph of news may be */
};

/* Whether the article has a paragraph that the other one lacks, and that is no notice. */
static tt_status find_new_paragraph(const tti_classifier *c, const tti_doc *doc,
                                    const tti_compared_pair *found, int *is_there)
{
    const uint8_t *aligned =
        found->is_swapped ? found->alignment.a_aligned : found->alignment.b_aligned;
    uint32_t begin = 0;
    *is_there = 0;
    for (uint32_t i = 0; i <= doc->token_count && !*is_there; i++) {
        if (i < doc->token_count && !aligned[i])
            continue;
        if (i - begin >= NEW_PARAGRAPH) {
            double share = 0;
            if (c->notices.list.count > 0)
                TTI_TRY(tti_notices_cover(&c->notices, doc, begin, i, &share));
            *is_there = share < TTI_MOST_OF_NOTICE;
        }
        begin = i + 1;
    }
    return TT_OK;
}

void tti_comparison_begin(tti_comparison *x, const tti_classifier *c, const tti_db_row *row,
                          int by_sources)
{
    const int has_rules = c->sources.which != TT_SOURCES_ANY || c->sources.preferred != NULL;
    x->id = tti_db_row_id(row);
    x->source = row->source;
    x->source_size = row->source_size;
    x->sources = by_sources && has_rules ? &c->sources : NULL;
}

enum { MOST_TWINS = 64 /* that are looked at, of articles with the same tokens */ };

static int64_t rank_of(const tti_classifier *c, uint32_t article)
{
    const tti_indexed_article *a = &tti_array_at(&c->table->articles, article);
    return tti_source_rank(tti_indexed_article_source(a), a->source_size, c->sources.preferred);
}

/* Whether the rules let a verdict on the article name this one. Where one of them has no source,
 * the two are of different ones. */
static int may_name(const tti_comparison *x, const tti_indexed_article *a)
{
    const int is_same = a->source_size > 0 && a->source_size == x->source_size &&
                        memcmp(tti_indexed_article_source(a), x->source, a->source_size) == 0;
    return x->sources->which == TT_SOURCES_ANY ||
           is_same == (x->sources->which == TT_SOURCES_WITHIN);
}

/* The article with the tokens of `other` that a verdict may name: of the preferred source, and of
 * those the earliest; TTI_NONE: none. What is withdrawn is always named. */
static uint32_t find_named(const tti_classifier *c, const tti_comparison *x, uint32_t other)
{
    uint32_t best = TTI_NONE, member = tti_article_table_group(c->table, other)->first;
    if (x->sources == NULL)
        return other;
    for (int k = 0; member != TTI_NONE && member < x->number && k < MOST_TWINS; k++) {
        const tti_indexed_article *a = &tti_array_at(&c->table->articles, member);
        if (a->flags & TT_ARTICLE_WITHDRAWN)
            return other;
        if (may_name(x, a) && (best == TTI_NONE || rank_of(c, member) > rank_of(c, best)))
            best = member;
        member = a->next;
    }
    return best;
}

/* Between equals the earlier article stays: they come in order. */
static int is_better_pair(const tti_best_pair *best, const tti_compared_pair *found)
{
    return best->of == TTI_NONE || found->pair.overlap_b > best->pair.overlap_b;
}

/* Of articles that hold the new one, that of the preferred source is better. */
static int is_better_copy(const tti_classifier *c, const tti_comparison *x,
                          const tti_best_pair *best, const tti_compared_pair *found, uint32_t named)
{
    const double drop = c->options->drop;
    if (x->sources != NULL && best->of != TTI_NONE && best->pair.overlap_b >= drop &&
        found->pair.overlap_b >= drop && rank_of(c, named) != rank_of(c, best->of))
        return rank_of(c, named) > rank_of(c, best->of);
    return is_better_pair(best, found);
}

static tti_best_pair make_best_pair(uint32_t of, const tti_compared_pair *found, const tti_doc *doc,
                                    int has_section)
{
    return (tti_best_pair){.of = of,
                           .pair = found->pair,
                           .facts = found->facts,
                           .new_tokens = doc->token_count - found->aligned_b,
                           .has_section = has_section,
                           .admitted = found->admitted};
}

/* `named`: the article with the tokens of `of` that is to be told. */
static tt_status append_match(const tti_classifier *c, tti_comparison *out, uint32_t of,
                              uint32_t named, const tti_compared_pair *found)
{
    const tt_allocator *a = out->passages.allocator;
    tti_doc_match m = {.of = named,
                       .admitted = found->admitted,
                       .pair = found->pair,
                       .facts = found->facts,
                       .passage_begin = out->match_passages.count};
    for (size_t k = 0; k < found->alignment.passage_count; k++) {
        const tti_passage *p = &found->alignment.passages[k];
        tti_match_passage x = {p->b_begin, p->b_end, p->a_begin, p->a_end, 0};
        if (found->is_swapped)
            x = (tti_match_passage){p->a_begin, p->a_end, p->b_begin, p->b_end, 0};
        if (!tti_is_section(x.of_end - x.of_begin, x.end - x.begin, p->matched,
                            c->options->min_section))
            continue;
        x.similarity = tti_similarity(x.of_end - x.of_begin, x.end - x.begin, p->matched);
        TTI_TRY(tti_array_push(&out->match_passages, a, x));
    }
    m.passage_count = out->match_passages.count - m.passage_begin;
    if (of == out->same)
        m.pair = tti_identical_pair;
    return m.admitted || m.passage_count > 0 ? tti_array_push(&out->matches, a, m) : TT_OK;
}

/* Keeps what the article shares with another one as a notice, as far as the two can tell, and gives
 * them the relation that follows from the list. */
static tt_status apply_notices(const tti_classifier *c, tti_comparer *comparer, const tti_doc *doc,
                               tti_comparison *out, const tti_doc *a, uint32_t other,
                               tti_compared_pair *found)
{
    tti_notice_place p = {.doc = out->number,
                          .other = other,
                          .evidence = (uint8_t)found->notice_evidence,
                          .is_copy = TT_IS_COPY(found->pair.relation)};
    out->copies += (uint32_t)p.is_copy;
    while (found->notice_evidence > 0 &&
           tti_next_shared_run(found->is_swapped ? found->alignment.a_aligned
                                                 : found->alignment.b_aligned,
                               doc->token_count, &p.begin, &p.end))
        TTI_TRY(tti_array_push(&out->notice_places, c->options->allocator, p));
    return tti_notices_apply_to_pair(&c->notices, &comparer->notice_reader, a, doc, &found->pair);
}

/* Whether some passage from `begin` on is no notice. */
static tt_status find_story_section(const tti_classifier *c, const tti_comparison *x,
                                    const tti_doc *doc, size_t begin, int *found)
{
    *found = 0;
    for (size_t k = begin; k < x->passages.passages.count && !*found; k++) {
        const tti_shared_passage *p = &x->passages.passages.items[k];
        double share = 0;
        if (c->notices.list.count > 0)
            TTI_TRY(tti_notices_cover(&c->notices, doc, p->b_begin, p->b_end, &share));
        *found = share < TTI_MOST_OF_NOTICE;
    }
    return TT_OK;
}

/* Whether an editor decided that the article is no copy of one with the tokens of `other`. */
static int is_no_copy(const tti_classifier *c, const tti_comparison *x, uint32_t other)
{
    uint32_t member = tti_article_table_group(c->table, other)->first;
    if (c->decisions->list.count == 0 || x->id.bytes == NULL)
        return 0;
    for (int k = 0; member != TTI_NONE && k < MOST_TWINS; k++) {
        const tti_indexed_article *a = &tti_array_at(&c->table->articles, member);
        const tt_id of = tti_indexed_article_id(a);
        if (tti_decisions_find(c->decisions, &x->id, &of) == TT_DECISION_NOT_A_COPY)
            return 1;
        member = a->next;
    }
    return 0;
}

static tt_status compare_with_candidate(const tti_classifier *c, tti_comparer *comparer,
                                        const tti_doc *doc, tti_comparison *out, uint32_t other,
                                        int wants_sections, tt_error *error)
{
    const size_t passages = out->passages.passages.count, blocks = out->passages.blocks.count;
    const tti_doc a = tti_article_table_doc(c->table, other);
    tti_compared_pair found;
    const uint32_t named = find_named(c, out, other);
    int has_section;
    TTI_TRY(tti_comparer_run(comparer, &a, doc, &found, error));
    TTI_TRY(tti_compared_pair_add_passages(&found, other, out->number, c->options->min_section,
                                           &out->passages, error));
    if (found.admitted)
        TTI_TRY_ALLOC(apply_notices(c, comparer, doc, out, &a, other, &found), error, "notices");
    TTI_TRY_ALLOC(find_story_section(c, out, doc, passages, &has_section), error, "notices");
    if (named != TTI_NONE && found.admitted && TT_IS_COPY(found.pair.relation) &&
        is_better_copy(c, out, &out->admitted, &found, named) && !is_no_copy(c, out, other)) {
        out->admitted = make_best_pair(named, &found, doc, has_section);
        TTI_TRY_ALLOC(find_new_paragraph(c, doc, &found, &out->admitted.has_new_paragraph), error,
                      "notices");
    }
    if (named != TTI_NONE && has_section &&
        !(found.admitted && found.pair.relation == TT_BOILERPLATE) &&
        is_better_pair(&out->with_section, &found))
        out->with_section = make_best_pair(named, &found, doc, 1);
    if (c->with_matches && named != TTI_NONE)
        TTI_TRY_ALLOC(append_match(c, out, other, named, &found), error, "matches");
    if (!wants_sections) { /* as in a scan */
        out->passages.passages.count = passages;
        out->passages.blocks.count = blocks;
    }
    return TT_OK;
}

static double or_least(double x)
{
    return isnan(x) ? -1 : x;
}

/* Those that share most of the article's tokens come first. */
static int is_better_match(const tti_doc_match *x, const tti_doc_match *y)
{
    const double p = or_least(x->pair.overlap_b), q = or_least(y->pair.overlap_b);
    const double r = or_least(x->pair.resemblance), s = or_least(y->pair.resemblance);
    return p != q ? p > q : r != s ? r > s : x->of < y->of;
}

TTI_SORT_DEFINE(sort_matches, tti_doc_match, is_better_match(x, y))
TTI_SORT_DEFINE(sort_match_passages, tti_match_passage,
                x->begin != y->begin ? x->begin < y->begin : x->of_begin < y->of_begin)

static void sort_and_cut_matches(tti_comparison *out, size_t most)
{
    for (size_t k = 0; k < out->matches.count; k++)
        sort_match_passages(out->match_passages.items + out->matches.items[k].passage_begin,
                            out->matches.items[k].passage_count);
    sort_matches(out->matches.items, out->matches.count);
    if (out->matches.count > most)
        out->matches.count = most;
}

/* The first document with the same tokens that is not this article itself, or TTI_NONE. */
static uint32_t find_same(const tti_article_table *t, const tti_doc *doc, uint32_t number)
{
    const uint32_t first = number < t->articles.count
                               ? tti_article_table_group(t, number)->first
                               : tti_article_table_find_tokens(t, doc->hashes, doc->token_count);
    return first == number ? TTI_NONE : first;
}

/* Compares the article with its candidates. */
static tt_status compare_with_candidates(const tti_classifier *c, tti_comparer *comparer,
                                         const tti_doc *doc, tti_comparison *out, tt_error *error)
{
    const tti_candidates *found = &comparer->lookup.counts.found;
    out->passages.passages.count = out->passages.blocks.count = 0;
    out->admitted.of = out->with_section.of = TTI_NONE;
    out->matches.count = out->match_passages.count = 0;
    tti_comparer_begin(comparer);
    if (out->same != TTI_NONE)
        TTI_TRY(compare_with_candidate(c, comparer, doc, out, out->same, 0, error));
    for (size_t k = 0; k < found->pairs.count; k++) {
        const uint32_t other = tti_candidate_a(found->pairs.items[k]);
        if (other == out->number)
            TTI_TRY(tti_comparer_add_own_passages(comparer, doc, other, &out->passages, error));
        else if (other != out->same)
            TTI_TRY(compare_with_candidate(
                c, comparer, doc, out, other,
                (tti_candidate_want(found->pairs.items[k]) & TTI_WANT_SECTIONS) != 0, error));
    }
    return TT_OK;
}

tt_status tti_compare_with_earlier(const tti_classifier *c, int thread, const tti_doc *doc,
                                   uint32_t number, tti_comparison *out, tt_error *error)
{
    tti_comparer *comparer = &tti_array_at(&c->comparers, (size_t)thread);
    assert(number <= c->table->articles.count);
    out->passages.allocator = c->options->allocator;
    out->number = number;
    out->same = find_same(c->table, doc, number);
    if (out->same != TTI_NONE && find_named(c, out, out->same) == TTI_NONE)
        out->same = TTI_NONE;
    out->passages.passages.count = out->passages.blocks.count = 0;
    out->admitted.of = out->with_section.of = TTI_NONE;
    out->matches.count = out->match_passages.count = 0;
    out->notice_places.count = out->copies = 0;
    out->notice_count = c->notices.list.count;
    if (doc->token_count == 0 || (out->same != TTI_NONE && !c->with_matches))
        return TT_OK;
    TTI_TRY(tti_candidate_lookup_run(&comparer->lookup, c->table, &c->rules, doc, number, error));
    TTI_TRY(compare_with_candidates(c, comparer, doc, out, error));
    sort_and_cut_matches(out, c->options->max_matches);
    return TT_OK;
}

/* ---- Deciding -------------------------------------------------------------------------------- */

/* What an article is to the one that has most of its tokens, by which a rule admits the two. */
static tt_verdict_kind kind_of_admitted(const tti_best_pair *best, double drop)
{
    if (best->pair.overlap_b >= drop && best->pair.conflicts > 0)
        return TT_VERDICT_CORRECTION;
    if (best->pair.overlap_a >= drop && best->new_tokens > 0 &&
        (best->pair.overlap_b < drop || best->has_new_paragraph))
        return TT_VERDICT_UPDATE;
    if (best->pair.overlap_b >= drop)
        return TT_VERDICT_DUPLICATE;
    return best->has_section ? TT_VERDICT_OVERLAPS : TT_VERDICT_NEW;
}

static void choose_kind(const tti_classifier *c, const tti_comparison *x, uint32_t tokens,
                        tti_decision *out)
{
    const tti_best_pair *best = &x->admitted;
    if (best->of != TTI_NONE)
        out->kind = kind_of_admitted(best, c->options->drop);
    if (out->kind == TT_VERDICT_NEW && x->with_section.of != TTI_NONE) {
        out->kind = TT_VERDICT_OVERLAPS;
        best = &x->with_section;
    }
    out->new_tokens = tokens;
    if (out->kind == TT_VERDICT_NEW)
        return;
    out->of = best->of;
    out->pair = best->pair;
    out->facts = best->facts;
    out->admitted = best->admitted;
    out->new_tokens = best->new_tokens;
}

/* An article whose tokens are there already: it repeats what the first one repeats, and for the
 * rest that one. */
static tt_status decide_copy(tti_classifier *c, uint32_t first, const tti_doc *doc,
                             tti_decision *out, tt_error *error)
{
    tti_repeats_cache *cache = &c->cache;
    const tti_cached_repeats *m = &tti_article_table_group(c->table, first)->cached;
    TTI_TRY(tti_repeats_cache_fill(cache, c->comparers.items, first, error));
    TTI_TRY_ALLOC(tti_array_resize(&cache->repeats, c->options->allocator, 2 * m->count + 2), error,
                  "sections");
    cache->repeats.count = tti_token_repeats_of_copy(m->repeats, m->count, first, doc->token_count,
                                                     c->options->min_section, cache->repeats.items);
    out->kind = TT_VERDICT_DUPLICATE;
    out->of = find_named(c, out->comparison, first);
    out->pair = tti_identical_pair;
    out->admitted = 1;
    return TT_OK;
}

/* Learns the notices that the article shares with earlier ones, as a scan of all of them would, and
 * compares it again if the list has got longer by what it has. So every article is compared by one
 * list: that of those before it and itself, however they came. */
static tt_status follow_notices(tti_classifier *c, const tti_doc *doc, tti_comparison *x,
                                tt_error *error)
{
    if (!c->keeps_notices)
        tti_notices_cut(&c->notices, c->kept_notices);
    if (x->notice_places.count > 0 && !c->notices.is_given)
        TTI_TRY_ALLOC(tti_notices_learn_from_doc(&c->notices, doc, x->notice_places.items,
                                                 x->notice_places.count, x->copies),
                      error, "notices");
    if (c->keeps_notices)
        c->kept_notices = c->notices.list.count;
    return c->notices.list.count != x->notice_count && tti_notices_are_in(&c->notices, doc)
               ? tti_compare_with_earlier(c, 0, doc, x->number, x, error)
               : TT_OK;
}

tt_status tti_decide(tti_classifier *c, const tti_doc *doc, tti_comparison *x, tti_decision *out,
                     tt_error *error)
{
    *out = (tti_decision){
        .kind = TT_VERDICT_NEW, .of = TTI_NONE, .number = x->number, .comparison = x};
    c->cache.repeats.count = c->cache.blocks.count = 0;
    if (doc->token_count == 0)
        return TT_OK;
    TTI_TRY(follow_notices(c, doc, x, error));
    if (x->same != TTI_NONE) {
        TTI_TRY(decide_copy(c, x->same, doc, out, error));
        if (is_no_copy(c, x, x->same)) {
            out->kind = TT_VERDICT_NEW;
            out->of = TTI_NONE;
            out->new_tokens = doc->token_count;
        }
    } else {
        tti_verified_sort_passages(&x->passages);
        for (size_t k = 0; k < x->passages.passages.count; k++)
            if (x->passages.passages.items[k].a != x->number)
                TTI_TRY(tti_repeats_cache_fill(&c->cache, c->comparers.items,
                                               x->passages.passages.items[k].a, error));
        TTI_TRY(tti_repeats_cache_compute(&c->cache, &x->passages, x->number, error));
        choose_kind(c, x, doc->token_count, out);
    }
    if (out->kind == TT_VERDICT_DUPLICATE && x->sources != NULL &&
        tti_source_rank(x->source, x->source_size, c->sources.preferred) > rank_of(c, out->of))
        out->kind = TT_VERDICT_UPDATE; /* it is the one to be used */
    out->repeats = c->cache.repeats.items;
    out->repeat_count = c->cache.repeats.count;
    return TT_OK;
}

void tti_classifier_keep_repeats(tti_classifier *c, uint32_t doc)
{
    tti_repeats_cache_store(&c->cache, doc);
}

tt_status tti_classify(tti_classifier *c, const tti_doc *doc, tti_decision *out, tt_error *error)
{
    TTI_TRY(tti_compare_with_earlier(c, 0, doc, (uint32_t)c->table->articles.count, &c->comparison,
                                     error));
    return tti_decide(c, doc, &c->comparison, out, error);
}

tt_status tti_classify_version(tti_classifier *c, const tti_doc *doc, uint32_t article,
                               tti_decision *out, tt_error *error)
{
    tti_doc old =
        tti_article_table_doc(c->table, tti_article_table_group(c->table, article)->first);
    tti_compared_pair found;
    *out = (tti_decision){.kind = TT_VERDICT_UPDATE,
                          .of = article,
                          .pair = {.facts = 1},
                          .new_tokens = doc->token_count};
    if (doc->token_count == 0 || old.token_count == 0)
        return TT_OK;
    old.flags = tti_indexed_article_flags(&c->table->articles.items[article]);
    tti_comparer_begin(c->comparers.items);
    TTI_TRY(tti_comparer_run(c->comparers.items, &old, doc, &found, error));
    out->admitted = found.admitted;
    out->pair = found.pair;
    out->facts = found.facts;
    out->new_tokens = doc->token_count - found.aligned_b;
    return TT_OK;
}
