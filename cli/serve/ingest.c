#include "serve/ingest.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "failure.h"
#include "kept_article.h"
#include "memory.h"
#include "serve/server.h"

enum {
    MOST_RECORDS = 100000, /* of one body */
    EXPANSION = 8          /* a compressed body may come to so many times the longest body */
};

void ingest_free(submission *s)
{
    if (s == NULL)
        return;
    free(s->outcomes);
    free(s->articles);
    free(s->outcome_of);
    free(s->statuses);
    for (size_t i = 0; i < s->article_count; i++)
        free(s->kept[i]);
    free(s->kept);
    buffer_free(&s->lines);
    free(s);
}

void ingest_reject(submission *s, size_t record, const char *reason)
{
    outcome *o = &s->outcomes[record];
    const char *advice = failure_sent_advice(TT_EFORMAT, reason);
    o->article = SIZE_MAX;
    o->begin = s->lines.size;
    buffer_printf(&s->lines, "{\"type\":\"rejected\",\"record\":%zu", record);
    if (o->line > 0)
        buffer_printf(&s->lines, ",\"line\":%" PRIu64, o->line);
    buffer_text(&s->lines, ",\"reason\":");
    buffer_string(&s->lines, reason, strlen(reason));
    if (advice != NULL) {
        buffer_text(&s->lines, ",\"advice\":");
        buffer_string(&s->lines, advice, strlen(advice));
    }
    buffer_text(&s->lines, "}\n");
    o->end = s->lines.size;
    s->rejected++;
}

static int append_article(submission *s, const tt_record *record)
{
    tt_article *a;
    if (memory_grow(&s->articles, s->article_count, &s->article_capacity, sizeof *s->articles) !=
            0 ||
        memory_grow(&s->kept, s->article_count, &s->kept_capacity, sizeof *s->kept) != 0 ||
        memory_grow(&s->outcome_of, s->article_count, &s->outcome_of_capacity,
                    sizeof *s->outcome_of) != 0)
        return -1;
    a = &s->articles[s->article_count];
    *a = record->article;
    s->kept[s->article_count] = article_keep(a);
    if (s->kept[s->article_count] == NULL)
        return -1;
    s->bytes += article_bytes(a);
    s->outcome_of[s->article_count] = s->outcome_count;
    s->outcomes[s->outcome_count].article = s->article_count++;
    return 0;
}

/* A record without an id is named for what it says; but what is no record at all has no name. */
static const char *refusal_of(const tt_record *record)
{
    if (record->status != TT_OK)
        return record->reason;
    return record->line == 0 ? "not an article in any known form" : NULL;
}

static int append_record(submission *s, const tt_record *record)
{
    const char *refusal = refusal_of(record);
    int rc;
    if (memory_grow(&s->outcomes, s->outcome_count, &s->outcome_capacity, sizeof *s->outcomes) != 0)
        return -1;
    s->outcomes[s->outcome_count] = (outcome){.article = SIZE_MAX, .line = record->line};
    if (refusal != NULL)
        ingest_reject(s, s->outcome_count, refusal);
    rc = refusal == NULL ? append_article(s, record) : 0;
    s->outcome_count++;
    return rc;
}

/* What a compressed body comes to counts as what is sent does. @return 0, or -1: likewise */
static int claim_texts(submission *s)
{
    request *r = s->request;
    const size_t more = s->bytes > r->claimed ? s->bytes - r->claimed : 0;
    if (more > 0 && server_claim_bytes(r->server, more) != 0) {
        request_fail(r, 429, "wait, and send it again", "too much is waiting to be stored");
        r->retry_after = 1;
        return -1;
    }
    r->claimed += more;
    return 0;
}

/* @return 0, or -1: the request has its answer */
static int read_records(submission *s, tt_reader *reader)
{
    request *r = s->request;
    const server *own = r->server;
    const uint64_t most_bytes = own->body_limit * EXPANSION < own->queue_limit
                                    ? own->body_limit * EXPANSION
                                    : own->queue_limit;
    const tt_record *records;
    size_t count = 1;
    tt_error error = {0};
    while (count > 0) {
        if (tt_reader_next(reader, &records, &count, &error) != TT_OK) {
            request_fail_library(r, &error);
            return -1;
        }
        for (size_t i = 0; i < count; i++)
            if (append_record(s, &records[i]) != 0) {
                request_fail(r, 503, NULL, "out of memory");
                return -1;
            }
        if (s->outcome_count > MOST_RECORDS || s->bytes > most_bytes) {
            request_fail(r, 413, "send the articles in several requests",
                         "a body has at most %d records and %" PRIu64 " bytes of text",
                         MOST_RECORDS, most_bytes);
            return -1;
        }
        if (claim_texts(s) != 0)
            return -1;
    }
    return 0;
}

/* Opens a reader of the body, with the names of fields that the query of the request gives. */
static tt_status open_reader(request *r, tt_reader **reader, tt_error *error)
{
    tt_reader_options options = r->server->reader;
    const struct {
        const char *value;
        const char **field;
    } names[] = {{"id_field", &options.id_field},
                 {"text_field", &options.text_field},
                 {"title_field", &options.title_field},
                 {"date_field", &options.date_field},
                 {"source_field", &options.source_field}};
    char *given[sizeof names / sizeof *names];
    tt_status status;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        given[i] = request_value(r, names[i].value).bytes;
        if (given[i] != NULL)
            *names[i].field = given[i];
    }
    options.flags |= TT_READER_LASTING_IDS; /* -#DIGEST, as with watch */
    status = tt_reader_open_bytes(reader, r->file, r->body.bytes, r->body.size, &options, error);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        free(given[i]); /* the reader has copies */
    return status;
}

submission *ingest_read(request *r)
{
    submission *s = calloc(1, sizeof *s);
    tt_reader *reader = NULL;
    tt_error error = {0};
    int rc = -1;
    if (s == NULL) {
        request_fail(r, 503, NULL, "out of memory");
        return NULL;
    }
    s->request = r;
    if (open_reader(r, &reader, &error) != TT_OK)
        request_fail_library(r, &error);
    else
        rc = read_records(s, reader);
    tt_reader_close(reader);
    if (rc == 0 && s->outcome_count == 0) {
        request_fail(r, 400, "send JSON Lines, ninjs, NewsML, NITF or RSS", "there is no article");
        rc = -1;
    }
    if (rc == 0) {
        s->statuses = calloc(s->article_count + 1, sizeof *s->statuses);
        if (s->statuses == NULL) {
            request_fail(r, 503, NULL, "out of memory");
            rc = -1;
        }
    }
    buffer_free(&r->body);
    if (rc == 0)
        return s;
    ingest_free(s);
    return NULL;
}

void ingest_answer(submission *s)
{
    request *r = s->request;
    metrics *m = &r->server->metrics;
    r->status = s->rejected < s->outcome_count ? 200 : 422;
    r->type = "application/x-ndjson";
    for (size_t i = 0; i < s->outcome_count; i++)
        (void)buffer_write(&r->answer, s->lines.bytes + s->outcomes[i].begin,
                           s->outcomes[i].end - s->outcomes[i].begin);
    if (s->rejected > 0)
        metrics_add(m, &m->rejected, s->rejected);
    if (r->answer.failed || s->lines.failed)
        request_fail(r, 503, "the articles are in the index; send them again to see the verdicts",
                     "out of memory for the answer");
}
