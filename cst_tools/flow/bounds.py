"""Where a slice begins and ends, as far as it can be told without running: a number, a share of a length, a label."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cst_tools.flow.columns import text_of
from cst_tools.flow.values import UNKNOWN, Kind, Value

if TYPE_CHECKING:
    from cst_tools.flow.interpreter import Interpreter

LENGTH = "length"
SHARE = "share of a length"
_DATE = re.compile(r"\d{4}(-\d\d){0,2}([ T]\d\d:\d\d(:\d\d)?)?$")


@dataclass(frozen=True, slots=True)
class Bound:
    """``share`` of the table's length, plus ``offset``, plus what is called ``base``; or a text label."""

    share: float = 0.0
    offset: float = 0.0
    base: str = ""
    label: str = ""

    def compared(self, other: Bound) -> int | None:
        """-1, 0, 1 as this stands before, at or behind the other; None when that cannot be told."""
        if self == other:
            return 0
        if self.label or other.label:
            if _DATE.match(self.label) and _DATE.match(other.label) and not self.label.startswith(other.label):
                return None if other.label.startswith(self.label) else (1 if self.label > other.label else -1)
            return None
        if self.base != other.base:
            return None
        if self.share != other.share:
            if self.base or self.offset or other.offset or 0 in (self.share, other.share):
                return None
            return 1 if self.share > other.share else -1
        if not self.base and not self.share and (self.offset < 0) != (other.offset < 0):
            return None  # [:800] and [-300:] depend on the length
        return 1 if self.offset > other.offset else -1


_DATES = ("Timestamp", "to_datetime", "datetime64", "datetime", "date", "fromisoformat", "Period", "parse", "lit")


def date_of(node: ast.expr) -> str | None:
    """``pd.Timestamp("2018-01-01")``, ``datetime(2018, 1, 1)``: the date, in the words of ISO 8601."""
    if not isinstance(node, ast.Call) or text_of(node.func).rpartition(".")[2] not in _DATES or not node.args:
        return None
    given = [a.value for a in node.args if isinstance(a, ast.Constant)]
    if len(given) == len(node.args) == 1 and isinstance(given[0], str):
        return given[0]
    numbers = [g for g in given if isinstance(g, int)]
    if len(numbers) == len(node.args) == 3:
        return f"{numbers[0]:04}-{numbers[1]:02}-{numbers[2]:02}"
    return None


def bound_of(m: Interpreter, node: ast.expr | None) -> Bound | None:
    if node is None:
        return None
    value = m.evaluate(node) if _is_simple(node) else UNKNOWN
    if value.kind is Kind.CONST:
        if isinstance(value.const, str):
            return Bound(label=value.const)
        if isinstance(value.const, int | float) and not isinstance(value.const, bool):
            return Bound(offset=value.const)
    if value.name == LENGTH:
        return Bound(share=1.0)
    if value.name == SHARE:
        return Bound(*value.const)
    return written(node)


def written(node: ast.expr) -> Bound:
    """What the source says: a constant, or a name with a number added or taken off."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
        number = node.operand.value
        if isinstance(number, int | float):
            return Bound(offset=-number)
    date = date_of(node)
    if date is not None:
        return Bound(label=date)
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str):
            return Bound(label=node.value)
        if isinstance(node.value, int | float):
            return Bound(offset=node.value)
    if (
        isinstance(node, ast.BinOp)
        and isinstance(node.op, ast.Add | ast.Sub)
        and isinstance(node.right, ast.Constant)
        and isinstance(node.right.value, int)
    ):
        inner = written(node.left)
        sign = 1 if isinstance(node.op, ast.Add) else -1
        return Bound(inner.share, inner.offset + sign * node.right.value, inner.base, inner.label)
    return Bound(base=text_of(node))


def _is_simple(node: ast.expr) -> bool:
    """Whether evaluating it once more costs nothing and records nothing."""
    if isinstance(node, ast.Name | ast.Constant):
        return True
    if isinstance(node, ast.UnaryOp):
        return _is_simple(node.operand)
    if isinstance(node, ast.BinOp):
        return _is_simple(node.left) and _is_simple(node.right)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("int", "len", "round"):
        return all(_is_simple(a) for a in node.args)
    if isinstance(node, ast.Subscript):
        return isinstance(node.value, ast.Attribute) and node.value.attr == "shape" and _is_simple(node.value.value)
    return False


def scaled(left: Value, right: Value, operator: ast.operator) -> Value | None:
    """``len(df) * 0.8``, ``n - 100``: still a share of a length; None when it is none."""
    length, number = (left, right) if left.name in (LENGTH, SHARE) else (right, left)
    factor = number.const
    if number.kind is not Kind.CONST or isinstance(factor, bool) or not isinstance(factor, int | float):
        return None
    share, offset = length.const if length.name == SHARE else (1.0, 0.0)
    if isinstance(operator, ast.Mult):
        share, offset = share * factor, offset * factor
    elif isinstance(operator, ast.Div | ast.FloorDiv) and length is left and factor:
        share, offset = share / factor, offset / factor
    elif isinstance(operator, ast.Add):
        offset += factor
    elif isinstance(operator, ast.Sub) and length is left:
        offset -= factor
    else:
        return None
    return Value(name=SHARE, const=(round(share, 9), offset), owner=length.owner)
