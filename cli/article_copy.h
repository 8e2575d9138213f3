/* Copies of articles that are printed later: the text, and what the article is called. */
#ifndef CLI_ARTICLE_COPY_H
#define CLI_ARTICLE_COPY_H

#include "twicetold.h"

/** All zero: nothing is kept yet. */
typedef struct article_copy {
    char *text;
    size_t size;
    char *title;  /**< "" if there is none */
    char *source; /**< "" if there is none */
    int64_t published;
} article_copy;

/** Half-open byte range of a text. */
typedef struct extent {
    uint64_t begin, end;
} extent;

/** Keeps a copy of a record. @return 0, or an exit code */
int article_copy_take(article_copy *a, const tt_record *record);

void article_copy_free(article_copy *a);

/** What an article is called: its title or, without one, the first line that is long enough to say
 * something; at most `most` bytes, cut after a word. Owner: the caller, free(). @return NULL: out
 * of memory */
char *article_headline(const tt_record *record, size_t most);

/** At most `most` bytes of a text in one line: blanks become one space, and what is cut ends in an
 * ellipsis after a word. Owner: the caller, free(). @return NULL: out of memory */
char *article_quote(const char *text, size_t size, size_t most);

/** Whether a text of `size` bytes has the extent, which must not cut a character. */
int text_has_extent(const char *text, uint64_t size, extent e);

#endif
