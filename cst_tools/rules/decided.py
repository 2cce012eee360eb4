"""What the rules on choosing share: which decisions of a program were made on rows that it then reports."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from cst_tools.flow.choosing import How, Reported, Selection, is_stopper
from cst_tools.flow.values import Evaluation, EvaluationKind, Flow, Learns, Part, Rows, Score, overlap
from cst_tools.rules.decision_syntax import (
    FUNCTIONS,
    KEEPS_WEIGHTS,
    PATIENCE,
    SAVES,
    Loop,
    assigned_in,
    calls_in,
    fits_inside,
    in_function,
    is_clipped,
    is_drawn,
    is_running_best,
    is_used,
    keeps_the_better,
    loop_of,
    trains_anew,
    trains_further,
    turns,
)
from cst_tools.rules.described import is_description
from cst_tools.rules.rule import Context, parting
from cst_tools.rules.scored import scored
from cst_tools.types import Severity


@dataclass(frozen=True)
class Decision:
    """One decision, the code of its kind, and the scores that made it."""

    code: str
    selection: Selection
    scores: tuple[Score, ...]
    severity: Severity

    @property
    def rows(self) -> Rows:
        return frozenset().union(*(s.rows for s in self.scores))


def decisions(context: Context) -> tuple[Decision, ...]:
    """All decisions on reported rows, one for each set of scores; computed once for all rules."""
    found = context.cache.get("decisions")
    if not isinstance(found, tuple):
        found = context.cache["decisions"] = tuple(_decisions(context))
    return found


def _decisions(context: Context) -> Iterator[Decision]:
    best: dict[frozenset[object], Decision] = {}
    selections = context.flow.of(Selection)
    ranges = _ranges(selections)
    for selection in selections:
        if selection.how is How.EXTREME and frozenset(s.place for s in selection.scores) in ranges:
            continue
        if is_description(context, selection):
            continue
        decision = _decide(context, selection)
        if decision is None:
            continue
        key = frozenset(s.place for s in decision.scores)
        same = next((k for k in best if k & key), None)
        if same is None:
            best[key] = decision
        elif _rank(decision) < _rank(best[same]):
            best[same] = decision
    yield from best.values()


def _ranges(selections: tuple[Selection, ...]) -> set[frozenset[object]]:
    """Scores of which both the smallest and the largest are taken: their spread is described, none is chosen."""
    ends: dict[frozenset[object], set[str]] = {}
    for selection in selections:
        if selection.how is How.EXTREME:
            called = getattr(selection.place.node, "func", None)
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            found = ends.setdefault(frozenset(s.place for s in selection.scores), set())
            found |= {end for end in ("max", "min") if end in name}
    return {key for key, found in ends.items() if len(found) == 2}


def _rank(decision: Decision) -> int:
    return (Severity.ERROR, Severity.WARNING, Severity.INFORMATION).index(decision.severity)


def _decide(context: Context, selection: Selection) -> Decision | None:
    held = tuple(
        s
        for s in sorted(selection.scores, key=lambda s: s.place.position)
        if s.kind is EvaluationKind.METRIC and s.rows and not overlap(s.rows, selection.trained)
    )
    if not held:
        return _by_log(context, selection) or _by_folds(context, selection)
    rows: Rows = frozenset().union(*(s.rows for s in held))
    if _scored_after(context.flow, rows, selection.trained) or not _decides(context, selection, held):
        return None
    loop = loop_of(context, selection.place.node) or next(
        (found for s in held if (found := loop_of(context, s.place.node)) is not None), None
    )
    if scored_elsewhere(context, rows, selection.trained, loop):
        return None
    code = _code(context, selection, held, loop)
    severity = Severity.ERROR if selection.trained else Severity.WARNING
    if in_folds(context.flow, selection.trained, rows):
        code, severity = "L305", Severity.WARNING
    elif role_of(context.flow, rows, selection.trained) == "validation":
        severity = Severity.INFORMATION
    elif code == "L304" and any(s.curve for s in held):
        severity = _curve_severity(context, selection, rows)
    elif selection.how is How.POSITION and not is_used(context, selection.place.node):
        severity = Severity.INFORMATION
    return Decision(code, selection, held, severity)


def _by_log(context: Context, selection: Selection) -> Decision | None:
    """The number of epochs chosen by what ``fit`` logs of the rows it watches, or the score of the best one taken."""
    log = tuple(s for s in selection.scores if s.kind is EvaluationKind.LOG and not overlap(s.rows, selection.trained))
    node = selection.place.node
    if not log or selection.how not in (How.POSITION, How.EXTREME) or is_drawn(context, node):
        return None
    rows: Rows = frozenset().union(*(s.rows for s in log))
    reported = any(overlap(e.rows, rows) for e in scored(context.flow).of_rows(rows))
    best = selection.how is How.EXTREME
    if reported is best or scored_elsewhere(context, rows, selection.trained, None):
        return None
    hint = role_of(context.flow, rows, selection.trained) == "validation" or (not best and not is_used(context, node))
    if best and in_folds(context.flow, selection.trained, rows):
        return Decision("L305", selection, log, Severity.WARNING)
    return Decision("L303" if best else "L301", selection, log, Severity.INFORMATION if hint else Severity.WARNING)


def _by_folds(context: Context, selection: Selection) -> Decision | None:
    """Chosen by cross-validation: fine, unless the best score is all that is reported."""
    folds = tuple(s for s in selection.scores if s.kind is EvaluationKind.CROSS_VALIDATION)
    rows: Rows = frozenset().union(*(s.rows for s in folds))
    if not folds or scored_elsewhere(context, rows, frozenset().union(*(s.trained for s in folds)), None):
        return None
    if not _decides(context, selection, folds):
        return None
    read = any(overlap(s.rows, rows) for event in context.flow.of(Reported) for s in event.scores)
    named = selection.how in (How.EXTREME, How.COMPARE) or read
    return Decision("L305", selection, folds, Severity.WARNING if named else Severity.INFORMATION)


def _decides(context: Context, selection: Selection, held: tuple[Score, ...]) -> bool:
    node = selection.place.node
    if selection.how is How.SEARCH or selection.how is How.PATIENCE:
        return True
    if isinstance(node, ast.If):
        return keeps_the_better(context, node, held)
    if isinstance(node, ast.IfExp):
        if is_running_best(node) and (loop_of(context, node) is not None or in_function(context, node)):
            return True
        return len(held) > 1 and not (isinstance(node.body, ast.Constant) and isinstance(node.orelse, ast.Constant))
    several = len({(s.place, s.models) for s in held}) > 1 or any(
        s.curve
        or (s.kind is EvaluationKind.CROSS_VALIDATION and not s.mean and selection.how is How.EXTREME)
        or loop_of(context, s.place.node) is not None
        or in_function(context, s.place.node)
        for s in held
    )
    return several and not is_drawn(context, node) and not is_clipped(node)


# ---- what kind of decision --------------------------------------------------------------------------------


def _code(context: Context, selection: Selection, held: tuple[Score, ...], loop: Loop | None) -> str:
    if any(s.curve for s in held):
        return "L304"
    node = selection.place.node
    arm = [*node.body, *node.orelse] if isinstance(node, ast.If) else []
    if selection.how is How.PATIENCE or _is_in_stopper(context, node):
        return "L302"
    epochs = loop is not None and trains_further(loop)
    searched = selection.how is How.SEARCH
    if (
        not epochs
        and not searched
        and loop_of(context, node) is None
        and _trained_by_gradient(context, selection, held)
        and not _anew(context, held)
    ):
        return "L303"  # the best of the scores that the epochs left in a list
    if epochs or (calls_in(arm) & KEEPS_WEIGHTS and not (loop is not None and fits_inside(loop))):
        stops = isinstance(loop, ast.stmt) and any(PATIENCE.search(name) for name in assigned_in([loop]))
        return "L302" if stops and not calls_in(arm) & SAVES else "L303"
    one = len({s.models for s in held}) == 1 and all(s.models for s in held)
    trained_inside = loop is not None and (fits_inside(loop) or _trained_in(context, held, loop))
    mixed = any(s.cut or len(s.models) > 1 for s in held)
    if one and not trained_inside and mixed and selection.how is not How.SEARCH:
        return "L304"
    if selection.how is How.SEARCH and one and mixed and not _fits_in_function(context, held):
        return "L304"
    return "L301"


def _is_in_stopper(context: Context, node: ast.AST) -> bool:
    """Whether it stands in a class that stops training early."""
    current = context.parents.get(node)
    while current is not None:
        if isinstance(current, ast.ClassDef):
            return is_stopper(current.name)
        current = context.parents.get(current)
    return False


def _trained_by_gradient(context: Context, selection: Selection, held: tuple[Score, ...]) -> bool:
    """Whether one and the same model, trained by hand, has all the scores."""
    models = {m for s in held for m in s.models}
    fitted = any(t.model in models for t in context.flow.trainings)
    return len(models) == 1 and bool(selection.trained) and not fitted and not any(s.cut for s in held)


def _anew(context: Context, held: tuple[Score, ...]) -> bool:
    """Whether the scores are of models that were each trained from the start: settings are compared, not epochs."""
    kinds = (trains_anew(context, loop) for loop in turns(context, held[0].place.node))
    return next((kind for kind in kinds if kind is not None), False)


def _trained_in(context: Context, held: tuple[Score, ...], loop: Loop) -> bool:
    inside = set(ast.walk(loop))
    models = {m for s in held for m in s.models}
    return any(t.model in models and t.node in inside for t in context.flow.trainings)


def _fits_in_function(context: Context, held: tuple[Score, ...]) -> bool:
    """Whether the function that computes the score also trains the model."""
    for score in held:
        current: ast.AST | None = score.place.node
        while current is not None and not isinstance(current, FUNCTIONS):
            current = context.parents.get(current)
        if current is not None and calls_in([current]) & {"fit", "train"}:
            return True
    return False


def _curve_severity(context: Context, selection: Selection, rows: Rows) -> Severity:
    """A best threshold is a finding once predictions cut at it are scored on the same rows."""
    for evaluation in context.flow.evaluations:
        for learned in evaluation.learned:
            if learned.kind is Learns.CHOICE and learned.place is selection.place and overlap(evaluation.rows, rows):
                return Severity.ERROR
    for event in context.flow.of(Reported):
        if any(s.chosen is selection.place for s in event.scores):
            return Severity.WARNING
    return Severity.INFORMATION


# ---- the rows ---------------------------------------------------------------------------------------------


def role_of(flow: Flow, rows: Rows, trained: Rows = frozenset()) -> str | None:
    """What a name says about the rows, or about rows they were taken from, if those are not all rows (``valid``)."""
    found = set()
    for part in rows:
        for length in range(len(part.path), -1, -1):
            whole = Part(part.root, part.path[:length])
            role = flow.roles.get(whole)
            if role is not None:
                if not any(whole.strictly_contains(other) for other in trained):
                    found.add(role)
                break
    return found.pop() if len(found) == 1 else None


def in_folds(flow: Flow, trained: Rows, rows: Rows) -> bool:
    parted = parting(trained, rows)
    return parted is not None and parted[0] in flow.splits and flow.splits[parted[0]].folds


def scored_elsewhere(context: Context, rows: Rows, trained: Rows, loop: Loop | None) -> bool:
    """Whether some other held-out rows are scored: then those count, and the choice was made on validation rows."""
    if _scored_after(context.flow, rows, trained):
        return True
    return any(not _is_logged(context, e, loop) for e, _ in _other_scores(context.flow, rows, trained))


def _scored_after(flow: Flow, rows: Rows, trained: Rows) -> bool:
    """The same where no name calls those other rows validation rows: told without a look at the syntax."""
    return any(role != "validation" for _, role in _other_scores(flow, rows, trained))


def _other_scores(flow: Flow, rows: Rows, trained: Rows) -> Iterator[tuple[Evaluation, str | None]]:
    """Scores of held-out rows that are neither these nor trained on, and what the rows are called."""
    known: list[tuple[Evaluation, str | None]] | None = flow.cache.get("roles of scores")
    if known is None:
        known = [(e, role_of(flow, e.rows, e.trained)) for e in scored(flow).held_out if e.models]
        known = flow.cache["roles of scores"] = [(e, role) for e, role in known if role != "train"]
    for evaluation, role in known:
        if not overlap(evaluation.rows, rows) and not overlap(evaluation.rows, trained):
            yield evaluation, role


def _is_logged(context: Context, evaluation: Evaluation, loop: Loop | None) -> bool:
    """Whether validation rows are scored along with the choice, not after it."""
    return loop is None or any(n is evaluation.node for n in ast.walk(loop)) or in_function(context, evaluation.node)
