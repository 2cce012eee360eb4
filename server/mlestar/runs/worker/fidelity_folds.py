"""Fewer folds of a cross-validation, where only the mean of the fold scores is used.

``cross_validate``, ``cross_val_score`` and the searches average their folds by themselves. A loop of the script over
``splitter.split(...)`` is cut short only when its own text shows that it gathers one score a fold: nothing is stored
at a place that the loop's names choose (out-of-fold predictions would stay unfilled), nothing is summed up over the
folds (a division by their number would be wrong). When in doubt every fold is computed.
"""

from __future__ import annotations

import ast
import functools
import itertools
import sys
from types import ModuleType
from typing import Any, Callable, Dict, Iterator, Optional, Set

from . import hooks

Note = Callable[[str, int, int], None]
"""Where, folds before and after."""


class First:
    """A splitter that stops after ``count`` folds; in time the last ones count, whose training sets are whole."""

    def __init__(self, inner: Any, count: int, note: Note, where: str) -> None:
        self._inner, self._count, self._note, self._where = inner, count, note, where

    def split(self, *args: Any, **kwargs: Any) -> "Iterator[Any]":
        return iter(_some(self._inner, self._inner.split(*args, **kwargs), self._count, self._note, self._where))

    def get_n_splits(self, *args: Any, **kwargs: Any) -> int:
        return min(self._count, int(self._inner.get_n_splits(*args, **kwargs)))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name == "_inner":  # while it is unpickled nothing is there yet
            raise AttributeError(name)
        return getattr(self._inner, name)


def _some(splitter: Any, folds: "Iterator[Any]", count: int, note: Note, where: str) -> "Iterator[Any]":
    if type(splitter).__name__ == "TimeSeriesSplit":
        found = list(folds)
        note(where, len(found), min(count, len(found)))
        return iter(found[-count:])
    total = getattr(splitter, "n_splits", None)
    if not isinstance(total, int):
        found = list(folds)
        note(where, len(found), min(count, len(found)))
        return iter(found[:count])
    total *= int(getattr(splitter, "n_repeats", 1) or 1)
    note(where, total, min(count, total))
    return itertools.islice(folds, count)


class Folds:
    def __init__(self, count: int, note: Note, script: str, program: str) -> None:
        self._count, self._note = max(1, count), note
        self._script, self._program = script, program
        self._loops: "Optional[Dict[int, bool]]" = None

    def install(self) -> None:
        hooks.after_import("sklearn.model_selection._split", self._splitters)
        hooks.after_import("sklearn.model_selection._validation", self._validation)
        hooks.after_import("sklearn.model_selection._search", self._search)

    def _validation(self, module: Any) -> None:
        original, check_cv = module.cross_validate, module.check_cv
        is_classifier = module.is_classifier

        @functools.wraps(original)
        def cross_validate(estimator: Any, X: Any, y: Any = None, *args: Any, **kwargs: Any) -> Any:
            cv = kwargs.get("cv")
            if not args and not hasattr(cv, "__next__") and not kwargs.get("return_indices"):
                whole = check_cv(cv, y, classifier=is_classifier(estimator))
                kwargs["cv"] = First(whole, self._count, self._note, "cross_validate")
            return original(estimator, X, y, *args, **kwargs)

        module.cross_validate = cross_validate

    def _search(self, module: Any) -> None:
        original = module.check_cv

        @functools.wraps(original)
        def check_cv(*args: Any, **kwargs: Any) -> Any:
            return First(original(*args, **kwargs), self._count, self._note, "search")

        module.check_cv = check_cv

    def _splitters(self, module: ModuleType) -> None:
        for kind in list(vars(module).values()):
            own = isinstance(kind, type) and kind.__module__ == module.__name__ and "split" in vars(kind)
            if own and callable(kind.split):
                kind.split = self._in_loops(kind.split)

    def _in_loops(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def split(splitter: Any, *args: Any, **kwargs: Any) -> Any:
            folds = original(splitter, *args, **kwargs)
            frame = sys._getframe(1)
            if frame.f_code.co_filename != self._script or not self._may_cut(frame.f_lineno):
                return folds
            return _some(splitter, iter(folds), self._count, self._note, "line {}".format(frame.f_lineno))

        return split

    def _may_cut(self, line: int) -> bool:
        if self._loops is None:
            try:
                with open(self._program, "rb") as file:
                    self._loops = loops_that_average(ast.parse(file.read()))
            except (OSError, SyntaxError, ValueError):
                self._loops = {}
        return self._loops.get(line, False)


def loops_that_average(tree: ast.AST) -> "Dict[int, bool]":
    """For the lines of each ``for ... in splitter.split(...)``: whether it may be cut short.

    >>> gathers = "for a, b in f.split(x):\\n    scores.append(fit(x[a], x[b]))\\n"
    >>> fills = "for a, b in f.split(x):\\n    oof[b] = fit(x[a], x[b])\\n    scores.append(1)\\n"
    >>> loops_that_average(ast.parse(gathers)), loops_that_average(ast.parse(fills))
    ({1: True}, {1: False})
    """
    found: "Dict[int, bool]" = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.For) and any(
            isinstance(n, ast.Attribute) and n.attr == "split" for n in ast.walk(node.iter)
        ):
            good = _averages(node)
            for line in range(node.iter.lineno, (node.iter.end_lineno or node.iter.lineno) + 1):
                found[line] = good
    return found


def _averages(loop: ast.For) -> bool:
    inner = {n.id for n in ast.walk(loop.target) if isinstance(n, ast.Name)}
    lists: "Set[str]" = set()
    for statement in loop.body:
        for node in ast.walk(statement):
            if isinstance(node, ast.AugAssign) and not isinstance(node.value, ast.Constant):
                return False
            if isinstance(node, ast.Assign):  # what the loop's names lead to: X_va = X[va]; key = "fold%d" % fold
                names = {n.id for n in ast.walk(node.value) if isinstance(n, ast.Name)}
                if names & inner:
                    for target in node.targets:
                        inner |= {n.id for n in ast.walk(target) if isinstance(n, ast.Name) and _bound(n)}
                if any(_stores_by(target, inner) for target in node.targets):
                    return False
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                if node.func.attr == "append" and isinstance(node.func.value, ast.Name) and len(node.args) == 1:
                    lists.add(node.func.value.id)
                if node.func.attr in ("extend", "concat", "concatenate", "vstack", "update", "put"):
                    return False
    return _only_scores(loop, lists) and not loop.orelse


def _bound(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Store)


def _stores_by(target: ast.expr, names: "Set[str]") -> bool:
    """``oof[va] = ...``, ``df.loc[va, "p"] = ...``, ``scores[fold] = ...``: a place that the loop chooses."""
    return any(
        isinstance(node, ast.Subscript)
        and isinstance(node.ctx, ast.Store)
        and any(isinstance(n, ast.Name) and n.id in names for n in ast.walk(node.slice))
        for node in ast.walk(target)
    )


_PREDICTIONS = frozenset(("predict", "predict_proba", "decision_function", "transform"))


def _only_scores(loop: ast.For, lists: "Set[str]") -> bool:
    """At least one list gathers something, and none gathers predictions, which would be put together afterwards."""
    predicted: "Set[str]" = set()
    for node in ast.walk(loop):
        if isinstance(node, ast.Assign) and _is_rows(node.value):
            predicted |= {t.id for t in node.targets if isinstance(t, ast.Name)}
    for node in ast.walk(loop):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "append":
            value = node.args[0] if len(node.args) == 1 else None
            if value is None or _is_rows(value):
                return False
            if isinstance(value, ast.Name) and value.id in predicted | _targets(loop):
                return False
    return bool(lists)


def _targets(loop: ast.For) -> "Set[str]":
    return {n.id for n in ast.walk(loop.target) if isinstance(n, ast.Name)}


def _is_rows(value: ast.expr) -> bool:
    """A value a row: a call of ``predict`` or a part or combination of one; not a metric of it."""
    if isinstance(value, ast.Subscript):
        return _is_rows(value.value)
    if isinstance(value, ast.BinOp):
        return _is_rows(value.left) or _is_rows(value.right)
    return (
        isinstance(value, ast.Call)
        and isinstance(value.func, ast.Attribute)
        and (value.func.attr in _PREDICTIONS or _is_rows(value.func.value))
    )
