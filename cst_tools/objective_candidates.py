"""Every number a script shows, keeps or returns that may be its objective, with where and on what it was seen.

A candidate is an expression with a recognised `Value`, found where people put scores: printed in any format,
logged, put on a progress bar, sent to a tracker, returned, kept in a variable, or as a notebook's last line.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, replace

from cst_tools.metrics import BY_NAME
from cst_tools.objective_estimators import Value
from cst_tools.objective_loops import Loop
from cst_tools.objective_sinks import Seen, Shown, sinks
from cst_tools.objective_sources import Partition, partition_of, returns_of
from cst_tools.objective_trace import Binding, Program, Scope, Visit
from cst_tools.objective_values import Values
from cst_tools.script import Script
from cst_tools.types import Span


@dataclass(frozen=True)
class Candidate:
    """One number. ``order`` is its statement's place in the last run, ``group`` counts trainings before it."""

    node: ast.expr
    span: Span
    value: Value
    shown: Shown
    visit: Visit
    loops: tuple[Loop, ...]
    group: int
    position: int
    label: str | None
    names: tuple[str, ...] = ()
    """Names under which a user may point to it."""
    lines: frozenset[int] = frozenset()
    """0-based lines of the expression and of the statement that shows it."""

    @property
    def order(self) -> int:
        return self.visit.order


def find_candidates(script: Script, program: Program, values: Values) -> list[Candidate]:
    """All candidates in the order of their statements, each expression once (as it is shown best)."""
    found: dict[Span, Candidate] = {}
    group = 0
    for visit in program.in_order():
        if isinstance(visit.statement, SIMPLE) and _trains(visit):
            group += 1
        for shown, seen in sinks(script, visit):
            for position, item in enumerate(seen):
                candidate = _candidate(script, program, values, visit, item, shown, group, position)
                if candidate is None:
                    continue
                before = found.get(candidate.span)
                if before is None or (candidate.shown, candidate.value.certainty) >= (
                    before.shown,
                    before.value.certainty,
                ):
                    if before is not None and not candidate.label:
                        candidate = replace(candidate, label=before.label)
                    found[candidate.span] = candidate
    return sorted(found.values(), key=lambda c: (c.order, c.position))


_TRAINS = frozenset(
    ("fit", "fit_transform", "fit_predict", "fit_resample", "train", "partial_fit", "predict", "predict_proba", "step")
) | frozenset(("cross_validate", "cross_val_score", "cross_val_predict"))
SIMPLE = (ast.Expr, ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Return)


_LAST_WORDS = re.compile(r"[^\n,;|()\[\]]*$")


def _candidate(
    script: Script,
    program: Program,
    values: Values,
    visit: Visit,
    seen: Seen,
    shown: Shown,
    group: int,
    position: int,
) -> Candidate | None:
    scope = visit.scope
    label = _tidy(seen.label)
    value = values.classify(seen.node, scope)
    if shown is Shown.KEPT:
        if value is None or value.many or (value.certainty < 2 and not isinstance(seen.node, (ast.Call, ast.BinOp))):
            return None
        if isinstance(seen.node, (ast.Name, ast.Attribute)) and not value.certainty >= 2:
            return None
    said = values.named(label) if label else None
    if (
        value is None
        and shown in (Shown.PRINTED, Shown.LOGGED)
        and said is not None
        and _may_be_number(seen.node, scope)
    ):
        value = said
    if value is None or value.many:
        return None
    value = _with_label(value, said, label)
    node, span, home = seen.node, seen.span, visit
    loops = visit.loops
    lifted = _lift(program, values, node, scope, visit)
    names = [ast.unparse(node)] if isinstance(node, (ast.Name, ast.Attribute)) else []
    if lifted is not None:
        node, home = lifted
        loops, span = home.loops, None
    if label and re.fullmatch(r"\w+", label):
        names.append(label)
    if span is None:
        span = script.span_of(node)
    lines: set[int] = set()
    for place in (span, script.span_of(visit.statement)):
        first, last = script.index.line_of(place.start), script.index.line_of(place.end)
        lines.update(range(first, last + 1) if isinstance(visit.statement, SIMPLE) else (first,))
    return Candidate(
        node,
        span,
        value,
        shown,
        replace_order(visit, home),
        loops,
        group,
        position,
        label or None,
        tuple(names),
        frozenset(lines),
    )


def replace_order(visit: Visit, home: Visit) -> Visit:
    """The statement that holds the expression, ranked where it is shown."""
    return replace(home, order=visit.order)


def _trains(visit: Visit) -> bool:
    """Whether a statement trains or predicts: numbers behind it belong to another evaluation."""
    for node in visit.calls:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in _TRAINS:
            return True
    return False


def _tidy(label: str) -> str:
    words = _LAST_WORDS.search(label.rstrip(" :=\t({[>-~≈"))
    text = (words[0] if words else label).strip(" :=\t.'\"-*#>")
    return text[-60:]


def _may_be_number(node: ast.expr, scope: Scope) -> bool:
    """Whether a labelled expression can be a number: no text, no container, no best_params."""
    text = ast.unparse(node)
    if re.search(
        r"params|estimator|report|matrix|shape|columns|dtype|time\(|elapsed|path|\bname\b|len\(|describe|head\(", text
    ):
        return False
    return not isinstance(node, ast.Call) or not re.search(r"confusion|classification_report|datetime|join\(", text)


def _with_label(value: Value, said: Value | None, label: str) -> Value:
    """The value with what its label adds: the metric of a vague name, the rows, a warning when they disagree."""
    partition = value.partition
    spoken = partition_of(label) if label else Partition.UNKNOWN
    if spoken is not Partition.UNKNOWN and (partition is Partition.UNKNOWN or value.certainty < 2):
        partition = spoken
    value = replace(value, partition=partition)
    if said is None or said.metric == value.metric or said.generic:
        return value
    if value.generic and value.certainty < 3:
        return replace(value, metric=said.metric, direction=said.direction)
    family = said.metric.split("_")[0] == value.metric.split("_")[0]
    if value.certainty >= 2 and not family and {said.metric, value.metric} != {"accuracy", "recall"}:
        warning = f"it is shown as {label!r}, but what is computed is {value.metric}"
        if BY_NAME[said.metric].direction is not BY_NAME[value.metric].direction:
            warning += f"; the direction follows what is computed ({value.direction.value})"
        return replace(value, warnings=(*value.warnings, warning))
    return value


def _lift(
    program: Program, values: Values, node: ast.expr, scope: Scope, visit: Visit
) -> tuple[ast.expr, Visit] | None:
    """The one expression that a shown variable was surely assigned, followed into a training function."""
    result: tuple[ast.expr, Visit] | None = None
    for _ in range(6):
        step = _binding_of(program, node, scope)
        if step is not None:
            home = program.visits.get(id(step.statement))
            if home is None or step.value is None or isinstance(step.value, (ast.Constant, ast.JoinedStr)):
                return result
            if (
                home.loops != visit.loops
                or values.classify(step.value, scope) is None
                or _inside(step.statement, step.value)
            ):
                return result
            node, visit = step.value, home
            result = (node, home)
            continue
        inner = _inside_of(program, values, node)
        if inner is None:
            return result
        node, scope, visit = inner
        result = (node, visit)
    return result


def _inside(statement: ast.stmt, value: ast.expr) -> bool:
    return isinstance(statement, (ast.For, ast.While)) or isinstance(value, (ast.List, ast.Dict, ast.Tuple))


def _binding_of(program: Program, node: ast.expr, scope: Scope) -> Binding | None:
    if isinstance(node, ast.Name):
        if node.id not in scope.bindings:
            return None
        bindings = scope.bindings[node.id]
    elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        bindings = program.attributes.get(node.attr, [])
    elif isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and isinstance(node.slice, ast.Constant):
        bindings = scope.bindings.get(node.value.id, [])
        key = str(node.slice.value)
        matching = [b for b in bindings if b.how == "item" and b.key == key]
        return (
            matching[0] if len(matching) == 1 and not any(b.how == "item" and b.key is None for b in bindings) else None
        )
    else:
        return None
    return bindings[0] if len(bindings) == 1 and bindings[0].how == "assign" else None


def _inside_of(program: Program, values: Values, node: ast.expr) -> tuple[ast.expr, Scope, Visit] | None:
    """The returned expression of a local function that trains and is called once."""
    if not isinstance(node, ast.Call):
        return None
    function = program.local_function(node.func)
    inner = program.scopes.get(id(function)) if function is not None else None
    if function is None or inner is None or len(inner.calls) != 1:
        return None
    body = ast.unparse(function)
    returned = [r for r in returns_of(function) if r.value is not None]
    if (
        len(returned) != 1
        or returned[0].value is None
        or not re.search(r"\.(?:fit|fit_transform|train|backward)\(", body)
    ):
        return None
    value = returned[0].value
    visit = program.visits.get(id(returned[0]))
    if visit is None or values.classify(value, inner) is None or isinstance(value, (ast.Tuple, ast.Dict)):
        return None
    return value, inner, visit
