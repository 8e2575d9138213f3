/* A directory that fills up -> verdicts. Every file that is moved into DIRECTORY (any format that
 * the library reads) is added to INDEX, a line is printed for each article, and the file goes to
 * DIRECTORY/done, with the time before its name. What is there at the start comes first: a file
 * that was half read before a crash is read again, which changes nothing, so any signal may end it.
 * Write files elsewhere on the same disk and rename them in.             usage: ingest INDEX
 * DIRECTORY */
#define _DEFAULT_SOURCE
#include <twicetold.h>

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static int print(void *ctx, const char *bytes, size_t size)
{
    return fwrite(bytes, 1, size, ctx) == size ? 0 : -1;
}

static int print_verdicts(void *ctx, const tt_verdict *verdicts, size_t count)
{
    for (size_t i = 0; i < count; i++) /* their articles are on the disk */
        if (tt_verdict_write(&verdicts[i], print, ctx) != TT_OK)
            return -1;
    return fflush(ctx);
}

static tt_status add(tt_index *live, const tt_record *records, size_t count, tt_error *error)
{
    tt_article *articles = malloc(count * sizeof *articles);
    tt_status status = articles == NULL ? TT_ENOMEM : TT_OK;
    size_t good = 0;
    for (size_t i = 0; status == TT_OK && i < count; i++)
        if (records[i].status == TT_OK)
            articles[good++] = records[i].article;
        else
            fprintf(stderr, "%s:%llu: %s\n", records[i].file, (unsigned long long)records[i].line,
                    records[i].reason);
    if (status == TT_OK)
        status = tt_index_add(live, articles, good, NULL, print_verdicts, stdout, error);
    free(articles);
    return status;
}

static int ingest(tt_index *live, const char *file, tt_error *error)
{
    tt_reader *reader = NULL;
    const tt_record *records = NULL;
    size_t count = 1;
    tt_status status = tt_reader_open(&reader, &file, 1, NULL, error);
    while (status == TT_OK && count > 0)
        if ((status = tt_reader_next(reader, &records, &count, error)) == TT_OK && count > 0)
            status = add(live, records, count, error);
    tt_reader_close(reader);
    return status;
}

/* Takes all files that are there, by name, until one fails. */
static int sweep(tt_index *live, tt_error *error)
{
    struct dirent **list = NULL;
    const int count = scandir(".", &list, NULL, alphasort);
    int failed = count < 0;
    for (int i = 0; i < count; free(list[i++])) {
        char done[320];
        if (failed || list[i]->d_name[0] == '.' || list[i]->d_type == DT_DIR)
            continue;
        snprintf(done, sizeof done, "done/%lld-%s", (long long)time(NULL), list[i]->d_name);
        failed = ingest(live, list[i]->d_name, error) != TT_OK || rename(list[i]->d_name, done);
    }
    free(list);
    return failed;
}

int main(int argc, char **argv)
{
    const int bell = inotify_init1(IN_CLOEXEC);
    tt_error error = {TT_OK, 0, ""};
    tt_index *live = NULL;
    char events[4096];
    int failed;
    if (argc != 3)
        return fprintf(stderr, "usage: ingest INDEX DIRECTORY\n"), 2;
    failed = tt_index_open(&live, argv[1], TT_INDEX_CREATE, NULL, &error) != TT_OK ||
             chdir(argv[2]) != 0 || (mkdir("done", 0777) != 0 && errno != EEXIST) ||
             inotify_add_watch(bell, ".", IN_MOVED_TO) < 0;
    while (!failed && !(failed = sweep(live, &error)))
        failed = read(bell, events, sizeof events) < 0; /* until something is moved in */
    fprintf(stderr, "ingest: %s\n", error.message[0] ? error.message : strerror(errno));
    tt_index_close(live);
    return failed;
}
