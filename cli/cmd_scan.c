#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "columns.h"
#include "csv_tables.h"
#include "failure.h"
#include "message.h"
#include "scan_against.h"
#include "scan_overview.h"

static int write_result(session *r)
{
    const tt_write_options options = {
        .struct_size = sizeof options,
        .rejected = r->rejected,
        .read_seconds = r->read_seconds,
        .total_seconds = seconds_now() - r->began,
    };
    tt_error error = {0};
    if (tt_result_write(r->found, output_write, &r->result, &options, &error) != TT_OK)
        return r->result.error != 0 ? output_failure(&r->result)
                                    : failure_library(&error, ABOUT_WORK);
    return 0;
}

/* ", 2 pairs" at the end of `to`. */
static void append_count(char *to, size_t size, uint64_t count, const char *name)
{
    const size_t used = strlen(to);
    (void)snprintf(to + used, size - used, ", %" PRIu64 " %s%s", count, name,
                   count == 1 ? "" : "s");
}

static void print_scan_summary(const session *r)
{
    const uint32_t find = tt_result_options(r->found)->find;
    char found[120] = "", speed[60];
    const tt_summary *summary = tt_result_summary(r->found);
    if ((find & TT_FIND_PAIRS) != 0)
        append_count(found, sizeof found, summary->pairs, "pair");
    if ((find & TT_FIND_PAIRS) != 0 && summary->pairs_omitted > 0)
        (void)snprintf(found + strlen(found), sizeof found - strlen(found),
                       " (%" PRIu64 " more left out)", summary->pairs_omitted);
    if ((find & TT_FIND_CLUSTERS) != 0)
        append_count(found, sizeof found, summary->clusters, "cluster");
    if ((find & TT_FIND_SECTIONS) != 0)
        append_count(found, sizeof found, summary->sections, "section");
    session_describe_speed(r, speed, sizeof speed);
    message_line("%" PRIu64 " article%s, %" PRIu64 " rejected%s %s", summary->articles,
                 summary->articles == 1 ? "" : "s", r->rejected, found, speed);
}

/* A person at a terminal gets an overview; -o - gives the result there too. */
static int wants_overview(const settings *s)
{
    return s->output == NULL && s->csv == NULL && s->parquet == NULL && isatty(STDOUT_FILENO);
}

/* Articles of clusters that are not the one to keep; without clusters, pairs of copies. */
static uint64_t count_copies(const tt_result *result)
{
    size_t count;
    const tt_pair *pairs = tt_result_pairs(result, &count);
    uint64_t copies = tt_result_summary(result)->copies;
    for (size_t i = 0; i < count && copies == 0; i++)
        copies += TT_IS_COPY(pairs[i].relation);
    return copies;
}

static int run_scan(const settings *s)
{
    const int person = s->against == NULL && wants_overview(s);
    overview_texts texts = OVERVIEW_TEXTS_NONE;
    session r;
    int rc;
    if (s->against != NULL && (s->csv != NULL || s->parquet != NULL))
        return message_usage(s->command, "--csv and --parquet do not go with --against");
    if (s->against != NULL)
        return scan_against(s);
    if (s->fail_on_duplicates && (s->engine.find & (TT_FIND_PAIRS | TT_FIND_CLUSTERS)) == 0)
        return message_usage(s->command, "--fail-on-duplicates needs --pairs or --clusters");
    if (s->parquet != NULL && columns_check() != 0)
        return EXIT_FAILED;
    rc = session_open(&r, s);
    if (rc == 0 && person)
        rc = scan_overview_open(&texts, &r);
    if (rc == 0)
        rc = session_scan(&r);
    if (rc == 0 && s->csv != NULL)
        rc = csv_tables_write(r.found, s->csv);
    if (rc == 0 && s->parquet != NULL)
        rc = parquet_tables_write(r.found, s->parquet);
    if (rc == 0 && ((s->csv == NULL && s->parquet == NULL) || s->output != NULL))
        rc = person ? scan_overview_print(&texts, &r) : write_result(&r);
    if (rc == 0)
        rc = session_publish(&r);
    if (rc == 0 && !s->quiet && !person)
        print_scan_summary(&r);
    if (rc == 0)
        r.copies = count_copies(r.found);
    if (rc == 0)
        rc = session_exit_code(&r);
    scan_overview_close(&texts);
    session_close(&r);
    return rc;
}

const subcommand scan_command = {
    .name = "scan",
    .bit = FOR_SCAN,
    .operands = "INPUT...",
    .about = "find near-duplicate articles and repeated sections",
    .text = "Finds near-duplicate articles and repeated sections; the result is JSON Lines.\n"
            "INPUT is JSON, CSV, HTML, a text, or a news format such as NewsML or RSS, also\n"
            "compressed or in archives, a directory of these, or - for standard input.",
    .more = "Rejected records are named on standard error as FILE:LINE: reason.\n"
            "On a terminal and without -o, an overview is printed instead of the result: the\n"
            "counts, the largest clusters and the passages repeated most. -o - prints the\n"
            "result.",
    .example = "twicetold scan feed.jsonl archive/ -o result.jsonl",
    .run = run_scan,
};
