"""A filter on system calls, written by hand as BPF: what no training script needs and what a sandbox must not allow.

It refuses with EPERM (ENOSYS where libraries then take another way) and never kills. Known for x86-64 and AArch64.
Order of the arguments and numbers: the kernel's ``seccomp_data``; `man 2 seccomp`.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
import sys

from . import linux

_LOAD, _JUMP_EQUAL, _JUMP_ANY_BIT, _JUMP_GREATER, _RETURN = 0x20, 0x15, 0x45, 0x25, 0x06
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_NUMBER, _MACHINE, _ARGUMENTS = 0, 4, 16
_X32 = 0x40000000

_MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_CALLS = {
    # name: (x86-64, AArch64)
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51), "setns": (308, 268),
    "open_tree": (428, 428), "move_mount": (429, 429), "fsopen": (430, 430), "fsconfig": (431, 431),
    "fsmount": (432, 432), "fspick": (433, 433), "mount_setattr": (442, 442),
    "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282),
    "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219),
    "reboot": (169, 142), "kexec_load": (246, 104), "kexec_file_load": (320, 294),
    "init_module": (175, 105), "finit_module": (313, 273), "delete_module": (176, 106),
    "swapon": (167, 224), "swapoff": (168, 225), "acct": (163, 89), "quotactl": (179, 60), "syslog": (103, 116),
    "settimeofday": (164, 170), "clock_settime": (227, 112),
    "sethostname": (170, 161), "setdomainname": (171, 162), "open_by_handle_at": (304, 265),
    "ioperm": (173, -1), "iopl": (172, -1), "vhangup": (153, 58),
}  # fmt: skip
_IO_URING = (425, 425)
_CLONE, _CLONE3, _UNSHARE, _IOCTL, _SOCKET = (56, 220), (435, 435), (272, 97), (16, 29), (41, 198)
_NEW_NAMESPACES = 0x7E020000 | 0x80
"""CLONE_NEW{NS,CGROUP,UTS,IPC,USER,PID,NET} and NEWTIME."""
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C
_AF_UNIX = 1


def known_machine() -> bool:
    """Whether the filter is known for this machine and Python; the kernel may still lack it."""
    return sys.platform.startswith("linux") and os.uname().machine in _MACHINES and struct.calcsize("P") == 8


def _statement(code: int, value: int, yes: int = 0, no: int = 0) -> bytes:
    return struct.pack("=HBBI", code, yes, no, value & 0xFFFFFFFF)


def _refuse(number: int) -> bytes:
    return _statement(_RETURN, _ERRNO | number)


def program(*, inet: bool = True, namespaces: bool = False) -> bytes:
    """The filter. ``inet``: other sockets than local ones may be made; ``namespaces``: user namespaces may be made."""
    machine = os.uname().machine
    column = 0 if machine == "x86_64" else 1
    found = [_statement(_LOAD, _MACHINE), _statement(_JUMP_EQUAL, _MACHINES[machine], 1, 0), _refuse(errno.ENOSYS)]
    found.append(_statement(_LOAD, _NUMBER))
    if column == 0:  # the same calls under other numbers
        found += [_statement(_JUMP_GREATER, _X32 - 1, 0, 1), _refuse(errno.ENOSYS)]
    for numbers in _CALLS.values():
        if numbers[column] >= 0:
            found += [_statement(_JUMP_EQUAL, numbers[column], 0, 1), _refuse(errno.EPERM)]
    # io_uring would do all that is refused here without a system call of its own name.
    found += [_statement(_JUMP_EQUAL, _IO_URING[column], 0, 1), _refuse(errno.ENOSYS)]
    if not namespaces:
        for call in (_CLONE, _UNSHARE):
            found += _if_bits(call[column], _NEW_NAMESPACES if call is _UNSHARE else 0x7E020000)
        # Its flags lie in memory, which a filter cannot read; the C library then takes `clone`.
        found += [_statement(_JUMP_EQUAL, _CLONE3[column], 0, 1), _refuse(errno.ENOSYS)]
    for request in (_TIOCSTI, _TIOCLINUX):  # typing into a terminal
        found += _if_argument(_IOCTL[column], 1, request)
    if not inet:
        found += [
            _statement(_JUMP_EQUAL, _SOCKET[column], 0, 4),
            _statement(_LOAD, _ARGUMENTS),
            _statement(_JUMP_EQUAL, _AF_UNIX, 1, 0),
            _refuse(errno.EACCES),
            _statement(_LOAD, _NUMBER),
        ]
    found.append(_statement(_RETURN, _ALLOW))
    return b"".join(found)


def _if_bits(call: int, bits: int) -> "list[bytes]":
    return [
        _statement(_JUMP_EQUAL, call, 0, 4),
        _statement(_LOAD, _ARGUMENTS),
        _statement(_JUMP_ANY_BIT, bits, 0, 1),
        _refuse(errno.EPERM),
        _statement(_LOAD, _NUMBER),
    ]


def _if_argument(call: int, position: int, value: int) -> "list[bytes]":
    return [
        _statement(_JUMP_EQUAL, call, 0, 4),
        _statement(_LOAD, _ARGUMENTS + 8 * position),
        _statement(_JUMP_EQUAL, value, 0, 1),
        _refuse(errno.EPERM),
        _statement(_LOAD, _NUMBER),
    ]


def install(text: bytes) -> None:
    """Put the filter on this process and all that it will start. Needs ``no_new_privs``. Raises OSError."""
    buffer = ctypes.create_string_buffer(text, len(text))
    head = struct.pack("HxxxxxxP", len(text) // 8, ctypes.addressof(buffer))
    linux.set_filter(head)
