"""Places where rows of a table are chosen: ``X[:n]``, ``X.iloc[train]``, ``df[mask]``."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass

from cst_tools.rules.fixes.variables import read, uses, uses_in_scope, variable
from cst_tools.rules.rule import Context


@dataclass(frozen=True)
class Selection:
    """Rows of one table, chosen in one place."""

    table: ast.expr
    node: ast.Subscript
    accessor: str
    """``.iloc``, ``.loc`` or nothing."""
    rows: str
    """The selector as it stands in the source."""
    selector: ast.expr

    @property
    def is_slice(self) -> bool:
        return isinstance(self.selector, ast.Slice)

    @property
    def names(self) -> set[str]:
        return read(self.selector)

    def is_mask(self, others: Iterable[Selection]) -> bool:
        """A boolean for each row: the complement is taken somewhere, or it is a comparison itself."""
        if isinstance(self.selector, ast.Compare | ast.UnaryOp | ast.BoolOp | ast.BinOp):
            return True
        return any(f"~{self.rows}" == o.rows or f"~{o.rows}" == self.rows for o in others)


def selections_of(context: Context, scope: ast.AST, name: str, from_line: int) -> list[Selection]:
    """Every place from a line on where rows of the variable are chosen."""
    found = []
    for use in uses_in_scope(context, scope, name):
        if use.lineno < from_line:
            continue
        parent = context.parents.get(use)
        accessor = ""
        if isinstance(parent, ast.Attribute) and parent.attr in ("iloc", "loc"):
            accessor = f".{parent.attr}"
            parent = context.parents.get(parent)
        if not isinstance(parent, ast.Subscript) or parent.slice is use or not isinstance(parent.ctx, ast.Load):
            continue
        chosen = parent.slice.elts[0] if isinstance(parent.slice, ast.Tuple) and parent.slice.elts else parent.slice
        if isinstance(chosen, ast.Constant | ast.List):
            continue
        if isinstance(chosen, ast.Slice) and chosen.lower is None and chosen.upper is None:
            continue
        found.append(Selection(use, parent, accessor, context.source(chosen), chosen))
    return found


def trained_on(context: Context, selections: list[Selection]) -> Selection | None:
    """The one whose rows a model is trained on."""
    inside: set[ast.AST] = set()
    names: set[str] = set()
    for training in context.flow.trainings:
        if isinstance(training.node, ast.Call):
            given = [*training.node.args, *(k.value for k in training.node.keywords if k.arg != "eval_set")]
            for argument in given[:1]:
                inside |= set(ast.walk(argument))
                names |= {name for name, _ in uses(argument)}
    for selection in selections:
        if selection.node in inside:
            return selection
    owners = {selection: _assigned_to(context, selection) for selection in selections}
    for selection, owner in owners.items():
        if owner in names:
            return selection
    return next((s for s, owner in owners.items() if owner is not None and "train" in owner.lower()), None)


def _assigned_to(context: Context, selection: Selection) -> str | None:
    """The variable that gets the selected rows as they are."""
    placed = context.statement_of(selection.node)
    if placed is None or not isinstance(placed[0], ast.Assign) or len(placed[0].targets) != 1:
        return None
    target, value = placed[0].targets[0], placed[0].value
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
        for left, right in zip(target.elts, value.elts, strict=True):
            if selection.node in set(ast.walk(right)):
                return variable(left)
        return None
    return variable(target)
