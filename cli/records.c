#include "records.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "failure.h"
#include "message.h"

/* Which articles of the result were there. */
typedef struct seen_ids {
    session *session;
    const tt_result_file *result;
    unsigned char *seen; /* by number */
    uint64_t seen_count;
    article_fn take;
    void *ctx;
} seen_ids;

static int check_record(void *ctx, const tt_record *record)
{
    seen_ids *l = ctx;
    const tt_article *a = &record->article;
    const tt_id id = {a->id, a->id_size, a->flags & TT_ARTICLE_INTEGER_ID, 0};
    uint64_t article;
    if (record->status != TT_OK)
        return session_reject(l->session, record, TT_OK);
    article = tt_result_file_find(l->result, &id);
    if (article != TT_NO_ARTICLE) {
        if (l->seen[article])
            return session_reject(l->session, record, TT_EDUPLICATE);
        l->seen[article] = 1;
        l->seen_count++;
    }
    return l->take(l->ctx, record, article);
}

static int read_all_records(session *r, tt_reader *reader, record_fn take, void *ctx)
{
    for (;;) {
        const tt_record *records = NULL;
        size_t count = 0;
        uint64_t done = 0, total = 0;
        tt_error error = {0};
        int rc = 0;
        if (tt_reader_next(reader, &records, &count, &error) != TT_OK)
            return failure_library(&error, ABOUT_INPUT);
        if (count == 0)
            return 0;
        for (size_t i = 0; i < count && rc == 0; i++) {
            if (i == 0 || strcmp(records[i].file, records[i - 1].file) != 0)
                rc = session_refuse_own_output(r, records[i].file);
            if (rc == 0)
                rc = take(ctx, &records[i]);
        }
        if (rc != 0)
            return rc == RECORDS_ENOUGH ? 0 : rc;
        tt_reader_progress(reader, &done, &total);
        (void)progress_update(&r->progress, "read", done, total);
    }
}

int records_read(session *r, const char *const *inputs, size_t count, record_fn take, void *ctx)
{
    tt_reader *reader = NULL;
    tt_error error = {0};
    int rc;
    if (tt_reader_open(&reader, inputs, count, &r->settings->reader, &error) != TT_OK)
        return failure_library(&error, ABOUT_INPUT);
    rc = read_all_records(r, reader, take, ctx);
    tt_reader_close(reader);
    return rc;
}

/* Without an article the extents of the result say nothing. */
static int refuse_missing(const seen_ids *l)
{
    const char *path = l->session->settings->inputs[0];
    uint64_t first = 0;
    if (l->seen_count == l->result->article_count)
        return 0;
    while (l->seen[first])
        first++;
    return message_failure(
        NULL,
        "%s names %" PRIu64 " articles of which %" PRIu64
        " are not in the input, the first is %.*s; give the INPUT (and "
        "--id-field) of its scan",
        path, l->result->article_count, l->result->article_count - l->seen_count,
        (int)(l->result->articles[first].size < 100 ? l->result->articles[first].size : 100),
        l->result->articles[first].bytes);
}

int records_read_articles(session *r, const tt_result_file *result, article_fn take, void *ctx)
{
    const settings *s = r->settings;
    seen_ids l = {r, result, calloc((size_t)result->article_count + 1, 1), 0, take, ctx};
    int rc;
    if (l.seen == NULL)
        return failure_memory();
    rc = records_read(r, s->inputs + 1, s->input_count - 1, check_record, &l);
    if (rc == 0)
        rc = refuse_missing(&l);
    progress_end(&r->progress);
    free(l.seen);
    return rc;
}
