/*
 * The producers of bench/serve: they send articles to a service, or to `watch` through a pipe, and
 * wait for each answer.
 *
 *   bench_serve articles.jsonl COUNT PRODUCERS BATCH [PORT]
 *
 * Writes a line of JSON: seconds in all, and the times of answers, in ms. Without a port the
 * articles go to standard output, and each answer is a line on standard input.
 */
#define _DEFAULT_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MOST_PRODUCERS = 64 };

static char **lines;
static size_t line_count, batch;
static int port;

/* What one producer does: lines first, first + step, ... */
typedef struct producer {
    size_t first, step;
    double *times;
    size_t time_count;
} producer;

static double now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static void write_all(int fd, const char *bytes, size_t size)
{
    while (size > 0) {
        const ssize_t n = write(fd, bytes, size);
        if (n <= 0)
            fail("write");
        bytes += n;
        size -= (size_t)n;
    }
}

/* Reads one answer of HTTP, whose length is in its head. */
static void read_answer(int fd, char *room, size_t size)
{
    size_t used = 0;
    for (;;) {
        const ssize_t n = read(fd, room + used, size - 1 - used);
        char *body, *length;
        if (n <= 0)
            fail("read");
        used += (size_t)n;
        room[used] = '\0';
        body = strstr(room, "\r\n\r\n");
        length = strstr(room, "Content-Length: ");
        if (body == NULL || length == NULL)
            continue;
        if (strncmp(room, "HTTP/1.1 200", 12) != 0) {
            (void)fprintf(stderr, "%.300s\n", room);
            exit(1);
        }
        if (used >= (size_t)(body + 4 - room) + strtoul(length + 16, NULL, 10))
            return;
    }
}

static int connect_to_service(void)
{
    const int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0)
        fail("connect");
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

static void *produce(void *ctx)
{
    producer *p = ctx;
    const int fd = connect_to_service();
    const size_t room = 1 << 24;
    char *answer = malloc(room), *body = malloc(room);
    if (answer == NULL || body == NULL)
        fail("memory");
    for (size_t i = p->first; i < line_count;) {
        char head[200];
        size_t size = 0;
        int head_size;
        double began;
        for (size_t k = 0; k < batch && i < line_count; k++, i += p->step) {
            const size_t length = strlen(lines[i]);
            if (size + length > room - sizeof head)
                fail("a batch is too long");
            memcpy(body + sizeof head + size, lines[i], length);
            size += length;
        }
        head_size = snprintf(
            head, sizeof head,
            "POST /articles HTTP/1.1\r\nHost: localhost\r\nContent-Length: %zu\r\n\r\n", size);
        memcpy(body + sizeof head - (size_t)head_size, head, (size_t)head_size);
        began = now();
        write_all(fd, body + sizeof head - (size_t)head_size, (size_t)head_size + size);
        read_answer(fd, answer, room);
        p->times[p->time_count++] = now() - began;
    }
    free(answer);
    free(body);
    (void)close(fd);
    return NULL;
}

/* One article after another through a pipe. */
static void produce_pipe(producer *p)
{
    char byte;
    for (size_t i = 0; i < line_count; i++) {
        const double began = now();
        write_all(STDOUT_FILENO, lines[i], strlen(lines[i]));
        do
            if (read(STDIN_FILENO, &byte, 1) != 1)
                fail("read");
        while (byte != '\n');
        p->times[p->time_count++] = now() - began;
    }
}

static int compare_times(const void *x, const void *y)
{
    const double *p = x, *q = y;
    return *p < *q ? -1 : *p > *q;
}

static void read_lines(const char *path, size_t count)
{
    FILE *f = fopen(path, "r");
    lines = calloc(count, sizeof *lines);
    if (f == NULL || lines == NULL)
        fail(path);
    while (line_count < count) {
        size_t capacity = 0;
        if (getline(&lines[line_count], &capacity, f) <= 0)
            break;
        line_count++;
    }
    (void)fclose(f);
}

int main(int argc, char **argv)
{
    static producer producers[MOST_PRODUCERS];
    pthread_t threads[MOST_PRODUCERS];
    size_t count, all = 0;
    double *times, began;
    if (argc < 5)
        return 2;
    read_lines(argv[1], strtoul(argv[2], NULL, 10));
    count = strtoul(argv[3], NULL, 10);
    batch = strtoul(argv[4], NULL, 10);
    port = argc > 5 ? atoi(argv[5]) : 0;
    times = calloc(line_count + 1, sizeof *times);
    if (count > MOST_PRODUCERS || times == NULL)
        return 2;
    began = now();
    for (size_t i = 0; i < count; i++) {
        producers[i] = (producer){.first = i, .step = count};
        producers[i].times = calloc(line_count + 1, sizeof *times);
        if (port == 0)
            produce_pipe(&producers[i]);
        else if (pthread_create(&threads[i], NULL, produce, &producers[i]) != 0)
            fail("thread");
    }
    for (size_t i = 0; i < count; i++) {
        if (port != 0)
            (void)pthread_join(threads[i], NULL);
        memcpy(times + all, producers[i].times, producers[i].time_count * sizeof *times);
        all += producers[i].time_count;
        free(producers[i].times);
    }
    qsort(times, all, sizeof *times, compare_times);
    (void)fprintf(stderr, "{\"articles\":%zu,\"seconds\":%.4f,\"p50_ms\":%.3f,\"p99_ms\":%.3f}\n",
                  line_count, now() - began, times[all / 2] * 1e3, times[all * 99 / 100] * 1e3);
    return 0;
}
