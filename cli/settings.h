/* A parsed command line. */
#ifndef CLI_SETTINGS_H
#define CLI_SETTINGS_H

#include <stddef.h>

#include "command.h"
#include "twicetold.h"

enum { PROGRESS_AUTO = 0, PROGRESS_ALWAYS = 1, PROGRESS_NEVER = 2 };

/** What a command line asks for. Its strings belong to argv. */
struct settings {
    const subcommand *command;
    char **words; /**< of the command line, from its name on */
    tt_options engine;
    tt_reader_options reader;
    const char *output; /**< NULL: not given */
    const char *config; /**< a file of options */
    char *config_bytes;
    const char *files_from;
    char *list_bytes;        /* the bytes of that file */
    const char **list_paths; /* all inputs, where there is such a file */
    const char *rejects;
    int append_outputs; /**< what is written is added to what the files have, with each commit */
    const char *dir;    /**< that articles come in; NULL: not given */
    int64_t status;     /**< microseconds between two lines of figures; 0: none */
    const char *removed;
    const char *decisions;
    const char *csv;     /**< a directory */
    const char *parquet; /**< likewise */
    const char *against; /**< what the input of a scan is compared with: articles or an index */
    const char *notices; /**< a result */
    int32_t cut;         /**< of dedup: cut_choice */
    int32_t progress;    /**< PROGRESS_* */
    int32_t quiet, verbose;
    int32_t fail_on_duplicates;
    int32_t json;
    int32_t log;   /**< 1: JSON; settings_parse() has told message.h */
    int32_t color; /**< COLOR_* of terminal.h */
    int32_t all;
    int32_t versions; /**< of a cluster, each beside the one before */
    int32_t unified;
    int32_t html;
    int32_t open;              /**< the page in a browser */
    uint32_t cluster, section; /**< numbers of the result; 0: not given */
    uint32_t misses;           /**< 0: not given */
    uint32_t sample;           /**< articles; 0: not given */
    double recall;             /**< 0: not given */
    const char *svg;
    uint64_t since, limit; /**< of articles that are listed; 0: not given */
    int32_t newest, texts_too, list_decisions, list_pairs, list_sections;
    int64_t before;       /**< microseconds since 1970; TT_NO_TIME: not given */
    int64_t older_than;   /**< microseconds; 0: not given */
    int64_t window;       /**< microseconds; 0: not given */
    int32_t sources;      /**< tt_sources */
    const char *prefer;   /**< names of sources; NULL: not given */
    int64_t commit_every; /**< microseconds; 0: commit without waiting */
    const char *listen;   /**< of serve: NULL: not given, as what follows */
    const char *token_file, *hosts, *access_log;
    int64_t request_time;           /**< microseconds; 0: not given */
    uint64_t most_body, most_queue; /**< bytes; 0: not given */
    uint32_t most_connections;
    uint64_t texts; /**< bytes; UINT64_MAX: not given */
    const char *const *inputs;
    size_t input_count;
};

/** Parses the words after the command's name, which is argv[0]. @return -1, or, if help or a
 * message was printed, the exit code to end with */
int settings_parse(const subcommand *command, int argc, char **argv, settings *s);

#endif
