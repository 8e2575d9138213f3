/*
 * tt_align(): two texts, or one and itself -> passages and segments, for a view of both.
 *
 * Passages are chosen as the sections of a scan are (result/repeats.h), so that a view of two
 * articles shows what their scan reports. The heaviest chain of passages that come in the same
 * order in both texts is the frame of the reading from beginning to end; what lies between two of
 * its passages is compared token by token where it is no longer than a gap within a passage may be.
 */
#include "align/gaps.h"
#include "result/repeats.h"
#include "result/result.h"
#include "text/tokenizer.h"
#include "util/alloc.h"
#include "util/error.h"
#include "verify/verify.h"

#include <assert.h>
#include <string.h>

struct tt_alignment {
    const tt_allocator *allocator;
    tt_pair pair;
    int admitted;
    tt_difference differences[TT_MOST_DIFFERENCES];
    tt_passage *passages;
    size_t passage_count;
    tt_segment *segments; /* the reading, then the segments of the moved passages */
    size_t reading_count, segment_count, segment_capacity;
};

typedef struct aligned_text {
    tti_tokens tokens;
    tti_doc doc;
    tti_hash128 key;
    uint32_t *begins, *ends; /* bytes of each token */
} aligned_text;

/* A run of tokens of a and one of b. */
typedef struct token_extents {
    uint32_t a_begin, a_end, b_begin, b_end;
} token_extents;

/* Fills a tt_alignment. */
typedef struct alignment_builder {
    tt_alignment *out;
    const aligned_text *a, *b; /* one and the same where a text is aligned with itself */
    tti_token_repeats repeats; /* the passages, in tokens */
    size_t *first_segments;    /* of each passage */
    token_extents last;        /* of the segment appended last */
} alignment_builder;

/* ---- Texts ----------------------------------------------------------------------------------- */

static void free_aligned_text(aligned_text *t)
{
    const tt_allocator *a = t->tokens.allocator;
    tti_release(a, t->begins, t->doc.token_count, sizeof *t->begins);
    tti_release(a, t->ends, t->doc.token_count, sizeof *t->ends);
    tti_tokens_free(&t->tokens);
}

static tt_status tokenize_side(aligned_text *t, const tt_article *article, const tt_options *o,
                               tt_error *error)
{
    tti_tokenized_text added;
    tti_tokens_init(&t->tokens, o->allocator);
    if (article->text == NULL && article->text_size > 0)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "text is NULL");
    if (article->text_size > o->max_article_bytes)
        return tti_fail(error, TT_ELIMIT, TTI_NOWHERE, "text is over max_article_bytes");
    TTI_TRY(tti_tokens_append_text(&t->tokens, article->text, article->text_size,
                                   (tt_paragraphs)o->paragraphs, o->seed, &added, error));
    t->key = added.key;
    t->doc = (tti_doc){.hashes = t->tokens.hashes,
                       .flags = t->tokens.flags,
                       .paragraphs = t->tokens.paragraphs,
                       .published = article->published,
                       .token_count = added.token_count,
                       .paragraph_count = added.paragraph_count};
    t->begins = tti_alloc(o->allocator, added.token_count, sizeof *t->begins);
    t->ends = tti_alloc(o->allocator, added.token_count, sizeof *t->ends);
    if (t->begins == NULL || t->ends == NULL)
        return tti_fail_memory(error, "token extents");
    tti_token_extents_decode(t->tokens.extents, added.token_count, t->begins, t->ends);
    return TT_OK;
}

/* ---- Passages in tokens ---------------------------------------------------------------------- */

/* Sets the numbers of the pair and adds the passages that the two share. */
static tt_status compare_texts(alignment_builder *x, const tt_options *o, uint32_t min_tokens,
                               tti_verified *found, tt_error *error)
{
    const int a_longer = x->a->doc.token_count > x->b->doc.token_count;
    const tti_doc *longer = a_longer ? &x->a->doc : &x->b->doc;
    const tti_doc *shorter = a_longer ? &x->b->doc : &x->a->doc;
    tt_pair *pair = &x->out->pair;
    tti_verified_pair v;
    tti_verifier *verifier;
    tt_status status = tti_verifier_open(&verifier, o, 0, error);
    if (status == TT_OK)
        status = tti_verifier_load(verifier, longer, NULL, error);
    if (status == TT_OK)
        status = tti_verifier_run(verifier, shorter, NULL, &v, error);
    if (status == TT_OK && tti_verified_add_passages(found, &v.alignment, a_longer ? 1 : 0,
                                                     a_longer ? 0 : 1, min_tokens) != TT_OK)
        status = tti_fail_memory(error, "passages");
    tti_verifier_close(verifier);
    TTI_TRY(status);
    x->out->admitted = v.admission != TTI_NOT_ADMITTED;
    *pair = a_longer ? tti_pair_swapped(&v.pair) : v.pair;
    if (a_longer)
        tti_facts_swap(&v.facts);
    tti_differences_of_bytes(v.facts.differences, tti_listed_differences(pair->conflicts),
                             x->a->tokens.extents, x->b->tokens.extents, x->out->differences);
    if (x->out->admitted && tti_hash128_equal(x->a->key, x->b->key))
        *pair = (tt_pair){0, 0, 1, 1, 1, 1, 1, 1, TT_IDENTICAL, 0};
    pair->a = 0, pair->b = 1;
    return TT_OK;
}

static tt_status compare_with_itself(const alignment_builder *x, const tt_options *o,
                                     uint32_t min_tokens, tti_verified *found, tt_error *error)
{
    const tti_doc *doc = &x->a->doc;
    tti_alignment alignment;
    tti_aligner *aligner;
    tt_status status = tti_aligner_open(&aligner, o->min_section, x->out->allocator, error);
    if (status == TT_OK)
        status = tti_aligner_load(aligner, doc->hashes, doc->token_count, error);
    if (status == TT_OK)
        status = tti_aligner_run_self(aligner, &alignment, error);
    if (status == TT_OK && tti_verified_add_passages(found, &alignment, 0, 0, min_tokens) != TT_OK)
        status = tti_fail_memory(error, "passages");
    tti_aligner_close(aligner);
    return status;
}

/* Finds the passages as token extents: in x->repeats, those of the last document. */
static tt_status find_passages(alignment_builder *x, const tt_options *o, uint32_t min_tokens,
                               tt_error *error)
{
    const size_t docs = x->a == x->b ? 1 : 2;
    tti_verified found = {.allocator = o->allocator};
    tt_status status = docs == 1 ? compare_with_itself(x, o, min_tokens, &found, error)
                                 : compare_texts(x, o, min_tokens, &found, error);
    if (status == TT_OK) {
        tti_verified_sort_passages(&found);
        status = tti_token_repeats_find(&x->repeats, &found, docs, min_tokens, error);
    }
    while (x->repeats.repeats.count > 0 && tti_array_last(&x->repeats.repeats).is_run)
        x->repeats.repeats.count--;
    tti_verified_free(&found);
    return status;
}

/* ---- Order ----------------------------------------------------------------------------------- */

/* The heaviest chain of passages that ends in a given place of a; `passage` is its last one + 1. */
typedef struct best_chain {
    uint64_t weight;
    uint32_t passage;
} best_chain;

/* Marks the passages that are not in the heaviest chain of passages in order as moved. They ascend
 * in b and do not overlap there, so that a chain needs to be looked at by its end in a alone: a
 * Fenwick tree has the heaviest chain that ends at or before each token. */
static tt_status mark_moved_passages(alignment_builder *x, tt_error *error)
{
    const tt_allocator *al = x->out->allocator;
    const size_t n = x->repeats.repeats.count, tokens = x->a->doc.token_count;
    best_chain *tree = tti_alloc_zero(al, tokens + 1, sizeof *tree), heaviest = {0, 0};
    uint32_t *before = tti_alloc(al, n, sizeof *before);
    for (size_t i = 0; i < n && tree != NULL && before != NULL; i++) {
        const tti_token_repeat *r = &x->repeats.repeats.items[i];
        best_chain chain = {0, 0};
        for (size_t t = r->of_begin; t > 0; t -= t & -t)
            if (tree[t].weight > chain.weight)
                chain = tree[t];
        before[i] = chain.passage;
        chain = (best_chain){chain.weight + r->matched, (uint32_t)i + 1};
        for (size_t t = r->of_end; t <= tokens; t += t & -t)
            if (chain.weight > tree[t].weight)
                tree[t] = chain;
        if (chain.weight > heaviest.weight)
            heaviest = chain;
        x->out->passages[i].moved = 1;
    }
    for (uint32_t k = heaviest.passage; k > 0; k = before[k - 1])
        x->out->passages[k - 1].moved = 0;
    tti_release(al, before, n, sizeof *before);
    tti_release(al, tree, tokens + 1, sizeof *tree);
    return tree == NULL || before == NULL ? tti_fail_memory(error, "passages") : TT_OK;
}

/* ---- Segments -------------------------------------------------------------------------------- */

/* The bytes of tokens [begin, end). An empty run lies at the end of the token before it. */
static void bytes_of_tokens(const aligned_text *t, uint32_t begin, uint32_t end, uint64_t *first,
                            uint64_t *last)
{
    assert(begin <= end && end <= t->doc.token_count);
    if (begin < end) {
        *first = t->begins[begin];
        *last = t->ends[end - 1];
    } else {
        *first = *last = begin > 0 ? t->ends[begin - 1] : 0;
    }
}

static void fill_segment(const alignment_builder *x, tt_segment *s, int32_t kind, uint32_t passage,
                         const token_extents *e)
{
    s->kind = kind;
    s->passage = passage;
    s->tokens_a = e->a_end - e->a_begin;
    s->tokens_b = e->b_end - e->b_begin;
    bytes_of_tokens(x->a, e->a_begin, e->a_end, &s->begin_a, &s->end_a);
    bytes_of_tokens(x->b, e->b_begin, e->b_end, &s->begin_b, &s->end_b);
}

/* Appends a segment, unless it is empty; equal ones that touch are joined. */
static tt_status append_segment(alignment_builder *x, int32_t kind, uint32_t passage,
                                token_extents e, tt_error *error)
{
    tt_alignment *out = x->out;
    tt_segment *last = out->segment_count > 0 ? &out->segments[out->segment_count - 1] : NULL;
    if (e.a_begin == e.a_end && e.b_begin == e.b_end)
        return TT_OK;
    if (kind == TT_SEGMENT_EQUAL && last != NULL && last->kind == kind &&
        last->passage == passage && x->last.a_end == e.a_begin && x->last.b_end == e.b_begin) {
        x->last.a_end = e.a_end, x->last.b_end = e.b_end;
        fill_segment(x, last, kind, passage, &x->last);
        return TT_OK;
    }
    if (tti_reserve(out->allocator, &out->segments, &out->segment_capacity, out->segment_count + 1,
                    sizeof *out->segments) != 0)
        return tti_fail_memory(error, "segments");
    x->last = e;
    fill_segment(x, &out->segments[out->segment_count++], kind, passage, &e);
    return TT_OK;
}

/* Appends what has no equal on the other side. */
static tt_status append_unequal(alignment_builder *x, uint32_t passage, token_extents e,
                                tt_error *error)
{
    const int32_t kind = e.b_begin == e.b_end   ? TT_SEGMENT_ONLY_A
                         : e.a_begin == e.a_end ? TT_SEGMENT_ONLY_B
                                                : TT_SEGMENT_CHANGED;
    return append_segment(x, kind, passage, e, error);
}

static tt_status append_equal(alignment_builder *x, uint32_t passage, uint32_t a, uint32_t b,
                              uint32_t len, tt_error *error)
{
    assert(memcmp(x->a->doc.hashes + a, x->b->doc.hashes + b, len * sizeof(uint32_t)) == 0);
    return append_segment(x, TT_SEGMENT_EQUAL, passage, (token_extents){a, a + len, b, b + len},
                          error);
}

/* Appends what lies between two passages of the reading. */
static tt_status append_between_passages(alignment_builder *x, token_extents e, tt_error *error)
{
    const uint32_t a_len = e.a_end - e.a_begin, b_len = e.b_end - e.b_begin;
    tti_gap_match matches[TTI_GAP_MAX_TOKENS];
    uint32_t a = e.a_begin, b = e.b_begin, n = 0;
    assert(e.a_begin <= e.a_end && e.b_begin <= e.b_end);
    if (a_len <= TTI_GAP_MAX_TOKENS && b_len <= TTI_GAP_MAX_TOKENS) {
        n = tti_gap_align(x->a->doc.hashes + a, a_len, x->b->doc.hashes + b, b_len, matches);
        if (!tti_gap_is_related(a_len, b_len, n))
            n = 0;
    }
    for (uint32_t k = 0; k < n; k++) {
        const uint32_t p = e.a_begin + matches[k].a, q = e.b_begin + matches[k].b;
        TTI_TRY(append_unequal(x, TT_NO_PASSAGE, (token_extents){a, p, b, q}, error));
        TTI_TRY(append_equal(x, TT_NO_PASSAGE, p, q, 1, error));
        a = p + 1, b = q + 1;
    }
    return append_unequal(x, TT_NO_PASSAGE, (token_extents){a, e.a_end, b, e.b_end}, error);
}

/* Appends a passage: its blocks and what lies between them. */
static tt_status append_passage_segments(alignment_builder *x, uint32_t passage, tt_error *error)
{
    const tti_token_repeat *r = &x->repeats.repeats.items[passage];
    const tti_block *blocks = x->repeats.blocks.items + r->block_begin;
    uint32_t a = r->of_begin, b = r->begin;
    x->first_segments[passage] = x->out->segment_count;
    for (uint32_t k = 0; k < r->block_count; k++) {
        const tti_block *y = &blocks[k];
        TTI_TRY(append_unequal(x, passage, (token_extents){a, y->a, b, y->b}, error));
        TTI_TRY(append_equal(x, passage, y->a, y->b, y->len, error));
        a = y->a + y->len, b = y->b + y->len;
    }
    assert(a == r->of_end && b == r->end);
    x->out->passages[passage].segment_count = x->out->segment_count - x->first_segments[passage];
    return TT_OK;
}

/* Appends both texts from beginning to end, and then the passages that have moved. */
static tt_status append_segments(alignment_builder *x, tt_error *error)
{
    const uint32_t n = (uint32_t)x->out->passage_count;
    token_extents rest = {0, x->a->doc.token_count, 0, x->b->doc.token_count};
    for (uint32_t k = 0; k < n && x->a != x->b; k++) {
        const tti_token_repeat *r = &x->repeats.repeats.items[k];
        if (x->out->passages[k].moved)
            continue;
        TTI_TRY(append_between_passages(
            x, (token_extents){rest.a_begin, r->of_begin, rest.b_begin, r->begin}, error));
        TTI_TRY(append_passage_segments(x, k, error));
        rest.a_begin = r->of_end, rest.b_begin = r->end;
    }
    if (x->a != x->b)
        TTI_TRY(append_between_passages(x, rest, error));
    x->out->reading_count = x->out->segment_count;
    for (uint32_t k = 0; k < n; k++)
        if (x->out->passages[k].moved || x->a == x->b)
            TTI_TRY(append_passage_segments(x, k, error));
    for (uint32_t k = 0; k < n; k++) /* the array does not move any more */
        x->out->passages[k].segments = x->out->segments + x->first_segments[k];
    return TT_OK;
}

/* ---- The whole ------------------------------------------------------------------------------- */

static void fill_passages(const alignment_builder *x)
{
    for (size_t k = 0; k < x->out->passage_count; k++) {
        const tti_token_repeat *r = &x->repeats.repeats.items[k];
        tt_passage *p = &x->out->passages[k];
        bytes_of_tokens(x->a, r->of_begin, r->of_end, &p->begin_a, &p->end_a);
        bytes_of_tokens(x->b, r->begin, r->end, &p->begin_b, &p->end_b);
        p->tokens = r->matched;
        p->similarity = tti_similarity(r->of_end - r->of_begin, r->end - r->begin, r->matched);
    }
}

static tt_status build_alignment(alignment_builder *x, const tt_options *o, uint32_t min_tokens,
                                 tt_error *error)
{
    tt_alignment *out = x->out;
    if (x->a->doc.token_count > 0 && x->b->doc.token_count > 0)
        TTI_TRY(find_passages(x, o, min_tokens, error));
    out->passages = tti_alloc_zero(out->allocator, x->repeats.repeats.count, sizeof *out->passages);
    out->passage_count = x->repeats.repeats.count;
    x->first_segments = tti_alloc(out->allocator, out->passage_count, sizeof *x->first_segments);
    if (out->passages == NULL || x->first_segments == NULL)
        return tti_fail_memory(error, "passages");
    fill_passages(x);
    if (x->a != x->b)
        TTI_TRY(mark_moved_passages(x, error));
    return append_segments(x, error);
}

tt_status tt_align(tt_alignment **out, const tt_article *a, const tt_article *b,
                   const tt_options *options, uint32_t min_tokens, tt_error *error)
{
    tt_options o;
    aligned_text texts[2] = {0};
    alignment_builder x = {.a = &texts[0], .b = b == NULL ? &texts[0] : &texts[1]};
    tt_status status;
    if (out != NULL)
        *out = NULL;
    if (out == NULL || a == NULL)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "out or a is NULL");
    TTI_TRY(tt_options_resolve(options, &o, error));
    o.find |= TT_FIND_OVERLAPS; /* the alignment is what is asked for, whatever the rules need */
    x.out = tti_alloc_zero(o.allocator, 1, sizeof *x.out);
    if (x.out == NULL)
        return tti_fail_memory(error, "an alignment");
    x.out->allocator = texts[0].tokens.allocator = texts[1].tokens.allocator = o.allocator;
    status = tokenize_side(&texts[0], a, &o, error);
    if (status == TT_OK && b != NULL)
        status = tokenize_side(&texts[1], b, &o, error);
    if (status == TT_OK)
        status = build_alignment(&x, &o, min_tokens > 0 ? min_tokens : o.min_section, error);
    tti_release(o.allocator, x.first_segments, x.out->passage_count, sizeof *x.first_segments);
    tti_token_repeats_free(&x.repeats);
    free_aligned_text(&texts[0]);
    free_aligned_text(&texts[1]);
    if (status == TT_OK)
        *out = x.out;
    else
        tt_alignment_close(x.out);
    return status;
}

const tt_passage *tt_alignment_passages(const tt_alignment *alignment, size_t *count)
{
    if (count == NULL)
        return NULL;
    *count = alignment == NULL ? 0 : alignment->passage_count;
    return alignment == NULL ? NULL : alignment->passages;
}

const tt_segment *tt_alignment_segments(const tt_alignment *alignment, size_t *count)
{
    if (count == NULL)
        return NULL;
    *count = alignment == NULL ? 0 : alignment->reading_count;
    return alignment == NULL ? NULL : alignment->segments;
}

const tt_pair *tt_alignment_pair(const tt_alignment *alignment, int *admitted)
{
    if (admitted != NULL)
        *admitted = alignment == NULL ? 0 : alignment->admitted;
    return alignment == NULL ? NULL : &alignment->pair;
}

const tt_difference *tt_alignment_differences(const tt_alignment *alignment, size_t *count)
{
    if (count == NULL)
        return NULL;
    *count = alignment == NULL ? 0 : tti_listed_differences(alignment->pair.conflicts);
    return alignment == NULL ? NULL : alignment->differences;
}

void tt_alignment_close(tt_alignment *alignment)
{
    const tt_allocator *a;
    if (alignment == NULL)
        return;
    a = alignment->allocator;
    tti_release(a, alignment->passages, alignment->passage_count, sizeof *alignment->passages);
    tti_release(a, alignment->segments, alignment->segment_capacity, sizeof *alignment->segments);
    tti_release(a, alignment, 1, sizeof *alignment);
}
