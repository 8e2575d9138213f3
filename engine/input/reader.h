/* What tests need of a reader that is not public. */
#ifndef TTI_INPUT_READER_H
#define TTI_INPUT_READER_H

#include "twicetold.h"

/** Sets how much is read at once (a longer line is a block by itself) and whether simdjson is used,
 * before the first tt_reader_next(). */
void tti_reader_tune(tt_reader *reader, size_t block_bytes, int use_simdjson);

#endif
