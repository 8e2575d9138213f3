/* Ctrl-C and its like end the run at once and leave no temporary file behind. */
#ifndef CLI_SIGNALS_H
#define CLI_SIGNALS_H

/** Takes the signals over, but for those the parent has set to be ignored. */
void signals_install(void);

/** Between these two no signal comes: for making a file and telling of it. */
void signals_hold(void);
void signals_release(void);

/** A file that is removed if a signal ends the run. @return a number to forget it by, or -1 */
int signals_remember(const char *path);

/** The file stands under its own name, or is gone. -1 is allowed. */
void signals_forget(int number);

#endif
