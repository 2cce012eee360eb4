"""The walls around a run: what is asked for, what could be had, and what the worker does to itself before it starts.

`Walls` collects what the kernel keeps apart (the words of ``RunResult.containment``) and a sentence for each thing that
is lacking. Building happens in two places: around the run (namespaces and mounts, see `contain`), and in the worker
process itself just before it becomes the user's interpreter (`confinement`), where rights are given up for good.
"""

from __future__ import annotations

import os
import sys
from typing import Any, Callable, Optional, Sequence

from . import landlock, linux, seccomp

_CAP_CHOWN, _CAP_DAC_OVERRIDE, _CAP_FOWNER, _CAP_FSETID = 1 << 0, 1 << 1, 1 << 3, 1 << 4
_FILE_RIGHTS = _CAP_CHOWN | _CAP_DAC_OVERRIDE | _CAP_FOWNER | _CAP_FSETID
"""Kept for root, whose scripts may read data of other users; they reach no further than the mounts."""
REQUIRED = ("files", "network", "processes")


class Walls:
    def __init__(self) -> None:
        self.had: set[str] = set()
        self.lacking: dict[str, str] = {}
        self.hidden: Sequence[str] = ()
        self.closed: Sequence[str] = ()
        """What the run may not do, whether or not all of it could be enforced."""

    def have(self, wall: str) -> None:
        self.had.add(wall)
        self.lacking.pop(wall, None)

    def lack(self, wall: str, why: str) -> None:
        if wall not in self.had:
            self.lacking.setdefault(wall, why)

    def answer(self) -> "dict[str, Any]":
        return {"containment": sorted(self.had), "lacking": self.lacking, "hidden": self.hidden, "closed": self.closed}


def missing(spec: "dict[str, Any]", walls: Walls) -> Optional[str]:
    """For ``sandbox = "required"``: the sentence that says what is not kept apart; None when all is."""
    if spec.get("sandbox") != "required":
        return None
    needed = [wall for wall in REQUIRED if wall not in walls.had and not (wall == "network" and spec.get("network"))]
    if not needed:
        return None
    reasons = "; ".join(walls.lacking.get(wall, wall) for wall in needed)
    return (
        '`sandbox` is "required" and this system cannot keep {} apart ({}); allow unprivileged user namespaces '
        'or install bubblewrap, or set `sandbox` to "auto"'.format(" and ".join(needed), reasons)
    )


def confinement(spec: "dict[str, Any]", mode: str, namespaced: bool, walls: Walls) -> Callable[[], None]:
    """Settle now what the worker will do to itself (``walls`` is told); the function does it, in the worker."""
    strict = spec.get("sandbox") != "off"
    walls.closed = ["network"] if strict and not spec.get("network") else []
    walls.hidden = list(spec.get("hidden", ()))
    open_network = bool(spec.get("network"))
    lock: dict[str, Any] = {}
    abi = landlock.version()
    if mode == "copy" and "files" not in walls.had:
        if abi >= 1:
            lock["writable"] = writable(spec)
            walls.have("files")
        else:
            walls.lack("files", "this kernel gives neither mount namespaces nor Landlock: programs and compiled code "
                                "that the script starts could write outside its copy of the workspace")  # fmt: skip
    if strict and not spec.get("hidden"):
        walls.have("hidden")
    if strict and "hidden" not in walls.had:
        if abi >= 1:
            try:
                # Rules are for what lies there now: a folder that the run fills must be open as a whole.
                open_too = [p for p in spec["hidden"] if any(within(p, folder) for folder in writable(spec))]
                lock["readable"] = landlock.readable_beside([p for p in spec["hidden"] if p not in open_too])
                lock["readable"] += writable(spec)
                walls.have("hidden")
                if open_too:
                    walls.lacking["open"] = "{} can be read: it lies in a folder that runs write".format(open_too[0])
            except OSError as error:
                walls.lack("hidden", "other projects and secrets can be read: {}".format(error.strerror))
        else:
            walls.lack("hidden", "other projects and secrets can be read: no mount namespaces and no Landlock here")
    filtered = strict and seccomp.known_machine() and not os.environ.get("MLESTAR_NO_SECCOMP")
    inet = True
    if strict and not open_network and "network" not in walls.had:
        if filtered:
            inet = False
            walls.have("network")
        elif abi >= 4:
            lock["tcp"] = False
            walls.lack("network", "only TCP is closed: no network namespace and no system-call filter here")
        else:
            walls.lack("network", "the network is open: no network namespace and no system-call filter here")
    if strict and "processes" not in walls.had:
        if abi >= 6:
            walls.have("processes")
        else:
            walls.lack("processes", "other processes of the user can be seen and signalled: no pid namespace here")
    if strict and abi >= 6 and (not namespaced or open_network):
        lock["scoped"] = True
    if filtered:
        walls.have("system-calls")
    elif strict:
        walls.lack("system-calls", "no system-call filter is known for this machine")
    text = seccomp.program(inet=inet, namespaces=_branches(spec)) if filtered else b""

    def confine() -> None:
        _leave_the_layers_behind(spec, namespaced)
        if lock:
            landlock.restrict(**lock)
        if strict:
            give_up_rights()
            linux.no_new_rights()
        if text:
            seccomp.install(text)

    return confine


def give_up_rights() -> None:
    linux.keep_capabilities(_FILE_RIGHTS if os.getuid() == 0 else 0)


def _branches(spec: "dict[str, Any]") -> bool:
    """Whether the program may be forked into branches, which need namespaces of their own."""
    return bool(spec.get("family") or spec.get("branches"))


def _leave_the_layers_behind(spec: "dict[str, Any]", namespaced: bool) -> None:
    """The supervisor keeps the folders below the overlays in sight; the worker must not see them."""
    if namespaced and spec.get("lowers"):
        linux.unshare(linux.CLONE_NEWNS)
        for path in spec["lowers"]:
            linux.unmount(path, linux.MNT_DETACH)


def writable(spec: "dict[str, Any]") -> Sequence[str]:
    places = [spec["scratch"], *spec["writable"], "/dev", "/tmp", "/var/tmp"]
    return [p for p in places if p == spec["scratch"] or not any(within(root, p) for root in spec["guarded"])]


def within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def off_linux(walls: Walls) -> None:
    if not sys.platform.startswith("linux"):
        for wall in REQUIRED:
            walls.lack(wall, "{} offers no such walls to an ordinary process".format(sys.platform))
