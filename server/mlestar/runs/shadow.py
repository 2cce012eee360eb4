"""Where a run's files go: the scratch folder of one run, and what the launcher has to protect around it.

The launcher (a process of its own) mounts or copies; this module only decides places, so that the server never
waits for a file tree.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from mlestar.births import birth, lives

_PARTS = 1000
"""The birth of a server is a part of a folder's name, in so many parts of a second."""
_ENTRY = "tmp"
"""The folder for temporary files in a scratch folder."""
_CACHES = (".cache", ".nv", ".triton", "Library/Caches")
"""Folders of the home that libraries fill for every program alike; the run may write there for real."""


@dataclass(frozen=True)
class Places:
    """What a run may touch. ``roots`` are overlaid; what is in neither list is read-only for the run."""

    scratch: Path
    roots: tuple[Path, ...]
    writable: tuple[Path, ...]


def _inside(path: Path, folder: Path) -> bool:
    return path == folder or folder in path.parents


def scratch_base(home: Path, workspace: Path) -> Path:
    """A folder for scratch that does not lie in ``workspace``: an overlay must not hold its own upper layer."""
    for candidate in (home / "scratch", *_of_the_user()):
        if not _inside(candidate.resolve(), workspace) and _usable(candidate):
            return candidate.resolve()
    raise OSError(f"no folder outside {workspace} can hold the files of a run; set `home` to one that can be written")


def _of_the_user() -> tuple[Path, ...]:
    """Short places for what is the tool's and the user's own."""
    user = f"mlestar-{os.getuid()}" if hasattr(os, "getuid") else "mlestar"
    return tuple(Path(folder) / user for folder in ("/var/tmp", tempfile.gettempdir(), "/dev/shm"))


def _usable(folder: Path) -> bool:
    """Make ``folder`` when it is not there; False when it cannot be written or is another user's."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return not hasattr(os, "getuid") or folder.stat().st_uid == os.getuid()
    except OSError:
        return False


def make_temporary(scratch: Path, root: Path) -> Path:
    """The folder for temporary files in ``scratch``, under a short name that lies outside ``root``.

    A local socket's whole path must be shorter than 104 characters, and processes that pass data to one another
    (multiprocessing, torch, Ray) make theirs in the temporary folder: with a long name they would wait for ever. The
    short name is a link; `remove_tree` takes it away with the scratch folder. Raises OSError.
    """
    folder = scratch / _ENTRY
    folder.mkdir()
    for candidate in _of_the_user() if os.name == "posix" else ():
        link = candidate / scratch.name
        if len(str(link)) >= len(str(folder)) or _inside(candidate.resolve(), root) or not _usable(candidate):
            continue
        with contextlib.suppress(OSError):
            link.symlink_to(folder)
            return link
    return folder


def _drop_short_names(of: Path | None = None) -> None:
    """Remove the short name of scratch folder ``of``; without, those of all that are gone."""
    for candidate in _of_the_user():
        with contextlib.suppress(OSError):
            for link in [candidate / of.name] if of else candidate.glob("run-*"):
                if link.is_symlink() and (link.readlink() == of / _ENTRY if of else not link.exists()):
                    link.unlink()


def overlay_root(workspace: Path, scratch: Path) -> Path:
    """The folder to overlay: the workspace, widened to parents that hold neither the home folder nor the scratch.

    A script in ``project/src`` that writes ``../models`` then works, and still changes nothing.
    """
    home = Path.home().resolve()
    root = workspace
    for parent in workspace.parents:
        if parent == Path(parent.anchor) or _inside(home, parent) or _inside(scratch, parent):
            break
        try:
            if parent.stat().st_dev != workspace.stat().st_dev or not os.access(parent, os.R_OK | os.X_OK):
                break
        except OSError:
            break
        root = parent
    return root


def places(scratch: Path, workspace: Path) -> Places:
    roots = [overlay_root(workspace, scratch)]
    for name in ("/tmp", "/var/tmp"):
        folder = Path(name).resolve()
        if folder.is_dir() and not _inside(scratch, folder) and not any(_inside(folder, r) for r in roots):
            roots = [r for r in roots if not _inside(r, folder)] + [folder]
    home = Path.home()
    writable = []
    for name in _CACHES:
        folder = (home / name).resolve()
        if folder.is_dir() and not any(_inside(folder, r) for r in roots) and not _inside(workspace, folder):
            writable.append(folder)
    return Places(scratch, tuple(roots), tuple(writable))


def new_scratch(base: Path) -> Path:
    """A fresh folder for one run, under one folder for this server process."""
    server = _of_this_server(base)
    server.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Path(tempfile.mkdtemp(prefix="run-", dir=server))


def _of_this_server(base: Path) -> Path:
    return base / f"{os.getpid()}-{round(birth() * _PARTS)}"


def remove_empty(base: Path) -> None:
    """Remove this server's folder when no run of another scheduler lies in it."""
    with contextlib.suppress(OSError):
        _of_this_server(base).rmdir()


def remove_tree(folder: Path) -> None:
    """Remove a scratch folder, including the folders without permissions that an overlay leaves behind."""

    def unlock_and_retry(function: object, path: str, _: object) -> None:
        with contextlib.suppress(OSError):
            Path(path).parent.chmod(stat.S_IRWXU)
            if Path(path).is_dir() and not Path(path).is_symlink():
                Path(path).chmod(stat.S_IRWXU)
                shutil.rmtree(path, ignore_errors=True)
            else:
                Path(path).unlink(missing_ok=True)

    _drop_short_names(folder)
    if sys.version_info >= (3, 12):
        shutil.rmtree(folder, onexc=unlock_and_retry)
    else:
        shutil.rmtree(folder, onerror=unlock_and_retry)


def remove_stale(base: Path) -> None:
    """Remove what servers that are gone left behind (they were killed before they could)."""
    for folder in base.glob("*-*") if base.is_dir() else ():
        pid, _, born = folder.name.partition("-")
        if not (pid.isdigit() and born.isdigit()):
            continue
        if not lives(int(pid), int(born) / _PARTS):
            remove_tree(folder)
    _drop_short_names()
