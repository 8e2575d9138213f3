/* A subcommand: what the help says of it, and the function that runs it. */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include <stddef.h>

/** The exit codes of every command. */
enum {
    EXIT_DONE = 0,     /**< everything was done */
    EXIT_REJECTED = 1, /**< everything was done, but some records were rejected */
    EXIT_USAGE = 2,    /**< the command line was wrong */
    EXIT_FAILED = 3,   /**< the reason is on standard error, and no output is half-written */
    EXIT_COPIES = 4    /**< everything was done, and there are copies (--fail-on-duplicates) */
};

/** The subcommands as bits, for the table of options. */
enum {
    FOR_SCAN = 1u << 0,
    FOR_DEDUP = 1u << 1,
    FOR_EVAL = 1u << 2,
    FOR_CREATE = 1u << 3,
    FOR_ADD = 1u << 4,
    FOR_QUERY = 1u << 5,
    FOR_REMOVE = 1u << 6,
    FOR_EXPIRE = 1u << 7,
    FOR_STAT = 1u << 8,
    FOR_CHECK = 1u << 9,
    FOR_WATCH = 1u << 10,
    FOR_REPORT = 1u << 11,
    FOR_SHOW = 1u << 12,
    FOR_TUNE = 1u << 13,
    FOR_REPAIR = 1u << 14,
    FOR_LIST = 1u << 15,
    FOR_GET = 1u << 16,
    FOR_EXPORT = 1u << 17,
    FOR_MERGE = 1u << 18,
    FOR_BACKUP = 1u << 19,
    FOR_SERVE = 1u << 20,
    FOR_OPTIONS = 1u << 21,
    FOR_IMPORT = 1u << 22,
    FOR_LIST_RESULT = 1u << 23,
    FOR_NOTICES = 1u << 24
};

typedef struct settings settings;

typedef struct subcommand {
    const char *name;
    unsigned bit;         /**< FOR_* */
    const char *operands; /**< "INPUT..." */
    const char *about;    /**< one line, for the list of commands */
    const char *text;     /**< a paragraph, wrapped by hand at 80 columns */
    const char *more;     /**< what only the long help adds, or NULL */
    const char *example;  /**< a command line */
    int (*run)(const settings *s);
} subcommand;

extern const subcommand scan_command, dedup_command, eval_command, watch_command, show_command,
    list_result_command;
extern const subcommand report_command, tune_command, serve_command;

/** The commands of `twicetold index`, whose names have two words. */
extern const subcommand create_command, add_command, query_command, remove_command, expire_command,
    stat_command, check_command, repair_command, list_command, get_command, export_command,
    import_command, merge_command, backup_command, options_command, notices_command;

/** All subcommands, in the order in which the help shows them. */
extern const subcommand *const commands[];
extern const size_t command_count;

#endif
