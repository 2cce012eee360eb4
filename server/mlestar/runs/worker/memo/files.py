"""Files that a call reads, as part of its key: by their content, never by what their times promise."""

from __future__ import annotations

import os
from typing import Any, Optional

from .prints import Unfit, bytes_per_second, new_hash

_WHOLE = 1 << 30
_PIECE = 1 << 20
_FRESH_NS = 3 * 10**9


class FileRead:
    """One file that a call reads: its print, and whether it stayed as it was.

    Looking at it opens it, so that it counts as read by the run even when the call itself is not made.
    """

    def __init__(self, path: str, now_ns: int) -> None:
        self.path = os.path.abspath(path)
        try:
            found = os.stat(self.path)
        except (OSError, ValueError) as error:
            raise Unfit("no such file: {}".format(error)) from None
        if (found.st_mode & 0o170000) != 0o100000:
            raise Unfit("not a plain file")
        if found.st_size > _WHOLE:
            raise Unfit("a file too large to be known by its content")
        self.size = found.st_size
        self._state = self._of(found)
        self.fresh = abs(now_ns - found.st_mtime_ns) < _FRESH_NS
        """Written just now: it may be written again without a change of its time."""
        self.print = "{}:{}".format(os.path.basename(self.path), self._digest())

    @staticmethod
    def _of(found: Any) -> "tuple[int, ...]":
        return found.st_size, found.st_mtime_ns, found.st_ino, found.st_dev

    def _digest(self) -> str:
        state, buffer = new_hash(), bytearray(_PIECE)
        view = memoryview(buffer)
        try:
            with open(self.path, "rb", buffering=0) as file:
                while True:
                    got = file.readinto(buffer)
                    if not got:
                        break
                    state.update(view[:got])
        except OSError as error:
            raise Unfit("cannot be read: {}".format(error)) from None
        return str(state.hexdigest())

    def unchanged(self) -> bool:
        """Whether it is still the file that was looked at. One written just now is read again."""
        try:
            same = self._of(os.stat(self.path)) == self._state
            return same and (not self.fresh or self.print.rpartition(":")[2] == self._digest())
        except (OSError, Unfit):
            return False


def named_file(value: Any) -> Optional[str]:
    """The path that ``value`` names, None when it is no path to a file of this machine."""
    if isinstance(value, (str, os.PathLike)):
        text = os.fspath(value)
        if isinstance(text, str) and "://" not in text and not text.startswith("~"):
            return text
    return None


def seconds_to_print(path: str) -> float:
    try:
        return os.stat(path).st_size / bytes_per_second()
    except (OSError, ValueError):
        return 0.0
