"""Where people put numbers: printed in any format, logged, on a progress bar, in a tracker, returned, kept."""

from __future__ import annotations

import ast
import enum
import re
from collections.abc import Iterator
from dataclasses import dataclass

from cst_tools.fstrings import fields
from cst_tools.objective_trace import Visit
from cst_tools.script import Script
from cst_tools.types import Span


class Shown(int, enum.Enum):
    """How a number leaves the script, the plainest last."""

    KEPT = 0
    RETURNED = 1
    LOGGED = 2
    PRINTED = 3


@dataclass(frozen=True)
class Seen:
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
NUMBERISH = (
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


def sinks(script: Script, visit: Visit) -> Iterator[tuple[Shown, list[Seen]]]:
    """Each place of a statement where numbers leave the script, with the expressions found there."""
    statement = visit.statement
    for node in visit.calls:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in _PRINTS or (name == "print" and isinstance(node.func, ast.Attribute)):
            yield Shown.PRINTED, list(_shown_in(script, node))
        elif name in _LOGS and (isinstance(node.func, ast.Attribute) or name.startswith("log_") or name == "dump"):
            yield Shown.LOGGED, list(_shown_in(script, node))
    if isinstance(statement, ast.Return) and statement.value is not None:
        value = statement.value
        parts = value.elts if isinstance(value, ast.Tuple) else [value]
        seen: list[Seen] = []
        for part in parts:
            seen.extend(_unfolded(script, part, ""))
        yield Shown.RETURNED, seen
    elif isinstance(statement, ast.Expr) and isinstance(statement.value, NUMBERISH):
        call = statement.value
        name = call.func.attr if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) else ""
        if name not in _PRINTS and name not in _LOGS:
            shown = Shown.LOGGED if script.cells else Shown.KEPT
            yield shown, [Seen(call, "")]
    elif isinstance(statement, (ast.Assign, ast.AnnAssign)) and statement.value is not None:
        target = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
        label = _target_label(target)
        if isinstance(target, (ast.Name, ast.Attribute, ast.Subscript)):
            yield Shown.KEPT, list(_unfolded(script, statement.value, label))
    for part in visit.binding:
        if isinstance(part, ast.NamedExpr):
            yield Shown.KEPT, [Seen(part.value, part.target.id)]
        elif isinstance(part.func, ast.Attribute) and part.func.attr == "append" and part.args:
            inner = part.args[0]
            yield Shown.KEPT, list(_unfolded(script, inner, ast.unparse(part.func.value)))


def _target_label(target: ast.expr) -> str:
    if isinstance(target, ast.Name):
        return target.id
    if isinstance(target, ast.Attribute):
        return target.attr
    if isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Constant):
        return str(target.slice.value)
    return ""


def _shown_in(script: Script, call: ast.Call) -> Iterator[Seen]:
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


def _unfolded(script: Script, node: ast.expr, label: str) -> Iterator[Seen]:
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
    elif isinstance(node, NUMBERISH):
        yield Seen(node, label)


def _unfolded_call(script: Script, node: ast.Call, label: str) -> Iterator[Seen]:
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
        yield Seen(node, label)


def _joined(script: Script, node: ast.JoinedStr) -> Iterator[Seen]:
    span = script.span_of(node)
    found = fields(script.masked[span.start : span.end])
    parts = [value for value in node.values if isinstance(value, ast.FormattedValue)]
    if len(found) != len(parts):
        return
    words = ""
    for part, place in zip(parts, found, strict=True):
        words = place.literal_before if re.search(r"[A-Za-z]", place.literal_before) else words
        inner = place.span.shifted(span.start)
        yield from _unfolded_in_field(script, part.value, words, inner)


def _unfolded_in_field(script: Script, node: ast.expr, label: str, span: Span) -> Iterator[Seen]:
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
    if isinstance(core, NUMBERISH):
        yield Seen(core, label, span)


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
