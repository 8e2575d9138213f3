/*
 * Results and verdicts as JSON Lines. Keys have a fixed order, and there is one way to write every
 * number and string, so that equal results are equal bytes.
 */
#include "input/withdrawal.h"
#include "options.h"
#include "result/result.h"
#include "util/alloc.h"
#include "util/error.h"
#include "util/id.h"
#include "util/json_write.h"
#include "util/time.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { BLOCK_SIZE = 64 << 10 };

/* ==== Lines =================================================================================== */

static void append_article_id(tti_json_writer *out, const tt_result *result, uint64_t article)
{
    const tt_id id = tt_result_id(result, article);
    assert(id.bytes != NULL);
    tti_json_write_id(out, &id);
}

/* The names of the extents of what differs: of a pair, and of an article and the one it is of. */
static const char *const pair_extents[] = {"begin_a", "end_a", "begin_b", "end_b"};
static const char *const verdict_extents[] = {"begin", "end", "of_begin", "of_end"};

/* The conflicts of a pair and, where there are any, what differs: the first of them. */
static void append_conflicts(tti_json_writer *out, uint32_t conflicts,
                             const tt_difference *differences, size_t count,
                             const char *const names[4])
{
    tti_json_write_integer_field(out, "conflicts", conflicts);
    for (size_t k = 0; k < count; k++) {
        const tt_difference *d = &differences[k];
        tti_json_write_text(out, k == 0 ? ",\"differ\":[{\"kind\":\"" : ",{\"kind\":\"");
        tti_json_write_text(out, tt_difference_kind_name((tt_difference_kind)d->kind));
        tti_json_write_text(out, "\"");
        tti_json_write_integer_field(out, names[0], d->begin_a);
        tti_json_write_integer_field(out, names[1], d->end_a);
        tti_json_write_integer_field(out, names[2], d->begin_b);
        tti_json_write_integer_field(out, names[3], d->end_b);
        tti_json_write_text(out, k + 1 < count ? "}" : "}]");
    }
}

static void write_pair_lines(tti_json_writer *out, const tt_result *result)
{
    size_t count;
    const tt_pair *pairs = tt_result_pairs(result, &count);
    tt_difference differences[TT_MOST_DIFFERENCES];
    for (size_t i = 0; i < count && !out->stopped; i++) {
        const tt_pair *p = &pairs[i];
        tti_json_write_text(out, "{\"type\":\"pair\",\"a\":");
        append_article_id(out, result, p->a);
        tti_json_write_key(out, "b");
        append_article_id(out, result, p->b);
        tti_json_write_text(out, ",\"relation\":\"");
        tti_json_write_text(out, tt_relation_name((tt_relation)p->relation));
        tti_json_write_text(out, "\"");
        tti_json_write_number_field(out, "resemblance", p->resemblance);
        tti_json_write_number_field(out, "containment_a", p->containment_a);
        tti_json_write_number_field(out, "containment_b", p->containment_b);
        tti_json_write_number_field(out, "overlap_a", p->overlap_a);
        tti_json_write_number_field(out, "overlap_b", p->overlap_b);
        tti_json_write_number_field(out, "facts", p->facts);
        append_conflicts(out, p->conflicts, differences,
                         p->conflicts == 0 ? 0
                                           : tt_result_differences(result, p->a, p->b, differences),
                         pair_extents);
        tti_json_write_text(out, "}\n");
    }
}

static void write_cluster_lines(tti_json_writer *out, const tt_result *result)
{
    size_t count;
    const tt_cluster *clusters = tt_result_clusters(result, &count);
    for (size_t i = 0; i < count && !out->stopped; i++) {
        const tt_cluster *c = &clusters[i];
        tti_json_write_text(out, "{\"type\":\"cluster\"");
        tti_json_write_integer_field(out, "cluster", c->number);
        tti_json_write_key(out, "keep");
        append_article_id(out, result, c->keep);
        tti_json_write_key(out, "members");
        for (size_t k = 0; k < c->count; k++) {
            tti_json_write_text(out, k == 0 ? "[" : ",");
            append_article_id(out, result, c->members[k]);
        }
        tti_json_write_text(out, "]}\n");
    }
}

static void write_section_lines(tti_json_writer *out, const tt_result *result)
{
    size_t count;
    const tt_section *sections = tt_result_sections(result, &count);
    for (size_t i = 0; i < count && !out->stopped; i++) {
        const tt_section *s = &sections[i];
        tti_json_write_text(out, "{\"type\":\"section\"");
        tti_json_write_integer_field(out, "section", s->number);
        tti_json_write_integer_field(out, "tokens", s->tokens);
        tti_json_write_text(out, s->kind == TT_SECTION_NOTICE ? ",\"kind\":\"notice\""
                                                              : ",\"kind\":\"story\"");
        tti_json_write_integer_field(out, "places", s->count);
        tti_json_write_integer_field(out, "sources", s->sources);
        tti_json_write_key(out, "occurrences");
        for (size_t k = 0; k < s->count; k++) {
            const tt_occurrence *o = &s->occurrences[k];
            tti_json_write_text(out, k == 0 ? "[{\"article\":" : ",{\"article\":");
            append_article_id(out, result, o->article);
            tti_json_write_integer_field(out, "begin", o->begin);
            tti_json_write_integer_field(out, "end", o->end);
            if (k > 0) { /* not in the reference */
                tti_json_write_integer_field(out, "of_begin", o->of_begin);
                tti_json_write_integer_field(out, "of_end", o->of_end);
                tti_json_write_number_field(out, "similarity", o->similarity);
            }
            tti_json_write_text(out, "}");
        }
        tti_json_write_text(out, "]}\n");
    }
}

/* The words as they are compared, eight hexadecimal digits each. */
static void write_words(tti_json_writer *out, const tt_notice *n)
{
    tti_json_write_key(out, "words");
    tti_json_write_text(out, "\"");
    for (uint64_t k = 0; k < n->tokens; k++) {
        char word[9];
        (void)snprintf(word, sizeof word, "%08" PRIx32, n->words[k]);
        tti_json_write_text(out, word);
    }
    tti_json_write_text(out, "\"");
}

static void write_notice_lines(tti_json_writer *out, const tt_result *result)
{
    size_t count;
    const tt_notice *notices = tt_result_notices(result, &count);
    for (size_t i = 0; i < count && !out->stopped; i++) {
        const tt_notice *n = &notices[i];
        tti_json_write_text(out, "{\"type\":\"notice\"");
        tti_json_write_integer_field(out, "notice", n->number);
        tti_json_write_integer_field(out, "tokens", n->tokens);
        tti_json_write_integer_field(out, "articles", n->articles);
        if (n->article != TT_NO_ARTICLE) {
            tti_json_write_key(out, "article");
            append_article_id(out, result, n->article);
            tti_json_write_integer_field(out, "begin", n->begin);
            tti_json_write_integer_field(out, "end", n->end);
        }
        tti_json_write_integer_field(out, "seed", result->notices.seed);
        write_words(out, n);
        tti_json_write_text(out, "}\n");
    }
}

/* ==== The summary ============================================================================= */

/* The threshold of a rule; 0 means one that the library chooses for each pair. */
static void append_rule_field(tti_json_writer *out, const char *key, double value)
{
    tti_json_write_key(out, key);
    if (value < 0)
        tti_json_write_text(out, "\"off\"");
    else if (value == 0)
        tti_json_write_text(out, "\"auto\"");
    else
        tti_json_write_number(out, value);
}

static double to_microseconds(double seconds)
{
    return floor(seconds * 1e6 + 0.5) / 1e6;
}

static void append_seconds_field(tti_json_writer *out, const char *key, double value)
{
    tti_json_write_number_field(out, key, to_microseconds(value));
}

/* Flags become a member each, and are the first members. Where articles are kept by source, the
 * sources follow the word. */
static void append_option(tti_json_writer *out, const tt_options *o, const tt_option *option)
{
    const void *field = (const char *)o + option->offset;
    const uint64_t number = tti_option_bits(o, option);
    switch (option->type) {
    case TT_OPTION_FLAGS:
        for (int bit = 0; option->words[bit] != NULL; bit++) {
            tti_json_write_text(out, bit == 0 ? "\"" : ",\"");
            tti_json_write_text(out, option->words[bit]);
            tti_json_write_text(out, (number >> bit & 1) != 0 ? "\":true" : "\":false");
        }
        return;
    case TT_OPTION_RULE: append_rule_field(out, option->name, *(const double *)field); return;
    case TT_OPTION_SHARE:
        tti_json_write_number_field(out, option->name, *(const double *)field);
        return;
    case TT_OPTION_CHOICE:
        tti_json_write_key(out, option->name);
        tti_json_write_text(out, "\"");
        tti_json_write_text(out, option->words[number]);
        if (field == &o->keep && o->keep == TT_KEEP_SOURCE && o->keep_sources != NULL) {
            tti_json_write_text(out, ":");
            tti_json_write_escaped(out, o->keep_sources, strlen(o->keep_sources));
        }
        tti_json_write_text(out, "\"");
        return;
    default: tti_json_write_integer_field(out, option->name, number); return;
    }
}

static void append_options(tti_json_writer *out, const tt_options *o)
{
    size_t count;
    const tt_option *options = tt_option_list(&count);
    tti_json_write_key(out, "options");
    tti_json_write_text(out, "{");
    assert(count > 0 && options[0].type == TT_OPTION_FLAGS);
    for (size_t i = 0; i < count; i++)
        if (options[i].in_results)
            append_option(out, o, &options[i]);
    tti_json_write_text(out, "}");
}

static void write_summary_line(tti_json_writer *out, const tt_result *result,
                               const tt_write_options *options)
{
    const tt_summary *s = tt_result_summary(result);
    const tt_pair *dropped;
    size_t dropped_count;
    char digest[17];
    tti_json_write_text(out, "{\"type\":\"summary\"");
    tti_json_write_integer_field(out, "articles", s->articles);
    tti_json_write_integer_field(out, "rejected", options->rejected);
    tti_json_write_integer_field(out, "bytes", s->bytes);
    tti_json_write_integer_field(out, "paragraphs", s->paragraphs);
    tti_json_write_integer_field(out, "pairs", s->pairs);
    tti_json_write_integer_field(out, "pairs_omitted", s->pairs_omitted);
    tti_json_write_integer_field(out, "clusters", s->clusters);
    tti_json_write_integer_field(out, "copies", s->copies);
    if (tt_result_dropped(result, &dropped, &dropped_count, NULL) == TT_OK)
        tti_json_write_integer_field(out, "removed", dropped_count);
    tti_json_write_integer_field(out, "sections", s->sections);
    (void)snprintf(digest, sizeof digest, "%016" PRIx64, s->digest);
    tti_json_write_key(out, "digest");
    tti_json_write_text(out, "\"");
    tti_json_write_text(out, digest);
    tti_json_write_text(out, "\"");
    tti_json_write_text(out, ",\"seconds\":{\"read\":");
    tti_json_write_number(out, to_microseconds(options->read_seconds));
    append_seconds_field(out, "text", s->seconds.text);
    append_seconds_field(out, "sketch", s->seconds.sketch);
    append_seconds_field(out, "lsh", s->seconds.lsh);
    append_seconds_field(out, "seed", s->seconds.seed);
    append_seconds_field(out, "verify", s->seconds.verify);
    append_seconds_field(out, "section", s->seconds.section);
    append_seconds_field(out, "cluster", s->seconds.cluster);
    append_seconds_field(out, "total", options->total_seconds);
    tti_json_write_text(out, "}");
    append_options(out, tt_result_options(result));
    tti_json_write_text(out, "}\n");
}

tt_status tt_result_write(const tt_result *result, tt_write_fn write, void *ctx,
                          const tt_write_options *options, tt_error *error)
{
    tti_json_writer out = {.write = write, .ctx = ctx, .size = BLOCK_SIZE};
    tt_write_options given = TT_WRITE_OPTIONS_INIT;
    if (result == NULL || write == NULL)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "result or write is NULL");
    TTI_TRY(tti_options_copy(&given, sizeof given, options, "tt_write_options", error));
    out.block = tti_alloc(result->settings.options.allocator, BLOCK_SIZE, 1);
    if (out.block == NULL)
        return tti_fail_memory(error, "the result's lines");
    write_pair_lines(&out, result);
    write_cluster_lines(&out, result);
    write_section_lines(&out, result);
    write_notice_lines(&out, result);
    if (result->is_scan) {
        write_summary_line(&out, result, &given);
    } else if (result->summary_line != NULL) {
        tti_json_write_bytes(&out, result->summary_line, result->summary_line_size);
        tti_json_write_text(&out, "\n");
    }
    tti_json_write_flush(&out);
    tti_release(result->settings.options.allocator, out.block, BLOCK_SIZE, 1);
    if (out.stopped)
        return tti_fail(error, TT_ESTOPPED, TTI_NOWHERE, "the caller stopped the writing");
    return TT_OK;
}

/* ==== Verdicts ================================================================================ */

static void append_id_field(tti_json_writer *out, const char *key, const tt_id *id)
{
    tti_json_write_key(out, key);
    tti_json_write_id(out, id);
}

/* The articles that a notice of withdrawal concerns too: the copies of its item. */
static void append_copies(tti_json_writer *out, const tt_verdict *v)
{
    int is_first = 1;
    if (v->kind != TT_VERDICT_WITHDRAWN || (v->of.bytes != NULL && !tti_id_equal(v->of, v->id)))
        return;
    tti_json_write_text(out, ",\"copies\":[");
    for (size_t k = 0; k < v->match_count; k++) {
        const tt_match *m = &v->matches[k];
        if (!m->admitted || m->relation == TT_SERIES || m->relation == TT_BOILERPLATE ||
            tti_id_equal(m->of, v->id))
            continue;
        if (!is_first)
            tti_json_write_text(out, ",");
        tti_json_write_id(out, &m->of);
        is_first = 0;
    }
    tti_json_write_text(out, "]");
}

static void append_relation(tti_json_writer *out, int32_t relation)
{
    tti_json_write_text(out, ",\"relation\":");
    if (relation < 0) {
        tti_json_write_text(out, "null");
        return;
    }
    tti_json_write_text(out, "\"");
    tti_json_write_text(out, tt_relation_name((tt_relation)relation));
    tti_json_write_text(out, "\"");
}

/* The places of a repeat, of which `article` is NULL where it is clear. */
static void write_repeat(tti_json_writer *out, const tt_repeat *r, const tt_id *article)
{
    tti_json_write_text(out, "{\"begin\":");
    tti_json_write_integer(out, r->begin);
    tti_json_write_integer_field(out, "end", r->end);
    if (article != NULL)
        append_id_field(out, "article", article);
    tti_json_write_integer_field(out, "of_begin", r->of_begin);
    tti_json_write_integer_field(out, "of_end", r->of_end);
    tti_json_write_number_field(out, "similarity", r->similarity);
    tti_json_write_text(out, "}");
}

static void append_time_field(tti_json_writer *out, const char *key, int64_t time)
{
    char text[TTI_TIME_ROOM];
    if (time == TT_NO_TIME)
        return;
    tti_json_write_key(out, key);
    tti_json_write_string(out, text, tti_time_write(time, text));
}

/* A time where there is one. */
static void append_moment_field(tti_json_writer *out, const char *key, int64_t time)
{
    append_time_field(out, key, time == 0 ? TT_NO_TIME : time);
}

static void append_text_field(tti_json_writer *out, const char *key, const char *text, size_t size)
{
    if (text == NULL || size == 0)
        return;
    tti_json_write_key(out, key);
    tti_json_write_string(out, text, size);
}

static void append_other_id_field(tti_json_writer *out, const char *key, const tt_id *id)
{
    if (id->size > 0)
        append_id_field(out, key, id);
}

tt_status tt_index_article_write(const tt_index_article *a, tt_write_fn write, void *ctx)
{
    char block[TTI_JSON_BLOCK];
    tti_json_writer out = {.write = write, .ctx = ctx, .block = block, .size = sizeof block};
    if (a == NULL || write == NULL)
        return TT_EINVAL;
    tti_json_write_text(&out, "{\"type\":\"article\"");
    append_id_field(&out, "id", &a->id);
    tti_json_write_integer_field(&out, "number", a->number);
    append_text_field(&out, "source", a->source, a->source_size);
    append_text_field(&out, "version", a->version, a->version_size);
    append_time_field(&out, "published", a->published);
    append_time_field(&out, "arrival", a->arrival);
    tti_json_write_integer_field(&out, "bytes", a->text_size);
    tti_json_write_integer_field(&out, "words", a->token_count);
    tti_json_write_integer_field(&out, "story", a->story);
    if (a->verdict != NULL) {
        const char *kind = tt_verdict_kind_name((tt_verdict_kind)a->verdict->kind);
        append_text_field(&out, "verdict", kind, strlen(kind));
        append_id_field(&out, "of", &a->verdict->of);
    }
    append_text_field(&out, "language", a->language, a->language_size);
    if (a->pubstatus_size > 0 &&
        (!a->withdrawn || tti_is_withdrawn(a->pubstatus, a->pubstatus_size)))
        append_text_field(&out, "pubstatus", a->pubstatus, a->pubstatus_size);
    else if (a->withdrawn)
        tti_json_write_text(&out, ",\"pubstatus\":\"canceled\"");
    append_moment_field(&out, "embargoed", a->embargoed);
    append_moment_field(&out, "expires", a->expires);
    append_other_id_field(&out, "replacing", &a->replacing);
    append_other_id_field(&out, "replacedby", &a->replaced_by);
    if (a->decision != TT_DECISION_NONE) {
        const char *kind = tt_decision_kind_name((tt_decision_kind)a->decision);
        append_text_field(&out, "decision", kind, strlen(kind));
    }
    append_text_field(&out, "title", a->title, a->title_size);
    if (a->text != NULL) {
        tti_json_write_key(&out, "text");
        tti_json_write_string(&out, a->text, a->text_size);
    }
    tti_json_write_text(&out, "}\n");
    tti_json_write_flush(&out);
    return out.stopped ? TT_ESTOPPED : TT_OK;
}

tt_status tt_verdict_write(const tt_verdict *v, tt_write_fn write, void *ctx)
{
    char block[TTI_JSON_BLOCK];
    tti_json_writer out = {.write = write, .ctx = ctx, .block = block, .size = sizeof block};
    if (v == NULL || write == NULL)
        return TT_EINVAL;
    tti_json_write_text(&out, "{\"type\":\"verdict\"");
    append_id_field(&out, "id", &v->id);
    tti_json_write_text(&out, ",\"verdict\":\"");
    tti_json_write_text(&out, tt_verdict_kind_name((tt_verdict_kind)v->kind));
    tti_json_write_text(&out, "\"");
    append_id_field(&out, "of", &v->of);
    append_relation(&out, v->relation);
    tti_json_write_number_field(&out, "resemblance", v->resemblance);
    tti_json_write_number_field(&out, "containment", v->containment);
    tti_json_write_number_field(&out, "containment_of", v->containment_of);
    tti_json_write_number_field(&out, "overlap", v->overlap);
    tti_json_write_number_field(&out, "overlap_of", v->overlap_of);
    tti_json_write_number_field(&out, "facts", v->facts);
    append_conflicts(&out, v->conflicts, v->differences, v->difference_count, verdict_extents);
    tti_json_write_integer_field(&out, "new_tokens", v->new_tokens);
    append_moment_field(&out, "embargoed", v->embargoed);
    append_moment_field(&out, "expires", v->expires);
    append_moment_field(&out, "of_embargoed", v->of_embargoed);
    tti_json_write_text(&out, ",\"sections\":[");
    for (size_t k = 0; k < v->section_count; k++) {
        if (k > 0)
            tti_json_write_text(&out, ",");
        write_repeat(&out, &v->sections[k], &v->sections[k].article);
    }
    tti_json_write_text(&out, "]");
    append_copies(&out, v);
    tti_json_write_text(&out, "}\n");
    tti_json_write_flush(&out);
    return out.stopped ? TT_ESTOPPED : TT_OK;
}

tt_status tt_verdict_write_matches(const tt_verdict *v, tt_write_fn write, void *ctx)
{
    char block[TTI_JSON_BLOCK];
    tti_json_writer out = {.write = write, .ctx = ctx, .block = block, .size = sizeof block};
    if (v == NULL || write == NULL)
        return TT_EINVAL;
    for (size_t i = 0; i < v->match_count && !out.stopped; i++) {
        const tt_match *m = &v->matches[i];
        tti_json_write_text(&out, "{\"type\":\"match\"");
        append_id_field(&out, "id", &v->id);
        append_id_field(&out, "of", &m->of);
        append_relation(&out, m->relation);
        tti_json_write_number_field(&out, "resemblance", m->resemblance);
        tti_json_write_number_field(&out, "containment", m->containment);
        tti_json_write_number_field(&out, "containment_of", m->containment_of);
        tti_json_write_number_field(&out, "overlap", m->overlap);
        tti_json_write_number_field(&out, "overlap_of", m->overlap_of);
        tti_json_write_number_field(&out, "facts", m->facts);
        append_conflicts(&out, m->conflicts, m->differences, m->difference_count, verdict_extents);
        tti_json_write_text(&out, m->admitted ? ",\"admitted\":true" : ",\"admitted\":false");
        tti_json_write_text(&out, ",\"passages\":[");
        for (size_t k = 0; k < m->passage_count; k++) {
            if (k > 0)
                tti_json_write_text(&out, ",");
            write_repeat(&out, &m->passages[k], NULL);
        }
        tti_json_write_text(&out, "]}\n");
    }
    tti_json_write_flush(&out);
    return out.stopped ? TT_ESTOPPED : TT_OK;
}
