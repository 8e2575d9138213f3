/*
 * The databases that this process has open. SQLite keeps the locks that it holds on a file for the
 * whole process and takes them for its own after a fork, where the system says they are the
 * parent's: a child must not touch what was open when it was forked.
 */
#ifndef TTI_OPENED_H
#define TTI_OPENED_H

#include <sys/types.h>

typedef struct tti_opened {
    struct tti_opened *next;
    dev_t device;
    ino_t file;
    pid_t owner; /**< 0: not in the list */
} tti_opened;

/** Puts a file that is there into the list. */
void tti_opened_add(tti_opened *x, const char *path);
void tti_opened_remove(tti_opened *x);
/** Whether it was open, here or in a parent, when this process was forked. */
int tti_opened_before_fork(const char *path);
/** Whether another process, the parent, put it into the list. */
int tti_opened_inherited(const tti_opened *x);

#endif
