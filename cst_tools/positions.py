"""Offsets, lines and columns of a text, in the units of Python's ``ast`` and of the protocol.

Inside the project a place is a code-point offset. ``ast`` counts UTF-8 bytes in a line, the protocol counts
UTF-16 (or UTF-8, UTF-32) units. Lines end at ``\\r\\n``, ``\\r`` and ``\\n`` only, as both CPython's tokenizer and
the protocol say: `str.splitlines` would also break at form feeds, NEL and U+2028 and is wrong here.
"""

from __future__ import annotations

import bisect
import re

from cst_tools.types import Span

_LINE_END = re.compile(r"\r\n|\r|\n")


def _units(text: str, encoding: str) -> int:
    """Length of ``text`` in code units of ``encoding`` (``utf-8``, ``utf-16`` or ``utf-32``)."""
    if encoding == "utf-32" or text.isascii():
        return len(text)
    if encoding == "utf-16":
        return len(text) + sum(1 for c in text if c > "\uffff")
    if encoding == "utf-8":
        return len(text.encode("utf-8", "surrogatepass"))
    raise ValueError(f"{encoding!r} is not a position encoding; use utf-8, utf-16 or utf-32")


def code_points(text: str, units: int, encoding: str) -> int:
    """Code points of ``text`` that fit in ``units`` units; a unit inside a character counts as its start."""
    if encoding not in ("utf-8", "utf-16", "utf-32"):
        raise ValueError(f"{encoding!r} is not a position encoding; use utf-8, utf-16 or utf-32")
    if units <= 0:
        return 0
    if encoding == "utf-32" or text.isascii():
        return min(units, len(text))
    used = 0
    for index, character in enumerate(text):
        if encoding == "utf-16":
            used += 2 if character > "\uffff" else 1
        else:
            used += 1 if character < "\x80" else 2 if character < "\u0800" else 3 if character <= "\uffff" else 4
        if used > units:
            return index
    return len(text)


class LineIndex:
    """Converts between code-point offsets and 0-based lines and columns of ``text``.

    ``parsed`` is the text that was given to ``ast``, where it differs from ``text``: same number of code points in
    each line, but a masked line may have fewer UTF-8 bytes.
    """

    def __init__(self, text: str, parsed: str | None = None) -> None:
        self.text = text
        self._parsed = text if parsed is None else parsed
        self._starts = [0]
        self._ends: list[int] = []
        for match in _LINE_END.finditer(text):
            self._ends.append(match.start())
            self._starts.append(match.end())
        self._ends.append(len(text))
        self._ascii = self._parsed.isascii()

    def edited(self, start: int, end: int, text: str) -> LineIndex:
        """The index of the text in which ``text`` stands between two offsets; only the lines there are read again.

        For a text that is parsed as it is.
        """
        whole = self.text[:start] + text + self.text[end:]
        first = max(0, self.line_of(start) - 1)  # a CR before the edit may become one line end with what comes
        last = min(self.line_of(end) + 1, self.count - 1)
        delta = len(text) - (end - start)
        from_, to = self._starts[first], self._ends[last] + delta
        new = object.__new__(LineIndex)
        new.text = new._parsed = whole
        starts, ends = self._starts[: first + 1], self._ends[:first]
        for match in _LINE_END.finditer(whole, from_, to):
            ends.append(match.start())
            starts.append(match.end())
        ends.append(to)
        below = last + 1
        if delta:
            starts += [at + delta for at in self._starts[below:]]
            ends += [at + delta for at in self._ends[below:]]
        else:
            starts += self._starts[below:]
            ends += self._ends[below:]
        new._starts, new._ends, new._ascii = starts, ends, whole.isascii()
        return new

    @property
    def count(self) -> int:
        """Number of lines; a text that ends with a line end has an empty last line."""
        return len(self._starts)

    @property
    def starts(self) -> list[int]:
        """Offsets of the lines' first characters. Not to be changed."""
        return self._starts

    def line_of(self, offset: int) -> int:
        """0-based line that holds ``offset``; an offset in a line end belongs to the line it ends."""
        return bisect.bisect_right(self._starts, max(0, min(offset, len(self.text)))) - 1

    def line_start(self, line: int) -> int:
        """Offset of the first character of ``line`` (clamped to the last line)."""
        return self._starts[max(0, min(line, self.count - 1))]

    def line_span(self, line: int) -> Span:
        """The line without its line end (clamped to the existing lines)."""
        line = max(0, min(line, self.count - 1))
        return Span(self._starts[line], self._ends[line])

    def line_text(self, line: int) -> str:
        span = self.line_span(line)
        return self.text[span.start : span.end]

    def lines_span(self, first: int, last: int) -> Span:
        """From the start of line ``first`` to the end of line ``last``, without the last line end."""
        return Span(self.line_span(first).start, self.line_span(last).end)

    def offset(self, line: int, column: int) -> int:
        """Offset of a code-point column, clamped to the line."""
        span = self.line_span(line)
        return min(span.start + max(0, column), span.end)

    def offset_from_utf8(self, line: int, column: int) -> int:
        """Offset of a UTF-8 byte column, as in ``ast`` nodes (``line`` is 0-based: ``node.lineno - 1``)."""
        span = self.line_span(line)
        if self._ascii:
            return min(span.start + column, span.end)
        return span.start + code_points(self._parsed[span.start : span.end], column, "utf-8")

    def to_position(self, offset: int, encoding: str = "utf-16") -> tuple[int, int]:
        """Line and column in units of ``encoding``; an offset inside a line end becomes the end of its line."""
        offset = max(0, min(offset, len(self.text)))
        line = self.line_of(offset)
        span = self.line_span(line)
        return line, _units(self.text[span.start : min(offset, span.end)], encoding)

    def from_position(self, line: int, character: int, encoding: str = "utf-16") -> int:
        """Offset of a protocol position; past the line means its end, past the text means the end of the text."""
        if line < 0:
            return 0
        if line >= self.count:
            return len(self.text)
        span = self.line_span(line)
        return span.start + code_points(self.text[span.start : span.end], character, encoding)


def common(a: str, b: str) -> int:
    """Length of the common beginning: comparing slices is far faster than a loop over characters."""
    low, high = 0, min(len(a), len(b))
    while low < high:
        middle = (low + high + 1) // 2
        if a[low:middle] == b[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def common_end(a: str, b: str, head: int) -> int:
    """Length of the common end of what follows the first ``head`` characters."""
    low, high = 0, min(len(a), len(b)) - head
    while low < high:
        middle = (low + high + 1) // 2
        if a[len(a) - middle : len(a) - low] == b[len(b) - middle : len(b) - low]:
            low = middle
        else:
            high = middle - 1
    return low
