"""Which columns a column was computed from, row by row."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from cst_tools.flow import lineage
from cst_tools.flow.values import Columns, Kind, Learns, Place, Value, replace

OTHER = "?"
"""A source besides the named ones: the column is not determined by them alone."""
_MOST = 8
_MOST_DERIVED = 300
"""A table with more computed columns than this is made by a program: the cost of one more must not grow."""


def sources(columns: Columns | None) -> frozenset[str] | None:
    """The few columns that a value was computed from; None when they are many or unknown."""
    if columns is None or columns.only is None or len(columns.only) > _MOST:
        return None
    return columns.only


def combined(values: Iterable[Value]) -> Columns | None:
    """The columns of something computed from several values of one table: sources, no columns of that table."""
    names: set[str] = set()
    known: Columns | None = None
    for value in values:
        if not value.rows or value.kind not in (Kind.DATA, Kind.ROWS):
            continue
        mine = sources(value.columns)
        if mine is None or value.columns is None or (known is not None and value.columns.table != known.table):
            names.add(OTHER)
            continue
        known = known or value.columns
        names |= mine
    if known is None or len(names) > _MOST:
        return None
    return replace(known, only=frozenset(names), sure=False, changed=True)


def compared(data: Value, left: Value, right: Value) -> Columns | None:
    """The columns behind ``df.delivered > df.promised``, as a column of its own."""
    if left.rows and right.rows and left.models == right.models:
        return combined((left, right))
    return changed(data).columns


def changed(value: Value) -> Value:
    """The value after an elementwise function that is more than a recoding: log, threshold, arithmetic."""
    if value.columns is None or value.columns.changed or sources(value.columns) is None:
        return value
    return replace(value, columns=replace(value.columns, changed=True))


def windowed(value: Value) -> Value:
    """Computed from this row and earlier ones (``rolling``, ``diff``): the present is among its sources."""
    if sources(value.columns) is None or value.columns is None:
        return replace(value, columns=None)
    return replace(value, columns=replace(value.columns, sure=False, changed=True))


def of_row(owner: Value, result: Value) -> Value:
    """``df.apply(lambda row: row["a"] / row["b"], axis=1)``: the rows as something computed from those columns."""
    result = result.owner if result.kind is Kind.ROWS and result.owner is not None else result
    if result.columns is None or owner.columns is None or sources(result.columns) is None:
        return replace(owner, columns=owner.columns if sources(owner.columns) is not None else None)
    return replace(owner, columns=replace(result.columns, sure=False, changed=True))


def applied(owner: Value, function: Value) -> Value:
    """``s.apply(lambda d: 1 if d > 90 else 0)``: a threshold is more than a recoding."""
    if not isinstance(function.node, ast.Lambda | ast.FunctionDef):
        return owner
    ordering = (ast.Lt, ast.Gt, ast.LtE, ast.GtE)
    for node in ast.walk(function.node):
        if isinstance(node, ast.BinOp) or (isinstance(node, ast.Compare) and isinstance(node.ops[0], ordering)):
            return changed(owner)
    return owner


def store(columns: Columns, names: frozenset[str], value: Value, place: Place | None = None) -> Columns:
    """The columns of a table after ``table[names] = value``."""
    value = value.owner if value.kind is Kind.ROWS and value.owner is not None else value
    found = sources(value.columns) if value.columns is not None and value.columns.table == columns.table else None
    known = found is not None and value.columns is not None and found <= value.columns.numbers
    numbers = columns.numbers | names if known else columns.numbers - names
    if numbers != columns.numbers:
        columns = replace(columns, numbers=numbers)
    window = lineage.having(value.learned, Learns.WINDOW)
    how, place = (window[0].what, window[0].place) if window else ("", place)
    for name in names:
        if (columns.only is not None and name not in columns.only) or name in columns.without:
            columns = columns.add(name)
        again = len(names) == 1 and (
            any(p[0] == name or p[1] == name for p in columns.copies)
            or any(p[0] == name or p[1] == name for p in columns.derived)
        )
        if again and (found is None or name not in found):
            columns = replace(
                columns,
                copies=frozenset(p for p in columns.copies if p[0] != name),
                derived=frozenset(p for p in columns.derived if name not in p[:2]),
            )
        if found is None or name in found or value.columns is None:
            continue
        if len(found) == 1 and value.columns.sure and not value.columns.changed:
            columns = replace(columns, copies=columns.copies | {(name, next(iter(found)))})
        elif len(columns.derived) < _MOST_DERIVED:
            columns = replace(columns, derived=columns.derived | {(name, source, how, place) for source in found})
    return columns


def evaluated(owner: Value, text: object, place: Place) -> Value:
    """``df.eval("ratio = price / area")``"""
    try:
        tree = ast.parse(text.strip()) if isinstance(text, str) else ast.Module([], [])
    except (SyntaxError, ValueError):
        return owner
    for statement in tree.body:
        names = frozenset(n.id for n in ast.walk(statement) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load))
        if not isinstance(statement, ast.Assign) or not isinstance(statement.targets[0], ast.Name):
            continue
        if owner.columns is not None:
            made = replace(owner, columns=replace(owner.columns, only=names, sure=False, changed=True))
            owner = put(owner, frozenset({statement.targets[0].id}), made, place)
    return owner


def put(owner: Value, names: frozenset[str], value: Value, place: Place | None = None) -> Value:
    """``owner`` with ``value`` as a column: columns and lineage."""
    columns = store(owner.columns, names, value, place) if owner.columns is not None else None
    name = next(iter(names)) if len(names) == 1 else None
    data = value.owner if value.kind is Kind.ROWS and value.owner is not None else value
    learned = owner.learned
    if data.kind is Kind.DATA:
        learned = lineage.stored(learned, data, name, columns)
    return replace(owner, columns=columns, learned=learned)


def named(value: Value, name: str, place: Place) -> Value:
    """``(df["grade"] - 10).rename("margin")``: a column of its own."""
    if value.columns is None or sources(value.columns) is None:
        return value
    empty = replace(value.columns, only=frozenset(), sure=True, changed=False)
    return replace(value, columns=store(empty, frozenset({name}), value, place))


def computed_from(columns: Columns, names: frozenset[str]) -> dict[str, tuple[str, str, Place | None]]:
    """Columns computed from one of ``names`` in the same row, to (source, how, where)."""
    found: dict[str, tuple[str, str, Place | None]] = {}
    for _ in range(3):
        for name, source, how, place in sorted(columns.derived, key=lambda d: d[:3]):
            if name in names or name in found:
                continue
            if source in names:
                found[name] = (source, how, place)
            elif source in found:
                found[name] = (source, how or found[source][1], place)
        for copy, source in sorted(columns.copies):
            if source in found and copy not in names:
                found.setdefault(copy, found[source])
    return found


def made_of(columns: Columns, name: str) -> frozenset[str]:
    """What a column was computed from."""
    return frozenset(derived[1] for derived in columns.derived if derived[0] == name)


def origins(columns: Columns, name: str) -> frozenset[str]:
    """Everything that a column was computed from in the same row, at whatever remove; windows over rows end it."""
    sources: dict[str, set[str]] = {}
    for made, source, how, _ in columns.derived:
        if not how:
            sources.setdefault(made, set()).add(source)
    for made, source in columns.copies:
        sources.setdefault(made, set()).add(source)
    found: set[str] = set()
    open_ = [name]
    while open_:
        for source in sources.get(open_.pop(), ()):
            if source not in found:
                found.add(source)
                open_.append(source)
    return frozenset(found)


def written_at(columns: Columns, name: str) -> Place | None:
    """Where a column was computed."""
    places = [place for made, _, _, place in columns.derived if made == name and place is not None]
    return min(places, key=lambda place: place.position) if places else None
