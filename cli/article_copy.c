#include "article_copy.h"

#include <stdlib.h>

#include "failure.h"
#include "memory.h"

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

static int is_boundary(const char *text, uint64_t size, uint64_t at)
{
    return at == size || (at < size && ((unsigned char)text[at] & 0xc0) != 0x80);
}

int text_has_extent(const char *text, uint64_t size, extent e)
{
    return e.begin <= e.end && is_boundary(text, size, e.begin) && is_boundary(text, size, e.end);
}
