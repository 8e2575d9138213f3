#include "result/clusters.h"

#include "util/alloc.h"
#include "util/error.h"

#include <string.h>

#define NONE UINT32_MAX

static int is_copy_pair(const tti_doc_pair *p)
{
    return p->numbers.relation != TT_SERIES;
}

/* ---- Proposals ------------------------------------------------------------------------------ */

static uint32_t find_group_root(uint32_t *parents, uint32_t d)
{
    while (parents[d] != d)
        d = parents[d] = parents[parents[d]]; /* path halving */
    return d;
}

/* The root of a group is its preferred document, so there is no other rank. */
static void join_groups(uint32_t *parents, const uint32_t *ranks, uint32_t a, uint32_t b)
{
    const uint32_t x = find_group_root(parents, a), y = find_group_root(parents, b);
    if (x != y)
        parents[ranks[x] < ranks[y] ? y : x] = ranks[x] < ranks[y] ? x : y;
}

tt_status tti_clusters_propose_pairs(const tti_verified *verified, const uint32_t *order,
                                     size_t doc_count, tti_candidates *out, tt_error *error)
{
    const tt_allocator *a = out->allocator;
    uint32_t *parents = tti_alloc(a, doc_count, sizeof *parents);
    uint32_t *ranks = tti_alloc(a, doc_count, sizeof *ranks);
    tt_status status = TT_OK;
    if (parents == NULL || ranks == NULL)
        status = tti_fail_memory(error, "clusters");
    for (uint32_t d = 0; d < doc_count && status == TT_OK; d++) {
        parents[d] = d;
        ranks[order[d]] = d;
    }
    for (size_t k = 0; k < verified->pairs.count && status == TT_OK; k++)
        if (is_copy_pair(&verified->pairs.items[k]))
            join_groups(parents, ranks, (uint32_t)verified->pairs.items[k].numbers.a,
                        (uint32_t)verified->pairs.items[k].numbers.b);
    for (uint32_t d = 0; d < doc_count && status == TT_OK; d++) {
        const uint32_t root = find_group_root(parents, d);
        if (root != d && tti_verified_find(verified, root, d) == NULL)
            status = tti_candidates_add(
                out, tti_candidate_pack(root < d ? root : d, root < d ? d : root, TTI_WANT_PAIR),
                error);
    }
    tti_release(a, parents, doc_count, sizeof *parents);
    tti_release(a, ranks, doc_count, sizeof *ranks);
    return status;
}

/* ---- Clusters ------------------------------------------------------------------------------- */

/* Neighbours of every document, as a list of lists. */
typedef struct adjacency {
    uint32_t *firsts, *others;
    size_t doc_count, edge_count;
} adjacency;

static tt_status build_adjacency(adjacency *g, const tti_verified *v, const tt_allocator *a,
                                 tt_error *error)
{
    g->firsts = tti_alloc_zero(a, g->doc_count + 2, sizeof *g->firsts);
    g->edge_count = 0;
    for (size_t k = 0; k < v->pairs.count; k++)
        g->edge_count += is_copy_pair(&v->pairs.items[k]) ? 2 : 0;
    g->others = tti_alloc(a, g->edge_count, sizeof *g->others);
    if (g->firsts == NULL || g->others == NULL)
        return tti_fail_memory(error, "clusters");
    for (size_t k = 0; k < v->pairs.count; k++)
        if (is_copy_pair(&v->pairs.items[k]))
            g->firsts[v->pairs.items[k].numbers.a + 2]++,
                g->firsts[v->pairs.items[k].numbers.b + 2]++;
    for (size_t d = 2; d < g->doc_count + 2; d++)
        g->firsts[d] += g->firsts[d - 1];
    for (size_t k = 0; k < v->pairs.count; k++) {
        const tt_pair *p = &v->pairs.items[k].numbers;
        if (!is_copy_pair(&v->pairs.items[k]))
            continue;
        g->others[g->firsts[p->a + 1]++] = (uint32_t)p->b;
        g->others[g->firsts[p->b + 1]++] = (uint32_t)p->a;
    }
    return TT_OK;
}

tt_status tti_clusters_assign(tti_clusters *out, const tti_verified *verified,
                              const uint32_t *order, tt_error *error)
{
    adjacency g = {NULL, NULL, out->doc_count, 0};
    const tt_status status = build_adjacency(&g, verified, out->allocator, error);
    if (status == TT_OK) {
        memset(out->kept, 0xFF, out->doc_count * sizeof *out->kept);
        for (size_t k = 0; k < out->doc_count; k++) {
            const uint32_t d = order[k];
            if (out->kept[d] != NONE)
                continue;
            out->kept[d] = d;
            for (uint32_t e = g.firsts[d]; e < g.firsts[d + 1]; e++)
                if (out->kept[g.others[e]] == NONE)
                    out->kept[g.others[e]] = d;
        }
    }
    tti_release(out->allocator, g.firsts, g.doc_count + 2, sizeof *g.firsts);
    tti_release(out->allocator, g.others, g.edge_count, sizeof *g.others);
    return status;
}

void tti_clusters_free(tti_clusters *c)
{
    if (c->allocator == NULL)
        return;
    tti_release(c->allocator, c->kept, c->doc_count, sizeof *c->kept);
    tti_release(c->allocator, c->best, c->doc_count, sizeof *c->best);
    memset(c, 0, sizeof *c);
}
