#define _POSIX_C_SOURCE 200809L
#include "terminal/pager.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static FILE *running;

void pager_begin(void)
{
    const char *command = getenv("PAGER"), *type = getenv("TERM");
    if (command == NULL)
        command = "less";
    if (!isatty(STDOUT_FILENO) || *command == '\0' || strcmp(command, "cat") == 0 || type == NULL ||
        strcmp(type, "dumb") == 0)
        return;
    (void)setenv("LESS", "FRX", 0); /* leave at once if all fits, keep colours and what was shown */
    running = popen(command, "w");
    if (running == NULL)
        return;
    (void)fflush(stdout);
    (void)dup2(fileno(running), STDOUT_FILENO);
}

void pager_end(void)
{
    if (running == NULL)
        return;
    (void)signal(SIGINT, SIG_IGN); /* it is for the pager */
    (void)fclose(stdout);
    (void)pclose(running);
    running = NULL;
}
