"""Landlock: walls that an ordinary process may build around itself (Linux 5.13; TCP since 6.7, signals since 6.12).

The second choice where namespaces cannot be had. Every function raises OSError with the kernel's errno.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from typing import Optional, Sequence

from . import linux

_NR_CREATE_RULESET, _NR_ADD_RULE, _NR_RESTRICT_SELF = 444, 445, 446
_READ_FILE = 1 << 2
_WRITE = (1 << 1) | sum(1 << bit for bit in range(4, 13))  # write_file, remove_*, make_*
_REFER, _TRUNCATE = 1 << 13, 1 << 14
_FILE_ONLY = (1 << 1) | _READ_FILE | _TRUNCATE
_BIND_AND_CONNECT_TCP = 3
_ABSTRACT_SOCKETS_AND_SIGNALS = 3
_MOST_RULES = 4000


def version() -> int:
    """ABI version of Landlock; 0 where the kernel has none."""
    if not sys.platform.startswith("linux") or os.environ.get("MLESTAR_NO_LANDLOCK"):
        return 0
    return max(0, int(linux.libc().syscall(_NR_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint(1))))


def restrict(
    *,
    writable: Optional[Sequence[str]] = None,
    readable: Optional[Sequence[str]] = None,
    tcp: bool = True,
    scoped: bool = False,
) -> None:
    """From here on, for this process and all that it starts: files change only below ``writable``, they can be read
    only below ``readable`` (None: anywhere; see `readable_beside`), TCP only if ``tcp``; with ``scoped`` no signals to
    processes outside and no abstract sockets of theirs. What this kernel does not know is left out; see `version`."""
    abi = version()
    if abi < 1:
        raise OSError(38, "Landlock is not available")
    write = _WRITE | (_REFER if abi >= 2 else 0) | (_TRUNCATE if abi >= 3 else 0)
    handled = (write if writable is not None else 0) | (_READ_FILE if readable is not None else 0)
    network = _BIND_AND_CONNECT_TCP if abi >= 4 and not tcp else 0
    scope = _ABSTRACT_SOCKETS_AND_SIGNALS if abi >= 6 and scoped else 0
    if not handled and not network and not scope:
        return
    size = 24 if abi >= 6 else 16 if abi >= 4 else 8
    attributes = struct.pack("QQQ", handled, network, scope)[:size]
    call = linux.libc().syscall
    ruleset = linux.checked(
        call(_NR_CREATE_RULESET, attributes, ctypes.c_size_t(size), ctypes.c_uint(0)), "landlock_create_ruleset"
    )
    try:
        rules = dict.fromkeys(writable or (), write)
        for path in readable or ():
            rules[path] = rules.get(path, 0) | _READ_FILE
        for path, access in rules.items():
            _allow(ruleset, path, access)
        linux.no_new_rights()
        linux.checked(call(_NR_RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint(0)), "landlock_restrict_self")
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: str, access: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)  # type: ignore[attr-defined,unused-ignore]
    except OSError:
        return  # what does not exist needs no permission
    try:
        if not os.path.isdir(path):
            access &= _FILE_ONLY
        if access:
            rule = struct.pack("=Qi", access, descriptor)
            linux.checked(
                linux.libc().syscall(_NR_ADD_RULE, ctypes.c_int(ruleset), ctypes.c_uint(1), rule, ctypes.c_uint(0)),
                "landlock_add_rule {}".format(path),
            )
    finally:
        os.close(descriptor)


def readable_beside(hidden: Sequence[str]) -> "list[str]":
    """The fewest existing places that together hold everything but ``hidden``. Raises OSError when they are too many.

    Landlock only knows what is allowed, so each folder on the way to a hidden place is given entry by entry. Links are
    left out: what they lead to is allowed, or not, where it lies.
    """
    barred = {os.path.realpath(path) for path in hidden}
    on_the_way = set()
    for path in barred:
        while path != os.path.dirname(path):
            path = os.path.dirname(path)
            on_the_way.add(path)
    found = []
    for folder in on_the_way:
        if any(folder == path or folder.startswith(path + "/") for path in barred):
            continue  # a hidden place within a hidden place
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    if entry.path not in barred and entry.path not in on_the_way and not entry.is_symlink():
                        found.append(entry.path)
        except OSError:
            continue  # nobody can read it
        if len(found) > _MOST_RULES:
            raise OSError(7, "too many files lie beside what is to be hidden")
    return found
