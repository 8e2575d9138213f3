/* Ctrl-C and similar signals end the process at once, and no temporary file is left behind. */
#ifndef CLI_SIGNALS_H
#define CLI_SIGNALS_H

/** Installs the handler, except for signals that the parent set to be ignored. */
void signals_install(void);

/** Signals are blocked between these two, while a file is created and remembered. */
void signals_hold(void);
void signals_release(void);

/** Remembers a file to remove if a signal ends the process. @return a number for signals_forget(),
 * or -1 */
int signals_remember(const char *path);

/** Forgets a file that was renamed or removed. -1 is allowed. */
void signals_forget(int number);

#endif
