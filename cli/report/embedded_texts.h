/*
 * The texts that a page embeds: those of the lowest ranks, within a bound of bytes. Articles come
 * in the order of the input, and a text is dropped when those of lower ranks leave no room for it.
 */
#ifndef CLI_REPORT_EMBEDDED_TEXTS_H
#define CLI_REPORT_EMBEDDED_TEXTS_H

#include <stddef.h>
#include <stdint.h>

typedef struct embedded_text {
    uint64_t article; /**< number of the result */
    uint32_t rank;
    int64_t block; /**< of the page; set by embedded_texts_trim() */
    char *text;
    size_t size;
} embedded_text;

typedef struct embedded_texts {
    embedded_text *items;
    size_t count, capacity;
    uint64_t bytes, bound;
} embedded_texts;

/** Keeps a copy of a text. @return 0, or an exit code */
int embedded_texts_add(embedded_texts *e, uint64_t article, uint32_t rank, const char *text,
                       size_t size);

/** Drops what is over the bound. The texts that stay are in order of rank, in blocks of a few. */
void embedded_texts_trim(embedded_texts *e);

void embedded_texts_free(embedded_texts *e);

#endif
