/* The versions of a story, the members of a cluster, in the order in which they ran. */
#ifndef CLI_VERSIONS_H
#define CLI_VERSIONS_H

#include <stddef.h>
#include <stdint.h>

typedef struct version {
    int64_t published; /**< INT64_MAX: it has no time */
    uint64_t place;    /**< decides between versions of one time */
    uint64_t article;
} version;

/** Sorts by time; those without a time come last. */
void versions_sort(version *versions, size_t count);

#endif
