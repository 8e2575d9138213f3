/*
 * The tokenizer proper: decodes and validates UTF-8, finds tokens, normalises them.
 *
 * Case fold and compatibility decomposition come from the character table and are appended as
 * bytes. Marks that come out of canonical order, which only decomposed text in an unusual order
 * has, are sorted when the token is complete.
 */
#include "text/tokenizer_state.h"

#include <string.h>

#include "text/characters.h"
#include "text/paragraphs.h"
#include "util/alloc.h"
#include "util/error.h"

/* The character at hand: class 0 where the bytes are not one, TTI_CHAR_OTHER of size 0 at the end.
 */
typedef struct character {
    uint64_t entry;
    uint32_t code;
    unsigned size;
} character;

/* A token while it is read. */
typedef struct token {
    uint32_t begin, end;
    size_t at;         /* its normalised bytes begin here */
    unsigned rank;     /* of the last normalised character */
    unsigned letters;  /* L* */
    unsigned capitals; /* Lu */
    uint8_t flags;
    uint8_t unordered; /* marks may be out of order */
    uint8_t dependent; /* order comes before the fold: normalise anew */
} token;

static inline character character_at(const tti_tokenizer *s, uint32_t at)
{
    character c = {TTI_CHAR_OTHER, 0, 0};
    if (at < s->size) {
        c.code = tti_utf8_decode(s->text + at, s->size - at, &c.size);
        c.entry = c.size == 0 ? 0 : tti_characters_get(c.code);
    }
    return c;
}

/* Room for `size` more normalised bytes. */
static tt_status reserve_folded(tti_tokenizer *s, size_t size)
{
    tti_tokens *t = s->tokens;
    if (s->folded_size + size > t->folded_capacity &&
        tti_reserve(t->allocator, &t->folded, &t->folded_capacity, s->folded_size + size, 1) != 0)
        return tti_fail_memory(s->error, "a token");
    return TT_OK;
}

/* What a line without tokens is to the paragraphs around it. */
static uint8_t gap_of(const uint8_t *text, uint32_t begin, uint32_t end)
{
    unsigned size;
    for (uint32_t i = begin; i < end; i += size) {
        const uint32_t code = tti_utf8_decode(text + i, end - i, &size);
        const unsigned class = tti_char_class(tti_characters_get(code));
        if (class != TTI_CHAR_SPACE && class != TTI_CHAR_IGNORE)
            return TTI_GAP_RULE;
    }
    return TTI_GAP_BLANK;
}

tt_status tti_tokenizer_end_line(tti_tokenizer *s, uint32_t count, uint32_t end, uint32_t next,
                                 uint8_t gap)
{
    tti_tokens *t = s->tokens;
    const uint32_t begin = s->line_begin;
    const uint32_t before = s->line_count == 0 ? 0 : t->lines[s->line_count - 1].tokens;
    s->line_begin = next;
    if (count > before) {
        if (tti_reserve(t->allocator, &t->lines, &t->line_capacity, s->line_count + 1,
                        sizeof *t->lines) != 0)
            return tti_fail_memory(s->error, "lines");
        t->lines[s->line_count++] =
            (tti_line){.begin = begin, .end = end, .tokens = count, .gap = gap};
    } else if (s->line_count > 0) {
        gap |= gap_of(s->text, begin, end);
        t->lines[s->line_count - 1].gap |= gap;
    }
    return TT_OK;
}

/*
 * Reads on over letters, numbers and marks whose normalised bytes are in their entries, as far as
 * the buffer goes: nearly all of nearly every token. Counts for the token are kept in registers.
 */
static inline uint32_t fold_characters(const tti_tokenizer *s, token *t, uint32_t at, size_t *used)
{
    enum { MASK = 1u << 6 | TTI_CHAR_WORD }; /* slow; the bits that WORD and MARK share */
    const uint8_t *const text = s->text, *const folded = s->tokens->folded;
    const uint8_t *const limit = folded + s->tokens->folded_capacity - TTI_CHARACTERS_MAX_FOLD;
    const uint32_t end = s->size;
    uint8_t *out = s->tokens->folded + *used;
    unsigned letters = t->letters, capitals = t->capitals, before = t->rank, unordered = 0, size;
    for (; at < end && out <= limit; at += size) {
        const uint32_t code = tti_utf8_decode(text + at, end - at, &size);
        const uint64_t entry = tti_characters_get(code);
        const unsigned rank = tti_char_rank(entry);
        if (size == 0)
            break;
        if (tti_is_hangul(code)) {
            out += tti_hangul_normalise(code, out);
            letters++;
            before = 0;
            continue;
        }
        if ((entry & MASK) != TTI_CHAR_WORD)
            break;
        XXH_writeLE64(out, tti_char_bytes(entry));
        out += tti_char_size(entry);
        if (tti_char_class(entry) == TTI_CHAR_MARK) {
            unordered |= rank != 0 && rank < before;
        } else {
            letters += !tti_char_number(entry);
            capitals += (unsigned)tti_char_upper(entry);
        }
        before = rank;
    }
    t->letters = letters;
    t->capitals = capitals;
    t->rank = before;
    t->unordered |= (uint8_t)unordered;
    *used = (size_t)(out - folded);
    return at;
}

/* Appends the normalised bytes of one character of any kind at `out`. @return their number */
static size_t fold_character(token *t, const character *c, uint8_t *out)
{
    const uint64_t entry = c->entry;
    const unsigned class = tti_char_class(entry), rank = tti_char_rank(entry);
    t->letters += class != TTI_CHAR_MARK && !tti_char_number(entry);
    t->capitals += (unsigned)tti_char_upper(entry);
    if (tti_char_slow(entry)) {
        t->unordered |= !tti_is_hangul(c->code);
        t->dependent |= tti_characters_needs_order(c->code) != 0;
        t->rank = 0;
        return tti_characters_normalise(c->code, 1, out);
    }
    XXH_writeLE64(out, tti_char_bytes(entry));
    t->unordered |= class == TTI_CHAR_MARK && rank != 0 && rank < t->rank;
    t->rank = rank;
    return tti_char_size(entry);
}

static uint8_t first_flags(uint64_t entry)
{
    if (tti_char_number(entry))
        return TTI_TOKEN_NUMERAL;
    return tti_char_upper(entry) || tti_char_title(entry) ? TTI_TOKEN_CAPITAL : 0;
}

/* Sorts the marks of folded[at, folded_size). */
static tt_status order_marks(tti_tokenizer *s, size_t at)
{
    const size_t size = s->folded_size - at;
    TTI_TRY(reserve_folded(s, size));
    tti_characters_order_marks(s->tokens->folded + at, size, s->tokens->folded + s->folded_size);
    return TT_OK;
}

/* Normalises a token whose fold depends on the order of its marks: decompose, order, fold, order.
 */
static tt_status renormalise_token(tti_tokenizer *s, const token *t)
{
    const size_t at = t->at;
    size_t middle;
    unsigned size;
    s->folded_size = at;
    for (uint32_t i = t->begin; i < t->end; i += size) {
        const uint32_t code = tti_utf8_decode(s->text + i, t->end - i, &size);
        if (tti_char_class(tti_characters_get(code)) == TTI_CHAR_IGNORE)
            continue;
        TTI_TRY(reserve_folded(s, TTI_CHARACTERS_MAX_FOLD));
        s->folded_size += tti_characters_normalise(code, 0, s->tokens->folded + s->folded_size);
    }
    TTI_TRY(order_marks(s, at));
    middle = s->folded_size;
    for (size_t i = at; i < middle; i += size) {
        TTI_TRY(reserve_folded(s, TTI_CHARACTERS_MAX_FOLD));
        s->folded_size +=
            tti_characters_normalise(tti_utf8_decode(s->tokens->folded + i, middle - i, &size), 1,
                                     s->tokens->folded + s->folded_size);
    }
    TTI_TRY(order_marks(s, middle));
    s->folded_size -= middle - at;
    memmove(s->tokens->folded + at, s->tokens->folded + middle, s->folded_size - at);
    return TT_OK;
}

static inline tt_status append_token(tti_tokenizer *s, token *t)
{
    tti_token_batch *b = &s->batch;
    const uint32_t i = b->count;
    const int one_space = t->begin == s->before_end + 1 && s->text[s->before_end] == ' ';
    if (t->dependent)
        TTI_TRY(renormalise_token(s, t));
    else if (t->unordered)
        TTI_TRY(order_marks(s, t->at));
    if (s->folded_size > UINT32_MAX)
        return tti_fail(s->error, TT_ELIMIT, t->begin, "a token is too long");
    if (t->capitals >= 2 && t->capitals == t->letters)
        t->flags |= TTI_TOKEN_UPPER;
    if (t->begin != s->before_end && !one_space)
        t->flags |= TTI_TOKEN_MAYBE_SENTENCE;
    b->begin[i] = t->begin;
    b->size[i] = t->end - t->begin;
    b->at[i] = (uint32_t)t->at;
    b->length[i] = (uint32_t)(s->folded_size - t->at);
    b->flags[i] = t->flags;
    b->count++;
    s->before_begin = t->begin;
    s->before_end = t->end;
    return TT_OK;
}

/*
 * Reads the token that begins with the letter or number *next at the position; leaves both at
 * the first character behind it. Characters that are ignored belong to the token if one more of its
 * own follows them.
 */
static tt_status tokenize_word(tti_tokenizer *s, character *next)
{
    character c = *next;
    token t = {.begin = s->position};
    const int single = tti_char_class(c.entry) == TTI_CHAR_SINGLE;
    uint32_t at = s->position;
    unsigned class;
    size_t used;
    if (s->batch.count == TTI_SPLIT_RUNS)
        TTI_TRY(tti_tokenizer_flush(s));
    used = t.at = s->folded_size;
    t.flags = first_flags(c.entry);
    do {
        if (used + TTI_CHARACTERS_MAX_FOLD > s->tokens->folded_capacity) {
            s->folded_size = used;
            TTI_TRY(reserve_folded(s, TTI_CHARACTERS_MAX_FOLD));
        }
        used += fold_character(&t, &c, s->tokens->folded + used);
        at += c.size;
        if (!single)
            at = fold_characters(s, &t, at, &used);
        t.end = at;
        c = character_at(s, at);
        class = tti_char_class(c.entry);
        while (class == TTI_CHAR_IGNORE) {
            at += c.size;
            c = character_at(s, at);
            class = tti_char_class(c.entry);
        }
    } while (class == TTI_CHAR_MARK || (class == TTI_CHAR_WORD && !single));
    s->folded_size = used;
    s->position = at;
    *next = c;
    return append_token(s, &t);
}

/* Whether a character that starts with this byte is neither a mark nor ignored: ASCII, ideographs.
 */
static inline int cannot_extend_token(uint8_t byte)
{
    return byte < 0x80 || (byte >= 0xE4 && byte <= 0xE9);
}

/*
 * Reads ideographs of the first block, U+4E00 .. U+9FBF: each is a token and its own normalised
 * form. Stops at other characters and before an ideograph with a mark.
 */
static tt_status tokenize_ideographs(tti_tokenizer *s)
{
    tti_token_batch *b = &s->batch;
    const uint8_t *text = s->text;
    uint32_t at = s->position, k = b->count;
    uint8_t *folded;
    TTI_TRY(reserve_folded(s, 4 * (TTI_SPLIT_RUNS - k) + TTI_CHARACTERS_MAX_FOLD));
    folded = s->tokens->folded;
    for (; k < TTI_SPLIT_RUNS && s->size - at >= 3; k++, at += 3) {
        unsigned size;
        const uint32_t code = tti_utf8_decode(text + at, 3, &size);
        if (code < 0x4E00 || code > 0x9FBF)
            break;
        if (s->size - at > 3 && !cannot_extend_token(text[at + 3])) {
            const unsigned class = tti_char_class(character_at(s, at + 3).entry);
            if (class == TTI_CHAR_MARK || class == TTI_CHAR_IGNORE)
                break;
        }
        memcpy(folded + s->folded_size, text + at, 3);
        b->begin[k] = at;
        b->size[k] = b->length[k] = 3;
        b->at[k] = (uint32_t)s->folded_size;
        b->flags[k] = 0;
        s->folded_size += 3;
    }
    if (k > b->count) {
        b->flags[b->count] = s->position != s->before_end ? TTI_TOKEN_MAYBE_SENTENCE : 0;
        s->before_begin = at - 3;
        s->before_end = s->position = at;
        b->count = k;
    }
    return TT_OK;
}

/*
 * Reads on to the next ASCII character that is in no token, or to the end. A mark with no letter
 * before it is part of the symbol or space it stands on, as in UAX #29: so U+2260 separates like
 * its two halves.
 */
static tt_status tokenize_other_scripts(tti_tokenizer *s)
{
    character c = character_at(s, s->position);
    for (;;) {
        const unsigned class = tti_char_class(c.entry);
        if (c.code >= 0x4E00 && c.code <= 0x9FBF) {
            const uint32_t before = s->position;
            TTI_TRY(tokenize_ideographs(s));
            c = character_at(s, s->position);
            if (s->position != before)
                continue;
        }
        if (class == TTI_CHAR_WORD || class == TTI_CHAR_SINGLE) {
            TTI_TRY(tokenize_word(s, &c));
            continue;
        }
        if (class == 0)
            return tti_fail(s->error, TT_EFORMAT, s->position, "invalid UTF-8 at byte %lu",
                            (unsigned long)s->position);
        if (c.code < 0x80)
            return TT_OK;
        if (class == TTI_CHAR_LINE && s->by_lines)
            TTI_TRY(tti_tokenizer_end_line(s, s->flushed + s->batch.count, s->position,
                                           s->position + c.size,
                                           c.code == 0x2029 ? TTI_GAP_MARK : 0));
        s->position += c.size;
        c = character_at(s, s->position);
    }
}

/* Takes runs [begin, end) of the split, pure ASCII, as tokens. */
static tt_status append_ascii_runs(tti_tokenizer *s, uint32_t begin, uint32_t end, uint32_t base)
{
    const tti_split *p = &s->split;
    tti_token_batch *b = &s->batch;
    uint32_t first;
    if (begin == end)
        return TT_OK;
    if (end - begin > TTI_SPLIT_RUNS - b->count)
        TTI_TRY(tti_tokenizer_flush(s));
    first = b->count;
    s->kernels->take(p, begin, end, base, b);
    b->flags[first] |=
        TTI_TOKEN_MAYBE_SENTENCE; /* the run before it may have been of other characters */
    s->before_begin = b->begin[b->count - 1];
    s->before_end = base + p->end[end - 1];
    return TT_OK;
}

/* Ends the lines of the split, from *line on, that end before run `limit`. The last runs before
 * that one have just been taken. */
static tt_status end_lines(tti_tokenizer *s, uint32_t *line, uint32_t limit, uint32_t base)
{
    const tti_split *p = &s->split;
    const uint32_t count = s->flushed + s->batch.count;
    for (; *line < p->line_count && p->line_runs[*line] <= limit; ++*line) {
        const uint32_t at = base + p->line_at[*line];
        if (s->text[at] == '\n' && at > 0 && s->text[at - 1] == '\r')
            s->line_begin = at + 1; /* '\r' has ended the line */
        else if (s->by_lines)
            TTI_TRY(
                tti_tokenizer_end_line(s, count - (limit - p->line_runs[*line]), at, at + 1, 0));
    }
    return TT_OK;
}

/*
 * Reads a piece of the text. A run that reaches the piece's end, and may go on behind it, is left
 * to tokenize_other_scripts() like those with other characters than ASCII.
 */
static tt_status tokenize_block(tti_tokenizer *s)
{
    tti_split *p = &s->split;
    const uint32_t base = s->position, left = s->size - base;
    const uint32_t size = left < TTI_SPLIT_BYTES ? left : TTI_SPLIT_BYTES;
    uint32_t run = 0, line = 0;
    s->kernels->split(s->text + base, size, s->tokens->folded, p);
    if (p->count > 0 && p->end[p->count - 1] == size &&
        (p->dirty_count == 0 || p->dirty[p->dirty_count - 1] != p->count - 1))
        p->dirty[p->dirty_count++] = (uint16_t)(p->count - 1);
    for (uint32_t i = 0; i <= p->dirty_count; i++) {
        const uint32_t limit = i < p->dirty_count ? p->dirty[i] : p->count;
        TTI_TRY(append_ascii_runs(s, run, limit, base));
        TTI_TRY(end_lines(s, &line, limit, base));
        if (i < p->dirty_count) {
            s->position = base + p->begin[limit];
            TTI_TRY(tokenize_other_scripts(s));
        }
        run = limit + 1;
    }
    if (s->position < base + size)
        s->position = base + size;
    return tti_tokenizer_flush(s);
}

tt_status tti_tokenizer_run(tti_tokenizer *s)
{
    s->folded_size = 0;
    TTI_TRY(reserve_folded(s, TTI_SPLIT_BYTES + TTI_SPLIT_PADDING));
    s->folded_size = TTI_SPLIT_BYTES;
    while (s->position < s->size)
        TTI_TRY(tokenize_block(s));
    return TT_OK;
}
