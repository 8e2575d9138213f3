/* Two texts face to face: what they share, with the words in which it differs, and what they do
 * not. */
#ifndef CLI_TERMINAL_SIDE_BY_SIDE_H
#define CLI_TERMINAL_SIDE_BY_SIDE_H

#include "terminal/terminal.h"
#include "twicetold.h"

/** A text and who it is; owned by whoever made it. */
typedef struct article_copy {
    char *text;
    size_t size;
    char *title;  /**< or NULL; its first line */
    char *source; /**< or NULL */
    int64_t published;
} article_copy;

typedef struct extent {
    uint64_t begin, end;
} extent;

/** Names, titles, sources and times above the columns. The names are ids. */
void side_by_side_headings(const terminal *s, const tt_id *left_id, const article_copy *left,
                           const tt_id *right_id, const article_copy *right);

/** Keeps a copy of a record's text, title, source and time. @return 0, or an exit code */
int article_copy_take(article_copy *f, const tt_record *record);

/** Frees what article_copy_take() kept. */
void article_copy_free(article_copy *f);

/** A passage of each, with a few words of what is around it. @return 0, or an exit code */
int side_by_side_passages(const terminal *s, const article_copy *left, extent left_part,
                          const article_copy *right, extent right_part);

/** The whole of both, aligned by the passages that they share. `all`: nothing is cut short.
 * @return 0, or an exit code */
int side_by_side_articles(const terminal *s, const article_copy *left, const article_copy *right,
                          int all);

#endif
