#include "index/item_version.h"

#include "util/error.h"

#include <string.h>

/* ---- Versions as written ----------------------------------------------------------------------
 */

/* The digits of a whole number without leading zeros. @return their count, or 0 */
static size_t number_of(const char *text, size_t size, const char **digits)
{
    for (size_t k = 0; k < size; k++)
        if (text[k] < '0' || text[k] > '9')
            return 0;
    while (size > 1 && *text == '0')
        text++, size--;
    *digits = text;
    return size;
}

/* Below, at or above 0: the first is older, the same, or newer. Versions that are not whole
 * numbers, as IPTC's are, have no order: then what arrives is newer. */
static int compare_versions(const char *x, size_t x_size, const char *y, size_t y_size)
{
    const char *p = NULL, *q = NULL;
    const size_t n = number_of(x, x_size, &p), m = number_of(y, y_size, &q);
    if (n > 0 && m > 0)
        return n != m ? (n < m ? -1 : 1) : memcmp(p, q, n);
    return x_size != y_size || memcmp(x, y, x_size) != 0;
}

/* Both have one; else there is nothing to compare: 0. */
static int version_order(const tti_indexed_article *s, const tti_db_row *r)
{
    if (s->version_size == 0 || r->version_size == 0)
        return 0;
    return compare_versions(r->version, r->version_size, tti_indexed_article_version(s),
                            s->version_size);
}

/* ---- The article in the index
 * ----------------------------------------------------------------------------
 */

static int has_same_tokens(const tti_article_group *c, const tti_db_row *r)
{
    return c->token_count == r->token_count && r->token_count > 0 &&
           memcmp(c->hashes, r->hashes, r->token_count * sizeof *r->hashes) == 0;
}

static int same_bytes(const void *x, size_t x_size, const void *y, size_t y_size)
{
    return x_size == y_size && (x_size == 0 || memcmp(x, y, x_size) == 0);
}

/* Whether what is kept of an article is what would be kept of the new one. */
static int is_unchanged(const tti_indexed_article *s, const tti_article_group *c,
                        const tti_db_row *r)
{
    return s->text_size == r->text_size && s->published == r->published &&
           s->flags == r->article_flags && c->token_count == r->token_count &&
           (r->token_count == 0 || has_same_tokens(c, r)) &&
           same_bytes(tti_indexed_article_source(s), s->source_size, r->source, r->source_size) &&
           same_bytes(tti_indexed_article_version(s), s->version_size, r->version,
                      r->version_size) &&
           same_bytes(tti_indexed_article_extents(s), s->extents_size, r->extents,
                      r->extents_size) &&
           (r->token_count == 0 ||
            memcmp(tti_indexed_article_flags(s), r->flags, r->token_count) == 0);
}

static const tti_decision of_itself = {.kind = TT_VERDICT_DUPLICATE,
                                       .of = TTI_NONE,
                                       .pair = {0, 0, 1, 1, 1, 1, 1, 1, TT_IDENTICAL, 0}};

/* Counts the numbers of the two. */
static tt_status compare_with_old(tt_index *x, const tti_db_row *row, tti_item_version *v,
                                  tt_error *error)
{
    const tti_doc doc = tti_db_row_doc(row);
    if (!has_same_tokens(tti_article_table_group(&x->table, v->old), row))
        return tti_classify_version(&x->classifier, &doc, v->old, &v->decision, &v->is_related,
                                    error);
    v->is_related = 1;
    return TT_OK;
}

tt_status tti_item_version_find(tt_index *x, const tti_db_row *row, int with_verdict,
                                tti_item_version *v, tt_error *error)
{
    const tti_indexed_article *old;
    int order;
    *v = (tti_item_version){
        .old = tti_article_table_find(&x->table, row->id, row->id_size, row->article_flags),
        .decision = of_itself};
    if (v->old == TTI_NONE)
        return TT_OK;
    old = &x->table.articles.items[v->old];
    order = version_order(old, row);
    v->keeps_old = order < 0 || is_unchanged(old, tti_article_table_group(&x->table, v->old), row);
    if (!with_verdict || (v->keeps_old && order == 0))
        return TT_OK;
    TTI_TRY(compare_with_old(x, row, v, error));
    v->is_related |= order != 0; /* the versions of an item are versions, whatever their texts */
    if (v->keeps_old)
        v->decision.kind = TT_VERDICT_DUPLICATE;
    else if (order > 0)
        v->decision.kind = TT_VERDICT_UPDATE;
    return TT_OK;
}
