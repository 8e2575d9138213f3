#include "input/encoding.h"

#include "input/archive.h"
#include "util/alloc.h"
#include "util/error.h"

#include <errno.h>
#include <iconv.h>
#include <inttypes.h>
#include <string.h>

enum { RAW_BYTES = 64 << 10, NAME_BYTES = 40, KIND_BYTES = 512, LEAST_ROOM = 64 };

struct tti_encoding {
    const tt_allocator *allocator;
    iconv_t converter;
    char name[NAME_BYTES];
    int is_begun, is_plain; /* of the file: something was read; it is left as it is */
    uint64_t done;          /* bytes of the file that were converted */
    size_t begin, end;      /* of what is still to be converted */
    char raw[RAW_BYTES];
};

tt_status tti_encoding_open(tti_encoding **out, const char *name, const tt_allocator *allocator,
                            tt_error *error)
{
    tti_encoding *e = tti_alloc_zero(allocator, 1, sizeof *e);
    TTI_TRY_ALLOC(e == NULL, error, "a reader");
    e->allocator = allocator;
    e->converter = strlen(name) < NAME_BYTES ? iconv_open("UTF-8", name) : (iconv_t)-1;
    if (e->converter == (iconv_t)-1) {
        tti_release(allocator, e, 1, sizeof *e);
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "encoding \"%.60s\" is not known", name);
    }
    memcpy(e->name, name, strlen(name) + 1);
    *out = e;
    return TT_OK;
}

void tti_encoding_begin(tti_encoding *e)
{
    (void)iconv(e->converter, NULL, NULL, NULL, NULL);
    e->is_begun = e->is_plain = 0;
    e->done = 0;
    e->begin = e->end = 0;
}

/* Whether it is XML that says its encoding. */
static int declares_encoding(const char *bytes, size_t size)
{
    const char *end = size >= 5 && memcmp(bytes, "<?xml", 5) == 0 ? memchr(bytes, '>', size) : NULL;
    if (end == NULL)
        return 0;
    for (const char *at = bytes + 5; at + 8 < end; at++)
        if (memcmp(at, "encoding", 8) == 0)
            return 1;
    return 0;
}

/* Whether a file with these first bytes is to be left as it is. */
static int is_left_alone(const char *bytes, size_t size)
{
    const char *kind;
    return tti_archive_kind_of(bytes, size, &kind) != TTI_NO_ARCHIVE ||
           declares_encoding(bytes, size) || (size >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0);
}

/* Reads more behind what is still to be converted; of the beginning no more than there is room for,
 * so that nothing is left here of an archive. *got is 0 at the end. */
static tt_status fill_raw(tti_encoding *e, tti_byte_stream *stream, size_t room, size_t *got,
                          tt_error *error)
{
    const size_t most = e->is_begun || room > RAW_BYTES ? RAW_BYTES : room;
    memmove(e->raw, e->raw + e->begin, e->end - e->begin);
    e->end -= e->begin;
    e->begin = 0;
    TTI_TRY(tti_byte_stream_read(stream, e->raw + e->end, most - e->end, got, error));
    e->end += *got;
    if (e->is_begun || *got == 0)
        return TT_OK;
    while (e->end < KIND_BYTES && e->end < most && tti_byte_stream_is_ready(stream, 0)) {
        size_t more;
        TTI_TRY(tti_byte_stream_read(stream, e->raw + e->end, most - e->end, &more, error));
        e->end += more;
        if (more == 0)
            break;
    }
    e->is_begun = 1;
    e->is_plain = is_left_alone(e->raw, e->end);
    return TT_OK;
}

/* Converts what there is, as far as there is room. @return whether it met what is no text */
static int convert_raw(tti_encoding *e, char *bytes, size_t room, size_t *got)
{
    char *in = e->raw + e->begin, *out = bytes;
    size_t left = e->end - e->begin, out_left = room;
    int is_invalid;
    if (e->is_plain) {
        *got = left < room ? left : room;
        memcpy(bytes, in, *got);
        e->begin += *got;
        return 0;
    }
    is_invalid = iconv(e->converter, &in, &left, &out, &out_left) == (size_t)-1 && errno == EILSEQ;
    *got = room - out_left;
    e->done += (size_t)(in - e->raw) - e->begin;
    e->begin = (size_t)(in - e->raw);
    return is_invalid && *got == 0;
}

tt_status tti_encoding_read(tti_encoding *e, tti_byte_stream *stream, char *bytes, size_t room,
                            size_t *got, tt_error *error)
{
    size_t more;
    *got = 0;
    if (e->is_plain && e->begin == e->end)
        return tti_byte_stream_read(stream, bytes, room, got, error);
    for (;;) {
        if (e->begin < e->end && convert_raw(e, bytes, room, got))
            return tti_fail(error, TT_EFORMAT, TTI_NOWHERE, "invalid %s at byte %" PRIu64, e->name,
                            e->done);
        if (*got > 0)
            return TT_OK;
        TTI_TRY(fill_raw(e, stream, room, &more, error));
        if (more > 0)
            continue;
        if (e->begin == e->end || tti_byte_stream_is_late(stream))
            return TT_OK;
        e->begin = e->end;
        return tti_fail(error, TT_EFORMAT, TTI_NOWHERE, "it ends within a character of %s",
                        e->name);
    }
}

tt_status tti_encoding_convert(const char *name, const char *bytes, size_t size,
                               tti_char_array *out, const tt_allocator *allocator)
{
    const iconv_t converter = iconv_open("UTF-8", name);
    char *in = (char *)bytes, *to;
    size_t left = size, room;
    tt_status status = converter == (iconv_t)-1 ? TT_EFORMAT : TT_OK;
    out->count = 0;
    while (status == TT_OK && left > 0) {
        status = tti_array_reserve(out, allocator, left + LEAST_ROOM);
        if (status != TT_OK)
            break;
        to = out->items + out->count;
        room = out->capacity - out->count;
        if (iconv(converter, &in, &left, &to, &room) == (size_t)-1 && errno != E2BIG)
            status = TT_EFORMAT;
        out->count = (size_t)(to - out->items);
    }
    if (converter != (iconv_t)-1)
        (void)iconv_close(converter);
    return status;
}

size_t tti_base64_decode(char *bytes, size_t size)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint32_t held = 0;
    size_t written = 0, count = 0, ends = 0;
    for (size_t i = 0; i < size; i++) {
        const char *digit = bytes[i] == '\0' ? NULL : strchr(digits, bytes[i]);
        if (strchr(" \t\r\n", bytes[i]) != NULL && bytes[i] != '\0')
            continue;
        ends += bytes[i] == '=';
        if (bytes[i] == '=')
            continue;
        if (digit == NULL || ends > 0)
            return 0;
        held = held << 6 | (uint32_t)(digit - digits);
        if (count++ % 4 != 0)
            bytes[written++] = (char)(held >> (6 - 2 * ((count - 1) % 4)));
    }
    return count % 4 == 1 || ends > 2 ? 0 : written;
}

void tti_encoding_close(tti_encoding *e)
{
    if (e == NULL)
        return;
    (void)iconv_close(e->converter);
    tti_release(e->allocator, e, 1, sizeof *e);
}
