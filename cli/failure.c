#include "failure.h"

#include <errno.h>
#include <string.h>

#include "message.h"

/* ==== Advice ============================================================================== */

typedef struct rule {
    int number; /* an errno, or a tt_status, which is negative */
    const char *advice;
} rule;

#define MEMORY_ADVICE                                                                              \
  "give it more memory or less input; scan and dedup need less with --memory SIZE"
#define RIGHTS_ADVICE                                                                              \
  "run as a user with permission, or change the mode of the file or its directory (chmod)"
#define TEMPORARY_ADVICE                                                                           \
  "free some space there, or name another directory with --temp-dir or TMPDIR"
#define ENDED_ADVICE "wait for the other process to end, or stop it"

/* The remedy for what the operating system refuses is the same wherever it happens. */
static const rule by_errno[] = {
    {ENOENT, "check the path; relative paths start in the current directory"},
    {ENOTDIR, "check the path: a part of it is a file, not a directory"},
    {EISDIR, "that is a directory; give a file name"},
    {EACCES, RIGHTS_ADVICE},
    {EPERM, RIGHTS_ADVICE},
    {EROFS, "write somewhere else; this file system is read-only"},
    {ENOSPC, "free some space on that disk, or write to another"},
    {EDQUOT, "free some space within the quota, or write to another disk"},
    {EFBIG, "raise the limit on the size of files (ulimit -f), or write to another file system"},
    {EMFILE, "raise the limit on open files (ulimit -n)"},
    {ENFILE, "close programs that hold many files open, or raise fs.file-max"},
    {ENAMETOOLONG, "give a shorter name"},
    {ELOOP, "check the links in the path; they form a loop"},
    {EPIPE, "find out why the program that reads the output ended"},
    {EBADF, "open the stream that was closed, or give files instead"},
    {ENOMEM, MEMORY_ADVICE},
    {EIO, "check the disk (dmesg) and try again"},
};

static const rule about_work[] = {
    {TT_EIO, TEMPORARY_ADVICE},
    {TT_ELIMIT, "give fewer articles at once, or keep them in an index ('twicetold index create')"},
    {0, NULL},
};

static const rule about_input[] = {
    {TT_EINVAL, "give files, directories, or - for standard input"},
    {0, NULL},
};

static const rule about_result[] = {
    {TT_EFORMAT, "give what 'twicetold scan -o FILE' wrote, or lines of that form (a gold); scan "
                 "again if it was cut or changed"},
    {0, NULL},
};

static const rule about_index[] = {
    {TT_EFORMAT, "give an INDEX that 'twicetold index create' or watch made; 'twicetold index "
                 "check' names damage, and 'index repair' saves what is intact"},
    {TT_EVERSION, "use the twicetold that wrote it, or a newer one; or rebuild it from its "
                  "articles"},
    {TT_EINVAL, "leave that option out, since the index keeps its own; or make another index with "
                "'twicetold index create'"},
    {TT_ELOCKED, ENDED_ADVICE "; query and stat work beside it"},
    {TT_ELIMIT, "remove articles with 'twicetold index expire', or begin another index"},
    {0, NULL},
};

static const rule about_creation[] = {
    {TT_EINVAL, "give another name, or remove that file first; an index is never written over"},
    {TT_EFORMAT, "give another name; the file that is there is left alone"},
    {0, NULL},
};

static const rule about_all[] = {
    {TT_ENOMEM, MEMORY_ADVICE},
    {TT_EIO, "check that the disk works and has space, and that the file and its directory can be "
             "read and written"},
    {TT_EFORMAT, "check that the file is complete and of the right kind"},
    {TT_EVERSION, "use a newer twicetold"},
    {TT_ELIMIT, "give less at once"},
    {TT_EINVAL, "see the command's --help for what is allowed"},
    {TT_EDUPLICATE, "give each id once"},
    {TT_ELOCKED, ENDED_ADVICE},
    {TT_ESTOPPED, "run it again"},
    {0, "please report this bug in twicetold, with the command line"},
};

static const rule *const rules_about[] = {
    [ABOUT_WORK] = about_work,   [ABOUT_INPUT] = about_input,       [ABOUT_RESULT] = about_result,
    [ABOUT_INDEX] = about_index, [ABOUT_CREATION] = about_creation,
};

#define FIELDS_ADVICE "fix the record, or say which fields to read with --id-field and --text-field"
#define SENT_FIELDS_ADVICE                                                                         \
  "fix the record, or say which fields to read: ?id_field=NAME&text_field=NAME"
#define MISSING_FIELD "no \""
#define A_LIST "not a JSON object but a list"
#define COPY_ADVICE "get a complete copy of the file"

/* For a record that is left out while the command goes on: the first rule with its status, and with
 * words that are in the reason. */
static const struct record_rule {
    tt_status status;
    const char *words, *advice;
    const char *sent; /* the advice to who sent it to a service; NULL: the same */
} record_rules[] = {
    {TT_EFORMAT, "a line of a result of",
     "give the articles that it was made from; a RESULT comes before its INPUT",
     "send the articles that it was made from"},
    {TT_EFORMAT, "among the columns",
     "say which column is the text, as in --text-field 'Story text'; --title-field, --date-field, "
     "--source-field and --id-field name others",
     "say which column is the text: ?text_field=NAME"},
    {TT_EFORMAT, MISSING_FIELD, FIELDS_ADVICE, SENT_FIELDS_ADVICE},
    {TT_EFORMAT, "; write it as", NULL, NULL}, /* the reason says what to do */
    {TT_EFORMAT, "\" is ", FIELDS_ADVICE, SENT_FIELDS_ADVICE},
    {TT_EFORMAT, A_LIST, "name its values, as with jq -c '{id: .[0], text: .[1]}'", NULL},
    {TT_EFORMAT, "not a news format", "convert it to JSON Lines, or to text", NULL},
    {TT_EFORMAT, "which column is the text?", "name it with --text-field",
     "name it: ?text_field=NAME"},
    {TT_EFORMAT, "UTF-",
     "say its encoding: --encoding windows-1252 for Western European text, or as iconv -l has it",
     "send it as UTF-8"},
    {TT_EFORMAT, "corrupt ", COPY_ADVICE, NULL},
    {TT_EFORMAT, "truncated ", COPY_ADVICE, NULL},
    {TT_EFORMAT, "garbage after", "what follows is not read; cut it off, or get a clean copy",
     NULL},
    {TT_EFORMAT, "; ", NULL, NULL},
    {TT_EFORMAT, "", "fix the record", NULL},
    {TT_ELIMIT, "", "--max-article-bytes raises the limit, up to 1G", NULL},
    {TT_EDUPLICATE, ", in a notice", "the notice was used, this record skipped", NULL},
    {TT_EDUPLICATE, ", and this withdraws",
     "the article is kept all the same; watch and an index take it out", NULL},
    {TT_EDUPLICATE, "", "the first record was used, this one skipped", NULL},
    {TT_EINVAL, "", "give it an id", NULL},
    {TT_EIO, "", "check that the file can be read", NULL},
};

/* The last rule of a list has number 0 and matches every number. */
static const char *advice_by(const rule *rules, int number)
{
    while (rules->number != number && rules->number != 0)
        rules++;
    return rules->advice;
}

static const char *advice_by_errno(int number)
{
    for (size_t i = 0; i < sizeof by_errno / sizeof *by_errno; i++)
        if (by_errno[i].number == number)
            return by_errno[i].advice;
    return NULL;
}

/* A tt_error does not carry errno, but twicetold.h promises that the message ends with the text of
 * errno if the operating system refused something. */
static const char *advice_by_words(const char *message)
{
    const size_t size = strlen(message);
    for (size_t i = 0; i < sizeof by_errno / sizeof *by_errno; i++) {
        const char *words = strerror(by_errno[i].number);
        const size_t length = strlen(words);
        if (size >= length && strcmp(message + size - length, words) == 0)
            return by_errno[i].advice;
    }
    return NULL;
}

/* Errors with advice for them alone, by words of their messages. */
static const struct {
    const char *words, *advice;
} special_errors[] = {
    {"(a hard link)", "remove one of the names, or make one a symbolic link (ln -s)"},
    {" while it was open", "start again when the file is in place; the newest batches are in "
                           "FILE-wal.replaced, if there is one: put it beside the file that was "
                           "opened, as its -wal, first"},
    {"-wal is damaged", "save what is whole in both with 'twicetold index repair FILE -o NEW', or "
                        "move FILE-wal away to go on without the batches in it"},
    {"-wal is the log of another", "move it away, or to the file that it belongs to; it has the "
                                   "newest batches of that one"},
    {"-wal holds", "let a user with permission to write open it once, or copy FILE and FILE-wal "
                   "to a directory of yours"},
    {"no \"type\"",
     "give what 'twicetold scan -o FILE' wrote, or lines of that form (a gold); these may "
     "be the articles"},
    {"encoding \"", "iconv -l lists those that are known"},
    {"is being written to", "read it as a user with permission to write to its directory"},
};

static const char *advice_by_message(const char *message)
{
    for (size_t i = 0; i < sizeof special_errors / sizeof *special_errors; i++)
        if (strstr(message, special_errors[i].words) != NULL)
            return special_errors[i].advice;
    return NULL;
}

static const char *advice_for(const tt_error *error, failure_about about)
{
    const char *advice = advice_by_message(error->message);
    if (advice == NULL)
        advice = advice_by(rules_about[about], error->status);
    if (advice == NULL && about == ABOUT_CREATION)
        advice = advice_by(about_index, error->status);
    if (advice == NULL && about == ABOUT_INDEX && error->status == TT_EIO &&
        strstr(error->message, strerror(ENOENT)) != NULL)
        advice = "check the path, or make the index first, with 'twicetold index create'";
    if (advice == NULL && error->status == TT_EIO)
        advice = advice_by_words(error->message);
    return advice != NULL ? advice : advice_by(about_all, error->status);
}

int failure_is_of_all_records(const char *reason)
{
    return strncmp(reason, MISSING_FIELD, sizeof MISSING_FIELD - 1) == 0 ||
           strstr(reason, "\" is not a string") != NULL || strstr(reason, "\" is null") != NULL ||
           strstr(reason, "\" is empty") != NULL || strcmp(reason, A_LIST) == 0;
}

/* The first rule for a record, or NULL. */
static const struct record_rule *find_record_rule(tt_status status, const char *reason)
{
    for (size_t i = 0; i < sizeof record_rules / sizeof *record_rules; i++)
        if (record_rules[i].status == status && strstr(reason, record_rules[i].words) != NULL)
            return &record_rules[i];
    return NULL;
}

const char *failure_sent_advice(tt_status status, const char *reason)
{
    const struct record_rule *r = find_record_rule(status, reason);
    return r == NULL ? NULL : r->sent != NULL ? r->sent : r->advice;
}

uint32_t failure_count_record(tt_status status, const char *reason, uint32_t counts[FAILURE_RULES],
                              const char **advice)
{
    const struct record_rule *r = find_record_rule(status, reason);
    uint32_t *count = &counts[r == NULL ? FAILURE_RULES - 1 : r - record_rules];
    _Static_assert(sizeof record_rules / sizeof *record_rules < FAILURE_RULES, "too few counters");
    *count += *count < UINT32_MAX;
    *advice = r != NULL && *count == 1 ? r->advice : NULL;
    return *count;
}

/* ==== Failures ============================================================================ */

int failure_library(const tt_error *error, failure_about about)
{
    return message_failure(advice_for(error, about), "%s",
                           error->message[0] != '\0' ? error->message
                                                     : tt_status_name(error->status));
}

int failure_memory(void)
{
    return message_failure(advice_by_errno(ENOMEM), "out of memory");
}

int failure_write(const char *name, int number)
{
    const char *advice =
        number == ENOENT
            ? "its directory does not exist: make it first, or check the path; relative "
              "paths start in the current directory"
            : advice_by_errno(number);
    return message_failure(advice != NULL ? advice : "write to another file", "cannot write %s: %s",
                           name, strerror(number));
}

int failure_temporary(const char *doing, const char *folder, int number)
{
    return message_failure(TEMPORARY_ADVICE, "cannot %s a temporary file%s%s: %s", doing,
                           folder != NULL ? " in " : "", folder != NULL ? folder : "",
                           number != 0 ? strerror(number) : "it is too short");
}

int failure_damage(const char *path)
{
    return message_failure(
        "save what is intact with index repair, restore a copy of it, or rebuild it "
        "from its articles",
        "%s is damaged", path);
}
