/* Rows: their checksums and their shape. */
#include "store/store.h"

#include <string.h>

/* What precedes the bytes in a row's checksum: its numbers, eight bytes each, little-endian. */
enum { HEAD = 10 };

uint64_t tti_row_sum(const tti_row *r)
{
    const uint64_t numbers[HEAD] = {
        (uint64_t)r->number, (uint64_t)r->published, (uint64_t)r->arrival, r->text_size,
        r->id_size,          r->source_size,         r->article_flags,     r->token_count,
        r->span_size,        r->version_size};
    uint8_t head[HEAD * 8];
    XXH3_state_t state;
    for (int k = 0; k < HEAD; k++)
        XXH_writeLE64(head + k * 8, numbers[k]);
    (void)XXH3_64bits_reset(&state);
    (void)XXH3_64bits_update(&state, head, sizeof head);
    (void)XXH3_64bits_update(&state, r->id, r->id_size);
    (void)XXH3_64bits_update(&state, r->source, r->source_size);
    (void)XXH3_64bits_update(&state, r->version, r->version_size);
    if (r->hashes == NULL) { /* as read: all in one */
        (void)XXH3_64bits_update(&state, r->data, (size_t)r->token_count * 5 + r->span_size);
        return XXH3_64bits_digest(&state);
    }
    tti_hash_add_u32(&state, r->hashes, r->token_count);
    (void)XXH3_64bits_update(&state, r->flags, r->token_count);
    (void)XXH3_64bits_update(&state, r->spans, r->span_size);
    return XXH3_64bits_digest(&state);
}

/* One LEB128 number of at most 32 bits. @return its end, or NULL */
static const uint8_t *skip_number(const uint8_t *at, const uint8_t *end, uint64_t *value)
{
    *value = 0;
    for (unsigned shift = 0; shift < 35 && at < end; shift += 7) {
        *value |= (uint64_t)(*at & 0x7F) << shift;
        if ((*at++ & 0x80) == 0)
            return at;
    }
    return NULL;
}

/* Spans of which every number is of one byte, as nearly all are: their sum, or -1. */
static int64_t sum_short(const uint8_t *at, size_t size)
{
    uint64_t sum = 0;
    uint8_t bits = 0;
    for (size_t k = 0; k < size; k++) {
        bits |= at[k];
        sum += at[k];
    }
    return bits & 0x80 ? -1 : (int64_t)sum;
}

int tti_row_is_sound(const tti_row *r, size_t data_size)
{
    const uint8_t *at, *end;
    uint64_t position = 0, gap, size;
    if (data_size < (size_t)r->token_count * 5 || r->id_size == 0)
        return 0;
    at = r->data + (size_t)r->token_count * 5;
    end = r->data + data_size;
    if ((size_t)(end - at) == (size_t)r->token_count * 2) { /* else some number is longer */
        const int64_t sum = sum_short(at, (size_t)(end - at));
        return sum >= 0 && (uint64_t)sum <= r->text_size;
    }
    for (uint32_t i = 0; i < r->token_count; i++) {
        at = skip_number(at, end, &gap);
        at = at == NULL ? NULL : skip_number(at, end, &size);
        if (at == NULL)
            return 0;
        position += gap + size;
    }
    return at == end && position <= r->text_size;
}
