/* A directory whose files are taken in as they are moved into it. */
#ifndef CLI_WATCHED_DIRECTORY_H
#define CLI_WATCHED_DIRECTORY_H

enum { WATCHED_REFUSED = -1 };

/** Takes in a file. @return 0; WATCHED_REFUSED: it has failed; else an exit code to end with */
typedef int (*watched_file_fn)(void *ctx, const char *path);
/** Is called a few times a second. @return 0, or an exit code to end with */
typedef int (*watched_idle_fn)(void *ctx);

/** Takes in all files of a directory, and then those that come, until a function says to end. A
 * file that was taken in is moved to its directory `done`, one that failed to `failed`; both are
 * made. @return an exit code */
int watched_directory_run(const char *path, watched_file_fn take, watched_idle_fn idle, void *ctx);

#endif
