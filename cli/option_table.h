/*
 * The table of options, the one source of what the command line takes: parsing (parse.c, values.c),
 * the help screens (help.c), the manual pages (manual.c) and the completions (completions.c) are
 * all made from it.
 */
#ifndef CLI_OPTION_TABLE_H
#define CLI_OPTION_TABLE_H

#include "settings.h"

/** What may stand in an option, and where it goes. */
typedef enum kind {
    KIND_FLAG,       /**< no value: int32_t = 1 */
    KIND_FIND,       /**< no value: the bit `maximum` of engine.find */
    KIND_STRING,     /**< const char *, not empty */
    KIND_SHARE,      /**< double, above 0 and up to 1 */
    KIND_RULE,       /**< the same, or "off" */
    KIND_NUMBER,     /**< uint32_t, minimum to maximum */
    KIND_THREADS,    /**< int32_t, minimum to maximum */
    KIND_SIZE,       /**< uint64_t, bytes, minimum to maximum */
    KIND_SEED,       /**< uint64_t, or "random" */
    KIND_KEEP,       /**< engine.keep and engine.keep_sources */
    KIND_PARAGRAPHS, /**< int32_t, place in the list of words */
    KIND_PROGRESS,   /**< likewise */
    KIND_COLOR,      /**< likewise */
    KIND_LOG,        /**< likewise */
    KIND_TIME,       /**< int64_t, microseconds since 1970, from RFC 3339 */
    KIND_DURATION,   /**< int64_t, microseconds; `maximum` is the unit of a bare number, if that
                          may stand */
    KIND_HELP,       /**< the short help */
    KIND_HELP_ALL    /**< the long one */
} kind;

typedef struct option_row {
    const char *name;
    char letter;  /**< 0: none */
    unsigned who; /**< FOR_* */
    int first;    /**< whether it is on the short help */
    kind kind;
    size_t offset; /**< into settings */
    uint64_t minimum, maximum;
    const char *value; /**< name of the value, NULL for none */
    const char *help;  /**< a phrase, for the help screens and the manual */
    const char *more;  /**< sentences that only the manual adds, or NULL */
} option_row;

extern const option_row option_rows[];
extern const size_t option_count;

#endif
