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
from typing import Any, Callable, Iterable, Sequence

from .roots import Disk, Process, Root, table

_LINGER_S = 0.4
_TERM_S = 0.5
_QUIET_S = 30.0
"""A forked process that uses no CPU at all for so long while it has its turn hangs: not every library forks well."""


class Groups:
    """The loop's state. ``report`` sends one line to the server."""

    def __init__(self, spec: "dict[str, Any]", main: int, desk: Any) -> None:
        family = spec["family"]
        self.spec, self.desk, self._disk = spec, desk, Disk(spec)
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
            trunk = self.roots[parent]
            trunk.known.pop(pid, None)
            trunk.forked = True
            root.base_cpu = trunk.base_cpu + trunk.used
        if pid in self.strangers:
            root.status, root.cpu = self.strangers.pop(pid)
            root.end_by = now + _LINGER_S

    def kill(self, root: Root, reason: str) -> None:
        """Ask everything that belongs to ``root`` to end; `look` makes it."""
        if root.reason or root.status is not None:
            return
        root.reason = reason
        if reason in ("memory", "processes", "disk"):  # no time to take still more
            root.end_by = 0.0
        else:
            root.end_by = time.monotonic() + _TERM_S
            self._signal(root.members(table(), self._others(root)), signal.SIGTERM)
        self.next_look = 0.0

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
                root.used = root.cpu
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
        for root in self._disk.over(list(self.roots.values()), self.desk._views if self.desk else {}):
            self.kill(root, "disk")
        urgent = any(r.status is not None or r.reason for r in self.roots.values())
        soon = self.spec.get("memory_bytes") or self.spec.get("processes")
        self.next_look = time.monotonic() + (0.02 if urgent else 0.1 if soon else 0.25)

    def _measure(self, root: Root, pids: Iterable[int], processes: "dict[int, Process]", now: float) -> None:
        passed = root.over(self.spec, pids, processes)
        if passed is not None:
            self.kill(root, passed)
        elif root.used > root.progress or not root.has_turn or not root.forked:
            root.progress, root.progress_at = max(root.used, root.progress), now
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
    groups = Groups(spec, main, desk)
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
