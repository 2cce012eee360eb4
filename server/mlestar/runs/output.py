"""What is kept of a stream: its beginning and its end, with the number of bytes; and lines for a printed objective."""

from __future__ import annotations

import codecs
import re
import time
from collections import deque
from collections.abc import Callable

_FLOOD_BYTES_A_SECOND = 65536


class KeptOutput:
    """Bytes of one stream, at most ``limit`` of them: half from the beginning, half from the end."""

    def __init__(self, limit: int) -> None:
        self._head_limit = max(1, limit // 2)
        self._tail_limit = max(1, limit - self._head_limit)
        self._head = bytearray()
        self._tail: deque[bytes] = deque()
        self._tail_bytes = 0
        self.total = 0

    def copy(self) -> KeptOutput:
        made = KeptOutput(self._head_limit + self._tail_limit)
        made._head_limit, made._tail_limit = self._head_limit, self._tail_limit
        made._head, made._tail = bytearray(self._head), deque(self._tail)
        made._tail_bytes, made.total = self._tail_bytes, self.total
        return made

    def add(self, data: bytes) -> None:
        self.total += len(data)
        room = self._head_limit - len(self._head)
        if room > 0:
            self._head += data[:room]
            data = data[room:]
        if not data:
            return
        self._tail.append(data)
        self._tail_bytes += len(data)
        while self._tail_bytes - len(self._tail[0]) >= self._tail_limit:
            self._tail_bytes -= len(self._tail.popleft())

    def text(self) -> str:
        tail = b"".join(self._tail)[-self._tail_limit :]
        left_out = self.total - len(self._head) - len(tail)
        if left_out <= 0:
            return (bytes(self._head) + tail).decode("utf-8", "replace")
        head = bytes(self._head).decode("utf-8", "replace")
        return f"{head}\n... {left_out} bytes left out ...\n{tail.decode('utf-8', 'replace')}"


class LineMatcher:
    """Values that a pattern finds in the lines of a stream, whatever the pieces it comes in."""

    def __init__(self, pattern: str) -> None:
        self._pattern = re.compile(pattern)
        self._rest = b""
        self.values: list[str] = []

    def copy(self) -> LineMatcher:
        made = LineMatcher(self._pattern.pattern)
        made._rest, made.values = self._rest, list(self.values)
        return made

    def add(self, data: bytes) -> None:
        lines = (self._rest + data).replace(b"\r", b"\n").split(b"\n")
        self._rest = lines.pop()[-65536:]
        for line in lines:
            self._match(line)

    def finish(self) -> None:
        self._match(self._rest)
        self._rest = b""

    def _match(self, line: bytes) -> None:
        if not line:
            return
        for match in self._pattern.finditer(line[:65536].decode("utf-8", "replace")):
            groups = [g for g in match.groups() if g is not None]
            self.values.append(groups[0] if groups else match.group())


class Stream:
    """One of the two streams of a run: keeps, matches and passes on."""

    def __init__(
        self, name: str, limit: int, matcher: LineMatcher | None, on_output: Callable[[str, str], None] | None
    ) -> None:
        self.kept = KeptOutput(limit)
        self._name, self._limit, self._matcher, self._on_output = name, limit, matcher, on_output
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._window, self._window_bytes = 0.0, 0

    @property
    def matched(self) -> list[str]:
        """What the pattern found up to now, the unfinished last line included; empty without one."""
        if self._matcher is None:
            return []
        matcher = self._matcher.copy()
        matcher.finish()
        return matcher.values

    def copy(self, on_output: Callable[[str, str], None] | None) -> Stream:
        """The stream of a run that was one with this one so far: what was kept and matched is its too."""
        made = Stream(self._name, self._limit, self._matcher.copy() if self._matcher else None, on_output)
        made.kept = self.kept.copy()
        made._decoder.setstate(self._decoder.getstate())
        return made

    def add(self, data: bytes) -> None:
        self.kept.add(data)
        if self._matcher:
            self._matcher.add(data)
        if self._on_output is None:
            return
        if self.kept.total > self._limit:  # a flood: let a little through, so that one still sees it live
            now = time.monotonic()
            if now - self._window >= 1.0:
                self._window, self._window_bytes = now, 0
            if self._window_bytes >= _FLOOD_BYTES_A_SECOND:
                return
            self._window_bytes += len(data)
        text = self._decoder.decode(data)
        if text:
            self._on_output(self._name, text)
