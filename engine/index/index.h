/* The handle of an index, for the sources that make it up. */
#ifndef TTI_INDEX_INDEX_H
#define TTI_INDEX_INDEX_H

#include "corpus/tokenized_batch.h"
#include "index/classify.h"
#include "index/db.h"

/** Where the tokens of an article are, in bytes. */
typedef struct tti_extents {
    TTI_ARRAY(uint32_t) begins;
    TTI_ARRAY(uint32_t) ends;
} tti_extents;

/** Verdicts on their way to the caller. What they name is copied, since it may have left the index
 * before the batch is on the disk. */
typedef struct tti_verdicts {
    TTI_ARRAY(tt_verdict) list;
    tti_slab memory; /**< of what they point to */
    tti_extents own; /**< of the article that was added last */
    tti_extents other;
} tti_verdicts;

/** An article whose verdict waits until those of its micro-batch have been compared. */
typedef struct tti_pending_article {
    size_t position; /**< in the batch */
    tti_db_row row;
    uint32_t article; /**< in the table; TTI_NONE: it is only asked about */
    tti_comparison comparison;
    tt_status status; /**< of the comparison */
} tti_pending_article;

enum { TTI_MICRO_BATCH = 256 };

struct tt_index {
    tt_options
        options; /**< those that shape it as the file has them, the rest as the caller gave */
    tti_db *db;
    tti_article_table table; /**< what the file says, in memory */
    tti_db_state state;      /**< of the file, as the table has it */
    tti_classifier classifier;
    tti_verdicts verdicts;        /**< of the batch */
    TTI_ARRAY(tti_tokens) tokens; /**< of the batch, one store a thread */
    TTI_ARRAY(tti_tokenized_article) tokenized;
    tti_pending_article *micro_batch; /**< TTI_MICRO_BATCH of them, or NULL */
    size_t micro_batch_count;
    uint32_t data_version; /**< of the file when it was read last */
    int is_read_only;
    int is_emitting; /* verdicts are with a callback, which may not use the index */
    int is_stale; /**< a batch failed: the table must be read again */
    int64_t
        last_ingested_at; /**< of the last article: time never goes back, even if the clock does */
};

/** Makes a file that does not exist yet. `resolved`: what shapes it. @return as
 * tt_index_create() */
tt_status tti_index_create_file(tti_db **out, const char *path, const tt_options *resolved,
                                tt_error *error);
/** Whether a call may begin: not within the callback of another. @return TT_OK, TT_EINVAL */
tt_status tti_index_check_use(const tt_index *x, tt_error *error);
/** Begins a transaction that writes, if the file is still what the table was read from.
 * @return as tti_db_begin_write() */
tt_status tti_index_begin_write(tt_index *x, tt_error *error);
/** Ends the transaction of a batch that came to `status`: all of it is on the disk, or nothing.
 * @return `status`, or why it could not be committed */
tt_status tti_index_end_write(tt_index *x, tt_status status, tt_error *error);
/** Removes an article from the file, in the open transaction, and from the table. */
tt_status tti_index_drop_article(tt_index *x, uint32_t article, tt_error *error);
/** Microseconds since 1970-01-01 UTC. */
int64_t tti_index_now(void);

/* load.c */

/** Makes the table what the file is, before anything is asked or added. @return as tt_index_open()
 */
tt_status tti_index_refresh(tt_index *x, tt_error *error);
/** Does that, and adds the seeds that the postings lack: before a verdict. */
tt_status tti_index_refresh_postings(tt_index *x, tt_error *error);

#endif
