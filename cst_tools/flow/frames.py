"""Tables and arrays: subscripts, masks, column selections and their methods."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cst_tools.flow import expressions
from cst_tools.flow.names import role_of_name
from cst_tools.flow.values import (
    NO_CONSTANT,
    UNKNOWN,
    Columns,
    Instance,
    Kind,
    Part,
    Place,
    Rows,
    Value,
    join,
    merged,
    replace,
)

if TYPE_CHECKING:
    from cst_tools.flow.interpreter import Interpreter

_PLAIN = frozenset(
    [
        "values",
        "T",
        "iat",
        "at",
        "str",
        "dt",
        "cat",
        "size",
        "ndim",
        "data",
        "plot",
        "flat",
        "real",
        "dtype",
        "dtypes",
        "empty",
    ]
)
_INVERSE: dict[type[ast.cmpop], tuple[str, int]] = {
    ast.Lt: ("<", 0), ast.GtE: ("<", 1), ast.LtE: ("<=", 0), ast.Gt: ("<=", 1), ast.Eq: ("==", 0), ast.NotEq: ("==", 1),
}  # fmt: skip
_SIDE_OF_ROLE = {"train": 0, "validation": 1, "test": 2}


def text_of(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else ast.unparse(node)[:120]


# ---- columns ---------------------------------------------------------------------------------------------


def constant_names(value: Value) -> frozenset[str] | None:
    """Column names spelled out: ``"a"``, ``["a", "b"]``."""
    if value.kind is Kind.CONST and isinstance(value.const, str):
        return frozenset({value.const})
    if value.kind is Kind.SEQUENCE and isinstance(value.const, tuple):
        if all(isinstance(c, str) for c in value.const):
            return frozenset(value.const)
        return None
    if value.kind is Kind.NAMES and value.columns is not None and value.columns.only is not None and value.columns.sure:
        return value.columns.only
    return None


def unsure(columns: Columns | None) -> Columns | None:
    return None if columns is None else replace(columns, sure=False)


def with_names(value: Value, selection: Value, site: Place | None) -> Value:
    """``value[selection]`` where the selection is column names."""
    if value.columns is None:
        return value
    names = constant_names(selection)
    if names is not None:
        return replace(value, columns=value.columns.select(names, selection.place or site))
    chosen = selection.columns
    if chosen is None:
        return replace(value, columns=unsure(value.columns))
    columns = replace(
        value.columns,
        only=chosen.only,
        without=value.columns.without | chosen.without,
        sure=value.columns.sure and chosen.sure,
        site=chosen.site or site,
    )
    return replace(value, columns=columns)


def compare_names(left: Value, right: Value, operator: ast.cmpop) -> Value:
    """``df.columns != "t"``: all names but one."""
    names, other = (left, right) if left.kind is Kind.NAMES else (right, left)
    spelled = constant_names(other)
    if names.columns is None or spelled is None:
        return replace(names, columns=unsure(names.columns))
    if isinstance(operator, ast.NotEq):
        return replace(names, columns=names.columns.drop(spelled, None))
    if isinstance(operator, ast.Eq):
        return replace(names, columns=names.columns.select(spelled, None))
    return replace(names, columns=unsure(names.columns))


def filter_names(m: Interpreter, source: Value, variable: str, tests: Sequence[ast.expr]) -> Value:
    """``[c for c in df.columns if c not in [...]]``."""
    columns = source.columns
    if columns is None:
        return source
    for test in tests:
        parts = test.values if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) else [test]
        for part in parts:
            names: frozenset[str] | None = None
            if isinstance(part, ast.Compare) and isinstance(part.left, ast.Name) and part.left.id == variable:
                right = part.comparators[0]
                names = constant_names(m.evaluate(right))
                if names is not None and isinstance(part.ops[0], ast.NotEq | ast.NotIn):
                    columns = columns.drop(names, m.place(right) if isinstance(right, ast.List) else None)
                    continue
            columns = replace(columns, sure=False)
    return replace(source, columns=columns)


def _positions(m: Interpreter, value: Value, node: ast.expr, site: Place) -> Value:
    """The second index of ``arr[:, ...]`` or ``df.iloc[:, ...]``."""
    columns = value.columns
    if columns is None:
        return value
    if isinstance(node, ast.Slice):
        low, high = _integer(m, node.lower), _integer(m, node.upper)
        if node.lower is None and node.upper is None:
            return value
        if node.step is not None or (low is NO_CONSTANT or high is NO_CONSTANT):
            return replace(value, columns=unsure(columns))
        if (low in (None, 0)) and isinstance(high, int) and high < 0:
            names = frozenset(f"#{i}" for i in range(max(high, -50), 0))
            return replace(value, columns=columns.drop(names, site))
        if isinstance(low, int) and high is None and 0 < low < 50:
            return replace(value, columns=columns.drop(frozenset(f"#{i}" for i in range(low)), site))
        if isinstance(low, int) and isinstance(high, int) and low > 0 and high < 0:
            names = frozenset(f"#{i}" for i in (*range(low), *range(max(high, -50), 0)))
            return replace(value, columns=columns.drop(names, site))
        start = low or 0
        if isinstance(start, int) and isinstance(high, int) and 0 <= start < high <= 500:
            return replace(value, columns=columns.select(frozenset(f"#{i}" for i in range(start, high)), site))
        return replace(value, columns=unsure(columns))
    index = m.evaluate(node)
    if index.kind is Kind.CONST and isinstance(index.const, int):
        return replace(value, columns=columns.select(frozenset({f"#{index.const}"}), site))
    if index.kind is Kind.SEQUENCE and isinstance(index.const, tuple) and all(isinstance(c, int) for c in index.const):
        return replace(value, columns=columns.select(frozenset(f"#{c}" for c in index.const), site))
    if index.kind is Kind.NAMES or constant_names(index) is not None:
        return with_names(value, index, m.place(node))
    return replace(value, columns=unsure(columns))


def _integer(m: Interpreter, node: ast.expr | None) -> Any:
    if node is None:
        return None
    value = m.evaluate(node)
    return value.const if value.kind is Kind.CONST and isinstance(value.const, int) else NO_CONSTANT


def mark_site(m: Interpreter, value: Value, node: ast.expr) -> Value:
    """Remember where the columns of an assigned table were decided, for the fix."""
    if value.columns is None or value.kind is not Kind.DATA:
        return value
    site = value.columns.site
    if site is not None and _inside(site.node, node):
        return value
    if site is not None and not (isinstance(node, ast.Name) or _is_copy(node)):
        return value
    inner = node
    while True:
        if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute):
            inner = inner.func.value
        elif isinstance(inner, ast.Attribute | ast.Subscript):
            inner = inner.value
        else:
            break
    if isinstance(inner, ast.Name) and value.columns.only is None and m.scope.names.get(inner.id, UNKNOWN).rows:
        return replace(value, columns=replace(value.columns, site=m.place(inner)))
    return value


def _is_copy(node: ast.expr) -> bool:
    """``df.copy()``, ``df.values``: the same columns under a new name."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr in ("copy", "to_numpy") and isinstance(node.func.value, ast.Name)
    return isinstance(node, ast.Attribute) and node.attr == "values" and isinstance(node.value, ast.Name)


def _inside(inner: ast.AST, outer: ast.AST) -> bool:
    def start(n: ast.AST) -> tuple[int, int]:
        return (getattr(n, "lineno", 0), getattr(n, "col_offset", 0))

    def end(n: ast.AST) -> tuple[int, int]:
        return (getattr(n, "end_lineno", 0) or 0, getattr(n, "end_col_offset", 0) or 0)

    return start(outer) <= start(inner) and end(inner) <= end(outer)


# ---- rows ------------------------------------------------------------------------------------------------


def _extend(m: Interpreter, rows: Rows, key: str, side: int, node: ast.AST) -> Rows:
    m.record_split(node, key)
    return frozenset(p.child(key, side) for p in rows)


def select_rows(value: Value, selector: Value) -> Value:
    """``value[selector]``: the selector's own rows when they are rows of this table, else the same path in this one."""
    if not selector.rows:
        return value
    mine = {p.root for p in value.rows}
    if all(s.root in mine for s in selector.rows):
        return replace(value, rows=selector.rows)
    rows = set()
    for part in value.rows:
        for chosen in selector.rows:
            extended = part
            for key, side in chosen.path:
                extended = extended.child(key, side)
            rows.add(extended)
    return replace(value, rows=frozenset(rows)) if len(rows) <= 16 else value


def complement(selector: Value) -> Value:
    rows = []
    for part in selector.rows:
        if part.path:
            key, side = part.path[-1]
            rows.append(replace(part, path=(*part.path[:-1], (key, 1 - side if side in (0, 1) else 0))))
    return replace(selector, rows=frozenset(rows))


def combine_masks(left: Value, right: Value, operator: ast.operator) -> Value:
    if left.kind is Kind.ROWS and right.kind is Kind.ROWS and isinstance(operator, ast.BitAnd):
        return select_rows(left, replace(right, rows=right.rows)) if left.rows else right
    return left if left.kind is Kind.ROWS else right


def compare_rows(m: Interpreter, node: ast.Compare, left: Value, right: Value, operator: ast.cmpop) -> Value:
    """``df.year < 2020`` is a mask: its complement is known, whatever the columns are."""
    data = left if left.kind is Kind.DATA else right
    name = _INVERSE.get(type(operator))
    if name is None or not data.rows:
        return UNKNOWN
    symbol, side = name
    key = f"{text_of(node.left)}{symbol}{text_of(node.comparators[0])}"
    rows = _extend(m, data.rows, key, side, node)
    statistic = right if right.kind is Kind.STATISTIC else left if left.kind is Kind.STATISTIC else None
    learned = data.learned if statistic is None else data.learned | statistic.learned
    # also usable as a recoded column (a label by threshold)
    return Value(Kind.ROWS, rows=rows, learned=learned, columns=data.columns, owner=data)


def compare_unknown(m: Interpreter, node: ast.Compare, operator: ast.cmpop) -> Value:
    """``np.random.rand(len(df)) < 0.8``: a mask over rows of whatever table it is used on."""
    name = _INVERSE.get(type(operator))
    if name is None or not isinstance(node.left, ast.Call | ast.Name | ast.BinOp):
        return UNKNOWN
    key = f"{text_of(node.left)}{name[0]}{text_of(node.comparators[0])}"
    m.record_split(node, key)
    return Value(Kind.ROWS, rows=frozenset({Part(m.number(), ((key, name[1]),))}))


def slice_rows(m: Interpreter, value: Value, node: ast.Slice) -> Value:
    low = None if isinstance(node.lower, ast.Constant) and node.lower.value == 0 else node.lower
    if (low is None and node.upper is None) or node.step is not None:
        return value
    whole = _cut_at_length(m, value, low, node.upper)
    if whole is not None:
        return whole
    if low is None and node.upper is not None:
        key, side = f"at {text_of(node.upper)}", 0
    elif node.upper is None and low is not None:
        key, side = f"at {text_of(low)}", 1
    else:
        key, side = f"from {text_of(low or node)} to {text_of(node.upper or node)}", 0
    return replace(value, rows=_extend(m, value.rows, key, side, node))


def _cut_at_length(m: Interpreter, value: Value, low: ast.expr | None, high: ast.expr | None) -> Value | None:
    """``both[:len(train)]`` of ``both = concat([train, test])`` is train again."""
    bound = high if low is None else low if high is None else None
    if len(value.rows) < 2 or bound is None:
        return None
    length = m.evaluate(bound)
    if length.name != "length" or length.owner is None:
        return None
    inside = frozenset(p for p in value.rows if p in length.owner.rows)
    if not inside or inside == value.rows:
        return None
    return replace(value, rows=inside if low is None else value.rows - inside, concatenated=False)


def subscript(m: Interpreter, node: ast.Subscript) -> Value:
    owner = m.evaluate(node.value)
    if owner.kind is Kind.ACCESSOR and owner.owner is not None:
        return _located(m, owner.owner, node)
    if owner.kind in (Kind.DATA, Kind.ROWS, Kind.RESIDUAL):
        return _table_subscript(m, owner, node)
    index = UNKNOWN if isinstance(node.slice, ast.Slice) else m.evaluate(node.slice)
    if owner.kind is Kind.SEQUENCE:
        if (
            index.kind is Kind.CONST
            and isinstance(index.const, int)
            and -len(owner.items) <= index.const < len(owner.items)
        ):
            return owner.items[index.const]
        if isinstance(node.slice, ast.Slice):
            low, high = _integer(m, node.slice.lower), _integer(m, node.slice.upper)
            if low is not NO_CONSTANT and high is not NO_CONSTANT:
                items = owner.items[low:high]
                const = owner.const[low:high] if isinstance(owner.const, tuple) else NO_CONSTANT
                return replace(owner, items=items, const=const)
            whole = merged(list(owner.items))
            return slice_rows(m, whole, node.slice) if whole.rows else owner
        if index.kind is Kind.ROWS:
            whole = merged(list(owner.items))
            return select_rows(whole, index)
        return _any_item(owner)
    if owner.kind is Kind.MAPPING:
        return look_up(owner, index.const) if index.kind is Kind.CONST else _any_item(owner)
    if owner.kind is Kind.NAMES:
        if isinstance(node.slice, ast.Slice):
            selected = _positions(m, replace(owner, kind=Kind.DATA), node.slice, m.place(node))
            return replace(selected, kind=Kind.NAMES)
        if index.kind is Kind.NAMES:
            return index
        return replace(owner, columns=unsure(owner.columns))
    state = m.heap.get(owner.ref) if owner.ref is not None else None
    if isinstance(state, Instance):
        from cst_tools.flow import calls

        method = calls.find_method(m, state.definition, "__getitem__")
        if method is not None:
            return m.call_function(method, [owner, index], {})
    if owner.kind in (Kind.ESTIMATOR, Kind.STATISTIC):
        return owner
    if owner.name == "shape" and owner.owner is not None and index.kind is Kind.CONST and index.const == 0:
        return Value(name="length", owner=owner.owner)
    if owner.kind is Kind.UNKNOWN and owner.rows:
        return owner
    return UNKNOWN


def _any_item(owner: Value) -> Value:
    result = UNKNOWN
    for item in owner.items[:6]:
        result = join(result, item)
    return result


def look_up(owner: Value, key: Any) -> Value:
    for known, item in zip(reversed(owner.keys), reversed(owner.items), strict=False):
        if known is not NO_CONSTANT and known == key and type(known) is type(key):
            return item
    return UNKNOWN


def _table_subscript(m: Interpreter, owner: Value, node: ast.Subscript) -> Value:
    index = node.slice
    if isinstance(index, ast.Slice):
        return slice_rows(m, owner, index)
    if isinstance(index, ast.Tuple) and index.elts:
        rows = _select(m, owner, index.elts[0], rows_only=True)
        return _positions(m, rows, index.elts[1], m.place(index)) if len(index.elts) > 1 else rows
    return _select(m, owner, index, rows_only=False)


def _located(m: Interpreter, owner: Value, node: ast.Subscript) -> Value:
    """``df.loc[rows, columns]`` and ``df.iloc[rows, columns]``."""
    index = node.slice
    if isinstance(index, ast.Tuple) and len(index.elts) == 2:
        rows = _select(m, owner, index.elts[0], rows_only=True)
        return _positions(m, rows, index.elts[1], m.place(index))
    if isinstance(index, ast.Slice):
        return slice_rows(m, owner, index)
    return _select(m, owner, index, rows_only=True)


def _select(m: Interpreter, owner: Value, index: ast.expr, *, rows_only: bool) -> Value:
    if isinstance(index, ast.Slice):
        return slice_rows(m, owner, index)
    value = m.evaluate(index)
    if value.kind is Kind.ROWS:
        chosen = select_rows(owner, value)
        return replace(chosen, learned=chosen.learned | value.learned) if value.learned else chosen
    if not rows_only:
        if value.kind is Kind.NAMES or constant_names(value) is not None:
            if owner.opaque and value.kind is Kind.CONST and isinstance(value.const, str):
                role = role_of_name(value.const)
                if role is not None:  # data["X_train"] of a call we could not follow
                    rows = _extend(m, owner.rows, "by key", _SIDE_OF_ROLE[role], index)
                    return replace(owner, rows=rows, opaque=False, columns=None)
            return with_names(owner, value, m.place(index))
        if value.kind is Kind.CONST and isinstance(value.const, int):
            if owner.items and -len(owner.items) <= value.const < len(owner.items):
                return owner.items[value.const]
            return replace(owner, columns=None)
    role = role_of_name(text_of(index)) if isinstance(index, ast.Name | ast.Attribute) else None
    if value.kind in (Kind.UNKNOWN, Kind.DATA) and role is not None:
        return replace(owner, rows=_extend(m, owner.rows, "by index", _SIDE_OF_ROLE[role], index))
    if value.kind is Kind.DATA and value.rows and not rows_only:
        return replace(owner, columns=unsure(owner.columns))
    if value.kind is Kind.UNKNOWN and isinstance(index, ast.UnaryOp) and isinstance(index.op, ast.Invert):
        return replace(
            owner, rows=_extend(m, owner.rows, f"mask {text_of(index.operand)}", 1, index), columns=owner.columns
        )
    if value.kind is Kind.UNKNOWN and isinstance(index, ast.Name) and "mask" in index.id:
        return replace(owner, rows=_extend(m, owner.rows, f"mask {index.id}", 0, index))
    return replace(owner, columns=unsure(owner.columns))


def attribute(m: Interpreter, owner: Value, node: ast.Attribute) -> Value:
    name = node.attr
    if name == "shape" and owner.kind is Kind.DATA:
        return Value(name="shape", owner=owner)
    if name in ("iloc", "loc", "iat", "at", "ix"):
        return Value(Kind.ACCESSOR, owner=owner)
    if name == "columns":
        return Value(Kind.NAMES, columns=owner.columns)
    if name == "index":
        return Value(Kind.ROWS, rows=owner.rows)
    if name in ("shape", "dtypes", "dtype", "size", "ndim", "empty"):
        return UNKNOWN
    if name == "frame":
        return owner
    if name in ("target", "labels", "target_names", "feature_names", "DESCR"):
        return replace(owner, columns=None) if name in ("target", "labels") else UNKNOWN
    if name == "data" and owner.columns is not None and owner.columns.only is None:
        return replace(owner, columns=None)
    if name in _PLAIN:
        return owner
    if owner.kind is Kind.ROWS:
        return owner
    role = role_of_name(name)
    if owner.opaque and role is not None:
        rows = _extend(m, owner.rows, "by key", _SIDE_OF_ROLE[role], node)
        return replace(owner, rows=rows, opaque=False, columns=None)
    if owner.columns is not None and not owner.items:
        return replace(owner, columns=owner.columns.select(frozenset({name}), m.place(node)))
    return replace(owner, columns=None)


def store_subscript(m: Interpreter, target: ast.Subscript, value: Value) -> None:
    """``df["c"] = value``, ``df.loc[rows, "c"] = value``, ``results["a"] = value``, ``items[0] = value``."""
    base = target.value
    located = isinstance(base, ast.Attribute) and base.attr in ("iloc", "loc", "iat", "at")
    if located and isinstance(base, ast.Attribute):
        base = base.value
    owner = m.evaluate(base)
    if owner.kind is Kind.MAPPING:
        key = m.evaluate(target.slice)
        known = key.const if key.kind is Kind.CONST else NO_CONSTANT
        kept = [(k, v) for k, v in zip(owner.keys, owner.items, strict=False) if k is NO_CONSTANT or k != known][:200]
        kept.append((known, value))
        m.assign_to(base, replace(owner, keys=tuple(k for k, _ in kept), items=tuple(v for _, v in kept)))
        return
    if owner.kind is Kind.SEQUENCE:
        if len(owner.items) < 50:
            m.assign_to(base, replace(owner, items=(*owner.items, value), const=NO_CONSTANT))
        return
    if owner.kind is not Kind.DATA:
        if owner.kind is Kind.UNKNOWN and value.rows and value.kind is Kind.DATA and isinstance(base, ast.Name):
            m.assign_to(base, replace(value, columns=None))  # an array made before the loop, filled inside it
        return
    index = target.slice
    column = index.elts[1] if isinstance(index, ast.Tuple) and len(index.elts) == 2 else (None if located else index)
    columns = owner.columns
    if column is not None and columns is not None and not isinstance(column, ast.Slice):
        names = constant_names(m.evaluate(column))
        if names is not None:
            source = expressions.single_column(value.columns)
            for name in names:
                if (columns.only is not None and name not in columns.only) or name in columns.without:
                    columns = columns.add(name)
                if (
                    source is not None
                    and value.columns is not None
                    and value.columns.table == columns.table
                    and len(source) == 1
                    and name not in source
                ):
                    columns = replace(columns, copies=columns.copies | {(name, next(iter(source)))})
                elif len(names) == 1 and any(c == name for c, _ in columns.copies):
                    columns = replace(columns, copies=frozenset(p for p in columns.copies if p[0] != name))
    learned = owner.learned | value.learned if value.kind is Kind.DATA else owner.learned
    m.assign_to(base, replace(owner, learned=learned, columns=columns))
