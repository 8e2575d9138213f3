/* The inputs that --files-from names. */
#ifndef CLI_FILE_LIST_H
#define CLI_FILE_LIST_H

#include "settings.h"

/** Appends the paths in the file s->files_from to the inputs: one a line, or, if there is a NUL in
 * it, separated by NULs. They stay until the process ends. @return -1, or an exit code */
int file_list_append(settings *s);

#endif
