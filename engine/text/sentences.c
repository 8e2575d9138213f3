/*
 * A sentence starts after . ! ? : ; followed by white space (closing quotes and brackets may come
 * between), after the full stops of scripts that put no space there, after a blank line, and after
 * an opening quote. The period of an initial or a title does not count.
 */
#include "text/sentences.h"

#include "text/characters.h"

/* What a character between two tokens says about sentences. */
enum sentence_sign {
    PLAIN,
    SPACE,
    LINE,
    IGNORED,
    STOP,         /* ends a sentence, with white space after it */
    FULL_STOP,    /* ends a sentence */
    BRACKET,      /* an opening one */
    QUOTE,        /* opens a quotation, with white space or an opening before it */
    OPENING_QUOTE /* opens a quotation */
};

static const uint8_t ascii_signs[128] = {
    ['\t'] = SPACE, ['\v'] = SPACE,  ['\f'] = SPACE,  [' '] = SPACE,   ['\n'] = LINE,
    ['\r'] = LINE,  ['.'] = STOP,    ['!'] = STOP,    ['?'] = STOP,    [':'] = STOP,
    [';'] = STOP,   ['('] = BRACKET, ['['] = BRACKET, ['{'] = BRACKET, ['"'] = QUOTE,
    ['\''] = QUOTE, ['`'] = QUOTE,
};

static enum sentence_sign sentence_sign_of(uint32_t code)
{
    switch (code) {
    case 0x2026: /* ... */
    case 0x203C: /* !! */
    case 0x2047:
    case 0x2048:
    case 0x2049: return STOP;
    case 0x0589: /* Armenian */
    case 0x061B: /* Arabic ; ? . */
    case 0x061F:
    case 0x06D4:
    case 0x0964: /* Devanagari */
    case 0x0965:
    case 0x104A: /* Myanmar */
    case 0x104B:
    case 0x1362: /* Ethiopic */
    case 0x1367:
    case 0x1368:
    case 0x17D4: /* Khmer */
    case 0x17D5:
    case 0x3002: /* ideographic and full width */
    case 0xFF01:
    case 0xFF0E:
    case 0xFF1A:
    case 0xFF1B:
    case 0xFF1F:
    case 0xFF61: return FULL_STOP;
    case 0x00A1: /* Spanish ! ? */
    case 0x00AB: /* guillemets */
    case 0x00BF:
    case 0x2018:
    case 0x201A:
    case 0x201C:
    case 0x201E:
    case 0x2039:
    case 0x300A: /* corner brackets and the like */
    case 0x300C:
    case 0x300E:
    case 0xFF62: return OPENING_QUOTE;
    case 0x00BB: /* German uses them the other way round */
    case 0x201D:
    case 0x203A: return QUOTE;
    default: break;
    }
    switch (tti_char_class(tti_characters_get(code))) {
    case TTI_CHAR_SPACE: return SPACE;
    case TTI_CHAR_LINE: return LINE;
    case TTI_CHAR_IGNORE: return IGNORED;
    default: return PLAIN;
    }
}

/* Up to four letters as a number. */
#define LETTERS(a, b, c, d)                                                                        \
  ((uint32_t)(a) | (uint32_t)(b) << 8 | (uint32_t)(c) << 16 | (uint32_t)(d) << 24)

/* Whether a period after text[begin, end) belongs to it, because it is an initial or a title. */
static int is_abbreviation(const uint8_t *text, size_t begin, size_t end)
{
    const size_t size = end - begin;
    uint32_t letters = 0;
    if (size == 1)
        return text[begin] >= 'A' && text[begin] <= 'Z';
    if (size > 4)
        return 0;
    for (size_t i = 0; i < size; i++)
        letters |= (uint32_t)text[begin + i] << (8 * i);
    switch (letters) {
    case LETTERS('M', 'r', 0, 0):
    case LETTERS('M', 'r', 's', 0):
    case LETTERS('M', 's', 0, 0):
    case LETTERS('D', 'r', 0, 0):
    case LETTERS('S', 't', 0, 0):
    case LETTERS('P', 'r', 'o', 'f'):
    case LETTERS('R', 'e', 'v', 0):
    case LETTERS('H', 'o', 'n', 0):
    case LETTERS('S', 'e', 'n', 0):
    case LETTERS('R', 'e', 'p', 0):
    case LETTERS('G', 'o', 'v', 0):
    case LETTERS('G', 'e', 'n', 0):
    case LETTERS('C', 'o', 'l', 0):
    case LETTERS('M', 'a', 'j', 0):
    case LETTERS('C', 'a', 'p', 't'):
    case LETTERS('L', 't', 0, 0):
    case LETTERS('S', 'g', 't', 0):
    case LETTERS('A', 'd', 'm', 0):
    case LETTERS('I', 'n', 'c', 0):
    case LETTERS('C', 'o', 'r', 'p'):
    case LETTERS('C', 'o', 0, 0):
    case LETTERS('L', 't', 'd', 0):
    case LETTERS('B', 'r', 'o', 's'):
    case LETTERS('v', 's', 0, 0):
    case LETTERS('N', 'o', 0, 0):
    case LETTERS('J', 'a', 'n', 0):
    case LETTERS('F', 'e', 'b', 0):
    case LETTERS('A', 'u', 'g', 0):
    case LETTERS('S', 'e', 'p', 't'):
    case LETTERS('O', 'c', 't', 0):
    case LETTERS('N', 'o', 'v', 0):
    case LETTERS('D', 'e', 'c', 0): return 1;
    default: return 0;
    }
}

int tti_sentence_begins(const uint8_t *text, uint32_t before_begin, uint32_t before_end,
                        uint32_t begin)
{
    int stopped = 0;        /* a stop was seen that white space must confirm */
    int opened = 0;         /* the last character opens a quotation */
    int after_space = 0;    /* the last character is white space or an opening */
    int keeps_space = 0;    /* the opening quote is one that French puts a space behind */
    unsigned line_ends = 0; /* with nothing but white space between them */
    unsigned size;
    for (uint32_t i = before_end; i < begin; i += size) {
        const uint32_t code = tti_utf8_decode(text + i, begin - i, &size);
        const enum sentence_sign sentence_sign =
            code < 0x80 ? (enum sentence_sign)ascii_signs[code] : sentence_sign_of(code);
        if (sentence_sign == IGNORED)
            continue;
        if (sentence_sign == SPACE || sentence_sign == LINE) {
            line_ends +=
                sentence_sign == LINE && !(code == '\n' && i > before_end && text[i - 1] == '\r');
            if (stopped || line_ends == 2)
                return 1;
            after_space = 1;
            opened = opened && keeps_space;
            continue;
        }
        line_ends = 0;
        if (sentence_sign == FULL_STOP)
            return 1;
        if (sentence_sign == STOP)
            stopped |=
                code != '.' || i != before_end || !is_abbreviation(text, before_begin, before_end);
        opened = sentence_sign == OPENING_QUOTE || (sentence_sign == QUOTE && after_space);
        keeps_space = code == 0x00AB;
        after_space = opened || sentence_sign == BRACKET;
    }
    return opened;
}
