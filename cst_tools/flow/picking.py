"""Estimators that pick columns by name: a ``ColumnTransformer``, and pipelines that begin with one."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from cst_tools.flow.arguments import Arguments
from cst_tools.flow.column_sets import ANY_TABLE, of_names, union
from cst_tools.flow.libraries import Act, Spec
from cst_tools.flow.values import Columns, Estimator, Kind, Value, replace

if TYPE_CHECKING:
    from cst_tools.flow.interpreter import Interpreter


def picked(m: Interpreter, spec: Spec, a: Arguments, steps: list[int]) -> Columns | None:
    """The columns that reach the model; None where they are not all known."""
    if spec.act is Act.COLUMN_TRANSFORMER:
        return _listed(m, a)
    inner = [state for state in (m.heap.get(ref) for ref in steps) if isinstance(state, Estimator)]
    selecting = [state for state in inner if state.selects_columns]
    if len(inner) != len(steps) or len(selecting) != 1 or (spec.act is Act.PIPELINE and inner[0] is not selecting[0]):
        return None
    return selecting[0].picks


def _listed(m: Interpreter, a: Arguments) -> Columns | None:
    rest = a.get(None, "remainder")
    passing = rest is not None and rest.const != "drop"
    entries = [v for v in a.positional if v.kind is Kind.SEQUENCE]
    transformers = a.get(None, "transformers")
    if transformers is not None:
        entries = [transformers]
    if len(entries) == 1 and entries[0].items and all(v.kind is Kind.SEQUENCE for v in entries[0].items):
        entries = list(entries[0].items)
    taken = None if not passing else Columns(ANY_TABLE)
    for entry in entries:
        chosen = of_names(entry.items[-1], Columns(ANY_TABLE)) if len(entry.items) in (2, 3) else None
        if chosen is None or not chosen.sure:
            return None
        state = next((one for v in entry.items[:-1] if (one := m.estimator(v)) is not None), None)
        dropped = any(v.const == "drop" for v in entry.items[len(entry.items) - 2 : -1])
        if state is not None and state.selects_columns:
            return None
        if dropped and passing:
            if taken is None or chosen.only is None:
                return None
            taken = replace(taken, without=taken.without | chosen.only)
        elif not dropped and not passing:
            taken = chosen if taken is None else union(taken, chosen)
            if taken is None:
                return None
    return taken


def seen(state: Estimator, features: Value) -> tuple[Value, bool]:
    """The features as the model sees them, and whether it sees all of their columns."""
    if not state.selects_columns:
        return features, True
    columns = features.columns
    picks = state.picks
    if picks is None or columns is None or not columns.sure or picks.table not in (ANY_TABLE, columns.table):
        return features, False
    if picks.only is None:
        if columns.kept not in ("", picks.kept):
            return features, False
        kept = picks.kept or columns.kept
        rest = replace(
            columns, without=columns.without | picks.without, kept=kept, numbers=columns.numbers | picks.numbers
        )
        return replace(features, columns=replace(rest, site=picks.site or state.place)), True
    names = picks.only - columns.without if columns.only is None else picks.only & columns.only
    listed = columns.site is not None and isinstance(columns.site.node, ast.List)
    site = columns.site if listed else state.place  # to be mended where the columns are spelled out
    return replace(features, columns=replace(columns, only=names, without=frozenset(), site=site)), True
