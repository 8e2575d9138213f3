/*
 * The articles of a living index in memory, and what finds them: by id, by tokens, by seeds.
 *
 * An article's number is its place in order of arrival; numbers are made anew when more than half
 * of them are of removed articles. Articles with the same tokens are one class, whose first living
 * member is the document that seeds and places speak of.
 */
#ifndef TTI_INDEX_ARTICLE_TABLE_H
#define TTI_INDEX_ARTICLE_TABLE_H

#include "corpus/article_id.h"
#include "corpus/corpus.h"
#include "index/db.h"
#include "index/postings.h"
#include "index/slab.h"
#include "result/repeats.h"
#include "util/table.h"

#define TTI_NONE UINT32_MAX

/** The places of a document, as far as they were asked for. */
typedef struct tti_cached_repeats {
    uint64_t epoch; /**< of the shelf when they were made; 0: never */
    tti_token_repeat *places;
    size_t count;
    tti_block *blocks;
    size_t block_count;
} tti_cached_repeats;

/** Articles with the same tokens. */
typedef struct tti_article_group {
    uint32_t *hashes;
    tti_slab_chunk *chunk; /**< where they are */
    uint32_t token_count, hash;
    uint32_t first, last; /**< of its members; free: TTI_NONE, and the next free class */
    tti_cached_repeats cached;
} tti_article_group;

typedef struct tti_indexed_article {
    char *kept;            /**< id, source, version, spans, flags of tokens; NULL: removed */
    tti_slab_chunk *chunk; /**< where it is */
    uint64_t text_size, sum;
    int64_t number; /**< in the file */
    int64_t published, arrival;
    uint32_t id_size, source_size, version_size, flags;
    size_t extents_size;
    uint32_t group, before, after; /**< its class, and its neighbours there */
} tti_indexed_article;

/** When an article was published, or arrived. */
typedef struct tti_article_date {
    int64_t time;
    uint32_t article;
} tti_article_date;

typedef struct tti_article_table {
    const tt_allocator *allocator;
    const tt_options *options;
    tti_indexed_article *articles;
    uint32_t *counts; /**< seeds of each document */
    size_t count, capacity, count_capacity;
    size_t living;
    tti_article_group *groups;
    size_t group_count, group_capacity;
    uint32_t free_group;
    tti_table ids, tokens;
    tti_slab slab;
    tti_postings seeds;
    uint32_t seeded; /**< the seeds of the articles below are in the map;
                        tti_article_table_index_seeds() */
    tti_minimizers sample;
    uint64_t epoch; /**< moves with every removal */
    uint64_t token_count, text_bytes;
    uint64_t slab_used;      /**< bytes that are kept in the heap */
    tti_article_date *dates; /**< a heap, oldest first; made when first asked for */
    size_t date_count, date_capacity;
    int dated;
    int64_t newest; /**< the latest time of any article so far, also of removed ones */
} tti_article_table;

void tti_article_table_init(tti_article_table *s, const tt_allocator *allocator,
                            const tt_options *options);
void tti_article_table_free(tti_article_table *s);

/** An article on its way to the shelf. */
typedef struct tti_article_copy {
    tti_indexed_article stored; /**< without its class */
    uint32_t *hashes;
    tti_slab_chunk *chunk; /**< of the hashes */
    uint32_t token_count, hash, id_hash;
} tti_article_copy;

/** Copies a row into a heap: the part of adding that several threads can do at once.
 * @return TT_OK, TT_ENOMEM */
tt_status tti_article_copy_row(tti_slab *slab, const tti_db_row *row, tti_article_copy *out,
                               tt_error *error);
void tti_article_copy_free(tti_article_copy *prepared, tti_slab *slab);
/** Begins to fetch what tti_article_table_insert() will read. */
void tti_article_table_prefetch(const tti_article_table *s, const tti_article_copy *prepared);
/** Puts it behind the others. What it holds stays in its heap, which is to join the shelf's, or is
 * given back. Else as tti_article_table_add(). */
tt_status tti_article_table_insert(tti_article_table *s, tti_slab *slab, tti_article_copy *prepared,
                                   uint32_t *article, tt_error *error);
/** Room for so many articles in all. @return TT_OK, TT_ENOMEM */
tt_status tti_article_table_reserve(tti_article_table *s, size_t count, tt_error *error);

/** Puts an article behind the others. It is not to be found by its seeds until
 * tti_article_table_index_seeds().
 * @return TT_OK; TT_EDUPLICATE (its id is there, nothing is added); TT_ENOMEM, TT_ELIMIT: the shelf
 * is not to be used any more */
tt_status tti_article_table_add(tti_article_table *s, const tti_db_row *row, uint32_t *article,
                                tt_error *error);
/** Makes the seeds of all articles that have none yet: of many at once, and in parallel. Adding
 * leaves that for when a verdict is asked for. @return TT_OK; TT_ENOMEM, TT_ELIMIT: the shelf is
 * not to be used any more */
tt_status tti_article_table_index_seeds(tti_article_table *s, tt_error *error);
/** Removes an article. @return TT_OK; TT_ENOMEM: the shelf is not to be used any more */
tt_status tti_article_table_remove(tti_article_table *s, uint32_t article, tt_error *error);
/** Makes the numbers anew if most are of removed articles. @return as tti_article_table_remove() */
tt_status tti_article_table_compact(tti_article_table *s, tt_error *error);

/** The article with an id, or TTI_NONE. */
uint32_t tti_article_table_find(const tti_article_table *s, const char *id, size_t size,
                                uint32_t flags);
/** The article with a number in the file, or TTI_NONE. */
uint32_t tti_article_table_find_number(const tti_article_table *s, int64_t number);
/** The document with these tokens, or TTI_NONE. */
uint32_t tti_article_table_find_tokens(const tti_article_table *s, const uint32_t *hashes,
                                       uint32_t count);

/** The first article whose time is before `before`, oldest first, or TTI_NONE. */
tt_status tti_article_table_oldest(tti_article_table *s, int64_t before, uint32_t *article,
                                   tt_error *error);

/** Bytes it holds, about. */
uint64_t tti_article_table_memory(const tti_article_table *s);

/** Whether what is in memory is as it must be. *wrong: NULL, or what is not. @return TT_OK,
 * TT_ENOMEM
 */
tt_status tti_article_table_check(tti_article_table *s, const char **wrong, tt_error *error);

static inline tti_article_group *tti_article_table_group(const tti_article_table *s,
                                                         uint32_t article)
{
    return &s->groups[s->articles[article].group];
}

/** A document as the stages see it. */
tti_doc tti_article_table_doc(const tti_article_table *s, uint32_t doc);

static inline const uint8_t *tti_indexed_article_extents(const tti_indexed_article *x)
{
    return (const uint8_t *)x->kept + x->id_size + x->source_size + x->version_size;
}
static inline const uint8_t *tti_indexed_article_flags(const tti_indexed_article *x)
{
    return tti_indexed_article_extents(x) + x->extents_size;
}
static inline const char *tti_indexed_article_source(const tti_indexed_article *x)
{
    return x->kept + x->id_size;
}
static inline const char *tti_indexed_article_version(const tti_indexed_article *x)
{
    return x->kept + x->id_size + x->source_size;
}
static inline int64_t tti_indexed_article_time(const tti_indexed_article *x)
{
    return x->published == TT_NO_TIME ? x->arrival : x->published;
}

#endif
