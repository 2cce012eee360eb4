"""Metrics written by hand, recognised by the shape of their formula."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable

Resolve = Callable[[str], "ast.expr | None"]
"""The expression that a name was last assigned, or None."""

_CORRECT = re.compile(r"(?:^|_)(?:n_?)?(?:correct|hits|right|matches|num_correct)s?(?:_|$)", re.IGNORECASE)
_TOTAL = re.compile(r"total|count|^n$|^n_|num|size|len\(|seen|shape|numel", re.IGNORECASE)
_WRAPPERS = frozenset(
    [
        "float",
        "double",
        "int",
        "to",
        "cpu",
        "numpy",
        "item",
        "detach",
        "astype",
        "tolist",
        "sum_",
        "squeeze",
        "view",
        "flatten",
        "ravel",
    ]
)


def shape_of(node: ast.expr, resolve: Resolve) -> tuple[str, str] | None:
    """Canonical metric name and, in words, what the formula is; None for any other expression."""
    node = _strip(node)
    root = _rooted(node)
    if root is not None:
        inner = shape_of(root, resolve)
        if inner is not None and inner[0] in ("mse", "msle"):
            return "r" + inner[0], "the root of the mean squared difference, computed by hand"
        return None
    mean = _mean_of(node)
    if mean is not None:
        return _elementwise(mean, resolve)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        return _ratio(node, resolve)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub) and _constant(node.left, 1):
        right = _strip(node.right)
        if isinstance(right, ast.BinOp) and isinstance(right.op, ast.Div):
            text = f"{_text(right.left, resolve)} {_text(right.right, resolve)}".lower()
            if _has_square(right.left, resolve) or re.search(r"ss_?res|sse|rss|ss_?r\b|u\b.*v\b", text):
                return "r2", "one minus residual over total sum of squares, computed by hand"
    return None


def _strip(node: ast.expr) -> ast.expr:
    while True:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _WRAPPERS:
            inner = node.func.value
            if isinstance(inner, ast.Name) and inner.id in ("np", "numpy", "torch", "tf", "jnp") and node.args:
                inner = node.args[0]
            node = inner
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float" and node.args:
            node = node.args[0]
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult) and _constant(node.left, 100):
            node = node.right
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult) and _constant(node.right, 100):
            node = node.left
        else:
            return node


def _constant(node: ast.expr, value: float) -> bool:
    return isinstance(node, ast.Constant) and not isinstance(node.value, bool) and node.value == value


def _rooted(node: ast.expr) -> ast.expr | None:
    if isinstance(node, ast.Call) and node.args and _called(node) == "sqrt":
        return node.args[0]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "sqrt":
        return node.func.value
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow) and _constant(node.right, 0.5):
        return node.left
    return None


def _called(node: ast.Call) -> str:
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _mean_of(node: ast.expr) -> ast.expr | None:
    """What is averaged: ``np.mean(x)``, ``x.mean()``."""
    if isinstance(node, ast.Call) and _called(node) in ("mean", "average", "reduce_mean", "nanmean", "median", "fmean"):
        if node.args and not isinstance(node.args[0], ast.Constant):
            return node.args[0]
        if isinstance(node.func, ast.Attribute):
            return node.func.value
    return None


def _sum_of(node: ast.expr) -> ast.expr | None:
    if isinstance(node, ast.Call) and _called(node) in ("sum", "nansum", "count_nonzero", "reduce_sum"):
        if node.args and not isinstance(node.args[0], ast.Constant):
            return node.args[0]
        if isinstance(node.func, ast.Attribute):
            return node.func.value
    return None


def _elementwise(node: ast.expr, resolve: Resolve, depth: int = 0) -> tuple[str, str] | None:
    """The metric whose per-row values ``node`` holds."""
    node = _strip(node)
    if isinstance(node, ast.Name) and depth < 3:
        bound = resolve(node.id)
        return _elementwise(bound, resolve, depth + 1) if bound is not None else None
    if isinstance(node, (ast.ListComp, ast.GeneratorExp)):
        return _elementwise(node.elt, resolve, depth + 1) or _counted(node)
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        if isinstance(node.ops[0], ast.Eq) and not isinstance(node.comparators[0], ast.Constant):
            return "accuracy", "the share of rows where prediction and truth agree, computed by hand"
        if isinstance(node.ops[0], ast.NotEq) and not isinstance(node.comparators[0], ast.Constant):
            return "zero_one_loss", "the share of rows where prediction and truth differ, computed by hand"
    if isinstance(node, ast.Call) and _called(node) in ("equal", "eq", "isclose"):
        return "accuracy", "the share of rows where prediction and truth agree, computed by hand"
    squared = _squared(node)
    if squared is not None:
        if _logs(squared, resolve):
            return "msle", "the mean squared difference of logarithms, computed by hand"
        if _is_difference(squared, resolve):
            return "mse", "the mean squared difference, computed by hand"
        return None
    absolute = _absolute(node)
    if absolute is not None:
        absolute = _strip(absolute)
        if isinstance(absolute, ast.BinOp) and isinstance(absolute.op, ast.Div):
            return (
                ("mape", "the mean absolute relative difference, computed by hand")
                if _is_difference(absolute.left, resolve)
                else None
            )
        if _is_difference(absolute, resolve):
            return "mae", "the mean absolute difference, computed by hand"
        return None
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        inner = _absolute(node.left)
        if inner is not None and _is_difference(inner, resolve):
            return "mape", "the mean absolute relative difference, computed by hand"
    return None


def _counted(node: ast.ListComp | ast.GeneratorExp) -> tuple[str, str] | None:
    """``sum(1 for a, b in zip(y, p) if a == b)``."""
    for generator in node.generators:
        for test in generator.ifs:
            if isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.Eq):
                return "accuracy", "the share of rows where prediction and truth agree, computed by hand"
    return None


def _squared(node: ast.expr) -> ast.expr | None:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow) and _constant(node.right, 2):
        return node.left
    if isinstance(node, ast.Call) and _called(node) in ("square", "power", "pow"):
        if node.args and not isinstance(node.args[0], ast.Constant):
            return node.args[0]
        if isinstance(node.func, ast.Attribute):
            return node.func.value
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult) and ast.dump(node.left) == ast.dump(node.right):
        return node.left
    return None


def _absolute(node: ast.expr) -> ast.expr | None:
    node = _strip(node)
    if isinstance(node, ast.Call) and _called(node) in ("abs", "absolute", "fabs"):
        if node.args:
            return node.args[0]
        if isinstance(node.func, ast.Attribute):
            return node.func.value
    return None


def _is_difference(node: ast.expr, resolve: Resolve, depth: int = 0) -> bool:
    node = _strip(node)
    if isinstance(node, ast.Name) and depth < 3:
        bound = resolve(node.id)
        return bound is not None and _is_difference(bound, resolve, depth + 1)
    if isinstance(node, ast.Call) and _called(node) in ("subtract", "sub"):
        return True
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub):
        # (x - x.mean()) ** 2 is a variance, not an error
        return not any(
            "mean" in ast.unparse(side) or isinstance(side, ast.Constant) for side in (node.left, node.right)
        )
    return False


def _logs(node: ast.expr, resolve: Resolve) -> bool:
    return _is_difference(node, resolve) and len(re.findall(r"\blog1?p?\(", ast.unparse(node))) >= 2


def _has_square(node: ast.expr, resolve: Resolve) -> bool:
    inner = _sum_of(_strip(node))
    if inner is None and isinstance(node, ast.Name):
        bound = resolve(node.id)
        inner = _sum_of(_strip(bound)) if bound is not None else None
    if inner is None:
        inner = _mean_of(_strip(node))
    squared = _squared(_strip(inner)) if inner is not None else None
    return squared is not None and _is_difference(squared, resolve)


def _text(node: ast.expr, resolve: Resolve) -> str:
    return ast.unparse(node)


def _ratio(node: ast.BinOp, resolve: Resolve) -> tuple[str, str] | None:
    top, bottom = _strip(node.left), _strip(node.right)
    words = ast.unparse(top).lower()
    below = ast.unparse(bottom).lower()
    summed = _sum_of(top)
    if summed is not None and _TOTAL.search(below):
        found = _elementwise(summed, resolve)
        if found is not None:
            return found
    if isinstance(top, ast.Name) and _TOTAL.search(below):
        bound = resolve(top.id)
        inner = _sum_of(_strip(bound)) if bound is not None else None
        found = _elementwise(inner, resolve) if inner is not None else None
        if found is not None:
            return found
    if isinstance(top, (ast.Name, ast.Attribute)) and _CORRECT.search(words.rpartition(".")[2]):
        return "accuracy", "correct over all, computed by hand"
    tp, fp, fn, tn = (bool(re.search(rf"\b{w}\b", below)) for w in ("tp", "fp", "fn", "tn"))
    if tp and fp and fn and tn and re.search(r"\btp\b", words) and re.search(r"\btn\b", words):
        return "accuracy", "the share of correct rows, computed by hand"
    if tp and fp and fn and re.search(r"2\s*\*\s*tp", words):
        return "f1", "F1 from counts, computed by hand"
    if re.fullmatch(r"tp", words) and tp and fp and not fn:
        return "precision", "precision from counts, computed by hand"
    if re.fullmatch(r"tp", words) and tp and fn and not fp:
        return "recall", "recall from counts, computed by hand"
    if (
        re.search(r"2(?:\.0)?\s*\*", words)
        and re.search(r"prec|\bp\b", words)
        and re.search(r"rec|\br\b", words)
        and "+" in below
    ):
        return "f1", "the harmonic mean of precision and recall, computed by hand"
    return None
