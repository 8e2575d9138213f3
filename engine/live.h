/* The inside of a living index's handle, shared by live*.c. */
#ifndef TTI_LIVE_H
#define TTI_LIVE_H

#include "intake.h"
#include "live/judge.h"

/** What a verdict is put together in: names are copied, since what they name may be gone when the
 * batch is on the disk. Until then pointers into growing arrays are places in them + 1. */
typedef struct tti_drafts {
    tt_verdict *verdicts;
    size_t count, capacity;
    tt_repeat *repeats;
    size_t repeat_count, repeat_capacity;
    char *names;
    size_t name_size, name_capacity;
    uint32_t *begins, *ends, *of_begins, *of_ends; /**< token extents in bytes */
    size_t begin_capacity, end_capacity, of_begin_capacity, of_end_capacity;
} tti_drafts;

/** An article whose verdict waits for those of its wave to be compared. */
typedef struct tti_waiting {
    size_t place; /**< in the batch */
    tti_row row;
    uint32_t article; /**< on the shelf, or TTI_NONE: it is only asked about */
    tti_trial trial;
    tt_status status;
} tti_waiting;

enum { TTI_WAVE = 256 };

struct tt_live {
    tt_options options; /**< what shapes it, from the file; the rest as the caller gave it */
    tti_file *file;
    tti_shelf shelf;
    tti_judge judge;
    tti_state state; /**< of the file, as the shelf holds it */
    tti_drafts drafts;
    tti_tokens *stores; /**< of the batch at hand, one a thread */
    int store_count;
    tti_taken *taken;
    size_t taken_capacity;
    tti_waiting *wave; /**< TTI_WAVE of them, or NULL */
    size_t wave_count;
    uint32_t version; /**< of the file when it was read last */
    int reading;      /**< it does not write */
    int stale;        /**< a batch failed: memory must be made anew from the file */
    int64_t arrival;  /**< of the last article: a clock that goes back is held */
};

/** Makes memory what the file is. Called before anything is asked or added. */
tt_status tti_live_refresh(tt_live *x, tt_error *error);
/** That, and makes the seeds that are not there yet: before a verdict. */
tt_status tti_live_settle(tt_live *x, tt_error *error);

/** What an article is to the one under its id. */
typedef struct tti_version {
    uint32_t old; /**< the article that is there, or TTI_NONE */
    int stays;    /**< it is to stay: the same, or a newer version */
    int related;  /**< the verdict is about the two */
    tti_judgement judgement;
} tti_version;

/** `judged`: with numbers. */
tt_status tti_live_version(tt_live *x, const tti_row *row, int judged, tti_version *out,
                           tt_error *error);
/** The tokens of a row that is not on the shelf. */
tti_doc tti_live_doc(const tti_row *row);

/** Removes an article from the open transaction's file and from memory. */
tt_status tti_live_drop(tt_live *x, uint32_t article, tt_error *error);

/** Microseconds since 1970. */
int64_t tti_live_now(void);

#endif
