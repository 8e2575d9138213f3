/*
 * The articles of an index in memory, and what finds them: by id, by tokens, by seeds.
 *
 * An article's number is its place in the order in which the articles came; articles are numbered
 * again when more than half of the numbers belong to removed ones. Articles with the same tokens
 * are one group, and its first member is the document that seeds and repeats refer to. A document's
 * seeds are in the postings once tti_article_table_index_seeds() has been called.
 */
#ifndef TTI_INDEX_ARTICLE_TABLE_H
#define TTI_INDEX_ARTICLE_TABLE_H

#include "corpus/corpus.h"
#include "index/db.h"
#include "index/latest_dates.h"
#include "index/postings.h"
#include "index/slab.h"
#include "result/repeats.h"
#include "util/array.h"
#include "util/table.h"

#define TTI_NONE UINT32_MAX

/** The repeats of a document, if they were needed (index/repeats_cache.h). */
typedef struct tti_cached_repeats {
    uint64_t epoch; /**< of the table when they were computed; 0: never */
    tti_token_repeat *repeats;
    size_t count;
    tti_block *blocks;
    size_t block_count;
} tti_cached_repeats;

/** Articles with the same tokens. */
typedef struct tti_article_group {
    uint32_t *hashes;      /**< of the tokens; NULL: the group is unused */
    tti_slab_chunk *chunk; /**< that the hashes are in */
    uint32_t token_count, hash;
    uint32_t first, last; /**< members; unused: TTI_NONE, and the next unused group */
    tti_cached_repeats cached;
} tti_article_group;

typedef struct tti_indexed_article {
    char *bytes; /**< id, source, version, extents, flags of tokens; NULL: it was removed */
    tti_slab_chunk *chunk; /**< that the bytes are in */
    uint64_t text_size, sum;
    int64_t number; /**< in the file */
    int64_t published, ingested_at;
    uint32_t id_size, source_size, version_size, flags;
    size_t extents_size;
    uint32_t group, previous, next; /**< its group, and its neighbours there */
} tti_indexed_article;

typedef struct tti_article_table {
    const tt_allocator *allocator;
    const tt_options *options;
    TTI_ARRAY(tti_indexed_article) articles; /**< ascending by their number in the file */
    TTI_ARRAY(uint32_t) seed_counts;         /**< of each document; as long as `articles` */
    TTI_ARRAY(tti_article_group) groups;
    uint32_t unused_group; /**< the first of a list, or TTI_NONE */
    tti_table ids;         /**< articles by id */
    tti_table tokens;      /**< groups by tokens */
    tti_slab slab;         /**< of all bytes and hashes */
    uint64_t slab_used;    /**< bytes of them */
    tti_postings postings;
    uint32_t seeded;           /**< the postings have the seeds of the documents below this */
    tti_minimizers minimizers; /**< of the document that is added or removed */
    uint64_t epoch;            /**< rises with every removal */
    size_t living;             /**< articles that were not removed */
    size_t withdrawn;          /**< of those */
    uint64_t token_count, text_bytes; /**< of those */
    /** When articles were published or, where that is not known or in the future, ingested: a heap,
     * oldest first, made when it is first needed. */
    TTI_ARRAY(tti_article_date) dates;
    int has_dates;
    size_t dated; /**< articles that were published at a known time, of those not removed */
    tti_latest_dates latest; /**< of those */
    int64_t newest_ingested; /**< so far, of removed ones too */
} tti_article_table;

void tti_article_table_init(tti_article_table *t, const tt_allocator *allocator,
                            const tt_options *options);
/** Frees everything and leaves an empty table. */
void tti_article_table_free(tti_article_table *t);

/* ---- Adding. After TT_ENOMEM and TT_ELIMIT a table may only be freed. -------------------------
 */

/** A row copied to a slab, on its way into a table. */
typedef struct tti_article_copy {
    tti_indexed_article article; /**< without its group */
    uint32_t *hashes;
    tti_slab_chunk *hash_chunk;
    uint32_t token_count, hash, id_hash;
} tti_article_copy;

/** Copies a row, which several threads can do at once, each with a slab. @return TT_OK, TT_ENOMEM
 */
tt_status tti_article_copy_row(tti_slab *slab, const tti_db_row *row, tti_article_copy *out,
                               tt_error *error);
void tti_article_copy_free(tti_article_copy *copy, tti_slab *slab);
/** Begins to fetch what tti_article_table_insert() will read. */
void tti_article_table_prefetch(const tti_article_table *t, const tti_article_copy *copy);
/** Adds the article after the others. `slab` is the table's or will be merged into it; what the
 * copy holds stays there or is released. @return as tti_article_table_add() */
tt_status tti_article_table_insert(tti_article_table *t, tti_slab *slab, tti_article_copy *copy,
                                   uint32_t *article, tt_error *error);
/** Makes room for so many articles in all. @return TT_OK, TT_ENOMEM */
tt_status tti_article_table_reserve(tti_article_table *t, size_t count, tt_error *error);
/** Adds an article after the others. @return TT_OK; TT_EDUPLICATE (the table has its id: nothing is
 * added); TT_ENOMEM, TT_ELIMIT */
tt_status tti_article_table_add(tti_article_table *t, const tti_db_row *row, uint32_t *article,
                                tt_error *error);
/** Adds the seeds of all documents that the postings lack: many at once in parallel.
 * @return TT_OK, TT_ENOMEM, TT_ELIMIT */
tt_status tti_article_table_index_seeds(tti_article_table *t, tt_error *error);

/* ---- Removing: likewise -----------------------------------------------------------------------
 */

/** @return TT_OK, TT_ENOMEM */
tt_status tti_article_table_remove(tti_article_table *t, uint32_t article, tt_error *error);
/** Numbers the articles again if most numbers belong to removed ones. @return TT_OK, TT_ENOMEM */
tt_status tti_article_table_compact(tti_article_table *t, tt_error *error);

/* ---- Finding ----------------------------------------------------------------------------------
 */

/** The article with an id, or TTI_NONE. */
uint32_t tti_article_table_find(const tti_article_table *t, const char *id, size_t size,
                                uint32_t flags);
/** The article with a number in the file, or TTI_NONE. */
uint32_t tti_article_table_find_number(const tti_article_table *t, int64_t number);
/** The document with these tokens, or TTI_NONE. */
uint32_t tti_article_table_find_tokens(const tti_article_table *t, const uint32_t *hashes,
                                       uint32_t count);
/** The oldest article, if its time is before `before`, or TTI_NONE. @return TT_OK, TT_ENOMEM */
tt_status tti_article_table_oldest(tti_article_table *t, int64_t before, uint32_t *article,
                                   tt_error *error);

/** The time that counts as the present of the articles: where half of them or more are dated, the
 * latest time of publication but for one in a hundred, and one at least, so that an article with a
 * wrong date does not move it; else the latest time of ingestion. TT_NO_TIME: there were none. */
int64_t tti_article_table_present(const tti_article_table *t);

/** Bytes that it holds, about. */
uint64_t tti_article_table_memory(const tti_article_table *t);
/** Checks what is derived from the rows. *wrong: NULL, or what is. @return TT_OK, TT_ENOMEM */
tt_status tti_article_table_check(tti_article_table *t, const char **wrong, tt_error *error);

/** The document's tokens, as the stages of a scan take them. */
tti_doc tti_article_table_doc(const tti_article_table *t, uint32_t doc);

static inline tti_article_group *tti_article_table_group(const tti_article_table *t,
                                                         uint32_t article)
{
    return &tti_array_at(&t->groups, tti_array_at(&t->articles, article).group);
}

static inline tt_id tti_indexed_article_id(const tti_indexed_article *x)
{
    return tti_id(x->bytes, x->id_size, x->flags);
}

static inline const char *tti_indexed_article_source(const tti_indexed_article *x)
{
    return x->bytes + x->id_size;
}
static inline const char *tti_indexed_article_version(const tti_indexed_article *x)
{
    return x->bytes + x->id_size + x->source_size;
}
static inline const uint8_t *tti_indexed_article_extents(const tti_indexed_article *x)
{
    return (const uint8_t *)x->bytes + x->id_size + x->source_size + x->version_size;
}
static inline const uint8_t *tti_indexed_article_flags(const tti_indexed_article *x)
{
    return tti_indexed_article_extents(x) + x->extents_size;
}
/** Whether it has a time of publication that can be true: not later than it came. */
static inline int tti_indexed_article_is_dated(const tti_indexed_article *x)
{
    return x->published != TT_NO_TIME && x->published <= x->ingested_at;
}
static inline int64_t tti_indexed_article_time(const tti_indexed_article *x)
{
    return tti_indexed_article_is_dated(x) ? x->published : x->ingested_at;
}

#endif
