"""The text of a program as the interpreter sees it: top-level statements with the places in them.

A chunk lives as long as its statement is in the script. Edits elsewhere move it, edits inside give it new nodes;
its places stay.
"""

from __future__ import annotations

import ast
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import count

from cst_tools.flow.values import Place

_NUMBERS = count(1)


class Chunk:
    """One top-level statement, or several that share a line."""

    __slots__ = ("generation", "line", "places", "statements", "uid")

    def __init__(self, statements: Sequence[ast.stmt], line: int) -> None:
        self.uid = next(_NUMBERS)
        self.statements = list(statements)
        self.line = line
        """1-based first line, decorators included."""
        self.generation = 0
        """Counts the times the statements were replaced."""
        self.places: dict[tuple[int, int, int, int], Place] = {}

    def renew(self, statements: Sequence[ast.stmt]) -> None:
        """The text of this statement was changed."""
        self.statements = list(statements)
        self.generation += 1
        if len(self.places) > 10_000:
            self.places = {}


def first_line(statement: ast.stmt) -> int:
    """The first line of a statement, decorators included."""
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(d.lineno for d in decorators)])


def chunks_of(tree: ast.Module) -> list[Chunk]:
    """A chunk for every top-level statement."""
    return [Chunk([statement], first_line(statement)) for statement in tree.body]


class Unit:
    """One module: its chunks in order."""

    def __init__(self, name: str, chunks: Iterable[Chunk] = ()) -> None:
        self.name = name
        """Empty for the script itself."""
        self.take(chunks)

    def take(self, chunks: Iterable[Chunk]) -> None:
        self.chunks = list(chunks)
        self._lines = [chunk.line for chunk in self.chunks]

    def place(self, node: ast.AST) -> Place:
        """The place of a node of this unit; the same object every time, also after edits elsewhere."""
        line = getattr(node, "lineno", 1)
        chunk = self.chunks[max(0, bisect_right(self._lines, line) - 1)]
        # calls of one chain begin at the same column: what is called tells them apart
        end = node.func if isinstance(node, ast.Call) else node
        identity = (
            line - chunk.line,
            getattr(node, "col_offset", 0),
            (getattr(end, "end_lineno", None) or line) - chunk.line,
            getattr(end, "end_col_offset", None) or 0,
        )
        found = chunk.places.get(identity)
        if found is None:
            key = "{}:{}:{}:{}:{}".format(chunk.uid, *identity)
            found = chunk.places[identity] = Place(key, node)
        else:
            found.node = node
        return found
