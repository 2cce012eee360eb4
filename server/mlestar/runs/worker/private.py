"""Give a freshly forked branch of a running program its own view of files.

What the branch writes from now on is its own; what the program had written before the fork is there as it was.
Where the system gives namespaces the supervisor mounts it (see `views`); under ``copy`` without them the branch gets a
copy of the shadow workspace, and the redirection of paths is aimed at it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import sys
import time
from typing import Any, Optional

_PATIENCE_S = 60.0
_SHARED = re.compile(r"^[0-9a-f]+-[0-9a-f]+ .w.s \S+ \S+ [1-9]\d*\s+(/.*)$", re.MULTILINE)
_HARMLESS = ("/dev/", "/memfd:", "/SYSV", "/proc/", "/sys/", "/anon_hugepage")

_me: "dict[str, Any]" = {"index": None}
"""Which branch this process is; inherited by its own branches."""


def make_private(spec: "dict[str, Any]", index: int) -> Optional[str]:
    """Called in a freshly forked child with one thread; ``spec`` is the worker's, ``index`` a number used once.

    Returns None when all that is written from now on is the branch's own, else why that cannot be had; then the branch
    must end without having run on. The process it was forked from must stand still until this has returned: the files
    are copied meanwhile. Open files of the workspace and the temporary folder are opened anew at the same position.
    The cache folders of the home and ``/dev/shm`` stay common to all.
    """
    plan = spec.get("private") or {}
    try:
        shared = _shared_writes(plan.get("places", ()))
        if shared:
            return "the program has mapped {} into memory for writing".format(shared)
        if plan.get("ask"):
            problem = _ask(plan, index)
        elif spec.get("redirect"):
            problem = _own_copy(spec, plan, index)
        else:
            problem = str(plan.get("why") or "this system gives a branch no files of its own")
    except OSError as error:
        return "no view of its own could be had ({})".format(error)
    if problem is None:
        _me["index"] = index
    return problem


def _shared_writes(places: "Any") -> Optional[str]:
    """A file below ``places`` that is mapped shared and writable: its pages would go on being common."""
    try:
        with open("/proc/self/maps", encoding="utf-8", errors="surrogateescape") as file:
            found = _SHARED.findall(file.read())
    except OSError:
        return None
    for path in found:
        if not path.startswith(_HARMLESS) and any(path.startswith(p.rstrip("/") + "/") for p in places):
            return str(path)
    return None


def _ask(plan: "dict[str, Any]", index: int) -> Optional[str]:
    from . import linux, tree, walls

    cwd = os.getcwd()
    linux.unshare(linux.CLONE_NEWUSER | linux.CLONE_NEWNS)
    line = json.dumps({"index": index, "pid": tree.own_pid(), "parent": _me["index"]}) + "\n"
    descriptor = os.open(plan["ask"], os.O_WRONLY | os.O_NONBLOCK)
    try:
        os.write(descriptor, line.encode("ascii"))
    finally:
        os.close(descriptor)
    answer_path = os.path.join(os.path.dirname(plan["ask"]), "{}.json".format(index))
    deadline, pause = time.monotonic() + _PATIENCE_S, 0.001
    while not os.path.exists(answer_path):
        if time.monotonic() > deadline:
            return "the supervisor did not answer"
        time.sleep(pause)
        pause = min(0.02, pause * 1.5)
    with open(answer_path, encoding="utf-8") as file:
        problem: Optional[str] = json.load(file)["problem"]
    if problem is None:
        os.chdir(cwd)  # the same path, in the new view
        _open_anew({place: place for place in plan["places"]})
        walls.give_up_rights()  # a fresh user namespace comes with all of them
    return problem


def _own_copy(spec: "dict[str, Any]", plan: "dict[str, Any]", index: int) -> Optional[str]:
    from . import copying, landlock, redirect, views

    aim = spec["redirect"]
    scratch, real = aim["scratch"], aim["real"]
    home = os.path.join(scratch, "private", str(index))
    old = redirect.shadow() or aim["shadow"]
    old_tmp = redirect.moved(os.path.join(scratch, "tmp"))
    new, new_tmp = copying.mirror(real, home), os.path.join(home, "tmp")
    copying.link_neighbours(real, home)
    views.copy_layer(old, new)
    views.copy_layer(old_tmp, new_tmp)
    for folder, names, files in os.walk(new):
        for path in (os.path.join(folder, name) for name in (*names, *files)):
            if os.path.islink(path) and os.readlink(path).startswith(old + os.sep):
                target = copying.moved(os.readlink(path), old, new)
                os.unlink(path)
                os.symlink(target, path)
    cwd = copying.moved(os.getcwd(), old, new)
    short = spec["temporary"]
    redirect.aim_at({real: new, old: new, os.path.join(scratch, "tmp"): new_tmp, short: new_tmp, old_tmp: new_tmp})
    os.chdir(cwd)
    _open_anew({old: new, old_tmp: new_tmp})
    if landlock.version() >= 1:
        # Compiled code does not pass the redirection: better refused than written into the other's folder.
        kept = [os.path.join(scratch, n) for n in os.listdir(scratch) if n not in ("copy", "private", "tmp")]
        landlock.restrict(writable=[home, *kept, *aim["writable"], "/dev", "/tmp", "/var/tmp"])
    return None


def _open_anew(moves: "dict[str, str]") -> None:
    """Every open regular file below a key of ``moves``: the same file in the own view, same mode and position."""
    import fcntl

    for name in os.listdir("/proc/self/fd" if sys.platform.startswith("linux") else "/dev/fd"):
        descriptor = int(name)
        try:
            found = os.fstat(descriptor)
            if not stat.S_ISREG(found.st_mode) and not stat.S_ISDIR(found.st_mode):
                continue
            path = os.readlink("/proc/self/fd/" + name)
        except OSError:
            continue  # the descriptor of the listing itself
        target = next((new + path[len(old) :] for old, new in moves.items() if path.startswith(old + "/")), None)
        if target is None:
            continue
        flags = fcntl.fcntl(descriptor, fcntl.F_GETFL) & ~(os.O_CREAT | os.O_TRUNC | os.O_EXCL)
        inherited = os.get_inheritable(descriptor)
        if path.endswith(" (deleted)") or found.st_nlink == 0:
            fresh = _copy_of_unlinked(name, os.path.dirname(target))
        else:
            fresh = os.open(target, flags | os.O_CLOEXEC)
        if stat.S_ISREG(found.st_mode):
            os.lseek(fresh, os.lseek(descriptor, 0, os.SEEK_CUR), os.SEEK_SET)
        os.dup2(fresh, descriptor, inheritable=inherited)
        os.close(fresh)


def _copy_of_unlinked(name: str, folder: str) -> int:
    """A file without a name (as of `tempfile.TemporaryFile`): its content in another file without a name."""
    import tempfile

    with open("/proc/self/fd/" + name, "rb") as source, tempfile.TemporaryFile(dir=folder) as target:
        shutil.copyfileobj(source, target, 1 << 20)
        target.flush()
        return os.dup(target.fileno())
