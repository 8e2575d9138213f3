/* The inputs that --files-from names. */
#ifndef CLI_FILE_LIST_H
#define CLI_FILE_LIST_H

#include "settings.h"

/** Appends the paths in the file s->files_from to the inputs: one a line, or, if there is a NUL in
 * it, separated by NULs. @return -1, or an exit code. Owner: the settings, file_list_free() */
int file_list_append(settings *s);

void file_list_free(settings *s);

/** Whether a file is an index. */
int file_is_index(const char *path);

/** The whole file (- is standard input), with a NUL after it. Owner: the caller, free().
 * @return NULL, with errno */
char *file_read_whole(const char *path, size_t *size);

#endif
