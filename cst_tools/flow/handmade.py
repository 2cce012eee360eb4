"""Models written by hand: ``X_test @ w`` where ``w`` was computed from training rows predicts the test rows."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from cst_tools.flow.libraries.spec import Act, Spec
from cst_tools.flow.values import Estimator, Kind, Rows, Value, overlap, replace

if TYPE_CHECKING:
    from cst_tools.flow.interpreter import Interpreter

PRODUCTS = frozenset(("dot", "matmul", "mm", "matvec", "inner", "tensordot", "cdist", "pairwise_distances"))
_MODEL = Spec(Act.MODEL)


def product(m: Interpreter, node: ast.AST, left: Value, right: Value) -> Value | None:
    """Rows times parameters made of other rows of the same table: predictions. None when it is something else."""
    if left.kind is not Kind.DATA or right.kind is not Kind.DATA or right.models:
        return None
    if left.models:  # the next layer
        return left if right.rows and not overlap(left.rows, right.rows) else None
    rows = _apart(left.rows, right.rows)
    if not rows:
        return None
    model = m.new_object(Estimator(_MODEL, m.place(node), trained=right.rows, learned=right.learned))
    return replace(
        left,
        rows=rows,
        learned=left.learned | right.learned,
        models=frozenset() if model.ref is None else frozenset({model.ref}),
        columns=None,
        items=(),
    )


def _apart(rows: Rows, others: Rows) -> Rows:
    """Those of ``rows`` that a split has parted from some of ``others``."""
    roots = {part.root for part in others}
    return frozenset(p for p in rows if p.root in roots and p.path and not overlap(frozenset({p}), others))
