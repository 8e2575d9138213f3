#include "text/hyphens.h"

#include "text/characters.h"

static int is_hyphen(uint32_t code)
{
    return code == '-' || code == 0xAC || code == 0xAD || code == 0x2010;
}

/* Whether a character beside a part shows that the part is no half of a plain word. */
static int joins_words(uint32_t code)
{
    return is_hyphen(code) || code == 0x2011 || code == '/' || code == '_' || code == '@';
}

/* Whether the character is one of those that a word of letters is made of. */
static int is_of_word(uint64_t entry)
{
    const unsigned class = tti_char_class(entry);
    return class == TTI_CHAR_MARK || class == TTI_CHAR_IGNORE ||
           (class == TTI_CHAR_WORD && !tti_char_number(entry));
}

static int is_letter(uint64_t entry)
{
    return tti_char_class(entry) == TTI_CHAR_WORD && !tti_char_number(entry);
}

/* Whether a word of letters may end beside this character. */
static int is_outside_word(uint32_t code)
{
    const uint64_t entry = tti_characters_get(code);
    return !joins_words(code) && !tti_char_number(entry) &&
           tti_char_class(entry) != TTI_CHAR_SINGLE;
}

/* Finds the letters that end before the hyphen at text[end]. */
static int find_first_part(const uint8_t *text, uint32_t end, uint32_t *begin)
{
    uint32_t at = end, from;
    *begin = end;
    while (at > 0) {
        const uint32_t code = tti_utf8_decode_last(text, at, &from);
        const uint64_t entry = tti_characters_get(code);
        if (!is_of_word(entry))
            return *begin < end && is_outside_word(code);
        if (is_letter(entry))
            *begin = from;
        at = from;
    }
    return *begin < end;
}

/* Finds the letters that begin at text[begin], the first of them a small one. */
static int find_rest(const uint8_t *text, uint32_t size, uint32_t begin, uint32_t *end)
{
    unsigned length;
    *end = begin;
    for (uint32_t i = begin; i < size; i += length) {
        const uint32_t code = tti_utf8_decode(text + i, size - i, &length);
        if (length == 0 || (i == begin && !tti_characters_is_small_letter(code)))
            return 0;
        if (!is_of_word(tti_characters_get(code)))
            return is_outside_word(code);
        if (tti_char_class(tti_characters_get(code)) != TTI_CHAR_IGNORE)
            *end = i + length;
    }
    return *end > begin;
}

int tti_line_cuts_word(const uint8_t *text, uint32_t size, uint32_t line_end, tti_cut_word *out)
{
    uint32_t at = line_end, next = line_end + 1;
    while (at > 0 && (text[at - 1] == ' ' || text[at - 1] == '\t'))
        at--;
    if (at == 0 || !is_hyphen(tti_utf8_decode_last(text, at, &out->end)))
        return 0;
    if (text[line_end] == '\r' && next < size && text[next] == '\n')
        next++;
    while (next < size && (text[next] == ' ' || text[next] == '\t'))
        next++;
    out->rest_begin = next;
    return find_first_part(text, out->end, &out->begin) &&
           find_rest(text, size, next, &out->rest_end);
}
