#include "session.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "failure.h"
#include "message.h"

/* ==== Outputs ============================================================================= */

static int refuse_clashes(const session *r)
{
    const output *const outputs[SESSION_OUTPUTS] = {&r->result, &r->rejects, &r->removed};
    const settings *s = r->settings;
    for (size_t i = 0; i < SESSION_OUTPUTS; i++) {
        for (size_t j = 0; j < i; j++)
            if (output_same(outputs[i], outputs[j]))
                return message_usage(
                    s->command, "%s is to be written twice; give each output a FILE of its own",
                    outputs[i]->name);
        for (size_t j = 0; j < s->input_count; j++)
            if (outputs[i]->name != NULL && output_is_input(outputs[i], s->inputs[j]))
                return message_usage(s->command,
                                     "%s is input and output at once; write to another FILE",
                                     s->inputs[j]);
    }
    return 0;
}

int session_open(session *r, const settings *s)
{
    int rc;
    memset(r, 0, sizeof *r);
    r->settings = s;
    r->result = r->rejects = r->removed = (output)OUTPUT_NONE;
    r->began = seconds_now();
    progress_begin(&r->progress, s->progress, s->quiet);
    if (s->input_count == 0)
        return message_usage(s->command,
                             "no INPUT given; give files, directories, or - for standard input");
    rc = output_open(&r->result, s->output);
    if (rc == 0 && s->rejects != NULL)
        rc = output_open(&r->rejects, s->rejects);
    if (rc == 0 && s->removed != NULL)
        rc = output_open(&r->removed, s->removed);
    return rc != 0 ? rc : refuse_clashes(r);
}

int session_publish(session *r)
{
    output *const outputs[SESSION_OUTPUTS] = {&r->rejects, &r->removed, &r->result};
    int rc = 0;
    for (size_t i = 0; i < SESSION_OUTPUTS && rc == 0; i++)
        rc = output_finish(outputs[i]);
    for (size_t i = 0; i < SESSION_OUTPUTS && rc == 0; i++)
        rc = output_publish(outputs[i]);
    return rc;
}

void session_close(session *r)
{
    progress_end(&r->progress);
    tt_scan_close(r->builder);
    tt_result_close(r->index);
    output_discard(&r->result);
    output_discard(&r->rejects);
    output_discard(&r->removed);
}

int session_exit_code(const session *r)
{
    return r->rejected != 0 ? EXIT_REJECTED : EXIT_DONE;
}

void session_describe_speed(const session *r, char *to, size_t size)
{
    const double seconds = seconds_now() - r->began;
    tt_summary summary;
    tt_result_summary(r->index, &summary);
    (void)snprintf(to, size, "in %.2f s (%.1f MB/s)", seconds,
                   seconds > 0 ? (double)summary.bytes * 1e-6 / seconds : 0.0);
}

/* ==== Records ============================================================================= */

/* One batch of good articles, with the place of each in the reader's batch. */
typedef struct batch {
    tt_article *articles;
    tt_status *statuses;
    size_t capacity;
} batch;

static int batch_reserve(batch *b, size_t count)
{
    if (count <= b->capacity)
        return 0;
    free(b->articles);
    free(b->statuses);
    b->articles = malloc(count * sizeof *b->articles);
    b->statuses = malloc(count * sizeof *b->statuses);
    b->capacity = b->articles == NULL || b->statuses == NULL ? 0 : count;
    return b->capacity == 0 ? failure_memory() : 0;
}

/* The advice for a kind of reason, for the first record of that kind. */
static const char *advise_once(session *r, tt_status status)
{
    const uint32_t bit = UINT32_C(1) << ((unsigned)-status & 31);
    if ((r->advised & bit) != 0)
        return NULL;
    r->advised |= bit;
    return failure_record_advice(status);
}

static int reject(session *r, const tt_record *record, tt_status status, const char *reason)
{
    r->rejected++;
    if (!r->settings->quiet)
        message_record(record->file, record->line, reason, advise_once(r, status));
    if (r->rejects.name == NULL || record->raw_size == 0) /* too long to be held, or unreadable */
        return 0;
    if (output_write(&r->rejects, record->raw, record->raw_size) != 0 ||
        output_write(&r->rejects, "\n", 1) != 0)
        return output_failure(&r->rejects);
    return 0;
}

int session_reject(session *r, const tt_record *record, tt_status status)
{
    char reason[200];
    if (status == TT_OK)
        return reject(r, record, record->status, record->reason);
    tt_article_refusal(&record->article, status, reason, sizeof reason);
    return reject(r, record, status, reason);
}

int session_refuse_own_output(const session *r, const char *file)
{
    if (output_is_input(&r->result, file) || output_is_input(&r->rejects, file) ||
        output_is_input(&r->removed, file))
        return message_usage(r->settings->command,
                             "%s is input and output at once; write to another FILE", file);
    return 0;
}

static int add_batch(session *r, const tt_record *records, size_t count, batch *b)
{
    size_t good = 0;
    tt_error error = {0};
    int rc = batch_reserve(b, count);
    for (size_t i = 0; i < count && rc == 0; i++) {
        if (i == 0 || strcmp(records[i].file, records[i - 1].file) != 0)
            rc = session_refuse_own_output(r, records[i].file);
        if (records[i].status == TT_OK)
            b->articles[good++] = records[i].article;
    }
    if (rc != 0)
        return rc;
    if (tt_scan_add(r->builder, b->articles, good, b->statuses, &error) != TT_OK)
        return failure_library(&error, ABOUT_WORK);
    good = 0;
    for (size_t i = 0; i < count && rc == 0; i++) {
        const tt_status status = records[i].status != TT_OK ? TT_OK : b->statuses[good++];
        if (records[i].status != TT_OK || status != TT_OK) {
            rc = session_reject(r, &records[i], status);
        } else if (r->accept != NULL) {
            rc = r->accept(r->accept_ctx, &records[i]);
        }
    }
    return rc;
}

static int add_all_records(session *r, tt_reader *reader)
{
    batch b = {0};
    int rc = 0;
    while (rc == 0) {
        const double began = seconds_now();
        const tt_record *records = NULL;
        size_t count = 0;
        uint64_t done = 0, total = 0;
        tt_error error = {0};
        if (tt_reader_next(reader, &records, &count, &error) != TT_OK) {
            rc = failure_library(&error, ABOUT_INPUT);
            break;
        }
        r->read_seconds += seconds_now() - began;
        if (count == 0)
            break;
        rc = add_batch(r, records, count, &b);
        tt_reader_progress(reader, &done, &total);
        (void)progress_update(&r->progress, "read", done, total);
    }
    free(b.articles);
    free(b.statuses);
    return rc;
}

/* While records are read, the reader's bytes are the better measure. */
static int builder_progress(void *ctx, const char *stage, uint64_t done, uint64_t total)
{
    if (strcmp(stage, "read") == 0 || strcmp(stage, "text") == 0)
        return 0;
    return progress_update(ctx, stage, done, total);
}

int session_scan(session *r)
{
    const settings *s = r->settings;
    tt_options options = s->engine;
    tt_reader *reader = NULL;
    tt_error error = {0};
    int rc;

    options.progress = builder_progress;
    options.progress_ctx = &r->progress;
    if (tt_scan_open(&r->builder, &options, &error) != TT_OK)
        return failure_library(&error, ABOUT_WORK);
    if (tt_reader_open(&reader, s->inputs, s->input_count, &s->reader, &error) != TT_OK)
        return failure_library(&error, ABOUT_INPUT);
    (void)progress_update(&r->progress, "read", 0, 0);
    rc = add_all_records(r, reader);
    tt_reader_close(reader);
    if (rc != 0)
        return rc;
    if (tt_scan_finish(r->builder, &r->index, &error) != TT_OK)
        return failure_library(&error, ABOUT_WORK);
    progress_end(&r->progress);
    return 0;
}
