"""The text of a program as the interpreter sees it: top-level statements with the places in them.

A chunk lives as long as its statement is in the script. Edits elsewhere move it, edits inside give it new nodes;
its places stay.
"""

from __future__ import annotations

import ast
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import count
from typing import Any

from cst_tools.flow.values import Place
from cst_tools.walking import located, walk

_NUMBERS = count(1)


class Chunk:
    """One top-level statement, or several that share a line."""

    __slots__ = ("_loads", "_nodes", "generation", "line", "places", "serial", "statements", "uid")

    def __init__(self, statements: Sequence[ast.stmt], line: int) -> None:
        self.uid = next(_NUMBERS)
        self.statements = list(statements)
        self.line = line
        """1-based first line, decorators included."""
        self.generation = 0
        """Counts the times the statements were replaced."""
        self.places: dict[tuple[int, int, int, int], Place] = {}
        self.serial = 0
        self._nodes: list[Any] | None = None
        self._loads: bool | None = None

    def renew(self, statements: Sequence[ast.stmt]) -> None:
        """The text of this statement was changed."""
        self.statements = list(statements)
        self.generation += 1
        self._nodes = self._loads = None
        if len(self.places) > 10_000:
            self.places = {}

    def move(self, lines: int) -> None:
        """So many lines were put in above."""
        if not lines:
            return
        if self._nodes is None:
            self._nodes = [n for s in self.statements for n in located(s)]
        for node in self._nodes:
            node.lineno += lines
            node.end_lineno += lines
        self.line += lines

    def place(self, node: ast.AST) -> Place:
        """The place of a node of this chunk; the same object every time, also after edits elsewhere."""
        identity = self.identity(node)
        found = self.places.get(identity)
        if found is None:
            self.serial += 1
            found = self.places[identity] = Place(f"{self.uid}:{self.serial}", node)
        else:
            found.node = node
        return found

    def identity(self, node: ast.AST) -> tuple[int, int, int, int]:
        """Where a node stands in this chunk."""
        line = getattr(node, "lineno", self.line)
        # calls of one chain begin at the same column: what is called tells them apart
        end = node.func if isinstance(node, ast.Call) else node
        return (
            line - self.line,
            getattr(node, "col_offset", 0),
            (getattr(end, "end_lineno", None) or line) - self.line,
            getattr(end, "end_col_offset", None) or 0,
        )

    def moved_inside(self, kept: Iterable[ast.AST]) -> None:
        """Statements below an edit inside this chunk moved: their places go with them."""
        ids = {id(node) for statement in kept for node in walk(statement)}
        places = [p for p in self.places.values() if id(p.node) in ids]
        others = {i: p for i, p in self.places.items() if id(p.node) not in ids}
        self.places = {**others, **{self.identity(p.node): p for p in places}}

    @property
    def loads_weights(self) -> bool:
        """Whether a saved version of a model is loaded here."""
        if self._loads is None:
            self._loads = any(_is_loader(n) for s in self.statements for n in walk(s))
        return self._loads


def _is_loader(node: ast.AST) -> bool:
    name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
    return name in ("load_weights", "load_model", "load_from_checkpoint")


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
        chunk = self.chunks[max(0, bisect_right(self._lines, getattr(node, "lineno", 1)) - 1)]
        return chunk.place(node)
