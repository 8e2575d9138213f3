/*
 * Titles and texts, terms, verdicts, stories and decisions. Every row has a checksum of all it
 * holds, as those of articles have. A text is one frame of zstd: texts of a few kilobytes take
 * about half of their size, and each can be read and removed alone.
 */
#include "index/db_details.h"

#include "corpus/tokenized_batch.h"
#include "index/db_connection.h"
#include "util/alloc.h"
#include "util/error.h"
#include "util/hash.h"

#include <stdio.h>
#include <zstd.h>

enum { TEXT_LEVEL = 3, VERDICT_HEAD = 64, MOST_TEXT = 1 << 30 /* the largest max_article_bytes */ };

/* ---- Checksums: of numbers, eight bytes each, and then of bytes -------------------------------
 */

typedef struct summed_bytes {
    const void *bytes;
    size_t size;
} summed_bytes;

enum { MOST_NUMBERS = 4, MOST_BYTES = 4 };

static uint64_t sum_row(const int64_t *numbers, int count, const summed_bytes *bytes, int parts)
{
    uint8_t head[(MOST_NUMBERS + MOST_BYTES) * 8];
    XXH3_state_t state;
    for (int k = 0; k < count; k++)
        XXH_writeLE64(head + k * 8, (uint64_t)numbers[k]);
    for (int k = 0; k < parts; k++)
        XXH_writeLE64(head + (count + k) * 8, bytes[k].size);
    (void)XXH3_64bits_reset(&state);
    (void)XXH3_64bits_update(&state, head, (size_t)(count + parts) * 8);
    for (int k = 0; k < parts; k++)
        (void)XXH3_64bits_update(&state, bytes[k].bytes, bytes[k].size);
    return XXH3_64bits_digest(&state);
}

static summed_bytes column_bytes(sqlite3_stmt *s, int column)
{
    const void *bytes = sqlite3_column_blob(s, column);
    return (summed_bytes){bytes, (size_t)sqlite3_column_bytes(s, column)};
}

static void bind_bytes(sqlite3_stmt *s, int column, const void *bytes, size_t size)
{
    (void)sqlite3_bind_blob64(s, column, size == 0 ? "" : bytes, size, SQLITE_STATIC);
}

/* Finds the row of a number. A file without the table has none. @return TT_OK, and the statement
 * to be reset; *found: whether there is a row */
static tt_status find_row(tti_db *f, int which, int64_t number, sqlite3_stmt **out, int *found,
                          tt_error *error)
{
    int code;
    *found = 0;
    *out = NULL;
    if (tti_db_prepare(f, which, NULL) != TT_OK)
        return TT_OK;
    *out = f->statements[which];
    (void)sqlite3_bind_int64(*out, 1, number);
    code = sqlite3_step(*out);
    *found = code == SQLITE_ROW;
    if (code == SQLITE_ROW || code == SQLITE_DONE)
        return TT_OK;
    (void)sqlite3_reset(*out);
    return tti_db_fail(f, code, "read", error);
}

static tt_status fail_details(tti_db *f, int64_t number, const char *what, tt_error *error)
{
    char how[80];
    (void)snprintf(how, sizeof how, "the %s %lld", what, (long long)number);
    return tti_db_damaged(f, (uint64_t)number, how, error);
}

static tt_status delete_row(tti_db *f, int which, int64_t number, tt_error *error)
{
    TTI_TRY(tti_db_prepare(f, which, error));
    (void)sqlite3_bind_int64(f->statements[which], 1, number);
    return tti_db_run_once(f, which, "write", error);
}

/* ---- Texts ----------------------------------------------------------------------------------- */

static tt_status bind_text(tti_db *f, sqlite3_stmt *s, const tt_article *a, int64_t number,
                           tt_error *error)
{
    const size_t room = ZSTD_compressBound(a->text_size);
    void *data = sqlite3_malloc64(room + 1);
    size_t size;
    if (f->compressor == NULL)
        f->compressor = ZSTD_createCCtx();
    if (data == NULL || f->compressor == NULL) {
        sqlite3_free(data);
        return tti_fail_memory(error, "a text");
    }
    size = ZSTD_compressCCtx(f->compressor, data, room, a->text_size == 0 ? "" : a->text,
                             a->text_size, TEXT_LEVEL);
    if (ZSTD_isError(size)) {
        sqlite3_free(data);
        return tti_fail_memory(error, "a text");
    }
    const int64_t numbers[] = {number, (int64_t)a->text_size};
    const summed_bytes bytes[] = {{a->title, a->title_size}, {data, size}};
    (void)sqlite3_bind_int64(s, 5, (int64_t)sum_row(numbers, 2, bytes, 2));
    if (sqlite3_bind_blob64(s, 4, data, size, sqlite3_free) != SQLITE_OK)
        return tti_fail(error, TT_ELIMIT, TTI_NOWHERE, "a text of %zu bytes is too long",
                        a->text_size);
    return TT_OK;
}

tt_status tti_db_insert_text(tti_db *f, int64_t number, const tt_article *a, tt_error *error)
{
    sqlite3_stmt *s;
    TTI_TRY(tti_db_prepare(f, TTI_DB_SQL_INSERT_TEXT, error));
    s = f->statements[TTI_DB_SQL_INSERT_TEXT];
    (void)sqlite3_bind_int64(s, 1, number);
    bind_bytes(s, 2, a->title, a->title_size);
    (void)sqlite3_bind_int64(s, 3, (int64_t)a->text_size);
    TTI_TRY(bind_text(f, s, a, number, error));
    return tti_db_run_once(f, TTI_DB_SQL_INSERT_TEXT, "write", error);
}

/* @return TT_OK, TT_ENOMEM; TT_EFORMAT: it is damaged */
static tt_status take_text(tti_db *f, const tt_allocator *a, sqlite3_stmt *s, int64_t number,
                           tti_bytes *title, tti_bytes *text)
{
    const int64_t size = sqlite3_column_int64(s, 1);
    const summed_bytes bytes[] = {column_bytes(s, 0), column_bytes(s, 2)};
    const int64_t numbers[] = {number, size};
    size_t made;
    if ((uint64_t)sqlite3_column_int64(s, 3) != sum_row(numbers, 2, bytes, 2) || size < 0 ||
        size > MOST_TEXT ||
        (uint64_t)size != ZSTD_getFrameContentSize(bytes[1].bytes, bytes[1].size))
        return TT_EFORMAT;
    title->count = 0;
    TTI_TRY(tti_array_append(title, a, (const char *)bytes[0].bytes, bytes[0].size));
    if (text == NULL)
        return TT_OK;
    TTI_TRY(tti_array_resize(text, a, (size_t)size + 1)); /* an array of none has no address */
    text->count = (size_t)size;
    if (f->decompressor == NULL)
        f->decompressor = ZSTD_createDCtx();
    if (f->decompressor == NULL)
        return TT_ENOMEM;
    made = ZSTD_decompressDCtx(f->decompressor, text->items, (size_t)size, bytes[1].bytes,
                               bytes[1].size);
    return made == (size_t)size ? TT_OK : TT_EFORMAT;
}

tt_status tti_db_read_text(tti_db *f, const tt_allocator *allocator, int64_t number,
                           tti_bytes *title, tti_bytes *text, int *found, tt_error *error)
{
    sqlite3_stmt *s;
    tt_status status = TT_OK;
    TTI_TRY(find_row(f, TTI_DB_SQL_READ_TEXT, number, &s, found, error));
    if (*found)
        status = take_text(f, allocator, s, number, title, text);
    (void)sqlite3_reset(s);
    if (status == TT_EFORMAT)
        return fail_details(f, number, "text of record", error);
    return status == TT_OK ? TT_OK : tti_fail_memory(error, "a text");
}

tt_status tti_db_insert_packed_text(tti_db *f, int64_t number, const tti_packed_text *text,
                                    int *good, tt_error *error)
{
    const int64_t numbers[] = {number, text->size};
    const summed_bytes bytes[] = {{text->title, text->title_size}, {text->data, text->data_size}};
    sqlite3_stmt *s;
    *good = text->sum == sum_row(numbers, 2, bytes, 2);
    if (!*good)
        return TT_OK;
    TTI_TRY(tti_db_prepare(f, TTI_DB_SQL_INSERT_TEXT, error));
    s = f->statements[TTI_DB_SQL_INSERT_TEXT];
    (void)sqlite3_bind_int64(s, 1, number);
    bind_bytes(s, 2, text->title, text->title_size);
    (void)sqlite3_bind_int64(s, 3, text->size);
    bind_bytes(s, 4, text->data, text->data_size);
    (void)sqlite3_bind_int64(s, 5, (int64_t)text->sum);
    return tti_db_run_once(f, TTI_DB_SQL_INSERT_TEXT, "write", error);
}

/* ---- Terms ----------------------------------------------------------------------------------- */

/* What nearly every item says of itself is not stored. */
static int is_usable(const tt_article *a)
{
    static const char usable[] = "usable", term[] = "stat:usable";
    return (a->pubstatus_size == sizeof usable - 1 &&
            memcmp(a->pubstatus, usable, sizeof usable - 1) == 0) ||
           (a->pubstatus_size == sizeof term - 1 &&
            memcmp(a->pubstatus, term, sizeof term - 1) == 0);
}

static summed_bytes status_bytes(const tt_article *a)
{
    return is_usable(a) ? (summed_bytes){"", 0} : (summed_bytes){a->pubstatus, a->pubstatus_size};
}

static int64_t flags_of_terms(const tt_article *a)
{
    return (int64_t)(a->replacing.flags & TT_ARTICLE_INTEGER_ID) |
           (int64_t)(a->replaced_by.flags & TT_ARTICLE_INTEGER_ID) << 1;
}

static uint64_t sum_terms(const tt_article *a, int64_t number)
{
    const int64_t numbers[] = {number, a->embargoed, a->expires, flags_of_terms(a)};
    const summed_bytes bytes[] = {{a->language, a->language_size},
                                  status_bytes(a),
                                  {a->replacing.bytes, a->replacing.size},
                                  {a->replaced_by.bytes, a->replaced_by.size}};
    return sum_row(numbers, 4, bytes, 4);
}

tt_status tti_db_insert_terms(tti_db *f, int64_t number, const tt_article *a, tt_error *error)
{
    const summed_bytes status = status_bytes(a);
    sqlite3_stmt *s;
    if (a->embargoed == 0 && a->expires == 0 && a->language_size == 0 && status.size == 0 &&
        a->replacing.size == 0 && a->replaced_by.size == 0)
        return TT_OK;
    TTI_TRY(tti_db_prepare(f, TTI_DB_SQL_INSERT_TERMS, error));
    s = f->statements[TTI_DB_SQL_INSERT_TERMS];
    (void)sqlite3_bind_int64(s, 1, number);
    (void)sqlite3_bind_int64(s, 2, a->embargoed);
    (void)sqlite3_bind_int64(s, 3, a->expires);
    (void)sqlite3_bind_int64(s, 4, flags_of_terms(a));
    bind_bytes(s, 5, a->language, a->language_size);
    bind_bytes(s, 6, status.bytes, status.size);
    bind_bytes(s, 7, a->replacing.bytes, a->replacing.size);
    bind_bytes(s, 8, a->replaced_by.bytes, a->replaced_by.size);
    (void)sqlite3_bind_int64(s, 9, (int64_t)sum_terms(a, number));
    return tti_db_run_once(f, TTI_DB_SQL_INSERT_TERMS, "write", error);
}

/* @return TT_OK, TT_ENOMEM; TT_EFORMAT: they are damaged */
static tt_status take_terms(sqlite3_stmt *s, const tt_allocator *allocator, int64_t number,
                            tt_article *out, tti_bytes *memory)
{
    const int64_t flags = sqlite3_column_int64(s, 2);
    summed_bytes bytes[4];
    const char *at;
    memory->count = 0;
    TTI_TRY(tti_array_append(memory, allocator, "", 1)); /* an array of none has no address */
    for (int k = 0; k < 4; k++) {
        bytes[k] = column_bytes(s, 3 + k);
        TTI_TRY(tti_array_append(memory, allocator, (const char *)bytes[k].bytes, bytes[k].size));
    }
    at = memory->items + 1;
    out->embargoed = sqlite3_column_int64(s, 0);
    out->expires = sqlite3_column_int64(s, 1);
    out->language = at;
    out->language_size = bytes[0].size;
    out->pubstatus = at += bytes[0].size;
    out->pubstatus_size = bytes[1].size;
    at += bytes[1].size;
    if (bytes[2].size > 0)
        out->replacing = (tt_id){at, bytes[2].size, (uint32_t)flags & 1, 0};
    at += bytes[2].size;
    if (bytes[3].size > 0)
        out->replaced_by = (tt_id){at, bytes[3].size, (uint32_t)flags >> 1 & 1, 0};
    return (uint64_t)sqlite3_column_int64(s, 7) == sum_terms(out, number) ? TT_OK : TT_EFORMAT;
}

tt_status tti_db_read_terms(tti_db *f, const tt_allocator *allocator, int64_t number,
                            tt_article *out, tti_bytes *memory, tt_error *error)
{
    sqlite3_stmt *s;
    int found;
    tt_status status = TT_OK;
    *out = (tt_article){0};
    TTI_TRY(find_row(f, TTI_DB_SQL_READ_TERMS, number, &s, &found, error));
    if (found)
        status = take_terms(s, allocator, number, out, memory);
    (void)sqlite3_reset(s);
    if (status == TT_EFORMAT)
        return fail_details(f, number, "terms of record", error);
    return status == TT_OK ? TT_OK : tti_fail_memory(error, "terms");
}

int tti_terms_are(const tt_article *stored, const tt_article *article)
{
    const summed_bytes x = status_bytes(stored), y = status_bytes(article);
    return stored->embargoed == article->embargoed && stored->expires == article->expires &&
           x.size == y.size && (x.size == 0 || memcmp(x.bytes, y.bytes, x.size) == 0);
}

/* ---- Verdicts -------------------------------------------------------------------------------- */

static void write_double(uint8_t *out, double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    XXH_writeLE64(out, bits);
}

static double read_double(const uint8_t *in)
{
    const uint64_t bits = XXH_readLE64(in);
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

tt_status tti_db_insert_verdict(tti_db *f, int64_t number, const tti_db_verdict *given,
                                tt_error *error)
{
    const tt_verdict *v = &given->verdict;
    const double numbers[] = {v->resemblance, v->containment, v->containment_of,
                              v->overlap,     v->overlap_of,  v->facts};
    const size_t of_size = v->of.bytes == NULL ? 0 : v->of.size, size = VERDICT_HEAD + of_size;
    const int64_t key[] = {number, given->story};
    uint8_t *data;
    sqlite3_stmt *s;
    TTI_TRY(tti_db_prepare(f, TTI_DB_SQL_INSERT_VERDICT, error));
    s = f->statements[TTI_DB_SQL_INSERT_VERDICT];
    data = sqlite3_malloc64(size);
    if (data == NULL)
        return tti_fail_memory(error, "a verdict");
    data[0] = (uint8_t)v->kind;
    data[1] = (uint8_t)(v->relation + 1);
    data[2] = v->of.bytes != NULL;
    data[3] = (uint8_t)v->of.flags;
    tti_write_le32(data + 4, &v->conflicts, 1);
    XXH_writeLE64(data + 8, v->new_tokens);
    for (int k = 0; k < 6; k++)
        write_double(data + 16 + k * 8, numbers[k]);
    if (of_size > 0)
        memcpy(data + VERDICT_HEAD, v->of.bytes, of_size);
    (void)sqlite3_bind_int64(s, 1, number);
    (void)sqlite3_bind_int64(s, 2, given->story);
    (void)sqlite3_bind_int64(s, 4, (int64_t)sum_row(key, 2, &(summed_bytes){data, size}, 1));
    (void)sqlite3_bind_blob64(s, 3, data, size, sqlite3_free);
    return tti_db_run_once(f, TTI_DB_SQL_INSERT_VERDICT, "write", error);
}

static int is_valid_of(const uint8_t *data, size_t size)
{
    if (data[2] == 0)
        return size == VERDICT_HEAD;
    return data[2] == 1 && (data[3] & ~TT_ARTICLE_INTEGER_ID) == 0 &&
           tti_id_is_valid(tti_id((const char *)data + VERDICT_HEAD, size - VERDICT_HEAD, data[3]));
}

/* @return TT_OK, TT_ENOMEM; TT_EFORMAT: it is damaged */
static tt_status take_verdict(sqlite3_stmt *s, const tt_allocator *a, int64_t number,
                              tti_db_verdict *out, tti_bytes *of_bytes)
{
    const int64_t key[] = {number, sqlite3_column_int64(s, 0)};
    const summed_bytes all = column_bytes(s, 1);
    const uint8_t *data = all.bytes;
    if (all.size < VERDICT_HEAD || (uint64_t)sqlite3_column_int64(s, 2) != sum_row(key, 2, &all, 1))
        return TT_EFORMAT;
    if (data[0] > TT_VERDICT_CORRECTION || data[1] > TT_BOILERPLATE + 1 || key[1] < 1 ||
        key[1] > TTI_DB_MAX_NUMBER || !is_valid_of(data, all.size))
        return TT_EFORMAT;
    *out = (tti_db_verdict){.story = key[1],
                            .verdict = {.resemblance = read_double(data + 16),
                                        .containment = read_double(data + 24),
                                        .containment_of = read_double(data + 32),
                                        .overlap = read_double(data + 40),
                                        .overlap_of = read_double(data + 48),
                                        .facts = read_double(data + 56),
                                        .new_tokens = XXH_readLE64(data + 8),
                                        .kind = data[0],
                                        .conflicts = XXH_readLE32(data + 4),
                                        .relation = (int32_t)data[1] - 1}};
    if (data[2] == 0)
        return TT_OK;
    of_bytes->count = 0;
    TTI_TRY(
        tti_array_append(of_bytes, a, (const char *)data + VERDICT_HEAD, all.size - VERDICT_HEAD));
    out->verdict.of = (tt_id){of_bytes->items, of_bytes->count, data[3], 0};
    return TT_OK;
}

tt_status tti_db_read_verdict(tti_db *f, const tt_allocator *allocator, int64_t number,
                              tti_db_verdict *out, tti_bytes *of_bytes, int *found, tt_error *error)
{
    sqlite3_stmt *s;
    tt_status status = TT_OK;
    TTI_TRY(find_row(f, TTI_DB_SQL_READ_VERDICT, number, &s, found, error));
    if (*found)
        status = take_verdict(s, allocator, number, out, of_bytes);
    (void)sqlite3_reset(s);
    if (status == TT_EFORMAT)
        return fail_details(f, number, "verdict of record", error);
    return status == TT_OK ? TT_OK : tti_fail_memory(error, "a verdict");
}

tt_status tti_db_move_details(tti_db *f, const tt_allocator *allocator, int64_t from, int64_t to,
                              tt_error *error)
{
    tti_bytes x = {0}, y = {0};
    tti_db_verdict verdict;
    tt_article terms;
    int found;
    tt_status status = tti_db_read_text(f, allocator, from, &x, &y, &found, error);
    if (status == TT_OK && found) {
        const tt_article a = {
            .title = x.items, .title_size = x.count, .text = y.items, .text_size = y.count};
        status = tti_db_insert_text(f, to, &a, error);
    }
    if (status == TT_OK)
        status = tti_db_read_terms(f, allocator, from, &terms, &x, error);
    if (status == TT_OK)
        status = tti_db_insert_terms(f, to, &terms, error);
    if (status == TT_OK)
        status = tti_db_read_verdict(f, allocator, from, &verdict, &x, &found, error);
    if (status == TT_OK && found)
        status = tti_db_insert_verdict(f, to, &verdict, error);
    tti_array_free(&x, allocator);
    tti_array_free(&y, allocator);
    return status == TT_OK ? tti_db_delete_details(f, from, error) : status;
}

tt_status tti_db_delete_verdict(tti_db *f, int64_t number, tt_error *error)
{
    return delete_row(f, TTI_DB_SQL_DELETE_VERDICT, number, error);
}

tt_status tti_db_delete_details(tti_db *f, int64_t number, tt_error *error)
{
    TTI_TRY(delete_row(f, TTI_DB_SQL_DELETE_TEXT, number, error));
    TTI_TRY(delete_row(f, TTI_DB_SQL_DELETE_TERMS, number, error));
    return tti_db_delete_verdict(f, number, error);
}

/* ---- Stories --------------------------------------------------------------------------------- */

static uint64_t sum_story(const tti_db_story *x)
{
    const int64_t numbers[] = {x->number, (int64_t)x->articles, x->id.flags};
    const summed_bytes bytes[] = {
        {x->id.bytes, x->id.size}, {x->source, x->source_size}, {x->sources, x->source_count * 8}};
    return sum_row(numbers, 3, bytes, 3);
}

tt_status tti_db_write_story(tti_db *f, const tti_db_story *x, tt_error *error)
{
    sqlite3_stmt *s;
    if (x->articles == 0)
        return delete_row(f, TTI_DB_SQL_DELETE_STORY, x->number, error);
    TTI_TRY(tti_db_prepare(f, TTI_DB_SQL_INSERT_STORY, error));
    s = f->statements[TTI_DB_SQL_INSERT_STORY];
    (void)sqlite3_bind_int64(s, 1, x->number);
    (void)sqlite3_bind_int64(s, 2, (int64_t)x->articles);
    (void)sqlite3_bind_int64(s, 3, x->id.flags);
    bind_bytes(s, 4, x->id.bytes, x->id.size);
    bind_bytes(s, 5, x->source, x->source_size);
    bind_bytes(s, 6, x->sources, x->source_count * 8);
    (void)sqlite3_bind_int64(s, 7, (int64_t)sum_story(x));
    return tti_db_run_once(f, TTI_DB_SQL_INSERT_STORY, "write", error);
}

tt_status tti_db_read_story(tti_db *f, const tt_allocator *allocator, int64_t number,
                            tti_db_story *out, tti_bytes *memory, int *found, tt_error *error)
{
    sqlite3_stmt *s;
    tt_status status = TT_OK;
    TTI_TRY(find_row(f, TTI_DB_SQL_READ_STORY, number, &s, found, error));
    if (*found) {
        const summed_bytes id = column_bytes(s, 2), source = column_bytes(s, 3),
                           sources = column_bytes(s, 4);
        memory->count = 0;
        status = tti_array_append(memory, allocator, (const char *)sources.bytes, sources.size);
        if (status == TT_OK)
            status = tti_array_append(memory, allocator, (const char *)id.bytes, id.size);
        if (status == TT_OK)
            status = tti_array_append(memory, allocator, (const char *)source.bytes, source.size);
        *out = (tti_db_story){
            .number = number,
            .articles = (uint64_t)sqlite3_column_int64(s, 0),
            .id = {memory->items + sources.size, id.size, (uint32_t)sqlite3_column_int64(s, 1), 0},
            .source = memory->items + sources.size + id.size,
            .source_size = source.size,
            .sources = (const uint8_t *)memory->items,
            .source_count = sources.size / 8};
        if (status == TT_OK &&
            ((uint64_t)sqlite3_column_int64(s, 5) != sum_story(out) ||
             (out->id.flags & ~(uint32_t)TT_ARTICLE_INTEGER_ID) != 0 || !tti_id_is_valid(out->id)))
            status = TT_EFORMAT;
    }
    (void)sqlite3_reset(s);
    if (status == TT_EFORMAT)
        return fail_details(f, number, "story", error);
    return status == TT_OK ? TT_OK : tti_fail_memory(error, "a story");
}

/* ---- Rows with numbers that ascend --------------------------------------------------------------
 */

/* Takes the row that a statement has reached. */
typedef tt_status (*take_row_fn)(tti_db *f, sqlite3_stmt *s, void *ctx, tt_error *error);

/* Reads the rows of a statement whose first parameter and first column are numbers, those after
 * `after`. A table that is not there has none. */
static tt_status each_numbered_row(tti_db *f, int sql, int64_t after, take_row_fn take, void *ctx,
                                   tt_error *error)
{
    sqlite3_stmt *s;
    tt_status status = TT_OK;
    int code = SQLITE_DONE;
    if (tti_db_prepare(f, sql, NULL) != TT_OK)
        return TT_OK;
    s = f->statements[sql];
    (void)sqlite3_bind_int64(s, 1, after);
    while (status == TT_OK && (code = sqlite3_step(s)) == SQLITE_ROW) {
        const int64_t number = sqlite3_column_int64(s, 0);
        status = number > after ? take(f, s, ctx, error) : tti_db_out_of_order(f, error);
        after = number;
    }
    if (status == TT_OK && code != SQLITE_DONE)
        status = tti_db_fail(f, code, "read", error);
    (void)sqlite3_reset(s);
    return status;
}

/* ---- Decisions ------------------------------------------------------------------------------- */

/* Flags of a row: those of the id, and of `of` one bit above. */
static uint64_t sum_decision(const tt_index_decision *x, int64_t flags)
{
    const int64_t numbers[] = {(int64_t)x->number, x->kind, flags, x->time};
    const summed_bytes bytes[] = {
        {x->id.bytes, x->id.size}, {x->of.bytes, x->of.size}, {x->who, x->who_size}};
    return sum_row(numbers, 4, bytes, 3);
}

tt_status tti_db_insert_decision(tti_db *f, const tt_index_decision *x, tt_error *error)
{
    const int64_t flags =
        (int64_t)x->id.flags | (int64_t)x->of.flags << 1 | (int64_t)(x->of.bytes != NULL) << 2;
    sqlite3_stmt *s;
    TTI_TRY(tti_db_prepare(f, TTI_DB_SQL_INSERT_DECISION, error));
    s = f->statements[TTI_DB_SQL_INSERT_DECISION];
    (void)sqlite3_bind_int64(s, 1, (int64_t)x->number);
    (void)sqlite3_bind_int64(s, 2, x->kind);
    (void)sqlite3_bind_int64(s, 3, flags);
    bind_bytes(s, 4, x->id.bytes, x->id.size);
    bind_bytes(s, 5, x->of.bytes, x->of.size);
    bind_bytes(s, 6, x->who, x->who_size);
    (void)sqlite3_bind_int64(s, 7, x->time);
    (void)sqlite3_bind_int64(s, 8, (int64_t)sum_decision(x, flags));
    return tti_db_run_once(f, TTI_DB_SQL_INSERT_DECISION, "write", error);
}

typedef struct decision_taker {
    tti_db_decision_fn take;
    void *ctx;
} decision_taker;

/* A take_row_fn. */
static tt_status take_decision(tti_db *f, sqlite3_stmt *s, void *ctx, tt_error *error)
{
    const decision_taker *taker = ctx;
    const summed_bytes id = column_bytes(s, 3), of = column_bytes(s, 4), who = column_bytes(s, 5);
    const int64_t number = sqlite3_column_int64(s, 0), kind = sqlite3_column_int64(s, 1),
                  flags = sqlite3_column_int64(s, 2);
    tt_index_decision x = {.number = (uint64_t)number,
                           .id = {id.bytes, id.size, (uint32_t)flags & 1, 0},
                           .of = {of.bytes, of.size, (uint32_t)flags >> 1 & 1, 0},
                           .who = who.bytes,
                           .who_size = who.size,
                           .time = sqlite3_column_int64(s, 6),
                           .kind = (int32_t)kind};
    const int has_of = (flags & 4) != 0;
    if ((uint64_t)sqlite3_column_int64(s, 7) != sum_decision(&x, flags) || flags < 0 || flags > 7 ||
        kind < TT_DECISION_NONE || kind > TT_DECISION_NOT_A_COPY || number < 1 ||
        number > TTI_DB_MAX_NUMBER || !tti_id_is_valid(x.id) || (has_of && !tti_id_is_valid(x.of)))
        return fail_details(f, number, "decision", error);
    if (!has_of)
        x.of = (tt_id){NULL, 0, 0, 0};
    return taker->take(taker->ctx, &x, error);
}

tt_status tti_db_each_decision(tti_db *f, int64_t after, tti_db_decision_fn take, void *ctx,
                               tt_error *error)
{
    return each_numbered_row(f, TTI_DB_SQL_READ_DECISIONS, after, take_decision,
                             &(decision_taker){take, ctx}, error);
}

/* ---- Notices --------------------------------------------------------------------------------- */

tt_status tti_db_insert_notice(tti_db *f, int64_t number, const uint32_t *tokens, size_t count,
                               tt_error *error)
{
    uint8_t *packed = malloc(count * 4);
    sqlite3_stmt *s;
    tt_status status = tti_db_prepare(f, TTI_DB_SQL_INSERT_NOTICE, error);
    if (packed == NULL || status != TT_OK) {
        free(packed);
        return status != TT_OK ? status : tti_fail_memory(error, "notices");
    }
    tti_write_le32(packed, tokens, count);
    s = f->statements[TTI_DB_SQL_INSERT_NOTICE];
    (void)sqlite3_bind_int64(s, 1, number);
    bind_bytes(s, 2, packed, count * 4);
    (void)sqlite3_bind_int64(s, 3,
                             (int64_t)sum_row(&number, 1, &(summed_bytes){packed, count * 4}, 1));
    status = tti_db_run_once(f, TTI_DB_SQL_INSERT_NOTICE, "write", error);
    free(packed);
    return status;
}

typedef struct notice_taker {
    const tt_allocator *allocator;
    tti_db_notice_fn take;
    void *ctx;
} notice_taker;

/* A take_row_fn. */
static tt_status take_notice(tti_db *f, sqlite3_stmt *s, void *ctx, tt_error *error)
{
    const notice_taker *taker = ctx;
    const int64_t number = sqlite3_column_int64(s, 0);
    const summed_bytes tokens = column_bytes(s, 1);
    const size_t count = tokens.size / 4;
    uint32_t *hashes;
    tt_status status;
    if (tokens.size == 0 || tokens.size % 4 != 0 || number > TTI_DB_MAX_NUMBER ||
        (uint64_t)sqlite3_column_int64(s, 2) != sum_row(&number, 1, &tokens, 1)) {
        char how[64];
        (void)snprintf(how, sizeof how, "notice %lld", (long long)number);
        return tti_db_damaged(f, (uint64_t)number, how, error);
    }
    hashes = tti_alloc(taker->allocator, count, sizeof *hashes);
    TTI_TRY_ALLOC(hashes == NULL, error, "notices");
    tti_read_le32(hashes, tokens.bytes, count);
    status = taker->take(taker->ctx, number, hashes, count, error);
    tti_release(taker->allocator, hashes, count, sizeof *hashes);
    return status;
}

tt_status tti_db_each_notice(tti_db *f, const tt_allocator *allocator, int64_t after,
                             tti_db_notice_fn take, void *ctx, tt_error *error)
{
    return each_numbered_row(f, TTI_DB_SQL_READ_NOTICES, after, take_notice,
                             &(notice_taker){allocator, take, ctx}, error);
}
