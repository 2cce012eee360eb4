"""Bubblewrap as the way to namespaces, where the system grants them to that program alone.

The same walls in another order: a copy of the workspace is bound over the real one, everything else is read-only or
covered, the network is a new one, and the supervisor runs inside as pid 1. Some systems give no overlay to what runs in
there, so none is tried; therefore a workspace too big to copy stays with the other protections.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
from typing import Any, NoReturn, Optional

from . import contain, hiding, supervise, walls

_PROBE_S = 3.0
_CLOSED = ("/proc/kcore", "/proc/keys", "/proc/sysrq-trigger", "/proc/timer_list")


def found() -> Optional[str]:
    """The program, when it is there and may be used."""
    if not sys.platform.startswith("linux") or os.environ.get("MLESTAR_NO_NAMESPACES"):
        return None
    path = shutil.which("bwrap", path=os.environ.get("PATH", os.defpath) + ":/usr/bin:/usr/local/bin")
    if path is None:
        return None
    try:
        tried = ["--ro-bind", "/", "/", "--unshare-user-try", "--unshare-pid", "--unshare-net", "--proc", "/proc"]
        probe = subprocess.run(
            [path, *tried, "true"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=_PROBE_S,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return None
    return path if probe.returncode == 0 else None


def enter(program: str, spec: "dict[str, Any]", life: int, report: int) -> NoReturn:
    """Become bubblewrap, inside which `main` supervises. ``spec`` was prepared by a bound copy of the workspace."""
    scratch = spec["scratch"]
    spec["views"] = []
    spec["worker"]["private"] = {"places": spec["roots"], "why": "bubblewrap gives a branch no view of its own"}
    spec["sockets"] = hiding.sockets_with_paths()
    contain._write_worker_spec(spec)
    with open(os.path.join(scratch, "inside.json"), "w", encoding="utf-8") as file:
        json.dump(spec, file)
    for descriptor in (life, report):
        os.set_inheritable(descriptor, True)
    boot = os.path.join(os.path.dirname(os.path.abspath(__file__)), "boot.py")
    inner = [sys.executable, "-I", "-S", boot, "bubble", "{}:{}:{}".format(life, report, scratch)]
    os.execv(program, [program, *_arguments(spec), "--chdir", "/", "--", *inner])


def _arguments(spec: "dict[str, Any]") -> "list[str]":
    scratch, strict = spec["scratch"], spec.get("sandbox") != "off"
    cover = hiding.Cover(scratch)
    found = [
        "--unshare-user-try",
        "--unshare-pid",
        "--unshare-ipc",
        "--die-with-parent",
        "--as-pid-1",
        "--ro-bind",
        "/",
        "/",
    ]
    if strict and not spec.get("network"):
        found.append("--unshare-net")
    found += ["--dev-bind", "/dev", "/dev", "--tmpfs", "/dev/shm", "--proc", "/proc"]
    for folder in walls.writable(spec):
        if os.path.isdir(folder) and folder not in ("/dev", "/proc"):
            found += ["--bind", folder, folder]
    copy = spec["bound"]
    found += ["--bind", copy["folder"], spec["workspace"]]
    for path in copy["kept"]:
        found += ["--ro-bind", path, path]
    if strict:
        for path in ("/proc/sys", "/proc/irq", "/proc/bus", "/proc/fs"):
            if os.path.isdir(path):
                found += ["--ro-bind", path, path]
        for path in _CLOSED:
            if os.path.exists(path):
                found += ["--ro-bind", "/dev/null", path]
        if os.path.isdir("/run") and not any(p.startswith("/run/") for p in [scratch, *spec["roots"]]):
            found += ["--tmpfs", "/run"]
            for name in hiding.KEPT_OF_RUN:
                if os.path.exists("/run/" + name):
                    found += ["--ro-bind", "/run/" + name, "/run/" + name]
            found += ["--remount-ro", "/run"]
        outside = [p for p in spec["sockets"] if hiding.is_socket(p) and not p.startswith(("/run/", scratch + "/"))]
        for path in [*spec.get("hidden", ()), *outside]:
            if os.path.exists(path):
                found += ["--ro-bind", cover.folder if stat.S_ISDIR(os.stat(path).st_mode) else cover.file, path]
    return found


def main(argument: str) -> None:
    """Inside: pid 1 of the run. ``argument``: descriptors of lifeline and report, and the scratch folder."""
    life_text, report_text, scratch = argument.split(":", 2)
    life, report = int(life_text), int(report_text)
    os.set_inheritable(life, False)
    os.set_inheritable(report, False)
    had = walls.Walls()
    try:
        with open(os.path.join(scratch, "inside.json"), encoding="utf-8") as file:
            spec = json.load(file)
        for wall in ("files", "processes"):
            had.have(wall)
        if spec.get("sandbox") != "off":
            had.have("hidden")
            if not spec.get("network"):
                had.have("network")
        confine = walls.confinement(spec, "copy", True, had)
        spec["walls"] = {"protection": "copy", **had.answer()}
        contain._send(report, **{**supervise.supervise(spec, [life], True, confine), **had.answer()})
    except BaseException as error:
        contain._send(report, ended="error", reason="{}: {}".format(type(error).__name__, error))
    os._exit(0)
