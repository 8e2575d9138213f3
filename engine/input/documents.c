/*
 * A document is collected up to its end tag. The id is that of its tag or of DOCNO or DOCID, the
 * text what is in its TEXT elements; without one, as in WikiExtractor's files, it is everything but
 * the elements that are fields. A text without <p> has its paragraphs apart by blank lines, which
 * get a tag each, so that tti_markup_strip() leaves them apart.
 */
#define _POSIX_C_SOURCE 200809L
#include "input/documents.h"

#include "input/json_item.h"
#include "input/markup.h"
#include "input/text_records.h"
#include "util/alloc.h"
#include "util/error.h"
#include "util/time.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char begin_tag[] = "<doc", end_tag[] = "</doc>";

/* What is between tags, or is the value of an attribute. */
typedef struct tagged_text {
    const char *text;
    size_t size;
} tagged_text;

struct tti_documents {
    const tt_allocator *allocator;
    uint64_t longest;
    tti_xml_fn emit;
    void *ctx;
    tti_char_array held;
    size_t begin, searched; /* in it: what is still to be read; where its end tag may begin */
    int is_begun;           /* a document begins there; */
    int is_passing;         /* it is too long, and the first part of it is not held */
    uint64_t line, begin_line;
    tti_char_array text, title, id, json;
    char fault[80];
};

/* ==== Tags ==================================================================================== */

static int is_separator(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Whether the tag of this name is at `at`, with attributes or without. */
static int has_tag_at(tagged_text in, size_t at, const char *name)
{
    const size_t n = strlen(name);
    return in.size - at > n && strncasecmp(in.text + at, name, n) == 0 &&
           (in.text[at + n] == '>' || is_separator(in.text[at + n]));
}

/* Takes the content of the next element of this name at or after *at, and moves *at behind it.
 * `name` is "<text". @return 0: there is none */
static int next_element(tagged_text in, const char *name, size_t *at, tagged_text *content)
{
    const size_t n = strlen(name);
    char end_name[16];
    (void)snprintf(end_name, sizeof end_name, "</%s", name + 1);
    for (size_t i = *at; i < in.size; i++) {
        const char *close;
        size_t end;
        if (in.text[i] != '<' || !has_tag_at(in, i, name))
            continue;
        close = memchr(in.text + i + n, '>', in.size - i - n);
        if (close == NULL)
            return 0;
        content->text = close + 1;
        end = (size_t)(close + 1 - in.text);
        while (end < in.size && !(in.text[end] == '<' && has_tag_at(in, end, end_name)))
            end++;
        content->size = end - (size_t)(content->text - in.text);
        *at = end;
        return 1;
    }
    return 0;
}

/* The value of an attribute of the document's tag. @return its size is 0: it has none */
static tagged_text document_attribute(tagged_text tag, const char *name)
{
    const size_t n = strlen(name);
    for (size_t i = 1; i + n + 2 < tag.size; i++)
        if (is_separator(tag.text[i - 1]) && strncasecmp(tag.text + i, name, n) == 0 &&
            tag.text[i + n] == '=') {
            const char quote = tag.text[i + n + 1];
            const char *value = tag.text + i + n + 2;
            const char *end = quote == '"' || quote == '\''
                                  ? memchr(value, quote, (size_t)(tag.text + tag.size - value))
                                  : NULL;
            return (tagged_text){value, end == NULL ? 0 : (size_t)(end - value)};
        }
    return (tagged_text){tag.text, 0};
}

int tti_documents_begin(const char *bytes, size_t size)
{
    static const char *const fields[] = {"<docno", "<docid", "<text", "<headline"};
    const tagged_text in = {bytes, size};
    const char *close = memchr(bytes, '>', size);
    if (close == NULL || !has_tag_at(in, 0, begin_tag))
        return 0;
    if (document_attribute((tagged_text){bytes, (size_t)(close - bytes)}, "id").size > 0)
        return 1;
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        tagged_text content;
        size_t at = 0;
        if (next_element(in, fields[i], &at, &content))
            return 1;
    }
    return 0;
}

/* ==== Documents =============================================================================== */

/* Appends a part of the text: its paragraphs get a tag where they have none. */
static tt_status append_paragraphs(tti_documents *d, tagged_text part)
{
    tagged_text content;
    size_t at = 0, from = 0;
    const int is_tagged = next_element(part, "<p", &at, &content);
    TTI_TRY(tti_array_append(&d->text, d->allocator, "<p>", 3));
    for (size_t i = 0; i + 1 < part.size && !is_tagged; i++) {
        size_t next = i + 1;
        while (next < part.size && (part.text[next] == '\r' || part.text[next] == ' '))
            next++;
        if (part.text[i] != '\n' || next == part.size || part.text[next] != '\n')
            continue;
        TTI_TRY(tti_array_append(&d->text, d->allocator, part.text + from, i - from));
        TTI_TRY(tti_array_append(&d->text, d->allocator, "<p>", 3));
        from = i = next;
    }
    return tti_array_append(&d->text, d->allocator, part.text + from, part.size - from);
}

/* Takes one line of text as a field. */
static tt_status take_line(tti_documents *d, tti_char_array *field, tagged_text text)
{
    field->count = 0;
    TTI_TRY(tti_array_append(field, d->allocator, text.text, text.size));
    if (field->count > 0)
        field->count = tti_markup_strip(field->items, field->count);
    if (field->count > 0)
        field->count = tti_markup_normalize_space(field->items, field->count);
    return TT_OK;
}

/* Takes the first of these elements that is there and not empty. */
static tt_status take_element(tti_documents *d, tti_char_array *field, tagged_text in,
                              const char *const *names, size_t count)
{
    for (size_t i = 0; i < count && field->count == 0; i++) {
        tagged_text content;
        size_t at = 0;
        if (next_element(in, names[i], &at, &content))
            TTI_TRY(take_line(d, field, content));
    }
    return TT_OK;
}

/* Takes the text: of the elements of that name, or what is left without those that are fields and
 * without the title in front. */
static tt_status take_document_text(tti_documents *d, tagged_text in)
{
    tagged_text content;
    size_t at = 0;
    int has_element = 0;
    d->text.count = 0;
    while (next_element(in, "<text", &at, &content)) {
        has_element = 1;
        TTI_TRY(append_paragraphs(d, content));
    }
    if (!has_element) {
        static const char *const fields[] = {"<docno", "<docid", "<headline", "<title"};
        size_t begin = 0;
        for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
            at = 0;
            if (next_element(in, fields[i], &at, &content) && at > begin) {
                const char *close = memchr(in.text + at, '>', in.size - at);
                begin = close == NULL ? in.size : (size_t)(close + 1 - in.text);
            }
        }
        TTI_TRY(append_paragraphs(d, (tagged_text){in.text + begin, in.size - begin}));
    }
    if (d->text.count > 0)
        d->text.count = tti_markup_strip(d->text.items, d->text.count);
    if (!has_element && d->title.count > 0 && d->text.count > d->title.count + 2 &&
        memcmp(d->text.items, d->title.items, d->title.count) == 0 &&
        memcmp(d->text.items + d->title.count, "\n\n", 2) == 0) {
        d->text.count -= d->title.count + 2;
        memmove(d->text.items, d->text.items + d->title.count + 2, d->text.count);
    }
    return TT_OK;
}

static tt_status append_field(tti_documents *d, const char *name, const char *value, size_t size)
{
    return size == 0
               ? TT_OK
               : tti_json_item_member(&d->json, d->allocator, name, strlen(name), value, size);
}

/* The day in an id of Gigaword, "AFP_ENG_19940512.0001". @return bytes of the time; 0: none */
static size_t time_of_id(tagged_text id, char time[TTI_TIME_ROOM])
{
    enum { DAY = 8 };
    const char *dot = id.size == 0 ? NULL : memchr(id.text, '.', id.size);
    return dot != NULL && dot - id.text > DAY && dot[-DAY - 1] == '_'
               ? tti_time_to_rfc3339(dot - DAY, DAY, time)
               : 0;
}

/* Gives the document that ends before this offset. */
static tt_status emit_document(tti_documents *d, size_t end)
{
    static const char *const ids[] = {"<docno", "<docid"};
    static const char *const titles[] = {"<headline", "<title", "<head", "<hl"};
    static const char *const times[] = {"<date_time", "<datetime", "<date"};
    const char *const bytes = d->held.items + d->begin;
    const size_t size = end - d->begin;
    const char *close = memchr(bytes, '>', size);
    const size_t tag_size = close == NULL ? size : (size_t)(close + 1 - bytes);
    const tagged_text tag = {bytes, tag_size}, in = {bytes + tag_size, size - tag_size};
    const tagged_text url = document_attribute(tag, "url");
    tti_xml_item item = {NULL, 0, d->begin_line, TT_OK, NULL};
    char time[TTI_TIME_ROOM];
    size_t time_size = 0;
    if (d->is_passing) {
        item.status = TT_ELIMIT;
        item.reason = "a document that is too long";
        return d->emit(d->ctx, &item);
    }
    TTI_TRY(take_line(d, &d->id, document_attribute(tag, "id")));
    TTI_TRY(take_element(d, &d->id, in, ids, 2));
    d->title.count = 0;
    TTI_TRY(take_element(d, &d->title, in, times, 3));
    if (d->title.count > 0)
        time_size = tti_time_to_rfc3339(d->title.items, d->title.count, time);
    if (time_size == 0)
        time_size = time_of_id((tagged_text){d->id.items, d->id.count}, time);
    TTI_TRY(take_line(d, &d->title, document_attribute(tag, "title")));
    TTI_TRY(take_element(d, &d->title, in, titles, 4));
    TTI_TRY(take_document_text(d, in));
    d->json.count = 0;
    TTI_TRY(append_field(d, "id", d->id.items, d->id.count));
    TTI_TRY(append_field(d, "text", d->text.items, d->text.count));
    TTI_TRY(append_field(d, "title", d->title.items, d->title.count));
    TTI_TRY(append_field(d, "published", time, time_size));
    TTI_TRY(append_field(d, "url", url.text, url.size));
    TTI_TRY(tti_json_item_end(&d->json, d->allocator));
    item.json = d->json.items;
    item.size = d->json.count;
    if (d->text.count == 0) {
        item.status = TT_EFORMAT;
        item.reason = "no text in the document";
    } else if (tti_text_records_has_columns(in.text, in.size)) {
        item.status = TT_EVERSION;
        item.reason = "a word a line, with tags; give the text that was tagged";
    }
    return d->emit(d->ctx, &item);
}

/* ==== Feeding ================================================================================= */

tt_status tti_documents_open(tti_documents **out, const tt_allocator *allocator, uint64_t longest,
                             tti_xml_fn emit, void *ctx)
{
    tti_documents *d = tti_alloc_zero(allocator, 1, sizeof *d);
    *out = d;
    if (d == NULL)
        return TT_ENOMEM;
    d->allocator = allocator;
    d->longest = longest;
    d->emit = emit;
    d->ctx = ctx;
    d->line = 1;
    return TT_OK;
}

static tt_status fail_documents(tti_documents *d, const char *fault)
{
    (void)snprintf(d->fault, sizeof d->fault, "%s", fault);
    return TT_EFORMAT;
}

/* Moves the beginning of what is not read yet on to `at`. */
static void move_to(tti_documents *d, size_t at)
{
    for (size_t i = d->begin; i < at; i++)
        d->line += d->held.items[i] == '\n';
    d->begin = d->searched = at;
}

/* Moves to the next document, over blanks. @return 1: its tag begins, 0: more bytes are needed; -1:
 * something else is there */
static int pass_to_document(tti_documents *d, int last)
{
    size_t at = d->begin;
    while (at < d->held.count && is_separator(d->held.items[at]))
        at++;
    move_to(d, at);
    if (at == d->held.count || (d->held.count - at < sizeof begin_tag && !last))
        return 0;
    return has_tag_at((tagged_text){d->held.items + at, d->held.count - at}, 0, begin_tag) ? 1 : -1;
}

/* Finds the end tag in what is held. @return its offset, or SIZE_MAX */
static size_t find_end_tag(tti_documents *d)
{
    const size_t n = sizeof end_tag - 1;
    for (size_t i = d->searched; i + n <= d->held.count; i++)
        if (d->held.items[i] == '<' && strncasecmp(d->held.items + i, end_tag, n) == 0)
            return i;
    if (d->held.count - d->searched >= n)
        d->searched = d->held.count - n + 1;
    return SIZE_MAX;
}

/* Reads the documents that are held whole, and finds that another one has begun or not. */
static tt_status read_documents(tti_documents *d, int last)
{
    for (;;) {
        size_t end;
        if (!d->is_begun) {
            const int is_there = pass_to_document(d, last);
            if (is_there < 0)
                return fail_documents(d, "something else than a <doc> where one should begin");
            if (is_there == 0)
                return TT_OK;
            d->is_begun = 1;
            d->begin_line = d->line;
        }
        end = find_end_tag(d);
        if (end == SIZE_MAX)
            return last ? fail_documents(d, "a document without its end; the file was cut") : TT_OK;
        TTI_TRY(emit_document(d, end));
        move_to(d, end + sizeof end_tag - 1);
        d->is_begun = d->is_passing = 0;
    }
}

tt_status tti_documents_feed(tti_documents *d, const char *bytes, size_t size, int last)
{
    TTI_TRY(tti_array_append(&d->held, d->allocator, bytes, size));
    TTI_TRY(read_documents(d, last));
    if (d->is_begun && d->held.count - d->begin > d->longest) {
        d->is_passing = 1;
        move_to(d, d->searched); /* what may begin the end tag stays */
    }
    d->held.count -= d->begin;
    if (d->held.count > 0 && d->begin > 0)
        memmove(d->held.items, d->held.items + d->begin, d->held.count);
    d->searched -= d->begin;
    d->begin = 0;
    return TT_OK;
}

const char *tti_documents_fault(const tti_documents *d, uint64_t *line)
{
    *line = d->is_begun ? d->begin_line : d->line;
    return d->fault;
}

void tti_documents_close(tti_documents *d)
{
    if (d == NULL)
        return;
    tti_array_free(&d->held, d->allocator);
    tti_array_free(&d->text, d->allocator);
    tti_array_free(&d->title, d->allocator);
    tti_array_free(&d->id, d->allocator);
    tti_array_free(&d->json, d->allocator);
    tti_release(d->allocator, d, 1, sizeof *d);
}
