/*
 * The handler removes the temporary files with unlink(2), which is async-signal-safe, and raises
 * the signal again with its default action, so that the parent sees how the process ended: a shell
 * stops its loop on Ctrl-C. If the reader of a pipe goes away, SIGPIPE ends the process silently,
 * as it does most filters; if the parent ignores SIGPIPE, the write fails instead. SIGXFSZ is
 * ignored, so that a file over the limit is a failed write with a message.
 */
#define _POSIX_C_SOURCE 200809L
#include "signals.h"

#include <limits.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

enum { FILES = 8 };

static char paths[FILES][PATH_MAX];
static volatile sig_atomic_t in_use[FILES];

static const int ending[] = {SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGTERM};

static void end_at_once(int number)
{
    sigset_t only;
    for (int i = 0; i < FILES; i++)
        if (in_use[i])
            (void)unlink(paths[i]);
    (void)signal(number, SIG_DFL);
    (void)sigemptyset(&only);
    (void)sigaddset(&only, number);
    (void)raise(number);
    (void)pthread_sigmask(SIG_UNBLOCK, &only, NULL);
}

static void fill_set(sigset_t *set)
{
    (void)sigemptyset(set);
    for (size_t i = 0; i < sizeof ending / sizeof *ending; i++)
        (void)sigaddset(set, ending[i]);
}

void signals_install(void)
{
    struct sigaction action, before;
    memset(&action, 0, sizeof action);
    action.sa_handler = end_at_once;
    fill_set(&action.sa_mask);
    for (size_t i = 0; i < sizeof ending / sizeof *ending; i++)
        if (sigaction(ending[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
            (void)sigaction(ending[i], &action, NULL);
    (void)signal(SIGXFSZ, SIG_IGN);
}

static volatile sig_atomic_t wants_status, wants_reopen;

static void take_request(int number)
{
    if (number == SIGUSR1)
        wants_status = 1;
    else
        wants_reopen = 1;
}

void signals_take_requests(int reopens)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = take_request;
    action.sa_flags = SA_RESTART;
    fill_set(&action.sa_mask);
    (void)sigaction(SIGUSR1, &action, NULL);
    if (reopens)
        (void)sigaction(SIGHUP, &action, NULL);
}

static int take_flag(volatile sig_atomic_t *flag)
{
    const int was = *flag;
    *flag = 0;
    return was;
}

int signals_take_status_request(void)
{
    return take_flag(&wants_status);
}

int signals_take_reopen_request(void)
{
    return take_flag(&wants_reopen);
}

void signals_hold(void)
{
    sigset_t set;
    fill_set(&set);
    (void)pthread_sigmask(SIG_BLOCK, &set, NULL);
}

void signals_release(void)
{
    sigset_t set;
    fill_set(&set);
    (void)pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

int signals_remember(const char *path)
{
    const size_t size = strlen(path) + 1;
    if (size > PATH_MAX)
        return -1;
    for (int i = 0; i < FILES; i++)
        if (!in_use[i]) {
            memcpy(paths[i], path, size);
            in_use[i] = 1;
            return i;
        }
    return -1;
}

void signals_forget(int number)
{
    if (number >= 0)
        in_use[number] = 0;
}
