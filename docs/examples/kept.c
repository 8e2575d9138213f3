/* Files, directories or "-" -> the ids of the articles to keep; what was rejected or dropped, and
 * for which other article, goes to standard error. usage: kept INPUT... */
#include <twicetold.h>

#include <stdio.h>
#include <stdlib.h>

typedef struct list {
    const tt_result *index;
    unsigned char *dropped; /* a byte for each article */
} list;

static void name(const tt_result *index, uint64_t ordinal, FILE *to)
{
    tt_article a;
    if (tt_result_article(index, ordinal, &a, NULL) == TT_OK)
        fprintf(to, "%.*s", (int)a.id_size, a.id);
}

static int note_dropped(void *ctx, const tt_pair *dropped, size_t count)
{
    list *l = ctx;
    for (size_t i = 0; i < count; i++) {
        l->dropped[dropped[i].a] = 1;
        name(l->index, dropped[i].a, stderr);
        fprintf(stderr, ": %s, stands in ", tt_relation_name((tt_relation)dropped[i].relation));
        name(l->index, dropped[i].b, stderr);
        fputc('\n', stderr);
    }
    return 0;
}

static tt_status print_kept(const tt_result *index, tt_error *error)
{
    tt_summary summary;
    list l = {index, NULL};
    tt_status status;
    tt_result_summary(index, &summary);
    l.dropped = calloc(summary.articles + 1, 1);
    if (l.dropped == NULL)
        return TT_ENOMEM;
    status = tt_result_dropped(index, note_dropped, &l, error);
    for (uint64_t i = 0; status == TT_OK && i < summary.articles; i++)
        if (!l.dropped[i]) {
            name(index, i, stdout);
            putchar('\n');
        }
    free(l.dropped);
    return status;
}

static void report(const tt_record *r, const char *reason)
{
    fprintf(stderr, "%s:%llu: %s\n", r->file, (unsigned long long)r->line, reason);
}

/* Adds a batch at once, so that the library can share it out among threads. */
static tt_status add(tt_scan *builder, const tt_record *records, size_t count, tt_error *error)
{
    tt_article *articles = malloc(count * sizeof *articles);
    tt_status *verdicts = malloc(count * sizeof *verdicts);
    size_t *which = malloc(count * sizeof *which);
    tt_status status = TT_ENOMEM;
    size_t good = 0;
    if (articles != NULL && verdicts != NULL && which != NULL) {
        for (size_t i = 0; i < count; i++) {
            if (records[i].status != TT_OK) {
                report(&records[i], records[i].reason);
            } else {
                articles[good] = records[i].article;
                which[good++] = i;
            }
        }
        status = tt_scan_add(builder, articles, good, verdicts, error);
        for (size_t i = 0; status == TT_OK && i < good; i++)
            if (verdicts[i] != TT_OK)
                report(&records[which[i]], tt_status_name(verdicts[i]));
    }
    free(articles);
    free(verdicts);
    free(which);
    return status;
}

static tt_status read_all(tt_scan *builder, tt_reader *reader, tt_error *error)
{
    const tt_record *records;
    size_t count;
    tt_status status = tt_reader_next(reader, &records, &count, error);
    while (status == TT_OK && count > 0) {
        status = add(builder, records, count, error);
        if (status == TT_OK)
            status = tt_reader_next(reader, &records, &count, error);
    }
    return status;
}

int main(int argc, char **argv)
{
    tt_scan *builder = NULL;
    tt_reader *reader = NULL;
    tt_result *index = NULL;
    tt_error error = {TT_OK, 0, "out of memory"};
    tt_status status =
        tt_reader_open(&reader, (const char *const *)argv + 1, (size_t)argc - 1, NULL, &error);
    if (status == TT_OK)
        status = tt_scan_open(&builder, NULL, &error);
    if (status == TT_OK)
        status = read_all(builder, reader, &error);
    if (status == TT_OK)
        status = tt_scan_finish(builder, &index, &error);
    if (status == TT_OK)
        status = print_kept(index, &error);
    if (status != TT_OK)
        fprintf(stderr, "%s: %s\n", tt_status_name(status), error.message);
    tt_result_close(index);
    tt_scan_close(builder);
    tt_reader_close(reader);
    return status == TT_OK ? 0 : 1;
}
