"""Many files over several processes. A process that dies or hangs over one file costs that file alone.

Each worker has a pipe and at most one file, so that it is always known which file a dead worker had. Workers end with
the command: at Ctrl-C they are ended at once, and when the command itself is killed they notice and leave.
"""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

from mlestar.cli.check.one import Task, check_file
from mlestar.cli.check.results import FileResult

FEWEST = 8
"""Fewer files than this are checked sooner than processes start."""
BYTES_EACH = 60_000
"""Source that keeps a process busy for longer than its start takes."""
GARBAGE = 50_000
"""Objects between two looks for garbage: trees have many, none of it garbage before its file is done; saves a tenth."""
PATIENCE_S = 60.0
"""A file that takes longer is left out; the longest that is known of takes a tenth."""
START_S = 60.0
"""A process that has not come up by then will not."""

Check = Callable[[Task], FileResult]


def cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def workers_for(tasks: Sequence[Task], jobs: int | None) -> int:
    """How many processes are worth it; 1: this one."""
    if jobs is not None:
        return max(1, min(jobs, len(tasks)))
    if len(tasks) < FEWEST or cores() == 1:
        return 1
    size = sum(_size(task) for task in tasks)
    return max(1, min(cores(), len(tasks), size // BYTES_EACH))


def _size(task: Task) -> int:
    try:
        return os.stat(task.name).st_size  # noqa: PTH116 - a Path each would cost more
    except OSError:
        return 0


def check_all(
    tasks: Sequence[Task], jobs: int | None = None, check: Check = check_file, patience: float = PATIENCE_S
) -> list[FileResult]:
    """The results in the order of the tasks."""
    gc.set_threshold(GARBAGE)
    workers = workers_for(tasks, jobs)
    if workers == 1:
        return [_guarded(check, task) for task in tasks]
    return _Pool(tasks, check, patience).run(workers)


def _guarded(check: Check, task: Task) -> FileResult:
    """The result, or what went wrong as one: a fault of ours with one file must not lose the others."""
    try:
        return check(task)
    except (Exception, RecursionError, MemoryError) as error:
        return broken(task, f"{type(error).__name__}: {error}")


def broken(task: Task, reason: str) -> FileResult:
    words = f"{task.name}: not checked, mlestar failed on it ({reason}); the other files were checked"
    return FileResult(task.name, False, complaints=(words,), failed=True)


@dataclass
class _Worker:
    process: BaseProcess
    pipe: Connection[Any, Any]
    ready: bool = False
    """It has said that it is there; starting one may take seconds."""
    task: int | None = None
    since: float = 0.0


class _Pool:
    def __init__(self, tasks: Sequence[Task], check: Check, patience: float) -> None:
        self._tasks = tasks
        self._check = check
        self._patience = patience
        self._results: list[FileResult | None] = [None] * len(tasks)
        # the largest first, so that none is left over at the end
        self._waiting = sorted(range(len(tasks)), key=lambda n: _size(tasks[n]))
        self._context: Any = multiprocessing.get_context(_start_method())
        self._workers: list[_Worker] = []

    def run(self, count: int) -> list[FileResult]:
        try:
            while self._waiting and len(self._workers) < count:
                self._start()
            while self._workers:
                self._step()
            for number in self._waiting:  # no process could be started
                self._results[number] = _guarded(self._check, self._tasks[number])
        finally:
            for worker in self._workers:
                worker.process.kill()
                worker.pipe.close()
            for worker in self._workers:
                worker.process.join()
        return [r if r is not None else broken(t, "no answer") for r, t in zip(self._results, self._tasks, strict=True)]

    def _start(self) -> None:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=_work, args=(theirs, self._check, os.getpid()), daemon=True)
        process.start()
        theirs.close()
        self._workers.append(_Worker(process, ours, since=time.monotonic()))

    def _give(self, worker: _Worker) -> None:
        """The next file, or leave to go."""
        worker.task = self._waiting.pop() if self._waiting else None
        worker.since = time.monotonic()
        try:
            worker.pipe.send(None if worker.task is None else self._tasks[worker.task])
        except (BrokenPipeError, ConnectionError):
            if worker.task is not None:
                self._waiting.append(worker.task)
                worker.task = None
            self._end(worker)
            return
        if worker.task is None:
            self._end(worker)

    def _step(self) -> None:
        """Take the answers there are; see to those who died or take too long."""
        ready = set(wait([worker.pipe for worker in self._workers], timeout=1.0))
        for worker in list(self._workers):
            if worker.pipe in ready:
                self._take(worker)
            elif time.monotonic() - worker.since > (self._patience if worker.ready else max(self._patience, START_S)):
                worker.process.kill()
                self._lose(worker, f"it took longer than {self._patience:g} seconds")

    def _take(self, worker: _Worker) -> None:
        try:
            result = worker.pipe.recv()
        except (EOFError, OSError):
            worker.process.join()
            self._lose(worker, f"its process ended with {worker.process.exitcode}")
            return
        if worker.task is not None:
            self._results[worker.task] = result
        worker.ready = True
        self._give(worker)

    def _lose(self, worker: _Worker, reason: str) -> None:
        if worker.task is not None:
            self._results[worker.task] = broken(self._tasks[worker.task], reason)
        self._end(worker)
        if self._waiting and worker.ready:  # one that never came up would not the next time either
            self._start()

    def _end(self, worker: _Worker) -> None:
        self._workers.remove(worker)
        worker.pipe.close()
        worker.process.join(5.0)
        if worker.process.is_alive():
            worker.process.kill()
            worker.process.join()


def _start_method() -> str:
    """A fork needs no second import of everything, and is sound where there is one thread alone."""
    return "fork" if sys.platform == "linux" and threading.active_count() == 1 else "spawn"


def _work(pipe: Connection[Any, Any], check: Check, parent: int) -> None:
    """A worker's life: files in, results out, until told to go or left alone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the command decides
    gc.set_threshold(GARBAGE)
    gc.freeze()
    with contextlib.suppress(EOFError, OSError):
        pipe.send(None)  # there
        while True:
            while not pipe.poll(2.0):
                if hasattr(os, "getppid") and os.getppid() != parent:
                    return
            task = pipe.recv()
            if task is None:
                return
            pipe.send(_guarded(check, task))
