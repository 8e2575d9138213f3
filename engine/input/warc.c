/*
 * A record is a head of lines, which an empty line ends, and as many bytes of content as the head
 * says. Heads and wanted contents are collected whole; other contents are passed. The content of a
 * response is a message of HTTP, whose own head says how the page in it was sent: in chunks,
 * compressed, in some encoding.
 */
#define _POSIX_C_SOURCE 200809L
#include "input/warc.h"

#include "input/byte_stream.h"
#include "input/format.h"
#include "input/html_page.h"
#include "input/refusal.h"
#include "util/alloc.h"
#include "util/error.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { LONGEST_HEAD = 64 << 10 };

typedef struct text_span {
    const char *text;
    size_t size;
} text_span;

typedef enum { IN_HEAD, IN_CONTENT, PASSING_CONTENT } warc_state;

struct tti_warc {
    tti_warc_options options;
    tti_xml_fn emit;
    void *ctx;
    warc_state state;
    uint64_t left;       /* bytes of the content that are still to come */
    uint64_t record;     /* the number of this one */
    tti_char_array head; /* of the record, to its empty line */
    tti_char_array content, page, decoded, object;
    char fault[80];
};

tt_status tti_warc_open(tti_warc **out, const tti_warc_options *options, tti_xml_fn emit, void *ctx)
{
    tti_warc *w = tti_alloc_zero(options->allocator, 1, sizeof *w);
    *out = w;
    if (w == NULL)
        return TT_ENOMEM;
    w->options = *options;
    w->emit = emit;
    w->ctx = ctx;
    w->record = 1;
    return TT_OK;
}

const char *tti_warc_fault(const tti_warc *w, uint64_t *record)
{
    *record = w->record;
    return w->fault;
}

void tti_warc_close(tti_warc *w)
{
    if (w == NULL)
        return;
    tti_array_free(&w->head, w->options.allocator);
    tti_array_free(&w->content, w->options.allocator);
    tti_array_free(&w->page, w->options.allocator);
    tti_array_free(&w->decoded, w->options.allocator);
    tti_array_free(&w->object, w->options.allocator);
    tti_release(w->options.allocator, w, 1, sizeof *w);
}

/* ==== Heads =================================================================================== */

/* The size of a head with the empty line that ends it. @return 0: that line is not there */
static size_t head_size(const char *bytes, size_t size, size_t from)
{
    for (size_t at = from; at < size; at++)
        if (bytes[at] == '\n') {
            if (at + 1 < size && bytes[at + 1] == '\n')
                return at + 2;
            if (at + 2 < size && bytes[at + 1] == '\r' && bytes[at + 2] == '\n')
                return at + 3;
        }
    return 0;
}

static int is_blank_or_end(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The value of a field of a head, without blanks around it. @return its size is 0: it has none */
static text_span head_field(text_span head, const char *name)
{
    const size_t n = strlen(name);
    const char *end = head.text + head.size;
    for (const char *line = head.text; line < end;) {
        const char *newline = memchr(line, '\n', (size_t)(end - line));
        const char *stop = newline == NULL ? end : newline;
        if ((size_t)(stop - line) > n && line[n] == ':' && strncasecmp(line, name, n) == 0) {
            const char *value = line + n + 1;
            while (value < stop && is_blank_or_end(*value))
                value++;
            while (stop > value && is_blank_or_end(stop[-1]))
                stop--;
            return (text_span){value, (size_t)(stop - value)};
        }
        line = newline == NULL ? end : newline + 1;
    }
    return (text_span){head.text, 0};
}

static int begins_with(text_span value, const char *word)
{
    return value.size >= strlen(word) && strncasecmp(value.text, word, strlen(word)) == 0;
}

/* Reads decimal digits, and nothing else. @return 0: it is none, or too large */
static int read_decimal(text_span value, uint64_t *number)
{
    *number = 0;
    for (size_t i = 0; i < value.size; i++) {
        if (value.text[i] < '0' || value.text[i] > '9' || *number > UINT64_MAX / 20)
            return 0;
        *number = *number * 10 + (uint64_t)(value.text[i] - '0');
    }
    return value.size > 0;
}

/* ==== Pages =================================================================================== */

/* Takes a body that was sent in chunks apart, where it is; what is no chunk ends it. */
static size_t join_chunks(char *body, size_t size)
{
    size_t from = 0, to = 0;
    for (;;) {
        size_t chunk = 0;
        const size_t digits = from;
        for (; from < size && memchr("0123456789abcdefABCDEF", body[from], 22) != NULL; from++) {
            const char c = body[from];
            if (from - digits > 8)
                return to;
            chunk = chunk * 16 + (size_t)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
        }
        while (from < size && body[from] != '\n')
            from++;
        from++;
        if (from == digits + 1 || chunk == 0 || from >= size)
            return to;
        if (chunk > size - from)
            chunk = size - from;
        memmove(body + to, body + from, chunk);
        to += chunk;
        from += chunk;
        while (from < size && (body[from] == '\r' || body[from] == '\n'))
            from++;
    }
}

/* A tti_byte_source. */
static tt_status read_span(void *ctx, char *bytes, size_t room, size_t *got, tt_error *error)
{
    text_span *from = ctx;
    (void)error;
    *got = from->size < room ? from->size : room;
    memcpy(bytes, from->text, *got);
    from->text += *got;
    from->size -= *got;
    return TT_OK;
}

/* Decompresses a body into w->page. */
static tt_status decompress_body(tti_warc *w, text_span body, tt_error *why)
{
    const tt_allocator *a = w->options.allocator;
    tti_byte_stream *stream = NULL;
    tt_status status = tti_byte_stream_open_source(&stream, read_span, &body, a, why);
    size_t got = 1;
    w->page.count = 0;
    while (status == TT_OK && got > 0) {
        if (tti_array_reserve(&w->page, a, 64 << 10) != TT_OK) {
            status = TT_ENOMEM;
            break;
        }
        status = tti_byte_stream_read(stream, w->page.items + w->page.count, 64 << 10, &got, why);
        w->page.count += got;
        if (w->page.count > w->options.longest_record)
            status = tti_fail(why, TT_ELIMIT, TTI_NOWHERE, "the page is too long");
    }
    tti_byte_stream_close(stream);
    return status;
}

/* The charset of a Content-Type, or "". */
static void find_charset(text_span type, char *charset, size_t room)
{
    const char *end = type.text + type.size, *c = type.text;
    size_t n = 0;
    while (c + 8 < end && strncasecmp(c, "charset=", 8) != 0)
        c++;
    for (c += 8; c < end && n + 1 < room; c++)
        if (*c != '"' && *c != '\'') {
            if (*c == ';' || *c == ' ')
                break;
            charset[n++] = *c;
        }
    charset[n] = '\0';
}

static tt_status emit_rejected(tti_warc *w, tt_status status, const char *reason)
{
    const tti_xml_item item = {NULL, 0, w->record, status, reason};
    return w->emit(w->ctx, &item);
}

static int is_html_type(text_span type)
{
    return begins_with(type, "text/html") || begins_with(type, "application/xhtml");
}

/* Whether it is that of a page or a text, or what it is shows in the content. */
static int is_text_type(text_span type)
{
    return type.size == 0 || is_html_type(type) || begins_with(type, "text/plain");
}

/* The Content-Type of what says none, by its first bytes. @return its size is 0: it is no text */
static text_span guess_type(const char *text, size_t size)
{
    tti_file_kind file = {"", 0, TTI_FORMAT_TEXT, TT_TEXT_AUTO};
    tti_first_bytes seen = {.bytes = text, .size = size, .at_end = 1};
    const char *advice;
    while (seen.size > 0 && is_blank_or_end(*seen.bytes))
        seen.bytes++, seen.size--;
    (void)tti_format_decide(&file.format, &seen);
    if (file.format == TTI_FORMAT_HTML)
        return (text_span){"text/html", 9};
    return (text_span){"text/plain",
                       file.format == TTI_FORMAT_TEXT &&
                               tti_refusal_of(&file, seen.bytes, seen.size, &advice) == NULL
                           ? 10
                           : 0};
}

/* Gives the page, or the plain text, of this Content-Type as an item. `text` is changed. */
static tt_status emit_page(tti_warc *w, char *text, size_t size, text_span type)
{
    const tt_allocator *a = w->options.allocator;
    const text_span head = {w->head.items, w->head.count};
    const text_span date = head_field(head, "WARC-Date");
    text_span address = head_field(head, "WARC-Target-URI");
    tti_xml_item item = {NULL, 0, w->record, TT_OK, NULL};
    char id[2100], when[40], charset[40];
    int has_text = size > 0;
    if (type.size == 0)
        type = guess_type(text, size);
    if (type.size == 0)
        return w->options.pass_over(w->ctx, "x.untyped");
    if (address.size >= 2 && address.text[0] == '<' && address.text[address.size - 1] == '>')
        address = (text_span){address.text + 1, address.size - 2}; /* as WARC 1.0 has it */
    if (address.size == 0)
        return emit_rejected(w, TT_EFORMAT, "a page without an address");
    (void)snprintf(id, sizeof id, "%.*s",
                   (int)(address.size < sizeof id ? address.size : sizeof id), address.text);
    (void)snprintf(when, sizeof when, "%.*s", (int)(date.size < sizeof when ? date.size : 0),
                   date.text);
    w->object.count = 0;
    find_charset(type, charset, sizeof charset);
    TTI_TRY(tti_html_page_decode(text, size, charset, &w->decoded, a));
    if (w->decoded.count > 0) {
        text = w->decoded.items;
        size = w->decoded.count;
    }
    if (is_html_type(type)) {
        TTI_TRY(tti_html_page_read(text, size, id, when, &w->object, &has_text, a));
    } else {
        TTI_TRY(tti_json_item_member(&w->object, a, "id", 2, id, strlen(id)));
        if (when[0] != '\0')
            TTI_TRY(tti_json_item_member(&w->object, a, "published", 9, when, strlen(when)));
        TTI_TRY(tti_json_item_member(&w->object, a, "text", 4, text, size));
        TTI_TRY(tti_json_item_end(&w->object, a));
    }
    item.json = w->object.items;
    item.size = w->object.count;
    if (!has_text) {
        item.status = TT_EFORMAT;
        item.reason = "no text in the page";
    }
    return w->emit(w->ctx, &item);
}

/* ==== Records ================================================================================= */

/* Passes over what is no page, by the kind that its type names: "image/svg+xml" as "x.svg". */
static tt_status pass_over_type(tti_warc *w, text_span type)
{
    char name[16] = "x.";
    size_t n = 2;
    const char *slash = memchr(type.text, '/', type.size);
    for (const char *c = slash == NULL ? type.text + type.size : slash + 1;
         c < type.text + type.size && n + 1 < sizeof name && strchr(";+ ", *c) == NULL; c++)
        name[n++] = *c;
    name[n] = '\0';
    return w->options.pass_over(w->ctx, name);
}

/* A response: the page in a message of HTTP. */
static tt_status read_response(tti_warc *w)
{
    char *bytes = w->content.items;
    const size_t head = head_size(bytes, w->content.count, 0);
    const text_span fields = {bytes, head};
    const text_span type = head_field(fields, "Content-Type");
    const text_span coding = head_field(fields, "Content-Encoding");
    const char *code = head == 0 ? NULL : memchr(bytes, ' ', head);
    char *body = bytes + head;
    size_t size = w->content.count - head;
    tt_error why = {TT_OK, 0, ""};
    tt_status status;
    if (head < 12 || memcmp(bytes, "HTTP/", 5) != 0 || code == NULL || code + 4 > body)
        return emit_rejected(w, TT_EFORMAT, "a response that is not HTTP");
    if (memcmp(code, " 200", 4) != 0) {
        char name[16];
        (void)snprintf(name, sizeof name, "x.http%.3s", code + 1);
        return w->options.pass_over(w->ctx, name);
    }
    if (!is_text_type(type))
        return pass_over_type(w, type);
    if (begins_with(head_field(fields, "Transfer-Encoding"), "chunked"))
        size = join_chunks(body, size);
    if (size > 0 && body[0] != '<' && coding.size > 0 && !begins_with(coding, "gzip") &&
        !begins_with(coding, "x-gzip") && !begins_with(coding, "zstd") &&
        !begins_with(coding, "identity")) {
        char reason[80];
        (void)snprintf(reason, sizeof reason, "a page compressed with %.*s, which is not read",
                       (int)(coding.size < 20 ? coding.size : 20), coding.text);
        return emit_rejected(w, TT_EVERSION, reason);
    }
    if (coding.size == 0)
        return emit_page(w, body, size, type);
    status = decompress_body(w, (text_span){body, size}, &why);
    if (status == TT_ENOMEM)
        return status;
    return status != TT_OK ? emit_rejected(w, status, why.message)
                           : emit_page(w, w->page.items, w->page.count, type);
}

static tt_status end_record(tti_warc *w)
{
    const text_span head = {w->head.items, w->head.count}, type = head_field(head, "Content-Type");
    const text_span content = {w->content.items, w->content.count};
    tt_status status = TT_OK;
    if (w->state == IN_CONTENT &&
        (begins_with(type, "application/http") ||
         (begins_with(head_field(head, "WARC-Type"), "response") && begins_with(content, "HTTP/"))))
        status = read_response(w);
    else if (w->state == IN_CONTENT)
        status = emit_page(w, w->content.items, w->content.count, type);
    w->state = IN_HEAD;
    w->head.count = w->content.count = 0;
    w->record++;
    return status;
}

/* Decides whether the content may be an article: as a response, or as a page by itself. What is one
 * of these, but of another type, is passed over. */
static tt_status choose_content(tti_warc *w, text_span head)
{
    const text_span kind = head_field(head, "WARC-Type"), type = head_field(head, "Content-Type");
    const int is_response = begins_with(kind, "response");
    w->state = PASSING_CONTENT;
    if (!is_response && !begins_with(kind, "resource") && !begins_with(kind, "conversion"))
        return TT_OK;
    if (is_response ? type.size > 0 && !begins_with(type, "application/http") : !is_text_type(type))
        return pass_over_type(w, type);
    w->state = IN_CONTENT;
    return TT_OK;
}

static tt_status begin_content(tti_warc *w)
{
    const text_span head = {w->head.items, w->head.count};
    if (!read_decimal(head_field(head, "Content-Length"), &w->left)) {
        (void)snprintf(w->fault, sizeof w->fault, "a record without a Content-Length");
        return TT_EFORMAT;
    }
    TTI_TRY(choose_content(w, head));
    if (w->state == IN_CONTENT && w->left > w->options.longest_record) {
        char reason[100];
        w->state = PASSING_CONTENT;
        (void)snprintf(reason, sizeof reason,
                       "a record of %" PRIu64 " bytes is over the limit of %" PRIu64, w->left,
                       w->options.longest_record);
        TTI_TRY(emit_rejected(w, TT_ELIMIT, reason));
    }
    return w->left == 0 ? end_record(w) : TT_OK;
}

/* Takes bytes of a head, with the empty lines in front of it. *at moves on. */
static tt_status feed_head(tti_warc *w, const char *bytes, size_t size, size_t *at)
{
    const size_t before = w->head.count;
    size_t end;
    while (before == 0 && *at < size && is_blank_or_end(bytes[*at]))
        (*at)++;
    if (tti_array_append(&w->head, w->options.allocator, bytes + *at,
                         size - *at < LONGEST_HEAD ? size - *at : LONGEST_HEAD) != TT_OK)
        return TT_ENOMEM;
    end = head_size(w->head.items, w->head.count, before < 3 ? 0 : before - 3);
    if ((end == 0 ? w->head.count : end) > LONGEST_HEAD ||
        ((end > 0 || w->head.count >= 5) &&
         (w->head.count < 5 || memcmp(w->head.items, "WARC/", 5) != 0))) {
        (void)snprintf(w->fault, sizeof w->fault, "no record of a web archive where one should be");
        return TT_EFORMAT;
    }
    *at += (end == 0 ? w->head.count : end) - before;
    if (end == 0)
        return TT_OK;
    w->head.count = end;
    return begin_content(w);
}

tt_status tti_warc_feed(tti_warc *w, const char *bytes, size_t size, int last)
{
    for (size_t at = 0; at < size;) {
        size_t taken;
        if (w->state == IN_HEAD) {
            TTI_TRY(feed_head(w, bytes, size, &at));
            continue;
        }
        taken = w->left < size - at ? (size_t)w->left : size - at;
        if (w->state == IN_CONTENT &&
            tti_array_append(&w->content, w->options.allocator, bytes + at, taken) != TT_OK)
            return TT_ENOMEM;
        at += taken;
        w->left -= taken;
        if (w->left == 0)
            TTI_TRY(end_record(w));
    }
    if (last && (w->state != IN_HEAD || w->head.count > 0)) {
        (void)snprintf(w->fault, sizeof w->fault, "the web archive ends within a record");
        return TT_EFORMAT;
    }
    return TT_OK;
}
