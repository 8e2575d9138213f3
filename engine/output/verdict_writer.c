/* A verdict as a line of JSON, its keys in the order of the contract. */
#include "output/result_writer.h"
#include "twicetold.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

typedef struct line {
    tt_write_fn write;
    void *ctx;
    int stopped;
} line;

static void write_verdict_bytes(line *out, const char *bytes, size_t size)
{
    if (!out->stopped && out->write(out->ctx, bytes, size) != 0)
        out->stopped = 1;
}

static void write_verdict_text(line *out, const char *text)
{
    write_verdict_bytes(out, text, strlen(text));
}

static void write_number_field(line *out, const char *key, double value)
{
    char text[TTI_JSON_NUMBER_SIZE];
    write_verdict_text(out, key);
    write_verdict_bytes(out, text, tti_json_format_number(text, value));
}

static void write_integer_field(line *out, const char *key, uint64_t value)
{
    char text[24];
    const int size = snprintf(text, sizeof text, "%" PRIu64, value);
    write_verdict_text(out, key);
    write_verdict_bytes(out, text, (size_t)size);
}

static void write_id_field(line *out, const char *key, const tt_id *id)
{
    write_verdict_text(out, key);
    if (id->bytes == NULL)
        write_verdict_text(out, "null");
    else if (id->flags & TT_ARTICLE_INTEGER_ID)
        write_verdict_bytes(out, id->bytes, id->size);
    else if (!out->stopped)
        out->stopped = tt_write_json_string(out->write, out->ctx, id->bytes, id->size) != TT_OK;
}

tt_status tt_verdict_write(const tt_verdict *v, tt_write_fn write, void *ctx)
{
    line out = {write, ctx, 0};
    if (v == NULL || write == NULL)
        return TT_EINVAL;
    write_id_field(&out, "{\"type\":\"verdict\",\"id\":", &v->id);
    write_verdict_text(&out, ",\"verdict\":\"");
    write_verdict_text(&out, tt_verdict_kind_name((tt_verdict_kind)v->kind));
    write_id_field(&out, "\",\"of\":", &v->of);
    write_number_field(&out, ",\"resemblance\":", v->resemblance);
    write_number_field(&out, ",\"containment\":", v->containment);
    write_number_field(&out, ",\"containment_of\":", v->containment_of);
    write_number_field(&out, ",\"overlap\":", v->overlap);
    write_number_field(&out, ",\"overlap_of\":", v->overlap_of);
    write_integer_field(&out, ",\"new_tokens\":", v->new_tokens);
    write_verdict_text(&out, ",\"sections\":[");
    for (size_t k = 0; k < v->section_count; k++) {
        const tt_repeat *r = &v->sections[k];
        write_integer_field(&out, k == 0 ? "{\"begin\":" : ",{\"begin\":", r->begin);
        write_integer_field(&out, ",\"end\":", r->end);
        write_id_field(&out, ",\"article\":", &r->article);
        write_integer_field(&out, ",\"of_begin\":", r->of_begin);
        write_integer_field(&out, ",\"of_end\":", r->of_end);
        write_number_field(&out, ",\"similarity\":", r->similarity);
        write_verdict_text(&out, "}");
    }
    write_verdict_text(&out, "]}\n");
    return out.stopped ? TT_ESTOPPED : TT_OK;
}
