#define _GNU_SOURCE
#include "serve/search.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <utf8proc.h>

/* Without capitals, as words are compared. Owner: the caller, free(). @return NULL: out of memory,
 * or no UTF-8 */
static char *fold(const char *text, size_t size)
{
    utf8proc_uint8_t *folded = NULL;
    const utf8proc_ssize_t length =
        utf8proc_map((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)size, &folded,
                     (utf8proc_option_t)(UTF8PROC_CASEFOLD | UTF8PROC_COMPOSE | UTF8PROC_COMPAT));
    return length < 0 ? NULL : (char *)folded;
}

int search_open(search *s, const char *text)
{
    memset(s, 0, sizeof *s);
    s->is_ascii = 1;
    while (text != NULL && *(text += strspn(text, " \t\n")) != '\0') {
        const size_t size = strcspn(text, " \t\n");
        if (s->count == MOST_WORDS || (s->words[s->count] = fold(text, size)) == NULL)
            return -1;
        for (const char *c = s->words[s->count]; *c != '\0'; c++)
            s->is_ascii &= (unsigned char)*c < 0x80;
        s->count++;
        text += size;
    }
    return 0;
}

void search_free(search *s)
{
    for (size_t i = 0; i < s->count; i++)
        free(s->words[i]);
    s->count = 0;
}

/* A word of ASCII, in small letters, in text of any kind. */
static int has_ascii(const char *text, size_t size, const char *word)
{
    const size_t length = strlen(word);
    const char both[] = {word[0], (char)(word[0] >= 'a' && word[0] <= 'z' ? word[0] - 32 : word[0]),
                         '\0'};
    for (size_t at = 0; at + length <= size; at++)
        if ((text[at] == both[0] || text[at] == both[1]) &&
            strncasecmp(text + at, word, length) == 0)
            return 1;
    return 0;
}

static int has_folded(const char *text, size_t size, const char *word)
{
    char *folded = fold(text, size);
    const int found = folded != NULL && strstr(folded, word) != NULL;
    free(folded);
    return found;
}

static int has_word(const search *s, const char *text, size_t size, const char *word)
{
    if (text == NULL || size == 0)
        return 0;
    return s->is_ascii ? has_ascii(text, size, word) : has_folded(text, size, word);
}

int search_matches(const search *s, const tt_index_article *a)
{
    for (size_t i = 0; i < s->count; i++)
        if (!has_word(s, a->title, a->title_size, s->words[i]) &&
            !has_word(s, a->text, a->text == NULL ? 0 : a->text_size, s->words[i]) &&
            !has_word(s, a->id.bytes, a->id.size, s->words[i]) &&
            !has_word(s, a->source, a->source_size, s->words[i]))
            return 0;
    return 1;
}
