"""Go on in two processes that are both the running program, safely after compiled libraries started threads (Linux).

OpenMP's own way of preparing for a fork is ``omp_pause_resource_all``: its threads end and are started again when they
are needed. Everything else that a child must not share with its parent is taken apart here: file offsets, the random
state that Python itself changes, locks that live in several processes, worker pools.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import fcntl
import gc
import io
import os
import random
import stat
import sys
import threading
import time
import warnings
from typing import Any, Iterator, Optional, Sequence

from . import gate, threads
from .gate import refusal
from .sequential import sequential_joblib

_PAUSE_HARD = 2
_PATIENCE_S = 0.5
_STREAMS = (io.TextIOWrapper, io.BufferedWriter, io.BufferedRandom)
_paused: "dict[str, Any]" = {}
"""``omp_pause_resource_all`` of each OpenMP runtime that was seen, by its path."""


class CannotFork(Exception):
    """Why not, in a sentence. Nothing has happened."""


def fork(keep: "Sequence[int]" = ()) -> int:
    """Fork; 0 in the child, the child's pid in the parent. The child is not the parent's child: whoever collects
    orphans (pid 1 of the namespace, the nearest subreaper) collects it, so that the script never sees it end.

    ``keep``: descriptors of ours that both go on sharing as they are. Raises CannotFork; ask `gate.refusal` before.
    """
    _flush(frozenset(keep))
    _pause_openmp()
    reason = gate.native_threads(allow_openmp=False) or gate.live_parallel()
    if reason is not None:
        raise CannotFork(reason)
    state = random.getstate()  # Python seeds its generator anew in every child
    collecting = gc.isenabled()
    gc.disable()
    report, sent = os.pipe()
    pid: Optional[int] = None
    try:
        with _bars_held(), _quietly():
            if not _script_counts_garbage():
                gc.freeze()  # a collection in the child would touch, and so copy, every page of the parent
            middle = os.fork()
            if middle == 0:
                _second(report, sent)
                pid = 0
        if pid is None:
            pid = _first(middle, report, sent)
    except OSError as error:
        raise CannotFork("The system started no further process ({}).".format(error)) from error
    finally:
        for descriptor in (report, sent):
            with contextlib.suppress(OSError):
                os.close(descriptor)
        if pid != 0:
            gc.unfreeze()
        if collecting:
            gc.enable()
    if pid != 0:
        return pid
    random.setstate(state)
    _forget_pools()
    _own_offsets(keep)
    gate.begin()
    return 0


def _second(report: int, sent: int) -> None:
    """In the process between: start the child and end. Returns in the child only."""
    try:
        pid = os.fork()
    except BaseException:
        os._exit(1)
    if pid != 0:
        try:
            os.write(sent, str(pid).encode("ascii"))
        finally:
            os._exit(0)


def _first(middle: int, report: int, sent: int) -> int:
    os.close(sent)
    text = b""
    try:
        text = os.read(report, 64)  # ends without a word when no second process could be had
    finally:
        with contextlib.suppress(ChildProcessError):  # a script that ignores SIGCHLD has none to wait for
            os.waitpid(middle, 0)
    if not text:
        raise CannotFork("The system started no further process.")
    return int(text)


# ---------------------------------------------------------------------- before


def _flush(ours: "frozenset[int]") -> None:
    """What is waiting to be written must not be written by both."""
    for stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
        with contextlib.suppress(Exception):
            stream.flush()  # type: ignore[union-attr,unused-ignore]
    if not any(_is_written(int(entry)) for entry in os.listdir("/proc/self/fd") if int(entry) not in ours):
        return  # looking through all objects takes longer than the fork
    for thing in gc.get_objects():
        if type(thing) in _STREAMS and not thing.closed:
            with contextlib.suppress(Exception):
                if thing.writable():
                    thing.flush()


def _is_written(descriptor: int) -> bool:
    with contextlib.suppress(OSError):
        if descriptor > 2 and fcntl.fcntl(descriptor, fcntl.F_GETFL) & (os.O_WRONLY | os.O_RDWR):
            kind = os.fstat(descriptor).st_mode
            return stat.S_ISREG(kind) or stat.S_ISFIFO(kind)
    return False


def _pause_openmp() -> None:
    for path in threads.libraries():
        if path not in _paused and gate.OPENMP.match(os.path.basename(path)):
            try:
                library = ctypes.CDLL(path, mode=os.RTLD_NOLOAD | os.RTLD_NOW)
                call = library.omp_pause_resource_all
            except (OSError, AttributeError):
                continue  # an old one without it: its threads, if there are any, are seen afterwards
            call.restype, call.argtypes = ctypes.c_int, [ctypes.c_int]
            _paused[path] = call
    for path, call in _paused.items():
        if call(_PAUSE_HARD) != 0:
            raise CannotFork("OpenMP is at work ({}).".format(os.path.basename(path)))
    patience = time.monotonic() + _PATIENCE_S
    while time.monotonic() < patience:
        if not any(gate.waits_in_openmp(thread) for thread in threads.others()):
            return
        time.sleep(0.001)


@contextlib.contextmanager
def _quietly() -> Iterator[None]:
    """Python 3.12 warns of any fork beside threads. Its own way to silence that would forget which warnings were
    shown already, so that the script's would appear twice."""
    silence: Any = ("ignore", None, DeprecationWarning, None, 0)
    filters: Any = warnings.filters
    filters.insert(0, silence)
    try:
        yield
    finally:
        with contextlib.suppress(ValueError):
            filters.remove(silence)


@contextlib.contextmanager
def _bars_held() -> Iterator[None]:
    """tqdm's monitor thread must not be writing while the process is copied."""
    lock = getattr(getattr(sys.modules.get("tqdm.std"), "tqdm", None), "_lock", None)
    if lock is None:
        yield
        return
    own = os.getpid()
    lock.acquire()
    try:
        yield
    finally:
        if os.getpid() == own:  # the child gets a new one; part of this one is shared, and released once
            lock.release()


def _script_counts_garbage() -> bool:
    main = sys.modules.get("__main__")
    return any(value is gc for value in vars(main).values()) if main is not None else False


# ---------------------------------------------------------------------- in the child


def _forget_pools() -> None:
    """Worker processes, and locks that reach into other processes, stay with the parent."""
    for name in ("joblib.externals.loky.reusable_executor", "loky.reusable_executor"):
        module: Any = sys.modules.get(name)
        if module is not None:
            manager = getattr(getattr(module, "_executor", None), "_temp_folder_manager", None)
            for cleanup in dict(getattr(manager, "_finalizers", None) or {}).values():
                atexit.unregister(cleanup)  # the folder is the parent's
            module._executor = None
            module._executor_kwargs = None
            module._executor_lock = threading.RLock()
    for name in ("multiprocessing.resource_tracker", "joblib.externals.loky.backend.resource_tracker",
                 "loky.backend.resource_tracker"):  # fmt: skip
        tracker: Any = getattr(sys.modules.get(name), "_resource_tracker", None)
        if tracker is not None:
            descriptor, tracker._fd, tracker._pid = tracker._fd, None, None
            if descriptor is not None:
                with contextlib.suppress(OSError):
                    os.close(descriptor)
    children: Any = getattr(sys.modules.get("multiprocessing.process"), "_children", None)
    if children is not None:
        children.clear()  # nobody can wait for his parent's children
    bars: Any = getattr(sys.modules.get("tqdm.std"), "tqdm", None)
    if bars is not None and hasattr(bars, "_lock"):
        bars.set_lock(threading.RLock())  # its own is shared with every other branch
    for name in ("concurrent.futures.process", "joblib.externals.loky.process_executor"):
        wakeups: Any = getattr(sys.modules.get(name), "_threads_wakeups", None)
        if wakeups is not None:
            for thread in list(wakeups):
                wakeups.pop(thread, None)


def _own_offsets(shared: "Sequence[int]") -> None:
    """Open every regular file anew, at the same place: an inherited descriptor moves with the parent's."""
    for entry in os.listdir("/proc/self/fd"):
        descriptor = int(entry)
        if descriptor in shared or descriptor <= 2:
            continue
        with contextlib.suppress(OSError):  # the folder's own descriptor; files that may no longer be opened
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                continue
            flags = fcntl.fcntl(descriptor, fcntl.F_GETFL) & ~(os.O_CREAT | os.O_EXCL | os.O_TRUNC)
            inheritable = os.get_inheritable(descriptor)
            place = os.lseek(descriptor, 0, os.SEEK_CUR)
            again = os.open("/proc/self/fd/" + entry, flags)
            os.lseek(again, place, os.SEEK_SET)
            os.dup2(again, descriptor, inheritable)
            os.close(again)


__all__ = ["CannotFork", "fork", "refusal", "sequential_joblib"]
