/*
 * The reader of articles reads the file too: the decision is the text of a record, and its id is
 * "id" in a first pass and "of" in a second one.
 */
#include "decisions.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "failure.h"
#include "format.h"
#include "memory.h"
#include "message.h"
#include "records.h"

static int find_kind(const tt_article *a, decision_kind *kind)
{
    static const char *const words[] = {"keep", "kill", "not-a-copy", "none"};
    for (int i = 0; i < 4; i++)
        if (strlen(words[i]) == a->text_size && memcmp(words[i], a->text, a->text_size) == 0) {
            *kind = (decision_kind)(DECISION_KEEP + i);
            return 1;
        }
    return 0;
}

static int add_decision(decisions *d, const tt_record *record, decision_find_fn find, void *ctx)
{
    decision x = {.of = TT_NO_ARTICLE, .line = record->line, .time = record->article.published};
    const tt_id id = record_id(record);
    if (record->status != TT_OK)
        return message_failure("give the file that 'Save decisions' on a page wrote",
                               "%s:%" PRIu64 ": %s", record->file, record->line, record->reason);
    if (!find_kind(&record->article, &x.kind))
        return message_failure("a decision is keep, kill or not-a-copy",
                               "%s:%" PRIu64 ": unknown decision", record->file, record->line);
    x.article = find(ctx, &id);
    if (memory_grow(&d->items, d->count, &d->capacity, sizeof *d->items) != 0)
        return EXIT_FAILED;
    x.who = memory_copy(record->article.source, record->article.source_size);
    d->items[d->count++] = x;
    return x.who == NULL ? failure_memory() : 0;
}

/* The second pass has the same records, so that the i-th decision is that of the i-th record. */
static int read_pass(decisions *d, const char *path, decision_find_fn find, void *ctx,
                     const char *id_field)
{
    const tt_reader_options options = {.struct_size = sizeof options,
                                       .id_field = id_field,
                                       .text_field = "decision",
                                       .date_field = "time",
                                       .source_field = "who"};
    tt_reader *reader = NULL;
    const tt_record *records;
    tt_error error = {0};
    size_t count = 1, next = 0;
    int rc = 0;
    if (tt_reader_open(&reader, &path, 1, &options, &error) != TT_OK)
        return failure_library(&error, ABOUT_INPUT);
    while (rc == 0 && count > 0) {
        if (tt_reader_next(reader, &records, &count, &error) != TT_OK)
            rc = failure_library(&error, ABOUT_INPUT);
        for (size_t i = 0; rc == 0 && i < count; i++, next++) {
            const tt_id id = record_id(&records[i]);
            if (strcmp(id_field, "id") == 0)
                rc = add_decision(d, &records[i], find, ctx);
            else if (next < d->count && d->items[next].kind >= DECISION_NOT_A_COPY)
                d->items[next].of =
                    records[i].notes & TT_NOTE_NO_ID ? TT_NO_ARTICLE : find(ctx, &id);
        }
    }
    tt_reader_close(reader);
    return rc;
}

/* What was decided before about the same article, or the same two, no longer holds. */
static void take_back(decisions *d, size_t last)
{
    for (size_t i = 0; i < last; i++)
        if (d->items[i].article == d->items[last].article && d->items[i].of == d->items[last].of)
            d->items[i].kind = DECISION_NONE;
}

int decisions_read(decisions *d, const char *path, decision_find_fn find, void *ctx,
                   const char *where, int quiet)
{
    char reason[80];
    int rc = read_pass(d, path, find, ctx, "id");
    if (rc == 0)
        rc = read_pass(d, path, find, ctx, "of");
    for (size_t i = 0; i < d->count && rc == 0; i++) {
        decision *x = &d->items[i];
        if (x->kind == DECISION_TAKEN_BACK)
            take_back(d, i);
        if (x->article != TT_NO_ARTICLE &&
            (x->kind != DECISION_NOT_A_COPY || x->of != TT_NO_ARTICLE))
            continue;
        x->kind = DECISION_NONE;
        d->unknown++;
        (void)snprintf(reason, sizeof reason, "it is about an article that is not in the %s",
                       where);
        if (!quiet)
            message_record(path, x->line, 1, reason, NULL);
    }
    return rc;
}

void decisions_free(decisions *d)
{
    for (size_t i = 0; i < d->count; i++)
        free(d->items[i].who);
    free(d->items);
    memset(d, 0, sizeof *d);
}
