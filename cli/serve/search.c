#define _GNU_SOURCE
#include "serve/search.h"

#include <string.h>

int search_open(search *s, const char *text)
{
    memset(s, 0, sizeof *s);
    if (text == NULL)
        return 0;
    while (*(text += strspn(text, " \t\n")) != '\0') {
        const size_t size = strcspn(text, " \t\n");
        buffer *word = &s->words[s->count];
        if (s->count == MOST_WORDS || tt_write_words(buffer_write, word, text, size) != TT_OK ||
            word->failed)
            return -1;
        s->count += word->size > 0; /* a dash alone is no word */
        text += size;
    }
    return s->count > 0 ? 0 : -1;
}

void search_free(search *s)
{
    for (size_t i = 0; i < MOST_WORDS; i++)
        buffer_free(&s->words[i]);
    buffer_free(&s->scratch);
    s->count = 0;
}

/* A word of a query is in one of them, and not across two. */
static void append_words(search *s, const char *text, size_t size)
{
    if (text == NULL || tt_write_words(buffer_write, &s->scratch, text, size) != TT_OK)
        return;
    (void)buffer_write(&s->scratch, "\n", 1);
}

int search_matches(search *s, const tt_index_article *a)
{
    if (s->count == 0)
        return 1;
    s->scratch.size = 0;
    append_words(s, a->title, a->title_size);
    append_words(s, a->id.bytes, a->id.size);
    append_words(s, a->source, a->source_size);
    append_words(s, a->text, a->text == NULL ? 0 : a->text_size);
    for (size_t i = 0; i < s->count; i++)
        if (s->scratch.bytes == NULL ||
            memmem(s->scratch.bytes, s->scratch.size, s->words[i].bytes, s->words[i].size) == NULL)
            return 0;
    return 1;
}
