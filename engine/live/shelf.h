/*
 * The articles of a living index in memory, and what finds them: by id, by tokens, by seeds.
 *
 * An article's number is its place in order of arrival; numbers are made anew when more than half
 * of them are of removed articles. Articles with the same tokens are one class, whose first living
 * member is the document that seeds and places speak of.
 */
#ifndef TTI_SHELF_H
#define TTI_SHELF_H

#include "common/corpus.h"
#include "common/id.h"
#include "common/slots.h"
#include "live/heap.h"
#include "live/seedmap.h"
#include "section/places.h"
#include "store/store.h"

#define TTI_NONE UINT32_MAX

/** The places of a document, as far as they were asked for. */
typedef struct tti_memo {
    uint64_t epoch; /**< of the shelf when they were made; 0: never */
    tti_place *places;
    size_t count;
    tti_block *blocks;
    size_t block_count;
} tti_memo;

/** Articles with the same tokens. */
typedef struct tti_class {
    uint32_t *hashes;
    tti_chunk *chunk; /**< where they are */
    uint32_t token_count, hash;
    uint32_t first, last; /**< of its members; free: TTI_NONE, and the next free class */
    tti_memo memo;
} tti_class;

typedef struct tti_stored {
    char *kept;       /**< id, source, version, spans, flags of tokens; NULL: removed */
    tti_chunk *chunk; /**< where it is */
    uint64_t text_size, sum;
    int64_t number; /**< in the file */
    int64_t published, arrival;
    uint32_t id_size, source_size, version_size, flags;
    size_t span_size;
    uint32_t class, before, after; /**< its class, and its neighbours there */
} tti_stored;

/** When an article was published, or arrived. */
typedef struct tti_dated {
    int64_t time;
    uint32_t article;
} tti_dated;

typedef struct tti_shelf {
    const tt_allocator *allocator;
    const tt_options *options;
    tti_stored *articles;
    uint32_t *counts; /**< seeds of each document */
    size_t count, capacity, count_capacity;
    size_t living;
    tti_class *classes;
    size_t class_count, class_capacity;
    uint32_t free_class;
    tti_slots ids, tokens;
    tti_heap heap;
    tti_seedmap seeds;
    uint32_t seeded; /**< the seeds of the articles below are in the map; tti_shelf_settle() */
    tti_sample sample;
    uint64_t epoch; /**< moves with every removal */
    uint64_t token_count, text_bytes;
    uint64_t heap_used; /**< bytes that are kept in the heap */
    tti_dated *dates;   /**< a heap, oldest first; made when first asked for */
    size_t date_count, date_capacity;
    int dated;
    int64_t newest; /**< the latest time of any article so far, also of removed ones */
} tti_shelf;

void tti_shelf_init(tti_shelf *s, const tt_allocator *allocator, const tt_options *options);
void tti_shelf_free(tti_shelf *s);

/** An article on its way to the shelf. */
typedef struct tti_prepared {
    tti_stored stored; /**< without its class */
    uint32_t *hashes;
    tti_chunk *chunk; /**< of the hashes */
    uint32_t token_count, hash, id_hash;
} tti_prepared;

/** Copies a row into a heap: the part of adding that several threads can do at once.
 * @return TT_OK, TT_ENOMEM */
tt_status tti_shelf_prepare(tti_heap *heap, const tti_row *row, tti_prepared *out, tt_error *error);
void tti_prepared_free(tti_prepared *prepared, tti_heap *heap);
/** Begins to fetch what tti_shelf_place() will read. */
void tti_shelf_prefetch(const tti_shelf *s, const tti_prepared *prepared);
/** Puts it behind the others. What it holds stays in its heap, which is to join the shelf's, or is
 * given back. Else as tti_shelf_add(). */
tt_status tti_shelf_place(tti_shelf *s, tti_heap *heap, tti_prepared *prepared, uint32_t *article,
                          tt_error *error);
/** Room for so many articles in all. @return TT_OK, TT_ENOMEM */
tt_status tti_shelf_reserve(tti_shelf *s, size_t count, tt_error *error);

/** Puts an article behind the others. It is not to be found by its seeds until tti_shelf_settle().
 * @return TT_OK; TT_EDUPLICATE (its id is there, nothing is added); TT_ENOMEM, TT_ELIMIT: the shelf
 * is not to be used any more */
tt_status tti_shelf_add(tti_shelf *s, const tti_row *row, uint32_t *article, tt_error *error);
/** Makes the seeds of all articles that have none yet: of many at once, and in parallel. Adding
 * leaves that for when a verdict is asked for. @return TT_OK; TT_ENOMEM, TT_ELIMIT: the shelf is
 * not to be used any more */
tt_status tti_shelf_settle(tti_shelf *s, tt_error *error);
/** Removes an article. @return TT_OK; TT_ENOMEM: the shelf is not to be used any more */
tt_status tti_shelf_remove(tti_shelf *s, uint32_t article, tt_error *error);
/** Makes the numbers anew if most are of removed articles. @return as tti_shelf_remove() */
tt_status tti_shelf_compact(tti_shelf *s, tt_error *error);

/** The article with an id, or TTI_NONE. */
uint32_t tti_shelf_find(const tti_shelf *s, const char *id, size_t size, uint32_t flags);
/** The article with a number in the file, or TTI_NONE. */
uint32_t tti_shelf_numbered(const tti_shelf *s, int64_t number);
/** The document with these tokens, or TTI_NONE. */
uint32_t tti_shelf_same(const tti_shelf *s, const uint32_t *hashes, uint32_t count);

/** The first article whose time is before `before`, oldest first, or TTI_NONE. */
tt_status tti_shelf_oldest(tti_shelf *s, int64_t before, uint32_t *article, tt_error *error);

/** Bytes it holds, about. */
uint64_t tti_shelf_memory(const tti_shelf *s);

/** Whether what is in memory is as it must be. *wrong: NULL, or what is not. @return TT_OK,
 * TT_ENOMEM
 */
tt_status tti_shelf_check(tti_shelf *s, const char **wrong, tt_error *error);

static inline tti_class *tti_shelf_class(const tti_shelf *s, uint32_t article)
{
    return &s->classes[s->articles[article].class];
}

/** A document as the stages see it. */
tti_doc tti_shelf_doc(const tti_shelf *s, uint32_t doc);

static inline const uint8_t *tti_stored_spans(const tti_stored *x)
{
    return (const uint8_t *)x->kept + x->id_size + x->source_size + x->version_size;
}
static inline const uint8_t *tti_stored_flags(const tti_stored *x)
{
    return tti_stored_spans(x) + x->span_size;
}
static inline const char *tti_stored_source(const tti_stored *x)
{
    return x->kept + x->id_size;
}
static inline const char *tti_stored_version(const tti_stored *x)
{
    return x->kept + x->id_size + x->source_size;
}
static inline int64_t tti_stored_time(const tti_stored *x)
{
    return x->published == TT_NO_TIME ? x->arrival : x->published;
}

#endif
