#include "input/json_item.h"

#include "util/error.h"

#include <stdio.h>
#include <string.h>

static tt_status append_string(tti_char_array *b, const tt_allocator *a, const char *text,
                               size_t size)
{
    TTI_TRY(tti_array_append(b, a, "\"", 1));
    for (size_t at = 0; at < size;) {
        size_t end = at;
        while (end < size && text[end] != '"' && text[end] != '\\' &&
               (unsigned char)text[end] >= 0x20)
            end++;
        TTI_TRY(tti_array_append(b, a, text + at, end - at));
        if (end < size && text[end] == '\n') {
            TTI_TRY(tti_array_append(b, a, "\\n", 2));
        } else if (end < size) {
            char escape[8];
            const unsigned c = (unsigned char)text[end];
            (void)snprintf(escape, sizeof escape, c < 0x20 ? "\\u%04x" : "\\%c", c);
            TTI_TRY(tti_array_append(b, a, escape, strlen(escape)));
        }
        at = end + 1;
    }
    return tti_array_append(b, a, "\"", 1);
}

static tt_status append_key(tti_char_array *b, const tt_allocator *a, const char *name, size_t size)
{
    TTI_TRY(tti_array_append(b, a, b->count == 0 ? "{" : ",", 1));
    TTI_TRY(append_string(b, a, name, size));
    return tti_array_append(b, a, ":", 1);
}

tt_status tti_json_item_member(tti_char_array *b, const tt_allocator *a, const char *name,
                               size_t name_size, const char *value, size_t value_size)
{
    TTI_TRY(append_key(b, a, name, name_size));
    return append_string(b, a, value, value_size);
}

tt_status tti_json_item_null(tti_char_array *b, const tt_allocator *a, const char *name,
                             size_t name_size)
{
    TTI_TRY(append_key(b, a, name, name_size));
    return tti_array_append(b, a, "null", 4);
}

tt_status tti_json_item_end(tti_char_array *b, const tt_allocator *a)
{
    if (b->count == 0)
        TTI_TRY(tti_array_append(b, a, "{", 1));
    return tti_array_append(b, a, "}", 1);
}
