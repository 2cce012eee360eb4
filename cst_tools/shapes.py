"""Shapes of statements and expressions that tell what they do, without any knowledge of libraries."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from cst_tools import vocabulary as words
from cst_tools.names import root_name
from cst_tools.walking import children, walk

_WITHOUT_SUITES = frozenset(
    (
        ast.FunctionDef,
        ast.AsyncFunctionDef,
        ast.ClassDef,
        ast.Assign,
        ast.AugAssign,
        ast.AnnAssign,
        ast.Expr,
        ast.Return,
    )
)


def suites_of(node: ast.stmt) -> list[list[ast.stmt]]:
    """The suites of a compound statement, without those of definitions."""
    if node.__class__ in _WITHOUT_SUITES:
        return []
    out = [value for name in ("body", "orelse", "finalbody") if (value := getattr(node, name, None))]
    handlers = getattr(node, "handlers", None) or getattr(node, "cases", None) or []
    return [*out[:1], *(h.body for h in handlers), *out[1:]] if out or handlers else []


def is_descent(node: ast.stmt) -> bool:
    """``w -= lr * gradient`` or ``w = w - lr * gradient``: a step of training by hand."""
    step: ast.expr | None = None
    if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Sub):
        step = node.value
    elif isinstance(node, ast.Assign) and isinstance(node.value, ast.BinOp) and isinstance(node.value.op, ast.Sub):
        same = len(node.targets) == 1 and root_name(node.targets[0]) == root_name(node.value.left)
        step = node.value.right if same else None
    while isinstance(step, ast.BinOp) and isinstance(step.op, (ast.Mult, ast.Div, ast.MatMult)):
        for side in (step.left, step.right):
            name = side.attr if isinstance(side, ast.Attribute) else side.id if isinstance(side, ast.Name) else ""
            if isinstance(side, ast.Subscript) and isinstance(side.slice, ast.Constant):
                name = str(side.slice.value)
            if words.RATE_NAME.search(name):
                return True
        step = step.left
    return False


def is_training_loop(node: ast.stmt) -> bool:
    """A loop whose own body holds the backward pass: one step of training, whatever else it reports."""
    if not isinstance(node, (ast.For, ast.AsyncFor, ast.While)):
        return False
    queue: list[ast.stmt] = list(node.body)
    while queue:
        statement = queue.pop()
        if isinstance(statement, (ast.With, ast.AsyncWith, ast.If)):
            queue += [inner for suite in suites_of(statement) for inner in suite]
        elif is_descent(statement):
            return True
        elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            func = statement.value.func
            if isinstance(func, ast.Attribute) and func.attr in ("backward", "train_on_batch"):
                return True
            if isinstance(func, ast.Attribute) and func.attr == "apply_gradients":
                return True
    return False


def calls_in(node: ast.stmt) -> list[ast.Call]:
    """Calls of a statement in order, those in its suites excluded."""
    out: list[ast.Call] = []
    for child in children(node):
        if isinstance(child, ast.expr):
            out += calls_under(child)
        elif isinstance(child, ast.withitem):
            out += calls_under(child.context_expr)
    return out


def calls_under(node: ast.expr) -> list[ast.Call]:
    return [n for n in walk(node) if n.__class__ is ast.Call]


def parts_of(node: ast.stmt) -> tuple[list[ast.Call], list[str], str]:
    """Calls, names read, and the constant strings of a simple statement."""
    calls: list[ast.Call] = []
    reads: dict[str, None] = {}
    texts: list[str] = []
    for part in walk(node):
        kind = part.__class__  # an isinstance for every node of a script is what costs here
        if kind is ast.Name:
            if part.ctx.__class__ is ast.Load:  # type: ignore[attr-defined]
                reads.setdefault(part.id)  # type: ignore[attr-defined]
        elif kind is ast.Call:
            calls.append(part)  # type: ignore[arg-type]
        elif kind is ast.Attribute:
            owner = part.value  # type: ignore[attr-defined]
            if owner.__class__ is ast.Name and owner.id in ("self", "cls"):
                reads.setdefault(f"{owner.id}.{part.attr}")  # type: ignore[attr-defined]
        elif kind is ast.Constant:
            text = part.value  # type: ignore[attr-defined]
            if isinstance(text, str) and len(text) < 200:
                texts.append(text)
    if len(calls) > 1:
        calls.sort(key=lambda call: (call.lineno, call.col_offset))
    return calls, list(reads), " ".join(texts)


def size_of(body: Iterable[ast.stmt]) -> int:
    return sum(1 + sum(size_of(suite) for suite in suites_of(node)) for node in body)


def target_names(node: ast.expr) -> Iterator[str]:
    if isinstance(node, (ast.Tuple, ast.List)):
        for item in node.elts:
            yield from target_names(item)
    else:
        name = root_name(node)
        if name is not None:
            yield name


def computes(value: ast.expr) -> bool:
    """More than a constant, a name or an empty container."""
    return any(isinstance(n, (ast.BinOp, ast.Compare)) for n in walk(value)) or (
        isinstance(value, ast.Call) and bool(value.args or isinstance(value.func, ast.Attribute))
    )


def slices_rows(value: ast.expr) -> bool:
    items = value.elts if isinstance(value, ast.Tuple) else [value]
    return all(divides_rows(item) for item in items)


def divides_rows(value: ast.expr) -> bool:
    """``X[:n]``, ``df.iloc[train_idx]``, ``df[df.year < 2020]``, ``df.sample(frac=0.8)``, ``df.drop(train.index)``."""
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
        if value.func.attr == "sample":
            return True
        if value.func.attr == "drop" and value.args:
            first = value.args[0]
            return isinstance(first, ast.Attribute) and first.attr == "index"
        if value.func.attr in ("copy", "reset_index", "values", "to_numpy"):
            return divides_rows(value.func.value)
        return False
    if isinstance(value, ast.Attribute) and value.attr == "values":
        return divides_rows(value.value)
    if not isinstance(value, ast.Subscript):
        return False
    if isinstance(value.value, ast.Subscript) and divides_rows(value.value):
        return True  # rows first, then columns
    index = value.slice.elts[0] if isinstance(value.slice, ast.Tuple) and value.slice.elts else value.slice
    if isinstance(index, ast.Slice):
        return index.lower is not None or index.upper is not None
    if isinstance(index, (ast.Compare, ast.UnaryOp, ast.BoolOp)):
        return True
    if isinstance(index, ast.Call) and isinstance(index.func, ast.Attribute):
        return index.func.attr in ("isnull", "isna", "notnull", "notna", "isin", "between", "eq", "ne", "lt", "gt")
    if isinstance(index, ast.BinOp):
        return isinstance(index.op, (ast.BitAnd, ast.BitOr))
    return isinstance(index, ast.Name) and bool(
        words.SPLIT_NAME.search(index.id) or index.id.endswith(("idx", "index", "mask"))
    )


def starts_at(value: ast.expr, target: ast.expr) -> bool:
    """Whether a chain of calls begins at the column that it is stored into: ``df["a"] = df["a"].fillna(0)``."""
    while isinstance(value, (ast.Call, ast.Attribute)):
        value = value.func if isinstance(value, ast.Call) else value.value
    return ast.dump(value).replace("Load()", "Store()") == ast.dump(target).replace("Load()", "Store()")


def averages(value: ast.expr) -> bool:
    for node in walk(value):
        if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Div, ast.Mult)):
            return True
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in ("mean", "average", "median", "gmean")
        ):
            return True
    return False


def is_scalar_key(value: ast.Subscript) -> bool:
    return isinstance(value.slice, ast.Constant) and isinstance(value.slice.value, int)


def snake_case(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).strip("_")


def is_dotted(node: ast.expr) -> bool:
    return bool(dotted(node))


def dotted(node: ast.expr) -> str:
    """``a.b.c`` as it is written; empty when it is more than names and dots."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""
