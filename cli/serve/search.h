/* Whether an article has some words. */
#ifndef CLI_SERVE_SEARCH_H
#define CLI_SERVE_SEARCH_H

#include "twicetold.h"

enum { MOST_WORDS = 16 };

/** Words without regard to capitals. */
typedef struct search {
    char *words[MOST_WORDS];
    size_t count;
    int is_ascii; /**< all of them */
} search;

/** `text` has blanks between words; NULL: none. @return 0, or -1: out of memory, or too many */
int search_open(search *s, const char *text);
/** Whether each of the words is in the title, the text, the id or the source. */
int search_matches(const search *s, const tt_index_article *article);
void search_free(search *s);

#endif
