"""Which columns of the loaded tables matter when rows are taken away: read from the script, nothing is executed.

The target keeps its classes, groups and series stay whole, keys of joins stay consistent. Where rows cannot be taken
away without changing what the script means (it cuts its tables at fixed row numbers, or looks at neighbouring rows of
one long series and cuts it at a fixed date), the reason is told and rows are left alone.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from cst_tools.analysis import Analysis
from mlestar.runs.types import Fidelity

_FITS = frozenset(
    ("fit", "fit_transform", "fit_resample", "partial_fit", "split", "train_test_split", "cross_val_score",
     "cross_validate", "cross_val_predict")
)  # fmt: skip
_DATA = frozenset(("Dataset", "DMatrix", "Pool", "QuantileDMatrix", "TensorDataset"))
_NEIGHBOURS = frozenset(("shift", "rolling", "expanding", "ewm", "pct_change", "diff"))
_LABELS = ("y", "label", "target", "labels", "Y")
_FIXED_ROWS = 300
"""A row number above it, written into the script, is a number of rows of the whole data."""
_DEPTH = 6


@dataclass(frozen=True)
class DataRoles:
    target: str | None = None
    group: tuple[str, ...] = ()
    """Columns that together name a group or a series, whose rows stay or go together."""
    keys: tuple[str, ...] = ()
    """Columns by which tables are joined."""
    ordered: bool = False
    """Rows rely on their neighbours, so only a stretch of them may stay."""
    time: str | None = None
    obstacle: str = ""
    """Why the rows of this script cannot be reduced; empty when they can."""

    def on(self, fidelity: Fidelity) -> Fidelity:
        """``fidelity`` with what the draw of rows must know."""
        return replace(
            fidelity, target=self.target, group=self.group, keys=self.keys, ordered=self.ordered, time=self.time
        )


def data_roles(analysis: Analysis) -> DataRoles:
    """Never raises; what cannot be told is None or empty."""
    tree = analysis.script.tree
    return DataRoles() if tree is None else _Reader(tree).roles()


class _Reader:
    def __init__(self, tree: ast.AST) -> None:
        self._nodes = list(ast.walk(tree))
        self._values: dict[str, list[ast.expr]] = {}
        for node in self._nodes:
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    self._bind(target, node.value)
            elif isinstance(node, ast.AnnAssign) and node.value is not None:
                self._bind(node.target, node.value)
        self._calls = [node for node in self._nodes if isinstance(node, ast.Call)]

    def _bind(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Name):
            self._values.setdefault(target.id, []).append(value)
        elif isinstance(target, (ast.Tuple, ast.List)):
            same = isinstance(value, ast.Tuple) and len(value.elts) == len(target.elts)
            for place, part in enumerate(target.elts):
                self._bind(part, value.elts[place] if same and isinstance(value, ast.Tuple) else value)

    def roles(self) -> DataRoles:
        target = self._target()
        series = self._series()
        group = self._group() or series
        neighbours = any(_name(c) in _NEIGHBOURS for c in self._calls)
        return DataRoles(
            target=target,
            group=group,
            keys=self._keys(),
            ordered=neighbours and not series and self._in_time(),
            time=self._time() if neighbours and not series else None,
            obstacle=self._obstacle(neighbours and not series),
        )

    # --- target --------------------------------------------------------------------------------------------

    def _target(self) -> str | None:
        votes: Counter[str] = Counter()
        for call in self._calls:
            label = self._label(call)
            if label is not None:
                votes.update(set(self._columns(label)))
        made = self._made()
        return next((name for name, _ in votes.most_common() if name not in made), None)

    def _label(self, call: ast.Call) -> ast.expr | None:
        name = _name(call)
        for keyword in call.keywords:
            if keyword.arg in _LABELS and name in _FITS | _DATA:
                return keyword.value
        if name in _DATA or name in ("fit", "split", "train_test_split", "fit_resample", "partial_fit"):
            return call.args[1] if len(call.args) > 1 else None
        return call.args[2] if name in _FITS and len(call.args) > 2 else None

    def _columns(self, node: ast.expr, depth: int = 0) -> Iterator[str]:
        """Names of the single columns that a value may be, followed through the names it was given."""
        if depth > _DEPTH:
            return
        if isinstance(node, ast.Name):
            for value in self._values.get(node.id, ()):
                yield from self._columns(value, depth + 1)
        elif isinstance(node, ast.Subscript):
            column = self._text(node.slice)
            if column is None and isinstance(node.slice, ast.List) and len(node.slice.elts) == 1:
                column = self._text(node.slice.elts[0])
            if column is None and isinstance(node.slice, ast.Tuple) and len(node.slice.elts) == 2:
                column = self._text(node.slice.elts[1])  # df.loc[rows, "target"]
            if column is not None:
                yield column
            else:
                yield from self._columns(node.value, depth + 1)
        elif isinstance(node, ast.Attribute):
            if isinstance(node.value, ast.Name) and node.attr not in ("values", "T", "array", "iloc", "loc", "target"):
                if not self._is_object(node.value.id):
                    yield node.attr
            else:
                yield from self._columns(node.value, depth + 1)
        elif isinstance(node, ast.Call):
            yield from self._of_call(node, depth)

    def _of_call(self, node: ast.Call, depth: int) -> Iterator[str]:
        name = _name(node)
        if name == "pop" and node.args and (column := self._text(node.args[0])) is not None:
            yield column
        elif name == "train_test_split":  # which of its results is meant is told by the arguments alone
            for argument in node.args[1:2]:
                yield from self._columns(argument, depth + 1)
        elif isinstance(node.func, ast.Attribute) and not self._is_module(node.func.value):
            yield from self._columns(node.func.value, depth + 1)
        else:
            for argument in node.args[:1]:
                yield from self._columns(argument, depth + 1)

    def _is_object(self, name: str) -> bool:
        """Whether ``name.attribute`` is no column: a module, ``self``, parsed arguments."""
        return name not in self._values or any(_name(v) == "parse_args" for v in self._values[name] if _is_call(v))

    def _is_module(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Name) and node.id not in self._values

    def _made(self) -> set[str]:
        """Columns that the script makes of others: they are not in the files."""
        made = set()
        for node in self._nodes:
            if not isinstance(node, ast.Assign):
                continue
            for target in node.targets:
                if isinstance(target, ast.Subscript) and (column := self._text(target.slice)) is not None:
                    read = {self._text(n.slice) for n in ast.walk(node.value) if isinstance(n, ast.Subscript)}
                    read |= {n.attr for n in ast.walk(node.value) if isinstance(n, ast.Attribute)}
                    if column not in read:
                        made.add(column)
        return made

    # --- groups, series, keys ------------------------------------------------------------------------------

    def _group(self) -> tuple[str, ...]:
        """The column given as ``groups`` to a splitter or to cross-validation."""
        for call in self._calls:
            given = next((k.value for k in call.keywords if k.arg == "groups"), None)
            if given is None and _name(call) == "split" and len(call.args) > 2:
                given = call.args[2]
            if given is not None and (found := list(self._columns(given))):
                return (found[0],)
        return ()

    def _series(self) -> tuple[str, ...]:
        """The keys of the ``groupby`` whose groups are looked at row by row in their order."""
        for call in self._calls:
            if _name(call) not in _NEIGHBOURS or not isinstance(call.func, ast.Attribute):
                continue
            for by in self._grouped(call.func.value):
                if names := self._names(by):
                    return names
        return ()

    def _grouped(self, node: ast.expr, depth: int = 0) -> Iterator[ast.expr]:
        if depth > _DEPTH:
            return
        if isinstance(node, ast.Call) and _name(node) == "groupby":
            yield from node.args[:1]
            yield from (k.value for k in node.keywords if k.arg == "by")
        elif isinstance(node, (ast.Subscript, ast.Attribute)):
            yield from self._grouped(node.value, depth + 1)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield from self._grouped(node.func.value, depth + 1)
        elif isinstance(node, ast.Name):
            for value in self._values.get(node.id, ()):
                yield from self._grouped(value, depth + 1)

    def _keys(self) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for call in self._calls:
            if _name(call) not in ("merge", "join", "merge_asof", "set_index"):
                continue
            given = [k.value for k in call.keywords if k.arg in ("on", "left_on", "right_on", "keys")]
            given += call.args[:1] if _name(call) == "set_index" else []
            for value in given:
                names = self._names(value)
                found.update(dict.fromkeys(names if len(names) == 1 else ()))
        return tuple(found)

    # --- time ------------------------------------------------------------------------------------------------

    def _in_time(self) -> bool:
        """Whether the split follows the order of the rows."""
        for call in self._calls:
            if _name(call) == "TimeSeriesSplit":
                return True
            if any(k.arg == "shuffle" and _is_false(k.value) for k in call.keywords) and _name(call) in (
                "train_test_split",
                "KFold",
            ):
                return True
        cuts = (n.slice for n in self._nodes if isinstance(n, ast.Subscript) and isinstance(n.slice, ast.Slice))
        bounds = [bound for cut in cuts for bound in (cut.lower, cut.upper) if bound is not None]
        return any(self._number(bound) is None for bound in bounds)  # df[:cut], df.iloc[int(0.8 * len(df)):]

    def _time(self) -> str | None:
        from cst_tools.flow.timing import is_moment_name

        for call in self._calls:
            if _name(call) == "sort_values":
                given = call.args[:1] + [k.value for k in call.keywords if k.arg == "by"]
                names = [n for value in given for n in self._names(value)]
                if names and is_moment_name(names[-1]):
                    return names[-1]
        return None

    def _obstacle(self, neighbours: bool) -> str:
        for node in self._nodes:
            if isinstance(node, ast.Subscript) and self._is_table(node.value):
                first = node.slice.elts[0] if isinstance(node.slice, ast.Tuple) and node.slice.elts else node.slice
                for bound in (first.lower, first.upper) if isinstance(first, ast.Slice) else ():
                    number = self._number(bound)
                    if number is not None and abs(number) >= _FIXED_ROWS:
                        return f"line {node.lineno} cuts a table at row {number:,}, which counts on all rows"
            if neighbours and isinstance(node, ast.Compare) and self._is_date(node):
                return f"line {node.lineno} cuts a series at a date, and its rows rely on their neighbours"
        return ""

    def _is_table(self, node: ast.expr) -> bool:
        """False for a row of text, a list of columns and whatever else is cut short without meaning rows."""
        if isinstance(node, ast.Attribute):
            return node.attr in ("iloc", "values", "data", "loc") and self._is_table(node.value)
        return isinstance(node, ast.Name) and node.id in self._values

    def _is_date(self, node: ast.Compare) -> bool:
        texts = [self._text(part) or "" for part in node.comparators]
        texts += [self._text(n) or "" for part in node.comparators if _is_call(part) for n in getattr(part, "args", ())]
        return any(len(t) >= 7 and t[:4].isdigit() and t[4] in "-/" for t in texts)

    # --- constants -------------------------------------------------------------------------------------------

    def _text(self, node: ast.expr) -> str | None:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return node.value
        if isinstance(node, ast.Name) and len(found := self._values.get(node.id, [])) == 1:
            return found[0].value if isinstance(found[0], ast.Constant) and isinstance(found[0].value, str) else None
        return None

    def _number(self, node: ast.expr | None) -> int | None:
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            inner = self._number(node.operand)
            return None if inner is None else -inner
        if isinstance(node, ast.Name) and len(found := self._values.get(node.id, [])) == 1:
            node = found[0]
        if isinstance(node, ast.Constant) and isinstance(node.value, int) and not isinstance(node.value, bool):
            return node.value
        return None

    def _names(self, node: ast.expr) -> tuple[str, ...]:
        parts: Iterable[ast.expr] = node.elts if isinstance(node, (ast.List, ast.Tuple)) else (node,)
        texts = [self._text(part) for part in parts]
        return tuple(t for t in texts if t is not None) if all(t is not None for t in texts) else ()


def _name(node: ast.AST) -> str:
    func = node.func if isinstance(node, ast.Call) else node
    return func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""


def _is_call(node: ast.AST) -> bool:
    return isinstance(node, ast.Call)


def _is_false(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is False
