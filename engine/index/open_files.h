/*
 * The databases that this process has open. SQLite keeps the locks that it holds on a file for the
 * whole process and takes them for its own after a fork, where the system says they are the
 * parent's: a child must not touch what was open when it was forked.
 */
#ifndef TTI_INDEX_OPEN_FILES_H
#define TTI_INDEX_OPEN_FILES_H

#include <sys/types.h>

typedef struct tti_open_file {
    struct tti_open_file *next;
    dev_t device;
    ino_t file;
    pid_t owner; /**< 0: not in the list */
} tti_open_file;

/** Puts a file that is there into the list. */
void tti_open_files_add(tti_open_file *x, const char *path);
void tti_open_files_remove(tti_open_file *x);
/** Whether it was open, here or in a parent, when this process was forked. */
int tti_open_files_before_fork(const char *path);
/** Whether another process, the parent, put it into the list. */
int tti_open_file_is_inherited(const tti_open_file *x);

#endif
