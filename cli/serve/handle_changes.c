#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "decisions.h"
#include "memory.h"
#include "option_values.h"
#include "serve/answers.h"
#include "serve/find.h"
#include "serve/handlers.h"
#include "serve/server.h"
#include "serve/writer.h"
#include "util/id.h"

/* ==== Articles ================================================================================ */

/* Where no record has an article, there is nothing to wait for. */
static int answer_empty(submission *x)
{
    if (x->article_count > 0)
        return 0;
    ingest_answer(x);
    request_finish(x->request);
    ingest_free(x);
    return 1;
}

void handle_add(request *r)
{
    submission *x = ingest_read(r);
    if (x == NULL)
        request_finish(r);
    else if (!answer_empty(x))
        writer_submit(r->server, x);
}

void handle_query(request *r)
{
    submission *x = ingest_read(r);
    if (x == NULL)
        request_finish(r);
    else if (!answer_empty(x))
        writer_query(r->server, x);
}

/* An article as it was sent. */
static void take_sent(const tt_article *a, found_article *out)
{
    const tt_id id = tti_id_of(a);
    out->article = *a;
    buffer_text(&out->json, "{\"id\":");
    buffer_id(&out->json, &id);
    buffer_text(&out->json, "}");
}

void handle_compare_sent(request *r)
{
    found_article a = {0}, b = {0};
    submission *x = ingest_read(r);
    if (x != NULL && x->article_count == 2 && x->rejected == 0) {
        take_sent(&x->articles[0], &a);
        take_sent(&x->articles[1], &b);
        find_compare(r, &a, &b);
    } else if (x != NULL && x->rejected > 0) {
        ingest_answer(x);
        r->status = 422;
    } else if (x != NULL) {
        request_fail(r, 400, NULL, "send two articles, not %zu", x->article_count);
    }
    find_article_free(&a);
    find_article_free(&b);
    ingest_free(x);
    request_finish(r);
}

static void answer_removed(request *r, uint64_t removed)
{
    metrics_add(&r->server->metrics, &r->server->metrics.removed, removed);
    events_tick(&r->server->events);
    r->status = 200;
    r->type = "application/json";
    buffer_printf(&r->answer, "{\"removed\":%" PRIu64 "}\n", removed);
}

void handle_remove(request *r)
{
    server *s = r->server;
    tt_index_article article;
    found_id id = {0};
    uint64_t removed = 0;
    tt_error error = {0};
    server_lock(s);
    if (find_part(r, 1, &article) == 0 && find_copy_id(r, &article.id, &id) == 0) {
        if (tt_index_remove(s->index, &id.id, 1, &removed, &error) != TT_OK)
            request_fail_library(r, &error);
        else
            answer_removed(r, removed);
    }
    server_unlock(s);
    find_free(&id);
}

void handle_expire(request *r)
{
    server *s = r->server;
    const piece before = request_value(r, "before");
    int64_t time = TT_NO_TIME;
    uint64_t removed = 0;
    tt_error error = {0};
    if (before.bytes == NULL || option_parse_time(before.bytes, &time) != 0)
        request_fail(r, 400, "write it as 2026-03-12, 2026-03-12T09:15:00Z or yesterday",
                     "before is a time");
    free(before.bytes);
    if (r->status != 0)
        return;
    server_lock(s);
    if (tt_index_expire(s->index, time, &removed, &error) != TT_OK)
        request_fail_library(r, &error);
    else
        answer_removed(r, removed);
    server_unlock(s);
}

/* ==== Decisions =============================================================================== */

enum { MOST_DECISIONS = 10000 };

/* Decisions that were sent. */
typedef struct sent_decisions {
    request *request;
    tt_index_decision *items;
    size_t count, capacity;
    buffer bytes; /* what they point to; while they are read, by its place */
} sent_decisions;

static const char *copy_decision_bytes(sent_decisions *d, const char *bytes, size_t size)
{
    const size_t at = d->bytes.size + 1; /* so that no place is NULL */
    if (bytes == NULL)
        return NULL;
    (void)buffer_write(&d->bytes, bytes, size);
    return (const char *)(uintptr_t)at;
}

/* @return 0, or -1: the request is answered */
static int append_decision(sent_decisions *d, const tt_record *record)
{
    request *r = d->request;
    const int has_name = r->who[0] != '\0'; /* who proved it; a record may say anything */
    tt_index_decision x;
    if (record->status != TT_OK || (record->notes & TT_NOTE_NO_ID) != 0) {
        request_fail(r, 400, NULL, "line %" PRIu64 ": %s", record->line,
                     record->status != TT_OK ? record->reason : "no id");
        return -1;
    }
    if (decision_of_record(record, &x) != 0) {
        request_fail(r, 400, "a decision is keep, kill, not-a-copy or none",
                     "line %" PRIu64 ": unknown decision", record->line);
        return -1;
    }
    if (d->count == MOST_DECISIONS) {
        request_fail(r, 413, NULL, "there are more than %d decisions", MOST_DECISIONS);
        return -1;
    }
    if (has_name) {
        x.who = r->who;
        x.who_size = strlen(r->who);
    }
    x.id.bytes = copy_decision_bytes(d, x.id.bytes, x.id.size);
    x.of.bytes = copy_decision_bytes(d, x.of.bytes, x.of.size);
    x.who = copy_decision_bytes(d, x.who, x.who_size);
    x.time = TT_NO_TIME;
    if (memory_grow(&d->items, d->count, &d->capacity, sizeof *d->items) != 0 || d->bytes.failed) {
        request_fail(r, 503, NULL, "out of memory");
        return -1;
    }
    d->items[d->count++] = x;
    return 0;
}

static int read_decisions(sent_decisions *d)
{
    request *r = d->request;
    tt_reader *reader = NULL;
    const tt_record *records;
    size_t count = 1;
    tt_error error = {0};
    int rc = 0;
    if (tt_reader_open_bytes(&reader, r->file, r->body.bytes, r->body.size, &decision_fields,
                             &error) != TT_OK) {
        request_fail_library(r, &error);
        return -1;
    }
    while (rc == 0 && count > 0) {
        if (tt_reader_next(reader, &records, &count, &error) != TT_OK) {
            request_fail_library(r, &error);
            rc = -1;
        }
        for (size_t i = 0; rc == 0 && i < count; i++)
            rc = append_decision(d, &records[i]);
    }
    tt_reader_close(reader);
    return rc;
}

static const char *pointer_of(const sent_decisions *d, const char *at)
{
    return at == NULL ? NULL : d->bytes.bytes + (uintptr_t)at - 1;
}

static void store_decisions(sent_decisions *d)
{
    request *r = d->request;
    server *s = r->server;
    tt_error error = {0};
    uint64_t last = 0;
    tt_status status;
    (void)buffer_write(&d->bytes, "", 1);
    if (d->bytes.failed) {
        request_fail(r, 503, NULL, "out of memory");
        return;
    }
    for (size_t i = 0; i < d->count; i++) {
        tt_index_decision *x = &d->items[i];
        x->id.bytes = pointer_of(d, x->id.bytes);
        x->of.bytes = pointer_of(d, x->of.bytes);
        x->who = pointer_of(d, x->who);
    }
    server_lock(s);
    status = tt_index_decide(s->index, d->items, d->count, &last, &error);
    server_unlock(s);
    if (status != TT_OK) {
        request_fail_library(r, &error);
        return;
    }
    events_tick(&s->events);
    r->status = 200;
    r->type = "application/json";
    buffer_printf(&r->answer, "{\"decisions\":%zu,\"last\":%" PRIu64 "}\n", d->count, last);
}

void handle_decide(request *r)
{
    sent_decisions d = {.request = r};
    if (read_decisions(&d) == 0) {
        if (d.count == 0)
            request_fail(r, 400, NULL, "there is no decision");
        else
            store_decisions(&d);
    }
    free(d.items);
    buffer_free(&d.bytes);
    request_finish(r);
}
