/* Options inside the engine are resolved: no field has its "default" value any more. */
#ifndef TTI_OPTIONS_H
#define TTI_OPTIONS_H

#include "twicetold.h"

/**
 * Copies a struct of the caller's whose first member is `struct_size` over `out`, of which
 * `out_size` bytes are known here and hold the defaults. A shorter struct leaves the fields it
 * lacks as they are; a longer one must be zero beyond them. `options` may be NULL. `name` is for
 * the message.
 * @return TT_OK, TT_EINVAL
 */
tt_status tti_options_copy(void *out, size_t out_size, const void *options, const char *name,
                           tt_error *error);

/** Resolved options that own their strings. */
typedef struct tti_owned_options {
    tt_options options;
    size_t source_size,
        dir_size; /**< bytes of keep_sources and temp_dir with their NULs; 0: none */
} tti_owned_options;

/** Resolves and copies options. @return TT_OK, TT_EINVAL, TT_ENOMEM */
tt_status tti_owned_options_copy(tti_owned_options *out, const tt_options *options,
                                 tt_error *error);
void tti_owned_options_free(tti_owned_options *options);

/** Whether some rule admits pairs. Without one, articles with the same tokens are no pair and no
 * cluster, and none of them is dropped. */
static inline int tti_options_have_rule(const tt_options *options)
{
    return options->resemblance >= 0 || options->containment >= 0 || options->overlap >= 0;
}

/** The option of this place among those that an index keeps; NULL after the last. */
const tt_option *tti_option_kept(int index_order);

/** The value of an option that is a number, as eight bytes; of a double, its bits. */
uint64_t tti_option_bits(const tt_options *options, const tt_option *option);
void tti_option_set_bits(tt_options *options, const tt_option *option, uint64_t bits);

/** Tells the caller's progress function. @return TT_OK, TT_ESTOPPED */
tt_status tti_report_progress(const tt_options *options, const char *stage, uint64_t done,
                              uint64_t total, tt_error *error);

/** The chance that a pair of this resemblance shares a bucket of LSH in at least one band. */
double tti_bands_recall(uint32_t num_hashes, uint32_t rows, double resemblance);

/**
 * The rows of a band for a threshold: the largest divisor of `num_hashes` with which a pair at the
 * threshold is still found with a chance of at least 0.9995.
 */
uint32_t tti_bands_rows(uint32_t num_hashes, double threshold);

#endif
