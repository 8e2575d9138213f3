/* The rows of articles in the file of an index: their checksums and their form. */
#ifndef TTI_INDEX_DB_ROW_H
#define TTI_INDEX_DB_ROW_H

#include "corpus/corpus.h"

/** One article as it is stored. Pointers are borrowed. */
typedef struct tti_db_row {
    int64_t number; /**< from 1, in the order in which they came; never used again */
    const char *id, *source, *version;
    const uint8_t *data; /**< of a row that was read: hashes (4 bytes each, not aligned), flags (1
                            byte each) and extents, one after the other */
    const uint32_t *hashes; /**< of a row to write; NULL: it was read */
    const uint8_t *flags, *extents;
    uint64_t text_size;
    int64_t published, ingested_at;
    uint32_t id_size, source_size, version_size, article_flags, token_count;
    size_t extents_size;
    uint64_t sum; /**< XXH3-64 of all the above */
} tti_db_row;

/** XXH3-64 of a row to be written. */
uint64_t tti_db_row_checksum(const tti_db_row *row);
/** Whether the data of a row that was read has the size and the form that it must have. */
int tti_db_row_is_valid(const tti_db_row *row, size_t data_size);

/** The tokens of a row to write. */
static inline tti_doc tti_db_row_doc(const tti_db_row *row)
{
    return (tti_doc){row->hashes, row->flags, NULL, row->token_count, 0, UINT32_MAX};
}

#endif
