/*
 * Corpora of many short texts come as text files with one a line, or one word a line. As one
 * article they would be compared with nothing, and nobody would be told.
 */
#include "input/text_records.h"

#include <ctype.h>
#include <string.h>

typedef struct text_line {
    const char *text;
    size_t size;
} text_line;

static int is_line_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* Takes the next line that is not blank, without blanks at its ends. The last one counts only if
 * its end is there. @return 0: there is none */
static int next_full_line(const char *bytes, size_t size, size_t *at, text_line *line)
{
    while (*at < size) {
        const char *newline = memchr(bytes + *at, '\n', size - *at), *end = newline;
        line->text = bytes + *at;
        if (newline == NULL)
            return 0;
        *at = (size_t)(newline + 1 - bytes);
        while (line->text < end && is_line_blank(*line->text))
            line->text++;
        while (end > line->text && is_line_blank(end[-1]))
            end--;
        line->size = (size_t)(end - line->text);
        if (line->size > 0)
            return 1;
    }
    return 0;
}

int tti_text_records_has_columns(const char *bytes, size_t size)
{
    text_line line;
    size_t at = 0, lines = 0, tabs = 0;
    while (next_full_line(bytes, size, &at, &line)) {
        size_t count = 0;
        if (line.text[0] == '<' || line.text[0] == '#')
            continue;
        for (size_t i = 0; i < line.size; i++)
            count += line.text[i] == '\t';
        if (count == 0 || (lines > 0 && count != tabs))
            return 0;
        tabs = count;
        lines++;
    }
    if (at < size && lines > 0) { /* the last line has no end, and counts if it is one of them */
        size_t count = 0;
        for (size_t i = at; i < size; i++)
            count += bytes[i] == '\t';
        lines += count == tabs;
    }
    return lines >= 2;
}

/* Whether the last word of a line is a tag as CoNLL has it: "O", "B-LOC", "I-ORG". */
static int has_entity_tag(const text_line *line)
{
    size_t begin = line->size;
    while (begin > 0 && !is_line_blank(line->text[begin - 1]))
        begin--;
    return begin > 0 && ((line->size - begin == 1 && line->text[begin] == 'O') ||
                         (line->size - begin > 2 && line->text[begin + 1] == '-' &&
                          strchr("BIELSU", line->text[begin]) != NULL));
}

/* Whether each line is a word and its tags. */
static int is_word_a_line(const char *bytes, size_t size)
{
    text_line line;
    size_t at = 0, lines = 0;
    if (size >= 10 && memcmp(bytes, "-DOCSTART-", 10) == 0)
        return 1;
    while (next_full_line(bytes, size, &at, &line)) {
        if (line.text[0] == '#')
            continue;
        if (!has_entity_tag(&line))
            return 0;
        lines++;
    }
    return lines >= 4;
}

/* Whether the first line is "1 of 100 DOCUMENTS". */
static int is_numbered_document(const char *bytes, size_t size)
{
    static const char words[] = " of ", end[] = " DOCUMENTS";
    text_line line;
    size_t at = 0, i = 0, digits;
    if (!next_full_line(bytes, size, &at, &line))
        return 0;
    while (i < line.size && isdigit((unsigned char)line.text[i]))
        i++;
    if (i == 0 || line.size - i < sizeof words - 1 ||
        memcmp(line.text + i, words, sizeof words - 1) != 0)
        return 0;
    i += sizeof words - 1;
    for (digits = i; i < line.size && isdigit((unsigned char)line.text[i]); i++) {
    }
    return i > digits && line.size - i == sizeof end - 1 &&
           memcmp(line.text + i, end, sizeof end - 1) == 0;
}

/* Whether it is a message of a news wire, as ANPA 1312 and IPTC 7901 have it: synchronisation, the
 * start of a heading, and the start of the text. */
static int is_wire_message(const char *bytes, size_t size)
{
    size_t at = 0;
    while (at < size && (bytes[at] == '\x16' || bytes[at] == '\r' || bytes[at] == '\n'))
        at++;
    return at < size && bytes[at] == '\x01' && memchr(bytes + at, '\x02', size - at) != NULL;
}

/* Whether the first line assigns JSON to a name, as in JavaScript: "window.tweets = [". */
static int is_assignment(const char *bytes, size_t size)
{
    size_t at = 0;
    while (at < size && (isalnum((unsigned char)bytes[at]) || strchr("._$ ", bytes[at]) != NULL) &&
           bytes[at] != '\0')
        at++;
    if (at == 0 || at == size || bytes[at] != '=')
        return 0;
    for (at++; at < size && bytes[at] == ' '; at++) {
    }
    return at + 1 < size && (bytes[at] == '[' || bytes[at] == '{') &&
           strchr("\"{[ \r\n", bytes[at + 1]) != NULL;
}

const char *tti_text_records_kind(const char *bytes, size_t size, const char **advice)
{
    if (size >= 9 && memcmp(bytes, "__label__", 9) == 0) {
        *advice = "make it a table: (printf 'label\\ttext\\n'; sed 's/ /\\t/' FILE) >FILE.tsv";
        return "labels and texts of fastText";
    }
    if (is_wire_message(bytes, size)) {
        *advice = "give what is between STX and ETX, or the message as NewsML or ninjs";
        return "a wire message of ANPA 1312 or IPTC 7901";
    }
    if (is_assignment(bytes, size)) {
        *advice = "cut off what is before its first bracket";
        return "a script with JSON in it";
    }
    if (is_numbered_document(bytes, size)) {
        *advice = "split it: csplit -z FILE '/[0-9] of [0-9]* DOCUMENTS/' '{*}'";
        return "articles of Nexis in one file";
    }
    if (is_word_a_line(bytes, size)) {
        *advice = "give the text that was tagged";
        return "a word a line, with tags (CoNLL)";
    }
    if (tti_text_records_has_columns(bytes, size)) {
        *advice = "put a line of names in front (label<TAB>text), or say --text-format plain";
        return "a table without a header";
    }
    return NULL;
}
