/*
 * Paragraphs. Blank lines separate the paragraphs of a text that has any. In one that has none,
 * each line is a paragraph, unless the lines were wrapped to fit a column. Two signs show that:
 * lines begin with small letters, or, in scripts without them, hardly any line has room for the
 * first word of the next one. A wrapped paragraph ends before an indented line, after a sentence
 * that ends with room to spare, and after a short line before a capital, which is a heading.
 */
#include "text/paragraphs.h"

#include <assert.h>
#include <string.h>

#include "text/characters.h"
#include "util/alloc.h"
#include "util/error.h"

enum {
    MIN_COLUMN = 16,
    MAX_COLUMN = 120, /* no line is longer in a wrapped text */
    MIN_LINES = 4     /* for their widths to mean anything */
};

/* tti_line.start */
enum { START_OTHER, START_SMALL, START_CAPITAL };

static int is_space_or_tab(uint8_t byte)
{
    return byte == ' ' || byte == '\t';
}

/* Whether a sentence ends with the line, counting quotes and brackets behind its stop. */
static int ends_sentence(const uint8_t *text, uint32_t begin, uint32_t end)
{
    while (end > begin && is_space_or_tab(text[end - 1]))
        end--;
    while (end > begin) {
        switch (tti_utf8_decode_last(text, end, &end)) {
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
    }
    return 0;
}

/* Characters of text[begin, end), at most 4 * MAX_COLUMN bytes: those that do not continue one. */
static uint32_t count_characters(const uint8_t *text, uint32_t begin, uint32_t end)
{
    const uint64_t each = UINT64_C(0x0101010101010101), pairs = UINT64_C(0x00FF00FF00FF00FF);
    uint64_t sums = 0; /* eight of them, below 256 for so few bytes */
    uint32_t i = begin, continuing = 0;
    for (; i + 8 <= end; i += 8) {
        uint64_t x;
        memcpy(&x, text + i, sizeof x);
        sums += x >> 7 & ~(x >> 6) & each;
    }
    for (; i < end; i++)
        continuing += (uint32_t)tti_utf8_continues((char)text[i]);
    sums = (sums & pairs) + (sums >> 8 & pairs);
    continuing += (uint32_t)(sums * UINT64_C(0x0001000100010001) >> 48);
    return end - begin - continuing;
}

static uint8_t line_start_of(uint32_t code)
{
    uint64_t entry;
    if (code < 0x80) {
        const int is_capital = code >= 'A' && code <= 'Z';
        return is_capital ? START_CAPITAL : code >= 'a' && code <= 'z' ? START_SMALL : START_OTHER;
    }
    entry = tti_characters_get(code);
    if (tti_char_upper(entry) || tti_char_title(entry))
        return START_CAPITAL;
    return tti_characters_is_small_letter(code) ? START_SMALL : START_OTHER;
}

/* Fills in the layout of a line. */
static void measure_line(const uint8_t *text, tti_line *line)
{
    uint32_t begin = line->begin, end = line->end, indent = 0;
    unsigned size;
    line->start = START_OTHER;
    line->width = MAX_COLUMN + 1;
    for (; begin < end && indent < MAX_COLUMN; begin += size) {
        const uint32_t code = tti_utf8_decode(text + begin, end - begin, &size);
        if (code != ' ' && tti_char_class(tti_characters_get(code)) != TTI_CHAR_SPACE) {
            line->start = line_start_of(code);
            break;
        }
        indent += code == '\t' ? 8 - indent % 8 : 1;
    }
    while (end > begin && is_space_or_tab(text[end - 1]))
        end--;
    line->indent = (uint16_t)indent;
    if (end - begin <= 4 * MAX_COLUMN)
        line->width = (uint16_t)(indent + count_characters(text, begin, end));
}

/* Width of a line with the first word of the next one behind it, or `limit` + 1 if that is less. */
static uint32_t joined_width(const uint8_t *text, const tti_line *line, uint32_t limit)
{
    const tti_line *next = line + 1;
    uint32_t i = next->begin, width = line->width + 1u;
    int more = 1;
    while (i < next->end && is_space_or_tab(text[i]))
        i++;
    /* Scripts without spaces break after any character. */
    for (; more && width <= limit && i < next->end && !is_space_or_tab(text[i]); i++) {
        width += !tti_utf8_continues((char)text[i]);
        more = text[i] < 0xE3;
    }
    return width;
}

/* How the lines of a text without blank ones are laid out. */
typedef struct line_layout {
    uint32_t column; /* 0: the lines are not wrapped */
    uint32_t indent; /* the least */
    int first_lines; /* indents mark first lines of paragraphs */
} line_layout;

/* Measures the lines. The column is a width that one line in five reaches: text with a stray line
 * is still as wide as its other lines. 0: a line is too long. */
static uint32_t column_width(const uint8_t *text, tti_line *lines, size_t count)
{
    uint32_t widths[MAX_COLUMN + 1] = {0};
    size_t reached = 0;
    uint32_t column = MAX_COLUMN + 1;
    for (size_t i = 0; i < count; i++) {
        measure_line(text, &lines[i]);
        if (lines[i].width > MAX_COLUMN)
            return 0;
        widths[lines[i].width]++;
    }
    while (reached * 5 < count)
        reached += widths[--column];
    return column;
}

/* Whether the lines are as full as their words let them be. */
static int lines_are_full(const uint8_t *text, const tti_line *lines, size_t count, uint32_t column)
{
    size_t full = 0;
    for (size_t i = 0; i + 1 < count; i++)
        full += joined_width(text, &lines[i], column) > column;
    return count >= MIN_LINES && full * 5 >= (count - 1) * 3;
}

static line_layout detect_layout(const uint8_t *text, tti_line *lines, size_t count)
{
    line_layout s = {0, UINT32_MAX, 0};
    const uint32_t column = column_width(text, lines, count);
    size_t indented = 0, small = 0, capital = 0;
    if (column < MIN_COLUMN)
        return s;
    for (size_t i = 0; i < count; i++)
        s.indent = lines[i].indent < s.indent ? lines[i].indent : s.indent;
    for (size_t i = 1; i < count; i++) {
        const size_t is_indented = lines[i].indent >= s.indent + 2u;
        indented += is_indented;
        small += lines[i].start == START_SMALL;
        capital += (lines[i].start == START_CAPITAL) & (is_indented == 0);
    }
    s.first_lines = indented * 2 < count;
    if (small + capital > 0 ? small * 4 >= small + capital
                            : lines_are_full(text, lines, count, column))
        s.column = column;
    return s;
}

/* Whether a wrapped paragraph ends between a line and the next one. */
static int ends_wrapped_paragraph(const uint8_t *text, const line_layout *s, const tti_line *line)
{
    const tti_line *next = line + 1;
    if (line->gap != 0)
        return 1;
    if (next->start == START_SMALL)
        return 0;
    if (next->indent >= s->indent + 2u && (s->first_lines || next->indent > line->indent + 1))
        return 1;
    if (next->start == START_CAPITAL && line->width * 5u < s->column * 3u)
        return 1;
    return joined_width(text, line, s->column) <= s->column &&
           ends_sentence(text, line->begin, line->end);
}

/* There is room for it. */
static void append_paragraph(tti_tokens *tokens, uint32_t *count, uint32_t end)
{
    tti_paragraph *p = &tokens->paragraphs[tokens->paragraph_count + *count];
    p->begin = *count == 0 ? 0 : p[-1].end;
    p->end = end;
    assert(p->begin < p->end);
    ++*count;
}

static int has_blank_line(const tti_line *lines, size_t count)
{
    for (size_t i = 0; i + 1 < count; i++)
        if ((lines[i].gap & TTI_GAP_BLANK) != 0)
            return 1;
    return 0;
}

tt_status tti_paragraphs_split(tti_tokens *tokens, const uint8_t *text, tt_paragraphs mode,
                               uint32_t *count, tt_error *error)
{
    tti_line *lines = tokens->lines.items;
    const size_t line_count = tokens->lines.count;
    const int by_blank_lines = mode == TT_PARAGRAPHS_BLANK ||
                               (mode == TT_PARAGRAPHS_AUTO && has_blank_line(lines, line_count));
    line_layout layout = {0, 0, 0};
    assert(line_count > 0);
    *count = 0;
    TTI_TRY_ALLOC(tti_reserve(tokens->allocator, &tokens->paragraphs, &tokens->paragraph_capacity,
                              tokens->paragraph_count + line_count, sizeof *tokens->paragraphs),
                  error, "paragraphs");
    if (mode == TT_PARAGRAPHS_AUTO && !by_blank_lines && line_count > 1)
        layout = detect_layout(text, lines, line_count);
    for (size_t i = 0; i + 1 < line_count; i++) {
        int ends;
        if (by_blank_lines)
            ends = (lines[i].gap & (TTI_GAP_BLANK | TTI_GAP_MARK)) != 0;
        else if (layout.column != 0)
            ends = ends_wrapped_paragraph(text, &layout, &lines[i]);
        else
            ends = mode != TT_PARAGRAPHS_NONE;
        if (ends)
            append_paragraph(tokens, count, lines[i].tokens);
    }
    append_paragraph(tokens, count, lines[line_count - 1].tokens);
    return TT_OK;
}
