"""The files that a run has written so far: kept at a snapshot, put in place for the run that goes on from it.

Under ``overlay`` they are what lies in the overlay's upper layer; under ``copy`` what is newer than, or missing in, the
shadow copy; always what lies in the run's temporary folder. Read and written through the run's own view of the files.
"""

from __future__ import annotations

import os
import shutil
import stat
from typing import Any, Callable, Iterator

from . import carrying

MOST_BYTES = 4 * 1024**3
MOST_FILES = 20_000
_OURS = ("__pycache__",)


def free_bytes(folder: str) -> int:
    return shutil.disk_usage(folder).free


def keep(spec: "dict[str, Any]", folder: str) -> "list[list[Any]]":
    """Copy what was written into ``folder``; one entry each: path, kind (``file``, ``folder``, ``link``, ``gone``) and
    the copy's name or the link's aim. Raises carrying.Unfit when it is too much or of a kind that cannot be copied."""
    os.makedirs(folder, exist_ok=True)
    found: list[list[Any]] = []
    total = 0
    for path, kind in _written(spec):
        if len(found) >= MOST_FILES:
            raise carrying.Unfit("the script has written more than {} files".format(MOST_FILES))
        if kind == "file":
            name = str(len(found))
            source = _real(spec, path)
            total += os.path.getsize(source)
            if total > MOST_BYTES:
                raise carrying.Unfit("the script has written more than {} GB of files".format(MOST_BYTES // 1024**3))
            shutil.copy2(source, os.path.join(folder, name))
            found.append([path, kind, name])
        elif kind == "link":
            found.append([path, kind, os.readlink(_real(spec, path))])
        elif kind in ("folder", "gone"):
            found.append([path, kind, ""])
        else:
            raise carrying.Unfit("the script has made {}, which is no plain file".format(path))
    return found


def put_back(spec: "dict[str, Any]", folder: str, files: "list[list[Any]]", tokens: "tuple[bytes, bytes]") -> None:
    """What `keep` kept, through this run's view. Raises OSError."""
    old, new = (token.decode("ascii") for token in tokens)
    for path, kind, what in files:
        target = _real(spec, path.replace(old, new))
        if kind == "gone":
            if os.path.isdir(target) and not os.path.islink(target):
                shutil.rmtree(target)
            elif os.path.lexists(target):
                os.unlink(target)
            continue
        if kind == "folder":
            os.makedirs(target, exist_ok=True)
            continue
        os.makedirs(os.path.dirname(target), exist_ok=True)
        if os.path.lexists(target):
            os.unlink(target)
        if kind == "link":
            os.symlink(what.replace(old, new), target)
        else:
            shutil.copy2(os.path.join(folder, what), target)


def _real(spec: "dict[str, Any]", path: str) -> str:
    """``path`` is absolute, or relative to the workspace as this run sees it."""
    return path if os.path.isabs(path) else os.path.join(spec["workspace"], path)


def _written(spec: "dict[str, Any]") -> "Iterator[tuple[str, str]]":
    order = spec["snapshots"]
    yield from _new_below(os.path.join(order["scratch"], "tmp"), spec)
    if spec.get("redirect"):
        yield from _changed_copy(spec)
        return
    overlay = os.path.join(order["scratch"], "overlay")
    for name in sorted(os.listdir(overlay)) if os.path.isdir(overlay) else ():
        for kind in ("disk", "memory"):
            upper = os.path.join(overlay, name, kind, "upper")
            if not os.path.isdir(upper):
                continue
            if "-" in name:  # something mounted below a root
                if any(True for _ in os.scandir(upper)):
                    raise carrying.Unfit("the script has written to a folder that is mounted inside its workspace")
                continue
            yield from _of_layer(upper, order["roots"][int(name)], spec)


def _kind(mode: int) -> str:
    if stat.S_ISREG(mode):
        return "file"
    return "link" if stat.S_ISLNK(mode) else "folder" if stat.S_ISDIR(mode) else "other"


def _new_below(folder: str, spec: "dict[str, Any]") -> "Iterator[tuple[str, str]]":
    for place, names, files in os.walk(folder):
        for name in (*names, *files):
            path = os.path.join(place, name)
            yield path, _kind(os.lstat(path).st_mode)


def _of_layer(upper: str, root: str, spec: "dict[str, Any]") -> "Iterator[tuple[str, str]]":
    for place, names, files in os.walk(upper):
        names[:] = [name for name in names if name not in _OURS]
        for name in (*names, *files):
            path = os.path.join(place, name)
            seen = os.path.join(root, os.path.relpath(path, upper))
            mode = os.lstat(path).st_mode
            if seen == spec["script"]:
                continue
            if stat.S_ISCHR(mode):
                yield seen, "gone"
            elif stat.S_ISDIR(mode):
                if _opaque(path):  # removed and made again: nothing of the old one shows through
                    yield seen, "gone"
                yield seen, "folder"
            else:
                yield seen, _kind(mode)


def _opaque(folder: str) -> bool:
    for name in ("trusted.overlay.opaque", "user.overlay.opaque"):
        try:
            if os.getxattr(folder, name) == b"y":
                return True
        except OSError:
            continue  # not set, or not ours to see
    return False


def _changed_copy(spec: "dict[str, Any]") -> "Iterator[tuple[str, str]]":
    """Files of the shadow that are not as in the workspace, relative to it; those that are missing there."""
    from . import copying

    aim = spec["redirect"]
    shadow, real = aim["shadow"], aim["real"]
    lstat = _not_redirected(os.lstat)
    for place, names, files in os.walk(shadow):
        names[:] = [name for name in names if name not in _OURS]
        for name in (*names, *files):
            path = os.path.join(place, name)
            if path == spec["script"]:
                continue
            rest = os.path.relpath(path, shadow)
            mine = os.lstat(path)
            try:
                theirs = lstat(os.path.join(real, rest))
            except OSError:
                yield rest, _kind(mine.st_mode)
                continue
            if stat.S_ISREG(mine.st_mode) and (mine.st_size, mine.st_mtime_ns) != (theirs.st_size, theirs.st_mtime_ns):
                yield rest, "file"
    waiting = [real]
    while waiting:
        for entry in list(_not_redirected(os.scandir)(waiting.pop())):
            rest = os.path.relpath(entry.path, real)
            if entry.name in copying.SKIPPED:
                continue
            if not os.path.lexists(os.path.join(shadow, rest)):
                if _kind(lstat(entry.path).st_mode) != "other":  # sockets and pipes are not copied
                    yield rest, "gone"
            elif entry.is_dir(follow_symlinks=False):
                waiting.append(entry.path)


def _not_redirected(function: "Callable[..., Any]") -> "Callable[..., Any]":
    """The function as it is without the redirection into the shadow."""
    found: Callable[..., Any] = getattr(function, "_original", function)
    return found
