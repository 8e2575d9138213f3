/*
 * The scanner has a state for each place in the grammar and a bit for each open container. It
 * passes strings eight bytes at a time.
 */
#include "input/json.h"

#include <assert.h>
#include <string.h>

enum { VALUE, VALUE_OR_CLOSE, KEY, KEY_OR_CLOSE, COMMA_OR_CLOSE, NO_MORE };

static const uint64_t LOW_BITS = 0x0101010101010101u;
static const uint64_t HIGH_BITS = 0x8080808080808080u;

void tti_json_init(tti_json *json, const char *text, size_t size)
{
    json->text = text;
    json->size = size;
    json->at = 0;
    json->depth = 0;
    json->expected = VALUE;
    json->fault = NULL;
    json->fault_at = 0;
}

static tti_json_kind set_json_fault(tti_json *j, const char *fault, size_t at)
{
    if (j->fault == NULL) {
        j->fault = fault;
        j->fault_at = at;
    }
    return TTI_JSON_BAD;
}

static int is_in_object(const tti_json *j)
{
    return j->depth > 0 && (j->in_object[(j->depth - 1) / 64] >> ((j->depth - 1) % 64) & 1);
}

static void expect_after_value(tti_json *j)
{
    j->expected = j->depth == 0 ? NO_MORE : COMMA_OR_CLOSE;
}

static tti_json_kind open_container(tti_json *j, int object)
{
    const uint64_t bit = (uint64_t)1 << (j->depth % 64);
    if (j->depth == TTI_JSON_DEPTH)
        return set_json_fault(j, "nested too deeply", j->at);
    if (object)
        j->in_object[j->depth / 64] |= bit;
    else
        j->in_object[j->depth / 64] &= ~bit;
    j->depth++;
    j->begin = j->at++;
    j->end = j->at;
    j->expected = object ? KEY_OR_CLOSE : VALUE_OR_CLOSE;
    return object ? TTI_JSON_OBJECT : TTI_JSON_ARRAY;
}

static tti_json_kind close_container(tti_json *j)
{
    const int object = is_in_object(j);
    assert(j->depth > 0);
    j->begin = j->at++;
    j->end = j->at;
    j->depth--;
    expect_after_value(j);
    return object ? TTI_JSON_OBJECT_END : TTI_JSON_ARRAY_END;
}

/* The offset of the first quote, backslash or control character from `at` on. */
static size_t skip_ordinary(const char *text, size_t at, size_t size)
{
    while (size - at >= 8) {
        uint64_t w, quote, slash, found;
        memcpy(&w, text + at, 8);
        quote = w ^ LOW_BITS * '"';
        slash = w ^ LOW_BITS * '\\';
        /* this may mark bytes above a true one but never misses one */
        found = ((quote - LOW_BITS) & ~quote) | ((slash - LOW_BITS) & ~slash) |
                ((w - LOW_BITS * 0x20) & ~w);
        if (found & HIGH_BITS)
            break;
        at += 8;
    }
    while (at < size && text[at] != '"' && text[at] != '\\' && (unsigned char)text[at] >= 0x20)
        at++;
    return at;
}

/* The size of the escape at `at`, where a backslash is; 0: it is none. */
static size_t escape_size(const tti_json *j, size_t at)
{
    if (j->size - at < 2)
        return 0;
    if (j->text[at + 1] != 'u')
        return j->text[at + 1] != '\0' && strchr("\"\\/bfnrt", j->text[at + 1]) != NULL ? 2 : 0;
    if (j->size - at < 6)
        return 0;
    for (size_t i = 2; i < 6; i++)
        if (tti_hex_value(j->text[at + i]) < 0)
            return 0;
    return 6;
}

/* Scans the string whose quote is at j->at. @return 0, or -1 at a fault */
static int scan_string(tti_json *j)
{
    const size_t quote = j->at++;
    j->begin = j->at;
    j->escaped = 0;
    for (;;) {
        size_t escape;
        j->at = skip_ordinary(j->text, j->at, j->size);
        if (j->at == j->size) {
            (void)set_json_fault(j, TTI_JSON_NO_QUOTE, quote);
            return -1;
        }
        if (j->text[j->at] == '"')
            break;
        escape = j->text[j->at] == '\\' ? escape_size(j, j->at) : 0;
        if (escape == 0) {
            (void)set_json_fault(
                j, j->text[j->at] == '\\' ? "bad escape" : "control character in a string", j->at);
            return -1;
        }
        j->escaped = 1;
        j->at += escape;
    }
    j->end = j->at++;
    return 0;
}

static size_t skip_digits(const tti_json *j, size_t at)
{
    while (at < j->size && j->text[at] >= '0' && j->text[at] <= '9')
        at++;
    return at;
}

static tti_json_kind scan_number(tti_json *j)
{
    size_t at = j->begin = j->at, from;
    j->integer = 1;
    if (j->text[at] == '-')
        at++;
    from = at;
    at = skip_digits(j, at);
    if (at == from || (at - from > 1 && j->text[from] == '0'))
        return set_json_fault(j, "bad number", j->begin);
    if (at < j->size && j->text[at] == '.') {
        j->integer = 0;
        from = ++at;
        at = skip_digits(j, at);
        if (at == from)
            return set_json_fault(j, "bad number", j->begin);
    }
    if (at < j->size && (j->text[at] == 'e' || j->text[at] == 'E')) {
        j->integer = 0;
        at++;
        if (at < j->size && (j->text[at] == '+' || j->text[at] == '-'))
            at++;
        from = at;
        at = skip_digits(j, at);
        if (at == from)
            return set_json_fault(j, "bad number", j->begin);
    }
    j->end = j->at = at;
    expect_after_value(j);
    return TTI_JSON_NUMBER;
}

static tti_json_kind scan_word(tti_json *j, const char *word, tti_json_kind kind)
{
    const size_t size = strlen(word);
    if (j->size - j->at < size || memcmp(j->text + j->at, word, size) != 0)
        return set_json_fault(j, "unexpected character", j->at);
    j->begin = j->at;
    j->end = j->at += size;
    expect_after_value(j);
    return kind;
}

static tti_json_kind scan_value(tti_json *j)
{
    switch (j->text[j->at]) {
    case '{': return open_container(j, 1);
    case '[': return open_container(j, 0);
    case 't': return scan_word(j, "true", TTI_JSON_TRUE);
    case 'f': return scan_word(j, "false", TTI_JSON_FALSE);
    case 'n': return scan_word(j, "null", TTI_JSON_NULL);
    case '"':
        if (scan_string(j) != 0)
            return TTI_JSON_BAD;
        expect_after_value(j);
        return TTI_JSON_STRING;
    default:
        if (j->text[j->at] == '-' || (j->text[j->at] >= '0' && j->text[j->at] <= '9'))
            return scan_number(j);
        return set_json_fault(j, "unexpected character", j->at);
    }
}

static void skip_blanks(tti_json *j)
{
    while (j->at < j->size && (j->text[j->at] == ' ' || j->text[j->at] == '\t' ||
                               j->text[j->at] == '\n' || j->text[j->at] == '\r'))
        j->at++;
}

static tti_json_kind scan_key(tti_json *j)
{
    if (j->text[j->at] != '"')
        return set_json_fault(j, "a key was expected", j->at);
    if (scan_string(j) != 0)
        return TTI_JSON_BAD;
    skip_blanks(j);
    if (j->at == j->size)
        return set_json_fault(j, TTI_JSON_ENDS_EARLY, j->at);
    if (j->text[j->at] != ':')
        return set_json_fault(j, "no colon after a key", j->at);
    j->at++;
    j->expected = VALUE;
    return TTI_JSON_KEY;
}

tti_json_kind tti_json_next(tti_json *j)
{
    if (j->fault != NULL)
        return TTI_JSON_BAD;
    skip_blanks(j);
    if (j->expected == NO_MORE)
        return j->at == j->size ? TTI_JSON_END : set_json_fault(j, "more after the value", j->at);
    if (j->at < j->size && j->expected == COMMA_OR_CLOSE && j->text[j->at] == ',') {
        j->at++;
        j->expected = is_in_object(j) ? KEY : VALUE;
        skip_blanks(j);
    } else if (j->at < j->size && j->expected == COMMA_OR_CLOSE &&
               j->text[j->at] != (is_in_object(j) ? '}' : ']')) {
        return set_json_fault(j, "no comma after a value", j->at);
    }
    if (j->at == j->size)
        return set_json_fault(j, TTI_JSON_ENDS_EARLY, j->at);
    switch (j->expected) {
    case VALUE_OR_CLOSE: return j->text[j->at] == ']' ? close_container(j) : scan_value(j);
    case KEY_OR_CLOSE: return j->text[j->at] == '}' ? close_container(j) : scan_key(j);
    case COMMA_OR_CLOSE: return close_container(j);
    case KEY: return scan_key(j);
    default: return scan_value(j);
    }
}

int tti_json_skip(tti_json *j, tti_json_kind first)
{
    const int depth = j->depth;
    if (first == TTI_JSON_BAD)
        return -1;
    if (first != TTI_JSON_OBJECT && first != TTI_JSON_ARRAY)
        return 0;
    while (j->depth >= depth)
        if (tti_json_next(j) == TTI_JSON_BAD)
            return -1;
    return 0;
}
