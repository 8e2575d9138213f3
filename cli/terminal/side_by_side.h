/* Two texts side by side: what they share, with the words that differ, and what only one has. */
#ifndef CLI_TERMINAL_SIDE_BY_SIDE_H
#define CLI_TERMINAL_SIDE_BY_SIDE_H

#include "article_copy.h"
#include "terminal/terminal.h"

/** Prints the ids, titles, sources and times above the columns. */
void side_by_side_headings(const terminal *t, tt_id left_id, const article_copy *left,
                           tt_id right_id, const article_copy *right);

/** Prints a passage of each text with a few words around it. The texts must have the extents.
 * @return 0, or an exit code */
int side_by_side_passages(const terminal *t, const article_copy *left, extent left_part,
                          const article_copy *right, extent right_part);

/** Prints both texts from beginning to end, with the passages that they share beside each other.
 * `all`: what only one text has is never cut short. @return 0, or an exit code */
int side_by_side_articles(const terminal *t, const article_copy *left, const article_copy *right,
                          int all);

#endif
