"""Ends process groups when whoever started them is gone: `+PID` and `-PID` come by stdin.

A program of its own, because nobody can do anything after his own kill -9. It knows of the
death by the end of the pipe, which the kernel closes.
"""

from __future__ import annotations

import signal
import sys
import time

from liti.cli.programs import STOP_SECONDS, kill_group

PAUSE_SECONDS = 0.1


def main() -> None:
    """Read until the pipe ends, then end what is left."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups: set[int] = set()
    for line in sys.stdin:
        sign, pid = line[0], line[1:].strip()
        if sign in "+-" and pid.isdigit():
            (groups.add if sign == "+" else groups.discard)(int(pid))
    end = time.monotonic() + STOP_SECONDS
    number = signal.SIGTERM
    while groups and time.monotonic() < end + STOP_SECONDS:  # a zombie stays for ever
        groups = {group for group in groups if kill_group(group, number)}
        time.sleep(PAUSE_SECONDS)
        if time.monotonic() > end:
            number = signal.SIGKILL


if __name__ == "__main__":
    main()
