"""The user's word about the objective: comments in the script and the setting overrule what was found."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace

from cst_tools.directives import read_directives
from cst_tools.metrics import BY_NAME, by_function, by_label, by_scorer, opposite
from cst_tools.objective_candidates import SIMPLE, Candidate
from cst_tools.objective_estimators import Value
from cst_tools.objective_printed import PREFIX, printed
from cst_tools.objective_proposed import propose
from cst_tools.objective_ranking import objective_of
from cst_tools.objective_sinks import Shown, sinks
from cst_tools.objective_sources import Partition
from cst_tools.objective_trace import Program, own_expressions
from cst_tools.objective_values import Values
from cst_tools.script import Script
from cst_tools.types import Aggregate, Direction, Objective
from cst_tools.walking import walk

_DIRECTIONS = {
    "maximize": Direction.MAXIMIZE,
    "maximise": Direction.MAXIMIZE,
    "max": Direction.MAXIMIZE,
    "minimize": Direction.MINIMIZE,
    "minimise": Direction.MINIMIZE,
    "min": Direction.MINIMIZE,
}


def chosen(
    script: Script,
    program: Program,
    values: Values,
    ranked: Sequence[Candidate],
    objectives: tuple[Objective, ...],
    choice: str,
) -> tuple[tuple[Objective, ...], str | None]:
    """The candidates with the user's choice first, or none and what there is to choose from."""
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
    if f"{wanted} ".startswith(PREFIX):
        told = printed(f"{wanted} ", direction)
        return ((), told) if isinstance(told, str) else ((told, *objectives), None)
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


def pointed_to(
    script: Script,
    program: Program,
    values: Values,
    ranked: Sequence[Candidate],
    objectives: tuple[Objective, ...],
) -> tuple[Objective, ...] | None:
    """What ``# mlestar: objective`` comments say: the line's number, or the direction of the best; None without any."""
    for said in reversed(read_directives(script).objectives):
        line = _next_statement_line(script, said.line) if said.alone else said.line
        for candidate, objective in zip(ranked, objectives, strict=True):
            if line in candidate.lines:
                return _first(objective, objectives, said.direction)
        if not said.alone:
            written = _on_line(script, program, values, said.line, said.direction)
            if written is not None:
                return _first(written, objectives, said.direction)
        if objectives and said.direction is not None:
            return (_by_user(objectives[0], said.direction), *objectives[1:])
    return None


def _next_statement_line(script: Script, line: int) -> int:
    for number in range(line + 1, script.index.count):
        text = script.index.line_text(number).strip()
        if text and not text.startswith("#"):
            return number
    return line


def _on_line(
    script: Script, program: Program, values: Values, line: int, direction: Direction | None
) -> Objective | None:
    """The number that the statement on a line assigns, returns or shows, whether or not it looks like a metric."""
    for visit in program.in_order():
        statement = visit.statement
        if not isinstance(statement, SIMPLE) or isinstance(statement, ast.AugAssign) or statement.value is None:
            continue
        span = script.span_of(statement)
        if not script.index.line_of(span.start) <= line <= script.index.line_of(span.end):
            continue
        node: ast.expr = statement.value
        place = script.span_of(node)
        label = ""
        if isinstance(statement, ast.Assign):
            label = ast.unparse(statement.targets[0])
        shown = [item for _, seen in sinks(script, visit) for item in seen]
        if isinstance(statement, ast.Expr) and shown:
            node, label = shown[0].node, shown[0].label
            place = shown[0].span or script.span_of(node)
        value = values.classify(node, visit.scope) or values.named(label)
        if value is None or value.many:
            value = Value("score", direction or Direction.MAXIMIZE, Partition.UNKNOWN, 1, "the number you pointed to")
        candidate = Candidate(node, place, value, Shown.KEPT, visit, visit.loops, 0, 0, label or None)
        return objective_of(script, candidate, ())
    return None


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
    counted = any(
        isinstance(v.statement, ast.AugAssign) and ast.unparse(v.statement.target) == wanted
        for v in program.visits.values()
    )
    assigned = not counted and any(
        isinstance(v.statement, ast.Assign) and wanted in map(ast.unparse, v.statement.targets)
        for v in program.visits.values()
    )
    for visit in program.in_order():
        for node, label, is_assignment in _places(visit.statement, expression, dump):
            if (assigned and not is_assignment) or (counted and is_assignment):
                continue
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
    return objective_of(script, best, ()) if best is not None else None


def _places(statement: ast.stmt, expression: ast.expr, dump: str) -> list[tuple[ast.expr, str, bool]]:
    """Expressions of a statement that are meant, their label, and whether it is what the variable is assigned."""
    found: list[tuple[ast.expr, str, bool]] = []
    if isinstance(statement, (ast.Assign, ast.AnnAssign)) and statement.value is not None:
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        if any(ast.unparse(target) == ast.unparse(expression) for target in targets):
            found.append((statement.value, ast.unparse(expression), True))
    in_text = {id(n) for part in own_expressions(statement) if isinstance(part, ast.JoinedStr) for n in walk(part)}
    for node in own_expressions(statement):
        if isinstance(node, ast.expr) and id(node) not in in_text and ast.dump(node) == dump:
            found.append((node, ast.unparse(expression), False))
    return found
