/*
 * Text that is not UTF-8, converted as it is read. Archives, XML that says its own encoding, and
 * text with the byte order mark of UTF-8 are left as they are.
 */
#ifndef TTI_INPUT_ENCODING_H
#define TTI_INPUT_ENCODING_H

#include "input/byte_stream.h"
#include "input/json_item.h"

typedef struct tti_encoding tti_encoding;

/** For texts in the encoding that iconv(3) has by this name. @return TT_OK, TT_ENOMEM, TT_EINVAL
 * Owner: the caller, tti_encoding_close(). */
tt_status tti_encoding_open(tti_encoding **out, const char *name, const tt_allocator *allocator,
                            tt_error *error);

/** A file begins. */
void tti_encoding_begin(tti_encoding *e);

/** The least room of a read. */
enum { TTI_ENCODING_ROOM = 16 };

/** Reads from the file as tti_byte_stream_read() does, and converts.
 * @return also TT_EFORMAT where the file is not in the encoding */
tt_status tti_encoding_read(tti_encoding *e, tti_byte_stream *stream, char *bytes, size_t room,
                            size_t *got, tt_error *error);

/** Converts bytes to UTF-8, in place of what `out` has. @return TT_OK; TT_EFORMAT (the encoding is
 * not known, or the bytes are not of it); TT_ENOMEM */
tt_status tti_encoding_convert(const char *name, const char *bytes, size_t size,
                               tti_char_array *out, const tt_allocator *allocator);

/** Decodes base64, with blanks in it or without, in place. @return bytes of what it stands for; 0:
 * it is no base64 */
size_t tti_base64_decode(char *bytes, size_t size);

/** NULL is allowed. */
void tti_encoding_close(tti_encoding *e);

#endif
