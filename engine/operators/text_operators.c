/* The operators that read text: sketch, tokens, extents. */
#include "input/jsonl.h"
#include "operators/operator.h"
#include "seed/minimizers.h"
#include "sketch/sketch.h"
#include "text/tokenizer.h"

#include <stdlib.h>
#include <string.h>

/* The article in work, and room that the next one uses again. */
typedef struct text_state {
    tti_tokens tokens;
    tti_tokenized_text added;
    tti_doc doc;
    tti_minimizers sample;
    tti_byte_array packed;
    TTI_ARRAY(uint32_t) begins, ends; /* bytes of its tokens */
} text_state;

static tt_status text_open(tti_operator *op)
{
    text_state *s = op->state;
    tti_tokens_init(&s->tokens, op->allocator);
    return TT_OK;
}

static void text_close(tti_operator *op)
{
    text_state *s = op->state;
    tti_tokens_free(&s->tokens);
    tti_minimizers_free(&s->sample, op->allocator);
    tti_array_free(&s->packed, op->allocator);
    tti_array_free(&s->begins, op->allocator);
    tti_array_free(&s->ends, op->allocator);
}

/* @return TT_OK, or why the article is not accepted */
static tt_status tokenize_row(tti_operator *op, tti_slice text)
{
    text_state *s = op->state;
    const tt_options *o = &op->options;
    tti_tokens_clear(&s->tokens);
    if (text.data == NULL)
        return TT_EINVAL;
    if (text.size > o->max_article_bytes)
        return TT_ELIMIT;
    TTI_TRY(tti_tokens_append_text(&s->tokens, text.data, text.size, (tt_paragraphs)o->paragraphs,
                                   o->seed, &s->added, NULL));
    s->doc = (tti_doc){.hashes = s->tokens.hashes,
                       .flags = s->tokens.flags,
                       .paragraphs = s->tokens.paragraphs,
                       .published = TT_NO_TIME,
                       .token_count = s->added.token_count,
                       .paragraph_count = s->added.paragraph_count};
    return TT_OK;
}

/* ==== Sketch ================================================================================== */

/* Longer paragraphs, with the band keys of those that do not repeat one of the same article. */
static tt_status output_paragraphs(tti_operator *op, const tti_sketches *k)
{
    text_state *s = op->state;
    size_t next = 0; /* among the distinct */
    s->packed.count = 0;
    for (uint32_t p = 0; k->distinct != NULL && p < s->doc.paragraph_count; p++) {
        const tti_paragraph *x = &s->doc.paragraphs[p];
        tti_paragraph_record record = {x->key.low, x->key.high, {0}};
        if (next < k->distinct_count && k->distinct[next].paragraph == p) {
            memcpy(record.keys, k->paragraph_keys + next * TTI_PARAGRAPH_BANDS, sizeof record.keys);
            next++;
        }
        if (x->end - x->begin >= TTI_PARAGRAPH_TOKENS)
            TTI_TRY(tti_byte_array_append(&s->packed, op->allocator, &record, sizeof record));
    }
    tti_output_bytes(&op->out, s->packed.items, s->packed.count);
    return TT_OK;
}

static tt_status output_seeds(tti_operator *op)
{
    text_state *s = op->state;
    s->packed.count = 0;
    if (tti_seeds_needed(&op->options)) {
        TTI_TRY(tti_minimizers_find(&s->sample, &s->doc, &op->options, op->allocator, op->error));
        for (size_t i = 0; i < s->sample.positions.count; i++) {
            const uint32_t pos = s->sample.positions.items[i];
            const tti_seed_record record = {s->sample.keys.items[pos],
                                            s->sample.partition_hashes.items[pos], pos};
            TTI_TRY(tti_byte_array_append(&s->packed, op->allocator, &record, sizeof record));
        }
    }
    tti_output_bytes(&op->out, s->packed.items, s->packed.count);
    return TT_OK;
}

/* Signature, band keys, paragraphs and seeds of the article in work. */
static tt_status output_sketch(tti_operator *op)
{
    text_state *s = op->state;
    const tti_corpus corpus = {&s->doc, 1, NULL, 1};
    tti_candidates ignored; /* paragraphs that the article repeats: paragraph rows tell of them */
    tti_sketches k = {0};
    tt_status status;
    tti_candidates_init(&ignored, op->allocator);
    status = tti_sketch(&k, &corpus, NULL, &op->options, &ignored, op->error);
    if (status == TT_OK) {
        tti_output_bytes(&op->out, k.signatures, k.num_hashes);
        tti_output_bytes(&op->out, k.doc_keys, k.doc_bands * sizeof *k.doc_keys);
        status = output_paragraphs(op, &k);
    }
    if (status == TT_OK)
        status = output_seeds(op);
    tti_sketches_free(&k);
    tti_candidates_free(&ignored);
    return status;
}

static int64_t parse_published(tti_slice text)
{
    char digits[24], *end;
    long long micros;
    if (text.size == 0)
        return TT_NO_TIME;
    if (text.size < sizeof digits) {
        memcpy(digits, text.data, text.size);
        digits[text.size] = '\0';
        micros = strtoll(digits, &end, 10);
        if (*end == '\0')
            return micros;
    }
    return tt_time_parse(text.data, text.size);
}

static tt_status sketch_row(tti_operator *op, const tti_rows *rows, size_t i)
{
    text_state *s = op->state;
    tti_output *out = &op->out;
    const tt_status status = tokenize_row(op, tti_rows_bytes(rows, 1, i));
    if (status == TT_ENOMEM)
        return TT_ENOMEM;
    if (status != TT_OK)
        s->added = (tti_tokenized_text){0};
    tti_output_int64(out, tti_rows_int64(rows, 0, i));
    tti_output_int32(out, status);
    tti_output_int32(out, (int32_t)s->added.token_count);
    tti_output_int32(out, (int32_t)s->added.paragraph_count);
    tti_output_int64(out, (int64_t)s->added.key.low);
    tti_output_int64(out, (int64_t)s->added.key.high);
    tti_output_int64(out, parse_published(tti_rows_bytes(rows, 2, i)));
    if (s->added.token_count > 0) {
        TTI_TRY(output_sketch(op));
    } else {
        for (int c = 0; c < 4; c++)
            tti_output_bytes(out, NULL, 0);
    }
    tti_output_end_row(out);
    return TT_OK;
}

const tti_operator_class tti_operator_sketch = {
    .spec = {"sketch", "n long, text string, published string",
             "n long, status int, tokens int, paragraphs int, low long, high long, published long, "
             "signature binary, bands binary, long_paragraphs binary, seeds binary"},
    .state_size = sizeof(text_state),
    .open = text_open,
    .row = sketch_row,
    .close = text_close};

/* ==== Tokens ================================================================================== */

static tt_status tokens_row(tti_operator *op, const tti_rows *rows, size_t i)
{
    const text_state *s = op->state;
    TTI_TRY(tokenize_row(op, tti_rows_bytes(rows, 1, i)));
    tti_output_int64(&op->out, tti_rows_int64(rows, 0, i));
    tti_output_bytes(&op->out, s->doc.hashes, s->doc.token_count * sizeof *s->doc.hashes);
    tti_output_bytes(&op->out, s->doc.flags, s->doc.token_count);
    tti_output_end_row(&op->out);
    return TT_OK;
}

const tti_operator_class tti_operator_tokens = {
    .spec = {"tokens", "n long, text string", "n long, hashes binary, flags binary"},
    .state_size = sizeof(text_state),
    .open = text_open,
    .row = tokens_row,
    .close = text_close};

/* ==== Extents ================================================================================= */

static tt_status extents_row(tti_operator *op, const tti_rows *rows, size_t i)
{
    text_state *s = op->state;
    const int32_t begin = tti_rows_int32(rows, 2, i), end = tti_rows_int32(rows, 3, i);
    if (i == 0 || tti_rows_int64(rows, 0, i) != tti_rows_int64(rows, 0, i - 1)) {
        TTI_TRY(tokenize_row(op, tti_rows_bytes(rows, 1, i)));
        TTI_TRY(tti_array_resize(&s->begins, op->allocator, s->doc.token_count));
        TTI_TRY(tti_array_resize(&s->ends, op->allocator, s->doc.token_count));
        tti_token_extents_decode(s->tokens.extents, s->doc.token_count, s->begins.items,
                                 s->ends.items);
    }
    if (begin < 0 || end <= begin || (uint32_t)end > s->doc.token_count)
        return tti_fail(op->error, TT_EINTERNAL, TTI_NOWHERE,
                        "tokens [%d, %d) of an article of %u: did its text change?", (int)begin,
                        (int)end, (unsigned)s->doc.token_count);
    tti_output_int64(&op->out, tti_rows_int64(rows, 0, i));
    tti_output_int32(&op->out, begin);
    tti_output_int32(&op->out, end);
    tti_output_int64(&op->out, tti_array_at(&s->begins, (size_t)begin));
    tti_output_int64(&op->out, tti_array_at(&s->ends, (size_t)end - 1));
    tti_output_end_row(&op->out);
    return TT_OK;
}

const tti_operator_class tti_operator_extents = {
    .spec = {"extents", "n long, text string, begin int, end int",
             "n long, begin int, end int, begin_byte long, end_byte long"},
    .state_size = sizeof(text_state),
    .open = text_open,
    .row = extents_row,
    .close = text_close};
