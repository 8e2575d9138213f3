#include "report/embedded_texts.h"

#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "failure.h"
#include "memory.h"

/* A text that the page looks up is parsed together with few others. */
enum { BLOCK_BYTES = 64 << 10 };

static int by_rank(const void *x, const void *y)
{
    const embedded_text *p = x, *q = y;
    if (p->rank != q->rank)
        return p->rank < q->rank ? -1 : 1;
    return (p->article > q->article) - (p->article < q->article);
}

/* Keeps the best texts that fit. The first one that does not fit ends the list, so that what stays
 * does not depend on when this is called. */
void embedded_texts_trim(embedded_texts *e)
{
    int64_t block = 0;
    size_t kept = 0, block_bytes = 0;
    if (e->count > 1)
        qsort(e->items, e->count, sizeof *e->items, by_rank);
    for (e->bytes = 0; kept < e->count && e->bytes + e->items[kept].size <= e->bound; kept++) {
        if (block_bytes >= BLOCK_BYTES) {
            block++;
            block_bytes = 0;
        }
        block_bytes += e->items[kept].size + 1;
        e->bytes += e->items[kept].size;
        e->items[kept].block = block;
    }
    for (size_t i = kept; i < e->count; i++)
        free(e->items[i].text);
    e->count = kept;
}

int embedded_texts_add(embedded_texts *e, uint64_t article, uint32_t rank, const char *text,
                       size_t size)
{
    embedded_text x = {article, rank, 0, memory_copy(text, size), size};
    if (x.text == NULL)
        return failure_memory();
    if (memory_grow(&e->items, e->count, &e->capacity, sizeof *e->items) != 0) {
        free(x.text);
        return EXIT_FAILED;
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
