/*
 * One line of JSON Lines becomes one record. simdjson reads it first; what simdjson refuses is
 * scanned again by the strict scanner, which decides, and gives the reason. Both give the same
 * record for every line that both can read.
 *
 * If a key comes twice, the last one counts. Strings in fields that are not used may hold escapes
 * of lone surrogates; the id and the text may not. The text is a copy, which is not in the line.
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
    TTI_FIELD_STATUS, /**< of publication. This and the rest are ninjs's, in small letters or
                         capitals */
    TTI_FIELD_LANGUAGE,
    TTI_FIELD_EMBARGOED,
    TTI_FIELD_EXPIRES,
    TTI_FIELD_REPLACING,
    TTI_FIELD_REPLACED_BY,
    TTI_FIELD_COUNT
};

typedef enum tti_jsonl_value_kind {
    TTI_VALUE_ABSENT,
    TTI_VALUE_NULL,
    TTI_VALUE_STRING,
    TTI_VALUE_INTEGER,        /**< its digits as written */
    TTI_VALUE_FRACTION,       /**< the same of another number; only where a time may be */
    TTI_VALUE_LONE_SURROGATE, /**< a string with an unpaired surrogate escape */
    TTI_VALUE_RECORDS,        /**< the texts of several records in a list; `bytes` is its name */
    TTI_VALUE_OTHER
} tti_jsonl_value_kind;

typedef struct tti_jsonl_value {
    tti_jsonl_value_kind kind;
    const char *bytes;
    size_t size;
} tti_jsonl_value;

typedef struct tti_jsonl_fields {
    tti_jsonl_value value[TTI_FIELD_COUNT];
    int is_doubled; /**< a key of one of them came twice */
} tti_jsonl_fields;

typedef struct tti_field_paths tti_field_paths; /**< input/field_paths.h */

typedef struct tti_jsonl_options {
    const char *name[TTI_FIELD_COUNT]; /**< of each field; UTF-8, not empty */
    size_t name_size[TTI_FIELD_COUNT];
    uint64_t max_article_bytes;
    int whole;       /**< of news formats, headline, byline and dateline go in front of the text */
    int text_format; /**< TT_TEXT_* */
    const tti_field_paths *paths; /**< of all fields, if one of their names is more than a key */
    int is_row;                   /**< of a table, where null is an empty cell */
} tti_jsonl_options;

typedef struct tti_simdjson tti_simdjson; /**< the simdjson parser of one thread */

/** NULL: out of memory. It allocates with operator new. */
tti_simdjson *tti_simdjson_open(void);
void tti_simdjson_close(tti_simdjson *parser);

/** Bytes after a line, and after the room for its strings, that may be read or written. */
enum { TTI_LINE_SLACK = 64 };

/**
 * Finds the fields of a line with simdjson. `out` has room for `size` + TTI_LINE_SLACK bytes;
 * values point into it or into the line. @return 1, or 0: tti_jsonl_scan_fields() decides
 */
int tti_simdjson_fields(tti_simdjson *parser, const tti_jsonl_options *options, const char *line,
                        size_t size, char *out, tti_jsonl_fields *fields);

/** The same with the strict scanner. @return 1, or 0 with record->status and reason set */
int tti_jsonl_scan_fields(const tti_jsonl_options *options, const char *line, size_t size,
                          char *out, tti_jsonl_fields *fields, tt_record *record);

/** The room that tti_jsonl_read() needs at `out` for a line of `size` bytes. */
size_t tti_jsonl_output_bound(const tti_jsonl_options *options, size_t size, size_t file_size);

/**
 * Fills article, status and reason of a record whose raw, file and line are set. The TTI_LINE_SLACK
 * bytes after raw are readable. `parser` may be NULL.
 */
void tti_jsonl_read(const tti_jsonl_options *options, tti_simdjson *parser, char *out,
                    tt_record *record);

/** Reads the time at which an embargo ends, or an item is of no use. @return microseconds since
 * 1970, or 0: none */
int64_t tti_time_or_none(const char *text, size_t size, uint32_t *notes);

/** Whether a key is the usual name of a list of records, "articles" or "items". */
int tti_is_records_name(const char *key, size_t size);

/** Sets status and reason. */
#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
void tti_record_reject(tt_record *record, tt_status status, const char *format, ...);

/**
 * Reads a line that has no text field as ninjs, and fills article, status and reason if it is.
 * has_id: it has an id as well, which a line that only withdraws an item is about.
 * `out` is as in tti_jsonl_read(). @return 1, or 0: it is not ninjs
 */
int tti_ninjs_read(const tti_jsonl_options *options, int has_id, char *out, tt_record *record);

#endif
