#include "report/packed_block.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { GZIP_WINDOW = 15 + 16, LEVEL = 4 };

int packed_block_write(void *ctx, const char *bytes, size_t size)
{
    packed_block *b = ctx;
    if (!b->failed && b->capacity - b->size < size) {
        const size_t capacity = b->size + b->size / 2 + size + 4096;
        char *grown = realloc(b->bytes, capacity);
        b->failed = grown == NULL;
        if (grown != NULL) {
            b->bytes = grown;
            b->capacity = capacity;
        }
    }
    if (b->failed)
        return -1;
    if (size > 0)
        memcpy(b->bytes + b->size, bytes, size);
    b->size += size;
    return 0;
}

void packed_block_printf(packed_block *b, const char *format, ...)
{
    char text[200];
    va_list values;
    va_start(values, format);
    const int size = vsnprintf(text, sizeof text, format, values);
    va_end(values);
    (void)packed_block_write(b, text, (size_t)size);
}

/* @return the bytes of the gzip file, owned by the caller, or NULL */
static unsigned char *compress_block(const packed_block *b, size_t *size)
{
    z_stream z = {.next_in = (unsigned char *)b->bytes, .avail_in = (uInt)b->size};
    unsigned char *to = NULL;
    if (b->size > UINT32_MAX ||
        deflateInit2(&z, LEVEL, Z_DEFLATED, GZIP_WINDOW, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return NULL;
    *size = deflateBound(&z, (uLong)b->size);
    to = malloc(*size);
    if (to != NULL) {
        z.next_out = to;
        z.avail_out = (uInt)*size;
        (void)deflate(&z, Z_FINISH); /* there is room for all of it */
        *size = z.total_out;
    }
    (void)deflateEnd(&z);
    return to;
}

static char *encode_base64(const unsigned char *bytes, size_t size, size_t *encoded)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char *to = malloc((size + 2) / 3 * 4 + 1), *at = to;
    for (size_t i = 0; to != NULL && i < size; i += 3) {
        const unsigned group = (unsigned)bytes[i] << 16 |
                               (i + 1 < size ? (unsigned)bytes[i + 1] << 8 : 0) |
                               (i + 2 < size ? (unsigned)bytes[i + 2] : 0);
        *at++ = letters[group >> 18];
        *at++ = letters[group >> 12 & 63];
        *at++ = i + 1 < size ? letters[group >> 6 & 63] : '=';
        *at++ = i + 2 < size ? letters[group & 63] : '=';
    }
    *encoded = (size_t)(at - to);
    return to;
}

int packed_block_close(packed_block *b)
{
    size_t size = 0;
    unsigned char *compressed = b->failed ? NULL : compress_block(b, &size);
    free(b->bytes);
    b->bytes = compressed == NULL ? NULL : encode_base64(compressed, size, &b->size);
    free(compressed);
    return b->bytes == NULL ? -1 : 0;
}

void packed_block_put(const packed_block *b, output *out, const char *name, int64_t number)
{
    output_printf(out, "<script type=\"application/gzip\" id=\"%s-%" PRId64 "\">", name, number);
    (void)output_write(out, b->bytes, b->size);
    output_literal(out, "</script>\n");
}

void packed_block_free(packed_block *b)
{
    free(b->bytes);
    memset(b, 0, sizeof *b);
}
