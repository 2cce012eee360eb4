"""Import statements as a careful colleague keeps them: names join the line they belong to, lines go where they sort.

Everything here works on the text of one block of imports. Lines that are not concerned stay byte for byte; where a
line has a shape that cannot be edited safely (several statements on it), it is left alone and a new one is written.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from cst_tools.import_lines import Listing
from cst_tools.import_order import Order
from cst_tools.magics import lines_of

_HARMLESS = frozenset(
    ["sklearn", "lightgbm", "xgboost", "catboost", "imblearn", "category_encoders", "numpy", "pandas", "scipy"]
)
"""Packages whose modules are imported for their names alone: their statements may go with the last name."""


@dataclass(frozen=True)
class _Line:
    """One import statement at the block's outer level, on lines of its own."""

    node: ast.Import | ast.ImportFrom
    first: int
    """0-based first line."""
    last: int
    """0-based last line, inclusive."""


@dataclass(frozen=True)
class Wanted:
    """One name to import: ``from module import name as alias``, or ``import module as alias`` without ``name``."""

    module: str
    name: str | None
    alias: str | None = None

    @property
    def item(self) -> str:
        return (self.name or self.module) + (f" as {self.alias}" if self.alias else "")

    def statement(self) -> str:
        return f"from {self.module} import {self.item}" if self.name is not None else f"import {self.item}"


def edited(text: str, masked: str, add: Sequence[Wanted], drop: Collection[str], *, limit: int = 88) -> str:
    """The block ``text`` with names added and dropped.

    ``masked`` is the same text as Python can parse it. ``drop`` holds local names; those that no statement of the
    block binds, and those whose statement may be there for its effects, stay. Lines keep within ``limit`` columns.
    """
    lines = [*lines_of(text)]
    if lines and not lines[-1].endswith(("\n", "\r")):
        lines[-1] += "\n"
    left = list(add)
    found = _import_lines(masked)
    new: dict[int, str] = {}
    removed: list[_Line] = []
    for line in found:
        code = "".join(lines[line.first : line.last + 1])
        changed = _edited_line(code, line.node, left, drop, found, limit)
        if changed is None:
            removed.append(line)
        elif changed != code:
            new[line.first] = changed
    order = Order.of([(line.node, line.first, line.last) for line in found], lines)
    if len(removed) < len(found):
        order = order.without({line.first for line in removed})
    inserted = _insertions(order, left)
    return _joined(lines, found, new, removed, inserted, text)


def _joined(
    lines: Sequence[str],
    found: Sequence[_Line],
    new: dict[int, str],
    removed: Sequence[_Line],
    inserted: dict[int, list[str]],
    text: str,
) -> str:
    by_first = {line.first: line for line in found}
    out: list[str] = []
    number = 0
    while number <= len(lines):
        out += [f"{statement}\n" if statement else "\n" for statement in inserted.get(number, ())]
        if number == len(lines):
            break
        line = by_first.get(number)
        if line is not None and (line in removed or number in new):
            if line not in removed:
                out.append(new[number])
            number = line.last + 1
            continue
        out.append(lines[number])
        number += 1
    whole = "".join(out)
    return whole if text.endswith(("\n", "\r")) or not whole else whole[: -2 if whole.endswith("\r\n") else -1]


def _import_lines(masked: str) -> list[_Line]:
    """The block's import statements that have lines of their own, in order."""
    try:
        body = ast.parse(masked).body
    except (SyntaxError, ValueError):
        return []
    busy: dict[int, int] = {}
    for node in body:
        for number in range(node.lineno, (node.end_lineno or node.lineno) + 1):
            busy[number] = busy.get(number, 0) + 1
    return [
        _Line(node, node.lineno - 1, (node.end_lineno or node.lineno) - 1)
        for node in body
        if isinstance(node, (ast.Import, ast.ImportFrom))
        and all(busy[n] == 1 for n in range(node.lineno, (node.end_lineno or node.lineno) + 1))
    ]


def _edited_line(
    code: str,
    node: ast.Import | ast.ImportFrom,
    left: list[Wanted],
    drop: Collection[str],
    found: Sequence[_Line],
    limit: int,
) -> str | None:
    """One statement's lines with its names added (and taken off ``left``) and dropped; None when all of them went."""
    local = {alias.asname or alias.name.partition(".")[0]: alias for alias in node.names}
    gone = [name for name in local if name in drop and _may_go(node, local[name])] if "F401" not in code else []
    mine = [w for w in left if isinstance(node, ast.ImportFrom) and w.name is not None and _joins(node, w, found)]
    if not gone and not mine:
        return code
    whole = len(gone) == len(node.names) and not mine
    if whole:
        return None if _roots(node) <= _HARMLESS else code
    listing = Listing.parse(code)
    if listing is None:
        return code
    for want in mine:
        listing = listing.with_name(want.name or "", want.alias)
        left.remove(want)
    for name in gone:
        listing = listing.without(name)
    return listing.within(limit).code if mine else listing.code


def _roots(node: ast.Import | ast.ImportFrom) -> set[str]:
    if isinstance(node, ast.ImportFrom):
        module = node.module or ""
        harmless = node.level == 0 and not module.startswith("sklearn.experimental")
        return {module.partition(".")[0]} if harmless else {""}
    return {alias.name.partition(".")[0] for alias in node.names}


def _may_go(node: ast.Import | ast.ImportFrom, alias: ast.alias) -> bool:
    """Whether the name is all that importing it does."""
    if alias.name == "*":
        return False
    if isinstance(node, ast.ImportFrom):
        return node.module != "__future__" and "" not in _roots(node)
    # ``import a.b`` also gives ``a`` its attribute ``b``, which other code may go through.
    return alias.name.partition(".")[0] in _HARMLESS and ("." not in alias.name or alias.asname is not None)


def _joins(node: ast.ImportFrom, want: Wanted, found: Sequence[_Line]) -> bool:
    """Whether ``want`` belongs on the line of ``node``: the first of its module, unless each name has its own line."""
    same = [
        line.node
        for line in found
        if isinstance(line.node, ast.ImportFrom)
        and "." * line.node.level + (line.node.module or "") == want.module
        and all(a.name != "*" for a in line.node.names)
    ]
    return bool(same) and same[0] is node and (len(same) == 1 or any(len(s.names) > 1 for s in same))


def _insertions(order: Order, left: Iterable[Wanted]) -> dict[int, list[str]]:
    """New statements by the line (0-based) before which they go."""
    grouped: dict[tuple[str, bool], list[Wanted]] = {}
    for want in left:
        grouped.setdefault((want.module, want.name is not None), []).append(want)
    out: dict[int, list[str]] = {}
    for (module, named), wants in grouped.items():
        statements = (
            [f"from {module} import {', '.join(w.item for w in _by_name(wants))}"]
            if named
            else [w.statement() for w in wants]
        )
        for statement in statements:
            at, spaced = order.place(module, _by_name(wants)[0].name)
            out.setdefault(at, []).extend(["", statement] if spaced else [statement])
    return {at: _sorted_new(statements) for at, statements in out.items()}


def _by_name(wants: Iterable[Wanted]) -> list[Wanted]:
    key: Callable[[Wanted], str] = lambda w: (w.name or "").casefold()  # noqa: E731  # typed for the strict checker
    return sorted(wants, key=key)


def _sorted_new(statements: Sequence[str]) -> list[str]:
    """Several new statements for one place, as isort orders them: plain imports first, then by module."""
    blank = [""] if "" in statements else []
    return blank + sorted((s for s in statements if s), key=lambda s: (s.startswith("from"), s.casefold()))
