/*
 * A page is head, data, tail. Data are blocks of JSON in <script type="application/json">, which
 * browsers do not run; every '<' in them is written as an escape, so that none of them can end its
 * block. Big lists are blocks of their own, which the page's program reads when it needs them.
 */
#include "html.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "html_parts.h"

enum { MOST_SOURCES = 40, MOST_DAYS = 400, BLOCK_BYTES = 64 << 10, SIMILARITY_BINS = 20 };

/* ==== Words of JSON =========================================================================== */

/* A tt_write_fn: what goes into a block of data. A write that fails is remembered by the output. */
static int put_bytes(void *ctx, const char *bytes, size_t size)
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

static void put(output *out, const char *text)
{
    (void)output_write(out, text, strlen(text));
}

static void put_string(output *out, const char *text, size_t size)
{
    (void)!tt_write_json_string(put_bytes, out, text, size);
}

static void put_whole(output *out, uint64_t value)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%" PRIu64, value);
    put(out, text);
}

static void put_signed(output *out, int64_t value)
{
    if (value < 0)
        put(out, "-");
    put_whole(out, value < 0 ? (uint64_t)-value : (uint64_t)value);
}

/* Thousandths: what is shown has no more digits. -1: not known. */
static void put_share(output *out, double value)
{
    put_signed(out, isnan(value) ? -1 : (int64_t)floor(value * 1000 + 0.5));
}

static void put_named(output *out, const char *name, uint64_t value)
{
    put(out, ",\"");
    put(out, name);
    put(out, "\":");
    put_whole(out, value);
}

static void begin_block(output *out, const char *id)
{
    put(out, "<script type=\"application/json\" id=\"");
    put(out, id);
    put(out, "\">");
}

static void end_block(output *out)
{
    put(out, "</script>\n");
}

/* One list of a block, an element an item: what `put_one` writes of it. */
typedef void (*column_fn)(output *out, const page *p, uint64_t item);

static void put_column(output *out, const page *p, const char *before, const uint64_t *items,
                       uint64_t count, column_fn put_one)
{
    put(out, before);
    put(out, "[");
    for (uint64_t i = 0; i < count; i++) {
        if (i > 0)
            put(out, ",");
        put_one(out, p, items[i]);
    }
    put(out, "]");
}

/* ==== Overview ================================================================================ */

static void put_sum(output *out, const digest_sum *s)
{
    put(out, ",");
    put_whole(out, s->articles);
    put(out, ",");
    put_whole(out, s->copies);
    put(out, ",");
    put_whole(out, s->bytes);
    put(out, ",");
    put_whole(out, s->repeated);
    put(out, "]");
}

static int put_sources(const page *p, output *out)
{
    size_t count = 0;
    digest_sum *sums = digest_by_source(p->digest, MOST_SOURCES, &count);
    if (sums == NULL)
        return -1;
    put(out, ",\"by_source\":[");
    for (size_t i = 0; i < count; i++) {
        put(out, i > 0 ? ",[" : "[");
        if (sums[i].key == INT64_MIN) {
            put(out, "null");
        } else {
            const digest_name *name = digest_source(p->digest, (uint32_t)sums[i].key);
            put_string(out, name->bytes, name->size);
        }
        put_sum(out, &sums[i]);
    }
    put(out, "]");
    put_named(out, "sources_in_all", p->digest->source_count);
    free(sums);
    return 0;
}

static int put_days(const page *p, output *out)
{
    size_t count = 0;
    int months = 0;
    digest_sum *sums = digest_by_day(p->digest, MOST_DAYS, &count, &months);
    if (sums == NULL)
        return -1;
    put(out, ",\"by_day\":[");
    for (size_t i = 0; i < count; i++) {
        put(out, i > 0 ? ",[" : "[");
        put_signed(out, sums[i].key);
        put_sum(out, &sums[i]);
    }
    put(out, "]");
    put_named(out, "days_are_months", (uint64_t)months);
    free(sums);
    return 0;
}

/* Pairs by the overlap of the shorter, or where it is not known by resemblance: copies, series. */
static void put_similarity(const page *p, output *out)
{
    const tt_result *r = p->digest->result;
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
        put(out, k == 0 ? ",\"similarity\":[[" : "],[");
        for (int i = 0; i < SIMILARITY_BINS; i++) {
            put(out, i > 0 ? "," : "");
            put_whole(out, bins[k][i]);
        }
    }
    put(out, "]],\"relations\":[");
    for (int i = 0; i <= TT_SERIES; i++) {
        put(out, i > 0 ? "," : "");
        put_whole(out, relations[i]);
    }
    put(out, "]");
}

/* How many clusters have 2, 3, 4, ... articles; powers of two above 8. */
static void put_sizes(const page *p, output *out)
{
    const tt_result *r = p->digest->result;
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
    put(out, ",\"sizes\":[");
    for (int i = 0; i <= last; i++) {
        put(out, i > 0 ? "," : "");
        put_whole(out, bins[i]);
    }
    put(out, "]");
}

static void put_totals(const page *p, output *out)
{
    const tt_result *r = p->digest->result;
    uint64_t bytes = 0, repeated = 0, copies = 0, kinds[SECTION_NOTICE + 1] = {0};
    for (size_t i = 0; i < p->digest->row_count; i++) {
        bytes += p->digest->rows[i].bytes;
        repeated += p->digest->rows[i].repeated;
        copies += (uint64_t)p->digest->rows[i].copy;
    }
    for (uint64_t i = 0; i < r->section_count; i++)
        kinds[digest_kind(p->digest, &r->sections[i])]++;
    put_named(out, "articles", p->digest->row_count);
    put_named(out, "rejected", p->rejected);
    put_named(out, "bytes", bytes);
    put_named(out, "repeated", repeated);
    put_named(out, "copies", copies);
    put_named(out, "clusters", r->cluster_count);
    put_named(out, "sections", r->section_count);
    put_named(out, "pairs", r->pair_count);
    put_named(out, "named", r->article_count);
    put_named(out, "texts", p->texts->count);
    put_named(out, "texts_bytes", p->texts->bytes);
    put_named(out, "texts_bound", p->texts->bound);
    put(out, ",\"kinds\":[");
    for (int i = 0; i <= SECTION_NOTICE; i++) {
        put(out, i > 0 ? "," : "");
        put_whole(out, kinds[i]);
    }
    put(out, "]");
}

static int put_overview(const page *p, output *out)
{
    const tt_result *r = p->digest->result;
    begin_block(out, "overview");
    put(out, "{\"result\":");
    put_string(out, p->result_name, strlen(p->result_name));
    put_named(out, "version", tt_version());
    put_totals(p, out);
    put_sizes(p, out);
    put_similarity(p, out);
    if (put_sources(p, out) != 0 || put_days(p, out) != 0)
        return -1;
    put(out, ",\"summary\":");
    if (r->summary != NULL)
        (void)put_bytes(out, r->summary, r->summary_size);
    else
        put(out, "null");
    put(out, "}");
    end_block(out);
    return 0;
}

/* ==== Lists =================================================================================== */

static void put_id(output *out, const page *p, uint64_t article)
{
    const tt_id *id = &p->digest->result->articles[article];
    if ((id->flags & TT_ARTICLE_INTEGER_ID) != 0 && id->size < 16)
        (void)output_write(out, id->bytes, id->size);
    else
        put_string(out, id->bytes, id->size);
}

static void put_title(output *out, const page *p, uint64_t article)
{
    put_string(out, p->labels[article].title, p->labels[article].size);
}

static void put_source(output *out, const page *p, uint64_t article)
{
    put_whole(out, p->digest->rows[p->digest->row_of[article]].source);
}

static void put_published(output *out, const page *p, uint64_t article)
{
    if (p->labels[article].published == TT_NO_TIME)
        put(out, "null");
    else
        put_signed(out, p->labels[article].published / 1000000);
}

static void put_bytes_of(output *out, const page *p, uint64_t article)
{
    put_whole(out, p->digest->rows[p->digest->row_of[article]].bytes);
}

/* The number of the block that holds its text; -1: none does. */
static void put_block(output *out, const page *p, uint64_t article)
{
    put_signed(out, p->block_of[article]);
}

static void put_number(output *out, const page *p, uint64_t article)
{
    put_whole(out, p->number[article]);
}

static void put_articles(const page *p, output *out)
{
    begin_block(out, "articles");
    put_column(out, p, "{\"id\":", p->articles, p->article_count, put_id);
    put_column(out, p, ",\"title\":", p->articles, p->article_count, put_title);
    put_column(out, p, ",\"source\":", p->articles, p->article_count, put_source);
    put_column(out, p, ",\"published\":", p->articles, p->article_count, put_published);
    put_column(out, p, ",\"bytes\":", p->articles, p->article_count, put_bytes_of);
    put_column(out, p, ",\"block\":", p->articles, p->article_count, put_block);
    put(out, ",\"sources\":[null");
    for (size_t i = 0; i < p->digest->source_count; i++) {
        put(out, ",");
        put_string(out, p->digest->sources[i]->bytes, p->digest->sources[i]->size);
    }
    put(out, "]}");
    end_block(out);
}

static void put_cluster_number(output *out, const page *p, uint64_t cluster)
{
    put_whole(out, p->digest->result->clusters[cluster].number);
}

static void put_kept(output *out, const page *p, uint64_t cluster)
{
    put_number(out, p, p->digest->result->clusters[cluster].keep);
}

static void put_members(output *out, const page *p, uint64_t cluster)
{
    const tt_cluster *c = &p->digest->result->clusters[cluster];
    put_column(out, p, "", c->articles, c->count, put_number);
}

static void put_clusters(const page *p, output *out)
{
    begin_block(out, "clusters");
    put_column(out, p, "{\"number\":", p->clusters, p->cluster_count, put_cluster_number);
    put_column(out, p, ",\"keep\":", p->clusters, p->cluster_count, put_kept);
    put(out, ",\"articles\":[");
    for (uint64_t i = 0; i < p->cluster_count; i++) {
        put(out, i > 0 ? "," : "");
        put_members(out, p, p->clusters[i]);
    }
    put(out, "]}");
    end_block(out);
}

static void put_pair(output *out, const page *p, uint64_t pair)
{
    const tt_pair *q = &p->digest->result->pairs[pair];
    const double shares[] = {q->resemblance, q->containment_a, q->containment_b,
                             q->overlap_a,   q->overlap_b,     q->facts};
    put_number(out, p, q->a);
    put(out, ",");
    put_number(out, p, q->b);
    put(out, ",");
    put_signed(out, q->relation);
    for (size_t i = 0; i < sizeof shares / sizeof *shares; i++) {
        put(out, ",");
        put_share(out, shares[i]);
    }
}

static void put_section(output *out, const page *p, uint64_t section)
{
    const tt_section *s = &p->digest->result->sections[section];
    put(out, "[");
    put_whole(out, s->number);
    put(out, ",");
    put_whole(out, s->tokens);
    put(out, ",");
    put_whole(out, digest_kind(p->digest, s));
    for (size_t i = 0; i < s->count; i++) {
        const tt_occurrence *o = &s->occurrences[i];
        const uint64_t numbers[] = {o->begin, o->end, o->of_begin, o->of_end};
        put(out, ",");
        put_number(out, p, o->article);
        for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) {
            put(out, ",");
            put_whole(out, numbers[k]);
        }
        put(out, ",");
        put_share(out, o->similarity);
    }
    put(out, "]");
}

/* Texts in blocks of a few, "texts-0" and so on: [article, text, article, text, ...]. */
static void put_texts(const page *p, output *out)
{
    for (size_t i = 0; i < p->texts->count; i++) {
        const excerpt *x = &p->texts->items[i];
        const int64_t block = p->block_of[x->article];
        const int first = i == 0 || p->block_of[x[-1].article] != block;
        if (first) {
            char id[40];
            (void)snprintf(id, sizeof id, "texts-%" PRId64, block);
            begin_block(out, id);
        }
        put(out, first ? "[" : ",");
        put_number(out, p, x->article);
        put(out, ",");
        put_string(out, x->text, x->size);
        if (i + 1 == p->texts->count || p->block_of[x[1].article] != block) {
            put(out, "]");
            end_block(out);
        }
    }
}

/* Which block each text goes into: one that is looked up is read with few others. */
static int64_t *make_blocks(const page *p)
{
    const uint64_t count = p->digest->result->article_count;
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
    int64_t *block_of = make_blocks(given);
    page with_blocks = *given;
    const page *p = &with_blocks;
    with_blocks.block_of = block_of;
    (void)output_write(out, (const char *)page_head, page_head_size);
    if (block_of == NULL || put_overview(p, out) != 0) {
        free(block_of);
        return -1;
    }
    put_articles(p, out);
    put_clusters(p, out);
    begin_block(out, "pairs");
    put_column(out, p, "{\"pairs\":", p->pairs, p->pair_count, put_pair);
    put(out, "}");
    end_block(out);
    begin_block(out, "sections");
    put_column(out, p, "{\"sections\":", p->sections, p->section_count, put_section);
    put(out, "}");
    end_block(out);
    put_texts(p, out);
    (void)output_write(out, (const char *)page_tail, page_tail_size);
    free(block_of);
    return 0;
}
