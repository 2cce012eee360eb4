"""Keep a run inside the copy of its workspace, from within Python: the protection where the kernel offers none.

Paths into the real workspace are redirected into the copy, so that scripts with absolute paths work; an audit hook
refuses to change anything outside the places a run may write. On Linux the launcher adds Landlock, which binds
compiled libraries and other programs too; elsewhere those are bound only where they go through Python.
"""

from __future__ import annotations

import builtins
import errno
import functools
import io
import os
import shutil
import sys
import threading
from types import ModuleType
from typing import Any, Callable, Optional

from . import hooks

_ONE_PATH = tuple(
    """
    stat lstat access listdir scandir chdir readlink open remove unlink rmdir mkdir truncate chmod lchmod chown lchown
    utime mkfifo mknod statvfs pathconf getxattr setxattr listxattr removexattr
    """.split()  # noqa: SIM905 - one name a line would be twenty lines
)
_plain_open = io.open
"""The one that is not redirected."""
_TWO_PATHS = ("rename", "replace", "link", "symlink")
_CHANGES = frozenset(
    ("os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.truncate", "os.link", "os.symlink", "os.chmod", "os.chown",
     "os.utime", "os.setxattr", "os.removexattr", "sqlite3.connect")
)  # fmt: skip
_WRITE_FLAGS = os.O_WRONLY | os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_TRUNC


def _within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


class Redirect:
    """``real`` is the user's workspace, ``shadow`` its copy; ``writable`` are the folders that may be changed."""

    def __init__(self, real: str, shadow: str, writable: "list[str]") -> None:
        self.real, self.shadow = os.path.normpath(real), shadow
        self.moves = {self.real: shadow}
        """Folder -> where paths into it are moved; a branch of a program adds the folders of its origin."""
        self.writable = [os.path.realpath(folder) for folder in writable]

    def move(self, path: Any) -> Any:
        """``path`` in the copy when it lies in the workspace, else ``path`` itself."""
        if isinstance(path, int) or path is None:
            return path
        try:
            text = os.fspath(path)
        except TypeError:
            return path
        plain = os.fsdecode(text)
        if not os.path.isabs(plain):
            return path
        whole = os.path.normpath(plain)
        old = next((folder for folder in self.moves if _within(whole, folder)), None)
        if old is None:
            return path
        rest, new = os.path.relpath(whole, old), self.moves[old]
        moved = new if rest == os.curdir else os.path.join(new, rest)
        return os.fsencode(moved) if isinstance(text, bytes) else moved

    def check(self, path: Any, follow: bool) -> None:
        """Raise OSError (read-only file system) when ``path`` may not be changed."""
        if isinstance(path, int) or path is None:
            return
        plain = os.path.abspath(os.fsdecode(os.fspath(path)))
        if follow:
            self._own_copy(plain)
            target = os.path.realpath(plain)
        else:
            target = os.path.join(os.path.realpath(os.path.dirname(plain)), os.path.basename(plain))
        if any(_within(target, folder) for folder in self.writable):
            return
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), target)

    def _own_copy(self, path: str) -> None:
        """A large file is only linked into the copy: give the run one of its own before it writes."""
        if _within(path, self.shadow) and os.path.islink(path):
            aim = os.readlink(path)
            if os.path.isabs(aim) and _within(aim, self.real):
                os.unlink(path)
                with _plain_open(aim, "rb") as source, _plain_open(path, "wb") as target:
                    shutil.copyfileobj(source, target, 1 << 20)


class _Redirected:
    """A function with its first ``paths`` arguments moved.

    An object, not a function: Python 3.9 and 3.10 keep these as class attributes in `pathlib`, where a function
    would become a method.
    """

    def __init__(self, original: Callable[..., Any], paths: int, redirect: Redirect) -> None:
        self._original, self._paths, self._redirect = original, paths, redirect
        functools.update_wrapper(self, original)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        move, paths = self._redirect.move, self._paths
        for name in ("path", "file", "src", "dst"):
            if name in kwargs:
                kwargs[name] = move(kwargs[name])
        return self._original(*map(move, args[:paths]), *args[paths:], **kwargs)


def _patch_os(redirect: Redirect) -> None:
    groups = [os.supports_dir_fd, os.supports_fd, os.supports_follow_symlinks, os.supports_effective_ids]
    accessors = []
    pathlib = sys.modules.get("pathlib")
    for holder in ("_NormalAccessor", "_normal_accessor"):  # Python 3.9 and 3.10 keep the functions there
        if pathlib is not None and hasattr(pathlib, holder):
            accessors.append(getattr(pathlib, holder))
    for name in [*_ONE_PATH, *_TWO_PATHS]:
        original = getattr(os, name, None)
        if original is None:
            continue
        wrapped = _Redirected(original, 2 if name in _TWO_PATHS else 1, redirect)
        setattr(os, name, wrapped)
        for group in groups:
            if original in group:
                group.add(wrapped)
        for accessor in accessors:
            if isinstance(accessor, type) and name in accessor.__dict__:
                setattr(accessor, name, wrapped)
    opened = _Redirected(io.open, 1, redirect)
    builtins.open = opened
    io.open = opened
    for accessor in accessors:
        if isinstance(accessor, type) and "open" in accessor.__dict__:
            accessor.open = opened  # type: ignore[attr-defined]


def _patch_sqlite(redirect: Redirect, module: ModuleType) -> None:
    """Databases are opened by C code: a plain path is moved here, a ``file:`` address too."""
    original = module.connect

    @functools.wraps(original)
    def connect(database: Any, *args: Any, **kwargs: Any) -> Any:
        if isinstance(database, str) and database.startswith("file:/"):
            return original("file:" + redirect.move(database[5:]), *args, **kwargs)
        return original(redirect.move(database), *args, **kwargs)

    module.connect = connect  # type: ignore[attr-defined]


def _auditor(redirect: Redirect) -> Callable[[str, "tuple[Any, ...]"], None]:
    busy = threading.local()  # a check of its own thread may itself open files

    def hook(event: str, args: "tuple[Any, ...]") -> None:
        if getattr(busy, "now", False) or (event != "open" and event not in _CHANGES):
            return
        busy.now = True
        try:
            if event == "open":
                if _writes(args[1], args[2]):
                    redirect.check(args[0], follow=True)
            elif event == "sqlite3.connect":
                name = os.fsdecode(args[0]) if isinstance(args[0], (str, bytes)) else os.fspath(args[0])
                if name not in ("", ":memory:") and not name.startswith("file:"):
                    redirect.check(name, follow=True)
            elif event in ("os.rename", "os.link"):
                if not _relative_to_folder(args[2:]):
                    redirect.check(args[0], follow=False)
                    redirect.check(args[1], follow=False)
            elif event == "os.symlink":
                if not _relative_to_folder(args[2:]):
                    redirect.check(args[1], follow=False)
            elif not _relative_to_folder(args[1:]):
                redirect.check(args[0], follow=event in ("os.truncate", "os.chmod", "os.chown", "os.utime"))
        finally:
            busy.now = False

    return hook


def _relative_to_folder(rest: "tuple[Any, ...]") -> bool:
    """Whether the event names an open folder (``dir_fd``): that folder was checked when it was opened."""
    return bool(rest) and isinstance(rest[-1], int) and rest[-1] not in (-1, -100)


def _writes(mode: Optional[str], flags: Any) -> bool:
    if isinstance(mode, str):
        return any(letter in mode for letter in "wax+")
    return isinstance(flags, int) and bool(flags & _WRITE_FLAGS)


_installed: "list[Redirect]" = []


def shadow() -> Optional[str]:
    """The folder that paths of the workspace are moved to; None when nothing is redirected."""
    return _installed[0].shadow if _installed else None


def moved(path: str) -> str:
    return str(_installed[0].move(path)) if _installed else path


def aim_at(moves: "dict[str, str]") -> None:
    """From now on paths into the keys of ``moves``, the workspace among them, lead into its values."""
    redirect = _installed[0]
    aims = {old: moves.get(new, new) for old, new in redirect.moves.items()}
    redirect.moves = {**aims, **moves}
    redirect.shadow = redirect.moves[redirect.real]


def install(spec: "dict[str, Any]") -> None:
    """Must come before user code, and before `pathlib` is imported for Python 3.9 and 3.10."""
    writable = [spec["scratch"], *spec["writable"], "/dev", "/proc"]
    real = spec["real"]
    writable += [f for f in ("/tmp", "/var/tmp") if not _within(os.path.realpath(real), os.path.realpath(f))]
    redirect = Redirect(real, spec["shadow"], writable)
    _installed.append(redirect)
    _patch_os(redirect)
    hooks.after_import("sqlite3", functools.partial(_patch_sqlite, redirect))
    sys.addaudithook(_auditor(redirect))
