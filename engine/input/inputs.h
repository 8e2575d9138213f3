/*
 * The list of inputs: explicit paths in their order, each directory replaced by the news files in
 * it and below it, sorted by name, byte by byte.
 */
#ifndef TTI_INPUT_INPUTS_H
#define TTI_INPUT_INPUTS_H

#include "input/format.h"
#include "twicetold.h"
#include "util/array.h"

/** What keeps an input from being read, besides errno's values. */
enum { TTI_INPUT_LOOP = -1, TTI_INPUT_NOT_REGULAR = -2 };

typedef struct tti_input {
    char *path;    /**< as found; "-" for standard input */
    uint64_t size; /**< bytes on disk, 0 for a stream */
    tti_format format;
    int fault; /**< 0, an errno value or TTI_INPUT_*: a record to reject */
} tti_input;

/** Files of one kind in directories that are not read. */
typedef struct tti_passed_over {
    char ending[12]; /**< of their names, in small letters, as ".docx"; "" for all without one */
    uint64_t count;
} tti_passed_over;

typedef struct tti_inputs {
    const tt_allocator *allocator;
    TTI_ARRAY(tti_input) list;
    TTI_ARRAY(tti_passed_over) passed_over;
    const char *include, *exclude; /**< patterns of names, with commas; NULL: not given */
    int reads_columns;             /**< files of columns are read too */
    uint64_t bytes;                /**< of all regular files */
    int has_stream;                /**< one of them has no size */
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

/** Counts a file that is not read, of a directory or an archive. @return TT_OK, TT_ENOMEM */
tt_status tti_inputs_pass_over(tti_inputs *inputs, const char *name, tt_error *error);

/** Lists the files passed over, as "60 *.html, 2 *.docx and 1 other". @return how many they are */
uint64_t tti_inputs_describe_passed_over(const tti_inputs *inputs, char *text, size_t size);

/** Writes the reason for a fault, in English. */
void tti_input_fault_text(int fault, char *text, size_t size);

#endif
