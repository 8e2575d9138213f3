/* Whether an article has some words. */
#ifndef CLI_SERVE_SEARCH_H
#define CLI_SERVE_SEARCH_H

#include "buffer.h"

enum { MOST_WORDS = 16 };

/** Words as tt_write_words() writes them; what is between two blanks may be several ("re-opened"),
 * which are to follow each other. */
typedef struct search {
    buffer words[MOST_WORDS];
    size_t count;
    buffer scratch;
} search;

/** `text` has blanks between words; NULL: none. @return 0, or -1: out of memory, no word, too many,
 * or no UTF-8 */
int search_open(search *s, const char *text);
/** Whether each of the words is in the title, the text, the id or the source. */
int search_matches(search *s, const tt_index_article *article);
void search_free(search *s);

#endif
