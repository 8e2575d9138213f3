/* Options inside the engine are resolved: no field has its "default" value any more. */
#ifndef TTI_OPTIONS_H
#define TTI_OPTIONS_H

#include "twicetold.h"

/** Tells the caller's progress function. @return TT_OK, TT_ESTOPPED */
tt_status tti_report_progress(const tt_options *options, const char *stage, uint64_t done,
                              uint64_t total, tt_error *error);

#endif
