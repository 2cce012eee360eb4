"""Where scores decide: a better one is kept, the best of a list is taken, a search minimises a function.

Each decision is recorded as a `Selection` for the rules, and what it picked carries the scores as ``chosen``.
"""

from __future__ import annotations

import ast
import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cst_tools.flow import calls
from cst_tools.flow.arguments import Arguments
from cst_tools.flow.scores import LOG, MEANS, averaged, chosen, history, logged, scores_of
from cst_tools.flow.values import (
    UNKNOWN,
    Estimator,
    EvaluationKind,
    Event,
    Kind,
    Rows,
    Score,
    Value,
    flatten,
    join,
    replace,
)

if TYPE_CHECKING:
    from cst_tools.flow.interpreter import Interpreter

RANKED = "ranked"
_LARGEST = frozenset(["argmax", "argmin", "nanargmax", "nanargmin", "idxmax", "idxmin"])
EXTREMES = _LARGEST | frozenset(
    ["max", "min", "amax", "amin", "nanmax", "nanmin", "nlargest", "nsmallest", "maximum", "minimum"]
)
RANKS = frozenset(["sorted", "argsort", "sort_values", "sort"])
_SEVERAL = frozenset(["nlargest", "nsmallest"])
_FIRST = frozenset(["head", "tail", "first", "last", "pop", "row"])
_VALUES_OF_A_SEARCH = frozenset(
    ["best_value", "best_trial", "best_score", "best_result", "fun", "best_score_", "max", "value"]
)


class How(enum.Enum):
    """What a score decides with."""

    COMPARE = "compare"
    EXTREME = "extreme"
    POSITION = "position"
    """The best one's position or name (``argmax``), not its score."""
    SEARCH = "search"
    """A function that returns the score is minimised or maximised."""
    PATIENCE = "patience"
    """An object that stops the training when the score no longer improves."""


@dataclass(frozen=True, slots=True)
class Selection(Event):
    """Something is chosen by scores."""

    scores: frozenset[Score]
    how: How
    trained: Rows
    """Rows that the scored models were trained on by now."""


@dataclass(frozen=True, slots=True)
class Reported(Event):
    """The best score of a search, or the value of a curve at the best threshold, is read."""

    scores: frozenset[Score]


def select(m: Interpreter, node: ast.AST, scores: frozenset[Score], how: How) -> None:
    """Record that ``scores`` decide at ``node``."""
    fresh = frozenset(replace(s, chosen=None) for s in scores)
    models: frozenset[int] = frozenset().union(*(s.models for s in fresh))
    trained: Rows = m.model_facts(models)[0].union(*(s.trained for s in fresh))
    m.record_event(Selection(m.place(node), fresh, how, trained))


# ---- comparisons -----------------------------------------------------------------------------------------


def branch(m: Interpreter, node: ast.If | ast.IfExp, scores: frozenset[Score]) -> None:
    """``if score > best:``."""
    select(m, node, scores, How.COMPARE)


def kept(m: Interpreter, names: dict[str, Value], node: ast.If, scores: frozenset[Score]) -> dict[str, Value]:
    """What was assigned under such a comparison."""
    place = m.place(node)
    return {name: chosen(value, scores, place) for name, value in names.items()}


# ---- the best of several ---------------------------------------------------------------------------------


def best_of(m: Interpreter, name: str, a: Arguments) -> Value | None:
    """``max(scores)``, ``max(results, key=results.get)``, ``np.argmax(scores)``, ``sorted(...)``."""
    scores: frozenset[Score] = frozenset().union(*(scores_of(v) for v in a.positional))
    key = a.keywords.get("key")
    if key is not None:
        scores |= _scores_of_key(m, key, a)
    if not scores:
        return None
    first = a.positional[0] if a.positional else UNKNOWN
    if name in _SEVERAL:  # ``heapq.nlargest(1, results)``
        first = a.positional[1] if len(a.positional) > 1 else UNKNOWN
    if name in RANKS or (name in _SEVERAL and a.constant("n", 0) != 1):
        kind = first.kind if first.kind in (Kind.SEQUENCE, Kind.UNKNOWN) else Kind.UNKNOWN
        return replace(first, kind=kind, scores=scores, name=RANKED)
    how = How.POSITION if name in _LARGEST or (key is not None and _is_name(m, first)) else How.EXTREME
    select(m, a.node, scores, how)
    return chosen(_representative(m, name, a), scores, m.place(a.node))


def _is_name(m: Interpreter, first: Value) -> bool:
    """Whether what is picked is a key or a candidate, not something that holds the score."""
    return not any(scores_of(v) for v in m.iterate(first))


def _representative(m: Interpreter, name: str, a: Arguments) -> Value:
    if name not in ("max", "min") or not a.positional:
        return UNKNOWN
    result = UNKNOWN
    for item in m.iterate(a.positional[0]) if len(a.positional) == 1 else a.positional:
        result = join(result, item)
    return replace(result, models=frozenset(), rows=frozenset()) if result.kind is Kind.RESIDUAL else result


def _scores_of_key(m: Interpreter, key: Value, a: Arguments) -> frozenset[Score]:
    """The scores that ``key=`` compares by."""
    if key.kind in (Kind.FUNCTION, Kind.METHOD):
        results = [
            calls.call_value(m, key, Arguments(a.node, [item])) for v in a.positional[:1] for item in m.iterate(v)
        ]
        return frozenset().union(*(scores_of(v) for v in results))
    expression = a.expression(None, "key")
    if isinstance(expression, ast.Attribute):  # results.get, results.__getitem__
        return scores_of(m.evaluate(expression.value))
    return frozenset()


def method(m: Interpreter, owner: Value, name: str, a: Arguments, base: ast.expr) -> Value | None:
    """A method of a table, array or number made of scores; None: nothing of ours."""
    if name in _SEVERAL and a.constant("n", 0) != 1:
        return replace(owner, name=RANKED)
    if name in EXTREMES:
        select(m, a.node, owner.scores, How.POSITION if name in _LARGEST else How.EXTREME)
        return chosen(Value(name=owner.name), owner.scores, m.place(a.node))
    if name in RANKS:
        ranked = replace(owner, name=RANKED)
        if a.constant("inplace") is True:
            m.assign_to(base, ranked)
        return ranked
    count = {"head": 1, "tail": 1, "row": 0}.get(name)
    if owner.name == RANKED and name in _FIRST and (count is None or a.constant("n", 0) == count):
        return _first(m, a.node, owner)
    if name == "index":  # ``losses.index(min(losses))``
        select(m, a.node, owner.scores, How.POSITION)
        return position_of(m, a)
    if name == "optimize" or owner.kind is not Kind.UNKNOWN:
        return None
    if name in ("agg", "aggregate") and any(leaf.const in MEANS for v in a.positional for leaf in flatten(v)):
        name = "describe"
    known = averaged(m, name, owner.scores, a.node)
    return owner if known is owner.scores else replace(owner, scores=known)


def item(m: Interpreter, node: ast.expr, owner: Value, index: Value, found: Value) -> Value:
    """``found`` = ``owner[index]``: the first of a ranking was chosen, and so was what a chosen index picks."""
    if owner.name == RANKED and index.kind is Kind.CONST and index.const in (0, -1):
        select(m, node, owner.scores, How.EXTREME)
        return chosen(found, owner.scores, m.place(node))
    for score in index.scores:
        if score.chosen is not None:
            picked = frozenset(s for s in index.scores if s.chosen is not None)
            return replace(chosen(found, frozenset(), score.chosen), scores=found.scores | picked)
    return found


def element(m: Interpreter, owner: Value, node: ast.Subscript) -> Value:
    """A subscript of something made of scores."""
    if isinstance(node.slice, ast.Slice):
        one = isinstance(node.slice.upper, ast.Constant) and node.slice.upper.value == 1
        return _first(m, node, owner) if one and owner.name == RANKED else owner
    index = m.evaluate(node.slice)
    if owner.name == "history" and index.kind is Kind.CONST:
        return history(owner, index.const)
    if owner.name == LOG and index.kind is Kind.CONST:
        return logged(owner, index.const)
    if any(s.chosen is not None for s in index.scores) and owner.name != "curve":
        m.record_event(Reported(m.place(node), index.scores))
    found = item(m, node, owner, index, owner)
    return replace(found, name="") if found.name == RANKED and found is not owner else found


def _first(m: Interpreter, node: ast.AST, ranked: Value) -> Value:
    select(m, node, ranked.scores, How.EXTREME)
    return chosen(Value(), ranked.scores, m.place(node))


def ranked_list(m: Interpreter, owner: Value, base: ast.expr, a: Arguments) -> None:
    """``results.sort(key=...)``."""
    scores = scores_of(owner)
    if scores:
        m.assign_to(base, replace(owner, scores=scores, name=RANKED))


def position_of(m: Interpreter, a: Arguments) -> Value:
    """``scores.index(max(scores))``."""
    first = a.positional[0] if a.positional else UNKNOWN
    return Value(scores=first.scores)


BEST_ROUNDS = frozenset(["best_iteration", "best_iteration_", "best_ntree_limit", "tree_count_"])


def best_rounds(owner: Value, state: Estimator) -> Value:
    """``model.best_iteration``: a number of rounds that the watched rows chose."""
    models = frozenset({owner.ref} if owner.ref is not None else ())
    return Value(
        scores=frozenset(
            Score(c.place, EvaluationKind.LOG, c.rows, state.trained, models, chosen=c.place) for c in state.choices
        )
    )


# ---- patience --------------------------------------------------------------------------------------------


def is_stopper(name: str) -> bool:
    """Whether an object of a class so called stops training when a score no longer improves."""
    return "earlystop" in name.replace("_", "").lower()


def patience(m: Interpreter, a: Arguments) -> None:
    """``early_stopping(test_loss, model)``."""
    scores: frozenset[Score] = frozenset().union(*(scores_of(v) for v in a.positional))
    if scores:
        select(m, a.node, scores, How.PATIENCE)


# ---- searches --------------------------------------------------------------------------------------------


def minimise(m: Interpreter, function: Value, a: Arguments) -> Value:
    """A search over the arguments of ``function``, which returns a score (or a dict that holds it)."""
    if function.kind not in (Kind.FUNCTION, Kind.METHOD, Kind.INSTANCE):
        return UNKNOWN
    trial = Value(ref=m.number())
    parameters = getattr(getattr(function.node, "args", None), "args", [])
    many = max(len(parameters) - (function.kind is Kind.METHOD), 1)
    required = many - len(getattr(getattr(function.node, "args", None), "defaults", []))
    given = [trial] * max(required, 1)
    extra = a.keywords.get("args")  # ``minimize(loss, start, args=(predictions, labels))``
    if extra is not None:
        rest = list(extra.items) if extra.kind is Kind.SEQUENCE else [extra]
        given = [*given[: max(required - len(rest), 1)], *rest]
    result = calls.call_value(m, function, Arguments(a.node, given))
    scores = scores_of(result)
    if not scores:
        return UNKNOWN
    select(m, a.node, scores, How.SEARCH)
    return chosen(Value(), scores, m.place(a.node))


def optimize(m: Interpreter, a: Arguments, base: ast.expr) -> bool:
    """``study.optimize(objective)``; True when that is what it is."""
    function = a.get(0, "func", "objective")
    if function is None or function.kind not in (Kind.FUNCTION, Kind.METHOD, Kind.INSTANCE):
        return False
    best = minimise(m, function, a)
    if best.scores:
        m.assign_to(base, best)
    return True


def attribute(m: Interpreter, owner: Value, node: ast.Attribute) -> Value:
    """``study.best_params``, ``results.values``: still what the scores chose or are."""
    if node.attr in _VALUES_OF_A_SEARCH and any(s.chosen is not None for s in owner.scores):
        m.record_event(Reported(m.place(node), owner.scores))
    return owner


def searched(m: Interpreter, owner: Value, state: Estimator, node: ast.AST) -> frozenset[Score]:
    """The scores on folds by which a search object (``GridSearchCV``) chose."""
    return frozenset(
        {Score(state.place, EvaluationKind.SEARCH, state.trained, state.trained,
               frozenset({owner.ref} if owner.ref is not None else ()), chosen=state.place)}
    )  # fmt: skip
