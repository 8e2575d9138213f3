/*
 * simdjson behind a C interface: the only C++ of the engine. Its document interface is used and not
 * the on-demand one, because it checks the whole line and picks its instructions at run time
 * (docs/dependencies.md has the measurement). No exceptions, no RTTI.
 */
extern "C" {
#include "input/jsonl.h"
}

#include <cstring>
#include <new>
#include <strings.h>

#include <simdjson.h>

using simdjson::dom::element;
using simdjson::dom::object;

struct tti_simdjson {
    simdjson::dom::parser parser;
};

/* Longer lines go to the strict scanner, which needs no memory: a parser takes 14 bytes of address
 * space for each byte of its longest line. */
static const size_t longest_simdjson_line = 16u << 20;
static const size_t first_capacity = 64u << 10;

tti_simdjson *tti_simdjson_open(void)
{
    tti_simdjson *parser = new (std::nothrow) tti_simdjson;
    if (parser != nullptr && parser->parser.allocate(first_capacity) != simdjson::SUCCESS) {
        delete parser;
        parser = nullptr;
    }
    return parser;
}

void tti_simdjson_close(tti_simdjson *parser)
{
    delete parser;
}

static tti_jsonl_value copy_string(std::string_view s, char **out)
{
    const tti_jsonl_value value = {TTI_VALUE_STRING, *out, s.size()};
    if (!s.empty())
        std::memcpy(*out, s.data(), s.size());
    *out += s.size();
    return value;
}

/* std::to_chars would make its table of digits a symbol of the library. */
static tti_jsonl_value copy_number(uint64_t n, bool is_negative, char **out)
{
    char digits[24], *const end = digits + sizeof digits, *at = end;
    for (; n >= 10; n /= 10)
        *--at = (char)('0' + n % 10);
    *--at = (char)('0' + n);
    if (is_negative)
        *--at = '-';
    return copy_string(std::string_view(at, (size_t)(end - at)), out);
}

/* @return 0: the strict scanner decides */
static int read_simdjson_value(element e, char **out, tti_jsonl_value *value)
{
    std::string_view text;
    int64_t small;
    uint64_t large;
    *value = tti_jsonl_value{TTI_VALUE_OTHER, nullptr, 0};
    if (e.get(text) == simdjson::SUCCESS) {
        *value = copy_string(text, out);
    } else if (e.get(small) == simdjson::SUCCESS) {
        if (small == 0)
            return 0; /* it may have been written as -0 */
        *value = copy_number(small < 0 ? 0 - (uint64_t)small : (uint64_t)small, small < 0, out);
        value->kind = TTI_VALUE_INTEGER;
    } else if (e.get(large) == simdjson::SUCCESS) {
        *value = copy_number(large, false, out);
        value->kind = TTI_VALUE_INTEGER;
    } else if (e.is_null()) {
        value->kind = TTI_VALUE_NULL;
    } else if (e.is_array() || e.is_double()) {
        return 0; /* paragraphs, or a time */
    }
    return 1;
}

/* Takes the "name" of a source that is an object. */
static void read_source_name(element e, char **out, tti_jsonl_value *value)
{
    object source;
    std::string_view name;
    if (e.get(source) != simdjson::SUCCESS)
        return;
    for (const auto inner : source)
        if (inner.key == "name") {
            *value = tti_jsonl_value{TTI_VALUE_OTHER, nullptr, 0};
            if (inner.value.get(name) == simdjson::SUCCESS)
                *value = copy_string(name, out);
        }
}

/* Reads one member of the line's object. Its value is copied once even if it is two fields, because
 * `out` has no more room. @return 0: the strict scanner decides */
static int read_simdjson_member(simdjson::dom::key_value_pair member,
                                const tti_jsonl_options *options, char **out,
                                tti_jsonl_fields *fields)
{
    tti_jsonl_value value = {TTI_VALUE_ABSENT, nullptr, 0};
    for (int f = 0; f < TTI_FIELD_COUNT; f++) {
        if (options->name[f] == nullptr || member.key.size() != options->name_size[f] ||
            (f >= TTI_FIELD_STATUS ? strncasecmp : std::strncmp)(
                member.key.data(), options->name[f], member.key.size()) != 0)
            continue;
        if (f >= TTI_FIELD_STATUS && member.value.is_object())
            return 0; /* what is in it counts */
        if (value.kind == TTI_VALUE_ABSENT && !read_simdjson_value(member.value, out, &value))
            return 0;
        fields->is_doubled |= fields->value[f].kind != TTI_VALUE_ABSENT;
        fields->value[f] = value;
        if (f == TTI_FIELD_SOURCE)
            read_source_name(member.value, out, &fields->value[f]);
    }
    return 1;
}

int tti_simdjson_fields(tti_simdjson *parser, const tti_jsonl_options *options, const char *line,
                        size_t size, char *out, tti_jsonl_fields *fields)
{
    object root;
    if (size > longest_simdjson_line)
        return 0;
    if (size > parser->parser.capacity()) {
        size_t room = parser->parser.capacity();
        while (room < size)
            room *= 2;
        if (parser->parser.allocate(room) != simdjson::SUCCESS)
            return 0;
    }
    if (parser->parser.parse(line, size, false).get(root) != simdjson::SUCCESS)
        return 0;
    for (const auto member : root)
        if (!read_simdjson_member(member, options, &out, fields))
            return 0;
    /* some releases of simdjson let an escape of a lone low surrogate pass */
    for (const tti_jsonl_value &value : fields->value)
        if (value.kind == TTI_VALUE_STRING && value.size > 0 &&
            !simdjson::validate_utf8(value.bytes, value.size))
            return 0;
    return 1;
}
