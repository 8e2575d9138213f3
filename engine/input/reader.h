/* What the tests see of a reader besides its public face. */
#ifndef TTI_INPUT_READER_H
#define TTI_INPUT_READER_H

#include "twicetold.h"

/** Sets how much is read at once (a longer line is a block of its own) and whether simdjson is
 * used. Before the first tt_reader_next. */
void tti_reader_tune(tt_reader *reader, size_t block_bytes, int quick);

#endif
