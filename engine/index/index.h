/* The handle of an index, for the sources that make it up. */
#ifndef TTI_INDEX_INDEX_H
#define TTI_INDEX_INDEX_H

#include "corpus/tokenized_batch.h"
#include "index/db_details.h"
#include "index/decisions.h"
#include "index/verdicts.h"

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
    int64_t last_notice;          /**< the number of the last one that is in the file, too */
    tti_verdicts verdicts;        /**< of the batch */
    TTI_ARRAY(tti_tokens) tokens; /**< of the batch, one store a thread */
    TTI_ARRAY(tti_tokenized_article) tokenized;
    tti_pending_article *micro_batch; /**< TTI_MICRO_BATCH of them, or NULL */
    size_t micro_batch_count;
    uint32_t data_version; /**< of the file when it was read last */
    int is_read_only;
    int is_emitting; /* verdicts are with a callback, which may not use the index */
    int is_stale;    /**< a batch failed: the table must be read again */
    int64_t
        last_ingested_at; /**< of the last article: time never goes back, even if the clock does */
    tti_decisions decisions;
    /* What the article or story that was read last points to. */
    tti_bytes title, text, of_bytes, story_bytes, terms_bytes;
    tt_verdict read_verdict;
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
/** Brings the table up to date with the file, and begins a transaction that writes. @return
 * TT_EINVAL: not within a callback, and not on a handle that reads; else as tti_index_begin_write()
 */
tt_status tti_index_begin_change(tt_index *x, tt_error *error);
/** Ends the transaction of a batch that came to `status`: all of it is on the disk, or nothing.
 * @return `status`, or why it could not be committed */
tt_status tti_index_end_write(tt_index *x, tt_status status, tt_error *error);
/** Removes the row of an article from the file, in the open transaction, and from the table. Its
 * details are left. */
tt_status tti_index_drop_article(tt_index *x, uint32_t article, tt_error *error);
/** Removes an article with its details, and from its story. */
tt_status tti_index_remove_article(tt_index *x, uint32_t article, tt_error *error);
/** Adds an article with the next number, in the open transaction. Where row->ingested_at is 0, or
 * in the future, it is set to now. */
tt_status tti_index_store_row(tt_index *x, tti_db_row *row, uint32_t *article, tt_error *error);
/** The row of an article that is about to be removed: what it points to is copied into
 * x->verdicts.memory. @return TT_OK, TT_ENOMEM */
tt_status tti_index_copy_row(tt_index *x, uint32_t article, tti_db_row *out, tt_error *error);
/** Adds the verdict on an article to those of the batch. A copy of what is withdrawn, or of a
 * reprint of that, is withdrawn. `of_itself`: it is about the article and the one with its id. */
tt_status tti_index_add_verdict(tt_index *x, const tti_decision *decision, size_t position,
                                const tti_db_row *row, int of_itself, tt_error *error);
/** Gives the verdicts to the caller. @return TT_OK, TT_ESTOPPED */
tt_status tti_index_emit(tt_index *x, tt_verdict_fn emit, void *ctx, tt_error *error);
/** Microseconds since 1970-01-01 UTC. */
int64_t tti_index_now(void);

/** Below, at or above 0: the version of the row is older than that of the article, the same, or
 * newer; 0 where one of them has none. */
int tti_version_order(const tti_indexed_article *article, const tti_db_row *row);

/* load.c */

/** Brings the table up to date with the file, before anything is asked or added. @return as
 * tt_index_open() */
tt_status tti_index_refresh(tt_index *x, tt_error *error);
/** The same, and adds the seeds that the postings lack: before a verdict. */
tt_status tti_index_refresh_postings(tt_index *x, tt_error *error);

/* stories.c */

/** The story of an article of the file: that of its verdict, or one that it would begin. */
tt_status tti_story_of(tt_index *x, int64_t number, int64_t *story, tt_error *error);
/** Stores the verdict on an article that was added, which joins a story or begins one.
 * `replaced`: the story of the version whose place it took, or 0. */
tt_status tti_story_add_verdict(tt_index *x, const tt_verdict *verdict, const tti_db_row *row,
                                int64_t replaced, tt_error *error);
/** Stores the verdict on an article of another index, with its story here, or 0. */
tt_status tti_story_merge_verdict(tt_index *x, const tti_db_verdict *verdict, const tti_db_row *row,
                                  int64_t story, tt_error *error);
/** Takes an article that is no copy of `of` out of the story of that one: it begins its own. */
tt_status tti_story_split(tt_index *x, uint32_t article, const tt_id *of, tt_error *error);
/** Takes an article out of its story, which is removed with its last one. */
tt_status tti_story_leave(tt_index *x, int64_t story, tt_error *error);

#endif
