/* A result's tables, from the library's arrays. */
#include "arrow_builder.h"

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
    arrow_batch *batch;
    const tt_result *index;
} filler;

static void add_id(filler *f, column_builder *c, uint64_t article)
{
    const tt_id id = tt_result_id(f->index, article);
    append_id(f->batch, c, id.bytes, id.size);
}

/* Adds a row's columns. */
typedef void (*add_row_fn)(filler *f, column_builder *columns, const void *row);

/* Adds rows of `size` bytes each from number `first` on, until the batch is full. */
static void add_rows(filler *f, const void *rows, size_t size, size_t count, uint64_t first,
                     add_row_fn add)
{
    for (uint64_t i = first; i < count; i++) {
        add(f, f->batch->root.children, (const char *)rows + i * size);
        if (end_row(f->batch))
            return;
    }
}

/* Pairs and removed articles have the same columns. */
static void add_pair(filler *f, column_builder *c, const void *row)
{
    const tt_pair *p = row;
    arrow_batch *g = f->batch;
    const char *relation = tt_relation_name((tt_relation)p->relation);
    add_id(f, &c[0], p->a);
    add_id(f, &c[1], p->b);
    append_text(g, &c[2], relation, strlen(relation));
    append_double(g, &c[3], p->resemblance);
    append_double(g, &c[4], p->containment_a);
    append_double(g, &c[5], p->containment_b);
    append_double(g, &c[6], p->overlap_a);
    append_double(g, &c[7], p->overlap_b);
    append_double(g, &c[8], p->facts);
}

static void add_cluster(filler *f, column_builder *c, const void *row)
{
    const tt_cluster *x = row;
    append_int64(f->batch, &c[0], x->number);
    add_id(f, &c[1], x->keep);
    for (size_t k = 0; k < x->count && f->batch->failed == 0; k++)
        add_id(f, &c[2].children[0], x->members[k]);
    end_list(f->batch, &c[2]);
}

/* The reference repeats nothing: its last three columns are null. */
static void add_occurrence(filler *f, column_builder *places, const tt_occurrence *o,
                           int is_reference)
{
    arrow_batch *g = f->batch;
    column_builder *c = places->children;
    add_id(f, &c[0], o->article);
    append_int64(g, &c[1], o->begin);
    append_int64(g, &c[2], o->end);
    if (is_reference) {
        for (size_t i = 3; i < 6; i++)
            append_null(g, &c[i]);
    } else {
        append_int64(g, &c[3], o->of_begin);
        append_int64(g, &c[4], o->of_end);
        append_double(g, &c[5], o->similarity);
    }
    places->length++;
    g->bytes += sizeof *o;
}

static void add_section(filler *f, column_builder *c, const void *row)
{
    const tt_section *x = row;
    append_int64(f->batch, &c[0], x->number);
    append_int64(f->batch, &c[1], x->tokens);
    for (size_t k = 0; k < x->count && f->batch->failed == 0; k++)
        add_occurrence(f, &c[2].children[0], &x->occurrences[k], k == 0);
    end_list(f->batch, &c[2]);
}

static int next_batch(const stream_source *source, uint64_t rows, uint64_t batches,
                      arrow_batch **out, tt_error *error)
{
    const shared_result *shared = source->owner;
    const tt_result *x = shared->index;
    filler f = {arrow_batch_new(source->table, source->id_format), x};
    tt_status status = TT_OK;
    const tt_pair *dropped;
    const void *list;
    size_t count;
    int failed;
    (void)batches;
    if (f.batch == NULL)
        return ENOMEM;
    switch ((table_kind)source->kind) {
    case TABLE_PAIRS:
        list = tt_result_pairs(x, &count);
        add_rows(&f, list, sizeof(tt_pair), count, rows, add_pair);
        break;
    case TABLE_CLUSTERS:
        list = tt_result_clusters(x, &count);
        add_rows(&f, list, sizeof(tt_cluster), count, rows, add_cluster);
        break;
    case TABLE_SECTIONS:
        list = tt_result_sections(x, &count);
        add_rows(&f, list, sizeof(tt_section), count, rows, add_section);
        break;
    case TABLE_REMOVED:
        status = tt_result_dropped(x, &dropped, &count, error);
        add_rows(&f, dropped, sizeof *dropped, count, rows, add_pair);
        break;
    case TABLE_KINDS: break;
    }
    failed = f.batch->failed;
    if (failed == 0 && status != TT_OK)
        failed = status == TT_ENOMEM ? ENOMEM : EINVAL;
    if (failed == 0 && f.batch->root.length > 0)
        *out = f.batch;
    else
        arrow_batch_release(f.batch);
    return failed;
}

static void release_result(void *owner)
{
    core_result_release(owner);
}

PyObject *core_table_stream(shared_result *index, table_kind kind)
{
    const stream_source source = {&tables[kind],  index->id_format,
                                  (int)kind,      core_result_share(index),
                                  release_result, next_batch};
    return core_stream_capsule(&source);
}
