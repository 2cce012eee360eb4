"""Top-level statements of a text that is being edited: only what an edit touched is parsed again.

A `Piece` is a run of lines that holds one top-level statement (several when they share a line). After an edit the
pieces it touched are parsed together; when that fails, also with their neighbours (a decorator, an `else`), then
with everything up to the pieces that were broken before. What still fails is a broken piece: it keeps the statements
it had, and the rest of the script stays analysed.
"""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from cst_tools.flow.units import Chunk, first_line
from cst_tools.positions import common, common_end
from cst_tools.regrow import regrown
from cst_tools.types import Problem


@dataclass(slots=True, eq=False)
class Piece:
    """Lines ``start`` (0-based) to ``end`` (exclusive) of a text, and the statement there."""

    start: int
    end: int
    chunks: tuple[Chunk, ...]
    """One; in a broken piece those that stood there when it was whole."""
    problem: Problem | None = None
    """Set when this piece is broken; its place is within the piece's own text."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """What became of some lines: statements with lines from 1, or a problem."""

    statements: tuple[ast.stmt, ...]
    problem: Problem | None = None


_CONTINUES = re.compile(r"(?:[ \t\f]*(?:#[^\r\n]*)?(?:\r\n|\r|\n))*(?:[ \t]|else\b|elif\b|except\b|finally\b)")
"""Lines that go on with a statement above."""

Parse = Callable[[str], Parsed]


class Regions:
    """The pieces of one text. `update` gives them for its next version."""

    def __init__(self, parse: Parse) -> None:
        self._parse = parse
        self._text = ""
        self._lines: Sequence[int] = [0]
        self.pieces: list[Piece] = []

    def update(self, text: str, starts: Sequence[int]) -> None:
        """``starts`` are the offsets of the lines of ``text``."""
        old, old_starts = self._text, self._lines
        self._text, self._lines = text, starts
        if text == old:
            return
        head = common(old, text)
        tail = common_end(old, text, head)
        first = _line_of(old_starts, head)
        if first and old[old_starts[first] - 1 : old_starts[first]] == "\r":
            first -= 1  # a CR may become one line end with what comes
        last = _line_of(old_starts, len(old) - tail)
        delta = len(self._lines) - len(old_starts)
        self._replace(first, last + 1, delta)

    def start_of(self, line: int) -> int:
        """Offset of a line."""
        return self._lines[min(line, len(self._lines) - 1)]

    def source(self, start: int, end: int) -> str:
        stop = self._lines[end] if end < len(self._lines) else len(self._text)
        return self._text[self._lines[start] : stop]

    def _replace(self, first: int, last: int, delta: int) -> None:
        """Old lines ``first`` to ``last`` (exclusive) were changed, ``delta`` lines more than there were."""
        pieces = self.pieces
        a = 0
        while a < len(pieces) and pieces[a].end <= first:
            a += 1
        b = a
        while b < len(pieces) and pieces[b].start < last:
            b += 1
        low, high = a, b  # pieces[a:b] were touched; lines between pieces belong to nobody
        found = self._read(low, high, first, last, delta)
        for wide_low, wide_high in self._wider(found, a, b):
            if found[0].problem is None:
                break
            wide = self._read(wide_low, wide_high, first, last, delta)
            if wide[0].problem is None:
                low, high, found = wide_low, wide_high, wide
        parsed, start, end = found
        old_pieces = pieces[low:high]
        new_pieces = self._made(parsed, start, end, old_pieces)
        if delta:
            for piece in pieces[high:]:
                piece.start += delta
                piece.end += delta
                for chunk in piece.chunks:
                    chunk.move(delta)
        pieces[low:high] = new_pieces

    def _wider(self, found: tuple[Parsed, int, int], a: int, b: int) -> Iterator[tuple[int, int]]:
        """Stretches of pieces that may make sense of lines that make none alone."""
        parsed, start, end = found
        source = self.source(start, end)
        problem = parsed.problem
        if problem is None:
            return
        before = a - 1 if a and _CONTINUES.match(source) else a
        at_end = problem.span.end >= len(source.rstrip()) - 1
        behind = b + 1 if b < len(self.pieces) and at_end else b
        if (before, behind) != (a, b):
            yield before, behind
            if before != a and behind != b:
                yield before, b
                yield a, behind
        broken = [i for i, piece in enumerate(self.pieces) if piece.problem is not None]
        if broken:
            yield min(before, broken[0]), max(behind, broken[-1] + 1)

    def _read(self, low: int, high: int, first: int, last: int, delta: int) -> tuple[Parsed, int, int]:
        """Parse the new lines of the changed stretch and of ``pieces[low:high]``; the lines that were parsed."""
        touched = self.pieces[low:high]
        start = min([first, *(p.start for p in touched)])
        end = max([last, *(p.end for p in touched)]) + delta
        return self._parse(self.source(start, end)), start, end

    def _made(self, parsed: Parsed, start: int, end: int, old: list[Piece]) -> list[Piece]:
        if parsed.problem is not None:
            stale = tuple(chunk for piece in old for chunk in piece.chunks)
            by = start + 1 - stale[0].line if stale else 0
            for chunk in stale:
                chunk.move(by)
            return [Piece(start, end, stale, parsed.problem)]
        groups = _grouped(parsed.statements, start)
        chunks = regrown(
            [statements for statements, _, _ in groups],
            [chunk for piece in old for chunk in piece.chunks],
            self.source(start, end),
            start,
        )
        return [Piece(first, last, (chunk,)) for (_, first, last), chunk in zip(groups, chunks, strict=True)]


def _grouped(statements: Sequence[ast.stmt], start: int) -> list[tuple[list[ast.stmt], int, int]]:
    """Statements that share lines go together: (statements, first line, end line), 0-based in the whole text."""
    groups: list[tuple[list[ast.stmt], int, int]] = []
    for statement in statements:
        first, end = start + first_line(statement) - 1, start + (statement.end_lineno or statement.lineno)
        if groups and first < groups[-1][2]:
            before = groups[-1]
            groups[-1] = ([*before[0], statement], before[1], max(before[2], end))
        else:
            groups.append(([statement], first, end))
    return groups


def _line_of(starts: Sequence[int], offset: int) -> int:
    return max(0, bisect_right(starts, offset) - 1)
