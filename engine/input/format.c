#define _POSIX_C_SOURCE 200809L
#include "input/format.h"

#include <string.h>
#include <strings.h>

#include "input/csv.h"
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
} name_endings[] = {
    {".txt", TTI_FORMAT_TEXT},   {".md", TTI_FORMAT_TEXT},     {".markdown", TTI_FORMAT_TEXT},
    {".jsonl", TTI_FORMAT_JSON}, {".ndjson", TTI_FORMAT_JSON}, {".json", TTI_FORMAT_JSON},
    {".ninjs", TTI_FORMAT_JSON}, {".xml", TTI_FORMAT_XML},     {".nitf", TTI_FORMAT_XML},
    {".rss", TTI_FORMAT_XML},    {".rdf", TTI_FORMAT_XML},     {".atom", TTI_FORMAT_XML},
    {".csv", TTI_FORMAT_TABLE},  {".tsv", TTI_FORMAT_TABLE},   {".html", TTI_FORMAT_HTML},
    {".htm", TTI_FORMAT_HTML},   {".xhtml", TTI_FORMAT_HTML},  {".warc", TTI_FORMAT_WARC},
    {".wet", TTI_FORMAT_WARC},
};

size_t tti_format_size_without_compression(const char *name)
{
    static const char *const ends[] = {".gz", ".zst", ".zstd", ".xz", ".bz2", ".lz4"};
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

/* Whether the objects of a file are over several lines: its first line ends early, and no other
 * object begins on the second. @return 1, 0, or -1 if more bytes are needed */
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

/* Whether a byte order mark or the zero bytes of ASCII say that this is UTF-16 or UTF-32. */
static int is_wide(const char *bytes, size_t size)
{
    return size >= 4 &&
           (memcmp(bytes, "\xff\xfe", 2) == 0 || memcmp(bytes, "\xfe\xff", 2) == 0 ||
            memcmp(bytes, "\0\0\xfe\xff", 4) == 0 ||
            ((bytes[0] == '\0') != (bytes[1] == '\0') && (bytes[0] == '\0') == (bytes[2] == '\0') &&
             (bytes[1] == '\0') == (bytes[3] == '\0')));
}

static int is_binary(const char *bytes, size_t size)
{
    return memchr(bytes, '\0', size < TTI_FORMAT_KIND_BYTES ? size : TTI_FORMAT_KIND_BYTES) != NULL;
}

int tti_format_is_columns(const char *bytes, size_t size)
{
    return size >= 6 && (memcmp(bytes, "PAR1", 4) == 0 || memcmp(bytes, "ARROW1", 6) == 0 ||
                         memcmp(bytes, "\xff\xff\xff\xff", 4) == 0);
}

#define COLUMNS_ADVICE "read it with the Python package, or convert it to JSON Lines"
#define AS_TEXT "convert it to text or JSON Lines first"

const char *tti_format_refusal(const char *path, int by_name, const char *bytes, size_t size,
                               const char **advice)
{
    static const struct {
        const char *begin;
        size_t size;
        const char *kind, *advice;
    } beginnings[] = {
        {"%PDF-", 5, "a PDF document", "extract its text first, with pdftotext"},
        {"\xd0\xcf\x11\xe0", 4, "an old Office document", AS_TEXT},
        {"{\\rtf", 5, "an RTF document", AS_TEXT},
        {"PAR1", 4, "a Parquet file", COLUMNS_ADVICE},
        {"ARROW1", 6, "an Arrow file", COLUMNS_ADVICE},
        {"\xff\xff\xff\xff", 4, "an Arrow stream", COLUMNS_ADVICE},
        {"Obj\1", 4, "an Avro file", "convert it to JSON Lines first"},
        {"ORC", 3, "an ORC file", "convert it to JSON Lines first"},
        {"\x93NUMPY", 6, "a NumPy array", "convert it to JSON Lines first"},
        {"SQLite format 3", 15, "an index or another SQLite database",
         "give the articles it was made from"},
        {"7z\xbc\xaf", 4, "a 7z archive", "unpack it first"},
        {"Rar!", 4, "a RAR archive", "unpack it first"},
        {"\x89PNG", 4, "a picture", AS_TEXT},
        {"\xff\xd8\xff", 3, "a picture", AS_TEXT},
        {"GIF8", 4, "a picture", AS_TEXT},
        {"\x7f"
         "ELF",
         4, "a program", AS_TEXT},
        {"version https://git-lfs.github.com", 34, "the pointer of a file in Git LFS",
         "get the file with git lfs pull"},
    };
    static const struct {
        const char *end, *kind, *advice;
    } endings[] = {{".yaml", "a YAML file", "convert it to JSON Lines first"},
                   {".yml", "a YAML file", "convert it to JSON Lines first"},
                   {".toml", "a TOML file", "convert it to JSON Lines first"},
                   {".sql", "an SQL dump", "export the table as CSV"},
                   {".mbox", "a mailbox", AS_TEXT},
                   {".eml", "an e-mail", AS_TEXT}};
    const size_t name_size = tti_format_size_without_compression(path);
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++)
        if (size >= beginnings[i].size &&
            memcmp(bytes, beginnings[i].begin, beginnings[i].size) == 0) {
            *advice = beginnings[i].advice;
            return beginnings[i].kind;
        }
    if (is_wide(bytes, size)) {
        *advice = "say --encoding UTF-16 (or UTF-32)";
        return "text in UTF-16 or UTF-32";
    }
    *advice = AS_TEXT;
    if (size > 0 && bytes[0] != '{' && is_binary(bytes, size)) /* of JSON, each record is checked */
        return "binary data";
    for (size_t i = 0; i < sizeof endings / sizeof *endings && by_name; i++)
        if (ends_with(path, name_size, endings[i].end)) {
            *advice = endings[i].advice;
            return endings[i].kind;
        }
    return NULL;
}

static int begins_as_html(const char *bytes, size_t size)
{
    static const char *const beginnings[] = {"<!doctype html", "<html"};
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++)
        if (size >= strlen(beginnings[i]) &&
            strncasecmp(bytes, beginnings[i], strlen(beginnings[i])) == 0)
            return 1;
    return 0;
}

tti_format tti_format_decide(tti_format format, const char *bytes, size_t size, int at_end,
                             const char *text_field)
{
    const tti_format otherwise = format == TTI_FORMAT_JSON ? TTI_FORMAT_JSONL : TTI_FORMAT_TEXT;
    const int waits = !at_end && size < TTI_FORMAT_SNIFF_BYTES;
    int answer;
    if (size == 0)
        return at_end ? TTI_FORMAT_JSONL : format;
    switch (bytes[0]) {
    case '{':
        answer = is_multi_line_object(bytes, size, at_end);
        return answer < 0 ? format : answer ? TTI_FORMAT_JSON_VALUES : TTI_FORMAT_JSONL;
    case '[':
        for (size_t i = 1; i < size; i++)
            if (!is_xml_space(bytes[i]))
                return format == TTI_FORMAT_JSON || bytes[i] == '{' || bytes[i] == ']'
                           ? TTI_FORMAT_JSON_VALUES
                           : otherwise;
        return waits ? format : otherwise;
    case '<':
        if (size < 14 && waits)
            return format;
        if (begins_as_html(bytes, size))
            return TTI_FORMAT_HTML;
        if (format == TTI_FORMAT_JSON)
            return TTI_FORMAT_XML;
        answer = tti_format_sniff_xml(bytes, size);
        return answer > 0 ? TTI_FORMAT_XML : answer < 0 && waits ? format : otherwise;
    default:
        if (size >= 5 && memcmp(bytes, "WARC/", 5) == 0)
            return TTI_FORMAT_WARC;
        answer = tti_format_sniff_xml(bytes, size); /* it may be in UTF-16 */
        if (answer == 0)
            answer = tti_csv_sniff(bytes, size, text_field);
        else if (answer > 0)
            return TTI_FORMAT_XML;
        return answer > 0 ? TTI_FORMAT_TABLE : answer < 0 && waits ? format : otherwise;
    }
}
