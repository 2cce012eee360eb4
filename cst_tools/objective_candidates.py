"""Every number a script shows, keeps or returns that may be its objective, with where and on what it was seen.

A candidate is an expression with a recognised `Value`, found where people put scores: printed in any format,
logged, put on a progress bar, sent to a tracker, returned, kept in a variable, or as a notebook's last line.
"""

from __future__ import annotations

import ast
import enum
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from cst_tools.fstrings import fields
from cst_tools.metrics import BY_NAME
from cst_tools.objective_trace import Binding, Loop, Program, Scope, Visit, own_expressions
from cst_tools.objective_values import Partition, Value, Values, partition_of, returns_of
from cst_tools.script import Script
from cst_tools.types import Span


class Shown(int, enum.Enum):
    """How a number leaves the script, the plainest last."""

    KEPT = 0
    RETURNED = 1
    LOGGED = 2
    PRINTED = 3


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

    @property
    def order(self) -> int:
        return self.visit.order


@dataclass(frozen=True)
class _Seen:
    node: ast.expr
    label: str
    span: Span | None = None


_PRINTS = frozenset(["print", "pprint", "rprint", "display", "echo", "secho", "write", "writelines", "cprint", "puts"])
_LOGS = frozenset(
    [
        "info",
        "warning",
        "debug",
        "error",
        "critical",
        "success",
        "log",
        "log_metric",
        "log_metrics",
        "add_scalar",
        "add_scalars",
        "set_postfix",
        "set_postfix_str",
        "set_description",
        "set_description_str",
        "report",
        "add_row",
        "metric",
        "dump",
        "record",
        "summary",
        "update_metrics",
        "log_dict",
        "log_scalar",
        "send",
        "report_metrics",
        "exception",
        "trace",
        "metrics",
        "append_row",
        "writerow",
    ]
)
_TRAINS = re.compile(
    r"\.(?:fit|fit_transform|fit_predict|fit_resample|train|partial_fit|predict|predict_proba|step|cross_validate)\b|cross_val"
)
_NUMBERISH = (
    ast.Name,
    ast.Attribute,
    ast.Subscript,
    ast.Call,
    ast.BinOp,
    ast.UnaryOp,
    ast.IfExp,
    ast.Await,
    ast.NamedExpr,
)


def find_candidates(script: Script, program: Program, values: Values) -> list[Candidate]:
    """All candidates in the order of their statements, each expression once (as it is shown best)."""
    found: dict[Span, Candidate] = {}
    group = 0
    for visit in program.in_order():
        text = ast.unparse(visit.statement) if isinstance(visit.statement, _SIMPLE) else ""
        if text and _TRAINS.search(text):
            group += 1
        for shown, seen in _sinks(script, visit):
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


_SIMPLE = (ast.Expr, ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Return)


def _sinks(script: Script, visit: Visit) -> Iterator[tuple[Shown, list[_Seen]]]:
    statement = visit.statement
    for node in own_expressions(statement):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in _PRINTS or (name == "print" and isinstance(node.func, ast.Attribute)):
            yield Shown.PRINTED, list(_shown_in(script, node))
        elif name in _LOGS and (isinstance(node.func, ast.Attribute) or name.startswith("log_") or name == "dump"):
            yield Shown.LOGGED, list(_shown_in(script, node))
    if isinstance(statement, ast.Return) and statement.value is not None:
        value = statement.value
        parts = value.elts if isinstance(value, ast.Tuple) else [value]
        seen: list[_Seen] = []
        for part in parts:
            seen.extend(_unfolded(script, part, ""))
        yield Shown.RETURNED, seen
    elif isinstance(statement, ast.Expr) and isinstance(statement.value, _NUMBERISH):
        call = statement.value
        name = call.func.attr if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) else ""
        if name not in _PRINTS and name not in _LOGS:
            shown = Shown.LOGGED if script.cells else Shown.KEPT
            yield shown, [_Seen(call, "")]
    elif isinstance(statement, (ast.Assign, ast.AnnAssign)) and statement.value is not None:
        target = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
        label = _target_label(target)
        if isinstance(target, (ast.Name, ast.Attribute, ast.Subscript)):
            yield Shown.KEPT, list(_unfolded(script, statement.value, label))
    for node in own_expressions(statement):
        if isinstance(node, ast.NamedExpr):
            yield Shown.KEPT, [_Seen(node.value, node.target.id)]
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "append"
            and node.args
        ):
            inner = node.args[0]
            yield Shown.KEPT, list(_unfolded(script, inner, ast.unparse(node.func.value)))


def _target_label(target: ast.expr) -> str:
    if isinstance(target, ast.Name):
        return target.id
    if isinstance(target, ast.Attribute):
        return target.attr
    if isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Constant):
        return str(target.slice.value)
    return ""


def _shown_in(script: Script, call: ast.Call) -> Iterator[_Seen]:
    """Expressions among a call's arguments with the words just before each."""
    label = ""
    arguments = list(call.args)
    if (
        arguments
        and isinstance(arguments[0], ast.Constant)
        and isinstance(arguments[0].value, str)
        and len(arguments) > 1
    ):
        text = arguments[0].value
        slots = _percent_labels(text) if "%" in text else []
        if slots and len(slots) == len(arguments) - 1:  # logging: logger.info("auc=%.4f", auc)
            for slot, argument in zip(slots, arguments[1:], strict=True):
                yield from _unfolded(script, argument, slot)
            return
        slots = re.split(r"\{[^{}]*\}", text)[:-1]
        if slots and len(slots) == len(arguments) - 1:  # loguru: logger.info("auc={}", auc)
            for slot, argument in zip(slots, arguments[1:], strict=True):
                yield from _unfolded(script, argument, slot)
            return
    for argument in arguments:
        if isinstance(argument, ast.Constant):
            label = str(argument.value)
            continue
        yield from _unfolded(script, argument, label)
        if not isinstance(argument, (ast.JoinedStr,)):
            label = label if re.search(r"[A-Za-z]", label) and len(arguments) <= 2 else ""
    for keyword in call.keywords:
        if keyword.arg in ("end", "sep", "file", "flush", "style", "step", "indent", "epoch", "global_step"):
            continue
        yield from _unfolded(script, keyword.value, keyword.arg or "")


def _percent_labels(text: str) -> list[str]:
    return re.split(r"%[-+ #0]*(?:\d+|\*)?(?:\.(?:\d+|\*))?[diouxXeEfFgGcrsa]", text.replace("%%", "\0"))[:-1]


def _unfolded(script: Script, node: ast.expr, label: str) -> Iterator[_Seen]:
    """The numbers inside a shown expression: formats, concatenations, dictionaries and roundings taken apart."""
    if isinstance(node, ast.JoinedStr):
        yield from _joined(script, node)
    elif isinstance(node, ast.Dict):
        for key, item in zip(node.keys, node.values, strict=True):
            name = str(key.value) if isinstance(key, ast.Constant) else ""
            yield from _unfolded(script, item, name or label)
    elif isinstance(node, (ast.Tuple, ast.List)):
        for item in node.elts:
            if isinstance(item, ast.Constant):
                label = str(item.value)
            else:
                yield from _unfolded(script, item, label)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod) and _is_text(node.left):
        slots = _percent_labels(ast.literal_eval(node.left)) if isinstance(node.left, ast.Constant) else []
        items = node.right.elts if isinstance(node.right, ast.Tuple) else [node.right]
        for i, item in enumerate(items):
            yield from _unfolded(script, item, slots[i] if i < len(slots) else label)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) and _has_text(node):
        words = label
        for part in _sum_parts(node):
            if isinstance(part, ast.Constant):
                words = str(part.value)
            else:
                yield from _unfolded(script, part, words)
    elif isinstance(node, ast.Call):
        yield from _unfolded_call(script, node, label)
    elif isinstance(node, ast.Starred):
        return
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult) and _is_hundred(node):
        yield from _unfolded(script, node.left if isinstance(node.right, ast.Constant) else node.right, label)
    elif isinstance(node, _NUMBERISH):
        yield _Seen(node, label)


def _unfolded_call(script: Script, node: ast.Call, label: str) -> Iterator[_Seen]:
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    if method == "format" and isinstance(node.func, ast.Attribute) and _is_text(node.func.value):
        text = node.func.value.value if isinstance(node.func.value, ast.Constant) else ""
        slots = re.split(r"\{[^{}]*\}", str(text))[:-1]
        for i, item in enumerate(node.args):
            yield from _unfolded(script, item, slots[i] if i < len(slots) else label)
        for keyword in node.keywords:
            yield from _unfolded(script, keyword.value, keyword.arg or "")
    elif (name in ("round", "str", "float", "format", "repr", "dict") or method in ("round", "around", "dumps")) and (
        node.args or name == "dict"
    ):
        numpy = (
            method in ("round", "around")
            and isinstance(node.func, ast.Attribute)
            and ast.unparse(node.func.value)
            not in (
                "np",
                "numpy",
                "torch",
            )
        )
        if numpy and isinstance(node.func, ast.Attribute):
            yield from _unfolded(script, node.func.value, label)
        else:
            yield from (item for a in node.args[:1] for item in _unfolded(script, a, label))
            yield from (
                item for k in node.keywords if name == "dict" for item in _unfolded(script, k.value, k.arg or "")
            )
    elif method in ("DataFrame", "Series", "Panel", "Text") or name in ("DataFrame", "Series", "Panel", "Text"):
        yield from (item for a in node.args[:1] for item in _unfolded(script, a, label))
    else:
        yield _Seen(node, label)


def _joined(script: Script, node: ast.JoinedStr) -> Iterator[_Seen]:
    span = script.span_of(node)
    found = fields(script.masked[span.start : span.end])
    parts = [value for value in node.values if isinstance(value, ast.FormattedValue)]
    if len(found) != len(parts):
        return
    words = ""
    for part, place in zip(parts, found, strict=True):
        words = place.literal_before if re.search(r"[A-Za-z]", place.literal_before) else words
        inner = place.span.shifted(span.start)
        for seen in _unfolded_in_field(script, part.value, words, inner):
            yield seen


def _unfolded_in_field(script: Script, node: ast.expr, label: str, span: Span) -> Iterator[_Seen]:
    """Inside an f-string only the whole field has a trustworthy place."""
    core = node
    while True:
        if isinstance(core, ast.BinOp) and isinstance(core.op, ast.Mult) and _is_hundred(core):
            core = core.left if isinstance(core.right, ast.Constant) else core.right
        elif (
            isinstance(core, ast.Call)
            and isinstance(core.func, ast.Name)
            and core.func.id in ("round", "float", "str")
            and core.args
        ):
            core = core.args[0]
        else:
            break
    if isinstance(core, _NUMBERISH):
        yield _Seen(core, label, span)


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _has_text(node: ast.expr) -> bool:
    return any(
        _is_text(part) or (isinstance(part, ast.Call) and ast.unparse(part.func) == "str") for part in _sum_parts(node)
    )


def _sum_parts(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return [*_sum_parts(node.left), *_sum_parts(node.right)]
    return [node]


def _is_hundred(node: ast.BinOp) -> bool:
    return any(isinstance(side, ast.Constant) and side.value in (100, 100.0) for side in (node.left, node.right))


_LAST_WORDS = re.compile(r"[^\n,;|()\[\]]*$")


def _candidate(
    script: Script,
    program: Program,
    values: Values,
    visit: Visit,
    seen: _Seen,
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
    return Candidate(
        node, span, value, shown, replace_order(visit, home), loops, group, position, label or None, tuple(names)
    )


def replace_order(visit: Visit, home: Visit) -> Visit:
    """The statement that holds the expression, ranked where it is shown."""
    return replace(home, order=visit.order)


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
    """The one expression that a shown variable was assigned, when that is certain; followed into a training function."""
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
