"""Which number the user cares about: candidates best first, each with a reason a person understands.

Every number that the script shows, keeps or returns is a candidate (`objective_candidates`); they are ranked by
the rows they are computed on, whether they are final, how plainly they are shown, and what is known about them.
A script without any gets a proposed metric (`objective_proposed`). The user's word overrules all of it.
"""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cst_tools.metrics import BY_NAME, by_function, by_label, by_scorer, opposite
from cst_tools.objective_candidates import Candidate, Shown, find_candidates
from cst_tools.objective_proposed import propose
from cst_tools.objective_trace import Loop, LoopKind, Program, trace
from cst_tools.objective_values import Partition, Value, Values
from cst_tools.script import Script
from cst_tools.types import Aggregate, Direction, Objective, ObjectiveKind

if TYPE_CHECKING:
    from cst_tools.spine import Spine

HOW_TO_CHOOSE = "to choose another, write '# mlestar: objective NAME' with a variable, a metric or an expression"


def objective_id(objective: Objective) -> str:
    """16 hexadecimal digits that identify what is measured: kind, expression, metric, direction, aggregate.

    Place and reason do not count, so the same objective in an edited script has the same id.
    """
    parts = (
        objective.kind.value,
        " ".join(objective.expression.split()),
        objective.metric,
        objective.direction.value,
        objective.aggregate.value,
    )
    return hashlib.blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def find_objectives(
    script: Script, spine: Spine | None = None, *, choice: str | None = None
) -> tuple[tuple[Objective, ...], str | None]:
    """Candidates best first, and the reason when there is none. Never raises for a script that was parsed.

    ``choice`` is the user's word: ``maximize``, ``minimize``, the name of a variable or a metric, an expression of
    the script, or ``maximize NAME``. A choice that fits nothing gives no candidates and says what there is.
    """
    if script.tree is None:
        reason = script.problem.message if script.problem else "The script cannot be parsed."
        return (), reason
    program = trace(script.tree)
    values = Values(program)
    found = find_candidates(script, program, values)
    ranked = _ranked(found)
    objectives = tuple(_objective(script, candidate, ranked) for candidate in ranked)
    if choice and choice.strip():
        return _chosen(script, program, values, ranked, objectives, choice.strip())
    if objectives:
        return objectives, None
    proposed, reason = propose(script, program, values)
    return proposed, None if proposed else reason


# ---------------------------------------------------------------------- ranking

_PARTITION_RANK = {
    Partition.TRAIN: 0,
    Partition.UNKNOWN: 1,
    Partition.VALIDATION: 2,
    Partition.CROSS: 2,
    Partition.TEST: 3,
}
_FINAL_RANK = {
    LoopKind.BATCH: 0,
    LoopKind.EPOCH: 1,
    LoopKind.OTHER: 1,
    LoopKind.TRIAL: 2,
    LoopKind.CHOICE: 2,
    LoopKind.FOLD: 2,
    LoopKind.SEED: 2,
}
_HALF = frozenset(("precision", "recall", "specificity", "hamming_loss", "max_error", "ks"))
"""Metrics that can be won by giving up the other half: no first choice."""


def _rank(candidate: Candidate) -> tuple[int, ...]:
    value = candidate.value
    final = min((_FINAL_RANK[loop.kind] for loop in candidate.loops), default=3)
    shown = {Shown.KEPT: 0, Shown.RETURNED: 1, Shown.LOGGED: 2, Shown.PRINTED: 2}[candidate.shown]
    return (
        int(candidate.visit.reached and not candidate.visit.guarded),
        int(value.partition is not Partition.TRAIN),
        int(not (value.generic and value.certainty < 2)),
        int(final > 0),
        int(shown > 0),
        final,
        int(value.certainty >= 2),
        _PARTITION_RANK[value.partition],
        int(not value.generic),
        int(value.metric not in _HALF),
        shown,
        candidate.group,
    )


def _ranked(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Best first. Among equals the first metric of the last evaluation, as it is last computed, leads."""
    ranked: list[Candidate] = []
    rest = sorted(candidates, key=_rank, reverse=True)
    while rest:
        key = _rank(rest[0])
        tied = sorted((c for c in rest if _rank(c) == key), key=lambda c: (c.order, c.position))
        rest = [c for c in rest if _rank(c) != key]
        last_line = [c for c in tied if c.order == tied[-1].order]
        lead_metric = tied[0].value.metric if len(last_line) == 1 else last_line[0].value.metric
        same = [c for c in tied if c.value.metric == lead_metric]
        lead = next(c for c in same if c.order == same[-1].order)
        ranked.append(lead)
        ranked.extend(c for c in reversed(_lines(tied)) if c is not lead)
    return ranked


def _lines(candidates: list[Candidate]) -> list[Candidate]:
    """Statements in order, the numbers of one statement reversed, so that reversing the whole keeps their order."""
    return sorted(candidates, key=lambda c: (c.order, -c.position))


# ---------------------------------------------------------------------- from candidate to objective


@dataclass(frozen=True)
class _Summary:
    aggregate: Aggregate
    words: str
    warnings: tuple[str, ...] = ()


def _aggregate(candidate: Candidate) -> _Summary:
    best = Aggregate.MAX if candidate.value.direction is Direction.MAXIMIZE else Aggregate.MIN
    kinds = [loop.kind for loop in candidate.loops]
    if not kinds:
        if candidate.visit.times > 1:
            return _Summary(Aggregate.LAST, "the last of the values it takes")
        return _Summary(Aggregate.LAST, "")
    outer = next((kind for kind in kinds if kind in (LoopKind.FOLD, LoopKind.SEED)), None)
    if outer is not None:
        if any(kind in (LoopKind.EPOCH, LoopKind.BATCH) for kind in kinds):
            warning = "it is computed in every epoch of every fold, and the mean is over all of them"
            return _Summary(Aggregate.MEAN, "the mean over folds and epochs", (warning,))
        return _Summary(Aggregate.MEAN, f"the mean over {outer.value}")
    if LoopKind.TRIAL in kinds:
        return _Summary(best, "the best of the trials")
    if LoopKind.CHOICE in kinds:
        return _Summary(best, "the best of the models or settings that the loop tries")
    if LoopKind.EPOCH in kinds:
        if any(_tracks_best(loop, candidate) for loop in candidate.loops):
            return _Summary(best, "the best epoch, which the script keeps track of")
        return _Summary(Aggregate.LAST, "the last epoch")
    if LoopKind.BATCH in kinds:
        return _Summary(
            Aggregate.MEAN, "the mean over batches", ("it is computed batch by batch, not on all rows at once",)
        )
    return _Summary(Aggregate.LAST, "the last time through the loop")


def _tracks_best(loop: Loop, candidate: Candidate) -> bool:
    names = {name for name in (*candidate.names, candidate.label or "") if name}
    for node in ast.walk(loop.node):
        if isinstance(node, ast.Compare) or (
            isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("max", "min")
        ):
            text = ast.unparse(node)
            if "best" in text and any(re.search(rf"\b{re.escape(name)}\b", text) for name in names):
                return True
    return False


_SHOWN_WORDS = {
    Shown.PRINTED: "printed",
    Shown.LOGGED: "logged",
    Shown.RETURNED: "returned",
    Shown.KEPT: "kept in a variable",
}


def _objective(script: Script, candidate: Candidate, ranked: Sequence[Candidate]) -> Objective:
    value = candidate.value
    summary = _aggregate(candidate)
    warnings = [*value.warnings, *summary.warnings]
    if value.partition is Partition.TRAIN:
        warnings.append("it is computed on the rows the model was trained on, so it rewards overfitting")
    line = script.index.line_of(candidate.span.start) + 1
    reason = f"{value.metric} ({value.how}) {_SHOWN_WORDS[candidate.shown]} on line {line}"
    if value.partition is not Partition.UNKNOWN:
        reason += f", on {value.partition.value}"
    if summary.words:
        reason += f"; {summary.words}"
    beside = [c for c in ranked if c is not candidate and c.order == candidate.order]
    if ranked and candidate is ranked[0]:
        if beside:
            others = ", ".join(dict.fromkeys(c.value.metric for c in beside))
            reason += f"; the first number of the last evaluation, beside {others}"
        if len(ranked) > 1:
            reason += f"; {HOW_TO_CHOOSE}"
    return Objective(
        kind=ObjectiveKind.EXPRESSION,
        expression=script.slice(candidate.span),
        span=candidate.span,
        metric=value.metric,
        direction=value.direction,
        aggregate=summary.aggregate,
        reason=reason,
        label=candidate.label,
        warnings=tuple(warnings),
    )


# ---------------------------------------------------------------------- the user's word

_DIRECTIONS = {
    "maximize": Direction.MAXIMIZE,
    "maximise": Direction.MAXIMIZE,
    "max": Direction.MAXIMIZE,
    "minimize": Direction.MINIMIZE,
    "minimise": Direction.MINIMIZE,
    "min": Direction.MINIMIZE,
}


def _chosen(
    script: Script,
    program: Program,
    values: Values,
    ranked: Sequence[Candidate],
    objectives: tuple[Objective, ...],
    choice: str,
) -> tuple[tuple[Objective, ...], str | None]:
    first, _, rest = choice.partition(" ")
    direction = _DIRECTIONS.get(first.lower())
    wanted = (rest if direction else choice).strip()
    if not wanted:
        if not objectives:
            objectives, reason = propose(script, program, values)
            if not objectives:
                return (), reason
        assert direction is not None
        return (_by_user(objectives[0], direction), *objectives[1:]), None
    for candidate, objective in zip(ranked, objectives, strict=True):
        if wanted in candidate.names or _same(wanted, objective.expression) or wanted == candidate.label:
            return _first(objective, objectives, direction), None
    written = _written(script, program, values, wanted, direction)
    if written is not None:
        return _first(written, objectives, direction), None
    metric = by_function(wanted) or next((m.metric for m in (by_scorer(wanted), by_label(wanted)) if m), None)
    for objective in objectives:
        if metric is not None and (objective.metric == metric.name or objective.metric.startswith(f"{metric.name}_")):
            return _first(objective, objectives, direction), None
    if metric is not None:
        proposed, _ = propose(script, program, values, metric=metric.name)
        if proposed:
            return _first(proposed[0], objectives, direction), None
    known = ", ".join(dict.fromkeys(o.expression if len(o.expression) < 40 else o.metric for o in objectives[:5]))
    there_is = f"the script has {known}" if known else "the script has no number that was recognised as a metric"
    return (), f"The chosen objective {wanted!r} is not in the script; {there_is}."


def _by_user(objective: Objective, direction: Direction | None) -> Objective:
    chosen = replace(
        objective, chosen_by_user=True, reason=f"chosen by you: {objective.reason.partition('; to choose')[0]}"
    )
    if direction is None or direction is objective.direction:
        return chosen
    flipped = {Aggregate.MAX: Aggregate.MIN, Aggregate.MIN: Aggregate.MAX}
    warnings = chosen.warnings
    if objective.metric in BY_NAME and not BY_NAME[objective.metric].generic:
        warnings = (*warnings, f"{objective.metric} would usually be {opposite(direction).value}d")
    return replace(
        chosen, direction=direction, aggregate=flipped.get(objective.aggregate, objective.aggregate), warnings=warnings
    )


def _first(
    objective: Objective, objectives: tuple[Objective, ...], direction: Direction | None
) -> tuple[Objective, ...]:
    others = tuple(o for o in objectives if o.span != objective.span)
    return (_by_user(objective, direction), *others)


def _same(left: str, right: str) -> bool:
    try:
        return ast.dump(ast.parse(left.strip(), mode="eval")) == ast.dump(ast.parse(right.strip(), mode="eval"))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False


def _written(
    script: Script, program: Program, values: Values, wanted: str, direction: Direction | None
) -> Objective | None:
    """The last place where the wanted variable is assigned or the wanted expression stands."""
    try:
        expression = ast.parse(wanted, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    dump = ast.dump(expression)
    best: Candidate | None = None
    for visit in program.in_order():
        for node, label in _places(visit.statement, expression, dump):
            named = values.named(label) or values.named(wanted)
            value = values.classify(node, visit.scope) or named
            if value is None:
                value = Value("score", direction or Direction.MAXIMIZE, Partition.UNKNOWN, 1, "the number you named")
            if value.many:
                continue
            span = script.span_of(node)
            candidate = Candidate(node, span, value, Shown.KEPT, visit, visit.loops, 0, 0, label, (wanted,))
            if best is None or candidate.order >= best.order:
                best = candidate
    return _objective(script, best, ()) if best is not None else None


def _places(statement: ast.stmt, expression: ast.expr, dump: str) -> list[tuple[ast.expr, str]]:
    from cst_tools.objective_trace import own_expressions

    found: list[tuple[ast.expr, str]] = []
    if isinstance(statement, (ast.Assign, ast.AnnAssign)) and statement.value is not None:
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        if any(ast.unparse(target) == ast.unparse(expression) for target in targets):
            found.append((statement.value, ast.unparse(expression)))
    in_text = {id(n) for part in own_expressions(statement) if isinstance(part, ast.JoinedStr) for n in ast.walk(part)}
    for node in own_expressions(statement):
        if isinstance(node, ast.expr) and id(node) not in in_text and ast.dump(node) == dump:
            found.append((node, ast.unparse(expression)))
    return found
