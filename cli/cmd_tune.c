/*
 * Chooses bands and rows for a threshold. A pair of resemblance s shares a bucket with probability
 * 1 - (1 - s^rows)^bands, the S-curve. Of the divisors of the number of hashes, `rows` is the
 * largest with which a pair at the threshold still has the recall that is wanted.
 *
 * With INPUT each setting is tried on a sample. A scan with every rule finds the pairs that there
 * are; then a scan for each setting by resemblance alone finds those that LSH finds.
 */
#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "article_copy.h"
#include "failure.h"
#include "memory.h"
#include "message.h"
#include "session.h"
#include "svg.h"
#include "terminal/terminal.h"

enum {
    SETTINGS = 5,
    DEFAULT_SAMPLE = 10000,
    CURVE_POINTS = 201,
    PLOT_COLUMNS = 61,
    PLOT_ROWS = 11,
    TENTHS = 10,
    SHOWN_HEADLINE = 200
};
static const size_t sample_bytes = (size_t)256 << 20;
static const uint32_t usual_hashes[SETTINGS] = {32, 64, 128, 256, 512};

/* A number of hashes, how it is divided into bands, and what it found in the sample. */
typedef struct setting {
    uint32_t hashes, bands, rows;
    double expected; /* the recall at the threshold */
    uint64_t found, candidates;
    double seconds;
} setting;

typedef struct tune {
    session session;
    double threshold, recall;
    setting settings[SETTINGS];
    size_t count, choice;
    tt_article *articles; /* the sample, with copies of its strings */
    char **headlines;     /* of the sample */
    size_t *accepted;     /* by number of the results: its place in the sample */
    size_t article_count, article_capacity, headline_capacity, bytes;
    uint64_t pairs;           /* with the threshold or more, without those of the same words */
    uint64_t tenths[TENTHS];  /* pairs by any rule, by resemblance */
    tt_pair examples[TENTHS]; /* of each tenth the one in its middle */
} tune;

/* ==== The S-curve ========================================================================= */

static double chance(const setting *x, double resemblance)
{
    return 1 - pow(1 - pow(resemblance, x->rows), x->bands);
}

static void cut_into_bands(setting *x, double threshold, double recall)
{
    const uint32_t hashes = x->hashes;
    x->rows = 1;
    for (uint32_t rows = 1; rows <= hashes; rows++) {
        const setting tried = {.hashes = hashes, .bands = hashes / rows, .rows = rows};
        if (hashes % rows == 0 && chance(&tried, threshold) >= recall)
            x->rows = rows;
    }
    x->bands = hashes / x->rows;
}

static void make_settings(tune *t, const tt_options *o)
{
    t->count = o->num_hashes != 0 || o->bands != 0 ? 1 : SETTINGS;
    for (size_t i = 0; i < t->count; i++) {
        setting *x = &t->settings[i];
        x->hashes = t->count > 1 ? usual_hashes[i] : o->num_hashes != 0 ? o->num_hashes : 128;
        cut_into_bands(x, t->threshold, t->recall);
        if (o->bands != 0) {
            x->bands = o->bands;
            x->rows = x->hashes / x->bands;
        }
        x->expected = chance(x, t->threshold);
    }
}

/* ==== The sample ========================================================================== */

static int keep_article(tune *t, const tt_record *record)
{
    const tt_article *a = &record->article;
    tt_article *x;
    if (memory_grow(&t->articles, t->article_count, &t->article_capacity, sizeof *x) != 0 ||
        memory_grow(&t->headlines, t->article_count, &t->headline_capacity, sizeof *t->headlines) !=
            0)
        return EXIT_FAILED;
    t->headlines[t->article_count] = article_headline(record, SHOWN_HEADLINE);
    x = &t->articles[t->article_count++];
    *x = (tt_article){.id = memory_copy(a->id, a->id_size),
                      .id_size = a->id_size,
                      .text = memory_copy(a->text, a->text_size),
                      .text_size = a->text_size,
                      .published = a->published,
                      .flags = a->flags};
    t->bytes += a->text_size;
    return x->id == NULL || x->text == NULL || t->headlines[t->article_count - 1] == NULL
               ? failure_memory()
               : 0;
}

/* A records_fn. */
static int take_sample(void *ctx, const tt_record *records, size_t count)
{
    tune *t = ctx;
    const uint32_t wanted = t->session.settings->sample;
    int rc = 0;
    for (size_t i = 0; i < count && rc == 0; i++) {
        rc = records[i].status != TT_OK ? session_reject(&t->session, &records[i], TT_OK)
                                        : keep_article(t, &records[i]);
        if (rc == 0 && (t->article_count >= (wanted != 0 ? wanted : DEFAULT_SAMPLE) ||
                        t->bytes >= sample_bytes))
            rc = SESSION_ENOUGH;
    }
    return rc;
}

/* ==== Trying ================================================================================== */

/* The example of a tenth is the pair closest to its middle, the first of those that are as close.
 */
static void consider_example(tune *t, int tenth, const tt_pair *pair)
{
    const double middle = (tenth + 0.5) / TENTHS;
    tt_pair *best = &t->examples[tenth];
    if (t->tenths[tenth] == 1 ||
        fabs(pair->resemblance - middle) < fabs(best->resemblance - middle))
        *best = *pair;
}

/* Counts the pairs that there are. Articles with the same words are left out: they are found
 * without LSH. */
static void count_pairs(tune *t, const tt_result *result)
{
    size_t count;
    const tt_pair *pairs = tt_result_pairs(result, &count);
    for (size_t i = 0; i < count; i++) {
        const double resemblance = pairs[i].resemblance;
        int tenth;
        if (pairs[i].relation == TT_IDENTICAL || isnan(resemblance))
            continue;
        t->pairs += resemblance >= t->threshold;
        tenth = resemblance < 1 ? (int)(resemblance * TENTHS) : TENTHS - 1;
        t->tenths[tenth]++;
        consider_example(t, tenth, &pairs[i]);
    }
}

static void count_found(setting *x, const tt_result *result)
{
    size_t count;
    const tt_pair *pairs = tt_result_pairs(result, &count);
    for (size_t i = 0; i < count; i++)
        x->found += pairs[i].relation != TT_IDENTICAL;
    x->candidates = tt_result_summary(result)->candidates;
}

/* Scans the sample; a second article with the same id is skipped. @return NULL after a message */
static tt_result *scan_sample(tune *t, const tt_options *options)
{
    tt_scan *scan = NULL;
    tt_result *result = NULL;
    tt_error error = {0};
    tt_status *statuses = malloc((t->article_count + 1) * sizeof *statuses);
    if (statuses == NULL)
        (void)failure_memory();
    else if (tt_scan_open(&scan, options, &error) != TT_OK ||
             tt_scan_add(scan, t->articles, t->article_count, statuses, &error) != TT_OK ||
             tt_scan_finish(scan, &result, &error) != TT_OK)
        (void)failure_library(&error, ABOUT_WORK);
    for (size_t i = 0, number = 0; result != NULL && i < t->article_count; i++)
        if (statuses[i] == TT_OK)
            t->accepted[number++] = i;
    tt_scan_close(scan);
    free(statuses);
    return result;
}

static int try_settings(tune *t)
{
    tt_options options = t->session.settings->engine;
    tt_result *result;
    t->accepted = malloc((t->article_count + 1) * sizeof *t->accepted);
    if (t->accepted == NULL)
        return failure_memory();
    options.num_hashes = options.bands = 0;
    options.resemblance = t->threshold;
    options.find = TT_FIND_PAIRS | TT_FIND_SERIES;
    (void)progress_update(&t->session.progress, "pairs", 0, 0);
    result = scan_sample(t, &options);
    if (result == NULL)
        return EXIT_FAILED;
    count_pairs(t, result);
    tt_result_close(result);
    options.containment = options.overlap = TT_OFF;
    for (size_t i = 0; i < t->count; i++) {
        setting *x = &t->settings[i];
        const double began = seconds_now();
        options.num_hashes = x->hashes;
        options.bands = x->bands;
        (void)progress_update(&t->session.progress, "settings", i, t->count);
        result = scan_sample(t, &options);
        if (result == NULL)
            return EXIT_FAILED;
        count_found(x, result);
        tt_result_close(result);
        t->pairs = x->found > t->pairs ? x->found : t->pairs;
        x->seconds = seconds_now() - began;
    }
    progress_end(&t->session.progress);
    return 0;
}

/* Chooses the fewest hashes with hardly more candidates than the best setting has or, without a
 * sample, the usual number. It ignores the time, so that every run chooses the same. */
static void choose(tune *t)
{
    uint64_t least = UINT64_MAX;
    t->choice = t->count > 2 ? 2 : 0;
    for (size_t i = 0; i < t->count && t->article_count > 0; i++)
        if (t->settings[i].expected >= t->recall && t->settings[i].candidates < least)
            least = t->settings[i].candidates;
    for (size_t i = t->count; i-- > 0 && t->article_count > 0;)
        if (t->settings[i].expected >= t->recall &&
            (double)t->settings[i].candidates <= 1.2 * (double)least + 100)
            t->choice = i;
}

/* ==== Printing ============================================================================ */

static void print_curve(const tune *t, const terminal *s)
{
    const setting *x = &t->settings[t->choice];
    const int column = (int)(t->threshold * (PLOT_COLUMNS - 1) + 0.5);
    (void)printf("%sChance that a pair is found, by its resemblance%s (%u bands of %u "
                 "rows)\n\n",
                 terminal_style(s, STYLE_STRONG), terminal_style(s, STYLE_PLAIN), x->bands,
                 x->rows);
    for (int row = PLOT_ROWS - 1; row >= 0; row--) {
        (void)printf(" %3.1f %s", row / (double)(PLOT_ROWS - 1), s->unicode ? "\xe2\x94\x82" : "|");
        for (int c = 0; c < PLOT_COLUMNS; c++) {
            const double y = chance(x, c / (double)(PLOT_COLUMNS - 1)) * (PLOT_ROWS - 1);
            if ((int)(y + 0.5) == row)
                (void)printf("%s%s%s", terminal_style(s, STYLE_NUMBER),
                             s->unicode ? "\xe2\x97\x8f" : "*", terminal_style(s, STYLE_PLAIN));
            else
                (void)fputs(c == column ? (s->unicode ? "\xe2\x94\x8a" : ":") : " ", stdout);
        }
        (void)putchar('\n');
    }
    (void)fputs("     ", stdout);
    terminal_repeat(s, "\xe2\x94\x94", "+", 1);
    terminal_repeat(s, "\xe2\x94\x80", "-", PLOT_COLUMNS);
    (void)fputs("\n      0", stdout);
    for (int i = 1; i <= 5; i++)
        (void)printf("%12.1f", i / 5.0);
    (void)printf("\n%*s--resemblance %g\n\n", 6 + column - 7, "", t->threshold);
}

static void print_tenths(const tune *t, const terminal *s)
{
    uint64_t most = 1;
    for (int i = 0; i < TENTHS; i++)
        most = t->tenths[i] > most ? t->tenths[i] : most;
    (void)printf("%sResemblance of the pairs in the sample%s (%zu article%s; by any rule)\n\n",
                 terminal_style(s, STYLE_STRONG), terminal_style(s, STYLE_PLAIN), t->article_count,
                 t->article_count == 1 ? "" : "s");
    for (int i = TENTHS - 1; i >= 0; i--) {
        (void)printf("  %.1f to %.1f %9" PRIu64 " ", i / 10.0, (i + 1) / 10.0, t->tenths[i]);
        terminal_repeat(s, "\xe2\x96\x88", "#", (int)((t->tenths[i] * 40 + most - 1) / most));
        (void)putchar('\n');
    }
    (void)putchar('\n');
}

static void print_headline(const tune *t, const terminal *s, uint64_t number)
{
    const size_t article = t->accepted[number];
    const tt_article *a = &t->articles[article];
    (void)fputs("      ", stdout);
    const int used = terminal_print_text(STYLE_STRONG, s, a->id, a->id_size, s->columns / 3);
    (void)fputs("  ", stdout);
    (void)terminal_print_text(STYLE_PLAIN, s, t->headlines[article], strlen(t->headlines[article]),
                              s->columns - used - 8);
    (void)putchar('\n');
}

/* What a pair of each resemblance looks like, so that a threshold can be chosen by eye. */
static void print_examples(const tune *t, const terminal *s)
{
    (void)printf("%sA pair of each resemblance%s (to read both: twicetold show)\n\n",
                 terminal_style(s, STYLE_STRONG), terminal_style(s, STYLE_PLAIN));
    for (int i = TENTHS - 1; i >= 0; i--) {
        const tt_pair *p = &t->examples[i];
        if (t->tenths[i] == 0)
            continue;
        (void)printf("%s  %.2f%s  %s, overlap of the shorter %.2f", terminal_style(s, STYLE_NUMBER),
                     p->resemblance, terminal_style(s, STYLE_PLAIN),
                     tt_relation_name((tt_relation)p->relation), fmax(p->overlap_a, p->overlap_b));
        if (p->conflicts > 0)
            (void)printf(", %" PRIu32 " fact%s differ%s", p->conflicts,
                         p->conflicts == 1 ? "" : "s", p->conflicts == 1 ? "s" : "");
        (void)putchar('\n');
        print_headline(t, s, p->a);
        print_headline(t, s, p->b);
    }
    (void)putchar('\n');
}

static void print_table(const tune *t, const terminal *s)
{
    const int tried = t->article_count > 0;
    (void)printf("%s  hashes  bands  rows  recall at %-5g%s%s\n", terminal_style(s, STYLE_STRONG),
                 t->threshold, tried ? "  found in the sample     candidates" : "",
                 terminal_style(s, STYLE_PLAIN));
    for (size_t i = 0; i < t->count; i++) {
        const setting *x = &t->settings[i];
        (void)printf("%s %6u %6u %5u %16.4f", i == t->choice ? ">" : " ", x->hashes, x->bands,
                     x->rows, x->expected);
        if (tried)
            (void)printf("%12" PRIu64 " of %-8" PRIu64 "%11" PRIu64, x->found, t->pairs,
                         x->candidates);
        (void)putchar('\n');
    }
}

static void print_choice(const tune *t)
{
    const setting *x = &t->settings[t->choice];
    (void)printf("\nOptions: --resemblance %g --hashes %u --bands %u\n", t->threshold, x->hashes,
                 x->bands);
}

/* A tt_write_fn. */
static int write_standard(void *ctx, const char *bytes, size_t size)
{
    (void)ctx;
    return fwrite(bytes, 1, size, stdout) == size ? 0 : -1;
}

static void print_json_id(const char *before, const tt_article *a)
{
    (void)fputs(before, stdout);
    if ((a->flags & TT_ARTICLE_INTEGER_ID) != 0)
        (void)fwrite(a->id, 1, a->id_size, stdout);
    else
        (void)!tt_write_json_string(write_standard, NULL, a->id, a->id_size);
}

static void print_json(const tune *t)
{
    const setting *choice = &t->settings[t->choice];
    (void)printf("{\"resemblance\":%.10g,\"recall\":%.10g,\"articles\":%zu,\"pairs\":%" PRIu64
                 ",\"settings\":[",
                 t->threshold, t->recall, t->article_count, t->pairs);
    for (size_t i = 0; i < t->count; i++) {
        const setting *x = &t->settings[i];
        (void)printf("%s{\"hashes\":%u,\"bands\":%u,\"rows\":%u,\"expected_recall\":%.10g",
                     i == 0 ? "" : ",", x->hashes, x->bands, x->rows, x->expected);
        if (t->article_count > 0)
            (void)printf(",\"found\":%" PRIu64 ",\"candidates\":%" PRIu64 ",\"seconds\":%.6f",
                         x->found, x->candidates, x->seconds);
        (void)putchar('}');
    }
    (void)fputs("],\"examples\":[", stdout);
    for (int i = 0, shown = 0; i < TENTHS; i++)
        if (t->tenths[i] > 0) {
            (void)printf("%s{\"resemblance\":%.10g", shown++ > 0 ? "," : "",
                         t->examples[i].resemblance);
            print_json_id(",\"a\":", &t->articles[t->accepted[t->examples[i].a]]);
            print_json_id(",\"b\":", &t->articles[t->accepted[t->examples[i].b]]);
            (void)putchar('}');
        }
    (void)printf("],\"choice\":{\"hashes\":%u,\"bands\":%u}}\n", choice->hashes, choice->bands);
}

static int draw_curves(const tune *t, const char *path)
{
    double x[CURVE_POINTS], y[CURVE_POINTS];
    char name[80];
    svg picture;
    int rc = svg_begin(&picture, path, "Chance that a pair is found", "resemblance", "chance");
    (void)snprintf(name, sizeof name, "threshold %g", t->threshold);
    if (rc == 0)
        svg_mark(&picture, t->threshold, name);
    for (size_t i = 0; i < t->count && rc == 0; i++) {
        for (int k = 0; k < CURVE_POINTS; k++) {
            x[k] = k / (double)(CURVE_POINTS - 1);
            y[k] = chance(&t->settings[i], x[k]);
        }
        (void)snprintf(name, sizeof name, "%u x %u%s", t->settings[i].bands, t->settings[i].rows,
                       i == t->choice ? " (chosen)" : "");
        svg_curve(&picture, name, x, y, CURVE_POINTS);
    }
    if (rc == 0)
        rc = svg_end(&picture);
    svg_discard(&picture);
    return rc;
}

static int report(const tune *t)
{
    const settings *s = t->session.settings;
    terminal view;
    int rc = s->svg != NULL ? draw_curves(t, s->svg) : 0;
    if (rc != 0)
        return rc;
    if (s->json) {
        print_json(t);
        return output_flush_standard();
    }
    terminal_init(&view, s->color);
    print_curve(t, &view);
    if (t->article_count > 0) {
        print_tenths(t, &view);
        print_examples(t, &view);
    }
    print_table(t, &view);
    print_choice(t);
    return output_flush_standard();
}

static int run_tune(const settings *s)
{
    tune t;
    int rc = 0;
    memset(&t, 0, sizeof t);
    session_init(&t.session, s);
    if (s->engine.resemblance < 0)
        return message_usage(s->command, "--resemblance: off finds nothing; give a number above 0 "
                                         "and up to 1");
    t.threshold = s->engine.resemblance > 0 ? s->engine.resemblance : 0.7;
    t.recall = s->recall > 0 ? s->recall : 0.9995;
    make_settings(&t, &s->engine);
    if (s->input_count > 0) {
        rc = session_open(&t.session, s);
        if (rc == 0)
            rc = session_read(&t.session, s->inputs, s->input_count, &s->reader, take_sample, &t);
        if (rc == 0)
            rc = try_settings(&t);
    }
    choose(&t);
    if (rc == 0)
        rc = report(&t);
    if (rc == 0)
        rc = session_exit_code(&t.session);
    for (size_t i = 0; i < t.article_count; i++) {
        free((void *)t.articles[i].id);
        free((void *)t.articles[i].text);
        free(t.headlines[i]);
    }
    free(t.headlines);
    free(t.accepted);
    free(t.articles);
    session_close(&t.session);
    return rc;
}

const subcommand tune_command = {
    .name = "tune",
    .bit = FOR_TUNE,
    .operands = "[INPUT...]",
    .about = "choose hashes and bands for a threshold, on your own articles",
    .text = "Shows how likely a pair is to be found, by its resemblance, and what more or\n"
            "fewer hashes cost. With INPUT, as for scan, it tries them on the first articles:\n"
            "how many of their pairs each number of hashes finds, after how many candidates,\n"
            "and what a pair of each resemblance looks like.",
    .more = "Only pairs by --resemblance depend on this: containment, overlap and sections\n"
            "come from seeds. The last line is for scan: the options with the fewest hashes\n"
            "whose candidates are within a fifth of the least.",
    .example = "twicetold tune --resemblance 0.8 feed.jsonl --svg curve.svg",
    .run = run_tune,
};
