/*
 * The lines of a result or gold file: their values, as slices of the line. Lines of other types and
 * fields that are not needed are skipped.
 */
#ifndef TTI_OUTPUT_RESULT_LINES_H
#define TTI_OUTPUT_RESULT_LINES_H

#include "input/json.h"
#include "twicetold.h"

typedef enum tti_line_key {
    TTI_LINE_TYPE,
    TTI_LINE_A,
    TTI_LINE_B,
    TTI_LINE_RELATION,
    TTI_LINE_RESEMBLANCE,
    TTI_LINE_CONTAINMENT_A,
    TTI_LINE_CONTAINMENT_B,
    TTI_LINE_OVERLAP_A,
    TTI_LINE_OVERLAP_B,
    TTI_LINE_FACTS,
    TTI_LINE_CLUSTER,
    TTI_LINE_KEEP,
    TTI_LINE_ARTICLES,
    TTI_LINE_SECTION,
    TTI_LINE_TOKENS,
    TTI_LINE_OCCURRENCES,
    TTI_LINE_REJECTED,
    TTI_LINE_BYTES,
    TTI_LINE_KEYS
} tti_line_key;

/** One line. Everything is borrowed for one call of the tti_result_line_fn. */
typedef struct tti_result_line {
    const char *text; /**< the whole line */
    size_t size;
    const char *bytes[TTI_LINE_KEYS]; /**< as written; NULL: not there. "type" is a string */
    size_t sizes[TTI_LINE_KEYS];
    char *scratch;  /**< as long as the line */
    tt_error fault; /**< why it is malformed */
} tti_result_line;

/** @return TT_OK, or another status with entry->fault set. */
typedef tt_status (*tti_result_line_fn)(void *ctx, tti_result_line *line);

/** Every line that is not blank. @return TT_OK; TT_EIO; TT_EFORMAT (message "FILE:LINE: reason",
 * `where` the line); TT_ENOMEM; what `take` gave, as "FILE:LINE: reason" of the entry's fault */
tt_status tti_result_lines_read(const char *path, const tt_allocator *allocator,
                                tti_result_line_fn take, void *ctx, tt_error *error);

tt_status tti_line_malformed(tti_result_line *line, const char *reason);

/** Whether the value is there and written so; `json` of a string has its quotes. */
int tti_line_value_is(const tti_result_line *line, tti_line_key which, const char *json);

/** The token just scanned, or a value, as an id; good until the next one. */
tt_status tti_line_token_id(tti_result_line *line, const tti_json *j, tti_json_kind kind,
                            tt_id *id);
tt_status tti_line_id(tti_result_line *line, tti_line_key which, tt_id *id);

/** Begins to scan a value that is a list: its first element is the next token. */
tt_status tti_line_list(tti_result_line *line, tti_line_key which, tti_json *j);

/** A whole number; *value stays where there is none. */
tt_status tti_line_count(tti_result_line *line, tti_line_key which, uint64_t *value);

/** A number from 0 to 1; NAN where there is none, or null. */
tt_status tti_line_share(tti_result_line *line, tti_line_key which, double *value);

/** Members of an occurrence, as bits of `seen`. */
enum {
    TTI_OCCURRENCE_ARTICLE,
    TTI_OCCURRENCE_BEGIN,
    TTI_OCCURRENCE_END,
    TTI_OCCURRENCE_OF_BEGIN,
    TTI_OCCURRENCE_OF_END,
    TTI_OCCURRENCE_SIMILARITY
};

/** An occurrence of a section. */
typedef struct tti_line_occurrence {
    tt_id article;
    uint64_t begin, end, of_begin, of_end;
    double similarity; /**< 1 where there is none */
    unsigned seen;     /**< 0: the list is at its end */
} tti_line_occurrence;

/** The next occurrence of a list begun by tti_line_list(); place->article as of
 * tti_line_token_id(). */
tt_status tti_line_next_occurrence(tti_result_line *line, tti_json *j,
                                   tti_line_occurrence *occurrence);

#endif
