/*
 * JSON Lines. simdjson and the strict scanner read the same from a line, or simdjson refuses it;
 * the reader gives the same records for any size of blocks, either parser and any number of
 * threads; a good record is UTF-8 throughout, and its raw bytes are read as the same record.
 *
 * Input: the lines of a file.
 */
#include "fuzz.h"

#include "input/json.h"
#include "input/jsonl.h"
#include "input/reader.h"
#include "util/utf8.h"

/* ---- One line -------------------------------------------------------------------------------- */

static const tti_jsonl_options rules = {
    .name = {"id", "text", "published", "source", "version", "title", "pubstatus"},
    .name_size = {2, 4, 9, 6, 7, 5, 9},
    .max_article_bytes = 1 << 30,
};

static int same_value(const tti_jsonl_value *x, const tti_jsonl_value *y)
{
    const int has_bytes = x->kind == TTI_VALUE_STRING || x->kind == TTI_VALUE_INTEGER;
    return x->kind == y->kind &&
           (!has_bytes ||
            (x->size == y->size && (x->size == 0 || memcmp(x->bytes, y->bytes, x->size) == 0)));
}

static void check_line(const char *line, size_t size)
{
    static tti_simdjson *quick;
    char *padded = malloc(size + TTI_LINE_SLACK);
    char *out = malloc(size + TTI_LINE_SLACK), *other = malloc(size + TTI_LINE_SLACK);
    tti_jsonl_fields x = {0}, y = {0};
    tt_record record = {0};
    if (padded == NULL || out == NULL || other == NULL ||
        (quick == NULL && (quick = tti_simdjson_open()) == NULL))
        abort();
    memset(padded, 'x', size + TTI_LINE_SLACK);
    if (size > 0)
        memcpy(padded, line, size);
    if (tti_simdjson_fields(quick, &rules, padded, size, out, &x)) {
        FUZZ_CHECK(tti_jsonl_scan_fields(&rules, padded, size, other, &y, &record),
                   "only simdjson takes the line: %s", record.reason);
        for (int k = 0; k < TTI_FIELD_COUNT; k++)
            FUZZ_CHECK(same_value(&x.value[k], &y.value[k]), "they differ in %s", rules.name[k]);
    }
    free(padded);
    free(out);
    free(other);
}

static void check_lines(const uint8_t *bytes, size_t size)
{
    while (size > 0) {
        const uint8_t *end = memchr(bytes, '\n', size);
        const size_t line = end == NULL ? size : (size_t)(end - bytes);
        check_line((const char *)bytes, line);
        bytes += line + (end != NULL);
        size -= line + (end != NULL);
    }
}

/* ---- A file ---------------------------------------------------------------------------------- */

typedef struct text {
    char *bytes;
    size_t size, room;
} text;

static void add(text *t, const void *bytes, size_t size)
{
    if (t->size + size > t->room) {
        t->room = (t->size + size) * 2;
        t->bytes = realloc(t->bytes, t->room);
        if (t->bytes == NULL)
            abort();
    }
    if (size > 0)
        memcpy(t->bytes + t->size, bytes, size);
    t->size += size;
}

static void add_part(text *t, const char *bytes, size_t size)
{
    add(t, &size, sizeof size);
    add(t, bytes, size);
}

static int is_utf8(const char *bytes, size_t size)
{
    return size == 0 || tti_utf8_valid_up_to(bytes, size) == size;
}

static void add_record(text *t, const tt_record *r)
{
    const tt_article *a = &r->article;
    add(t, &r->line, sizeof r->line);
    add(t, &r->status, sizeof r->status);
    add(t, &a->published, sizeof a->published);
    add(t, &a->flags, sizeof a->flags);
    add_part(t, r->reason, strlen(r->reason));
    add_part(t, r->raw, r->raw_size);
    add_part(t, a->id, a->id_size);
    add_part(t, a->text, a->text_size);
    add_part(t, a->source, a->source_size);
    add_part(t, a->version, a->version_size);
    FUZZ_CHECK((r->status == TT_OK) == (r->reason[0] == '\0'), "status %d, \"%s\"", r->status,
               r->reason);
    FUZZ_CHECK(is_utf8(r->reason, strlen(r->reason)), "a reason that is not UTF-8");
    if (r->status == TT_OK)
        FUZZ_CHECK(a->id_size > 0 && is_utf8(a->id, a->id_size) && is_utf8(a->text, a->text_size) &&
                       is_utf8(a->source, a->source_size) && is_utf8(a->version, a->version_size),
                   "line %d is not UTF-8", (int)r->line);
}

static text read_file(const char *path, size_t block, int quick, int threads, text *raw)
{
    tt_reader_options o = TT_READER_OPTIONS_INIT;
    tt_reader *reader = NULL;
    const tt_record *records;
    size_t count = 0;
    text out = {0};
    o.threads = threads;
    FUZZ_CHECK(tt_reader_open(&reader, &path, 1, &o, NULL) == TT_OK, "open");
    if (block > 0)
        tti_reader_tune(reader, block, quick);
    do {
        const tt_status status = tt_reader_next(reader, &records, &count, NULL);
        FUZZ_CHECK(status == TT_OK, "status %d", status);
        for (size_t k = 0; k < count; k++) {
            add_record(&out, &records[k]);
            if (raw != NULL && records[k].status == TT_OK) {
                add(raw, records[k].raw, records[k].raw_size);
                add(raw, "\n", 1);
            }
        }
    } while (count > 0);
    tt_reader_close(reader);
    return out;
}

static void check_same(const text *x, const text *y, const char *what)
{
    FUZZ_CHECK(x->size == y->size && (x->size == 0 || memcmp(x->bytes, y->bytes, x->size) == 0),
               "other records: %s", what);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const struct {
        size_t block;
        int quick, threads;
        const char *what;
    } ways[] = {{4 << 20, 0, 1, "strict"}, {64, 1, 1, "small blocks"}, {64, 0, 3, "threads"}};
    const char *path = fuzz_write("in.jsonl", bytes, size);
    text raw = {0}, raw_again = {0}, again;
    const text whole = read_file(path, 0, 1, 1, &raw);
    check_lines(bytes, size);
    for (size_t k = 0; k < sizeof ways / sizeof *ways; k++) {
        const text other = read_file(path, ways[k].block, ways[k].quick, ways[k].threads, NULL);
        check_same(&whole, &other, ways[k].what);
        free(other.bytes);
    }
    path = fuzz_write("again.jsonl", raw.bytes, raw.size);
    again = read_file(path, 0, 1, 1, &raw_again);
    check_same(&raw, &raw_again, "what was read, read again");
    free(whole.bytes);
    free(again.bytes);
    free(raw.bytes);
    free(raw_again.bytes);
    return 0;
}
