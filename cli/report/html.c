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
#include "report/alignments.h"

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
    uint64_t bins[2][SIMILARITY_BINS] = {{0}}, relations[TT_SERIES + 1] = {0};
    for (uint64_t i = 0; i < r->pair_count; i++) {
        const tt_pair *p = &r->pairs[i];
        const double overlap = fmax(p->overlap_a, p->overlap_b);
        const double value = isnan(overlap) ? p->resemblance : overlap;
        relations[p->relation]++;
        if (!isnan(value)) {
            const int bin = (int)(value * SIMILARITY_BINS);
            bins[p->relation == TT_SERIES][bin < SIMILARITY_BINS ? bin : SIMILARITY_BINS - 1]++;
        }
    }
    write_numbers(w, ",\"similarity\":[[", bins[0], SIMILARITY_BINS);
    write_numbers(w, ",[", bins[1], SIMILARITY_BINS);
    write_numbers(w, "],\"relations\":[", relations, TT_SERIES + 1);
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
    uint64_t bytes = 0, repeated = 0, copies = 0, kinds[SECTION_BOILERPLATE + 1] = {0};
    for (size_t i = 0; i < p->statistics->row_count; i++) {
        bytes += p->statistics->rows[i].bytes;
        repeated += p->statistics->rows[i].repeated;
        copies += (uint64_t)p->statistics->rows[i].copy;
    }
    for (uint64_t i = 0; i < r->section_count; i++)
        kinds[statistics_section_kind(p->statistics, &r->sections[i])]++;
    output_printf(w->out,
                  ",\"articles\":%zu,\"rejected\":%" PRIu64 ",\"bytes\":%" PRIu64
                  ",\"repeated\":%" PRIu64 ",\"copies\":%" PRIu64,
                  p->statistics->row_count, p->rejected, bytes, repeated, copies);
    output_printf(w->out,
                  ",\"clusters\":%zu,\"sections\":%zu,\"pairs\":%zu,\"named\":%" PRIu64
                  ",\"texts\":%zu,\"texts_bytes\":%" PRIu64 ",\"texts_bound\":%" PRIu64,
                  r->cluster_count, r->section_count, r->pair_count, r->article_count,
                  p->texts->count, p->texts->bytes, p->texts->bound);
    write_numbers(w, ",\"kinds\":[", kinds, SECTION_BOILERPLATE + 1);
}

static int write_overview(writer *w)
{
    size_t summary_size;
    const char *summary = tt_result_summary_line(w->page->result->result, &summary_size);
    int rc;
    begin_block(w->out, "overview");
    output_literal(w->out, "{\"result\":");
    write_string(w, w->page->result_name, strlen(w->page->result_name));
    output_printf(w->out, ",\"version\":%" PRIu32, tt_version());
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

static const article_row *row_of(const writer *w, uint64_t article)
{
    const report_statistics *s = w->page->statistics;
    return &s->rows[s->row_of[article]];
}

/* Integers that JavaScript holds exactly stay integers. */
static void write_id(writer *w, uint64_t article)
{
    const tt_id id = tt_result_id(w->page->result->result, article);
    if ((id.flags & TT_ARTICLE_INTEGER_ID) != 0 && id.size < 16)
        (void)output_write(w->out, id.bytes, id.size);
    else
        write_string(w, id.bytes, id.size);
}

static void write_title(writer *w, uint64_t article)
{
    write_string(w, w->page->labels[article].title, w->page->labels[article].size);
}

static void write_source(writer *w, uint64_t article)
{
    output_printf(w->out, "%" PRIu32, row_of(w, article)->source);
}

static void write_published(writer *w, uint64_t article)
{
    const int64_t published = w->page->labels[article].published;
    if (published == TT_NO_TIME)
        output_literal(w->out, "null");
    else
        output_printf(w->out, "%" PRId64, published / 1000000);
}

static void write_text_size(writer *w, uint64_t article)
{
    output_printf(w->out, "%" PRIu64, row_of(w, article)->bytes);
}

/* The number of the block with the text; -1: it is not embedded. */
static void write_text_block(writer *w, uint64_t article)
{
    const embedded_text *text = w->text_of[article];
    output_printf(w->out, "%" PRId64, text != NULL ? text->block : -1);
}

static void write_article_number(writer *w, uint64_t article)
{
    output_printf(w->out, "%" PRIu64, w->page->selection->number[article]);
}

static void write_articles(writer *w)
{
    const page_selection *s = w->page->selection;
    const report_statistics *statistics = w->page->statistics;
    begin_block(w->out, "articles");
    write_list(w, "{\"id\":", s->articles, s->article_count, write_id);
    write_list(w, ",\"title\":", s->articles, s->article_count, write_title);
    write_list(w, ",\"source\":", s->articles, s->article_count, write_source);
    write_list(w, ",\"published\":", s->articles, s->article_count, write_published);
    write_list(w, ",\"bytes\":", s->articles, s->article_count, write_text_size);
    write_list(w, ",\"block\":", s->articles, s->article_count, write_text_block);
    output_literal(w->out, ",\"sources\":[null");
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
    output_printf(w->out, "%" PRIu64 ",%" PRIu64 ",%d,%d,%d,%d,%d,%d,%d", number[p->a],
                  number[p->b], (int)p->relation, thousandths(p->resemblance),
                  thousandths(p->containment_a), thousandths(p->containment_b),
                  thousandths(p->overlap_a), thousandths(p->overlap_b), thousandths(p->facts));
}

static void write_section(writer *w, uint64_t section)
{
    const tt_section *s = &w->page->result->sections[section];
    output_printf(w->out, "[%" PRIu64 ",%" PRIu64 ",%d", s->number, s->tokens,
                  (int)statistics_section_kind(w->page->statistics, s));
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

/* ==== Texts =================================================================================== */

/* Begins the block `name`-`block` of a list, or goes on with it. */
static void continue_block(output *out, const char *name, int64_t block, int64_t before)
{
    if (block != before) {
        char id[40];
        (void)snprintf(id, sizeof id, "%s-%" PRId64, name, block);
        if (before >= 0) {
            output_literal(out, "]");
            end_block(out);
        }
        begin_block(out, id);
    }
    output_literal(out, block != before ? "[" : ",");
}

static void end_last_block(output *out, int64_t block)
{
    if (block >= 0) {
        output_literal(out, "]");
        end_block(out);
    }
}

/* Blocks "texts-0" and so on: [article, text, article, text, ...]. */
static void write_texts(writer *w)
{
    const embedded_texts *texts = w->page->texts;
    int64_t block = -1;
    for (size_t i = 0; i < texts->count; i++) {
        const embedded_text *x = &texts->items[i];
        continue_block(w->out, "texts", x->block, block);
        block = x->block;
        write_article_number(w, x->article);
        output_literal(w->out, ",");
        write_string(w, x->text, x->size);
    }
    end_last_block(w->out, block);
}

/* Blocks "aligned-0" and so on: the alignments of two texts, of which the later one is in the block
 * of texts with the same number. */
static int write_alignments(writer *w)
{
    const uint64_t *number = w->page->selection->number;
    aligned_pair *pairs = NULL;
    size_t count = 0;
    int64_t block = -1;
    int rc = alignments_list(w->page->result, w->page->selection, w->text_of, &pairs, &count);
    for (size_t i = 0; i < count && rc == 0; i++) {
        const aligned_pair *p = &pairs[i];
        continue_block(w->out, "aligned", p->block, block);
        block = p->block;
        output_printf(w->out, "[%" PRIu64 ",%" PRIu64, number[p->a], number[p->b]);
        rc = alignment_write(w->out, w->text_of[p->a], w->text_of[p->b]);
        output_literal(w->out, "]");
    }
    end_last_block(w->out, block);
    free(pairs);
    return rc;
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
        write_texts(&w);
        rc = write_alignments(&w);
    }
    (void)output_write(out, (const char *)page_tail, page_tail_size);
    free(w.text_of);
    return rc;
}
