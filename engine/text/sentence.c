/*
 * A sentence starts after . ! ? : ; followed by white space (closing quotes and brackets may stand
 * between), after the full stops of scripts that put no space there, after a blank line, and after
 * an opening quote. A period does not count where it belongs to an initial or a title.
 */
#include "text/sentence.h"

#include <stddef.h>

#include "text/chars.h"
#include "text/words.h"

enum mark_kind { PLAIN, ENDS_BEFORE_SPACE, ENDS, OPENS, OPENS_AFTER_SPACE };

static enum mark_kind kind_of(uint32_t code)
{
    switch (code) {
    case '.':
    case '!':
    case '?':
    case ':':
    case ';':
    case 0x2026: /* ... */
    case 0x203C: /* !! */
    case 0x2047:
    case 0x2048:
    case 0x2049: return ENDS_BEFORE_SPACE;
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
    case 0xFF61: return ENDS;
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
    case 0xFF62: return OPENS;
    case '"':
    case '\'':
    case '`':
    case 0x00BB: /* German uses them the other way round */
    case 0x201D:
    case 0x203A: return OPENS_AFTER_SPACE;
    default: return PLAIN;
    }
}

static int opens_bracket(uint32_t code)
{
    return code == '(' || code == '[' || code == '{';
}

int tti_sentence_opens(const uint8_t *text, uint32_t before_begin, uint32_t before_end,
                       uint32_t begin)
{
    int ended = 0;       /* an end was seen that white space must confirm */
    int opened = 0;      /* the last character opens a quote */
    int after_space = 0; /* the last character is white space or opens */
    int line_ends = 0;   /* with nothing but white space after the first */
    unsigned size;
    for (uint32_t i = before_end; i < begin; i += size) {
        const uint32_t code = tti_utf8_get(text + i, begin - i, &size);
        const unsigned class = tti_char_class(tti_chars_get(code));
        const enum mark_kind kind = kind_of(code);
        if (class == TTI_CHAR_IGNORE)
            continue;
        if (class == TTI_CHAR_SPACE || class == TTI_CHAR_LINE) {
            const int crlf = code == '\n' && i > before_end && text[i - 1] == '\r';
            line_ends += class == TTI_CHAR_LINE && !crlf;
            if (ended || line_ends == 2)
                return 1;
            after_space = 1;
            /* French sets a space inside its guillemets. */
            opened = opened && text[i - 1] != '"' && text[i - 1] != '\'';
            continue;
        }
        line_ends = 0;
        opened = kind == OPENS || (kind == OPENS_AFTER_SPACE && after_space);
        after_space = opened || opens_bracket(code);
        if (kind == ENDS)
            return 1;
        if (kind == ENDS_BEFORE_SPACE)
            ended |= code != '.' || i != before_end ||
                     !tti_words_abbreviation(text, before_begin, before_end);
    }
    return opened;
}
