/* A subcommand as main.c knows it: its words on the help screens and the function that runs it. */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include <stddef.h>

/** What every run ends with. */
enum {
    EXIT_DONE = 0,     /**< all of it */
    EXIT_REJECTED = 1, /**< done, and some records were rejected */
    EXIT_USAGE = 2,    /**< the command line makes no sense */
    EXIT_FAILED = 3    /**< the reason is on standard error; no half-written output */
};

/** Subcommands as bits, for the table of options. */
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
    FOR_TUNE = 1u << 13
};

typedef struct settings settings;

typedef struct subcommand {
    const char *name;
    unsigned bit;         /**< FOR_* */
    const char *operands; /**< "INPUT..." */
    const char *about;    /**< one line, for the list of commands */
    const char *text;     /**< a paragraph, lines cut by hand at 80 columns */
    const char *more;     /**< what only the long help says, or NULL */
    const char *example;  /**< a command line */
    int (*run)(const settings *s);
} subcommand;

extern const subcommand scan_command, dedup_command, eval_command, watch_command, show_command;
extern const subcommand report_command, tune_command;

/** `twicetold index ...`; the names are of two words. */
extern const subcommand create_command, add_command, query_command, remove_command, expire_command,
    stat_command, check_command;

/** All of them. */
extern const subcommand *const commands[];
extern const size_t command_count;

#endif
