/* Decisions, in the table's numbers, become verdicts in ids and bytes. */
#include "index/verdicts.h"

#include "result/result.h"
#include "util/error.h"
#include "util/sort.h"

#include <math.h>
#include <string.h>

void tti_verdicts_clear(tti_verdicts *v)
{
    v->list.count = 0;
    tti_slab_clear(&v->memory);
}

void *tti_verdicts_take(tti_verdicts *v, size_t size)
{
    tti_slab_chunk *chunk;
    return tti_slab_alloc(&v->memory, size, &chunk);
}

static tt_status copy_verdict_id(tti_verdicts *v, const tti_indexed_article *x, tt_id *out)
{
    char *bytes = tti_verdicts_take(v, x->id_size);
    if (bytes == NULL)
        return TT_ENOMEM;
    memcpy(bytes, x->bytes, x->id_size);
    *out = tti_id(bytes, x->id_size, x->flags);
    return TT_OK;
}

static tt_status decode_extents(tti_verdicts *v, const uint8_t *extents, uint32_t count,
                                tti_extents *out)
{
    const tt_allocator *a = v->memory.allocator;
    TTI_TRY(tti_array_resize(&out->begins, a, count));
    TTI_TRY(tti_array_resize(&out->ends, a, count));
    tti_token_extents_decode(extents, count, out->begins.items, out->ends.items);
    return TT_OK;
}

/* Decodes the extents of an article in the table. */
static tt_status decode_other(tti_verdicts *v, const tti_article_table *table, uint32_t article)
{
    return decode_extents(v, tti_indexed_article_extents(&table->articles.items[article]),
                          tti_article_table_group(table, article)->token_count, &v->other);
}

/* The repeat of tokens [begin, end) as one of bytes. */
static void set_extents(tt_repeat *r, tti_extents *here, uint32_t begin, uint32_t end,
                        tti_extents *there, uint32_t of_begin, uint32_t of_end)
{
    assert(begin < end && of_begin < of_end);
    r->begin = tti_array_at(&here->begins, begin);
    r->end = tti_array_at(&here->ends, end - 1);
    r->of_begin = tti_array_at(&there->begins, of_begin);
    r->of_end = tti_array_at(&there->ends, of_end - 1);
}

TTI_SORT_DEFINE(sort_by_place, tt_repeat,
                x->begin != y->begin ? x->begin < y->begin
                : x->end != y->end   ? x->end > y->end
                                     : x->of_begin < y->of_begin)

/* What is a part of a run is in it. */
static tt_status add_sections(tti_verdicts *v, const tti_article_table *table,
                              const tti_decision *d, tt_verdict *verdict)
{
    tt_repeat *repeats = tti_verdicts_take(v, d->repeat_count * sizeof *repeats);
    uint32_t decoded = TTI_NONE;
    size_t n = 0;
    if (repeats == NULL)
        return TT_ENOMEM;
    verdict->sections = repeats;
    for (size_t k = 0; k < d->repeat_count; k++) {
        const tti_token_repeat *p = &d->repeats[k];
        const int of_itself = p->of_doc == d->number;
        if (p->run_end > 0)
            continue;
        repeats[n] = (tt_repeat){
            .article = verdict->id,
            .similarity = tti_similarity(p->end - p->begin, p->of_end - p->of_begin, p->matched)};
        if (!of_itself) {
            TTI_TRY(copy_verdict_id(v, &table->articles.items[p->of_doc], &repeats[n].article));
            if (decoded != p->of_doc)
                TTI_TRY(decode_other(v, table, p->of_doc));
            decoded = p->of_doc;
        }
        set_extents(&repeats[n++], &v->own, p->begin, p->end, of_itself ? &v->own : &v->other,
                    p->of_begin, p->of_end);
    }
    sort_by_place(repeats, n);
    verdict->section_count = n;
    return TT_OK;
}

tt_status tti_verdicts_differences(tti_verdicts *v, const tti_article_table *table, uint32_t of,
                                   const tti_facts *facts, const uint8_t *own_extents,
                                   const tt_difference **differences, size_t *count)
{
    const size_t n = tti_listed_differences(facts->conflicts);
    tti_facts turned = *facts;
    tt_difference *out;
    *count = n;
    if (n == 0)
        return TT_OK;
    out = tti_verdicts_take(v, n * sizeof *out);
    if (out == NULL)
        return TT_ENOMEM;
    tti_facts_swap(&turned);
    tti_differences_of_bytes(turned.differences, n, own_extents,
                             tti_indexed_article_extents(&table->articles.items[of]), out);
    *differences = out;
    return TT_OK;
}

static tt_status add_match(tti_verdicts *v, const tti_article_table *table, const tti_comparison *c,
                           const tti_doc_match *m, const uint8_t *own_extents, tt_match *out)
{
    tt_repeat *passages = tti_verdicts_take(v, m->passage_count * sizeof *passages);
    if (passages == NULL)
        return TT_ENOMEM;
    *out = (tt_match){.resemblance = m->pair.resemblance,
                      .containment = m->pair.containment_b,
                      .containment_of = m->pair.containment_a,
                      .overlap = m->pair.overlap_b,
                      .overlap_of = m->pair.overlap_a,
                      .facts = m->pair.facts,
                      .passages = passages,
                      .passage_count = m->passage_count,
                      .relation = m->pair.relation,
                      .admitted = m->admitted,
                      .conflicts = m->pair.conflicts};
    TTI_TRY(tti_verdicts_differences(v, table, m->of, &m->facts, own_extents, &out->differences,
                                     &out->difference_count));
    TTI_TRY(copy_verdict_id(v, &table->articles.items[m->of], &out->of));
    if (m->passage_count > 0)
        TTI_TRY(decode_other(v, table, m->of));
    for (size_t k = 0; k < m->passage_count; k++) {
        const tti_match_passage *p = &c->match_passages.items[m->passage_begin + k];
        passages[k] = (tt_repeat){.article = out->of, .similarity = p->similarity};
        set_extents(&passages[k], &v->own, p->begin, p->end, &v->other, p->of_begin, p->of_end);
    }
    return TT_OK;
}

enum { MOST_LOOKED_AT = 64 /* articles with the same tokens */ };

uint32_t tti_verdicts_member(const tti_article_table *table, uint32_t article, int is_withdrawn,
                             uint32_t number)
{
    uint32_t member = tti_article_table_group(table, article)->first;
    for (int k = 0; member != TTI_NONE && k < MOST_LOOKED_AT; k++) {
        const tti_indexed_article *a = &tti_array_at(&table->articles, member);
        if (((a->flags & TT_ARTICLE_WITHDRAWN) != 0) == is_withdrawn && member != number)
            return member;
        member = a->next;
    }
    return TTI_NONE;
}

/* What is withdrawn is no match; another article with its tokens takes its place. */
static tt_status add_matches(tti_verdicts *v, const tti_article_table *table, uint32_t number,
                             const tti_comparison *c, const uint8_t *own_extents,
                             tt_verdict *verdict)
{
    tt_match *matches = tti_verdicts_take(v, c->matches.count * sizeof *matches);
    if (matches == NULL)
        return TT_ENOMEM;
    verdict->matches = matches;
    for (size_t k = 0; k < c->matches.count; k++) {
        tti_doc_match m = c->matches.items[k];
        if (table->articles.items[m.of].flags & TT_ARTICLE_WITHDRAWN)
            m.of = tti_verdicts_member(table, m.of, 0, number);
        if (m.of != TTI_NONE)
            TTI_TRY(add_match(v, table, c, &m, own_extents, &matches[verdict->match_count++]));
    }
    return TT_OK;
}

tt_status tti_verdicts_append(tti_verdicts *v, const tti_article_table *table,
                              const tti_decision *d, size_t position, const tti_db_row *row,
                              int of_itself)
{
    const int has_of = of_itself || d->of != TTI_NONE;
    const int has_matches = d->comparison != NULL && d->comparison->matches.count > 0;
    tt_verdict x = {.article = position,
                    .id = tti_db_row_id(row),
                    .resemblance = has_of ? d->pair.resemblance : NAN,
                    .containment = has_of ? d->pair.containment_b : NAN,
                    .containment_of = has_of ? d->pair.containment_a : NAN,
                    .overlap = has_of ? d->pair.overlap_b : NAN,
                    .overlap_of = has_of ? d->pair.overlap_a : NAN,
                    .facts = has_of ? d->pair.facts : NAN,
                    .new_tokens = has_of ? d->new_tokens : row->token_count,
                    .kind = (int32_t)d->kind,
                    .conflicts = has_of ? d->pair.conflicts : 0,
                    .relation = has_of && d->admitted ? d->pair.relation : -1};
    if (of_itself)
        x.of = x.id;
    else if (has_of)
        TTI_TRY(copy_verdict_id(v, &table->articles.items[d->of], &x.of));
    if (d->of != TTI_NONE)
        TTI_TRY(tti_verdicts_differences(v, table, d->of, &d->facts, row->extents, &x.differences,
                                         &x.difference_count));
    if (d->repeat_count > 0 || has_matches)
        TTI_TRY(decode_extents(v, row->extents, row->token_count, &v->own));
    if (d->repeat_count > 0)
        TTI_TRY(add_sections(v, table, d, &x));
    if (has_matches)
        TTI_TRY(add_matches(v, table, d->number, d->comparison, row->extents, &x));
    return tti_array_push(&v->list, v->memory.allocator, x);
}
