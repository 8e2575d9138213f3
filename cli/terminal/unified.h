/* Two articles as a unified diff, for git's friends: delta, an editor, a code review. */
#ifndef CLI_TERMINAL_UNIFIED_H
#define CLI_TERMINAL_UNIFIED_H

#include "article_copy.h"
#include "terminal/terminal.h"

/** Prints the whole of both, a paragraph a line, with what only one of them has. @return 0, or an
 * exit code */
int unified_print(const terminal *t, tt_id left_id, const article_copy *left, tt_id right_id,
                  const article_copy *right);

#endif
