/*
 * The list of inputs: explicit paths in their order, each directory replaced by the news files in
 * it and below it, sorted by name, byte by byte.
 */
#ifndef TTI_INPUT_INPUTS_H
#define TTI_INPUT_INPUTS_H

#include "input/format.h"
#include "twicetold.h"
#include "util/array.h"

#define TTI_HIDDEN "hidden"
#define TTI_LINK "a link"

/** What keeps an input from being read, besides errno's values. */
enum { TTI_INPUT_LOOP = -1, TTI_INPUT_NOT_REGULAR = -2, TTI_INPUT_SYSTEM = -3 };

typedef struct tti_input {
    char *path;    /**< as found; "-" for standard input */
    uint64_t size; /**< bytes on disk, 0 for a stream */
    tti_format format;
    int fault; /**< 0, an errno value or TTI_INPUT_*: a record to reject */
} tti_input;

/** Files of one kind in directories and archives that are not read. */
typedef struct tti_passed_over {
    char kind[16]; /**< the ending of their names, in small letters, as ".docx"; "" for all without
                        one; or TTI_HIDDEN, TTI_LINK */
    uint64_t count;
} tti_passed_over;

/** A directory of the file system. */
typedef struct tti_directory_id {
    uint64_t device, inode;
} tti_directory_id;

typedef struct tti_inputs {
    const tt_allocator *allocator;
    TTI_ARRAY(tti_input) list;
    TTI_ARRAY(tti_passed_over) passed_over;
    TTI_ARRAY(tti_directory_id) linked; /**< directories that a link has led to */
    uint64_t empty_count;               /**< files in which there was no record */
    char empty[200];                    /**< the first of them, as "a.csv has no row" */
    const char *include, *exclude;      /**< patterns of names, with commas; NULL: not given */
    int reads_columns;                  /**< files of columns are read too */
    uint64_t bytes;                     /**< of all regular files */
    int has_stream;                     /**< one of them has no size */
} tti_inputs;

/**
 * Appends an explicit path. @return TT_OK; TT_EIO (it cannot be opened; the message names it);
 * TT_ENOMEM.
 */
tt_status tti_inputs_add(tti_inputs *inputs, const char *path, tt_error *error);

/** Appends bytes that are in memory; `name` is what its records say. @return TT_OK, TT_ENOMEM */
tt_status tti_inputs_add_bytes(tti_inputs *inputs, const char *name, uint64_t size,
                               tt_error *error);

void tti_inputs_free(tti_inputs *inputs);

/** Whether a file of this name is read when it is in a directory or an archive. */
int tti_inputs_want(const tti_inputs *inputs, const char *name);

/** Counts a file that is not read, of a directory or an archive, by the ending of its name, or as
 * TTI_HIDDEN or TTI_LINK. @return TT_OK, TT_ENOMEM */
tt_status tti_inputs_pass_over(tti_inputs *inputs, const char *name, tt_error *error);

/** Lists the files passed over, as "60 *.html, 2 hidden and 1 other". @return how many there are */
uint64_t tti_inputs_describe_passed_over(const tti_inputs *inputs, char *text, size_t size);

/** Notes a file in which there was no record; `why`: "has no row". */
void tti_inputs_note_empty(tti_inputs *inputs, const char *path, const char *why);

/** Lists the same, as "a.csv has no row, b.xml has no item and 2 more". @return how many there are
 */
uint64_t tti_inputs_describe_empty(const tti_inputs *inputs, char *text, size_t size);

/** Writes the reason for a fault, in English. */
void tti_input_fault_text(int fault, char *text, size_t size);

#endif
