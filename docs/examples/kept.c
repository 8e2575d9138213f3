/* Prints the ids of the articles to keep. Rejected records and dropped articles are reported on
 * standard error. usage: kept INPUT... */
#include <twicetold.h>

#include <stdio.h>
#include <stdlib.h>

static void print_id(const tt_result *result, uint64_t article, FILE *to)
{
    const tt_id id = tt_result_id(result, article);
    fprintf(to, "%.*s", (int)id.size, id.bytes);
}

/* Dropped articles are in order, so all articles between two of them are kept. */
static tt_status print_kept(const tt_result *result, tt_error *error)
{
    const tt_pair *dropped;
    size_t count, next = 0;
    const tt_status status = tt_result_dropped(result, &dropped, &count, error);
    for (uint64_t i = 0; status == TT_OK && i < tt_result_article_count(result); i++) {
        if (next == count || dropped[next].a != i) {
            print_id(result, i, stdout);
            putchar('\n');
            continue;
        }
        print_id(result, i, stderr);
        fputs(": dropped for ", stderr);
        print_id(result, dropped[next].b, stderr);
        fprintf(stderr, " (%s)\n", tt_relation_name((tt_relation)dropped[next++].relation));
    }
    return status;
}

static void report_rejected(const tt_record *r, const char *reason)
{
    fprintf(stderr, "%s:%llu: %s\n", r->file, (unsigned long long)r->line, reason);
}

/* A whole batch is added at once, so that the library can divide it among threads. */
static tt_status add_batch(tt_scan *scan, const tt_record *records, size_t count, tt_error *error)
{
    tt_article *articles = malloc(count * sizeof *articles);
    tt_status *statuses = malloc(count * sizeof *statuses);
    size_t *which = malloc(count * sizeof *which);
    tt_status status = TT_ENOMEM;
    size_t good = 0;
    if (articles != NULL && statuses != NULL && which != NULL) {
        for (size_t i = 0; i < count; i++) {
            if (records[i].status != TT_OK) {
                report_rejected(&records[i], records[i].reason);
            } else {
                articles[good] = records[i].article;
                which[good++] = i;
            }
        }
        status = tt_scan_add(scan, articles, good, statuses, error);
        for (size_t i = 0; status == TT_OK && i < good; i++)
            if (statuses[i] != TT_OK)
                report_rejected(&records[which[i]], tt_status_name(statuses[i]));
    }
    free(articles);
    free(statuses);
    free(which);
    return status;
}

static tt_status read_all(tt_scan *scan, tt_reader *reader, tt_error *error)
{
    const tt_record *records;
    size_t count;
    tt_status status = tt_reader_next(reader, &records, &count, error);
    while (status == TT_OK && count > 0) {
        status = add_batch(scan, records, count, error);
        if (status == TT_OK)
            status = tt_reader_next(reader, &records, &count, error);
    }
    return status;
}

int main(int argc, char **argv)
{
    tt_scan *scan = NULL;
    tt_reader *reader = NULL;
    tt_result *result = NULL;
    tt_error error = {TT_OK, 0, "out of memory"};
    tt_status status =
        tt_reader_open(&reader, (const char *const *)argv + 1, (size_t)argc - 1, NULL, &error);
    if (status == TT_OK)
        status = tt_scan_open(&scan, NULL, &error);
    if (status == TT_OK)
        status = read_all(scan, reader, &error);
    if (status == TT_OK)
        status = tt_scan_finish(scan, &result, &error);
    if (status == TT_OK)
        status = print_kept(result, &error);
    if (status != TT_OK)
        fprintf(stderr, "%s: %s\n", tt_status_name(status), error.message);
    tt_result_close(result);
    tt_scan_close(scan);
    tt_reader_close(reader);
    return status == TT_OK ? 0 : 1;
}
