/* A verdict as a line of JSON, its keys in the order of the contract. */
#include "report/lines.h"
#include "twicetold.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

typedef struct line {
    tt_write_fn write;
    void *ctx;
    int stopped;
} line;

static void put(line *out, const char *bytes, size_t size)
{
    if (!out->stopped && out->write(out->ctx, bytes, size) != 0)
        out->stopped = 1;
}

static void put_text(line *out, const char *text)
{
    put(out, text, strlen(text));
}

static void put_number(line *out, const char *key, double value)
{
    char text[TTI_NUMBER_SIZE];
    put_text(out, key);
    put(out, text, tti_lines_number(text, value));
}

static void put_whole(line *out, const char *key, uint64_t value)
{
    char text[24];
    const int size = snprintf(text, sizeof text, "%" PRIu64, value);
    put_text(out, key);
    put(out, text, (size_t)size);
}

static void put_id(line *out, const char *key, const tt_id *id)
{
    put_text(out, key);
    if (id->bytes == NULL)
        put_text(out, "null");
    else if (id->flags & TT_ARTICLE_INTEGER_ID)
        put(out, id->bytes, id->size);
    else if (!out->stopped)
        out->stopped = tt_write_json_string(out->write, out->ctx, id->bytes, id->size) != TT_OK;
}

tt_status tt_verdict_write(const tt_verdict *v, tt_write_fn write, void *ctx)
{
    line out = {write, ctx, 0};
    put_id(&out, "{\"type\":\"verdict\",\"id\":", &v->id);
    put_text(&out, ",\"verdict\":\"");
    put_text(&out, tt_novelty_name((tt_novelty)v->novelty));
    put_id(&out, "\",\"of\":", &v->of);
    put_number(&out, ",\"resemblance\":", v->resemblance);
    put_number(&out, ",\"containment\":", v->containment);
    put_number(&out, ",\"containment_of\":", v->containment_of);
    put_number(&out, ",\"overlap\":", v->overlap);
    put_number(&out, ",\"overlap_of\":", v->overlap_of);
    put_whole(&out, ",\"new_tokens\":", v->new_tokens);
    put_text(&out, ",\"sections\":[");
    for (size_t k = 0; k < v->section_count; k++) {
        const tt_repeat *r = &v->sections[k];
        put_whole(&out, k == 0 ? "{\"begin\":" : ",{\"begin\":", r->begin);
        put_whole(&out, ",\"end\":", r->end);
        put_id(&out, ",\"article\":", &r->article);
        put_whole(&out, ",\"of_begin\":", r->of_begin);
        put_whole(&out, ",\"of_end\":", r->of_end);
        put_number(&out, ",\"similarity\":", r->similarity);
        put_text(&out, "}");
    }
    put_text(&out, "]}\n");
    return out.stopped ? TT_ESTOPPED : TT_OK;
}
