/*
 * Stories: an article that is none of the others begins one, and what verdicts say is a duplicate,
 * update or correction of one of its articles, or of a tombstone of it, belongs to it. Its number
 * is that of the article that began it, and lasts as long as one of its articles is there.
 */
#include "index/index.h"

#include "util/error.h"
#include "util/hash.h"

enum { MOST_SOURCES = 1024 };

tt_status tti_story_of(tt_index *x, int64_t number, int64_t *story, tt_error *error)
{
    tti_db_verdict verdict;
    int found;
    TTI_TRY(tti_db_read_verdict(x->db, x->options.allocator, number, &verdict, &x->of_bytes, &found,
                                error));
    *story = found ? verdict.story : number;
    return TT_OK;
}

/* The article that begins a story: where it has gone, the one that joins it is taken for it. */
static void find_first(const tt_index *x, int64_t story, const tti_db_row *row, tti_db_story *out)
{
    const uint32_t first = tti_article_table_find_number(&x->table, story);
    const tti_indexed_article *a = first == TTI_NONE ? NULL : &x->table.articles.items[first];
    *out = (tti_db_story){.number = story,
                          .id = tti_db_row_id(row),
                          .source = row->source,
                          .source_size = row->source_size};
    if (a == NULL)
        return;
    out->id = tti_indexed_article_id(a);
    out->source = tti_indexed_article_source(a);
    out->source_size = a->source_size;
}

/* Appends the hash of a source to a list, if it is not in it. @return its length */
static size_t add_source(uint8_t *sources, size_t count, const char *source, size_t size)
{
    const uint64_t hash = XXH3_64bits(source, size);
    if (size == 0 || count == MOST_SOURCES)
        return count;
    for (size_t k = 0; k < count; k++)
        if (XXH_readLE64(sources + k * 8) == hash)
            return count;
    XXH_writeLE64(sources + count * 8, hash);
    return count + 1;
}

static tt_status join_story(tt_index *x, int64_t story, const tti_db_row *row, tt_error *error)
{
    uint8_t sources[MOST_SOURCES * 8];
    tti_db_story s;
    int found = 0;
    if (story != row->number)
        TTI_TRY(tti_db_read_story(x->db, x->options.allocator, story, &s, &x->story_bytes, &found,
                                  error));
    if (!found)
        find_first(x, story, row, &s);
    if (s.source_count > MOST_SOURCES)
        return tti_db_damaged(x->db, (uint64_t)story, "a story has too many sources", error);
    if (s.source_count > 0)
        memcpy(sources, s.sources, s.source_count * 8);
    s.source_count = add_source(sources, s.source_count, s.source, s.source_size);
    s.source_count = add_source(sources, s.source_count, row->source, row->source_size);
    s.sources = sources;
    s.articles++;
    return tti_db_write_story(x->db, &s, error);
}

tt_status tti_story_leave(tt_index *x, int64_t story, tt_error *error)
{
    tti_db_story s;
    int found;
    TTI_TRY(
        tti_db_read_story(x->db, x->options.allocator, story, &s, &x->story_bytes, &found, error));
    if (!found || s.articles == 0)
        return TT_OK;
    s.articles--;
    return tti_db_write_story(x->db, &s, error);
}

tt_status tti_story_merge_verdict(tt_index *x, const tti_db_verdict *given, const tti_db_row *row,
                                  int64_t story, tt_error *error)
{
    tti_db_verdict verdict = *given;
    verdict.story = story != 0 ? story : row->number;
    TTI_TRY(join_story(x, verdict.story, row, error));
    return tti_db_insert_verdict(x->db, row->number, &verdict, error);
}

tt_status tti_story_split(tt_index *x, uint32_t article, const tt_id *of, tt_error *error)
{
    const tti_indexed_article *a = &x->table.articles.items[article];
    const tti_db_row row = {.number = a->number,
                            .id = a->bytes,
                            .source = tti_indexed_article_source(a),
                            .id_size = a->id_size,
                            .source_size = a->source_size,
                            .article_flags = a->flags};
    const uint32_t other = tti_article_table_find(&x->table, of->bytes, of->size, of->flags);
    tti_db_verdict verdict;
    int64_t story;
    int found;
    if (other == TTI_NONE)
        return TT_OK;
    TTI_TRY(tti_story_of(x, x->table.articles.items[other].number, &story, error));
    TTI_TRY(tti_db_read_verdict(x->db, x->options.allocator, row.number, &verdict, &x->of_bytes,
                                &found, error));
    if (!found || verdict.story != story || story == row.number)
        return TT_OK;
    TTI_TRY(tti_story_leave(x, story, error));
    verdict.story = row.number;
    TTI_TRY(join_story(x, row.number, &row, error));
    TTI_TRY(tti_db_delete_verdict(x->db, row.number, error));
    return tti_db_insert_verdict(x->db, row.number, &verdict, error);
}

/* The withdrawn item that an article of the file is a reprint of, by the verdict that it got, or
 * TTI_NONE. What an editor decided to keep is none. */
static tt_status find_reprinted(tt_index *x, uint32_t article, uint32_t *item, tt_error *error)
{
    const tti_indexed_article *a = &x->table.articles.items[article];
    const tt_id id = tti_indexed_article_id(a);
    tti_db_verdict verdict;
    const tt_id *of = &verdict.verdict.of;
    int found;
    *item = TTI_NONE;
    if (tti_decisions_find(&x->decisions, &id, NULL) == TT_DECISION_KEEP)
        return TT_OK;
    TTI_TRY(tti_db_read_verdict(x->db, x->options.allocator, a->number, &verdict, &x->of_bytes,
                                &found, error));
    if (!found || verdict.verdict.kind != TT_VERDICT_WITHDRAWN || of->bytes == NULL)
        return TT_OK;
    *item = tti_article_table_find(&x->table, of->bytes, of->size, of->flags);
    if (*item != TTI_NONE && !(x->table.articles.items[*item].flags & TT_ARTICLE_WITHDRAWN))
        *item = TTI_NONE; /* it may be used again */
    return TT_OK;
}

/* Makes of a decision one about the item, of which the article need not be a copy. */
static tt_status compare_with_item(tt_index *x, const tti_db_row *row, uint32_t item,
                                   tti_decision *d, tt_error *error)
{
    const tti_doc doc = tti_db_row_doc(row);
    tti_decision of_item;
    TTI_TRY(tti_classify_version(&x->classifier, &doc, item, &of_item, error));
    d->of = item;
    d->pair = of_item.pair;
    d->facts = of_item.facts;
    d->admitted = of_item.admitted;
    d->new_tokens = of_item.new_tokens;
    return TT_OK;
}

tt_status tti_index_add_verdict(tt_index *x, const tti_decision *given, size_t position,
                                const tti_db_row *row, int of_itself, tt_error *error)
{
    tti_decision d = *given;
    tt_article terms;
    if (!of_itself && d.of != TTI_NONE && x->table.withdrawn > 0 &&
        (d.kind == TT_VERDICT_DUPLICATE || d.kind == TT_VERDICT_CORRECTION ||
         d.kind == TT_VERDICT_UPDATE)) {
        uint32_t item = tti_verdicts_member(&x->table, d.of, 1, TTI_NONE);
        if (item != TTI_NONE)
            d.of = item;
        else
            TTI_TRY(find_reprinted(x, d.of, &item, error));
        if (item != d.of && item != TTI_NONE)
            TTI_TRY(compare_with_item(x, row, item, &d, error));
        if (item != TTI_NONE)
            d.kind = TT_VERDICT_WITHDRAWN;
    }
    TTI_TRY_ALLOC(tti_verdicts_append(&x->verdicts, &x->table, &d, position, row, of_itself), error,
                  "verdicts");
    if (d.of == TTI_NONE)
        return TT_OK;
    TTI_TRY(tti_db_read_terms(x->db, x->options.allocator, x->table.articles.items[d.of].number,
                              &terms, &x->terms_bytes, error));
    tti_array_last(&x->verdicts.list).of_embargoed = terms.embargoed;
    return TT_OK;
}

static int belongs_to_story_of(const tt_verdict *v)
{
    return v->of.bytes != NULL && v->kind != TT_VERDICT_NEW && v->kind != TT_VERDICT_OVERLAPS;
}

tt_status tti_story_add_verdict(tt_index *x, const tt_verdict *verdict, const tti_db_row *row,
                                int64_t replaced, tt_error *error)
{
    tti_db_verdict stored = {row->number, *verdict};
    if (belongs_to_story_of(verdict)) {
        const uint32_t of = tti_article_table_find(&x->table, verdict->of.bytes, verdict->of.size,
                                                   verdict->of.flags);
        const int64_t number = of == TTI_NONE ? 0 : x->table.articles.items[of].number;
        if ((number == row->number || number == 0) && replaced != 0)
            stored.story = replaced;
        else if (number != 0)
            TTI_TRY(tti_story_of(x, number, &stored.story, error));
    }
    TTI_TRY(join_story(x, stored.story, row, error));
    return tti_db_insert_verdict(x->db, row->number, &stored, error);
}

tt_status tt_index_story_get(tt_index *x, uint64_t number, tt_index_story *out, tt_error *error)
{
    tti_db_story s;
    int found;
    if (x == NULL || out == NULL)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "index or out is NULL");
    TTI_TRY(tti_index_check_use(x, error));
    *out = (tt_index_story){0};
    if (number > (uint64_t)TTI_DB_MAX_NUMBER)
        return TT_OK;
    TTI_TRY(tti_db_read_story(x->db, x->options.allocator, (int64_t)number, &s, &x->story_bytes,
                              &found, error));
    if (found)
        *out = (tt_index_story){.number = number,
                                .first = s.id,
                                .source = s.source,
                                .source_size = s.source_size,
                                .source_count = s.source_count,
                                .article_count = s.articles};
    return TT_OK;
}
