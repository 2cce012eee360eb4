"""Sets of columns chosen by kind, by range, by dummy, or put together from others."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from cst_tools.flow import columns as naming
from cst_tools.flow.derivation import OTHER
from cst_tools.flow.values import UNKNOWN, Columns, Kind, Place, Value, flatten, replace

if TYPE_CHECKING:
    from cst_tools.flow.arguments import Arguments
    from cst_tools.flow.interpreter import Interpreter

NUMBER, TEXT = "number", "text"
ANY_TABLE = -1
"""The table of columns that are chosen by kind before there is a table."""
_NUMBERS = ("number", "int", "float", "int64", "float64", "int32", "float32", "Int64", "integer", "floating", "numeric")
_TEXTS = ("object", "category", "O", "str", "string", "bool", "boolean", "object_", "datetime")


def kind_of(words: list[str]) -> str:
    """``["int64", "float64"]`` is number, ``["object", "category"]`` is text; empty when it is both or neither."""
    if words and all(word.rpartition(".")[2] in _NUMBERS for word in words):
        return NUMBER
    return TEXT if words and all(word.rpartition(".")[2] in _TEXTS for word in words) else ""


def _words(value: Value | None) -> list[str]:
    """The names of types: ``"number"``, ``np.number``, ``[float, "int64"]``."""
    leaves = flatten(value) if value is not None else []
    return [v.const if v.kind is Kind.CONST and isinstance(v.const, str) else v.name for v in leaves]


def by_kind(
    columns: Columns | None, include: Value | None, exclude: Value | None, site: Place | None
) -> Columns | None:
    """The columns that ``select_dtypes(include, exclude)`` leaves."""
    if columns is None:
        return None
    kept, gone = kind_of(_words(include)), kind_of(_words(exclude))
    if gone and include is None:
        kept = TEXT if gone == NUMBER else NUMBER
    elif exclude is not None or (include is None and not gone):
        kept = ""
    if not kept or columns.only is not None or columns.kept not in ("", kept):
        return naming.unsure(columns)
    return replace(columns, kept=kept, site=site)


def select_dtypes(owner: Value, a: Arguments, site: Place) -> Value:
    return replace(owner, columns=by_kind(owner.columns, a.get(0, "include"), a.get(1, "exclude"), site))


def selector(a: Arguments) -> Value:
    """``make_column_selector(dtype_include=np.number)``"""
    if a.get(0, "pattern") is not None:
        return Value(Kind.NAMES, columns=Columns(ANY_TABLE, sure=False))
    include, exclude = a.get(None, "dtype_include"), a.get(None, "dtype_exclude")
    return Value(Kind.NAMES, columns=by_kind(Columns(ANY_TABLE), include, exclude, None))


def dtype_test(test: ast.expr, variable: str) -> str:
    """``df[c].dtype != "object"`` in a comprehension over columns: the kind of columns that pass."""
    negated = isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not)
    if isinstance(test, ast.UnaryOp):
        test = test.operand
    kept = ""
    if isinstance(test, ast.Call):
        name = test.func.attr if isinstance(test.func, ast.Attribute) else getattr(test.func, "id", "")
        kept = {"is_numeric_dtype": NUMBER, "is_object_dtype": TEXT, "is_string_dtype": TEXT}.get(name, "")
    elif isinstance(test, ast.Compare) and len(test.ops) == 1 and _is_dtype(test.left, variable):
        other = test.comparators[0]
        elements = other.elts if isinstance(other, ast.List | ast.Tuple | ast.Set) else [other]
        words = [e.value if isinstance(e, ast.Constant) else ast.unparse(e) for e in elements]
        kept = kind_of([w for w in words if isinstance(w, str)])
        negated ^= isinstance(test.ops[0], ast.NotEq | ast.NotIn | ast.IsNot)
        if negated and not any(w in ("object", "O", "number") for w in words):
            return ""  # all but categories: text may be left
    if not kept:
        return ""
    return kept if not negated else TEXT if kept == NUMBER else NUMBER


def _is_dtype(node: ast.expr, variable: str) -> bool:
    if isinstance(node, ast.Attribute) and node.attr in ("dtype", "dtypes", "kind", "name"):
        node = node.value
        return _is_dtype(node, variable) if isinstance(node, ast.Attribute) else _names(node, variable)
    return isinstance(node, ast.Subscript) and ast.unparse(node.value).endswith("dtypes") and _names(node, variable)


def _names(node: ast.expr, variable: str) -> bool:
    return isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Name) and node.slice.id == variable


def union(one: Columns, other: Columns) -> Columns | None:
    """The columns of both; None when they are not of one table."""
    if other.table == ANY_TABLE or one.table == ANY_TABLE:
        table = max(one.table, other.table)
        one, other = replace(one, table=table), replace(other, table=table)
    if one.table != other.table:
        return None
    if one.only is None and other.only is not None:
        one, other = other, one
    result = replace(
        one,
        sure=one.sure and other.sure,
        copies=one.copies | other.copies,
        derived=one.derived | other.derived,
        numbers=one.numbers | other.numbers,
        dummies=one.dummies & other.dummies,
        order=None,
        site=one.site or other.site,
    )
    if one.only is not None and other.only is not None:
        return replace(result, only=one.only | other.only, without=frozenset())
    if one.only is not None:  # these, and whatever the other one leaves
        if not other.sure:
            return replace(result, only=one.only | {OTHER}, without=frozenset(), sure=one.sure)
        without = other.without - one.only
        if other.kept:
            return replace(result, only=one.only | {OTHER}, without=frozenset())
        return replace(result, only=None, without=without)
    if one.kept and other.kept and one.kept != other.kept:  # what is gone from one kind need not be of the other
        return replace(result, without=one.without | other.without, kept="")
    kept = one.kept if one.kept == other.kept else ""
    return replace(result, without=one.without & other.without, kept=kept)


def of_names(value: Value, table: Columns | None) -> Columns | None:
    """The columns that a list of names stands for."""
    names = naming.constant_names(value)
    if names is not None:
        return replace(table, only=names, without=frozenset(), site=value.place, kept="") if table is not None else None
    return value.columns if value.kind is Kind.NAMES else None


def added(left: Value, right: Value) -> Value | None:
    """``list(df.columns) + ["a"]``, ``numeric + categorical``; None when not both are names."""
    table = left.columns or right.columns
    one, other = of_names(left, table), of_names(right, table)
    if one is None or other is None:
        return None
    both = union(one, other)
    names = left if left.kind is Kind.NAMES else right
    return None if both is None else replace(names, columns=both)


def without(left: Value, right: Value, place: Place | None) -> Value | None:
    """``set(df.columns) - {"y"}``, ``df.columns.difference(num)``; None when it cannot be told what is left."""
    if left.kind is not Kind.NAMES or left.columns is None:
        return None
    names = naming.constant_names(right)
    if names is not None:
        return replace(left, columns=left.columns.drop(names, place))
    gone = right.columns if right.kind is Kind.NAMES else None
    if gone is None or not gone.sure or not left.columns.sure or gone.table != left.columns.table:
        return None
    if gone.only is None and gone.kept and not left.columns.kept and left.columns.only is None:
        rest = TEXT if gone.kept == NUMBER else NUMBER
        return replace(left, columns=replace(left.columns, kept=rest, site=place))
    return None


def between(columns: Columns, low: object, high: object, site: Place) -> Columns:
    """``df.loc[:, "a":"f"]``: both ends, and others between them."""
    if columns.order is not None and all(end is None or end in columns.order for end in (low, high)):
        start = columns.order.index(low) if isinstance(low, str) else 0
        end = columns.order.index(high) + 1 if isinstance(high, str) else len(columns.order)
        return replace(columns.select(frozenset(columns.order[start:end]), site), order=columns.order[start:end])
    ends = frozenset(end for end in (low, high) if isinstance(end, str))
    if not ends or not columns.sure or not all(end is None or isinstance(end, str) for end in (low, high)):
        return replace(columns, sure=False)
    return columns.select(ends | {OTHER}, site)


def by_place(columns: Columns, positions: slice | list[int], site: Place) -> Columns | None:
    """Columns by position where the names are known from left to right; else None."""
    if columns.order is None:
        return None
    order = columns.order
    try:
        names = order[positions] if isinstance(positions, slice) else tuple(order[i] for i in positions)
    except IndexError:
        return None
    return replace(columns.select(frozenset(names), site), order=names)


def named(m: Interpreter, value: Value, names: Value | None) -> Value:
    """``df.columns = ["a", "b"]``, ``read_csv(..., names=[...])``: columns with these names and no others."""
    order = names.const if names is not None and names.kind is Kind.SEQUENCE else None
    if not isinstance(order, tuple) or not order or not all(isinstance(name, str) for name in order):
        return replace(value, columns=None)
    return replace(value, columns=Columns(m.number(), order=order))


def numbers(value: Value) -> Value:
    """The value, known to hold numbers."""
    columns = value.columns
    if columns is None or columns.only is None or columns.only <= columns.numbers:
        return value
    return replace(value, columns=replace(columns, numbers=columns.numbers | columns.only))


def recoded(value: Value, name: str, a: Arguments) -> Value:
    """After ``astype("int")`` and ``map({"no": 0, "yes": 1})`` a column holds numbers."""
    first = a.positional[0] if a.positional else None
    if first is None:
        return value
    if name == "astype":
        return numbers(value) if kind_of(_words(first)) == NUMBER else value
    items = first.items if first.kind is Kind.MAPPING and len(a.positional) == 1 else ()
    return numbers(value) if items and all(isinstance(item.const, int | float) for item in items) else value


_REGRESSION = (
    "Regressor", "RegressorCV", "Ridge", "RidgeCV", "Lasso", "LassoCV", "ElasticNet", "ElasticNetCV",
    "LinearRegression", "SVR", "OLS",
)  # fmt: skip


def answered(features: Value, target: Value, model: str) -> Value:
    """The features, knowing that what a regression predicts is a number."""
    columns, label = features.columns, target.columns
    if columns is None or label is None or label.only is None or not model.endswith(_REGRESSION) or len(label.only) > 8:
        return features
    if label.changed or label.only & label.numbers - columns.numbers:
        return features  # made a number only on the way to the fit
    return replace(features, columns=replace(columns, numbers=columns.numbers | label.only))


def by_name(m: Interpreter, columns: Columns, node: ast.expr, site: Place) -> Columns | None:
    """``df.loc[:, "a":"f"]``, and positions where all names are known; None where it is neither."""
    if isinstance(node, ast.Slice) and node.step is None:
        ends = [_simple(m, end) for end in (node.lower, node.upper)]
        if any(isinstance(end, str) for end in ends):
            return between(columns, ends[0], ends[1], site)
        if columns.order is None or not all(end is None or isinstance(end, int) for end in ends):
            return None
        return by_place(columns, slice(*ends), site)
    if columns.order is None or isinstance(node, ast.Slice):
        return None
    index = m.evaluate(node)
    if not is_position(index):
        return None
    return by_place(columns, [index.const] if index.kind is Kind.CONST else list(index.const), site)


def _simple(m: Interpreter, node: ast.expr | None) -> object:
    """The constant that a bound of a slice is."""
    if node is None:
        return None
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
        return -node.operand.value if isinstance(node.operand.value, int) else ...
    return m.evaluate(node).const if isinstance(node, ast.Constant | ast.Name | ast.Attribute) else ...


def is_position(index: Value) -> bool:
    """``-1``, ``[0, 5]``"""
    if index.kind is Kind.CONST:
        return isinstance(index.const, int) and not isinstance(index.const, bool)
    numbers_ = index.const if index.kind is Kind.SEQUENCE else None
    return isinstance(numbers_, tuple) and all(isinstance(c, int) and not isinstance(c, bool) for c in numbers_)


def rebased(columns: Columns) -> Columns:
    """The columns as positions count them: of a table of its own once some are gone."""
    if not columns.without and columns.only is None and not columns.kept:
        return columns
    table = hash((columns.table, columns.without, columns.only, columns.kept))
    return replace(columns, table=table, only=None, without=frozenset(), kept="", dummies=frozenset())


def inverted(mask: Value) -> Value:
    """``~df.columns.isin(["y"])``"""
    columns = mask.columns
    if columns is None or columns.only is None or not columns.sure:
        return replace(mask, columns=naming.unsure(columns))
    return replace(mask, columns=replace(columns, only=None, without=columns.without | columns.only))


def arithmetic(m: Interpreter, node: ast.AST, left: Value, right: Value, operator: ast.operator) -> Value | None:
    """Sums and differences of lists and sets of names."""
    if isinstance(operator, ast.Add | ast.BitOr):
        return added(left, right)
    return without(left, right, m.place(node)) if isinstance(operator, ast.Sub) else None


def names_of(table: Value) -> Value:
    """``list(df)``: the names of a table's columns; arrays and lists are what they were."""
    columns = table.columns
    if columns is None or not columns.frame or columns.only is not None:
        return table
    return Value(Kind.NAMES, columns=columns)


def array(value: Value) -> Value:
    """A table as an array: going through it gives rows."""
    if value.columns is None or not value.columns.frame:
        return value
    return replace(value, columns=replace(value.columns, frame=False))


def all_of(known: list[Columns]) -> Columns | None:
    """The columns of several tables side by side."""
    result: Columns | None = known[0]
    for columns in known[1:]:
        result = union(result, columns) if result is not None else None
    return result


def united(parts: list[Value]) -> Columns | None:
    """``np.c_[a, b]``"""
    known = [v.columns for v in parts if v.columns is not None]
    return all_of(known) if known and len(known) == len(parts) else None


def deleted(value: Value, gone: Value | None, site: Place) -> Value:
    """``np.delete(a, 3, axis=1)``"""
    if value.columns is None:
        return value
    columns = rebased(value.columns)
    if gone is None or not is_position(gone):
        return replace(value, columns=naming.unsure(columns))
    positions = [gone.const] if gone.kind is Kind.CONST else gone.const
    return replace(value, columns=columns.drop(frozenset(f"#{i}" for i in positions), site))


def read(m: Interpreter, name: str, a: Arguments, table: Value) -> Value:
    """A table from a file; ``names=[...]`` says what its columns are called."""
    if not name.startswith(("pandas.read", "polars.read", "polars.scan")) or table.columns is None:
        return table
    given = a.get(None, "names")
    if given is not None and a.get(None, "usecols", "index_col") is None:
        named_ = named(m, table, given)
        table = named_ if named_.columns is not None else table
    return table if table.columns is None else replace(table, columns=replace(table.columns, frame=True))


def numbered(value: Value) -> Value:
    """``codes, values = pd.factorize(df["y"])``"""
    return Value(Kind.SEQUENCE, items=(numbers(value), UNKNOWN)) if value.kind is Kind.DATA else UNKNOWN
