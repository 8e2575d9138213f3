#include "memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "failure.h"

int memory_grow(void *array, size_t count, size_t *capacity, size_t item_size)
{
    const size_t wanted = *capacity + *capacity / 2 + 64;
    void *old, *grown;
    if (count < *capacity)
        return 0;
    memcpy(&old, array, sizeof old);
    grown = wanted <= SIZE_MAX / item_size ? realloc(old, wanted * item_size) : NULL;
    if (grown == NULL)
        return failure_memory();
    memcpy(array, &grown, sizeof grown);
    *capacity = wanted;
    return 0;
}

char *memory_copy(const char *bytes, size_t size)
{
    char *copy = malloc(size + 1);
    if (copy == NULL)
        return NULL;
    if (size > 0)
        memcpy(copy, bytes, size);
    copy[size] = '\0';
    return copy;
}
