/*
 * Which of the documents that share a bucket are worth verifying. The scan and Spark's operators
 * share the rule.
 */
#include "kernels/kernels.h"
#include "lsh/bands.h"

#include <math.h>

enum {
    BUCKET_FIRST_DOCS =
        8,     /* of a popular bucket, its first documents are looked at by all others */
    SIGMAS = 5 /* how far an estimate may miss the threshold: beyond it is one in a million */
};

static uint32_t min_equal_hashes(uint32_t num_hashes, double threshold)
{
    if (threshold < 0) /* the rule is off: no documents are compared by it */
        return 1;
    const double sigma = sqrt(threshold * (1 - threshold) / num_hashes);
    const double least = (threshold - SIGMAS * sigma - 1.0 / num_hashes) * num_hashes;
    return least < 1 ? 1 : (uint32_t)least;
}

tti_band_rule tti_band_rule_make(const tt_options *o)
{
    return (tti_band_rule){o->num_hashes,
                           o->num_hashes - min_equal_hashes(o->num_hashes, o->resemblance),
                           o->max_matches > BUCKET_FIRST_DOCS ? o->max_matches : BUCKET_FIRST_DOCS,
                           tti_max_candidates(o)};
}

tti_band_window tti_band_rule_window(const tti_band_rule *rule, size_t i)
{
    if (i <= rule->max_bucket)
        return (tti_band_window){i, i, 0};
    return (tti_band_window){BUCKET_FIRST_DOCS, i - (rule->max_bucket - BUCKET_FIRST_DOCS),
                             i - rule->max_bucket};
}

uint32_t tti_signature_distance(const tti_band_rule *rule, const uint8_t *x, const uint8_t *y)
{
    return rule->num_hashes - tti_kernels_get()->equal(x, y, rule->num_hashes);
}
