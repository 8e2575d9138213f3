#include "result/clusters.h"

#include "util/disjoint_sets.h"
#include "util/error.h"
#include "util/sort.h"

#define NONE UINT32_MAX

static int is_copy_pair(const tti_doc_pair *p)
{
    return TT_IS_COPY(p->numbers.relation);
}

/* ---- Proposals ------------------------------------------------------------------------------ */

/* The root of a group is its preferred document. */
static void join_groups(uint32_t *parents, const uint32_t *ranks, uint32_t a, uint32_t b)
{
    const uint32_t x = tti_find_root(parents, a), y = tti_find_root(parents, b);
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
        const uint32_t root = tti_find_root(parents, d);
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

#define REFUSED (-1.0F)

/* What a document has beside another: a copy, or other news in much the same words. */
typedef struct edge {
    uint32_t other;
    float own_share, other_share; /* of either in the other; REFUSED if they are no copies */
} edge;

/* The graph whose edges are the pairs. */
typedef struct adjacency {
    uint32_t *firsts; /* document d has edges[firsts[d] .. firsts[d + 1]), by what it has of them */
    edge *edges;
    size_t edge_count;
} adjacency;

TTI_SORT_DEFINE(sort_edges, edge,
                x->other_share != y->other_share ? x->other_share > y->other_share
                                                 : x->other < y->other)

static tt_status build_adjacency(adjacency *g, size_t doc_count, const tti_verified *v,
                                 const tt_allocator *a, tt_error *error)
{
    const tti_doc_pair *pairs = v->pairs.items;
    g->edge_count = 2 * v->pairs.count;
    g->firsts = tti_alloc_zero(a, doc_count + 2, sizeof *g->firsts);
    g->edges = tti_alloc(a, g->edge_count, sizeof *g->edges);
    TTI_TRY_ALLOC(g->firsts == NULL || g->edges == NULL, error, "clusters");
    for (size_t k = 0; k < v->pairs.count; k++) {
        assert(pairs[k].numbers.a < doc_count && pairs[k].numbers.b < doc_count);
        g->firsts[pairs[k].numbers.a + 2]++;
        g->firsts[pairs[k].numbers.b + 2]++;
    }
    for (size_t d = 2; d < doc_count + 2; d++)
        g->firsts[d] += g->firsts[d - 1];
    for (size_t k = 0; k < v->pairs.count; k++) {
        const tt_pair swapped = tti_pair_swapped(&pairs[k].numbers);
        const uint32_t x = (uint32_t)pairs[k].numbers.a, y = (uint32_t)pairs[k].numbers.b;
        const int is_copy = is_copy_pair(&pairs[k]);
        const float of_x = is_copy ? (float)tti_own_share(&pairs[k].numbers) : REFUSED;
        const float of_y = is_copy ? (float)tti_own_share(&swapped) : REFUSED;
        g->edges[g->firsts[x + 1]++] = (edge){y, of_x, of_y};
        g->edges[g->firsts[y + 1]++] = (edge){x, of_y, of_x};
    }
    for (size_t d = 0; d < doc_count; d++)
        sort_edges(g->edges + g->firsts[d], g->firsts[d + 1] - g->firsts[d]);
    return TT_OK;
}

static int is_copy_edge(const edge *x)
{
    return x->own_share != REFUSED;
}

/* True if the other document of an edge may be in the cluster of the one that has the edge. */
static int has_most_of_other(const edge *x)
{
    return is_copy_edge(x) && tti_is_most(x->other_share, x->own_share);
}

/* True if a document is a copy of most of those that it is paired with in a cluster: a list of
 * grants, or a form that agrees with two others by chance, does not bring these together. */
static int fits_members(const tti_clusters *c, const adjacency *g, uint32_t d, uint32_t kept)
{
    uint32_t copies = 0, refused = 0;
    for (uint32_t e = g->firsts[d]; e < g->firsts[d + 1]; e++)
        if (c->representative[g->edges[e].other] == kept) {
            copies += is_copy_edge(&g->edges[e]);
            refused += !is_copy_edge(&g->edges[e]);
        }
    return copies > refused;
}

/* Visits the documents in their order: one that no other has taken yet is kept, and takes those
 * that are free, have most of themselves in it, and fit those that it has taken. */
static void choose_kept(tti_clusters *c, const adjacency *g, const uint32_t *order)
{
    memset(c->representative, 0xFF, c->doc_count * sizeof *c->representative);
    for (size_t k = 0; k < c->doc_count; k++) {
        const uint32_t d = order[k];
        if (c->representative[d] != NONE)
            continue;
        c->representative[d] = d;
        for (uint32_t e = g->firsts[d]; e < g->firsts[d + 1]; e++) {
            const edge *x = &g->edges[e];
            if (c->representative[x->other] == NONE && has_most_of_other(x) &&
                fits_members(c, g, x->other, d))
                c->representative[x->other] = d;
        }
    }
}

/* How much more of a document another kept one must have for the document to move there: a kept one
 * with other facts draws nothing away that is as near to the first. */
#define CLOSER 0.1F

/* Moves every other document to the kept one that has most of it, if that has clearly more. */
static void join_closest(tti_clusters *c, const adjacency *g)
{
    for (uint32_t d = 0; d < c->doc_count; d++) {
        uint32_t closest = c->representative[d];
        float share = -1, here = -1;
        if (closest == d)
            continue;
        for (uint32_t e = g->firsts[d]; e < g->firsts[d + 1]; e++) {
            const edge *x = &g->edges[e];
            if (c->representative[x->other] != x->other || !is_copy_edge(x) ||
                !tti_is_most(x->own_share, x->other_share))
                continue;
            if (x->other == c->representative[d])
                here = x->own_share;
            if (x->own_share > share && fits_members(c, g, d, x->other)) {
                closest = x->other;
                share = x->own_share;
            }
        }
        if (share >= here + CLOSER)
            c->representative[d] = closest;
    }
}

/* Lets the best document of a cluster represent it, if the others have most of themselves in it:
 * `sizes` are those of the clusters, at their representatives. */
static void elect_best(tti_clusters *c, const adjacency *g, const uint32_t *order, uint32_t *sizes)
{
    for (uint32_t d = 0; d < c->doc_count; d++)
        sizes[c->representative[d]]++;
    for (size_t k = 0; k < c->doc_count; k++) {
        const uint32_t d = order[k], was = c->representative[d];
        uint32_t joining = 0;
        if (sizes[was] == 0) /* it has its best */
            continue;
        for (uint32_t e = g->firsts[d]; d != was && e < g->firsts[d + 1]; e++)
            joining +=
                c->representative[g->edges[e].other] == was && has_most_of_other(&g->edges[e]);
        if (d != was && joining + 1 < sizes[was])
            continue;
        sizes[was] = 0;
        for (uint32_t e = g->firsts[d]; d != was && e < g->firsts[d + 1]; e++)
            if (c->representative[g->edges[e].other] == was)
                c->representative[g->edges[e].other] = d;
        c->representative[d] = d;
    }
}

tt_status tti_clusters_assign(tti_clusters *out, const tti_verified *verified,
                              const uint32_t *order, tt_error *error)
{
    const tt_allocator *a = out->allocator;
    adjacency g = {NULL, NULL, 0};
    uint32_t *sizes = tti_alloc_zero(a, out->doc_count, sizeof *sizes);
    tt_status status = sizes == NULL ? tti_fail_memory(error, "clusters") : TT_OK;
    if (status == TT_OK)
        status = build_adjacency(&g, out->doc_count, verified, a, error);
    if (status == TT_OK) {
        choose_kept(out, &g, order);
        join_closest(out, &g);
        elect_best(out, &g, order, sizes);
        for (uint32_t d = 0; d < out->doc_count; d++)
            assert(out->representative[out->representative[d]] == out->representative[d]);
    }
    tti_release(a, sizes, out->doc_count, sizeof *sizes);
    tti_release(a, g.firsts, out->doc_count + 2, sizeof *g.firsts);
    tti_release(a, g.edges, g.edge_count, sizeof *g.edges);
    return status;
}

void tti_clusters_free(tti_clusters *c)
{
    if (c->allocator == NULL)
        return;
    tti_release(c->allocator, c->representative, c->doc_count, sizeof *c->representative);
    tti_release(c->allocator, c->preferred, c->doc_count, sizeof *c->preferred);
    memset(c, 0, sizeof *c);
}

/* ---- Clusters of articles -------------------------------------------------------------------- */

TTI_SORT_DEFINE(sort_by_first_member, tt_cluster, x->members[0] < y->members[0])

tt_status tti_clusters_list(const tti_clusters *c, const tti_corpus *corpus, tti_cluster_list *out,
                            tt_error *error)
{
    const tt_allocator *a = c->allocator;
    uint32_t *sizes = tti_alloc_zero(a, c->doc_count, sizeof *sizes); /* at the representatives */
    uint64_t *starts = tti_alloc(a, c->doc_count, sizeof *starts);    /* where members go next */
    size_t clusters = 0, members = 0;
    tt_status status = sizes == NULL || starts == NULL ? TT_ENOMEM : TT_OK;
    for (size_t i = 0; status == TT_OK && i < corpus->article_count; i++)
        sizes[c->representative[corpus->articles[i].doc]]++;
    for (size_t d = 0; status == TT_OK && d < c->doc_count; d++)
        if (sizes[d] >= 2) {
            clusters++;
            members += sizes[d];
        }
    if (status == TT_OK)
        status = tti_array_reserve(&out->clusters, a, clusters);
    if (status == TT_OK)
        status = tti_array_resize(&out->members, a, members);
    members = 0;
    for (size_t d = 0; status == TT_OK && d < c->doc_count; d++)
        if (sizes[d] >= 2) {
            starts[d] = members;
            out->clusters.items[out->clusters.count++] =
                (tt_cluster){0, c->preferred[d], out->members.items + members, sizes[d]};
            members += sizes[d];
        }
    for (size_t i = 0; status == TT_OK && i < corpus->article_count; i++) {
        const uint32_t d = c->representative[corpus->articles[i].doc];
        if (sizes[d] >= 2)
            out->members.items[starts[d]++] = i;
    }
    sort_by_first_member(out->clusters.items, out->clusters.count);
    for (size_t k = 0; k < out->clusters.count; k++)
        out->clusters.items[k].number = k + 1;
    tti_release(a, sizes, c->doc_count, sizeof *sizes);
    tti_release(a, starts, c->doc_count, sizeof *starts);
    TTI_TRY_ALLOC(status, error, "clusters");
    return TT_OK;
}
