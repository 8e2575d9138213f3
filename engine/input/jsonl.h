/*
 * One line of JSON Lines -> one record. The quick way is simdjson; whatever it refuses is looked at
 * again by the strict scanner, which has the last word and gives the reason. Both give the same
 * record wherever both can read the line.
 *
 * Where a key stands twice, the last one counts. Strings in fields that are not read may hold
 * escapes of lone surrogates; the id and the text may not.
 */
#ifndef TTI_INPUT_JSONL_H
#define TTI_INPUT_JSONL_H

#include "twicetold.h"

enum {
    TTI_FIELD_ID,
    TTI_FIELD_TEXT,
    TTI_FIELD_PUBLISHED,
    TTI_FIELD_SOURCE,
    TTI_FIELD_VERSION,
    TTI_FIELD_TITLE,
    TTI_FIELD_COUNT
};

typedef enum tti_jsonl_value_kind {
    TTI_VALUE_ABSENT,
    TTI_VALUE_STRING,
    TTI_VALUE_INTEGER,        /**< its digits as written */
    TTI_VALUE_LONE_SURROGATE, /**< a string with an unpaired surrogate escape */
    TTI_VALUE_OTHER
} tti_jsonl_value_kind;

typedef struct tti_jsonl_value {
    tti_jsonl_value_kind kind;
    const char *bytes;
    size_t size;
} tti_jsonl_value;

typedef struct tti_jsonl_fields {
    tti_jsonl_value value[TTI_FIELD_COUNT];
} tti_jsonl_fields;

typedef struct tti_jsonl_options {
    const char *name[TTI_FIELD_COUNT]; /**< of all fields; UTF-8, not empty */
    size_t name_size[TTI_FIELD_COUNT];
    uint64_t max_article_bytes;
    int whole; /**< headline, byline and dateline of wire formats are text too */
} tti_jsonl_options;

typedef struct tti_simdjson tti_simdjson; /**< one thread's simdjson parser */

/** NULL: out of memory. It allocates for itself, with operator new. */
tti_simdjson *tti_simdjson_open(void);
void tti_simdjson_close(tti_simdjson *quick);

/** Bytes after a line, or after the room for what comes out of it, that may be touched. */
enum { TTI_LINE_SLACK = 64 };

/**
 * The fields of a line. `out` has room for `size` + TTI_LINE_SLACK bytes; values point into it or
 * into the line. @return 1, or 0: ask tti_jsonl_scan_fields().
 */
int tti_simdjson_fields(tti_simdjson *quick, const tti_jsonl_options *rules, const char *line,
                        size_t size, char *out, tti_jsonl_fields *fields);

/** The same by the strict scanner. @return 1, or 0 with record->status and reason set. */
int tti_jsonl_scan_fields(const tti_jsonl_options *rules, const char *line, size_t size, char *out,
                          tti_jsonl_fields *fields, tt_record *record);

/** Room that tti_jsonl_read needs at `out` for a line of `size` bytes in a file of this name. */
size_t tti_jsonl_output_bound(size_t size, size_t file_size);

/**
 * Fills article, status and reason of a record whose raw, file and line are set. The TTI_LINE_SLACK
 * bytes after raw are readable. `quick` may be NULL.
 */
void tti_jsonl_read(const tti_jsonl_options *rules, tti_simdjson *quick, char *out,
                    tt_record *record);

/** Sets status and reason. */
#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
void tti_record_reject(tt_record *record, tt_status status, const char *format, ...);

/**
 * A line that has no text field, as ninjs: fills article, status and reason if it is one. `out` as
 * in tti_jsonl_read. @return 0 if it is not.
 */
int tti_ninjs_read(const tti_jsonl_options *rules, char *out, tt_record *record);

#endif
