"""Grafting: statements that an edit left alone keep their nodes, so that what is known of them stays known.

Statements are the same when their text is; comments and blank lines between statements do not count. Inside a changed
function, class, loop or branch the statements that did not change are kept too.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from cst_tools.flow.units import Chunk, first_line
from cst_tools.walking import located

_BODIES = ("body", "orelse", "finalbody", "handlers", "cases")
_LINE = re.compile(r"\r\n|\r|\n")
_KEPT_WALK = "_mlestar_children"
_SOURCE = "_mlestar_source"


def regrown(groups: Sequence[list[ast.stmt]], old: Sequence[Chunk], source: str, start: int) -> list[Chunk]:
    """A chunk for every group of new statements, from the old chunks of the same lines where there is one.

    The new statements have lines from 1; ``source`` is what they were parsed from, and its first line is line
    ``start`` (0-based) of the script.
    """
    lines = Lines(source)
    texts = [tuple(lines.of(s) for s in group) for group in groups]
    old_texts = [tuple(getattr(s, _SOURCE, None) for s in chunk.statements) for chunk in old]
    chunks: list[Chunk] = []
    for i, group, text in zip(_aligned(old_texts, texts), groups, texts, strict=True):
        if i is None:
            for statement in group:
                _shift(statement, start)
            chunk = Chunk(group, first_line(group[0]))
        else:
            chunk = old[i]
            chunk.move(start + first_line(group[0]) - chunk.line)
            if old_texts[i] != text:
                _renew(chunk, group, lines, start)
        for statement, source_text in zip(chunk.statements, text, strict=True):
            setattr(statement, _SOURCE, source_text)
        chunks.append(chunk)
    return chunks


def _aligned(old: Sequence[object], new: Sequence[object]) -> Iterator[int | None]:
    """For each new item the old one that it comes from: the same from both ends, those between one by one."""
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[len(old) - 1 - tail] == new[len(new) - 1 - tail]:
        tail += 1
    between = len(old) - tail - head
    for j in range(len(new)):
        if j < head:
            yield j
        elif j >= len(new) - tail:
            yield j + len(old) - len(new)
        else:
            yield j if j - head < between else None


def _renew(chunk: Chunk, group: list[ast.stmt], lines: Lines, start: int) -> None:
    """The statements of a chunk were changed: take the new ones, and of the old ones all that did not change."""
    made: list[Any] = []
    kept: list[ast.AST] = []
    moved = False
    for index, statement in enumerate(group):
        before = chunk.statements[index] if index < len(chunk.statements) else None
        graft = _Graft(lines, start, before)
        made.append(graft.grown(before, statement))
        kept += graft.kept
        moved |= graft.moved
    if len(made) != len(chunk.statements) or any(a is not b for a, b in zip(made, chunk.statements, strict=True)):
        chunk.renew(made)
    if moved:
        chunk.moved_inside(kept)


@dataclass
class _Graft:
    """One top-level statement and its next version."""

    lines: Lines
    start: int
    top: ast.stmt | None
    kept: list[ast.AST] = field(default_factory=list)
    """Old nodes that are in the new version."""
    moved: bool = False

    def __post_init__(self) -> None:
        self.old_lines = Lines(getattr(self.top, _SOURCE, None) or "")
        self.old_base = 1 - first_line(self.top) if self.top is not None else 0
        """What to add to a line of the script for the line in the old text."""

    def grown(self, old: ast.AST | None, new: ast.AST) -> ast.AST:
        """``new`` with its lines in the script, or ``old`` where it says the same."""
        if old is None or old.__class__ is not new.__class__:
            _shift(new, self.start)
            return new
        by = self.start + new.lineno - old.lineno  # type: ignore[attr-defined]
        if old.col_offset == new.col_offset and self.lines.of(new) == self._old_text(old):  # type: ignore[attr-defined]
            return self._keep(old, by)
        lists_old, lists_new = _lists(old), _lists(new)
        results: dict[str, list[ast.AST]] = {}
        for name, statements in lists_new.items():
            before = lists_old.get(name, [])
            matches = _aligned([self._old_text(s) for s in before], [self.lines.of(s) for s in statements])
            results[name] = [
                self.grown(before[i] if i is not None else None, statement)
                for i, statement in zip(matches, statements, strict=True)
            ]
        if (
            lists_new
            and results.keys() == lists_old.keys()
            and all(
                len(results[n]) == len(lists_old[n])
                and all(a is b for a, b in zip(results[n], lists_old[n], strict=True))
                for n in results
            )
            and self.lines.head_of(new) == self.old_lines.head_of(old, self.old_base)
        ):
            # only comments and blank lines are others
            inner = {id(s) for statements in lists_old.values() for s in statements}
            _shift_rest(old, by, inner)
            old.end_lineno, old.end_col_offset = self.start + new.end_lineno, new.end_col_offset  # type: ignore[attr-defined]
            if by:
                self.moved = True
            self.kept.append(old)
            return old
        for name, result in results.items():
            getattr(new, name)[:] = result
        _shift_rest(new, self.start, {id(s) for statements in results.values() for s in statements})
        return new

    def _old_text(self, node: ast.AST) -> str:
        return self.old_lines.of(node, self.old_base)

    def _keep(self, old: ast.AST, by: int) -> ast.AST:
        if by:
            _shift(old, by)
            self.moved = True
        self.kept.append(old)
        return old


def _lists(node: ast.AST) -> dict[str, list[ast.AST]]:
    """The lists of statements (handlers, cases) directly inside a compound statement."""
    found = {}
    for name in _BODIES:
        value = getattr(node, name, None)
        if isinstance(value, list) and value:
            found[name] = value
    return {} if any(isinstance(s, ast.match_case) for s in found.get("cases", [])) else found


def _shift(node: ast.AST, lines: int) -> None:
    if lines:
        for inner in located(node):
            inner.lineno += lines  # type: ignore[attr-defined]  # `located` says so
            inner.end_lineno += lines  # type: ignore[attr-defined]


def _shift_rest(node: ast.AST, lines: int, done: set[int]) -> None:
    """Move a node and what is below it, but not the statements that have their lines already."""
    waiting = [node]
    while waiting:
        current = waiting.pop()
        current.__dict__.pop(_KEPT_WALK, None)  # its children may be others now
        if lines and hasattr(current, "lineno"):
            current.lineno += lines
            current.end_lineno += lines  # type: ignore[attr-defined]  # both or none
        waiting.extend(child for child in ast.iter_child_nodes(current) if id(child) not in done)


class Lines:
    """Texts of nodes in a source; a node's line plus ``base`` is its 1-based line there."""

    def __init__(self, source: str) -> None:
        self._lines = _LINE.split(source)

    def of(self, node: ast.AST, base: int = 0) -> str:
        """The text of a node, decorators included."""
        first, column = _start(node)
        last, end = node.end_lineno, node.end_col_offset  # type: ignore[attr-defined]
        return self._between(first + base, column, last + base, end)

    def head_of(self, node: ast.AST, base: int = 0) -> str:
        """The text of a compound statement up to the first statement inside."""
        first, column = _start(node)
        inner = next(iter(_lists(node).values()))[0]
        last, end = _start(inner)
        return self._between(first + base, column, last + base, end)

    def _between(self, first: int, column: int, last: int, end: int) -> str:
        lines = self._lines[max(0, first - 1) : last]
        if not lines:
            return ""
        lines[-1] = _cut(lines[-1], 0, end)
        lines[0] = _cut(lines[0], column, None)
        return "\n".join(lines)


def _start(node: ast.AST) -> tuple[int, int]:
    """Line and column of a node, decorators included."""
    first: tuple[int, int] = (node.lineno, node.col_offset)  # type: ignore[attr-defined]
    for decorator in getattr(node, "decorator_list", []):
        first = min(first, (decorator.lineno, decorator.col_offset))
    return first


def _cut(line: str, start: int, end: int | None) -> str:
    if line.isascii():
        return line[start:end]
    return line.encode("utf-8", "surrogatepass")[start:end].decode("utf-8", "replace")
