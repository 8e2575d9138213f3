/* Result and gold files -> ledgers. */
#include "eval/ledger.h"

#include "common/alloc.h"
#include "common/fail.h"
#include "result/entries.h"

#include <stdlib.h>
#include <string.h>

typedef struct writing {
    tti_ledger *ledger;
    tti_names *names;
} writing;

/* ==== Lines =================================================================================== */

static tt_status number_of(writing *w, tti_entry *e, const tt_id *id, uint32_t *article)
{
    return tti_names_number(w->names, (id->flags & TT_ARTICLE_INTEGER_ID) != 0, id->bytes, id->size,
                            article, &e->fault);
}

static tt_status take_id_value(writing *w, tti_entry *e, tti_entry_value which, uint32_t *article)
{
    tt_id id;
    TTI_TRY(tti_entry_id_value(e, which, &id));
    return number_of(w, e, &id, article);
}

static tt_status take_pair(writing *w, tti_entry *e)
{
    tti_ledger *g = w->ledger;
    tti_couple pair;
    g->pair_lines++;
    TTI_TRY(take_id_value(w, e, TTI_ENTRY_A, &pair.a));
    TTI_TRY(take_id_value(w, e, TTI_ENTRY_B, &pair.b));
    if (pair.a == pair.b)
        return tti_entry_malformed(e, "\"a\" and \"b\" are the same article");
    if (tti_entry_is(e, TTI_ENTRY_RELATION, "\"series\""))
        return TT_OK;
    if (tti_reserve(g->allocator, &g->couples, &g->couple_capacity, g->couple_count + 1,
                    sizeof *g->couples) != 0)
        return tti_fail_memory(&e->fault, "pairs");
    if (pair.a > pair.b)
        pair = (tti_couple){pair.b, pair.a};
    g->couples[g->couple_count++] = pair;
    return TT_OK;
}

/* Makes cluster_of long enough for the article. */
static int reach_article(tti_ledger *g, uint32_t article)
{
    const size_t before = g->cluster_of_count;
    if (article < before)
        return 0;
    if (tti_reserve(g->allocator, &g->cluster_of, &g->cluster_of_count, (size_t)article + 1,
                    sizeof *g->cluster_of) != 0)
        return -1;
    memset(g->cluster_of + before, 0, (g->cluster_of_count - before) * sizeof *g->cluster_of);
    return 0;
}

static tt_status take_member(writing *w, tti_entry *e, uint32_t article)
{
    tti_ledger *g = w->ledger;
    if (reach_article(g, article) != 0 ||
        tti_reserve(g->allocator, &g->members, &g->member_capacity, g->member_count + 1,
                    sizeof *g->members) != 0)
        return tti_fail_memory(&e->fault, "clusters");
    if (g->cluster_of[article] != 0)
        return tti_entry_malformed(e, "an article stands twice in clusters");
    g->cluster_of[article] = (uint32_t)g->cluster_count + 1;
    g->members[g->member_count++] = (tti_member){article, (uint32_t)g->cluster_count};
    return TT_OK;
}

static tt_status take_cluster(writing *w, tti_entry *e)
{
    tti_json j;
    tti_json_kind kind;
    TTI_TRY(tti_entry_list(e, TTI_ENTRY_ARTICLES, &j));
    while ((kind = tti_json_next(&j)) != TTI_JSON_ARRAY_END) {
        uint32_t article;
        tt_id id;
        TTI_TRY(tti_entry_id(e, &j, kind, &id));
        TTI_TRY(number_of(w, e, &id, &article));
        TTI_TRY(take_member(w, e, article));
    }
    w->ledger->cluster_count++;
    return TT_OK;
}

static tt_status take_section(writing *w, tti_entry *e)
{
    tti_ledger *g = w->ledger;
    tti_json j;
    tti_entry_place place;
    TTI_TRY(tti_entry_list(e, TTI_ENTRY_OCCURRENCES, &j));
    for (;;) {
        tti_extent x = {0, (uint32_t)g->section_count, 0, 0};
        TTI_TRY(tti_entry_place_next(e, &j, &place));
        if (place.seen == 0)
            break;
        TTI_TRY(number_of(w, e, &place.article, &x.article));
        x.begin = place.begin;
        x.end = place.end;
        if (tti_reserve(g->allocator, &g->extents, &g->extent_capacity, g->extent_count + 1,
                        sizeof *g->extents) != 0)
            return tti_fail_memory(&e->fault, "sections");
        g->extents[g->extent_count++] = x;
    }
    g->section_count++;
    return TT_OK;
}

static tt_status take_entry(void *ctx, tti_entry *e)
{
    writing *w = ctx;
    if (tti_entry_is(e, TTI_ENTRY_TYPE, "\"pair\""))
        return take_pair(w, e);
    if (tti_entry_is(e, TTI_ENTRY_TYPE, "\"cluster\""))
        return take_cluster(w, e);
    if (tti_entry_is(e, TTI_ENTRY_TYPE, "\"section\""))
        return take_section(w, e);
    if (tti_entry_is(e, TTI_ENTRY_TYPE, "\"summary\""))
        return tti_entry_count(e, TTI_ENTRY_ARTICLES, &w->ledger->articles);
    return TT_OK;
}

/* ==== Files =================================================================================== */

static int by_couple(const void *x, const void *y)
{
    const tti_couple *p = x, *q = y;
    if (p->a != q->a)
        return p->a < q->a ? -1 : 1;
    return (p->b > q->b) - (p->b < q->b);
}

/* Ascending and unique. */
static void settle_couples(tti_ledger *g)
{
    size_t kept = 0;
    if (g->couple_count > 1)
        qsort(g->couples, g->couple_count, sizeof *g->couples, by_couple);
    for (size_t i = 0; i < g->couple_count; i++)
        if (i == 0 || by_couple(&g->couples[i], &g->couples[kept - 1]) != 0)
            g->couples[kept++] = g->couples[i];
    g->couple_count = kept;
}

tt_status tti_ledger_read(tti_ledger *ledger, tti_names *names, const char *path, tt_error *error)
{
    writing w = {ledger, names};
    const tt_status status = tti_entries_read(path, ledger->allocator, take_entry, &w, error);
    settle_couples(ledger);
    return status;
}

void tti_ledger_free(tti_ledger *g)
{
    tti_release(g->allocator, g->couples, g->couple_capacity, sizeof *g->couples);
    tti_release(g->allocator, g->members, g->member_capacity, sizeof *g->members);
    tti_release(g->allocator, g->cluster_of, g->cluster_of_count, sizeof *g->cluster_of);
    tti_release(g->allocator, g->extents, g->extent_capacity, sizeof *g->extents);
    memset(g, 0, sizeof *g);
}
