/*
 * Wire formats in XML, and markup. In pieces of any size a document gives the same items, lines and
 * errors as in one piece; a good item is a line of JSON that the reader accepts, and UTF-8; text
 * without its markup is no longer than before and remains UTF-8.
 *
 * Input: the size of the pieces, whether headlines are text, the document.
 */
#define _GNU_SOURCE
#include "fuzz.h"

#include "input/format.h"
#include "input/json.h"
#include "input/jsonl.h"
#include "input/markup.h"
#include "input/xml.h"
#include "util/alloc.h"
#include "util/utf8.h"

enum { LONGEST = 1 << 16 };

typedef struct found {
    char *bytes;
    size_t size;
} found;

static void add(found *f, const void *bytes, size_t size)
{
    f->bytes = realloc(f->bytes, f->size + size + 1);
    if (f->bytes == NULL)
        abort();
    if (size > 0)
        memcpy(f->bytes + f->size, bytes, size);
    f->size += size;
}

static void check_json(const tti_xml_item *item)
{
    static const tti_jsonl_options rules = {
        .name = {"id", "text", "published", "source", "version", "title", "pubstatus"},
        .name_size = {2, 4, 9, 6, 7, 5, 9},
        .max_article_bytes = LONGEST,
    };
    const size_t room = tti_jsonl_output_bound(&rules, item->size, 8) + TTI_LINE_SLACK;
    char *line = malloc(item->size + TTI_LINE_SLACK), *out = malloc(room);
    tt_record record = {.file = "feed.xml", .line = item->line, .raw_size = item->size};
    if (line == NULL || out == NULL)
        abort();
    memset(line, 0, item->size + TTI_LINE_SLACK);
    memcpy(line, item->json, item->size);
    FUZZ_CHECK(memchr(line, '\n', item->size) == NULL, "an item of two lines");
    record.raw = line;
    tti_jsonl_read(&rules, NULL, out, &record);
    FUZZ_CHECK(record.status == TT_OK || record.status == TT_ELIMIT,
               "an item is no record: %s\n%.*s", record.reason, (int)item->size, line);
    free(line);
    free(out);
}

static tt_status take(void *ctx, const tti_xml_item *item)
{
    found *f = ctx;
    add(f, &item->line, sizeof item->line);
    add(f, &item->status, sizeof item->status);
    add(f, &item->size, sizeof item->size);
    add(f, item->json, item->size);
    FUZZ_CHECK((item->status == TT_OK) == (item->reason == NULL), "status %d", item->status);
    if (item->status == TT_OK)
        check_json(item);
    return TT_OK;
}

/* The first piece must have at least four bytes. */
static found read_pieces(const uint8_t *bytes, size_t size, size_t piece, int whole)
{
    const tti_xml_options rules = {&tti_libc_allocator, LONGEST, 0, whole};
    tti_xml *xml = NULL;
    found out = {0};
    tt_status status = TT_OK;
    FUZZ_CHECK(tti_xml_open(&xml, &rules, take, &out) == TT_OK, "open");
    for (size_t at = 0, n = piece < 4 ? 4 : piece; status == TT_OK; n = piece) {
        const size_t left = size - at;
        const size_t now = left < n ? left : n;
        char *copy = fuzz_copy(bytes + at, now);
        at += now;
        status = tti_xml_feed(xml, copy, now, at == size);
        free(copy);
        if (at == size)
            break;
    }
    add(&out, &status, sizeof status);
    FUZZ_CHECK(status == TT_OK || status == TT_EFORMAT || status == TT_ELIMIT, "status %d", status);
    if (status == TT_EFORMAT) {
        uint64_t line;
        const char *fault = tti_xml_fault(xml, &line);
        FUZZ_CHECK(fault != NULL && fault[0] != '\0', "no reason");
    }
    tti_xml_close(xml);
    return out;
}

static void check_markup(const uint8_t *bytes, size_t size)
{
    char *text = fuzz_copy(bytes, size);
    const int valid = size == 0 || tti_utf8_valid_up_to(text, size) == size;
    size_t n = tti_markup_strip(text, size);
    FUZZ_CHECK(n <= size, "%zu bytes of %zu", n, size);
    FUZZ_CHECK(!valid || n == 0 || tti_utf8_valid_up_to(text, n) == n, "no UTF-8 any more");
    n = tti_markup_normalize_space(text, n);
    FUZZ_CHECK(n <= size && (n == 0 || memchr(text, '\n', n) == NULL), "not one line");
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    fuzz_input in = {bytes, size};
    const size_t piece = 1 + fuzz_byte(&in);
    const int whole = (int)fuzz_below(&in, 2);
    const found one = read_pieces(in.bytes, in.size, in.size + 4, whole);
    const found many = read_pieces(in.bytes, in.size, piece, whole);
    /* libxml2 2.9 treats an odd DOCTYPE differently depending on where its bytes are split */
    const int is_odd = in.size > 0 && memmem(in.bytes, in.size, "<!DOCTYPE", 9) != NULL;
    FUZZ_CHECK(is_odd || (one.size == many.size && memcmp(one.bytes, many.bytes, one.size) == 0),
               "pieces of %zu bytes give other items", piece);
    free(one.bytes);
    free(many.bytes);
    (void)tti_format_sniff_xml((const char *)in.bytes, in.size);
    check_markup(in.bytes, in.size);
    return 0;
}
