"""Columns chosen with the help of rows: selectors, importances, coefficients, correlations, tests.

Scores of columns are statistics with the name `SCORES`; names and positions picked by them keep the lineage, and a
table whose columns are picked by such a value has learned it.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from cst_tools.flow import columns
from cst_tools.flow.arguments import Arguments
from cst_tools.flow.values import (
    NO_CONSTANT,
    UNKNOWN,
    Estimator,
    Kind,
    Learned,
    Learns,
    Value,
    flatten,
    merged,
    replace,
)

if TYPE_CHECKING:
    from cst_tools.flow.interpreter import Interpreter

SCORES = "selection"
CORRELATION = "corr"
_OF_MODELS = frozenset(
    ("feature_importances_", "coef_", "feature_importance", "get_score", "get_fscore", "get_feature_importance",
     "feature_importances", "coefs_")
)  # fmt: skip
_OF_SELECTORS = frozenset(
    ("support_", "ranking_", "scores_", "pvalues_", "get_support", "k_feature_names_", "k_feature_idx_",
     "get_feature_names_out", "get_feature_names", "support_weak_", "best_feature_names_", "best_idx_",
     "selected_features_",
     "features_to_drop_", "get_metric_dict", "subsets_")
)  # fmt: skip
ATTRIBUTES = _OF_MODELS | _OF_SELECTORS


def scores_of(m: Interpreter, owner: Value, state: Estimator, name: str, node: ast.AST) -> Value | None:
    """``model.feature_importances_``, ``selector.get_support()``; None when the name or the object is another."""
    chosen = frozenset(one for one in state.fits if one.kind is Learns.SELECT)
    if chosen and name in ATTRIBUTES:
        return Value(Kind.STATISTIC, learned=chosen, name=SCORES)
    if name not in _OF_MODELS or not state.trained:
        return None
    learned = Learned(m.place(node), state.trained, Learns.SELECT, name, supervised=True, ref=owner.ref)
    return Value(Kind.STATISTIC, learned=frozenset({m.record_learned(learned)}), name=SCORES)


def of_results(m: Interpreter, owner: Value, node: ast.Attribute) -> Value:
    """``sm.OLS(y, X).fit().pvalues``"""
    learned = m.record_learned(Learned(m.place(node), owner.rows, Learns.SELECT, node.attr, supervised=True))
    return Value(Kind.STATISTIC, learned=frozenset({learned}), name=SCORES)


def association(m: Interpreter, name: str, a: Arguments) -> Value:
    """``f_classif(X, y)``, ``pearsonr(X[c], y)``, ``permutation_importance(model, X, y)``"""
    data = [leaf for v in a.values for leaf in flatten(v) if leaf.kind is Kind.DATA and leaf.rows]
    if len(data) < 2:
        return UNKNOWN
    return _scores(m, data, name.rpartition(".")[2], a, supervised=True)


def correlation(m: Interpreter, owner: Value, name: str, a: Arguments) -> Value:
    """``df.corr()``, ``X.corrwith(y)``, ``X[c].corr(y)``"""
    others = [v for v in a.positional if v.kind is Kind.DATA and v.rows]
    if any(v.models for v in [owner, *others]):
        return UNKNOWN
    if others:
        return _scores(m, [owner, *others], name, a, supervised=True)
    return replace(_scores(m, [owner], CORRELATION, a, supervised=False), const=NO_CONSTANT)


def _scores(m: Interpreter, data: list[Value], what: str, a: Arguments, *, supervised: bool) -> Value:
    both = merged(data)
    # rows of one class against rows of another: all of them
    rows = frozenset(replace(p, path=p.path[:-1]) if p.path and "==" in p.path[-1][0] else p for p in both.rows)
    learned = Learned(m.place(a.node), rows, Learns.SELECT, what, supervised, both.concatenated)
    if supervised:
        m.record_learned(learned)
    return Value(Kind.STATISTIC, learned=frozenset({learned}), name=SCORES)


def narrow(value: Value, selection: Value) -> Value:
    """``df.corr()["target"]``: correlations with that column."""
    if value.name != SCORES:
        return value
    names = columns.constant_names(selection) or frozenset(
        item.const for item in selection.items if item.kind is Kind.CONST and isinstance(item.const, str)
    )
    if not names or not any(one.what == CORRELATION for one in value.learned):
        return value
    learned = frozenset(
        replace(one, columns=names, what=f"{CORRELATION} with {min(names)}") if one.what == CORRELATION else one
        for one in value.learned
    )
    return replace(value, learned=learned)


def picks(value: Value, depth: int = 0) -> frozenset[Learned]:
    """What a value that picks columns was chosen by."""
    if value.kind is Kind.DATA and not value.learned:
        return frozenset()
    found = frozenset(one for one in value.learned if one.kind is Learns.SELECT)
    if value.kind in (Kind.SEQUENCE, Kind.MAPPING) and depth < 3:
        for item in value.items[:20]:
            found |= picks(item, depth + 1)
    return found


def pick(m: Interpreter, table: Value, selection: Value) -> Value:
    """``table`` with columns picked by ``selection``: it has learned what they were chosen by."""
    chosen = picks(selection) if selection.kind is not Kind.DATA else frozenset()
    if not chosen:
        return table
    return replace(table, learned=table.learned | {m.record_learned(one) for one in chosen})


def influenced(value: Value, by: Value) -> Value:
    """``value`` chosen, sorted or filtered by scores of columns."""
    chosen = picks(by)
    if not chosen or value.kind in (Kind.DATA, Kind.CONST) or chosen <= value.learned:
        return value
    return replace(value, learned=value.learned | chosen)


def combined(left: Value, right: Value) -> Value | None:
    """Arithmetic or a comparison with scores of columns. None when neither is one, or rows take part."""
    for one, other in ((left, right), (right, left)):
        if one.name == SCORES and one.kind is Kind.STATISTIC:
            if other.kind is Kind.DATA:
                return None
            return influenced(one, other)
    return None


def table_of(values: list[Value]) -> Value | None:
    """``pd.DataFrame({"name": X.columns, "score": importances})``: None when no scores are among the values."""
    found = [v for v in values if v.name == SCORES and v.kind is Kind.STATISTIC]
    if not found or any(v.kind is Kind.DATA and v.rows for v in values):
        return None
    result = found[0]
    for value in found[1:]:
        result = influenced(result, value)
    return result
