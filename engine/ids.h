/* The ids of a build: which article has one. */
#ifndef TTI_IDS_H
#define TTI_IDS_H

#include "common/corpus.h"

/** Open addressing with linear probing, at most half full: a slot is the upper half of an id's hash
 * and the article's ordinal + 1; 0 is empty. Zero it before first use. */
typedef struct tti_ids {
    uint64_t *slots;
    size_t count;
    int shift; /**< what is left of the upper half of a hash after it is a slot's number */
} tti_ids;

/** An id: its bytes, and TT_ARTICLE_INTEGER_ID of its flags, for 7 is not "7". */
typedef struct tti_id {
    const char *bytes;
    size_t size;
    uint32_t flags;
    uint32_t hash;
} tti_id;

tti_id tti_id_of(const tt_article *article);

/** Room for so many articles. @return TT_OK, TT_ENOMEM with everything as it was */
tt_status tti_ids_reserve(tti_ids *ids, const tt_allocator *allocator, size_t articles,
                          tt_error *error);
void tti_ids_free(tti_ids *ids, const tt_allocator *allocator);

/** The slot of an id: the one that has it, or the empty one where it would go. `articles`: those
 * whose ids are in it. */
uint64_t *tti_ids_find(const tti_ids *ids, const tti_article *articles, const tti_id *id);

/** Fills the slot that was found for an id. */
static inline void tti_ids_set(uint64_t *slot, const tti_id *id, uint32_t ordinal)
{
    *slot = (uint64_t)id->hash << 32 | (ordinal + 1);
}

/** Tells the processor that an id will be looked for. */
static inline void tti_ids_prefetch(const tti_ids *ids, const tti_id *id)
{
    __builtin_prefetch(&ids->slots[id->hash >> ids->shift]);
}

#endif
