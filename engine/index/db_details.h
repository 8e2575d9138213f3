/*
 * What a file keeps of an article beside its tokens: title and text, its terms, the verdict that it
 * got, its story; and what editors decided. A file of version 2 has none of it. An article that was
 * added without a verdict has none, and only an index that keeps texts has any.
 */
#ifndef TTI_INDEX_DB_DETAILS_H
#define TTI_INDEX_DB_DETAILS_H

#include "index/db.h"
#include "util/array.h"

/** Memory that is used again. */
typedef TTI_ARRAY(char) tti_bytes;

tt_status tti_db_insert_text(tti_db *f, int64_t number, const tt_article *article, tt_error *error);
/** Reads a title and, unless `text` is NULL, a text into the two arrays. *found: whether they are
 * there. */
tt_status tti_db_read_text(tti_db *f, const tt_allocator *allocator, int64_t number,
                           tti_bytes *title, tti_bytes *text, int *found, tt_error *error);

/** A title and a text as a row has them. */
typedef struct tti_packed_text {
    const void *title, *data;
    size_t title_size, data_size;
    int64_t size; /**< of the text */
    uint64_t sum;
} tti_packed_text;

/** Inserts a text as a row has it, if its checksum holds. *good: whether it does. */
tt_status tti_db_insert_packed_text(tti_db *f, int64_t number, const tti_packed_text *text,
                                    int *good, tt_error *error);

/** Stores the terms of an article, which are what a wire says of it beside its text: language,
 * status, embargo and the like. Most articles have none, and no row. */
tt_status tti_db_insert_terms(tti_db *f, int64_t number, const tt_article *article,
                              tt_error *error);
/** Reads them: all 0 where there are none. `memory` takes what *out points to. */
tt_status tti_db_read_terms(tti_db *f, const tt_allocator *allocator, int64_t number,
                            tt_article *out, tti_bytes *memory, tt_error *error);
/** Whether an article says what is stored of another one, but for what makes no difference to its
 * use: a file of an older version knows no languages. */
int tti_terms_are(const tt_article *stored, const tt_article *article);

/** A verdict as it is stored, without sections, matches and differences, and the story of its
 * article. */
typedef struct tti_db_verdict {
    int64_t story; /**< number of the article that began it */
    tt_verdict verdict;
} tti_db_verdict;

tt_status tti_db_insert_verdict(tti_db *f, int64_t number, const tti_db_verdict *verdict,
                                tt_error *error);
/** *found: whether there is one. `of_bytes` takes the bytes of its `of`. */
tt_status tti_db_read_verdict(tti_db *f, const tt_allocator *allocator, int64_t number,
                              tti_db_verdict *out, tti_bytes *of_bytes, int *found,
                              tt_error *error);

tt_status tti_db_delete_verdict(tti_db *f, int64_t number, tt_error *error);

/** A story as it is stored. Pointers are borrowed. */
typedef struct tti_db_story {
    int64_t number;
    uint64_t articles; /**< with verdicts that name it; none: it is removed */
    tt_id id;          /**< of its first article */
    const char *source;
    size_t source_size;
    const uint8_t *sources; /**< a hash of each, eight bytes, in the order in which they came */
    size_t source_count;
} tti_db_story;

/** Writes a story in place of that of its number, or removes it. */
tt_status tti_db_write_story(tti_db *f, const tti_db_story *story, tt_error *error);
/** `memory` takes what *out points to. */
tt_status tti_db_read_story(tti_db *f, const tt_allocator *allocator, int64_t number,
                            tti_db_story *out, tti_bytes *memory, int *found, tt_error *error);

/** Gives the details of an article to one that takes its place. */
tt_status tti_db_move_details(tti_db *f, const tt_allocator *allocator, int64_t from, int64_t to,
                              tt_error *error);
/** Removes title, text, terms and verdict of an article. */
tt_status tti_db_delete_details(tti_db *f, int64_t number, tt_error *error);

/** Appends a decision; `decision->number` is its place. */
tt_status tti_db_insert_decision(tti_db *f, const tt_index_decision *decision, tt_error *error);
/** Receives a decision, borrowed for the call. */
typedef tt_status (*tti_db_decision_fn)(void *ctx, const tt_index_decision *decision,
                                        tt_error *error);
/** Reads the decisions with a number greater than `after`, ascending. */
tt_status tti_db_each_decision(tti_db *f, int64_t after, tti_db_decision_fn take, void *ctx,
                               tt_error *error);

/** Stores a notice: the hashes of `count` tokens, 4 bytes each. Numbers ascend from 1. */
tt_status tti_db_insert_notice(tti_db *f, int64_t number, const uint32_t *tokens, size_t count,
                               tt_error *error);
/** Receives a notice: the hashes of `count` tokens. */
typedef tt_status (*tti_db_notice_fn)(void *ctx, int64_t number, const uint32_t *tokens,
                                      size_t count, tt_error *error);
/** Reads those with a number greater than `after`, ascending. @return what `take` returned;
 * TT_EFORMAT: damage, at its number */
tt_status tti_db_each_notice(tti_db *f, const tt_allocator *allocator, int64_t after,
                             tti_db_notice_fn take, void *ctx, tt_error *error);

#endif
