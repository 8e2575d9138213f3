/*
 * Paragraphs. Where a text has blank lines they part its paragraphs. Where it has none, a line is a
 * paragraph, unless the lines were broken to fit a column: then hardly any line has room for the
 * first word of the next one, which tells wrapped text from a list of short lines whatever the
 * column. A wrapped paragraph ends where the next line is indented, and at a sentence's end with
 * room to spare.
 */
#include "text/paragraph.h"

#include <string.h>

#include "common/alloc.h"
#include "common/fail.h"
#include "text/chars.h"

enum { MIN_COLUMN = 24, MAX_COLUMN = 120, MIN_LINES = 4 };

/* A line as laid out, in characters. */
typedef struct layout {
    uint32_t indent, width, first_word;
    int ends_sentence;
} layout;

/* Sentence ends, and quotes and brackets that may follow them: for the end of a line. */
static int ends_sentence(const uint8_t *text, uint32_t begin, uint32_t end)
{
    while (end > begin) {
        unsigned size;
        uint32_t at = end - 1;
        while (at > begin && (text[at] & 0xC0) == 0x80)
            at--;
        switch (tti_utf8_get(text + at, end - at, &size)) {
        case '.':
        case '!':
        case '?':
        case ':':
        case 0x2026:
        case 0x3002:
        case 0x061F:
        case 0x06D4:
        case 0x0964:
        case 0xFF01:
        case 0xFF1F: return 1;
        case '"':
        case '\'':
        case ')':
        case ']':
        case 0x00BB:
        case 0x2019:
        case 0x201C:
        case 0x201D:
        case 0x300D: break;
        default: return 0;
        }
        end = at;
    }
    return 0;
}

/* Characters of text[begin, end): bytes that do not continue one. */
static uint32_t count_characters(const uint8_t *text, uint32_t begin, uint32_t end)
{
    uint32_t i = begin, continuing = 0;
    for (; i + 8 <= end; i += 8) {
        uint64_t x;
        memcpy(&x, text + i, sizeof x);
        x = x >> 7 & ~(x >> 6) & UINT64_C(0x0101010101010101);
        continuing += (uint32_t)(x * UINT64_C(0x0101010101010101) >> 56);
    }
    for (; i < end; i++)
        continuing += (text[i] & 0xC0) == 0x80;
    return end - begin - continuing;
}

static int is_blank(uint8_t byte) { return byte == ' ' || byte == '\t'; }

static layout measure(const uint8_t *text, const tti_line *line)
{
    layout l = {0, 0, 0, 0};
    uint32_t begin = line->begin, end = line->end, i;
    unsigned size;
    for (; begin < end; begin += size) {
        const uint32_t code = tti_utf8_get(text + begin, end - begin, &size);
        if (tti_char_class(tti_chars_get(code)) != TTI_CHAR_SPACE)
            break;
        l.indent += code == '\t' ? 8 - l.indent % 8 : 1;
    }
    while (end > begin && is_blank(text[end - 1]))
        end--;
    if (end - begin > 4 * MAX_COLUMN) {
        l.width = MAX_COLUMN + 1;
        return l;
    }
    l.width = l.indent + count_characters(text, begin, end);
    /* Scripts without spaces break after any character. */
    for (i = begin; i < end && !is_blank(text[i]) && (i == begin || text[i] < 0xE3); i++)
        l.first_word += (text[i] & 0xC0) != 0x80;
    l.ends_sentence = ends_sentence(text, begin, end);
    return l;
}

/* Whether the next line's first word could have stood on this line. */
static int has_room(const layout *line, const layout *next, uint32_t column)
{
    return line->width + 1 + next->first_word <= column;
}

/* How the lines of a text without blank ones are laid out. */
typedef struct style {
    uint32_t column; /* 0: the lines are not wrapped */
    uint32_t indent; /* the least */
    int first_lines; /* indents mark first lines of paragraphs */
} style;

static style style_of(const uint8_t *text, const tti_line *lines, size_t count)
{
    style s = {0, UINT32_MAX, 0};
    uint32_t column = 0;
    size_t full = 0, indented = 0;
    layout line = {0, 0, 0, 0};
    for (size_t i = 0; i < count; i++) {
        line = measure(text, &lines[i]);
        column = line.width > column ? line.width : column;
        s.indent = line.indent < s.indent ? line.indent : s.indent;
        if (column > MAX_COLUMN)
            return s;
    }
    if (count < MIN_LINES || column < MIN_COLUMN)
        return s;
    line = measure(text, &lines[0]);
    for (size_t i = 0; i + 1 < count; i++) {
        const layout next = measure(text, &lines[i + 1]);
        full += !has_room(&line, &next, column);
        indented += next.indent >= s.indent + 2;
        line = next;
    }
    s.first_lines = indented * 2 < count;
    if (full * 5 >= (count - 1) * 3)
        s.column = column;
    return s;
}

/* Whether a wrapped paragraph ends between two lines. */
static int ends_wrapped(const style *s, const layout *line, const layout *next, uint32_t gap)
{
    if (gap != 0)
        return 1;
    if (next->indent >= s->indent + 2 && (s->first_lines || next->indent > line->indent + 1))
        return 1;
    return line->ends_sentence && has_room(line, next, s->column);
}

static tt_status add(tti_tokens *tokens, uint32_t *count, uint32_t end, tt_error *error)
{
    const size_t at = tokens->paragraph_count + *count;
    tti_paragraph *p;
    if (tti_reserve(tokens->allocator, &tokens->paragraphs, &tokens->paragraph_capacity, at + 1,
                    sizeof *tokens->paragraphs) != 0)
        return tti_fail_memory(error, "paragraphs");
    p = &tokens->paragraphs[at];
    p->begin = *count == 0 ? 0 : p[-1].end;
    p->end = end;
    ++*count;
    return TT_OK;
}

static tt_status cut_wrapped(tti_tokens *tokens, const uint8_t *text, size_t line_count,
                             const style *s, uint32_t *count, tt_error *error)
{
    const tti_line *lines = tokens->lines;
    layout line = measure(text, &lines[0]);
    for (size_t i = 0; i + 1 < line_count; i++) {
        const layout next = measure(text, &lines[i + 1]);
        if (ends_wrapped(s, &line, &next, lines[i].gap))
            TTI_TRY(add(tokens, count, lines[i].tokens, error));
        line = next;
    }
    return add(tokens, count, lines[line_count - 1].tokens, error);
}

/* Cuts after lines whose gap has one of `gaps`, or after every line. */
static tt_status cut_lines(tti_tokens *tokens, size_t line_count, uint32_t gaps, int every,
                           uint32_t *count, tt_error *error)
{
    for (size_t i = 0; i < line_count; i++)
        if (every || i + 1 == line_count || (tokens->lines[i].gap & gaps) != 0)
            TTI_TRY(add(tokens, count, tokens->lines[i].tokens, error));
    return TT_OK;
}

static int has_blank(const tti_line *lines, size_t count)
{
    for (size_t i = 0; i + 1 < count; i++)
        if ((lines[i].gap & TTI_GAP_BLANK) != 0)
            return 1;
    return 0;
}

tt_status tti_paragraphs_cut(tti_tokens *tokens, const uint8_t *text, size_t line_count,
                             tt_paragraphs mode, uint32_t *count, tt_error *error)
{
    *count = 0;
    if (mode == TT_PARAGRAPHS_BLANK ||
        (mode == TT_PARAGRAPHS_AUTO && has_blank(tokens->lines, line_count)))
        return cut_lines(tokens, line_count, TTI_GAP_BLANK | TTI_GAP_MARK, 0, count, error);
    if (mode == TT_PARAGRAPHS_AUTO) {
        const style s = style_of(text, tokens->lines, line_count);
        if (s.column != 0)
            return cut_wrapped(tokens, text, line_count, &s, count, error);
    }
    return cut_lines(tokens, line_count, 0, mode != TT_PARAGRAPHS_NONE, count, error);
}
