/*
 * The texts that a page embeds: those of the least rank, within a bound of bytes. Articles come in
 * the order of the input; what no longer has room beside better ones is let go.
 */
#ifndef CLI_EXCERPTS_H
#define CLI_EXCERPTS_H

#include <stddef.h>
#include <stdint.h>

typedef struct excerpt {
    uint64_t article; /**< number of the result */
    uint32_t rank;
    char *text;
    size_t size;
} excerpt;

typedef struct excerpts {
    excerpt *items;
    size_t count, capacity;
    uint64_t bytes, bound;
} excerpts;

/** Takes a copy of a text. @return 0, or -1: out of memory */
int excerpts_take(excerpts *e, uint64_t article, uint32_t rank, const char *text, size_t size);

/** Lets go of what is over the bound; what stays is in order of rank. */
void excerpts_settle(excerpts *e);

void excerpts_free(excerpts *e);

#endif
