/* The rows of articles, and the journal of those that were removed. */
#include "index/db_connection.h"

#include "corpus/tokenized_batch.h"
#include "kernels/token_extents.h"
#include "util/error.h"
#include "util/hash.h"

#include <string.h>

/* ---- Checksums and form of rows ---------------------------------------------------------------
 */

/* A row's checksum begins with its numbers, eight bytes each, little-endian. */
enum { HEAD = 10 };

uint64_t tti_db_row_checksum(const tti_db_row *r)
{
    const uint64_t numbers[HEAD] = {
        (uint64_t)r->number, (uint64_t)r->published, (uint64_t)r->ingested_at, r->text_size,
        r->id_size,          r->source_size,         r->article_flags,         r->token_count,
        r->extents_size,     r->version_size};
    uint8_t head[HEAD * 8];
    XXH3_state_t state;
    for (int k = 0; k < HEAD; k++)
        XXH_writeLE64(head + k * 8, numbers[k]);
    (void)XXH3_64bits_reset(&state);
    (void)XXH3_64bits_update(&state, head, sizeof head);
    (void)XXH3_64bits_update(&state, r->id, r->id_size);
    (void)XXH3_64bits_update(&state, r->source, r->source_size);
    (void)XXH3_64bits_update(&state, r->version, r->version_size);
    if (r->hashes == NULL) { /* of a row that was read: hashes, flags and extents in one */
        (void)XXH3_64bits_update(&state, r->data, (size_t)r->token_count * 5 + r->extents_size);
        return XXH3_64bits_digest(&state);
    }
    tti_hash_add_u32(&state, r->hashes, r->token_count);
    (void)XXH3_64bits_update(&state, r->flags, r->token_count);
    (void)XXH3_64bits_update(&state, r->extents, r->extents_size);
    return XXH3_64bits_digest(&state);
}

/* Sums gaps and sizes if every extent takes one byte, as nearly always. @return -1 otherwise */
static int64_t sum_short(const uint8_t *at, size_t count)
{
    uint64_t sum = 0;
    uint8_t bad = 0;
    for (size_t k = 0; k < count; k++) {
        const uint8_t gap = at[k] >> TTI_EXTENT_SIZE_BITS, size = at[k] % TTI_EXTENT_SHORT_SIZES;
        bad |= (uint8_t)((gap == 0) | (size == 0));
        sum += (uint64_t)gap + size;
    }
    return bad ? -1 : (int64_t)sum;
}

/* Whether the data of a row that was read has the size and the form that it must have. */
static int row_data_is_valid(const tti_db_row *r, size_t data_size)
{
    const uint8_t *at, *end;
    uint64_t position = 0;
    if (data_size < (size_t)r->token_count * 5 || r->text_size > UINT32_MAX)
        return 0;
    at = r->data + (size_t)r->token_count * 5;
    end = r->data + data_size;
    for (uint32_t i = 0; i < r->token_count; i++) {
        tti_token_extent span = {0, 0};
        if ((size_t)(end - at) == r->token_count - i) { /* a byte for each that is left */
            const int64_t sum = sum_short(at, r->token_count - i);
            return sum >= 0 && position + (uint64_t)sum <= r->text_size;
        }
        at = tti_token_extent_decode(at, end, &span);
        if (at == NULL)
            return 0;
        position += (uint64_t)span.gap + span.size;
    }
    return at == end && position <= r->text_size;
}

/* ---- Rows ------------------------------------------------------------------------------------ */

static tt_status bind_data(sqlite3_stmt *s, const tti_db_row *r, tt_error *error)
{
    const size_t hashes = (size_t)r->token_count * 4,
                 size = hashes + r->token_count + r->extents_size;
    uint8_t *data = sqlite3_malloc64(size + 1);
    if (data == NULL)
        return tti_fail_memory(error, "a record");
    if (r->hashes == NULL && size > 0) {
        memcpy(data, r->data, size);
    } else if (r->token_count > 0) {
        tti_write_le32(data, r->hashes, r->token_count);
        memcpy(data + hashes, r->flags, r->token_count);
        memcpy(data + hashes + r->token_count, r->extents, r->extents_size);
    }
    if (sqlite3_bind_blob64(s, 10, data, size, sqlite3_free) != SQLITE_OK)
        return tti_fail(error, TT_ELIMIT, TTI_NOWHERE, "an article of %u tokens is too long",
                        (unsigned)r->token_count);
    return TT_OK;
}

tt_status tti_db_insert(tti_db *f, const tti_db_row *r, tt_error *error)
{
    sqlite3_stmt *s;
    TTI_TRY(tti_db_prepare(f, TTI_DB_SQL_INSERT, error));
    s = f->statements[TTI_DB_SQL_INSERT];
    (void)sqlite3_bind_int64(s, 1, r->number);
    (void)sqlite3_bind_blob64(s, 2, r->id, r->id_size, SQLITE_STATIC);
    (void)sqlite3_bind_int64(s, 3, r->article_flags);
    (void)sqlite3_bind_blob64(s, 4, r->source_size == 0 ? "" : r->source, r->source_size,
                              SQLITE_STATIC);
    (void)sqlite3_bind_blob64(s, 5, r->version_size == 0 ? "" : r->version, r->version_size,
                              SQLITE_STATIC);
    (void)sqlite3_bind_int64(s, 6, r->published);
    (void)sqlite3_bind_int64(s, 7, r->ingested_at);
    (void)sqlite3_bind_int64(s, 8, (int64_t)r->text_size);
    (void)sqlite3_bind_int64(s, 9, r->token_count);
    TTI_TRY(bind_data(s, r, error));
    (void)sqlite3_bind_int64(s, 11, (int64_t)r->sum);
    return tti_db_run_once(f, TTI_DB_SQL_INSERT, "write", error);
}

tt_status tti_db_delete(tti_db *f, int64_t number, uint64_t nth, tt_error *error)
{
    TTI_TRY(tti_db_prepare(f, TTI_DB_SQL_DELETE, error));
    TTI_TRY(tti_db_prepare(f, TTI_DB_SQL_INSERT_REMOVED, error));
    f->removed = 1;
    (void)sqlite3_bind_int64(f->statements[TTI_DB_SQL_DELETE], 1, number);
    TTI_TRY(tti_db_run_once(f, TTI_DB_SQL_DELETE, "write", error));
    (void)sqlite3_bind_int64(f->statements[TTI_DB_SQL_INSERT_REMOVED], 1, (int64_t)nth);
    (void)sqlite3_bind_int64(f->statements[TTI_DB_SQL_INSERT_REMOVED], 2, number);
    return tti_db_run_once(f, TTI_DB_SQL_INSERT_REMOVED, "write", error);
}

tt_status tti_db_read_removals(tti_db *f, uint64_t removals, uint64_t count, int64_t *numbers,
                               uint64_t *found, tt_error *error)
{
    sqlite3_stmt *s;
    int code;
    *found = 0;
    if (tti_db_prepare(f, TTI_DB_SQL_READ_REMOVED, NULL) != TT_OK)
        return TT_OK; /* there is no journal */
    s = f->statements[TTI_DB_SQL_READ_REMOVED];
    (void)sqlite3_bind_int64(s, 1, (int64_t)removals);
    (void)sqlite3_bind_int64(s, 2, (int64_t)(removals + count));
    while ((code = sqlite3_step(s)) == SQLITE_ROW && *found < count)
        numbers[(*found)++] = sqlite3_column_int64(s, 0);
    (void)sqlite3_reset(s);
    return code == SQLITE_DONE ? TT_OK : tti_db_fail(f, code, "read", error);
}

const char *tti_db_row_fault(tti_db_row *r, int64_t tokens, int64_t flags, size_t data_size)
{
    if (tokens < 0 || tokens > UINT32_MAX - 1 || (uint64_t)tokens * 5 > data_size)
        return "its data is cut short";
    r->token_count = (uint32_t)tokens;
    r->article_flags = (uint32_t)flags;
    r->extents_size = data_size - (size_t)tokens * 5;
    if (tti_db_row_checksum(r) != r->sum)
        return "its checksum does not match";
    if (flags < 0 ||
        (flags & ~(int64_t)(TT_ARTICLE_INTEGER_ID | TT_ARTICLE_WITHDRAWN | TTI_ARTICLE_KILLED)) !=
            0 ||
        !tti_id_is_valid(tti_db_row_id(r)))
        return "its id is none";
    return row_data_is_valid(r, data_size) ? NULL : "its data makes no sense";
}

/* @return NULL, or what is wrong with the row */
static const char *read_row(sqlite3_stmt *s, tti_db_row *r)
{
    const int64_t tokens = sqlite3_column_int64(s, 8), flags = sqlite3_column_int64(s, 2);
    const size_t data_size = (size_t)sqlite3_column_bytes(s, 9);
    memset(r, 0, sizeof *r);
    r->number = sqlite3_column_int64(s, 0);
    r->id = sqlite3_column_blob(s, 1);
    r->id_size = (uint32_t)sqlite3_column_bytes(s, 1);
    r->source = sqlite3_column_blob(s, 3);
    r->source_size = (uint32_t)sqlite3_column_bytes(s, 3);
    r->version = sqlite3_column_blob(s, 4);
    r->version_size = (uint32_t)sqlite3_column_bytes(s, 4);
    r->published = sqlite3_column_int64(s, 5);
    r->ingested_at = sqlite3_column_int64(s, 6);
    r->text_size = (uint64_t)sqlite3_column_int64(s, 7);
    r->data = sqlite3_column_blob(s, 9);
    r->sum = (uint64_t)sqlite3_column_int64(s, 10);
    return tti_db_row_fault(r, tokens, flags, data_size);
}

tt_status tti_db_next_number(tti_db *f, int64_t after, int64_t *out, tt_error *error)
{
    sqlite3_stmt *s;
    int code;
    *out = INT64_MAX;
    TTI_TRY(tti_db_prepare(f, TTI_DB_SQL_NEXT, error));
    s = f->statements[TTI_DB_SQL_NEXT];
    (void)sqlite3_bind_int64(s, 1, after);
    code = sqlite3_step(s);
    if (code == SQLITE_ROW)
        *out = sqlite3_column_int64(s, 0);
    (void)sqlite3_reset(s);
    if (code == SQLITE_ROW && *out <= after)
        return tti_db_out_of_order(f, error);
    return code == SQLITE_ROW || code == SQLITE_DONE ? TT_OK : tti_db_fail(f, code, "read", error);
}

size_t tti_db_read_id(tti_db *f, int64_t number, char *out, size_t size)
{
    sqlite3_stmt *s;
    size_t length = 0;
    if (tti_db_prepare(f, TTI_DB_SQL_READ_ID, NULL) != TT_OK)
        return 0;
    s = f->statements[TTI_DB_SQL_READ_ID];
    (void)sqlite3_bind_int64(s, 1, number);
    if (sqlite3_step(s) == SQLITE_ROW && sqlite3_column_blob(s, 0) != NULL) {
        length = (size_t)sqlite3_column_bytes(s, 0);
        length = length < size ? length : size;
        memcpy(out, sqlite3_column_blob(s, 0), length);
    }
    (void)sqlite3_reset(s);
    return length;
}

/* Ids, sources and versions are bounded by what is left of SQLite's limit. */
int tti_db_holds(const tti_db *f, uint32_t token_count, size_t extents_size)
{
    const uint64_t most = (uint64_t)sqlite3_limit(f->db, SQLITE_LIMIT_LENGTH, -1);
    return (uint64_t)token_count * 5 + extents_size <= most - most / 16;
}

tt_status tti_db_each_row(tti_db *f, int64_t after, int64_t last, tti_db_row_fn take, void *ctx,
                          tt_error *error)
{
    sqlite3_stmt *s;
    tti_db_row row;
    tt_status status = TT_OK;
    int code = SQLITE_DONE;
    TTI_TRY(tti_db_prepare(f, TTI_DB_SQL_ROWS, error));
    s = f->statements[TTI_DB_SQL_ROWS];
    (void)sqlite3_bind_int64(s, 1, after);
    (void)sqlite3_bind_int64(s, 2, last);
    while (status == TT_OK && (code = sqlite3_step(s)) == SQLITE_ROW) {
        const char *fault = read_row(s, &row);
        if (row.number <= after)
            status = tti_db_out_of_order(f, error);
        else
            status = take(ctx, &row, fault, error);
        after = row.number;
    }
    if (status == TT_OK && code != SQLITE_DONE)
        status = tti_db_fail(f, code, "read", error);
    (void)sqlite3_reset(s);
    return status;
}
