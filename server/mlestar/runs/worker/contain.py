"""Build the walls around a run: namespaces, overlay and read-only mounts on Linux; the supervisor runs inside."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import stat
import sys
from typing import Any, Callable, NoReturn, Optional

from . import linux, supervise


def _send(descriptor: int, **values: Any) -> None:
    os.write(descriptor, (json.dumps(values) + "\n").encode("utf-8"))


def contain(spec: dict[str, Any], mode: str, life: int, report: int) -> NoReturn:
    """Body of the containing process: never returns; answers one JSON line, ``unavailable`` or the run's end."""
    try:
        namespaced = False
        if spec.get("namespaces", True) and sys.platform.startswith("linux"):
            if not os.environ.get("MLESTAR_NO_NAMESPACES"):
                namespaced = _unshare()
        if mode == "overlay":
            if not namespaced:
                _send(report, unavailable="this system gives no mount namespaces to a user")
                os._exit(0)
            try:
                _overlay(spec)
            except OSError as error:
                _send(report, unavailable="the overlay could not be mounted ({})".format(error))
                os._exit(0)
        _plan_views(spec, mode, namespaced)
        _write_worker_spec(spec)
        spec["protection"] = mode
        if namespaced:
            _in_new_pid_namespace(spec, mode, life, report)
        _send(report, **supervise.supervise(spec, [life], False, _confinement(spec, mode, False)))
    except Half as error:
        _send(report, unavailable="namespaces may not be used here ({})".format(error), half=True)
    except BaseException as error:
        _send(report, ended="error", reason="{}: {}".format(type(error).__name__, error))
    os._exit(0)


class Half(Exception):
    """This process is in namespaces that it may not use; it cannot leave them, so it must end."""


def _unshare() -> bool:
    """Enter new mount and pid namespaces: directly as root, else inside a user namespace. False where refused.

    Raises Half when the namespaces were made but may not be used (Ubuntu's AppArmor rules do that).
    """
    uid, gid = os.geteuid(), os.getegid()
    wanted = linux.CLONE_NEWPID | linux.CLONE_NEWNS
    os.environ.pop("_MLESTAR_USERNS", None)
    try:
        if os.environ.get("MLESTAR_USER_NAMESPACE"):
            raise PermissionError(errno.EPERM, "a user namespace is asked for")
        linux.unshare(wanted)
    except OSError:
        try:
            linux.unshare(wanted | linux.CLONE_NEWUSER)
        except OSError:
            return False
        try:
            linux.map_own_user(uid, gid)
        except OSError as error:
            raise Half(str(error)) from error
        os.environ["_MLESTAR_USERNS"] = "1"
    # From here on there is no way back: a failure must end this process, and the launcher tries without namespaces.
    try:
        linux.mount(None, "/", None, linux.MS_REC | linux.MS_PRIVATE)  # nothing mounted here reaches the host
    except OSError as error:
        raise Half(str(error)) from error
    return True


def _in_new_pid_namespace(spec: dict[str, Any], mode: str, life: int, report: int) -> NoReturn:
    init = os.fork()
    if init:
        _send(report, init=init)
        os.close(life)
        os.waitpid(init, 0)
        os._exit(0)
    try:
        with contextlib.suppress(OSError):
            # Containers may forbid it; then /proc shows the outer pids, which the supervisor copes with.
            linux.mount("proc", "/proc", "proc", linux.MS_NOSUID | linux.MS_NODEV | linux.MS_NOEXEC)
        _send(report, **supervise.supervise(spec, [life], True, _confinement(spec, mode, True)))
    except BaseException as error:
        _send(report, ended="error", reason="{}: {}".format(type(error).__name__, error))
    os._exit(0)


def _plan_views(spec: dict[str, Any], mode: str, namespaced: bool) -> None:
    """What the supervisor needs to give a branch its own view of files, and what the worker needs to ask for it."""
    temporary, copy = os.path.join(spec["scratch"], "tmp"), os.path.join(spec["scratch"], "copy")
    plain = [{"point": temporary, "from": temporary}]
    if mode == "copy":
        plain.append({"point": copy, "from": copy})
    plan: dict[str, Any] = {"places": [*spec["roots"], *(v["point"] for v in plain)]}
    spec["worker"]["private"] = plan
    if not namespaced or (spec.get("why_no_views") and mode == "overlay"):
        plan["why"] = spec.get("why_no_views")
        spec["views"] = []
        return
    spec["views"] = [*spec.get("views", ()), *plain]
    plan["ask"] = os.path.join(spec["scratch"], "private", "ask")


def _confinement(spec: dict[str, Any], mode: str, namespaced: bool) -> Callable[[], None]:
    """What the worker does to itself before it becomes the user's interpreter."""

    def confine() -> None:
        if namespaced and spec.get("lowers"):
            linux.unshare(linux.CLONE_NEWNS)
            for path in spec["lowers"]:
                linux.unmount(path, linux.MNT_DETACH)
        writes = _landlock(spec, mode)
        if writes is not None:
            writes()

    return confine


def _landlock(spec: dict[str, Any], mode: str) -> Optional[Callable[[], None]]:
    """Under ``copy``, Landlock where the kernel has it: it binds C and C++ writers too, which Python hooks cannot."""
    if mode != "copy" or os.environ.get("MLESTAR_NO_LANDLOCK") or linux.landlock_version() < 1:
        return None
    writable = [spec["scratch"], *spec["writable"], "/dev", "/proc", "/tmp", "/var/tmp"]
    inside = [p for p in writable if not any(_within(root, p) for root in spec["guarded"])]
    return lambda: linux.landlock_writes([spec["scratch"], *inside])


def _write_worker_spec(spec: dict[str, Any]) -> None:
    with open(os.path.join(spec["scratch"], "worker.json"), "w", encoding="utf-8") as file:
        json.dump(spec["worker"], file)


def _within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def _overlay(spec: dict[str, Any]) -> None:
    """Everything read-only, then the writable folders, then an overlay over each root. Raises OSError."""
    submounts = [point for point, _, _ in linux.mounts()]
    spec["views"] = []
    linux.set_read_only("/", True, recursive=True)
    for folder in [spec["scratch"], *spec["writable"]]:
        if os.path.isdir(folder):
            linux.mount(folder, folder, None, linux.MS_BIND | linux.MS_REC)
            linux.set_read_only(folder, False)
    for number, root in enumerate(spec["roots"]):
        below = sorted({p for p in submounts if p != root and _within(p, root)}, key=len)
        handles = [(p, os.open(p, os.O_PATH | os.O_CLOEXEC)) for p in below if os.path.isdir(p)]
        _overlay_one(spec, root, str(number))
        for index, (point, handle) in enumerate(handles):
            source = "/proc/self/fd/{}".format(handle)
            try:
                _overlay_one(spec, point, "{}-{}".format(number, index), source)
            except OSError:
                linux.mount(source, point, None, linux.MS_BIND)
                linux.set_read_only(point, True)
            os.close(handle)
    if os.path.isdir("/dev/shm"):
        try:
            linux.mount("tmpfs", "/dev/shm", "tmpfs", linux.MS_NOSUID | linux.MS_NODEV, "mode=1777")
        except OSError:
            linux.mount("/dev/shm", "/dev/shm", None, linux.MS_BIND)
            linux.set_read_only("/dev/shm", False)
    _write_program(spec)


def _overlay_one(spec: dict[str, Any], root: str, name: str, lower: Optional[str] = None) -> None:
    store = os.path.join(spec["scratch"], "overlay", name)
    kept = os.path.join(spec["scratch"], "lower", name)  # the folder itself, for views of branches; the worker's
    os.makedirs(kept, exist_ok=True)  # own mount namespace does not have it
    handle = os.open(lower or root, os.O_PATH | os.O_CLOEXEC)
    try:
        below = "/proc/self/fd/{}".format(handle)
        for attempt in ("disk", "memory"):
            folder = os.path.join(store, attempt)
            os.makedirs(folder, exist_ok=True)
            if attempt == "memory":  # the scratch lies on a file system that cannot hold the written layer
                linux.mount("tmpfs", folder, "tmpfs", linux.MS_NOSUID | linux.MS_NODEV, "mode=0700")
            upper, work = os.path.join(folder, "upper"), os.path.join(folder, "work")
            os.makedirs(upper, exist_ok=True)
            os.makedirs(work, exist_ok=True)
            shutil.copystat(root, upper)
            os.chmod(upper, stat.S_IMODE(os.stat(root).st_mode) | stat.S_IRWXU)
            try:
                with contextlib.suppress(OSError):  # refused where mounts below are locked: then no views
                    if attempt == "disk":
                        linux.mount(below, kept, None, linux.MS_BIND)
                        spec.setdefault("lowers", []).append(kept)
                linux.mount_overlay(root, [below], upper, work)
                if kept in spec.get("lowers", ()):
                    spec["views"].append({"point": root, "lower": kept, "layers": [], "upper": upper})
                else:
                    spec["why_no_views"] = "what is mounted below {} cannot be shared".format(root)
                return
            except OSError as error:
                if attempt == "memory" or error.errno not in (errno.EINVAL, errno.EOPNOTSUPP, errno.EXDEV):
                    raise
    finally:
        os.close(handle)


def _write_program(spec: dict[str, Any]) -> None:
    """The program's text under the script's own path, so that ``__file__``, tracebacks and spawned children see it."""
    with open(spec["program"], "rb") as file:
        text = file.read()
    target = spec["script"]
    try:
        mode = stat.S_IMODE(os.stat(target).st_mode)
    except OSError:
        mode = 0o644
    try:
        if os.path.lexists(target):
            os.unlink(target)  # the script may be read-only, or a link to elsewhere
        with open(target, "wb") as file:
            file.write(text)
        os.chmod(target, mode | stat.S_IRUSR)
    except OSError:
        linux.mount(spec["program"], target, None, linux.MS_BIND)
