#define _GNU_SOURCE
#include "columns.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "message.h"

extern char **environ;

enum { NO_PYARROW = 3 /* the exit code of columns.py */ };

#define HOW_TO_HAVE_IT                                                                             \
  "which is read with Python's pyarrow: pip install pyarrow, or convert it to JSON Lines"

/* A process that runs the program. */
typedef struct columns_process {
    pid_t id;
    int output;   /* what it writes; -1 where nobody reads that */
    int messages; /* its standard error */
} columns_process;

static void close_descriptor(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
}

/* Starts the program with up to two operands. @return 0, or an errno */
static int start_program(columns_process *p, const char *doing, const char *first,
                         const char *second, int with_output)
{
    const char *python = getenv("TWICETOLD_PYTHON");
    char *const words[] = {(char *)(python == NULL ? "python3" : python),
                           (char *)"-c",
                           (char *)columns_program,
                           (char *)doing,
                           (char *)first,
                           (char *)second,
                           NULL};
    int output[2] = {-1, -1}, messages[2] = {-1, -1}, number;
    posix_spawn_file_actions_t actions;
    *p = (columns_process){-1, -1, -1};
    number = posix_spawn_file_actions_init(&actions);
    if (number != 0)
        return number;
    if ((with_output && pipe2(output, O_CLOEXEC) != 0) || pipe2(messages, O_CLOEXEC) != 0)
        number = errno;
    if (number == 0)
        number = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    if (number == 0)
        number = with_output
                     ? posix_spawn_file_actions_adddup2(&actions, output[1], 1)
                     : posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    if (number == 0)
        number = posix_spawn_file_actions_adddup2(&actions, messages[1], 2);
    if (number == 0)
        number = posix_spawnp(&p->id, words[0], &actions, NULL, words, environ);
    (void)posix_spawn_file_actions_destroy(&actions);
    close_descriptor(&output[1]);
    close_descriptor(&messages[1]);
    p->output = output[0];
    p->messages = messages[0];
    if (number != 0) {
        close_descriptor(&p->output);
        close_descriptor(&p->messages);
    }
    return number;
}

static int64_t read_descriptor(int fd, void *bytes, size_t size)
{
    ssize_t got;
    do
        got = read(fd, bytes, size);
    while (got < 0 && errno == EINTR);
    return got;
}

/* Waits for the end of the program. @return 0 if it did its work; else why not is in `reason` */
static int end_program(columns_process *p, char *reason, size_t room)
{
    char text[2048];
    size_t size = 0;
    int64_t got = 1;
    int status = 0;
    const char *last;
    while (got > 0) {
        if (size == sizeof text - 1) { /* the last line is what counts */
            memmove(text, text + size / 2, size - size / 2);
            size -= size / 2;
        }
        got = read_descriptor(p->messages, text + size, sizeof text - 1 - size);
        size += got > 0 ? (size_t)got : 0;
    }
    while (size > 0 && text[size - 1] == '\n')
        size--;
    text[size] = '\0';
    while (waitpid(p->id, &status, 0) < 0 && errno == EINTR) {
    }
    close_descriptor(&p->output);
    close_descriptor(&p->messages);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return 0;
    if (WIFEXITED(status) && (WEXITSTATUS(status) == NO_PYARROW || WEXITSTATUS(status) == 127)) {
        (void)snprintf(reason, room, HOW_TO_HAVE_IT);
        return -1;
    }
    last = strrchr(text, '\n');
    last = last == NULL ? text : last + 1;
    if (*last != '\0')
        (void)snprintf(reason, room, "pyarrow says: %s", last);
    else if (WIFSIGNALED(status))
        (void)snprintf(reason, room, "Python was ended by signal %d", WTERMSIG(status));
    else
        (void)snprintf(reason, room, "Python ended with %d and no message", WEXITSTATUS(status));
    return -1;
}

/* ==== Reading ================================================================================= */

typedef struct columns_stream {
    columns_process process;
    char first; /* the first byte, which shows that the file can be read */
    int has_first, is_over;
} columns_stream;

/* Ends what is still running: its reader has seen enough. */
static void close_stream(void *stream)
{
    columns_stream *s = stream;
    char reason[8];
    if (!s->is_over) {
        close_descriptor(&s->process.output);
        (void)kill(s->process.id, SIGTERM);
        (void)end_program(&s->process, reason, sizeof reason);
    }
    free(s);
}

static int64_t read_stream(void *stream, void *bytes, size_t size, char *reason, size_t room)
{
    columns_stream *s = stream;
    int64_t got;
    if (s->has_first && size > 0) {
        *(char *)bytes = s->first;
        s->has_first = 0;
        return 1;
    }
    if (s->is_over)
        return 0;
    got = read_descriptor(s->process.output, bytes, size);
    if (got > 0)
        return got;
    s->is_over = 1;
    return end_program(&s->process, reason, room) == 0 ? 0 : -1;
}

static void *open_stream(void *ctx, const char *path, const char *kind, char *reason, size_t room)
{
    columns_stream *s = calloc(1, sizeof *s);
    char why[200] = "out of memory";
    int number = ENOMEM;
    (void)ctx;
    if (s != NULL)
        number = start_program(&s->process, "read", path, NULL, 1);
    if (number != 0) {
        (void)snprintf(reason, room, "%s, %s", kind,
                       number == ENOENT ? HOW_TO_HAVE_IT : strerror(number));
        free(s);
        return NULL;
    }
    if (read_stream(s, &s->first, 1, why, sizeof why) < 0) {
        (void)snprintf(reason, room, "%s, %s", kind, why);
        close_stream(s);
        return NULL;
    }
    s->has_first = !s->is_over;
    return s;
}

const tt_converter columns_converter = {open_stream, read_stream, close_stream, NULL};

/* ==== Writing ================================================================================= */

static int run_program(const char *doing, const char *first, const char *second)
{
    columns_process p;
    char why[200] = HOW_TO_HAVE_IT;
    const int number = start_program(&p, doing, first, second, 0);
    if (number == 0 && end_program(&p, why, sizeof why) == 0)
        return 0;
    if (number != 0 && number != ENOENT)
        return message_failure(NULL, "cannot start Python: %s", strerror(number));
    return strcmp(why, HOW_TO_HAVE_IT) == 0
               ? message_failure("pip install pyarrow, or write --csv DIR",
                                 "--parquet needs a Python that has pyarrow")
               : message_failure(NULL, "cannot write Parquet: %s", why);
}

int columns_check(void)
{
    return run_program("check", NULL, NULL);
}

int columns_write_tables(const char *from, const char *to)
{
    return run_program("write", from, to);
}
