/*
 * The reader of articles reads the file too: the decision is the text of a record, who made it its
 * source, and of what it is no copy, what it replaces.
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

const tt_reader_options decision_fields = {.struct_size = sizeof decision_fields,
                                           .text_field = "decision",
                                           .date_field = "time",
                                           .source_field = "who",
                                           .replacing_field = "of",
                                           .text_format = TT_TEXT_PLAIN,
                                           .threads = 1};

int decision_of_record(const tt_record *record, tt_index_decision *out)
{
    const tt_article *a = &record->article;
    *out = (tt_index_decision){.id = record_id(record),
                               .of = a->replacing,
                               .who = a->source,
                               .who_size = a->source_size,
                               .time = a->published};
    for (; out->kind <= TT_DECISION_NOT_A_COPY; out->kind++) {
        const char *name = tt_decision_kind_name((tt_decision_kind)out->kind);
        if (strlen(name) == a->text_size && memcmp(name, a->text, a->text_size) == 0)
            return 0;
    }
    return -1;
}

static int add_decision(decisions *d, const tt_record *record, decision_find_fn find, void *ctx)
{
    tt_index_decision given;
    decision x = {.of = TT_NO_ARTICLE, .line = record->line, .time = record->article.published};
    if (record->status != TT_OK)
        return message_failure("give the file that 'Save decisions' on a page wrote",
                               "%s:%" PRIu64 ": %s", record->file, record->line, record->reason);
    if (decision_of_record(record, &given) != 0)
        return message_failure("a decision is keep, kill or not-a-copy",
                               "%s:%" PRIu64 ": unknown decision", record->file, record->line);
    x.kind = given.kind == TT_DECISION_NONE ? DECISION_TAKEN_BACK : (decision_kind)given.kind;
    x.article = find(ctx, &given.id);
    if (x.kind >= DECISION_NOT_A_COPY && given.of.bytes != NULL)
        x.of = find(ctx, &given.of);
    if (memory_grow(&d->items, d->count, &d->capacity, sizeof *d->items) != 0)
        return EXIT_FAILED;
    x.who = memory_copy(given.who, given.who_size);
    d->items[d->count++] = x;
    return x.who == NULL ? failure_memory() : 0;
}

static int read_records(decisions *d, const char *path, decision_find_fn find, void *ctx)
{
    tt_reader *reader = NULL;
    const tt_record *records;
    tt_error error = {0};
    size_t count = 1;
    int rc = 0;
    if (tt_reader_open(&reader, &path, 1, &decision_fields, &error) != TT_OK)
        return failure_library(&error, ABOUT_INPUT);
    while (rc == 0 && count > 0) {
        if (tt_reader_next(reader, &records, &count, &error) != TT_OK)
            rc = failure_library(&error, ABOUT_INPUT);
        for (size_t i = 0; rc == 0 && i < count; i++)
            rc = add_decision(d, &records[i], find, ctx);
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
    const int rc = read_records(d, path, find, ctx);
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
