/*
 * The database files that this process has open, by what they are: device and inode, whatever the
 * name.
 *
 * Two things about a file belong to the process and not to a descriptor. SQLite's locks are POSIX
 * locks: closing any descriptor of the file gives up all of them, and after a fork they stay with
 * the parent, though SQLite takes them for the child's. So a child must not touch what was open
 * when it was forked, and the descriptor that holds the writer's lock is closed only when nothing
 * in the process has the file open any more.
 */
#ifndef TTI_INDEX_OPEN_FILES_H
#define TTI_INDEX_OPEN_FILES_H

#include <sys/types.h>

typedef struct tti_open_file {
    struct tti_open_file *next;
    dev_t device;
    ino_t inode;
    pid_t owner;    /**< process that opened it; 0: not in the list */
    int descriptor; /**< holds the writer's lock; -1: none */
    int is_locked;
} tti_open_file;

enum {
    TTI_OPEN_LOCKED = 1, /**< take the writer's lock */
    TTI_OPEN_CREATE = 2  /**< make an empty file if there is none */
};

/** Adds a file to the list, before SQLite opens it. On failure it is not in the list.
 * @return 0; EWOULDBLOCK: another writer holds the lock; else errno */
int tti_open_files_add(tti_open_file *x, const char *path, unsigned mode);
/** Removes a file from the list, after SQLite has closed it, and gives up its lock. */
void tti_open_files_remove(tti_open_file *x);
/** Whether the file was open, here or in a parent, when this process was forked. */
int tti_open_files_before_fork(const char *path);
/** Whether it is open by SQLite elsewhere, in this process or in another one. */
int tti_open_file_is_read(const tti_open_file *x);
/** Whether the parent process opened it. */
int tti_open_file_is_inherited(const tti_open_file *x);

#endif
