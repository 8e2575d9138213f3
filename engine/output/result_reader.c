/*
 * Reads a result file into a tt_result. While lines come in, the lists of members and occurrences
 * grow, so clusters and sections know only how long theirs are; the pointers are set at the end.
 */
#include "output/result_lines.h"
#include "result/result.h"
#include "util/alloc.h"
#include "util/error.h"

#include <assert.h>
#include <string.h>

/* Article numbers fit in the 32 bits that tables and candidates hold. */
static const size_t MOST_ARTICLES = TTI_TABLE_NONE - 1;

typedef struct reading {
    tt_result *result;
    uint8_t *is_member; /* by article: some cluster has it */
    size_t is_member_count;
} reading;

/* The number of an id, which is a new article's if the file has not named it before. */
static tt_status number_of_id(reading *r, tti_result_line *line, const tt_id *id, uint64_t *number)
{
    tt_result *x = r->result;
    tti_corpus *c = &x->store.corpus;
    const tti_article_id wanted = {id->bytes, id->size, id->flags};
    const uint32_t hash = tti_article_id_hash(wanted);
    const tti_slice bytes = {id->bytes, id->size};
    const uint32_t found = tti_result_lookup(x, wanted, hash);
    const char *copy;
    if (found != TTI_TABLE_NONE) {
        *number = found;
        return TT_OK;
    }
    if (c->article_count == MOST_ARTICLES)
        return tti_fail(&line->fault, TT_ELIMIT, TTI_NOWHERE, "too many articles");
    if (id->size > UINT32_MAX)
        return tti_fail(&line->fault, TT_ELIMIT, TTI_NOWHERE, "an id over 4 GiB");
    if (tti_reserve(x->allocator, &c->articles, &x->store.article_capacity, c->article_count + 1,
                    sizeof *c->articles) != 0 ||
        tti_table_reserve(&x->ids, c->article_count + 1) != 0 ||
        (copy = tti_arena_copy(&x->store.arena, &bytes, 1)) == NULL)
        return tti_fail_memory(&line->fault, "ids");
    tti_table_add(&x->ids, hash, (uint32_t)c->article_count);
    *number = c->article_count;
    c->articles[c->article_count++] = (tti_article){
        .id = copy, .id_size = (uint32_t)id->size, .published = TT_NO_TIME, .flags = id->flags};
    return TT_OK;
}

static tt_status read_id_value(reading *r, tti_result_line *line, tti_line_key key,
                               uint64_t *article)
{
    tt_id id;
    TTI_TRY(tti_line_id(line, key, &id));
    return number_of_id(r, line, &id, article);
}

/* The file's word for a relation; "near" where there is none. */
static tt_status read_relation(tti_result_line *line, int32_t *relation)
{
    const char *word = line->bytes[TTI_LINE_RELATION];
    const size_t size = line->sizes[TTI_LINE_RELATION];
    *relation = TT_NEAR;
    if (word == NULL)
        return TT_OK;
    for (int32_t r = TT_IDENTICAL; r <= TT_SERIES; r++) {
        const char *name = tt_relation_name((tt_relation)r);
        if (size == strlen(name) + 2 && memcmp(word + 1, name, size - 2) == 0) {
            *relation = r;
            return TT_OK;
        }
    }
    return tti_line_malformed(line, "unknown \"relation\"");
}

static tt_status append_pair_line(reading *r, tti_result_line *line)
{
    tt_result *x = r->result;
    tt_pair p = {0};
    TTI_TRY(read_id_value(r, line, TTI_LINE_A, &p.a));
    TTI_TRY(read_id_value(r, line, TTI_LINE_B, &p.b));
    if (p.a == p.b)
        return tti_line_malformed(line, "\"a\" and \"b\" are the same article");
    TTI_TRY(read_relation(line, &p.relation));
    TTI_TRY(tti_line_share(line, TTI_LINE_RESEMBLANCE, &p.resemblance));
    TTI_TRY(tti_line_share(line, TTI_LINE_CONTAINMENT_A, &p.containment_a));
    TTI_TRY(tti_line_share(line, TTI_LINE_CONTAINMENT_B, &p.containment_b));
    TTI_TRY(tti_line_share(line, TTI_LINE_OVERLAP_A, &p.overlap_a));
    TTI_TRY(tti_line_share(line, TTI_LINE_OVERLAP_B, &p.overlap_b));
    TTI_TRY(tti_line_share(line, TTI_LINE_FACTS, &p.facts));
    TTI_TRY_ALLOC(tti_array_push(&x->pairs, x->allocator, p), &line->fault, "pairs");
    return TT_OK;
}

static tt_status append_member(reading *r, tti_result_line *line, uint64_t article)
{
    tt_result *x = r->result;
    const size_t before = r->is_member_count;
    TTI_TRY_ALLOC(tti_reserve(x->allocator, &r->is_member, &r->is_member_count, (size_t)article + 1,
                              sizeof *r->is_member),
                  &line->fault, "clusters");
    if (r->is_member_count > before)
        memset(r->is_member + before, 0, r->is_member_count - before);
    if (r->is_member[article])
        return tti_line_malformed(line, "an article stands twice in clusters");
    r->is_member[article] = 1;
    TTI_TRY_ALLOC(tti_array_push(&x->clusters.members, x->allocator, article), &line->fault,
                  "clusters");
    return TT_OK;
}

/* A cluster that does not say which article is kept keeps the first. */
static tt_status append_cluster_line(reading *r, tti_result_line *line)
{
    tt_result *x = r->result;
    tt_cluster c = {x->clusters.clusters.count + 1, TT_NO_ARTICLE, NULL, 0};
    tti_json j;
    tti_json_kind kind;
    int has_keep = line->bytes[TTI_LINE_KEEP] == NULL;
    TTI_TRY(tti_line_count(line, TTI_LINE_CLUSTER, &c.number));
    if (line->bytes[TTI_LINE_KEEP] != NULL)
        TTI_TRY(read_id_value(r, line, TTI_LINE_KEEP, &c.keep));
    TTI_TRY(tti_line_list(line, TTI_LINE_ARTICLES, &j));
    for (; (kind = tti_json_next(&j)) != TTI_JSON_ARRAY_END; c.count++) {
        uint64_t article;
        tt_id id;
        TTI_TRY(tti_line_token_id(line, &j, kind, &id));
        TTI_TRY(number_of_id(r, line, &id, &article));
        TTI_TRY(append_member(r, line, article));
        if (c.keep == TT_NO_ARTICLE)
            c.keep = article;
        has_keep |= article == c.keep;
    }
    if (c.count == 0)
        return tti_line_malformed(line, "a cluster without an article");
    if (!has_keep)
        return tti_line_malformed(line, "\"keep\" is not one of \"articles\"");
    TTI_TRY_ALLOC(tti_array_push(&x->clusters.clusters, x->allocator, c), &line->fault, "clusters");
    return TT_OK;
}

static tt_status append_occurrence(reading *r, tti_result_line *line,
                                   const tti_line_occurrence *from)
{
    tti_sections *s = &r->result->sections;
    tt_occurrence o = {0, from->begin, from->end, from->begin, from->end, from->similarity};
    if ((from->seen >> TTI_OCCURRENCE_OF_BEGIN & 1) != 0)
        o.of_begin = from->of_begin;
    if ((from->seen >> TTI_OCCURRENCE_OF_END & 1) != 0)
        o.of_end = from->of_end;
    if (o.of_begin >= o.of_end)
        return tti_line_malformed(line, "an occurrence whose part of the reference is empty");
    TTI_TRY(number_of_id(r, line, &from->article, &o.article));
    TTI_TRY_ALLOC(tti_array_push(&s->occurrences, s->allocator, o), &line->fault, "sections");
    return TT_OK;
}

static tt_status append_section_line(reading *r, tti_result_line *line)
{
    tti_sections *list = &r->result->sections;
    tt_section s = {list->sections.count + 1, 0, NULL, 0};
    tti_json j;
    tti_line_occurrence occurrence;
    TTI_TRY(tti_line_count(line, TTI_LINE_SECTION, &s.number));
    TTI_TRY(tti_line_count(line, TTI_LINE_TOKENS, &s.tokens));
    TTI_TRY(tti_line_list(line, TTI_LINE_OCCURRENCES, &j));
    for (;; s.count++) {
        TTI_TRY(tti_line_next_occurrence(line, &j, &occurrence));
        if (occurrence.seen == 0)
            break;
        TTI_TRY(append_occurrence(r, line, &occurrence));
    }
    if (s.count == 0)
        return tti_line_malformed(line, "a section without an occurrence");
    TTI_TRY_ALLOC(tti_array_push(&list->sections, list->allocator, s), &line->fault, "sections");
    return TT_OK;
}

static tt_status read_summary_line(reading *r, tti_result_line *line)
{
    tt_result *x = r->result;
    if (x->summary_line != NULL)
        return tti_line_malformed(line, "a second summary: is this one result?");
    TTI_TRY(tti_line_count(line, TTI_LINE_ARTICLES, &x->summary.articles));
    TTI_TRY(tti_line_count(line, TTI_LINE_REJECTED, &x->summary.rejected));
    TTI_TRY(tti_line_count(line, TTI_LINE_BYTES, &x->summary.bytes));
    x->summary_line = tti_alloc(x->allocator, line->size, 1);
    if (x->summary_line == NULL)
        return tti_fail_memory(&line->fault, "the summary");
    memcpy(x->summary_line, line->text, line->size);
    x->summary_line_size = line->size;
    return TT_OK;
}

static tt_status read_result_line(void *ctx, tti_result_line *line)
{
    if (tti_line_value_is(line, TTI_LINE_TYPE, "\"pair\""))
        return append_pair_line(ctx, line);
    if (tti_line_value_is(line, TTI_LINE_TYPE, "\"cluster\""))
        return append_cluster_line(ctx, line);
    if (tti_line_value_is(line, TTI_LINE_TYPE, "\"section\""))
        return append_section_line(ctx, line);
    if (tti_line_value_is(line, TTI_LINE_TYPE, "\"summary\""))
        return read_summary_line(ctx, line);
    return TT_OK;
}

/* Nothing moves any more. */
static void set_list_pointers(tt_result *x)
{
    tti_cluster_list *c = &x->clusters;
    tti_sections *s = &x->sections;
    size_t members = 0, occurrences = 0;
    for (size_t i = 0; i < c->clusters.count; i++) {
        c->clusters.items[i].members = c->members.items + members;
        members += c->clusters.items[i].count;
    }
    for (size_t i = 0; i < s->sections.count; i++) {
        s->sections.items[i].occurrences = s->occurrences.items + occurrences;
        occurrences += s->sections.items[i].count;
    }
    assert(members == c->members.count && occurrences == s->occurrences.count);
    x->summary.pairs = x->pairs.count;
    x->summary.clusters = c->clusters.count;
    x->summary.sections = s->sections.count;
}

tt_status tt_result_read(tt_result **out, const char *path, const tt_allocator *allocator,
                         tt_error *error)
{
    const tt_allocator *a = allocator != NULL ? allocator : &tti_libc_allocator;
    reading r = {0};
    tt_status status;
    if (out == NULL || path == NULL)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "out or path is NULL");
    *out = NULL;
    r.result = tti_result_open(a);
    if (r.result == NULL)
        return tti_fail_memory(error, "a result");
    r.result->store.allocator = r.result->store.arena.allocator = a;
    r.result->sections.allocator = a;
    r.result->has_ids = 1;
    status = tti_result_lines_read(path, a, read_result_line, &r, error);
    tti_release(a, r.is_member, r.is_member_count, 1);
    if (status != TT_OK) {
        tt_result_close(r.result);
        return status;
    }
    set_list_pointers(r.result);
    *out = r.result;
    return TT_OK;
}
