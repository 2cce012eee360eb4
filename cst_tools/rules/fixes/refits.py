"""The test rows are served by what the training rows taught: hand-written statistics, loops over both parts."""

from __future__ import annotations

import ast

from cst_tools.flow.values import overlap
from cst_tools.rules.edit import Editor
from cst_tools.rules.fixes.variables import read, root, stored, subject, variable
from cst_tools.rules.fixes.vocabulary import STATISTICS
from cst_tools.rules.leak import Leak
from cst_tools.rules.rule import Context
from cst_tools.types import Fix, FixClass

_KEPT_BY_FILLING = frozenset({"mean", "median", "mode"})
"""Statistics that stay what they are when gaps are filled with them."""


def by_training_rows(context: Context, leak: Leak) -> Fix | None:
    """An edit where no fitted object is at hand for the test rows."""
    return _statistic_of_training(context, leak) or _fit_above_loop(context, leak)


def _statistic_of_training(context: Context, leak: Leak) -> Fix | None:
    """``test = test.fillna(test.mean())`` goes above the same for the training rows, and takes their mean."""
    placed = context.statement_of(leak.learned.node)
    if placed is None or leak.evaluation is None:
        return None
    statement, body = placed
    target = statement.targets[0] if isinstance(statement, ast.Assign) and len(statement.targets) == 1 else None
    test = root(target) if target is not None else None
    if test is None or not isinstance(statement, ast.Assign):
        return None
    for one in context.flow.learned:
        other = context.statement_of(one.node) if one.what == leak.learned.what else None
        if other is None or other[1] is not body or body.index(other[0]) >= body.index(statement):
            continue
        if not overlap(one.rows, leak.evaluation.trained) or overlap(one.rows, leak.evaluation.rows):
            continue
        above = other[0]
        train = root(above.targets[0]) if isinstance(above, ast.Assign) and len(above.targets) == 1 else None
        if train is None or ast.unparse(above) != _renamed(statement, test, train):
            continue
        between = body[body.index(above) + 1 : body.index(statement)]
        needed = read(statement) | {test, train}
        if stored(between) & needed or test in read(between):
            continue
        return _moved_above(context, statement, above, (test, train))
    return None


def _moved_above(context: Context, statement: ast.Assign, above: ast.stmt, names: tuple[str, str]) -> Fix | None:
    test, train = names
    editor = Editor(context)
    calls = [n for n in ast.walk(statement.value) if _is_statistic(context, n, test)]

    def choose(node: ast.AST) -> str | None:
        if not any(node is call for call in calls):
            return None
        return editor.rendered(node, lambda n: train if variable(n) == test else None)

    line, comment = editor.rendered(statement, choose), editor.trailing_comment(statement)
    if not calls or not editor.delete(statement):
        return None
    if not editor.insert_before(above, line + (f"  {comment}" if comment else "")):
        return None
    return Fix("Use the statistic of the training rows for both parts", FixClass.SAFE, editor.edits)


def _renamed(statement: ast.stmt, old: str, new: str) -> str:
    copy = ast.parse(ast.unparse(statement))
    for node in ast.walk(copy):
        if isinstance(node, ast.Name) and node.id == old:
            node.id = new
    return ast.unparse(copy)


def _is_statistic(context: Context, node: ast.AST, table: str) -> bool:
    if not isinstance(node, ast.Call):
        return False
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    rows = subject(context, node)
    return name in STATISTICS and rows is not None and root(rows) == table


def _fit_above_loop(context: Context, leak: Leak) -> Fix | None:
    """``for part in (train, test): part[c] = scaler.fit_transform(part[c])``: fit once, above the loop."""
    call = leak.learned.node
    placed = context.statement_of(call)
    loop = context.parents.get(placed[0]) if placed is not None else None
    if placed is None or not isinstance(loop, ast.For) or not isinstance(loop.iter, ast.Tuple | ast.List):
        return None
    part = variable(loop.target)
    names = [variable(element) for element in loop.iter.elts]
    if part is None or len(names) < 2 or None in names or not isinstance(call, ast.Call):
        return None
    rows = subject(context, call)
    if rows is None or root(rows) != part or placed[0] is not _first_change(loop, part):
        return None
    train = next((n for n in names if n is not None and "tr" in n.lower()), names[0]) or ""
    editor = Editor(context)
    fewer = editor.rendered(rows, lambda n: train if variable(n) == part else None)
    method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    title = "Fit on the training rows once, above the loop"
    if isinstance(call.func, ast.Attribute) and method == "fit_transform" and len(call.args) == 1 and not call.keywords:
        owner = variable(call.func.value)
        made = context.source(call.func.value)
        if owner is not None and owner in stored(loop.body[: loop.body.index(placed[0])]):
            return None
        name = owner or editor.unused("transformer")
        line = f"{made}.fit({fewer})" if owner is not None else f"{name} = {made}.fit({fewer})"
        if not editor.insert_before(loop, line):
            return None
        editor.replace(call, f"{name}.transform({context.source(rows)})")
        return Fix(title, FixClass.REVIEW, editor.edits)
    filled = ast.unparse(placed[0])
    if method in _KEPT_BY_FILLING and ".fillna(" in filled and names[0] == train:
        new = editor.rendered(call, lambda n: train if variable(n) == part else None)
        editor.replace(call, new)
        return Fix("Fill with the statistic of the training rows", FixClass.REVIEW, editor.edits)
    return None


def _first_change(loop: ast.For, part: str) -> ast.stmt | None:
    return next((s for s in loop.body if part in stored(s)), None)
