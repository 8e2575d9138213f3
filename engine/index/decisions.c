#include "index/decisions.h"

#include "corpus/tokenized_batch.h"
#include "index/index.h"
#include "util/error.h"
#include "util/hash.h"
#include "util/utf8.h"

void tti_decisions_init(tti_decisions *d, const tt_allocator *allocator)
{
    *d = (tti_decisions){.table.allocator = allocator, .memory.allocator = allocator};
}

void tti_decisions_free(tti_decisions *d)
{
    const tt_allocator *a = d->memory.allocator;
    if (a == NULL)
        return;
    tti_array_free(&d->list, a);
    tti_table_free(&d->table);
    tti_slab_free(&d->memory);
    tti_decisions_init(d, a);
}

static int is_about(const void *ctx, uint32_t number, const void *key)
{
    const tti_decisions *d = ctx;
    const tti_decided *x = &tti_array_at(&d->list, number), *y = key;
    return tti_id_equal(x->id, y->id) && tti_id_equal(x->of, y->of);
}

static uint32_t hash_of(const tti_decided *x)
{
    const uint64_t of = x->of.bytes == NULL ? 0 : XXH3_64bits(x->of.bytes, x->of.size);
    return (uint32_t)XXH3_64bits_withSeed(x->id.bytes, x->id.size, of);
}

static tt_status copy_id(tti_decisions *d, const tt_id *id, tt_id *out)
{
    tti_slab_chunk *chunk;
    char *bytes;
    *out = (tt_id){NULL, 0, 0, 0};
    if (id->bytes == NULL)
        return TT_OK;
    bytes = tti_slab_alloc(&d->memory, id->size, &chunk);
    if (bytes == NULL)
        return TT_ENOMEM;
    memcpy(bytes, id->bytes, id->size);
    *out = (tt_id){bytes, id->size, id->flags, 0};
    return TT_OK;
}

/* Puts a decision in the place of what held before. @return TT_OK, TT_ENOMEM */
static tt_status replace_decision(tti_decisions *d, const tt_index_decision *given)
{
    tti_decided x = {given->id, given->of, (tt_decision_kind)given->kind};
    const uint32_t hash = hash_of(&x);
    const uint32_t there = tti_table_find(&d->table, hash, is_about, d, &x);
    if (there != TTI_TABLE_NONE) {
        d->list.items[there].kind = x.kind;
    } else {
        TTI_TRY(tti_table_reserve(&d->table, d->list.count + 1));
        TTI_TRY(copy_id(d, &given->id, &x.id));
        TTI_TRY(copy_id(d, &given->of, &x.of));
        TTI_TRY(tti_array_push(&d->list, d->memory.allocator, x));
        tti_table_add(&d->table, hash, (uint32_t)d->list.count - 1);
    }
    d->last = (int64_t)given->number;
    return TT_OK;
}

tt_decision_kind tti_decisions_find(const tti_decisions *d, const tt_id *id, const tt_id *of)
{
    const tti_decided key = {*id, of == NULL ? (tt_id){NULL, 0, 0, 0} : *of, TT_DECISION_NONE};
    uint32_t found;
    if (d->list.count == 0)
        return TT_DECISION_NONE;
    found = tti_table_find(&d->table, hash_of(&key), is_about, d, &key);
    return found == TTI_TABLE_NONE ? TT_DECISION_NONE : d->list.items[found].kind;
}

static tt_status take_read(void *ctx, const tt_index_decision *decision, tt_error *error)
{
    TTI_TRY_ALLOC(replace_decision(ctx, decision), error, "decisions");
    return TT_OK;
}

tt_status tti_decisions_read(tti_decisions *d, tti_db *db, tt_error *error)
{
    return tti_db_each_decision(db, d->last, take_read, d, error);
}

/* ---- Decisions of an index --------------------------------------------------------------------
 */

static tt_status check_decision(const tt_index_decision *d, size_t position, tt_error *error)
{
    const tt_id *const ids[] = {&d->id, &d->of};
    for (int k = 0; k < 2; k++)
        if (!(k == 1 && ids[k]->bytes == NULL) &&
            ((ids[k]->flags & ~(uint32_t)TT_ARTICLE_INTEGER_ID) != 0 || ids[k]->bytes == NULL ||
             !tti_id_is_valid(*ids[k])))
            return tti_fail(error, TT_EINVAL, position, "a decision names no valid id");
    if (d->kind < TT_DECISION_NONE || d->kind > TT_DECISION_NOT_A_COPY)
        return tti_fail(error, TT_EINVAL, position, "a decision has an unknown kind");
    if (d->kind == TT_DECISION_NOT_A_COPY && d->of.bytes == NULL)
        return tti_fail(error, TT_EINVAL, position,
                        "a not-a-copy decision does not name the other article");
    if (d->of.bytes != NULL && d->kind != TT_DECISION_NOT_A_COPY && d->kind != TT_DECISION_NONE)
        return tti_fail(error, TT_EINVAL, position, "only not-a-copy is about two articles");
    if (d->who_size > 0 &&
        (d->who == NULL || tti_utf8_valid_up_to(d->who, d->who_size) < d->who_size))
        return tti_fail(error, TT_EINVAL, position, "who decided is not UTF-8");
    return TT_OK;
}

/* Makes a tombstone of an article, or an article of a tombstone, with a new number, so that readers
 * take notice. Its details stay: the decision may be taken back. */
static tt_status set_withdrawn(tt_index *x, uint32_t article, int is_withdrawn, tt_error *error)
{
    const tti_indexed_article *a = &x->table.articles.items[article];
    const int64_t number = a->number;
    tti_db_row row;
    if (((a->flags & (is_withdrawn ? TT_ARTICLE_WITHDRAWN : TTI_ARTICLE_KILLED)) != 0) ==
        is_withdrawn)
        return TT_OK; /* a notice made it a tombstone, or it is what it is to be */
    TTI_TRY(tti_index_copy_row(x, article, &row, error));
    row.article_flags ^= TT_ARTICLE_WITHDRAWN | TTI_ARTICLE_KILLED;
    TTI_TRY(tti_index_drop_article(x, article, error));
    TTI_TRY(tti_index_store_row(x, &row, &article, error));
    return tti_db_move_details(x->db, x->options.allocator, number, row.number, error);
}

static uint32_t find_decided_article(const tt_index *x, const tt_id *id)
{
    return tti_article_table_find(&x->table, id->bytes, id->size, id->flags);
}

/* A slip of the pen is not stored. To take back what was decided about an article that has gone
 * since is none. */
static tt_status check_articles(const tt_index *x, const tt_index_decision *d, size_t position,
                                tt_error *error)
{
    const tt_id *missing = find_decided_article(x, &d->id) == TTI_NONE ? &d->id
                           : d->of.bytes != NULL && find_decided_article(x, &d->of) == TTI_NONE
                               ? &d->of
                               : NULL;
    if (missing == NULL || d->kind == TT_DECISION_NONE)
        return TT_OK;
    return tti_fail(error, TT_EINVAL, position,
                    "a decision is about the article %.*s, which is not there",
                    (int)tti_utf8_cut(missing->bytes, missing->size, 100), missing->bytes);
}

static tt_status decide(tt_index *x, const tt_index_decision *given, size_t position,
                        tt_error *error)
{
    tt_index_decision d = *given;
    const uint32_t article = find_decided_article(x, &d.id);
    const int was_killed = tti_decisions_find(&x->decisions, &d.id, NULL) == TT_DECISION_KILL;
    TTI_TRY(check_articles(x, given, position, error));
    d.number = (uint64_t)x->decisions.last + 1;
    if (d.time == TT_NO_TIME)
        d.time = tti_index_now();
    TTI_TRY(tti_db_insert_decision(x->db, &d, error));
    TTI_TRY_ALLOC(replace_decision(&x->decisions, &d), error, "decisions");
    if (article != TTI_NONE && d.kind == TT_DECISION_NOT_A_COPY)
        return tti_story_split(x, article, &d.of, error);
    if (article == TTI_NONE || d.of.bytes != NULL)
        return TT_OK;
    if (d.kind == TT_DECISION_KILL)
        return set_withdrawn(x, article, 1, error);
    return was_killed ? set_withdrawn(x, article, 0, error) : TT_OK;
}

tt_status tt_index_decide(tt_index *x, const tt_index_decision *decisions, size_t count,
                          uint64_t *last, tt_error *error)
{
    tt_status status = TT_OK;
    if (x == NULL || (decisions == NULL && count > 0))
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "index or decisions is NULL");
    for (size_t k = 0; k < count; k++)
        TTI_TRY(check_decision(&decisions[k], k, error));
    TTI_TRY(tti_index_check_use(x, error));
    tti_verdicts_clear(&x->verdicts);
    TTI_TRY(tti_index_begin_change(x, error));
    for (size_t k = 0; k < count && status == TT_OK; k++)
        status = decide(x, &decisions[k], k, error);
    TTI_TRY(tti_index_end_write(x, status, error));
    if (last != NULL)
        *last = (uint64_t)x->decisions.last;
    return TT_OK;
}

typedef struct decision_listing {
    tt_index *x;
    tt_index_decision_fn emit;
    void *ctx;
} decision_listing;

static tt_status emit_decision(void *ctx, const tt_index_decision *decision, tt_error *error)
{
    decision_listing *l = ctx;
    int stop;
    l->x->is_emitting = 1;
    stop = l->emit(l->ctx, decision);
    l->x->is_emitting = 0;
    return stop == 0 ? TT_OK : tti_fail(error, TT_ESTOPPED, TTI_NOWHERE, "stopped by the callback");
}

tt_status tt_index_decisions(tt_index *x, uint64_t after, tt_index_decision_fn emit, void *ctx,
                             tt_error *error)
{
    decision_listing l = {x, emit, ctx};
    if (x == NULL || emit == NULL)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "index or callback is NULL");
    TTI_TRY(tti_index_check_use(x, error));
    if (after >= (uint64_t)TTI_DB_MAX_NUMBER)
        return TT_OK;
    return tti_db_each_decision(x->db, (int64_t)after, emit_decision, &l, error);
}
