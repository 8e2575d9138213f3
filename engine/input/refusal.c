/*
 * Files of some kinds are known by their first bytes, others by their names. What has the form of
 * a mail, of YAML or of subtitles is refused where it would be read as a text or as JSON Lines,
 * since nothing good would come of it.
 */
#define _POSIX_C_SOURCE 200809L
#include "input/refusal.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "input/encoding.h"
#include "input/front_matter.h"
#include "input/text_records.h"
#include "twicetold.h"
#include "util/utf8.h"

#define AS_TEXT "convert it to text or JSON Lines first"
#define AS_PAGE "save it as HTML, or convert it to text or JSON Lines first"
#define AS_LINES "convert it to JSON Lines first"
#define BY_PACKAGE "read it with the Python package, or convert it to JSON Lines"
#define DECOMPRESS "decompress it first"
#define UNPACK "unpack it first"

static const struct {
    const char *begin;
    size_t size;
    const char *kind, *advice;
} beginnings[] = {
    {"%PDF-", 5, "a PDF document", "extract its text first, with pdftotext"},
    {"%!PS", 4, "a PostScript document", AS_TEXT},
    {"\xd0\xcf\x11\xe0", 4, "an old Office document", AS_TEXT},
    {"{\\rtf", 5, "an RTF document", AS_TEXT},
    {"PAR1", 4, "a Parquet file", BY_PACKAGE},
    {"ARROW1", 6, "an Arrow file", BY_PACKAGE},
    {"\xff\xff\xff\xff", 4, "an Arrow stream", BY_PACKAGE},
    {"Obj\1", 4, "an Avro file", AS_LINES},
    {"ORC", 3, "an ORC file", AS_LINES},
    {"\x93NUMPY", 6, "a NumPy array", AS_LINES},
    {"\x89HDF", 4, "an HDF5 file", AS_LINES},
    {"SQLite format 3", 15, "an index or another SQLite database",
     "give the articles it was made from"},
    {"7z\xbc\xaf", 4, "a 7z archive", UNPACK},
    {"Rar!", 4, "a RAR archive", UNPACK},
    {"!<arch>", 7, "an ar archive", UNPACK},
    {"070701", 6, "a cpio archive", UNPACK},
    {"\xff\x06\0\0sNaPpY", 10, "compressed with snappy", DECOMPRESS},
    {"LZIP", 4, "compressed with lzip", DECOMPRESS},
    {"\x89LZO", 4, "compressed with lzop", DECOMPRESS},
    {"\x1f\x8b", 2, "compressed twice", DECOMPRESS},
    {"\x28\xb5\x2f\xfd", 4, "compressed twice", DECOMPRESS},
    {"\x89PNG", 4, "a picture", AS_TEXT},
    {"\xff\xd8\xff", 3, "a picture", AS_TEXT},
    {"GIF8", 4, "a picture", AS_TEXT},
    {"II*\0", 4, "a picture", AS_TEXT},
    {"MM\0*", 4, "a picture", AS_TEXT},
    {"ID3", 3, "a sound", AS_TEXT},
    {"OggS", 4, "a sound", AS_TEXT},
    {"\x7f"
     "ELF",
     4, "a program", AS_TEXT},
    {"version https://git-lfs.github.com", 34, "the pointer of a file in Git LFS",
     "get the file with git lfs pull"},
    {"-----BEGIN PGP MESSAGE", 22, "an encrypted message", "decrypt it first"},
    {"BEGIN:V", 7, "a calendar or an address book", AS_TEXT},
    {"\\documentclass", 14, "a LaTeX document", "make text of it first, with pandoc -t plain"},
    {"TY  - ", 6, "a bibliography", AS_LINES},
    {"WEBVTT", 6, "subtitles", AS_TEXT},
    {"-- MySQL dump", 13, "an SQL dump", "export the table as CSV"},
    {"-- MariaDB dump", 15, "an SQL dump", "export the table as CSV"},
    {"--\n-- PostgreSQL database", 25, "an SQL dump", "export the table as CSV"},
    {"INSERT INTO ", 12, "an SQL dump", "export the table as CSV"},
    {"PRAGMA foreign_keys", 19, "an SQL dump", "export the table as CSV"},
};

static const struct {
    const char *end, *kind, *advice;
} endings[] = {{".yaml", "a YAML file", AS_LINES},
               {".yml", "a YAML file", AS_LINES},
               {".toml", "a TOML file", AS_LINES},
               {".sql", "an SQL dump", "export the table as CSV"},
               {".mbox", "a mailbox", AS_TEXT},
               {".eml", "an e-mail", AS_TEXT},
               {".mht", "a saved web page", AS_PAGE},
               {".mhtml", "a saved web page", AS_PAGE},
               {".srt", "subtitles", AS_TEXT},
               {".bib", "a bibliography", AS_LINES},
               {".ris", "a bibliography", AS_LINES},
               {".tex", "a LaTeX document", "make text of it first, with pandoc -t plain"},
               {".pkl", "a pickle of Python", AS_LINES},
               {".pickle", "a pickle of Python", AS_LINES},
               {".br", "compressed with brotli", DECOMPRESS}};

/* ==== Encodings and binary data =============================================================== */

/* The encoding of wide characters, by the mark or by the zeros of the ASCII among them. @return
 * what to say, or NULL */
static const char *wide_encoding(const char *bytes, size_t size)
{
    size_t zeros[4] = {0}, units; /* of four bytes */
    if (size < 4)
        return NULL;
    if (memcmp(bytes, "\xff\xfe\0\0", 4) == 0 || memcmp(bytes, "\0\0\xfe\xff", 4) == 0)
        return "say --encoding UTF-32";
    if (memcmp(bytes, "\xff\xfe", 2) == 0 || memcmp(bytes, "\xfe\xff", 2) == 0)
        return "say --encoding UTF-16";
    units = (size < TTI_REFUSAL_BYTES ? size : TTI_REFUSAL_BYTES) / 4;
    for (size_t i = 0; i < 4 * units; i++)
        zeros[i % 4] += bytes[i] == '\0';
    if (zeros[1] == units && zeros[2] == units && zeros[3] == units && zeros[0] == 0)
        return "say --encoding UTF-32LE";
    if (zeros[0] == units && zeros[1] == units && zeros[2] == units && zeros[3] == 0)
        return "say --encoding UTF-32BE";
    if (zeros[0] + zeros[2] == 0 && 3 * (zeros[1] + zeros[3]) >= 2 * units)
        return "say --encoding UTF-16LE";
    if (zeros[1] + zeros[3] == 0 && 3 * (zeros[0] + zeros[2]) >= 2 * units)
        return "say --encoding UTF-16BE";
    return NULL;
}

/* The number of letters beyond ASCII that UTF-7 stands for as "+AOk-". */
static size_t letters_of_utf7(const char *bytes, size_t size)
{
    size_t letters = 0;
    for (size_t at = 0; at < size; at++) {
        char code[64];
        size_t n = 0, decoded;
        if ((unsigned char)bytes[at] >= 0x80)
            return 0;
        if (bytes[at] != '+')
            continue;
        while (at + 1 + n < size && n < sizeof code &&
               (isalnum((unsigned char)bytes[at + 1 + n]) ||
                (n > 0 && strchr("+/", bytes[at + 1 + n]) != NULL && bytes[at + 1 + n] != '\0')))
            n++;
        if (n < 3 || n == sizeof code || at + 1 + n == size || bytes[at + 1 + n] != '-')
            continue;
        memcpy(code, bytes + at + 1, n);
        decoded = tti_base64_decode(code, n);
        for (size_t i = 0; i + 1 < decoded; i += 2) {
            const unsigned c = (unsigned)(unsigned char)code[i] << 8 | (unsigned char)code[i + 1];
            if (c < 0xa0 || (c >= 0xd800 && c < 0xf900)) { /* of ASCII or nobody */
                letters = 0;
                break;
            }
            letters++;
        }
        at += n;
    }
    return letters;
}

/* The encoding of text in bytes of ASCII, by the escapes that shift it. @return what it is, or NULL
 */
static const char *shifted_encoding(const char *bytes, size_t size, const char **advice)
{
    for (size_t i = 0; i + 3 < size; i++)
        if (bytes[i] == '\x1b' && bytes[i + 1] == '$') {
            const int is_korean = bytes[i + 2] == ')' && bytes[i + 3] == 'C';
            const int is_chinese = bytes[i + 2] == ')' && bytes[i + 3] == 'A';
            *advice = is_korean    ? "say --encoding ISO-2022-KR"
                      : is_chinese ? "say --encoding ISO-2022-CN"
                                   : "say --encoding ISO-2022-JP";
            return "text in ISO-2022";
        }
    *advice = "say --encoding UTF-7";
    return letters_of_utf7(bytes, size) >= 2 ? "text in UTF-7" : NULL;
}

/* It has a zero, or a control character and is no UTF-8; text of another encoding has none. */
static int is_binary(const char *bytes, size_t size)
{
    int has_control = 0;
    if (size > TTI_REFUSAL_BYTES)
        size = TTI_REFUSAL_BYTES;
    for (size_t i = 0; i < size; i++) {
        const unsigned char c = (unsigned char)bytes[i];
        if (c == 0)
            return 1;
        has_control |= c < 0x20 && strchr("\b\t\n\v\f\r\x1b", c) == NULL;
    }
    return has_control && tti_utf8_valid_up_to(bytes, size) + 4 <= size;
}

/* ==== Forms of text =========================================================================== */

/* A line of the first bytes, without its end. */
typedef struct head_line {
    const char *text;
    size_t size;
} head_line;

/* @return 0: there is none */
static int next_line(const char *bytes, size_t size, size_t *at, head_line *line)
{
    const char *newline;
    if (*at >= size)
        return 0;
    newline = memchr(bytes + *at, '\n', size - *at);
    line->text = bytes + *at;
    line->size = newline == NULL ? size - *at : (size_t)(newline - line->text);
    *at += line->size + 1;
    if (line->size > 0 && line->text[line->size - 1] == '\r')
        line->size--;
    return 1;
}

/* The size of the name that a line begins with, before a colon and a blank or the end; 0: it has
 * none. */
static size_t name_of_line(const head_line *line, size_t begin)
{
    size_t at = begin;
    while (at < line->size && (isalnum((unsigned char)line->text[at]) || line->text[at] == '-' ||
                               line->text[at] == '_'))
        at++;
    return at > begin && at < line->size && line->text[at] == ':' &&
                   (at + 1 == line->size || line->text[at + 1] == ' ')
               ? at - begin
               : 0;
}

static int is_one_of(const char *name, size_t size, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(names[i]) == size && strncasecmp(name, names[i], size) == 0)
            return 1;
    return 0;
}

static int contains_word(const head_line *line, const char *word)
{
    const size_t n = strlen(word);
    for (size_t i = 0; i + n <= line->size; i++)
        if (strncasecmp(line->text + i, word, n) == 0)
            return 1;
    return 0;
}

/* Whether the first lines are the headers of a mail. @return 0, or 1; 2: its text is encoded, or
 * one part of several; 3: these belong together, as those of a web page that was saved */
static int is_mail(const char *bytes, size_t size)
{
    static const char *const headers[] = {
        "From",           "To",           "Cc",
        "Subject",        "Date",         "Sender",
        "Reply-To",       "Message-ID",   "Received",
        "Return-Path",    "Newsgroups",   "Delivered-To",
        "Envelope-To",    "MIME-Version", "Content-Type",
        "DKIM-Signature", "Organization", "Content-Transfer-Encoding"};
    static const char *const codes[] = {"multipart/", "text/html", "base64", "quoted-printable"};
    head_line line;
    size_t at = 0, known = 0;
    int is_encoded = 0, is_page = 0;
    while (next_line(bytes, size, &at, &line) && line.size > 0) {
        const size_t name = name_of_line(&line, 0);
        if (name == 0 && (known == 0 || (line.text[0] != ' ' && line.text[0] != '\t')))
            break;
        known += is_one_of(line.text, name, headers, sizeof headers / sizeof *headers);
        for (size_t i = 0; i < sizeof codes / sizeof *codes && known > 0; i++)
            is_encoded |= contains_word(&line, codes[i]);
        is_page |= known > 0 && contains_word(&line, "multipart/related");
    }
    return known < 2 ? 0 : 1 + is_encoded + is_page;
}

int tti_refusal_is_mail(const char *bytes, size_t size)
{
    return is_mail(bytes, size < TTI_FORMAT_SNIFF_BYTES ? size : TTI_FORMAT_SNIFF_BYTES) > 0;
}

/* Whether the first line separates the mails of a mailbox: "From ada@example.org Mon May  8 ..." */
static int is_mailbox(const char *bytes, size_t size)
{
    head_line line;
    size_t at = 0, digits = 0;
    if (size < 5 || memcmp(bytes, "From ", 5) != 0 || !next_line(bytes, size, &at, &line))
        return 0;
    for (size_t i = 0; i < line.size; i++)
        digits += isdigit((unsigned char)line.text[i]) != 0;
    return digits >= 8 && memchr(line.text, ':', line.size) != NULL &&
           next_line(bytes, size, &at, &line) && name_of_line(&line, 0) > 0;
}

/* Whether the lines are a map or a list of maps of YAML: "---", "- id: a", "  text: b". A text may
 * begin with lines of that form too, between two of "---", or as its title. */
static int is_yaml(const char *bytes, size_t size)
{
    static const char *const fields[] = {"id", "text", "body", "content"};
    head_line line;
    size_t at = 0, count = 0, names = 0, known = 0;
    int is_marked = 0;
    while (next_line(bytes, size, &at, &line)) {
        size_t begin = 0;
        if (line.size == 0 || line.text[0] == '#')
            continue;
        if (line.size >= 3 && memcmp(line.text, "---", 3) == 0 && count++ == 0) {
            is_marked = line.size == 3;
            continue;
        }
        if (line.size >= 3 && memcmp(line.text, "---", 3) == 0)
            return known >= 2; /* else what follows is a text */
        if (at > size && count > 0)
            break; /* it may be cut */
        count++;
        while (begin < line.size && (line.text[begin] == ' ' || line.text[begin] == '-'))
            begin++;
        is_marked |= count == 1 && begin == 2 && line.text[0] == '-';
        const size_t name = name_of_line(&line, begin);
        if (name == 0 && line.text[0] != ' ')
            return 0;
        names += name > 0;
        known += is_one_of(line.text + begin, name, fields, sizeof fields / sizeof *fields);
    }
    return names >= 2 && (is_marked || known >= 2);
}

/* Whether the first lines are "[name]" and "key = value", as in TOML. */
static int is_toml(const char *bytes, size_t size)
{
    head_line line;
    size_t at = 0, end = 0;
    if (!next_line(bytes, size, &at, &line) || line.size < 3 || line.text[0] != '[' ||
        line.text[line.size - 1] != ']' || memchr(line.text, ' ', line.size) != NULL ||
        !next_line(bytes, size, &at, &line))
        return 0;
    while (end < line.size && (isalnum((unsigned char)line.text[end]) || line.text[end] == '_' ||
                               line.text[end] == '-'))
        end++;
    while (end > 0 && end < line.size && line.text[end] == ' ')
        end++;
    return end > 0 && end < line.size && line.text[end] == '=';
}

/* Whether the second line is the time of a subtitle. */
static int is_subtitles(const char *bytes, size_t size)
{
    head_line line;
    size_t at = 0;
    return isdigit((unsigned char)bytes[0]) && next_line(bytes, size, &at, &line) &&
           line.size < 8 && next_line(bytes, size, &at, &line) && line.size > 16 &&
           line.text[2] == ':' && line.text[5] == ':' && memcmp(line.text + 12, " --> ", 5) == 0;
}

const char *tti_refusal_of_zip(const char *bytes, size_t size, const char **advice)
{
    enum { NAME_AT = 30 }; /* the name of the first file, and then the file */
    static const struct {
        const char *begin, *kind;
    } first_files[] = {
        {"[Content_Types].xml", "an Office document"},
        {"_rels/", "an Office document"},
        {"docProps/", "an Office document"},
        {"word/", "an Office document"},
        {"xl/", "an Office document"},
        {"ppt/", "an Office document"},
        {"mimetypeapplication/vnd.oasis.opendocument", "an OpenDocument file"},
    };
    *advice = "save it as text, or a table as CSV";
    if (size < NAME_AT || memcmp(bytes, "PK\3\4", 4) != 0)
        return NULL;
    for (size_t i = 0; i < sizeof first_files / sizeof *first_files; i++) {
        const size_t n = strlen(first_files[i].begin);
        if (size - NAME_AT >= n && memcmp(bytes + NAME_AT, first_files[i].begin, n) == 0)
            return first_files[i].kind;
    }
    return NULL;
}

int tti_refusal_is_likely(const char *bytes, size_t size)
{
    head_line line = {bytes, 0};
    size_t at = 0;
    if (!next_line(bytes, size, &at, &line))
        return 0;
    return name_of_line(&line, 0) > 0 || isdigit((unsigned char)bytes[0]) ||
           (size >= 5 && memcmp(bytes, "From ", 5) == 0) ||
           (size >= 2 && (memcmp(bytes, "--", 2) == 0 || memcmp(bytes, "- ", 2) == 0));
}

const char *tti_refusal_of(const tti_file_kind *file, const char *bytes, size_t size,
                           const char **advice)
{
    const size_t name_size = tti_format_size_without_compression(file->path);
    const int may_be_kept = file->format == TTI_FORMAT_TEXT;
    tti_front_matter front;
    const char *kind;
    int mail;
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++)
        if (size >= beginnings[i].size &&
            memcmp(bytes, beginnings[i].begin, beginnings[i].size) == 0) {
            *advice = beginnings[i].advice;
            return beginnings[i].kind;
        }
    for (size_t i = 0; i < sizeof endings / sizeof *endings && file->by_name; i++) {
        const size_t n = strlen(endings[i].end);
        if (name_size > n && strncasecmp(file->path + name_size - n, endings[i].end, n) == 0) {
            *advice = endings[i].advice;
            return endings[i].kind;
        }
    }
    if (file->format == TTI_FORMAT_XML || size == 0)
        return NULL;
    *advice = wide_encoding(bytes, size);
    if (*advice != NULL)
        return "text in UTF-16 or UTF-32";
    kind = file->format == TTI_FORMAT_HTML ? NULL : shifted_encoding(bytes, size, advice);
    if (kind != NULL)
        return kind;
    *advice = AS_TEXT;
    if (bytes[0] != '{' && is_binary(bytes, size)) /* of JSON, each record is checked */
        return "binary data";
    if ((may_be_kept && file->text_format == TT_TEXT_PLAIN) ||
        (file->format != TTI_FORMAT_TEXT && file->format != TTI_FORMAT_JSONL &&
         file->format != TTI_FORMAT_HTML))
        return NULL;
    if (may_be_kept)
        *advice = "convert it to JSON Lines first, or keep it as it is with --text-format plain";
    if (size > TTI_FORMAT_SNIFF_BYTES && file->format != TTI_FORMAT_JSONL)
        size = TTI_FORMAT_SNIFF_BYTES;
    else if (size > TTI_REFUSAL_BYTES && file->format == TTI_FORMAT_JSONL)
        size = TTI_REFUSAL_BYTES;
    mail = is_mail(bytes, size);
    if (mail > may_be_kept) /* one in plain text may be read as a text */
        return mail == 3 ? "an e-mail, or a web page that was saved as one" : "an e-mail";
    if (file->format == TTI_FORMAT_HTML)
        return NULL;
    kind = bytes[0] == '{' ? NULL : tti_text_records_kind(bytes, size, advice);
    if (kind != NULL)
        return kind;
    if (may_be_kept && tti_front_matter_read(bytes, size, &front))
        return NULL;
    if (size > TTI_REFUSAL_BYTES)
        size = TTI_REFUSAL_BYTES;
    if (is_mailbox(bytes, size))
        return "a mailbox";
    if (is_yaml(bytes, size))
        return "a YAML file";
    if (is_toml(bytes, size))
        return "a TOML file";
    return is_subtitles(bytes, size) ? "subtitles" : NULL;
}
