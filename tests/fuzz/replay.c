/*
 * Runs a fuzz target on every file of the given paths, without libFuzzer: the committed corpus
 * under ctest, or a single input. Subdirectories are skipped.
 *
 *     replay_TARGET PATH...
 */
#include "fuzz.h"

#include <dirent.h>

static size_t inputs, total;

static void give_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    uint8_t *bytes = NULL;
    size_t size = 0, got;
    do {
        bytes = realloc(bytes, size + 65536);
        if (file == NULL || bytes == NULL) {
            perror(path);
            exit(1);
        }
        got = fread(bytes + size, 1, 65536, file);
        size += got;
    } while (got > 0);
    (void)fclose(file);
    (void)fprintf(stderr, "%s\n", path);
    (void)LLVMFuzzerTestOneInput(bytes, size);
    free(bytes);
    inputs++;
    total += size;
}

static void give(const char *path)
{
    struct dirent **names;
    struct stat state;
    int count;
    if (stat(path, &state) != 0 || !S_ISDIR(state.st_mode)) {
        give_file(path);
        return;
    }
    count = scandir(path, &names, NULL, alphasort);
    for (int k = 0; k < count; k++) {
        char inner[4096];
        (void)snprintf(inner, sizeof inner, "%s/%s", path, names[k]->d_name);
        if (stat(inner, &state) == 0 && S_ISREG(state.st_mode))
            give_file(inner);
        free(names[k]);
    }
    if (count >= 0)
        free(names);
}

int main(int argc, char **argv)
{
    for (int k = 1; k < argc; k++)
        give(argv[k]);
    printf("%zu inputs, %zu bytes\n", inputs, total);
    return inputs == 0; /* a missing corpus is a failure */
}
