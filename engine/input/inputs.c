/*
 * Directories are walked depth first, the names of each sorted. Symbolic links are followed. A
 * directory that is its own ancestor (the same device and inode) is a loop and is reported once.
 * What cannot be read in a directory becomes an input with a fault, so that the run goes on.
 */
#define _POSIX_C_SOURCE 200809L
#include "input/inputs.h"

#include "input/byte_stream.h"
#include "util/alloc.h"
#include "util/error.h"
#include "util/sort.h"
#include "util/utf8.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef __linux__
#  include <sys/vfs.h>
#endif

enum { SHOWN_EMPTY = 2 }; /* files without a record that are named */

void tti_input_fault_text(int fault, char *text, size_t size)
{
    tt_error error;
    if (fault == TTI_INPUT_LOOP)
        (void)snprintf(text, size, "directory loop");
    else if (fault == TTI_INPUT_NOT_REGULAR)
        (void)snprintf(text, size, "not a regular file");
    else if (fault == TTI_INPUT_SYSTEM)
        (void)snprintf(text, size,
                       "a directory of the system, and not of files on a disk; name files in it");
    else {
        (void)tti_fail_errno(&error, "cannot open", fault);
        (void)snprintf(text, size, "%s", error.message);
    }
}

static tt_status append_input(tti_inputs *in, const char *path, uint64_t size, int fault,
                              tt_error *error)
{
    const size_t bytes = strlen(path) + 1;
    char *copy;
    TTI_TRY_ALLOC(tti_array_reserve(&in->list, in->allocator, 1), error, "the list of inputs");
    copy = tti_alloc(in->allocator, bytes, 1);
    TTI_TRY_ALLOC(copy == NULL, error, "the list of inputs");
    memcpy(copy, path, bytes);
    in->list.items[in->list.count++] = (tti_input){copy, size, tti_format_of_path(path), fault};
    in->bytes += size;
    return TT_OK;
}

/* ==== Names =================================================================================== */

/* Whether a name matches one of the patterns, which have commas between them. */
static int matches_any(const char *patterns, const char *name)
{
    while (*patterns != '\0') {
        const size_t size = strcspn(patterns, ",");
        char pattern[256];
        if (size < sizeof pattern) {
            memcpy(pattern, patterns, size);
            pattern[size] = '\0';
            if (fnmatch(pattern, name, 0) == 0)
                return 1;
        }
        patterns += size + (patterns[size] == ',');
    }
    return 0;
}

int tti_inputs_want(const tti_inputs *in, const char *name)
{
    if (in->exclude != NULL && matches_any(in->exclude, name))
        return 0;
    return in->include != NULL ? matches_any(in->include, name)
                               : tti_format_is_news_file(name) ||
                                     (in->reads_columns && tti_format_is_columns_file(name));
}

/* ==== Files that are passed over ============================================================== */

/* Counts a file by its kind, the most frequent kind first. */
tt_status tti_inputs_pass_over(tti_inputs *in, const char *name, tt_error *error)
{
    enum { LONGEST_ENDING = 12 };
    const char *dot = strrchr(name, '.');
    tti_passed_over kind = {"", 0}, *found;
    size_t i = 0;
    if (strcmp(name, TTI_HIDDEN) == 0 || strcmp(name, TTI_LINK) == 0)
        (void)snprintf(kind.kind, sizeof kind.kind, "%s", name);
    else if (dot != NULL && strlen(dot) < LONGEST_ENDING)
        for (size_t k = 0; dot[k] != '\0'; k++)
            kind.kind[k] = (char)tolower((unsigned char)dot[k]);
    while (i < in->passed_over.count && strcmp(in->passed_over.items[i].kind, kind.kind) != 0)
        i++;
    if (i == in->passed_over.count)
        TTI_TRY_ALLOC(tti_array_push(&in->passed_over, in->allocator, kind), error,
                      "the list of inputs");
    found = in->passed_over.items;
    for (found[i].count++; i > 0 && found[i - 1].count < found[i].count; i--) {
        kind = found[i];
        found[i] = found[i - 1];
        found[i - 1] = kind;
    }
    return TT_OK;
}

/* Writes a count of files, as "60 *.html", "1 hidden" or "2 links". */
static void name_count(char *text, size_t size, const tti_passed_over *kind)
{
    if (strcmp(kind->kind, TTI_LINK) == 0)
        (void)snprintf(text, size, "%" PRIu64 " link%s", kind->count, kind->count == 1 ? "" : "s");
    else
        (void)snprintf(text, size, "%" PRIu64 " %s%s", kind->count, *kind->kind == '.' ? "*" : "",
                       kind->kind);
}

uint64_t tti_inputs_describe_passed_over(const tti_inputs *in, char *text, size_t size)
{
    enum { SHOWN = 6 };
    uint64_t all = 0, others = 0;
    size_t used = 0, shown = 0;
    if (size > 0)
        text[0] = '\0';
    for (size_t i = 0; i < in->passed_over.count; i++) {
        const tti_passed_over *kind = &in->passed_over.items[i];
        char count[48];
        all += kind->count;
        name_count(count, sizeof count, kind);
        if (kind->kind[0] == '\0' || shown == SHOWN)
            others += kind->count;
        else if (used < size)
            used +=
                (size_t)snprintf(text + used, size - used, "%s%s", shown++ > 0 ? ", " : "", count);
    }
    if (others > 0 && used < size)
        (void)snprintf(text + used, size - used, "%s%" PRIu64 " other%s", used > 0 ? " and " : "",
                       others, others == 1 ? "" : "s");
    return all;
}

/* ==== Files without a record ================================================================== */

void tti_inputs_note_empty(tti_inputs *in, const char *path, const char *why)
{
    const size_t used = strlen(in->empty);
    const char *const name = strcmp(path, "-") == 0 ? "standard input" : path;
    const size_t cut = strlen(name) > 60 ? strlen(name) - 60 : 0;
    in->empty_count++;
    if (in->empty_count <= SHOWN_EMPTY) {
        (void)snprintf(in->empty + used, sizeof in->empty - used, "%s%s%s %s", used > 0 ? ", " : "",
                       cut > 0 ? "..." : "", name + cut, why);
        tti_utf8_clean(in->empty);
    }
}

uint64_t tti_inputs_describe_empty(const tti_inputs *in, char *text, size_t size)
{
    if (size == 0 || in->empty_count == 0)
        return in->empty_count;
    if (in->empty_count > SHOWN_EMPTY)
        (void)snprintf(text, size, "%s and %" PRIu64 " more", in->empty,
                       in->empty_count - SHOWN_EMPTY);
    else
        (void)snprintf(text, size, "%s", in->empty);
    return in->empty_count;
}

/* ==== Directories ============================================================================= */

/* A directory being walked, and those that it is in, from the explicit one down. */
typedef struct open_directory {
    const struct open_directory *parent;
    dev_t device;
    ino_t inode;
} open_directory;

/* The names in a directory, each with its NUL. */
typedef struct entry_names {
    TTI_ARRAY(char) bytes;
    TTI_ARRAY(const char *) sorted;
} entry_names;

static int compare_names(const void *x, const void *y)
{
    return strcmp(*(const char *const *)x, *(const char *const *)y);
}

/* Reads and sorts the names. *fault: why the directory could not be read to its end. */
static tt_status list_entry_names(tti_inputs *in, DIR *directory, entry_names *names, int *fault,
                                  tt_error *error)
{
    const tt_allocator *a = in->allocator;
    const struct dirent *entry;
    size_t count = 0;
    for (errno = 0; (entry = readdir(directory)) != NULL; errno = 0) {
        if (entry->d_name[0] == '.') {
            if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
                TTI_TRY(tti_inputs_pass_over(in, TTI_HIDDEN, error));
            continue;
        }
        TTI_TRY_ALLOC(tti_array_append(&names->bytes, a, entry->d_name, strlen(entry->d_name) + 1),
                      error, "a directory");
        count++;
    }
    *fault = errno;
    TTI_TRY_ALLOC(tti_array_reserve(&names->sorted, a, count), error, "a directory");
    for (size_t at = 0; at < names->bytes.count; at += strlen(names->bytes.items + at) + 1)
        names->sorted.items[names->sorted.count++] = names->bytes.items + at;
    tti_qsort(names->sorted.items, names->sorted.count, sizeof *names->sorted.items, compare_names);
    return TT_OK;
}

static tt_status walk_directory(tti_inputs *in, const char *path, const open_directory *here,
                                int *fault, tt_error *error);

/* A link leads to a directory: each is read once that way, so that links among directories do not
 * multiply them. *is_known: it was */
static tt_status follow_link(tti_inputs *in, const struct stat *s, int *is_known, tt_error *error)
{
    const tti_directory_id id = {(uint64_t)s->st_dev, (uint64_t)s->st_ino};
    *is_known = 0;
    for (size_t i = 0; i < in->linked.count; i++)
        *is_known |=
            in->linked.items[i].device == id.device && in->linked.items[i].inode == id.inode;
    if (!*is_known)
        TTI_TRY_ALLOC(tti_array_push(&in->linked, in->allocator, id), error, "the list of inputs");
    return TT_OK;
}

static tt_status append_entry(tti_inputs *in, const char *path, const char *name,
                              const open_directory *parent, tt_error *error)
{
    struct stat s, link;
    int fault = 0;
    if (stat(path, &s) != 0) {
        fault = errno;
        return tti_inputs_want(in, name) || fault != ENOENT
                   ? append_input(in, path, 0, fault, error)
                   : TT_OK;
    }
    if (S_ISDIR(s.st_mode)) {
        const open_directory here = {parent, s.st_dev, s.st_ino};
        for (const open_directory *d = parent; d != NULL; d = d->parent)
            if (d->device == s.st_dev && d->inode == s.st_ino)
                return append_input(in, path, 0, TTI_INPUT_LOOP, error);
        if (lstat(path, &link) == 0 && S_ISLNK(link.st_mode)) {
            int is_known;
            TTI_TRY(follow_link(in, &s, &is_known, error));
            if (is_known)
                return tti_inputs_pass_over(in, TTI_LINK, error);
        }
        TTI_TRY(walk_directory(in, path, &here, &fault, error));
        return fault != 0 ? append_input(in, path, 0, fault, error) : TT_OK;
    }
    if (!tti_inputs_want(in, name))
        return tti_inputs_pass_over(in, name, error);
    if (!S_ISREG(s.st_mode))
        return append_input(in, path, 0, TTI_INPUT_NOT_REGULAR, error);
    return append_input(in, path, (uint64_t)s.st_size, 0, error);
}

static tt_status append_entries(tti_inputs *in, const char *path, const entry_names *names,
                                const open_directory *here, tt_error *error)
{
    const size_t path_size = strlen(path);
    const char *slash = path_size > 0 && path[path_size - 1] != '/' ? "/" : "";
    tt_status status = TT_OK;
    for (size_t i = 0; i < names->sorted.count && status == TT_OK; i++) {
        const char *name = names->sorted.items[i];
        const size_t bytes = path_size + strlen(slash) + strlen(name) + 1;
        char *child = tti_alloc(in->allocator, bytes, 1);
        TTI_TRY_ALLOC(child == NULL, error, "a path");
        (void)snprintf(child, bytes, "%s%s%s", path, slash, name);
        status = append_entry(in, child, name, here, error);
        tti_release(in->allocator, child, bytes, 1);
    }
    return status;
}

/* Whether a directory has what the system shows of itself: files without a size, and links to all
 * of the disk. */
static int is_of_system(int fd)
{
#ifdef __linux__
    enum { PROC = 0x9fa0, SYSFS = 0x62656572, CGROUP = 0x27e0eb, CGROUP2 = 0x63677270 };
    static const unsigned long kinds[] = {PROC, SYSFS, CGROUP, CGROUP2};
    struct statfs about;
    if (fstatfs(fd, &about) == 0)
        for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
            if ((unsigned long)about.f_type == kinds[i])
                return 1;
#else
    (void)fd;
#endif
    return 0;
}

/* Appends what a directory holds. *fault: why it could not be listed, or not to its end. */
static tt_status walk_directory(tti_inputs *in, const char *path, const open_directory *here,
                                int *fault, tt_error *error)
{
    entry_names names = {0};
    tt_status status;
    DIR *directory = opendir(path);
    if (directory == NULL) {
        *fault = errno;
        return TT_OK;
    }
    if (is_of_system(dirfd(directory))) {
        *fault = TTI_INPUT_SYSTEM;
        (void)closedir(directory);
        return TT_OK;
    }
    status = list_entry_names(in, directory, &names, fault, error);
    (void)closedir(directory);
    if (status == TT_OK)
        status = append_entries(in, path, &names, here, error);
    tti_array_free(&names.bytes, in->allocator);
    tti_array_free(&names.sorted, in->allocator);
    return status;
}

/* ==== Explicit paths ========================================================================== */

static tt_status fail_cannot_open(const char *path, int fault, tt_error *error)
{
    char doing[200];
    (void)snprintf(doing, sizeof doing, "cannot open %.*s",
                   (int)tti_utf8_cut(path, strlen(path), 160), path);
    return tti_fail_errno(error, doing, fault);
}

tt_status tti_inputs_add(tti_inputs *in, const char *path, tt_error *error)
{
    struct stat s;
    if (strcmp(path, "-") == 0) {
        if (fstat(STDIN_FILENO, &s) != 0)
            return fail_cannot_open(path, errno, error);
        in->has_stream |= !S_ISREG(s.st_mode);
        return append_input(in, path, S_ISREG(s.st_mode) ? (uint64_t)s.st_size : 0, 0, error);
    }
    if (stat(path, &s) != 0)
        return fail_cannot_open(path, errno, error);
    if (S_ISDIR(s.st_mode)) {
        const open_directory here = {NULL, s.st_dev, s.st_ino};
        const size_t before = in->list.count;
        int fault = 0;
        TTI_TRY(walk_directory(in, path, &here, &fault, error));
        if (fault > 0 && in->list.count == before)
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

tt_status tti_inputs_add_bytes(tti_inputs *in, const char *name, uint64_t size, tt_error *error)
{
    return append_input(in, name, size, 0, error);
}

void tti_inputs_free(tti_inputs *in)
{
    for (size_t i = 0; i < in->list.count; i++)
        tti_release(in->allocator, in->list.items[i].path, strlen(in->list.items[i].path) + 1, 1);
    tti_array_free(&in->list, in->allocator);
    tti_array_free(&in->passed_over, in->allocator);
    tti_array_free(&in->linked, in->allocator);
}
