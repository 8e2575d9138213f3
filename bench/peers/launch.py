"""Starts one program and prints its time and memory; measure.py runs this with -I -S.

    launch.py LIMIT OUTPUT PROGRAM [ARGUMENT]...

This is a separate process because the kernel counts the memory that a process had before exec:
the parent of the program must be small (about 9 MB, the smallest peak that can be reported).
Prints user, system and wall seconds, peak KiB and exit status. LIMIT is in seconds of CPU time, so
that a busy machine stops nothing earlier; 0 is no limit.
"""
import os
import resource
import sys
import time

limit, output, *arguments = sys.argv[1:]
begun = time.monotonic()
child = os.fork()
if child == 0:
    try:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666), 1)
        if int(limit) > 0:
            resource.setrlimit(resource.RLIMIT_CPU, (int(limit), int(limit) + 1))
        os.execvp(arguments[0], arguments)
    finally:
        os._exit(127)
_, status, usage = os.wait4(child, 0)
wall = time.monotonic() - begun
print(usage.ru_utime, usage.ru_stime, wall, usage.ru_maxrss, os.waitstatus_to_exitcode(status))
