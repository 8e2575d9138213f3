#define _POSIX_C_SOURCE 200809L
#include "input/format.h"

#include <string.h>
#include <strings.h>

#include "input/json.h"
#include "input/xml.h"

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
    int found_in_directory; /* a file of this name in a directory is read */
} name_endings[] = {
    {".txt", TTI_FORMAT_TEXT, 1},
    {".jsonl", TTI_FORMAT_JSONL, 1},
    {".ndjson", TTI_FORMAT_JSONL, 1},
    {".json", TTI_FORMAT_JSONL_OR_OBJECT, 0},
    {".ninjs", TTI_FORMAT_JSONL_OR_OBJECT, 1},
    {".xml", TTI_FORMAT_XML, 1},
    {".nitf", TTI_FORMAT_XML, 1},
    {".rss", TTI_FORMAT_XML, 1},
    {".atom", TTI_FORMAT_XML, 1},
};

/* The size of a name without the ending of a compressed file. */
static size_t size_without_compression(const char *name)
{
    const size_t size = strlen(name);
    return size - (ends_with(name, size, ".gz")     ? 3
                   : ends_with(name, size, ".zst")  ? 4
                   : ends_with(name, size, ".zstd") ? 5
                                                    : 0);
}

/* @return NULL: the ending is none that is known */
static const struct name_ending *find_name_ending(const char *name)
{
    const size_t size = size_without_compression(name);
    for (size_t i = 0; i < sizeof name_endings / sizeof *name_endings; i++)
        if (ends_with(name, size, name_endings[i].end))
            return &name_endings[i];
    return NULL;
}

tti_format tti_format_of_path(const char *path)
{
    const struct name_ending *ending = find_name_ending(path);
    if (strcmp(path, "-") == 0)
        return TTI_FORMAT_JSONL_OR_XML;
    return ending == NULL ? TTI_FORMAT_UNKNOWN : ending->format;
}

int tti_format_is_news_file(const char *name)
{
    const struct name_ending *ending = find_name_ending(name);
    return ending != NULL && ending->found_in_directory;
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

int tti_format_sniff_xml(const char *bytes, size_t size)
{
    size_t at = 0, end;
    char name[40];
    const char *local;
    if (size >= 2 && (memcmp(bytes, "\xff\xfe", 2) == 0 || memcmp(bytes, "\xfe\xff", 2) == 0))
        return size < 4 ? -1 : bytes[2] == '<' || bytes[3] == '<';
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
        at = skip_prolog(bytes, size, at);
        if (at == 0)
            return -1;
    }
    for (end = ++at; end < size && strchr(" \t\r\n/>", bytes[end]) == NULL; end++) {
    }
    if (end == size)
        return size - at < sizeof name ? -1 : 0;
    if (end - at >= sizeof name)
        return 0;
    memcpy(name, bytes + at, end - at);
    name[end - at] = '\0';
    local = strchr(name, ':');
    return tti_xml_is_root(local == NULL ? name : local + 1);
}

/* Whether the file is one object over several lines: its first line ends early, and no other object
 * begins on the second. @return 1, 0, or -1 if more bytes are needed */
static int is_multi_line_object(const char *bytes, size_t size, int at_end)
{
    const char *newline = memchr(bytes, '\n', size);
    const int undecided = at_end || size >= TTI_FORMAT_LINE_BYTES ? 0 : -1;
    tti_json json;
    tti_json_kind kind;
    size_t next;
    if (newline == NULL)
        return undecided;
    next = (size_t)(newline - bytes) + 1;
    tti_json_init(&json, bytes, next - 1);
    do
        kind = tti_json_next(&json);
    while (kind != TTI_JSON_BAD && kind != TTI_JSON_END);
    if (kind == TTI_JSON_END || strcmp(json.fault, TTI_JSON_ENDS_EARLY) != 0)
        return 0;
    while (next < size && is_xml_space(bytes[next]))
        next++;
    return next == size ? undecided : bytes[next] != '{';
}

const char *tti_format_not_text(const char *path, const char *bytes, size_t size)
{
    static const struct {
        const char *end, *kind;
    } endings[] = {
        {".csv", "a CSV table"},        {".tsv", "a TSV table"},    {".html", "an HTML page"},
        {".htm", "an HTML page"},       {".warc", "a web archive"}, {".wet", "a web archive"},
        {".yaml", "a YAML file"},       {".yml", "a YAML file"},    {".tar", "a tar archive"},
        {".parquet", "a Parquet file"}, {".pdf", "a PDF document"}};
    static const struct {
        const char *begin, *kind;
    } beginnings[] = {
        {"<!doctype html", "an HTML page"}, {"<html", "an HTML page"},
        {"WARC/", "a web archive"},         {"%PDF-", "a PDF document"},
        {"PAR1", "a Parquet file"},         {"SQLite format 3", "an SQLite database"}};
    const size_t name_size = size_without_compression(path);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (ends_with(path, name_size, endings[i].end))
            return endings[i].kind;
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++)
        if (size >= strlen(beginnings[i].begin) &&
            strncasecmp(bytes, beginnings[i].begin, strlen(beginnings[i].begin)) == 0)
            return beginnings[i].kind;
    return NULL;
}

tti_format tti_format_decide(tti_format format, const char *bytes, size_t size, int at_end)
{
    int answer;
    if (size == 0)
        return at_end ? TTI_FORMAT_JSONL : format;
    if (format == TTI_FORMAT_JSONL_OR_XML)
        return bytes[0] == '<' ? TTI_FORMAT_XML : TTI_FORMAT_JSONL;
    if (bytes[0] == '{') {
        answer = is_multi_line_object(bytes, size, at_end);
        return answer < 0 ? format : answer ? TTI_FORMAT_JSON_OBJECT : TTI_FORMAT_JSONL;
    }
    if (format == TTI_FORMAT_JSONL_OR_OBJECT)
        return TTI_FORMAT_JSONL;
    answer = tti_format_sniff_xml(bytes, size);
    if (answer < 0 && !at_end && size < TTI_FORMAT_SNIFF_BYTES)
        return format;
    return answer > 0 ? TTI_FORMAT_XML : TTI_FORMAT_TEXT;
}
