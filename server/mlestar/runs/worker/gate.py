"""Whether this process may go on in two: what a forked child could not live with, in one sentence each.

A child has only the thread that called ``fork``. Threads of libraries that prepare for this themselves (OpenBLAS,
Arrow, DuckDB, jemalloc) or can be sent away first (OpenMP) are no obstacle. Everything unknown is one.
"""

from __future__ import annotations

import gc
import os
import re
import sys
import threading
import time
from typing import Any, Iterable, Optional

from . import threads

OPENMP = re.compile(r"^lib(?:gomp|omp|iomp5|omp5)\b.*\.so")
_FORK_SAFE = re.compile(
    r"^(?:lib\w*openblas\w*(?:-\w+)?\.so|libarrow\.so|_?duckdb\b.*\.so|libjemalloc\.so|_catboost\b.*\.so)"
)
"""Libraries whose idle threads a child can do without: it was measured that they start new ones."""
_RUNTIME = re.compile(
    r"^(?:libc|libpthread|ld-linux[\w.-]*|libstdc\+\+|libgcc_s|libm|libc\+\+|libdl|librt|libc-[\d.]+|ld-[\d.]+"
    r"|libpthread-[\d.]+|libpython[\w.]*|python[\d.]*)(?:\.so[\d.]*)?$"
)
_SAFE_NAMES = frozenset(("jemalloc_bg_thd", "polars-ooc-clea"))
"""Helpers that exist as soon as a library was imported, whether or not it was used."""
_NEVER_NAMES = re.compile(r"^(?:polars-\d|tokio-r|async-executor|grpc|event_engine|tf_|cuda|jax|pjrt|ray|worker-?\d*$)")
_NEVER_MODULES = {
    "tensorflow": "TensorFlow",
    "jaxlib.xla_extension": "JAX",
    "jaxlib._jax": "JAX",
    "pyspark": "Spark",
    "mpi4py.MPI": "MPI",
    "torch_xla": "PyTorch/XLA",
    "ray._raylet": "Ray",
}
_SEMAPHORE = re.compile(r"^/dev/shm/sem\.")
_OWN_THREADS = frozenset(("TMonitor",))
_LOKY_THREADS = frozenset(("_ExecutorManagerThread", "ExecutorManagerThread", "QueueFeederThread"))
_PATIENCE_S = 0.2
_first_pid = os.getpid()


def begin() -> None:
    """This process is the one that may fork: to be called when it starts, and in each child."""
    global _first_pid
    _first_pid = os.getpid()


def refusal(keep: "Iterable[int]" = ()) -> "Optional[str]":
    """Why this process may not fork now; None when it may. ``keep``: pids of children that are ours.

    Looks at every thread, open device and running child; about 2 ms. Threads of OpenMP are looked at by
    `forking.fork`, once they were sent away.
    """
    if not sys.platform.startswith("linux"):
        return "Programs are branched on Linux only."
    if os.getpid() != _first_pid:
        return "The changed code runs in a process that the script started."
    if threading.current_thread() is not threading.main_thread():
        return "The changed code runs in a thread, not in the main program."
    try:
        return (
            _running_loop()
            or _python_threads()
            or _modules()
            or _devices()
            or _shared_memory()
            or _children(set(keep))
            or native_threads(allow_openmp=True)
        )
    except OSError as error:
        return "The process table could not be read ({}).".format(error)


def _running_loop() -> "Optional[str]":
    asyncio = sys.modules.get("asyncio")
    if asyncio is not None and asyncio._get_running_loop() is not None:
        return "The changed code runs in an asyncio event loop."
    return None


def _python_threads() -> "Optional[str]":
    patience = time.monotonic() + _PATIENCE_S
    while True:  # pools that were closed end their threads a moment later
        reason = _python_thread()
        if reason is None or time.monotonic() > patience:
            return reason
        time.sleep(0.005)


def _python_thread() -> "Optional[str]":
    alive = set(os.listdir("/proc/self/task"))
    for thread in threading.enumerate():
        if thread is threading.main_thread() or str(thread.native_id) not in alive:
            continue
        kind = type(thread).__name__
        if isinstance(thread, threading._DummyThread) or kind in _OWN_THREADS:
            continue  # a native thread that called Python once: looked at as such
        if (kind in _LOKY_THREADS or thread.name in _LOKY_THREADS) and loky_processes():
            continue  # the child forgets it
        return "The script has a thread of its own running ({}).".format(thread.name)
    return None


def _modules() -> "Optional[str]":
    for module, name in _NEVER_MODULES.items():
        if module in sys.modules:
            return "{} is loaded, whose threads do not survive branching.".format(name)
    torch = sys.modules.get("torch")
    cuda = getattr(torch, "cuda", None)
    if cuda is not None and getattr(cuda, "is_initialized", lambda: False)():
        return "CUDA is in use, which a branch could not go on using."
    return None


def _devices() -> "Optional[str]":
    for entry in os.listdir("/proc/self/fd"):
        try:
            target = os.readlink("/proc/self/fd/" + entry)
        except OSError:
            continue
        if target.startswith(("/dev/nvidia", "/dev/kfd", "/dev/dri", "/dev/accel", "/dev/dxg")):
            return "A GPU is in use ({}), which a branch could not go on using.".format(target)
        if target.startswith("anon_inode:[io_uring]"):
            return "Files are read through io_uring, which a branch would share."
    return None


def _shared_memory() -> "Optional[str]":
    for path in threads.shared():
        if path.startswith("/dev/nvidia"):
            return "A GPU is in use ({}), which a branch could not go on using.".format(path)
        if not _SEMAPHORE.match(path):
            return "The script writes to memory that branches would share ({}).".format(path or "anonymous")
    return None


def _children(keep: "set[int]") -> "Optional[str]":
    keep = keep | loky_processes() | _trackers()
    for entry in os.listdir("/proc/self/task"):
        try:
            with open("/proc/self/task/{}/children".format(entry), encoding="ascii") as file:
                pids = [int(pid) for pid in file.read().split()]
        except FileNotFoundError:
            continue  # the thread ended, or a kernel without this file
        for pid in pids:
            if pid not in keep and not _ended(pid):
                return "The script has processes of its own running ({}).".format(_name_of(pid))
    return None


def _ended(pid: int) -> bool:
    try:
        with open("/proc/{}/stat".format(pid), encoding="utf-8", errors="replace") as file:
            return file.read().rpartition(")")[2].split()[0] in "ZX"
    except OSError:
        return True


def _name_of(pid: int) -> str:
    try:
        with open("/proc/{}/comm".format(pid), encoding="utf-8", errors="replace") as file:
            return file.read().strip()
    except OSError:
        return str(pid)


def _trackers() -> "set[int]":
    found = set()
    for name in ("multiprocessing.resource_tracker", "joblib.externals.loky.backend.resource_tracker",
                 "loky.backend.resource_tracker"):  # fmt: skip
        tracker = getattr(sys.modules.get(name), "_resource_tracker", None)
        if tracker is not None and getattr(tracker, "_pid", None):
            found.add(tracker._pid)
    return found


def loky_processes() -> "set[int]":
    """Workers of the executors that loky keeps for the next call."""
    found: set[int] = set()
    for name in ("joblib.externals.loky.reusable_executor", "loky.reusable_executor"):
        executor = getattr(sys.modules.get(name), "_executor", None)
        found.update(getattr(executor, "_processes", None) or ())
    return found


def _waits_in(thread: threads.Native) -> str:
    return next((name for name in thread.libraries or () if not _RUNTIME.match(name)), "")


def waits_in_openmp(thread: threads.Native) -> bool:
    return bool(OPENMP.match(_waits_in(thread)))


def native_threads(allow_openmp: bool) -> "Optional[str]":
    """Why the threads of compiled libraries forbid a fork now; None when they do not."""
    known = {thread.native_id for thread in threading.enumerate() if not isinstance(thread, threading._DummyThread)}
    for thread in threads.others():
        if thread.tid in known or thread.name in _SAFE_NAMES:
            continue
        if _NEVER_NAMES.match(thread.name):
            return "A library's threads do not survive branching ({}).".format(thread.name)
        if thread.libraries is None:
            if allow_openmp:
                continue  # perhaps OpenMP's, still turning round for work: they are sent away, then looked at again
            return "A native thread is at work ({}).".format(thread.name)
        waits_in = _waits_in(thread)
        if _FORK_SAFE.match(waits_in) or (allow_openmp and OPENMP.match(waits_in)):
            continue
        return "A thread of a library is not known to survive branching ({}).".format(waits_in or thread.name)
    return None


def live_parallel() -> "Optional[str]":
    """Objects in use that hold on to worker processes."""
    kind: Any = getattr(sys.modules.get("joblib.parallel"), "Parallel", None)
    if kind is not None and loky_processes():
        for thing in gc.get_objects():
            if type(thing) is kind and getattr(thing, "_managed_backend", False):
                return "The changed code runs inside ``with Parallel``."
    return None
