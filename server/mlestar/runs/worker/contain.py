"""Build the walls around a run: namespaces, overlay and read-only mounts on Linux; the supervisor runs inside."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import stat
import sys
from typing import Any, NoReturn, Optional, Sequence

from . import hiding, linux, supervise, walls


def _send(descriptor: int, **values: Any) -> None:
    os.write(descriptor, (json.dumps(values) + "\n").encode("utf-8"))


def contain(spec: dict[str, Any], mode: str, life: int, report: int) -> NoReturn:
    """Body of the containing process: never returns; answers one JSON line, ``unavailable`` or the run's end."""
    had = walls.Walls()
    try:
        namespaced = False
        spec["protection"] = mode
        walls.off_linux(had)
        if spec.get("namespaces", True) and sys.platform.startswith("linux"):
            if not os.environ.get("MLESTAR_NO_NAMESPACES") and os.environ.get("MLESTAR_NAMESPACES") != "bwrap":
                spec["sockets"] = hiding.sockets_with_paths()
                namespaced = _unshare(spec, had)
            if not namespaced:
                _send(report, unavailable="this system gives no mount namespaces to a user", no_namespaces=True)
                os._exit(0)
        if mode == "overlay":
            if not namespaced:
                _send(report, unavailable="this system gives no mount namespaces to a user")
                os._exit(0)
            try:
                _overlay(spec)
                had.have("files")
            except OSError as error:
                _send(report, unavailable="the overlay could not be mounted ({})".format(error))
                os._exit(0)
        elif namespaced:
            _close_outside(spec, had)
        _plan_views(spec, mode, namespaced)
        _write_worker_spec(spec)
        if namespaced:
            _in_new_pid_namespace(spec, mode, life, report, had)
        _supervise(spec, mode, life, report, had, False)
    except Half as error:
        _send(report, unavailable="namespaces may not be used here ({})".format(error), no_namespaces=True)
    except BaseException as error:
        _send(report, ended="error", reason="{}: {}".format(type(error).__name__, error))
    os._exit(0)


def contain_in_bubble(program: str, spec: dict[str, Any], life: int, report: int) -> NoReturn:
    """As `contain`, with the namespaces that bubblewrap makes."""
    from . import bubble

    try:
        bubble.enter(program, spec, life, report)
    except BaseException as error:
        _send(report, unavailable="bubblewrap could not be used ({})".format(error))
    os._exit(0)


def _supervise(spec: dict[str, Any], mode: str, life: int, report: int, had: walls.Walls, namespaced: bool) -> None:
    """Settle the last walls, run, answer. With ``sandbox = "required"`` and a wall missing nothing is started."""
    confine = walls.confinement(spec, mode, namespaced, had)
    problem = walls.missing(spec, had)
    if problem is not None:
        _send(report, unavailable=problem, lacking=had.lacking, missing=True)
        return
    spec["walls"] = {"protection": mode, **had.answer()}  # a family's runs have their outcomes before this answer
    _send(report, **{**supervise.supervise(spec, [life], namespaced, confine), **had.answer()})


class Half(Exception):
    """This process is in namespaces that it may not use; it cannot leave them, so it must end."""


def _unshare(spec: dict[str, Any], had: walls.Walls) -> bool:
    """Enter new mount, pid, ipc and network namespaces: directly as root, else inside a user namespace. False where
    refused; the network is left as it is where only that is refused.

    Raises Half when the namespaces were made but may not be used (Ubuntu's AppArmor rules do that).
    """
    uid, gid = os.geteuid(), os.getegid()
    base = linux.CLONE_NEWPID | linux.CLONE_NEWNS | linux.CLONE_NEWIPC
    closed = spec.get("sandbox") != "off" and not spec.get("network") and not os.environ.get("MLESTAR_NO_NETNS")
    tries = [0, linux.CLONE_NEWUSER] if not os.environ.get("MLESTAR_USER_NAMESPACE") else [linux.CLONE_NEWUSER]
    for user in tries:
        for network in [linux.CLONE_NEWNET, 0] if closed else [0]:
            try:
                linux.unshare(base | user | network)
                break
            except OSError as error:
                if network:
                    had.lack("network", "the network is open: no network namespace ({})".format(error.strerror))
        else:
            continue
        break
    else:
        return False
    os.environ.pop("_MLESTAR_USERNS", None)
    if user:
        try:
            linux.map_own_user(uid, gid)
        except OSError as error:
            raise Half(str(error)) from error
        os.environ["_MLESTAR_USERNS"] = "1"
    if network:
        had.have("network")
        try:
            linux.loopback_up()
        except OSError as error:
            had.lacking["loopback"] = "the run cannot reach itself over the loopback device ({})".format(error)
    # From here on there is no way back: a failure must end this process, and the launcher tries without namespaces.
    try:
        linux.mount(None, "/", None, linux.MS_REC | linux.MS_PRIVATE)  # nothing mounted here reaches the host
    except OSError as error:
        raise Half(str(error)) from error
    return True


def _in_new_pid_namespace(spec: dict[str, Any], mode: str, life: int, report: int, had: walls.Walls) -> NoReturn:
    init = os.fork()
    if init:
        _send(report, init=init)
        os.close(life)
        os.waitpid(init, 0)
        os._exit(0)
    try:
        had.have("processes")
        try:
            linux.mount("proc", "/proc", "proc", linux.MS_NOSUID | linux.MS_NODEV | linux.MS_NOEXEC)
        except OSError:
            # Containers may forbid it; then /proc shows the outer pids, which the supervisor copes with.
            had.lacking["proc"] = "the run sees the names of other processes: no /proc of its own here"
        if spec.get("sandbox") != "off":
            hiding.close_proc()
            _hide(spec, had)
        _supervise(spec, mode, life, report, had, True)
    except BaseException as error:
        _send(report, ended="error", reason="{}: {}".format(type(error).__name__, error))
    os._exit(0)


def _hide(spec: dict[str, Any], had: walls.Walls) -> None:
    try:
        left = hiding.hide(spec["scratch"], spec.get("hidden", ()))
    except OSError as error:
        had.lack("hidden", "other projects and secrets can be read ({})".format(error))
        return
    if left:
        had.lacking["hidden"] = "{} could not be hidden".format(left[0])
    else:
        had.have("hidden")
    own = [spec["scratch"], *spec["writable"], *spec["roots"]]
    left = hiding.hide_services(spec["scratch"], spec.get("sockets", ()), own)
    if left:
        had.lacking["services"] = "services of this system can be reached through {}".format(left[0])


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


def _write_worker_spec(spec: dict[str, Any]) -> None:
    with open(os.path.join(spec["scratch"], "worker.json"), "w", encoding="utf-8") as file:
        json.dump(spec["worker"], file)


def _overlay(spec: dict[str, Any]) -> None:
    """Everything read-only, then the writable folders, then an overlay over each root. Raises OSError."""
    submounts = [point for point, _, _ in linux.mounts()]
    spec["views"] = []
    _all_read_only([spec["scratch"], *spec["writable"]])
    for number, root in enumerate(spec["roots"]):
        below = sorted({p for p in submounts if p != root and walls.within(p, root)}, key=len)
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
    _own_shared_memory(spec)
    _write_program(spec)


def _all_read_only(but: Sequence[str]) -> None:
    """Every mount read-only; the folders of ``but`` stay as they are. Raises OSError."""
    linux.set_read_only("/", True, recursive=True)
    for folder in but:
        if os.path.isdir(folder):
            linux.mount(folder, folder, None, linux.MS_BIND | linux.MS_REC)
            linux.set_read_only(folder, False)


def _close_outside(spec: dict[str, Any], had: walls.Walls) -> None:
    """For a copied workspace: what lies outside is read-only by mounts; where that fails Landlock is next."""
    try:
        _all_read_only([p for p in walls.writable(spec) if p not in ("/dev", "/proc")])
        _own_shared_memory(spec)
        had.have("files")
    except OSError as error:
        had.lack("files", "the rest of the system could not be mounted read-only ({})".format(error))


def _own_shared_memory(spec: dict[str, Any]) -> None:
    """No more shared memory than the run may use at all."""
    if not os.path.isdir("/dev/shm"):
        return
    options = "mode=1777"
    if spec.get("memory_bytes"):
        options += ",size={}".format(int(spec["memory_bytes"]))
    try:
        linux.mount("tmpfs", "/dev/shm", "tmpfs", linux.MS_NOSUID | linux.MS_NODEV, options)
    except OSError:
        linux.mount("/dev/shm", "/dev/shm", None, linux.MS_BIND)
        linux.set_read_only("/dev/shm", False)


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
                size = ",size={}".format(int(spec["disk_bytes"])) if spec.get("disk_bytes") else ""
                linux.mount("tmpfs", folder, "tmpfs", linux.MS_NOSUID | linux.MS_NODEV, "mode=0700" + size)
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
