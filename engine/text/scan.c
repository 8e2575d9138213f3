/*
 * The tokenizer proper: decodes and validates UTF-8, finds tokens, normalises them.
 *
 * Case fold and compatibility decomposition come from the character table and are appended as
 * bytes. Marks that come out of canonical order, which only decomposed text in an unusual order
 * has, are sorted when the token is complete.
 */
#include "text/scan.h"

#include <string.h>

#include "common/alloc.h"
#include "common/fail.h"
#include "kernels/kernels.h"
#include "text/chars.h"
#include "text/paragraph.h"

/* A token while it is read. */
typedef struct token {
    uint32_t begin, end;
    size_t at;         /* its normalised bytes begin here */
    unsigned class;    /* of its first character */
    unsigned rank;     /* of the last normalised character */
    unsigned letters;  /* L* */
    unsigned capitals; /* Lu */
    uint8_t flags;
    uint8_t unordered; /* marks may be out of order */
    uint8_t dependent; /* order comes before the fold: normalise anew */
} token;

static tt_status invalid(tti_scan *s, uint32_t at)
{
    return tti_fail(s->error, TT_EFORMAT, at, "invalid UTF-8 at byte %lu", (unsigned long)at);
}

/* Room for one more character and for stores past its end. */
static tt_status reserve_folded(tti_scan *s, size_t size)
{
    tti_tokens *t = s->tokens;
    if (s->folded_size + size > t->folded_capacity &&
        tti_reserve(t->allocator, &t->folded, &t->folded_capacity, s->folded_size + size, 1) != 0)
        return tti_fail_memory(s->error, "a token");
    return TT_OK;
}

/* What a line without tokens is to the paragraphs around it. */
static uint32_t gap_of(const uint8_t *text, uint32_t begin, uint32_t end)
{
    unsigned size;
    for (uint32_t i = begin; i < end; i += size) {
        const uint32_t code = tti_utf8_get(text + i, end - i, &size);
        const unsigned class = tti_char_class(tti_chars_get(code));
        if (class != TTI_CHAR_SPACE && class != TTI_CHAR_IGNORE)
            return TTI_GAP_RULE;
    }
    return TTI_GAP_BLANK;
}

tt_status tti_scan_line(tti_scan *s, uint32_t count, uint32_t end, uint32_t next, uint32_t gap)
{
    tti_tokens *t = s->tokens;
    const uint32_t begin = s->line_begin;
    const uint32_t before = s->line_count == 0 ? 0 : t->lines[s->line_count - 1].tokens;
    s->line_begin = next;
    if (count > before) {
        if (tti_reserve(t->allocator, &t->lines, &t->line_capacity, s->line_count + 1,
                        sizeof *t->lines) != 0)
            return tti_fail_memory(s->error, "lines");
        t->lines[s->line_count++] = (tti_line){begin, end, count, gap};
    } else if (s->line_count > 0) {
        t->lines[s->line_count - 1].gap |= gap | gap_of(s->text, begin, end);
    }
    return TT_OK;
}

/* Appends the normalised bytes of one character. */
static tt_status fold_char(tti_scan *s, token *t, uint32_t code, uint64_t entry)
{
    uint8_t *out;
    TTI_TRY(reserve_folded(s, TTI_CHARS_FOLD_MAX));
    out = s->tokens->folded + s->folded_size;
    if (tti_char_slow(entry)) {
        s->folded_size += tti_chars_normalise(code, 1, out);
        t->unordered |= code < 0xAC00 || code > 0xD7A3;
        t->dependent |= tti_chars_needs_order(code) != 0;
        t->rank = 0;
        return TT_OK;
    }
    const uint64_t bytes = tti_char_bytes(entry);
    const unsigned rank = tti_char_rank(entry);
    for (unsigned i = 0; i < 6; i++)
        out[i] = (uint8_t)(bytes >> (8 * i));
    s->folded_size += tti_char_size(entry);
    t->unordered |= tti_char_class(entry) == TTI_CHAR_MARK && rank != 0 && rank < t->rank;
    t->rank = rank;
    return TT_OK;
}

static void count_case(token *t, uint64_t entry)
{
    if (tti_char_class(entry) == TTI_CHAR_MARK || tti_char_number(entry))
        return;
    t->letters++;
    t->capitals += (unsigned)tti_char_upper(entry);
}

static uint8_t first_flags(uint64_t entry)
{
    if (tti_char_number(entry))
        return TTI_TOKEN_NUMERAL;
    return tti_char_upper(entry) || tti_char_title(entry) ? TTI_TOKEN_CAPITAL : 0;
}

/* Sorts the marks of folded[at, folded_size). */
static tt_status order_marks(tti_scan *s, size_t at)
{
    const size_t size = s->folded_size - at;
    TTI_TRY(reserve_folded(s, size));
    tti_chars_order(s->tokens->folded + at, size, s->tokens->folded + s->folded_size);
    return TT_OK;
}

/* Normalises a token whose fold depends on the order of its marks: decompose, order, fold, order.
 */
static tt_status normalise_anew(tti_scan *s, const token *t)
{
    const size_t at = t->at;
    size_t middle;
    unsigned size;
    s->folded_size = at;
    for (uint32_t i = t->begin; i < t->end; i += size) {
        const uint32_t code = tti_utf8_get(s->text + i, t->end - i, &size);
        if (tti_char_class(tti_chars_get(code)) == TTI_CHAR_IGNORE)
            continue;
        TTI_TRY(reserve_folded(s, TTI_CHARS_FOLD_MAX));
        s->folded_size += tti_chars_normalise(code, 0, s->tokens->folded + s->folded_size);
    }
    TTI_TRY(order_marks(s, at));
    middle = s->folded_size;
    for (size_t i = at; i < middle; i += size) {
        TTI_TRY(reserve_folded(s, TTI_CHARS_FOLD_MAX));
        s->folded_size +=
            tti_chars_normalise(tti_utf8_get(s->tokens->folded + i, middle - i, &size), 1,
                                s->tokens->folded + s->folded_size);
    }
    TTI_TRY(order_marks(s, middle));
    s->folded_size -= middle - at;
    memmove(s->tokens->folded + at, s->tokens->folded + middle, s->folded_size - at);
    return TT_OK;
}

static tt_status finish_token(tti_scan *s, token *t)
{
    tti_batch *b = &s->batch;
    const uint32_t i = b->count;
    const int one_space = t->begin == s->before_end + 1 && s->text[s->before_end] == ' ';
    if (t->dependent)
        TTI_TRY(normalise_anew(s, t));
    else if (t->unordered)
        TTI_TRY(order_marks(s, t->at));
    if (s->folded_size > UINT32_MAX)
        return tti_fail(s->error, TT_ELIMIT, t->begin, "a token is too long");
    if (t->capitals >= 2 && t->capitals == t->letters)
        t->flags |= TTI_TOKEN_UPPER;
    if (t->begin != s->before_end && !one_space)
        t->flags |= TTI_TOKEN_ASK;
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
 * Reads the token at the position, where a letter, number or mark stands. Goes on over characters
 * that are ignored; they belong to the token if one more of its characters follows.
 */
static tt_status scan_token(tti_scan *s)
{
    token t = {.begin = s->position, .class = 0};
    unsigned size;
    uint32_t i;
    if (s->batch.count == TTI_BATCH_TOKENS)
        TTI_TRY(tti_scan_flush(s));
    t.at = s->folded_size;
    for (i = t.begin; i < s->size; i += size) {
        const uint32_t code = tti_utf8_get(s->text + i, s->size - i, &size);
        const uint64_t entry = tti_chars_get(code);
        const unsigned class = tti_char_class(entry);
        if (size == 0)
            return invalid(s, i);
        if (class == TTI_CHAR_IGNORE)
            continue;
        if (t.class == 0) {
            t.class = class;
            t.flags = first_flags(entry);
        } else if (class != TTI_CHAR_MARK &&
                   (class != TTI_CHAR_WORD || t.class == TTI_CHAR_SINGLE)) {
            break;
        }
        count_case(&t, entry);
        TTI_TRY(fold_char(s, &t, code, entry));
        t.end = i + size;
    }
    s->position = i;
    return finish_token(s, &t);
}

/* Reads on to the next ASCII character that is in no token, or to the end. */
static tt_status scan_region(tti_scan *s)
{
    while (s->position < s->size) {
        unsigned size;
        const uint32_t at = s->position;
        const uint32_t code = tti_utf8_get(s->text + at, s->size - at, &size);
        const unsigned class = tti_char_class(tti_chars_get(code));
        if (size == 0)
            return invalid(s, at);
        if (class >= TTI_CHAR_WORD) {
            TTI_TRY(scan_token(s));
            continue;
        }
        if (code < 0x80)
            break;
        s->position += size;
        if (class == TTI_CHAR_LINE && s->by_lines)
            TTI_TRY(tti_scan_line(s, s->flushed + s->batch.count, at, at + size,
                                  code == 0x2029 ? TTI_GAP_MARK : 0));
    }
    return TT_OK;
}

/* Takes runs [begin, end) of the split, pure ASCII, as tokens. */
static tt_status take_runs(tti_scan *s, uint32_t begin, uint32_t end, uint32_t base)
{
    const tti_split *p = &s->split;
    tti_batch *b = &s->batch;
    const uint32_t count = end - begin;
    uint32_t k;
    if (count == 0)
        return TT_OK;
    if (count > TTI_BATCH_TOKENS - b->count)
        TTI_TRY(tti_scan_flush(s));
    k = b->count;
    for (uint32_t i = begin; i < end; i++, k++) {
        b->begin[k] = base + p->begin[i];
        b->size[k] = b->length[k] = (uint32_t)(p->end[i] - p->begin[i]);
        b->at[k] = p->begin[i];
        b->flags[k] = p->first[i] | p->whole[i];
    }
    b->flags[b->count] |= TTI_TOKEN_ASK; /* the run before it may have been of other characters */
    b->count = k;
    s->before_begin = b->begin[k - 1];
    s->before_end = base + p->end[end - 1];
    return TT_OK;
}

/* Ends the lines of the split, from *line on, that end before run `limit`. The last runs before
 * that one have just been taken. */
static tt_status take_lines(tti_scan *s, uint32_t *line, uint32_t limit, uint32_t base)
{
    const tti_split *p = &s->split;
    const uint32_t count = s->flushed + s->batch.count;
    for (; *line < p->line_count && p->line_runs[*line] <= limit; ++*line) {
        const uint32_t at = base + p->line_at[*line];
        if (s->text[at] == '\n' && at > 0 && s->text[at - 1] == '\r')
            s->line_begin = at + 1; /* '\r' has ended the line */
        else if (s->by_lines)
            TTI_TRY(tti_scan_line(s, count - (limit - p->line_runs[*line]), at, at + 1, 0));
    }
    return TT_OK;
}

/*
 * Reads a piece of the text. A run that reaches the piece's end, and may go on behind it, is left
 * to scan_region() like those with other characters than ASCII.
 */
static tt_status scan_piece(tti_scan *s, const tti_kernels *kernels)
{
    tti_split *p = &s->split;
    const uint32_t base = s->position, left = s->size - base;
    const uint32_t size = left < TTI_SPLIT_BYTES ? left : TTI_SPLIT_BYTES;
    uint32_t run = 0, line = 0;
    kernels->split(s->text + base, size, s->tokens->folded, p);
    if (p->count > 0 && p->end[p->count - 1] == size &&
        (p->dirty_count == 0 || p->dirty[p->dirty_count - 1] != p->count - 1))
        p->dirty[p->dirty_count++] = (uint16_t)(p->count - 1);
    for (uint32_t i = 0; i <= p->dirty_count; i++) {
        const uint32_t limit = i < p->dirty_count ? p->dirty[i] : p->count;
        TTI_TRY(take_runs(s, run, limit, base));
        TTI_TRY(take_lines(s, &line, limit, base));
        if (i < p->dirty_count) {
            s->position = base + p->begin[limit];
            TTI_TRY(scan_region(s));
        }
        run = limit + 1;
    }
    if (s->position < base + size)
        s->position = base + size;
    return tti_scan_flush(s);
}

tt_status tti_scan_text(tti_scan *s)
{
    const tti_kernels *kernels = tti_kernels_get();
    s->folded_size = 0;
    TTI_TRY(reserve_folded(s, TTI_SPLIT_BYTES + TTI_SPLIT_PAST));
    s->folded_size = TTI_SPLIT_BYTES;
    while (s->position < s->size)
        TTI_TRY(scan_piece(s, kernels));
    return TT_OK;
}
