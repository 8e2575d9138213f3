/*
 * The arithmetic of LSH: rows for a threshold, the chance to meet, and what of a meeting is worth
 * verifying. The batch and Spark's operators share it.
 */
#include "kernels/kernels.h"
#include "lsh/bands.h"

#include <math.h>

enum {
    FIRST_KEPT = 8, /* of a popular bucket, its first documents are looked at by all others */
    SIGMAS = 5      /* how far an estimate may miss the threshold: beyond it is one in a million */
};

double tti_bands_recall(uint32_t lanes, uint32_t rows, double resemblance)
{
    return 1 - pow(1 - pow(resemblance, rows), (double)(lanes / rows));
}

uint32_t tti_bands_rows(uint32_t lanes, double threshold)
{
    uint32_t best = 1;
    for (uint32_t rows = 1; rows <= lanes; rows++)
        if (lanes % rows == 0 && tti_bands_recall(lanes, rows, threshold) >= 0.9995)
            best = rows;
    return best;
}

static uint32_t least_equal(uint32_t lanes, double threshold)
{
    if (threshold < 0) /* the rule is off: no documents are compared by it */
        return 1;
    const double sigma = sqrt(threshold * (1 - threshold) / lanes);
    const double least = (threshold - SIGMAS * sigma - 1.0 / lanes) * lanes;
    return least < 1 ? 1 : (uint32_t)least;
}

tti_bands_rule tti_bands_rule_make(const tt_options *o)
{
    return (tti_bands_rule){
        o->sketch_size, o->sketch_size - least_equal(o->sketch_size, o->resemblance),
        o->max_matches > FIRST_KEPT ? o->max_matches : FIRST_KEPT, tti_candidates_most(o)};
}

tti_bands_window tti_bands_look_back(const tti_bands_rule *rule, size_t i)
{
    if (i <= rule->most)
        return (tti_bands_window){i, i, 0};
    return (tti_bands_window){FIRST_KEPT, i - (rule->most - FIRST_KEPT), i - rule->most};
}

uint32_t tti_bands_distance(const tti_bands_rule *rule, const uint8_t *x, const uint8_t *y)
{
    return rule->lanes - tti_kernels_get()->equal(x, y, rule->lanes);
}
