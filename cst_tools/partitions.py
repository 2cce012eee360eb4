"""Rows divided by hand: selections of one table that exclude one another, whatever their names.

``X[:n]`` beside ``X[n:]``, ``df[mask]`` beside ``df[~mask]``, ``date < d`` beside ``date >= d``, rows taken by the
two halves of a shuffled index: together they are a split, and what computes ``n``, ``mask`` or ``d`` belongs to it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from itertools import combinations

from cst_tools import vocabulary as words
from cst_tools.names import root_name
from cst_tools.walking import children, walk

_WRAPPERS = words.words_of("copy reset_index to_numpy drop astype sort_values sort_index tolist to_list clone compute")
_OPPOSITE: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.GtE, ast.Gt, ast.Eq),
    ast.LtE: (ast.Gt, ast.GtE),
    ast.Gt: (ast.LtE, ast.Lt, ast.Eq),
    ast.GtE: (ast.Lt, ast.LtE),
    ast.Eq: (ast.NotEq, ast.Lt, ast.Gt),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_ANTONYMS = {"isnull": "notnull", "isna": "notna", "is_null": "is_not_null", "lt": "ge", "le": "gt", "eq": "ne"}
_ANTONYMS |= {b: a for a, b in _ANTONYMS.items()}
_MEMBERS = ("isin", "is_in")
_CONSUMERS = words.words_of(
    "fit predict predict_proba score evaluate transform fit_transform Dataset DMatrix Pool TensorDataset DataLoader"
)
_DIVIDERS = words.words_of("split train_test_split choice permutation random_split")


_FUNCTIONS = frozenset((ast.FunctionDef, ast.AsyncFunctionDef))
_NOTED = frozenset((ast.Assign, ast.Return, ast.AnnAssign, ast.Call, ast.For, ast.AsyncFor))


class Partitions:
    """``selections``: ids of expressions that take one part of a division; ``dividers``: the names these go by."""

    def __init__(self, tree: ast.Module) -> None:
        self.selections: set[int] = set()
        self.dividers: set[str] = set()
        self.direct: set[str] = set()
        """Names that stand in the selections themselves; ``dividers`` holds also what these are computed from."""
        self.ordered: set[str] = set()
        """Tables that are divided by position, so that whatever orders their rows decides the division."""
        self._tables: set[str] = set()
        self._taken: set[int] = set()
        self._partners: set[frozenset[str]] = set()
        self._made: dict[str, list[ast.expr]] = {}
        self._scope(tree.body)
        if self.selections:
            self._follow()
        self.dividers -= self._tables

    def divides(self, value: ast.expr) -> bool:
        """Whether a value, or every item of a tuple, takes one part of a division."""
        items = value.elts if isinstance(value, (ast.Tuple, ast.List)) and value.elts else [value]
        return bool(self.selections) and all(self._is_part(item) for item in items)

    def _is_part(self, value: ast.expr) -> bool:
        return any(id(part) in self.selections for part in _unwrapped(value))

    def _scope(self, body: Iterable[ast.stmt]) -> None:
        """One function's statements, or the module's; inner functions have scopes of their own."""
        found: dict[str, list[tuple[ast.expr, ast.expr]]] = {}
        queue: list[ast.AST] = list(body)
        for node in queue:  # grows while it is read
            kind = node.__class__
            if kind in _FUNCTIONS:
                self._scope(node.body)  # type: ignore[attr-defined]  # what functions have
                continue
            if kind in _NOTED:
                self._note(node)
            if kind is ast.Call or (kind is ast.Subscript and not isinstance(getattr(node, "ctx", None), ast.Store)):
                rows = _rows(node)
                if rows is not None and isinstance(node, ast.expr):
                    found.setdefault(ast.dump(rows[0]), []).append((node, rows[1]))
            queue += children(node)
        for selections in sorted(found.values(), key=lambda s: isinstance(s[0][0], ast.Subscript), reverse=True):
            for (one, first), (other, second) in combinations(selections[:40], 2):
                if self._excludes(first, second) and {id(one), id(other)} & self._taken:
                    self.selections |= {id(one), id(other)}
                    name = root_name(one) or ""
                    self._tables.add(name)
                    if isinstance(first, ast.Slice):
                        self.ordered.add(name)
                    table = {n.id for n in walk(_rows_of(one)) if isinstance(n, ast.Name)}
                    for index in (first, second):
                        self.dividers |= {n.id for n in walk(index) if isinstance(n, ast.Name)} - table
        self.direct |= self.dividers

    def _note(self, node: ast.AST) -> None:
        """Names that are bound together to the parts of a division, and what every name is made of."""
        target: ast.expr | None = None
        value: ast.expr | None = None
        if isinstance(node, (ast.Assign, ast.Return, ast.AnnAssign)) and node.value is not None:
            for item in node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]:
                self._taken |= {id(part) for part in _unwrapped(item)}
        elif isinstance(node, ast.Call) and _last(node.func) in _CONSUMERS:
            self._taken |= {id(part) for argument in node.args for part in _unwrapped(argument)}
        if isinstance(node, ast.Assign):
            target, value = node.targets[0], node.value
        elif isinstance(node, (ast.For, ast.AsyncFor)):
            target, value = node.target, node.iter
        if target is None or value is None:
            return
        names = [n.id for n in walk(target) if isinstance(n, ast.Name)]
        for name in names:
            self._made.setdefault(name, []).append(value)
        if not isinstance(target, ast.Tuple):
            return
        halves = [_rows(item) for item in value.elts] if isinstance(value, ast.Tuple) else []
        called = {_last(n.func) for n in walk(value) if isinstance(n, ast.Call)}
        if called & _DIVIDERS or (halves and all(halves)):
            self._partners |= {frozenset(pair) for pair in combinations(names, 2)}

    def _excludes(self, one: ast.expr, other: ast.expr, depth: int = 3) -> bool:
        if not depth:
            return False  # names made of one another
        if isinstance(one, ast.Slice) and isinstance(other, ast.Slice):
            return _meet(one, other) or _meet(other, one)
        if isinstance(one, ast.UnaryOp) and isinstance(one.op, (ast.Invert, ast.Not)):
            return ast.dump(one.operand) == ast.dump(other)
        if isinstance(other, ast.UnaryOp) and isinstance(other.op, (ast.Invert, ast.Not)):
            return ast.dump(other.operand) == ast.dump(one)
        if isinstance(one, ast.Compare) and isinstance(other, ast.Compare):
            opposite = type(other.ops[0]) in _OPPOSITE.get(type(one.ops[0]), ())
            return opposite and ast.dump(one.left) == ast.dump(other.left)
        if isinstance(one, ast.Name) and isinstance(other, ast.Name):
            if frozenset((one.id, other.id)) in self._partners:
                return True
            return any(self._made_apart(a, b, depth - 1) for a, b in self._made_pairs(one.id, other.id))
        return self._made_apart(one, other, depth - 1)

    def _made_pairs(self, one: str, other: str) -> Iterator[tuple[ast.expr, ast.expr]]:
        """What two names are made of, pair by pair, where a pair can be apart by its form at all."""
        mine, others = self._made.get(one, []), self._made.get(other, [])
        strong = [value for value in others if _may_be_apart(value)]
        negated = [value for value in others if isinstance(value, ast.UnaryOp)]
        for value in mine:
            if isinstance(value, ast.UnaryOp):
                yield from ((value, another) for another in others)
            else:
                yield from ((value, another) for another in negated)
                if _may_be_apart(value):
                    yield from ((value, another) for another in strong)

    def _made_apart(self, one: ast.expr, other: ast.expr, depth: int) -> bool:
        """Two indices that have no row in common: halves of one order, opposite tests, sets of different groups."""
        if isinstance(one, ast.Subscript) and isinstance(other, ast.Subscript):
            first, second = _rows(one), _rows(other)
            if first is not None and second is not None:
                return ast.dump(first[0]) == ast.dump(second[0]) and self._excludes(first[1], second[1], depth)
            return False
        if isinstance(one, ast.Call) and isinstance(other, ast.Call):
            if not isinstance(one.func, ast.Attribute) or not isinstance(other.func, ast.Attribute):
                return False
            if ast.dump(one.func.value) != ast.dump(other.func.value):
                return False
            if _ANTONYMS.get(one.func.attr) == other.func.attr:
                return True
            same = one.func.attr == other.func.attr and one.func.attr in _MEMBERS
            return same and bool(one.args and other.args) and self._excludes(one.args[0], other.args[0], depth)
        if isinstance(one, (ast.Compare, ast.UnaryOp)) or isinstance(other, (ast.Compare, ast.UnaryOp)):
            return (
                not isinstance(one, ast.Name) and not isinstance(other, ast.Name) and self._excludes(one, other, depth)
            )
        return False

    def _follow(self) -> None:
        """What the dividing names are computed from divides too, back to where data or a generator is read."""
        queue = list(self.dividers)
        for name in queue:
            for value in self._made.get(name, []):
                for part in walk(value):
                    if isinstance(part, ast.Name) and part.id not in self.dividers and part.id in self._made:
                        self.dividers.add(part.id)
                        queue.append(part.id)


def _may_be_apart(value: ast.expr) -> bool:
    """Whether an expression's form can make it the counterpart of another, apart from negations."""
    if isinstance(value, ast.Call):
        return isinstance(value.func, ast.Attribute) and (value.func.attr in _ANTONYMS or value.func.attr in _MEMBERS)
    return isinstance(value, (ast.Subscript, ast.Compare))


def _unwrapped(value: ast.expr) -> list[ast.expr]:
    """A value with what it is a copy, a column or a conversion of."""
    out = [value]
    while True:
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
            made, method = value.func.value, value.func.attr
            if method in ("array", "asarray", "tensor", "from_numpy", "DataFrame", "list") and value.args:
                value = value.args[0]
            elif method in _WRAPPERS:
                value = made
            else:
                return out
        elif isinstance(value, (ast.Attribute, ast.Subscript)):
            value = value.value
        else:
            return out
        out.append(value)


def _rows_of(node: ast.expr) -> ast.expr:
    rows = _rows(node)
    return rows[0] if rows is not None else node


def _rows(node: ast.AST) -> tuple[ast.expr, ast.expr] | None:
    """The table and the rows that an expression takes of it; None when it takes columns or one item."""
    if isinstance(node, ast.Call):
        named = isinstance(node.func, ast.Attribute) and node.func.attr in ("filter", "where", "take", "select")
        if not named or len(node.args) != 1 or isinstance(node.args[0], (ast.Constant, ast.List, ast.Lambda)):
            return None
        return (node.func.value, node.args[0]) if isinstance(node.func, ast.Attribute) else None
    if not isinstance(node, ast.Subscript) or not _holds_rows(node.value):
        return None
    table, index = node.value, node.slice
    if isinstance(index, ast.Tuple) and index.elts:
        index = index.elts[0]
    if isinstance(table, ast.Attribute) and table.attr in ("iloc", "loc", "at", "iat"):
        table = table.value
    if isinstance(index, ast.Slice):
        if index.lower is None and index.upper is None:
            return None
        named = isinstance(table, ast.Attribute) and table.attr == "columns"
        named = named or (isinstance(table, ast.Name) and bool(words.COLUMNS_NAME.search(table.id)))
        return None if named else (table, index)
    if isinstance(index, (ast.Constant, ast.List)):
        return None
    return table, index


def _holds_rows(table: ast.expr) -> bool:
    name = root_name(table) or ""
    return not (words.PREDICTION_NAME.search(name) or words.METRIC_NAME.search(name))


def _meet(first: ast.Slice, second: ast.Slice) -> bool:
    """``[:k]`` and ``[k:]``, ``[a:k]`` and ``[k:b]``."""
    return first.upper is not None and second.lower is not None and ast.dump(first.upper) == ast.dump(second.lower)


def _last(func: ast.expr) -> str:
    return func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""
