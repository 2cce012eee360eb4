"""Start the user's interpreter, watch lifeline, deadline and memory, and leave nothing behind (POSIX).

Runs as pid 1 of the run's own pid namespace where that can be had: then the kernel ends every process of the run
with it, however it daemonised itself. Elsewhere it is the subreaper (Linux) or follows the process table (macOS).
"""

from __future__ import annotations

import contextlib
import os
import resource
import select
import signal
import sys
import time
from typing import Any, Callable, Optional, Sequence

from . import background, limits, linux, tree, views

_FROZEN_S = 3.0
"""When this loop did not get round for so long, the whole run was stopped with it."""
_LINGER_S = 0.4
"""How long helpers (resource trackers, worker pools) may take to end by themselves after the script ended."""


def _become_worker(spec: dict[str, Any], errors: int, confine: Optional[Callable[[], None]]) -> None:
    """In the forked child: become the user's interpreter. Never returns."""
    step = "start the interpreter"
    try:
        os.setsid()
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        if spec.get("family"):
            for number, name in ((1, "out.0"), (2, "err.0")):
                os.dup2(os.open(os.path.join(spec["family"]["folder"], name), os.O_WRONLY), number)
        signal.set_wakeup_fd(-1)
        for name in ("SIGPIPE", "SIGXFSZ", "SIGCHLD", "SIGTERM", "SIGINT", "SIGHUP"):
            signal.signal(getattr(signal, name), signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a crash need not leave gigabytes
        background.step_back()
        with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
            file.write("700")  # when memory runs out, the run goes before the editor
        limits.set_own(spec, fresh_user=bool(os.environ.get("_MLESTAR_USERNS")))
        step = "enter {}".format(spec["cwd"])
        os.chdir(spec["cwd"])
        step = "protect the files"
        if confine is not None:
            confine()
        step = "start {}".format(spec["argv"][0])
        os.execve(spec["argv"][0], spec["argv"], spec["env"])
    except BaseException as error:
        os.write(errors, "{}: {}".format(step, error).encode("utf-8", "replace"))
    os._exit(127)


def _pause(descriptors: Sequence[int], seconds: float) -> list[int]:
    try:
        return select.select(list(descriptors), [], [], max(0.0, seconds))[0]
    except InterruptedError:
        return []


def supervise(
    spec: dict[str, Any], lifelines: Sequence[int], namespaced: bool, confine: Optional[Callable[[], None]] = None
) -> dict[str, Any]:
    """Run ``spec`` to its end. Returns how it ended: ``ended`` is ``exit``, ``signal``, ``timeout``, ``memory``,
    ``cpu``, ``processes``, ``disk``, ``cancelled`` or ``error``; with ``code`` or ``signal``, ``wall_s``, ``peak``
    (bytes of the whole tree)."""
    if not namespaced and sys.platform.startswith("linux"):
        linux.become_subreaper()
    desk = views.Desk(spec) if namespaced and spec.get("views") else None
    asked_at = [desk.descriptor] if desk else []
    woken, wake = os.pipe()
    os.set_blocking(woken, False)
    os.set_blocking(wake, False)
    asked_to_stop: list[int] = []
    signal.signal(signal.SIGCHLD, lambda *_: None)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda signum, _: asked_to_stop.append(signum))
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    errors_read, errors_write = os.pipe()
    begun = time.monotonic()
    result: dict[str, Any] = {}
    main = os.fork()
    if main == 0:
        _become_worker(spec, errors_write, confine)
    os.close(errors_write)
    problem = b""
    while True:
        piece = os.read(errors_read, 4096)  # ends at exec, which closes the pipe
        if not piece:
            break
        problem += piece
    os.close(errors_read)
    if desk is None and sys.platform.startswith("linux"):
        with contextlib.suppress(OSError):  # with a desk it has rights that the worker lacks: that keeps it safe too
            linux.hide_from_debuggers()
    if problem:
        tree.end_all(namespaced)
        return {"ended": "error", "reason": problem.decode("utf-8", "replace")}

    if spec.get("family"):
        from . import groups  # its limits are looked at run by run

        result = groups.watch(spec, main, lifelines, woken, _pause, asked_to_stop, desk)
        tree.end_all(namespaced)
        return {**result, "wall_s": time.monotonic() - begun, "peak": 0}

    deadline = None if spec.get("wall_s") is None else begun + float(spec["wall_s"])
    watch = limits.Watch(spec)
    status: Optional[int] = None
    looked = begun
    while not result:
        now = time.monotonic()
        if now - looked > 1.0 + _FROZEN_S:  # it looks at least once a second
            # A paused container, a saved virtual machine: the clock went on, the run did not.
            begun += now - looked
            deadline = None if deadline is None else deadline + now - looked
        looked = now
        if deadline is not None and now >= deadline:
            result = {"ended": "timeout"}
            break
        if now >= watch.next_look:
            passed = watch.look()
            if passed is not None:
                result = {"ended": passed}
                break
        until = min(watch.next_look, deadline) if deadline is not None else watch.next_look
        ready = _pause([*lifelines, *asked_at, woken], until - time.monotonic())
        if woken in ready:
            with contextlib.suppress(BlockingIOError):
                os.read(woken, 4096)
        if desk and desk.descriptor in ready:
            desk.serve()
        if asked_to_stop or any(line in ready for line in lifelines):
            result = {"ended": "cancelled"}
            break
        status = tree.reap()[0].get(main)
        if status is not None:
            if os.WIFSIGNALED(status):
                result = {"ended": "signal", "signal": os.WTERMSIG(status)}
            else:
                result = {"ended": "exit", "code": os.WEXITSTATUS(status)}
    result["wall_s"] = time.monotonic() - begun
    if status is not None:
        patience = time.monotonic() + _LINGER_S
        while time.monotonic() < patience and (tree.reap()[1] or tree.descendants(watch.known)):
            if any(line in lifelines for line in _pause(lifelines, 0.01)):
                break
    try:
        at_once = result["ended"] in ("memory", "processes", "disk")  # no time to take still more
        tree.end_all(namespaced, watch.known, term_s=0.0 if at_once else 0.5)
    except OSError:
        import traceback  # rarely needed, and slow to import

        result["trouble"] = traceback.format_exc()
    result["peak"] = watch.peak
    return result
