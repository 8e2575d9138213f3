/* What is done, how fast, and how long the stage will take if it goes on like this. */
#define _DEFAULT_SOURCE
#include "progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "message.h"
#include "options.h"

enum { BAR_WIDTH = 24, LINE_SIZE = 160 };

static const double redraw_seconds = 0.1, line_seconds = 1.0;

double seconds_now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void progress_begin(progress *p, int wish, int quiet)
{
    const char *terminal = getenv("TERM");
    const int able = isatty(STDERR_FILENO);
    const int dumb = terminal == NULL || strcmp(terminal, "dumb") == 0;
    memset(p, 0, sizeof *p);
    p->terminal = able && !dumb;
    p->shown = wish == PROGRESS_ALWAYS || (wish == PROGRESS_AUTO && p->terminal && !quiet);
}

static size_t screen_columns(void)
{
    struct winsize size;
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20)
        return size.ws_col;
    return 80;
}

/* "1:02:03" or "2:03". */
static void format_time(char *to, size_t size, double seconds)
{
    const uint64_t whole = seconds < 1e9 ? (uint64_t)(seconds + 0.5) : 1000000000u;
    if (whole >= 3600)
        (void)snprintf(to, size, "%" PRIu64 ":%02u:%02u", whole / 3600, (unsigned)(whole / 60 % 60),
                       (unsigned)(whole % 60));
    else
        (void)snprintf(to, size, "%u:%02u", (unsigned)(whole / 60), (unsigned)(whole % 60));
}

/* "12.3 MB", or a plain number where the stage does not count bytes. */
static void format_amount(char *to, size_t size, const progress *p, uint64_t amount)
{
    if (strcmp(p->stage, "read") != 0)
        (void)snprintf(to, size, "%" PRIu64, amount);
    else
        (void)snprintf(to, size, "%.1f MB", (double)amount * 1e-6);
}

static void format_line(char *to, size_t size, const progress *p, double now)
{
    const double elapsed = now - p->began;
    const double rate = elapsed > 0 ? (double)p->done / elapsed : 0;
    const double share = p->total == 0         ? 0
                         : p->done >= p->total ? 1
                                               : (double)p->done / (double)p->total;
    char bar[BAR_WIDTH + 1], done[24], total[24], speed[24], left[24];

    format_amount(done, sizeof done, p, p->done);
    format_amount(total, sizeof total, p, p->total);
    if (strcmp(p->stage, "read") == 0)
        (void)snprintf(speed, sizeof speed, "%.1f MB/s", rate * 1e-6);
    else
        (void)snprintf(speed, sizeof speed, "%.0f/s", rate);
    if (p->total == 0) {
        format_time(left, sizeof left, elapsed);
        (void)snprintf(to, size, "%-8s %s  %s  %s", p->stage, done, speed, left);
        return;
    }
    memset(bar, '-', BAR_WIDTH);
    memset(bar, '#', (size_t)(share * BAR_WIDTH));
    bar[BAR_WIDTH] = '\0';
    format_time(left, sizeof left, rate > 0 ? (double)(p->total - p->done) / rate : 0);
    (void)snprintf(to, size, "%-8s [%s] %3d%%  %s/%s  %s  %s left", p->stage, bar,
                   (int)(share * 100), done, total, speed, left);
}

static void show(progress *p, double now)
{
    char line[LINE_SIZE];
    const size_t columns = screen_columns();
    format_line(line, sizeof line, p, now);
    p->drawn = now;
    if (!p->terminal) {
        message_line("%s", line);
        return;
    }
    if (columns < sizeof line)
        line[columns - 1] = '\0';
    message_status(line);
}

int progress_update(void *ctx, const char *stage, uint64_t done, uint64_t total)
{
    progress *p = ctx;
    double now;
    if (!p->shown)
        return 0;
    now = seconds_now();
    if (strcmp(p->stage, stage) != 0) {
        if (p->stage[0] != '\0' && !p->terminal)
            show(p, now);
        (void)snprintf(p->stage, sizeof p->stage, "%s", stage);
        p->began = p->drawn = now;
    }
    p->done = done;
    p->total = total >= done ? total : done;
    if (total == 0)
        p->total = 0;
    if (now - p->drawn >= (p->terminal ? redraw_seconds : line_seconds))
        show(p, now);
    return 0;
}

void progress_end(progress *p)
{
    if (p->shown && !p->terminal && p->stage[0] != '\0')
        show(p, seconds_now());
    message_status("");
    p->shown = 0;
}
