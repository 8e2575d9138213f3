#define _XOPEN_SOURCE 700
#include "csv_tables.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "columns.h"
#include "failure.h"
#include "format.h"
#include "output.h"
#include "result_arrays.h"

enum { TABLES = 4 };

/* ==== Cells =================================================================================== */

/* What a spreadsheet would take for a formula is left as it is: a table is data, not a sheet. */
static void write_text(output *out, const char *text, size_t size)
{
    int quoted = 0;
    for (size_t i = 0; i < size; i++)
        quoted = quoted || strchr("\",\r\n", text[i]) != NULL;
    if (!quoted) {
        (void)output_write(out, text, size);
        return;
    }
    output_literal(out, "\"");
    for (size_t i = 0; i < size; i++)
        (void)output_write(out, text[i] == '"' ? "\"\"" : text + i, text[i] == '"' ? 2 : 1);
    output_literal(out, "\"");
}

static void write_id(output *out, const char *before, const tt_result *result, uint64_t article)
{
    const tt_id id = tt_result_id(result, article);
    output_literal(out, before);
    write_text(out, id.bytes, id.size);
}

/* A number that is not known is an empty cell. */
static void write_share(output *out, double value)
{
    char text[FORMAT_NUMBER_SIZE];
    output_literal(out, ",");
    output_literal(out, value == value ? format_number(text, value) : "");
}

/* ==== Tables ================================================================================== */

static void write_pair_rows(output *out, const tt_result *result, const tt_pair *pairs,
                            size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const tt_pair *p = &pairs[i];
        write_id(out, "", result, p->a);
        write_id(out, ",", result, p->b);
        output_printf(out, ",%s", tt_relation_name((tt_relation)p->relation));
        write_share(out, p->resemblance);
        write_share(out, p->containment_a);
        write_share(out, p->containment_b);
        write_share(out, p->overlap_a);
        write_share(out, p->overlap_b);
        write_share(out, p->facts);
        output_printf(out, ",%" PRIu32 "\r\n", p->conflicts);
    }
}

static int write_pairs(output *out, const tt_result *result)
{
    const result_arrays r = result_arrays_of(result);
    output_literal(out, "a,b,relation,resemblance,containment_a,containment_b,overlap_a,overlap_b,"
                        "facts,conflicts\r\n");
    write_pair_rows(out, result, r.pairs, r.pair_count);
    return 0;
}

static int write_clusters(output *out, const tt_result *result)
{
    const result_arrays r = result_arrays_of(result);
    output_literal(out, "cluster,article,kept\r\n");
    for (size_t c = 0; c < r.cluster_count; c++)
        for (size_t m = 0; m < r.clusters[c].count; m++) {
            output_printf(out, "%" PRIu64, r.clusters[c].number);
            write_id(out, ",", result, r.clusters[c].members[m]);
            output_printf(out, ",%d\r\n", r.clusters[c].members[m] == r.clusters[c].keep);
        }
    return 0;
}

static int write_sections(output *out, const tt_result *result)
{
    const result_arrays r = result_arrays_of(result);
    output_literal(out, "section,tokens,kind,article,begin,end,of_begin,of_end,similarity\r\n");
    for (size_t s = 0; s < r.section_count; s++)
        for (size_t k = 0; k < r.sections[s].count; k++) {
            const tt_occurrence *o = &r.sections[s].occurrences[k];
            output_printf(out, "%" PRIu64 ",%" PRIu64 ",%s", r.sections[s].number,
                          r.sections[s].tokens,
                          r.sections[s].kind == TT_SECTION_NOTICE ? "notice" : "story");
            write_id(out, ",", result, o->article);
            output_printf(out, ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64, o->begin, o->end,
                          o->of_begin, o->of_end);
            write_share(out, o->similarity);
            output_literal(out, "\r\n");
        }
    return 0;
}

/* What dedup would remove; empty where the options of the scan do not tell. */
static int write_removed(output *out, const tt_result *result)
{
    const tt_pair *dropped;
    size_t count;
    tt_error error = {0};
    const tt_status status = tt_result_dropped(result, &dropped, &count, &error);
    output_literal(out, "id,kept,relation,resemblance,containment,containment_of,overlap,"
                        "overlap_of,facts,conflicts\r\n");
    if (status == TT_OK)
        write_pair_rows(out, result, dropped, count);
    return status == TT_OK || status == TT_EINVAL ? 0 : failure_library(&error, ABOUT_WORK);
}

/* ==== The whole =============================================================================== */

static const struct {
    const char *name;
    int (*write)(output *out, const tt_result *result);
} tables[TABLES] = {{"pairs.csv", write_pairs},
                    {"clusters.csv", write_clusters},
                    {"sections.csv", write_sections},
                    {"removed.csv", write_removed}};

int csv_tables_write(const tt_result *result, const char *directory)
{
    output outputs[TABLES] = {OUTPUT_NONE, OUTPUT_NONE, OUTPUT_NONE, OUTPUT_NONE};
    char *paths[TABLES] = {NULL};
    int rc = mkdir(directory, 0777) == 0 || errno == EEXIST ? 0 : failure_write(directory, errno);
    for (size_t i = 0; i < TABLES && rc == 0; i++) {
        const size_t size = strlen(directory) + 20;
        paths[i] = malloc(size);
        if (paths[i] == NULL) {
            rc = failure_memory();
            break;
        }
        (void)snprintf(paths[i], size, "%s/%s", directory, tables[i].name);
        rc = output_open(&outputs[i], paths[i]);
        if (rc == 0)
            rc = tables[i].write(&outputs[i], result);
        if (rc == 0)
            rc = outputs[i].error != 0 ? output_failure(&outputs[i]) : output_finish(&outputs[i]);
    }
    for (size_t i = 0; i < TABLES && rc == 0; i++)
        rc = output_publish(&outputs[i]);
    for (size_t i = 0; i < TABLES; i++) {
        output_discard(&outputs[i]);
        free(paths[i]);
    }
    return rc;
}

int parquet_tables_write(const tt_result *result, const char *directory)
{
    const size_t size = strlen(directory) + 40;
    char *beside = malloc(size), *path = malloc(size);
    int rc = beside == NULL || path == NULL ? failure_memory() : 0;
    if (rc == 0 && mkdir(directory, 0777) != 0 && errno != EEXIST)
        rc = failure_write(directory, errno);
    if (rc == 0) {
        (void)snprintf(beside, size, "%s/.tables-XXXXXX", directory);
        if (mkdtemp(beside) == NULL)
            rc = failure_write(directory, errno);
    }
    if (rc == 0) {
        rc = csv_tables_write(result, beside);
        if (rc == 0)
            rc = columns_write_tables(beside, directory);
        for (size_t i = 0; i < TABLES; i++) {
            (void)snprintf(path, size, "%s/%s", beside, tables[i].name);
            (void)unlink(path);
        }
        (void)rmdir(beside);
    }
    free(path);
    free(beside);
    return rc;
}
