"""Linux system calls that the standard library of Python 3.9 does not offer: namespaces, mounts, rights, prctl.

Every function raises OSError with the kernel's errno when the call is refused or unknown.
"""

from __future__ import annotations

import ctypes
import os
import struct
from typing import Any, Optional, Sequence

CLONE_NEWNS = 0x00020000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000
CLONE_NEWIPC = 0x08000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 32, 4096, 16384, 1 << 18
MNT_DETACH = 2
_NR_OPEN_TREE, _NR_MOVE_MOUNT = 428, 429
_NR_MOUNT_SETATTR = 442
_AT_FDCWD, _AT_RECURSIVE, _AT_SYMLINK_NOFOLLOW = -100, 0x8000, 0x100
_ATTR_RDONLY = 1
_PR_SET_CHILD_SUBREAPER, _PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP = 36, 38, 22
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_CAPBSET_DROP, _PR_CAP_AMBIENT = 1, 4, 24, 47

_libc: Any = None


def libc() -> Any:
    global _libc
    if _libc is None:
        _libc = ctypes.CDLL(None, use_errno=True)
    return _libc


def checked(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, "{}: {}".format(what, os.strerror(number)))
    return result


def _text(value: Optional[str]) -> Optional[bytes]:
    return None if value is None else os.fsencode(value)


def unshare(flags: int) -> None:
    checked(libc().unshare(ctypes.c_int(flags)), "unshare")


def mount(source: Optional[str], target: str, kind: Optional[str], flags: int, data: Optional[str] = None) -> None:
    checked(
        libc().mount(_text(source), _text(target), _text(kind), ctypes.c_ulong(flags), _text(data)),
        "mount {} on {}".format(kind or source or "", target),
    )


def unmount(target: str, flags: int = 0) -> None:
    checked(libc().umount2(_text(target), flags), "umount {}".format(target))


def enter_namespace(descriptor: int, kind: int) -> None:
    """Join the namespace that ``descriptor`` (an open ``/proc/PID/ns/...``) stands for."""
    checked(libc().setns(ctypes.c_int(descriptor), ctypes.c_int(kind)), "setns")


def copy_of_mount(path: str) -> int:
    """Descriptor of a detached copy of what is mounted at ``path`` (Linux 5.2); `attach` puts it somewhere."""
    flags = 1 | os.O_CLOEXEC  # OPEN_TREE_CLONE
    return checked(
        libc().syscall(_NR_OPEN_TREE, ctypes.c_int(_AT_FDCWD), _text(path), ctypes.c_uint(flags)),
        "open_tree {}".format(path),
    )


def attach(descriptor: int, target: str) -> None:
    """Mount what `copy_of_mount` gave at ``target``, in the mount namespace this process is in now."""
    checked(
        libc().syscall(
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


def no_new_rights() -> None:
    """From here on no program that is started gains rights (set-user-id, file capabilities)."""
    checked(libc().prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl(PR_SET_NO_NEW_PRIVS)")


def set_filter(head: bytes) -> None:
    """Install a system-call filter; ``head`` is a ``struct sock_fprog``."""
    checked(libc().prctl(_PR_SET_SECCOMP, 2, head, 0, 0), "prctl(PR_SET_SECCOMP)")


def hide_from_debuggers() -> None:
    """Processes of the same user may no longer look into this one or stop it by ``ptrace``."""
    checked(libc().prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0), "prctl(PR_SET_DUMPABLE)")


def die_with_parent() -> None:
    checked(libc().prctl(_PR_SET_PDEATHSIG, 9, 0, 0, 0), "prctl(PR_SET_PDEATHSIG)")


def keep_capabilities(kept: int) -> None:
    """Give up all capabilities but the bits of ``kept``, for good: the bounding and ambient sets too."""
    for number in range(64):
        if not kept >> number & 1 and libc().prctl(_PR_CAPBSET_DROP, number, 0, 0, 0) < 0:
            if ctypes.get_errno() == 22:
                break  # above the last that this kernel knows
            if ctypes.get_errno() != 1:  # without the right to drop there is nothing to drop
                checked(-1, "prctl(PR_CAPBSET_DROP)")
    libc().prctl(_PR_CAP_AMBIENT, 4, 0, 0, 0)
    head = struct.pack("Ii", 0x20080522, 0)
    now = ctypes.create_string_buffer(24)
    checked(libc().capget(head, now), "capget")
    effective, permitted, _, effective2, permitted2, _ = struct.unpack("6I", now.raw)
    low, high = kept & 0xFFFFFFFF, kept >> 32
    new = struct.pack("6I", effective & low, permitted & low, 0, effective2 & high, permitted2 & high, 0)
    checked(libc().capset(head, new), "capset")


def loopback_up() -> None:
    """In a fresh network namespace: the machine can reach itself, as joblib, torch.distributed and Ray want."""
    import fcntl

    descriptor = checked(libc().socket(2, 2, 0), "socket")
    try:
        fcntl.ioctl(descriptor, 0x8914, struct.pack("16sh14x", b"lo", 1 | 64))  # SIOCSIFFLAGS: up, running
    finally:
        os.close(descriptor)


def become_subreaper() -> None:
    """Orphaned descendants become children of this process instead of the system's init."""
    checked(libc().prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), "prctl(PR_SET_CHILD_SUBREAPER)")


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
    result = libc().syscall(
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
