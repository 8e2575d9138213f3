/*
 * The table of options, the only place that says what the command line accepts. Parsing, the help,
 * the manual pages and the completions are all made from it.
 */
#ifndef CLI_OPTION_TABLE_H
#define CLI_OPTION_TABLE_H

#include "settings.h"

/** What the value of an option may be, and the type of its field in settings. */
typedef enum kind {
    KIND_FLAG,        /**< has no value; sets an int32_t to 1 */
    KIND_FIND,        /**< has no value; sets the bit `maximum` of engine.find */
    KIND_STRING,      /**< const char *, not empty */
    KIND_SHARE,       /**< double, above 0 and up to 1 */
    KIND_RULE,        /**< double, above 0 and up to 1, or "off" */
    KIND_NUMBER,      /**< uint32_t from minimum to maximum */
    KIND_THREADS,     /**< int32_t from minimum to maximum */
    KIND_SIZE,        /**< uint64_t, bytes from minimum to maximum */
    KIND_SEED,        /**< uint64_t, a number or "random" */
    KIND_KEEP,        /**< sets engine.keep and engine.keep_sources */
    KIND_PARAGRAPHS,  /**< int32_t, an index into the words auto, line, blank, none */
    KIND_TEXT_FORMAT, /**< int32_t, an index into the words auto, plain, html */
    KIND_CUT,         /**< int32_t, an index into the words off, all, notices, within */
    KIND_SOURCES,     /**< int32_t, tt_sources */
    KIND_PROGRESS,    /**< int32_t, an index into the words auto, always, never */
    KIND_COLOR,       /**< int32_t, an index into the words auto, always, never */
    KIND_LOG,         /**< int32_t, an index into the words text, json */
    KIND_TIME,        /**< int64_t, microseconds since 1970, from RFC 3339 */
    KIND_DURATION,    /**< int64_t, microseconds; `maximum` is the unit of a number without one,
                           or 0 if every number needs a unit */
    KIND_HELP,        /**< shows the short help */
    KIND_HELP_ALL     /**< shows the long help */
} kind;

typedef struct option_row {
    const char *name;
    char letter;  /**< 0: none */
    unsigned who; /**< FOR_* */
    int first;    /**< whether the short help shows it */
    kind kind;
    size_t offset;             /**< of the field in settings */
    uint64_t minimum, maximum; /**< of a number that tt_option_list() does not have */
    const char *value;         /**< the name of the value, or NULL if there is none */
    const char *help;          /**< a phrase for the help and the manual */
    const char *more;          /**< sentences that only the manual adds, or NULL */
} option_row;

extern const option_row option_rows[];
extern const size_t option_count;

#endif
