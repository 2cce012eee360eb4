"""The native threads of this process, and which library each belongs to (Linux).

Threads of compiled libraries mostly carry the process's own name. What tells them apart is their stack: the return
addresses on it point into the library that started them.
"""

from __future__ import annotations

import bisect
import os
import re
import struct
import time
from typing import NamedTuple, Optional

_DEEP_BYTES = 64 * 1024
_PATIENCE_S = 0.3


class Mapping(NamedTuple):
    """One line of ``/proc/self/maps``."""

    start: int
    end: int
    access: str
    inode: int
    path: str


class Native(NamedTuple):
    """A thread: its id, name, and file names of the libraries on its stack, the one it waits in first; None while it
    keeps running. Only the first ones are sure: further out lie left-over words that look like addresses."""

    tid: int
    name: str
    libraries: "Optional[tuple[str, ...]]"


def mappings() -> "list[Mapping]":
    found = []
    with open("/proc/self/maps", encoding="utf-8", errors="surrogateescape") as lines:
        for line in lines:
            fields = line.rstrip("\n").split(None, 5)
            start, _, end = fields[0].partition("-")
            path = fields[5] if len(fields) > 5 else ""
            found.append(Mapping(int(start, 16), int(end, 16), fields[1], int(fields[4]), path))
    return found


_PLACES = re.compile(r"^[0-9a-f]+-[0-9a-f]+ (\S{4}) \S+ \S+ \d+ *(.*)$", re.MULTILINE)


def _places() -> "set[tuple[str, str]]":
    with open("/proc/self/maps", encoding="utf-8", errors="surrogateescape") as file:
        return set(_PLACES.findall(file.read()))


def libraries() -> "list[str]":
    """Paths of the compiled libraries that are loaded."""
    return sorted({path for access, path in _places() if "x" in access and path.startswith("/")})


def shared() -> "list[str]":
    """Files, or anonymous memory, that this process can write to together with others."""
    return sorted({path for access, path in _places() if access.startswith("rw") and access.endswith("s")})


def others() -> "list[Native]":
    """Every thread of this process but the main one. Waits a little for threads that are just finishing something."""
    patience = time.monotonic() + _PATIENCE_S
    while True:
        found = _look()
        if all(thread.libraries is not None for thread in found) or time.monotonic() > patience:
            return found
        time.sleep(0.005)


def _look() -> "list[Native]":
    own = os.getpid()
    entries = [entry for entry in os.listdir("/proc/self/task") if int(entry) != own]
    if not entries:
        return []
    table = mappings()
    starts = [m.start for m in table]
    found = []
    memory = os.open("/proc/self/mem", os.O_RDONLY)
    try:
        for entry in entries:
            folder = "/proc/self/task/" + entry
            try:
                with open(folder + "/comm", encoding="utf-8", errors="replace") as file:
                    name = file.read().strip()
                with open(folder + "/syscall", encoding="ascii") as file:
                    state = file.read().split()
            except FileNotFoundError:
                continue  # ended in the meantime
            except ProcessLookupError:
                continue
            if len(state) < 3:  # "running"
                found.append(Native(int(entry), name, None))
                continue
            found.append(Native(int(entry), name, _on_stack(memory, int(state[-2], 16), table, starts)))
    finally:
        os.close(memory)
    return found


def _on_stack(memory: int, pointer: int, table: "list[Mapping]", starts: "list[int]") -> "Optional[tuple[str, ...]]":
    place = bisect.bisect_right(starts, pointer) - 1
    if place < 0 or pointer >= table[place].end:
        return None
    size = min(table[place].end - pointer, _DEEP_BYTES) // 8 * 8
    try:
        data = os.pread(memory, size, pointer)  # not a pointer: the stack may be gone by now
    except OSError:
        return None
    found: dict[str, None] = {}
    for (word,) in struct.iter_unpack("Q", data[: len(data) // 8 * 8]):
        at = bisect.bisect_right(starts, word) - 1
        if at >= 0 and word < table[at].end and "x" in table[at].access and table[at].path.startswith("/"):
            found.setdefault(os.path.basename(table[at].path))
    return tuple(found)
