/*
 * The table of options, and what is made of it: getopt_long's tables, values with their ranges,
 * messages that say what is allowed, the short help (one screen) and the long one.
 */
#define _DEFAULT_SOURCE
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "message.h"

/* What may stand in an option, and where it goes. */
typedef enum kind {
    KIND_FLAG,       /* no value: int32_t = 1 */
    KIND_FIND,       /* no value: the bit `maximum` of engine.find */
    KIND_STRING,     /* const char *, not empty */
    KIND_SHARE,      /* double, above 0 and up to 1 */
    KIND_RULE,       /* the same, or "off" */
    KIND_NUMBER,     /* uint32_t, minimum to maximum */
    KIND_THREADS,    /* int32_t, minimum to maximum */
    KIND_SIZE,       /* uint64_t, bytes, minimum to maximum */
    KIND_SEED,       /* uint64_t, or "random" */
    KIND_KEEP,       /* engine.keep and engine.keep_sources */
    KIND_PARAGRAPHS, /* int32_t, place in the list of words */
    KIND_PROGRESS,   /* likewise */
    KIND_TIME,       /* int64_t, microseconds since 1970, from RFC 3339 */
    KIND_DURATION,   /* int64_t, microseconds; `maximum` is the unit of a bare number, if that may
                        stand */
    KIND_HELP,       /* the short help */
    KIND_HELP_ALL    /* the long one */
} kind;

typedef struct row {
    const char *name;
    char letter;  /* 0: none */
    unsigned who; /* FOR_* */
    int first;    /* whether it is on the short help */
    kind kind;
    size_t offset; /* into settings */
    uint64_t minimum, maximum;
    const char *value; /* name of the value, NULL for none */
    const char *help;
} row;

#define AT(field) offsetof(settings, field)
#define FOR_BUILD (FOR_SCAN | FOR_DEDUP)
#define FOR_INPUT (FOR_BUILD | FOR_ADD | FOR_QUERY | FOR_WATCH) /* articles go in */
#define FOR_SHAPE (FOR_BUILD | FOR_CREATE)                      /* what decides the answers */
#define FOR_ALL (FOR_INPUT | FOR_SHAPE | FOR_EVAL | FOR_REMOVE | FOR_EXPIRE | FOR_STAT | FOR_CHECK)

static const row rows[] = {
    {"output", 'o', FOR_SCAN, 1, KIND_STRING, AT(output), 0, 0, "FILE",
     "write the result to FILE (default: standard output)"},
    {"output", 'o', FOR_DEDUP, 1, KIND_STRING, AT(output), 0, 0, "FILE",
     "write the kept records to FILE; - is standard output"},
    {"removed", 0, FOR_DEDUP, 1, KIND_STRING, AT(removed), 0, 0, "FILE",
     "write a line for each article that is not kept"},
    {"pairs", 0, FOR_SCAN, 1, KIND_FIND, 0, 0, TT_FIND_PAIRS, NULL,
     "look for pairs (default: all three)"},
    {"clusters", 0, FOR_SCAN, 1, KIND_FIND, 0, 0, TT_FIND_CLUSTERS, NULL, "look for clusters"},
    {"sections", 0, FOR_SCAN, 1, KIND_FIND, 0, 0, TT_FIND_SECTIONS, NULL,
     "look for repeated sections"},
    {"series", 0, FOR_SCAN, 0, KIND_FIND, 0, 0, TT_FIND_SERIES, NULL,
     "also list series pairs that only their overlap admits"},
    {"resemblance", 0, FOR_SHAPE, 1, KIND_RULE, AT(engine.resemblance), 0, 0, "R",
     "pairs with this Jaccard or more; or off (default 0.7)"},
    {"containment", 0, FOR_SHAPE, 1, KIND_RULE, AT(engine.containment), 0, 0, "C",
     "or this containment of either; or off (default 0.8)"},
    {"overlap", 0, FOR_SHAPE, 1, KIND_RULE, AT(engine.overlap), 0, 0, "O",
     "or this overlap of the shorter; or off (default 0.5)"},
    {"facts", 0, FOR_SHAPE, 0, KIND_RULE, AT(engine.facts), 0, 0, "F",
     "a pair whose facts agree less is a series, not a copy; off: no pair is "
     "(default: chosen by the length of the two)"},
    {"min-section", 0, (FOR_SCAN | FOR_CREATE), 1, KIND_NUMBER, AT(engine.min_section), 8,
     UINT32_MAX, "N", "shortest section to report, in tokens (default 32)"},
    {"keep", 0, FOR_BUILD, 1, KIND_KEEP, 0, 0, 0, "WHICH",
     "longest (default), first, newest or source:A,B,... of a cluster"},
    {"drop", 0, FOR_DEDUP, 1, KIND_SHARE, AT(engine.drop), 0, 0, "SHARE",
     "drop an article only if this share of its tokens stands in the kept one (default 0.8)"},
    {"drop", 0, FOR_SCAN, 0, KIND_SHARE, AT(engine.drop), 0, 0, "SHARE",
     "of dedup; only noted in the summary"},
    {"drop", 0, FOR_CREATE, 1, KIND_SHARE, AT(engine.drop), 0, 0, "SHARE",
     "duplicate: this share of its tokens stands in another (default 0.8)"},
    {"before", 0, FOR_EXPIRE, 1, KIND_TIME, AT(before), 0, 0, "TIME",
     "articles before this time, as 2025-11-24 or 2025-11-24T08:30:00Z"},
    {"older-than", 0, FOR_EXPIRE, 1, KIND_DURATION, AT(older_than), 0, 0, "AGE",
     "articles older than this, as 30d, 72h or 15m"},
    {"window", 0, FOR_WATCH, 1, KIND_DURATION, AT(window), 0, 0, "AGE",
     "remove articles this much older than the newest, as 30d, 72h or 15m (default: none)"},
    {"commit-every", 0, FOR_WATCH, 1, KIND_DURATION, AT(commit_every), 0, 1000, "TIME",
     "gather articles for this long before each commit, as 100ms; faster (default: what is there)"},
    {"max-matches", 0, FOR_SHAPE, 0, KIND_NUMBER, AT(engine.max_matches), 1, UINT32_MAX, "N",
     "earlier articles that one article is paired with, the best of them (default 64)"},
    {"shingle-tokens", 0, FOR_SHAPE, 0, KIND_NUMBER, AT(engine.shingle_tokens), 1, 64, "N",
     "tokens in a shingle (default 5)"},
    {"hashes", 0, FOR_BUILD, 0, KIND_NUMBER, AT(engine.sketch_size), 16, 1024, "N",
     "MinHash values in a signature (default 128)"},
    {"bands", 0, FOR_BUILD, 0, KIND_NUMBER, AT(engine.bands), 1, 1024, "N",
     "LSH bands, a divisor of --hashes (default: by --resemblance)"},
    {"seed", 0, FOR_SHAPE, 0, KIND_SEED, AT(engine.seed), 0, 0, "N",
     "seed of every hash, or random (default 0)"},
    {"paragraphs", 0, FOR_SHAPE, 0, KIND_PARAGRAPHS, AT(engine.paragraphs), 0, 0, "HOW",
     "auto: blocks between blank lines if there are any, else lines (default); line; blank; none"},
    {"id-field", 0, FOR_INPUT, 0, KIND_STRING, AT(reader.id_field), 0, 0, "NAME",
     "field that holds the id (default id)"},
    {"text-field", 0, FOR_INPUT, 0, KIND_STRING, AT(reader.text_field), 0, 0, "NAME",
     "field that holds the text (default text)"},
    {"whole", 0, FOR_INPUT, 0, KIND_FLAG, AT(reader.flags), 0, 0, NULL,
     "of wire formats, take headline, byline and dateline as text too"},
    {"max-article-bytes", 0, FOR_INPUT, 0, KIND_SIZE, AT(engine.max_article_bytes), 1,
     UINT64_C(1) << 30, "SIZE",
     "reject longer texts; K, M, G or KiB, MiB, GiB may follow, powers of 1024 (default 1G)"},
    {"rejects", 0, FOR_INPUT, 1, KIND_STRING, AT(rejects), 0, 0, "FILE",
     "write rejected records to FILE, as they stood"},
    {"threads", 0, (FOR_INPUT | FOR_CHECK | FOR_STAT | FOR_REMOVE | FOR_EXPIRE), 1, KIND_THREADS,
     AT(engine.threads), 0, 256, "N", "threads to use (default 0: all cores)"},
    {"quiet", 'q', (FOR_INPUT | FOR_CREATE | FOR_REMOVE | FOR_EXPIRE | FOR_CHECK), 1, KIND_FLAG,
     AT(quiet), 0, 0, NULL, "no summary, no messages about records"},
    {"progress", 0, FOR_BUILD, 0, KIND_PROGRESS, AT(progress), 0, 0, "WHEN",
     "auto (default: where standard error is a terminal), always or never"},
    {"json", 0, (FOR_EVAL | FOR_STAT), 1, KIND_FLAG, AT(json), 0, 0, NULL,
     "one JSON object instead of a table"},
    {"help", 'h', FOR_ALL, 0, KIND_HELP, 0, 0, 0, NULL, "show the usual options"},
    {"help-all", 0, FOR_ALL, 0, KIND_HELP_ALL, 0, 0, 0, NULL, "show all options"},
};

enum { ROWS = sizeof rows / sizeof *rows, FIRST_VALUE = 256 };

static const char *const paragraph_words[] = {"auto", "line", "blank", "none", NULL};
static const char *const progress_words[] = {"auto", "always", "never", NULL};

/* ==== Help ================================================================================ */

/* Prints `text` from column `indent` on, in lines of at most 79 columns, the first of which goes on
 * from column `column`. */
static void print_wrapped(const char *text, int indent, int column)
{
    const int width = 79;
    if (column >= indent) {
        (void)putchar('\n');
        column = 0;
    }
    (void)printf("%*s", indent - column, "");
    column = indent;
    while (*text != '\0') {
        const int size = (int)strcspn(text, " ");
        if (column > indent && column + 1 + size > width) {
            (void)printf("\n%*s", indent, "");
            column = indent;
        } else if (column > indent) {
            (void)putchar(' ');
            column++;
        }
        (void)printf("%.*s", size, text);
        column += size;
        text += size;
        text += strspn(text, " ");
    }
    (void)putchar('\n');
}

static void print_row(const row *r)
{
    int column =
        r->letter != 0 ? printf("  -%c, --%s", r->letter, r->name) : printf("      --%s", r->name);
    if (r->value != NULL)
        column += printf(" %s", r->value);
    print_wrapped(r->help, 26, column);
}

static int show_help(const subcommand *command, int all)
{
    (void)printf("Usage: twicetold %s [OPTION]... %s\n\n%s\n\n", command->name, command->operands,
                 command->text);
    for (size_t i = 0; i < ROWS; i++)
        if ((rows[i].who & command->bit) != 0 && (all || rows[i].first))
            print_row(&rows[i]);
    if (all && command->more != NULL)
        (void)printf("\n%s\n", command->more);
    (void)printf("\nExample: %s\n", command->example);
    if (!all)
        (void)printf("All options: twicetold %s --help-all\n", command->name);
    (void)printf("Exit codes: 0 done, 1 done but records were rejected, 2 usage, 3 failed\n");
    if (fflush(stdout) != 0 || ferror(stdout))
        return message_failure("cannot write standard output: %s", strerror(errno));
    return EXIT_DONE;
}

/* ==== Values ============================================================================== */

static int find_word(const char *const *words, const char *text)
{
    for (int i = 0; words[i] != NULL; i++)
        if (strcmp(words[i], text) == 0)
            return i;
    return -1;
}

static int parse_word(const char *const *words, const char *text, int32_t *out)
{
    const int place = find_word(words, text);
    if (place < 0)
        return -1;
    *out = place;
    return 0;
}

static int parse_share(const char *text, double *out)
{
    char *end;
    double value;
    if ((*text < '0' || *text > '9') && *text != '.')
        return -1;
    value = strtod(text, &end);
    if (*end != '\0' || !(value > 0 && value <= 1))
        return -1;
    *out = value;
    return 0;
}

static int parse_whole(const char *text, uint64_t minimum, uint64_t maximum, uint64_t *out)
{
    char *end;
    if (*text < '0' || *text > '9')
        return -1;
    errno = 0;
    *out = strtoull(text, &end, 10);
    return errno != 0 || *end != '\0' || *out < minimum || *out > maximum ? -1 : 0;
}

static int parse_size(const char *text, uint64_t minimum, uint64_t maximum, uint64_t *out)
{
    static const char *const suffixes[] = {"",   "K",   "M",   "G",   "KB", "MB",
                                           "GB", "KiB", "MiB", "GiB", "B",  NULL};
    static const unsigned char shifts[] = {0, 10, 20, 30, 10, 20, 30, 10, 20, 30, 0};
    char *end;
    uint64_t value;
    int suffix;
    if (*text < '0' || *text > '9')
        return -1;
    errno = 0;
    value = strtoull(text, &end, 10);
    suffix = find_word(suffixes, end);
    if (errno != 0 || suffix < 0 || value > maximum >> shifts[suffix])
        return -1;
    *out = value << shifts[suffix];
    return *out < minimum ? -1 : 0;
}

/* A random seed has 53 bits, so that every JSON reader gives it back as it was. */
static int parse_seed(const char *text, uint64_t *out)
{
    if (strcmp(text, "random") == 0) {
        if (getrandom(out, sizeof *out, 0) != (ssize_t)sizeof *out)
            return -1;
        *out >>= 11;
        return 0;
    }
    return parse_whole(text, 0, UINT64_MAX, out);
}

/* RFC 3339, or a date alone: its first moment in UTC. */
static int parse_time(const char *text, int64_t *out)
{
    struct tm t;
    char sign[2] = "";
    int hours = 0, minutes = 0, used = 0, more = 0;
    memset(&t, 0, sizeof t);
    if (sscanf(text, "%4d-%2d-%2d%n", &t.tm_year, &t.tm_mon, &t.tm_mday, &used) != 3 || used != 10)
        return -1;
    text += used;
    if (*text != '\0') {
        if (sscanf(text, "%*1[Tt ]%2d:%2d:%2d%n", &t.tm_hour, &t.tm_min, &t.tm_sec, &more) != 3 ||
            more != 9)
            return -1;
        text += more;
        if (*text == '.')
            text += 1 + strspn(text + 1, "0123456789");
        more = 0;
        if (sscanf(text, "%1[+-]%2d:%2d%n", sign, &hours, &minutes, &more) == 3 && more == 6)
            text += more;
        else if (*text == 'Z' || *text == 'z')
            text++;
    }
    if (*text != '\0' || t.tm_mon < 1 || t.tm_mon > 12 || t.tm_mday < 1 || t.tm_mday > 31 ||
        t.tm_hour > 23 || t.tm_min > 59 || t.tm_sec > 60 || hours > 23 || minutes > 59)
        return -1;
    t.tm_year -= 1900;
    t.tm_mon--;
    *out = (int64_t)timegm(&t);
    *out -= (*sign == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
    *out *= 1000000;
    return 0;
}

/* `bare`: microseconds of a number without a unit; 0: there must be one. */
static int parse_duration(const char *text, int64_t bare, int64_t *out)
{
    static const char *const units[] = {"", "ms", "s", "m", "h", "d", NULL};
    const int64_t lengths[] = {bare, 1000, 1000000, 60000000, 3600000000, 86400000000};
    char *end;
    long long value;
    int unit;
    if (*text < '0' || *text > '9')
        return -1;
    errno = 0;
    value = strtoll(text, &end, 10);
    unit = find_word(units, end);
    if (errno != 0 || unit < 0 || lengths[unit] == 0 || value < 1 ||
        value > INT64_MAX / 2 / lengths[unit])
        return -1;
    *out = value * lengths[unit];
    return 0;
}

static int parse_keep(const char *text, tt_options *engine)
{
    static const char source[] = "source:";
    static const char *const words[] = {"longest", "first", "newest", NULL};
    if (strncmp(text, source, sizeof source - 1) == 0) {
        engine->keep = TT_KEEP_SOURCE;
        engine->keep_sources = text + sizeof source - 1;
        return *engine->keep_sources == '\0' ? -1 : 0;
    }
    engine->keep_sources = NULL;
    return parse_word(words, text, &engine->keep);
}

/* @return 0, or -1: not allowed */
static int parse_value(const row *r, const char *text, settings *s)
{
    void *field = (char *)s + r->offset;
    uint64_t whole;
    switch (r->kind) {
    case KIND_FLAG: *(int32_t *)field = 1; return 0;
    case KIND_FIND: s->engine.find |= (uint32_t)r->maximum; return 0;
    case KIND_STRING: *(const char **)field = text; return *text == '\0' ? -1 : 0;
    case KIND_RULE:
        if (strcmp(text, "off") == 0) {
            *(double *)field = TT_OFF;
            return 0;
        }
        return parse_share(text, field);
    case KIND_SHARE: return parse_share(text, field);
    case KIND_NUMBER:
        if (parse_whole(text, r->minimum, r->maximum, &whole) != 0)
            return -1;
        *(uint32_t *)field = (uint32_t)whole;
        return 0;
    case KIND_THREADS:
        if (parse_whole(text, r->minimum, r->maximum, &whole) != 0)
            return -1;
        *(int32_t *)field = (int32_t)whole;
        return 0;
    case KIND_SIZE: return parse_size(text, r->minimum, r->maximum, field);
    case KIND_SEED: return parse_seed(text, field);
    case KIND_KEEP: return parse_keep(text, &s->engine);
    case KIND_PARAGRAPHS: return parse_word(paragraph_words, text, field);
    case KIND_PROGRESS: return parse_word(progress_words, text, field);
    case KIND_TIME: return parse_time(text, field);
    case KIND_DURATION: return parse_duration(text, (int64_t)r->maximum, field);
    case KIND_HELP:
    case KIND_HELP_ALL: break;
    }
    return 0;
}

/* What may stand in the option, in words. */
static void describe_values(const row *r, char *to, size_t size)
{
    switch (r->kind) {
    case KIND_STRING: (void)snprintf(to, size, "text that is not empty"); return;
    case KIND_RULE: (void)snprintf(to, size, "a number above 0 and up to 1, or off"); return;
    case KIND_SHARE: (void)snprintf(to, size, "a number above 0 and up to 1"); return;
    case KIND_NUMBER:
    case KIND_THREADS:
        (void)snprintf(to, size, "a whole number from %" PRIu64 " to %" PRIu64, r->minimum,
                       r->maximum);
        return;
    case KIND_SIZE:
        (void)snprintf(to, size, "bytes from %" PRIu64 " to %" PRIu64 ", as 5000000, 64K or 16MiB",
                       r->minimum, r->maximum);
        return;
    case KIND_SEED: (void)snprintf(to, size, "a whole number below 2^64, or random"); return;
    case KIND_KEEP:
        (void)snprintf(to, size, "longest, first, newest or source:NAME,NAME,...");
        return;
    case KIND_PARAGRAPHS: (void)snprintf(to, size, "auto, line, blank or none"); return;
    case KIND_PROGRESS: (void)snprintf(to, size, "auto, always or never"); return;
    case KIND_TIME:
        (void)snprintf(to, size, "a date or a time, as 2025-11-24 or 2025-11-24T08:30:00Z");
        return;
    case KIND_DURATION:
        (void)snprintf(to, size, "a length of time, as 30d, 72h, 15m, 10s or 100ms");
        return;
    case KIND_FLAG:
    case KIND_FIND:
    case KIND_HELP:
    case KIND_HELP_ALL: (void)snprintf(to, size, "no value"); return;
    }
}

/* ==== Parsing ============================================================================= */

/* Changes of one letter (added, left out, replaced) that make one word the other. */
static size_t edit_distance(const char *x, const char *y)
{
    size_t line[33];
    const size_t y_size = strlen(y);
    if (y_size > 32)
        return SIZE_MAX;
    for (size_t j = 0; j <= y_size; j++)
        line[j] = j;
    for (size_t i = 0; x[i] != '\0'; i++) {
        size_t corner = line[0];
        line[0] = i + 1;
        for (size_t j = 0; j < y_size; j++) {
            const size_t replaced = corner + (x[i] != y[j]);
            const size_t shorter = (line[j] < line[j + 1] ? line[j] : line[j + 1]) + 1;
            corner = line[j + 1];
            line[j + 1] = replaced < shorter ? replaced : shorter;
        }
    }
    return line[y_size];
}

static int refuse_unknown(const subcommand *command, const char *word)
{
    const size_t size = strcspn(word, "=");
    const char *nearest = NULL;
    char name[40] = "";
    size_t best = 3;
    if (size > 2 && size - 2 < sizeof name) {
        memcpy(name, word + 2, size - 2);
        name[size - 2] = '\0';
        for (size_t i = 0; i < ROWS; i++)
            if ((rows[i].who & command->bit) != 0 && edit_distance(name, rows[i].name) < best) {
                best = edit_distance(name, rows[i].name);
                nearest = rows[i].name;
            }
    }
    if (nearest != NULL)
        return message_usage(command, "unknown option '%.*s'; did you mean '--%s'?", (int)size,
                             word, nearest);
    return message_usage(command, "unknown option '%.*s'", (int)size, word);
}

/* getopt_long gave '?' or ':' for the word before optind. */
static int refuse_option(const subcommand *command, int answer, char **argv)
{
    const row *r = optopt >= FIRST_VALUE ? &rows[optopt - FIRST_VALUE] : NULL;
    char values[120];
    if (optopt > 0 && r == NULL)
        for (size_t i = 0; i < ROWS && r == NULL; i++)
            if ((rows[i].who & command->bit) != 0 && rows[i].letter == optopt)
                r = &rows[i];
    if (r == NULL && optopt > 0)
        return message_usage(command, "unknown option '-%c'", optopt);
    if (r == NULL)
        return refuse_unknown(command, argv[optind - 1]);
    describe_values(r, values, sizeof values);
    return message_usage(command, "--%s %s %s", r->name, answer == ':' ? "needs a value:" : "takes",
                         values);
}

static int take_option(const subcommand *command, const row *r, const char *text, settings *s)
{
    char values[120];
    if (r->kind == KIND_HELP || r->kind == KIND_HELP_ALL)
        return show_help(command, r->kind == KIND_HELP_ALL);
    if (parse_value(r, text, s) == 0)
        return -1;
    describe_values(r, values, sizeof values);
    return message_usage(command, "--%s: '%s' is not allowed; give %s", r->name, text, values);
}

/* What only the whole command line can say. @return as options_parse() */
static int settle(const subcommand *command, settings *s)
{
    const uint32_t all = TT_FIND_PAIRS | TT_FIND_CLUSTERS | TT_FIND_SECTIONS;
    tt_options resolved;
    tt_error error;
    if ((s->engine.find & all) == 0)
        s->engine.find |= all;
    if (command->bit == FOR_DEDUP)
        s->engine.find = TT_FIND_PAIRS | TT_FIND_CLUSTERS | TT_FIND_OVERLAPS;
    s->reader.max_article_bytes = s->engine.max_article_bytes;
    s->reader.threads = s->engine.threads;
    if (s->engine.bands != 0) {
        const uint32_t hashes = s->engine.sketch_size != 0 ? s->engine.sketch_size : 128;
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

int options_parse(const subcommand *command, int argc, char **argv, settings *s)
{
    struct option longs[ROWS + 1];
    char shorts[ROWS * 2 + 2] = ":";
    size_t count = 0, used = 1;
    int answer;

    memset(s, 0, sizeof *s);
    s->command = command;
    s->before = TT_NO_TIME;
    s->engine.struct_size = sizeof s->engine;
    s->reader.struct_size = sizeof s->reader;
    memset(longs, 0, sizeof longs);
    for (size_t i = 0; i < ROWS; i++) {
        const int has_value = rows[i].value != NULL ? required_argument : no_argument;
        if ((rows[i].who & command->bit) == 0)
            continue;
        longs[count++] = (struct option){rows[i].name, has_value, NULL, FIRST_VALUE + (int)i};
        if (rows[i].letter != 0) {
            shorts[used++] = rows[i].letter;
            if (rows[i].value != NULL)
                shorts[used++] = ':';
        }
    }
    shorts[used] = '\0';
    optind = 1;
    while ((answer = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
        const row *r = NULL;
        int ended;
        if (answer == '?' || answer == ':')
            return refuse_option(command, answer, argv);
        for (size_t i = 0; i < ROWS && r == NULL; i++)
            if ((rows[i].who & command->bit) != 0 &&
                (answer == FIRST_VALUE + (int)i || answer == rows[i].letter))
                r = &rows[i];
        ended = take_option(command, r, optarg, s);
        if (ended >= 0)
            return ended;
    }
    s->inputs = (const char *const *)argv + optind;
    s->input_count = (size_t)(argc - optind);
    return settle(command, s);
}
