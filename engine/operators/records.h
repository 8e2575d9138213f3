/* Records that operators hand to one another in columns of bytes, in the machine's byte order. */
#ifndef TTI_OPERATORS_RECORDS_H
#define TTI_OPERATORS_RECORDS_H

#include "seed/seeds.h"
#include "sketch/sketch.h"
#include "util/slice.h"

#include <assert.h>
#include <string.h>

/** A paragraph of TTI_PARAGRAPH_TOKENS tokens or more. */
typedef struct tti_paragraph_record {
    uint64_t low, high;                 /**< identity of its tokens */
    uint32_t keys[TTI_PARAGRAPH_BANDS]; /**< of its bands; 0 where the article has it before */
} tti_paragraph_record;

/** A seed of a document: the two halves of its hash, and its position. */
typedef struct tti_seed_record {
    uint32_t key, part, pos;
} tti_seed_record;

/** A posting: a seed, its key and partition as one number, at a position of a document. */
typedef struct tti_posting_record {
    uint64_t seed;
    int64_t doc;
    uint32_t pos;
    uint32_t seed_count; /**< of the document */
} tti_posting_record;

/** An earlier posting of a seed that a later one is compared with. */
typedef struct tti_earlier_record {
    int64_t doc;
    uint32_t pos;
    uint32_t seed_count; /**< of the document */
} tti_earlier_record;

/** A shared passage or a repeat; its blocks (tti_block) follow. `a_`: the earlier text. */
typedef struct tti_passage_record {
    int64_t of_doc; /**< of a repeat */
    uint32_t a_begin, a_end, b_begin, b_end;
    uint32_t matched, block_count;
} tti_passage_record;

/** How many records of `size` bytes a value holds. */
static inline size_t tti_record_count(tti_slice bytes, size_t size)
{
    assert(bytes.size % size == 0);
    return bytes.size / size;
}

/** Copies record k of a value, which may lie at any address. */
static inline void tti_record_get(tti_slice bytes, size_t k, void *record, size_t size)
{
    assert((k + 1) * size <= bytes.size);
    memcpy(record, (const char *)bytes.data + k * size, size);
}

#endif
