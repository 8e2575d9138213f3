/*
 * Memory under a limit: large arrays live in a temporary file that has no name, mapped, and their
 * pages are released whenever the process holds more than the limit. Stages see ordinary arrays;
 * they should go through them mostly in order, or part by part, because a page that is used again
 * soon after it was dropped costs a fault.
 *
 * The blocks of the file are reserved before they are mapped, so a full disk is a failed call and
 * not a signal. What the kernel keeps of the file beyond the limit is cache, which it gives up when
 * it needs the memory.
 */
#ifndef TTI_UTIL_SPILL_H
#define TTI_UTIL_SPILL_H

#include "twicetold.h"
#include "util/alloc.h"

enum {
    TTI_SPILL_MIN_LIMIT = 32 << 20 /**< smallest limit: what a scan needs beside its arrays */
};

typedef struct tti_spill tti_spill;

/** Opens a temporary file in `dir`. Small blocks come from `base`. `limit`: how many bytes of
 * the process may be resident, at least TTI_SPILL_MIN_LIMIT. @return TT_OK, TT_ENOMEM, TT_EIO */
tt_status tti_spill_open(tti_spill **out, const char *dir, uint64_t limit, const tt_allocator *base,
                         tt_error *error);

/** Closes the file, which frees all that was allocated from it. NULL is allowed. */
void tti_spill_close(tti_spill *s);

/** The memory of the file, as an allocator. Threads: any. */
const tt_allocator *tti_spill_allocator(tti_spill *s);

/** Writes the slices to the file, each from tti_slice_padded_size() after the one before. @return
 * where they can be read, for tti_spill_release(), or NULL */
const char *tti_spill_write(tti_spill *s, const tti_slice *slices, size_t count);
void tti_spill_release(tti_spill *s, const char *kept);

/** Starts a thread that enforces the limit until tti_spill_stop_watcher(). Both do nothing for
 * NULL.
 * @return 0, or -1 if no thread could be started */
int tti_spill_start_watcher(tti_spill *s);
void tti_spill_stop_watcher(tti_spill *s);

/** Enforces the limit once, without a thread. NULL is allowed. */
void tti_spill_evict(tti_spill *s);

/** Turns TT_ENOMEM into TT_EIO, with the reason, where a full disk caused it. */
tt_status tti_spill_status(const tti_spill *s, tt_status status, tt_error *error);

#endif
