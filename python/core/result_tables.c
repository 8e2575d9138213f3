/* The tables of a result. */
#include "arrow_builder.h"

#include <errno.h>

static const arrow_field difference_fields[] = {LEAF("kind", "u"), LEAF("begin_a", "l"),
                                                LEAF("end_a", "l"), LEAF("begin_b", "l"),
                                                LEAF("end_b", "l")};
static const arrow_field difference_items[] = {PARENT("item", "+s", difference_fields)};
/* Those of a removed article, in it and in the one that is kept. */
static const arrow_field change_fields[] = {LEAF("kind", "u"), LEAF("begin", "l"), LEAF("end", "l"),
                                            LEAF("of_begin", "l"), LEAF("of_end", "l")};
static const arrow_field change_items[] = {PARENT("item", "+s", change_fields)};
/* The columns of a pair, of which those of a removed article have other names. */
#define PAIR(a, b, containment_a, containment_b, overlap_a, overlap_b, differ)                     \
  LEAF(a, "id"), LEAF(b, "id"), LEAF("relation", "u"), NULLABLE("resemblance", "g"),               \
      NULLABLE(containment_a, "g"), NULLABLE(containment_b, "g"), NULLABLE(overlap_a, "g"),        \
      NULLABLE(overlap_b, "g"), NULLABLE("facts", "g"), LEAF("conflicts", "l"),                    \
      PARENT("differ", "+l", differ)
static const arrow_field pair_fields[] = {
    PAIR("a", "b", "containment_a", "containment_b", "overlap_a", "overlap_b", difference_items)};
static const arrow_field removed_fields[] = {
    PAIR("id", "kept", "containment", "containment_of", "overlap", "overlap_of", change_items)};
static const arrow_field article_items[] = {LEAF("item", "id")};
static const arrow_field cluster_fields[] = {LEAF("cluster", "l"), LEAF("keep", "id"),
                                             PARENT("members", "+l", article_items)};
static const arrow_field occurrence_fields[] = {
    LEAF("article", "id"),     LEAF("begin", "l"),      LEAF("end", "l"),
    NULLABLE("of_begin", "l"), NULLABLE("of_end", "l"), NULLABLE("similarity", "g")};
static const arrow_field occurrence_items[] = {PARENT("item", "+s", occurrence_fields)};
static const arrow_field section_fields[] = {
    LEAF("section", "l"), LEAF("tokens", "l"),  LEAF("kind", "u"),
    LEAF("places", "l"),  LEAF("sources", "l"), PARENT("occurrences", "+l", occurrence_items)};
static const arrow_field notice_fields[] = {LEAF("notice", "l"),    LEAF("tokens", "l"),
                                            LEAF("articles", "l"),  NULLABLE("article", "id"),
                                            NULLABLE("begin", "l"), NULLABLE("end", "l")};
static const arrow_field tables[TABLE_KINDS] = {
    [TABLE_PAIRS] = PARENT("", "+s", pair_fields),
    [TABLE_CLUSTERS] = PARENT("", "+s", cluster_fields),
    [TABLE_SECTIONS] = PARENT("", "+s", section_fields),
    [TABLE_REMOVED] = PARENT("", "+s", removed_fields),
    [TABLE_NOTICES] = PARENT("", "+s", notice_fields),
};

/* What is appended to a batch. */
typedef struct table_reader {
    arrow_batch *batch;
    const tt_result *result;
    size_t id_prefix;
} table_reader;

static void append_article_id(const table_reader *r, arrow_column *c, uint64_t article)
{
    const tt_id id = tt_result_id(r->result, article);
    append_id(r->batch, c, id.bytes + r->id_prefix, id.size - r->id_prefix);
}

/* Pairs and removed articles have the same columns. */
static void append_pair(const table_reader *r, const tt_pair *p)
{
    arrow_column *c = r->batch->root.children;
    tt_difference differences[TT_MOST_DIFFERENCES];
    append_article_id(r, &c[0], p->a);
    append_article_id(r, &c[1], p->b);
    append_word(r->batch, &c[2], tt_relation_name((tt_relation)p->relation));
    append_double(r->batch, &c[3], p->resemblance);
    append_double(r->batch, &c[4], p->containment_a);
    append_double(r->batch, &c[5], p->containment_b);
    append_double(r->batch, &c[6], p->overlap_a);
    append_double(r->batch, &c[7], p->overlap_b);
    append_double(r->batch, &c[8], p->facts);
    append_int64(r->batch, &c[9], p->conflicts);
    append_differences(
        r->batch, &c[10], differences,
        p->conflicts == 0 ? 0 : tt_result_differences(r->result, p->a, p->b, differences));
}

static void append_cluster(const table_reader *r, const tt_cluster *x)
{
    arrow_column *c = r->batch->root.children;
    append_int64(r->batch, &c[0], x->number);
    append_article_id(r, &c[1], x->keep);
    for (size_t k = 0; k < x->count && r->batch->failed == 0; k++)
        append_article_id(r, &c[2].children[0], x->members[k]);
    append_list(r->batch, &c[2]);
}

/* The reference, the first occurrence, repeats nothing: its last three columns are null. */
static void append_section(const table_reader *r, const tt_section *x)
{
    arrow_column *c = r->batch->root.children;
    arrow_batch *batch = r->batch;
    arrow_column *item = &c[5].children[0], *fields = item->children;
    append_int64(batch, &c[0], x->number);
    append_int64(batch, &c[1], x->tokens);
    append_word(batch, &c[2], x->kind == TT_SECTION_NOTICE ? "notice" : "story");
    append_int64(batch, &c[3], x->count);
    append_int64(batch, &c[4], x->sources);
    for (size_t k = 0; k < x->count && batch->failed == 0; k++) {
        const tt_occurrence *o = &x->occurrences[k];
        append_article_id(r, &fields[0], o->article);
        append_int64(batch, &fields[1], o->begin);
        append_int64(batch, &fields[2], o->end);
        if (k == 0) {
            for (size_t i = 3; i < 6; i++)
                append_null(batch, &fields[i]);
        } else {
            append_int64(batch, &fields[3], o->of_begin);
            append_int64(batch, &fields[4], o->of_end);
            append_double(batch, &fields[5], o->similarity);
        }
        item->length++;
        batch->bytes += sizeof *o;
    }
    append_list(batch, &c[5]);
}

/* The place of a notice that was given is that of its first article, where the result has it. */
static void append_notice(const table_reader *r, const tt_notice *x)
{
    arrow_column *c = r->batch->root.children;
    append_int64(r->batch, &c[0], x->number);
    append_int64(r->batch, &c[1], x->tokens);
    append_int64(r->batch, &c[2], x->articles);
    if (x->article == TT_NO_ARTICLE) {
        for (size_t i = 3; i < 6; i++)
            append_null(r->batch, &c[i]);
        return;
    }
    append_article_id(r, &c[3], x->article);
    append_int64(r->batch, &c[4], x->begin);
    append_int64(r->batch, &c[5], x->end);
}

static int next_batch(const stream_source *source, uint64_t rows, uint64_t batches,
                      arrow_batch **out, tt_error *error)
{
    const shared_result *shared = source->owner;
    const tt_result *x = shared->result;
    const table_reader r = {arrow_batch_new(source->table, source->id_format), x,
                            shared->id_prefix};
    const tt_pair *pairs = NULL;
    const tt_cluster *clusters = NULL;
    const tt_section *sections = NULL;
    const tt_notice *notices = NULL;
    tt_status status = TT_OK;
    size_t count = 0;
    int failed;
    (void)batches;
    if (r.batch == NULL)
        return ENOMEM;
    switch ((table_kind)source->kind) {
    case TABLE_PAIRS: pairs = tt_result_pairs(x, &count); break;
    case TABLE_CLUSTERS: clusters = tt_result_clusters(x, &count); break;
    case TABLE_SECTIONS: sections = tt_result_sections(x, &count); break;
    case TABLE_REMOVED: status = tt_result_dropped(x, &pairs, &count, error); break;
    case TABLE_NOTICES: notices = tt_result_notices(x, &count); break;
    case TABLE_KINDS: break;
    }
    for (uint64_t i = rows; status == TT_OK && i < count; i++) {
        if (pairs != NULL)
            append_pair(&r, &pairs[i]);
        else if (clusters != NULL)
            append_cluster(&r, &clusters[i]);
        else if (sections != NULL)
            append_section(&r, &sections[i]);
        else
            append_notice(&r, &notices[i]);
        if (arrow_batch_end_row(r.batch))
            break;
    }
    failed = status == TT_OK ? r.batch->failed : status == TT_ENOMEM ? ENOMEM : EINVAL;
    if (failed == 0 && r.batch->root.length > 0)
        *out = r.batch;
    else
        arrow_batch_release(r.batch);
    return failed;
}

static void release_owner(void *owner)
{
    core_result_release(owner);
}

PyObject *core_table_stream(shared_result *shared, table_kind kind)
{
    const stream_source source = {&tables[kind], shared->id_format,
                                  (int)kind,     core_result_share(shared),
                                  release_owner, next_batch};
    return core_stream_capsule(&source);
}
