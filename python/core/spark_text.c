/*
 * Operators that read text. Rows may come in any order.
 *
 *   sketch   what candidates are found by: the identity of an article's tokens, the values and keys
 *            of its MinHash, its paragraphs and its seeds
 *   tokens   what candidates are verified with
 *   extents  bytes of extents in tokens
 */
#include "seed/seeds.h"
#include "sketch/sketch.h"
#include "spark.h"
#include "text/tokenizer.h"

#include "spark_packed.h"

#include <stdlib.h>
#include <string.h>

typedef struct reader {
    tti_tokens tokens;
    tti_tokenized_text added;
    tti_doc doc; /* the article at hand */
    tti_minimizers sample;
    spark_buffer packed;
    uint32_t *begins, *ends;
    size_t begin_capacity, end_capacity;
} reader;

static tt_status open_reader(spark_stage *s)
{
    reader *r = s->state;
    tti_tokens_init(&r->tokens, SPARK_ALLOCATOR);
    return TT_OK;
}

static void close_reader(spark_stage *s)
{
    reader *r = s->state;
    tti_tokens_free(&r->tokens);
    tti_minimizers_free(&r->sample, SPARK_ALLOCATOR);
    spark_buffer_free(&r->packed);
    tti_release(SPARK_ALLOCATOR, r->begins, r->begin_capacity, sizeof *r->begins);
    tti_release(SPARK_ALLOCATOR, r->ends, r->end_capacity, sizeof *r->ends);
}

/* Reads one article. @return why it is not taken, or TT_OK */
static tt_status read_text(spark_stage *s, spark_bytes text)
{
    reader *r = s->state;
    const tt_options *o = &s->options;
    tti_tokens_clear(&r->tokens);
    if (text.data == NULL)
        return TT_EINVAL;
    if (text.size > o->max_article_bytes)
        return TT_ELIMIT;
    TTI_TRY(tti_tokens_append_text(&r->tokens, text.data, text.size, (tt_paragraphs)o->paragraphs,
                                   o->seed, &r->added, NULL));
    r->doc = (tti_doc){r->tokens.hashes,     r->tokens.flags,          r->tokens.paragraphs,
                       r->added.token_count, r->added.paragraph_count, 0};
    return TT_OK;
}

/* ==== Sketch ================================================================================== */

static void put_signature(spark_out *out, const tti_sketches *k)
{
    uint32_t *keys = k->doc_keys;
    spark_put_bytes(out, k->signatures, k->num_hashes);
    spark_put_bytes(out, keys, k->doc_bands * sizeof *keys);
}

/* Longer paragraphs, with the band keys of those that are not a repetition within the article. */
static tt_status put_paragraphs(spark_stage *s, const tti_sketches *k)
{
    reader *r = s->state;
    size_t d = 0;
    r->packed.size = 0;
    for (uint32_t p = 0; k->distinct != NULL && p < r->doc.paragraph_count; p++) {
        const tti_paragraph *x = &r->doc.paragraphs[p];
        packed_paragraph row = {x->key.low, x->key.high, {0}};
        const int is_distinct = d < k->distinct_count && k->distinct[d].paragraph == p;
        if (is_distinct)
            memcpy(row.keys, k->paragraph_keys + d * TTI_PARAGRAPH_BANDS, sizeof row.keys);
        d += (size_t)is_distinct;
        if (x->end - x->begin >= TTI_PARAGRAPH_TOKENS)
            TTI_TRY(spark_buffer_add(&r->packed, &row, sizeof row));
    }
    spark_put_bytes(&s->out, r->packed.bytes, r->packed.size);
    return TT_OK;
}

static tt_status put_seeds(spark_stage *s)
{
    reader *r = s->state;
    r->packed.size = 0;
    if (tti_seeds_needed(&s->options)) {
        TTI_TRY(
            tti_minimizers_find(&r->sample, &r->doc, s->options.seed, SPARK_ALLOCATOR, &s->error));
        for (size_t i = 0; i < r->sample.count; i++) {
            const uint32_t at = r->sample.places[i];
            const packed_seed row = {r->sample.keys[at], r->sample.parts[at], at};
            TTI_TRY(spark_buffer_add(&r->packed, &row, sizeof row));
        }
    }
    spark_put_bytes(&s->out, r->packed.bytes, r->packed.size);
    return TT_OK;
}

static tt_status sketch_article(spark_stage *s)
{
    reader *r = s->state;
    const tti_corpus corpus = {&r->doc, 1, NULL, 1};
    tti_candidates ignored; /* paragraphs that the article repeats: found again from the rows */
    tti_sketches k = {0};
    tt_status status;
    tti_candidates_init(&ignored, SPARK_ALLOCATOR);
    status = tti_sketch(&k, &corpus, &s->options, &ignored, &s->error);
    if (status == TT_OK) {
        put_signature(&s->out, &k);
        status = put_paragraphs(s, &k);
    }
    if (status == TT_OK)
        status = put_seeds(s);
    tti_sketches_free(&k);
    tti_candidates_free(&ignored);
    return status;
}

/* RFC 3339, or microseconds as a number. */
static int64_t published_of(spark_bytes text)
{
    char digits[24], *end;
    long long micros;
    if (text.size == 0)
        return TT_NO_TIME;
    if (text.size >= sizeof digits)
        return core_time_parse(text.data, text.size);
    memcpy(digits, text.data, text.size);
    digits[text.size] = '\0';
    micros = strtoll(digits, &end, 10);
    return *end == '\0' ? micros : core_time_parse(text.data, text.size);
}

static tt_status take_sketch(spark_stage *s, const spark_in *in)
{
    reader *r = s->state;
    for (int64_t i = 0; i < in->rows; i++) {
        const tt_status status = read_text(s, spark_cell(in, 1, i));
        if (status == TT_ENOMEM)
            return tti_fail_memory(&s->error, "tokens");
        spark_put_long(&s->out, spark_long(in, 0, i));
        spark_put_int(&s->out, status);
        spark_put_int(&s->out, status == TT_OK ? (int32_t)r->added.token_count : 0);
        spark_put_int(&s->out, status == TT_OK ? (int32_t)r->added.paragraph_count : 0);
        spark_put_long(&s->out, status == TT_OK ? (int64_t)r->added.key.low : 0);
        spark_put_long(&s->out, status == TT_OK ? (int64_t)r->added.key.high : 0);
        spark_put_long(&s->out, published_of(spark_cell(in, 2, i)));
        if (status == TT_OK && r->added.token_count > 0) {
            TTI_TRY(sketch_article(s));
        } else {
            for (int c = 0; c < 4; c++)
                spark_put_bytes(&s->out, NULL, 0);
        }
        spark_row(&s->out);
    }
    return TT_OK;
}

/* status: a tt_status; low, high: equal for articles with equal tokens; the rest: spark_packed.h */
const spark_operator spark_sketch = {
    .name = "sketch",
    .takes = "n long, text string, published string",
    .gives = "n long, status int, tokens int, paragraphs int, low long, high long, published long, "
             "signature binary, bands binary, passages binary, seeds binary",
    .state_size = sizeof(reader),
    .open = open_reader,
    .take = take_sketch,
    .close = close_reader};

/* ==== Tokens ================================================================================== */

static tt_status take_tokens(spark_stage *s, const spark_in *in)
{
    const reader *r = s->state;
    for (int64_t i = 0; i < in->rows; i++) {
        TTI_TRY(read_text(s, spark_cell(in, 1, i)));
        spark_put_long(&s->out, spark_long(in, 0, i));
        spark_put_bytes(&s->out, r->doc.hashes, r->doc.token_count * sizeof *r->doc.hashes);
        spark_put_bytes(&s->out, r->doc.flags, r->doc.token_count);
        spark_row(&s->out);
    }
    return TT_OK;
}

const spark_operator spark_tokens = {.name = "tokens",
                                     .takes = "n long, text string",
                                     .gives = "n long, hashes binary, flags binary",
                                     .state_size = sizeof(reader),
                                     .open = open_reader,
                                     .take = take_tokens,
                                     .close = close_reader};

/* ==== Extents ================================================================================= */

static tt_status decode_spans(reader *r)
{
    const uint32_t n = r->doc.token_count;
    if (tti_reserve(SPARK_ALLOCATOR, &r->begins, &r->begin_capacity, n, sizeof *r->begins) != 0 ||
        tti_reserve(SPARK_ALLOCATOR, &r->ends, &r->end_capacity, n, sizeof *r->ends) != 0)
        return TT_ENOMEM;
    tti_token_extents_decode(r->tokens.extents, n, r->begins, r->ends);
    return TT_OK;
}

/* Rows of one article follow one another. */
static tt_status take_extents(spark_stage *s, const spark_in *in)
{
    reader *r = s->state;
    for (int64_t i = 0; i < in->rows; i++) {
        const int32_t begin = spark_int(in, 2, i), end = spark_int(in, 3, i);
        if (i == 0 || spark_long(in, 0, i) != spark_long(in, 0, i - 1)) {
            TTI_TRY(read_text(s, spark_cell(in, 1, i)));
            TTI_TRY(decode_spans(r));
        }
        if (begin < 0 || end <= begin || (uint32_t)end > r->doc.token_count)
            return tti_fail(&s->error, TT_EINTERNAL, TTI_NOWHERE,
                            "tokens [%d, %d) of an article of %u: did its text change?", (int)begin,
                            (int)end, (unsigned)r->doc.token_count);
        spark_put_long(&s->out, spark_long(in, 0, i));
        spark_put_int(&s->out, begin);
        spark_put_int(&s->out, end);
        spark_put_long(&s->out, r->begins[begin]);
        spark_put_long(&s->out, r->ends[end - 1]);
        spark_row(&s->out);
    }
    return TT_OK;
}

const spark_operator spark_extents = {
    .name = "extents",
    .takes = "n long, text string, begin int, end int",
    .gives = "n long, begin int, end int, begin_byte long, end_byte long",
    .state_size = sizeof(reader),
    .open = open_reader,
    .take = take_extents,
    .close = close_reader};
