#include "report/embedded_texts.h"

#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "failure.h"
#include "memory.h"
#include "util/utf8.h"

/* A text that the page looks up is unpacked together with few others. */
enum {
    BLOCK_BYTES = 128 << 10,
    WINDOW_BEFORE = 100,
    WINDOW_AFTER = 300,
    MOST_SPARE_BYTES = 16 << 20 /* over the bound, until they are cut */
};

static int by_rank(const void *x, const void *y)
{
    const embedded_text *p = x, *q = y;
    if (p->rank != q->rank)
        return p->rank < q->rank ? -1 : 1;
    return (p->article > q->article) - (p->article < q->article);
}

/* Numbers the blocks of items [begin, end). @return how many blocks there are */
static int64_t number_blocks(embedded_text *items, size_t begin, size_t end)
{
    int64_t block = 0;
    size_t block_bytes = 0;
    for (size_t i = begin; i < end; i++) {
        if (block_bytes >= BLOCK_BYTES) {
            block++;
            block_bytes = 0;
        }
        block_bytes += items[i].size + 1;
        items[i].block = block;
    }
    return begin < end ? block + 1 : 0;
}

static int cut_to_window(embedded_text *x)
{
    char *cut;
    if (x->is_window)
        return 0;
    x->size = (size_t)(x->window.end - x->window.begin);
    cut = memory_copy(x->text + x->window.begin, x->size);
    free(x->text);
    x->text = cut;
    x->is_window = 1;
    return cut == NULL ? failure_memory() : 0;
}

/* Keeps the best texts that fit. The first one that does not fit ends the list, so that what stays
 * does not depend on when this is called; one that is a window already did not fit before. */
int embedded_texts_trim(embedded_texts *e)
{
    int rc = 0;
    if (e->count > 1)
        qsort(e->items, e->count, sizeof *e->items, by_rank);
    e->bytes = e->whole = 0;
    while (e->whole < e->count && !e->items[e->whole].is_window &&
           e->bytes + e->items[e->whole].size <= e->bound)
        e->bytes += e->items[e->whole++].size;
    for (size_t i = e->whole; i < e->count && rc == 0; i++)
        rc = cut_to_window(&e->items[i]);
    e->blocks = number_blocks(e->items, 0, e->whole);
    e->window_blocks = number_blocks(e->items, e->whole, e->count);
    return rc;
}

static extent window_about(const char *text, size_t size, uint64_t at)
{
    extent e = {at > WINDOW_BEFORE ? at - WINDOW_BEFORE : 0,
                size - at > WINDOW_AFTER ? at + WINDOW_AFTER : size};
    while (e.begin > 0 && tti_utf8_continues(text[e.begin]))
        e.begin--;
    while (e.end < size && tti_utf8_continues(text[e.end]))
        e.end++;
    return e;
}

int embedded_texts_add(embedded_texts *e, uint64_t article, uint32_t rank, const char *text,
                       size_t size, uint64_t at)
{
    embedded_text x = {.article = article,
                       .rank = rank,
                       .text = memory_copy(text, size),
                       .size = size,
                       .window = window_about(text, size, at)};
    if (x.text == NULL)
        return failure_memory();
    if (memory_grow(&e->items, e->count, &e->capacity, sizeof *e->items) != 0) {
        free(x.text);
        return EXIT_FAILED;
    }
    e->items[e->count++] = x;
    e->bytes += size;
    return e->bytes > e->bound + MOST_SPARE_BYTES ? embedded_texts_trim(e) : 0;
}

void embedded_texts_free(embedded_texts *e)
{
    for (size_t i = 0; i < e->count; i++)
        free(e->items[i].text);
    free(e->items);
    memset(e, 0, sizeof *e);
}
