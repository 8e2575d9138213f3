#include "terminal/character.h"

#include <stdio.h>
#include <string.h>
#include <utf8proc.h>

/* Invisible characters that reorder, hide or join others. A soft hyphen, the joiners that some
 * scripts need, and variation selectors are allowed. */
static int is_deceptive(utf8proc_int32_t c, utf8proc_category_t category)
{
    if (category == UTF8PROC_CATEGORY_ZL || category == UTF8PROC_CATEGORY_ZP)
        return 1;
    return category == UTF8PROC_CATEGORY_CF && c != 0xAD && c != 0x200C && c != 0x200D;
}

static void set_escaped(character *g, const char *format, unsigned value)
{
    g->size = (size_t)snprintf(g->bytes, sizeof g->bytes, format, value);
    g->width = (int)g->size;
}

static void set_blank(character *g, int line_end)
{
    g->bytes[0] = ' ';
    g->size = 1;
    g->width = 1;
    g->blank = 1;
    g->line_end = line_end;
}

void character_next(const char *text, size_t left, character *g)
{
    const unsigned char first = (unsigned char)text[0];
    utf8proc_int32_t c = 0;
    utf8proc_ssize_t taken;
    utf8proc_category_t category;
    memset(g, 0, sizeof *g);
    taken =
        utf8proc_iterate((const utf8proc_uint8_t *)text, left > 4 ? 4 : (utf8proc_ssize_t)left, &c);
    g->taken = taken > 0 ? (size_t)taken : 1;
    if (first == ' ' || first == '\t' || first == '\n' || first == '\r') {
        set_blank(g, first == '\n');
        return;
    }
    category = taken > 0 ? utf8proc_category(c) : UTF8PROC_CATEGORY_CN;
    if (taken <= 0 || c < 0x20 || c == 0x7f) {
        set_escaped(g, "\\x%02x", first);
    } else if (c >= 0x80 && c < 0xa0) {
        set_escaped(g, "\\u{%04x}", (unsigned)c);
    } else if (is_deceptive(c, category)) {
        set_escaped(g, "\\u{%04x}", (unsigned)c);
    } else {
        memcpy(g->bytes, text, g->taken);
        g->size = g->taken;
        g->width = utf8proc_charwidth(c);
        g->blank = category == UTF8PROC_CATEGORY_ZS; /* texts of PDF have no other blanks */
    }
}

int character_width_of_text(const char *text, size_t size)
{
    int width = 0;
    character g;
    for (size_t at = 0; at < size; at += g.taken) {
        character_next(text + at, size - at, &g);
        width += g.width;
    }
    return width;
}

int character_fit_text(const char *text, size_t text_size, int columns, char *to, size_t size)
{
    static const char ellipsis[] = "...";
    const int cut = character_width_of_text(text, text_size) > columns;
    const int room = cut ? columns - 3 : columns;
    size_t used = 0;
    int width = 0, after_blank = 1;
    character g;
    for (size_t at = 0; at < text_size; at += g.taken) {
        character_next(text + at, text_size - at, &g);
        if (g.blank && after_blank)
            continue;
        after_blank = g.blank;
        if (width + g.width > room || used + g.size + sizeof ellipsis > size)
            break;
        memcpy(to + used, g.bytes, g.size);
        used += g.size;
        width += g.width;
    }
    if (cut && columns >= 3 && used + sizeof ellipsis <= size) {
        while (used > 0 && to[used - 1] == ' ') {
            used--;
            width--;
        }
        memcpy(to + used, ellipsis, 3);
        used += 3;
        width += 3;
    }
    to[used] = '\0';
    return width;
}
