/* index list, get and export: the articles of an index, and what editors decided. */
#include "cmd_index_articles.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "decisions.h"
#include "failure.h"
#include "format.h"
#include "memory.h"
#include "message.h"
#include "output.h"

typedef struct listing {
    output out;
    uint64_t told, left; /* lines; those that may still come */
    uint64_t without_text;
} listing;

/* A tt_index_article_fn. */
static int write_article(void *ctx, const tt_index_article *article)
{
    listing *l = ctx;
    l->told++;
    return tt_index_article_write(article, output_write, &l->out) == TT_OK ? 0 : -1;
}

/* A tt_index_article_fn: records that can be read again. */
static int export_article(void *ctx, const tt_index_article *article)
{
    listing *l = ctx;
    if (article->text != NULL)
        return write_article(ctx, article);
    l->without_text++;
    return 0;
}

/* A failed write is remembered by the output. */
static void write_string(output *out, const char *bytes, size_t size)
{
    if (tt_write_json_string(output_write, out, bytes, size) != TT_OK)
        return;
}

static void write_id(output *out, const char *key, const tt_id *id)
{
    output_literal(out, key);
    if (id->flags & TT_ARTICLE_INTEGER_ID)
        (void)output_write(out, id->bytes, id->size);
    else
        write_string(out, id->bytes, id->size);
}

/* A tt_index_decision_fn. */
static int write_decision(void *ctx, const tt_index_decision *d)
{
    listing *l = ctx;
    char time[40];
    if (l->left == 0)
        return 1;
    l->left--;
    write_id(&l->out, "{\"type\":\"decision\",\"id\":", &d->id);
    output_printf(&l->out, ",\"decision\":\"%s\"",
                  tt_decision_kind_name((tt_decision_kind)d->kind));
    if (d->of.bytes != NULL)
        write_id(&l->out, ",\"of\":", &d->of);
    output_literal(&l->out, ",\"who\":");
    write_string(&l->out, d->who, d->who_size);
    format_time(time, sizeof time, "%Y-%m-%dT%H:%M:%SZ", d->time);
    output_printf(&l->out, ",\"time\":\"%s\",\"number\":%" PRIu64 "}\n", time, d->number);
    return l->out.error != 0 ? -1 : 0;
}

/* Writes what a function of the library lists. `rc`: what opening came to. */
static int finish_listing(listing *l, tt_status status, const tt_error *error)
{
    int rc = 0;
    if (l->out.error != 0)
        rc = output_failure(&l->out);
    else if (status != TT_OK && status != TT_ESTOPPED)
        rc = failure_library(error, ABOUT_INDEX);
    if (rc == 0)
        rc = output_finish(&l->out);
    if (rc == 0)
        rc = output_publish(&l->out);
    output_discard(&l->out);
    return rc;
}

static int open_listing(listing *l, const settings *s, tt_index **index)
{
    tt_error error = {0};
    const int rc = output_open(&l->out, s->output);
    if (rc != 0)
        return rc;
    if (output_is_input(&l->out, s->inputs[0])) { /* standard output is appended to it */
        output_discard(&l->out);
        return message_usage(s->command, "%s is both input and output; write to another FILE",
                             s->inputs[0]);
    }
    if (tt_index_open(index, s->inputs[0], TT_INDEX_READ, &s->engine, &error) == TT_OK)
        return 0;
    output_discard(&l->out);
    return failure_library(&error, ABOUT_INDEX);
}

static int run_list(const settings *s)
{
    listing l = {.out = OUTPUT_NONE, .left = s->limit == 0 ? UINT64_MAX : s->limit};
    const uint32_t flags =
        (s->newest ? TT_LIST_NEWEST_FIRST : 0u) | (s->texts_too ? TT_LIST_TEXTS : 0u);
    tt_index *index = NULL;
    tt_error error = {0};
    tt_status status;
    int rc;
    if (s->input_count != 1)
        return message_usage(s->command, "give one INDEX");
    if (s->list_decisions && (s->newest || s->texts_too))
        return message_usage(s->command, "--decisions goes with --since and --limit alone");
    rc = open_listing(&l, s, &index);
    if (rc != 0)
        return rc;
    status = s->list_decisions
                 ? tt_index_decisions(index, s->since, write_decision, &l, &error)
                 : tt_index_list(index, flags, s->since, s->limit, write_article, &l, &error);
    rc = finish_listing(&l, status, &error);
    tt_index_close(index);
    return rc;
}

static int run_notices(const settings *s)
{
    listing l = {.out = OUTPUT_NONE, .left = UINT64_MAX};
    tt_index *index = NULL;
    tt_result *notices = NULL;
    tt_error error = {0};
    tt_status status;
    int rc;
    if (s->input_count != 1)
        return message_usage(s->command, "give one INDEX");
    rc = open_listing(&l, s, &index);
    if (rc != 0)
        return rc;
    status = tt_index_notices_get(index, &notices, &error);
    if (status == TT_OK)
        status = tt_result_write(notices, output_write, &l.out, NULL, &error);
    rc = finish_listing(&l, status, &error);
    tt_result_close(notices);
    tt_index_close(index);
    return rc;
}

/* A tt_verdict_fn. */
static int write_matches(void *ctx, const tt_verdict *verdicts, size_t count)
{
    listing *l = ctx;
    for (size_t i = 0; i < count; i++)
        if (tt_verdict_write(&verdicts[i], output_write, &l->out) != TT_OK ||
            tt_verdict_write_matches(&verdicts[i], output_write, &l->out) != TT_OK)
            return -1;
    return 0;
}

/* "1" and 1 are two ids, which look the same on a command line: both articles are read. */
static tt_status write_by_id(listing *l, tt_index *index, const char *text, int with_matches,
                             uint64_t *found, tt_error *error)
{
    for (uint32_t flags = 0; flags <= TT_ARTICLE_INTEGER_ID; flags++) {
        const tt_id id = {text, strlen(text), flags, 0};
        tt_index_article article;
        tt_status status = tt_index_get(index, &id, &article, error);
        if (status != TT_OK)
            return status;
        if (article.number == 0)
            continue;
        ++*found;
        if (write_article(l, &article) != 0)
            return TT_ESTOPPED;
        if (with_matches)
            status = tt_index_matches(index, &id, write_matches, l, error);
        if (status != TT_OK)
            return status;
    }
    return TT_OK;
}

static int run_get(const settings *s)
{
    listing l = {.out = OUTPUT_NONE};
    tt_index *index = NULL;
    tt_error error = {0};
    tt_status status = TT_OK;
    int rc, missing = 0;
    if (s->input_count < 2)
        return message_usage(s->command, "give an INDEX and the ids of the articles to read");
    rc = open_listing(&l, s, &index);
    if (rc != 0)
        return rc;
    for (size_t i = 1; i < s->input_count && status == TT_OK; i++) {
        uint64_t found = 0;
        status = write_by_id(&l, index, s->inputs[i], s->all, &found, &error);
        if (status == TT_OK && found == 0)
            missing = message_failure("'twicetold index list' shows the ids that are there",
                                      "%s has no article %s", s->inputs[0], s->inputs[i]);
    }
    rc = finish_listing(&l, status, &error);
    tt_index_close(index);
    return rc != 0 ? rc : missing != 0 ? EXIT_REJECTED : EXIT_DONE;
}

static int run_export(const settings *s)
{
    listing l = {.out = OUTPUT_NONE};
    tt_index *index = NULL;
    tt_error error = {0};
    tt_status status;
    int rc;
    if (s->input_count != 1)
        return message_usage(s->command, "give one INDEX");
    rc = open_listing(&l, s, &index);
    if (rc != 0)
        return rc;
    if (!tt_index_options(index)->keep_text) {
        output_discard(&l.out);
        tt_index_close(index);
        return message_failure("copy it with 'twicetold index backup', or add it to another with "
                               "'twicetold index merge'",
                               "%s was made without --keep-text and has no texts", s->inputs[0]);
    }
    status = tt_index_list(index, TT_LIST_TEXTS, 0, 0, export_article, &l, &error);
    rc = finish_listing(&l, status, &error);
    if (rc == 0 && l.without_text > 0)
        message_line("%" PRIu64 " tombstone%s without a text left out", l.without_text,
                     l.without_text == 1 ? "" : "s");
    tt_index_close(index);
    return rc;
}

/* ---- Storing decisions ------------------------------------------------------------------------
 */

typedef struct id_list {
    tt_index *index;
    tt_id *items;
    size_t count, capacity;
    tt_status status;
    tt_error error;
} id_list;

static int is_there(id_list *l, const tt_id *id)
{
    tt_index_article article = {0};
    if (l->status == TT_OK)
        l->status = tt_index_get(l->index, id, &article, &l->error);
    return l->status == TT_OK && article.number != 0;
}

/* A decision_find_fn. */
static uint64_t remember_id(void *ctx, const tt_id *id)
{
    id_list *l = ctx;
    char *bytes;
    if (!is_there(l, id))
        return TT_NO_ARTICLE;
    bytes = memory_copy(id->bytes, id->size);
    if (bytes == NULL || memory_grow(&l->items, l->count, &l->capacity, sizeof *l->items) != 0) {
        free(bytes);
        l->status = TT_ENOMEM;
        return TT_NO_ARTICLE;
    }
    l->items[l->count] = (tt_id){bytes, id->size, id->flags, 0};
    return l->count++;
}

static int store_decisions(id_list *ids, const decisions *d, int quiet)
{
    static const int32_t kinds[] = {TT_DECISION_NONE, TT_DECISION_KEEP, TT_DECISION_KILL,
                                    TT_DECISION_NOT_A_COPY, TT_DECISION_NONE};
    const char *user = getenv("USER");
    tt_index_decision *list = calloc(d->count + 1, sizeof *list);
    size_t count = 0;
    if (list == NULL)
        return failure_memory();
    for (size_t i = 0; i < d->count; i++) {
        const decision *x = &d->items[i];
        if (x->kind == DECISION_NONE)
            continue;
        list[count] = (tt_index_decision){.id = ids->items[x->article],
                                          .who = *x->who != '\0' || user == NULL ? x->who : user,
                                          .time = x->time,
                                          .kind = kinds[x->kind]};
        list[count].who_size = strlen(list[count].who);
        if (x->of != TT_NO_ARTICLE)
            list[count].of = ids->items[x->of];
        count++;
    }
    ids->status = tt_index_decide(ids->index, list, count, NULL, &ids->error);
    free(list);
    if (ids->status != TT_OK)
        return failure_library(&ids->error, ABOUT_INDEX);
    if (!quiet)
        message_line("%zu decision%s stored", count, count == 1 ? "" : "s");
    return d->unknown == 0 ? EXIT_DONE : EXIT_REJECTED;
}

int decisions_store(const char *path, const settings *s)
{
    decisions d = {0};
    id_list ids = {0};
    int rc;
    if (tt_index_open(&ids.index, path, 0, &s->engine, &ids.error) != TT_OK)
        return failure_library(&ids.error, ABOUT_INDEX);
    rc = decisions_read(&d, s->decisions, remember_id, &ids, "index", s->quiet);
    if (ids.status != TT_OK)
        rc = ids.status == TT_ENOMEM ? failure_memory() : failure_library(&ids.error, ABOUT_INDEX);
    if (rc == 0)
        rc = store_decisions(&ids, &d, s->quiet);
    tt_index_close(ids.index);
    decisions_free(&d);
    for (size_t i = 0; i < ids.count; i++)
        free((void *)ids.items[i].bytes);
    free(ids.items);
    return rc;
}

const subcommand list_command = {
    .name = "index list",
    .bit = FOR_LIST,
    .operands = "INDEX",
    .about = "list the articles of an index, or decisions",
    .text = "Writes a JSON line for each article, in the order in which they came: its id,\n"
            "number, source, times, size, story, the verdict that it got, and whether it is\n"
            "withdrawn. With the number of the last line as --since, it goes on from there.",
    .example = "twicetold index list feed.db --newest --limit 20",
    .run = run_list,
};

const subcommand notices_command = {
    .name = "index notices",
    .bit = FOR_NOTICES,
    .operands = "INDEX",
    .about = "write the notices that an index has learned",
    .text = "Writes a result that has nothing but the notices of an index: text that articles\n"
            "with other news share, as watch has learned it. scan, dedup and watch take them\n"
            "with --notices FILE.",
    .example = "twicetold index notices feed.db -o notices.jsonl",
    .run = run_notices,
};

const subcommand get_command = {
    .name = "index get",
    .bit = FOR_GET,
    .operands = "INDEX ID...",
    .about = "read articles by id",
    .text = "Writes a JSON line for each article, as index list, with its text if the index\n"
            "keeps texts. An ID that is not there is named, and the exit code is 1.",
    .example = "twicetold index get feed.db urn:newsml:123 --all",
    .run = run_get,
};

const subcommand export_command = {
    .name = "index export",
    .bit = FOR_EXPORT,
    .operands = "INDEX",
    .about = "write the articles with their texts",
    .text = "Writes the articles of an index that keeps texts as JSON Lines, which every\n"
            "command reads. Tombstones without a text are counted and left out.",
    .example = "twicetold index export feed.db -o all.jsonl",
    .run = run_export,
};
