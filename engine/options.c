#include "options.h"

#include "util/alloc.h"
#include "util/error.h"
#include "util/spill.h"

#include <math.h>
#include <string.h>

#define LONGEST_ARTICLE_BYTES ((uint64_t)1 << 30)

static void use_default_if_zero(uint32_t *field, uint32_t value)
{
    if (*field == 0)
        *field = value;
}

static tt_status check_option_range(const char *name, uint32_t value, uint32_t least, uint32_t most,
                                    tt_error *error)
{
    if (value >= least && value <= most)
        return TT_OK;
    return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "%s is %u; it must be from %u to %u", name,
                    (unsigned)value, (unsigned)least, (unsigned)most);
}

/* A rule: 0 is the default, any negative value is off. */
static tt_status check_rule_value(const char *name, double *rule, double value, tt_error *error)
{
    if (*rule == 0)
        *rule = value;
    if (*rule < 0)
        *rule = TT_OFF;
    if (isnan(*rule) || *rule > 1)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE,
                        "%s is %g; it must be above 0 and at most 1, or off", name, *rule);
    return TT_OK;
}

static tt_status check_rule_options(tt_options *o, tt_error *error)
{
    TTI_TRY(check_rule_value("resemblance", &o->resemblance, 0.7, error));
    TTI_TRY(check_rule_value("containment", &o->containment, 0.8, error));
    TTI_TRY(check_rule_value("overlap", &o->overlap, 0.5, error));
    TTI_TRY(check_rule_value("facts", &o->facts, 0, error));
    TTI_TRY(check_rule_value("drop", &o->drop, 0.8, error));
    if (o->drop < 0)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "drop must be above 0 and at most 1");
    return TT_OK;
}

static tt_status check_memory_limit(const tt_options *o, tt_error *error)
{
    if (o->memory_limit == 0 || o->memory_limit >= TTI_SPILL_MIN_LIMIT)
        return TT_OK;
    return tti_fail(error, TT_EINVAL, TTI_NOWHERE,
                    "memory_limit is %llu bytes; it must be 0, for none, or at least %d MiB",
                    (unsigned long long)o->memory_limit, TTI_SPILL_MIN_LIMIT >> 20);
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
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE,
                        "bands is %u; it must divide num_hashes, %u", (unsigned)o->bands,
                        (unsigned)o->num_hashes);
    return TT_OK;
}

static tt_status check_enum_options(tt_options *o, tt_error *error)
{
    const uint32_t all = TT_FIND_PAIRS | TT_FIND_CLUSTERS | TT_FIND_SECTIONS;
    if (o->find & ~(all | TT_FIND_SERIES | TT_FIND_OVERLAPS))
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "find has unknown flags");
    if ((o->find & all) == 0)
        o->find |= all;
    if (o->paragraphs < TT_PARAGRAPHS_AUTO || o->paragraphs > TT_PARAGRAPHS_NONE)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "paragraphs is not a tt_paragraphs");
    if (o->keep < TT_KEEP_LONGEST || o->keep > TT_KEEP_SOURCE)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "keep is not a tt_keep");
    if (o->keep == TT_KEEP_SOURCE && (o->keep_sources == NULL || *o->keep_sources == '\0'))
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "keep by source needs keep_sources");
    if (o->threads < 0)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "threads is %d; it must be 0 or more",
                        (int)o->threads);
    if (o->reserved != 0)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "reserved must be 0");
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
    use_default_if_zero(&o.shingle_tokens, 5);
    use_default_if_zero(&o.num_hashes, 128);
    use_default_if_zero(&o.min_section, 32);
    use_default_if_zero(&o.max_matches, 64);
    if (o.max_article_bytes == 0)
        o.max_article_bytes = LONGEST_ARTICLE_BYTES;
    if (o.max_article_bytes > LONGEST_ARTICLE_BYTES)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "max_article_bytes is over 1 GiB");
    if (o.allocator == NULL)
        o.allocator = &tti_libc_allocator;
    if (o.allocator->alloc == NULL || o.allocator->resize == NULL || o.allocator->release == NULL)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "allocator lacks a function");
    TTI_TRY(check_option_range("shingle_tokens", o.shingle_tokens, 1, 64, error));
    TTI_TRY(check_option_range("num_hashes", o.num_hashes, 16, 1024, error));
    TTI_TRY(check_option_range("min_section", o.min_section, 8, UINT32_MAX, error));
    TTI_TRY(check_option_range("max_matches", o.max_matches, 1, 1u << 20, error));
    TTI_TRY(check_rule_options(&o, error));
    TTI_TRY(check_enum_options(&o, error));
    TTI_TRY(check_memory_limit(&o, error));
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
