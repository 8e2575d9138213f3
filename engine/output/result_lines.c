/*
 * The lines of a result or gold file, one after another, each checked whole and scanned once for
 * the values that are wanted; these are scanned again by whoever takes the line.
 */
#include "output/result_lines.h"

#include "input/byte_stream.h"
#include "util/alloc.h"
#include "util/error.h"
#include "util/utf8.h"

#include <inttypes.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_BUFFER = 1 << 20, LONGEST_SHOWN_PATH = 120, LONGEST_NUMBER = 63 };

/* In the order of tti_line_key. */
static const char *const wanted[TTI_LINE_KEYS] = {
    "type",          "a",         "b",         "relation",    "resemblance", "containment_a",
    "containment_b", "overlap_a", "overlap_b", "facts",       "cluster",     "keep",
    "articles",      "section",   "tokens",    "occurrences", "rejected",    "bytes"};

/* ==== Values ================================================================================== */

tt_status tti_line_malformed(tti_result_line *e, const char *reason)
{
    return tti_fail(&e->fault, TT_EFORMAT, TTI_NOWHERE, "%s", reason);
}

static int bytes_are(const char *bytes, size_t size, const char *word)
{
    return size == strlen(word) && memcmp(bytes, word, size) == 0;
}

static int token_bytes_are(const tti_json *j, const char *word)
{
    return bytes_are(j->text + j->begin, j->end - j->begin, word);
}

int tti_line_value_is(const tti_result_line *e, tti_line_key which, const char *json)
{
    return e->bytes[which] != NULL && bytes_are(e->bytes[which], e->sizes[which], json);
}

tt_status tti_line_token_id(tti_result_line *e, const tti_json *j, tti_json_kind kind, tt_id *id)
{
    *id = (tt_id){j->text + j->begin, j->end - j->begin,
                  kind == TTI_JSON_NUMBER ? TT_ARTICLE_INTEGER_ID : 0, 0};
    if (kind == TTI_JSON_STRING && j->escaped) {
        id->size = tti_json_unescape(id->bytes, id->size, e->scratch);
        id->bytes = e->scratch;
        if (id->size == SIZE_MAX)
            return tti_line_malformed(e, "unpaired surrogate escape in an id");
    } else if (kind != TTI_JSON_STRING && !(kind == TTI_JSON_NUMBER && j->integer)) {
        return tti_line_malformed(e, "an id is neither a string nor an integer");
    }
    return TT_OK;
}

tt_status tti_line_id(tti_result_line *e, tti_line_key which, tt_id *id)
{
    tti_json j;
    if (e->bytes[which] == NULL)
        return tti_fail(&e->fault, TT_EFORMAT, TTI_NOWHERE, "no \"%s\"", wanted[which]);
    tti_json_init(&j, e->bytes[which], e->sizes[which]);
    return tti_line_token_id(e, &j, tti_json_next(&j), id);
}

tt_status tti_line_list(tti_result_line *e, tti_line_key which, tti_json *j)
{
    if (e->bytes[which] == NULL || e->bytes[which][0] != '[')
        return tti_fail(&e->fault, TT_EFORMAT, TTI_NOWHERE, "\"%s\" is not a list", wanted[which]);
    tti_json_init(j, e->bytes[which], e->sizes[which]);
    (void)tti_json_next(j);
    return TT_OK;
}

static int parse_count(const char *digits, size_t size, uint64_t *value)
{
    uint64_t n = 0;
    if (size == 0 || size > 18)
        return -1;
    for (size_t i = 0; i < size; i++) {
        if (digits[i] < '0' || digits[i] > '9')
            return -1;
        n = n * 10 + (uint64_t)(digits[i] - '0');
    }
    *value = n;
    return 0;
}

tt_status tti_line_count(tti_result_line *e, tti_line_key which, uint64_t *value)
{
    if (e->bytes[which] != NULL && parse_count(e->bytes[which], e->sizes[which], value) != 0)
        return tti_fail(&e->fault, TT_EFORMAT, TTI_NOWHERE, "\"%s\" is not a count", wanted[which]);
    return TT_OK;
}

/* A number of JSON, whatever the locale's decimal point. */
static double parse_number(const char *bytes, size_t size)
{
    const char *const point = localeconv()->decimal_point;
    char text[LONGEST_NUMBER + 8];
    size_t used = 0;
    if (size > LONGEST_NUMBER || strlen(point) > 7)
        return NAN;
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] == '.') {
            memcpy(text + used, point, strlen(point));
            used += strlen(point);
        } else {
            text[used++] = bytes[i];
        }
    }
    text[used] = '\0';
    return strtod(text, NULL);
}

tt_status tti_line_share(tti_result_line *e, tti_line_key which, double *value)
{
    const char *bytes = e->bytes[which];
    *value = NAN;
    if (bytes == NULL || tti_line_value_is(e, which, "null"))
        return TT_OK;
    if (*bytes < '0' || *bytes > '9' ||
        !((*value = parse_number(bytes, e->sizes[which])) >= 0 && *value <= 1))
        return tti_fail(&e->fault, TT_EFORMAT, TTI_NOWHERE, "\"%s\" is not a number from 0 to 1",
                        wanted[which]);
    return TT_OK;
}

/* ==== Occurrences ============================================================================= */

static tt_status read_occurrence_member(tti_result_line *e, tti_json *j, tti_json_kind kind,
                                        int member, tti_line_occurrence *occurrence)
{
    uint64_t *const offsets[] = {NULL, &occurrence->begin, &occurrence->end, &occurrence->of_begin,
                                 &occurrence->of_end};
    const char *bytes = j->text + j->begin;
    const size_t size = j->end - j->begin;
    if (member == TTI_OCCURRENCE_ARTICLE)
        return tti_line_token_id(e, j, kind, &occurrence->article);
    if (member == TTI_OCCURRENCE_SIMILARITY) {
        if (kind != TTI_JSON_NUMBER ||
            !((occurrence->similarity = parse_number(bytes, size)) >= 0 &&
              occurrence->similarity <= 1))
            return tti_line_malformed(e, "\"similarity\" is not a number from 0 to 1");
        return TT_OK;
    }
    if (kind != TTI_JSON_NUMBER || parse_count(bytes, size, offsets[member]) != 0)
        return tti_line_malformed(e, "\"begin\" or \"end\" is not an offset");
    return TT_OK;
}

tt_status tti_line_next_occurrence(tti_result_line *e, tti_json *j, tti_line_occurrence *occurrence)
{
    static const char *const members[] = {"article",  "begin",  "end",
                                          "of_begin", "of_end", "similarity"};
    enum { MEMBERS = sizeof members / sizeof *members };
    static const unsigned needed =
        1u << TTI_OCCURRENCE_ARTICLE | 1u << TTI_OCCURRENCE_BEGIN | 1u << TTI_OCCURRENCE_END;
    const tti_json_kind first = tti_json_next(j);
    memset(occurrence, 0, sizeof *occurrence);
    occurrence->similarity = 1;
    if (first == TTI_JSON_ARRAY_END)
        return TT_OK;
    if (first != TTI_JSON_OBJECT)
        return tti_line_malformed(e, "an occurrence is not an object");
    while (tti_json_next(j) == TTI_JSON_KEY) {
        int member = 0;
        tti_json_kind kind;
        while (member < MEMBERS && !token_bytes_are(j, members[member]))
            member++;
        kind = tti_json_next(j);
        if (member < MEMBERS) {
            TTI_TRY(read_occurrence_member(e, j, kind, member, occurrence));
            occurrence->seen |= 1u << member;
        }
        (void)tti_json_skip(j, kind);
    }
    if ((occurrence->seen & needed) != needed)
        return tti_line_malformed(e, "an occurrence without \"article\", \"begin\" or \"end\"");
    if (occurrence->begin >= occurrence->end)
        return tti_line_malformed(e, "an occurrence that ends before it begins");
    return TT_OK;
}

/* ==== Lines =================================================================================== */

/* Finds the values that are wanted; the whole line is checked. */
static tt_status find_line_values(tti_result_line *e, const char *text, size_t size)
{
    tti_json j;
    tti_json_kind kind;
    memset(e->bytes, 0, sizeof e->bytes);
    e->text = text;
    e->size = size;
    if (tti_utf8_valid_up_to(text, size) < size)
        return tti_line_malformed(e, "invalid UTF-8");
    tti_json_init(&j, text, size);
    if (tti_json_next(&j) != TTI_JSON_OBJECT)
        return tti_line_malformed(e, "not a JSON object");
    while ((kind = tti_json_next(&j)) == TTI_JSON_KEY) {
        int which = 0;
        size_t begin;
        while (which < TTI_LINE_KEYS && !token_bytes_are(&j, wanted[which]))
            which++;
        kind = tti_json_next(&j);
        begin = j.begin - (kind == TTI_JSON_STRING); /* with its quotes */
        if (tti_json_skip(&j, kind) != 0)
            break;
        if (which < TTI_LINE_KEYS) {
            e->bytes[which] = text + begin;
            e->sizes[which] = j.at - begin;
        }
    }
    if (j.fault != NULL || tti_json_next(&j) == TTI_JSON_BAD)
        return tti_fail(&e->fault, TT_EFORMAT, TTI_NOWHERE, "invalid JSON: %s at byte %zu", j.fault,
                        j.fault_at);
    if (e->bytes[TTI_LINE_TYPE] == NULL || e->bytes[TTI_LINE_TYPE][0] != '"')
        return tti_line_malformed(e, "no \"type\"");
    return TT_OK;
}

/* The lines of a file, one after another. */
typedef struct line_reader {
    tti_byte_stream *source;
    char *data, *scratch;
    size_t capacity, scratch_capacity;
    size_t begin, used; /* the line starts at begin */
    int at_end;
} line_reader;

/* @return TT_OK with *line NULL at the end */
static tt_status read_next_line(line_reader *f, const tt_allocator *a, const char **text,
                                size_t *size, tt_error *error)
{
    size_t searched = f->begin;
    *text = NULL;
    for (;;) {
        const char *newline =
            searched == f->used ? NULL : memchr(f->data + searched, '\n', f->used - searched);
        size_t got;
        if (newline != NULL || (f->at_end && f->begin < f->used)) {
            *text = f->data + f->begin;
            *size = newline == NULL ? f->used - f->begin : (size_t)(newline - *text);
            f->begin += *size + (newline != NULL);
            return TT_OK;
        }
        if (f->at_end)
            return TT_OK;
        searched = f->used - f->begin;
        if (searched > 0 && f->begin > 0)
            memmove(f->data, f->data + f->begin, searched);
        f->used = searched;
        f->begin = 0;
        if (f->used == f->capacity &&
            tti_reserve(a, &f->data, &f->capacity,
                        f->capacity == 0 ? FIRST_BUFFER : f->capacity + 1, 1) != 0)
            return tti_fail_memory(error, "a line");
        TTI_TRY(
            tti_byte_stream_read(f->source, f->data + f->used, f->capacity - f->used, &got, error));
        f->used += got;
        f->at_end = got == 0;
    }
}

static int is_blank_line(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (text[i] != ' ' && text[i] != '\t' && text[i] != '\r')
            return 0;
    return 1;
}

/* The end of a long path says more than its start. */
static const char *path_for_message(const char *path)
{
    const size_t size = strlen(path);
    if (size > LONGEST_SHOWN_PATH)
        for (path += size - LONGEST_SHOWN_PATH; ((unsigned char)*path & 0xc0) == 0x80; path++)
            ;
    return path;
}

static tt_status read_each_line(tti_result_line *e, line_reader *f, const char *path,
                                const tt_allocator *a, tti_result_line_fn take, void *ctx,
                                tt_error *error)
{
    tt_status status;
    for (uint64_t number = 1;; number++) {
        const char *text;
        size_t size;
        status = read_next_line(f, a, &text, &size, &e->fault);
        if (status != TT_OK)
            return tti_fail(error, status, TTI_NOWHERE, "%s: %s", path_for_message(path),
                            e->fault.message);
        if (text == NULL)
            return TT_OK;
        if (number == 1 && size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
            text += 3;
            size -= 3;
        }
        if (is_blank_line(text, size))
            continue;
        if (tti_reserve(a, &f->scratch, &f->scratch_capacity, size, 1) != 0)
            return tti_fail_memory(error, "a line");
        e->scratch = f->scratch;
        status = find_line_values(e, text, size);
        if (status == TT_OK)
            status = take(ctx, e);
        if (status != TT_OK)
            return tti_fail(error, status, number, "%s:%" PRIu64 ": %s", path_for_message(path),
                            number, e->fault.message);
    }
}

tt_status tti_result_lines_read(const char *path, const tt_allocator *a, tti_result_line_fn take,
                                void *ctx, tt_error *error)
{
    line_reader file;
    tti_result_line e;
    tt_status status;
    memset(&file, 0, sizeof file);
    memset(&e, 0, sizeof e);
    status = tti_byte_stream_open(&file.source, path, a, &e.fault);
    if (status != TT_OK)
        return tti_fail(error, status, TTI_NOWHERE, "%s: %s", path_for_message(path),
                        e.fault.message);
    status = read_each_line(&e, &file, path, a, take, ctx, error);
    tti_byte_stream_close(file.source);
    tti_release(a, file.data, file.capacity, 1);
    tti_release(a, file.scratch, file.scratch_capacity, 1);
    return status;
}
