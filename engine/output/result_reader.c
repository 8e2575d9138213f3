/*
 * A result file read back: ids, pairs, clusters and sections as arrays. While lines come in, lists
 * are kept one after another with their counts; the pointers into them are set at the end, when
 * nothing moves any more.
 */
#include "output/id_map.h"
#include "output/result_lines.h"
#include "util/alloc.h"
#include "util/error.h"

#include <string.h>

typedef struct result_file {
    tt_result_file view; /* first: what the caller holds */
    const tt_allocator *allocator;
    tti_id_map names;
    tt_id *ids;
    char *id_bytes; /* of all ids */
    tt_pair *pairs;
    tt_cluster *clusters;
    uint64_t *members;
    tt_section *sections;
    tt_occurrence *occurrences;
    char *summary;
    size_t id_capacity, id_byte_count, id_byte_capacity, pair_capacity, cluster_capacity,
        member_count, member_capacity, section_capacity, occurrence_count, occurrence_capacity;
} result_file;

static tt_status number_of_id(result_file *b, tti_result_line *e, const tt_id *id,
                              uint64_t *article)
{
    const size_t before = b->names.count;
    uint32_t number;
    TTI_TRY(tti_id_map_add(&b->names, (id->flags & TT_ARTICLE_INTEGER_ID) != 0, id->bytes, id->size,
                           &number, &e->fault));
    *article = number;
    if (b->names.count == before)
        return TT_OK;
    if (tti_reserve(b->allocator, &b->ids, &b->id_capacity, b->names.count, sizeof *b->ids) != 0 ||
        tti_reserve(b->allocator, &b->id_bytes, &b->id_byte_capacity, b->id_byte_count + id->size,
                    1) != 0)
        return tti_fail_memory(&e->fault, "ids");
    b->ids[number] = *id;
    memcpy(b->id_bytes + b->id_byte_count, id->bytes, id->size);
    b->id_byte_count += id->size;
    return TT_OK;
}

static tt_status read_id_value(result_file *b, tti_result_line *e, tti_line_key which,
                               uint64_t *article)
{
    tt_id id;
    TTI_TRY(tti_line_id(e, which, &id));
    return number_of_id(b, e, &id, article);
}

/* The file's word for a relation; "near" where there is none. */
static tt_status read_relation(tti_result_line *e, int32_t *relation)
{
    const char *word = e->bytes[TTI_LINE_RELATION];
    const size_t size = e->sizes[TTI_LINE_RELATION];
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
    return tti_line_malformed(e, "unknown \"relation\"");
}

static tt_status append_pair_line(result_file *b, tti_result_line *e)
{
    tt_pair p = {0};
    TTI_TRY(read_id_value(b, e, TTI_LINE_A, &p.a));
    TTI_TRY(read_id_value(b, e, TTI_LINE_B, &p.b));
    if (p.a == p.b)
        return tti_line_malformed(e, "\"a\" and \"b\" are the same article");
    TTI_TRY(read_relation(e, &p.relation));
    TTI_TRY(tti_line_share(e, TTI_LINE_RESEMBLANCE, &p.resemblance));
    TTI_TRY(tti_line_share(e, TTI_LINE_CONTAINMENT_A, &p.containment_a));
    TTI_TRY(tti_line_share(e, TTI_LINE_CONTAINMENT_B, &p.containment_b));
    TTI_TRY(tti_line_share(e, TTI_LINE_OVERLAP_A, &p.overlap_a));
    TTI_TRY(tti_line_share(e, TTI_LINE_OVERLAP_B, &p.overlap_b));
    TTI_TRY(tti_line_share(e, TTI_LINE_FACTS, &p.facts));
    if (tti_reserve(b->allocator, &b->pairs, &b->pair_capacity, b->view.pair_count + 1,
                    sizeof *b->pairs) != 0)
        return tti_fail_memory(&e->fault, "pairs");
    b->pairs[b->view.pair_count++] = p;
    return TT_OK;
}

static tt_status append_cluster_line(result_file *b, tti_result_line *e)
{
    tt_cluster c = {b->view.cluster_count + 1, 0, NULL, 0};
    tti_json j;
    tti_json_kind kind;
    int holds_kept = 0;
    TTI_TRY(tti_line_count(e, TTI_LINE_CLUSTER, &c.number));
    TTI_TRY(read_id_value(b, e, TTI_LINE_KEEP, &c.keep));
    TTI_TRY(tti_line_list(e, TTI_LINE_ARTICLES, &j));
    while ((kind = tti_json_next(&j)) != TTI_JSON_ARRAY_END) {
        uint64_t article;
        tt_id id;
        TTI_TRY(tti_line_token_id(e, &j, kind, &id));
        TTI_TRY(number_of_id(b, e, &id, &article));
        if (tti_reserve(b->allocator, &b->members, &b->member_capacity, b->member_count + 1,
                        sizeof *b->members) != 0)
            return tti_fail_memory(&e->fault, "clusters");
        b->members[b->member_count++] = article;
        holds_kept |= article == c.keep;
        c.count++;
    }
    if (!holds_kept)
        return tti_line_malformed(e, "\"keep\" is not one of \"articles\"");
    if (tti_reserve(b->allocator, &b->clusters, &b->cluster_capacity, b->view.cluster_count + 1,
                    sizeof *b->clusters) != 0)
        return tti_fail_memory(&e->fault, "clusters");
    b->clusters[b->view.cluster_count++] = c;
    return TT_OK;
}

static tt_status append_occurrence(result_file *b, tti_result_line *e,
                                   const tti_line_occurrence *occurrence)
{
    tt_occurrence o = {0,
                       occurrence->begin,
                       occurrence->end,
                       occurrence->begin,
                       occurrence->end,
                       occurrence->similarity};
    if ((occurrence->seen >> TTI_OCCURRENCE_OF_BEGIN & 1) != 0)
        o.of_begin = occurrence->of_begin;
    if ((occurrence->seen >> TTI_OCCURRENCE_OF_END & 1) != 0)
        o.of_end = occurrence->of_end;
    if (o.of_begin >= o.of_end)
        return tti_line_malformed(e, "an occurrence whose part of the reference is empty");
    TTI_TRY(number_of_id(b, e, &occurrence->article, &o.article));
    if (tti_reserve(b->allocator, &b->occurrences, &b->occurrence_capacity, b->occurrence_count + 1,
                    sizeof *b->occurrences) != 0)
        return tti_fail_memory(&e->fault, "sections");
    b->occurrences[b->occurrence_count++] = o;
    return TT_OK;
}

static tt_status append_section_line(result_file *b, tti_result_line *e)
{
    tt_section s = {b->view.section_count + 1, 0, NULL, 0};
    tti_json j;
    tti_line_occurrence occurrence;
    TTI_TRY(tti_line_count(e, TTI_LINE_SECTION, &s.number));
    TTI_TRY(tti_line_count(e, TTI_LINE_TOKENS, &s.tokens));
    TTI_TRY(tti_line_list(e, TTI_LINE_OCCURRENCES, &j));
    for (;; s.count++) {
        TTI_TRY(tti_line_next_occurrence(e, &j, &occurrence));
        if (occurrence.seen == 0)
            break;
        TTI_TRY(append_occurrence(b, e, &occurrence));
    }
    if (s.count == 0)
        return tti_line_malformed(e, "a section without an occurrence");
    if (tti_reserve(b->allocator, &b->sections, &b->section_capacity, b->view.section_count + 1,
                    sizeof *b->sections) != 0)
        return tti_fail_memory(&e->fault, "sections");
    b->sections[b->view.section_count++] = s;
    return TT_OK;
}

static tt_status read_summary_line(result_file *b, tti_result_line *e)
{
    if (b->summary != NULL)
        return tti_line_malformed(e, "a second summary: is this one result?");
    TTI_TRY(tti_line_count(e, TTI_LINE_ARTICLES, &b->view.total_articles));
    TTI_TRY(tti_line_count(e, TTI_LINE_REJECTED, &b->view.total_rejected));
    TTI_TRY(tti_line_count(e, TTI_LINE_BYTES, &b->view.total_bytes));
    b->summary = tti_alloc(b->allocator, e->size, 1);
    if (b->summary == NULL)
        return tti_fail_memory(&e->fault, "the summary");
    memcpy(b->summary, e->text, e->size);
    b->view.summary_size = e->size;
    return TT_OK;
}

static tt_status read_result_line(void *ctx, tti_result_line *e)
{
    if (tti_line_value_is(e, TTI_LINE_TYPE, "\"pair\""))
        return append_pair_line(ctx, e);
    if (tti_line_value_is(e, TTI_LINE_TYPE, "\"cluster\""))
        return append_cluster_line(ctx, e);
    if (tti_line_value_is(e, TTI_LINE_TYPE, "\"section\""))
        return append_section_line(ctx, e);
    if (tti_line_value_is(e, TTI_LINE_TYPE, "\"summary\""))
        return read_summary_line(ctx, e);
    return TT_OK;
}

/* Sets every pointer of the view. */
static void set_view_pointers(result_file *b)
{
    const char *id_bytes = b->id_bytes;
    const uint64_t *members = b->members;
    const tt_occurrence *occurrences = b->occurrences;
    for (size_t i = 0; i < b->names.count; id_bytes += b->ids[i++].size)
        b->ids[i].bytes = id_bytes;
    for (size_t i = 0; i < b->view.cluster_count; members += b->clusters[i++].count)
        b->clusters[i].articles = members;
    for (size_t i = 0; i < b->view.section_count; occurrences += b->sections[i++].count)
        b->sections[i].occurrences = occurrences;
    b->view.articles = b->ids;
    b->view.article_count = b->names.count;
    b->view.pairs = b->pairs;
    b->view.clusters = b->clusters;
    b->view.sections = b->sections;
    b->view.summary = b->summary;
}

tt_status tt_result_file_read(tt_result_file **out, const char *path, const tt_allocator *allocator,
                              tt_error *error)
{
    const tt_allocator *a = allocator != NULL ? allocator : &tti_libc_allocator;
    result_file *b = tti_alloc_zero(a, 1, sizeof *b);
    tt_status status;
    *out = NULL;
    if (b == NULL)
        return tti_fail_memory(error, "a result");
    b->allocator = a;
    b->names.allocator = a;
    status = tti_result_lines_read(path, a, read_result_line, b, error);
    if (status != TT_OK) {
        tt_result_file_close(&b->view);
        return status;
    }
    set_view_pointers(b);
    *out = &b->view;
    return TT_OK;
}

uint64_t tt_result_file_find(const tt_result_file *result, const tt_id *id)
{
    const result_file *b = (const result_file *)result;
    const uint32_t number =
        tti_id_map_find(&b->names, (id->flags & TT_ARTICLE_INTEGER_ID) != 0, id->bytes, id->size);
    return number == TTI_ID_MAP_NONE ? TT_NO_ARTICLE : number;
}

void tt_result_file_close(tt_result_file *result)
{
    result_file *b = (result_file *)result;
    if (b == NULL)
        return;
    tti_id_map_free(&b->names);
    tti_release(b->allocator, b->ids, b->id_capacity, sizeof *b->ids);
    tti_release(b->allocator, b->id_bytes, b->id_byte_capacity, 1);
    tti_release(b->allocator, b->pairs, b->pair_capacity, sizeof *b->pairs);
    tti_release(b->allocator, b->clusters, b->cluster_capacity, sizeof *b->clusters);
    tti_release(b->allocator, b->members, b->member_capacity, sizeof *b->members);
    tti_release(b->allocator, b->sections, b->section_capacity, sizeof *b->sections);
    tti_release(b->allocator, b->occurrences, b->occurrence_capacity, sizeof *b->occurrences);
    tti_release(b->allocator, b->summary, b->view.summary_size, 1);
    tti_release(b->allocator, b, 1, sizeof *b);
}
