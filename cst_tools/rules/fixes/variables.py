"""Names as the fixes of one block of statements see them: ``X`` and ``self.X`` alike."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Iterator

from cst_tools.rules.rule import Context

_SHAPE = frozenset({"shape", "columns", "index", "dtypes", "ndim", "size"})
"""What a table says of itself that no scaling changes."""
_COLUMN_OPERATIONS = frozenset({"drop", "copy", "pop", "astype", "map", "rename", "filter", "select_dtypes", "replace"})
_AS_ARRAY = frozenset({"values", "to_numpy"})


FITTING = frozenset({"fit", "fit_transform", "fit_resample", "partial_fit", "fit_on_texts", "adapt", "build_vocab"})
"""Methods after which an estimator is another one."""


def fitted(node: ast.AST) -> set[str]:
    """Variables of the estimators that the code fits."""
    found = set()
    for inner in ast.walk(node):
        if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute) and inner.func.attr in FITTING:
            name = variable(inner.func.value)
            if name is not None:
                found.add(name)
    return found


def variable(node: ast.AST | None) -> str | None:
    """``X`` of a name, ``self.X`` of an attribute of ``self``; None for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self":
        return f"self.{node.attr}"
    return None


def root(node: ast.AST) -> str | None:
    """The variable at the bottom of subscripts, attributes and calls: ``df`` of ``df["a"].clip(1)``."""
    current: ast.AST | None = node
    while current is not None:
        name = variable(current)
        if name is not None:
            return name
        if isinstance(current, ast.Subscript | ast.Attribute | ast.Starred):
            current = current.value
        elif isinstance(current, ast.Call):
            current = current.func
        else:
            return None
    return None


def modules(context: Context) -> frozenset[str]:
    """Names that stand for what was imported."""
    found = context.cache.get("imported")
    if not isinstance(found, frozenset):
        found = frozenset(
            (alias.asname or alias.name).partition(".")[0]
            for node in context.tree.body
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        )
        context.cache["imported"] = found
    return found


def subject(context: Context, call: ast.AST) -> ast.expr | None:
    """The table that a call learns from."""
    if not isinstance(call, ast.Call):
        return None
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if name.startswith(("fit", "adapt")) or not isinstance(call.func, ast.Attribute):
        return call.args[0] if call.args else next((k.value for k in call.keywords), None)
    table = call.func.value
    if call.args and root(table) in modules(context) and not any(isinstance(n, ast.Call) for n in ast.walk(table)):
        return call.args[0]  # np.mean(X), preprocessing.scale(X)
    return table


def uses(node: ast.AST | Iterable[ast.AST]) -> Iterator[tuple[str, ast.expr]]:
    """Every variable in the code, with its node."""
    waiting = [node] if isinstance(node, ast.AST) else [*node]
    while waiting:
        current = waiting.pop()
        name = variable(current)
        if name is not None and isinstance(current, ast.expr):
            yield name, current
        else:
            waiting += ast.iter_child_nodes(current)


def read(node: ast.AST | Iterable[ast.AST]) -> set[str]:
    """Variables read; one that is written into (``X[c] = 1``, ``X += 1``) is read too."""
    found = {name for name, at in uses(node) if isinstance(getattr(at, "ctx", None), ast.Load)}
    for part in [node] if isinstance(node, ast.AST) else node:
        found |= {
            name for n in ast.walk(part) if isinstance(n, ast.AugAssign) and (name := variable(n.target)) is not None
        }
    return found


def stored(node: ast.AST | Iterable[ast.AST]) -> set[str]:
    """Variables bound, or changed in place."""
    found = set()
    for part in [node] if isinstance(node, ast.AST) else node:
        for inner in ast.walk(part):
            name: str | None = None
            if isinstance(inner, ast.Subscript | ast.Attribute | ast.Name) and not isinstance(inner.ctx, ast.Load):
                name = root(inner)
            elif isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute) and _changes(inner):
                name = root(inner.func.value)
            if name is not None:
                found.add(name)
    return found


def _changes(call: ast.Call) -> bool:
    attribute = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    in_place = any(
        k.arg == "inplace" and isinstance(k.value, ast.Constant) and k.value.value is True for k in call.keywords
    )
    return in_place or attribute in ("pop", "insert", "append", "sort", "update") or attribute in FITTING


def says_shape_only(context: Context, node: ast.expr) -> bool:
    """Whether a use of a table asks for its size or names alone: ``len(X)``, ``X.shape``, ``range(len(X))``."""
    parent = context.parents.get(node)
    if isinstance(parent, ast.Attribute) and parent.attr in _SHAPE:
        return True
    return isinstance(parent, ast.Call) and isinstance(parent.func, ast.Name) and parent.func.id == "len"


def column_view(value: ast.expr) -> tuple[str, bool] | None:
    """(table, whether it is still a table) where the expression only takes columns: ``df.drop(columns="y")``."""
    current: ast.expr = value
    frame = True
    while True:
        name = variable(current)
        if name is not None:
            return name, frame
        if isinstance(current, ast.Call):
            function = current.func
            attribute = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
            if attribute == "get_dummies" and current.args:
                current = current.args[0]
            elif isinstance(function, ast.Attribute) and attribute in _COLUMN_OPERATIONS | _AS_ARRAY:
                if attribute == "drop" and not _drops_columns(current):
                    return None
                frame = frame and attribute not in _AS_ARRAY
                current = function.value
            else:
                return None
        elif isinstance(current, ast.Subscript):
            accessor = current.value
            if isinstance(accessor, ast.Attribute) and accessor.attr in ("iloc", "loc"):
                if not (isinstance(current.slice, ast.Tuple) and _everything(current.slice.elts[0])):
                    return None
                current = accessor.value
            elif isinstance(current.slice, ast.Slice | ast.Tuple | ast.Compare | ast.UnaryOp | ast.BinOp | ast.BoolOp):
                return None
            else:
                current = current.value
        elif isinstance(current, ast.Attribute):
            frame = frame and current.attr not in _AS_ARRAY
            current = current.value
        else:
            return None


def _drops_columns(call: ast.Call) -> bool:
    for keyword in call.keywords:
        if keyword.arg == "columns":
            return True
        if keyword.arg == "axis" and isinstance(keyword.value, ast.Constant) and keyword.value.value in (1, "columns"):
            return True
    return len(call.args) > 1 and isinstance(call.args[1], ast.Constant) and call.args[1].value == 1


def _everything(node: ast.AST) -> bool:
    return isinstance(node, ast.Slice) and node.lower is None and node.upper is None and node.step is None


def scope_of(context: Context, node: ast.AST) -> ast.AST:
    """The function that holds the node, or the module."""
    current = context.parents.get(node)
    while current is not None and not isinstance(current, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        current = context.parents.get(current)
    return current if current is not None else context.tree


def uses_in_scope(context: Context, scope: ast.AST, name: str) -> list[ast.expr]:
    """Every use of a variable in its scope, functions that have one of their own of that name left out."""
    found: list[ast.expr] = []
    if name.startswith("self."):
        return [at for key, at in uses(context.tree) if key == name]
    own: dict[ast.AST, bool] = {}
    for use in context.names.get(name, ()):
        node: ast.AST | None = context.parents.get(use)
        while node is not None and node is not scope:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                if node not in own:
                    own[node] = _binds_its_own(node, name)
                if own[node]:
                    break
            node = context.parents.get(node)
        if node is scope:
            found.append(use)
    return found


def stores_of(context: Context, scope: ast.AST, name: str) -> list[ast.expr]:
    """Where a variable is bound."""
    return [u for u in uses_in_scope(context, scope, name) if isinstance(getattr(u, "ctx", None), ast.Store)]


def _binds_its_own(function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, name: str) -> bool:
    arguments = function.args
    if any(a.arg == name for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)):
        return True
    body = function.body if isinstance(function.body, list) else []
    return any(
        isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Store) for s in body for n in ast.walk(s)
    )


def holds_no_rows(context: Context, scope: ast.AST, name: str) -> bool:
    """Whether the variable is surely no table: an import, a function, an estimator, a literal, column names."""
    if hasattr(builtins, name) or (name in context.defined and not uses_in_scope(context, scope, name)):
        return True
    stores = [use for place in {scope, context.tree} for use in stores_of(context, place, name)]
    return all(_is_plain(context, at) for at in stores)


def _is_plain(context: Context, target: ast.expr) -> bool:
    parent = context.parents.get(target)
    if isinstance(parent, ast.For | ast.comprehension):
        return True
    if isinstance(parent, ast.Tuple):
        return False
    if not isinstance(parent, ast.Assign):
        return False
    value = parent.value
    if isinstance(value, ast.Constant | ast.Lambda):
        return True
    if isinstance(value, ast.List | ast.Tuple | ast.Set | ast.Dict | ast.ListComp):
        return True
    if isinstance(value, ast.Call):
        name = value.func.attr if isinstance(value.func, ast.Attribute) else getattr(value.func, "id", "")
        chained = isinstance(value.func, ast.Attribute) and isinstance(value.func.value, ast.Call)
        if name[:1].isupper() or name in ("make_pipeline", "make_column_transformer") or (chained and name == "fit"):
            return True
        return name in ("list", "tolist", "set", "sorted", "difference", "int", "float", "round")
    return isinstance(value, ast.Attribute) and value.attr == "columns"
