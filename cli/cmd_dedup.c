/*
 * While records are read, the bytes of each accepted one, with a newline after it, go to a spool;
 * what is kept is copied from there in long runs. Nothing of the input is read twice, so standard
 * input works too.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cut_passages.h"
#include "decisions.h"
#include "failure.h"
#include "format.h"
#include "memory.h"
#include "message.h"
#include "session.h"
#include "spool.h"
#include "util/id.h"

enum { COPY_SIZE = 1 << 18 };

typedef struct dedup_state {
    session session;
    spool records;      /* in input order */
    uint64_t *articles; /* of the records; NULL: each has its own number */
    size_t article_room;
    spool texts; /* of the articles, with --sections */
    size_t next; /* the first record that is neither copied nor dropped yet */
    uint64_t removed;
    size_t cuts, shortened, emptied; /* passages, and the texts that they were cut out of */
    uint64_t cut_bytes;
    char *block;
    decisions decisions;
} dedup_state;

static void write_string(output *out, const char *text, size_t size)
{
    (void)!tt_write_json_string(output_write, out, text, size);
}

static void write_id(output *out, const char *name, tt_id id)
{
    output_literal(out, name);
    if ((id.flags & TT_ARTICLE_INTEGER_ID) != 0)
        (void)output_write(out, id.bytes, id.size);
    else
        write_string(out, id.bytes, id.size);
}

static void write_number(output *out, const char *name, double value)
{
    char text[FORMAT_NUMBER_SIZE];
    output_literal(out, name);
    output_literal(out, format_number(text, value));
}

/* A second record of an id is added after the rest of its batch: from the first such record on, the
 * articles of all are listed. */
static int list_article(dedup_state *d, uint64_t article)
{
    const size_t record = d->records.count;
    size_t begin = record;
    if (d->articles == NULL && article == record)
        return 0;
    if (d->articles == NULL)
        begin = 0;
    for (; begin < record; begin++) {
        if (memory_grow(&d->articles, begin, &d->article_room, sizeof *d->articles) != 0)
            return EXIT_FAILED;
        d->articles[begin] = begin;
    }
    if (memory_grow(&d->articles, record, &d->article_room, sizeof *d->articles) != 0)
        return EXIT_FAILED;
    d->articles[record] = article;
    return 0;
}

static uint64_t article_of(const dedup_state *d, size_t record)
{
    return d->articles == NULL ? record : d->articles[record];
}

/* An accept_fn. A plain-text file becomes a record; anything else is one already. */
static int spool_accepted(void *ctx, const tt_record *record, uint64_t article)
{
    dedup_state *d = ctx;
    output *out = &d->records.file;
    const tt_article *a = &record->article;
    char time[40];
    if (list_article(d, article) != 0)
        return EXIT_FAILED;
    if (record->line != 0) {
        (void)output_write(out, record->raw, record->raw_size);
    } else {
        write_id(out, "{\"id\":", tti_id_of(a));
        output_literal(out, ",\"text\":");
        write_string(out, a->text, a->text_size);
        if (record->title_size > 0) { /* a text may have front matter */
            output_literal(out, ",\"title\":");
            write_string(out, record->title, record->title_size);
        }
        if (a->published != TT_NO_TIME) {
            output_literal(out, ",\"published\":\"");
            output_literal(out, format_time(time, sizeof time, "%Y-%m-%dT%H:%M:%SZ", a->published));
            output_literal(out, "\"");
        }
        output_literal(out, "}");
    }
    output_literal(out, "\n");
    if (d->session.settings->cut != CUT_OFF) {
        const int rc = output_write(&d->texts.file, a->text, a->text_size) != 0
                           ? output_failure(&d->texts.file)
                           : spool_end_item(&d->texts);
        if (rc != 0)
            return rc;
    }
    return spool_end_item(&d->records);
}

static int begin_copying(dedup_state *d)
{
    d->block = malloc(COPY_SIZE);
    if (d->block == NULL)
        return failure_memory();
    return output_flush(&d->records.file) != 0 ? output_failure(&d->records.file) : 0;
}

/* Copies the records from `next` up to `end`, which follow each other in the spool. */
static int copy_records(dedup_state *d, size_t end)
{
    uint64_t at = spool_begin_of(&d->records, d->next);
    const uint64_t stop = spool_begin_of(&d->records, end);
    while (at < stop) {
        const size_t wanted = stop - at < COPY_SIZE ? (size_t)(stop - at) : COPY_SIZE;
        const int64_t got = spool_read(&d->records, at, d->block, wanted);
        if (got <= 0)
            return failure_temporary("read", NULL, got < 0 ? errno : 0);
        if (output_write(&d->session.result, d->block, (size_t)got) != 0)
            return output_failure(&d->session.result);
        at += (uint64_t)got;
    }
    d->next = end;
    return 0;
}

/* The facts that differ, as a verdict has them. */
static void write_differences(output *out, const tt_result *result, const tt_pair *pair)
{
    tt_difference differences[TT_MOST_DIFFERENCES];
    const size_t count = tt_result_differences(result, pair->a, pair->b, differences);
    for (size_t i = 0; i < count; i++) {
        const tt_difference *f = &differences[i];
        output_printf(out,
                      "%s{\"kind\":\"%s\",\"begin\":%" PRIu64 ",\"end\":%" PRIu64
                      ",\"of_begin\":%" PRIu64 ",\"of_end\":%" PRIu64 "}",
                      i == 0 ? ",\"differ\":[" : ",",
                      tt_difference_kind_name((tt_difference_kind)f->kind), f->begin_a, f->end_a,
                      f->begin_b, f->end_b);
    }
    output_literal(out, count > 0 ? "]" : "");
}

static int write_removed(dedup_state *d, const tt_pair *pair)
{
    output *out = &d->session.removed;
    if (out->name == NULL)
        return 0;
    write_id(out, "{\"id\":", tt_result_id(d->session.found, pair->a));
    write_id(out, ",\"kept\":", tt_result_id(d->session.found, pair->b));
    output_literal(out, ",\"relation\":\"");
    output_literal(out, tt_relation_name((tt_relation)pair->relation));
    write_number(out, "\",\"resemblance\":", pair->resemblance);
    write_number(out, ",\"containment\":", pair->containment_a);
    write_number(out, ",\"containment_of\":", pair->containment_b);
    write_number(out, ",\"overlap\":", pair->overlap_a);
    write_number(out, ",\"overlap_of\":", pair->overlap_b);
    write_number(out, ",\"facts\":", pair->facts);
    write_number(out, ",\"conflicts\":", pair->conflicts);
    write_differences(out, d->session.found, pair);
    output_literal(out, "}\n");
    return out->error != 0 ? output_failure(out) : 0;
}

/* An article that was killed has none that is kept in its place. */
static int write_killed(dedup_state *d, uint64_t article)
{
    output *out = &d->session.removed;
    if (out->name == NULL)
        return 0;
    write_id(out, "{\"id\":", tt_result_id(d->session.found, article));
    output_literal(out, ",\"kept\":null,\"decision\":\"kill\"}\n");
    return out->error != 0 ? output_failure(out) : 0;
}

/* ==== Decisions =============================================================================== */

/* What was decided about each article, and the article that its cluster was told to keep. */
typedef struct verdicts {
    unsigned char *of_article; /* decision_kind */
    uint64_t *kept_instead;    /* by article; TT_NO_ARTICLE: none */
} verdicts;

static int find_verdicts(const dedup_state *d, verdicts *v)
{
    const tt_result *result = d->session.found;
    const size_t articles = (size_t)tt_result_article_count(result) + 1;
    size_t count;
    const tt_cluster *clusters = tt_result_clusters(result, &count);
    v->of_article = calloc(articles, 1);
    v->kept_instead = malloc(articles * sizeof *v->kept_instead);
    if (v->of_article == NULL || v->kept_instead == NULL)
        return failure_memory();
    for (size_t a = 0; a < articles; a++)
        v->kept_instead[a] = TT_NO_ARTICLE;
    for (size_t i = 0; i < d->decisions.count; i++)
        if (d->decisions.items[i].kind == DECISION_KEEP ||
            d->decisions.items[i].kind == DECISION_KILL)
            v->of_article[d->decisions.items[i].article] =
                (unsigned char)d->decisions.items[i].kind;
    for (size_t c = 0; c < count; c++) {
        uint64_t kept = TT_NO_ARTICLE;
        for (size_t m = 0; m < clusters[c].count && kept == TT_NO_ARTICLE; m++)
            if (v->of_article[clusters[c].members[m]] == DECISION_KEEP)
                kept = clusters[c].members[m];
        for (size_t m = 0; m < clusters[c].count; m++)
            v->kept_instead[clusters[c].members[m]] = kept;
    }
    return 0;
}

static int is_not_a_copy(const decisions *d, uint64_t article, uint64_t of)
{
    for (size_t i = 0; i < d->count; i++)
        if (d->items[i].kind == DECISION_NOT_A_COPY &&
            ((d->items[i].article == article && d->items[i].of == of) ||
             (d->items[i].article == of && d->items[i].of == article)))
            return 1;
    return 0;
}

/* Whether a dropped article stays all the same: it was told to, it is not a copy of the one in
 * its place, or that one was killed and no other of the cluster was told to stay. */
static int stays(const dedup_state *d, const verdicts *v, const tt_pair *pair)
{
    return v->of_article[pair->a] == DECISION_KEEP ||
           is_not_a_copy(&d->decisions, pair->a, pair->b) ||
           (v->of_article[pair->b] == DECISION_KILL && v->kept_instead[pair->a] == TT_NO_ARTICLE);
}

/* ==== The kept records ======================================================================== */

/* Leaves out a record, after copying those before it. */
static int leave_out(dedup_state *d, size_t record, const tt_pair *pair)
{
    int rc = copy_records(d, record);
    d->next++;
    d->removed++;
    if (rc != 0)
        return rc;
    return pair != NULL ? write_removed(d, pair) : write_killed(d, article_of(d, record));
}

static int compare_dropped(const void *article, const void *pair)
{
    const uint64_t x = *(const uint64_t *)article, y = ((const tt_pair *)pair)->a;
    return (x > y) - (x < y);
}

static int write_kept(dedup_state *d)
{
    tt_error error = {0};
    verdicts v = {NULL, NULL};
    const tt_pair *dropped;
    size_t count;
    int rc = 0;
    if (tt_result_dropped(d->session.found, &dropped, &count, &error) != TT_OK)
        return failure_library(&error, ABOUT_WORK);
    rc = find_verdicts(d, &v);
    for (size_t record = 0; record < d->records.count && rc == 0; record++) {
        const uint64_t a = article_of(d, record);
        const tt_pair *pair =
            count == 0 ? NULL : bsearch(&a, dropped, count, sizeof *dropped, compare_dropped);
        if (v.of_article[a] == DECISION_KILL)
            rc = leave_out(d, record, NULL);
        else if (pair != NULL && !stays(d, &v, pair))
            rc = leave_out(d, record, pair);
    }
    free(v.of_article);
    free(v.kept_instead);
    return rc != 0 ? rc : copy_records(d, d->records.count);
}

/* ==== Texts without repeated passages ========================================================= */

/* Reads an item of a spool, which is in memory then. @return NULL: it failed */
static char *read_item(const spool *from, size_t item, size_t *size)
{
    const uint64_t begin = spool_begin_of(from, item);
    char *bytes;
    *size = (size_t)(spool_begin_of(from, item + 1) - begin);
    bytes = malloc(*size + 1);
    if (bytes == NULL) {
        (void)failure_memory();
        return NULL;
    }
    for (size_t got = 0; got < *size;) {
        const int64_t more = spool_read(from, begin + got, bytes + got, *size - got);
        if (more <= 0) {
            (void)failure_temporary("read", NULL, more < 0 ? errno : 0);
            free(bytes);
            return NULL;
        }
        got += (size_t)more;
    }
    return bytes;
}

static int write_cuts(dedup_state *d, const char *text, const cut *cuts, size_t count)
{
    output *out = &d->session.removed;
    if (out->name == NULL)
        return 0;
    for (size_t i = 0; i < count; i++) {
        write_id(out, "{\"id\":", tt_result_id(d->session.found, cuts[i].article));
        output_printf(out, ",\"begin\":%" PRIu64 ",\"end\":%" PRIu64 ",\"section\":%" PRIu64,
                      cuts[i].begin, cuts[i].end, cuts[i].section);
        output_literal(out, ",\"text\":");
        write_string(out, text + cuts[i].begin, (size_t)(cuts[i].end - cuts[i].begin));
        output_literal(out, "}\n");
    }
    return out->error != 0 ? output_failure(out) : 0;
}

/* Writes a record with its text without the cuts, all of which are in it. */
static int write_shortened(dedup_state *d, const char *record, size_t record_size, char *text,
                           size_t text_size, cut *cuts, size_t count)
{
    const char *field = d->session.settings->reader.text_field;
    output *out = &d->session.result;
    size_t begin, end, left;
    int rc = cuts_find_text(record, record_size, field != NULL ? field : "text", text, text_size,
                            &begin, &end);
    if (rc < 0)
        return failure_memory();
    if (rc == 0) {
        const tt_id id = tt_result_id(d->session.found, cuts->article);
        return message_failure("--sections cuts texts that are one string of their record",
                               "the text of %.*s is a list, or is inside another field",
                               (int)(id.size < 200 ? id.size : 200), id.bytes);
    }
    cuts_take_marks(text, text_size, cuts, count);
    for (size_t i = 0; i < count; i++)
        d->cut_bytes += cuts[i].end - cuts[i].begin;
    rc = write_cuts(d, text, cuts, count);
    if (rc != 0)
        return rc;
    left = cuts_apply(text, text_size, cuts, count);
    d->emptied += left == 0;
    (void)output_write(out, record, begin);
    write_string(out, text, left);
    return output_write(out, record + end, record_size - end) != 0 ? output_failure(out) : 0;
}

static int shorten(dedup_state *d, size_t item, cut *cuts, size_t count)
{
    size_t record_size, text_size;
    char *record = NULL, *text = NULL;
    int rc = copy_records(d, item);
    if (rc != 0)
        return rc;
    d->next++;
    record = read_item(&d->records, item, &record_size);
    text = record != NULL ? read_item(&d->texts, item, &text_size) : NULL;
    rc = text == NULL ? EXIT_FAILED
                      : write_shortened(d, record, record_size, text, text_size, cuts, count);
    free(record);
    free(text);
    return rc;
}

static int compare_cut(const void *article, const void *x)
{
    const uint64_t a = *(const uint64_t *)article, b = ((const cut *)x)->article;
    return (a > b) - (a < b);
}

static int write_all_shortened(dedup_state *d)
{
    cut *cuts = NULL;
    int rc;
    if (output_flush(&d->texts.file) != 0)
        return output_failure(&d->texts.file);
    rc = cuts_find(d->session.found, (cut_choice)d->session.settings->cut, &cuts, &d->cuts);
    for (size_t record = 0; record < d->records.count && d->cuts > 0 && rc == 0; record++) {
        const uint64_t article = article_of(d, record);
        cut *begin = bsearch(&article, cuts, d->cuts, sizeof *cuts, compare_cut), *end = begin;
        if (begin == NULL)
            continue;
        while (begin > cuts && begin[-1].article == article)
            begin--;
        while (end < cuts + d->cuts && end->article == article)
            end++;
        d->shortened++;
        rc = shorten(d, record, begin, (size_t)(end - begin));
    }
    free(cuts);
    return rc != 0 ? rc : copy_records(d, d->records.count);
}

static void print_cuts_summary(const dedup_state *d)
{
    char speed[60];
    session_describe_speed(&d->session, speed, sizeof speed);
    message_line("%zu article%s: %zu passage%s of %" PRIu64 " bytes cut out of %zu, %zu of which "
                 "have no other text; %" PRIu64 " rejected %s",
                 d->records.count, d->records.count == 1 ? "" : "s", d->cuts,
                 d->cuts == 1 ? "" : "s", d->cut_bytes, d->shortened, d->emptied,
                 d->session.rejected, speed);
}

static void print_dedup_summary(const dedup_state *d)
{
    char speed[60];
    const tt_summary *summary = tt_result_summary(d->session.found);
    const uint64_t copies = summary->copies, kept = copies > d->removed ? copies - d->removed : 0;
    session_describe_speed(&d->session, speed, sizeof speed);
    message_line("%zu article%s: %" PRIu64 " kept, %" PRIu64 " removed, %" PRIu64 " rejected %s",
                 d->records.count, d->records.count == 1 ? "" : "s", d->records.count - d->removed,
                 d->removed, d->session.rejected, speed);
    if (kept > 0 && d->session.settings->decisions == NULL)
        message_line("%" PRIu64 " of %" PRIu64 " cop%s in %" PRIu64
                     " cluster%s %s kept for text that is nowhere else, or for facts that differ",
                     kept, copies, copies == 1 ? "y" : "ies", summary->clusters,
                     summary->clusters == 1 ? "" : "s", kept == 1 ? "is" : "are");
    if (d->session.settings->decisions != NULL)
        message_line("%zu decision%s obeyed, %" PRIu64 " about articles that are not in the input",
                     d->decisions.count - (size_t)d->decisions.unknown,
                     d->decisions.count - (size_t)d->decisions.unknown == 1 ? "" : "s",
                     d->decisions.unknown);
}

/* A decision_find_fn. */
static uint64_t find_in_result(void *ctx, const tt_id *id)
{
    return tt_result_find(ctx, id);
}

static int run_dedup(const settings *s)
{
    dedup_state d = {.records = SPOOL_NONE, .texts = SPOOL_NONE};
    int rc;
    if (s->output == NULL)
        return message_usage(s->command, "no output given; -o FILE is needed, or -o -");
    if (s->cut != CUT_OFF && s->decisions != NULL)
        return message_usage(s->command,
                             "--decisions are about whole articles; --sections keeps all");
    if (s->cut != CUT_OFF && s->reader.text_field != NULL &&
        strchr(s->reader.text_field, ',') != NULL)
        return message_usage(s->command, "--sections cuts one field; give one as --text-field");
    rc = session_open(&d.session, s);
    if (rc == 0)
        rc = spool_open(&d.records, &d.session.result);
    if (rc == 0 && s->cut != CUT_OFF)
        rc = spool_open(&d.texts, &d.session.result);
    d.session.accept = spool_accepted;
    d.session.accept_ctx = &d;
    d.session.keeps_second = 1;
    if (rc == 0)
        rc = session_scan(&d.session);
    if (rc == 0 && s->decisions != NULL)
        rc = decisions_read(&d.decisions, s->decisions, find_in_result, d.session.found, "input",
                            s->quiet);
    if (rc == 0)
        rc = begin_copying(&d);
    if (rc == 0)
        rc = s->cut != CUT_OFF ? write_all_shortened(&d) : write_kept(&d);
    if (rc == 0)
        rc = session_publish(&d.session);
    if (rc == 0 && !s->quiet)
        (s->cut != CUT_OFF ? print_cuts_summary : print_dedup_summary)(&d);
    d.session.copies = s->cut != CUT_OFF ? d.cuts : d.removed;
    if (rc == 0)
        rc = session_exit_code(&d.session);
    session_close(&d.session);
    spool_close(&d.records);
    spool_close(&d.texts);
    decisions_free(&d.decisions);
    free(d.articles);
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
            "containment, containment_of, overlap, overlap_of, facts and conflicts: the\n"
            "article that is dropped, the one kept in its place, how much of the first is in\n"
            "the second, how many facts differ, and, in differ, the kinds and bytes of the\n"
            "first of them. Numbers in _of are about the one kept.\n"
            "\n"
            "With --sections every article is kept, without the passages that an earlier one\n"
            "has: a line of --removed has id, begin, end (bytes of the text), section and\n"
            "text. Run dedup first to leave out whole copies.",
    .example = "twicetold dedup feed.jsonl -o kept.jsonl --removed removed.jsonl",
    .run = run_dedup,
};
