/* Ids of articles as numbers, in the order in which they are met. */
#ifndef TTI_NAMES_H
#define TTI_NAMES_H

#include "common/hash.h"
#include "twicetold.h"

/** Ids of articles -> numbers from 0. A string and an integer of the same digits are two ids. */
typedef struct tti_names {
    const tt_allocator *allocator;
    tti_key *keys;   /**< hash of each name's kind and bytes: its identity */
    uint32_t *slots; /**< open addressing; number + 1, 0 for none */
    size_t slot_count, count, capacity;
} tti_names;

/** The number of an id, which is new if it was not there. @return TT_OK, TT_ENOMEM, TT_ELIMIT */
tt_status tti_names_number(tti_names *names, int integer, const char *id, size_t size,
                           uint32_t *number, tt_error *error);

#define TTI_NO_NAME UINT32_MAX

/** The number of an id, or TTI_NO_NAME. */
uint32_t tti_names_find(const tti_names *names, int integer, const char *id, size_t size);

void tti_names_free(tti_names *names);

#endif
