/*
 * The result as JSON Lines: pair, cluster, section and summary lines, from the public arrays of
 * a result alone. Keys stand in the order of the contract, and every number and string has one way
 * to be written, so that equal results are equal bytes.
 *
 * Lines are put together in one block, which is handed on when it is full.
 */
#include "output/result_writer.h"

#include "options.h"
#include "result/result.h"
#include "util/alloc.h"
#include "util/error.h"

#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_SIZE = 64 << 10, STRING_BLOCK_SIZE = 4 << 10 };

/* Where the lines go. Once a write was refused, nothing more is written. */
typedef struct json_writer {
    tt_write_fn write;
    void *ctx;
    char *block;
    size_t used, size;
    int stopped;
} json_writer;

static void flush_block(json_writer *out)
{
    if (out->used != 0 && !out->stopped && out->write(out->ctx, out->block, out->used) != 0)
        out->stopped = 1;
    out->used = 0;
}

static void append_bytes(json_writer *out, const char *bytes, size_t size)
{
    while (size > out->size - out->used) {
        const size_t part = out->size - out->used;
        memcpy(out->block + out->used, bytes, part);
        out->used += part;
        bytes += part;
        size -= part;
        flush_block(out);
    }
    if (size != 0)
        memcpy(out->block + out->used, bytes, size);
    out->used += size;
}

static void append_text(json_writer *out, const char *text)
{
    append_bytes(out, text, strlen(text));
}

/* ==== Numbers ================================================================================= */

static void append_integer(json_writer *out, uint64_t value)
{
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    append_bytes(out, digits + at, sizeof digits - at);
}

/*
 * Digits of a fraction in [2^-7, 1), the fewest that lie within half a unit in the last place of
 * it (Steele and White's free-format algorithm for fixed point). Fraction and half unit are whole
 * multiples of 2^-60 here, so that 64 bits hold ten times each.
 */
static size_t format_fraction(char *to, double value)
{
    const uint64_t one = (uint64_t)1 << 60;
    int exponent;
    uint64_t rest, half_unit, digit;
    size_t size = 2;
    (void)frexp(value, &exponent); /* value = f * 2^exponent, 0.5 <= f < 1: a unit is 2^(e - 53) */
    rest = (uint64_t)ldexp(value, 60);
    half_unit = (uint64_t)1 << (60 + exponent - 54);
    to[0] = '0';
    to[1] = '.';
    for (;;) {
        rest *= 10;
        half_unit *= 10;
        digit = rest >> 60;
        rest &= one - 1;
        if (rest < half_unit || rest > one - half_unit || half_unit >= one)
            break;
        to[size++] = (char)('0' + digit);
    }
    to[size++] = (char)('0' + digit + (rest > one / 2));
    return size;
}

/* Any other number: the first precision that reads back; the locale's point becomes a full stop. */
static size_t format_other_number(char *to, double value)
{
    char text[TTI_JSON_NUMBER_SIZE];
    size_t size = 0;
    for (int digits = 15; digits <= 17; digits++) {
        (void)snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    for (const char *c = text; *c != '\0'; c++) {
        if ((*c >= '0' && *c <= '9') || *c == '-' || *c == '+' || *c == 'e')
            to[size++] = *c;
        else if (to[size - 1] != '.') /* a point may be more than one byte */
            to[size++] = '.';
    }
    return size;
}

size_t tti_json_format_number(char *to, double value)
{
    if (!isfinite(value)) {
        memcpy(to, "null", 4);
        return 4;
    }
    if (value == 0 || value == 1) {
        to[0] = value == 0 ? '0' : '1';
        return 1;
    }
    return value >= 0x1p-7 && value < 1 ? format_fraction(to, value)
                                        : format_other_number(to, value);
}

static void append_number(json_writer *out, double value)
{
    char text[TTI_JSON_NUMBER_SIZE];
    append_bytes(out, text, tti_json_format_number(text, value));
}

/* ==== Strings ================================================================================= */

static void append_escape(json_writer *out, unsigned code)
{
    static const char hex[] = "0123456789abcdef";
    const char escape[6] = {
        '\\', 'u', hex[code >> 12 & 15], hex[code >> 8 & 15], hex[code >> 4 & 15], hex[code & 15]};
    append_bytes(out, escape, sizeof escape);
}

/* Size of the well-formed UTF-8 sequence at text[0], which is not ASCII; 0 if there is none. */
static size_t utf8_sequence_size(const unsigned char *text, size_t left)
{
    const unsigned first = text[0];
    const size_t size = first < 0xc2   ? 0
                        : first < 0xe0 ? 2
                        : first < 0xf0 ? 3
                        : first < 0xf5 ? 4
                                       : 0;
    if (size == 0 || size > left)
        return 0;
    for (size_t i = 1; i < size; i++)
        if ((text[i] & 0xc0) != 0x80)
            return 0;
    if ((first == 0xe0 && text[1] < 0xa0) || (first == 0xed && text[1] > 0x9f) ||
        (first == 0xf0 && text[1] < 0x90) || (first == 0xf4 && text[1] > 0x8f))
        return 0;
    return size;
}

/* Writes the character at text[0] if it cannot stand as it is. @return its size, 0 if it can;
 * *plain is then its size */
static size_t append_escaped_character(json_writer *out, const unsigned char *text, size_t left,
                                       size_t *plain)
{
    const unsigned c = text[0];
    *plain = 1;
    if (c >= 0x80) {
        *plain = utf8_sequence_size(text, left);
        if (*plain == 0) {
            append_escape(out, 0xfffd);
            return 1;
        }
        if (*plain == 2 && c == 0xc2 && text[1] < 0xa0) { /* C1 controls */
            append_escape(out, text[1]);
            return 2;
        }
        if (*plain == 3 && c == 0xe2 && text[1] == 0x80 && (text[2] == 0xa8 || text[2] == 0xa9)) {
            append_escape(out, 0x2000 + (text[2] & 0x3fu)); /* line and paragraph separator */
            return 3;
        }
        return 0;
    }
    if (c == '"' || c == '\\') {
        const char escape[2] = {'\\', (char)c};
        append_bytes(out, escape, sizeof escape);
        return 1;
    }
    if (c >= 0x20 && c != 0x7f)
        return 0;
    switch (c) {
    case '\b': append_text(out, "\\b"); break;
    case '\t': append_text(out, "\\t"); break;
    case '\n': append_text(out, "\\n"); break;
    case '\f': append_text(out, "\\f"); break;
    case '\r': append_text(out, "\\r"); break;
    default: append_escape(out, c); break;
    }
    return 1;
}

/* What stands between the quotes. */
static void append_escaped(json_writer *out, const char *text, size_t size)
{
    size_t begin = 0, at = 0; /* [begin, at) is still to be copied as it is */
    while (at < size) {
        const unsigned char *here = (const unsigned char *)text + at;
        size_t plain, special;
        if (*here >= 0x20 && *here < 0x7f && *here != '"' && *here != '\\') {
            at++;
            continue;
        }
        if (at > begin)
            append_bytes(out, text + begin, at - begin);
        begin = at;
        special = append_escaped_character(out, here, size - at, &plain);
        at += special != 0 ? special : plain;
        if (special != 0)
            begin = at;
    }
    if (at > begin)
        append_bytes(out, text + begin, at - begin);
}

static void append_string(json_writer *out, const char *text, size_t size)
{
    append_bytes(out, "\"", 1);
    append_escaped(out, text, size);
    append_bytes(out, "\"", 1);
}

tt_status tt_write_json_string(tt_write_fn write, void *ctx, const char *text, size_t size)
{
    char block[STRING_BLOCK_SIZE];
    json_writer out = {.write = write, .ctx = ctx, .block = block, .size = sizeof block};
    if (write == NULL || (text == NULL && size > 0))
        return TT_EINVAL;
    append_string(&out, text, size);
    flush_block(&out);
    return out.stopped ? TT_ESTOPPED : TT_OK;
}

/* ==== Lines =================================================================================== */

typedef struct result_writer {
    json_writer out;
    const tt_result *index;
    tt_status status; /* of a callback that failed for another reason than the sink */
    tt_error *error;
} result_writer;

static void append_key(json_writer *out, const char *key)
{
    append_text(out, ",\"");
    append_text(out, key);
    append_text(out, "\":");
}

static void append_integer_field(json_writer *out, const char *key, uint64_t value)
{
    append_key(out, key);
    append_integer(out, value);
}

static void append_number_field(json_writer *out, const char *key, double value)
{
    append_key(out, key);
    append_number(out, value);
}

static void append_id(json_writer *out, const tt_result *result, uint64_t article)
{
    const tt_id id = tt_result_id(result, article);
    assert(id.bytes != NULL);
    if ((id.flags & TT_ARTICLE_INTEGER_ID) != 0)
        append_bytes(out, id.bytes, id.size);
    else
        append_string(out, id.bytes, id.size);
}

static void write_pair_lines(json_writer *out, const tt_result *result)
{
    size_t count;
    const tt_pair *pairs = tt_result_pairs(result, &count);
    for (size_t i = 0; i < count && !out->stopped; i++) {
        const tt_pair *p = &pairs[i];
        append_text(out, "{\"type\":\"pair\",\"a\":");
        append_id(out, result, p->a);
        append_key(out, "b");
        append_id(out, result, p->b);
        append_text(out, ",\"relation\":\"");
        append_text(out, tt_relation_name((tt_relation)p->relation));
        append_text(out, "\"");
        append_number_field(out, "resemblance", p->resemblance);
        append_number_field(out, "containment_a", p->containment_a);
        append_number_field(out, "containment_b", p->containment_b);
        append_number_field(out, "overlap_a", p->overlap_a);
        append_number_field(out, "overlap_b", p->overlap_b);
        append_number_field(out, "facts", p->facts);
        append_text(out, "}\n");
    }
}

static void write_cluster_lines(json_writer *out, const tt_result *result)
{
    size_t count;
    const tt_cluster *clusters = tt_result_clusters(result, &count);
    for (size_t i = 0; i < count && !out->stopped; i++) {
        const tt_cluster *c = &clusters[i];
        append_text(out, "{\"type\":\"cluster\"");
        append_integer_field(out, "cluster", c->number);
        append_key(out, "keep");
        append_id(out, result, c->keep);
        append_key(out, "articles");
        for (size_t k = 0; k < c->count; k++) {
            append_text(out, k == 0 ? "[" : ",");
            append_id(out, result, c->members[k]);
        }
        append_text(out, "]}\n");
    }
}

static void write_section_lines(json_writer *out, const tt_result *result)
{
    size_t count;
    const tt_section *sections = tt_result_sections(result, &count);
    for (size_t i = 0; i < count && !out->stopped; i++) {
        const tt_section *s = &sections[i];
        append_text(out, "{\"type\":\"section\"");
        append_integer_field(out, "section", s->number);
        append_integer_field(out, "tokens", s->tokens);
        append_key(out, "occurrences");
        for (size_t k = 0; k < s->count; k++) {
            const tt_occurrence *o = &s->occurrences[k];
            append_text(out, k == 0 ? "[{\"article\":" : ",{\"article\":");
            append_id(out, result, o->article);
            append_integer_field(out, "begin", o->begin);
            append_integer_field(out, "end", o->end);
            if (k > 0) { /* not in the reference */
                append_integer_field(out, "of_begin", o->of_begin);
                append_integer_field(out, "of_end", o->of_end);
                append_number_field(out, "similarity", o->similarity);
            }
            append_text(out, "}");
        }
        append_text(out, "]}\n");
    }
}

/* ==== The summary ============================================================================= */

/* A rule's threshold; 0 stands for one that the library picks pair by pair. */
static void append_rule_field(json_writer *out, const char *key, double value)
{
    append_key(out, key);
    if (value < 0)
        append_text(out, "\"off\"");
    else if (value == 0)
        append_text(out, "\"auto\"");
    else
        append_number(out, value);
}

static double to_microseconds(double seconds)
{
    return floor(seconds * 1e6 + 0.5) / 1e6;
}

static void append_seconds_field(json_writer *out, const char *key, double value)
{
    append_number_field(out, key, to_microseconds(value));
}

/* Flags become a member each, and are the first members. Where articles are kept by source, the
 * sources follow the word. */
static void append_option(json_writer *out, const tt_options *o, const tt_option *option)
{
    const void *field = (const char *)o + option->offset;
    const uint64_t number = tti_option_bits(o, option);
    switch (option->type) {
    case TT_OPTION_FLAGS:
        for (int bit = 0; option->words[bit] != NULL; bit++) {
            append_text(out, bit == 0 ? "\"" : ",\"");
            append_text(out, option->words[bit]);
            append_text(out, (number >> bit & 1) != 0 ? "\":true" : "\":false");
        }
        return;
    case TT_OPTION_RULE: append_rule_field(out, option->name, *(const double *)field); return;
    case TT_OPTION_SHARE: append_number_field(out, option->name, *(const double *)field); return;
    case TT_OPTION_CHOICE:
        append_key(out, option->name);
        append_text(out, "\"");
        append_text(out, option->words[number]);
        if (field == &o->keep && o->keep == TT_KEEP_SOURCE && o->keep_sources != NULL) {
            append_text(out, ":");
            append_escaped(out, o->keep_sources, strlen(o->keep_sources));
        }
        append_text(out, "\"");
        return;
    default: append_integer_field(out, option->name, number); return;
    }
}

static void append_options(json_writer *out, const tt_options *o)
{
    size_t count;
    const tt_option *options = tt_option_list(&count);
    append_key(out, "options");
    append_text(out, "{");
    assert(count > 0 && options[0].type == TT_OPTION_FLAGS);
    for (size_t i = 0; i < count; i++)
        if (options[i].in_results)
            append_option(out, o, &options[i]);
    append_text(out, "}");
}

static void write_summary_line(json_writer *out, const tt_result *result,
                               const tt_write_options *options)
{
    const tt_summary *s = tt_result_summary(result);
    append_text(out, "{\"type\":\"summary\"");
    append_integer_field(out, "articles", s->articles);
    append_integer_field(out, "rejected", options->rejected);
    append_integer_field(out, "bytes", s->bytes);
    append_integer_field(out, "paragraphs", s->paragraphs);
    append_integer_field(out, "pairs", s->pairs);
    append_integer_field(out, "pairs_omitted", s->pairs_omitted);
    append_integer_field(out, "clusters", s->clusters);
    append_integer_field(out, "sections", s->sections);
    append_text(out, ",\"seconds\":{\"read\":");
    append_number(out, to_microseconds(options->read_seconds));
    append_seconds_field(out, "text", s->seconds.text);
    append_seconds_field(out, "sketch", s->seconds.sketch);
    append_seconds_field(out, "lsh", s->seconds.lsh);
    append_seconds_field(out, "seed", s->seconds.seed);
    append_seconds_field(out, "verify", s->seconds.verify);
    append_seconds_field(out, "section", s->seconds.section);
    append_seconds_field(out, "cluster", s->seconds.cluster);
    append_seconds_field(out, "total", options->total_seconds);
    append_text(out, "}");
    append_options(out, tt_result_options(result));
    append_text(out, "}\n");
}

tt_status tt_result_write(const tt_result *result, tt_write_fn write, void *ctx,
                          const tt_write_options *options, tt_error *error)
{
    json_writer out = {.write = write, .ctx = ctx, .size = BLOCK_SIZE};
    tt_write_options given = TT_WRITE_OPTIONS_INIT;
    if (result == NULL || write == NULL)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "result or write is NULL");
    TTI_TRY(tti_options_copy(&given, sizeof given, options, "tt_write_options", error));
    out.block = tti_alloc(result->settings.options.allocator, BLOCK_SIZE, 1);
    if (out.block == NULL)
        return tti_fail_memory(error, "the result's lines");
    write_pair_lines(&out, result);
    write_cluster_lines(&out, result);
    write_section_lines(&out, result);
    if (result->is_scan) {
        write_summary_line(&out, result, &given);
    } else if (result->summary_line != NULL) {
        append_bytes(&out, result->summary_line, result->summary_line_size);
        append_text(&out, "\n");
    }
    flush_block(&out);
    tti_release(result->settings.options.allocator, out.block, BLOCK_SIZE, 1);
    if (out.stopped)
        return tti_fail(error, TT_ESTOPPED, TTI_NOWHERE, "the caller stopped the writing");
    return TT_OK;
}
