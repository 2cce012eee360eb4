"""Selections of rows: slices, masks, complements."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from cst_tools.flow import derivation, grouping, overlap, parting, timing
from cst_tools.flow.arguments import Arguments
from cst_tools.flow.columns import text_of
from cst_tools.flow.statistics import ELEMENT
from cst_tools.flow.values import (
    UNKNOWN,
    Kind,
    Learned,
    Learns,
    Part,
    Rows,
    Value,
    replace,
)

if TYPE_CHECKING:
    from cst_tools.flow.interpreter import Interpreter


_INVERSE: dict[type[ast.cmpop], tuple[str, int]] = {
    ast.Lt: ("<", 0), ast.GtE: ("<", 1), ast.LtE: ("<=", 0), ast.Gt: ("<=", 1), ast.Eq: ("==", 0), ast.NotEq: ("==", 1),
}  # fmt: skip


def extend(m: Interpreter, rows: Rows, key: str, side: int, node: ast.AST) -> Rows:
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
        both = overlap.conjunction(left, right)
        if both is not None:
            return both
        return select_rows(left, replace(right, rows=right.rows)) if left.rows else right
    if isinstance(operator, ast.Sub) and right.kind is Kind.ROWS:
        return complement(right)  # set(range(n)) - set(chosen)
    return left if left.kind is Kind.ROWS else right


def compare_rows(m: Interpreter, node: ast.Compare, left: Value, right: Value, operator: ast.cmpop) -> Value:
    """``df.year < 2020`` is a mask: its complement is known, whatever the columns are."""
    return compared(m, node, (node.left, node.comparators[0]), (left, right), operator)


_METHODS: dict[str, ast.cmpop] = {
    "eq": ast.Eq(), "ne": ast.NotEq(), "lt": ast.Lt(), "le": ast.LtE(), "gt": ast.Gt(), "ge": ast.GtE(),
}  # fmt: skip
COMPARING = frozenset(_METHODS)


def compared_by_method(m: Interpreter, owner: Value, name: str, a: Arguments) -> Value:
    """``df.year.lt(2020)``"""
    function = a.node.func
    base = function.value if isinstance(function, ast.Attribute) else function
    other = a.expression(0, "other")
    return compared(m, a.node, (base, other or base), (owner, a.get(0, "other") or UNKNOWN), _METHODS[name])


def bounds_of_rows(learned: frozenset[Learned], key: str) -> frozenset[Learned]:
    """Lineage of values that rows are selected by: a z-score that is compared is a filter by mean and deviation."""
    if not any(one.what == "zscore" for one in learned):
        return learned
    return frozenset(
        replace(one, kind=Learns.STATISTIC, mask=key) if one.what == "zscore" and one.kind is Learns.SCALE else one
        for one in learned
    )


def compared(
    m: Interpreter, node: ast.AST, texts: tuple[ast.expr, ast.expr], sides: tuple[Value, Value], operator: ast.cmpop
) -> Value:
    left, right = sides
    data = left if left.kind is Kind.DATA else right
    name = _INVERSE.get(type(operator))
    if name is None or not data.rows:
        return UNKNOWN
    symbol, side = name
    key = f"{text_of(texts[0])}{symbol}{text_of(texts[1])}"
    if overlap.is_draw(texts[0]):
        key = f"{key} at {m.place(node).key}"  # drawn anew each time it is written
    rows = extend(m, data.rows, key, side, node)
    if isinstance(node, ast.Compare):
        overlap.record_border(m, node, key, right)
    statistic = right if right.kind is Kind.STATISTIC else left if left.kind is Kind.STATISTIC else None
    learned = bounds_of_rows(data.learned, key)
    if statistic is not None:
        learned |= {replace(one, mask=key) for one in statistic.learned}
    # also usable as a recoded column (a label by threshold)
    recoded = isinstance(operator, ast.Eq | ast.NotEq) and not (left.rows and right.rows)
    columns = data.columns if recoded else derivation.compared(data, left, right)
    beside = right.learned if right.kind is Kind.DATA else frozenset()
    content = replace(data, columns=columns, learned=data.learned | beside)
    return Value(Kind.ROWS, rows=rows, learned=learned, columns=data.columns, owner=content)


def compare_unknown(m: Interpreter, node: ast.Compare, operator: ast.cmpop) -> Value:
    """``np.random.rand(len(df)) < 0.8``: a mask over rows of whatever table it is used on."""
    name = _INVERSE.get(type(operator))
    if name is None or not isinstance(node.left, ast.Call | ast.Name | ast.BinOp):
        return UNKNOWN
    key = f"{text_of(node.left)}{name[0]}{text_of(node.comparators[0])}"
    if overlap.is_draw(node.left):
        key = f"{key} at {m.place(node).key}"  # drawn anew each time it is written
    m.record_split(node, key)
    return Value(Kind.ROWS, rows=frozenset({Part(m.number(), ((key, name[1]),))}))


def filtered(m: Interpreter, value: Value, condition: ast.expr) -> Value:
    """``df.filter(pl.col("year") < 2020)``: the opposite condition gives the other side."""
    key, side = text_of(condition), 0
    if isinstance(condition, ast.UnaryOp) and isinstance(condition.op, ast.Invert):
        key, side = text_of(condition.operand), 1
    elif isinstance(condition, ast.Compare) and len(condition.ops) == 1 and type(condition.ops[0]) in _INVERSE:
        symbol, side = _INVERSE[type(condition.ops[0])]
        key = f"{text_of(condition.left)}{symbol}{text_of(condition.comparators[0])}"
    return replace(value, rows=extend(m, value.rows, key, side, condition))


def slice_rows(m: Interpreter, value: Value, node: ast.Slice, *, by_label: bool = False) -> Value:
    if value.name in (ELEMENT, "word"):
        return replace(value, columns=None)  # part of one row
    low = None if isinstance(node.lower, ast.Constant) and node.lower.value == 0 else node.lower
    if node.step is not None and text_of(node.step) not in ("1", "-1"):
        return replace(value, rows=extend(m, value.rows, f"every {text_of(node)}", 0, node))
    if (low is None and node.upper is None) or node.step is not None:
        return timing.reverse(m, node, value) if node.step is not None and text_of(node.step) == "-1" else value
    if timing.slides(m, low, node.upper):
        grouping.windowed(m, node, value)
        return timing.windows(m, node, replace(value, columns=None))
    whole = _cut_at_length(m, value, low, node.upper)
    if whole is not None:
        return whole
    if low is None and node.upper is not None:
        key, side = f"at {text_of(node.upper)}", 0
    elif node.upper is None and low is not None:
        key, side = f"at {text_of(low)}", 1
    else:
        key, side = f"from {text_of(low or node)} to {text_of(node.upper or node)}", 0
    if by_label:
        key = f"label {key}"
    rows = extend(m, value.rows, key, side, node)
    overlap.record_cut(m, node, key, (low, node.upper), rows, inclusive=by_label)
    parting.cut(m, node, value, key)
    return replace(value, rows=rows)


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
