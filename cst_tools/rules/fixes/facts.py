"""Small questions about statements that several fixes ask."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from cst_tools.flow.values import Learned
from cst_tools.rules.rule import Context


def statement_in(context: Context, body: list[ast.stmt], node: ast.AST) -> ast.stmt | None:
    """The statement of ``body`` that holds a node."""
    current: ast.AST | None = node
    while current is not None and not any(current is s for s in body):
        current = context.parents.get(current)
    return current if isinstance(current, ast.stmt) else None


def makes_numbers(value: ast.expr, learned: dict[ast.AST, Learned]) -> bool:
    """``np.mean(X)``, ``StandardScaler().fit(X)``, ``X.mean().to_dict()``: no rows come of it."""
    current: ast.AST = value
    while True:
        if current in learned:
            return not (isinstance(current, ast.Call) and "transform" in ast.unparse(current.func))
        if isinstance(current, ast.Call):
            current = current.func
        elif isinstance(current, ast.Attribute | ast.Subscript):
            current = current.value
        elif isinstance(current, ast.BinOp):
            return makes_numbers(current.left, learned) and makes_numbers(current.right, learned)
        else:
            return isinstance(current, ast.Constant)


def in_loop(context: Context, node: ast.AST) -> bool:
    current = context.parents.get(node)
    while current is not None and not isinstance(current, ast.FunctionDef | ast.AsyncFunctionDef):
        if isinstance(current, ast.For | ast.While):
            return True
        current = context.parents.get(current)
    return False


def in_one_cell(context: Context, statements: list[ast.stmt]) -> bool:
    cells = [context.script.cell_of(context.script.span_of(s)) for s in statements]
    return len({None if cell is None else cell[0] for cell in cells}) == 1


def is_inside(outer: ast.AST, node: ast.AST) -> bool:
    return any(inner is node for inner in ast.walk(outer))


def loses_the_index(node: ast.AST) -> bool:
    """``pd.DataFrame(scaler.fit_transform(X), columns=...)``: rows are numbered anew, in each part now."""
    if not isinstance(node, ast.Call) or "index" in {k.arg for k in node.keywords}:
        return False
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return name in ("DataFrame", "Series", "reset_index")


def pairs_of(statement: ast.stmt) -> Iterator[tuple[ast.expr, ast.expr]]:
    if not isinstance(statement, ast.Assign):
        return
    target, value = statement.targets[0], statement.value
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        yield from zip(target.elts, value.elts, strict=False)
    else:
        yield target, value


def literal_names(node: ast.AST | None) -> set[str] | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return {node.value}
    if isinstance(node, ast.List) and all(isinstance(e, ast.Constant) for e in node.elts):
        return {str(e.value) for e in node.elts if isinstance(e, ast.Constant)}
    return None


def dropped_names(value: ast.expr) -> set[str] | None:
    if not isinstance(value, ast.Call) or not isinstance(value.func, ast.Attribute) or value.func.attr != "drop":
        return None
    given = (
        value.args[0] if value.args else next((k.value for k in value.keywords if k.arg in ("columns", "labels")), None)
    )
    return literal_names(given)
