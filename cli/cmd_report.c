/* Reads a result and its texts, and writes the page. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

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
    if (rc == 0 && article == TT_NO_ARTICLE)
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

static int read_inputs(report_state *s)
{
    const settings *options = s->session.settings;
    tt_error error = {0};
    int rc;
    if (tt_result_read(&s->result, options->inputs[0], NULL, &error) != TT_OK)
        return failure_library(&error, ABOUT_RESULT);
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
        .result_name = file_name(s->session.settings->inputs[0]),
        .rejected = s->session.rejected,
        .threads = (size_t)s->session.settings->engine.threads,
    };
    int rc = embedded_texts_trim(&s->texts);
    if (rc == 0)
        rc = page_write(&p, &s->session.result);
    if (rc == 0 && s->session.result.error != 0)
        rc = output_failure(&s->session.result);
    return rc != 0 ? rc : session_publish(&s->session);
}

static void print_report_summary(const report_state *s)
{
    const page_selection *c = &s->selection;
    message_line("%zu articles, %" PRIu64 " of %" PRIu64 " clusters and %" PRIu64 " of %" PRIu64
                 " sections listed, %zu texts (%.1f MiB) in %.1f MiB",
                 s->statistics.row_count, c->cluster_count, s->arrays.cluster_count,
                 c->section_count, s->arrays.section_count, s->texts.whole,
                 (double)s->texts.bytes / (1 << 20), (double)s->session.result.written / (1 << 20));
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
}

static int run_report(const settings *options)
{
    report_state s;
    int rc;
    memset(&s, 0, sizeof s);
    if (options->input_count < 2)
        return message_usage(options->command, "give the result and the INPUT of its scan");
    if (options->output == NULL)
        return message_usage(options->command, "no output given; -o FILE is needed, or -o -");
    rc = session_open(&s.session, options);
    if (rc == 0)
        rc = read_inputs(&s);
    if (rc == 0)
        rc = write_page(&s);
    if (rc == 0 && !options->quiet)
        print_report_summary(&s);
    if (rc == 0)
        rc = session_exit_code(&s.session);
    close_all(&s);
    return rc;
}

const subcommand report_command = {
    .name = "report",
    .bit = FOR_REPORT,
    .operands = "RESULT INPUT... -o FILE",
    .about = "show a result as a page: clusters, passages side by side",
    .text = "Makes one page for a browser of the RESULT of a scan and the INPUT it was made\n"
            "from: what is repeated, clusters with who ran what first, two articles side by\n"
            "side, notices. The page is one file and needs neither network nor server.",
    .more = "Texts are embedded up to --texts, those of the largest clusters and the most\n"
            "repeated sections first; everything else is listed or counted.",
    .example = "twicetold report result.jsonl feed.jsonl -o report.html",
    .run = run_report,
};
