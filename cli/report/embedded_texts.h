/*
 * The texts that a page embeds: those of the least rank, within a bound of bytes. Articles come in
 * the order of the input; what no longer has room beside better ones is let go.
 */
#ifndef CLI_REPORT_EMBEDDED_TEXTS_H
#define CLI_REPORT_EMBEDDED_TEXTS_H

#include <stddef.h>
#include <stdint.h>

typedef struct embedded_text {
    uint64_t article; /**< number of the result */
    uint32_t rank;
    char *text;
    size_t size;
} embedded_text;

typedef struct embedded_texts {
    embedded_text *items;
    size_t count, capacity;
    uint64_t bytes, bound;
} embedded_texts;

/** Takes a copy of a text. @return 0, or -1: out of memory */
int embedded_texts_add(embedded_texts *e, uint64_t article, uint32_t rank, const char *text,
                       size_t size);

/** Lets go of what is over the bound; what stays is in order of rank. */
void embedded_texts_trim(embedded_texts *e);

void embedded_texts_free(embedded_texts *e);

#endif
