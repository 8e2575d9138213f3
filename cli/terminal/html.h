/* What is printed for a terminal, as a page of HTML: its styles become those of the page. */
#ifndef CLI_TERMINAL_HTML_H
#define CLI_TERMINAL_HTML_H

#include "terminal/terminal.h"

/** From here on standard output is kept for html_end(), and has styles and HTML_COLUMNS columns.
 * @return 0, or an exit code */
int html_begin(terminal *t);

enum { HTML_COLUMNS = 132 };

/** Prints the page of what was kept. Nothing, if html_begin() was not called. @return 0, or an exit
 * code */
int html_end(const char *title);

#endif
