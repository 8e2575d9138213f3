/* Text as its words are compared, for programs that search in it. */
#include "text/characters.h"

#include "util/error.h"

enum { PIECE_BYTES = 4096 };

/* Normalised bytes that are not written yet. */
typedef struct folded_piece {
    tt_write_fn write;
    void *ctx;
    size_t used;
    uint8_t bytes[PIECE_BYTES];
} folded_piece;

static tt_status flush_piece(folded_piece *p)
{
    uint8_t scratch[PIECE_BYTES];
    tti_characters_order_marks(p->bytes, p->used, scratch);
    if (p->used > 0 && p->write(p->ctx, (const char *)p->bytes, p->used) != 0)
        return TT_ESTOPPED;
    p->used = 0;
    return TT_OK;
}

/* Makes room for a character. A piece ends before a letter, so that the marks of one are together.
 */
static tt_status make_room(folded_piece *p, int is_mark)
{
    const size_t room = PIECE_BYTES - p->used;
    return room <= TTI_CHARACTERS_MAX_FOLD || (room < PIECE_BYTES / 2 && !is_mark) ? flush_piece(p)
                                                                                   : TT_OK;
}

static void append_folded(folded_piece *p, uint32_t code, uint64_t entry)
{
    if (tti_char_slow(entry))
        p->used += tti_characters_normalise(code, 1, p->bytes + p->used);
    else
        for (unsigned k = 0; k < tti_char_size(entry); k++)
            p->bytes[p->used++] = (uint8_t)(tti_char_bytes(entry) >> 8 * k);
}

tt_status tt_write_words(tt_write_fn write, void *ctx, const char *text, size_t size)
{
    folded_piece piece = {.write = write, .ctx = ctx};
    const uint8_t *bytes = (const uint8_t *)text;
    int has_words = 0, is_between = 0;
    unsigned length;
    if (write == NULL || (text == NULL && size > 0))
        return TT_EINVAL;
    for (size_t at = 0; at < size; at += length) {
        const uint32_t code = tti_utf8_decode(bytes + at, size - at, &length);
        const uint64_t entry = tti_characters_get(code);
        if (length == 0)
            return TT_EFORMAT;
        if (tti_char_class(entry) < TTI_CHAR_WORD) {
            is_between |= has_words && tti_char_class(entry) != TTI_CHAR_IGNORE;
            continue;
        }
        if ((is_between || !has_words) && tti_char_class(entry) == TTI_CHAR_MARK)
            continue; /* of what is no word */
        TTI_TRY(make_room(&piece, tti_char_class(entry) == TTI_CHAR_MARK));
        if (is_between)
            piece.bytes[piece.used++] = ' ';
        has_words = 1;
        is_between = 0;
        append_folded(&piece, code, entry);
    }
    return flush_piece(&piece);
}
