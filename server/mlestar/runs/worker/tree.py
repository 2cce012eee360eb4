"""The processes of a run: who they are, how much memory they hold, how they end."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from typing import Iterable

_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


def _linux_table() -> dict[int, tuple[int, int]]:
    """pid -> (parent, resident bytes) of every process in sight."""
    table = {}
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open("/proc/{}/stat".format(name), "rb") as file:
                fields = file.read().rpartition(b")")[2].split()
        except OSError:
            continue  # it ended meanwhile
        table[int(name)] = (int(fields[1]), int(fields[21]) * _PAGE)
    return table


def _ps_table() -> dict[int, tuple[int, int]]:
    text = subprocess.run(
        ["ps", "-axo", "pid=,ppid=,rss="], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=5
    ).stdout.decode("ascii", "replace")
    table = {}
    for line in text.splitlines():
        fields = line.split()
        if len(fields) == 3 and all(f.isdigit() for f in fields):
            table[int(fields[0])] = (int(fields[1]), int(fields[2]) * 1024)
    return table


def own_pid() -> int:
    """The pid under which ``/proc`` knows this process (in a pid namespace without its own /proc, the outer one)."""
    try:
        return int(os.readlink("/proc/self"))
    except (OSError, ValueError):
        return os.getpid()


def descendants(known: Iterable[int] = ()) -> dict[int, int]:
    """pid -> resident bytes of everything below this process, and below the ``known`` pids even if reparented."""
    table = _linux_table() if os.path.exists("/proc/self/stat") else _ps_table()
    children: dict[int, list[int]] = {}
    for pid, (parent, _) in table.items():
        children.setdefault(parent, []).append(pid)
    found: dict[int, int] = {}
    waiting = list(children.get(own_pid(), ())) + [pid for pid in known if pid in table]
    while waiting:
        pid = waiting.pop()
        if pid not in found:
            found[pid] = table[pid][1]
            waiting.extend(children.get(pid, ()))
    return found


def proportional_memory(pids: Iterable[int]) -> int:
    """Bytes of ``pids`` with shared pages counted once (Linux); slower than the resident sum."""
    total = 0
    for pid in pids:
        try:
            with open("/proc/{}/smaps_rollup".format(pid), "rb") as file:
                for line in file:
                    if line.startswith(b"Pss:"):
                        total += int(line.split()[1]) * 1024
                        break
        except (OSError, ValueError):
            continue
    return total


def reap() -> "tuple[dict[int, int], bool]":
    """Status of every child that ended, and whether any child is left. With a subreaper or as pid 1: of any orphan."""
    ended: dict[int, int] = {}
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return ended, False
        if pid == 0:
            return ended, True
        ended[pid] = status


def _signal_all(namespaced: bool, number: int, known: Iterable[int]) -> None:
    if namespaced:
        with contextlib.suppress(ProcessLookupError):
            os.kill(-1, number)  # everything in the namespace but its pid 1, which we are
        return
    for pid in descendants(known):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)


def end_all(namespaced: bool, known: Iterable[int] = (), term_s: float = 0.5, kill_s: float = 1.2) -> dict[int, int]:
    """Ask every process of the run to end, then make it; returns the statuses reaped. At most ``term_s + kill_s``."""
    ended, left = reap()
    for number, patience in ((signal.SIGTERM, term_s), (signal.SIGKILL, kill_s)):
        deadline = time.monotonic() + patience
        first = True
        while left or (not namespaced and descendants(known)):
            # SIGKILL again in every round: what was forked between listing and killing must go too.
            if first or number == signal.SIGKILL:
                _signal_all(namespaced, number, known)
                first = False
            if time.monotonic() > deadline:
                break
            time.sleep(0.01)
            more, left = reap()
            ended.update(more)
    return ended
