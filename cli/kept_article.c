#include "kept_article.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_PARTS = 9 };

typedef struct part {
    const char **bytes;
    size_t size;
} part;

/* All that an article points to. */
static void list_parts(tt_article *a, part parts[MOST_PARTS])
{
    const part all[MOST_PARTS] = {{&a->id, a->id_size},
                                  {&a->text, a->text_size},
                                  {&a->source, a->source_size},
                                  {&a->version, a->version_size},
                                  {&a->title, a->title_size},
                                  {&a->language, a->language_size},
                                  {&a->pubstatus, a->pubstatus_size},
                                  {&a->replacing.bytes, a->replacing.size},
                                  {&a->replaced_by.bytes, a->replaced_by.size}};
    memcpy(parts, all, sizeof all);
}

size_t article_bytes(const tt_article *article)
{
    tt_article a = *article;
    part parts[MOST_PARTS];
    size_t size = 0;
    list_parts(&a, parts);
    for (int i = 0; i < MOST_PARTS; i++)
        size += parts[i].size;
    return size;
}

char *article_keep(tt_article *article)
{
    char *block = malloc(article_bytes(article) + 1), *at = block;
    part parts[MOST_PARTS];
    list_parts(article, parts);
    for (int i = 0; i < MOST_PARTS && block != NULL; i++) {
        if (parts[i].size > 0)
            memcpy(at, *parts[i].bytes, parts[i].size);
        *parts[i].bytes = at;
        at += parts[i].size;
    }
    return block;
}
