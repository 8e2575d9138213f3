"""Starts one program and prints what it took; measure.py runs this with -I -S.

    launch.py LIMIT OUTPUT PROGRAM [ARGUMENT]...

A process of its own, because the kernel counts the memory that a process had before it became
another program: whoever starts the program must be small (some 9 MB, the least peak to be seen).
Prints user, system and wall seconds, peak KiB and exit status. LIMIT 0 is none.
"""
import os
import signal
import sys
import time

limit, output, *arguments = sys.argv[1:]
begun = time.monotonic()
child = os.fork()
if child == 0:
    os.setpgid(0, 0)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666), 1)
    try:
        os.execvp(arguments[0], arguments)
    finally:
        os._exit(127)


def stop(*_):
    os.kill(child, signal.SIGKILL)
    try:
        os.killpg(child, signal.SIGKILL)
    except ProcessLookupError:
        pass


signal.signal(signal.SIGALRM, stop)
signal.signal(signal.SIGTERM, stop)
signal.setitimer(signal.ITIMER_REAL, float(limit))
_, status, usage = os.wait4(child, 0)
wall = time.monotonic() - begun
print(usage.ru_utime, usage.ru_stime, wall, usage.ru_maxrss, os.waitstatus_to_exitcode(status))
