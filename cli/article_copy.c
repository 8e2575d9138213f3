#include "article_copy.h"

#include <stdlib.h>
#include <string.h>

#include "failure.h"
#include "memory.h"
#include "util/utf8.h"

int article_copy_take(article_copy *a, const tt_record *record)
{
    const tt_article *from = &record->article;
    article_copy_free(a);
    a->text = memory_copy(from->text, from->text_size);
    a->title = memory_copy(record->title, record->title_size);
    a->source = memory_copy(from->source, from->source_size);
    a->size = from->text_size;
    a->published = from->published;
    return a->text == NULL || a->title == NULL || a->source == NULL ? failure_memory() : 0;
}

void article_copy_free(article_copy *a)
{
    free(a->text);
    free(a->title);
    free(a->source);
    a->text = a->title = a->source = NULL;
}

enum { LEAST_HEADLINE = 20 };

/* The first line with at least `least` bytes, without the blanks around it. */
static size_t find_line(const char *text, size_t size, size_t least, const char **line)
{
    for (size_t at = 0; at < size;) {
        const char *end = memchr(text + at, '\n', size - at);
        size_t stop = end == NULL ? size : (size_t)(end - text), next = stop + 1;
        while (at < stop && strchr(" \t\r", text[at]) != NULL)
            at++;
        while (stop > at && strchr(" \t\r", text[stop - 1]) != NULL)
            stop--;
        if (stop - at >= least) {
            *line = text + at;
            return stop - at;
        }
        at = next;
    }
    return 0;
}

char *article_headline(const tt_record *record, size_t most)
{
    const tt_article *a = &record->article;
    const char *line = "";
    size_t size = find_line(record->title, record->title_size, 1, &line);
    if (size == 0)
        size = find_line(a->text, a->text_size, LEAST_HEADLINE, &line);
    if (size == 0)
        size = find_line(a->text, a->text_size, 1, &line);
    return article_quote(line, size, most);
}

char *article_quote(const char *text, size_t size, size_t most)
{
    static const char ellipsis[] = "\xe2\x80\xa6";
    char *quote = malloc(most + sizeof ellipsis);
    size_t used = 0, last_word = 0;
    for (size_t i = 0; quote != NULL && i < size; i++) {
        const int blank = strchr(" \t\r\n", text[i]) != NULL && text[i] != '\0';
        if (blank && (used == 0 || quote[used - 1] == ' '))
            continue;
        if (used == most) {
            used = last_word > most / 2 ? last_word : tti_utf8_cut(quote, used + 1, used);
            memcpy(quote + used, ellipsis, sizeof ellipsis);
            return quote;
        }
        if (blank)
            last_word = used;
        quote[used++] = blank ? ' ' : text[i];
    }
    if (quote != NULL) {
        used -= used > 0 && quote[used - 1] == ' ';
        quote[used] = '\0';
    }
    return quote;
}

static int is_boundary(const char *text, uint64_t size, uint64_t at)
{
    return at == size || (at < size && !tti_utf8_continues(text[at]));
}

int text_has_extent(const char *text, uint64_t size, extent e)
{
    return e.begin <= e.end && is_boundary(text, size, e.begin) && is_boundary(text, size, e.end);
}
