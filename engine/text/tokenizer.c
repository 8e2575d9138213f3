/*
 * The tokenizer: reads UTF-8, finds tokens and the ends of lines, and normalises.
 *
 * Text goes through in pieces of TTI_SPLIT_BYTES. A kernel lists the runs of ASCII letters and
 * digits of a piece, which are tokens as they are; what has other characters, or reaches the end of
 * the piece, is read character by character. Tokens are collected in a batch, with their extents
 * and normalised bytes; kernels hash a full batch into the store, and flags and extents follow.
 *
 * The case fold and compatibility decomposition come from the character table and are appended as
 * bytes. Marks that come out of canonical order, which only decomposed text in an unusual order
 * has, are sorted when the token is complete.
 */
#include "text/tokenizer.h"

#include <assert.h>
#include <string.h>

#include "kernels/kernels.h"
#include "kernels/token_extents.h"
#include "text/characters.h"
#include "text/hyphens.h"
#include "text/paragraphs.h"
#include "text/sentences.h"
#include "text/words.h"
#include "util/error.h"

/* The text before the token may open a sentence; it is never stored. */
enum { TTI_TOKEN_MAYBE_SENTENCE = TTI_RUN_MAYBE_SENTENCE };

/* The article that is being read. A store has one, which it uses again for the next article. */
typedef struct tti_tokenizer {
    tti_words words;       /* stays from article to article */
    tti_token_batch batch; /* empty between articles */
    tti_split split;
    const uint8_t *text;
    uint32_t size;
    uint32_t position;     /* bytes read */
    uint32_t flushed;      /* tokens of the article that are in the store */
    uint32_t before_begin; /* extent of the last token read */
    uint32_t before_end;
    uint32_t stored_begin; /* extent of the last token in the store */
    uint32_t stored_end;
    int by_lines; /* lines matter for the paragraphs wanted */
    uint32_t line_begin;
    uint32_t line_ends;  /* of the article so far */
    size_t extents_size; /* of the store, with this article's spans so far */
    uint64_t seed;
    const tti_kernels *kernels;
    tti_tokens *tokens;
    tt_error *error;
} tti_tokenizer;

/* The current character: class 0 if the bytes are not one, TTI_CHAR_OTHER of size 0 at the end. */
typedef struct character {
    uint64_t entry;
    uint32_t code;
    unsigned size;
} character;

/* A token while it is read. */
typedef struct token {
    uint32_t begin, end;
    size_t at;         /* its normalised bytes begin here */
    uint32_t last;     /* the last letter or number */
    int number;        /* 1 if `last` is a number */
    unsigned rank;     /* of the last normalised character */
    unsigned letters;  /* L* */
    unsigned capitals; /* Lu */
    uint8_t flags;
    uint8_t unordered; /* marks may be out of order */
    uint8_t dependent; /* the order matters for folding: normalise again */
} token;

/* ---- The store ------------------------------------------------------------------------------- */

void tti_tokens_init(tti_tokens *tokens, const tt_allocator *allocator)
{
    memset(tokens, 0, sizeof *tokens);
    tokens->allocator = allocator;
}

void tti_tokens_free(tti_tokens *tokens)
{
    const tt_allocator *a = tokens->allocator;
    tti_release(a, tokens->hashes, tokens->capacity, sizeof *tokens->hashes);
    tti_release(a, tokens->flags, tokens->flags_capacity, sizeof *tokens->flags);
    tti_release(a, tokens->extents, tokens->extents_capacity, 1);
    tti_release(a, tokens->paragraphs, tokens->paragraph_capacity, sizeof *tokens->paragraphs);
    tti_array_free(&tokens->hashes64, a);
    tti_array_free(&tokens->folded, a);
    tti_array_free(&tokens->lines, a);
    tti_array_free(&tokens->cut_words, a);
    tti_array_free(&tokens->word, a);
    tti_release(a, tokens->tokenizer, 1, sizeof *tokens->tokenizer);
    tti_tokens_init(tokens, a);
}

void tti_tokens_clear(tti_tokens *tokens)
{
    tokens->count = 0;
    tokens->extents_size = 0;
    tokens->paragraph_count = 0;
}

static tt_status reserve_tokens(tti_tokenizer *s)
{
    tti_tokens *t = s->tokens;
    const tt_allocator *a = t->allocator;
    const size_t more = s->batch.count;
    const size_t wide = s->flushed + more, all = t->count + wide;
    const size_t extents = more * TTI_EXTENT_MAX_BYTES + TTI_SPLIT_PADDING;
    int failed = tti_reserve(a, &t->hashes, &t->capacity, all, sizeof *t->hashes) |
                 tti_array_resize(&t->hashes64, a, wide);
    if (!(t->skips & TTI_SKIP_FLAGS))
        failed |= tti_reserve(a, &t->flags, &t->flags_capacity, all, sizeof *t->flags);
    if (!(t->skips & TTI_SKIP_EXTENTS))
        failed |= tti_reserve(a, &t->extents, &t->extents_capacity, s->extents_size + extents, 1);
    return failed != 0 ? tti_fail_memory(s->error, "tokens") : TT_OK;
}

/* Answers TTI_TOKEN_MAYBE_SENTENCE for token i of the batch. */
static void resolve_sentence_flag(const tti_tokenizer *s, uint8_t *flags, uint32_t i)
{
    const tti_token_batch *b = &s->batch;
    const uint32_t before = i > 0 ? b->begin[i - 1] : s->stored_begin;
    const uint32_t before_end = i > 0 ? before + b->size[i - 1] : s->stored_end;
    flags[i] &= (uint8_t)~TTI_TOKEN_MAYBE_SENTENCE;
    /* One byte opens nothing: a stop wants a space after it, a quote before it. */
    if (b->begin[i] - before_end > 1 &&
        tti_sentence_begins(s->text, before, before_end, b->begin[i]))
        flags[i] |= TTI_TOKEN_SENTENCE;
}

/* Looks at eight flags at a time: one in ten asks. */
static void resolve_sentence_flags(const tti_tokenizer *s, uint8_t *flags)
{
    const uint32_t count = s->batch.count;
    uint32_t i = 0;
    for (; i + 8 <= count; i += 8) {
        uint64_t asking =
            XXH_readLE64(flags + i) & TTI_TOKEN_MAYBE_SENTENCE * UINT64_C(0x0101010101010101);
        for (; asking != 0; asking &= asking - 1)
            resolve_sentence_flag(s, flags, i + (uint32_t)__builtin_ctzll(asking) / 8);
    }
    for (; i < count; i++)
        if ((flags[i] & TTI_TOKEN_MAYBE_SENTENCE) != 0)
            resolve_sentence_flag(s, flags, i);
}

/* Numbers and dates are words of another kind than their letters say. */
static void flag_words(const tti_words *words, const uint64_t *wide, uint8_t *flags, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (tti_words_may_have(words, wide[i])) {
            const uint8_t kind = tti_words_find(words, wide[i], flags[i]);
            if (kind != 0)
                flags[i] = (uint8_t)((flags[i] & ~TTI_TOKEN_KIND) | kind);
        }
}

/* The flags of the batch's tokens, of which these are the wide hashes, for the store. */
static void store_flags(const tti_tokenizer *s, const uint64_t *wide, uint8_t *flags)
{
    memcpy(flags, s->batch.flags, s->batch.count);
    flag_words(&s->words, wide, flags, s->batch.count);
    resolve_sentence_flags(s, flags);
}

static tt_status flush_batch(tti_tokenizer *s)
{
    tti_tokens *t = s->tokens;
    tti_token_batch *b = &s->batch;
    const size_t at = t->count + s->flushed;
    uint64_t *wide;
    if (b->count == 0)
        return TT_OK;
    TTI_TRY(reserve_tokens(s));
    wide = t->hashes64.items + s->flushed;
    s->kernels->hash_tokens(b, t->folded.items, s->seed, wide, t->hashes + at);
    if (!(t->skips & TTI_SKIP_FLAGS))
        store_flags(s, wide, t->flags + at);
    if (!(t->skips & TTI_SKIP_EXTENTS))
        s->extents_size += s->kernels->extents(b, s->stored_end, t->extents + s->extents_size);
    s->stored_begin = b->begin[b->count - 1];
    s->stored_end = s->stored_begin + b->size[b->count - 1];
    s->flushed += b->count;
    s->tokens->folded.count = TTI_SPLIT_BYTES;
    b->count = 0;
    return TT_OK;
}

/* ---- Lines ----------------------------------------------------------------------------------- */

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

static tt_status end_line(tti_tokenizer *s, uint32_t count, uint32_t end, uint32_t next,
                          uint8_t gap)
{
    tti_tokens *t = s->tokens;
    const uint32_t begin = s->line_begin;
    const uint32_t before = t->lines.count == 0 ? 0 : tti_array_last(&t->lines).tokens;
    s->line_begin = next;
    if (count > before) {
        const tti_line line = {.begin = begin, .end = end, .tokens = count, .gap = gap};
        TTI_TRY_ALLOC(tti_array_push(&t->lines, t->allocator, line), s->error, "lines");
    } else if (t->lines.count > 0) {
        gap |= gap_of(s->text, begin, end);
        tti_array_last(&t->lines).gap |= gap;
    }
    return TT_OK;
}

/* Whether the line that ends at text[at] may end with a hyphen; most lines do not. */
static inline int may_cut_word(const tti_tokenizer *s, uint32_t at)
{
    const uint8_t last = at > 0 ? s->text[at - 1] : 0;
    return last == '-' || last == ' ' || last == '\t' || last >= 0x80;
}

/* Notes the word that is cut by the line that ends at text[at], behind `tokens` tokens. */
static tt_status note_cut_word(tti_tokenizer *s, uint32_t tokens, uint32_t at)
{
    tti_tokens *t = s->tokens;
    tti_cut_word cut = {.token = tokens - 1};
    if (tti_line_cuts_word(s->text, s->size, at, &cut))
        TTI_TRY_ALLOC(tti_array_push(&t->cut_words, t->allocator, cut), s->error, "cut words");
    return TT_OK;
}

/* ---- Characters and tokens ------------------------------------------------------------------- */

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
    TTI_TRY_ALLOC(tti_array_reserve(&t->folded, t->allocator, size), s->error, "a token");
    return TT_OK;
}

/*
 * Reads on over letters, numbers and marks whose normalised bytes are in their entries, as far as
 * the buffer goes: nearly all of nearly every token. Counts for the token are kept in registers.
 */
static inline uint32_t fold_characters(const tti_tokenizer *s, token *t, uint32_t at, size_t *used)
{
    enum { MASK = 1u << 6 | TTI_CHAR_WORD }; /* slow; the bits that WORD and MARK share */
    const uint8_t *const text = s->text, *const folded = s->tokens->folded.items;
    const uint8_t *const limit = folded + s->tokens->folded.capacity - TTI_CHARACTERS_MAX_FOLD;
    const uint32_t end = s->size;
    uint8_t *out = s->tokens->folded.items + *used;
    unsigned letters = t->letters, capitals = t->capitals, before = t->rank, unordered = 0, size;
    uint32_t last = t->last;
    int number = t->number;
    for (; at < end && out <= limit; at += size) {
        const uint32_t code = tti_utf8_decode(text + at, end - at, &size);
        const uint64_t entry = tti_characters_get(code);
        const unsigned rank = tti_char_rank(entry);
        if (size == 0 || ((entry & MASK) != TTI_CHAR_WORD && !tti_is_hangul(code)))
            break;
        if (tti_char_class(entry) == TTI_CHAR_WORD) {
            if (tti_char_number(entry) != number && tti_characters_part(last, code))
                break;
            number = tti_char_number(entry);
            last = code;
        }
        if (tti_is_hangul(code)) {
            out += tti_hangul_normalise(code, out);
            letters++;
            before = 0;
            continue;
        }
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
    t->last = last;
    t->number = number;
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
    if (class != TTI_CHAR_MARK) {
        t->last = c->code;
        t->number = tti_char_number(entry);
        t->letters += !t->number;
    }
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

/* Whether the word character c goes on with the token. */
static int continues_word(const token *t, const character *c)
{
    return tti_char_number(c->entry) == t->number || !tti_characters_part(t->last, c->code);
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
    const size_t size = s->tokens->folded.count - at;
    TTI_TRY(reserve_folded(s, size));
    tti_characters_order_marks(s->tokens->folded.items + at, size,
                               s->tokens->folded.items + s->tokens->folded.count);
    return TT_OK;
}

/* Normalises a token whose fold depends on the order of its marks: decompose, order, fold, order.
 */
static tt_status renormalise_token(tti_tokenizer *s, const token *t)
{
    const size_t at = t->at;
    size_t middle;
    unsigned size;
    s->tokens->folded.count = at;
    for (uint32_t i = t->begin; i < t->end; i += size) {
        const uint32_t code = tti_utf8_decode(s->text + i, t->end - i, &size);
        if (tti_char_class(tti_characters_get(code)) == TTI_CHAR_IGNORE)
            continue;
        TTI_TRY(reserve_folded(s, TTI_CHARACTERS_MAX_FOLD));
        s->tokens->folded.count +=
            tti_characters_normalise(code, 0, s->tokens->folded.items + s->tokens->folded.count);
    }
    TTI_TRY(order_marks(s, at));
    middle = s->tokens->folded.count;
    for (size_t i = at; i < middle; i += size) {
        TTI_TRY(reserve_folded(s, TTI_CHARACTERS_MAX_FOLD));
        s->tokens->folded.count += tti_characters_normalise(
            tti_utf8_decode(s->tokens->folded.items + i, middle - i, &size), 1,
            s->tokens->folded.items + s->tokens->folded.count);
    }
    TTI_TRY(order_marks(s, middle));
    s->tokens->folded.count -= middle - at;
    memmove(s->tokens->folded.items + at, s->tokens->folded.items + middle,
            s->tokens->folded.count - at);
    return TT_OK;
}

/* The class of the first letter of normalised bytes, which have no accents. Letters of two bytes,
 * as Greek and Cyrillic ones, go by their second. Those beyond Armenian have no capitals, but for
 * few, and no class. */
static uint8_t letter_class(const uint8_t *first)
{
    static const uint8_t classes[12] = {0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 3, 5, 6, 7};
    if (*first >= 'a' && *first <= 'z')
        return tti_letter_classes[*first % 32];
    return *first >= 0xC0 && *first < 0xD6 ? classes[first[1] % 12] : 0;
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
    if (s->tokens->folded.count > UINT32_MAX)
        return tti_fail(s->error, TT_ELIMIT, t->begin, "a token is too long");
    if (t->capitals >= 2 && t->capitals == t->letters)
        t->flags |= TTI_TOKEN_UPPER;
    if (t->begin != s->before_end && !one_space)
        t->flags |= TTI_TOKEN_MAYBE_SENTENCE;
    if ((t->flags & TTI_TOKEN_NUMERAL) == 0)
        t->flags |= letter_class(s->tokens->folded.items + t->at);
    if ((t->flags & TTI_TOKEN_CAPITAL) == 0 && (t->flags & TTI_TOKEN_KIND) > TTI_TOKEN_NUMERAL &&
        s->tokens->folded.count - t->at < TTI_SHORT_WORD_BYTES)
        t->flags |= TTI_TOKEN_UPPER;
    b->begin[i] = t->begin;
    b->size[i] = t->end - t->begin;
    b->at[i] = (uint32_t)t->at;
    b->length[i] = (uint32_t)(s->tokens->folded.count - t->at);
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
        TTI_TRY(flush_batch(s));
    used = t.at = s->tokens->folded.count;
    t.flags = (uint8_t)(first_flags(c.entry) | (single ? TTI_TOKEN_UPPER : 0));
    do {
        if (used + TTI_CHARACTERS_MAX_FOLD > s->tokens->folded.capacity) {
            s->tokens->folded.count = used;
            TTI_TRY(reserve_folded(s, TTI_CHARACTERS_MAX_FOLD));
        }
        used += fold_character(&t, &c, s->tokens->folded.items + used);
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
    } while (class == TTI_CHAR_MARK ||
             (class == TTI_CHAR_WORD && !single && continues_word(&t, &c)));
    s->tokens->folded.count = used;
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
    folded = s->tokens->folded.items;
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
        memcpy(folded + s->tokens->folded.count, text + at, 3);
        b->begin[k] = at;
        b->size[k] = b->length[k] = 3;
        b->at[k] = (uint32_t)s->tokens->folded.count;
        b->flags[k] = TTI_TOKEN_UPPER;
        s->tokens->folded.count += 3;
    }
    if (k > b->count) {
        b->flags[b->count] |= s->position != s->before_end ? TTI_TOKEN_MAYBE_SENTENCE : 0;
        s->before_begin = at - 3;
        s->before_end = s->position = at;
        b->count = k;
    }
    return TT_OK;
}

/*
 * Reads on to the next ASCII character that is in no token, or to the end. A mark with no letter
 * before it is part of the symbol or space that it follows, as in UAX #29, so that U+2260 separates
 * like its two halves.
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
            TTI_TRY(end_line(s, s->flushed + s->batch.count, s->position, s->position + c.size,
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
    const int with_flags = !(s->tokens->skips & TTI_SKIP_FLAGS);
    uint32_t first;
    if (begin == end)
        return TT_OK;
    if (end - begin > TTI_SPLIT_RUNS - b->count)
        TTI_TRY(flush_batch(s));
    first = b->count;
    s->kernels->append_runs(p, begin, end, base, with_flags, b);
    if (with_flags) /* the run before it may have been of other characters */
        b->flags[first] |= TTI_TOKEN_MAYBE_SENTENCE;
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
        const uint32_t tokens = count - (limit - p->line_runs[*line]);
        if (s->text[at] == '\n' && at > 0 && s->text[at - 1] == '\r') {
            s->line_begin = at + 1; /* '\r' has ended the line */
            continue;
        }
        if (may_cut_word(s, at))
            TTI_TRY(note_cut_word(s, tokens, at));
        s->line_ends++;
        if (s->by_lines)
            TTI_TRY(end_line(s, tokens, at, at + 1, 0));
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
    s->kernels->split(s->text + base, size, s->tokens->folded.items, p);
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
    return flush_batch(s);
}

static tt_status tokenize_text(tti_tokenizer *s)
{
    s->tokens->folded.count = 0;
    TTI_TRY(reserve_folded(s, TTI_SPLIT_BYTES + TTI_SPLIT_PADDING));
    s->tokens->folded.count = TTI_SPLIT_BYTES;
    while (s->position < s->size)
        TTI_TRY(tokenize_block(s));
    return TT_OK;
}

/* ---- Words cut by the ends of lines ---------------------------------------------------------- */

/* A token of a word that was cut in two. */
typedef struct joined_token {
    uint64_t wide;
    uint32_t low;
    uint8_t flags;
} joined_token;

/* Reads the parts of a cut word as one token. */
static tt_status read_joined_token(tti_tokenizer *s, const tti_cut_word *cut, joined_token *out)
{
    tti_tokens *t = s->tokens;
    const tti_tokenizer of_article = {.text = s->text, .size = s->size};
    const uint32_t size = cut->end - cut->begin, rest_size = cut->rest_end - cut->rest_begin;
    character c;
    tt_status status;
    TTI_TRY_ALLOC(tti_array_resize(&t->word, t->allocator, (size_t)size + rest_size), s->error,
                  "a cut word");
    memcpy(t->word.items, s->text + cut->begin, size);
    memcpy(t->word.items + size, s->text + cut->rest_begin, rest_size);
    s->text = t->word.items;
    s->size = size + rest_size;
    s->position = s->before_end = 0;
    c = character_at(s, 0);
    status = tokenize_word(s, &c);
    assert(status != TT_OK || (s->batch.count == 1 && s->position == s->size));
    s->text = of_article.text;
    s->size = of_article.size;
    TTI_TRY(status);
    s->kernels->hash_tokens(&s->batch, t->folded.items, s->seed, &out->wide, &out->low);
    out->flags = s->batch.flags[0] & (uint8_t)~TTI_TOKEN_MAYBE_SENTENCE;
    flag_words(&s->words, &out->wide, &out->flags, 1);
    s->batch.count = 0;
    t->folded.count = TTI_SPLIT_BYTES;
    return TT_OK;
}

/* Writes the article's extents again, with one for each joined word. */
static tt_status join_extents(tti_tokenizer *s, const tti_cut_word *cuts, size_t count)
{
    tti_tokens *t = s->tokens;
    const size_t size = s->extents_size - t->extents_size;
    const uint8_t *from;
    uint8_t *begin, *out;
    uint32_t end = 0, written_end = 0;
    TTI_TRY_ALLOC(tti_reserve(t->allocator, &t->extents, &t->extents_capacity,
                              s->extents_size + size + count * TTI_EXTENT_MAX_BYTES, 1),
                  s->error, "extents");
    from = t->extents + t->extents_size;
    out = begin = t->extents + s->extents_size;
    for (uint32_t i = 0, k = 0; i < s->flushed; i++) {
        tti_token_extent x = {0, 0};
        from = tti_token_extent_decode(from, begin, &x);
        end += x.gap + x.size;
        if (k < count && i == cuts[k].token)
            continue; /* the first part: the rest writes both */
        if (k < count && i == cuts[k].token + 1)
            x.size = end - cuts[k++].begin;
        out = tti_token_extent_encode(out, end - x.size - written_end, x.size);
        written_end = end;
    }
    memmove(t->extents + t->extents_size, begin, (size_t)(out - begin));
    s->extents_size = t->extents_size + (size_t)(out - begin);
    return TT_OK;
}

/* Counts the tokens of the lines again. A line that has only the rest of a word has no token. */
static void join_lines(tti_tokens *t, const tti_cut_word *cuts, size_t count)
{
    size_t kept = 0;
    uint32_t joined = 0;
    for (size_t i = 0; i < t->lines.count; i++) {
        tti_line line = t->lines.items[i];
        while (joined < count && cuts[joined].token + 1 < line.tokens)
            joined++;
        line.tokens -= joined;
        if (kept > 0 && t->lines.items[kept - 1].tokens == line.tokens)
            t->lines.items[kept - 1].gap |= line.gap;
        else
            t->lines.items[kept++] = line;
    }
    t->lines.count = kept;
}

/* Makes one token of each word that was cut, if so many are that the text must be hyphenated. All
 * tokens are in the store. */
static tt_status join_cut_words(tti_tokenizer *s)
{
    tti_tokens *t = s->tokens;
    const tti_cut_word *cuts = t->cut_words.items;
    const size_t count = t->cut_words.count;
    uint32_t *hashes = t->hashes + t->count;
    uint64_t *wide = t->hashes64.items;
    uint8_t *flags = t->skips & TTI_SKIP_FLAGS ? NULL : t->flags + t->count;
    uint32_t kept = 0;
    if (count == 0 || count * TTI_LINES_A_CUT <= s->line_ends)
        return TT_OK;
    if (!(t->skips & TTI_SKIP_EXTENTS))
        TTI_TRY(join_extents(s, cuts, count));
    for (uint32_t i = 0, k = 0; i < s->flushed; i++, kept++) {
        hashes[kept] = hashes[i];
        wide[kept] = wide[i];
        if (flags != NULL)
            flags[kept] = flags[i];
        if (k < count && i == cuts[k].token) {
            joined_token x;
            TTI_TRY(read_joined_token(s, &cuts[k], &x));
            hashes[kept] = x.low;
            wide[kept] = x.wide;
            if (flags != NULL)
                flags[kept] = x.flags | (flags[i] & TTI_TOKEN_SENTENCE);
            i++, k++;
        }
    }
    join_lines(t, cuts, count);
    s->flushed = kept;
    t->hashes64.count = kept;
    return TT_OK;
}

/* ---- Articles -------------------------------------------------------------------------------- */

/* Makes the store's scratch ready for an article. */
static tt_status start_article(tti_tokens *t, uint64_t seed, tti_tokenizer **out, tt_error *error)
{
    tti_tokenizer *s = t->tokenizer;
    if (s == NULL) {
        s = tti_alloc(t->allocator, 1, sizeof *s);
        if (s == NULL)
            return tti_fail_memory(error, "the text stage");
        t->tokenizer = s;
        tti_words_init(&s->words, seed);
    } else if (s->words.seed != seed) {
        tti_words_init(&s->words, seed);
    }
    s->batch.count = 0;
    memset((char *)s + offsetof(tti_tokenizer, text), 0, sizeof *s - offsetof(tti_tokenizer, text));
    s->kernels = tti_kernels_get();
    s->seed = seed;
    s->tokens = t;
    s->extents_size = t->extents_size;
    s->error = error;
    t->lines.count = t->cut_words.count = t->folded.count = t->hashes64.count = 0;
    *out = s;
    return TT_OK;
}

/* Cuts the article into paragraphs, with their keys and the flags of their first tokens. */
static tt_status finish_paragraphs(tti_tokenizer *s, tt_paragraphs mode, uint32_t *count)
{
    tti_tokens *t = s->tokens;
    TTI_TRY(end_line(s, s->flushed, s->size, s->size, 0));
    TTI_TRY(tti_paragraphs_split(t, s->text, mode, count, s->error));
    for (uint32_t i = 0; i < *count; i++) {
        tti_paragraph *p = &t->paragraphs[t->paragraph_count + i];
        if (!(t->skips & TTI_SKIP_PARAGRAPHS))
            p->key = s->kernels->key(t->hashes64.items + p->begin, p->end - p->begin, s->seed);
        if (!(t->skips & TTI_SKIP_FLAGS))
            t->flags[t->count + p->begin] |= TTI_TOKEN_PARAGRAPH | TTI_TOKEN_SENTENCE;
    }
    return TT_OK;
}

tt_status tti_tokens_append_text(tti_tokens *tokens, const char *text, size_t size,
                                 tt_paragraphs paragraphs, uint64_t seed, tti_tokenized_text *added,
                                 tt_error *error)
{
    tti_tokenizer *s = NULL;
    uint32_t paragraph_count = 0;
    if (size > UINT32_MAX - 1)
        return tti_fail(error, TT_ELIMIT, TTI_NOWHERE, "text of %zu bytes is too long", size);
    TTI_TRY(start_article(tokens, seed, &s, error));
    s->text = (const uint8_t *)text;
    s->size = (uint32_t)size;
    s->by_lines = paragraphs != TT_PARAGRAPHS_NONE;
    TTI_TRY(tokenize_text(s));
    TTI_TRY(join_cut_words(s));
    if (s->flushed > 0)
        TTI_TRY(finish_paragraphs(s, paragraphs, &paragraph_count));
    added->token_count = s->flushed;
    added->paragraph_count = paragraph_count;
    added->extents_size = s->extents_size - tokens->extents_size;
    added->key = s->kernels->key(tokens->hashes64.items, s->flushed, seed);
    tokens->count += s->flushed;
    tokens->extents_size = s->extents_size;
    if (!(tokens->skips & TTI_SKIP_PARAGRAPHS)) /* or the next article's are written over them */
        tokens->paragraph_count += paragraph_count;
    return TT_OK;
}

void tti_token_extents_decode(const uint8_t *extents, uint32_t token_count, uint32_t *begins,
                              uint32_t *ends)
{
    uint32_t position = 0;
    for (uint32_t i = 0; i < token_count; i++) {
        tti_token_extent span = {0, 0};
        extents = tti_token_extent_decode(extents, extents + TTI_EXTENT_MAX_BYTES, &span);
        begins[i] = position + span.gap;
        ends[i] = position = begins[i] + span.size;
    }
}

/* Passes over a token. */
static void pass_token(tti_extent_cursor *c, tti_token_extent *extent)
{
    c->at = tti_token_extent_decode(c->at, c->at + TTI_EXTENT_MAX_BYTES, extent);
    c->position += extent->gap + extent->size;
    c->token++;
}

/* Passes over the tokens before this one, eight short ones at a time. */
static void seek_token(tti_extent_cursor *c, uint32_t number)
{
    const uint64_t ones = 0x0101010101010101u;
    tti_token_extent extent = {0, 0};
    if (c->at == NULL || number < c->token)
        *c = (tti_extent_cursor){.extents = c->extents, .at = c->extents};
    while (c->token < number) {
        uint64_t eight = 0;
        if (number - c->token >= 8)
            eight = XXH_readLE64(c->at);
        if (((eight - ones) & ~eight & 0x80 * ones) != 0) { /* one of them is 0, and long */
            pass_token(c, &extent);
            continue;
        }
        c->position +=
            (eight >> TTI_EXTENT_SIZE_BITS & (TTI_EXTENT_SHORT_GAPS - 1) * ones) * ones >> 56;
        c->position += (eight & (TTI_EXTENT_SHORT_SIZES - 1) * ones) * ones >> 56;
        c->at += 8;
        c->token += 8;
    }
}

void tti_extent_cursor_locate(tti_extent_cursor *c, uint32_t begin, uint32_t end, uint64_t *first,
                              uint64_t *last)
{
    tti_token_extent extent = {0, 0};
    seek_token(c, begin);
    pass_token(c, &extent);
    *first = c->position - extent.size;
    seek_token(c, end);
    *last = c->position;
}
