/*
 * A verdict is written once the library says that its article is on the disk, and is flushed with
 * the others of its batch.
 */
#define _GNU_SOURCE
#include "feeding.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "failure.h"
#include "kept_article.h"
#include "memory.h"
#include "message.h"
#include "signals.h"
#include "util/id.h"
#include "watched_directory.h"

enum {
    MOST_PENDING = 4096, /* articles of one commit */
    MOST_SENT = 8 << 20  /* bytes of text of one request to a service */
};

static void clear_batch(pending_batch *p)
{
    for (size_t i = 0; i < p->count; i++) {
        free(p->kept[i]);
        free((void *)p->records[i].raw);
    }
    p->count = p->bytes = 0;
}

static void free_batch(pending_batch *p)
{
    clear_batch(p);
    free(p->records);
    free(p->articles);
    free(p->kept);
    free(p->statuses);
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

static int append_record(feeding *f, const tt_record *record)
{
    pending_batch *p = &f->pending;
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
        f->commit_at = seconds_now() + (double)f->session.settings->commit_every * 1e-6;
    a = &p->articles[p->count];
    *a = record->article;
    if (f->imports)
        a->arrival = exported_arrival(record);
    if (f->lists_matches) {
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
        f->session.rejects.name == NULL ? NULL : memory_copy(record->raw, record->raw_size);
    p->records[p->count].article = *a;
    p->bytes += a->text_size;
    p->count++;
    return 0;
}

/* A tt_verdict_fn. */
static int write_verdicts(void *ctx, const tt_verdict *verdicts, size_t count)
{
    feeding *f = ctx;
    for (size_t i = 0; i < count; i++) {
        f->counts[verdicts[i].kind]++;
        f->articles++;
        if (tt_verdict_write(&verdicts[i], output_write, &f->session.result) != TT_OK)
            return -1;
    }
    return output_flush(&f->session.result);
}

/* A tt_verdict_fn. */
static int write_matches(void *ctx, const tt_verdict *verdicts, size_t count)
{
    feeding *f = ctx;
    for (size_t i = 0; i < count; i++) {
        tt_verdict v = verdicts[i];
        v.id = name_of_renamed(&v.id);
        f->articles++;
        f->matched += v.match_count > 0;
        f->matches += v.match_count;
        for (size_t k = 0; k < v.match_count; k++)
            f->session.copies += v.matches[k].admitted && TT_IS_COPY(v.matches[k].relation);
        if (tt_verdict_write_matches(&v, output_write, &f->session.result) != TT_OK)
            return -1;
    }
    return output_flush(&f->session.result);
}

/* Removes the articles that have left the window. */
static int expire_window(feeding *f)
{
    const int64_t window = f->session.settings->window, newest = tt_index_newest(f->index);
    tt_error error = {0};
    if (window == 0 || newest == TT_NO_TIME)
        return 0;
    return tt_index_expire(f->index, newest - window, NULL, &error) == TT_OK
               ? 0
               : failure_library(&error, ABOUT_INDEX);
}

/* A service ends by a signal: what it has rejected is on the disk with each commit. */
static int keep_rejects(feeding *f)
{
    return f->session.settings->append_outputs && f->session.rejects.name != NULL
               ? output_sync(&f->session.rejects)
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
static int take_answer(feeding *f, const char *line, const char *end, tt_record *record)
{
    size_t size;
    const char *word = find_answer_word(line, end, ",\"verdict\":\"", &size);
    if (word == NULL) {
        record->status = TT_EFORMAT;
        word = find_answer_word(line, end, ",\"reason\":\"", &size);
        copy_reason(record->reason, sizeof record->reason, word, word == NULL ? 0 : size);
        return session_reject(&f->session, record, TT_OK);
    }
    for (int k = 0; k < VERDICT_KINDS; k++) {
        const char *name = tt_verdict_kind_name((tt_verdict_kind)k);
        f->counts[k] += strlen(name) == size && memcmp(name, word, size) == 0;
    }
    f->articles++;
    return output_write(&f->session.result, line, (size_t)(end - line)) == 0
               ? 0
               : output_failure(&f->session.result);
}

/* Sends what waits, and writes the verdicts that come back. */
static int send_batch(feeding *f)
{
    pending_batch *p = &f->pending;
    size_t at = 0;
    int rc;
    f->sent.size = 0;
    for (size_t i = 0; i < p->count; i++)
        append_sent_article(&f->sent, &p->articles[i]);
    if (f->sent.failed)
        return failure_memory();
    rc = service_link_send(f->service, &f->sent, &f->answer);
    for (size_t i = 0; i < p->count && rc == 0; i++) {
        const size_t left = f->answer.size - at;
        const char *line = f->answer.bytes + at;
        const char *end = left == 0 ? NULL : memchr(line, '\n', left);
        if (end == NULL)
            return message_failure(NULL, "the service at %s has answered about %zu of %zu articles",
                                   f->session.settings->inputs[0], i, p->count);
        rc = take_answer(f, line, end + 1, &p->records[i]);
        at = (size_t)(end + 1 - f->answer.bytes);
    }
    return rc != 0 || output_flush(&f->session.result) == 0 ? rc
                                                            : output_failure(&f->session.result);
}

/* ============================================================================================= */

/* @return 0, or an exit code */
static int give_batch(feeding *f)
{
    pending_batch *p = &f->pending;
    tt_verdict_fn emit = f->lists_matches ? write_matches : f->verdicts ? write_verdicts : NULL;
    tt_error error = {0};
    tt_status status;
    int rc = 0;
    status = f->adds
                 ? tt_index_add(f->index, p->articles, p->count, p->statuses, emit, f, &error)
                 : tt_index_query(f->index, p->articles, p->count, p->statuses, emit, f, &error);
    if (status != TT_OK)
        return f->session.result.error != 0 ? output_failure(&f->session.result)
                                            : failure_library(&error, ABOUT_INDEX);
    for (size_t i = 0; i < p->count && rc == 0; i++)
        if (p->statuses[i] != TT_OK)
            rc = session_reject(&f->session, &p->records[i], p->statuses[i]);
        else if (emit == NULL)
            f->articles++;
    return rc;
}

static int flush_batch(feeding *f)
{
    int rc;
    if (f->pending.count == 0)
        return 0;
    rc = f->service != NULL ? send_batch(f) : give_batch(f);
    if (rc != 0)
        return rc;
    clear_batch(&f->pending);
    f->commit_at = 0;
    rc = keep_rejects(f);
    return rc != 0 || f->service != NULL ? rc : expire_window(f);
}

static int commit_batch(feeding *f)
{
    const int rc = flush_batch(f);
    f->failed |= rc != 0;
    return rc;
}

/* What is wrong with standard input is no fault of a record: watch has lost its feed. */
static int take_rejected(feeding *f, const tt_record *record)
{
    tt_error error = {.status = TT_EIO};
    int rc;
    if (record->status != TT_EIO || strcmp(record->file, "-") != 0)
        return session_reject(&f->session, record, TT_OK);
    rc = commit_batch(f);
    (void)snprintf(error.message, sizeof error.message, "standard input: %s", record->reason);
    return rc != 0 ? rc : failure_library(&error, ABOUT_INPUT);
}

static void print_summary(const feeding *f)
{
    const double seconds = seconds_now() - f->session.began;
    const uint64_t notices = f->counts[TT_VERDICT_WITHDRAWN];
    const uint64_t corrections = f->counts[TT_VERDICT_CORRECTION];
    char withdrawn[40] = "", corrected[40] = "";
    if (notices > 0)
        (void)snprintf(withdrawn, sizeof withdrawn, ", %" PRIu64 " withdrawn", notices);
    if (corrections > 0)
        (void)snprintf(corrected, sizeof corrected, ", %" PRIu64 " correction%s", corrections,
                       corrections == 1 ? "" : "s");
    if (f->lists_matches)
        message_line("%" PRIu64 " article%s: %" PRIu64 " of them %s matches, %" PRIu64
                     " in all; %" PRIu64 " rejected in %.2f s",
                     f->articles, f->articles == 1 ? "" : "s", f->matched,
                     f->matched == 1 ? "has" : "have", f->matches, f->session.rejected, seconds);
    else if (f->verdicts)
        message_line(
            "%" PRIu64 " article%s: %" PRIu64 " new, %" PRIu64 " duplicate%s, %" PRIu64
            " update%s%s, %" PRIu64 " overlapping%s; %" PRIu64 " rejected in %.2f s",
            f->articles, f->articles == 1 ? "" : "s", f->counts[TT_VERDICT_NEW],
            f->counts[TT_VERDICT_DUPLICATE], f->counts[TT_VERDICT_DUPLICATE] == 1 ? "" : "s",
            f->counts[TT_VERDICT_UPDATE], f->counts[TT_VERDICT_UPDATE] == 1 ? "" : "s", corrected,
            f->counts[TT_VERDICT_OVERLAPS], withdrawn, f->rejected + f->session.rejected, seconds);
    else
        message_line("%" PRIu64 " article%s added, %" PRIu64 " rejected in %.2f s", f->articles,
                     f->articles == 1 ? "" : "s", f->rejected + f->session.rejected, seconds);
}

enum { WAKES_PER_SECOND = 4 };

/* What was asked for by signals or by --status, a few times a second: reading does not wait longer
 * than that. The other commands are not asked. */
static int obey_requests(feeding *f)
{
    const double now = seconds_now();
    int rc = 0;
    if (!f->session.settings->append_outputs)
        return 0;
    if (signals_take_reopen_request())
        rc = session_reopen(&f->session);
    if (signals_take_status_request() || (f->status_at != 0 && now >= f->status_at))
        print_summary(f);
    if (f->status_at != 0 && now >= f->status_at)
        f->status_at = now + (double)f->session.settings->status * 1e-6;
    f->session.deadline = now + 1.0 / WAKES_PER_SECOND;
    if (f->pending.count > 0 && f->commit_at < f->session.deadline)
        f->session.deadline = f->commit_at;
    f->failed |= rc != 0;
    return rc;
}

static int is_full_batch(const feeding *f)
{
    return f->pending.count >= MOST_PENDING ||
           (f->service != NULL && f->pending.bytes >= MOST_SENT);
}

/* A records_fn. Without --commit-every, what has come is committed before more is read. */
static int take_records(void *ctx, const tt_record *records, size_t count)
{
    feeding *f = ctx;
    int rc = 0;
    for (size_t i = 0; i < count && rc == 0; i++) {
        if (records[i].status != TT_OK)
            rc = take_rejected(f, &records[i]);
        else
            rc = append_record(f, &records[i]);
        if (rc == 0 && is_full_batch(f))
            rc = commit_batch(f);
    }
    if (rc == 0)
        rc = keep_rejects(f);
    if (rc == 0 && f->pending.count > 0 && seconds_now() >= f->commit_at)
        rc = commit_batch(f);
    return rc == 0 ? obey_requests(f) : rc;
}

/* Takes in a file of --dir. @return 0; WATCHED_REFUSED: nothing in it can be used; else an exit
 * code */
static int take_file(void *ctx, const char *path)
{
    feeding *f = ctx;
    session *r = &f->session;
    int rc;
    f->rejected += r->rejected;
    r->seen = r->rejected = r->alike = r->same_ids = 0;
    rc = session_read(r, &path, 1, &r->settings->reader, take_records, f);
    if (f->failed)
        return rc;
    if (commit_batch(f) != 0)
        return EXIT_FAILED;
    return rc == 0 ? 0 : WATCHED_REFUSED;
}

/* A watched_idle_fn. */
static int idle(void *ctx)
{
    return obey_requests(ctx);
}

int feeding_run(feeding *f, const settings *s, uint32_t flags, const char *const *inputs,
                size_t count)
{
    settings narrowed = *s;
    tt_error error = {0};
    int rc;
    narrowed.inputs = inputs;
    narrowed.input_count = count;
    narrowed.reader.flags |= TT_READER_PROMPT; /* a single article does not wait for others */
    if (!f->lists_matches) /* a name must not be that of another article of the index */
        narrowed.reader.flags |= TT_READER_LASTING_IDS;
    narrowed.append_outputs = f->adds && f->verdicts;
    if (narrowed.append_outputs)
        signals_take_requests(s->output != NULL || s->rejects != NULL);
    rc = session_open(&f->session, &narrowed);
    if (rc == 0)
        rc = session_refuse_output(&f->session, s->inputs[0]);
    if (s->status != 0)
        f->status_at = seconds_now() + (double)s->status * 1e-6;
    if (rc == 0 && f->index == NULL && f->service == NULL &&
        tt_index_open(&f->index, s->inputs[0], flags, &s->engine, &error) != TT_OK)
        rc = failure_library(&error, ABOUT_INDEX);
    if (rc == 0 && f->index != NULL)
        rc = session_take_notices(&f->session, f->index);
    if (rc == 0 && f->index != NULL &&
        tt_index_sources(f->index, s->sources, s->prefer, &error) != TT_OK)
        rc = failure_library(&error, ABOUT_INDEX);
    if (rc == 0)
        rc = obey_requests(f);
    if (rc == 0 && s->dir != NULL)
        rc = watched_directory_run(s->dir, take_file, idle, f);
    else if (rc == 0)
        rc = session_read(&f->session, inputs, count, &narrowed.reader, take_records, f);
    if (rc == 0)
        rc = commit_batch(f);
    progress_end(&f->session.progress);
    if (rc == 0)
        rc = session_publish(&f->session);
    if (rc == 0 && !s->quiet)
        print_summary(f);
    if (rc == 0)
        rc = session_exit_code(&f->session);
    tt_index_close(f->index);
    free_batch(&f->pending);
    service_link_close(f->service);
    buffer_free(&f->sent);
    buffer_free(&f->answer);
    session_close(&f->session);
    return rc;
}

int feeding_add_to_memory(tt_index *index, const settings *s, const char *input)
{
    feeding f = {.adds = 1, .index = index};
    int rc;
    session_init(&f.session, s);
    rc = session_read(&f.session, &input, 1, &s->reader, take_records, &f);
    if (rc == 0)
        rc = commit_batch(&f);
    free_batch(&f.pending);
    session_close(&f.session);
    return rc;
}
