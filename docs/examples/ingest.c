/* Adds files to an index as they arrive, and prints a verdict on each article. A file that is moved
 * into DIRECTORY is added to INDEX and then moved to DIRECTORY/done, with the time before its name.
 * Files that are already there are taken first. The program may be ended by any signal: a file that
 * was being read is read again, which changes nothing. Write files elsewhere on the same disk, and
 * rename them into DIRECTORY. usage: ingest INDEX DIRECTORY */
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
    for (size_t i = 0; i < count; i++) /* all of the articles are on disk */
        if (tt_verdict_write(&verdicts[i], print, ctx) != TT_OK)
            return -1;
    return fflush(ctx);
}

static tt_status add_batch(tt_index *index, const tt_record *records, size_t count, tt_error *error)
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
        status = tt_index_add(index, articles, good, NULL, print_verdicts, stdout, error);
    free(articles);
    return status;
}

static int ingest_file(tt_index *index, const char *file, tt_error *error)
{
    tt_reader *reader = NULL;
    const tt_record *records = NULL;
    size_t count = 1;
    tt_status status = tt_reader_open(&reader, &file, 1, NULL, error);
    while (status == TT_OK && count > 0)
        if ((status = tt_reader_next(reader, &records, &count, error)) == TT_OK && count > 0)
            status = add_batch(index, records, count, error);
    tt_reader_close(reader);
    return status;
}

/* Ingests all files in order of name, until one fails. */
static int ingest_directory(tt_index *index, tt_error *error)
{
    struct dirent **list = NULL;
    const int count = scandir(".", &list, NULL, alphasort);
    int failed = count < 0;
    for (int i = 0; i < count; free(list[i++])) {
        char done[320];
        if (failed || list[i]->d_name[0] == '.' || list[i]->d_type == DT_DIR)
            continue;
        snprintf(done, sizeof done, "done/%lld-%s", (long long)time(NULL), list[i]->d_name);
        failed =
            ingest_file(index, list[i]->d_name, error) != TT_OK || rename(list[i]->d_name, done);
    }
    free(list);
    return failed;
}

int main(int argc, char **argv)
{
    const int watcher = inotify_init1(IN_CLOEXEC);
    tt_error error = {TT_OK, 0, ""};
    tt_index *index = NULL;
    char events[4096];
    int failed;
    if (argc != 3)
        return fprintf(stderr, "usage: ingest INDEX DIRECTORY\n"), 2;
    failed = tt_index_open(&index, argv[1], TT_INDEX_CREATE, NULL, &error) != TT_OK ||
             chdir(argv[2]) != 0 || (mkdir("done", 0777) != 0 && errno != EEXIST) ||
             inotify_add_watch(watcher, ".", IN_MOVED_TO) < 0;
    while (!failed && !(failed = ingest_directory(index, &error)))
        failed = read(watcher, events, sizeof events) < 0; /* wait for the next file */
    fprintf(stderr, "ingest: %s\n", error.message[0] ? error.message : strerror(errno));
    tt_index_close(index);
    return failed;
}
