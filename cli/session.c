#include "session.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "columns.h"
#include "failure.h"
#include "memory.h"
#include "message.h"

/* ==== Outputs ================================================================================= */

enum { OUTPUTS = 3 };

static int refuse_both(const session *r, const char *name)
{
    return message_usage(r->settings->command, "%s is both input and output; write to another FILE",
                         name);
}

static int refuse_clashes(const session *r)
{
    const output *const outputs[OUTPUTS] = {&r->result, &r->rejects, &r->removed};
    const settings *s = r->settings;
    for (size_t i = 0; i < OUTPUTS; i++) {
        for (size_t j = 0; j < i; j++)
            if (output_same(outputs[i], outputs[j]))
                return message_usage(s->command,
                                     "%s would be written twice; give each output a separate FILE",
                                     outputs[i]->name);
        for (size_t j = 0; j < s->input_count; j++)
            if (outputs[i]->name != NULL && output_is_input(outputs[i], s->inputs[j]))
                return refuse_both(r, s->inputs[j]);
    }
    return 0;
}

/* A directory among the inputs may hold a file that the session writes. */
int session_refuse_output(const session *r, const char *file)
{
    return output_is_input(&r->result, file) || output_is_input(&r->rejects, file) ||
                   output_is_input(&r->removed, file)
               ? refuse_both(r, file)
               : 0;
}

void session_init(session *r, const settings *s)
{
    memset(r, 0, sizeof *r);
    r->settings = s;
    r->result = r->rejects = r->removed = (output)OUTPUT_NONE;
    r->began = seconds_now();
    progress_begin(&r->progress, s->progress, s->quiet);
}

int session_open(session *r, const settings *s)
{
    int rc;
    session_init(r, s);
    if (s->input_count == 0)
        return message_usage(s->command,
                             "no INPUT given; give files, directories, or - for standard input");
    rc = s->append_outputs && s->output != NULL ? output_open_append(&r->result, s->output)
                                                : output_open(&r->result, s->output);
    if (rc == 0 && s->rejects != NULL)
        rc = s->append_outputs ? output_open_append(&r->rejects, s->rejects)
                               : output_open(&r->rejects, s->rejects);
    if (rc == 0 && s->removed != NULL)
        rc = output_open(&r->removed, s->removed);
    return rc != 0 ? rc : refuse_clashes(r);
}

int session_publish(session *r)
{
    output *const outputs[OUTPUTS] = {&r->rejects, &r->removed, &r->result};
    int rc = 0;
    for (size_t i = 0; i < OUTPUTS && rc == 0; i++)
        rc = output_finish(outputs[i]);
    for (size_t i = 0; i < OUTPUTS && rc == 0; i++)
        rc = output_publish(outputs[i]);
    return rc;
}

static int reopen(output *out)
{
    const char *name = out->name;
    const int rc = output_sync(out);
    if (rc != 0)
        return rc;
    output_discard(out);
    return output_open_append(out, name);
}

int session_reopen(session *r)
{
    int rc = r->settings->output == NULL ? 0 : reopen(&r->result);
    if (rc == 0 && r->rejects.name != NULL)
        rc = reopen(&r->rejects);
    return rc;
}

void session_close(session *r)
{
    progress_end(&r->progress);
    free(r->file);
    tt_scan_close(r->scan);
    tt_result_close(r->found);
    output_discard(&r->result);
    output_discard(&r->rejects);
    output_discard(&r->removed);
    free(r->withdrawn);
}

int session_exit_code(const session *r)
{
    if (r->settings->fail_on_duplicates && r->copies > 0)
        return EXIT_COPIES;
    return r->rejected != 0 ? EXIT_REJECTED : EXIT_DONE;
}

void session_describe_speed(const session *r, char *to, size_t size)
{
    const double seconds = seconds_now() - r->began;
    const tt_summary *summary = tt_result_summary(r->found);
    (void)snprintf(to, size, "in %.2f s (%.1f MB/s)", seconds,
                   seconds > 0 ? (double)summary->bytes * 1e-6 / seconds : 0.0);
}

/* ==== Notices that withdraw an item ============================================================
 */

/* How an id is noted: its size and its type, before its bytes. */
typedef struct noted_id {
    size_t size;
    uint32_t flags;
} noted_id;

static int note_withdrawn(session *r, const tt_article *notice)
{
    const noted_id id = {notice->id_size, notice->flags & TT_ARTICLE_INTEGER_ID};
    const size_t size = r->withdrawn_size + sizeof id + notice->id_size;
    if (size > r->withdrawn_room) {
        char *grown = realloc(r->withdrawn, 2 * size);
        if (grown == NULL)
            return failure_memory();
        r->withdrawn = grown;
        r->withdrawn_room = 2 * size;
    }
    memcpy(r->withdrawn + r->withdrawn_size, &id, sizeof id);
    memcpy(r->withdrawn + r->withdrawn_size + sizeof id, notice->id, notice->id_size);
    r->withdrawn_size = size;
    return 0;
}

static int was_withdrawn(const session *r, const tt_article *article)
{
    noted_id id;
    for (size_t at = 0; at < r->withdrawn_size; at += sizeof id + id.size) {
        memcpy(&id, r->withdrawn + at, sizeof id);
        if (id.size == article->id_size && id.flags == (article->flags & TT_ARTICLE_INTEGER_ID) &&
            memcmp(r->withdrawn + at + sizeof id, article->id, id.size) == 0)
            return 1;
    }
    return 0;
}

/* Says of a record whose id was seen before that one of the two withdraws the other. */
static void describe_withdrawal(const session *r, const tt_article *article, char *reason,
                                size_t size)
{
    const size_t used = strlen(reason);
    if ((article->flags & TT_ARTICLE_WITHDRAWN) != 0)
        (void)snprintf(reason + used, size - used, ", and this withdraws it");
    else if (was_withdrawn(r, article))
        (void)snprintf(reason + used, size - used, ", in a notice that withdraws it");
}

/* ==== Reading ================================================================================= */

enum { NAMED_ALIKE = 8 }; /* a file of the wrong kind, or given twice, would fill the screen */

/* Whether to name a record that is left out; of those that nobody waits for, the first alike. */
static int names_record(session *r, tt_status status, const char *reason, const char **advice)
{
    const settings *s = r->settings;
    uint64_t *alike = status == TT_EDUPLICATE ? &r->same_ids : &r->alike;
    const uint32_t count = failure_count_record(status, reason, r->rejected_for, advice);
    const uint32_t most = failure_is_of_all_records(reason) ? 1 : NAMED_ALIKE;
    if (s->verbose || s->log != 0 || s->command->bit == FOR_WATCH || count <= most)
        return 1;
    ++*alike;
    return 0;
}

int session_reject(session *r, const tt_record *record, tt_status status)
{
    char reason[200];
    const char *advice;
    if (r->repeated)
        return 0;
    if (status == TT_OK) {
        status = record->status;
        (void)snprintf(reason, sizeof reason, "%s", record->reason);
    } else {
        tt_article_refusal(&record->article, status, reason, sizeof reason);
        if (status == TT_EDUPLICATE)
            describe_withdrawal(r, &record->article, reason, sizeof reason);
    }
    r->rejected++;
    if (names_record(r, status, reason, &advice) && !r->settings->quiet)
        message_record(record->file, record->line, record->nth, reason, advice);
    /* A record that is too long to be held, or that cannot be read, has no bytes here. */
    if (r->rejects.name == NULL || record->raw_size == 0)
        return 0;
    if (output_write(&r->rejects, record->raw, record->raw_size) != 0 ||
        output_write(&r->rejects, "\n", 1) != 0)
        return output_failure(&r->rejects);
    return 0;
}

/* What to do where an assumption is wrong. */
static const char *note_advice(uint32_t note)
{
    switch (note) {
    case TT_NOTE_HTML: return "--text-format plain keeps them";
    case TT_NOTE_NO_TIME:
        return "write it as 2026-03-12T09:15:00Z; 3/4/2026 could be in March or in April";
    case TT_NOTE_IN_CONTENT:
    case TT_NOTE_IN_ARTICLE: return "--text-field NAME takes another";
    default: return NULL;
    }
}

/* Says what is assumed of a record, once for each kind. Records without an id are counted. */
static void tell_notes(session *r, const tt_record *record)
{
    for (uint32_t note = 1; tt_note_text(note) != NULL; note <<= 1)
        if (note != TT_NOTE_NO_ID && (record->notes & ~r->noted & note) != 0 && !r->settings->quiet)
            message_record(record->file, record->line, record->nth, tt_note_text(note),
                           note_advice(note));
    r->noted |= record->notes;
    if ((record->notes & TT_NOTE_NO_ID) != 0 && record->status == TT_OK)
        r->without_id++;
    r->wordless += (record->notes & TT_NOTE_NO_WORD) != 0;
}

/* A batch may begin within a file, which -v has named then. */
static int begin_file(session *r, const char *file)
{
    if (r->settings->verbose && !r->settings->quiet && !r->repeated &&
        (r->file == NULL || strcmp(r->file, file) != 0)) {
        free(r->file);
        r->file = memory_copy(file, strlen(file));
        message_line("reading %s", file);
    }
    return session_refuse_output(r, file);
}

static int read_batches(session *r, tt_reader *reader, records_fn take, void *ctx)
{
    int rc = 0;
    (void)progress_update(&r->progress, "read", 0, 0);
    while (rc == 0) {
        const double began = seconds_now();
        const tt_record *records = NULL;
        size_t count = 0;
        uint64_t done = 0, total = 0;
        int is_late = 0;
        tt_error error = {0};
        const tt_status status =
            r->deadline == 0 ? tt_reader_next(reader, &records, &count, &error)
                             : tt_reader_next_within(reader, (int64_t)((r->deadline - began) * 1e6),
                                                     &records, &count, &is_late, &error);
        if (status != TT_OK)
            return failure_library(&error, ABOUT_INPUT);
        r->read_seconds += seconds_now() - began;
        r->seen += count;
        if (count == 0 && !is_late)
            return 0;
        for (size_t i = 0; i < count; i++)
            if (records[i].notes != 0)
                tell_notes(r, &records[i]);
        for (size_t i = 0; i < count && rc == 0; i++)
            if (i == 0 || strcmp(records[i].file, records[i - 1].file) != 0)
                rc = begin_file(r, records[i].file);
        if (rc == 0)
            rc = take(ctx, records, count);
        tt_reader_progress(reader, &done, &total);
        (void)progress_update(&r->progress, "read", done, total);
    }
    return rc == SESSION_ENOUGH ? 0 : rc;
}

static void describe_passed_over(const session *r, const tt_reader *reader)
{
    char kinds[240];
    uint64_t count = tt_reader_passed_over(reader, kinds, sizeof kinds);
    if (count > 0 && !r->settings->quiet)
        message_line("%" PRIu64 " file%s passed over in directories and archives: %s", count,
                     count == 1 ? "" : "s", kinds);
    count = tt_reader_empty(reader, kinds, sizeof kinds);
    if (count > 0 && r->seen > 0 && !r->settings->quiet)
        message_line("%" PRIu64 " file%s no article: %s", count, count == 1 ? " has" : "s have",
                     kinds);
}

/* A pipe that ends at once brought nothing to watch, which is no failure. */
static int is_quiet_feed(const session *r, const char *const *inputs, const char *empty)
{
    return r->settings->command->bit == FOR_WATCH && strcmp(inputs[0], "-") == 0 &&
           strcmp(empty, "standard input is empty") == 0;
}

/* What is made of no article means nothing. The rejected records were asked for all the same. */
static int refuse_nothing(session *r, const tt_reader *reader, const char *const *inputs)
{
    char empty[240];
    if (r->seen > 0 && r->without_id == r->seen - r->rejected && r->seen > r->rejected &&
        r->settings->reader.id_field != NULL)
        return message_failure("name the field of the ids with --id-field; without it, the id is "
                               "\"id\" or FILE:LINE",
                               "no record has \"%s\"", r->settings->reader.id_field);
    (void)tt_reader_empty(reader, empty, sizeof empty);
    if (r->seen > r->rejected || (r->seen == 0 && is_quiet_feed(r, inputs, empty)))
        return 0;
    progress_end(&r->progress);
    if (r->seen > 0) {
        const int written =
            r->settings->append_outputs /* other files may follow */
                ? output_sync(&r->rejects)
                : output_finish(&r->rejects) != 0 || output_publish(&r->rejects) != 0;
        if (written != 0)
            return EXIT_FAILED;
        return message_failure(r->settings->quiet ? "run it without --quiet, which says why"
                                                  : "mend what the lines above name",
                               "no article was read: %" PRIu64 " record%s rejected", r->seen,
                               r->seen == 1 ? " was" : "s were");
    }
    if (empty[0] != '\0')
        return message_failure("give files, directories, or - for standard input",
                               "no article was read: %s", empty);
    return tt_reader_passed_over(reader, NULL, 0) > 0
               ? message_failure("name a file itself to have it read whatever its name",
                                 "no article was read: the directories have no file of a name that "
                                 "is read")
               : message_failure("give files, directories, or - for standard input",
                                 "no article was read: the input is empty");
}

/* The name of a field that is none is a fault of the command line. */
static int fail_open(const session *r, const tt_error *error)
{
    static const char *const fields[] = {"id", "text", "title", "date", "source"};
    for (size_t i = 0; i < sizeof fields / sizeof *fields && error->status == TT_EINVAL; i++) {
        const size_t size = strlen(fields[i]);
        if (strncmp(error->message, fields[i], size) == 0 &&
            strncmp(error->message + size, "_field ", 7) == 0)
            return message_usage(r->settings->command, "--%s-field %s", fields[i],
                                 error->message + size + 7);
    }
    return failure_library(error, ABOUT_INPUT);
}

int session_read(session *r, const char *const *inputs, size_t count,
                 const tt_reader_options *options, records_fn take, void *ctx)
{
    tt_reader *reader = NULL;
    tt_reader_options with_columns = *options;
    tt_error error = {0};
    int rc;
    with_columns.converter = &columns_converter;
    if (tt_reader_open(&reader, inputs, count, &with_columns, &error) != TT_OK)
        return fail_open(r, &error);
    rc = read_batches(r, reader, take, ctx);
    if (rc == 0 && !r->repeated)
        describe_passed_over(r, reader);
    if (r->alike > 0 && !r->settings->quiet && !r->repeated)
        message_line("%" PRIu64 " more record%s rejected for the same reason; -v names them",
                     r->alike, r->alike == 1 ? " was" : "s were");
    if (r->wordless > 1 && !r->settings->quiet && !r->repeated)
        message_line("%" PRIu64 " more record%s a text without a word", r->wordless - 1,
                     r->wordless == 2 ? " has" : "s have");
    if (r->same_ids > 0 && !r->settings->quiet && !r->repeated)
        message_line("%" PRIu64 " more id%s seen before; %s", r->same_ids,
                     r->same_ids == 1 ? " was" : "s were",
                     r->keeps_second ? "-v names them" : "--rejects FILE lists them");
    if (rc == 0)
        rc = refuse_nothing(r, reader, inputs);
    tt_reader_close(reader);
    return rc;
}

/* ==== Scanning ================================================================================ */

/* A batch of records on its way into the scan. */
typedef struct batch {
    const tt_record *records;
    size_t count;
    tt_article *articles; /* to be added by one call */
    tt_status *statuses;  /* of these */
    uint64_t *numbers;    /* of the records: their articles, or one of the two below */
} batch;

#define REJECTED TT_NO_ARTICLE
#define IS_SECOND (TT_NO_ARTICLE - 1)

/* True for a record that has the id of an earlier one, none of which withdraws the other. */
static int is_second(const session *r, const tt_record *record, tt_status status)
{
    return r->keeps_second && status == TT_EDUPLICATE && record->line != 0 &&
           (record->article.flags & TT_ARTICLE_WITHDRAWN) == 0 &&
           !was_withdrawn(r, &record->article);
}

/* The name of a record by its line, as one without an id has it; `turn` counts those that were
 * taken already. NULL: out of memory */
static char *name_by_line(const tt_record *record, uint32_t turn)
{
    enum { NUMBERS = 60 };
    const size_t size = strlen(record->file) + NUMBERS;
    char *name = malloc(size), nth[20] = "", again[20] = "";
    if (record->nth > 1)
        (void)snprintf(nth, sizeof nth, ".%" PRIu32, record->nth);
    if (turn > 0)
        (void)snprintf(again, sizeof again, "#%" PRIu32, turn + 1);
    if (name != NULL)
        (void)snprintf(name, size, "%s:%" PRIu64 "%s%s", record->file, record->line, nth, again);
    return name;
}

/* Says that a record goes by the name of its line. */
static void tell_second(session *r, const tt_record *record, const char *name)
{
    const char *advice;
    char reason[400];
    size_t used;
    tt_article_refusal(&record->article, TT_EDUPLICATE, reason, sizeof reason);
    used = strlen(reason);
    (void)snprintf(reason + used, sizeof reason - used, "; the article goes by %s", name);
    if (names_record(r, TT_EDUPLICATE, reason, &advice) && !r->settings->quiet)
        message_record(record->file, record->line, record->nth, reason, NULL);
}

/* Adds the records that have the id of an earlier one by the names of their lines. @return how many
 * are left, whose names are taken too; -1: *rc is an exit code */
static int64_t add_seconds(session *r, batch *b, uint32_t turn, int *rc)
{
    int64_t count = 0, next = 0, left = 0;
    tt_error error = {0};
    for (size_t i = 0; i < b->count && *rc == 0; i++) {
        tt_article *x = &b->articles[count];
        if (b->numbers[i] != IS_SECOND)
            continue;
        *x = b->records[i].article;
        x->id = name_by_line(&b->records[i], turn);
        if (x->id == NULL) {
            *rc = failure_memory();
            break;
        }
        x->id_size = strlen(x->id);
        x->flags &= ~(uint32_t)TT_ARTICLE_INTEGER_ID;
        count++;
    }
    if (*rc == 0 && count > 0 &&
        tt_scan_add(r->scan, b->articles, (size_t)count, b->statuses, &error) != TT_OK)
        *rc = failure_library(&error, ABOUT_WORK);
    for (size_t i = 0; i < b->count && *rc == 0; i++) {
        if (b->numbers[i] != IS_SECOND)
            continue;
        if (b->statuses[next] == TT_OK) {
            b->numbers[i] = r->articles++;
            tell_second(r, &b->records[i], b->articles[next].id);
        } else {
            left++;
        }
        next++;
    }
    for (int64_t k = 0; k < count; k++)
        free((char *)b->articles[k].id);
    return *rc == 0 ? left : -1;
}

/* Rejects the records that have no name. */
static int reject_seconds(session *r, batch *b)
{
    int rc = 0;
    for (size_t i = 0; i < b->count && rc == 0; i++)
        if (b->numbers[i] == IS_SECOND) {
            b->numbers[i] = REJECTED;
            rc = session_reject(r, &b->records[i], TT_EDUPLICATE);
        }
    return rc;
}

static int add_records(session *r, batch *b)
{
    enum { MOST_TURNS = 100 };
    size_t good = 0;
    int64_t left = 0;
    int rc = 0;
    tt_error error = {0};
    for (size_t i = 0; i < b->count; i++)
        if (b->records[i].status == TT_OK)
            b->articles[good++] = b->records[i].article;
    if (tt_scan_add(r->scan, b->articles, good, b->statuses, &error) != TT_OK)
        return failure_library(&error, ABOUT_WORK);
    good = 0;
    for (size_t i = 0; i < b->count && rc == 0; i++) {
        const tt_record *record = &b->records[i];
        const tt_status status = record->status == TT_OK ? b->statuses[good++] : TT_OK;
        b->numbers[i] = REJECTED;
        if (is_second(r, record, status)) {
            b->numbers[i] = IS_SECOND;
            left++;
        } else if (record->status != TT_OK || status != TT_OK) {
            rc = session_reject(r, record, status);
        } else {
            b->numbers[i] = r->articles++;
        }
        if (rc == 0 && b->numbers[i] < IS_SECOND &&
            (record->article.flags & TT_ARTICLE_WITHDRAWN) != 0)
            rc = note_withdrawn(r, &record->article);
    }
    for (uint32_t turn = 0; turn < MOST_TURNS && left > 0; turn++)
        left = add_seconds(r, b, turn, &rc);
    if (rc == 0)
        rc = reject_seconds(r, b);
    for (size_t i = 0; i < b->count && rc == 0 && r->accept != NULL; i++)
        if (b->numbers[i] != REJECTED)
            rc = r->accept(r->accept_ctx, &b->records[i], b->numbers[i]);
    return rc;
}

/* A records_fn. */
static int scan_batch(void *ctx, const tt_record *records, size_t count)
{
    batch b = {.records = records, .count = count};
    int rc;
    b.articles = calloc(count, sizeof *b.articles);
    b.statuses = calloc(count, sizeof *b.statuses);
    b.numbers = calloc(count, sizeof *b.numbers);
    rc = b.articles == NULL || b.statuses == NULL || b.numbers == NULL ? failure_memory()
                                                                       : add_records(ctx, &b);
    free(b.articles);
    free(b.statuses);
    free(b.numbers);
    return rc;
}

/* The bytes that the reader has read say more of its stage than the articles that were added. */
static int scan_progress(void *ctx, const char *stage, uint64_t done, uint64_t total)
{
    if (strcmp(stage, "read") == 0 || strcmp(stage, "text") == 0)
        return 0;
    return progress_update(ctx, stage, done, total);
}

int session_take_notices(session *r, tt_index *index)
{
    tt_result *from = NULL;
    tt_error error = {0};
    int rc = 0;
    if (r->settings->notices == NULL)
        return 0;
    if (tt_result_read(&from, r->settings->notices, NULL, &error) != TT_OK)
        return failure_library(&error, ABOUT_RESULT);
    if ((index != NULL ? tt_index_notices(index, from, &error)
                       : tt_scan_notices(r->scan, from, &error)) != TT_OK)
        rc = failure_library(&error, ABOUT_RESULT);
    tt_result_close(from);
    return rc;
}

static void tell_stages(const session *r)
{
    const tt_summary *x = tt_result_summary(r->found);
    const tt_seconds *t = &x->seconds;
    message_line("%" PRIu64 " tokens, %" PRIu64 " candidates compared; seconds: read %.2f, words "
                 "%.2f, signatures %.2f, LSH %.2f, seeds %.2f, compare %.2f, clusters %.2f, "
                 "sections %.2f",
                 x->tokens, x->candidates, r->read_seconds, t->text, t->sketch, t->lsh, t->seed,
                 t->verify, t->cluster, t->section);
}

int session_scan(session *r)
{
    const settings *s = r->settings;
    tt_options options = s->engine;
    tt_error error = {0};
    int rc;
    options.progress = scan_progress;
    options.progress_ctx = &r->progress;
    if (tt_scan_open(&r->scan, &options, &error) != TT_OK)
        return failure_library(&error, ABOUT_WORK);
    rc = session_take_notices(r, NULL);
    if (rc == 0)
        rc = session_read(r, s->inputs, s->input_count, &s->reader, scan_batch, r);
    if (rc != 0)
        return rc;
    if (tt_scan_finish(r->scan, &r->found, &error) != TT_OK)
        return failure_library(&error, ABOUT_WORK);
    progress_end(&r->progress);
    if (s->verbose && !s->quiet)
        tell_stages(r);
    return 0;
}
