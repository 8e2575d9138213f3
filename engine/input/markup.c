/*
 * Tags are handled one by one, without a tree, so that broken markup costs nothing and depth does
 * not matter. The text is written over the markup it came from: what replaces a tag or a reference
 * is never longer than it.
 *
 * It takes linear time: what was searched for and not found is not searched for again.
 */
#include "input/markup.h"

#include "util/sort.h"
#include "util/utf8.h"

#include <assert.h>
#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include <libxml/HTMLparser.h>

enum { NAME_ROOM = 16, LONGEST_REFERENCE = 34 };

/* What separates the next character from the last: the strongest break between the two. */
typedef enum { BREAK_NONE, BREAK_SPACE, BREAK_LINE, BREAK_PARAGRAPH } text_break;

typedef enum { TAG_INLINE, TAG_CELL, TAG_LINE, TAG_BLOCK, TAG_SKIP } tag_kind;

static const struct {
    char name[NAME_ROOM];
    tag_kind kind;
} tags[] = {
    {"address", TAG_BLOCK},
    {"article", TAG_BLOCK},
    {"aside", TAG_BLOCK},
    {"block", TAG_BLOCK},
    {"blockquote", TAG_BLOCK},
    {"body", TAG_BLOCK},
    {"body.content", TAG_BLOCK},
    {"body.end", TAG_SKIP},
    {"body.head", TAG_SKIP},
    {"bq", TAG_BLOCK},
    {"br", TAG_LINE},
    {"byttl", TAG_CELL},
    {"caption", TAG_BLOCK},
    {"center", TAG_BLOCK},
    {"dd", TAG_BLOCK},
    {"div", TAG_BLOCK},
    {"dl", TAG_BLOCK},
    {"dt", TAG_BLOCK},
    {"figcaption", TAG_BLOCK},
    {"figure", TAG_BLOCK},
    {"fn", TAG_BLOCK},
    {"footer", TAG_BLOCK},
    {"h1", TAG_BLOCK},
    {"h2", TAG_BLOCK},
    {"h3", TAG_BLOCK},
    {"h4", TAG_BLOCK},
    {"h5", TAG_BLOCK},
    {"h6", TAG_BLOCK},
    {"head", TAG_SKIP},
    {"header", TAG_BLOCK},
    {"hl1", TAG_BLOCK},
    {"hl2", TAG_BLOCK},
    {"hr", TAG_BLOCK},
    {"iframe", TAG_SKIP},
    {"li", TAG_BLOCK},
    {"main", TAG_BLOCK},
    {"media", TAG_SKIP},
    {"nav", TAG_BLOCK},
    {"noscript", TAG_SKIP},
    {"note", TAG_BLOCK},
    {"ol", TAG_BLOCK},
    {"p", TAG_BLOCK},
    {"pre", TAG_BLOCK},
    {"script", TAG_SKIP},
    {"section", TAG_BLOCK},
    {"style", TAG_SKIP},
    {"svg", TAG_SKIP},
    {"table", TAG_BLOCK},
    {"td", TAG_CELL},
    {"template", TAG_SKIP},
    {"th", TAG_CELL},
    {"tr", TAG_LINE},
    {"ul", TAG_BLOCK},
};

typedef struct markup_stripper {
    char *text;
    size_t size, at, written;
    text_break before;
    int pre;                 /* open <pre> */
    char skipped[NAME_ROOM]; /* the element being left out */
    size_t skip_depth;
    int raw;         /* its content has no tags, as of script and style */
    int no_tag_ends; /* no '>' follows */
} markup_stripper;

static int is_html_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static int is_ascii_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static void request_break(markup_stripper *s, text_break least)
{
    if (s->before < least)
        s->before = least;
}

static void append_markup_text(markup_stripper *s, const char *bytes, size_t size)
{
    if (s->skip_depth > 0)
        return;
    if (s->written > 0 && s->before == BREAK_SPACE)
        s->text[s->written++] = ' ';
    for (text_break g = BREAK_LINE; s->written > 0 && g <= s->before; g++)
        s->text[s->written++] = '\n';
    s->before = BREAK_NONE;
    assert(s->written + size <= s->size);
    memmove(s->text + s->written, bytes, size);
    s->written += size;
}

size_t tti_markup_entity(const char *name, size_t size, char out[4])
{
    char copy[NAME_ROOM];
    const htmlEntityDesc *found;
    if (size == 0 || size >= sizeof copy)
        return 0;
    memcpy(copy, name, size);
    copy[size] = '\0';
    if (strcmp(copy, "apos") == 0) {
        out[0] = '\'';
        return 1;
    }
    found = htmlEntityLookup((const xmlChar *)copy);
    return found == NULL ? 0 : tti_utf8_encode(found->value, out);
}

/* The number in "#38" or "#x26"; UINT32_MAX: it is none. */
static uint32_t parse_character_number(const char *p, size_t size)
{
    const uint32_t base = size > 1 && (p[1] == 'x' || p[1] == 'X') ? 16 : 10;
    size_t i = base == 16 ? 2 : 1;
    uint32_t value = 0;
    if (i == size)
        return UINT32_MAX;
    for (; i < size; i++) {
        const char c = p[i];
        uint32_t digit;
        if (c >= '0' && c <= '9')
            digit = (uint32_t)(c - '0');
        else if (base == 16 && is_ascii_letter(c) && (c | 0x20) <= 'f')
            digit = (uint32_t)((c | 0x20) - 'a' + 10);
        else
            return UINT32_MAX;
        value = value > 0x110000 ? value : value * base + digit;
    }
    return value;
}

/* The code point that a number means: HTML reads 128..159 as Windows-1252. 0: none */
static uint32_t numeric_reference_character(uint32_t value)
{
    static const uint16_t windows[32] = {
        0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
        0x2039, 0x0152, 0,      0x017d, 0,      0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
        0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178};
    if (value >= 0x80 && value < 0xa0)
        return windows[value - 0x80];
    if (value < 0x20)
        return value == '\t' || value == '\n' || value == '\r' ? ' ' : 0;
    return value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff) ? 0xfffd : value;
}

/* Replaces the reference at '&'; what is none stays text. */
static void replace_reference(markup_stripper *s)
{
    const char *p = s->text + s->at + 1;
    const size_t left = s->size - s->at - 1;
    const char *end = memchr(p, ';', left < LONGEST_REFERENCE ? left : LONGEST_REFERENCE);
    const size_t size = end == NULL ? 0 : (size_t)(end - p);
    char utf8[4];
    size_t n = 0;
    if (size > 1 && p[0] == '#') {
        const uint32_t value = parse_character_number(p, size);
        const uint32_t c = value == UINT32_MAX ? 0 : numeric_reference_character(value);
        if (value != UINT32_MAX) {
            s->at += size + 2;
            if (c == ' ')
                request_break(s, BREAK_SPACE);
            else if (c != 0)
                append_markup_text(s, utf8, tti_utf8_encode(c, utf8));
            return;
        }
    } else if (size > 0) {
        n = tti_markup_entity(p, size, utf8);
    }
    s->at += n == 0 ? 1 : size + 2;
    if (n == 0)
        append_markup_text(s, "&", 1);
    else
        append_markup_text(s, utf8, n);
}

/* The offset after the first `what` from `from` on; SIZE_MAX: there is none. */
static size_t offset_after(const markup_stripper *s, size_t from, const char *what)
{
    const size_t n = strlen(what);
    while (from + n <= s->size) {
        const char *p = memchr(s->text + from, what[0], s->size - from - n + 1);
        if (p == NULL)
            return SIZE_MAX;
        from = (size_t)(p - s->text);
        if (memcmp(p, what, n) == 0)
            return from + n;
        from++;
    }
    return SIZE_MAX;
}

/* The offset of the '>' that ends the tag and is not in quotes; s->size: there is none. */
static size_t find_tag_end(markup_stripper *s, size_t from)
{
    size_t at = from;
    const char *plain = s->no_tag_ends ? NULL : memchr(s->text + from, '>', s->size - from);
    if (plain == NULL) {
        s->no_tag_ends = 1;
        return s->size;
    }
    while (at < s->size && s->text[at] != '>') {
        const char c = s->text[at];
        if ((c == '"' || c == '\'') && s->text[at - 1] == '=') {
            const char *close = memchr(s->text + at + 1, c, s->size - at - 1);
            if (close == NULL)
                return (size_t)(plain - s->text);
            at = (size_t)(close - s->text);
        }
        at++;
    }
    return at < s->size ? at : (size_t)(plain - s->text);
}

static tag_kind tag_kind_of(const char *name)
{
    const size_t count = sizeof tags / sizeof tags[0];
    size_t i;
    TTI_LOWER_BOUND(i, 0, count, strcmp(tags[i].name, name) < 0);
    return i < count && strcmp(tags[i].name, name) == 0 ? tags[i].kind : TAG_INLINE;
}

/* Reads a tag's name in small letters, without a prefix; "" if it is too long. @return its end */
static size_t read_tag_name(const markup_stripper *s, size_t at, char name[NAME_ROOM])
{
    size_t n = 0;
    while (at < s->size && !is_html_space(s->text[at]) && strchr("></", s->text[at]) == NULL) {
        const char c = s->text[at++];
        if (c == ':')
            n = 0;
        else if (n < NAME_ROOM)
            name[n++] = is_ascii_letter(c) ? (char)(c | 0x20) : c;
    }
    name[n < NAME_ROOM ? n : 0] = '\0';
    return at;
}

/* Handles a tag whose '>' is at `end`. */
static void handle_tag(markup_stripper *s, const char *name, int closing, size_t end)
{
    const int empty = !closing && s->text[end - 1] == '/';
    if (s->skip_depth > 0) {
        if (strcmp(name, s->skipped) != 0 || empty)
            return;
        s->skip_depth += closing ? (size_t)-1 : 1;
        return;
    }
    switch (tag_kind_of(name)) {
    case TAG_SKIP:
        if (!closing && !empty) {
            memcpy(s->skipped, name, sizeof s->skipped);
            s->skip_depth = 1;
            s->raw = strcmp(name, "script") == 0 || strcmp(name, "style") == 0;
        }
        request_break(s, BREAK_PARAGRAPH);
        break;
    case TAG_BLOCK:
        if (strcmp(name, "pre") == 0)
            s->pre = !closing;
        request_break(s, BREAK_PARAGRAPH);
        break;
    case TAG_LINE: /* two breaks in a row make a paragraph */
        if (name[0] == 'b' && s->before >= BREAK_LINE && !closing)
            request_break(s, BREAK_PARAGRAPH);
        request_break(s, BREAK_LINE);
        break;
    case TAG_CELL: request_break(s, BREAK_SPACE); break;
    default: break;
    }
}

/* Handles the '<' of a tag, a comment or a declaration; any other is text. */
static void handle_angle_bracket(markup_stripper *s)
{
    const char *p = s->text + s->at;
    const size_t left = s->size - s->at;
    const int closing = left > 1 && p[1] == '/';
    char name[NAME_ROOM];
    size_t end;
    if (left > 3 && memcmp(p, "<!--", 4) == 0 && !(s->skip_depth > 0 && s->raw)) {
        end = offset_after(s, s->at + 4, "-->");
        s->at = end == SIZE_MAX ? s->size : end;
        return;
    }
    if (left > 8 && memcmp(p, "<![CDATA[", 9) == 0) {
        end = offset_after(s, s->at + 9, "]]>");
        s->at += 9;
        end = end == SIZE_MAX ? s->size : end - 3;
        if (end > s->at)
            append_markup_text(s, s->text + s->at, end - s->at);
        s->at = end == s->size ? end : end + 3;
        return;
    }
    if (left > 1 && (is_ascii_letter(p[1]) || p[1] == '!' || p[1] == '?' ||
                     (closing && left > 2 && is_ascii_letter(p[2])))) {
        const size_t from = read_tag_name(s, s->at + 1 + (size_t)closing, name);
        if (s->skip_depth > 0 && s->raw && !(closing && strcmp(name, s->skipped) == 0)) {
            s->at++;
            return;
        }
        end = find_tag_end(s, from);
        if (end < s->size) {
            handle_tag(s, name, closing, end);
            s->at = end + 1;
            return;
        }
    }
    append_markup_text(s, "<", 1);
    s->at++;
}

size_t tti_markup_strip(char *text, size_t size)
{
    markup_stripper s = {0};
    s.text = text;
    s.size = size;
    while (s.at < size) {
        size_t end = s.at;
        while (end < size && text[end] != '<' && text[end] != '&' && !is_html_space(text[end]))
            end++;
        if (end > s.at) {
            append_markup_text(&s, text + s.at, end - s.at);
            s.at = end;
        } else if (text[end] == '<') {
            handle_angle_bracket(&s);
        } else if (text[end] == '&') {
            replace_reference(&s);
        } else {
            request_break(&s, s.pre && text[end] == '\n' ? BREAK_LINE : BREAK_SPACE);
            s.at++;
        }
    }
    assert(s.written <= size);
    return s.written;
}

/* Elements that are in a line of text, which tti_markup_strip() need not know. */
static const char *const inline_tags[] = {"a",     "b",    "code",   "em",  "font", "i", "img",
                                          "small", "span", "strong", "sub", "sup",  "u"};

/* The number of the element, or -1: HTML has none of this name. */
static int html_tag_number(const char *name)
{
    const int blocks = (int)(sizeof tags / sizeof tags[0]);
    for (int i = 0; i < blocks; i++)
        if (strcmp(tags[i].name, name) == 0)
            return i;
    for (int i = 0; i < (int)(sizeof inline_tags / sizeof *inline_tags); i++)
        if (strcmp(inline_tags[i], name) == 0)
            return blocks + i;
    return -1;
}

/* Whether it is an element without an end tag, which need not be paired to be HTML. */
static int is_empty_tag(const char *name)
{
    return strcmp(name, "br") == 0 || strcmp(name, "hr") == 0 || strcmp(name, "img") == 0;
}

/* Whether the tag whose name ends at `end` begins a text, and is not mentioned in one: what follows
 * is not a blank, as in "<p> stands for a paragraph", or it `is_empty`. */
static int begins_marked_text(const char *text, size_t size, size_t end, int is_empty)
{
    const char *close = memchr(text + end, '>', size - end);
    unsigned char next;
    if (close == NULL || is_empty)
        return close != NULL;
    if (close + 1 == text + size)
        return 0;
    next = (unsigned char)close[1];
    return next >= 0x80 || isalnum(next) || strchr("\r\n\"'<", next) != NULL;
}

/* A text that does not begin with a tag has one in so many bytes, or is a text about HTML. */
enum { BYTES_OF_A_TAG = 400 };

int tti_markup_is_html(const char *text, size_t size)
{
    const markup_stripper s = {.text = (char *)text, .size = size};
    uint64_t open[2] = {0, 0};
    const char *p = memchr(text, '<', size);
    size_t first = 0, seen = 0;
    int is_paired = 0;
    _Static_assert(sizeof tags / sizeof tags[0] + sizeof inline_tags / sizeof *inline_tags <= 128,
                   "a bit for each element");
    if (p == NULL)
        return 0;
    while (first < size && is_html_space(text[first]))
        first++;
    for (; p != NULL; p = memchr(p, '<', size - (size_t)(p - text))) {
        const size_t at = (size_t)(p - text);
        const int closing = at + 1 < size && text[at + 1] == '/';
        char name[NAME_ROOM];
        const size_t end = read_tag_name(&s, at + 1 + (size_t)closing, name);
        const int tag = end < size && text[end] != '<' ? html_tag_number(name) : -1;
        p++;
        if (tag < 0)
            continue;
        seen++;
        if (at == first && begins_marked_text(text, size, end, is_empty_tag(name)))
            return 1;
        is_paired |=
            closing ? (open[tag / 64] >> tag % 64 & 1) != 0 : seen > 1 && text[first] == '<';
        if (is_paired && (text[first] == '<' || seen * BYTES_OF_A_TAG >= size))
            return 1;
        open[tag / 64] |= (uint64_t)!closing << tag % 64;
    }
    return 0;
}

size_t tti_markup_normalize_space(char *text, size_t size)
{
    size_t written = 0;
    int blank = 0;
    for (size_t i = 0; i < size; i++) {
        if (is_html_space(text[i])) {
            blank = written > 0;
            continue;
        }
        if (blank)
            text[written++] = ' ';
        blank = 0;
        text[written++] = text[i];
    }
    return written;
}
