/* The program that `twicetold serve` becomes. */
#include "serve/service.h"
#include "signals.h"

int main(int argc, char **argv)
{
    settings s;
    int rc;
    signals_install();
    rc = settings_parse(&serve_command, argc, argv, &s);
    return rc < 0 ? service_run(&s) : rc;
}
