/*
 * A page is head, data, tail. Data are blocks of JSON in <script type="application/json">, which
 * browsers do not run; every '<' in them is written as an escape, so that none of them can end its
 * block. Big lists are blocks of their own, which the page's program reads when it needs them.
 */
#include "report/html.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/html_parts.h"

enum { MOST_SOURCES = 40, MOST_DAYS = 400, BLOCK_BYTES = 64 << 10, SIMILARITY_BINS = 20 };

/* ==== Words of JSON =========================================================================== */

/* A tt_write_fn: what goes into a block of data. A write that fails is remembered by the output. */
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

static void write_literal(output *out, const char *text)
{
    (void)output_write(out, text, strlen(text));
}

static void write_json_string(output *out, const char *text, size_t size)
{
    (void)!tt_write_json_string(write_escaped, out, text, size);
}

static void write_unsigned(output *out, uint64_t value)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%" PRIu64, value);
    write_literal(out, text);
}

static void write_signed(output *out, int64_t value)
{
    if (value < 0)
        write_literal(out, "-");
    write_unsigned(out, value < 0 ? (uint64_t)-value : (uint64_t)value);
}

/* Thousandths: what is shown has no more digits. -1: not known. */
static void write_thousandths(output *out, double value)
{
    write_signed(out, isnan(value) ? -1 : (int64_t)floor(value * 1000 + 0.5));
}

static void write_field(output *out, const char *name, uint64_t value)
{
    write_literal(out, ",\"");
    write_literal(out, name);
    write_literal(out, "\":");
    write_unsigned(out, value);
}

static void begin_block(output *out, const char *id)
{
    write_literal(out, "<script type=\"application/json\" id=\"");
    write_literal(out, id);
    write_literal(out, "\">");
}

static void end_block(output *out)
{
    write_literal(out, "</script>\n");
}

/* One list of a block, an element an item: what `put_one` writes of it. */
typedef void (*column_fn)(output *out, const page *p, uint64_t item);

static void write_column(output *out, const page *p, const char *before, const uint64_t *items,
                         uint64_t count, column_fn write_item)
{
    write_literal(out, before);
    write_literal(out, "[");
    for (uint64_t i = 0; i < count; i++) {
        if (i > 0)
            write_literal(out, ",");
        write_item(out, p, items[i]);
    }
    write_literal(out, "]");
}

/* ==== Overview ================================================================================ */

static void write_sum(output *out, const article_sum *s)
{
    write_literal(out, ",");
    write_unsigned(out, s->articles);
    write_literal(out, ",");
    write_unsigned(out, s->copies);
    write_literal(out, ",");
    write_unsigned(out, s->bytes);
    write_literal(out, ",");
    write_unsigned(out, s->repeated);
    write_literal(out, "]");
}

static int write_sources(const page *p, output *out)
{
    size_t count = 0;
    article_sum *sums = statistics_by_source(p->statistics, MOST_SOURCES, &count);
    if (sums == NULL)
        return -1;
    write_literal(out, ",\"by_source\":[");
    for (size_t i = 0; i < count; i++) {
        write_literal(out, i > 0 ? ",[" : "[");
        if (sums[i].key == INT64_MIN) {
            write_literal(out, "null");
        } else {
            const source_name *name = statistics_source_name(p->statistics, (uint32_t)sums[i].key);
            write_json_string(out, name->bytes, name->size);
        }
        write_sum(out, &sums[i]);
    }
    write_literal(out, "]");
    write_field(out, "sources_in_all", p->statistics->source_count);
    free(sums);
    return 0;
}

static int write_days(const page *p, output *out)
{
    size_t count = 0;
    int months = 0;
    article_sum *sums = statistics_by_day(p->statistics, MOST_DAYS, &count, &months);
    if (sums == NULL)
        return -1;
    write_literal(out, ",\"by_day\":[");
    for (size_t i = 0; i < count; i++) {
        write_literal(out, i > 0 ? ",[" : "[");
        write_signed(out, sums[i].key);
        write_sum(out, &sums[i]);
    }
    write_literal(out, "]");
    write_field(out, "days_are_months", (uint64_t)months);
    free(sums);
    return 0;
}

/* Pairs by the overlap of the shorter, or where it is not known by resemblance: copies, series. */
static void write_similarity(const page *p, output *out)
{
    const result_arrays *r = p->statistics->result;
    uint64_t bins[2][SIMILARITY_BINS] = {{0}}, relations[TT_SERIES + 1] = {0};
    for (uint64_t i = 0; i < r->pair_count; i++) {
        const tt_pair *q = &r->pairs[i];
        const double overlap = fmax(q->overlap_a, q->overlap_b);
        const double value = isnan(overlap) ? q->resemblance : overlap;
        relations[q->relation]++;
        if (!isnan(value)) {
            const int bin = (int)(value * SIMILARITY_BINS);
            bins[q->relation == TT_SERIES][bin < SIMILARITY_BINS ? bin : SIMILARITY_BINS - 1]++;
        }
    }
    for (int k = 0; k < 2; k++) {
        write_literal(out, k == 0 ? ",\"similarity\":[[" : "],[");
        for (int i = 0; i < SIMILARITY_BINS; i++) {
            write_literal(out, i > 0 ? "," : "");
            write_unsigned(out, bins[k][i]);
        }
    }
    write_literal(out, "]],\"relations\":[");
    for (int i = 0; i <= TT_SERIES; i++) {
        write_literal(out, i > 0 ? "," : "");
        write_unsigned(out, relations[i]);
    }
    write_literal(out, "]");
}

/* How many clusters have 2, 3, 4, ... articles; powers of two above 8. */
static void write_cluster_sizes(const page *p, output *out)
{
    const result_arrays *r = p->statistics->result;
    uint64_t bins[64] = {0};
    int last = -1;
    for (uint64_t i = 0; i < r->cluster_count; i++) {
        const uint64_t size = r->clusters[i].count;
        int bin = 0;
        if (size <= 8)
            bin = size < 2 ? 0 : (int)size - 2;
        else
            for (bin = 7; size > UINT64_C(8) << (bin - 6); bin++)
                ;
        bins[bin]++;
        last = bin > last ? bin : last;
    }
    write_literal(out, ",\"sizes\":[");
    for (int i = 0; i <= last; i++) {
        write_literal(out, i > 0 ? "," : "");
        write_unsigned(out, bins[i]);
    }
    write_literal(out, "]");
}

static void write_totals(const page *p, output *out)
{
    const result_arrays *r = p->statistics->result;
    uint64_t bytes = 0, repeated = 0, copies = 0, kinds[SECTION_BOILERPLATE + 1] = {0};
    for (size_t i = 0; i < p->statistics->row_count; i++) {
        bytes += p->statistics->rows[i].bytes;
        repeated += p->statistics->rows[i].repeated;
        copies += (uint64_t)p->statistics->rows[i].copy;
    }
    for (uint64_t i = 0; i < r->section_count; i++)
        kinds[statistics_section_kind(p->statistics, &r->sections[i])]++;
    write_field(out, "articles", p->statistics->row_count);
    write_field(out, "rejected", p->rejected);
    write_field(out, "bytes", bytes);
    write_field(out, "repeated", repeated);
    write_field(out, "copies", copies);
    write_field(out, "clusters", r->cluster_count);
    write_field(out, "sections", r->section_count);
    write_field(out, "pairs", r->pair_count);
    write_field(out, "named", r->article_count);
    write_field(out, "texts", p->texts->count);
    write_field(out, "texts_bytes", p->texts->bytes);
    write_field(out, "texts_bound", p->texts->bound);
    write_literal(out, ",\"kinds\":[");
    for (int i = 0; i <= SECTION_BOILERPLATE; i++) {
        write_literal(out, i > 0 ? "," : "");
        write_unsigned(out, kinds[i]);
    }
    write_literal(out, "]");
}

static int write_overview(const page *p, output *out)
{
    size_t summary_size;
    const char *summary = tt_result_summary_line(p->statistics->result->result, &summary_size);
    begin_block(out, "overview");
    write_literal(out, "{\"result\":");
    write_json_string(out, p->result_name, strlen(p->result_name));
    write_field(out, "version", tt_version());
    write_totals(p, out);
    write_cluster_sizes(p, out);
    write_similarity(p, out);
    if (write_sources(p, out) != 0 || write_days(p, out) != 0)
        return -1;
    write_literal(out, ",\"summary\":");
    if (summary != NULL)
        (void)write_escaped(out, summary, summary_size);
    else
        write_literal(out, "null");
    write_literal(out, "}");
    end_block(out);
    return 0;
}

/* ==== Lists =================================================================================== */

static void write_id(output *out, const page *p, uint64_t article)
{
    const tt_id id = tt_result_id(p->statistics->result->result, article);
    if ((id.flags & TT_ARTICLE_INTEGER_ID) != 0 && id.size < 16)
        (void)output_write(out, id.bytes, id.size);
    else
        write_json_string(out, id.bytes, id.size);
}

static void write_title(output *out, const page *p, uint64_t article)
{
    write_json_string(out, p->labels[article].title, p->labels[article].size);
}

static void write_source(output *out, const page *p, uint64_t article)
{
    write_unsigned(out, p->statistics->rows[p->statistics->row_of[article]].source);
}

static void write_published(output *out, const page *p, uint64_t article)
{
    if (p->labels[article].published == TT_NO_TIME)
        write_literal(out, "null");
    else
        write_signed(out, p->labels[article].published / 1000000);
}

static void write_text_size(output *out, const page *p, uint64_t article)
{
    write_unsigned(out, p->statistics->rows[p->statistics->row_of[article]].bytes);
}

/* The number of the block that holds its text; -1: none does. */
static void write_text_block(output *out, const page *p, uint64_t article)
{
    write_signed(out, p->block_of[article]);
}

static void write_article_number(output *out, const page *p, uint64_t article)
{
    write_unsigned(out, p->number[article]);
}

static void write_articles(const page *p, output *out)
{
    begin_block(out, "articles");
    write_column(out, p, "{\"id\":", p->articles, p->article_count, write_id);
    write_column(out, p, ",\"title\":", p->articles, p->article_count, write_title);
    write_column(out, p, ",\"source\":", p->articles, p->article_count, write_source);
    write_column(out, p, ",\"published\":", p->articles, p->article_count, write_published);
    write_column(out, p, ",\"bytes\":", p->articles, p->article_count, write_text_size);
    write_column(out, p, ",\"block\":", p->articles, p->article_count, write_text_block);
    write_literal(out, ",\"sources\":[null");
    for (size_t i = 0; i < p->statistics->source_count; i++) {
        write_literal(out, ",");
        write_json_string(out, p->statistics->sources[i]->bytes, p->statistics->sources[i]->size);
    }
    write_literal(out, "]}");
    end_block(out);
}

static void write_cluster_number(output *out, const page *p, uint64_t cluster)
{
    write_unsigned(out, p->statistics->result->clusters[cluster].number);
}

static void write_kept(output *out, const page *p, uint64_t cluster)
{
    write_article_number(out, p, p->statistics->result->clusters[cluster].keep);
}

static void write_members(output *out, const page *p, uint64_t cluster)
{
    const tt_cluster *c = &p->statistics->result->clusters[cluster];
    write_column(out, p, "", c->members, c->count, write_article_number);
}

static void write_clusters(const page *p, output *out)
{
    begin_block(out, "clusters");
    write_column(out, p, "{\"number\":", p->clusters, p->cluster_count, write_cluster_number);
    write_column(out, p, ",\"keep\":", p->clusters, p->cluster_count, write_kept);
    write_literal(out, ",\"articles\":[");
    for (uint64_t i = 0; i < p->cluster_count; i++) {
        write_literal(out, i > 0 ? "," : "");
        write_members(out, p, p->clusters[i]);
    }
    write_literal(out, "]}");
    end_block(out);
}

static void write_pair(output *out, const page *p, uint64_t pair)
{
    const tt_pair *q = &p->statistics->result->pairs[pair];
    const double shares[] = {q->resemblance, q->containment_a, q->containment_b,
                             q->overlap_a,   q->overlap_b,     q->facts};
    write_article_number(out, p, q->a);
    write_literal(out, ",");
    write_article_number(out, p, q->b);
    write_literal(out, ",");
    write_signed(out, q->relation);
    for (size_t i = 0; i < sizeof shares / sizeof *shares; i++) {
        write_literal(out, ",");
        write_thousandths(out, shares[i]);
    }
}

static void write_section(output *out, const page *p, uint64_t section)
{
    const tt_section *s = &p->statistics->result->sections[section];
    write_literal(out, "[");
    write_unsigned(out, s->number);
    write_literal(out, ",");
    write_unsigned(out, s->tokens);
    write_literal(out, ",");
    write_unsigned(out, statistics_section_kind(p->statistics, s));
    for (size_t i = 0; i < s->count; i++) {
        const tt_occurrence *o = &s->occurrences[i];
        const uint64_t numbers[] = {o->begin, o->end, o->of_begin, o->of_end};
        write_literal(out, ",");
        write_article_number(out, p, o->article);
        for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) {
            write_literal(out, ",");
            write_unsigned(out, numbers[k]);
        }
        write_literal(out, ",");
        write_thousandths(out, o->similarity);
    }
    write_literal(out, "]");
}

/* Texts in blocks of a few, "texts-0" and so on: [article, text, article, text, ...]. */
static void write_texts(const page *p, output *out)
{
    for (size_t i = 0; i < p->texts->count; i++) {
        const embedded_text *x = &p->texts->items[i];
        const int64_t block = p->block_of[x->article];
        const int first = i == 0 || p->block_of[x[-1].article] != block;
        if (first) {
            char id[40];
            (void)snprintf(id, sizeof id, "texts-%" PRId64, block);
            begin_block(out, id);
        }
        write_literal(out, first ? "[" : ",");
        write_article_number(out, p, x->article);
        write_literal(out, ",");
        write_json_string(out, x->text, x->size);
        if (i + 1 == p->texts->count || p->block_of[x[1].article] != block) {
            write_literal(out, "]");
            end_block(out);
        }
    }
}

/* Which block each text goes into: one that is looked up is read with few others. */
static int64_t *assign_text_blocks(const page *p)
{
    const uint64_t count = p->statistics->result->article_count;
    int64_t *block_of = malloc(((size_t)count + 1) * sizeof *block_of), block = 0;
    size_t used = 0;
    for (uint64_t a = 0; block_of != NULL && a < count; a++)
        block_of[a] = -1;
    for (size_t i = 0; block_of != NULL && i < p->texts->count; i++) {
        if (used >= BLOCK_BYTES) {
            block++;
            used = 0;
        }
        block_of[p->texts->items[i].article] = block;
        used += p->texts->items[i].size + 1;
    }
    return block_of;
}

int page_write(const page *given, output *out)
{
    int64_t *block_of = assign_text_blocks(given);
    page with_blocks = *given;
    const page *p = &with_blocks;
    with_blocks.block_of = block_of;
    (void)output_write(out, (const char *)page_head, page_head_size);
    if (block_of == NULL || write_overview(p, out) != 0) {
        free(block_of);
        return -1;
    }
    write_articles(p, out);
    write_clusters(p, out);
    begin_block(out, "pairs");
    write_column(out, p, "{\"pairs\":", p->pairs, p->pair_count, write_pair);
    write_literal(out, "}");
    end_block(out);
    begin_block(out, "sections");
    write_column(out, p, "{\"sections\":", p->sections, p->section_count, write_section);
    write_literal(out, "}");
    end_block(out);
    write_texts(p, out);
    (void)output_write(out, (const char *)page_tail, page_tail_size);
    free(block_of);
    return 0;
}
