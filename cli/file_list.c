#include "file_list.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buffer.h"
#include "failure.h"
#include "memory.h"
#include "message.h"

char *file_read_whole(const char *path, size_t *size)
{
    FILE *in = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
    buffer whole = {0};
    char block[4096];
    size_t got = 0;
    int number;
    if (in == NULL)
        return NULL;
    do
        (void)buffer_write(&whole, block, got);
    while ((got = fread(block, 1, sizeof block, in)) > 0);
    number = whole.failed ? ENOMEM : ferror(in) != 0 ? errno : 0;
    if (in != stdin)
        (void)fclose(in);
    if (number != 0) {
        buffer_free(&whole);
        errno = number;
        return NULL;
    }
    *size = whole.size;
    return whole.bytes;
}

int file_list_append(settings *s)
{
    size_t size, capacity = 0, count = 0;
    char *const bytes = s->list_bytes = file_read_whole(s->files_from, &size);
    if (bytes == NULL)
        return message_failure("give a file that has a path in each line", "cannot read %s: %s",
                               s->files_from, strerror(errno));
    if (memchr(bytes, '\0', size) == NULL)
        for (size_t i = 0; i < size; i++)
            if (bytes[i] == '\n')
                bytes[i] = '\0';
    for (size_t i = 0; i < s->input_count; i++) {
        if (memory_grow(&s->list_paths, count, &capacity, sizeof *s->list_paths) != 0)
            return EXIT_FAILED;
        s->list_paths[count++] = s->inputs[i];
    }
    for (size_t at = 0; at < size; at += strlen(bytes + at) + 1) {
        const size_t length = strlen(bytes + at);
        if (length > 0 && bytes[at + length - 1] == '\r')
            bytes[at + length - 1] = '\0';
        if (bytes[at] == '\0') {
            if (length > 0)
                at++; /* the line was only a carriage return */
            continue;
        }
        if (memory_grow(&s->list_paths, count, &capacity, sizeof *s->list_paths) != 0)
            return EXIT_FAILED;
        s->list_paths[count++] = bytes + at;
        at += length - strlen(bytes + at);
    }
    s->inputs = s->list_paths;
    s->input_count = count;
    return -1;
}

void file_list_free(settings *s)
{
    free(s->config_bytes);
    free(s->list_paths);
    free(s->list_bytes);
}

int file_is_index(const char *path)
{
    static const char begin[] = "SQLite format 3";
    char bytes[sizeof begin] = "";
    FILE *file = fopen(path, "rb");
    const size_t got = file == NULL ? 0 : fread(bytes, 1, sizeof bytes, file);
    if (file != NULL)
        (void)fclose(file);
    return got == sizeof bytes && memcmp(bytes, begin, sizeof begin) == 0;
}
