#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "eval_errors.h"
#include "failure.h"
#include "format.h"
#include "message.h"
#include "output.h"
#include "settings.h"

/* "0.9876", or a dash where the gold has no answer. */
static const char *format_score(char *to, size_t size, double value)
{
    if (isnan(value))
        return "-";
    (void)snprintf(to, size, "%.4f", value);
    return to;
}

static void print_row(const char *name, const uint64_t counts[3], double precision, double recall,
                      double f1)
{
    char p[32], r[32], f[32];
    (void)printf("%-14s %12" PRIu64 " %12" PRIu64 " %12" PRIu64 " %9s %9s %9s\n", name, counts[0],
                 counts[1], counts[2], format_score(p, sizeof p, precision),
                 format_score(r, sizeof r, recall), format_score(f, sizeof f, f1));
}

static double f1_of(double precision, double recall)
{
    return precision + recall > 0 ? 2 * precision * recall / (precision + recall) : NAN;
}

static void print_table(const tt_scores *s)
{
    const uint64_t pairs[3] = {s->gold_pairs, s->found_pairs, s->right_pairs};
    const uint64_t bytes[3] = {s->gold_section_bytes, s->found_section_bytes,
                               s->right_section_bytes};
    char ari[32], granularity[32];
    (void)printf("%-14s %12s %12s %12s %9s %9s %9s\n", "", "gold", "found", "right", "precision",
                 "recall", "F1");
    print_row("pairs", pairs, s->pair_precision, s->pair_recall, s->pair_f1);
    print_row("section bytes", bytes, s->section_precision, s->section_recall,
              f1_of(s->section_precision, s->section_recall));
    (void)printf("\ncluster ARI          %s\n", format_score(ari, sizeof ari, s->cluster_ari));
    (void)printf("section granularity  %s\n",
                 format_score(granularity, sizeof granularity, s->section_granularity));
}

static void print_number(const char *before, double value)
{
    char text[FORMAT_NUMBER_SIZE];
    (void)printf("%s%s", before, format_number(text, value));
}

static void print_json(const tt_scores *s)
{
    (void)printf("{\"pairs\":{\"gold\":%" PRIu64 ",\"found\":%" PRIu64 ",\"right\":%" PRIu64,
                 s->gold_pairs, s->found_pairs, s->right_pairs);
    print_number(",\"precision\":", s->pair_precision);
    print_number(",\"recall\":", s->pair_recall);
    print_number(",\"f1\":", s->pair_f1);
    print_number("},\"clusters\":{\"ari\":", s->cluster_ari);
    (void)printf("},\"sections\":{\"gold_bytes\":%" PRIu64 ",\"found_bytes\":%" PRIu64
                 ",\"right_bytes\":%" PRIu64,
                 s->gold_section_bytes, s->found_section_bytes, s->right_section_bytes);
    print_number(",\"precision\":", s->section_precision);
    print_number(",\"recall\":", s->section_recall);
    print_number(",\"granularity\":", s->section_granularity);
    (void)printf("}}\n");
}

static int eval_results(const settings *s, const tt_result *result, const tt_result *gold)
{
    tt_scores scores;
    tt_error error = {0};
    int rc;
    if (tt_eval(result, gold, &scores, &error) != TT_OK)
        return failure_library(&error, ABOUT_RESULT);
    if (s->json)
        print_json(&scores);
    else
        print_table(&scores);
    rc = output_flush_standard();
    if (rc != 0 || (s->svg == NULL && s->misses == 0 && s->input_count == 2))
        return rc;
    return eval_print_errors(s, result, gold);
}

static int run_eval(const settings *s)
{
    tt_result *result = NULL, *gold = NULL;
    tt_error error = {0};
    int rc;
    if (s->input_count < 2)
        return message_usage(s->command, "give two files: the result and the gold");
    if (tt_result_read(&result, s->inputs[0], NULL, &error) != TT_OK ||
        tt_result_read(&gold, s->inputs[1], NULL, &error) != TT_OK)
        rc = failure_library(&error, ABOUT_RESULT);
    else
        rc = eval_results(s, result, gold);
    tt_result_close(result);
    tt_result_close(gold);
    return rc;
}

const subcommand eval_command = {
    .name = "eval",
    .bit = FOR_EVAL,
    .operands = "RESULT GOLD [INPUT...]",
    .about = "score a result against known pairs, clusters and sections",
    .text = "Scores the RESULT of a scan against GOLD, which holds pair, cluster and section\n"
            "lines of the same form. Both may be gzip or zstd.\n\n"
            "pairs      precision, recall and F1; a gold cluster stands for all of its pairs\n"
            "clusters   adjusted Rand index over the articles that either side names\n"
            "sections   precision and recall of the text in sections, in bytes; granularity:\n"
            "           found occurrences for each gold one that is found (1 is best)",
    .more = "With INPUT, that of the scan, the worst misses are shown with their texts. The\n"
            "curves of --svg are precision and recall of the pairs with a resemblance, a\n"
            "containment or an overlap of so much or more; a dot is all of them.",
    .example = "twicetold eval result.jsonl gold.jsonl feed.jsonl --svg curve.svg",
    .run = run_eval,
};
