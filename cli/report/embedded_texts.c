#include "report/embedded_texts.h"

#include <stdlib.h>
#include <string.h>

static int by_rank(const void *x, const void *y)
{
    const embedded_text *p = x, *q = y;
    if (p->rank != q->rank)
        return p->rank < q->rank ? -1 : 1;
    return (p->article > q->article) - (p->article < q->article);
}

/* The best that fit; one that does not makes room for none after it, so that what stays does not
 * depend on when this is called. */
void embedded_texts_trim(embedded_texts *e)
{
    uint64_t bytes = 0;
    size_t kept = 0;
    if (e->count > 1)
        qsort(e->items, e->count, sizeof *e->items, by_rank);
    while (kept < e->count && bytes + e->items[kept].size <= e->bound)
        bytes += e->items[kept++].size;
    for (size_t i = kept; i < e->count; i++)
        free(e->items[i].text);
    e->count = kept;
    e->bytes = bytes;
}

int embedded_texts_add(embedded_texts *e, uint64_t article, uint32_t rank, const char *text,
                       size_t size)
{
    embedded_text x = {article, rank, malloc(size + 1), size};
    if (x.text == NULL)
        return -1;
    memcpy(x.text, text, size);
    if (e->count == e->capacity) {
        const size_t capacity = e->capacity * 2 + 64;
        embedded_text *grown = realloc(e->items, capacity * sizeof *grown);
        if (grown == NULL) {
            free(x.text);
            return -1;
        }
        e->items = grown;
        e->capacity = capacity;
    }
    e->items[e->count++] = x;
    e->bytes += size;
    if (e->bytes > 2 * e->bound)
        embedded_texts_trim(e);
    return 0;
}

void embedded_texts_free(embedded_texts *e)
{
    for (size_t i = 0; i < e->count; i++)
        free(e->items[i].text);
    free(e->items);
    memset(e, 0, sizeof *e);
}
