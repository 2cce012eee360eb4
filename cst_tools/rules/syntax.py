"""Parents and uses of names, worked out for each top-level statement when they are asked for.

They are kept on the statement: while a script is typed, the statements that an edit left alone keep theirs.
"""

from __future__ import annotations

import ast
from bisect import bisect_right
from collections.abc import Iterator, Mapping

from cst_tools.flow.units import first_line
from cst_tools.walking import children

_PARENTS = "_mlestar_parents"
_NAMES = "_mlestar_names"


def _line_of(node: ast.AST) -> int:
    """A line of the node: its own, or for one that has none (``comprehension``) that of a node in it."""
    while not hasattr(node, "lineno"):
        inner = children(node)
        if not inner:
            return 0
        node = inner[0]
    return int(node.lineno)


class Parents(Mapping[ast.AST, ast.AST]):
    """The node above each node of a tree."""

    def __init__(self, tree: ast.Module) -> None:
        self._tree = tree
        self._top = {id(statement) for statement in tree.body}
        self._lines = [first_line(statement) for statement in tree.body]

    def __getitem__(self, node: ast.AST) -> ast.AST:
        if id(node) in self._top:
            return self._tree
        line = _line_of(node)
        at = bisect_right(self._lines, line) - 1
        while at >= 0:
            found = _parents_in(self._tree.body[at]).get(node)
            if found is not None:
                return found
            if at == 0 or self._lines[at - 1] != self._lines[at]:
                break  # only statements that share a line are several
            at -= 1
        raise KeyError(node)

    def __iter__(self) -> Iterator[ast.AST]:
        for statement in self._tree.body:
            yield statement
            yield from _parents_in(statement)

    def __len__(self) -> int:
        return sum(1 + len(_parents_in(statement)) for statement in self._tree.body)


class Names(Mapping[str, "list[ast.Name]"]):
    """Every use of every name, in order of the program."""

    def __init__(self, tree: ast.Module) -> None:
        self._tree = tree
        self._found: dict[str, list[ast.Name]] = {}

    def __getitem__(self, name: str) -> list[ast.Name]:
        found = self._found.get(name)
        if found is None:
            found = [use for statement in self._tree.body for use in _names_in(statement).get(name, ())]
            self._found[name] = found
        if not found:
            raise KeyError(name)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter({name: None for statement in self._tree.body for name in _names_in(statement)})

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _parents_in(statement: ast.stmt) -> dict[ast.AST, ast.AST]:
    found: dict[ast.AST, ast.AST] | None = getattr(statement, _PARENTS, None)
    if found is None:
        found = {}
        waiting: list[ast.AST] = [statement]
        while waiting:
            node = waiting.pop()
            for child in children(node):
                found[child] = node
                waiting.append(child)
        setattr(statement, _PARENTS, found)
    return found


def _names_in(statement: ast.stmt) -> dict[str, list[ast.Name]]:
    found: dict[str, list[ast.Name]] | None = getattr(statement, _NAMES, None)
    if found is None:
        found = {}
        for node in _parents_in(statement):
            if isinstance(node, ast.Name):
                found.setdefault(node.id, []).append(node)
        for uses in found.values():
            uses.sort(key=lambda use: (use.lineno, use.col_offset))
        setattr(statement, _NAMES, found)
    return found
