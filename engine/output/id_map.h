/* Ids of articles as numbers, in the order in which they are met. */
#ifndef TTI_OUTPUT_ID_MAP_H
#define TTI_OUTPUT_ID_MAP_H

#include "twicetold.h"
#include "util/hash.h"

/** Ids of articles -> numbers from 0. A string and an integer of the same digits are two ids. */
typedef struct tti_id_map {
    const tt_allocator *allocator;
    tti_hash128 *keys; /**< hash of each name's kind and bytes: its identity */
    uint32_t *slots;   /**< open addressing; number + 1, 0 for none */
    size_t slot_count, count, capacity;
} tti_id_map;

/** The number of an id, which is new if it was not there. @return TT_OK, TT_ENOMEM, TT_ELIMIT */
tt_status tti_id_map_add(tti_id_map *names, int integer, const char *id, size_t size,
                         uint32_t *number, tt_error *error);

#define TTI_ID_MAP_NONE UINT32_MAX

/** The number of an id, or TTI_ID_MAP_NONE. */
uint32_t tti_id_map_find(const tti_id_map *names, int integer, const char *id, size_t size);

void tti_id_map_free(tti_id_map *names);

#endif
