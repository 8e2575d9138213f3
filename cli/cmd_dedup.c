/*
 * While records are read, the bytes of each accepted one, with a newline after it, go to a nameless
 * scratch file; what is kept is copied from there in long runs. Nothing of the input is read twice,
 * so standard input works too, and memory is 8 bytes an article.
 */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "failure.h"
#include "message.h"
#include "session.h"

enum { COPY_SIZE = 1 << 18 };

typedef struct dedup_state {
    session session;
    output spool;
    uint64_t *ends; /* of each accepted record in the spool */
    size_t count, capacity;
    size_t next; /* first record that is neither copied nor dropped yet */
    uint64_t removed;
    char *block;
    int rc; /* exit code of what stopped a callback */
} dedup_state;

static int write_string(output *out, const char *text, size_t size)
{
    return tt_write_json_string(output_write, out, text, size) == TT_OK ? 0 : -1;
}

static int write_id(output *out, const tt_article *a)
{
    if ((a->flags & TT_ARTICLE_INTEGER_ID) != 0)
        return output_write(out, a->id, a->id_size);
    return write_string(out, a->id, a->id_size);
}

static int write_literal(output *out, const char *text)
{
    return output_write(out, text, strlen(text));
}

/* A plain-text file becomes a record; any other is one already. */
static int spool_record(output *spool, const tt_record *record)
{
    const tt_article *a = &record->article;
    if (record->line != 0)
        return output_write(spool, record->raw, record->raw_size) | write_literal(spool, "\n");
    return write_literal(spool, "{\"id\":") | write_id(spool, a) |
           write_literal(spool, ",\"text\":") | write_string(spool, a->text, a->text_size) |
           write_literal(spool, "}\n");
}

static int spool_accepted(void *ctx, const tt_record *record)
{
    dedup_state *d = ctx;
    if (d->count == d->capacity) {
        const size_t capacity = d->capacity + d->capacity / 2 + 1024;
        uint64_t *grown = realloc(d->ends, capacity * sizeof *grown);
        if (grown == NULL)
            return failure_memory();
        d->ends = grown;
        d->capacity = capacity;
    }
    if (spool_record(&d->spool, record) != 0)
        return output_failure(&d->spool);
    d->ends[d->count++] = d->spool.written;
    return 0;
}

/* Copies the records from `next` up to `end`, which is one run of the spool. */
static int copy_records(dedup_state *d, size_t end)
{
    uint64_t at = d->next == 0 ? 0 : d->ends[d->next - 1];
    const uint64_t stop = end == 0 ? 0 : d->ends[end - 1];
    while (at < stop) {
        const size_t wanted = stop - at < COPY_SIZE ? (size_t)(stop - at) : COPY_SIZE;
        const ssize_t got = pread(d->spool.fd, d->block, wanted, (off_t)at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return failure_temporary("read", NULL, got < 0 ? errno : 0);
        if (output_write(&d->session.result, d->block, (size_t)got) != 0)
            return output_failure(&d->session.result);
        at += (uint64_t)got;
    }
    d->next = end;
    return 0;
}

/* The shortest decimal that gives the same number back; null where there is none. */
static int write_number(output *out, const char *name, double value)
{
    char text[64];
    size_t used = (size_t)snprintf(text, sizeof text, ",\"%s\":", name);
    if (isnan(value)) {
        (void)snprintf(text + used, sizeof text - used, "null");
    } else {
        for (int digits = 15; digits <= 17; digits++) {
            (void)snprintf(text + used, sizeof text - used, "%.*g", digits, value);
            if (strtod(text + used, NULL) == value)
                break;
        }
    }
    return write_literal(out, text);
}

static int write_removed(dedup_state *d, const tt_pair *pair)
{
    output *out = &d->session.removed;
    tt_article dropped, kept;
    tt_error error = {0};
    int bad;
    if (out->name == NULL)
        return 0;
    if (tt_result_article(d->session.index, pair->a, &dropped, &error) != TT_OK ||
        tt_result_article(d->session.index, pair->b, &kept, &error) != TT_OK)
        return failure_library(&error, ABOUT_WORK);
    bad = write_literal(out, "{\"id\":") | write_id(out, &dropped);
    bad |= write_literal(out, ",\"kept\":") | write_id(out, &kept);
    bad |= write_literal(out, ",\"relation\":\"");
    bad |= write_literal(out, tt_relation_name((tt_relation)pair->relation)) |
           write_literal(out, "\"");
    bad |= write_number(out, "resemblance", pair->resemblance);
    bad |= write_number(out, "containment", pair->containment_a);
    bad |= write_number(out, "containment_of", pair->containment_b);
    bad |= write_number(out, "overlap", pair->overlap_a);
    bad |= write_number(out, "overlap_of", pair->overlap_b);
    bad |= write_number(out, "facts", pair->facts) | write_literal(out, "}\n");
    return bad != 0 ? output_failure(out) : 0;
}

/* A tt_dropped_fn: they come ascending, so what lies between is kept. */
static int copy_until_dropped(void *ctx, const tt_pair *dropped, size_t count)
{
    dedup_state *d = ctx;
    for (size_t i = 0; i < count && d->rc == 0; i++) {
        d->rc = copy_records(d, (size_t)dropped[i].a);
        d->next++;
        d->removed++;
        if (d->rc == 0)
            d->rc = write_removed(d, &dropped[i]);
    }
    return d->rc;
}

static int write_kept(dedup_state *d)
{
    tt_error error = {0};
    tt_status status;
    d->block = malloc(COPY_SIZE);
    if (d->block == NULL)
        return failure_memory();
    if (output_flush(&d->spool) != 0)
        return output_failure(&d->spool);
    status = tt_result_dropped(d->session.index, copy_until_dropped, d, &error);
    if (d->rc != 0)
        return d->rc;
    return status != TT_OK ? failure_library(&error, ABOUT_WORK) : copy_records(d, d->count);
}

static void print_dedup_summary(const dedup_state *d)
{
    char speed[60];
    session_describe_speed(&d->session, speed, sizeof speed);
    message_line("%zu article%s: %" PRIu64 " kept, %" PRIu64 " removed, %" PRIu64 " rejected %s",
                 d->count, d->count == 1 ? "" : "s", d->count - d->removed, d->removed,
                 d->session.rejected, speed);
}

static int dedup(const settings *s)
{
    dedup_state d;
    int rc;
    memset(&d, 0, sizeof d);
    d.spool = (output)OUTPUT_NONE;
    if (s->output == NULL)
        return message_usage(s->command, "no output given; -o FILE is needed, or -o -");
    rc = session_open(&d.session, s);
    if (rc == 0)
        rc = output_open_scratch(&d.spool, &d.session.result);
    d.session.accept = spool_accepted;
    d.session.accept_ctx = &d;
    if (rc == 0)
        rc = session_scan(&d.session);
    if (rc == 0)
        rc = write_kept(&d);
    if (rc == 0)
        rc = session_publish(&d.session);
    if (rc == 0) {
        if (!s->quiet)
            print_dedup_summary(&d);
        rc = session_exit_code(&d.session);
    }
    session_close(&d.session);
    output_discard(&d.spool);
    free(d.ends);
    free(d.block);
    return rc;
}

const subcommand dedup_command = {
    .name = "dedup",
    .bit = FOR_DEDUP,
    .operands = "INPUT... -o FILE",
    .about = "copy the articles without their near-duplicates",
    .text = "Copies the records to keep, byte for byte, in input order. INPUT as for scan; a\n"
            ".txt file becomes a record with its path as id. The input is not touched.",
    .more = "A line of --removed is an object with id, kept, relation, resemblance,\n"
            "containment, containment_of, overlap, overlap_of and facts: the article left\n"
            "out, the one kept in its place, and how much of the first stands in the second;\n"
            "names in _of are about the one kept.",
    .example = "twicetold dedup feed.jsonl -o kept.jsonl --removed removed.jsonl",
    .run = dedup,
};
