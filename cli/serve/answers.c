#include "serve/answers.h"

#include <inttypes.h>
#include <string.h>

static void write_integer(buffer *out, const char *key, uint64_t value)
{
    buffer_key(out, key);
    buffer_printf(out, "%" PRIu64, value);
}

static void write_string(buffer *out, const char *key, const char *text, size_t size)
{
    buffer_key(out, key);
    if (text == NULL)
        buffer_text(out, "null");
    else
        buffer_string(out, text, size);
}

static void write_name(buffer *out, const char *key, const char *name)
{
    write_string(out, key, name, strlen(name));
}

static void write_number(buffer *out, const char *key, double value)
{
    buffer_key(out, key);
    buffer_number(out, value);
}

static void write_time(buffer *out, const char *key, int64_t time)
{
    buffer_key(out, key);
    buffer_time(out, time);
}

/* 0: there is none. */
static void write_moment(buffer *out, const char *key, int64_t time)
{
    write_time(out, key, time == 0 ? TT_NO_TIME : time);
}

static void write_id(buffer *out, const char *key, const tt_id *id)
{
    buffer_key(out, key);
    if (id->bytes == NULL)
        buffer_text(out, "null");
    else
        buffer_id(out, id);
}

static void write_relation(buffer *out, int32_t relation)
{
    if (relation >= 0)
        write_name(out, "relation", tt_relation_name((tt_relation)relation));
    else
        write_string(out, "relation", NULL, 0);
}

/* The numbers of an article and another one, `of`. */
static void write_numbers(buffer *out, const double numbers[6], uint32_t conflicts)
{
    static const char *const keys[] = {"resemblance", "containment", "containment_of",
                                       "overlap",     "overlap_of",  "facts"};
    for (int i = 0; i < 6; i++)
        write_number(out, keys[i], numbers[i]);
    write_integer(out, "conflicts", conflicts);
}

static void write_verdict(buffer *out, const tt_verdict *v)
{
    const double numbers[6] = {v->resemblance, v->containment, v->containment_of,
                               v->overlap,     v->overlap_of,  v->facts};
    buffer_key(out, "verdict");
    buffer_text(out, "{");
    write_name(out, "kind", tt_verdict_kind_name((tt_verdict_kind)v->kind));
    write_id(out, "of", &v->of);
    write_relation(out, v->relation);
    write_numbers(out, numbers, v->conflicts);
    write_integer(out, "new_tokens", v->new_tokens);
    buffer_text(out, "}");
}

void answer_article(buffer *out, const tt_index_article *a)
{
    buffer_text(out, "{");
    write_integer(out, "number", a->number);
    write_id(out, "id", &a->id);
    write_string(out, "title", a->title, a->title_size);
    write_string(out, "source", a->source == NULL ? "" : a->source, a->source_size);
    write_string(out, "version", a->version == NULL ? "" : a->version, a->version_size);
    write_time(out, "published", a->published);
    write_time(out, "arrival", a->arrival);
    write_string(out, "language", a->language == NULL ? "" : a->language, a->language_size);
    write_string(out, "pubstatus", a->pubstatus == NULL ? "" : a->pubstatus, a->pubstatus_size);
    write_moment(out, "embargoed", a->embargoed);
    write_moment(out, "expires", a->expires);
    write_id(out, "replacing", &a->replacing);
    write_integer(out, "bytes", a->text_size);
    write_integer(out, "tokens", a->token_count);
    write_integer(out, "story", a->story);
    buffer_key(out, "withdrawn");
    buffer_text(out, a->withdrawn ? "true" : "false");
    write_name(out, "decision", tt_decision_kind_name((tt_decision_kind)a->decision));
    if (a->verdict != NULL)
        write_verdict(out, a->verdict);
    else
        write_string(out, "verdict", NULL, 0);
    if (a->text != NULL)
        write_string(out, "text", a->text, a->text_size);
    buffer_text(out, "}");
}

void answer_decision(buffer *out, const tt_index_decision *d)
{
    buffer_text(out, "{");
    write_integer(out, "number", d->number);
    write_id(out, "id", &d->id);
    write_name(out, "decision", tt_decision_kind_name((tt_decision_kind)d->kind));
    write_id(out, "of", &d->of);
    write_string(out, "who", d->who == NULL ? "" : d->who, d->who_size);
    write_time(out, "time", d->time);
    buffer_text(out, "}");
}

/* ==== Matches ================================================================================= */

static void write_places(buffer *out, const char *key, const tt_repeat *repeats, size_t count,
                         int with_article)
{
    buffer_key(out, key);
    buffer_text(out, "[");
    for (size_t i = 0; i < count; i++) {
        buffer_text(out, i > 0 ? ",{" : "{");
        write_integer(out, "begin", repeats[i].begin);
        write_integer(out, "end", repeats[i].end);
        if (with_article)
            write_id(out, "article", &repeats[i].article);
        write_integer(out, "of_begin", repeats[i].of_begin);
        write_integer(out, "of_end", repeats[i].of_end);
        write_number(out, "similarity", repeats[i].similarity);
        buffer_text(out, "}");
    }
    buffer_text(out, "]");
}

/* Side b is the other article. */
static void write_differences(buffer *out, const tt_difference *d, size_t count)
{
    buffer_key(out, "differ");
    buffer_text(out, "[");
    for (size_t i = 0; i < count; i++) {
        buffer_text(out, i > 0 ? ",{" : "{");
        write_name(out, "kind", tt_difference_kind_name((tt_difference_kind)d[i].kind));
        write_integer(out, "begin", d[i].begin_a);
        write_integer(out, "end", d[i].end_a);
        write_integer(out, "of_begin", d[i].begin_b);
        write_integer(out, "of_end", d[i].end_b);
        buffer_text(out, "}");
    }
    buffer_text(out, "]");
}

static void write_match(buffer *out, const tt_match *m)
{
    const double numbers[6] = {m->resemblance, m->containment, m->containment_of,
                               m->overlap,     m->overlap_of,  m->facts};
    buffer_text(out, "{");
    write_id(out, "of", &m->of);
    write_relation(out, m->admitted ? m->relation : -1);
    write_numbers(out, numbers, m->conflicts);
    write_places(out, "passages", m->passages, m->passage_count, 0);
    write_differences(out, m->differences, m->difference_count);
    buffer_text(out, "}");
}

void answer_matches(buffer *out, const tt_verdict *v)
{
    buffer_text(out, "{");
    write_id(out, "id", &v->id);
    write_verdict(out, v);
    write_moment(out, "embargoed", v->embargoed);
    write_moment(out, "of_embargoed", v->of_embargoed);
    write_differences(out, v->differences, v->difference_count);
    write_places(out, "sections", v->sections, v->section_count, 1);
    buffer_key(out, "matches");
    buffer_text(out, "[");
    for (size_t i = 0; i < v->match_count; i++) {
        if (i > 0)
            buffer_text(out, ",");
        write_match(out, &v->matches[i]);
    }
    buffer_text(out, "]}");
}

/* ==== Two texts =============================================================================== */

static const char *name_of_segment(int32_t kind)
{
    static const char *const names[] = {"equal", "changed", "only", "only-of"};
    return names[kind];
}

void answer_differences(buffer *out, const tt_difference *d, size_t count, const char *text,
                        const char *of_text)
{
    buffer_text(out, "[");
    for (size_t i = 0; i < count; i++) {
        buffer_text(out, i > 0 ? ",{" : "{");
        write_name(out, "kind", tt_difference_kind_name((tt_difference_kind)d[i].kind));
        write_string(out, "words", text + d[i].begin_a, d[i].end_a - d[i].begin_a);
        write_string(out, "of_words", of_text + d[i].begin_b, d[i].end_b - d[i].begin_b);
        buffer_text(out, "}");
    }
    buffer_text(out, "]");
}

static void write_extents(buffer *out, uint64_t begin, uint64_t end, uint64_t of_begin,
                          uint64_t of_end)
{
    write_integer(out, "begin", begin);
    write_integer(out, "end", end);
    write_integer(out, "of_begin", of_begin);
    write_integer(out, "of_end", of_end);
}

void answer_alignment(buffer *out, const tt_alignment *alignment)
{
    size_t passages, segments, differences;
    int admitted = 0;
    const tt_pair *p = tt_alignment_pair(alignment, &admitted);
    const tt_passage *passage = tt_alignment_passages(alignment, &passages);
    const tt_segment *segment = tt_alignment_segments(alignment, &segments);
    const tt_difference *d = tt_alignment_differences(alignment, &differences);
    const double numbers[6] = {p->resemblance, p->containment_a, p->containment_b,
                               p->overlap_a,   p->overlap_b,     p->facts};
    write_relation(out, admitted ? p->relation : -1);
    write_numbers(out, numbers, p->conflicts);
    write_differences(out, d, differences);
    buffer_key(out, "passages");
    buffer_text(out, "[");
    for (size_t i = 0; i < passages; i++) {
        buffer_text(out, i > 0 ? ",{" : "{");
        write_extents(out, passage[i].begin_a, passage[i].end_a, passage[i].begin_b,
                      passage[i].end_b);
        write_integer(out, "tokens", passage[i].tokens);
        write_number(out, "similarity", passage[i].similarity);
        buffer_key(out, "moved");
        buffer_text(out, passage[i].moved ? "true}" : "false}");
    }
    buffer_text(out, "]");
    buffer_key(out, "segments");
    buffer_text(out, "[");
    for (size_t i = 0; i < segments; i++) {
        buffer_text(out, i > 0 ? ",{" : "{");
        write_name(out, "kind", name_of_segment(segment[i].kind));
        write_extents(out, segment[i].begin_a, segment[i].end_a, segment[i].begin_b,
                      segment[i].end_b);
        buffer_text(out, "}");
    }
    buffer_text(out, "]");
}
