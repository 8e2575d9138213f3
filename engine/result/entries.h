/*
 * The lines of a result or gold file: what stands in them, as spans of the line. Lines of other
 * types and fields that are not wanted are passed over.
 */
#ifndef TTI_ENTRIES_H
#define TTI_ENTRIES_H

#include "read/json.h"
#include "twicetold.h"

typedef enum tti_entry_value {
    TTI_ENTRY_TYPE,
    TTI_ENTRY_A,
    TTI_ENTRY_B,
    TTI_ENTRY_RELATION,
    TTI_ENTRY_RESEMBLANCE,
    TTI_ENTRY_CONTAINMENT_A,
    TTI_ENTRY_CONTAINMENT_B,
    TTI_ENTRY_OVERLAP_A,
    TTI_ENTRY_OVERLAP_B,
    TTI_ENTRY_FACTS,
    TTI_ENTRY_CLUSTER,
    TTI_ENTRY_KEEP,
    TTI_ENTRY_ARTICLES,
    TTI_ENTRY_SECTION,
    TTI_ENTRY_TOKENS,
    TTI_ENTRY_OCCURRENCES,
    TTI_ENTRY_REJECTED,
    TTI_ENTRY_BYTES,
    TTI_ENTRY_VALUES
} tti_entry_value;

/** One line. Everything is borrowed for one call of the tti_entry_fn. */
typedef struct tti_entry {
    const char *text; /**< the whole line */
    size_t size;
    const char *bytes[TTI_ENTRY_VALUES]; /**< as written; NULL: not there. "type" is a string */
    size_t sizes[TTI_ENTRY_VALUES];
    char *scratch;  /**< as long as the line */
    tt_error fault; /**< why it is malformed */
} tti_entry;

/** @return TT_OK, or another status with entry->fault set. */
typedef tt_status (*tti_entry_fn)(void *ctx, tti_entry *entry);

/** Every line that is not blank. @return TT_OK; TT_EIO; TT_EFORMAT (message "FILE:LINE: reason",
 * `where` the line); TT_ENOMEM; what `take` gave, as "FILE:LINE: reason" of the entry's fault */
tt_status tti_entries_read(const char *path, const tt_allocator *allocator, tti_entry_fn take,
                           void *ctx, tt_error *error);

tt_status tti_entry_malformed(tti_entry *entry, const char *reason);

/** Whether the value is there and written so; `json` of a string has its quotes. */
int tti_entry_is(const tti_entry *entry, tti_entry_value which, const char *json);

/** The token just scanned, or a value, as an id; good until the next one. */
tt_status tti_entry_id(tti_entry *entry, const tti_json *j, tti_json_kind kind, tt_id *id);
tt_status tti_entry_id_value(tti_entry *entry, tti_entry_value which, tt_id *id);

/** Begins to scan a value that is a list: its first element is the next token. */
tt_status tti_entry_list(tti_entry *entry, tti_entry_value which, tti_json *j);

/** A whole number; *value stays where there is none. */
tt_status tti_entry_count(tti_entry *entry, tti_entry_value which, uint64_t *value);

/** A number from 0 to 1; NAN where there is none, or null. */
tt_status tti_entry_share(tti_entry *entry, tti_entry_value which, double *value);

/** Members of an occurrence, as bits of `seen`. */
enum {
    TTI_PLACE_ARTICLE,
    TTI_PLACE_BEGIN,
    TTI_PLACE_END,
    TTI_PLACE_OF_BEGIN,
    TTI_PLACE_OF_END,
    TTI_PLACE_SIMILARITY
};

/** An occurrence of a section. */
typedef struct tti_entry_place {
    tt_id article;
    uint64_t begin, end, of_begin, of_end;
    double similarity; /**< 1 where there is none */
    unsigned seen;     /**< 0: the list is at its end */
} tti_entry_place;

/** The next occurrence of a list begun by tti_entry_list(); place->article as of tti_entry_id(). */
tt_status tti_entry_place_next(tti_entry *entry, tti_json *j, tti_entry_place *place);

#endif
