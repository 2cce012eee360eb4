"""What is open at a fork besides files: connections that cannot be shared, and the streams that become the child's."""

from __future__ import annotations

import os
from typing import Optional


def _descriptors() -> "list[int]":
    return [int(name) for name in os.listdir("/proc/self/fd")]


def problem() -> Optional[str]:
    """Something open that two processes cannot share; None when there is nothing of the kind."""
    for descriptor in _descriptors():
        try:
            target = os.readlink("/proc/self/fd/{}".format(descriptor))
        except OSError:
            continue  # the listing's own
        if target.startswith("socket:"):
            return "a network connection or event loop is open"
        if target.startswith("anon_inode:[eventpoll]"):
            return "an event loop is open"
    return None


def redirect_streams(moves: "dict[str, str]") -> None:
    """Every descriptor for the FIFO ``old`` writes to the FIFO ``new`` from here on, for each ``old: new``."""
    known = {(found.st_dev, found.st_ino): new for new, found in ((new, os.stat(old)) for old, new in moves.items())}
    opened = {new: os.open(new, os.O_WRONLY | os.O_CLOEXEC) for new in known.values()}
    for descriptor in _descriptors():
        try:
            found = os.fstat(descriptor)
        except OSError:
            continue  # the listing's own
        new = known.get((found.st_dev, found.st_ino))
        if new is not None and descriptor not in opened.values():
            os.dup2(opened[new], descriptor, inheritable=os.get_inheritable(descriptor))
    for fresh in opened.values():
        os.close(fresh)
