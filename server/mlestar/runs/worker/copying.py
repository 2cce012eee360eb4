"""The shadow workspace as a copy, where no overlay can be had: reflinks when the file system knows them."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from typing import Any, Callable, Optional

SKIPPED = frozenset(
    {".git", ".hg", ".svn", ".venv", "venv", "node_modules", "__pycache__", ".mypy_cache", ".ruff_cache",
     ".pytest_cache", ".tox", ".nox", ".ipynb_checkpoints", ".idea", ".vscode"}
)  # fmt: skip
LINK_ABOVE = 64 * 1024**2
"""Bytes; a larger file that cannot be reflinked is linked to instead of copied, and writing to it is refused."""
MOST_BYTES = 4 * 1024**3
MOST_FILES = 100_000
MOST_NEIGHBOURS = 2000
_FICLONE = 0x40049409


def reflink(source: str, target: str) -> bool:
    """A copy that shares its blocks until one side is written (btrfs, XFS, APFS). False where there is none."""
    if sys.platform == "darwin":
        try:
            libc = ctypes.CDLL(None, use_errno=True)
            return bool(libc.clonefile(os.fsencode(source), os.fsencode(target), 0) == 0)
        except (OSError, AttributeError):
            return False
    if not sys.platform.startswith("linux"):
        return False
    import fcntl

    try:
        with open(source, "rb") as old, open(target, "wb") as new:
            fcntl.ioctl(new.fileno(), _FICLONE, old.fileno())
        return True
    except OSError:
        os.unlink(target)
        return False


def _within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def moved(path: str, real: str, shadow: str) -> str:
    """Where ``path`` lies in the shadow; unchanged when it is not in the workspace."""
    if not _within(path, real):
        return path
    rest = os.path.relpath(path, real)
    return shadow if rest == "." else os.path.join(shadow, rest)


def _copy_link(source: str, target: str, real: str, shadow: str) -> None:
    aim = os.readlink(source)
    whole = os.path.normpath(os.path.join(os.path.dirname(source), aim))
    if _within(whole, real):
        aim = aim if not os.path.isabs(aim) else moved(whole, real, shadow)
    else:
        aim = whole
    os.symlink(aim, target)


def mirror(path: str, scratch: str) -> str:
    """The place in the shadow of an absolute path: the same path below one folder (a drive's colon left out)."""
    drive, rest = os.path.splitdrive(path)
    return os.path.join(scratch, "copy", drive.replace(":", ""), rest.lstrip("/\\"))


def link_neighbours(real: str, scratch: str) -> None:
    """Beside the copy, links to what lies beside the workspace: reading ``../data`` works at any depth."""
    folder = os.path.dirname(real)
    child = os.path.basename(real)
    while child:
        into = mirror(folder, scratch)
        os.makedirs(into, exist_ok=True)
        try:
            names = os.listdir(folder)
        except OSError:
            names = []
        for name in names[:MOST_NEIGHBOURS]:
            if name != child:
                try:
                    os.symlink(os.path.join(folder, name), os.path.join(into, name))
                except OSError:
                    break  # no right to make links (Windows): only the workspace itself is there
        folder, child = os.path.dirname(folder), os.path.basename(folder)


def copy_workspace(spec: dict[str, Any], gone: Callable[[], bool], bound: bool = False) -> Optional[str]:
    """Copy the workspace into the scratch folder and move ``spec`` there. A string says why it cannot be done.

    With ``bound`` the copy will be mounted over the workspace, so nothing moves; ``spec["bound"]`` then holds the
    copy's ``folder``, and under ``kept`` what was not copied and must be mounted from the real workspace.
    """
    kept: list[str] = []
    real = spec["workspace"]
    if not _within(spec["worker"]["script"], real):
        return "the script {} does not lie in its workspace {}".format(spec["worker"]["script"], real)
    shadow = mirror(real, spec["scratch"])
    most = int(os.environ.get("MLESTAR_COPY_FILES") or MOST_FILES)
    count = size = 0
    try:
        if not bound:
            link_neighbours(real, spec["scratch"])
        for folder, names, files in os.walk(real):
            if bound:
                kept += [os.path.join(folder, n) for n in names if n in SKIPPED and n != "__pycache__"]
            names[:] = [n for n in names if n not in SKIPPED and os.path.join(folder, n) != spec["home"]]
            into = moved(folder, real, shadow)
            os.makedirs(into, exist_ok=True)
            for name in list(names):
                if os.path.islink(os.path.join(folder, name)):
                    names.remove(name)
                    files.append(name)
            for name in files:
                source, target = os.path.join(folder, name), os.path.join(into, name)
                if os.path.islink(source):
                    _copy_link(source, target, real, real if bound else shadow)
                    continue
                if not os.path.isfile(source):
                    continue  # sockets, pipes and devices are nobody's data
                count += 1
                length = os.path.getsize(source)
                if count > most or size > MOST_BYTES:
                    return (
                        "{} is too big to copy for every run (over {} files or {} GB) and this system has no overlay "
                        "mounts; set `workspace` to a smaller folder".format(real, most, MOST_BYTES // 1024**3)
                    )
                if length > 65536 and reflink(source, target):
                    shutil.copystat(source, target)
                elif length > LINK_ABOVE and bound:
                    os.close(os.open(target, os.O_CREAT | os.O_WRONLY))
                    kept.append(source)
                elif length > LINK_ABOVE:
                    os.symlink(source, target)
                else:
                    size += length
                    shutil.copy2(source, target)
                if count % 50 == 0 and gone():
                    return "cancelled while the workspace was copied"
    except OSError as error:
        return "the workspace could not be copied: {}".format(error)
    worker = spec["worker"]
    if bound:
        for path in kept:
            if os.path.isdir(path) and not os.path.islink(path):
                os.makedirs(moved(path, real, shadow), exist_ok=True)
        spec["bound"] = {"folder": shadow, "kept": [p for p in kept if not os.path.islink(p)]}
        _put_program(spec, moved(worker["script"], real, shadow))
        return None
    for key in ("script", "cwd", "workspace"):
        worker[key] = moved(worker[key], real, shadow)
    worker["redirect"] = {"real": real, "shadow": shadow, "scratch": spec["scratch"], "writable": spec["writable"]}
    spec["cwd"] = worker["cwd"]
    _put_program(spec, worker["script"])
    return None


def _put_program(spec: dict[str, Any], target: str) -> None:
    os.makedirs(os.path.dirname(target), exist_ok=True)
    if os.path.lexists(target):
        os.unlink(target)
    shutil.copyfile(spec["program"], target)
