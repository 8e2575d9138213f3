/* Reads a result and its texts, or makes the result, and writes the page. */
#define _GNU_SOURCE
#include <inttypes.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "article_copy.h"
#include "failure.h"
#include "memory.h"
#include "message.h"
#include "records.h"
#include "report/html.h"

enum { SHOWN_TITLE = 140, SHOWN_QUOTE = 160 };

static const uint64_t USUAL_TEXTS = UINT64_C(128) << 20;

typedef struct report_state {
    session session;
    tt_result *result;
    result_arrays arrays; /* of the result */
    page_selection selection;
    report_statistics statistics;
    embedded_texts texts;
    page_label *labels; /* by article of the result */
    char **quotes;      /* by section of the result */
    unique_article *unique;
    size_t unique_count, unique_capacity;
    int has_result; /* the first input is a result */
    settings given, narrowed, scanned;
    char *page_name;
} report_state;

static int make_label(page_label *label, const tt_record *record)
{
    label->title = article_headline(record, SHOWN_TITLE);
    label->published = record->article.published;
    return label->title == NULL ? failure_memory() : 0;
}

/* Quotes the sections that begin in an article. *longest: where its longest passage begins. */
static int quote_sections(report_state *s, const tt_article *a, uint64_t article, uint64_t *longest)
{
    const report_statistics *d = &s->statistics;
    uint64_t most = 0;
    *longest = 0;
    for (size_t i = d->occurrence_begin[article]; i < d->occurrence_begin[article + 1]; i++) {
        const article_occurrence *x = &d->occurrences[i];
        const uint64_t size = x->at->end - x->at->begin;
        if (size > most)
            *longest = x->at->begin;
        most = size > most ? size : most;
        if (!x->first || s->quotes[x->section] != NULL)
            continue;
        s->quotes[x->section] = article_quote(a->text + x->at->begin, size, SHOWN_QUOTE);
        if (s->quotes[x->section] == NULL)
            return failure_memory();
    }
    return 0;
}

/* The page lists articles that share nothing too, as long as there are not too many of them. */
static int add_unique(report_state *s, const tt_record *record)
{
    const tt_article *a = &record->article;
    unique_article x = {.id_size = a->id_size,
                        .flags = a->flags & TT_ARTICLE_INTEGER_ID,
                        .row = s->statistics.row_count - 1};
    if (s->unique_count + s->selection.article_count >= MOST_LISTED_ARTICLES)
        return 0;
    if (memory_grow(&s->unique, s->unique_count, &s->unique_capacity, sizeof *s->unique) != 0)
        return EXIT_FAILED;
    x.id = memory_copy(a->id, a->id_size);
    if (x.id == NULL || make_label(&x.label, record) != 0) {
        free(x.id);
        return failure_memory();
    }
    s->unique[s->unique_count++] = x;
    return 0;
}

static int add_article(void *ctx, const tt_record *record, uint64_t article)
{
    report_state *s = ctx;
    const tt_article *a = &record->article;
    uint64_t longest;
    int rc = statistics_add_article(&s->statistics, record, article);
    if (rc == 0 && (article == TT_NO_ARTICLE || !s->selection.named[article]))
        return add_unique(s, record);
    if (rc != 0 || s->selection.number[article] == UINT64_MAX)
        return rc;
    rc = make_label(&s->labels[article], record);
    if (rc == 0)
        rc = quote_sections(s, a, article, &longest);
    if (rc == 0 && s->selection.rank[article] != UINT32_MAX && s->texts.bound > 0)
        rc = embedded_texts_add(&s->texts, article, s->selection.rank[article], a->text,
                                a->text_size, longest);
    return rc;
}

/* Scans the inputs where no result was given. Then they are read again for their texts. Series are
 * looked for: stages of a story with facts too different for copies lead from cluster to cluster.
 */
static int make_result(report_state *s)
{
    int rc;
    if (s->has_result)
        return 0;
    tt_result_close(s->result); /* of an empty file */
    s->result = NULL;
    s->scanned = *s->session.settings;
    s->scanned.engine.find |= TT_FIND_SERIES;
    s->session.settings = &s->scanned;
    rc = session_scan(&s->session);
    s->result = s->session.found;
    s->session.found = NULL;
    s->session.repeated = 1;
    s->session.settings = &s->narrowed; /* as if the result came before the inputs */
    return rc;
}

static int read_inputs(report_state *s)
{
    const settings *options = s->session.settings;
    int rc = make_result(s);
    if (rc != 0)
        return rc;
    s->arrays = result_arrays_of(s->result);
    rc = page_selection_make(&s->selection, &s->arrays);
    if (rc == 0)
        rc = statistics_init(&s->statistics, &s->arrays);
    if (rc != 0)
        return rc;
    s->labels = calloc((size_t)s->arrays.article_count + 1, sizeof *s->labels);
    s->quotes = calloc((size_t)s->arrays.section_count + 1, sizeof *s->quotes);
    if (s->labels == NULL || s->quotes == NULL)
        return failure_memory();
    s->texts.bound = options->texts == UINT64_MAX ? USUAL_TEXTS : options->texts;
    return records_read_articles(&s->session, s->result, add_article, s);
}

/* The page may be sent to others, whom the folder of the result does not concern. */
static const char *file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL || slash[1] == '\0' ? path : slash + 1;
}

static int write_page(report_state *s)
{
    const page p = {
        .result = &s->arrays,
        .selection = &s->selection,
        .statistics = &s->statistics,
        .texts = &s->texts,
        .labels = s->labels,
        .quotes = s->quotes,
        .unique = s->unique,
        .unique_count = s->unique_count,
        .result_name = s->has_result ? file_name(s->session.settings->inputs[0]) : NULL,
        .rejected = s->session.rejected,
        .threads = (size_t)s->session.settings->engine.threads,
    };
    int rc = embedded_texts_trim(&s->texts);
    if (rc == 0)
        rc = page_selection_number(&s->selection, s->statistics.row_of);
    if (rc == 0)
        rc = page_write(&p, &s->session.result);
    if (rc == 0 && s->session.result.error != 0)
        rc = output_failure(&s->session.result);
    return rc != 0 ? rc : session_publish(&s->session);
}

static void print_report_summary(const report_state *s)
{
    const page_selection *c = &s->selection;
    message_line("%zu article%s, %" PRIu64 " of %zu cluster%s and %" PRIu64
                 " of %zu section%s listed, %zu text%s (%.1f MB) in %.1f MB",
                 s->statistics.row_count, s->statistics.row_count == 1 ? "" : "s", c->cluster_count,
                 s->arrays.cluster_count, s->arrays.cluster_count == 1 ? "" : "s", c->section_count,
                 s->arrays.section_count, s->arrays.section_count == 1 ? "" : "s", s->texts.whole,
                 s->texts.whole == 1 ? "" : "s", (double)s->texts.bytes / 1e6,
                 (double)s->session.result.written / 1e6);
    if (s->page_name != NULL)
        message_line("the page: %s", s->page_name);
}

static void close_all(report_state *s)
{
    if (s->labels != NULL)
        for (uint64_t a = 0; a < s->arrays.article_count; a++)
            free(s->labels[a].title);
    free(s->labels);
    for (size_t i = 0; s->quotes != NULL && i < s->arrays.section_count; i++)
        free(s->quotes[i]);
    free(s->quotes);
    for (size_t i = 0; i < s->unique_count; i++) {
        free(s->unique[i].id);
        free(s->unique[i].label.title);
    }
    free(s->unique);
    embedded_texts_free(&s->texts);
    statistics_free(&s->statistics);
    page_selection_free(&s->selection);
    tt_result_close(s->result);
    session_close(&s->session);
    free(s->page_name);
    free((void *)s->narrowed.inputs);
}

/* ==== The command ============================================================================= */

/* Reads how a file begins; "" if it cannot be read, which is told later. */
static void read_beginning(const char *path, char *to, size_t size)
{
    FILE *file = fopen(path, "rb");
    const size_t got = file == NULL ? 0 : fread(to, 1, size - 1, file);
    to[got] = '\0';
    if (file != NULL)
        (void)fclose(file);
}

static int begins_as_result(const char *path)
{
    static const char *const types[] = {"pair", "cluster", "section", "summary"};
    char beginning[40], wanted[40];
    read_beginning(path, beginning, sizeof beginning);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        (void)snprintf(wanted, sizeof wanted, "{\"type\":\"%s\"", types[i]);
        if (strncmp(beginning, wanted, strlen(wanted)) == 0)
            return 1;
    }
    return 0;
}

/* Of several files the first is a result, unless its first line says otherwise. */
static int take_result(report_state *s, const settings *options)
{
    tt_error error = {0};
    size_t size;
    if (options->input_count == 1 || strcmp(options->inputs[0], "-") == 0)
        return 0;
    s->has_result = 1;
    if (tt_result_read(&s->result, options->inputs[0], NULL, &error) == TT_OK) {
        if (tt_result_article_count(s->result) > 0)
            return records_refuse_cut(s->result, options->inputs[0]);
        s->has_result = tt_result_summary_line(s->result, &size) != NULL;
        return 0;
    }
    s->has_result = error.status != TT_EFORMAT || error.where > 1;
    return s->has_result ? failure_library(&error, ABOUT_RESULT) : 0;
}

/* "feed.html" for archive/feed.jsonl.gz. A file of that name is replaced only if it is a page. */
static int name_page(report_state *s)
{
    const char *name = file_name(s->given.inputs[0]);
    const size_t stem = strcspn(name, ".");
    char beginning[1000];
    const size_t size = strlen(name) + sizeof "report.html";
    s->page_name = malloc(size);
    if (s->page_name == NULL)
        return failure_memory();
    if (stem == 0 || strcmp(name, "-") == 0 || name[stem == 0 ? 0 : stem - 1] == '/')
        (void)snprintf(s->page_name, size, "report.html");
    else
        (void)snprintf(s->page_name, size, "%.*s.html", (int)stem, name);
    read_beginning(s->page_name, beginning, sizeof beginning);
    if (beginning[0] != '\0' && strstr(beginning, "content=\"twicetold\"") == NULL)
        return message_failure("name the page with -o FILE",
                               "%s exists and is not a page of twicetold", s->page_name);
    s->given.output = s->page_name;
    return 0;
}

/* Opens the page in the browser that the desktop prefers. */
static int open_browser(const char *path)
{
    char *const words[] = {(char *)"xdg-open", (char *)path, NULL};
    pid_t child;
    if (strcmp(path, "-") == 0)
        return message_failure("give -o FILE", "--open needs a file");
    if (posix_spawnp(&child, words[0], NULL, NULL, words, environ) != 0)
        return message_failure("open the page by hand", "xdg-open was not found; %s is written",
                               path);
    return 0;
}

static int prepare_settings(report_state *s, const settings *options)
{
    const char **shifted = calloc(options->input_count + 1, sizeof *shifted);
    s->given = s->narrowed = *options;
    s->narrowed.inputs = shifted;
    s->narrowed.input_count = options->input_count + 1;
    if (shifted == NULL)
        return failure_memory();
    if (take_result(s, options) != 0)
        return EXIT_FAILED;
    shifted[0] = options->inputs[0];
    for (size_t i = 0; i < options->input_count; i++) {
        shifted[i + 1] = options->inputs[i];
        if (!s->has_result && strcmp(options->inputs[i], "-") == 0)
            return message_usage(options->command, "standard input cannot be read twice; give the "
                                                   "result of its scan and a file, or a file");
    }
    return options->output == NULL ? name_page(s) : 0;
}

static int run_report(const settings *options)
{
    report_state s;
    int rc;
    memset(&s, 0, sizeof s);
    session_init(&s.session, options);
    if (options->input_count == 0)
        return message_usage(options->command, "give the INPUT, or a RESULT and its INPUT");
    if (options->input_count == 1 && begins_as_result(options->inputs[0]))
        return message_usage(options->command, "%s is a result; give the INPUT of its scan too",
                             options->inputs[0]);
    rc = prepare_settings(&s, options);
    if (rc == 0)
        rc = session_open(&s.session, &s.given);
    if (rc == 0)
        rc = read_inputs(&s);
    if (rc == 0)
        rc = write_page(&s);
    if (rc == 0 && !options->quiet)
        print_report_summary(&s);
    if (rc == 0 && options->open)
        rc = open_browser(s.given.output);
    if (rc == 0)
        rc = session_exit_code(&s.session);
    close_all(&s);
    return rc;
}

const subcommand report_command = {
    .name = "report",
    .bit = FOR_REPORT,
    .operands = "[RESULT] INPUT...",
    .about = "show a result as a page: clusters, passages side by side",
    .text = "Makes one page for a browser of INPUT, or of the RESULT of a scan and its INPUT:\n"
            "what is repeated, the versions of each story, two articles side by side with\n"
            "the facts that differ, notices. The page is one file and needs neither network\n"
            "nor server. Without a RESULT, INPUT is scanned first.",
    .more = "The first file is a RESULT if it begins like one and others follow. Without -o\n"
            "the page of feed.jsonl is feed.html in the current directory; a file of that\n"
            "name is replaced only if it is a page of twicetold.",
    .example = "twicetold report feed.jsonl --open",
    .run = run_report,
};
