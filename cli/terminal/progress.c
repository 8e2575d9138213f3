#define _DEFAULT_SOURCE
#include "terminal/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "message.h"
#include "settings.h"

enum { LEAST_BAR = 6, MOST_BAR = 40, LINE_SIZE = 240 };

static const double redraw_seconds = 0.1, line_seconds = 1.0;

double seconds_now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void progress_begin(progress *p, int wanted, int quiet)
{
    const char *terminal = getenv("TERM");
    const int able = isatty(STDERR_FILENO);
    const int dumb = terminal == NULL || strcmp(terminal, "dumb") == 0;
    memset(p, 0, sizeof *p);
    p->terminal = able && !dumb;
    p->shown = wanted == PROGRESS_ALWAYS || (wanted == PROGRESS_AUTO && p->terminal && !quiet);
}

static size_t standard_error_columns(void)
{
    struct winsize size;
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20)
        return size.ws_col;
    return 80;
}

/* "1:02:03" or "2:03". */
static void format_duration(char *to, size_t size, double seconds)
{
    const uint64_t whole = seconds < 1e9 ? (uint64_t)(seconds + 0.5) : 1000000000u;
    if (whole >= 3600)
        (void)snprintf(to, size, "%" PRIu64 ":%02u:%02u", whole / 3600, (unsigned)(whole / 60 % 60),
                       (unsigned)(whole % 60));
    else
        (void)snprintf(to, size, "%u:%02u", (unsigned)(whole / 60), (unsigned)(whole % 60));
}

/* "12.3/45.6 MB  7.8 MB/s", or plain numbers if the units of the stage are not bytes. */
static void format_amounts(char *to, size_t size, const progress *p, double rate)
{
    const double mega = 1e-6;
    if (strcmp(p->stage, "read") != 0 && p->total == 0)
        (void)snprintf(to, size, "%" PRIu64 "  %.0f/s", p->done, rate);
    else if (strcmp(p->stage, "read") != 0)
        (void)snprintf(to, size, "%" PRIu64 "/%" PRIu64 "  %.0f/s", p->done, p->total, rate);
    else if (p->total == 0)
        (void)snprintf(to, size, "%.1f MB  %.1f MB/s", (double)p->done * mega, rate * mega);
    else
        (void)snprintf(to, size, "%.1f/%.1f MB  %.1f MB/s", (double)p->done * mega,
                       (double)p->total * mega, rate * mega);
}

/* The resident memory of the process, in bytes. */
static uint64_t memory_now(void)
{
    unsigned long long all = 0, resident = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    if (f == NULL)
        return 0;
    if (fscanf(f, "%llu %llu", &all, &resident) != 2)
        resident = 0;
    (void)fclose(f);
    return (uint64_t)resident * (uint64_t)sysconf(_SC_PAGESIZE);
}

/* The bar gets the columns that are left over. */
static void format_line(char *to, size_t size, const progress *p, double now, size_t columns)
{
    const double elapsed = now - p->began;
    const double rate = elapsed > 0 ? (double)p->done / elapsed : 0;
    const double share = p->total == 0 ? 0 : (double)p->done / (double)p->total;
    char bar[MOST_BAR + 1], amounts[80], left[24], rest[140];
    size_t room;

    format_amounts(amounts, sizeof amounts, p, rate);
    format_duration(left, sizeof left,
                    p->total == 0 ? elapsed
                    : rate > 0    ? (double)(p->total - p->done) / rate
                                  : 0);
    (void)snprintf(rest, sizeof rest, "%s  %s%s  %.0f MB",
                   p->done == 0 && p->total == 0 ? "" : amounts, left, p->total == 0 ? "" : " left",
                   (double)memory_now() * 1e-6);
    room = strlen(rest) + 20 < columns ? columns - strlen(rest) - 20 : 0;
    room = room > MOST_BAR ? MOST_BAR : room;
    if (p->total == 0) {
        (void)snprintf(to, size, "%-8s %s", p->stage, rest);
        return;
    }
    memset(bar, '-', room);
    memset(bar, '#', (size_t)(share * (double)room));
    bar[room] = '\0';
    if (room < LEAST_BAR)
        (void)snprintf(to, size, "%-8s %3d%%  %s", p->stage, (int)(share * 100), rest);
    else
        (void)snprintf(to, size, "%-8s [%s] %3d%%  %s", p->stage, bar, (int)(share * 100), rest);
}

static void draw_progress(progress *p, double now)
{
    char line[LINE_SIZE];
    const size_t columns = standard_error_columns();
    p->drawn = now;
    if (message_progress(p->stage, p->done, p->total, now - p->began, memory_now()))
        return;
    format_line(line, sizeof line, p, now, columns);
    if (!p->terminal) {
        message_line("%s", line);
        return;
    }
    if (columns < sizeof line)
        line[columns - 1] = '\0';
    message_status(line);
}

/* A line that is redrawn is replaced by the next stage; other output needs a last line. */
static void end_stage(progress *p, double now)
{
    p->done = p->total == 0 ? p->done : p->total;
    if (p->stage[0] != '\0' && !p->terminal)
        draw_progress(p, now);
}

int progress_update(void *ctx, const char *stage, uint64_t done, uint64_t total)
{
    progress *p = ctx;
    double now;
    if (!p->shown)
        return 0;
    now = seconds_now();
    if (strcmp(p->stage, stage) != 0) {
        end_stage(p, now);
        (void)snprintf(p->stage, sizeof p->stage, "%s", stage);
        p->began = p->drawn = now;
    }
    p->done = done;
    p->total = total == 0 || total >= done ? total : done;
    if (now - p->drawn >= (p->terminal ? redraw_seconds : line_seconds))
        draw_progress(p, now);
    return 0;
}

void progress_end(progress *p)
{
    if (p->shown)
        end_stage(p, seconds_now());
    message_status("");
    p->shown = 0;
}
