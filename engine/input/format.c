#define _POSIX_C_SOURCE 200809L
#include "input/format.h"

#include <string.h>
#include <strings.h>

#include "input/csv.h"
#include "input/documents.h"
#include "input/json.h"
#include "input/markup.h"
#include "input/refusal.h"
#include "input/xml.h"
#include "twicetold.h"

/* ==== By name ================================================================================= */

/* Case does not matter. */
static int ends_with(const char *name, size_t size, const char *end)
{
    const size_t n = strlen(end);
    return size > n && strncasecmp(name + size - n, end, n) == 0;
}

static const struct name_ending {
    const char *end;
    tti_format format;
} name_endings[] = {
    {".txt", TTI_FORMAT_TEXT},   {".md", TTI_FORMAT_MARKDOWN}, {".markdown", TTI_FORMAT_MARKDOWN},
    {".jsonl", TTI_FORMAT_JSON}, {".ndjson", TTI_FORMAT_JSON}, {".json", TTI_FORMAT_JSON},
    {".ninjs", TTI_FORMAT_JSON}, {".xml", TTI_FORMAT_XML},     {".nitf", TTI_FORMAT_XML},
    {".rss", TTI_FORMAT_XML},    {".rdf", TTI_FORMAT_XML},     {".atom", TTI_FORMAT_XML},
    {".csv", TTI_FORMAT_TABLE},  {".tsv", TTI_FORMAT_TABLE},   {".html", TTI_FORMAT_HTML},
    {".htm", TTI_FORMAT_HTML},   {".xhtml", TTI_FORMAT_HTML},  {".warc", TTI_FORMAT_WARC},
    {".wet", TTI_FORMAT_WARC},   {".sgm", TTI_FORMAT_TEXT},    {".sgml", TTI_FORMAT_TEXT},
};

size_t tti_format_size_without_compression(const char *name)
{
    static const char *const ends[] = {".gz",  ".zst", ".zstd", ".xz",
                                       ".bz2", ".lz4", ".Z",    ".lzma"};
    const size_t size = strlen(name);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (ends_with(name, size, ends[i]))
            return size - strlen(ends[i]);
    return size;
}

/* @return NULL: the ending is none that is known */
static const struct name_ending *find_name_ending(const char *name)
{
    const size_t size = tti_format_size_without_compression(name);
    for (size_t i = 0; i < sizeof name_endings / sizeof *name_endings; i++)
        if (ends_with(name, size, name_endings[i].end))
            return &name_endings[i];
    return NULL;
}

tti_format tti_format_of_path(const char *path)
{
    const struct name_ending *ending = find_name_ending(path);
    if (strcmp(path, "-") == 0)
        return TTI_FORMAT_JSON;
    return ending == NULL ? TTI_FORMAT_UNKNOWN : ending->format;
}

int tti_format_is_news_file(const char *name)
{
    static const char *const archives[] = {".tar", ".tgz", ".zip"};
    const size_t size = tti_format_size_without_compression(name);
    for (size_t i = 0; i < sizeof archives / sizeof *archives; i++)
        if (ends_with(name, size, archives[i]))
            return 1;
    return find_name_ending(name) != NULL;
}

int tti_format_is_columns_file(const char *name)
{
    static const char *const ends[] = {".parquet", ".parq", ".pq",     ".arrow",
                                       ".arrows",  ".ipc",  ".feather"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (ends_with(name, strlen(name), ends[i]))
            return 1;
    return 0;
}

/* ==== By the first bytes ====================================================================== */

static int is_xml_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The offset after the comment, processing instruction or declaration at `at`, or 0 if its end is
 * not there yet. */
static size_t skip_prolog(const char *bytes, size_t size, size_t at)
{
    const int comment = size - at > 3 && memcmp(bytes + at, "<!--", 4) == 0;
    const int instruction = bytes[at + 1] == '?';
    int brackets = 0; /* open in a DOCTYPE */
    for (size_t i = at + 2; i < size; i++) {
        brackets += (bytes[i] == '[') - (bytes[i] == ']');
        if (bytes[i] != '>')
            continue;
        if (comment       ? i >= at + 6 && bytes[i - 1] == '-' && bytes[i - 2] == '-'
            : instruction ? bytes[i - 1] == '?'
                          : brackets <= 0)
            return i + 1;
    }
    return 0;
}

/* What begins as XML does. */
typedef struct xml_beginning {
    int has_declaration; /* <?xml or a DOCTYPE */
    char root[40];       /* the name of the first element, without a prefix */
} xml_beginning;

/* @return 1, 0: it is no XML, or -1 if more bytes are needed */
static int read_xml_beginning(const char *bytes, size_t size, xml_beginning *xml)
{
    size_t at = 0, end;
    const char *colon;
    memset(xml, 0, sizeof *xml);
    if (size >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
        at = 3;
    for (;;) {
        while (at < size && is_xml_space(bytes[at]))
            at++;
        if (at + 1 >= size)
            return at < size && bytes[at] != '<' ? 0 : -1;
        if (bytes[at] != '<')
            return 0;
        if (bytes[at + 1] != '?' && bytes[at + 1] != '!')
            break;
        xml->has_declaration |= size - at < 4 || memcmp(bytes + at, "<!--", 4) != 0;
        at = skip_prolog(bytes, size, at);
        if (at == 0)
            return -1;
    }
    for (end = ++at; end < size && strchr(" \t\r\n/>", bytes[end]) == NULL; end++) {
    }
    if (end == size)
        return size - at < sizeof xml->root ? -1 : 0;
    if (end - at >= sizeof xml->root)
        return 0;
    colon = memchr(bytes + at, ':', end - at);
    at = colon == NULL ? at : (size_t)(colon - bytes) + 1;
    memcpy(xml->root, bytes + at, end - at);
    return 1;
}

/* Whether text in UTF-16 begins as a page, whose bytes are converted first. */
static int is_wide_page(const char *bytes, size_t size)
{
    for (size_t i = 4; i < size && i < 8; i++)
        if (bytes[i] != '\0')
            return bytes[i] == 'h' || bytes[i] == 'H' || bytes[i] == '!';
    return 0;
}

/* XML in UTF-16 is known by its first character. */
static int is_wide_xml(const char *bytes, size_t size)
{
    return size >= 4 && (memcmp(bytes, "\xff\xfe", 2) == 0 || memcmp(bytes, "\xfe\xff", 2) == 0) &&
           (bytes[2] == '<' || bytes[3] == '<') && !is_wide_page(bytes, size);
}

int tti_format_sniff_xml(const char *bytes, size_t size)
{
    xml_beginning xml;
    int answer;
    if (size >= 2 && (memcmp(bytes, "\xff\xfe", 2) == 0 || memcmp(bytes, "\xfe\xff", 2) == 0))
        return size < 4 ? -1 : is_wide_xml(bytes, size);
    answer = read_xml_beginning(bytes, size, &xml);
    return answer > 0 ? tti_xml_is_root(xml.root) : answer;
}

/* Whether the objects of a file are not one a line: the first line ends early, and no other object
 * begins on the second, or it has several. @return 1, 0, or -1 if more bytes are needed */
static int is_several_objects(const char *bytes, size_t size, int at_end)
{
    const char *newline = memchr(bytes, '\n', size);
    const int undecided = at_end || size >= TTI_FORMAT_LINE_BYTES ? 0 : -1;
    tti_json json;
    tti_json_kind kind;
    size_t end = newline == NULL ? size : (size_t)(newline - bytes), next = end;
    if (newline == NULL && (!at_end || size >= TTI_FORMAT_LINE_BYTES))
        return undecided;
    tti_json_init(&json, bytes, end);
    do
        kind = tti_json_next(&json);
    while (kind != TTI_JSON_BAD && kind != TTI_JSON_END);
    if (kind == TTI_JSON_BAD && json.depth == 0 && json.fault_at < end &&
        (bytes[json.fault_at] == '{' || bytes[json.fault_at] == ','))
        return 1;
    if (newline == NULL || kind == TTI_JSON_END || strcmp(json.fault, TTI_JSON_ENDS_EARLY) != 0)
        return 0;
    while (next < size && is_xml_space(bytes[next]))
        next++;
    return next == size ? undecided : bytes[next] != '{';
}

/* Whether what begins with '[' is an array of JSON, and no text with a remark in brackets: it is
 * one without a fault, or one that has an object. @return 1, 0, or -1 if more bytes are needed */
static int is_json_array(const tti_first_bytes *b)
{
    const int is_whole = b->at_end || b->size >= TTI_FORMAT_SNIFF_BYTES;
    tti_json json;
    tti_json_kind first, kind;
    tti_json_init(&json, b->bytes,
                  b->size < TTI_FORMAT_SNIFF_BYTES ? b->size : TTI_FORMAT_SNIFF_BYTES);
    (void)tti_json_next(&json);
    first = tti_json_next(&json);
    kind = tti_json_next(&json);
    if (first == TTI_JSON_OBJECT && (kind == TTI_JSON_KEY || kind == TTI_JSON_OBJECT_END))
        return 1;
    while (kind != TTI_JSON_BAD && kind != TTI_JSON_END)
        kind = tti_json_next(&json);
    if (!is_whole)
        return -1;
    return kind == TTI_JSON_END ||
           (!b->at_end && (first == TTI_JSON_ARRAY || first == TTI_JSON_STRING) &&
            (strcmp(json.fault, TTI_JSON_ENDS_EARLY) == 0 ||
             strcmp(json.fault, TTI_JSON_NO_QUOTE) == 0));
}

/* Whether what begins with '{' is an object of JSON. @return as is_json_array() */
static int begins_as_object(const tti_first_bytes *b)
{
    size_t at = 1;
    while (at < b->size && is_xml_space(b->bytes[at]))
        at++;
    if (at == b->size)
        return b->at_end || b->size >= TTI_FORMAT_SNIFF_BYTES ? 0 : -1;
    return b->bytes[at] == '"' || b->bytes[at] == '}';
}

int tti_format_is_columns(const char *bytes, size_t size)
{
    return size >= 6 && (memcmp(bytes, "PAR1", 4) == 0 || memcmp(bytes, "ARROW1", 6) == 0 ||
                         memcmp(bytes, "\xff\xff\xff\xff", 4) == 0);
}

/* ==== Decision ================================================================================ */

static int decide_format(tti_format *format, tti_format decided)
{
    *format = decided;
    return 1;
}

/* What a file is that shows nothing else. */
static tti_format format_of_name(tti_format named)
{
    return named == TTI_FORMAT_JSON                                      ? TTI_FORMAT_JSONL
           : named == TTI_FORMAT_UNKNOWN || named == TTI_FORMAT_MARKDOWN ? TTI_FORMAT_TEXT
                                                                         : named;
}

static int decide_json(tti_format *format, const tti_first_bytes *b)
{
    const int is_object = b->bytes[0] == '{';
    int answer = *format == TTI_FORMAT_JSON ? 1
                 : is_object                ? begins_as_object(b)
                                            : is_json_array(b);
    if (answer < 0)
        return 0;
    if (answer == 0)
        return (b->at_end || b->size >= TTI_FORMAT_SNIFF_BYTES) &&
               decide_format(format, format_of_name(*format));
    if (!is_object)
        return decide_format(format, TTI_FORMAT_JSON_VALUES);
    answer = is_several_objects(b->bytes, b->size, b->at_end);
    return answer >= 0 &&
           decide_format(format, answer > 0 ? TTI_FORMAT_JSON_VALUES : TTI_FORMAT_JSONL);
}

static int is_text_name(tti_format named)
{
    return named == TTI_FORMAT_TEXT || named == TTI_FORMAT_UNKNOWN;
}

int tti_format_is_page(const char *bytes, size_t size)
{
    static const char html[] = "<!doctype html";
    xml_beginning xml;
    return (size >= sizeof html - 1 && strncasecmp(bytes, html, sizeof html - 1) == 0) ||
           (read_xml_beginning(bytes, size, &xml) > 0 && strcasecmp(xml.root, "html") == 0);
}

static int decide_markup(tti_format *format, const tti_first_bytes *b)
{
    const int is_whole = b->at_end || b->size >= TTI_FORMAT_SNIFF_BYTES;
    xml_beginning xml;
    int answer;
    if (tti_format_is_page(b->bytes, b->size))
        return decide_format(format, TTI_FORMAT_HTML);
    if (tti_documents_begin(b->bytes, b->size))
        return decide_format(format, TTI_FORMAT_DOCUMENTS);
    if (!is_whole && b->size >= 4 && strncasecmp(b->bytes, "<doc", 4) == 0)
        return 0;
    answer = read_xml_beginning(b->bytes, b->size, &xml);
    if (answer < 0 && !is_whole)
        return 0;
    if (answer > 0 && (tti_xml_is_root(xml.root) || xml.has_declaration))
        return decide_format(format, TTI_FORMAT_XML);
    if (*format == TTI_FORMAT_JSON)
        return decide_format(format, TTI_FORMAT_XML);
    if (is_text_name(*format)) {
        if (!is_whole)
            return 0;
        if (tti_markup_is_html(b->bytes, b->size))
            return decide_format(format, TTI_FORMAT_HTML);
    }
    return decide_format(format, format_of_name(*format));
}

int tti_format_decide(tti_format *format, const tti_first_bytes *given)
{
    tti_first_bytes b = *given;
    const int is_whole = b.at_end || b.size >= TTI_FORMAT_SNIFF_BYTES;
    int answer;
    if (b.text_format == TT_TEXT_PLAIN &&
        (*format == TTI_FORMAT_TEXT || *format == TTI_FORMAT_MARKDOWN))
        return decide_format(format, TTI_FORMAT_TEXT);
    if (b.size == 0)
        return b.at_end &&
               decide_format(format, *format == TTI_FORMAT_UNKNOWN ? TTI_FORMAT_JSONL
                                                                   : format_of_name(*format));
    if (b.bytes[0] == '{' || b.bytes[0] == '[')
        return decide_json(format, &b);
    if (b.size > TTI_FORMAT_SNIFF_BYTES)
        b.size = TTI_FORMAT_SNIFF_BYTES;
    if (b.bytes[0] == '<')
        return decide_markup(format, &b);
    if (b.size >= 5 && memcmp(b.bytes, "WARC/", 5) == 0)
        return decide_format(format, TTI_FORMAT_WARC);
    if (is_wide_xml(b.bytes, b.size))
        return decide_format(format, TTI_FORMAT_XML);
    if (*format == TTI_FORMAT_TABLE)
        return 1;
    answer = tti_csv_sniff(b.bytes, b.size, is_whole, *format != TTI_FORMAT_JSON, b.text_field);
    if (answer > 0)
        return decide_format(format, TTI_FORMAT_TABLE);
    if (!is_whole && (answer < 0 || is_text_name(*format) ||
                      (b.size < TTI_REFUSAL_BYTES && tti_refusal_is_likely(b.bytes, b.size))))
        return 0;
    if (is_text_name(*format) &&
        (b.text_format == TT_TEXT_HTML || tti_markup_is_html(b.bytes, b.size)))
        return decide_format(format, TTI_FORMAT_HTML);
    return decide_format(format, format_of_name(*format));
}
