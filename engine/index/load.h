/* The table of an index and its postings, made and kept equal to the file. */
#ifndef TTI_INDEX_LOAD_H
#define TTI_INDEX_LOAD_H

#include "index/index.h"

/** Makes the table what the file is, before anything is asked or added. @return as tt_index_open()
 */
tt_status tti_index_refresh(tt_index *x, tt_error *error);
/** Does that, and adds the seeds that the postings lack: before a verdict. */
tt_status tti_index_refresh_postings(tt_index *x, tt_error *error);

#endif
