/* A result's tables, from the library's callbacks. */
#include "table.h"

#include <errno.h>
#include <string.h>

static const field pair_fields[] = {LEAF("a", "id"),
                                    LEAF("b", "id"),
                                    LEAF("relation", "u"),
                                    MAYBE("resemblance", "g"),
                                    MAYBE("containment_a", "g"),
                                    MAYBE("containment_b", "g"),
                                    MAYBE("overlap_a", "g"),
                                    MAYBE("overlap_b", "g"),
                                    MAYBE("facts", "g")};
static const field removed_fields[] = {
    LEAF("id", "id"),          LEAF("kept", "id"),        LEAF("relation", "u"),
    MAYBE("resemblance", "g"), MAYBE("containment", "g"), MAYBE("containment_of", "g"),
    MAYBE("overlap", "g"),     MAYBE("overlap_of", "g"),  MAYBE("facts", "g")};
static const field article_items[] = {LEAF("item", "id")};
static const field cluster_fields[] = {LEAF("cluster", "l"), LEAF("keep", "id"),
                                       TREE("articles", "+l", article_items)};
static const field occurrence_fields[] = {LEAF("article", "id"), LEAF("begin", "l"),
                                          LEAF("end", "l"),      MAYBE("of_begin", "l"),
                                          MAYBE("of_end", "l"),  MAYBE("similarity", "g")};
static const field occurrence_items[] = {TREE("item", "+s", occurrence_fields)};
static const field section_fields[] = {LEAF("section", "l"), LEAF("tokens", "l"),
                                       TREE("occurrences", "+l", occurrence_items)};
static const field tables[TABLE_KINDS] = {
    [TABLE_PAIRS] = TREE("", "+s", pair_fields),
    [TABLE_CLUSTERS] = TREE("", "+s", cluster_fields),
    [TABLE_SECTIONS] = TREE("", "+s", section_fields),
    [TABLE_REMOVED] = TREE("", "+s", removed_fields),
};

/* What fills a batch. */
typedef struct filler {
    grown *batch;
    const tt_index *index;
    uint64_t skip; /* rows of batches before */
} filler;

static void add_id(filler *f, growing *c, uint64_t ordinal)
{
    tt_article a;
    if (tt_index_article(f->index, ordinal, &a, NULL) != TT_OK)
        f->batch->failed = EINVAL;
    else
        grow_id(f->batch, c, a.id, a.id_size);
}

/* Adds a row's columns. */
typedef void (*add_row_fn)(filler *f, growing *columns, const void *row);

/* Adds rows of `size` bytes each, those of batches before left out. @return 1 once the batch is
 * full */
static int take_rows(filler *f, const void *rows, size_t size, size_t count, add_row_fn add)
{
    size_t i = f->skip < count ? (size_t)f->skip : count;
    f->skip -= i;
    for (; i < count; i++) {
        add(f, f->batch->root.children, (const char *)rows + i * size);
        if (grow_end_row(f->batch))
            return 1;
    }
    return 0;
}

/* Pairs and removed articles have the same columns. */
static void add_pair(filler *f, growing *c, const void *row)
{
    const tt_pair *p = row;
    grown *g = f->batch;
    const char *relation = tt_relation_name((tt_relation)p->relation);
    add_id(f, &c[0], p->a);
    add_id(f, &c[1], p->b);
    grow_text(g, &c[2], relation, strlen(relation));
    grow_number(g, &c[3], p->resemblance);
    grow_number(g, &c[4], p->containment_a);
    grow_number(g, &c[5], p->containment_b);
    grow_number(g, &c[6], p->overlap_a);
    grow_number(g, &c[7], p->overlap_b);
    grow_number(g, &c[8], p->facts);
}

static int take_pairs(void *ctx, const tt_pair *pairs, size_t count)
{
    return take_rows(ctx, pairs, sizeof *pairs, count, add_pair);
}

static void add_cluster(filler *f, growing *c, const void *row)
{
    const tt_cluster *x = row;
    grow_whole(f->batch, &c[0], x->number);
    add_id(f, &c[1], x->keep);
    for (size_t k = 0; k < x->count && f->batch->failed == 0; k++)
        add_id(f, &c[2].children[0], x->articles[k]);
    grow_end_list(f->batch, &c[2]);
}

static int take_clusters(void *ctx, const tt_cluster *clusters, size_t count)
{
    return take_rows(ctx, clusters, sizeof *clusters, count, add_cluster);
}

/* The reference repeats nothing: its last three columns are null. */
static void add_occurrence(filler *f, growing *places, const tt_occurrence *o, int is_reference)
{
    grown *g = f->batch;
    growing *c = places->children;
    add_id(f, &c[0], o->article);
    grow_whole(g, &c[1], o->begin);
    grow_whole(g, &c[2], o->end);
    if (is_reference) {
        for (size_t i = 3; i < 6; i++)
            grow_null(g, &c[i]);
    } else {
        grow_whole(g, &c[3], o->of_begin);
        grow_whole(g, &c[4], o->of_end);
        grow_number(g, &c[5], o->similarity);
    }
    places->length++;
    g->bytes += sizeof *o;
}

static void add_section(filler *f, growing *c, const void *row)
{
    const tt_section *x = row;
    grow_whole(f->batch, &c[0], x->number);
    grow_whole(f->batch, &c[1], x->tokens);
    for (size_t k = 0; k < x->count && f->batch->failed == 0; k++)
        add_occurrence(f, &c[2].children[0], &x->occurrences[k], k == 0);
    grow_end_list(f->batch, &c[2]);
}

static int take_sections(void *ctx, const tt_section *sections, size_t count)
{
    return take_rows(ctx, sections, sizeof *sections, count, add_section);
}

static int next_batch(const stream_source *source, uint64_t rows, uint64_t batches, grown **out,
                      tt_error *error)
{
    const shared_index *shared = source->owner;
    const tt_index *x = shared->index;
    filler f = {grow_new(source->table, source->id_format), x, rows};
    tt_status status = TT_OK;
    int failed;
    (void)batches;
    if (f.batch == NULL)
        return ENOMEM;
    switch ((table_kind)source->kind) {
    case TABLE_PAIRS: status = tt_index_pairs(x, take_pairs, &f, error); break;
    case TABLE_CLUSTERS: status = tt_index_clusters(x, take_clusters, &f, error); break;
    case TABLE_SECTIONS: status = tt_index_sections(x, take_sections, &f, error); break;
    case TABLE_REMOVED: status = tt_index_dropped(x, take_pairs, &f, error); break;
    case TABLE_KINDS: break;
    }
    failed = f.batch->failed;
    if (failed == 0 && status != TT_OK && status != TT_ESTOPPED)
        failed = status == TT_ENOMEM ? ENOMEM : EINVAL;
    if (failed == 0 && f.batch->root.length > 0)
        *out = f.batch;
    else
        grow_drop(f.batch);
    return failed;
}

static void drop_index(void *owner)
{
    core_index_drop(owner);
}

PyObject *core_table_stream(shared_index *index, table_kind kind)
{
    const stream_source source = {&tables[kind],           index->id_format, (int)kind,
                                  core_index_share(index), drop_index,       next_batch};
    return core_stream_capsule(&source);
}
