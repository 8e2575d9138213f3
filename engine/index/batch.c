/*
 * Batches: tokens, verdicts, one transaction, and only then the verdicts to the caller.
 *
 * What an article is compared with follows from the seeds of those before it alone, and the numbers
 * of a pair from its two texts. So the articles of a micro-batch are added to the table, and their
 * seeds to the postings, one after the other; then all of them find those before them and are
 * compared with them, in parallel; and then the verdicts follow in order. Nothing is removed
 * meanwhile: an article whose id the index has ends the micro-batch.
 */
#include "index/index.h"
#include "util/error.h"
#include "util/threads.h"

#include <math.h>
#include <string.h>

/* ---- Versions of an item ----------------------------------------------------------------------
 */

/* What an article is to the one in the index that has its id, or that it says it replaces, which
 * the verdict is about. */
typedef struct item_version {
    uint32_t old;         /* that article, or TTI_NONE */
    tt_id of;             /* its id, where it is another one; else none */
    int64_t of_embargoed; /* as it said */
    int keeps_old;  /* the old one stays: it is the same, or a newer version, or it was withdrawn */
    int is_awaited; /* the old one is a notice without a text, which came before the article */
    tti_decision decision;
    const tt_difference *differences; /* of the two, since the old one goes before the verdict */
    size_t difference_count;
} item_version;

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

int tti_version_order(const tti_indexed_article *s, const tti_db_row *r)
{
    if (s->version_size == 0 || r->version_size == 0)
        return 0;
    return compare_versions(r->version, r->version_size, tti_indexed_article_version(s),
                            s->version_size);
}

static int has_same_tokens(const tti_article_group *c, const tti_db_row *r)
{
    return c->token_count == r->token_count && r->token_count > 0 &&
           memcmp(c->hashes, r->hashes, r->token_count * sizeof *r->hashes) == 0;
}

static int same_bytes(const void *x, size_t x_size, const void *y, size_t y_size)
{
    return x_size == y_size && (x_size == 0 || memcmp(x, y, x_size) == 0);
}

/* Whether words are capitals in the same places. An older version may have flagged other things of
 * them in another way. */
static int same_capitals(const uint8_t *x, const uint8_t *y, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const unsigned upper = x[i] & TTI_TOKEN_CAPITAL ? TTI_TOKEN_UPPER : 0;
        if (((x[i] ^ y[i]) & (TTI_TOKEN_CAPITAL | upper)) != 0)
            return 0;
    }
    return 1;
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
           same_capitals(tti_indexed_article_flags(s), r->flags, r->token_count);
}

static const tti_decision unchanged_decision = {.kind = TT_VERDICT_DUPLICATE,
                                                .of = TTI_NONE,
                                                .admitted = 1,
                                                .pair = {0, 0, 1, 1, 1, 1, 1, 1, TT_IDENTICAL, 0}};

/* Counts the numbers of the two. */
static tt_status compare_with_old(tt_index *x, const tti_db_row *row, item_version *v,
                                  tt_error *error)
{
    const tti_doc doc = tti_db_row_doc(row);
    if (has_same_tokens(tti_article_table_group(&x->table, v->old), row))
        return TT_OK;
    TTI_TRY(tti_classify_version(&x->classifier, &doc, v->old, &v->decision, error));
    TTI_TRY_ALLOC(tti_verdicts_differences(&x->verdicts, &x->table, v->old, &v->decision.facts,
                                           row->extents, &v->differences, &v->difference_count),
                  error, "verdicts");
    return TT_OK;
}

/* Whether the article is what was withdrawn, sent once more, and no release of it: a version that
 * is older or, where it is the same or there is none, was published before the notice. What is
 * awaited comes for the first time: it is no release unless it was published after the notice. */
static int stays_withdrawn(const tti_indexed_article *old, const tti_db_row *row, int is_awaited)
{
    const int order = tti_version_order(old, row);
    const int has_times = row->published != TT_NO_TIME && old->published != TT_NO_TIME;
    return (old->flags & TT_ARTICLE_WITHDRAWN) != 0 &&
           (old->flags & row->article_flags & TTI_ARTICLE_KILLED) == 0 &&
           (order < 0 || (order == 0 &&
                          (has_times ? row->published < old->published + is_awaited : is_awaited)));
}

static uint32_t find_by_id(const tt_index *x, const tt_id *id)
{
    return id->size == 0 ? TTI_NONE
                         : tti_article_table_find(&x->table, id->bytes, id->size, id->flags);
}

/* The article whose place one takes: that with its id or, where there is none, the one that it says
 * it replaces. What an editor killed is replaced by nothing: whether this is a copy of it, its text
 * says. */
static uint32_t find_replaced(const tt_index *x, const tt_article *a)
{
    uint32_t found = tti_article_table_find(&x->table, a->id, a->id_size, a->flags);
    if (found != TTI_NONE)
        return found;
    found = find_by_id(x, &a->replacing);
    return found != TTI_NONE && (x->table.articles.items[found].flags & TTI_ARTICLE_KILLED) == 0
               ? found
               : TTI_NONE;
}

/* Copies the id of the old article, if the new one has another: it may go before the verdict. */
static tt_status note_replaced_id(tt_index *x, const tti_db_row *row, item_version *v,
                                  tt_error *error)
{
    const tti_indexed_article *old = &x->table.articles.items[v->old];
    char *bytes;
    if (same_bytes(old->bytes, old->id_size, row->id, row->id_size) &&
        ((old->flags ^ row->article_flags) & TT_ARTICLE_INTEGER_ID) == 0)
        return TT_OK;
    bytes = tti_verdicts_take(&x->verdicts, old->id_size);
    TTI_TRY_ALLOC(bytes == NULL, error, "verdicts");
    memcpy(bytes, old->bytes, old->id_size);
    v->of = (tt_id){bytes, old->id_size, old->flags & TT_ARTICLE_INTEGER_ID, 0};
    return TT_OK;
}

static tt_status find_item_version(tt_index *x, const tt_article *article, const tti_db_row *row,
                                   int with_verdict, item_version *v, tt_error *error)
{
    const tti_indexed_article *old;
    const tti_article_group *group;
    tt_article terms;
    int order = 1, is_same = 0, is_withdrawn = 0;
    *v = (item_version){.old = find_replaced(x, article), .decision = unchanged_decision};
    if (v->old == TTI_NONE)
        return TT_OK;
    old = &x->table.articles.items[v->old];
    group = tti_article_table_group(&x->table, v->old);
    TTI_TRY(note_replaced_id(x, row, v, error));
    TTI_TRY(tti_db_read_terms(x->db, x->options.allocator, old->number, &terms, &x->terms_bytes,
                              error));
    v->of_embargoed = terms.embargoed;
    if (v->of.bytes == NULL) {
        order = tti_version_order(old, row);
        is_same = is_unchanged(old, group, row) && tti_terms_are(&terms, article);
        v->is_awaited = group->token_count == 0 && row->token_count > 0;
        is_withdrawn = stays_withdrawn(old, row, v->is_awaited);
        v->is_awaited &= is_withdrawn;
    }
    v->keeps_old = order < 0 || is_same || is_withdrawn;
    if (!with_verdict || (is_same && order == 0))
        return TT_OK;
    TTI_TRY(compare_with_old(x, row, v, error));
    if (is_withdrawn)
        v->decision.kind = TT_VERDICT_WITHDRAWN;
    else if (v->keeps_old)
        v->decision.kind = TT_VERDICT_DUPLICATE;
    else if (order > 0)
        v->decision.kind = TT_VERDICT_UPDATE;
    return TT_OK;
}

/* ---- Tokens ---------------------------------------------------------------------------------- */

static tt_status reserve_token_stores(tt_index *x, int threads, tt_error *error)
{
    while (x->tokens.count < (size_t)threads) {
        TTI_TRY_ALLOC(tti_array_push(&x->tokens, x->options.allocator, (tti_tokens){0}), error,
                      "a batch");
        tti_tokens_init(&tti_array_last(&x->tokens), x->options.allocator);
    }
    return TT_OK;
}

static tt_status tokenize_batch(tt_index *x, const tt_article *articles, size_t count,
                                tt_status *statuses, tt_error *error)
{
    const int threads = tti_thread_count(x->options.threads, count);
    TTI_TRY(reserve_token_stores(x, threads, error));
    TTI_TRY_ALLOC(tti_array_resize(&x->tokenized, x->options.allocator, count), error, "a batch");
    for (int t = 0; t < threads; t++)
        tti_tokens_clear(&x->tokens.items[t]);
    TTI_TRY(tti_tokenize_batch(&x->options, articles, count, x->tokens.items, threads,
                               x->tokenized.items, error));
    for (size_t i = 0; i < count; i++) {
        tti_tokenized_article *t = &x->tokenized.items[i];
        if (t->status == TT_OK && !tti_db_holds(x->db, t->added.token_count, t->added.extents_size))
            t->status = TT_ELIMIT;
    }
    if (statuses == NULL)
        return tti_tokenized_batch_error(articles, x->tokenized.items, count, error);
    for (size_t i = 0; i < count; i++)
        statuses[i] = x->tokenized.items[i].status;
    return TT_OK;
}

static tti_db_row row_of(const tt_index *x, const tt_article *a, size_t position)
{
    const tti_tokenized_article *t = &x->tokenized.items[position];
    const tti_tokens *s = &x->tokens.items[t->thread];
    return (tti_db_row){.id = a->id,
                        .source = a->source,
                        .version = a->version,
                        .hashes = s->hashes + t->token_begin,
                        .flags = s->flags + t->token_begin,
                        .extents = s->extents + t->extents_begin,
                        .text_size = a->text_size,
                        .published = a->published,
                        .ingested_at = a->arrival,
                        .id_size = (uint32_t)a->id_size,
                        .source_size = (uint32_t)a->source_size,
                        .version_size = (uint32_t)a->version_size,
                        .article_flags = a->flags & (TT_ARTICLE_INTEGER_ID | TT_ARTICLE_WITHDRAWN),
                        .token_count = t->added.token_count,
                        .extents_size = t->added.extents_size};
}

/* ---- One article ----------------------------------------------------------------------------- */

/* What is done with the articles of a batch. */
typedef struct batch {
    tt_index *x;
    const tt_article *articles;
    size_t count;
    int with_verdicts;
    int writes; /* they are added, not only asked about */
} batch;

/* `of_itself`: the verdict is about the article and the one with its id. */
static tt_status add_verdict(const batch *b, const tti_decision *decision, size_t position,
                             const tti_db_row *row, int of_itself, tt_error *error)
{
    TTI_TRY(tti_index_add_verdict(b->x, decision, position, row, of_itself, error));
    tti_verdicts_set_terms(&b->x->verdicts, &b->articles[position]);
    return TT_OK;
}

static tt_status add_article(const batch *b, size_t position, tti_db_row *row, uint32_t *article,
                             tt_error *error)
{
    TTI_TRY(tti_index_store_row(b->x, row, article, error));
    TTI_TRY(tti_db_insert_terms(b->x->db, row->number, &b->articles[position], error));
    return b->x->options.keep_text
               ? tti_db_insert_text(b->x->db, row->number, &b->articles[position], error)
               : TT_OK;
}

/* An article that says that it corrects another one does, whatever its text tells. */
static void apply_headline(const batch *b, size_t position, tti_decision *d)
{
    if ((b->articles[position].flags & TT_ARTICLE_CORRECTION) != 0 &&
        (d->kind == TT_VERDICT_DUPLICATE || d->kind == TT_VERDICT_UPDATE))
        d->kind = TT_VERDICT_CORRECTION;
}

/* Keeps the repeats of the last decision, if the article is the document of its group. */
static void keep_repeats(tt_index *x, uint32_t article)
{
    if (tti_article_table_group(&x->table, article)->first == article)
        tti_classifier_keep_repeats(&x->classifier, article);
}

/* The verdict on an article that replaces the one with its id. */
static tt_status classify_replacement(const batch *b, size_t position, const tti_db_row *row,
                                      const item_version *version, tt_error *error)
{
    const tti_doc doc = tti_db_row_doc(row);
    tt_verdict *added;
    tti_decision d;
    tti_comparison_begin(&b->x->classifier.comparison, &b->x->classifier, row, 1);
    TTI_TRY(tti_classify(&b->x->classifier, &doc, &d, error));
    d.kind = version->decision.kind;
    d.of = TTI_NONE;
    d.pair = version->decision.pair;
    d.admitted = version->decision.admitted;
    d.new_tokens = version->decision.new_tokens;
    apply_headline(b, position, &d);
    TTI_TRY(add_verdict(b, &d, position, row, 1, error));
    added = &tti_array_last(&b->x->verdicts.list);
    added->of = version->of.bytes == NULL ? added->id : version->of;
    added->of_embargoed = version->of_embargoed;
    added->differences = version->differences;
    added->difference_count = version->difference_count;
    return TT_OK;
}

/* Removes the article that another takes the place of. *story: its story, which it leaves only when
 * the other has joined it. */
static tt_status drop_version(const batch *b, uint32_t old, int64_t *story, tt_error *error)
{
    const int64_t number = b->x->table.articles.items[old].number;
    TTI_TRY(tti_story_of(b->x, number, story, error));
    TTI_TRY(tti_db_delete_details(b->x->db, number, error));
    return tti_index_drop_article(b->x, old, error);
}

/* Stores the verdict on what took its place. */
static tt_status finish_version(const batch *b, const tti_db_row *row, int64_t story,
                                tt_error *error)
{
    if (b->with_verdicts)
        TTI_TRY(
            tti_story_add_verdict(b->x, &tti_array_last(&b->x->verdicts.list), row, story, error));
    return tti_story_leave(b->x, story, error);
}

static tt_status complete_tombstone(const batch *b, size_t position, uint32_t notice,
                                    tti_db_row *row, tt_error *error);

/* An article whose id the index has, or that of the one that it replaces. */
static tt_status replace_article(const batch *b, size_t position, tt_error *error)
{
    tt_index *x = b->x;
    tti_db_row row = row_of(x, &b->articles[position], position);
    item_version version;
    uint32_t article;
    int64_t story = 0;
    TTI_TRY(find_item_version(x, &b->articles[position], &row, b->with_verdicts, &version, error));
    if (version.is_awaited)
        return complete_tombstone(b, position, version.old, &row, error);
    if (version.keeps_old && b->with_verdicts) {
        TTI_TRY(add_verdict(b, &version.decision, position, &row, 1, error));
        tti_array_last(&x->verdicts.list).of_embargoed = version.of_embargoed;
    }
    if (version.keeps_old)
        return TT_OK;
    if (b->writes)
        TTI_TRY(drop_version(b, version.old, &story, error));
    if (b->with_verdicts)
        TTI_TRY(classify_replacement(b, position, &row, &version, error));
    if (!b->writes)
        return TT_OK;
    TTI_TRY(add_article(b, position, &row, &article, error));
    TTI_TRY(finish_version(b, &row, story, error));
    if (!b->with_verdicts)
        return TT_OK;
    TTI_TRY(tti_article_table_index_seeds(&x->table, error));
    keep_repeats(x, article);
    return TT_OK;
}

/* Removes an article that has given way to another one. A tombstone stays. */
static tt_status remove_replaced(const batch *b, uint32_t article, tt_error *error)
{
    if (!b->writes || article == TTI_NONE ||
        (b->x->table.articles.items[article].flags & TT_ARTICLE_WITHDRAWN) != 0)
        return TT_OK;
    return tti_index_remove_article(b->x, article, error);
}

/* An article whose place another one has taken already: it is late, and not added. */
static tt_status pass_over_replaced(const batch *b, size_t position, uint32_t by, tt_error *error)
{
    const tt_article *a = &b->articles[position];
    const tti_db_row row = row_of(b->x, a, position);
    const tti_doc doc = tti_db_row_doc(&row);
    tti_decision d;
    if (b->with_verdicts) {
        TTI_TRY(tti_classify_version(&b->x->classifier, &doc, by, &d, error));
        d.kind = TT_VERDICT_DUPLICATE;
        TTI_TRY(add_verdict(b, &d, position, &row, 0, error));
    }
    return remove_replaced(b, tti_article_table_find(&b->x->table, a->id, a->id_size, a->flags),
                           error);
}

/* ---- Notices that withdraw an item ------------------------------------------------------------
 */

/* Makes of a notice the tombstone: the text is that of the article in the table. */
static tt_status make_tombstone(tt_index *x, uint32_t article, tti_db_row *row, tt_error *error)
{
    tti_db_row old;
    TTI_TRY(tti_index_copy_row(x, article, &old, error));
    row->hashes = old.hashes;
    row->flags = old.flags;
    row->extents = old.extents;
    row->source = old.source;
    row->source_size = old.source_size;
    if (row->version_size == 0) {
        row->version = old.version;
        row->version_size = old.version_size;
    }
    row->token_count = old.token_count;
    row->extents_size = old.extents_size;
    row->text_size = old.text_size;
    return TT_OK;
}

/* The verdict on a notice: its matches are what else has the text. */
static tt_status add_notice_verdict(const batch *b, size_t position, const tti_db_row *row,
                                    int is_known, tt_error *error)
{
    tti_classifier *c = &b->x->classifier;
    const tti_doc doc = tti_db_row_doc(row);
    const int with_matches = c->with_matches;
    tti_decision d = {.of = TTI_NONE};
    tt_status status = TT_OK;
    if (is_known) {
        c->with_matches = 1;
        tti_comparison_begin(&c->comparison, c, row, 0);
        status = tti_classify(c, &doc, &d, error);
        c->with_matches = with_matches;
    }
    if (status != TT_OK)
        return status;
    d.kind = TT_VERDICT_WITHDRAWN;
    d.of = TTI_NONE;
    d.new_tokens = 0;
    d.repeat_count = 0;
    d.pair = (tt_pair){0, 0, NAN, NAN, NAN, NAN, NAN, NAN, TT_IDENTICAL, 0};
    return add_verdict(b, &d, position, row, is_known, error);
}

/* Stores what is left of an item. story: that of the article whose place it takes */
static tt_status store_tombstone(const batch *b, size_t position, tti_db_row *row, int64_t story,
                                 tt_error *error)
{
    uint32_t article;
    TTI_TRY(tti_index_store_row(b->x, row, &article, error));
    TTI_TRY(tti_db_insert_terms(b->x->db, row->number, &b->articles[position], error));
    TTI_TRY(finish_version(b, row, story, error));
    return b->with_verdicts ? tti_article_table_index_seeds(&b->x->table, error) : TT_OK;
}

/* The item leaves the index but for its tokens, so that a reprint is known for what it is. A notice
 * of an older version than what is there is as late as any other. */
static tt_status withdraw_article(const batch *b, size_t position, tt_error *error)
{
    tt_index *x = b->x;
    const tt_article *notice = &b->articles[position];
    const uint32_t old =
        tti_article_table_find(&x->table, notice->id, notice->id_size, notice->flags);
    tti_db_row row = row_of(x, notice, position);
    int64_t story = 0;
    int is_new = 1; /* of what never came, the text of the notice is all there is, if it has one */
    if (old != TTI_NONE) {
        const tti_indexed_article *a = &x->table.articles.items[old];
        const int order = tti_version_order(a, &row),
                  is_withdrawn = (a->flags & TT_ARTICLE_WITHDRAWN) != 0;
        if (order < 0 && !is_withdrawn)
            return b->with_verdicts ? add_verdict(b, &unchanged_decision, position, &row, 1, error)
                                    : TT_OK;
        is_new = !is_withdrawn || order > 0 || (order == 0 && (a->flags & TTI_ARTICLE_KILLED) != 0);
        TTI_TRY(make_tombstone(x, old, &row, error));
    }
    if (b->writes && is_new && old != TTI_NONE)
        TTI_TRY(drop_version(b, old, &story, error));
    if (b->with_verdicts)
        TTI_TRY(add_notice_verdict(b, position, &row, old != TTI_NONE, error));
    return b->writes && is_new ? store_tombstone(b, position, &row, story, error) : TT_OK;
}

/* The article came after the notice that withdrew it, which had no text: it has the text of the
 * tombstone, so that reprints are known. */
static tt_status complete_tombstone(const batch *b, size_t position, uint32_t notice,
                                    tti_db_row *row, tt_error *error)
{
    tti_db_row kept;
    int64_t story = 0;
    TTI_TRY(tti_index_copy_row(b->x, notice, &kept, error));
    if (kept.version_size > 0) {
        row->version = kept.version;
        row->version_size = kept.version_size;
    }
    if (kept.published != TT_NO_TIME)
        row->published = kept.published;
    row->article_flags |= TT_ARTICLE_WITHDRAWN;
    if (b->writes)
        TTI_TRY(drop_version(b, notice, &story, error));
    if (b->with_verdicts)
        TTI_TRY(add_notice_verdict(b, position, row, 1, error));
    return b->writes ? store_tombstone(b, position, row, story, error) : TT_OK;
}

/* What an editor killed is taken for withdrawn in whatever version it comes. The version is kept:
 * it is what is there when the kill is taken back. */
static tt_status add_killed_version(const batch *b, size_t position, tt_error *error)
{
    tt_index *x = b->x;
    tti_db_row row = row_of(x, &b->articles[position], position);
    item_version version;
    uint32_t article;
    int64_t story = 0;
    row.article_flags |= TT_ARTICLE_WITHDRAWN | TTI_ARTICLE_KILLED;
    TTI_TRY(find_item_version(x, &b->articles[position], &row, 0, &version, error));
    if (b->writes && !version.keeps_old && version.old != TTI_NONE)
        TTI_TRY(drop_version(b, version.old, &story, error));
    if (b->with_verdicts)
        TTI_TRY(add_notice_verdict(b, position, &row, version.old != TTI_NONE, error));
    if (!b->writes || version.keeps_old)
        return TT_OK;
    TTI_TRY(add_article(b, position, &row, &article, error));
    TTI_TRY(finish_version(b, &row, story, error));
    return b->with_verdicts ? tti_article_table_index_seeds(&x->table, error) : TT_OK;
}

/* ---- Micro-batches --------------------------------------------------------------------------- */

static tt_status compare_micro_batch(tt_index *x, tt_error *error)
{
    const int threads = tti_thread_count(x->options.threads, x->micro_batch_count);
    TTI_TRY(tti_classifier_reserve(&x->classifier, threads, error));
#pragma omp parallel for num_threads(threads) if (threads > 1) schedule(dynamic, 2)
    for (size_t k = 0; k < x->micro_batch_count; k++) {
        tti_pending_article *p = &x->micro_batch[k];
        const tti_doc doc = tti_db_row_doc(&p->row);
        const uint32_t number =
            p->article == TTI_NONE ? (uint32_t)x->table.articles.count : p->article;
        tti_comparison_begin(&p->comparison, &x->classifier, &p->row, 1);
        p->status = tti_compare_with_earlier(&x->classifier, threads > 1 ? tti_thread_index() : 0,
                                             &doc, number, &p->comparison, NULL);
    }
    for (size_t k = 0; k < x->micro_batch_count; k++)
        TTI_TRY_ALLOC(x->micro_batch[k].status, error, "verdicts");
    return TT_OK;
}

static tt_status finish_micro_batch(const batch *b, tt_error *error)
{
    tt_index *x = b->x;
    if (x->micro_batch_count == 0)
        return TT_OK;
    TTI_TRY(tti_article_table_index_seeds(&x->table, error));
    TTI_TRY(compare_micro_batch(x, error));
    for (size_t k = 0; k < x->micro_batch_count; k++) {
        tti_pending_article *p = &x->micro_batch[k];
        const tti_doc doc = tti_db_row_doc(&p->row);
        tti_decision d;
        TTI_TRY(tti_decide(&x->classifier, &doc, &p->comparison, &d, error));
        apply_headline(b, p->position, &d);
        TTI_TRY(add_verdict(b, &d, p->position, &p->row, 0, error));
        if (p->article == TTI_NONE)
            continue;
        TTI_TRY(tti_story_add_verdict(x, &tti_array_last(&x->verdicts.list), &p->row, 0, error));
        keep_repeats(x, p->article);
    }
    x->micro_batch_count = 0;
    return TT_OK;
}

static tt_status join_micro_batch(const batch *b, size_t position, tt_error *error)
{
    tt_index *x = b->x;
    tti_pending_article *p = &x->micro_batch[x->micro_batch_count];
    p->position = position;
    p->row = row_of(x, &b->articles[position], position);
    p->article = TTI_NONE;
    if (b->writes)
        TTI_TRY(add_article(b, position, &p->row, &p->article, error));
    x->micro_batch_count++;
    return x->micro_batch_count == TTI_MICRO_BATCH ? finish_micro_batch(b, error) : TT_OK;
}

/* ---- Batches --------------------------------------------------------------------------------- */

static tt_status begin_batch(const batch *b, tt_status *statuses, tt_error *error)
{
    tt_index *x = b->x;
    TTI_TRY(tti_index_check_use(x, error));
    tti_verdicts_clear(&x->verdicts);
    TTI_TRY(b->with_verdicts ? tti_index_refresh_postings(x, error) : tti_index_refresh(x, error));
    x->micro_batch_count = 0;
    x->classifier.keeps_notices = b->writes;
    tti_notices_cut(&x->classifier.notices, x->classifier.kept_notices);
    if (b->with_verdicts && x->micro_batch == NULL)
        x->micro_batch =
            tti_alloc_zero(x->options.allocator, TTI_MICRO_BATCH, sizeof *x->micro_batch);
    TTI_TRY_ALLOC(b->with_verdicts && x->micro_batch == NULL, error, "verdicts");
    return tokenize_batch(x, b->articles, b->count, statuses, error);
}

/* Whether an editor decided that it is not to be used, in whatever version. */
static int is_killed(const tt_index *x, const tt_article *a)
{
    const tt_id id = tti_id_of(a);
    return tti_decisions_find(&x->decisions, &id, NULL) == TT_DECISION_KILL;
}

/* Another article of the index with this id, or TTI_NONE. */
static uint32_t find_other(const tt_index *x, const tt_article *a, const tt_id *id)
{
    const uint32_t found = find_by_id(x, id);
    return found == tti_article_table_find(&x->table, a->id, a->id_size, a->flags) ? TTI_NONE
                                                                                   : found;
}

/* An article that is judged alone, since articles leave the index for it. */
static tt_status run_alone(const batch *b, size_t position, tt_error *error)
{
    const tt_article *a = &b->articles[position];
    const uint32_t by = find_other(b->x, a, &a->replaced_by);
    TTI_TRY(finish_micro_batch(b, error));
    if (a->flags & TT_ARTICLE_WITHDRAWN)
        return withdraw_article(b, position, error);
    if (is_killed(b->x, a))
        return add_killed_version(b, position, error);
    if (by != TTI_NONE)
        return pass_over_replaced(b, position, by, error);
    TTI_TRY(replace_article(b, position, error));
    return find_replaced(b->x, a) == TTI_NONE
               ? TT_OK
               : remove_replaced(b, find_other(b->x, a, &a->replacing), error);
}

static tt_status run_batch(const batch *b, tt_error *error)
{
    for (size_t i = 0; i < b->count; i++) {
        const tt_article *a = &b->articles[i];
        if (b->x->tokenized.items[i].status != TT_OK)
            continue;
        if ((a->flags & TT_ARTICLE_WITHDRAWN) || is_killed(b->x, a) ||
            find_replaced(b->x, a) != TTI_NONE || find_by_id(b->x, &a->replaced_by) != TTI_NONE) {
            TTI_TRY(run_alone(b, i, error));
        } else if (b->with_verdicts) {
            TTI_TRY(join_micro_batch(b, i, error));
        } else {
            tti_db_row row = row_of(b->x, a, i);
            uint32_t article;
            TTI_TRY(add_article(b, i, &row, &article, error));
        }
    }
    return finish_micro_batch(b, error);
}

tt_status tti_index_emit(tt_index *x, tt_verdict_fn emit, void *ctx, tt_error *error)
{
    int stop;
    if (x->verdicts.list.count == 0)
        return TT_OK;
    x->is_emitting = 1;
    stop = emit(ctx, x->verdicts.list.items, x->verdicts.list.count);
    x->is_emitting = 0;
    return stop == 0 ? TT_OK : tti_fail(error, TT_ESTOPPED, TTI_NOWHERE, "stopped by the callback");
}

tt_status tt_index_add(tt_index *x, const tt_article *articles, size_t count, tt_status *statuses,
                       tt_verdict_fn emit, void *ctx, tt_error *error)
{
    const batch b = {x, articles, count, emit != NULL, 1};
    if (x == NULL || (articles == NULL && count > 0))
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "index or articles is NULL");
    if (x->is_read_only)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "the index was opened to be read");
    TTI_TRY(begin_batch(&b, statuses, error));
    TTI_TRY(tti_index_begin_write(x, error));
    TTI_TRY(tti_index_end_write(x, run_batch(&b, error), error));
    return emit == NULL ? TT_OK : tti_index_emit(x, emit, ctx, error);
}

tt_status tt_index_query(tt_index *x, const tt_article *articles, size_t count, tt_status *statuses,
                         tt_verdict_fn emit, void *ctx, tt_error *error)
{
    const batch b = {x, articles, count, 1, 0};
    if (x == NULL || (articles == NULL && count > 0) || emit == NULL)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "index, articles or callback is NULL");
    TTI_TRY(begin_batch(&b, statuses, error));
    TTI_TRY(run_batch(&b, error));
    return tti_index_emit(x, emit, ctx, error);
}
