/*
 * The file of an index: a SQLite database of what must last. One batch is one transaction. What can
 * be derived is not in the file. docs/format.md gives the schema.
 *
 * A damaged file is an error that says what is wrong with it, never a wrong answer: each row has a
 * checksum of all it holds, and the state has one of the number of rows and the sum of their
 * checksums, so that a lost row is noticed.
 */
#ifndef TTI_INDEX_DB_H
#define TTI_INDEX_DB_H

#include "corpus/corpus.h"

enum {
    TTI_DB_APPLICATION_ID = 0x54574943, /**< "TWIC": application_id */
    TTI_DB_VERSION = 3,                 /**< user_version */
    TTI_DB_OLDEST_VERSION = 2           /**< that is read */
};

/** One article as it is stored. Pointers are borrowed. */
typedef struct tti_db_row {
    int64_t number; /**< from 1, in the order in which they came; never used again */
    const char *id, *source, *version;
    const uint8_t *data; /**< of a row that was read: hashes (4 bytes each, not aligned), flags (1
                            byte each) and extents, one after the other */
    const uint32_t *hashes; /**< of a new row; NULL: it was read */
    const uint8_t *flags, *extents;
    uint64_t text_size;
    int64_t published, ingested_at;
    uint32_t id_size, source_size, version_size, article_flags, token_count;
    size_t extents_size;
    uint64_t sum; /**< XXH3-64 of all the above */
} tti_db_row;

/** The checksum of a row: XXH3-64. */
uint64_t tti_db_row_checksum(const tti_db_row *row);

/** A flag of a row beside TT_ARTICLE_*: an editor made it a tombstone, which can be taken back. */
enum { TTI_ARTICLE_KILLED = 1u << 2 };

static inline tt_id tti_db_row_id(const tti_db_row *row)
{
    return tti_id(row->id, row->id_size, row->article_flags);
}

/** Sets the sizes that follow from the number of tokens and the bytes of the data, and looks at a
 * row that was read. @return NULL, or what is wrong with it */
const char *tti_db_row_fault(tti_db_row *row, int64_t tokens, int64_t flags, size_t data_size);

/** The tokens of a row to write. */
static inline tti_doc tti_db_row_doc(const tti_db_row *row)
{
    return (tti_doc){.hashes = row->hashes,
                     .flags = row->flags,
                     .published = row->published,
                     .token_count = row->token_count,
                     .article = UINT32_MAX};
}

/** No row has a greater number, and no state says so. */
#define TTI_DB_MAX_NUMBER (INT64_C(1) << 62)

/** What the state row of the file says. */
typedef struct tti_db_state {
    uint64_t count;    /**< of articles */
    uint64_t digest;   /**< the sum of their sums, modulo 2^64 */
    uint64_t removals; /**< articles removed since the file was made */
    int64_t last;      /**< the greatest number given to an article */
} tti_db_state;

static inline int tti_db_state_equal(const tti_db_state *x, const tti_db_state *y)
{
    return x->count == y->count && x->digest == y->digest && x->removals == y->removals &&
           x->last == y->last;
}

typedef struct tti_db tti_db;

enum {
    TTI_DB_READ = 1,           /**< nothing is written */
    TTI_DB_CREATE = 2,         /**< make it if it does not exist, or if making it was interrupted */
    TTI_DB_NEW = 4,            /**< with TTI_DB_CREATE: fail if it exists */
    TTI_DB_SALVAGE = 8,        /**< with TTI_DB_READ: though it is damaged; `shape` is not read */
    TTI_DB_LOG_ELSEWHERE = 16, /**< with the log in the temp_dir of the options, and without readers
                                */
    TTI_DB_AGAIN = 32          /**< this process has opened it and looked at its log */
};

/** Opens or makes (TTI_DB_CREATE: `options` resolved) a file, or makes one in memory (path NULL,
 * with TTI_DB_CREATE). *shape: what it was made with. @return as tt_index_open() */
tt_status tti_db_open(tti_db **out, const char *path, unsigned mode, const tt_options *options,
                      tt_options *shape, tt_error *error);
void tti_db_close(tti_db *f);

/** Reads the state: in the open transaction, if there is one. */
tt_status tti_db_read_state(tti_db *f, tti_db_state *out, tt_error *error);

/** Begins a transaction to read: until it ends, the file does not change for it. */
tt_status tti_db_begin(tti_db *f, tt_error *error);
/** Begins a transaction that writes. `expected`: the state as it was read or committed last.
 * @return TT_OK; TT_ELOCKED: another process has written since; TT_EIO: the file was deleted,
 * renamed, replaced or truncated */
tt_status tti_db_begin_write(tti_db *f, const tti_db_state *expected, tt_error *error);
/** Ends the transaction; when it returns, the batch is on the disk. After a failure nothing of it
 * is, and the transaction has ended too. */
tt_status tti_db_commit(tti_db *f, const tti_db_state *state, tt_error *error);
/** Ends the transaction, if one is open, and undoes what it wrote. */
void tti_db_rollback(tti_db *f);

tt_status tti_db_insert(tti_db *f, const tti_db_row *row, tt_error *error);
/** Removes a row. `nth`: the state's removals, this one with them. */
tt_status tti_db_delete(tti_db *f, int64_t number, uint64_t nth, tt_error *error);
/** Reads which rows were removed after the first `removals` ones: the next `count` numbers, in
 * order. *found: how many of them the journal has, since its old end is cut off. It has no
 * checksum. */
tt_status tti_db_read_removals(tti_db *f, uint64_t removals, uint64_t count, int64_t *numbers,
                               uint64_t *found, tt_error *error);

/** Receives a row. A status other than TT_OK ends the reading. `fault`: NULL, or what is wrong with
 * the row, of which only the number may be used then. */
typedef tt_status (*tti_db_row_fn)(void *ctx, const tti_db_row *row, const char *fault,
                                   tt_error *error);
/** Reads the rows with a number greater than `after`, up to `last`, ascending. @return what `take`
 * returned; TT_EFORMAT: SQLite finds damage */
tt_status tti_db_each_row(tti_db *f, int64_t after, int64_t last, tti_db_row_fn take, void *ctx,
                          tt_error *error);
/** The least number of a row that is greater than `after`; INT64_MAX: there is none. */
tt_status tti_db_next_number(tti_db *f, int64_t after, int64_t *out, tt_error *error);
/** What can be read of the id of a row, damaged or not: `size` bytes at most. @return how many */
size_t tti_db_read_id(tti_db *f, int64_t number, char *out, size_t size);
/** Whether the row of an article with so many tokens fits into a file. */
int tti_db_holds(const tti_db *f, uint32_t token_count, size_t extents_size);
/** The absolute path, without symbolic links; NULL: it is in memory. */
const char *tti_db_path(const tti_db *f);
/** Whether it was opened (TTI_DB_SALVAGE) without the log beside it, which is of another file. */
int tti_db_leaves_log(const tti_db *f);
/** The name it was opened by, for messages. */
const char *tti_db_name(const tti_db *f);
/** Fails with TT_EFORMAT: the file is damaged, and how. */
tt_status tti_db_damaged(const tti_db *f, uint64_t where, const char *how, tt_error *error);

/** Of a file that is read where a writer cannot be told of it (a read-only file system, a directory
 * of another user, a full disk): whether it is as it was when it was opened. @return TT_OK, TT_EIO
 */
tt_status tti_db_check_unchanged(const tti_db *f, tt_error *error);

/** A number that changes when another connection has committed. */
tt_status tti_db_data_version(tti_db *f, uint32_t *out, tt_error *error);
/** Gives free pages back to the file system. */
tt_status tti_db_shrink(tti_db *f, tt_error *error);
/** Runs SQLite's check; `emit` gets each finding. */
tt_status tti_db_check_integrity(tti_db *f, tt_finding_fn emit, void *ctx, tt_error *error);
/** Writes a copy of the whole database, as it is for a reader now, to a new file.
 * @return TT_OK; TT_EINVAL: it exists; TT_EIO */
tt_status tti_db_backup(tti_db *f, const char *new_name, tt_error *error);
/** Bytes of the database, its log not included. */
uint64_t tti_db_bytes(tti_db *f);

#endif
