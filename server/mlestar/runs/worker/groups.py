"""Supervise a family: one program that forks, where each process that stands for runs is watched by itself (Linux).

The processes of runs are children of this one (they are forked twice). Told apart are their ends, their CPU time (their
helpers' included) and their memory. Orders come from the server through a FIFO: ``watch`` a process, ``run`` and
``rest`` (it has its turn, it waits), ``kill`` one with all that belongs to it, ``close`` when all is done.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
import time
from typing import Any, Callable, Iterable, Optional, Sequence

from . import tree

_LINGER_S = 0.4
_TERM_S = 0.5
_QUIET_S = 30.0
"""A forked process that uses no CPU at all for so long while it has its turn hangs: not every library forks well."""
_TICK = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


class Process:
    """What `table` saw of one process: parent, session, CPU seconds, resident bytes, when it started."""

    __slots__ = ("cpu", "parent", "resident", "seen_as", "session", "started")

    def __init__(self, seen_as: int, fields: "list[bytes]", names: "dict[int, int]") -> None:
        self.seen_as = seen_as
        self.parent = names.get(int(fields[1]), int(fields[1]))
        self.session = names.get(int(fields[3]), int(fields[3]))
        self.cpu = (int(fields[11]) + int(fields[12])) / _TICK
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


class Groups:
    """The loop's state. ``report`` sends one line to the server."""

    def __init__(self, spec: "dict[str, Any]", main: int) -> None:
        family = spec["family"]
        self.limit = spec.get("memory_bytes")
        self.quiet_s = float(family.get("quiet_s") or _QUIET_S)
        self._orders = os.open(os.path.join(family["folder"], "orders"), os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        self._say = os.open(os.path.join(family["folder"], "say"), os.O_WRONLY | os.O_CLOEXEC)
        self._text = b""
        now = time.monotonic()
        self.roots = {0: Root(0, main, now)}
        self.strangers: dict[int, tuple[int, float]] = {}
        """Reaped before the server said what they were: status and CPU seconds."""
        self.closed = False
        self.next_look = now
        with open(os.path.join(family["folder"], "walls.json"), "w", encoding="utf-8") as file:
            json.dump(spec.get("walls", {}), file)
        self.report(begun=0)

    @property
    def descriptor(self) -> int:
        return self._orders

    def report(self, **message: Any) -> None:
        with contextlib.suppress(OSError):  # no server: the lifeline ends everything
            os.write(self._say, (json.dumps(message) + "\n").encode("ascii"))

    # ------------------------------------------------------------------------------------- orders

    def take_orders(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self._text += os.read(self._orders, 65536)
        *lines, self._text = self._text.split(b"\n")
        now = time.monotonic()
        for line in lines:
            order = json.loads(line)
            if order["do"] == "close":
                self.closed = True
            elif order["do"] == "watch":
                self._watch(int(order["key"]), int(order["pid"]), int(order["parent"]), now)
            elif int(order["key"]) in self.roots:
                root = self.roots[int(order["key"])]
                if order["do"] == "kill":
                    self.kill(root, str(order["reason"]))
                else:
                    root.has_turn, root.progress_at = order["do"] == "run", now
                    self.next_look = min(self.next_look, now + 0.03)

    def _watch(self, key: int, pid: int, parent: int, now: float) -> None:
        root = self.roots[key] = Root(key, pid, now)
        root.forked = True
        if parent in self.roots:
            self.roots[parent].known.pop(pid, None)
            self.roots[parent].forked = True
        if pid in self.strangers:
            root.status, root.cpu = self.strangers.pop(pid)
            root.end_by = now + _LINGER_S

    def kill(self, root: Root, reason: str) -> None:
        """Ask everything that belongs to ``root`` to end; `look` makes it."""
        if root.reason or root.status is not None:
            return
        root.reason, root.end_by = reason, time.monotonic() + _TERM_S
        self._signal(root.members(table(), self._others(root)), signal.SIGTERM)

    # ------------------------------------------------------------------------------------- watching

    def reap(self) -> None:
        while True:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            self._reaped(pid, status, usage)

    def _reaped(self, pid: int, status: int, usage: resource.struct_rusage) -> None:
        used = usage.ru_utime + usage.ru_stime
        for root in self.roots.values():
            if pid == root.pid and root.status is None:
                root.status, root.cpu = status, root.cpu + used
                if root.key == 0:  # of a forked process this counts what it shares with others
                    root.peak = max(root.peak, usage.ru_maxrss * 1024)
                root.end_by = min(root.end_by, time.monotonic() + _LINGER_S)
                self.next_look = 0.0
                return
            if pid in root.known:
                root.cpu += used
                return
        self.strangers[pid] = (status, used)
        if len(self.strangers) > 1000:
            del self.strangers[next(iter(self.strangers))]

    def look(self) -> None:
        """Memory, hangs, and what is left of roots that ended; says which ended."""
        now = time.monotonic()
        processes = table()
        for root in list(self.roots.values()):
            pids = root.members(processes, self._others(root))
            if now >= root.end_by:
                self._signal(pids, signal.SIGKILL)
            if root.status is not None and not (pids - {root.pid}):
                self._ended(root)
                continue
            if root.status is None and not root.reason:
                self._measure(root, pids, processes, now)
        urgent = any(r.status is not None or r.reason for r in self.roots.values())
        self.next_look = now + (0.02 if urgent else 0.1 if self.limit else 0.25)

    def _measure(self, root: Root, pids: Iterable[int], processes: "dict[int, Process]", now: float) -> None:
        resident = sum(processes[pid].resident for pid in pids)
        if now >= root.next_exact or (self.limit and resident > self.limit):
            exact = tree.proportional_memory(processes[pid].seen_as for pid in pids) or resident
            root.next_exact = now + min(1.0, 0.1 + 0.2 * (now - root.begun))
            root.peak = max(root.peak, exact)
            if self.limit and exact > self.limit:
                self.kill(root, "memory")
                return
        used = root.cpu + sum(processes[pid].cpu for pid in pids)
        if used > root.progress or not root.has_turn or not root.forked:
            root.progress, root.progress_at = max(used, root.progress), now
        elif now - root.progress_at > self.quiet_s:
            self.kill(root, "quiet")

    def _ended(self, root: Root) -> None:
        assert root.status is not None
        if root.reason:
            end = {"how": root.reason}  # type: dict[str, Any]
        elif os.WIFSIGNALED(root.status):
            end = {"how": "signal", "signal": os.WTERMSIG(root.status)}
        else:
            end = {"how": "exit", "code": os.WEXITSTATUS(root.status)}
        del self.roots[root.key]
        self.report(ended=root.key, cpu_s=round(root.cpu, 4), peak=root.peak, **end)

    def _others(self, root: Root) -> "set[int]":
        return {other.pid for other in self.roots.values() if other is not root}

    def _signal(self, pids: Iterable[int], number: int) -> None:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, number)


def watch(
    spec: "dict[str, Any]",
    main: int,
    lifelines: Sequence[int],
    woken: int,
    pause: "Callable[[Sequence[int], float], list[int]]",
    asked_to_stop: "list[int]",
    desk: Any = None,
) -> "dict[str, Any]":
    """Until the server closes the family, or its lifeline ends: ``{"ended": "exit" or "cancelled"}``.

    ``desk`` (see `views`) serves branches that ask for a view of their own."""
    groups = Groups(spec, main)
    descriptors = [*lifelines, woken, groups.descriptor]
    if desk is not None:
        descriptors.append(desk.descriptor)
    while True:
        ready = pause(descriptors, groups.next_look - time.monotonic())
        if woken in ready:
            with contextlib.suppress(BlockingIOError):
                os.read(woken, 4096)
        if asked_to_stop or any(line in ready for line in lifelines):
            return {"ended": "cancelled"}
        if desk is not None and desk.descriptor in ready:
            desk.serve()
        if groups.descriptor in ready:
            groups.take_orders()
        groups.reap()
        if time.monotonic() >= groups.next_look:
            groups.look()
        if groups.closed:
            return {"ended": "exit", "code": 0}
