"""Named pipes between the server and the processes of a run: no descriptor to inherit, no socket, nothing on disk.

The server holds both ends of each, so that neither side waits for the other to open it, and reads without blocking.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

_PIECE = 1 << 18


class Incoming:
    """A pipe that others write to; ``on_data`` gets what comes, in pieces."""

    def __init__(self, path: Path, on_data: Callable[[bytes], None]) -> None:
        os.mkfifo(path, 0o600)
        self._on_data = on_data
        self._descriptor = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._descriptor, self._readable)

    def _readable(self) -> bool:
        try:
            data = os.read(self._descriptor, _PIECE)
        except BlockingIOError:
            return False
        if data:
            self._on_data(data)
        return bool(data)

    def drain(self) -> None:
        """Take everything that was written up to now."""
        while self._descriptor >= 0 and self._readable():
            continue

    def close(self) -> None:
        if self._descriptor >= 0:
            self._loop.remove_reader(self._descriptor)
            os.close(self._descriptor)
            self._descriptor = -1


class Lines:
    """A pipe of JSON values, one a line, each written in one piece."""

    def __init__(self, path: Path, on_message: Callable[[dict[str, Any]], None]) -> None:
        self._rest = b""
        self._on_message = on_message
        self._pipe = Incoming(path, self._take)
        self.drain, self.close = self._pipe.drain, self._pipe.close

    def _take(self, data: bytes) -> None:
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            with contextlib.suppress(ValueError):  # the run can write here too: what is no message says nothing
                message = json.loads(line)
                if isinstance(message, dict):
                    self._on_message(message)


class Outgoing:
    """A pipe that one process reads lines from."""

    def __init__(self, path: Path) -> None:
        os.mkfifo(path, 0o600)
        self._descriptor = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)

    def send(self, **message: Any) -> None:
        """At most one pipe's worth waits to be read (64 KB); more is dropped, its reader being dead."""
        if self._descriptor >= 0:
            with contextlib.suppress(BlockingIOError):
                os.write(self._descriptor, (json.dumps(message) + "\n").encode("ascii"))

    def close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
