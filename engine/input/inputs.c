/*
 * Walks directories depth first, each one's names sorted. Symbolic links are followed; a directory
 * that is its own ancestor (same device and inode) is a loop, reported once where it is met. What
 * cannot be read inside a directory becomes an input with a fault, so that the run goes on.
 */
#define _POSIX_C_SOURCE 200809L
#include "input/inputs.h"

#include "input/byte_stream.h"
#include "util/alloc.h"
#include "util/error.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The directories from the explicit one down to here. */
typedef struct ancestor {
    const struct ancestor *up;
    dev_t device;
    ino_t inode;
} ancestor;

/* Names of one directory: NUL-terminated one after another, then pointers to them, sorted. */
typedef struct name_list {
    char *bytes;
    size_t size, capacity;
    char **sorted;
    size_t count;
} name_list;

void tti_input_fault_text(int fault, char *text, size_t size)
{
    tt_error error;
    if (fault == TTI_INPUT_LOOP)
        (void)tti_fail(&error, TT_EIO, TTI_NOWHERE, "directory loop");
    else if (fault == TTI_INPUT_NOT_REGULAR)
        (void)tti_fail(&error, TT_EIO, TTI_NOWHERE, "not a regular file");
    else
        (void)tti_fail_errno(&error, "cannot open", fault);
    error.message[sizeof error.message - 1] = '\0';
    if (size > sizeof error.message)
        size = sizeof error.message;
    memcpy(text, error.message, size);
    text[size - 1] = '\0';
}

static int ends_with(const char *name, size_t size, const char *end)
{
    const size_t n = strlen(end);
    return size > n && memcmp(name + size - n, end, n) == 0;
}

/* What names say, and whether a file of such a name is an input when it is met in a directory. */
static const struct {
    const char *end;
    tti_format form;
    int found_in_directory;
} name_endings[] = {
    {".txt", TTI_FORMAT_TEXT, 1},
    {".jsonl", TTI_FORMAT_JSONL, 1},
    {".ndjson", TTI_FORMAT_JSONL, 0},
    {".json", TTI_FORMAT_JSONL_OR_OBJECT, 0},
    {".ninjs", TTI_FORMAT_JSONL_OR_OBJECT, 1},
    {".xml", TTI_FORMAT_XML, 1},
    {".nitf", TTI_FORMAT_XML, 1},
    {".rss", TTI_FORMAT_XML, 1},
    {".atom", TTI_FORMAT_XML, 1},
};

static tti_format format_of_name(const char *path)
{
    size_t size = strlen(path);
    if (strcmp(path, "-") == 0)
        return TTI_FORMAT_JSONL_OR_XML;
    if (ends_with(path, size, ".gz"))
        size -= 3;
    else if (ends_with(path, size, ".zst"))
        size -= 4;
    for (size_t i = 0; i < sizeof name_endings / sizeof name_endings[0]; i++)
        if (ends_with(path, size, name_endings[i].end))
            return name_endings[i].form;
    return TTI_FORMAT_UNKNOWN;
}

/* Is a file of this name, met in a directory, an input? */
static int is_news_file_name(const char *name)
{
    size_t size = strlen(name);
    if (ends_with(name, size, ".gz"))
        size -= 3;
    else if (ends_with(name, size, ".zst"))
        size -= 4;
    for (size_t i = 0; i < sizeof name_endings / sizeof name_endings[0]; i++)
        if (name_endings[i].found_in_directory && ends_with(name, size, name_endings[i].end))
            return 1;
    return 0;
}

static tt_status append_input(tti_inputs *in, const char *path, uint64_t size, int fault,
                              tt_error *error)
{
    const size_t bytes = strlen(path) + 1;
    char *copy;
    if (tti_reserve(in->allocator, &in->items, &in->capacity, in->count + 1, sizeof *in->items))
        return tti_fail_memory(error, "the list of inputs");
    copy = tti_alloc(in->allocator, bytes, 1);
    if (copy == NULL)
        return tti_fail_memory(error, "the list of inputs");
    memcpy(copy, path, bytes);
    in->items[in->count++] = (tti_input){copy, size, format_of_name(path), fault};
    in->bytes += size;
    return TT_OK;
}

static int compare_names(const void *x, const void *y)
{
    return strcmp(*(char *const *)x, *(char *const *)y);
}

static void free_names(const tt_allocator *a, name_list *list)
{
    tti_release(a, list->bytes, list->capacity, 1);
    tti_release(a, list->sorted, list->count, sizeof *list->sorted);
}

static tt_status list_names(const tt_allocator *a, DIR *directory, name_list *list, int *fault,
                            tt_error *error)
{
    const struct dirent *entry;
    char *next;
    errno = 0;
    while ((entry = readdir(directory)) != NULL) {
        const size_t size = strlen(entry->d_name) + 1;
        if (entry->d_name[0] == '.')
            continue;
        if (tti_reserve(a, &list->bytes, &list->capacity, list->size + size, 1))
            return tti_fail_memory(error, "a directory");
        memcpy(list->bytes + list->size, entry->d_name, size);
        list->size += size;
        list->count++;
        errno = 0;
    }
    *fault = errno;
    list->sorted = tti_alloc(a, list->count, sizeof *list->sorted);
    if (list->sorted == NULL)
        return tti_fail_memory(error, "a directory");
    next = list->bytes;
    for (size_t i = 0; i < list->count; i++) {
        list->sorted[i] = next;
        next += strlen(next) + 1;
    }
    if (list->count > 1)
        qsort(list->sorted, list->count, sizeof *list->sorted, compare_names);
    return TT_OK;
}

static tt_status walk_directory(tti_inputs *in, const char *path, const ancestor *here, int *fault,
                                tt_error *error);

/* One entry of a directory. */
static tt_status visit_entry(tti_inputs *in, const char *path, const char *name, const ancestor *up,
                             tt_error *error)
{
    struct stat s;
    int fault = 0;
    if (stat(path, &s) != 0) {
        fault = errno;
        return is_news_file_name(name) || fault != ENOENT ? append_input(in, path, 0, fault, error)
                                                          : TT_OK;
    }
    if (S_ISDIR(s.st_mode)) {
        const ancestor here = {up, s.st_dev, s.st_ino};
        for (const ancestor *a = up; a != NULL; a = a->up)
            if (a->device == s.st_dev && a->inode == s.st_ino)
                return append_input(in, path, 0, TTI_INPUT_LOOP, error);
        TTI_TRY(walk_directory(in, path, &here, &fault, error));
        return fault != 0 ? append_input(in, path, 0, fault, error) : TT_OK;
    }
    if (!is_news_file_name(name))
        return TT_OK;
    if (!S_ISREG(s.st_mode))
        return append_input(in, path, 0, TTI_INPUT_NOT_REGULAR, error);
    return append_input(in, path, (uint64_t)s.st_size, 0, error);
}

static tt_status visit_entries(tti_inputs *in, const char *path, const name_list *list,
                               const ancestor *here, tt_error *error)
{
    const size_t path_size = strlen(path);
    const size_t slash = path_size > 0 && path[path_size - 1] != '/';
    tt_status status = TT_OK;
    for (size_t i = 0; i < list->count && status == TT_OK; i++) {
        const size_t name_size = strlen(list->sorted[i]);
        const size_t bytes = path_size + slash + name_size + 1;
        char *child = tti_alloc(in->allocator, bytes, 1);
        if (child == NULL)
            return tti_fail_memory(error, "a path");
        memcpy(child, path, path_size);
        if (slash)
            child[path_size] = '/';
        memcpy(child + path_size + slash, list->sorted[i], name_size + 1);
        status = visit_entry(in, child, list->sorted[i], here, error);
        tti_release(in->allocator, child, bytes, 1);
    }
    return status;
}

/* Pushes what a directory holds. *fault: why it cannot be listed (to the end). */
static tt_status walk_directory(tti_inputs *in, const char *path, const ancestor *here, int *fault,
                                tt_error *error)
{
    name_list list = {0};
    tt_status status;
    DIR *directory = opendir(path);
    if (directory == NULL) {
        *fault = errno;
        return TT_OK;
    }
    status = list_names(in->allocator, directory, &list, fault, error);
    (void)closedir(directory);
    if (status == TT_OK)
        status = visit_entries(in, path, &list, here, error);
    free_names(in->allocator, &list);
    return status;
}

static tt_status fail_cannot_open(const char *path, int fault, tt_error *error)
{
    char doing[200];
    tt_error shown;
    (void)tti_fail(&shown, TT_EIO, TTI_NOWHERE, "cannot open %.160s", path);
    memcpy(doing, shown.message, sizeof doing);
    doing[sizeof doing - 1] = '\0';
    return tti_fail_errno(error, doing, fault);
}

tt_status tti_inputs_add(tti_inputs *in, const char *path, tt_error *error)
{
    struct stat s;
    int fault = 0;
    if (strcmp(path, "-") == 0) {
        if (fstat(STDIN_FILENO, &s) != 0)
            return fail_cannot_open(path, errno, error);
        in->has_stream |= !S_ISREG(s.st_mode);
        return append_input(in, path, S_ISREG(s.st_mode) ? (uint64_t)s.st_size : 0, 0, error);
    }
    if (stat(path, &s) != 0)
        return fail_cannot_open(path, errno, error);
    if (S_ISDIR(s.st_mode)) {
        const ancestor here = {NULL, s.st_dev, s.st_ino};
        const size_t before = in->count;
        TTI_TRY(walk_directory(in, path, &here, &fault, error));
        if (fault != 0 && in->count == before)
            return fail_cannot_open(path, fault, error);
        return fault != 0 ? append_input(in, path, 0, fault, error) : TT_OK;
    }
    if (S_ISREG(s.st_mode)) {
        const int fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd < 0)
            return fail_cannot_open(path, errno, error);
        (void)close(fd);
        return append_input(in, path, (uint64_t)s.st_size, 0, error);
    }
    in->has_stream = 1;
    return append_input(in, path, 0, 0, error);
}

void tti_inputs_free(tti_inputs *in)
{
    for (size_t i = 0; i < in->count; i++)
        tti_release(in->allocator, in->items[i].path, strlen(in->items[i].path) + 1, 1);
    tti_release(in->allocator, in->items, in->capacity, sizeof *in->items);
    in->items = NULL;
    in->count = in->capacity = 0;
}
