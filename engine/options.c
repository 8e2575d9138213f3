#include "options.h"

#include "util/alloc.h"
#include "util/error.h"
#include "util/spill.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

enum { NOT_KEPT = -1 };

_Static_assert(TTI_SPILL_MIN_LIMIT == 32 << 20, "the least memory_limit of options.def");

static const char *const find_words[] = {"pairs", "clusters", "sections", "series", NULL};
static const char *const keep_words[] = {"longest", "first", "newest", "source", NULL};
static const char *const paragraph_words[] = {"auto", "line", "blank", "none", NULL};

static const tt_option options_by_line[] = {
/* clang-format off */
#define OPTION(field, name, python_name, type, default_value, min, max, words, in_results, index_order) \
  {#field, name, python_name, offsetof(tt_options, field), TT_OPTION_##type, default_value, min, max, words,   \
   in_results, index_order},
#include "options.def"
#undef OPTION
    /* clang-format on */
};

const tt_option *tt_option_list(size_t *count)
{
    if (count == NULL)
        return NULL;
    *count = sizeof options_by_line / sizeof *options_by_line;
    return options_by_line;
}

static tt_status fail_out_of_range(const tt_option *option, uint64_t value, tt_error *error)
{
    const char *none = option->type == TT_OPTION_SIZE && option->default_value == 0 ? "0, or " : "";
    return tti_fail(error, TT_EINVAL, TTI_NOWHERE,
                    "%s is %" PRIu64 "; it must be %sfrom %" PRIu64 " to %" PRIu64, option->field,
                    value, none, option->min, option->max);
}

/* Fills in the default and checks the value. */
static tt_status resolve_option(tt_options *o, const tt_option *option, tt_error *error)
{
    void *field = (char *)o + option->offset;
    switch (option->type) {
    case TT_OPTION_FLAGS:
        if ((*(uint32_t *)field & ~(uint32_t)option->max) != 0)
            return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "%s has unknown flags", option->field);
        if ((*(uint32_t *)field & (uint32_t)option->default_value) == 0)
            *(uint32_t *)field |= (uint32_t)option->default_value;
        return TT_OK;
    case TT_OPTION_COUNT: {
        uint32_t *value = field;
        if (*value == 0)
            *value = (uint32_t)option->default_value;
        if (*value == 0 || (*value >= option->min && *value <= option->max))
            return TT_OK;
        return fail_out_of_range(option, *value, error);
    }
    case TT_OPTION_SIZE: {
        uint64_t *value = field;
        if (*value == 0)
            *value = (uint64_t)option->default_value;
        if (*value == 0 || (*value >= option->min && *value <= option->max))
            return TT_OK;
        return fail_out_of_range(option, *value, error);
    }
    case TT_OPTION_RULE:
    case TT_OPTION_SHARE: {
        const int may_be_off = option->type == TT_OPTION_RULE;
        double *value = field;
        if (*value == 0)
            *value = option->default_value;
        if (*value < 0 && may_be_off)
            *value = TT_OFF;
        if (isnan(*value) || *value > 1 || (*value < 0 && !may_be_off))
            return tti_fail(error, TT_EINVAL, TTI_NOWHERE,
                            "%s is %g; it must be above 0 and at most 1%s", option->field, *value,
                            may_be_off ? ", or off" : "");
        return TT_OK;
    }
    case TT_OPTION_CHOICE:
        if (*(int32_t *)field < 0 || (uint64_t) * (int32_t *)field > option->max)
            return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "%s is not a tt_%s", option->field,
                            option->field);
        return TT_OK;
    case TT_OPTION_SWITCH:
        if (*(int32_t *)field != 0 && *(int32_t *)field != 1)
            return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "%s is %d; it must be 0 or 1",
                            option->field, (int)*(int32_t *)field);
        return TT_OK;
    case TT_OPTION_THREADS:
        if (*(int32_t *)field < 0)
            return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "%s is %d; it must be 0 or more",
                            option->field, (int)*(int32_t *)field);
        if ((uint64_t) * (int32_t *)field > option->max)
            *(int32_t *)field = (int32_t)option->max;
        return TT_OK;
    case TT_OPTION_SEED:
    case TT_OPTION_PATH: break; /* any value */
    }
    return TT_OK;
}

const tt_option *tti_option_kept(int index_order)
{
    for (size_t i = 0; i < sizeof options_by_line / sizeof *options_by_line; i++)
        if (options_by_line[i].index_order == index_order)
            return &options_by_line[i];
    return NULL;
}

uint64_t tti_option_bits(const tt_options *o, const tt_option *option)
{
    const void *field = (const char *)o + option->offset;
    uint64_t bits;
    switch (option->type) {
    case TT_OPTION_FLAGS:
    case TT_OPTION_COUNT: return *(const uint32_t *)field;
    case TT_OPTION_CHOICE:
    case TT_OPTION_SWITCH:
    case TT_OPTION_THREADS: return (uint64_t) * (const int32_t *)field;
    default: break;
    }
    assert(option->type != TT_OPTION_PATH);
    memcpy(&bits, field, sizeof bits);
    return bits;
}

void tti_option_set_bits(tt_options *o, const tt_option *option, uint64_t bits)
{
    void *field = (char *)o + option->offset;
    switch (option->type) {
    case TT_OPTION_FLAGS:
    case TT_OPTION_COUNT: *(uint32_t *)field = (uint32_t)bits; return;
    case TT_OPTION_CHOICE:
    case TT_OPTION_SWITCH:
    case TT_OPTION_THREADS: *(int32_t *)field = (int32_t)bits; return;
    default: break;
    }
    assert(option->type != TT_OPTION_PATH);
    memcpy(field, &bits, sizeof bits);
}

double tti_bands_recall(uint32_t num_hashes, uint32_t rows, double resemblance)
{
    return 1 - pow(1 - pow(resemblance, rows), (double)(num_hashes / rows));
}

uint32_t tti_bands_rows(uint32_t num_hashes, double threshold)
{
    uint32_t best = 1;
    for (uint32_t rows = 1; rows <= num_hashes; rows++)
        if (num_hashes % rows == 0 && tti_bands_recall(num_hashes, rows, threshold) >= 0.9995)
            best = rows;
    return best;
}

static tt_status choose_bands(tt_options *o, tt_error *error)
{
    if (o->bands == 0) {
        const double threshold = o->resemblance > 0 ? o->resemblance : 0.7;
        o->bands = o->num_hashes / tti_bands_rows(o->num_hashes, threshold);
    }
    if (o->bands > o->num_hashes || o->num_hashes % o->bands != 0)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "bands is %u; it must divide num_hashes, %u",
                        (unsigned)o->bands, (unsigned)o->num_hashes);
    return TT_OK;
}

tt_status tti_options_copy(void *out, size_t out_size, const void *options, const char *name,
                           tt_error *error)
{
    size_t size;
    if (options == NULL)
        return TT_OK;
    memcpy(&size, options, sizeof size);
    if (size < sizeof size)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "struct_size of %s is not set", name);
    for (size_t i = out_size; i < size; i++)
        if (((const char *)options)[i] != 0)
            return tti_fail(error, TT_EINVAL, TTI_NOWHERE,
                            "struct_size: %s has a field that this library does not know", name);
    memcpy(out, options, size < out_size ? size : out_size);
    memcpy(out, &out_size, sizeof out_size);
    return TT_OK;
}

tt_status tt_options_resolve(const tt_options *options, tt_options *out, tt_error *error)
{
    tt_options o = TT_OPTIONS_INIT;
    if (out == NULL)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "out is NULL");
    TTI_TRY(tti_options_copy(&o, sizeof o, options, "tt_options", error));
    if (o.allocator == NULL)
        o.allocator = &tti_libc_allocator;
    if (o.allocator->alloc == NULL || o.allocator->resize == NULL || o.allocator->release == NULL)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "allocator lacks a function");
    if (o.reserved != 0 || o.reserved_2 != 0)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "reserved must be 0");
    for (size_t i = 0; i < sizeof options_by_line / sizeof *options_by_line; i++)
        TTI_TRY(resolve_option(&o, &options_by_line[i], error));
    if (o.keep == TT_KEEP_SOURCE && (o.keep_sources == NULL || *o.keep_sources == '\0'))
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "keep by source needs keep_sources");
    TTI_TRY(choose_bands(&o, error));
    *out = o;
    return TT_OK;
}

tt_status tti_report_progress(const tt_options *o, const char *stage, uint64_t done, uint64_t total,
                              tt_error *error)
{
    if (o->progress == NULL || o->progress(o->progress_ctx, stage, done, total) == 0)
        return TT_OK;
    return tti_fail(error, TT_ESTOPPED, TTI_NOWHERE, "stopped while at %s", stage);
}

/* Replaces *string by a copy and sets *size to the bytes of the copy; NULL stays as it is. */
static tt_status copy_option_string(const tt_allocator *a, const char **string, size_t *size,
                                    tt_error *error)
{
    const size_t bytes = *string == NULL ? 0 : strlen(*string) + 1;
    char *copy;
    if (bytes == 0)
        return TT_OK;
    copy = tti_alloc(a, bytes, 1);
    if (copy == NULL)
        return tti_fail_memory(error, "options");
    memcpy(copy, *string, bytes);
    *string = copy;
    *size = bytes;
    return TT_OK;
}

tt_status tti_owned_options_copy(tti_owned_options *out, const tt_options *options, tt_error *error)
{
    tt_options *o = &out->options;
    tt_status status;
    out->source_size = out->dir_size = 0;
    TTI_TRY(tt_options_resolve(options, o, error));
    status = copy_option_string(o->allocator, &o->keep_sources, &out->source_size, error);
    if (status == TT_OK)
        status = copy_option_string(o->allocator, &o->temp_dir, &out->dir_size, error);
    if (status != TT_OK)
        tti_owned_options_free(out);
    return status;
}

void tti_owned_options_free(tti_owned_options *s)
{
    if (s->source_size > 0)
        tti_release(s->options.allocator, (void *)s->options.keep_sources, s->source_size, 1);
    if (s->dir_size > 0)
        tti_release(s->options.allocator, (void *)s->options.temp_dir, s->dir_size, 1);
    s->source_size = s->dir_size = 0;
}
