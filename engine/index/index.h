/* The inside of a living index's handle, shared by live*.c. */
#ifndef TTI_INDEX_INDEX_H
#define TTI_INDEX_INDEX_H

#include "corpus/tokenized_batch.h"
#include "index/classify.h"

/** What a verdict is put together in: names are copied, since what they name may be gone when the
 * batch is on the disk. Until then pointers into growing arrays are places in them + 1. */
typedef struct tti_pending_verdicts {
    tt_verdict *verdicts;
    size_t count, capacity;
    tt_repeat *repeats;
    size_t repeat_count, repeat_capacity;
    char *names;
    size_t name_size, name_capacity;
    uint32_t *begins, *ends, *of_begins, *of_ends; /**< token extents in bytes */
    size_t begin_capacity, end_capacity, of_begin_capacity, of_end_capacity;
} tti_pending_verdicts;

/** An article whose verdict waits for those of its wave to be compared. */
typedef struct tti_pending_article {
    size_t place; /**< in the batch */
    tti_db_row row;
    uint32_t article; /**< on the shelf, or TTI_NONE: it is only asked about */
    tti_comparison comparison;
    tt_status status;
} tti_pending_article;

enum { TTI_MICRO_BATCH = 256 };

struct tt_index {
    tt_options options; /**< what shapes it, from the file; the rest as the caller gave it */
    tti_db *file;
    tti_article_table table;
    tti_classifier classifier;
    tti_db_state state; /**< of the file, as the shelf holds it */
    tti_pending_verdicts pending;
    tti_tokens *stores; /**< of the batch at hand, one a thread */
    int store_count;
    tti_tokenized_article *taken;
    size_t taken_capacity;
    tti_pending_article *micro_batch; /**< TTI_MICRO_BATCH of them, or NULL */
    size_t micro_batch_count;
    uint32_t version; /**< of the file when it was read last */
    int reading;      /**< it does not write */
    int stale;        /**< a batch failed: memory must be made anew from the file */
    int64_t arrival;  /**< of the last article: a clock that goes back is held */
};

/** Begins a transaction that writes, if the file is still what memory was made from. */
tt_status tti_index_begin_write(tt_index *x, tt_error *error);
/** Makes memory what the file is. Called before anything is asked or added. */
tt_status tti_index_refresh(tt_index *x, tt_error *error);
/** That, and makes the seeds that are not there yet: before a verdict. */
tt_status tti_index_refresh_postings(tt_index *x, tt_error *error);

/** What an article is to the one under its id. */
typedef struct tti_item_version {
    uint32_t old; /**< the article that is there, or TTI_NONE */
    int stays;    /**< it is to stay: the same, or a newer version */
    int related;  /**< the verdict is about the two */
    tti_decision judgement;
} tti_item_version;

/** `judged`: with numbers. */
tt_status tti_item_version_find(tt_index *x, const tti_db_row *row, int judged,
                                tti_item_version *out, tt_error *error);
/** The tokens of a row that is not on the shelf. */
tti_doc tti_db_row_doc(const tti_db_row *row);

/** Removes an article from the open transaction's file and from memory. */
tt_status tti_index_drop_article(tt_index *x, uint32_t article, tt_error *error);

/** Microseconds since 1970. */
int64_t tti_index_now(void);

#endif
