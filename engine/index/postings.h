/*
 * Postings: where each seed occurs in the documents of an index, in order. They grow and shrink
 * with the index, in 4,096 partitions by the seeds' hashes. In a partition most postings are
 * packed, in order; those of documents added since are in a hash table beside them, the delta,
 * until it has a third as many. Then that partition alone is packed again, so that no article waits
 * for all.
 */
#ifndef TTI_INDEX_POSTINGS_H
#define TTI_INDEX_POSTINGS_H

#include "index/slab.h"
#include "seed/minimizers.h"
#include "util/array.h"

enum { TTI_POSTINGS_PARTITIONS = 4096 };

/** Where a seed occurs. */
typedef struct tti_doc_position {
    uint32_t doc, pos;
} tti_doc_position;

/* ---- Seeds on their way into the postings ---------------------------------------------------- */

/** The seeds of one thread's documents, by partition, so that each can be packed in cache. Zeroed,
 * with its allocator set, it is empty. */
typedef struct tti_partition_buffers {
    const tt_allocator *allocator;
    char **ends;              /**< of each partition: where its next seed goes, or NULL */
    TTI_ARRAY(void *) blocks; /**< that chunks of seeds are cut from */
    size_t chunks_used;       /**< of the last block */
} tti_partition_buffers;

/** Adds the seeds of a document; documents ascend. @return TT_OK, TT_ENOMEM */
tt_status tti_partition_buffers_add(tti_partition_buffers *b, const tti_minimizers *seeds,
                                    uint32_t doc, tt_error *error);
void tti_partition_buffers_free(tti_partition_buffers *b);

/* ---- Postings -------------------------------------------------------------------------------- */

typedef struct tti_postings_partition tti_postings_partition;

/** Zeroed, with its allocator set, they are empty. After a failure they may only be freed. */
typedef struct tti_postings {
    const tt_allocator *allocator;
    tti_postings_partition *partitions; /**< NULL until the first seed */
    tti_slab slab;                      /**< of what tti_postings_merge() packs */
} tti_postings;

void tti_postings_free(tti_postings *p);
/** Bytes of everything. */
uint64_t tti_postings_memory(const tti_postings *p);

/** Adds all seeds of some buffers. @return TT_OK, TT_ENOMEM, TT_ELIMIT */
tt_status tti_postings_merge(tti_postings *p, const tti_partition_buffers *buffers, int count,
                             int threads, tt_error *error);
/** Adds the seeds of a document. @return TT_OK, TT_ENOMEM */
tt_status tti_postings_add(tti_postings *p, const tti_minimizers *seeds, uint32_t doc,
                           tt_error *error);
/** Removes the seeds of a document. */
void tti_postings_remove(tti_postings *p, const tti_minimizers *seeds, uint32_t doc);

/** The first postings, at most `most`, of the i-th of `seeds`, in order. @return how many */
size_t tti_postings_find(const tti_postings *p, const tti_minimizers *seeds, size_t i,
                         tti_doc_position *out, size_t most);
/** Begins to fetch what tti_postings_find() will read for all of the seeds. */
void tti_postings_prefetch(const tti_postings *p, const tti_minimizers *seeds);

/** The number of postings of all seeds, or UINT64_MAX if some are out of order. */
uint64_t tti_postings_count(const tti_postings *p);
/** Whether the i-th of `seeds` has its posting in `doc`, once. */
int tti_postings_has(const tti_postings *p, const tti_minimizers *seeds, size_t i, uint32_t doc);

#endif
