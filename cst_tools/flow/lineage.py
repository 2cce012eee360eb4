"""Notes that ride on values: facts about order, future and grouping, each of the whole value or of one column.

A note is a `Learned`, so it travels wherever lineage travels. Stored into a column, a note about the future becomes one
about that column; a rule then asks whether the column is among the features. Notes about order stay with the table.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cst_tools.flow.values import Columns, Learned, Learns, Rows, Value, replace

if TYPE_CHECKING:
    from cst_tools.flow.interpreter import Interpreter

Lineage = frozenset[Learned]
_OF_THE_ROWS = frozenset((Learns.SHUFFLED, Learns.REVERSED, Learns.UNIQUE, Learns.WINDOW))


@dataclass(frozen=True, slots=True)
class Note(Learned):
    """``column`` empty: about the whole value. ``amount``: how many rows a value looks ahead, where it is known."""

    column: str = ""
    amount: int | None = None


def note(
    m: Interpreter, node: ast.AST, kind: Learns, what: str, rows: Rows = frozenset(), amount: int | None = None
) -> Note:
    return Note(m.place(node), rows, kind, what, amount=amount)


def having(learned: Iterable[Learned], kind: Learns) -> list[Note]:
    return [n for n in learned if n.kind is kind and isinstance(n, Note)]


def any_of(learned: Iterable[Learned], *kinds: Learns) -> bool:
    return any(n.kind in kinds for n in learned)


def without(learned: Lineage, *kinds: Learns) -> Lineage:
    """Lineage without what is said of the whole value in these kinds."""
    return frozenset(n for n in learned if n.kind not in kinds or (isinstance(n, Note) and n.column))


def stored(owner: Lineage, value: Value, name: str | None, columns: Columns | None) -> Lineage:
    """The lineage of a table after ``table[name] = value``."""
    kept = owner
    if any(isinstance(n, Note) and n.column and n.column == name for n in owner):
        kept = frozenset(n for n in owner if not (isinstance(n, Note) and n.column == name))
    sources: frozenset[str] = frozenset()
    if value.columns is not None and value.columns.only is not None:
        sources = value.columns.only
    ordered = any(n.kind is Learns.ORDERED for n in kept)
    added: list[Learned] = []
    for n in value.learned:
        if n.kind is Learns.FUTURE and isinstance(n, Note):
            if name is not None and (not n.column or n.column in sources):
                added.append(replace(n, column=name))
        elif n in kept:
            continue
        elif not isinstance(n, Note):
            added.append(n)
        elif n.kind is Learns.ORDERED:
            if not ordered:  # one sign is enough
                added.append(n)
        elif n.kind not in _OF_THE_ROWS:
            added.append(n)
    return kept.union(added) if added else kept


_MOST_NAMES = 40


def stored_in(owner: Lineage, value: Value, names: frozenset[str], columns: Columns | None) -> Lineage:
    """The lineage of a table after ``table[names] = value``: each of the columns takes over what is said of its own."""
    if len(names) > _MOST_NAMES:
        return stored(owner, value, None, columns)
    for name in sorted(names):
        own = frozenset(n for n in value.learned if not (isinstance(n, Note) and n.column in names - {name}))
        owner = stored(owner, replace(value, learned=own), name, columns)
    return owner


def settled(value: Value, kind: Learns = Learns.FUTURE) -> Lineage:
    """The lineage of a value whose columns are followed no further: what is said of its columns is said of it all."""
    held = {n for n in about(value, kind) if n.column}
    rest = frozenset(n for n in value.learned if n.kind is not kind or not (isinstance(n, Note) and n.column))
    return rest | {replace(n, column="") for n in held}


def side_by_side(tables: Iterable[Value], kind: Learns = Learns.FUTURE) -> Lineage:
    """The lineage of a table put together of others' columns: of each, what is said of columns that it has."""
    learned: set[Learned] = set()
    for table in tables:
        held = about(table, kind)
        only = table.columns.only if table.columns is not None else None
        for n in table.learned:
            if n.kind is not kind or not isinstance(n, Note):
                learned.add(n)
            elif n in held:
                one = next(iter(only)) if not n.column and only is not None and len(only) == 1 else n.column
                learned.add(replace(n, column=one))
    return frozenset(learned)


def about(value: Value, kind: Learns) -> list[Note]:
    """Notes of a kind about the whole value or about a column that it certainly has."""
    columns = value.columns

    def has(name: str) -> bool:
        return columns is not None and (columns.holds(name) or name in (columns.only or ()))

    return [n for n in having(value.learned, kind) if not n.column or has(n.column)]
