"""Where places of an older text lie in a newer one: what was known stays in its place while the person types.

Every document keeps a log of its edits. A place is moved through them in order, which stays exact when edits lie far
apart; edits that touch one another, as in typing, are moved through as one.
"""

from __future__ import annotations

from dataclasses import dataclass

from cst_tools.positions import common, common_end

_KEPT = 512
"""Edits that a log keeps; who asks about an older text has the two texts compared."""


@dataclass(frozen=True)
class Move:
    """One stretch of a text was replaced: ``start`` to ``end`` before, ``start`` to ``after`` now."""

    start: int
    end: int
    after: int

    @classmethod
    def between(cls, old: str, new: str) -> Move:
        """The one stretch in which two texts differ."""
        if old == new:
            return cls(0, 0, 0)
        head = common(old, new)
        tail = common_end(old, new, head)
        return cls(head, len(old) - tail, len(new) - tail)

    def then(self, other: Move) -> Move | None:
        """This and the next as one, where the next touches what this one left."""
        if other.start > self.after or other.end < self.start:
            return None
        delta = self.after - self.end
        start = min(self.start, other.start)
        end = max(self.end, other.end - delta)
        return Move(start, end, end + delta + other.after - other.end)

    def offset(self, at: int) -> int:
        """Before the stretch a place stays, behind it it moves along, inside it stays as near as it can."""
        if at <= self.start:
            return at
        if at >= self.end:
            return at + self.after - self.end
        return min(at, self.after)


class EditLog:
    """What was changed in one document since it was opened. ``count`` names a moment in it."""

    def __init__(self) -> None:
        self._moves: list[Move] = []
        self._first = 0

    @property
    def count(self) -> int:
        return self._first + len(self._moves)

    def add(self, start: int, end: int, length: int) -> None:
        """``start`` to ``end`` was replaced by ``length`` characters."""
        self._moves.append(Move(start, end, start + length))
        if len(self._moves) > 2 * _KEPT:
            self._first += len(self._moves) - _KEPT
            del self._moves[:-_KEPT]

    def between(self, first: int, last: int) -> tuple[Move, ...] | None:
        """The edits between two moments, those that touch as one; None when the first is too long ago."""
        if first < self._first:
            return None
        out: list[Move] = []
        for move in self._moves[first - self._first : last - self._first]:
            joined = out[-1].then(move) if out else None
            if joined is None:
                out.append(move)
            else:
                out[-1] = joined
        return tuple(out)
