/*
 * The texts that a page embeds: whole ones of the lowest ranks, within a bound of bytes, and of the
 * others a window about a passage that they share. Articles come in the order of the input, and a
 * text is cut to its window when those of lower ranks leave no room for it.
 */
#ifndef CLI_REPORT_EMBEDDED_TEXTS_H
#define CLI_REPORT_EMBEDDED_TEXTS_H

#include <stddef.h>
#include <stdint.h>

#include "article_copy.h"

typedef struct embedded_text {
    uint64_t article; /**< number of the result */
    uint32_t rank;
    int is_window; /**< only `window` is kept */
    int64_t block; /**< of the page; set by embedded_texts_trim() */
    char *text;
    size_t size;
    extent window; /**< bytes of the whole text */
} embedded_text;

typedef struct embedded_texts {
    embedded_text *items; /**< the whole texts, then the windows */
    size_t count, whole, capacity;
    uint64_t bytes, bound; /**< of the whole texts */
    int64_t blocks, window_blocks;
} embedded_texts;

/** Keeps a copy of a text; a page has about 400 bytes from `at` on of one that has no room.
 * @return 0, or an exit code */
int embedded_texts_add(embedded_texts *e, uint64_t article, uint32_t rank, const char *text,
                       size_t size, uint64_t at);

/** Cuts what is over the bound. The texts are then in order of rank, in blocks of a few. @return 0,
 * or an exit code */
int embedded_texts_trim(embedded_texts *e);

void embedded_texts_free(embedded_texts *e);

#endif
