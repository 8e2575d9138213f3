/*
 * Articles into a living index: add, query and watch. A verdict is written when the library says
 * that its article is on the disk, and flushed with the others of its batch.
 */
#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "failure.h"
#include "message.h"
#include "session.h"

enum { GATHER_LIMIT = 4096 }; /* articles of one commit */

/* Articles that wait for a commit, with copies of what the reader lends. */
typedef struct pending_batch {
    tt_record *records; /* `file` is borrowed from the reader's caller */
    tt_article *articles;
    tt_status *statuses;
    size_t count, capacity;
    double since; /* when the first came */
} pending_batch;

typedef struct watch_state {
    session session;
    tt_index *live;
    pending_batch wait;
    uint64_t judged, counts[4];
    int writing; /* articles are added */
    int verdicts;
} watch_state;

static char *copy_bytes(const char *bytes, size_t size)
{
    char *copy = malloc(size + 1);
    if (copy != NULL && size > 0)
        memcpy(copy, bytes, size);
    if (copy != NULL)
        copy[size] = '\0';
    return copy;
}

static void clear_batch(pending_batch *w)
{
    for (size_t i = 0; i < w->count; i++) {
        free((void *)w->articles[i].id);
        free((void *)w->articles[i].text);
        free((void *)w->articles[i].source);
        free((void *)w->articles[i].version);
        free((void *)w->records[i].raw);
    }
    w->count = 0;
}

static int reserve_batch(pending_batch *w)
{
    const size_t capacity = w->capacity * 2 + 64;
    tt_record *records;
    tt_article *articles;
    tt_status *statuses;
    if (w->count < w->capacity)
        return 0;
    if ((records = realloc(w->records, capacity * sizeof *records)) != NULL)
        w->records = records;
    if ((articles = realloc(w->articles, capacity * sizeof *articles)) != NULL)
        w->articles = articles;
    if ((statuses = realloc(w->statuses, capacity * sizeof *statuses)) != NULL)
        w->statuses = statuses;
    if (records == NULL || articles == NULL || statuses == NULL)
        return failure_memory();
    w->capacity = capacity;
    return 0;
}

static int append_record(watch_state *f, const tt_record *record)
{
    pending_batch *w = &f->wait;
    const int rc = reserve_batch(w);
    tt_article *a;
    if (rc != 0)
        return rc;
    if (w->count == 0)
        w->since = seconds_now();
    a = &w->articles[w->count];
    *a = record->article;
    a->id = copy_bytes(a->id, a->id_size);
    a->text = copy_bytes(a->text, a->text_size);
    a->source = copy_bytes(a->source, a->source_size);
    a->version = copy_bytes(a->version, a->version_size);
    w->records[w->count] = *record;
    w->records[w->count].raw =
        f->session.rejects.name == NULL ? NULL : copy_bytes(record->raw, record->raw_size);
    w->records[w->count].article = *a;
    w->count++;
    return a->id == NULL || a->text == NULL || a->source == NULL || a->version == NULL
               ? failure_memory()
               : 0;
}

static int write_verdicts(void *ctx, const tt_verdict *verdicts, size_t count)
{
    watch_state *f = ctx;
    for (size_t i = 0; i < count; i++) {
        f->counts[verdicts[i].kind]++;
        f->judged++;
        if (tt_verdict_write(&verdicts[i], output_write, &f->session.result) != TT_OK)
            return -1;
    }
    return output_flush(&f->session.result);
}

/* Removes what has left the window. */
static int expire(watch_state *f)
{
    const int64_t window = f->session.settings->window, newest = tt_index_newest(f->live);
    tt_error error = {0};
    if (window == 0 || newest == TT_NO_TIME)
        return 0;
    return tt_index_expire(f->live, newest - window, NULL, &error) == TT_OK
               ? 0
               : failure_library(&error, ABOUT_INDEX);
}

static int commit(watch_state *f)
{
    pending_batch *w = &f->wait;
    tt_verdict_fn emit = f->verdicts ? write_verdicts : NULL;
    tt_error error = {0};
    tt_status status;
    int rc = 0;
    if (w->count == 0)
        return 0;
    status = f->writing
                 ? tt_index_add(f->live, w->articles, w->count, w->statuses, emit, f, &error)
                 : tt_index_query(f->live, w->articles, w->count, w->statuses, emit, f, &error);
    if (status != TT_OK)
        return f->session.result.error != 0 ? output_failure(&f->session.result)
                                            : failure_library(&error, ABOUT_INDEX);
    for (size_t i = 0; i < w->count && rc == 0; i++)
        if (w->statuses[i] != TT_OK)
            rc = session_reject(&f->session, &w->records[i], w->statuses[i]);
        else if (!f->verdicts)
            f->judged++;
    clear_batch(w);
    return rc != 0 ? rc : expire(f);
}

/* Whether the commit that the gathered articles wait for is due before more input comes. */
static int is_due(const watch_state *f)
{
    const double left =
        (double)f->session.settings->commit_every * 1e-6 - (seconds_now() - f->wait.since);
    struct pollfd input = {STDIN_FILENO, POLLIN, 0};
    if (f->wait.count == 0)
        return 0;
    if (f->wait.count >= GATHER_LIMIT || left <= 0)
        return 1;
    return poll(&input, 1, (int)(left * 1000) + 1) == 0;
}

static int add_records(watch_state *f, const tt_record *records, size_t count)
{
    int rc = 0;
    for (size_t i = 0; i < count && rc == 0; i++) {
        rc = records[i].status != TT_OK ? session_reject(&f->session, &records[i], TT_OK)
                                        : append_record(f, &records[i]);
        if (rc == 0 && f->wait.count >= GATHER_LIMIT)
            rc = commit(f);
    }
    return rc;
}

static int process_input(watch_state *f, tt_reader *reader)
{
    const int gathers = f->session.settings->commit_every > 0;
    int rc = 0;
    while (rc == 0) {
        const tt_record *records = NULL;
        size_t count = 0;
        uint64_t done = 0, total = 0;
        tt_error error = {0};
        if (!gathers || is_due(f))
            rc = commit(f);
        if (rc != 0)
            break;
        if (tt_reader_next(reader, &records, &count, &error) != TT_OK)
            return failure_library(&error, ABOUT_INPUT);
        if (count == 0)
            return commit(f);
        rc = add_records(f, records, count);
        tt_reader_progress(reader, &done, &total);
        (void)progress_update(&f->session.progress, "read", done, total);
    }
    return rc;
}

static void report(const watch_state *f)
{
    const double seconds = seconds_now() - f->session.began;
    if (f->verdicts)
        message_line("%" PRIu64 " article%s: %" PRIu64 " new, %" PRIu64 " duplicate, %" PRIu64
                     " update, %" PRIu64 " overlaps; %" PRIu64 " rejected in %.2f s",
                     f->judged, f->judged == 1 ? "" : "s", f->counts[TT_VERDICT_NEW],
                     f->counts[TT_VERDICT_DUPLICATE], f->counts[TT_VERDICT_UPDATE],
                     f->counts[TT_VERDICT_OVERLAPS], f->session.rejected, seconds);
    else
        message_line("%" PRIu64 " article%s added, %" PRIu64 " rejected in %.2f s", f->judged,
                     f->judged == 1 ? "" : "s", f->session.rejected, seconds);
}

static int feed_all(watch_state *f, const settings *s, uint32_t flags, const char *const *inputs,
                    size_t count)
{
    settings narrowed = *s;
    tt_reader *reader = NULL;
    tt_error error = {0};
    int rc;
    narrowed.inputs = inputs;
    narrowed.input_count = count;
    narrowed.reader.flags |= TT_READER_PROMPT; /* a lone article is not to wait for others */
    rc = session_open(&f->session, &narrowed);
    f->session.settings = s;
    if (rc == 0 && tt_index_open(&f->live, s->inputs[0], flags, &s->engine, &error) != TT_OK)
        rc = failure_library(&error, ABOUT_INDEX);
    if (rc == 0 && tt_reader_open(&reader, inputs, count, &narrowed.reader, &error) != TT_OK)
        rc = failure_library(&error, ABOUT_INPUT);
    if (rc == 0)
        rc = process_input(f, reader);
    tt_reader_close(reader);
    progress_end(&f->session.progress);
    if (rc == 0)
        rc = session_publish(&f->session);
    if (rc == 0) {
        if (!s->quiet)
            report(f);
        rc = session_exit_code(&f->session);
    }
    tt_index_close(f->live);
    clear_batch(&f->wait);
    free(f->wait.records);
    free(f->wait.articles);
    free(f->wait.statuses);
    session_close(&f->session);
    return rc;
}

static int add(const settings *s)
{
    watch_state f = {.writing = 1};
    if (s->input_count < 2)
        return message_usage(s->command, "give an INDEX and INPUT");
    return feed_all(&f, s, 0, s->inputs + 1, s->input_count - 1);
}

static int query(const settings *s)
{
    watch_state f = {.verdicts = 1};
    if (s->input_count < 2)
        return message_usage(s->command, "give an INDEX and INPUT");
    return feed_all(&f, s, TT_INDEX_READ, s->inputs + 1, s->input_count - 1);
}

static int watch(const settings *s)
{
    static const char *const input[] = {"-"};
    watch_state f = {.writing = 1, .verdicts = 1};
    if (s->input_count != 1)
        return message_usage(s->command, s->input_count == 0
                                             ? "no INDEX given; give the name of its file"
                                             : "give one INDEX; articles come on "
                                               "standard input");
    return feed_all(&f, s, TT_INDEX_CREATE, input, 1);
}

const subcommand add_command = {
    .name = "index add",
    .bit = FOR_ADD,
    .operands = "INDEX INPUT...",
    .about = "add articles; one whose id is there takes its place",
    .text = "Adds articles to an index. INPUT as for scan. One whose id is there takes the\n"
            "place of the other, unless its version is a lower number. There are no verdicts:\n"
            "'twicetold watch' gives them.",
    .example = "twicetold index add feed.db archive/",
    .run = add,
};

const subcommand query_command = {
    .name = "index query",
    .bit = FOR_QUERY,
    .operands = "INDEX INPUT...",
    .about = "tell of articles whether they came before; store nothing",
    .text = "Writes a verdict on each article, a JSON line, to standard output, against what\n"
            "is in the index. INPUT as for scan. Nothing is stored.",
    .example = "twicetold index query feed.db new.jsonl",
    .run = query,
};

const subcommand watch_command = {
    .name = "watch",
    .bit = FOR_WATCH,
    .operands = "INDEX",
    .about = "tell of each article of a feed whether it came before",
    .text = "Reads articles as JSON Lines on standard input, adds them to INDEX, which is\n"
            "made if it is not there, and writes a verdict on each, a JSON line, in their\n"
            "order: new, duplicate, update or overlaps. A verdict is written when its article\n"
            "is on the disk.",
    .example = "twicetold watch feed.db --window 72h <feed.jsonl >verdicts.jsonl",
    .run = watch,
};
