#define _POSIX_C_SOURCE 200809L
#include "program.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "twicetold.h"

enum { LARGE_INPUT = 4 << 20 }; /* bytes, which take longer than a program takes to begin */

static const char wait_policy[] = "OMP_WAIT_POLICY";

/* The path of this program with room for `more` bytes behind it; empty if the system does not say.
 */
static void find_own_path(char path[PATH_MAX], size_t more)
{
    const ssize_t size = readlink("/proc/self/exe", path, PATH_MAX - 1 - more);
    path[size < 0 ? 0 : size] = '\0';
}

void program_run(const char *name, char *const *words)
{
    char path[PATH_MAX], *slash;
    (void)setenv(wait_policy, "passive", 0);
    find_own_path(path, strlen(name));
    slash = strrchr(path, '/');
    if (slash != NULL) {
        memcpy(slash + 1, name, strlen(name) + 1);
        (void)execv(path, words);
    }
    (void)execvp(name, words);
}

/* A pipe or a directory is large. */
static int has_large_input(const settings *s)
{
    off_t size = 0;
    for (size_t k = 0; k < s->input_count; k++) {
        struct stat st;
        if (stat(s->inputs[k], &st) != 0)
            continue;
        if (!S_ISREG(st.st_mode))
            return 1;
        size += st.st_size;
    }
    return size >= LARGE_INPUT || s->command->bit == FOR_WATCH;
}

void program_run_again(const settings *s, char *const *words)
{
    const unsigned in_parallel = FOR_SCAN | FOR_DEDUP | FOR_WATCH | FOR_ADD | FOR_IMPORT;
    const int list_was_read = s->files_from != NULL && strcmp(s->files_from, "-") == 0;
    char path[PATH_MAX];
    if ((s->command->bit & in_parallel) == 0 || s->engine.threads == 1 || list_was_read ||
        getenv(wait_policy) != NULL || getenv("GOMP_SPINCOUNT") != NULL || !has_large_input(s))
        return;
    find_own_path(path, 0);
    if (*path != '\0' && setenv(wait_policy, "passive", 0) == 0)
        (void)execv(path, words);
}
