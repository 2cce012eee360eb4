"""Watch what a run uses: memory, CPU seconds, processes and disk space of its whole tree.

Looks are cheap and come as often as the nearest limit could be reached: a program that takes a gigabyte of memory a
second is stopped before it has taken much more than it may, an idle one is looked at four times a second.
"""

from __future__ import annotations

import contextlib
import os
import resource
import stat
import time
from typing import Any, Iterable, Optional

from . import tree

_LEAST_S, _MOST_S = 0.01, 0.25
_BYTES_A_SECOND = 2 * 1024**3
"""The fastest that memory or disk is expected to fill."""
_SHARE = 0.05
"""Of one processor's time that looking may cost."""
_FULL_DISK = 256 * 1024**2
"""When so little is left on the disk, a run that writes is stopped though it is within its own limit."""


class Watch:
    """``look`` says which limit was passed: ``memory``, ``cpu``, ``processes``, ``disk``; None while all is well."""

    def __init__(self, spec: "dict[str, Any]") -> None:
        self.memory = spec.get("memory_bytes")
        self.cpu_s = spec.get("cpu_s")
        self.processes = spec.get("processes")
        self.peak = 0
        self.next_look = time.monotonic()
        self._disk = Disk(spec)
        self._cheap = os.path.exists("/proc/self/stat")
        self._known: set[int] = set()

    @property
    def known(self) -> "set[int]":
        """Processes seen so far, where the process table is all there is to follow a tree by."""
        return self._known

    def look(self) -> Optional[str]:
        begun = time.monotonic()
        used = tree.usage(self._known)
        if not self._cheap:
            self._known.update(used)
        verdict = self._verdict(used)
        now = time.monotonic()
        wait = self._disk.patience_s
        if self.memory:
            wait = min(wait, (self.memory - self._resident) / _BYTES_A_SECOND)
        if self.processes:
            wait = min(wait, 0.05)
        least = max(_LEAST_S, (now - begun) / _SHARE)
        self.next_look = now + max(least, min(wait, _MOST_S if self._cheap else 1.0))
        return verdict

    def _verdict(self, used: "dict[int, tree.Usage]") -> Optional[str]:
        self._resident = resident = sum(u.resident for u in used.values())
        if self.memory and resident > self.memory:
            self._resident = resident = tree.proportional_memory(used) or resident
            if resident > self.memory:
                self.peak = max(self.peak, resident)
                return "memory"
        self.peak = max(self.peak, resident)
        if self.processes and sum(u.threads for u in used.values()) > self.processes:
            return "processes"
        if self.cpu_s is not None:
            ended = resource.getrusage(resource.RUSAGE_CHILDREN)
            if ended.ru_utime + ended.ru_stime + sum(u.cpu_s for u in used.values()) > self.cpu_s:
                return "cpu"
        return "disk" if self._disk.passed(used) else None


class Disk:
    """How much a run has written: cheaply by the free space of the disk, exactly only when that has shrunk enough."""

    def __init__(self, spec: "dict[str, Any]") -> None:
        self.limit = spec.get("disk_bytes")
        self.patience_s = _MOST_S
        self._folder = spec["scratch"]
        self._places = [os.path.join(self._folder, name) for name in ("overlay", "private", "tmp", "copy")]
        self._free = self._start = self._free_now()
        self._before = written(self._places[-1:]) if self.limit else 0
        self._not_before = 0.0

    def _free_now(self) -> int:
        try:
            found = os.statvfs(self._folder)
        except OSError:
            return 0
        return found.f_bavail * found.f_frsize

    def passed(self, pids: Iterable[int] = ()) -> bool:
        """Whether more than the limit was written, or the disk is nearly full and the run is a cause."""
        if not self.limit:
            return False
        free, now = self._free_now(), time.monotonic()
        gone = self._free - free
        nearly_full = free < _FULL_DISK < self._start
        left = self.limit - gone
        self.patience_s = max(_LEAST_S, min(_MOST_S, left / _BYTES_A_SECOND))
        if (left > 0 and not nearly_full) or now < self._not_before:
            return False
        exact = written(self._places) + written_unnamed(pids) - self._before
        took = time.monotonic() - now
        if exact > self.limit or (nearly_full and exact > _FULL_DISK):
            return True
        self._free = free + exact  # others wrote the rest: it does not count
        self._not_before = now + took / _SHARE
        self.patience_s = _MOST_S
        return False


def written(places: Iterable[str]) -> int:
    """Bytes on disk below ``places``; files that vanish meanwhile do not count."""
    total, waiting = 0, list(places)
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    with contextlib.suppress(OSError):
                        found = entry.stat(follow_symlinks=False)
                        total += found.st_blocks * 512
                        if stat.S_ISDIR(found.st_mode):
                            waiting.append(entry.path)
        except OSError:
            continue
    return total


def written_unnamed(pids: Iterable[int]) -> int:
    """Bytes of files that were removed and are still open: they fill the disk though no folder shows them."""
    seen: dict[tuple[int, int], int] = {}
    for pid in pids:
        folder = "/proc/{}/fd".format(pid)
        with contextlib.suppress(OSError):
            for name in os.listdir(folder):
                with contextlib.suppress(OSError):
                    found = os.stat(folder + "/" + name)
                    if stat.S_ISREG(found.st_mode) and found.st_nlink == 0:
                        seen[found.st_dev, found.st_ino] = found.st_blocks * 512
    return sum(seen.values())


def _counts_apart() -> bool:
    major, minor = (int("".join(c for c in part if c.isdigit()) or 0) for part in os.uname().release.split(".")[:2])
    return (major, minor) >= (5, 14)


def set_own(spec: "dict[str, Any]", fresh_user: bool) -> None:
    """In the worker, before it starts: what the kernel enforces for a single file, and for a user who is not root.

    ``fresh_user``: the run is in a user namespace; since Linux 5.14 its processes are counted apart from the user's.
    """
    if spec.get("disk_bytes"):
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_FSIZE, (int(spec["disk_bytes"]),) * 2)
    if spec.get("processes") and fresh_user and os.getuid() != 0 and _counts_apart():
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NPROC, (int(spec["processes"]) + 32,) * 2)
