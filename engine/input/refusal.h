/* What a file is that is not read, and what to do about it. */
#ifndef TTI_INPUT_REFUSAL_H
#define TTI_INPUT_REFUSAL_H

#include "input/format.h"

/** A file by its name, first bytes and format, as tti_format_decide() has decided it. */
typedef struct tti_file_kind {
    const char *path;
    int by_name;       /**< its name says nothing that is read */
    tti_format format; /**< as decided */
    int text_format;   /**< TT_TEXT_* */
} tti_file_kind;

/** What a file is that cannot be read. @return as "a PDF document", with what to do about it in
 * *advice; NULL: it may be read */
const char *tti_refusal_of(const tti_file_kind *file, const char *bytes, size_t size,
                           const char **advice);

/** What a zip archive is if it is one document, by its first file. @return as tti_refusal_of() */
const char *tti_refusal_of_zip(const char *bytes, size_t size, const char **advice);

/** Whether a text begins with the headers of a mail. */
int tti_refusal_is_mail(const char *bytes, size_t size);

/** Whether a stream that is no JSON may be refused once there are TTI_REFUSAL_BYTES of it. */
int tti_refusal_is_likely(const char *bytes, size_t size);

/** The first bytes of a file that decide. */
enum { TTI_REFUSAL_BYTES = 512 };

#endif
