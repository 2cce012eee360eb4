"""Expressions: names, attributes, operators, displays, comprehensions."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from cst_tools.flow import (
    augmentation,
    bounds,
    calls,
    choosing,
    claims,
    classes,
    closures,
    column_sets,
    comprehensions,
    derivation,
    estimators,
    frames,
    groups,
    hand_folds,
    handmade,
    polars_expressions,
    scores,
    selection,
    vocabularies,
)
from cst_tools.flow.classes import find_method
from cst_tools.flow.columns import SOME_TEXT, compare_names
from cst_tools.flow.row_sets import combine_masks, compare_rows, compare_unknown, complement
from cst_tools.flow.statistics import COUNTS, ELEMENT, used
from cst_tools.flow.values import (
    NO_CONSTANT,
    UNKNOWN,
    Columns,
    Estimator,
    Instance,
    Kind,
    Value,
    join,
    merged,
    replace,
)

if TYPE_CHECKING:
    from cst_tools.flow.interpreter import Interpreter

_ARITHMETIC = (ast.Sub, ast.Div, ast.Mult, ast.Add, ast.Pow, ast.FloorDiv, ast.MatMult, ast.Mod)


def evaluate(m: Interpreter, node: ast.expr) -> Value:
    if isinstance(node, ast.Name):
        return name(m, node)
    if isinstance(node, ast.Constant):
        return Value(Kind.CONST, const=node.value)
    if isinstance(node, ast.Call):
        return calls.call(m, node)
    if isinstance(node, ast.Attribute):
        return attribute(m, node)
    if isinstance(node, ast.Subscript):
        return frames.subscript(m, node)
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        return sequence(m, node.elts, node)
    if isinstance(node, ast.BinOp):
        return binary(m, node, m.evaluate(node.left), m.evaluate(node.right), node.op)
    if isinstance(node, ast.Dict):
        keys = tuple(key_of(m, k) for k in node.keys)
        items = tuple(m.evaluate(v) for v in node.values)
        for key, item in zip(keys, items, strict=True):
            claims.say(m, node, key, item)
        return Value(Kind.MAPPING, keys=keys, items=items)
    if isinstance(node, ast.UnaryOp):
        return unary(m, node)
    if isinstance(node, ast.Compare):
        return compare(m, node)
    if isinstance(node, ast.BoolOp):
        values = [m.evaluate(v) for v in node.values]
        result = values[0]
        for value in values[1:]:
            result = join(result, value)
        return replace(result, const=NO_CONSTANT) if result.kind is Kind.CONST else result
    if isinstance(node, ast.IfExp):
        test = m.evaluate(node.test)
        known = truth(test)
        if known is not None:
            return m.evaluate(node.body if known else node.orelse)
        either = join(m.evaluate(node.body), m.evaluate(node.orelse))
        if test.scores:
            choosing.branch(m, node, test.scores)
            return scores.chosen(either, test.scores, m.place(node))
        if test.kind is Kind.DATA and test.models and either.kind is Kind.CONST:
            return test  # 1 if p > threshold else 0
        return either
    if isinstance(node, ast.ListComp | ast.GeneratorExp | ast.SetComp):
        return comprehensions.comprehension(m, node)
    if isinstance(node, ast.DictComp):
        return comprehensions.dict_comprehension(m, node)
    if isinstance(node, ast.Starred | ast.Await):
        return m.evaluate(node.value)
    if isinstance(node, ast.Lambda):
        return closures.capture(m, Value(Kind.FUNCTION, node=node, name="<lambda>"))
    if isinstance(node, ast.JoinedStr):
        claims.in_text(m, node)
        return text(m, node)
    if isinstance(node, ast.NamedExpr):
        value = m.evaluate(node.value)
        m.bind(node.target, value, node)
        return value
    if isinstance(node, ast.Yield):
        if node.value is not None:
            m.scope.returned.append(m.evaluate(node.value))
        m.scope.yields = True
        return UNKNOWN
    if isinstance(node, ast.YieldFrom):
        m.scope.returned.extend(m.iterate(m.evaluate(node.value)))
        m.scope.yields = True
        return UNKNOWN
    return UNKNOWN


def key_of(m: Interpreter, node: ast.expr | None) -> Any:
    value = m.evaluate(node) if node is not None else UNKNOWN
    return value.const if value.kind is Kind.CONST and isinstance(value.const, str | int) else NO_CONSTANT


def name(m: Interpreter, node: ast.Name) -> Value:
    value = m.scope.find(node.id)
    return value if value is not None else Value(Kind.UNKNOWN, name=node.id)


def sequence(m: Interpreter, elements: list[ast.expr], node: ast.expr) -> Value:
    items: list[Value] = []
    for element in elements:
        value = m.evaluate(element)
        if isinstance(element, ast.Starred) and value.kind is Kind.SEQUENCE:
            items.extend(value.items)
        else:
            items.append(value)
    if len(items) > 400:
        items = items[:400]
    if items and all(v.kind is Kind.CONST for v in items):
        return Value(Kind.SEQUENCE, items=tuple(items), const=tuple(v.const for v in items), place=m.place(node))
    named = any(v.kind is Kind.DATA for v in items) and all(isinstance(e, ast.Name | ast.Attribute) for e in elements)
    return Value(Kind.SEQUENCE, items=tuple(items), place=m.place(node) if named else None)


def _part_of_row(m: Interpreter, node: ast.JoinedStr) -> Value:
    """``f"{title} {body}"`` of one row is part of that row."""
    parts = (m.evaluate(part.value) for part in node.values if isinstance(part, ast.FormattedValue))
    rows = [v for v in parts if v.kind is Kind.DATA and v.name in (ELEMENT, "word") and not v.models]
    return replace(rows[0], columns=None, learned=frozenset().union(*(v.learned for v in rows))) if rows else UNKNOWN


def text(m: Interpreter, node: ast.JoinedStr) -> Value:
    """``f"{column}_next"`` where all of it is known."""
    found = ""
    for part in node.values:
        if isinstance(part, ast.Constant):
            found += str(part.value)
        elif isinstance(part, ast.FormattedValue) and part.format_spec is None:
            value = m.evaluate(part.value)
            if value.kind is not Kind.CONST or not isinstance(value.const, str | int) or isinstance(value.const, bool):
                part_of_row = _part_of_row(m, node)
                return SOME_TEXT if part_of_row is UNKNOWN else part_of_row
            found += str(value.const)
        else:
            return SOME_TEXT
    return Value(Kind.CONST, const=found) if len(found) < 200 else UNKNOWN


def truth(value: Value) -> bool | None:
    if value.kind is Kind.CONST and value.const is not NO_CONSTANT:
        return bool(value.const)
    return None


def unary(m: Interpreter, node: ast.UnaryOp) -> Value:
    value = m.evaluate(node.operand)
    if isinstance(node.op, ast.Not):
        if value.scores:
            return value
        known = truth(value)
        return UNKNOWN if known is None else Value(Kind.CONST, const=not known)
    if isinstance(node.op, ast.USub) and value.kind is Kind.CONST and isinstance(value.const, int | float):
        return Value(Kind.CONST, const=-value.const)
    if isinstance(node.op, ast.Invert) and value.kind is Kind.ROWS:
        return complement(value)
    if isinstance(node.op, ast.Invert) and value.kind is Kind.NAMES:
        return column_sets.inverted(value)
    return value


def binary(m: Interpreter, node: ast.AST, left: Value, right: Value, operator: ast.operator) -> Value:
    if left.scores or right.scores:
        if left.kind is Kind.CONST and isinstance(left.const, str):
            claims.in_format(m, left.const, right.items or (right,), node)
        return scores.arithmetic(left, right, lambda a, b: binary(m, node, a, b, operator))
    if left.name == right.name == hand_folds.PIECES:
        return left
    if left.kind is Kind.SEQUENCE and right.kind is Kind.SEQUENCE and isinstance(operator, ast.Add):
        items = (*left.items, *right.items)[:400]
        const = NO_CONSTANT
        if isinstance(left.const, tuple) and isinstance(right.const, tuple):
            const = (left.const + right.const)[:400]
        return Value(Kind.SEQUENCE, items=items, const=const)
    if isinstance(operator, ast.Mult):
        repeated, times = (left, right) if left.kind is Kind.SEQUENCE else (right, left)
        if repeated.kind is Kind.SEQUENCE and repeated.items and isinstance(times.const, int):
            return repeated if times.const < 2 else replace(repeated, items=repeated.items * 2, const=NO_CONSTANT)
    picked = selection.combined(left, right)
    if picked is not None:
        return picked
    if Kind.NAMES in (left.kind, right.kind):
        known = column_sets.arithmetic(m, node, left, right, operator)
        if known is not None:
            return selection.influenced(selection.influenced(known, left), right)
        names = replace(left if left.kind is Kind.NAMES else right, columns=None)
        return selection.influenced(selection.influenced(names, left), right)
    if left.name in (bounds.LENGTH, bounds.SHARE) or right.name in (bounds.LENGTH, bounds.SHARE):
        share = bounds.scaled(left, right, operator)
        if share is not None:
            return share
    if left.kind is Kind.CONST and right.kind is Kind.CONST:
        return _constant(left.const, right.const, operator)
    if Kind.ROWS in (left.kind, right.kind):
        return combine_masks(left, right, operator)
    if isinstance(operator, ast.MatMult):
        predicted = handmade.product(m, node, left, right)
        if predicted is not None:
            return predicted
    if left.models != right.models and (left.models or right.models):
        other = right if left.models else left
        if other.rows and not other.models:
            return _residual(left, right)
    if Kind.RESIDUAL in (left.kind, right.kind):
        return left if left.kind is Kind.RESIDUAL else right
    if Kind.EXPRESSION in (left.kind, right.kind):
        return polars_expressions.combined(left, right)
    grouped = groups.combined([left, right])
    if grouped is not None:
        return grouped
    if Kind.STATISTIC in (left.kind, right.kind):
        return _with_statistic(m, node, left, right, operator)
    noisy = None if isinstance(operator, ast.MatMult) else augmentation.mixed(m, node, left, right)
    if noisy is not None:
        return noisy
    data = [v for v in (left, right) if v.kind in (Kind.DATA, Kind.SEQUENCE, Kind.MAPPING)]
    if not data:
        texts = isinstance(operator, ast.Add | ast.Mod) and any(isinstance(v.const, str) for v in (left, right))
        return SOME_TEXT if texts else UNKNOWN
    if len(data) == 1 and data[0].kind is Kind.DATA:
        return _recoded(data[0])
    combined = merged(data)
    if isinstance(operator, ast.Add) and all(v.keys for v in data) and combined.rows:
        return augmentation.joined(m, node, data, replace(combined, columns=None))  # data sets of torch
    if isinstance(operator, ast.Add) and isinstance(node, ast.BinOp) and _lists(node):
        return replace(combined, columns=None, concatenated=len(combined.rows) > 1 or combined.concatenated)
    return replace(combined, columns=derivation.combined(data)) if combined.rows else UNKNOWN


def _lists(node: ast.BinOp) -> bool:
    """``list(a) + b.tolist()``: one below the other, not element by element."""
    names = [
        side.func.id
        if isinstance(side.func, ast.Name)
        else side.func.attr
        if isinstance(side.func, ast.Attribute)
        else ""
        for side in (node.left, node.right)
        if isinstance(side, ast.Call)
    ]
    return any(name in ("list", "tolist", "to_list") for name in names)


def _recoded(value: Value) -> Value:
    """An elementwise function of one value: a single column stays recognisable as that column."""
    return derivation.changed(value)


def _residual(left: Value, right: Value) -> Value:
    both = merged([replace(left, kind=Kind.DATA), replace(right, kind=Kind.DATA)])
    return replace(both, kind=Kind.RESIDUAL, columns=None)


def _with_statistic(m: Interpreter, node: ast.AST, left: Value, right: Value, operator: ast.operator) -> Value:
    """Arithmetic of rows with a number computed from rows: what comes out has learned from those rows."""
    if left.kind is Kind.STATISTIC and right.kind is Kind.STATISTIC:
        return replace(left if left.name != COUNTS else right, learned=left.learned | right.learned)
    statistic, data = (left, right) if left.kind is Kind.STATISTIC else (right, left)
    if statistic.name == vocabularies.VOCABULARY and data.kind is Kind.SEQUENCE:
        return statistic  # ``["<pad>", *words]``, ``["<pad>"] + words``
    if statistic.name == COUNTS:
        return data if data.kind is Kind.DATA else statistic
    if data.kind is not Kind.DATA or data.models or not isinstance(operator, _ARITHMETIC):
        return replace(statistic, kind=Kind.STATISTIC) if data.kind in (Kind.CONST, Kind.UNKNOWN) else data
    if statistic.name in ("min", "max", "amin", "amax") and isinstance(operator, ast.Sub | ast.Add):
        return data  # only moves the origin, as in days since the first date; min-max scaling also divides
    return derivation.changed(replace(data, learned=data.learned | used(m, statistic)))


def _constant(left: Any, right: Any, operator: ast.operator) -> Value:
    if isinstance(left, str) and isinstance(right, str) and isinstance(operator, ast.Add) and len(left) < 200:
        return Value(Kind.CONST, const=left + right)
    if isinstance(left, int) and isinstance(right, int) and abs(left) < 10**9 and abs(right) < 10**9:
        if isinstance(operator, ast.Add):
            return Value(Kind.CONST, const=left + right)
        if isinstance(operator, ast.Sub):
            return Value(Kind.CONST, const=left - right)
    return UNKNOWN


def compare(m: Interpreter, node: ast.Compare) -> Value:
    left = m.evaluate(node.left)
    right = m.evaluate(node.comparators[0])
    for extra in node.comparators[1:]:
        m.evaluate(extra)
    operator = node.ops[0]
    picked = selection.combined(left, right)
    if picked is not None:
        return picked
    if (left.scores or right.scores) and (verdict := scores.verdict(left, right)) is not None:
        return verdict
    if left.models or right.models:
        left, right = scores.meet(m, node, left, right)
    if left.kind is Kind.CONST and right.kind is Kind.CONST and len(node.ops) == 1:
        return _compare_constants(left.const, right.const, operator)
    if isinstance(operator, ast.Is | ast.IsNot) and right.kind is Kind.CONST and right.const is None:
        if left.kind in (Kind.UNKNOWN, Kind.CONST):
            return UNKNOWN
        return Value(Kind.CONST, const=isinstance(operator, ast.IsNot))
    if Kind.NAMES in (left.kind, right.kind):
        return compare_names(left, right, operator)
    if left.models != right.models and (left.models or right.models):
        other = right if left.models else left
        if other.rows and not other.models:
            return _residual(left, right)
        if not other.rows:
            hits = scores.of_one_class(m, node)
            return _residual(*hits) if hits is not None else left if left.models else right
    if Kind.EXPRESSION in (left.kind, right.kind):
        return polars_expressions.combined(left, right)
    if left.kind is Kind.ROWS and left.owner is None and right.kind in (Kind.CONST, Kind.UNKNOWN, Kind.STATISTIC):
        left = replace(left, kind=Kind.DATA)  # ``df.index < border``
    if left.kind is Kind.DATA or right.kind is Kind.DATA:
        return compare_rows(m, node, left, right, operator)
    return compare_unknown(m, node, operator)


def _compare_constants(left: Any, right: Any, operator: ast.cmpop) -> Value:
    try:
        if isinstance(operator, ast.Eq | ast.Is):
            return Value(Kind.CONST, const=left == right)
        if isinstance(operator, ast.NotEq | ast.IsNot):
            return Value(Kind.CONST, const=left != right)
        if isinstance(operator, ast.In) and isinstance(right, str | tuple):
            return Value(Kind.CONST, const=left in right)
    except TypeError:  # 'a' in 3: the program would fail too
        return UNKNOWN
    return UNKNOWN


def attribute(m: Interpreter, node: ast.Attribute) -> Value:
    owner = m.evaluate(node.value)
    if owner.kind is Kind.LIBRARY:
        return Value(Kind.LIBRARY, name=f"{owner.name}.{node.attr}")
    if owner.kind is Kind.MODULE:
        return (m.modules.member(m, owner.name, node.attr) if m.modules is not None else None) or UNKNOWN
    if owner.scores and owner.kind is Kind.UNKNOWN:
        return choosing.attribute(m, owner, node)
    state = m.heap.get(owner.ref) if owner.ref is not None else None
    if isinstance(state, Instance):
        value = state.get(node.attr)
        if value is not None:
            return value
        method = find_method(m, state.definition, node.attr)
        if method is not None:
            if classes.decorated(method, "property", "cached_property"):
                return m.call_function(method, [owner], {})
            return Value(Kind.METHOD, name=node.attr, owner=owner, node=method)
        return _class_attribute(m, state.definition, node.attr)
    if isinstance(state, Estimator):
        if node.attr in estimators.METHODS:
            return Value(Kind.METHOD, name=node.attr, owner=owner)
        return estimators.estimator_attribute(m, owner, state, node)
    if owner.kind is Kind.GROUPS:
        return groups.select(owner, Value(Kind.CONST, const=node.attr, place=m.place(node)))
    if owner.kind is Kind.EXPRESSION:
        return owner
    if owner.kind in (Kind.DATA, Kind.ROWS):
        return frames.attribute(m, owner, node)
    if owner.kind is Kind.NAMES and node.attr in ("values", "array"):
        return owner
    if owner.kind is Kind.CLASS and isinstance(owner.node, ast.ClassDef):
        method = find_method(m, owner.node, node.attr)
        if method is not None:
            if classes.decorated(method, "classmethod"):
                return Value(Kind.METHOD, name=node.attr, owner=owner, node=method)
            return Value(Kind.FUNCTION, name=node.attr, node=method)
        return _class_attribute(m, owner.node, node.attr)
    if owner.kind is Kind.STATISTIC:
        return replace(owner, name="mode") if owner.name == COUNTS and node.attr == "index" else owner
    if owner.kind is Kind.UNKNOWN and owner.name:
        return Value(Kind.UNKNOWN, name=f"{owner.name}.{node.attr}")
    if owner.kind is Kind.SEQUENCE and owner.keys:  # a named tuple
        return frames.look_up(owner, node.attr)
    if owner.kind is Kind.MAPPING and node.attr not in ("items", "values", "keys", "get", "update", "pop"):
        return frames.look_up(owner, node.attr)
    return UNKNOWN


def _class_attribute(m: Interpreter, definition: ast.ClassDef, name_: str) -> Value:
    for statement in definition.body:
        if isinstance(statement, ast.Assign) and any(
            isinstance(t, ast.Name) and t.id == name_ for t in statement.targets
        ):
            return m.evaluate(statement.value)
        if (
            isinstance(statement, ast.AnnAssign)
            and isinstance(statement.target, ast.Name)
            and statement.target.id == name_
            and statement.value is not None
        ):
            return m.evaluate(statement.value)
    return UNKNOWN


def single_column(columns: Columns | None) -> frozenset[str] | None:
    """The names when the value is one or a few known columns."""
    return columns.only if columns is not None and columns.only is not None and len(columns.only) <= 8 else None
