/*
 * Tags are looked for one after another, without a tree, as in input/markup.c, which makes the
 * text.
 */
#include "input/html_page.h"

#include "input/encoding.h"
#include "input/markup.h"
#include "util/error.h"
#include "util/utf8.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

typedef struct html_span {
    char *text;
    size_t size;
} html_span;

static int is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

/* Whether the tag of this name, "article" or "/article", is at `at`. */
static int tag_is_at(const html_span *page, size_t at, const char *name)
{
    const size_t n = strlen(name);
    return page->size - at > n + 1 && page->text[at] == '<' &&
           strncasecmp(page->text + at + 1, name, n) == 0 &&
           (is_blank(page->text[at + 1 + n]) || strchr(">/", page->text[at + 1 + n]) != NULL);
}

/* The next tag of this name from `at` on. @return page->size: there is none */
static size_t find_tag(const html_span *page, size_t at, const char *name)
{
    while (at < page->size) {
        const char *found = memchr(page->text + at, '<', page->size - at);
        if (found == NULL)
            break;
        at = (size_t)(found - page->text);
        if (page->size - at > 4 && memcmp(found, "<!--", 4) == 0) {
            const char *end = NULL;
            for (size_t i = at + 4; i + 3 <= page->size && end == NULL; i++)
                if (memcmp(page->text + i, "-->", 3) == 0)
                    end = page->text + i;
            at = end == NULL ? page->size : (size_t)(end - page->text) + 3;
            continue;
        }
        if (tag_is_at(page, at, name))
            return at;
        at++;
    }
    return page->size;
}

/* The offset after the '>' of the tag at `at`. */
static size_t tag_end(const html_span *page, size_t at)
{
    char quote = '\0';
    for (; at < page->size; at++) {
        const char c = page->text[at];
        if (quote != '\0')
            quote = c == quote ? '\0' : quote;
        else if (c == '"' || c == '\'')
            quote = c;
        else if (c == '>')
            return at + 1;
    }
    return page->size;
}

/* The value of an attribute of the tag at `at`. @return its size is 0: it has none */
static html_span attribute_of(const html_span *page, size_t at, const char *name)
{
    const size_t end = tag_end(page, at), n = strlen(name);
    for (size_t i = at + 1; i + n + 1 < end; i++) {
        html_span value = {page->text, 0};
        char quote;
        size_t begin = i + n;
        if (!is_blank(page->text[i - 1]) || strncasecmp(page->text + i, name, n) != 0)
            continue;
        while (begin < end && is_blank(page->text[begin]))
            begin++;
        if (begin >= end || page->text[begin] != '=')
            continue;
        for (begin++; begin < end && is_blank(page->text[begin]); begin++) {
        }
        quote = begin < end ? page->text[begin] : '\0';
        if (quote == '"' || quote == '\'')
            begin++;
        else
            quote = '\0';
        value.text += begin;
        while (begin + value.size < end &&
               (quote != '\0' ? value.text[value.size] != quote
                              : !is_blank(value.text[value.size]) && value.text[value.size] != '>'))
            value.size++;
        return value;
    }
    return (html_span){page->text, 0};
}

static int span_is(html_span span, const char *text)
{
    return span.size == strlen(text) && strncasecmp(span.text, text, span.size) == 0;
}

/* The content of the first of these metadata that is there. */
static html_span meta_content(const html_span *page, const char *const *names, size_t count)
{
    static const char *const keys[] = {"property", "name", "itemprop"};
    for (size_t n = 0; n < count; n++)
        for (size_t at = find_tag(page, 0, "meta"); at < page->size;
             at = find_tag(page, at + 1, "meta"))
            for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
                if (span_is(attribute_of(page, at, keys[k]), names[n])) {
                    const html_span content = attribute_of(page, at, "content");
                    if (content.size > 0)
                        return content;
                }
    return (html_span){page->text, 0};
}

/* What is between the first tag of this name and the last of its ends, or the next of them. */
static html_span content_of(const html_span *page, const char *name, const char *end_name,
                            int to_last)
{
    const size_t at = find_tag(page, 0, name);
    size_t begin, end, next;
    if (at == page->size)
        return (html_span){page->text, 0};
    begin = tag_end(page, at);
    end = find_tag(page, begin, end_name);
    while (to_last && end < page->size && (next = find_tag(page, end + 1, end_name)) < page->size)
        end = next;
    return (html_span){page->text + begin, end - begin};
}

/* Blanks an element with all that is in it. */
static void blank_elements(const html_span *page, const char *name, const char *end_name)
{
    for (size_t at = find_tag(page, 0, name); at < page->size; at = find_tag(page, at, name)) {
        size_t end = find_tag(page, at, end_name), inner = find_tag(page, at + 1, name);
        while (inner < end && end < page->size) { /* one within the other */
            end = find_tag(page, end + 1, end_name);
            inner = find_tag(page, inner + 1, name);
        }
        if (end == page->size)
            return; /* and none of those that follow has an end */
        end = tag_end(page, end);
        memset(page->text + at, ' ', end - at);
        at = end;
    }
}

/* Adds a member that is markup, as a line. */
static tt_status add_line(tti_char_array *object, const tt_allocator *a, const char *name,
                          html_span value)
{
    tti_char_array copy = {0};
    tt_status status = tti_array_append(&copy, a, value.text, value.size);
    if (status == TT_OK && copy.count > 0) {
        copy.count = tti_markup_strip(copy.items, copy.count);
        copy.count = tti_markup_normalize_space(copy.items, copy.count);
    }
    if (status == TT_OK && copy.count > 0)
        status = tti_json_item_member(object, a, name, strlen(name), copy.items, copy.count);
    tti_array_free(&copy, a);
    return status;
}

static html_span first_of(html_span x, html_span y)
{
    return x.size > 0 ? x : y;
}

/* Finds the encoding that a page declares in a meta element or as XML. @return 1, with its name in
 * `name`; 0: it declares none */
static int find_declared_encoding(const char *page, size_t size, char *name, size_t name_size)
{
    enum { DECLARED_WITHIN = 4096 };
    static const char *const words[] = {"charset", "encoding"};
    const int is_xml = size > 5 && memcmp(page, "<?xml", 5) == 0;
    const size_t end = size < DECLARED_WITHIN ? size : DECLARED_WITHIN;
    for (size_t i = 0; i < 1 + (size_t)is_xml; i++)
        for (size_t n = strlen(words[i]), at = 0; at + n < end; at++) {
            size_t begin = at + n, used = 0;
            if (strncasecmp(page + at, words[i], n) != 0)
                continue;
            while (begin < end && strchr(" =\"'", page[begin]) != NULL && page[begin] != '\0')
                begin++;
            if (page[at + n] != '=' && page[at + n] != ' ')
                continue;
            while (begin + used < end && used + 1 < name_size &&
                   (isalnum((unsigned char)page[begin + used]) ||
                    strchr("-_.:", page[begin + used]) != NULL) &&
                   page[begin + used] != '\0')
                used++;
            memcpy(name, page + begin, used);
            name[used] = '\0';
            if (used > 0)
                return 1;
        }
    return 0;
}

tt_status tti_html_page_read(char *text, size_t size, const char *path, const char *date,
                             tti_char_array *object, int *has_text, const tt_allocator *a)
{
    static const char *const titles[] = {"og:title", "dc.title", "headline"};
    static const char *const dates[] = {
        "article:published_time", "datePublished", "dc.date.issued", "dc.date", "pubdate",
        "publish-date",           "date"};
    static const char *const sources[] = {"og:site_name", "publisher", "dc.publisher"};
    static const char *const menus[][2] = {
        {"script", "/script"}, {"style", "/style"}, {"nav", "/nav"},       {"aside", "/aside"},
        {"footer", "/footer"}, {"form", "/form"},   {"button", "/button"}, {"select", "/select"}};
    const html_span page = {text, size};
    html_span body, published;
    size_t written;
    *has_text = 0;
    TTI_TRY(tti_json_item_member(object, a, "id", 2, path, strlen(path)));
    TTI_TRY(add_line(object, a, "title",
                     first_of(meta_content(&page, titles, sizeof titles / sizeof *titles),
                              content_of(&page, "title", "/title", 0))));
    published = first_of(meta_content(&page, dates, sizeof dates / sizeof *dates),
                         attribute_of(&page, find_tag(&page, 0, "time"), "datetime"));
    if (published.size > 0)
        TTI_TRY(add_line(object, a, "published", published));
    else if (*date != '\0')
        TTI_TRY(tti_json_item_member(object, a, "published", 9, date, strlen(date)));
    TTI_TRY(add_line(object, a, "source",
                     meta_content(&page, sources, sizeof sources / sizeof *sources)));
    for (size_t i = 0; i < sizeof menus / sizeof *menus; i++)
        blank_elements(&page, menus[i][0], menus[i][1]);
    body = content_of(&page, "article", "/article", 1);
    if (body.size == 0)
        body = content_of(&page, "main", "/main", 1);
    if (body.size == 0)
        body = content_of(&page, "body", "/body", 1);
    if (body.size == 0)
        body = page;
    written = tti_markup_strip(body.text, body.size);
    *has_text = written > 0;
    if (written > 0)
        TTI_TRY(tti_json_item_member(object, a, "text", 4, body.text, written));
    return tti_json_item_end(object, a);
}

tt_status tti_html_page_decode(const char *page, size_t size, const char *encoding,
                               tti_char_array *decoded, const tt_allocator *a)
{
    static const char *const western[] = {"iso-8859-1", "latin1", "us-ascii", "ascii"};
    char declared[40];
    const char *given = encoding, *name;
    tt_status status;
    decoded->count = 0;
    if (*encoding == '\0') {
        if (!find_declared_encoding(page, size, declared, sizeof declared))
            return TT_OK;
        given = declared;
    }
    if (tti_utf8_valid_up_to(page, size) == size && strncasecmp(given, "iso-2022", 8) != 0)
        return TT_OK;
    name = given;
    for (size_t i = 0; i < sizeof western / sizeof *western; i++)
        if (strcasecmp(given, western[i]) == 0)
            name = "windows-1252";
    status = tti_encoding_convert(name, page, size, decoded, a);
    if (status == TT_EFORMAT && name != given)
        status = tti_encoding_convert(given, page, size, decoded, a);
    if (status == TT_EFORMAT)
        decoded->count = 0;
    return status == TT_EFORMAT ? TT_OK : status;
}
