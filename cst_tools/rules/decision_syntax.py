"""How a decision is written: what is kept below a comparison, what a loop does, where a value goes."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from cst_tools.flow.values import Score, overlap
from cst_tools.rules.rule import Context

Loop = ast.For | ast.AsyncFor | ast.While | ast.ListComp | ast.DictComp | ast.GeneratorExp | ast.SetComp
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_EPOCHS = re.compile(r"epoch|^ep?$|^it$|iter|round|step", re.IGNORECASE)
PATIENCE = re.compile(r"patien|counter|no_improve|wait|early|stop", re.IGNORECASE)
SAVES = frozenset(
    [
        "save",
        "save_model",
        "save_weights",
        "save_checkpoint",
        "save_pretrained",
        "dump",
        "deepcopy",
        "state_dict",
        "copy",
        "get_weights",
    ]
)
KEEPS_WEIGHTS = SAVES - {"dump", "copy", "deepcopy"}
_TRAINS_FURTHER = frozenset(["backward", "train_on_batch", "partial_fit", "train_step"])
_PRINTS = frozenset(
    [
        "print",
        "format",
        "round",
        "str",
        "int",
        "float",
        "display",
        "info",
        "debug",
        "warning",
        "log",
        "write",
        "markdown",
        "to_string",
        "to_markdown",
        "to_frame",
        "to_dict",
        "item",
    ]
)
_WORDS = (ast.JoinedStr, ast.FormattedValue, ast.keyword, ast.Tuple, ast.List, ast.Dict, ast.BinOp, ast.Starred,
          ast.Attribute)  # fmt: skip
_DRAWS = frozenset(
    [
        "ylim",
        "xlim",
        "set_ylim",
        "set_xlim",
        "axhline",
        "axvline",
        "annotate",
        "text",
        "scatter",
        "plot",
        "hlines",
        "vlines",
        "bar",
        "set_xticks",
        "linspace",
        "arange",
        "range",
        "legend",
    ]
)


def keeps_the_better(context: Context, node: ast.If, held: tuple[Score, ...]) -> bool:
    """``if score > best:`` with ``best`` (or the weights) kept below; ``if a > b:`` of two scores with either kept."""
    sides: set[str] = set()
    for compare in _comparisons(context, node.test):
        operands = [compare.left, *compare.comparators]
        if any(_is_number(o) for o in operands) or isinstance(compare.ops[0], ast.Is | ast.IsNot):
            continue
        for operand in operands:
            sides |= {ast.unparse(n) for n in ast.walk(operand) if isinstance(n, ast.Name | ast.Attribute)}
    if not sides:
        return False
    arms = [*node.body, *node.orelse]
    if all(isinstance(s, ast.Continue) for s in arms):  # ``if score <= best: continue``
        holder = context.statement_of(node)
        arms = holder[1][holder[1].index(node) + 1 :] if holder is not None else []
    assigned = set(assigned_in(arms)) | _updated_in(arms)
    if assigned & sides or (calls_in(arms) & SAVES and loop_of(context, node) is not None):
        return True
    same_rows = any(a is not b and a.models and b.models and overlap(a.rows, b.rows) for a in held for b in held)
    returns = any(isinstance(n, ast.Return) for s in arms for n in ast.walk(s))
    return same_rows and (returns or any(not _is_word(v) for v in _assigned_values(arms)))


def _updated_in(statements: Iterable[ast.stmt]) -> set[str]:
    """``best.update(score=score)``"""
    return {
        ast.unparse(node.func.value)
        for statement in statements
        for node in ast.walk(statement)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "update"
    }


def is_running_best(node: ast.IfExp) -> bool:
    """``score if score > best else best``"""
    test = node.test
    if not isinstance(test, ast.Compare) or len(test.comparators) != 1:
        return False
    sides = (test.left, test.comparators[0])
    if any(_is_number(side) for side in sides):
        return False
    arms = [
        {ast.unparse(n) for n in (arm.elts if isinstance(arm, ast.Tuple) else [arm])}
        for arm in (node.body, node.orelse)
    ]
    left, right = map(ast.unparse, sides)
    return (left in arms[0] and right in arms[1]) or (right in arms[0] and left in arms[1])


def _comparisons(context: Context, test: ast.expr) -> Iterator[ast.Compare]:
    """The comparisons of a test, also those that were given a name first."""
    for node in ast.walk(test):
        if isinstance(node, ast.Compare):
            yield node
        elif isinstance(node, ast.Name):
            for use in context.names.get(node.id, ()):
                parent = context.parents.get(use)
                if isinstance(parent, ast.Assign) and use in parent.targets and isinstance(parent.value, ast.Compare):
                    yield parent.value


def _is_number(node: ast.expr) -> bool:
    if isinstance(node, ast.UnaryOp):
        node = node.operand
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool)


def _is_word(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant | ast.JoinedStr)


def assigned_in(statements: Iterable[ast.stmt]) -> Iterator[str]:
    for statement in statements:
        for node in ast.walk(statement):
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    for leaf in target.elts if isinstance(target, ast.Tuple | ast.List) else [target]:
                        yield ast.unparse(leaf)
            elif isinstance(node, ast.AugAssign | ast.AnnAssign):
                yield ast.unparse(node.target)


def _assigned_values(statements: Iterable[ast.stmt]) -> Iterator[ast.expr]:
    for statement in statements:
        for node in ast.walk(statement):
            if isinstance(node, ast.Assign):
                yield from node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]


def calls_in(statements: Iterable[ast.AST]) -> set[str]:
    found = set()
    for statement in statements:
        for node in ast.walk(statement):
            if isinstance(node, ast.Call):
                func = node.func
                found.add(
                    func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""
                )
    return found


def is_drawn(context: Context, node: ast.AST) -> bool:
    """Whether the value only places something in a figure, or scales."""
    current: ast.AST | None = context.parents.get(node)
    while current is not None and not isinstance(current, ast.stmt):
        if isinstance(current, ast.Call) and isinstance(current.func, ast.Attribute) and current.func.attr in _DRAWS:
            return True
        if isinstance(current, ast.BinOp) and isinstance(current.op, ast.Div):
            return True
        current = context.parents.get(current)
    return False


def is_clipped(node: ast.AST) -> bool:
    """``max(0, score)``."""
    called = getattr(node, "func", None)
    if (called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")) == "nlargest":
        return False
    return isinstance(node, ast.Call) and len(node.args) > 1 and any(_is_number(a) for a in node.args[:2])


def is_used(context: Context, node: ast.AST, of: str = "") -> bool:
    """Whether the best one is looked up or handed on, not only printed. Looked up in the variable ``of``, it is not."""
    statement = context.statement_of(node)
    if statement is None or not isinstance(statement[0], ast.Assign):
        return not _is_printed(context, node, of, lookups=True)
    targets = statement[0].targets[0]
    names = targets.elts if isinstance(targets, ast.Tuple) else [targets]
    inside = set(ast.walk(statement[0]))  # ``worst = min(worst, score)``
    uses = [u for n in names if isinstance(n, ast.Name) for u in context.names.get(n.id, []) if u not in inside]
    return any(not _is_printed(context, use, of) for use in uses if isinstance(use.ctx, ast.Load))


def _leftmost(node: ast.expr) -> str:
    while isinstance(node, ast.Subscript | ast.Attribute | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def _is_printed(context: Context, node: ast.AST, of: str = "", *, lookups: bool = False) -> bool:
    """``lookups``: also where what is printed is looked up by it (``table.loc[table.error.idxmin()]``)."""
    below, current = node, context.parents.get(node)
    while current is not None and not isinstance(current, ast.stmt):
        if isinstance(current, ast.Call):
            func = current.func
            if (func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")) not in _PRINTS:
                return False
        elif isinstance(current, ast.Subscript):
            if below is current.slice and not lookups and (not of or _leftmost(current.value) != of):
                return False
        elif not isinstance(current, _WORDS):
            return False
        below, current = current, context.parents.get(current)
    return isinstance(current, ast.Expr)


def in_function(context: Context, node: ast.AST) -> bool:
    current: ast.AST | None = node
    while current is not None:
        if isinstance(current, FUNCTIONS):
            return True
        current = context.parents.get(current)
    return False


def loop_of(context: Context, node: ast.AST) -> Loop | None:
    """The innermost loop around ``node`` in its function."""
    current = context.parents.get(node)
    while current is not None and not isinstance(current, FUNCTIONS):
        if isinstance(current, Loop):
            return current
        current = context.parents.get(current)
    return None


def trains_further(loop: Loop) -> bool:
    """Whether each turn trains the same model a little further."""
    if not isinstance(loop, ast.For | ast.AsyncFor | ast.While):
        return False
    called = calls_in(loop.body)
    if called & _TRAINS_FURTHER:
        return True
    if isinstance(loop, ast.While):
        return False
    named = any(isinstance(n, ast.Name) and _EPOCHS.search(n.id) for n in ast.walk(loop.target))
    return named or "epoch" in ast.unparse(loop.iter).lower()


def fits_inside(loop: Loop) -> bool:
    return "fit" in calls_in([loop])


def turns(context: Context, node: ast.AST, depth: int = 0) -> Iterator[Loop]:
    """The loops around ``node``, innermost first, also those around the calls of the functions it stands in."""
    current = context.parents.get(node)
    while current is not None and not isinstance(current, FUNCTIONS):
        if isinstance(current, Loop):
            yield current
        current = context.parents.get(current)
    if isinstance(current, ast.FunctionDef | ast.AsyncFunctionDef) and depth < 4:
        for other in context.nodes:
            if isinstance(other, ast.Call) and _called(other) == current.name:
                yield from turns(context, other, depth + 1)


def trains_anew(context: Context, loop: Loop) -> bool | None:
    """Whether each turn makes the model that it trains by gradients; None where a turn trains none."""
    inside = list(_reached(context, loop))
    if not any(_called(call) == "backward" for call in inside):
        return None
    return any(
        isinstance(given, ast.Call) and isinstance(given.func, ast.Attribute) and given.func.attr == "parameters"
        for call in inside
        if not _called(call).startswith("clip")
        for given in call.args
    )


def _reached(context: Context, node: ast.AST) -> Iterator[ast.Call]:
    """The calls in ``node`` and in the functions of the script that these call."""
    functions = {
        n.name: n for n in context.nodes if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)
    }  # fmt: skip
    waiting, known = [node], set[str]()
    while waiting:
        for call in ast.walk(waiting.pop()):
            if isinstance(call, ast.Call):
                yield call
                name = _called(call)
                if name in functions and name not in known:
                    known.add(name)
                    waiting.append(functions[name])


def _called(call: ast.Call) -> str:
    func = call.func
    return func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
