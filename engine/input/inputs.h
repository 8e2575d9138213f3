/*
 * The list of inputs: explicit paths in their order, directories replaced by what is in them, found
 * recursively and sorted by name, byte by byte.
 */
#ifndef TTI_INPUT_INPUTS_H
#define TTI_INPUT_INPUTS_H

#include "twicetold.h"

typedef enum tti_format {
    TTI_FORMAT_JSONL,        /**< JSON Lines */
    TTI_FORMAT_TEXT,         /**< the file is one article */
    TTI_FORMAT_XML,          /**< a wire format in XML */
    TTI_FORMAT_JSON_OBJECT,  /**< the file is one JSON object over several lines */
    TTI_FORMAT_JSONL_OR_XML, /**< JSON Lines, or XML if the first byte that is not blank is '<' */
    TTI_FORMAT_JSONL_OR_OBJECT, /**< JSON Lines or one object: its first line decides */
    TTI_FORMAT_UNKNOWN          /**< its first bytes decide */
} tti_format;

/** What keeps an input from being read, besides errno's values. */
enum { TTI_INPUT_LOOP = -1, TTI_INPUT_NOT_REGULAR = -2 };

typedef struct tti_input {
    char *path;    /**< as found; "-" for standard input; NUL-terminated */
    uint64_t size; /**< bytes on disk, 0 for a stream */
    tti_format form;
    int fault; /**< 0, an errno value or TTI_FAULT_*: a record to reject */
} tti_input;

typedef struct tti_inputs {
    const tt_allocator *allocator;
    tti_input *items;
    size_t count, capacity;
    uint64_t bytes; /**< of all regular files */
    int has_stream;
} tti_inputs;

/**
 * Appends an explicit path. @return TT_OK; TT_EIO (it cannot be opened; the message names it);
 * TT_ENOMEM.
 */
tt_status tti_inputs_add(tti_inputs *inputs, const char *path, tt_error *error);

void tti_inputs_free(tti_inputs *inputs);

/** The reason for a fault, as English. */
void tti_input_fault_text(int fault, char *text, size_t size);

#endif
