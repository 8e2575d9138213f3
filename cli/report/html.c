/*
 * A page is a head, data and a tail. The data are blocks of JSON in elements of the type
 * application/json, which browsers do not run. Every '<' in them is written as an escape, so that
 * none of them can end its element. Big lists are blocks that the page parses when it needs them.
 */
#include "report/html.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "failure.h"
#include "report/packed_texts.h"

enum { MOST_SOURCES = 40, MOST_DAYS = 400, SIMILARITY_BINS = 20 };

typedef struct writer {
    const page *page;
    output *out;
    const embedded_text **text_of; /* by article of the result; NULL: it is not embedded */
} writer;

/* ==== JSON ==================================================================================== */

/* A tt_write_fn for the data of a block. The output remembers a failed write. */
static int write_escaped(void *ctx, const char *bytes, size_t size)
{
    size_t begin = 0;
    for (size_t i = 0; i < size; i++)
        if (bytes[i] == '<') {
            (void)output_write(ctx, bytes + begin, i - begin);
            (void)output_write(ctx, "\\u003c", 6);
            begin = i + 1;
        }
    return output_write(ctx, bytes + begin, size - begin);
}

static void write_string(writer *w, const char *text, size_t size)
{
    (void)!tt_write_json_string(write_escaped, w->out, text, size);
}

static void write_numbers(writer *w, const char *before, const uint64_t *numbers, size_t count)
{
    output_literal(w->out, before);
    for (size_t i = 0; i < count; i++)
        output_printf(w->out, i > 0 ? ",%" PRIu64 : "%" PRIu64, numbers[i]);
    output_literal(w->out, "]");
}

/* Thousandths, which is all that the page shows; -1: not known. */
static int thousandths(double value)
{
    return isnan(value) ? -1 : (int)floor(value * 1000 + 0.5);
}

static void begin_block(output *out, const char *name)
{
    output_printf(out, "<script type=\"application/json\" id=\"%s\">", name);
}

static void end_block(output *out)
{
    output_literal(out, "</script>\n");
}

/* A list with an element for each of the items. */
static void write_list(writer *w, const char *before, const uint64_t *items, uint64_t count,
                       void (*write_item)(writer *w, uint64_t item))
{
    output_printf(w->out, "%s[", before);
    for (uint64_t i = 0; i < count; i++) {
        if (i > 0)
            output_literal(w->out, ",");
        write_item(w, items[i]);
    }
    output_literal(w->out, "]");
}

/* ==== Overview ================================================================================ */

static void write_sum(writer *w, const article_sum *s)
{
    output_printf(w->out, ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 "]", s->articles,
                  s->copies, s->bytes, s->repeated);
}

static int write_sources(writer *w)
{
    size_t count = 0;
    article_sum *sums = statistics_by_source(w->page->statistics, MOST_SOURCES, &count);
    if (sums == NULL)
        return failure_memory();
    output_literal(w->out, ",\"by_source\":[");
    for (size_t i = 0; i < count; i++) {
        output_literal(w->out, i > 0 ? ",[" : "[");
        if (sums[i].key == ALL_OTHERS) {
            output_literal(w->out, "null");
        } else {
            const source_name *name =
                statistics_source_name(w->page->statistics, (uint32_t)sums[i].key);
            write_string(w, name->bytes, name->size);
        }
        write_sum(w, &sums[i]);
    }
    output_printf(w->out, "],\"sources_in_all\":%zu", w->page->statistics->source_count);
    free(sums);
    return 0;
}

static int write_days(writer *w)
{
    size_t count = 0;
    int months = 0;
    article_sum *sums = statistics_by_day(w->page->statistics, MOST_DAYS, &count, &months);
    if (sums == NULL)
        return failure_memory();
    output_literal(w->out, ",\"by_day\":[");
    for (size_t i = 0; i < count; i++) {
        output_printf(w->out, "%s[%" PRId64, i > 0 ? "," : "", sums[i].key);
        write_sum(w, &sums[i]);
    }
    output_printf(w->out, "],\"days_are_months\":%d", months);
    free(sums);
    return 0;
}

/* The pairs by the overlap of the shorter article, or by resemblance if the overlap is not known:
 * copies, then series. */
static void write_similarity(writer *w)
{
    const result_arrays *r = w->page->result;
    uint64_t bins[2][SIMILARITY_BINS] = {{0}}, relations[TT_BOILERPLATE + 1] = {0};
    for (uint64_t i = 0; i < r->pair_count; i++) {
        const tt_pair *p = &r->pairs[i];
        const double overlap = fmax(p->overlap_a, p->overlap_b);
        const double value = isnan(overlap) ? p->resemblance : overlap;
        relations[p->relation]++;
        if (!isnan(value)) {
            const int bin = (int)(value * SIMILARITY_BINS);
            bins[!TT_IS_COPY(p->relation)][bin < SIMILARITY_BINS ? bin : SIMILARITY_BINS - 1]++;
        }
    }
    write_numbers(w, ",\"similarity\":[[", bins[0], SIMILARITY_BINS);
    write_numbers(w, ",[", bins[1], SIMILARITY_BINS);
    write_numbers(w, "],\"relations\":[", relations, TT_BOILERPLATE + 1);
}

/* How many clusters have 2, 3, 4, ... 8 articles, up to 16, up to 32, and so on. */
static void write_cluster_sizes(writer *w)
{
    const result_arrays *r = w->page->result;
    uint64_t bins[64] = {0};
    size_t count = 0;
    for (uint64_t i = 0; i < r->cluster_count; i++) {
        const uint64_t size = r->clusters[i].count;
        size_t bin = 0;
        if (size <= 8)
            bin = size < 2 ? 0 : (size_t)size - 2;
        else
            for (bin = 7; size > UINT64_C(8) << (bin - 6); bin++)
                ;
        bins[bin]++;
        count = bin >= count ? bin + 1 : count;
    }
    write_numbers(w, ",\"sizes\":[", bins, count);
}

static void write_totals(writer *w)
{
    const page *p = w->page;
    const result_arrays *r = p->result;
    uint64_t bytes = 0, repeated = 0, kinds[SECTION_NOTICE + 1] = {0};
    for (size_t i = 0; i < p->statistics->row_count; i++) {
        bytes += p->statistics->rows[i].bytes;
        repeated += p->statistics->rows[i].repeated;
    }
    for (uint64_t i = 0; i < r->section_count; i++)
        kinds[statistics_section_kind(p->statistics, &r->sections[i])]++;
    output_printf(w->out,
                  ",\"articles\":%zu,\"rejected\":%" PRIu64 ",\"bytes\":%" PRIu64
                  ",\"repeated\":%" PRIu64 ",\"copies\":%" PRIu64,
                  p->statistics->row_count, p->rejected, bytes, repeated,
                  tt_result_summary(r->result)->copies);
    output_printf(w->out,
                  ",\"clusters\":%zu,\"sections\":%zu,\"pairs\":%zu,\"named\":%" PRIu64
                  ",\"texts\":%zu,\"texts_bytes\":%" PRIu64 ",\"texts_bound\":%" PRIu64,
                  r->cluster_count, r->section_count, r->pair_count, r->article_count,
                  p->texts->whole, p->texts->bytes, p->texts->bound);
    write_numbers(w, ",\"kinds\":[", kinds, SECTION_NOTICE + 1);
}

static int write_overview(writer *w)
{
    const tt_pair *dropped;
    size_t summary_size, dropped_count;
    const char *summary = tt_result_summary_line(w->page->result->result, &summary_size);
    int rc;
    begin_block(w->out, "overview");
    output_literal(w->out, "{\"result\":");
    if (w->page->result_name != NULL)
        write_string(w, w->page->result_name, strlen(w->page->result_name));
    else
        output_literal(w->out, "null");
    output_printf(w->out, ",\"version\":%" PRIu32 ",\"omitted\":%" PRIu64, tt_version(),
                  tt_result_summary(w->page->result->result)->pairs_omitted);
    if (tt_result_dropped(w->page->result->result, &dropped, &dropped_count, NULL) == TT_OK)
        output_printf(w->out, ",\"removed\":%zu", dropped_count);
    write_totals(w);
    write_cluster_sizes(w);
    write_similarity(w);
    rc = write_sources(w);
    if (rc == 0)
        rc = write_days(w);
    output_literal(w->out, ",\"summary\":");
    if (summary != NULL)
        (void)write_escaped(w->out, summary, summary_size);
    else
        output_literal(w->out, "null");
    output_literal(w->out, "}");
    end_block(w->out);
    return rc;
}

/* ==== Lists =================================================================================== */

/* What the page lists of an article of the result or of a unique one. */
typedef struct listed_article {
    tt_id id;
    const page_label *label;
    const article_row *row;
    const embedded_text *text;
} listed_article;

/* The listed articles of the result, by `item`, then the unique ones. */
static listed_article listed_article_at(const writer *w, uint64_t item)
{
    const page *p = w->page;
    const report_statistics *s = p->statistics;
    if (item < p->selection->article_count) {
        const uint64_t article = p->selection->articles[item];
        return (listed_article){tt_result_id(p->result->result, article), &p->labels[article],
                                &s->rows[s->row_of[article]], w->text_of[article]};
    }
    const unique_article *x = &p->unique[item - p->selection->article_count];
    return (listed_article){{x->id, x->id_size, x->flags, 0}, &x->label, &s->rows[x->row], NULL};
}

/* Integers that JavaScript holds exactly stay integers. */
static void write_id(writer *w, const listed_article *a)
{
    if ((a->id.flags & TT_ARTICLE_INTEGER_ID) != 0 && a->id.size < 16)
        (void)output_write(w->out, a->id.bytes, a->id.size);
    else
        write_string(w, a->id.bytes, a->id.size);
}

static void write_title(writer *w, const listed_article *a)
{
    write_string(w, a->label->title, strlen(a->label->title));
}

static void write_source(writer *w, const listed_article *a)
{
    output_printf(w->out, "%" PRIu32, a->row->source);
}

static void write_published(writer *w, const listed_article *a)
{
    if (a->label->published == TT_NO_TIME)
        output_literal(w->out, "null");
    else
        output_printf(w->out, "%" PRId64, a->label->published / 1000000);
}

static void write_text_size(writer *w, const listed_article *a)
{
    output_printf(w->out, "%" PRIu64, a->row->bytes);
}

/* The number of the block with the text; -1: there is none; -2 - n: block n has a window of it. */
static void write_text_block(writer *w, const listed_article *a)
{
    const embedded_text *text = a->text;
    output_printf(w->out, "%" PRId64,
                  text == NULL      ? -1
                  : text->is_window ? -2 - text->block
                                    : text->block);
}

static void write_article_number(writer *w, uint64_t article)
{
    output_printf(w->out, "%" PRIu64, w->page->selection->number[article]);
}

/* A list with an element for each article of the page. */
static void write_of_articles(writer *w, const char *before,
                              void (*write_item)(writer *w, const listed_article *a))
{
    const uint64_t count = w->page->selection->article_count + w->page->unique_count;
    output_printf(w->out, "%s[", before);
    for (uint64_t i = 0; i < count; i++) {
        const listed_article a = listed_article_at(w, i);
        if (i > 0)
            output_literal(w->out, ",");
        write_item(w, &a);
    }
    output_literal(w->out, "]");
}

static void write_articles(writer *w)
{
    const report_statistics *statistics = w->page->statistics;
    begin_block(w->out, "articles");
    write_of_articles(w, "{\"id\":", write_id);
    write_of_articles(w, ",\"title\":", write_title);
    write_of_articles(w, ",\"source\":", write_source);
    write_of_articles(w, ",\"published\":", write_published);
    write_of_articles(w, ",\"bytes\":", write_text_size);
    write_of_articles(w, ",\"block\":", write_text_block);
    output_printf(w->out, ",\"listed\":%" PRIu64 ",\"sources\":[null",
                  w->page->selection->article_count);
    for (size_t i = 0; i < statistics->source_count; i++) {
        output_literal(w->out, ",");
        write_string(w, statistics->sources[i]->bytes, statistics->sources[i]->size);
    }
    output_literal(w->out, "]}");
    end_block(w->out);
}

static void write_cluster_number(writer *w, uint64_t cluster)
{
    output_printf(w->out, "%" PRIu64, w->page->result->clusters[cluster].number);
}

static void write_kept(writer *w, uint64_t cluster)
{
    write_article_number(w, w->page->result->clusters[cluster].keep);
}

static void write_members(writer *w, uint64_t cluster)
{
    const tt_cluster *c = &w->page->result->clusters[cluster];
    write_list(w, "", c->members, c->count, write_article_number);
}

static void write_pair(writer *w, uint64_t pair)
{
    const tt_pair *p = &w->page->result->pairs[pair];
    const uint64_t *number = w->page->selection->number;
    output_printf(w->out, "%" PRIu64 ",%" PRIu64 ",%d,%d,%d,%d,%d,%d,%d,%" PRIu32, number[p->a],
                  number[p->b], (int)p->relation, thousandths(p->resemblance),
                  thousandths(p->containment_a), thousandths(p->containment_b),
                  thousandths(p->overlap_a), thousandths(p->overlap_b), thousandths(p->facts),
                  p->conflicts);
}

static void write_section(writer *w, uint64_t section)
{
    const tt_section *s = &w->page->result->sections[section];
    output_printf(w->out, "[%" PRIu64 ",%" PRIu64 ",%d", s->number, s->tokens,
                  (int)statistics_section_kind(w->page->statistics, s));
    output_literal(w->out, ",");
    write_string(w, w->page->quotes[section], strlen(w->page->quotes[section]));
    for (size_t i = 0; i < s->count; i++) {
        const tt_occurrence *o = &s->occurrences[i];
        output_printf(w->out, ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%d",
                      w->page->selection->number[o->article], o->begin, o->end, o->of_begin,
                      o->of_end, thousandths(o->similarity));
    }
    output_literal(w->out, "]");
}

static void write_lists(writer *w)
{
    const page_selection *s = w->page->selection;
    write_articles(w);
    begin_block(w->out, "clusters");
    write_list(w, "{\"number\":", s->clusters, s->cluster_count, write_cluster_number);
    write_list(w, ",\"keep\":", s->clusters, s->cluster_count, write_kept);
    write_list(w, ",\"articles\":", s->clusters, s->cluster_count, write_members);
    output_literal(w->out, "}");
    end_block(w->out);
    begin_block(w->out, "pairs");
    write_list(w, "{\"pairs\":", s->pairs, s->pair_count, write_pair);
    output_literal(w->out, "}");
    end_block(w->out);
    begin_block(w->out, "sections");
    write_list(w, "{\"sections\":", s->sections, s->section_count, write_section);
    output_literal(w->out, "}");
    end_block(w->out);
}

int page_write(const page *p, output *out)
{
    writer w = {p, out, calloc((size_t)p->result->article_count + 1, sizeof *w.text_of)};
    int rc;
    if (w.text_of == NULL)
        return failure_memory();
    for (size_t i = 0; i < p->texts->count; i++)
        w.text_of[p->texts->items[i].article] = &p->texts->items[i];
    (void)output_write(out, (const char *)page_head, page_head_size);
    rc = write_overview(&w);
    if (rc == 0) {
        write_lists(&w);
        rc = packed_texts_write(p, out);
    }
    (void)output_write(out, (const char *)page_tail, page_tail_size);
    free(w.text_of);
    return rc;
}
