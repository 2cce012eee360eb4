"""The processes of a run: who they are, how much memory they hold, how they end."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from typing import Iterable, NamedTuple

_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


_TICK = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


class Usage(NamedTuple):
    """What one process uses; ``cpu_s`` with that of its own children that ended."""

    parent: int
    resident: int
    threads: int = 1
    cpu_s: float = 0.0


def _linux_table() -> dict[int, Usage]:
    """Every process in sight, by pid."""
    table = {}
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open("/proc/{}/stat".format(name), "rb") as file:
                fields = file.read().rpartition(b")")[2].split()
        except OSError:
            continue  # it ended meanwhile
        cpu_s = sum(map(int, fields[11:15])) / _TICK
        table[int(name)] = Usage(int(fields[1]), int(fields[21]) * _PAGE, int(fields[17]), cpu_s)
    return table


def _seconds(text: str) -> float:
    """Of ``ps``'s ``[days-][hours:]minutes:seconds``."""
    days, _, rest = text.rpartition("-")
    total = 0.0
    for part in rest.split(":"):
        total = total * 60 + float(part.replace(",", "."))
    return total + 86400 * int(days or 0)


def _ps_table() -> dict[int, Usage]:
    import subprocess  # where there is no /proc

    text = subprocess.run(
        ["ps", "-axo", "pid=,ppid=,rss=,time="], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=5
    ).stdout.decode("ascii", "replace")
    table = {}
    for line in text.splitlines():
        fields = line.split()
        if len(fields) == 4 and all(f.isdigit() for f in fields[:3]):
            table[int(fields[0])] = Usage(int(fields[1]), int(fields[2]) * 1024, 1, _seconds(fields[3]))
    return table


def own_pid() -> int:
    """The pid under which ``/proc`` knows this process (in a pid namespace without its own /proc, the outer one)."""
    try:
        return int(os.readlink("/proc/self"))
    except (OSError, ValueError):
        return os.getpid()


def descendants(known: Iterable[int] = ()) -> dict[int, int]:
    """pid -> resident bytes of everything below this process, and below the ``known`` pids even if reparented."""
    return {pid: used.resident for pid, used in usage(known).items()}


def usage(known: Iterable[int] = ()) -> dict[int, Usage]:
    """As `descendants`, with all that one look shows."""
    table = _linux_table() if os.path.exists("/proc/self/stat") else _ps_table()
    children: dict[int, list[int]] = {}
    for pid, used in table.items():
        children.setdefault(used.parent, []).append(pid)
    found: dict[int, Usage] = {}
    waiting = list(children.get(own_pid(), ())) + [pid for pid in known if pid in table]
    while waiting:
        pid = waiting.pop()
        if pid not in found:
            found[pid] = table[pid]
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


def _freeze(known: Iterable[int]) -> None:
    """Stop every process, until none comes that was not stopped: what is stopped forks no more."""
    stopped: set[int] = set()
    for _ in range(50):
        fresh = set(descendants(known)) - stopped
        if not fresh:
            return
        for pid in fresh:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGSTOP)
        stopped |= fresh


def end_all(namespaced: bool, known: Iterable[int] = (), term_s: float = 0.5, kill_s: float = 1.2) -> dict[int, int]:
    """Ask every process of the run to end, then make it; returns the statuses reaped. At most ``term_s + kill_s``."""
    ended, left = reap()
    if not term_s and not namespaced:
        _freeze(known)
    for number, patience in ((signal.SIGTERM, term_s), (signal.SIGKILL, kill_s)):
        if not patience:
            continue
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
