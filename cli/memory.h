/* Growing arrays and copies of text, with the command's message when memory runs out. */
#ifndef CLI_MEMORY_H
#define CLI_MEMORY_H

#include <stddef.h>

/**
 * Makes room for one more item: `array` is the address of a pointer to `count` items of `item_size`
 * bytes, `*capacity` how many fit. The array is freed with free(). @return 0, or an exit code
 */
int memory_grow(void *array, size_t count, size_t *capacity, size_t item_size);

/** A copy with a NUL after it. Owner: the caller, free(). @return NULL: out of memory */
char *memory_copy(const char *bytes, size_t size);

#endif
