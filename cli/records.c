#include "records.h"

#include <inttypes.h>
#include <stdlib.h>

#include "failure.h"
#include "file_list.h"
#include "format.h"
#include "message.h"
#include "util/id.h"

int records_refuse_cut(const tt_result *result, const char *path)
{
    size_t size;
    if (tt_result_summary_line(result, &size) != NULL)
        return 0;
    return message_failure("scan again, or copy the whole file",
                           "%s has no summary line, which is the last one of a result: it was cut",
                           path);
}

int records_read_result(tt_result **result, const char *path)
{
    tt_error error = {0};
    if (file_is_index(path))
        return message_failure("give what 'twicetold scan -o FILE' wrote; 'twicetold index list' "
                               "lists an index",
                               "%s is an index, not a result", path);
    return tt_result_read(result, path, NULL, &error) != TT_OK
               ? failure_library(&error, ABOUT_RESULT)
               : records_refuse_cut(*result, path);
}

/* Which articles of the result were in the input. */
typedef struct seen_ids {
    session *session;
    const tt_result *result;
    unsigned char *seen; /* by number of the result */
    uint64_t seen_count;
    uint64_t articles, bytes; /* of all good records */
    uint64_t digest;
    article_fn take;
    void *ctx;
} seen_ids;

tt_id record_id(const tt_record *record)
{
    const tt_article *a = &record->article;
    return tti_id_of(a);
}

static int take_record(seen_ids *s, const tt_record *record)
{
    const tt_id id = record_id(record);
    uint64_t article;
    if (record->status != TT_OK)
        return session_reject(s->session, record, TT_OK);
    s->articles++;
    s->bytes += record->article.text_size;
    s->digest += tt_article_digest(&record->article);
    article = tt_result_find(s->result, &id);
    if (article != TT_NO_ARTICLE) {
        if (s->seen[article])
            return session_reject(s->session, record, TT_EDUPLICATE);
        s->seen[article] = 1;
        s->seen_count++;
    }
    return s->take(s->ctx, record, article);
}

/* A records_fn. */
static int take_records(void *ctx, const tt_record *records, size_t count)
{
    int rc = 0;
    for (size_t i = 0; i < count && rc == 0; i++)
        rc = take_record(ctx, &records[i]);
    return rc;
}

/* The extents of a result mean nothing without its articles. */
static int refuse_missing(const seen_ids *s)
{
    const uint64_t named = tt_result_article_count(s->result);
    tt_id id;
    uint64_t first = 0;
    if (s->seen_count == named)
        return 0;
    while (s->seen[first])
        first++;
    id = tt_result_id(s->result, first);
    return message_failure(
        "give the files that were scanned, and the same --id-field",
        "%s: %" PRIu64 " of the result's %" PRIu64 " article%s not in this input (first: %.*s)",
        s->session->settings->inputs[0], named - s->seen_count, named, named == 1 ? " is" : "s are",
        format_id_size(id.bytes, id.size), id.bytes);
}

/* The summary says which texts were scanned. One of version 0.1 has no digest, but the number of
 * articles and of bytes, if nothing was rejected: of two records with one id, the scan counted one.
 */
static int refuse_others(const seen_ids *s)
{
    const tt_summary *summary = tt_result_summary(s->result);
    size_t size;
    if (tt_result_summary_line(s->result, &size) == NULL ||
        (summary->digest != 0
             ? summary->digest == s->digest
             : summary->rejected > 0 || s->session->rejected > 0 ||
                   (summary->articles == s->articles && summary->bytes == s->bytes)))
        return 0;
    return message_failure(
        "give the files that were scanned, as they were then, and the same "
        "options for reading them",
        "%s: these are not the texts that were scanned: %" PRIu64 " article%s with %" PRIu64
        " bytes now, %" PRIu64 " with %" PRIu64 " then",
        s->session->settings->inputs[0], s->articles, s->articles == 1 ? "" : "s", s->bytes,
        summary->articles, summary->bytes);
}

int records_read_articles(session *r, const tt_result *result, article_fn take, void *ctx)
{
    const settings *s = r->settings;
    seen_ids seen = {.session = r,
                     .result = result,
                     .seen = calloc((size_t)tt_result_article_count(result) + 1, 1),
                     .take = take,
                     .ctx = ctx};
    int rc;
    if (seen.seen == NULL)
        return failure_memory();
    rc = session_read(r, s->inputs + 1, s->input_count - 1, &s->reader, take_records, &seen);
    if (rc == 0)
        rc = refuse_missing(&seen);
    if (rc == 0)
        rc = refuse_others(&seen);
    progress_end(&r->progress);
    free(seen.seen);
    return rc;
}
