/* Long output goes through the reader's pager, as in git. */
#ifndef CLI_TERMINAL_PAGER_H
#define CLI_TERMINAL_PAGER_H

/** If standard output is a terminal, starts $PAGER (less if it is not set; cat and nothing mean
 * none) and sends standard output to it. */
void pager_begin(void);

/** Waits until the reader has left the pager. */
void pager_end(void);

#endif
