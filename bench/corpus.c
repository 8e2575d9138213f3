/* Reads a corpus into memory through the public reader. */
#include "corpus.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct growing {
    bench_corpus *corpus;
    size_t article_room, byte_room;
} growing;

static void *at_least(void *array, size_t *room, size_t need, size_t size)
{
    if (need <= *room)
        return array;
    *room = need + need / 2;
    return realloc(array, *room * size);
}

/* Only sizes are set here; pointers follow when the bytes no longer move. */
static int take(growing *g, const tt_record *r)
{
    bench_corpus *c = g->corpus;
    const tt_article *a = &r->article;
    if (r->status != TT_OK)
        return 0;
    c->articles = at_least(c->articles, &g->article_room, c->count + 1, sizeof *c->articles);
    c->bytes = at_least(c->bytes, &g->byte_room, c->size + a->id_size + a->text_size + 1, 1);
    if (c->articles == NULL || c->bytes == NULL)
        return -1;
    memcpy(c->bytes + c->size, a->id, a->id_size);
    if (a->text_size > 0)
        memcpy(c->bytes + c->size + a->id_size, a->text, a->text_size);
    c->size += a->id_size + a->text_size;
    c->text_size += a->text_size;
    c->articles[c->count] = (tt_article){0};
    c->articles[c->count].id_size = a->id_size;
    c->articles[c->count].text_size = a->text_size;
    c->articles[c->count].published = TT_NO_TIME;
    c->articles[c->count++].flags = a->flags;
    return 0;
}

static void point(bench_corpus *c)
{
    const char *at = c->bytes;
    for (size_t i = 0; i < c->count; i++) {
        c->articles[i].id = at;
        c->articles[i].text = at + c->articles[i].id_size;
        at += c->articles[i].id_size + c->articles[i].text_size;
    }
}

int bench_corpus_load(bench_corpus *c)
{
    growing g = {c, 0, 0};
    tt_reader *reader = NULL;
    const tt_record *records;
    size_t count = 1;
    tt_error error = {TT_OK, 0, "out of memory"};
    tt_status status;
    if (c->articles != NULL)
        return 0;
    status = tt_reader_open(&reader, &c->path, 1, NULL, &error);
    while (status == TT_OK && count > 0) {
        status = tt_reader_next(reader, &records, &count, &error);
        for (size_t i = 0; status == TT_OK && i < count; i++)
            if (take(&g, &records[i]) != 0)
                status = TT_ENOMEM;
    }
    tt_reader_close(reader);
    if (status == TT_OK && c->count == 0)
        status = TT_EFORMAT;
    if (status != TT_OK)
        fprintf(stderr, "%s: %s\n", c->path, status == TT_EFORMAT ? "no articles" : error.message);
    point(c);
    return status == TT_OK ? 0 : -1;
}

void bench_corpus_free(bench_corpus *c)
{
    free(c->articles);
    free(c->bytes);
    c->articles = NULL;
    c->bytes = NULL;
    c->count = c->size = c->text_size = 0;
}
