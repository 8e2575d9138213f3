/*
 * The commands that put articles to an index: watch, index add and index query. A verdict is
 * written once the library says that its article is on the disk, and is flushed with the others of
 * its batch.
 */
#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "failure.h"
#include "memory.h"
#include "message.h"
#include "session.h"

enum { MOST_PENDING = 4096 }; /* articles of one commit */

/* Articles that wait for a commit, with copies of what the reader lends. */
typedef struct pending_batch {
    tt_record *records; /* `file` is borrowed from the reader's caller */
    tt_article *articles;
    tt_status *statuses;
    size_t count, record_capacity, article_capacity, status_capacity;
} pending_batch;

typedef struct watch_state {
    session session;
    tt_index *index;
    pending_batch pending;
    uint64_t judged, counts[6]; /* articles in all, and by tt_verdict_kind */
    int adds;                   /* articles are added, not only compared */
    int verdicts;               /* verdicts are written */
} watch_state;

static void clear_batch(pending_batch *p)
{
    for (size_t i = 0; i < p->count; i++) {
        free((void *)p->articles[i].id);
        free((void *)p->articles[i].text);
        free((void *)p->articles[i].source);
        free((void *)p->articles[i].version);
        free((void *)p->articles[i].title);
        free((void *)p->records[i].raw);
    }
    p->count = 0;
}

static int append_record(watch_state *w, const tt_record *record)
{
    pending_batch *p = &w->pending;
    tt_article *a;
    int rc = memory_grow(&p->records, p->count, &p->record_capacity, sizeof *p->records);
    if (rc == 0)
        rc = memory_grow(&p->articles, p->count, &p->article_capacity, sizeof *p->articles);
    if (rc == 0)
        rc = memory_grow(&p->statuses, p->count, &p->status_capacity, sizeof *p->statuses);
    if (rc != 0)
        return rc;
    if (p->count == 0)
        w->session.deadline = seconds_now() + (double)w->session.settings->commit_every * 1e-6;
    a = &p->articles[p->count];
    *a = record->article;
    a->id = memory_copy(a->id, a->id_size);
    a->text = memory_copy(a->text, a->text_size);
    a->source = memory_copy(a->source, a->source_size);
    a->version = memory_copy(a->version, a->version_size);
    a->title = memory_copy(a->title, a->title_size);
    p->records[p->count] = *record;
    p->records[p->count].raw =
        w->session.rejects.name == NULL ? NULL : memory_copy(record->raw, record->raw_size);
    p->records[p->count].article = *a;
    p->count++;
    return a->id == NULL || a->text == NULL || a->source == NULL || a->version == NULL ||
                   a->title == NULL
               ? failure_memory()
               : 0;
}

/* A tt_verdict_fn. */
static int write_verdicts(void *ctx, const tt_verdict *verdicts, size_t count)
{
    watch_state *w = ctx;
    for (size_t i = 0; i < count; i++) {
        w->counts[verdicts[i].kind]++;
        w->judged++;
        if (tt_verdict_write(&verdicts[i], output_write, &w->session.result) != TT_OK)
            return -1;
    }
    return output_flush(&w->session.result);
}

/* Removes the articles that have left the window. */
static int expire_window(watch_state *w)
{
    const int64_t window = w->session.settings->window, newest = tt_index_newest(w->index);
    tt_error error = {0};
    if (window == 0 || newest == TT_NO_TIME)
        return 0;
    return tt_index_expire(w->index, newest - window, NULL, &error) == TT_OK
               ? 0
               : failure_library(&error, ABOUT_INDEX);
}

/* A service ends by a signal: what it has rejected is on the disk with each commit. */
static int keep_rejects(watch_state *w)
{
    return w->session.settings->append_rejects && w->session.rejects.name != NULL
               ? output_sync(&w->session.rejects)
               : 0;
}

static int commit_batch(watch_state *w)
{
    pending_batch *p = &w->pending;
    tt_verdict_fn emit = w->verdicts ? write_verdicts : NULL;
    tt_error error = {0};
    tt_status status;
    int rc = 0;
    if (p->count == 0)
        return 0;
    status = w->adds
                 ? tt_index_add(w->index, p->articles, p->count, p->statuses, emit, w, &error)
                 : tt_index_query(w->index, p->articles, p->count, p->statuses, emit, w, &error);
    if (status != TT_OK)
        return w->session.result.error != 0 ? output_failure(&w->session.result)
                                            : failure_library(&error, ABOUT_INDEX);
    for (size_t i = 0; i < p->count && rc == 0; i++)
        if (p->statuses[i] != TT_OK)
            rc = session_reject(&w->session, &p->records[i], p->statuses[i]);
        else if (!w->verdicts)
            w->judged++;
    clear_batch(p);
    w->session.deadline = 0;
    if (rc == 0)
        rc = keep_rejects(w);
    return rc != 0 ? rc : expire_window(w);
}

/* What is wrong with standard input is no fault of a record: watch has lost its feed. */
static int take_rejected(watch_state *w, const tt_record *record)
{
    tt_error error = {.status = TT_EIO};
    int rc;
    if (record->status != TT_EIO || strcmp(record->file, "-") != 0)
        return session_reject(&w->session, record, TT_OK);
    rc = commit_batch(w);
    (void)snprintf(error.message, sizeof error.message, "standard input: %s", record->reason);
    return rc != 0 ? rc : failure_library(&error, ABOUT_INPUT);
}

/* A records_fn. Without --commit-every, what has come is committed before more is read. */
static int take_records(void *ctx, const tt_record *records, size_t count)
{
    watch_state *w = ctx;
    int rc = 0;
    for (size_t i = 0; i < count && rc == 0; i++) {
        rc = records[i].status != TT_OK ? take_rejected(w, &records[i])
                                        : append_record(w, &records[i]);
        if (rc == 0 && w->pending.count >= MOST_PENDING)
            rc = commit_batch(w);
    }
    if (rc == 0)
        rc = keep_rejects(w);
    return rc == 0 && w->pending.count > 0 && seconds_now() >= w->session.deadline ? commit_batch(w)
                                                                                   : rc;
}

static void print_summary(const watch_state *w)
{
    const double seconds = seconds_now() - w->session.began;
    const uint64_t notices = w->counts[TT_VERDICT_WITHDRAWN];
    const uint64_t corrections = w->counts[TT_VERDICT_CORRECTION];
    char withdrawn[40] = "", corrected[40] = "";
    if (notices > 0)
        (void)snprintf(withdrawn, sizeof withdrawn, ", %" PRIu64 " withdrawn", notices);
    if (corrections > 0)
        (void)snprintf(corrected, sizeof corrected, ", %" PRIu64 " correction%s", corrections,
                       corrections == 1 ? "" : "s");
    if (w->verdicts)
        message_line("%" PRIu64 " article%s: %" PRIu64 " new, %" PRIu64 " duplicate%s, %" PRIu64
                     " update%s%s, %" PRIu64 " overlapping%s; %" PRIu64 " rejected in %.2f s",
                     w->judged, w->judged == 1 ? "" : "s", w->counts[TT_VERDICT_NEW],
                     w->counts[TT_VERDICT_DUPLICATE],
                     w->counts[TT_VERDICT_DUPLICATE] == 1 ? "" : "s", w->counts[TT_VERDICT_UPDATE],
                     w->counts[TT_VERDICT_UPDATE] == 1 ? "" : "s", corrected,
                     w->counts[TT_VERDICT_OVERLAPS], withdrawn, w->session.rejected, seconds);
    else
        message_line("%" PRIu64 " article%s added, %" PRIu64 " rejected in %.2f s", w->judged,
                     w->judged == 1 ? "" : "s", w->session.rejected, seconds);
}

static int process_inputs(watch_state *w, const settings *s, uint32_t flags,
                          const char *const *inputs, size_t count)
{
    settings narrowed = *s;
    tt_error error = {0};
    int rc;
    narrowed.inputs = inputs;
    narrowed.input_count = count;
    narrowed.reader.flags |= TT_READER_PROMPT; /* a single article does not wait for others */
    narrowed.append_rejects = w->adds && w->verdicts;
    rc = session_open(&w->session, &narrowed);
    if (rc == 0 && tt_index_open(&w->index, s->inputs[0], flags, &s->engine, &error) != TT_OK)
        rc = failure_library(&error, ABOUT_INDEX);
    if (rc == 0)
        rc = session_read(&w->session, inputs, count, &narrowed.reader, take_records, w);
    if (rc == 0)
        rc = commit_batch(w);
    progress_end(&w->session.progress);
    if (rc == 0)
        rc = session_publish(&w->session);
    if (rc == 0 && !s->quiet)
        print_summary(w);
    if (rc == 0)
        rc = session_exit_code(&w->session);
    tt_index_close(w->index);
    clear_batch(&w->pending);
    free(w->pending.records);
    free(w->pending.articles);
    free(w->pending.statuses);
    session_close(&w->session);
    return rc;
}

static int run_add(const settings *s)
{
    watch_state w = {.adds = 1};
    if (s->input_count < 2)
        return message_usage(s->command, "give an INDEX and INPUT");
    return process_inputs(&w, s, 0, s->inputs + 1, s->input_count - 1);
}

static int run_query(const settings *s)
{
    watch_state w = {.verdicts = 1};
    if (s->input_count < 2)
        return message_usage(s->command, "give an INDEX and INPUT");
    return process_inputs(&w, s, TT_INDEX_READ, s->inputs + 1, s->input_count - 1);
}

static int run_watch(const settings *s)
{
    static const char *const input[] = {"-"};
    watch_state w = {.adds = 1, .verdicts = 1};
    if (s->input_count != 1)
        return message_usage(s->command, s->input_count == 0
                                             ? "no INDEX given; give the name of its file"
                                             : "give one INDEX; articles come on "
                                               "standard input");
    return process_inputs(&w, s, TT_INDEX_CREATE, input, 1);
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
    .run = run_add,
};

const subcommand query_command = {
    .name = "index query",
    .bit = FOR_QUERY,
    .operands = "INDEX INPUT...",
    .about = "say whether articles have been seen before; store nothing",
    .text = "Writes a verdict on each article, a JSON line, to standard output, against what\n"
            "is in the index. INPUT as for scan. Nothing is stored.",
    .example = "twicetold index query feed.db new.jsonl",
    .run = run_query,
};

const subcommand watch_command = {
    .name = "watch",
    .bit = FOR_WATCH,
    .operands = "INDEX",
    .about = "say whether each incoming article has been seen before",
    .text = "Reads articles as JSON Lines on standard input, adds them to INDEX, which is\n"
            "made if it is not there, and writes a verdict on each, a JSON line, in their\n"
            "order: new, duplicate, correction, update, overlaps or withdrawn. A verdict is\n"
            "written when its article is on the disk.",
    .example = "twicetold watch feed.db --window 72h <feed.jsonl >verdicts.jsonl",
    .run = run_watch,
};
