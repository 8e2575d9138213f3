#include "util/error.h"

#include "util/utf8.h"

#include <stdarg.h>
#include <stdio.h>

tt_status tti_fail(tt_error *error, tt_status status, uint64_t where, const char *format, ...)
{
    if (error != NULL) {
        va_list arguments;
        error->status = status;
        error->where = where;
        va_start(arguments, format);
        (void)vsnprintf(error->message, sizeof error->message, format, arguments);
        va_end(arguments);
        tti_utf8_clean(error->message);
    }
    return status;
}

tt_status tti_fail_memory(tt_error *error, const char *what)
{
    return tti_fail(error, TT_ENOMEM, TTI_NOWHERE, "out of memory for %s", what);
}
