"""Linux system calls that the standard library of Python 3.9 does not offer: namespaces, mounts, Landlock, prctl.

Every function raises OSError with the kernel's errno when the call is refused or unknown.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from typing import Any, Optional, Sequence

CLONE_NEWNS = 0x00020000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 32, 4096, 16384, 1 << 18
MNT_DETACH = 2
_NR_OPEN_TREE, _NR_MOVE_MOUNT = 428, 429
_NR_MOUNT_SETATTR = 442
_NR_LANDLOCK_CREATE_RULESET, _NR_LANDLOCK_ADD_RULE, _NR_LANDLOCK_RESTRICT_SELF = 444, 445, 446
_AT_FDCWD, _AT_RECURSIVE, _AT_SYMLINK_NOFOLLOW = -100, 0x8000, 0x100
_ATTR_RDONLY = 1
_PR_SET_CHILD_SUBREAPER, _PR_SET_NO_NEW_PRIVS = 36, 38

_libc: Any = None


def _c() -> Any:
    global _libc
    if _libc is None:
        _libc = ctypes.CDLL(None, use_errno=True)
    return _libc


def _checked(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, "{}: {}".format(what, os.strerror(number)))
    return result


def _text(value: Optional[str]) -> Optional[bytes]:
    return None if value is None else os.fsencode(value)


def unshare(flags: int) -> None:
    _checked(_c().unshare(ctypes.c_int(flags)), "unshare")


def mount(source: Optional[str], target: str, kind: Optional[str], flags: int, data: Optional[str] = None) -> None:
    _checked(
        _c().mount(_text(source), _text(target), _text(kind), ctypes.c_ulong(flags), _text(data)),
        "mount {} on {}".format(kind or source or "", target),
    )


def unmount(target: str, flags: int = 0) -> None:
    _checked(_c().umount2(_text(target), flags), "umount {}".format(target))


def enter_namespace(descriptor: int, kind: int) -> None:
    """Join the namespace that ``descriptor`` (an open ``/proc/PID/ns/...``) stands for."""
    _checked(_c().setns(ctypes.c_int(descriptor), ctypes.c_int(kind)), "setns")


def copy_of_mount(path: str) -> int:
    """Descriptor of a detached copy of what is mounted at ``path`` (Linux 5.2); `attach` puts it somewhere."""
    flags = 1 | os.O_CLOEXEC  # OPEN_TREE_CLONE
    return _checked(
        _c().syscall(_NR_OPEN_TREE, ctypes.c_int(_AT_FDCWD), _text(path), ctypes.c_uint(flags)),
        "open_tree {}".format(path),
    )


def attach(descriptor: int, target: str) -> None:
    """Mount what `copy_of_mount` gave at ``target``, in the mount namespace this process is in now."""
    _checked(
        _c().syscall(
            _NR_MOVE_MOUNT, ctypes.c_int(descriptor), b"", ctypes.c_int(_AT_FDCWD), _text(target), ctypes.c_uint(4)
        ),
        "move_mount {}".format(target),
    )


def mount_overlay(point: str, lowers: Sequence[str], upper: str, work: str) -> None:
    """An overlay at ``point`` over ``lowers`` (the topmost first). Its marks are ``user.`` attributes where the kernel
    knows that (5.11), so that layers can be used again from within a user namespace."""
    handles = [os.open(path, os.O_PATH | os.O_CLOEXEC) for path in (*lowers, upper, work)]  # type: ignore[attr-defined,unused-ignore]
    try:
        *below, above, aside = ("/proc/self/fd/{}".format(handle) for handle in handles)
        options = "lowerdir={},upperdir={},workdir={}".format(":".join(below), above, aside)
        try:
            mount("overlay", point, "overlay", 0, options + ",userxattr")
        except OSError as error:
            if error.errno != 22 or os.environ.get("_MLESTAR_USERNS"):
                raise
            mount("overlay", point, "overlay", 0, options)
    finally:
        for handle in handles:
            os.close(handle)


def become_subreaper() -> None:
    """Orphaned descendants become children of this process instead of the system's init."""
    _checked(_c().prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), "prctl(PR_SET_CHILD_SUBREAPER)")


def map_own_user(uid: int, gid: int) -> None:
    """In a fresh user namespace, keep the own user and group."""
    for path, text in (
        ("/proc/self/setgroups", "deny"),
        ("/proc/self/uid_map", "{0} {0} 1".format(uid)),
        ("/proc/self/gid_map", "{0} {0} 1".format(gid)),
    ):
        descriptor = os.open(path, os.O_WRONLY)
        try:
            os.write(descriptor, text.encode())
        finally:
            os.close(descriptor)


def mounts() -> list[tuple[str, str, str]]:
    """(mount point, options, file system type) of every mount seen here, in mount order."""
    found = []
    with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as lines:
        for line in lines:
            left, _, right = line.partition(" - ")
            fields = left.split(" ")
            point = fields[4]
            for code, char in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
                point = point.replace(code, char)
            found.append((point, fields[5], right.split(" ")[0]))
    return found


def set_read_only(path: str, read_only: bool, recursive: bool = False) -> None:
    """Make the mount at ``path`` (and those below it) read-only or writable. Linux 5.12, else a remount each."""
    attributes = struct.pack("QQQQ", _ATTR_RDONLY if read_only else 0, 0 if read_only else _ATTR_RDONLY, 0, 0)
    flags = _AT_RECURSIVE if recursive else 0
    result = _c().syscall(
        _NR_MOUNT_SETATTR, ctypes.c_int(_AT_FDCWD), _text(path), ctypes.c_uint(flags), attributes, ctypes.c_size_t(32)
    )
    if result == 0:
        return
    first_error = ctypes.get_errno()
    keep = {"nosuid": MS_NOSUID, "nodev": MS_NODEV, "noexec": MS_NOEXEC, "noatime": 1024, "nodiratime": 2048,
            "relatime": 1 << 21}  # fmt: skip
    done = False
    prefix = path.rstrip("/") + "/"
    for point, options, _ in mounts():
        if point == path or (recursive and point.startswith(prefix)):
            flags = MS_REMOUNT | MS_BIND | (MS_RDONLY if read_only else 0)
            for name in options.split(","):
                flags |= keep.get(name, 0)
            try:
                mount(None, point, None, flags)
                done = True
            except OSError as error:
                if point == path or error.errno not in (2, 13, 22):  # gone, hidden or covered by another mount
                    raise
    if not done:
        raise OSError(first_error, "mount_setattr {}: {}".format(path, os.strerror(first_error)))


_LL_WRITE = (1 << 1) | sum(1 << bit for bit in range(4, 13))  # write_file, remove_*, make_*
_LL_REFER, _LL_TRUNCATE = 1 << 13, 1 << 14
_LL_FILE_ONLY = (1 << 1) | _LL_TRUNCATE


def landlock_version() -> int:
    """ABI version of Landlock; 0 where the kernel has none."""
    if not sys.platform.startswith("linux"):
        return 0
    version = _c().syscall(_NR_LANDLOCK_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint(1))
    return max(0, int(version))


def landlock_writes(writable: Sequence[str]) -> None:
    """From here on this process and its children can change files only below ``writable``."""
    version = landlock_version()
    if version < 1:
        raise OSError(38, "Landlock is not available")
    handled = _LL_WRITE | (_LL_REFER if version >= 2 else 0) | (_LL_TRUNCATE if version >= 3 else 0)
    ruleset = _checked(
        _c().syscall(_NR_LANDLOCK_CREATE_RULESET, struct.pack("Q", handled), ctypes.c_size_t(8), ctypes.c_uint(0)),
        "landlock_create_ruleset",
    )
    try:
        for path in writable:
            try:
                descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)  # type: ignore[attr-defined,unused-ignore]
            except OSError:
                continue  # a folder that does not exist needs no permission
            try:
                access = handled if os.path.isdir(path) else handled & _LL_FILE_ONLY
                rule = struct.pack("=Qi", access, descriptor)
                _checked(
                    _c().syscall(
                        _NR_LANDLOCK_ADD_RULE, ctypes.c_int(ruleset), ctypes.c_uint(1), rule, ctypes.c_uint(0)
                    ),
                    "landlock_add_rule {}".format(path),
                )
            finally:
                os.close(descriptor)
        _checked(_c().prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl(PR_SET_NO_NEW_PRIVS)")
        _checked(
            _c().syscall(_NR_LANDLOCK_RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint(0)),
            "landlock_restrict_self",
        )
    finally:
        os.close(ruleset)
