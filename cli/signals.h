/* Ctrl-C and similar signals end the process at once, and no temporary file is left behind. */
#ifndef CLI_SIGNALS_H
#define CLI_SIGNALS_H

/** Installs the handler, except for signals that the parent set to be ignored. */
void signals_install(void);

/** Signals are blocked between these two, while a file is created and remembered. */
void signals_hold(void);
void signals_release(void);

/** From now on SIGUSR1 asks for figures and, with `reopens`, SIGHUP for outputs to be opened again:
 * neither ends the process. */
void signals_take_requests(int reopens);
/** Whether it was asked since the last call. */
int signals_take_status_request(void);
int signals_take_reopen_request(void);

/** Remembers a file to remove if a signal ends the process. @return a number for signals_forget(),
 * or -1 */
int signals_remember(const char *path);

/** Forgets a file that was renamed or removed. -1 is allowed. */
void signals_forget(int number);

#endif
