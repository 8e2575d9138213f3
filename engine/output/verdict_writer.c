/* A verdict as a line of JSON, its keys in the order of the contract. */
#include "util/json_write.h"

static void append_id_field(tti_json_writer *out, const char *key, const tt_id *id)
{
    tti_json_write_key(out, key);
    tti_json_write_id(out, id);
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
    tti_json_write_number_field(&out, "resemblance", v->resemblance);
    tti_json_write_number_field(&out, "containment", v->containment);
    tti_json_write_number_field(&out, "containment_of", v->containment_of);
    tti_json_write_number_field(&out, "overlap", v->overlap);
    tti_json_write_number_field(&out, "overlap_of", v->overlap_of);
    tti_json_write_integer_field(&out, "new_tokens", v->new_tokens);
    tti_json_write_text(&out, ",\"sections\":[");
    for (size_t k = 0; k < v->section_count; k++) {
        const tt_repeat *r = &v->sections[k];
        tti_json_write_text(&out, k == 0 ? "{\"begin\":" : ",{\"begin\":");
        tti_json_write_integer(&out, r->begin);
        tti_json_write_integer_field(&out, "end", r->end);
        append_id_field(&out, "article", &r->article);
        tti_json_write_integer_field(&out, "of_begin", r->of_begin);
        tti_json_write_integer_field(&out, "of_end", r->of_end);
        tti_json_write_number_field(&out, "similarity", r->similarity);
        tti_json_write_text(&out, "}");
    }
    tti_json_write_text(&out, "]}\n");
    tti_json_write_flush(&out);
    return out.stopped ? TT_ESTOPPED : TT_OK;
}
