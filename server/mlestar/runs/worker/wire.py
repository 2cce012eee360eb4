"""The worker's own channel: one JSON value a line, appended to a file that was opened before any user code.

Appending (``O_APPEND``) keeps whole lines even when forked children write too; nothing is buffered, so what was
written survives a kill. The server reads the file while the run goes on or after it ended.
"""

from __future__ import annotations

import json
import os
from typing import Any, Callable


class Channel:
    def __init__(self, path: str) -> None:
        self.observers: "list[Callable[[dict[str, Any]], None]]" = []
        """Called with each event."""
        self._open(path)

    def move(self, path: str) -> None:
        """From here on write to a new file ``path`` that begins with what was sent so far. Raises OSError."""
        import shutil  # a plain run does without

        with open(self.path, "rb") as source, open(path, "wb") as target:
            shutil.copyfileobj(source, target)
        os.close(self._descriptor)
        self._open(path)

    def _open(self, path: str) -> None:
        self.path = path
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o600)
        if self._descriptor < 64:  # out of the way of scripts that close or reuse low descriptors
            try:
                import fcntl

                high = fcntl.fcntl(self._descriptor, fcntl.F_DUPFD_CLOEXEC, 100)
                os.close(self._descriptor)
                self._descriptor = high
            except (ImportError, OSError):
                pass  # no fcntl on Windows, or a low limit on descriptors: the low one serves as well

    def send(self, **event: Any) -> None:
        for observer in self.observers:
            observer(event)
        line = (json.dumps(event, ensure_ascii=True, default=str) + "\n").encode("ascii")
        try:
            os.write(self._descriptor, line)
        except OSError:
            # The script closed every descriptor (daemons do): open the file anew, once a call.
            self._descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | getattr(os, "O_BINARY", 0))
            os.write(self._descriptor, line)
