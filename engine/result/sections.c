/*
 * The repeats of all articles are grouped by the document that they repeat, the longest first. One
 * belongs to the section with which it has most in common, so long as all places have half of the
 * shortest in common; else it begins a section. Extents in tokens become extents in bytes at the
 * end, each article decoded once.
 */
#include "result/sections.h"

#include "result/repeats.h"
#include "util/error.h"
#include "util/minmax.h"
#include "util/sort.h"

/* One occurrence of a section, in tokens. */
typedef struct token_occurrence {
    uint32_t article, begin, end;
    uint32_t of_doc, of_begin, of_end;
    uint32_t matched, before, run_begin, run_end; /* as in tti_reference */
    uint32_t section;
} token_occurrence;

typedef TTI_ARRAY(token_occurrence) token_occurrences;

/* An extent in tokens, and where its bytes are wanted. */
typedef struct byte_request {
    uint32_t article, begin, end;
    uint64_t *begin_byte, *end_byte;
} byte_request;

typedef TTI_ARRAY(byte_request) byte_requests;

TTI_SORT_DEFINE(sort_by_section, token_occurrence,
                x->section != y->section   ? x->section < y->section
                : x->article != y->article ? x->article < y->article
                                           : x->begin < y->begin)

TTI_SORT_DEFINE(sort_by_reference, token_occurrence,
                x->of_doc != y->of_doc ? x->of_doc < y->of_doc
                : x->of_end - x->of_begin != y->of_end - y->of_begin
                    ? x->of_end - x->of_begin > y->of_end - y->of_begin
                : x->of_begin != y->of_begin   ? x->of_begin < y->of_begin
                : x->matched != y->matched     ? x->matched > y->matched
                : x->before != y->before       ? x->before < y->before
                : x->run_begin != y->run_begin ? x->run_begin < y->run_begin
                : x->run_end != y->run_end     ? x->run_end < y->run_end
                : x->article != y->article     ? x->article < y->article
                                               : x->begin < y->begin)

TTI_SORT_DEFINE(sort_requests, byte_request, x->article < y->article)

/* ---- Occurrences ----------------------------------------------------------------------------- */

static tt_status append_occurrences(token_occurrences *list, const tti_corpus *corpus,
                                    const tt_allocator *a, uint32_t article,
                                    const tti_token_repeat *repeats, size_t count)
{
    for (size_t k = 0; k < count; k++) {
        const tti_token_repeat *r = &repeats[k];
        const int is_own = corpus->docs[r->of_doc].article == article;
        TTI_TRY(
            tti_array_push(list, a,
                           (token_occurrence){article, r->begin, r->end, r->of_doc, r->of_begin,
                                              r->of_end, r->matched, is_own ? r->begin : UINT32_MAX,
                                              r->run_begin, r->run_end, 0}));
    }
    return TT_OK;
}

/* A document's first article has its repeats; those after it repeat the first one too. */
static tt_status list_occurrences(token_occurrences *list, const tti_corpus *corpus,
                                  const tti_doc_articles *doc_articles,
                                  const tti_token_repeats *repeats, uint32_t min_section,
                                  tt_error *error)
{
    const tt_allocator *a = repeats->allocator;
    TTI_ARRAY(tti_token_repeat) copied = {0};
    tt_status status = TT_OK;
    for (uint32_t d = 0; d < corpus->doc_count && status == TT_OK; d++) {
        const tti_token_repeat *own = repeats->repeats.items + repeats->firsts[d];
        const size_t count = (size_t)(repeats->firsts[d + 1] - repeats->firsts[d]);
        const uint32_t first = doc_articles->firsts[d], end = doc_articles->firsts[d + 1];
        assert(first < end && doc_articles->articles[first] == corpus->docs[d].article);
        status = append_occurrences(list, corpus, a, corpus->docs[d].article, own, count);
        if (status == TT_OK && end - first >= 2)
            status = tti_array_resize(&copied, a, 2 * count + 2);
        if (status == TT_OK && end - first >= 2)
            copied.count = tti_token_repeats_of_copy(own, count, d, corpus->docs[d].token_count,
                                                     min_section, copied.items);
        for (uint32_t k = first + 1; k < end && status == TT_OK; k++)
            status = append_occurrences(list, corpus, a, doc_articles->articles[k], copied.items,
                                        copied.count);
    }
    tti_array_free(&copied, a);
    TTI_TRY_ALLOC(status, error, "sections");
    return TT_OK;
}

/* ---- Sections ------------------------------------------------------------------------------- */

/* The least share of the shortest place of a section that all its places have in common. */
#define LEAST_CORE 0.5

/* A section to which references are added, the longest first. */
typedef struct growing_section {
    uint32_t begin, end;
    uint32_t core_begin, core_end; /* the part of the reference that all places have */
    uint32_t shortest;             /* tokens of its shortest place */
    uint32_t before;               /* the first of its places in the same document */
    uint32_t number;
} growing_section;

static growing_section section_with(const growing_section *s, const tti_reference *r)
{
    return (growing_section){tti_min(s->begin, r->begin),
                             tti_max(s->end, r->end),
                             tti_max(s->core_begin, r->begin),
                             tti_min(s->core_end, r->end),
                             tti_min(s->shortest, r->end - r->begin),
                             tti_min(s->before, r->before),
                             s->number};
}

/* How much of its shortest place all places of a section have in common; 0: too little. */
static double core_share(const growing_section *s)
{
    const double core = s->core_end > s->core_begin ? s->core_end - s->core_begin : 0;
    return core >= LEAST_CORE * s->shortest && s->end <= s->before ? core / s->shortest : 0;
}

/* A section whose core has had some of the tokens of a cell. */
typedef struct cell_entry {
    uint32_t section, next; /* the entry after it, or TTI_NO_SECTION */
} cell_entry;

/* The references of one document, and their sections. A section that shares half of a shorter
 * reference has the token in the middle of it, so that the sections of one cell are all that come
 * into question. */
typedef struct section_joiner {
    const tt_allocator *allocator;
    TTI_ARRAY(growing_section) sections;
    TTI_ARRAY(uint32_t) cells; /* the first entry of each CELL_TOKENS of the document */
    TTI_ARRAY(cell_entry) entries;
} section_joiner;

enum { CELL_TOKENS = 64 };

TTI_SORT_DEFINE(sort_longest_first, tti_reference,
                x->doc != y->doc                         ? x->doc < y->doc
                : x->end - x->begin != y->end - y->begin ? x->end - x->begin > y->end - y->begin
                : x->begin != y->begin                   ? x->begin < y->begin
                : x->matched != y->matched               ? x->matched > y->matched
                : x->before != y->before                 ? x->before < y->before
                : x->run_begin != y->run_begin           ? x->run_begin < y->run_begin
                                                         : x->run_end < y->run_end)

/* Adds the reference to the section that has most in common with it, of those the shortest, and
 * notes its index. A part of a run is in no section that has the run. */
static void join_to_reference(section_joiner *j, tti_reference *r)
{
    const uint32_t middle = r->begin + (r->end - r->begin) / 2;
    double best_share = 0;
    growing_section best = {0};
    r->section = TTI_NO_SECTION;
    for (uint32_t e = j->cells.items[middle / CELL_TOKENS]; e != TTI_NO_SECTION;
         e = j->entries.items[e].next) {
        const uint32_t index = j->entries.items[e].section;
        const growing_section *s = &j->sections.items[index], joined = section_with(s, r);
        const double share = core_share(&joined);
        if ((r->run_end > 0 && s->begin <= r->run_begin && r->run_end <= s->end) ||
            share < best_share || share == 0 ||
            (share == best_share && joined.end - joined.begin >= best.end - best.begin))
            continue;
        best_share = share;
        best = joined;
        r->section = index;
    }
    if (r->section != TTI_NO_SECTION)
        j->sections.items[r->section] = best;
}

/* Makes a section of the reference. */
static tt_status add_section(section_joiner *j, tti_reference *r)
{
    const uint32_t number = (uint32_t)j->sections.count;
    for (uint32_t c = r->begin / CELL_TOKENS; c <= (r->end - 1) / CELL_TOKENS; c++) {
        TTI_TRY(tti_array_push(&j->entries, j->allocator, (cell_entry){number, j->cells.items[c]}));
        j->cells.items[c] = (uint32_t)j->entries.count - 1;
    }
    r->section = number;
    return tti_array_push(&j->sections, j->allocator,
                          (growing_section){r->begin, r->end, r->begin, r->end, r->end - r->begin,
                                            r->before, number});
}

TTI_SORT_DEFINE(sort_growing_sections, growing_section,
                x->begin != y->begin ? x->begin < y->begin
                : x->end != y->end   ? x->end > y->end
                                     : x->number < y->number)

/* Numbers the sections from `first` on, in order of begin. */
static tt_status number_in_order(section_joiner *j, tti_reference *refs, size_t count,
                                 uint32_t first)
{
    sort_growing_sections(j->sections.items, j->sections.count);
    TTI_TRY(tti_array_resize(&j->cells, j->allocator, j->sections.count));
    for (size_t i = 0; i < j->sections.count; i++)
        j->cells.items[j->sections.items[i].number] = first + (uint32_t)i;
    for (size_t k = 0; k < count; k++)
        if (refs[k].section != TTI_NO_SECTION)
            refs[k].section = tti_array_at(&j->cells, refs[k].section);
    return TT_OK;
}

/* Parts of runs come after all others, so that they make no section of themselves. */
static tt_status join_references_of_doc(section_joiner *j, tti_reference *refs, size_t count,
                                        uint32_t first)
{
    uint32_t end = 0;
    for (size_t k = 0; k < count; k++)
        end = tti_max(end, refs[k].end);
    j->sections.count = j->entries.count = 0;
    TTI_TRY(tti_array_resize(&j->cells, j->allocator, end / CELL_TOKENS + 1));
    for (size_t k = 0; k < j->cells.count; k++)
        j->cells.items[k] = TTI_NO_SECTION;
    for (size_t k = 0; k < count; k++) {
        if (refs[k].run_end > 0)
            continue;
        join_to_reference(j, &refs[k]);
        if (refs[k].section == TTI_NO_SECTION)
            TTI_TRY(add_section(j, &refs[k]));
    }
    for (size_t k = 0; k < count; k++)
        if (refs[k].run_end > 0)
            join_to_reference(j, &refs[k]);
    return number_in_order(j, refs, count, first);
}

tt_status tti_references_join(tti_reference *refs, size_t count, const tt_allocator *a,
                              size_t *sections)
{
    section_joiner j = {.allocator = a};
    tt_status status = TT_OK;
    *sections = 0;
    sort_longest_first(refs, count);
    for (size_t begin = 0, end; begin < count && status == TT_OK; begin = end) {
        for (end = begin + 1; end < count && refs[end].doc == refs[begin].doc;)
            end++;
        status = join_references_of_doc(&j, refs + begin, end - begin, (uint32_t)*sections);
        *sections += j.sections.count;
    }
    tti_array_free(&j.sections, a);
    tti_array_free(&j.cells, a);
    tti_array_free(&j.entries, a);
    return status;
}

/* Numbers the sections of the occurrences, sorted as their references are, and puts those of each
 * together, in order of article. */
static tt_status number_sections(token_occurrences *list, const tt_allocator *a, size_t *sections)
{
    tti_reference *refs = tti_alloc(a, list->count, sizeof *refs);
    tt_status status = refs == NULL ? TT_ENOMEM : TT_OK;
    sort_by_reference(list->items, list->count);
    for (size_t k = 0; k < list->count && refs != NULL; k++) {
        const token_occurrence *x = &list->items[k];
        refs[k] = (tti_reference){x->of_doc, x->of_begin,  x->of_end,  x->matched,
                                  x->before, x->run_begin, x->run_end, 0};
    }
    if (status == TT_OK)
        status = tti_references_join(refs, list->count, a, sections);
    for (size_t k = 0; k < list->count && status == TT_OK; k++)
        list->items[k].section = refs[k].section;
    tti_release(a, refs, list->count, sizeof *refs);
    sort_by_section(list->items, list->count);
    while (list->count > 0 && tti_array_last(list).section == TTI_NO_SECTION)
        list->count--;
    return status;
}

static int compare_sources(const tti_article *x, const tti_article *y)
{
    if (x->source_size != y->source_size || x->source_size == 0)
        return (x->source_size > y->source_size) - (x->source_size < y->source_size);
    return memcmp(x->source, y->source, x->source_size);
}

typedef const tti_article *article_pointer;

/* Articles without a source come first. */
TTI_SORT_DEFINE(sort_by_source, article_pointer, compare_sources(*x, *y) < 0)

/* Counts the different sources of the articles of each section. */
static tt_status count_sources(tti_sections *s, const tti_corpus *corpus)
{
    TTI_ARRAY(article_pointer) articles = {0};
    tt_status status = TT_OK;
    for (size_t i = 0; i < s->sections.count && status == TT_OK; i++) {
        tt_section *x = &s->sections.items[i];
        status = tti_array_resize(&articles, s->allocator, x->count);
        for (size_t k = 0; k < x->count && status == TT_OK; k++)
            articles.items[k] = &corpus->articles[x->occurrences[k].article];
        if (status == TT_OK)
            sort_by_source(articles.items, x->count);
        for (size_t k = 0; k < x->count && status == TT_OK; k++)
            x->sources +=
                articles.items[k]->source_size > 0 &&
                (k == 0 || compare_sources(articles.items[k], articles.items[k - 1]) != 0);
    }
    tti_array_free(&articles, s->allocator);
    return status;
}

/* Appends the section of the occurrences. There is room for everything, so that requests can point
 * to the occurrences. */
static void append_section(tti_sections *out, const tti_corpus *corpus,
                           const token_occurrence *items, size_t count, byte_requests *requests)
{
    const uint32_t reference = corpus->docs[items->of_doc].article;
    uint32_t of_begin = items->of_begin, of_end = items->of_end;
    tt_occurrence *o = out->occurrences.items + out->occurrences.count;
    byte_request *r = requests->items + requests->count;
    assert(out->occurrences.count + count + 1 <= out->occurrences.capacity);
    assert(requests->count + 2 * count + 1 <= requests->capacity);
    for (size_t k = 1; k < count; k++) {
        of_begin = items[k].of_begin < of_begin ? items[k].of_begin : of_begin;
        of_end = items[k].of_end > of_end ? items[k].of_end : of_end;
    }
    out->sections.items[out->sections.count] = (tt_section){.number = out->sections.count + 1,
                                                            .tokens = of_end - of_begin,
                                                            .occurrences = o,
                                                            .count = count + 1};
    out->sections.count++;
    out->occurrences.count += count + 1;
    requests->count += 2 * count + 1;
    *o = (tt_occurrence){reference, 0, 0, 0, 0, 1.0};
    *r++ = (byte_request){reference, of_begin, of_end, &o->begin, &o->end};
    for (size_t k = 0; k < count; k++) {
        const token_occurrence *x = &items[k];
        o++;
        *o = (tt_occurrence){
            x->article,
            .similarity = tti_similarity(x->of_end - x->of_begin, x->end - x->begin, x->matched)};
        *r++ = (byte_request){x->article, x->begin, x->end, &o->begin, &o->end};
        *r++ = (byte_request){reference, x->of_begin, x->of_end, &o->of_begin, &o->of_end};
    }
}

static tt_status answer_requests(byte_requests *requests, const tti_corpus *corpus,
                                 const tt_allocator *a)
{
    TTI_ARRAY(uint32_t) begins = {0}, ends = {0};
    tt_status status = TT_OK;
    sort_requests(requests->items, requests->count);
    for (size_t i = 0; i < requests->count && status == TT_OK; i++) {
        const byte_request *r = &requests->items[i];
        if (i == 0 || r->article != r[-1].article) {
            const tti_article *article = &corpus->articles[r->article];
            const uint32_t n = corpus->docs[article->doc].token_count;
            status = tti_array_resize(&begins, a, n);
            if (status == TT_OK)
                status = tti_array_resize(&ends, a, n);
            if (status != TT_OK)
                break;
            tti_token_extents_decode(article->extents, n, begins.items, ends.items);
        }
        *r->begin_byte = tti_array_at(&begins, r->begin);
        *r->end_byte = tti_array_at(&ends, r->end - 1);
    }
    tti_array_free(&begins, a);
    tti_array_free(&ends, a);
    return status;
}

static tt_status make_sections(tti_sections *out, const tti_corpus *corpus, token_occurrences *list,
                               tt_error *error)
{
    const tt_allocator *a = out->allocator;
    byte_requests requests = {0};
    size_t sections;
    tt_status status = number_sections(list, a, &sections);
    if (status == TT_OK)
        status = tti_array_reserve(&out->sections, a, sections);
    if (status == TT_OK)
        status = tti_array_reserve(&out->occurrences, a, list->count + sections);
    if (status == TT_OK)
        status = tti_array_reserve(&requests, a, 2 * list->count + sections);
    for (size_t i = 0, end; i < list->count && status == TT_OK; i = end) {
        for (end = i + 1; end < list->count && list->items[end].section == list->items[i].section;)
            end++;
        append_section(out, corpus, list->items + i, end - i, &requests);
    }
    if (status == TT_OK)
        status = answer_requests(&requests, corpus, a);
    if (status == TT_OK)
        status = count_sources(out, corpus);
    for (size_t s = 0, at = 0; s < out->sections.count && status == TT_OK; s++) {
        tt_occurrence *reference = &out->occurrences.items[at];
        reference->of_begin = reference->begin;
        reference->of_end = reference->end;
        at += out->sections.items[s].count;
    }
    tti_array_free(&requests, a);
    TTI_TRY_ALLOC(status, error, "sections");
    return TT_OK;
}

tt_status tti_sections_make(tti_sections *out, const tti_corpus *corpus,
                            const tti_doc_articles *doc_articles, const tti_verified *verified,
                            const tt_options *options, tt_error *error)
{
    const uint32_t min_section = options->min_section;
    tti_token_repeats repeats = {0};
    token_occurrences list = {0};
    tt_status status;
    out->allocator = options->allocator;
    status = tti_token_repeats_find(&repeats, verified, corpus->doc_count, min_section, error);
    if (status == TT_OK)
        status = list_occurrences(&list, corpus, doc_articles, &repeats, min_section, error);
    if (status == TT_OK)
        status = make_sections(out, corpus, &list, error);
    tti_array_free(&list, repeats.allocator);
    tti_token_repeats_free(&repeats);
    return status;
}

void tti_sections_free(tti_sections *s)
{
    if (s->allocator == NULL)
        return;
    tti_array_free(&s->sections, s->allocator);
    tti_array_free(&s->occurrences, s->allocator);
}
