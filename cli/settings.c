/* Makes getopt_long's tables from the table of options, and messages that say what is allowed. */
#define _DEFAULT_SOURCE
#include <assert.h>
#include <errno.h>
#include <getopt.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "cut_passages.h"
#include "file_list.h"
#include "help.h"
#include "message.h"
#include "nearest.h"
#include "option_values.h"

enum { FIRST_VALUE = 256, MOST_OPTIONS = 120 };

/* The option of a command that has a name. */
static const option_row *find_option(unsigned who, const char *name)
{
    for (size_t i = 0; i < option_count; i++)
        if ((option_rows[i].who & who) != 0 && strcmp(option_rows[i].name, name) == 0)
            return &option_rows[i];
    return NULL;
}

/* Lists the commands that have an option, as "scan, dedup or index create". */
static void list_owners(const char *name, char *to, size_t size)
{
    const char *last = NULL;
    size_t used = 0;
    to[0] = '\0';
    for (size_t i = 0; i < command_count; i++) {
        if (find_option(commands[i]->bit, name) == NULL)
            continue;
        if (last != NULL && used < size)
            used += (size_t)snprintf(to + used, size - used, used == 0 ? "%s" : ", %s", last);
        last = commands[i]->name;
    }
    if (last != NULL && used < size)
        (void)snprintf(to + used, size - used, used == 0 ? "%s" : " or %s", last);
}

/* The option that a name may stand for, or NULL. */
static const char *suggest_option(unsigned who, const char *name)
{
    nearest best = {0};
    const char *synonym = nearest_synonym(name);
    for (size_t i = 0; i < option_count; i++)
        if ((option_rows[i].who & who) != 0)
            nearest_try(&best, name, option_rows[i].name);
    if (best.word == NULL && synonym != NULL && find_option(who, synonym) != NULL)
        best.word = synonym;
    return best.word;
}

static int refuse_unknown(const subcommand *command, const char *word)
{
    const size_t size = strcspn(word, "=");
    char name[40] = "", owners[160];
    const char *meant;
    if (size <= 2 || size - 2 >= sizeof name)
        return message_usage(command, "unknown option '%.*s'", (int)size, word);
    memcpy(name, word + 2, size - 2);
    name[size - 2] = '\0';
    list_owners(name, owners, sizeof owners);
    if (owners[0] != '\0')
        return message_usage(command, "unknown option '--%s'; it is an option of %s", name, owners);
    meant = suggest_option(command->bit, name);
    if (meant != NULL)
        return message_usage(command, "unknown option '--%s'; did you mean '--%s'?", name, meant);
    return message_usage(command, "unknown option '--%s'", name);
}

/* getopt_long() returned '?' or ':' for the word before optind. */
static int refuse_option(const subcommand *command, int answer, char **argv)
{
    const option_row *r = optopt >= FIRST_VALUE ? &option_rows[optopt - FIRST_VALUE] : NULL;
    char values[120];
    if (optopt > 0 && r == NULL)
        for (size_t i = 0; i < option_count && r == NULL; i++)
            if ((option_rows[i].who & command->bit) != 0 && option_rows[i].letter == optopt)
                r = &option_rows[i];
    if (r == NULL && optopt > 0)
        return message_usage(command, "unknown option '-%c'", optopt);
    if (r == NULL)
        return refuse_unknown(command, argv[optind - 1]);
    option_describe_value(r, values, sizeof values);
    return message_usage(command, "--%s %s %s", r->name, answer == ':' ? "needs a value:" : "takes",
                         values);
}

/* `place` comes before the name in a message: "--", or the line of a file. */
static int apply_option(const subcommand *command, const char *place, const option_row *r,
                        const char *text, settings *s)
{
    char values[120], meant[40];
    if (r->kind == KIND_HELP || r->kind == KIND_HELP_ALL)
        return help_of_command(command, r->kind == KIND_HELP_ALL);
    if (option_parse_value(r, text, s) == 0)
        return -1;
    option_describe_value(r, values, sizeof values);
    if (option_suggest_value(r, text, meant, sizeof meant))
        return message_usage(command, "%s%s: '%s' is not allowed; give %s; did you mean %s?", place,
                             r->name, text, values, meant);
    return message_usage(command, "%s%s: '%s' is not allowed; give %s", place, r->name, text,
                         values);
}

/* Removes the blanks around a word. */
static char *trim(char *word)
{
    size_t size;
    word += strspn(word, " \t\r");
    for (size = strlen(word); size > 0 && strchr(" \t\r", word[size - 1]) != NULL; size--)
        word[size - 1] = '\0';
    return word;
}

/* Applies "name = value", unless the command line has the option or only other commands do. */
static int apply_line(const subcommand *command, const char *place, char *line,
                      const unsigned char *given, settings *s)
{
    const unsigned every = ~0u;
    char *const equals = strchr(line, '='), *const value = equals != NULL ? trim(equals + 1) : NULL;
    const option_row *r;
    const char *name;
    char values[120];
    if (equals != NULL)
        *equals = '\0';
    name = trim(line);
    name += strncmp(name, "--", 2) == 0 ? 2 : 0;
    r = find_option(every, name);
    if (r == NULL || r->kind == KIND_HELP || r->kind == KIND_HELP_ALL ||
        r->offset == offsetof(settings, config)) {
        const char *meant = r == NULL ? suggest_option(every, name) : NULL;
        return message_usage(command, "%sno option for a file is called '%s'%s%s%s", place, name,
                             meant != NULL ? "; did you mean '" : "", meant != NULL ? meant : "",
                             meant != NULL ? "'?" : "");
    }
    r = find_option(command->bit, name);
    if (r == NULL || given[r - option_rows])
        return -1;
    option_describe_value(r, values, sizeof values);
    if ((r->value != NULL) != (value != NULL))
        return message_usage(command, "%s%s %s %s", place, name,
                             r->value != NULL ? "needs a value, after a =:" : "takes", values);
    return apply_option(command, place, r, value, s);
}

/* Applies the options in the file s->config that the command line does not have. */
static int apply_config(const subcommand *command, const unsigned char *given, settings *s)
{
    size_t size;
    char place[300], *line;
    unsigned number = 1;
    int rc = -1;
    s->config_bytes = file_read_whole(s->config, &size);
    if (s->config_bytes == NULL)
        return message_failure("give a file that has an option in each line", "cannot read %s: %s",
                               s->config, strerror(errno));
    for (line = s->config_bytes; line != NULL && rc < 0; number++) {
        char *const end = strchr(line, '\n'), *first = line + strspn(line, " \t\r");
        if (end != NULL)
            *end = '\0';
        (void)snprintf(place, sizeof place, "%.250s:%u: ", s->config, number);
        if (*first != '\0' && *first != '#')
            rc = apply_line(command, place, line, given, s);
        line = end != NULL ? end + 1 : NULL;
    }
    message_as_json(s->log);
    return rc;
}

/* Fills in what depends on the whole command line. @return as settings_parse() */
static int apply_defaults(const subcommand *command, settings *s)
{
    const uint32_t all = TT_FIND_PAIRS | TT_FIND_CLUSTERS | TT_FIND_SECTIONS;
    const int wants_pairs = (s->engine.find & (TT_FIND_PAIRS | TT_FIND_CLUSTERS)) != 0;
    tt_options resolved;
    tt_error error;
    if (wants_pairs && s->engine.resemblance == TT_OFF && s->engine.containment == TT_OFF &&
        s->engine.overlap == TT_OFF)
        return message_usage(command, "no article can be a copy with --resemblance, --containment "
                                      "and --overlap off; leave one of them on");
    if ((s->engine.find & all) == 0)
        s->engine.find |= all;
    if (command->bit == FOR_DEDUP)
        s->engine.find = s->cut != CUT_OFF ? TT_FIND_PAIRS | TT_FIND_SECTIONS
                                           : TT_FIND_PAIRS | TT_FIND_CLUSTERS | TT_FIND_OVERLAPS;
    s->reader.max_article_bytes = s->engine.max_article_bytes;
    s->reader.threads = s->engine.threads;
    if (s->engine.bands != 0) {
        const uint32_t hashes = s->engine.num_hashes != 0 ? s->engine.num_hashes : 128;
        if (hashes % s->engine.bands != 0)
            return message_usage(command,
                                 "--bands: %u is not allowed; give a divisor of --hashes, "
                                 "which is %u",
                                 s->engine.bands, hashes);
    }
    if (tt_options_resolve(&s->engine, &resolved, &error) != TT_OK)
        return message_usage(command, "%s", error.message);
    return -1;
}

/* Messages about the command line itself are to be JSON too, so this looks ahead for --log. */
static int asks_for_json(int argc, char **argv)
{
    int json = 0;
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--log=json") == 0 ||
            (strcmp(argv[i], "--log") == 0 && i + 1 < argc && strcmp(argv[i + 1], "json") == 0))
            json = 1;
    return json;
}

int settings_parse(const subcommand *command, int argc, char **argv, settings *s)
{
    struct option longs[MOST_OPTIONS + 1];
    char shorts[MOST_OPTIONS * 2 + 2] = ":";
    unsigned char given[MOST_OPTIONS] = {0};
    size_t count = 0, used = 1;
    int answer;

    memset(s, 0, sizeof *s);
    s->command = command;
    s->words = argv;
    message_as_json(asks_for_json(argc, argv));
    s->before = TT_NO_TIME;
    s->texts = UINT64_MAX;
    s->engine.struct_size = sizeof s->engine;
    s->reader.struct_size = sizeof s->reader;
    memset(longs, 0, sizeof longs);
    assert(option_count <= MOST_OPTIONS);
    for (size_t i = 0; i < option_count; i++) {
        const int has_value = option_rows[i].value != NULL ? required_argument : no_argument;
        if ((option_rows[i].who & command->bit) == 0)
            continue;
        longs[count++] =
            (struct option){option_rows[i].name, has_value, NULL, FIRST_VALUE + (int)i};
        if (option_rows[i].letter != 0) {
            shorts[used++] = option_rows[i].letter;
            if (option_rows[i].value != NULL)
                shorts[used++] = ':';
        }
    }
    shorts[used] = '\0';
    optind = 1;
    while ((answer = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
        const option_row *r = NULL;
        int rc;
        if (answer == '?' || answer == ':')
            return refuse_option(command, answer, argv);
        for (size_t i = 0; i < option_count && r == NULL; i++)
            if ((option_rows[i].who & command->bit) != 0 &&
                (answer == FIRST_VALUE + (int)i || answer == option_rows[i].letter))
                r = &option_rows[i];
        rc = apply_option(command, "--", r, optarg, s);
        if (rc >= 0)
            return rc;
        given[r - option_rows] = 1;
    }
    if (s->config != NULL) {
        const int rc = apply_config(command, given, s);
        if (rc >= 0)
            return rc;
    }
    s->inputs = (const char *const *)argv + optind;
    s->input_count = (size_t)(argc - optind);
    if (s->files_from != NULL) {
        const int rc = file_list_append(s);
        if (rc >= 0)
            return rc;
    }
    return apply_defaults(command, s);
}
