/*
 * The commands that put articles to an index: watch, index add, index query, scan --against. A
 * verdict is written once the library says that its article is on the disk, and is flushed with the
 * others of its batch.
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd_index_articles.h"
#include "cmd_watch.h"
#include "failure.h"
#include "kept_article.h"
#include "memory.h"
#include "message.h"
#include "service_link.h"
#include "session.h"
#include "signals.h"
#include "util/id.h"
#include "watched_directory.h"

enum {
    MOST_PENDING = 4096, /* articles of one commit */
    MOST_SENT = 8 << 20, /* bytes of text of one request to a service */
    VERDICT_KINDS = TT_VERDICT_CORRECTION + 1
};

/* Articles that wait for a commit, with copies of what the reader lends. */
typedef struct pending_batch {
    tt_record *records; /* `file` is borrowed from the reader's caller */
    tt_article *articles;
    char **kept; /* what they point to, a block each */
    tt_status *statuses;
    size_t count, record_capacity, article_capacity, kept_capacity, status_capacity;
    size_t bytes; /* of text */
} pending_batch;

typedef struct watch_state {
    session session;
    tt_index *index;
    service_link *service; /* NULL, or where the articles are sent instead */
    buffer sent, answer;   /* of the service */
    pending_batch pending;
    uint64_t judged, counts[VERDICT_KINDS]; /* articles in all, and by tt_verdict_kind */
    uint64_t rejected;                      /* in files that were taken in before */
    double commit_at, status_at;            /* by seconds_now(); 0: not yet, or never */
    int adds;                               /* articles are added, not only compared */
    int imports;                            /* they come from another index */
    int failed;                             /* the index or an output, not what was read */
    int verdicts;                           /* verdicts are written, */
    int lists_matches;         /* or instead of each all that the article matches, whether or not
                                  the index has one of that id */
    uint64_t matched, matches; /* articles that have any, and how many */
} watch_state;

static void clear_batch(pending_batch *p)
{
    for (size_t i = 0; i < p->count; i++) {
        free(p->kept[i]);
        free((void *)p->records[i].raw);
    }
    p->count = p->bytes = 0;
}

/* The index lists no matches of an article that it has itself: the first byte makes it another one.
 */
enum { NAMES_TEXT = 1, NAMES_INTEGER = 2 };

/* @return the other id, or NULL: out of memory */
static char *rename_article(tt_article *a)
{
    char *id = malloc(a->id_size + 1);
    if (id != NULL) {
        *id = (a->flags & TT_ARTICLE_INTEGER_ID) != 0 ? NAMES_INTEGER : NAMES_TEXT;
        memcpy(id + 1, a->id, a->id_size);
        a->id_size++;
        a->flags &= ~(uint32_t)TT_ARTICLE_INTEGER_ID;
        a->id = id;
        a->replacing = a->replaced_by = (tt_id){NULL, 0, 0, 0};
    }
    return id;
}

static tt_id name_of_renamed(const tt_id *id)
{
    return (tt_id){id->bytes + 1, id->size - 1,
                   *id->bytes == NAMES_INTEGER ? TT_ARTICLE_INTEGER_ID : 0, 0};
}

/* The time of arrival that a line of index export gives, or 0. Quotes in its strings are escaped,
 * so that this is a key. */
static int64_t exported_arrival(const tt_record *record)
{
    static const char type[] = "{\"type\":\"article\",", key[] = ",\"arrival\":\"";
    const char *at = record->raw, *end;
    int64_t time;
    if (record->raw_size < sizeof type || memcmp(at, type, sizeof type - 1) != 0)
        return 0;
    at = memmem(at, record->raw_size, key, sizeof key - 1);
    if (at == NULL)
        return 0;
    at += sizeof key - 1;
    end = memchr(at, '"', record->raw_size - (size_t)(at - record->raw));
    time = end == NULL ? TT_NO_TIME : tt_time_parse(at, (size_t)(end - at));
    return time == TT_NO_TIME ? 0 : time;
}

static int append_record(watch_state *w, const tt_record *record)
{
    pending_batch *p = &w->pending;
    tt_article *a;
    char *renamed = NULL;
    int rc = memory_grow(&p->records, p->count, &p->record_capacity, sizeof *p->records);
    if (rc == 0)
        rc = memory_grow(&p->articles, p->count, &p->article_capacity, sizeof *p->articles);
    if (rc == 0)
        rc = memory_grow(&p->kept, p->count, &p->kept_capacity, sizeof *p->kept);
    if (rc == 0)
        rc = memory_grow(&p->statuses, p->count, &p->status_capacity, sizeof *p->statuses);
    if (rc != 0)
        return rc;
    if (p->count == 0)
        w->commit_at = seconds_now() + (double)w->session.settings->commit_every * 1e-6;
    a = &p->articles[p->count];
    *a = record->article;
    if (w->imports)
        a->arrival = exported_arrival(record);
    if (w->lists_matches) {
        renamed = rename_article(a);
        if (renamed == NULL)
            return failure_memory();
    }
    p->kept[p->count] = article_keep(a);
    free(renamed);
    if (p->kept[p->count] == NULL)
        return failure_memory();
    p->records[p->count] = *record;
    p->records[p->count].raw =
        w->session.rejects.name == NULL ? NULL : memory_copy(record->raw, record->raw_size);
    p->records[p->count].article = *a;
    p->bytes += a->text_size;
    p->count++;
    return 0;
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

/* A tt_verdict_fn. */
static int write_matches(void *ctx, const tt_verdict *verdicts, size_t count)
{
    watch_state *w = ctx;
    for (size_t i = 0; i < count; i++) {
        tt_verdict v = verdicts[i];
        v.id = name_of_renamed(&v.id);
        w->judged++;
        w->matched += v.match_count > 0;
        w->matches += v.match_count;
        for (size_t k = 0; k < v.match_count; k++)
            w->session.copies += v.matches[k].admitted && TT_IS_COPY(v.matches[k].relation);
        if (tt_verdict_write_matches(&v, output_write, &w->session.result) != TT_OK)
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
    return w->session.settings->append_outputs && w->session.rejects.name != NULL
               ? output_sync(&w->session.rejects)
               : 0;
}

/* ==== A service in the place of an index ====================================================== */

static void append_sent_article(buffer *out, const tt_article *a)
{
    const tt_index_article sent = {.id = tti_id_of(a),
                                   .source = a->source,
                                   .source_size = a->source_size,
                                   .version = a->version,
                                   .version_size = a->version_size,
                                   .title = a->title,
                                   .title_size = a->title_size,
                                   .text = a->text,
                                   .text_size = a->text_size,
                                   .published = a->published,
                                   .arrival = TT_NO_TIME,
                                   .withdrawn = (a->flags & TT_ARTICLE_WITHDRAWN) != 0,
                                   .language = a->language,
                                   .language_size = a->language_size,
                                   .pubstatus = a->pubstatus,
                                   .pubstatus_size = a->pubstatus_size,
                                   .embargoed = a->embargoed,
                                   .expires = a->expires,
                                   .replacing = a->replacing,
                                   .replaced_by = a->replaced_by};
    if (tt_index_article_write(&sent, buffer_write, out) != TT_OK)
        out->failed = 1;
}

/* The word after a key in a line of an answer, up to its quote; escapes are left as they are. */
static const char *find_answer_word(const char *line, const char *end, const char *key,
                                    size_t *size)
{
    const char *at = memmem(line, (size_t)(end - line), key, strlen(key)), *quote;
    if (at == NULL)
        return NULL;
    at += strlen(key);
    for (quote = at; quote < end && *quote != '"'; quote++)
        quote += *quote == '\\';
    *size = (size_t)(quote - at);
    return at;
}

/* Of escapes, reasons have those of quotes and backslashes. */
static void copy_reason(char *to, size_t room, const char *word, size_t size)
{
    size_t used = 0;
    for (size_t i = 0; i < size && used + 1 < room; i++) {
        i += word[i] == '\\' && i + 1 < size;
        to[used++] = word[i];
    }
    to[used] = '\0';
}

/* Takes the line of an answer about an article. */
static int take_answer(watch_state *w, const char *line, const char *end, tt_record *record)
{
    size_t size;
    const char *word = find_answer_word(line, end, ",\"verdict\":\"", &size);
    if (word == NULL) {
        record->status = TT_EFORMAT;
        word = find_answer_word(line, end, ",\"reason\":\"", &size);
        copy_reason(record->reason, sizeof record->reason, word, word == NULL ? 0 : size);
        return session_reject(&w->session, record, TT_OK);
    }
    for (int k = 0; k < VERDICT_KINDS; k++) {
        const char *name = tt_verdict_kind_name((tt_verdict_kind)k);
        w->counts[k] += strlen(name) == size && memcmp(name, word, size) == 0;
    }
    w->judged++;
    return output_write(&w->session.result, line, (size_t)(end - line)) == 0
               ? 0
               : output_failure(&w->session.result);
}

/* Sends what waits, and writes the verdicts that come back. */
static int send_batch(watch_state *w)
{
    pending_batch *p = &w->pending;
    size_t at = 0;
    int rc;
    w->sent.size = 0;
    for (size_t i = 0; i < p->count; i++)
        append_sent_article(&w->sent, &p->articles[i]);
    if (w->sent.failed)
        return failure_memory();
    rc = service_link_send(w->service, &w->sent, &w->answer);
    for (size_t i = 0; i < p->count && rc == 0; i++) {
        const size_t left = w->answer.size - at;
        const char *line = w->answer.bytes + at;
        const char *end = left == 0 ? NULL : memchr(line, '\n', left);
        if (end == NULL)
            return message_failure(NULL, "the service at %s has answered about %zu of %zu articles",
                                   w->session.settings->inputs[0], i, p->count);
        rc = take_answer(w, line, end + 1, &p->records[i]);
        at = (size_t)(end + 1 - w->answer.bytes);
    }
    return rc != 0 || output_flush(&w->session.result) == 0 ? rc
                                                            : output_failure(&w->session.result);
}

/* ============================================================================================= */

/* @return 0, or an exit code */
static int judge_batch(watch_state *w)
{
    pending_batch *p = &w->pending;
    tt_verdict_fn emit = w->lists_matches ? write_matches : w->verdicts ? write_verdicts : NULL;
    tt_error error = {0};
    tt_status status;
    int rc = 0;
    status = w->adds
                 ? tt_index_add(w->index, p->articles, p->count, p->statuses, emit, w, &error)
                 : tt_index_query(w->index, p->articles, p->count, p->statuses, emit, w, &error);
    if (status != TT_OK)
        return w->session.result.error != 0 ? output_failure(&w->session.result)
                                            : failure_library(&error, ABOUT_INDEX);
    for (size_t i = 0; i < p->count && rc == 0; i++)
        if (p->statuses[i] != TT_OK)
            rc = session_reject(&w->session, &p->records[i], p->statuses[i]);
        else if (emit == NULL)
            w->judged++;
    return rc;
}

static int put_batch(watch_state *w)
{
    int rc;
    if (w->pending.count == 0)
        return 0;
    rc = w->service != NULL ? send_batch(w) : judge_batch(w);
    if (rc != 0)
        return rc;
    clear_batch(&w->pending);
    w->commit_at = 0;
    rc = keep_rejects(w);
    return rc != 0 || w->service != NULL ? rc : expire_window(w);
}

static int commit_batch(watch_state *w)
{
    const int rc = put_batch(w);
    w->failed |= rc != 0;
    return rc;
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
    if (w->lists_matches)
        message_line("%" PRIu64 " article%s: %" PRIu64 " of them %s matches, %" PRIu64
                     " in all; %" PRIu64 " rejected in %.2f s",
                     w->judged, w->judged == 1 ? "" : "s", w->matched,
                     w->matched == 1 ? "has" : "have", w->matches, w->session.rejected, seconds);
    else if (w->verdicts)
        message_line(
            "%" PRIu64 " article%s: %" PRIu64 " new, %" PRIu64 " duplicate%s, %" PRIu64
            " update%s%s, %" PRIu64 " overlapping%s; %" PRIu64 " rejected in %.2f s",
            w->judged, w->judged == 1 ? "" : "s", w->counts[TT_VERDICT_NEW],
            w->counts[TT_VERDICT_DUPLICATE], w->counts[TT_VERDICT_DUPLICATE] == 1 ? "" : "s",
            w->counts[TT_VERDICT_UPDATE], w->counts[TT_VERDICT_UPDATE] == 1 ? "" : "s", corrected,
            w->counts[TT_VERDICT_OVERLAPS], withdrawn, w->rejected + w->session.rejected, seconds);
    else
        message_line("%" PRIu64 " article%s added, %" PRIu64 " rejected in %.2f s", w->judged,
                     w->judged == 1 ? "" : "s", w->rejected + w->session.rejected, seconds);
}

enum { WAKES_PER_SECOND = 4 };

/* What was asked for by signals or by --status, a few times a second: reading does not wait longer
 * than that. The other commands are not asked. */
static int obey_requests(watch_state *w)
{
    const double now = seconds_now();
    int rc = 0;
    if (!w->session.settings->append_outputs)
        return 0;
    if (signals_take_reopen_request())
        rc = session_reopen(&w->session);
    if (signals_take_status_request() || (w->status_at != 0 && now >= w->status_at))
        print_summary(w);
    if (w->status_at != 0 && now >= w->status_at)
        w->status_at = now + (double)w->session.settings->status * 1e-6;
    w->session.deadline = now + 1.0 / WAKES_PER_SECOND;
    if (w->pending.count > 0 && w->commit_at < w->session.deadline)
        w->session.deadline = w->commit_at;
    w->failed |= rc != 0;
    return rc;
}

static int is_full_batch(const watch_state *w)
{
    return w->pending.count >= MOST_PENDING ||
           (w->service != NULL && w->pending.bytes >= MOST_SENT);
}

/* A records_fn. Without --commit-every, what has come is committed before more is read. */
static int take_records(void *ctx, const tt_record *records, size_t count)
{
    watch_state *w = ctx;
    int rc = 0;
    for (size_t i = 0; i < count && rc == 0; i++) {
        if (records[i].status != TT_OK)
            rc = take_rejected(w, &records[i]);
        else
            rc = append_record(w, &records[i]);
        if (rc == 0 && is_full_batch(w))
            rc = commit_batch(w);
    }
    if (rc == 0)
        rc = keep_rejects(w);
    if (rc == 0 && w->pending.count > 0 && seconds_now() >= w->commit_at)
        rc = commit_batch(w);
    return rc == 0 ? obey_requests(w) : rc;
}

/* Takes in a file of --dir. @return 0; WATCHED_REFUSED: nothing in it can be used; else an exit
 * code */
static int take_file(void *ctx, const char *path)
{
    watch_state *w = ctx;
    session *r = &w->session;
    int rc;
    w->rejected += r->rejected;
    r->seen = r->rejected = r->alike = r->same_ids = 0;
    rc = session_read(r, &path, 1, &r->settings->reader, take_records, w);
    if (w->failed)
        return rc;
    if (commit_batch(w) != 0)
        return EXIT_FAILED;
    return rc == 0 ? 0 : WATCHED_REFUSED;
}

/* A watched_idle_fn. */
static int idle(void *ctx)
{
    return obey_requests(ctx);
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
    if (!w->lists_matches) /* a name must not be that of another article of the index */
        narrowed.reader.flags |= TT_READER_LASTING_IDS;
    narrowed.append_outputs = w->adds && w->verdicts;
    if (narrowed.append_outputs)
        signals_take_requests(s->output != NULL || s->rejects != NULL);
    rc = session_open(&w->session, &narrowed);
    if (rc == 0)
        rc = session_refuse_output(&w->session, s->inputs[0]);
    if (s->status != 0)
        w->status_at = seconds_now() + (double)s->status * 1e-6;
    if (rc == 0 && w->index == NULL && w->service == NULL &&
        tt_index_open(&w->index, s->inputs[0], flags, &s->engine, &error) != TT_OK)
        rc = failure_library(&error, ABOUT_INDEX);
    if (rc == 0 && w->index != NULL)
        rc = session_take_notices(&w->session, w->index);
    if (rc == 0 && w->index != NULL &&
        tt_index_sources(w->index, s->sources, s->prefer, &error) != TT_OK)
        rc = failure_library(&error, ABOUT_INDEX);
    if (rc == 0)
        rc = obey_requests(w);
    if (rc == 0 && s->dir != NULL)
        rc = watched_directory_run(s->dir, take_file, idle, w);
    else if (rc == 0)
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
    free(w->pending.kept);
    free(w->pending.statuses);
    service_link_close(w->service);
    buffer_free(&w->sent);
    buffer_free(&w->answer);
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

/* Decisions follow the articles that they are about. What was exported has texts, and so has an
 * index that is made for it. */
static int run_import(const settings *s)
{
    watch_state w = {.adds = 1, .imports = 1};
    settings made = *s;
    int rc = 0;
    if (s->input_count < 1 || (s->input_count < 2 && s->decisions == NULL))
        return message_usage(s->command, "give an INDEX, and INPUT or --decisions FILE");
    if (access(s->inputs[0], F_OK) != 0)
        made.engine.keep_text = 1;
    if (s->input_count > 1)
        rc = process_inputs(&w, &made, TT_INDEX_CREATE, s->inputs + 1, s->input_count - 1);
    if (s->decisions != NULL && (rc == EXIT_DONE || rc == EXIT_REJECTED)) {
        const int stored = decisions_store(s->inputs[0], s);
        rc = stored != 0 ? stored : rc;
    }
    return rc;
}

static int run_query(const settings *s)
{
    watch_state w = {.verdicts = 1, .lists_matches = s->all};
    if (s->input_count < 2)
        return message_usage(s->command, "give an INDEX and INPUT");
    return process_inputs(&w, s, TT_INDEX_READ | (s->all ? TT_INDEX_MATCHES : 0), s->inputs + 1,
                          s->input_count - 1);
}

/* ==== scan --against ========================================================================== */

static int is_index_file(const char *path)
{
    static const char begin[] = "SQLite format 3";
    char bytes[sizeof begin] = "";
    FILE *file = fopen(path, "rb");
    const size_t got = file == NULL ? 0 : fread(bytes, 1, sizeof bytes, file);
    if (file != NULL)
        (void)fclose(file);
    return got == sizeof bytes && memcmp(bytes, begin, sizeof begin) == 0;
}

/* Adds articles to an index in memory. */
static int add_to_memory(tt_index *index, const settings *s, const char *const *inputs)
{
    watch_state w = {.adds = 1, .index = index};
    int rc;
    session_init(&w.session, s);
    rc = session_read(&w.session, inputs, 1, &s->reader, take_records, &w);
    if (rc == 0)
        rc = commit_batch(&w);
    clear_batch(&w.pending);
    free(w.pending.records);
    free(w.pending.articles);
    free(w.pending.kept);
    free(w.pending.statuses);
    session_close(&w.session);
    return rc;
}

int watch_compare_with(const settings *s)
{
    enum { EVERY_MATCH = 1 << 20 };
    watch_state w = {.verdicts = 1, .lists_matches = 1};
    const int is_index = is_index_file(s->against);
    settings shaped = *s;
    tt_error error = {0};
    int rc = 0;
    if (!is_index && shaped.engine.max_matches == 0)
        shaped.engine.max_matches = EVERY_MATCH;
    if (tt_index_open(&w.index, is_index ? s->against : NULL,
                      TT_INDEX_MATCHES | (is_index ? TT_INDEX_READ : TT_INDEX_CREATE),
                      &shaped.engine, &error) != TT_OK)
        return failure_library(&error, ABOUT_INDEX);
    if (!is_index)
        rc = add_to_memory(w.index, &shaped, &s->against);
    if (rc == 0)
        return process_inputs(&w, &shaped, 0, s->inputs, s->input_count);
    tt_index_close(w.index);
    return rc;
}

/* Connects to the service that is named in the place of an index. */
static int open_service(watch_state *w, const settings *s)
{
    const char *option = s->window != 0       ? "window"
                         : s->notices != NULL ? "notices"
                         : s->sources != 0    ? "sources"
                         : s->prefer != NULL  ? "prefer"
                                              : NULL;
    int rc;
    if (option != NULL)
        return message_usage(s->command, "--%s is for an INDEX; a service decides that itself",
                             option);
    rc = service_link_open(&w->service, s);
    if (rc != 0)
        service_link_close(w->service);
    return rc;
}

static int run_watch(const settings *s)
{
    static const char *const input[] = {"-"};
    watch_state w = {.adds = 1, .verdicts = 1};
    settings made = *s;
    if (s->input_count != 1)
        return message_usage(s->command, s->input_count == 0
                                             ? "no INDEX given; give the name of its file"
                                             : "give one INDEX; articles come on "
                                               "standard input");
    if (service_link_is_service(s->inputs[0])) {
        const int rc = open_service(&w, s);
        if (rc != 0)
            return rc;
    }
    if (access(s->inputs[0], F_OK) == 0)
        made.engine.seed = 0; /* it has one */
    return process_inputs(&w, &made, TT_INDEX_CREATE, s->dir != NULL ? &s->dir : input, 1);
}

const subcommand add_command = {
    .name = "index add",
    .bit = FOR_ADD,
    .operands = "INDEX INPUT...",
    .about = "add articles; one whose id is there takes its place",
    .text = "Adds articles to an index. INPUT as for scan. One whose id is there takes the\n"
            "place of the other, unless its version is a lower number. One without an id is\n"
            "named FILE#DIGEST, by its content. There are no verdicts: 'twicetold watch'\n"
            "gives them.",
    .example = "twicetold index add feed.db archive/",
    .run = run_add,
};

const subcommand import_command = {
    .name = "index import",
    .bit = FOR_IMPORT,
    .operands = "INDEX [INPUT...]",
    .about = "add what index export wrote, and decisions",
    .text = "Adds articles, as index add, but with the times at which they came to the index\n"
            "that they were exported from, and then stores the decisions of --decisions. A\n"
            "missing INDEX is created, with texts. What was exported has no verdicts\n"
            "and no stories; 'twicetold index merge' adds them too.",
    .example = "twicetold index import feed.db all.jsonl --decisions decided.jsonl",
    .run = run_import,
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
    .text = "Reads articles, JSON Lines, on standard input (which may be empty), adds them to\n"
            "INDEX, which is created if missing, and writes a verdict on each, a JSON line,\n"
            "when it is on the disk: new, duplicate, correction, update, overlaps, withdrawn.\n"
            "A record without an id is named -#DIGEST, by its content. INDEX may be the\n"
            "address or socket of a running 'twicetold serve', to which several may send.",
    .example = "twicetold watch feed.db --window 72h <feed.jsonl >verdicts.jsonl",
    .run = run_watch,
};
