/* The builder's insides, shared by build.c and finish.c. */
#ifndef TTI_BUILD_H
#define TTI_BUILD_H

#include "common/id.h"
#include "common/slots.h"
#include "index.h"

struct tt_builder {
    tti_settings settings;
    tti_store store;
    tti_slots ids; /**< ordinals by the articles' ids */
    double text_seconds;
    tti_tokens *scratch; /**< of each thread; what a batch leaves in it is copied to the store */
    size_t scratch_count;
};

void tti_builder_free_scratch(tt_builder *builder);

#endif
