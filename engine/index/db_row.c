#include "index/db_row.h"

#include "kernels/token_extents.h"

/* What precedes the bytes in a row's checksum: its numbers, eight bytes each, little-endian. */
enum { HEAD = 10 };

uint64_t tti_db_row_checksum(const tti_db_row *r)
{
    const uint64_t numbers[HEAD] = {
        (uint64_t)r->number, (uint64_t)r->published, (uint64_t)r->ingested_at, r->text_size,
        r->id_size,          r->source_size,         r->article_flags,         r->token_count,
        r->extents_size,     r->version_size};
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
        (void)XXH3_64bits_update(&state, r->data, (size_t)r->token_count * 5 + r->extents_size);
        return XXH3_64bits_digest(&state);
    }
    tti_hash_add_u32(&state, r->hashes, r->token_count);
    (void)XXH3_64bits_update(&state, r->flags, r->token_count);
    (void)XXH3_64bits_update(&state, r->extents, r->extents_size);
    return XXH3_64bits_digest(&state);
}

/* Spans of one byte each, as nearly all are: the sum of their gaps and sizes, or -1: some are no
 * such spans. */
static int64_t sum_short(const uint8_t *at, size_t count)
{
    uint64_t sum = 0;
    uint8_t bad = 0;
    for (size_t k = 0; k < count; k++) {
        const uint8_t gap = at[k] >> TTI_EXTENT_SIZE_BITS, size = at[k] % TTI_EXTENT_SHORT_SIZES;
        bad |= (uint8_t)((gap == 0) | (size == 0));
        sum += (uint64_t)gap + size;
    }
    return bad ? -1 : (int64_t)sum;
}

int tti_db_row_is_valid(const tti_db_row *r, size_t data_size)
{
    const uint8_t *at, *end;
    uint64_t position = 0;
    if (data_size < (size_t)r->token_count * 5 || r->id_size == 0)
        return 0;
    at = r->data + (size_t)r->token_count * 5;
    end = r->data + data_size;
    for (uint32_t i = 0; i < r->token_count; i++) {
        tti_token_extent span = {0, 0};
        if ((size_t)(end - at) == r->token_count - i) { /* a byte for each that is left */
            const int64_t sum = sum_short(at, r->token_count - i);
            return sum >= 0 && position + (uint64_t)sum <= r->text_size;
        }
        at = tti_token_extent_decode(at, end, &span);
        if (at == NULL)
            return 0;
        position += (uint64_t)span.gap + span.size;
    }
    return at == end && position <= r->text_size;
}
