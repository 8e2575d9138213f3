/* The commands on an index that read no articles: create, remove, expire, stat and check. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "failure.h"
#include "format.h"
#include "message.h"
#include "output.h"
#include "settings.h"

static int check_operands(const settings *s, size_t least, size_t most)
{
    if (s->input_count == 0)
        return message_usage(s->command, "no INDEX given; give the name of its file");
    if (s->input_count < least)
        return message_usage(s->command, "no ID given; give the ids of the articles to remove");
    if (s->input_count > most)
        return message_usage(s->command, "one INDEX is enough: what is '%s'?", s->inputs[most]);
    return 0;
}

static int run_create(const settings *s)
{
    tt_error error = {0};
    const int rc = check_operands(s, 1, 1);
    if (rc != 0)
        return rc;
    return tt_index_create(s->inputs[0], &s->engine, &error) == TT_OK
               ? EXIT_DONE
               : failure_library(&error, ABOUT_CREATION);
}

/* What is removed: by ids, or what is older than a time. */
typedef struct removal {
    const tt_id *ids;
    size_t count;
    size_t named; /* ids on the command line */
    int64_t before;
    uint64_t removed;
} removal;

static tt_status remove_with(const settings *s, uint32_t flags, removal *r, tt_error *error)
{
    tt_index *index = NULL;
    tt_status status = tt_index_open(&index, s->inputs[0], flags, &s->engine, error);
    if (status == TT_OK)
        status = r->ids != NULL ? tt_index_remove(index, r->ids, r->count, &r->removed, error)
                                : tt_index_expire(index, r->before, &r->removed, error);
    tt_index_close(index);
    return status;
}

static int is_for_a_full_disk(const tt_error *error)
{
    return strstr(error->message, strerror(ENOSPC)) != NULL ||
           strstr(error->message, strerror(EDQUOT)) != NULL ||
           strstr(error->message, "disk is full") != NULL; /* as SQLite has it */
}

/* On a full disk the log is kept on another one. */
static int remove_articles(const settings *s, removal *r)
{
    tt_error error = {0}, again = {0};
    tt_status status = remove_with(s, 0, r, &error);
    if (status == TT_EIO && is_for_a_full_disk(&error))
        status = remove_with(s, TT_INDEX_LOG_ELSEWHERE, r, &again);
    if (status == TT_OK) {
        if (!s->quiet)
            message_line(r->removed < r->named ? "%" PRIu64 " removed; %" PRIu64
                                                 " of the ids are not in the index"
                                               : "%" PRIu64 " removed",
                         r->removed, r->named - r->removed);
        return EXIT_DONE;
    }
    return again.status == TT_EIO
               ? message_failure("name a directory on another disk with --temp-dir or TMPDIR, for "
                                 "the log, or free some megabytes",
                                 "%s; %s", error.message, again.message)
               : failure_library(again.status != TT_OK ? &again : &error, ABOUT_INDEX);
}

/* "1" and 1 are two ids, which look the same on a command line: both articles are removed. */
static int run_remove(const settings *s)
{
    int rc = check_operands(s, 2, SIZE_MAX);
    const size_t count = rc == 0 ? (s->input_count - 1) * 2 : 0;
    tt_id *ids = rc == 0 ? calloc(count, sizeof *ids) : NULL;
    if (rc != 0)
        return rc;
    if (ids == NULL)
        return failure_memory();
    for (size_t i = 0; i < count; i++) {
        const char *id = s->inputs[1 + i / 2];
        ids[i] = (tt_id){id, strlen(id), i % 2 == 0 ? 0 : TT_ARTICLE_INTEGER_ID, 0};
    }
    rc = remove_articles(s, &(removal){.ids = ids, .count = count, .named = count / 2});
    free(ids);
    return rc;
}

static int run_expire(const settings *s)
{
    removal r = {.before = s->before};
    const int rc = check_operands(s, 1, 1);
    if (rc != 0)
        return rc;
    if ((s->before != TT_NO_TIME) == (s->older_than != 0))
        return message_usage(s->command, "give either --before TIME or --older-than AGE");
    if (s->older_than != 0)
        r.before = (int64_t)time(NULL) * 1000000 - s->older_than;
    return remove_articles(s, &r);
}

static void describe_option(const tt_option *option, const void *field, int json, char *to,
                            size_t size)
{
    const char *quote = json ? "\"" : "";
    switch (option->type) {
    case TT_OPTION_RULE:
    case TT_OPTION_SHARE:
        if (*(const double *)field < 0)
            (void)snprintf(to, size, "%soff%s", quote, quote);
        else if (*(const double *)field == 0)
            (void)snprintf(to, size, "%sauto%s", quote, quote);
        else
            (void)snprintf(to, size, "%g", *(const double *)field);
        return;
    case TT_OPTION_CHOICE:
        (void)snprintf(to, size, "%s%s%s", quote, option->words[*(const int32_t *)field], quote);
        return;
    case TT_OPTION_SWITCH:
        (void)snprintf(to, size, "%s",
                       json ? (*(const int32_t *)field ? "true" : "false")
                            : (*(const int32_t *)field ? "yes" : "no"));
        return;
    case TT_OPTION_SEED:
    case TT_OPTION_SIZE: (void)snprintf(to, size, "%" PRIu64, *(const uint64_t *)field); return;
    default: (void)snprintf(to, size, "%" PRIu32, *(const uint32_t *)field); return;
    }
}

static void print_time(const char *name, int64_t value, int json)
{
    char text[40];
    format_time(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", value);
    if (!json)
        (void)printf("%-14s %s\n", name, *text != '\0' ? text : "-");
    else if (*text == '\0')
        (void)printf(",\"%s\":null", name);
    else
        (void)printf(",\"%s\":\"%s\"", name, text);
}

/* The options that the index was made with; a rule that is off is "off". */
static void print_options(const tt_options *o, int json)
{
    size_t count;
    const tt_option *options = tt_option_list(&count);
    int is_first = 1;
    (void)printf(json ? ",\"options\":{" : "");
    for (size_t i = 0; i < count; i++) {
        const void *field = (const char *)o + options[i].offset;
        char text[40], name[40];
        if (options[i].index_order < 0)
            continue;
        describe_option(&options[i], field, json, text, sizeof text);
        (void)snprintf(name, sizeof name, json ? "\"%s\":" : "%s", options[i].name);
        (void)printf(json ? "%s%s%s" : "%s%-14s %s\n", json && !is_first ? "," : "", name, text);
        is_first = 0;
    }
    (void)printf(json ? "}" : "");
}

static int print_stat(const tt_index_stat *stat, const tt_options *options, int json)
{
    const struct {
        const char *name;
        uint64_t value;
    } rows[] = {{"articles", stat->articles},
                {"withdrawn", stat->withdrawn},
                {"distinct", stat->distinct},
                {"tokens", stat->tokens},
                {"bytes", stat->bytes},
                {"file_bytes", stat->file_bytes},
                {"memory_bytes", stat->memory_bytes}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        (void)printf(json ? "%s\"%s\":%" PRIu64 : "%s%-14s %" PRIu64 "\n",
                     !json    ? ""
                     : i == 0 ? "{"
                              : ",",
                     rows[i].name, rows[i].value);
    print_time("oldest", stat->oldest, json);
    print_time("newest", stat->newest, json);
    print_options(options, json);
    if (json)
        (void)printf("}\n");
    return output_flush_standard();
}

static int run_stat(const settings *s)
{
    tt_index *index = NULL;
    tt_index_stat stat;
    tt_error error = {0};
    int rc = check_operands(s, 1, 1);
    if (rc != 0)
        return rc;
    if (tt_index_open(&index, s->inputs[0], TT_INDEX_READ, &s->engine, &error) != TT_OK ||
        tt_index_stat_get(index, &stat, &error) != TT_OK)
        rc = failure_library(&error, ABOUT_INDEX);
    else
        rc = print_stat(&stat, tt_index_options(index), s->json);
    tt_index_close(index);
    return rc;
}

static int run_options(const settings *s)
{
    tt_index *index = NULL;
    tt_error error = {0};
    int rc = check_operands(s, 1, 1);
    if (rc != 0)
        return rc;
    if (tt_index_open(&index, s->inputs[0], TT_INDEX_READ, &s->engine, &error) != TT_OK)
        return failure_library(&error, ABOUT_INDEX);
    if (s->json)
        (void)printf("{\"type\":\"options\"");
    print_options(tt_index_options(index), s->json);
    if (s->json)
        (void)printf("}\n");
    rc = output_flush_standard();
    tt_index_close(index);
    return rc;
}

static int run_backup(const settings *s)
{
    tt_error error = {0};
    const int rc = check_operands(s, 1, 1);
    if (rc != 0)
        return rc;
    if (s->output == NULL)
        return message_usage(s->command, "no output given; give the new file with -o NEW");
    return tt_index_backup(s->inputs[0], s->output, &error) == TT_OK
               ? EXIT_DONE
               : failure_library(&error, error.status == TT_EINVAL ? ABOUT_CREATION : ABOUT_INDEX);
}

/* Makes an index with what shapes another one, so that nothing of that is lost in it. */
static int create_like(const char *path, const char *other, const settings *s)
{
    tt_index *index = NULL;
    tt_error error = {0};
    tt_options options;
    tt_status status = tt_index_open(&index, other, TT_INDEX_READ, &s->engine, &error);
    if (status == TT_OK) {
        options = *tt_index_options(index);
        status = tt_index_create(path, &options, &error);
    }
    tt_index_close(index);
    return status == TT_OK ? 0 : failure_library(&error, ABOUT_INDEX);
}

static int run_merge(const settings *s)
{
    tt_index *index = NULL;
    tt_error error = {0};
    int rc = 0;
    if (s->input_count < 2)
        return message_usage(s->command, "give an INDEX and the others to add to it");
    if (access(s->inputs[0], F_OK) != 0)
        rc = create_like(s->inputs[0], s->inputs[1], s);
    if (rc == 0 && tt_index_open(&index, s->inputs[0], 0, &s->engine, &error) != TT_OK)
        rc = failure_library(&error, ABOUT_INDEX);
    for (size_t i = 1; i < s->input_count && rc == 0; i++) {
        tt_index_merged merged;
        if (tt_index_merge(index, s->inputs[i], &merged, &error) != TT_OK)
            rc = failure_library(&error, ABOUT_INDEX);
        else if (!s->quiet)
            message_line("%s: %" PRIu64 " added, %" PRIu64 " replaced, %" PRIu64 " passed over",
                         s->inputs[i], merged.added, merged.replaced, merged.passed_over);
    }
    tt_index_close(index);
    return rc;
}

static int print_finding(void *ctx, const char *finding)
{
    (void)message_failure(NULL, "%s: %s", (const char *)ctx, finding);
    return 0;
}

static int run_check(const settings *s)
{
    tt_error error = {0};
    uint64_t findings = 0;
    const int rc = check_operands(s, 1, 1);
    if (rc != 0)
        return rc;
    if (tt_index_check(s->inputs[0], &s->engine, print_finding, (void *)s->inputs[0], &findings,
                       &error) != TT_OK)
        return failure_library(&error, ABOUT_INDEX);
    if (findings == 0 && !s->quiet)
        message_line("%s: no damage found", s->inputs[0]);
    return findings == 0 ? EXIT_DONE : failure_damage(s->inputs[0]);
}

static int print_loss(void *ctx, const char *finding)
{
    (void)ctx;
    (void)message_failure(NULL, "%s", finding);
    return 0;
}

/* What was lost is named even with --quiet. */
static int run_repair(const settings *s)
{
    tt_error error = {0};
    tt_index_repaired repaired;
    const int rc = check_operands(s, 1, 1);
    if (rc != 0)
        return rc;
    if (s->output == NULL)
        return message_usage(s->command, "no output given; give the new file with -o NEW");
    if (tt_index_repair(s->inputs[0], s->output, &s->engine, print_loss, NULL, &repaired, &error) !=
        TT_OK)
        return failure_library(&error, error.status == TT_EINVAL ? ABOUT_CREATION : ABOUT_INDEX);
    if (!s->quiet)
        message_line("%s: %" PRIu64 " record%s kept, %" PRIu64 " lost", s->output, repaired.kept,
                     repaired.kept == 1 ? "" : "s", repaired.lost);
    return repaired.lost == 0 && !repaired.options_lost && !repaired.details_lost ? EXIT_DONE
                                                                                  : EXIT_REJECTED;
}

const subcommand create_command = {
    .name = "index create",
    .bit = FOR_CREATE,
    .operands = "INDEX",
    .about = "make an empty index",
    .text = "Makes an empty index. What decides its answers is kept in it.",
    .example = "twicetold index create feed.db --drop 0.9",
    .run = run_create,
};

const subcommand remove_command = {
    .name = "index remove",
    .bit = FOR_REMOVE,
    .operands = "INDEX ID...",
    .about = "remove articles by id",
    .text = "Removes articles; an ID that is not there is ignored.",
    .example = "twicetold index remove feed.db urn:newsml:123 124",
    .run = run_remove,
};

const subcommand expire_command = {
    .name = "index expire",
    .bit = FOR_EXPIRE,
    .operands = "INDEX",
    .about = "remove old articles",
    .text = "Removes articles by their time of publication, or by the time they were added\n"
            "if that is missing or later. Where the disk is full, the log of the change is\n"
            "kept in the directory of --temp-dir, TMPDIR or /tmp, which must be on another.",
    .example = "twicetold index expire feed.db --older-than 30d",
    .run = run_expire,
};

const subcommand stat_command = {
    .name = "index stat",
    .bit = FOR_STAT,
    .operands = "INDEX",
    .about = "show how much is in an index",
    .text = "Shows how much is in an index, on disk and in memory.",
    .example = "twicetold index stat feed.db",
    .run = run_stat,
};

const subcommand check_command = {
    .name = "index check",
    .bit = FOR_CHECK,
    .operands = "INDEX",
    .about = "look for damage",
    .text = "Looks at every page, every record and its checksum, and what is derived from it.\n"
            "What is wrong is named on standard error, and the exit code is 3.",
    .example = "twicetold index check feed.db",
    .run = run_check,
};

const subcommand repair_command = {
    .name = "index repair",
    .bit = FOR_REPAIR,
    .operands = "INDEX",
    .about = "save what is intact of a damaged index",
    .text = "Writes a new index with the options of INDEX and every record that is intact.\n"
            "INDEX is not changed. What was lost is named on standard error, and the exit\n"
            "code is 1 then. Where the options are lost too, those given here are taken.",
    .example = "twicetold index repair feed.db -o saved.db",
    .run = run_repair,
};

const subcommand merge_command = {
    .name = "index merge",
    .bit = FOR_MERGE,
    .operands = "INDEX OTHER...",
    .about = "add the articles of other indexes",
    .text = "Adds what other indexes have: words, times, tombstones, texts, verdicts and\n"
            "stories, but not decisions. Of two articles with one id the later version\n"
            "stays. Each OTHER is added as a whole or not at all. An INDEX that is not there\n"
            "is made like the first OTHER.",
    .example = "twicetold index merge feed.db other.db",
    .run = run_merge,
};

const subcommand backup_command = {
    .name = "index backup",
    .bit = FOR_BACKUP,
    .operands = "INDEX -o NEW",
    .about = "copy an index, also while it is written to",
    .text = "Writes the whole index, as of one batch, to a new file.",
    .example = "twicetold index backup feed.db -o copy.db",
    .run = run_backup,
};

const subcommand options_command = {
    .name = "index options",
    .bit = FOR_OPTIONS,
    .operands = "INDEX",
    .about = "show the options that an index was made with",
    .text = "Shows the options that an index was made with.",
    .example = "twicetold index options feed.db",
    .run = run_options,
};
