#include "report/packed_block.h"

#include <inttypes.h>
#include <stdlib.h>
#include <zlib.h>

enum { GZIP_WINDOW = 15 + 16, LEVEL = 4 };

/* @return the bytes of the gzip file, owned by the caller, or NULL */
static unsigned char *compress_block(const buffer *b, size_t *size)
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

int packed_block_close(buffer *b)
{
    size_t size = 0;
    unsigned char *compressed = b->failed ? NULL : compress_block(b, &size);
    free(b->bytes);
    b->bytes = compressed == NULL ? NULL : encode_base64(compressed, size, &b->size);
    free(compressed);
    return b->bytes == NULL ? -1 : 0;
}

void packed_block_put(const buffer *b, output *out, const char *name, int64_t number)
{
    output_printf(out, "<script type=\"application/gzip\" id=\"%s-%" PRId64 "\">", name, number);
    (void)output_write(out, b->bytes, b->size);
    output_literal(out, "</script>\n");
}
