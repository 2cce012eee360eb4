"""The processes that stand for runs of a family: what belongs to each, and what each uses (Linux)."""

from __future__ import annotations

import os
import time
from typing import Any, Iterable, Optional

from . import limits, tree

_TICK = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


class Process:
    """What `table` saw of one process: parent, session, CPU seconds, resident bytes, when it started."""

    __slots__ = ("cpu", "parent", "resident", "seen_as", "session", "started", "threads")

    def __init__(self, seen_as: int, fields: "list[bytes]", names: "dict[int, int]") -> None:
        self.seen_as = seen_as
        self.parent = names.get(int(fields[1]), int(fields[1]))
        self.session = names.get(int(fields[3]), int(fields[3]))
        self.cpu = sum(map(int, fields[11:15])) / _TICK  # with that of its own children that ended
        self.threads = int(fields[17])
        self.started = int(fields[19])
        self.resident = int(fields[21]) * tree._PAGE


def table() -> "dict[int, Process]":
    """Every process in sight, by the pid under which *this* process knows it."""
    outer = tree.own_pid() != os.getpid()
    lines, names = {}, {}  # type: dict[int, list[bytes]], dict[int, int]
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open("/proc/{}/stat".format(name), "rb") as file:
                lines[int(name)] = file.read().rpartition(b")")[2].split()
            if outer:
                names[int(name)] = _inner_pid(name)
        except (OSError, ValueError):
            continue  # it ended meanwhile
    seen = ((names.get(pid, pid), Process(pid, fields, names)) for pid, fields in lines.items())
    return {pid: process for pid, process in seen if pid > 0}


def _inner_pid(name: str) -> int:
    """The pid in the innermost namespace of a process; -1 when it is in none below ours."""
    own = _levels("self")
    theirs = _levels(name)
    return theirs[len(own) - 1] if len(theirs) >= len(own) else -1


def _levels(name: str) -> "list[int]":
    with open("/proc/{}/status".format(name), "rb") as file:
        for line in file:
            if line.startswith(b"NSpid:"):
                return [int(number) for number in line.split()[1:]]
    return []


class Root:
    """One process that stands for runs, with everything it started."""

    def __init__(self, key: int, pid: int, now: float) -> None:
        self.key, self.pid = key, pid
        self.known: dict[int, int] = {}
        """pid to start time of what belongs to it."""
        self.cpu = 0.0
        """Seconds of what has been reaped."""
        self.used = 0.0
        """CPU seconds up to now."""
        self.base_cpu = 0.0
        """CPU seconds that the program had used before it was forked."""
        self.peak = 0
        self.status: Optional[int] = None
        self.reason = ""
        """Why it is being killed; empty when it ended by itself."""
        self.end_by = float("inf")
        """When what is left of it is killed."""
        self.forked = False
        self.has_turn = False
        self.progress, self.progress_at = 0.0, now
        self.begun = self.next_exact = now

    def members(self, processes: "dict[int, Process]", others: "set[int]") -> "set[int]":
        """Pids of it and its descendants, those included that left its session or lost their parent."""
        self.known = {p: t for p, t in self.known.items() if p in processes and processes[p].started == t}
        found = set(self.known) - others
        if self.status is None and self.pid in processes:
            found.add(self.pid)
        children: dict[int, list[int]] = {}
        for pid, process in processes.items():
            children.setdefault(process.parent, []).append(pid)
            if process.session == self.pid and pid not in others:
                found.add(pid)
        waiting = list(found)
        while waiting:
            for pid in children.get(waiting.pop(), ()):
                if pid not in found and pid not in others:
                    found.add(pid)
                    waiting.append(pid)
        self.known = {pid: processes[pid].started for pid in found}
        return found

    def over(self, spec: "dict[str, Any]", pids: Iterable[int], processes: "dict[int, Process]") -> Optional[str]:
        """Which limit it passed: ``memory``, ``processes``, ``cpu``; None while all is well."""
        now, limit = time.monotonic(), spec.get("memory_bytes")
        mine = [processes[pid] for pid in pids]
        self.used = self.cpu + sum(process.cpu for process in mine)
        resident = sum(process.resident for process in mine)
        if now >= self.next_exact or (limit and resident > limit):
            exact = tree.proportional_memory(process.seen_as for process in mine) or resident
            self.next_exact = now + min(1.0, 0.1 + 0.2 * (now - self.begun))
            self.peak = max(self.peak, exact)
            if limit and exact > limit:
                return "memory"
        if spec.get("processes") and sum(process.threads for process in mine) > spec["processes"]:
            return "processes"
        if spec.get("cpu_s") is not None and self.base_cpu + self.used > spec["cpu_s"]:
            return "cpu"
        return None


class Disk:
    """What each run wrote. Cheaply by the free space of the disk; exactly only when that has shrunk by a limit."""

    def __init__(self, spec: "dict[str, Any]") -> None:
        self._limit, self._scratch = spec.get("disk_bytes"), spec["scratch"]
        self._common = [os.path.join(self._scratch, name) for name in ("tmp", "copy")]
        self._first = limits.written(self._common) if self._limit else 0
        self._free = self._start = self._free_now()
        self._not_before = 0.0

    def _free_now(self) -> int:
        found = os.statvfs(self._scratch)
        return found.f_bavail * found.f_frsize

    def over(self, roots: "Iterable[Root]", views: "dict[Any, list[dict[str, Any]]]") -> "list[Root]":
        """Those that wrote more than they may, the trunk's and their own files counted."""
        now = time.monotonic()
        if not self._limit or now < self._not_before:
            return []
        free = self._free_now()
        nearly_full = free < limits._FULL_DISK < self._start
        if self._free - free < self._limit and not nearly_full:
            return []
        most = limits._FULL_DISK if nearly_full else self._limit
        found = []
        for root in roots:
            places = self._places(root.key, views)
            if limits.written(places) - (self._first if root.key == 0 else 0) > most:
                found.append(root)
        self._free = free if not found else self._free
        self._not_before = now + (time.monotonic() - now) / 0.05
        return found

    def _places(self, key: int, views: "dict[Any, list[dict[str, Any]]]") -> "list[str]":
        mine = views.get(key or None)
        if mine is None:
            return [os.path.join(self._scratch, "private", str(key))] if key else self._common
        places: list[str] = []
        for view in mine:
            places += [view["upper"], *view["layers"]] if "upper" in view else [view["from"]]
        return places
