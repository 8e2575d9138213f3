/*
 * Places -> sections. References that overlap in one document are joined; the copies of a document
 * with the same tokens repeat what it repeats, and for the rest repeat it; token extents become
 * byte extents, every article decoded once.
 */
#include "result/sections.h"

#include "result/repeats.h"
#include "util/alloc.h"
#include "util/error.h"
#include "util/sort.h"

#include <stdlib.h>
#include <string.h>

/* One occurrence of some section, in tokens. */
typedef struct token_occurrence {
    uint32_t article, begin, end;
    uint32_t of_doc, of_begin, of_end;
    double similarity;
} token_occurrence;

typedef struct token_occurrences {
    const tt_allocator *allocator;
    token_occurrence *items;
    size_t count, capacity;
} token_occurrences;

static tt_status append_occurrence(token_occurrences *g, const token_occurrence *x, tt_error *error)
{
    if (tti_reserve(g->allocator, &g->items, &g->capacity, g->count + 1, sizeof *g->items) != 0)
        return tti_fail_memory(error, "sections");
    g->items[g->count++] = *x;
    return TT_OK;
}

static double similarity_of_repeat(const tti_token_repeat *p)
{
    return tti_similarity(p->of_end - p->of_begin, p->end - p->begin, p->matched);
}

static tt_status append_repeat_occurrence(token_occurrences *g, uint32_t article,
                                          const tti_token_repeat *p, tt_error *error)
{
    return append_occurrence(g,
                             &(token_occurrence){article, p->begin, p->end, p->of_doc, p->of_begin,
                                                 p->of_end, similarity_of_repeat(p)},
                             error);
}

static tt_status append_copy_occurrences(token_occurrences *g, const tti_corpus *corpus,
                                         const tti_doc_articles *members,
                                         const tti_token_repeats *places, uint32_t d,
                                         uint32_t min_section, tt_error *error)
{
    const size_t count = (size_t)(places->firsts[d + 1] - places->firsts[d]);
    tti_token_repeat *copied;
    size_t n;
    tt_status status = TT_OK;
    if (members->firsts[d + 1] - members->firsts[d] < 2)
        return TT_OK;
    copied = tti_alloc(g->allocator, 2 * count + 1, sizeof *copied);
    if (copied == NULL)
        return tti_fail_memory(error, "sections");
    n = tti_token_repeats_of_copy(places->places + places->firsts[d], count, d,
                                  corpus->docs[d].token_count, min_section, copied);
    for (uint32_t m = members->firsts[d] + 1; m < members->firsts[d + 1]; m++)
        for (size_t k = 0; k < n && status == TT_OK; k++)
            status = append_repeat_occurrence(g, members->articles[m], &copied[k], error);
    tti_release(g->allocator, copied, 2 * count + 1, sizeof *copied);
    return status;
}

static tt_status append_all_occurrences(token_occurrences *g, const tti_corpus *corpus,
                                        const tti_doc_articles *members,
                                        const tti_token_repeats *places, uint32_t min_section,
                                        tt_error *error)
{
    for (uint32_t d = 0; d < corpus->doc_count; d++) {
        for (uint64_t k = places->firsts[d]; k < places->firsts[d + 1]; k++)
            TTI_TRY(
                append_repeat_occurrence(g, corpus->docs[d].article, &places->places[k], error));
        TTI_TRY(append_copy_occurrences(g, corpus, members, places, d, min_section, error));
    }
    return TT_OK;
}

static int compare_by_reference(const void *x, const void *y)
{
    const token_occurrence *p = x, *q = y;
    if (p->of_doc != q->of_doc)
        return p->of_doc < q->of_doc ? -1 : 1;
    if (p->of_begin != q->of_begin)
        return p->of_begin < q->of_begin ? -1 : 1;
    if (p->article != q->article)
        return p->article < q->article ? -1 : 1;
    return (p->begin > q->begin) - (p->begin < q->begin);
}

static int compare_by_article(const void *x, const void *y)
{
    const token_occurrence *p = x, *q = y;
    if (p->article != q->article)
        return p->article < q->article ? -1 : 1;
    return (p->begin > q->begin) - (p->begin < q->begin);
}

/* ---- Bytes ---------------------------------------------------------------------------------- */

/* An extent in tokens of an article that wants its bytes. */
typedef struct byte_request {
    uint32_t article, begin, end;
    uint64_t *begin_byte, *end_byte;
} byte_request;

static int compare_requests(const void *x, const void *y)
{
    const byte_request *p = x, *q = y;
    return (p->article > q->article) - (p->article < q->article);
}

static tt_status resolve_byte_requests(const tti_corpus *corpus, byte_request *requests,
                                       size_t count, const tt_allocator *a, tt_error *error)
{
    uint32_t *begins = NULL, *ends = NULL;
    size_t begin_capacity = 0, end_capacity = 0;
    tt_status status = TT_OK;
    tti_qsort(requests, count, sizeof *requests, compare_requests);
    for (size_t i = 0; i < count && status == TT_OK; i++) {
        const byte_request *r = &requests[i];
        if (i == 0 || r->article != r[-1].article) {
            const tti_article *article = &corpus->articles[r->article];
            const uint32_t n = corpus->docs[article->doc].token_count;
            if (tti_reserve(a, &begins, &begin_capacity, n, sizeof *begins) != 0 ||
                tti_reserve(a, &ends, &end_capacity, n, sizeof *ends) != 0) {
                status = tti_fail_memory(error, "section extents");
                break;
            }
            tti_token_extents_decode(article->extents, n, begins, ends);
        }
        *r->begin_byte = begins[r->begin];
        *r->end_byte = ends[r->end - 1];
    }
    tti_release(a, begins, begin_capacity, sizeof *begins);
    tti_release(a, ends, end_capacity, sizeof *ends);
    return status;
}

/* ---- Sections ------------------------------------------------------------------------------- */

static size_t reference_end(const token_occurrences *g, size_t begin, uint32_t *of_end)
{
    size_t k = begin + 1;
    *of_end = g->items[begin].of_end;
    while (k < g->count && g->items[k].of_doc == g->items[begin].of_doc &&
           g->items[k].of_begin < *of_end) {
        if (g->items[k].of_end > *of_end)
            *of_end = g->items[k].of_end;
        k++;
    }
    return k;
}

static void fill_section(tti_sections *out, const tti_corpus *corpus, const token_occurrence *items,
                         size_t count, uint32_t of_end, byte_request *requests)
{
    tt_occurrence *o = out->occurrences + out->occurrence_count;
    const uint32_t reference = corpus->docs[items->of_doc].article;
    tt_section *s = &out->sections[out->section_count++];
    /* items are in order of article now; the least of_begin was found before */
    uint32_t of_begin = items->of_begin;
    for (size_t k = 0; k < count; k++)
        of_begin = items[k].of_begin < of_begin ? items[k].of_begin : of_begin;
    *s = (tt_section){out->section_count, of_end - of_begin, o, count + 1};
    *o = (tt_occurrence){reference, 0, 0, 0, 0, 1.0};
    *requests++ = (byte_request){reference, of_begin, of_end, &o->begin, &o->end};
    for (size_t k = 0; k < count; k++) {
        const token_occurrence *x = &items[k];
        o++;
        *o = (tt_occurrence){x->article, 0, 0, 0, 0, x->similarity};
        *requests++ = (byte_request){x->article, x->begin, x->end, &o->begin, &o->end};
        *requests++ = (byte_request){reference, x->of_begin, x->of_end, &o->of_begin, &o->of_end};
    }
    out->occurrence_count += count + 1;
}

static tt_status fill_sections(tti_sections *out, const tti_corpus *corpus, token_occurrences *g,
                               tt_error *error)
{
    const tt_allocator *a = out->allocator;
    size_t sections = 0, at = 0, requested;
    byte_request *requests;
    uint32_t of_end;
    tt_status status;
    tti_qsort(g->items, g->count, sizeof *g->items, compare_by_reference);
    for (size_t i = 0; i < g->count; i = reference_end(g, i, &of_end))
        sections++;
    requested = 2 * g->count + sections;
    out->section_capacity = sections;
    out->occurrence_capacity = g->count + sections;
    out->sections = tti_alloc(a, sections, sizeof *out->sections);
    out->occurrences = tti_alloc(a, g->count + sections, sizeof *out->occurrences);
    requests = tti_alloc(a, requested, sizeof *requests);
    if (out->sections == NULL || out->occurrences == NULL || requests == NULL) {
        tti_release(a, requests, requested, sizeof *requests);
        return tti_fail_memory(error, "sections");
    }
    for (size_t i = 0, k; i < g->count; i = k) {
        k = reference_end(g, i, &of_end);
        tti_qsort(g->items + i, k - i, sizeof *g->items, compare_by_article);
        fill_section(out, corpus, g->items + i, k - i, of_end, requests + at);
        at += 2 * (k - i) + 1;
    }
    status = resolve_byte_requests(corpus, requests, requested, a, error);
    for (size_t s = 0; s < out->section_count && status == TT_OK; s++) {
        tt_occurrence *first = (tt_occurrence *)out->sections[s].occurrences;
        first->of_begin = first->begin;
        first->of_end = first->end;
    }
    tti_release(a, requests, requested, sizeof *requests);
    return status;
}

tt_status tti_sections_make(tti_sections *out, const tti_corpus *corpus,
                            const tti_doc_articles *members, const tti_verified *verified,
                            const tt_options *options, tt_error *error)
{
    const tt_allocator *a = options->allocator;
    tti_token_repeats places = {0};
    token_occurrences g = {a, NULL, 0, 0};
    tt_status status;
    out->allocator = a;
    status =
        tti_token_repeats_find(&places, verified, corpus->doc_count, options->min_section, error);
    if (status == TT_OK)
        status = append_all_occurrences(&g, corpus, members, &places, options->min_section, error);
    if (status == TT_OK)
        status = fill_sections(out, corpus, &g, error);
    tti_release(a, g.items, g.capacity, sizeof *g.items);
    tti_token_repeats_free(&places);
    return status;
}

void tti_sections_free(tti_sections *s)
{
    if (s->allocator == NULL)
        return;
    tti_release(s->allocator, s->sections, s->section_capacity, sizeof *s->sections);
    tti_release(s->allocator, s->occurrences, s->occurrence_capacity, sizeof *s->occurrences);
    memset(s, 0, sizeof *s);
}
