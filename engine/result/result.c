/*
 * A result file read back: ids, pairs, clusters and sections as arrays. While lines come in, lists
 * are kept one after another with their counts; the pointers into them are set at the end, when
 * nothing moves any more.
 */
#include "common/alloc.h"
#include "common/fail.h"
#include "result/entries.h"
#include "result/names.h"

#include <string.h>

typedef struct book {
    tt_result view; /* first: what the caller holds */
    const tt_allocator *allocator;
    tti_names names;
    tt_id *ids;
    char *letters; /* of all ids */
    tt_pair *pairs;
    tt_cluster *clusters;
    uint64_t *members;
    tt_section *sections;
    tt_occurrence *places;
    char *summary;
    size_t id_capacity, letter_count, letter_capacity, pair_capacity, cluster_capacity,
        member_count, member_capacity, section_capacity, place_count, place_capacity;
} book;

static tt_status number_of(book *b, tti_entry *e, const tt_id *id, uint64_t *article)
{
    const size_t before = b->names.count;
    uint32_t number;
    TTI_TRY(tti_names_number(&b->names, (id->flags & TT_ARTICLE_INTEGER_ID) != 0, id->bytes,
                             id->size, &number, &e->fault));
    *article = number;
    if (b->names.count == before)
        return TT_OK;
    if (tti_reserve(b->allocator, &b->ids, &b->id_capacity, b->names.count, sizeof *b->ids) != 0 ||
        tti_reserve(b->allocator, &b->letters, &b->letter_capacity, b->letter_count + id->size,
                    1) != 0)
        return tti_fail_memory(&e->fault, "ids");
    b->ids[number] = *id;
    memcpy(b->letters + b->letter_count, id->bytes, id->size);
    b->letter_count += id->size;
    return TT_OK;
}

static tt_status take_id(book *b, tti_entry *e, tti_entry_value which, uint64_t *article)
{
    tt_id id;
    TTI_TRY(tti_entry_id_value(e, which, &id));
    return number_of(b, e, &id, article);
}

/* The file's word for a relation; "near" where there is none. */
static tt_status take_relation(tti_entry *e, int32_t *relation)
{
    const char *word = e->bytes[TTI_ENTRY_RELATION];
    const size_t size = e->sizes[TTI_ENTRY_RELATION];
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
    return tti_entry_malformed(e, "unknown \"relation\"");
}

static tt_status take_pair(book *b, tti_entry *e)
{
    tt_pair p = {0};
    TTI_TRY(take_id(b, e, TTI_ENTRY_A, &p.a));
    TTI_TRY(take_id(b, e, TTI_ENTRY_B, &p.b));
    if (p.a == p.b)
        return tti_entry_malformed(e, "\"a\" and \"b\" are the same article");
    TTI_TRY(take_relation(e, &p.relation));
    TTI_TRY(tti_entry_share(e, TTI_ENTRY_RESEMBLANCE, &p.resemblance));
    TTI_TRY(tti_entry_share(e, TTI_ENTRY_CONTAINMENT_A, &p.containment_a));
    TTI_TRY(tti_entry_share(e, TTI_ENTRY_CONTAINMENT_B, &p.containment_b));
    TTI_TRY(tti_entry_share(e, TTI_ENTRY_OVERLAP_A, &p.overlap_a));
    TTI_TRY(tti_entry_share(e, TTI_ENTRY_OVERLAP_B, &p.overlap_b));
    TTI_TRY(tti_entry_share(e, TTI_ENTRY_FACTS, &p.facts));
    if (tti_reserve(b->allocator, &b->pairs, &b->pair_capacity, b->view.pair_count + 1,
                    sizeof *b->pairs) != 0)
        return tti_fail_memory(&e->fault, "pairs");
    b->pairs[b->view.pair_count++] = p;
    return TT_OK;
}

static tt_status take_cluster(book *b, tti_entry *e)
{
    tt_cluster c = {b->view.cluster_count + 1, 0, NULL, 0};
    tti_json j;
    tti_json_kind kind;
    int holds_kept = 0;
    TTI_TRY(tti_entry_count(e, TTI_ENTRY_CLUSTER, &c.number));
    TTI_TRY(take_id(b, e, TTI_ENTRY_KEEP, &c.keep));
    TTI_TRY(tti_entry_list(e, TTI_ENTRY_ARTICLES, &j));
    while ((kind = tti_json_next(&j)) != TTI_JSON_ARRAY_END) {
        uint64_t article;
        tt_id id;
        TTI_TRY(tti_entry_id(e, &j, kind, &id));
        TTI_TRY(number_of(b, e, &id, &article));
        if (tti_reserve(b->allocator, &b->members, &b->member_capacity, b->member_count + 1,
                        sizeof *b->members) != 0)
            return tti_fail_memory(&e->fault, "clusters");
        b->members[b->member_count++] = article;
        holds_kept |= article == c.keep;
        c.count++;
    }
    if (!holds_kept)
        return tti_entry_malformed(e, "\"keep\" is not one of \"articles\"");
    if (tti_reserve(b->allocator, &b->clusters, &b->cluster_capacity, b->view.cluster_count + 1,
                    sizeof *b->clusters) != 0)
        return tti_fail_memory(&e->fault, "clusters");
    b->clusters[b->view.cluster_count++] = c;
    return TT_OK;
}

static tt_status take_place(book *b, tti_entry *e, const tti_entry_place *place)
{
    tt_occurrence o = {0, place->begin, place->end, place->begin, place->end, place->similarity};
    if ((place->seen >> TTI_PLACE_OF_BEGIN & 1) != 0)
        o.of_begin = place->of_begin;
    if ((place->seen >> TTI_PLACE_OF_END & 1) != 0)
        o.of_end = place->of_end;
    if (o.of_begin >= o.of_end)
        return tti_entry_malformed(e, "an occurrence whose part of the reference is empty");
    TTI_TRY(number_of(b, e, &place->article, &o.article));
    if (tti_reserve(b->allocator, &b->places, &b->place_capacity, b->place_count + 1,
                    sizeof *b->places) != 0)
        return tti_fail_memory(&e->fault, "sections");
    b->places[b->place_count++] = o;
    return TT_OK;
}

static tt_status take_section(book *b, tti_entry *e)
{
    tt_section s = {b->view.section_count + 1, 0, NULL, 0};
    tti_json j;
    tti_entry_place place;
    TTI_TRY(tti_entry_count(e, TTI_ENTRY_SECTION, &s.number));
    TTI_TRY(tti_entry_count(e, TTI_ENTRY_TOKENS, &s.tokens));
    TTI_TRY(tti_entry_list(e, TTI_ENTRY_OCCURRENCES, &j));
    for (;; s.count++) {
        TTI_TRY(tti_entry_place_next(e, &j, &place));
        if (place.seen == 0)
            break;
        TTI_TRY(take_place(b, e, &place));
    }
    if (s.count == 0)
        return tti_entry_malformed(e, "a section without an occurrence");
    if (tti_reserve(b->allocator, &b->sections, &b->section_capacity, b->view.section_count + 1,
                    sizeof *b->sections) != 0)
        return tti_fail_memory(&e->fault, "sections");
    b->sections[b->view.section_count++] = s;
    return TT_OK;
}

static tt_status take_summary(book *b, tti_entry *e)
{
    if (b->summary != NULL)
        return tti_entry_malformed(e, "a second summary: is this one result?");
    TTI_TRY(tti_entry_count(e, TTI_ENTRY_ARTICLES, &b->view.total_articles));
    TTI_TRY(tti_entry_count(e, TTI_ENTRY_REJECTED, &b->view.total_rejected));
    TTI_TRY(tti_entry_count(e, TTI_ENTRY_BYTES, &b->view.total_bytes));
    b->summary = tti_alloc(b->allocator, e->size, 1);
    if (b->summary == NULL)
        return tti_fail_memory(&e->fault, "the summary");
    memcpy(b->summary, e->text, e->size);
    b->view.summary_size = e->size;
    return TT_OK;
}

static tt_status take_entry(void *ctx, tti_entry *e)
{
    if (tti_entry_is(e, TTI_ENTRY_TYPE, "\"pair\""))
        return take_pair(ctx, e);
    if (tti_entry_is(e, TTI_ENTRY_TYPE, "\"cluster\""))
        return take_cluster(ctx, e);
    if (tti_entry_is(e, TTI_ENTRY_TYPE, "\"section\""))
        return take_section(ctx, e);
    if (tti_entry_is(e, TTI_ENTRY_TYPE, "\"summary\""))
        return take_summary(ctx, e);
    return TT_OK;
}

/* Sets every pointer of the view. */
static void settle(book *b)
{
    const char *letters = b->letters;
    const uint64_t *members = b->members;
    const tt_occurrence *places = b->places;
    for (size_t i = 0; i < b->names.count; letters += b->ids[i++].size)
        b->ids[i].bytes = letters;
    for (size_t i = 0; i < b->view.cluster_count; members += b->clusters[i++].count)
        b->clusters[i].articles = members;
    for (size_t i = 0; i < b->view.section_count; places += b->sections[i++].count)
        b->sections[i].occurrences = places;
    b->view.articles = b->ids;
    b->view.article_count = b->names.count;
    b->view.pairs = b->pairs;
    b->view.clusters = b->clusters;
    b->view.sections = b->sections;
    b->view.summary = b->summary;
}

tt_status tt_result_read(tt_result **out, const char *path, const tt_allocator *allocator,
                         tt_error *error)
{
    const tt_allocator *a = allocator != NULL ? allocator : &tti_libc_allocator;
    book *b = tti_alloc_zero(a, 1, sizeof *b);
    tt_status status;
    *out = NULL;
    if (b == NULL)
        return tti_fail_memory(error, "a result");
    b->allocator = a;
    b->names.allocator = a;
    status = tti_entries_read(path, a, take_entry, b, error);
    if (status != TT_OK) {
        tt_result_close(&b->view);
        return status;
    }
    settle(b);
    *out = &b->view;
    return TT_OK;
}

uint64_t tt_result_find(const tt_result *result, const tt_id *id)
{
    const book *b = (const book *)result;
    const uint32_t number =
        tti_names_find(&b->names, (id->flags & TT_ARTICLE_INTEGER_ID) != 0, id->bytes, id->size);
    return number == TTI_NO_NAME ? TT_NO_ARTICLE : number;
}

void tt_result_close(tt_result *result)
{
    book *b = (book *)result;
    if (b == NULL)
        return;
    tti_names_free(&b->names);
    tti_release(b->allocator, b->ids, b->id_capacity, sizeof *b->ids);
    tti_release(b->allocator, b->letters, b->letter_capacity, 1);
    tti_release(b->allocator, b->pairs, b->pair_capacity, sizeof *b->pairs);
    tti_release(b->allocator, b->clusters, b->cluster_capacity, sizeof *b->clusters);
    tti_release(b->allocator, b->members, b->member_capacity, sizeof *b->members);
    tti_release(b->allocator, b->sections, b->section_capacity, sizeof *b->sections);
    tti_release(b->allocator, b->places, b->place_capacity, sizeof *b->places);
    tti_release(b->allocator, b->summary, b->view.summary_size, 1);
    tti_release(b->allocator, b, 1, sizeof *b);
}
