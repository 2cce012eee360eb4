"""Which names a split gives the training rows and the others."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace

from cst_tools.rules.fixes.expand import Parts
from cst_tools.rules.fixes.variables import read, scope_of, variable
from cst_tools.rules.rule import Context


@dataclass(frozen=True)
class Parting:
    """Statements that part tables, and for each parted expression the names of its parts."""

    tables: tuple[tuple[ast.expr, Parts], ...]
    first: ast.stmt
    last: ast.stmt
    """What is done to the parts stands below this one."""
    returned: tuple[str, ...] = ()
    """New names for all parts, where a function returns them as they are split."""


def parting_at(context: Context, body: list[ast.stmt], statement: ast.stmt, call: ast.AST) -> Parting | None:
    """The tables that are parted by a statement, and by those below it that part the training rows again."""
    found = _by_call(context, statement) if isinstance(call, ast.Call) else None
    if found is None and isinstance(call, ast.Call):
        found = _by_unpacking(context, body, statement) or _returned(context, statement)
    if found is None and isinstance(statement, ast.Assign):
        found = _by_sample(body, statement)
    if found is None:
        return None
    return _parted_again(context, body, found)


def _is_split(context: Context, call: ast.Call) -> bool:
    nodes = [split.node for split in context.flow.splits.values() if not split.folds]
    return any(node is call for node in nodes) or any(_wraps(context, call, node) for node in nodes)


def _wraps(context: Context, call: ast.Call, split: ast.AST) -> bool:
    """Whether a call is of a function that returns the split of its arguments, in their order."""
    scope, placed = scope_of(context, split), context.statement_of(split)
    if not isinstance(scope, ast.FunctionDef) or placed is None or not isinstance(placed[0], ast.Return):
        return False
    if not isinstance(call.func, ast.Name) or call.func.id != scope.name or placed[0].value is not split:
        return False
    given = split.args if isinstance(split, ast.Call) else []
    names = [a.arg for a in scope.args.args]
    return [variable(a) for a in given] == names[: len(given)] and len(call.args) == len(given)


def _by_call(context: Context, statement: ast.stmt) -> Parting | None:
    """``a, b, c, d = train_test_split(X, y)``."""
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return None
    target, call = statement.targets[0], statement.value
    if not isinstance(call, ast.Call) or not isinstance(target, ast.Tuple | ast.List) or not _is_split(context, call):
        return None
    if not call.args or any(isinstance(a, ast.Starred) for a in call.args) or len(target.elts) != 2 * len(call.args):
        return None
    names = [variable(element) for element in target.elts]
    known = [n for n in names if n is not None and n != "_"]
    if None in names or len(set(known)) != len(known):
        return None
    tables = [(a, Parts(names[2 * i] or "", (names[2 * i + 1] or "",))) for i, a in enumerate(call.args)]
    return Parting(tuple(tables), statement, statement)


def _returned(context: Context, statement: ast.stmt) -> Parting | None:
    """``return train_test_split(X, y)``: the parts get names."""
    call = statement.value if isinstance(statement, ast.Return) else None
    if not isinstance(call, ast.Call) or not call.args or not _is_split(context, call):
        return None
    names = [variable(a) for a in call.args]
    known = [n.removeprefix("self.") for n in names if n is not None]
    if len(known) != len(call.args) or len(set(known)) != len(known):
        return None
    parts = [Parts(f"{n}_train", (f"{n}_test",)) for n in known]
    new = tuple(name for p in parts for name in (p.train, *p.others))
    if any(name in context.names or name in context.defined for name in new):
        within = {n.id for n in ast.walk(scope_of(context, statement)) if isinstance(n, ast.Name)}
        if within & set(new):
            return None
    return Parting(tuple(zip(call.args, parts, strict=True)), statement, statement, new)


def _by_unpacking(context: Context, body: list[ast.stmt], statement: ast.stmt) -> Parting | None:
    """``parts = train_test_split(X, y)`` and, below, ``a, b = parts[0], parts[1]`` or ``a, b, c, d = parts``."""
    call = statement.value if isinstance(statement, ast.Assign) and len(statement.targets) == 1 else None
    owner = variable(statement.targets[0]) if isinstance(statement, ast.Assign) else None
    if owner is None or not isinstance(call, ast.Call) or not call.args or not _is_split(context, call):
        return None
    names: dict[int, str] = {}
    count = 2 * len(call.args)
    last = statement
    for below in body[body.index(statement) + 1 :]:
        if owner not in read(below):
            if set(names.values()) & read(below):
                break
            continue
        if not isinstance(below, ast.Assign) or len(below.targets) != 1 or len(names) == count:
            return None
        for target, value in _pairs(below, owner, count):
            position = _position(value, owner)
            name = variable(target)
            if position is None or name is None or position in names:
                return None
            names[position] = name
        last = below
    if len(names) != count or len(set(names.values())) != count:
        return None
    tables = [(a, Parts(names[2 * i], (names[2 * i + 1],))) for i, a in enumerate(call.args)]
    return Parting(tuple(tables), statement, last)


def _pairs(statement: ast.Assign, owner: str, count: int) -> list[tuple[ast.expr, ast.expr]]:
    target, value = statement.targets[0], statement.value
    if isinstance(target, ast.Tuple) and variable(value) == owner and len(target.elts) == count:
        indices: list[ast.expr] = [ast.Subscript(value, ast.Constant(i), ast.Load()) for i in range(count)]
        return [*zip(target.elts, indices, strict=True)]
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
        return [*zip(target.elts, value.elts, strict=True)]
    return [(target, value)]


def _position(value: ast.expr, owner: str) -> int | None:
    if not isinstance(value, ast.Subscript) or variable(value.value) != owner:
        return None
    return value.slice.value if isinstance(value.slice, ast.Constant) and isinstance(value.slice.value, int) else None


def _by_sample(body: list[ast.stmt], statement: ast.Assign) -> Parting | None:
    """``train = df.sample(frac=0.8)`` and ``test = df.drop(train.index)``."""
    call = statement.value
    train = variable(statement.targets[0]) if len(statement.targets) == 1 else None
    if train is None or not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
        return None
    table = call.func.value
    name = variable(table)
    if call.func.attr != "sample" or name is None or name == train:
        return None
    for below in body[body.index(statement) + 1 :]:
        if not isinstance(below, ast.Assign) or len(below.targets) != 1 or name not in read(below):
            if train in read(below):
                return None
            continue
        rest, value = variable(below.targets[0]), below.value
        dropped = (
            isinstance(value, ast.Call)
            and isinstance(value.func, ast.Attribute)
            and value.func.attr == "drop"
            and variable(value.func.value) == name
            and [ast.unparse(a) for a in value.args] == [f"{train}.index"]
        )
        if rest is None or not dropped:
            return None
        return Parting(((table, Parts(train, (rest,))),), statement, below)
    return None


def _parted_again(context: Context, body: list[ast.stmt], parting: Parting) -> Parting:
    """Where the training rows are parted once more (validation), that is where training begins."""
    tables = list(parting.tables)
    last = parting.last
    for statement in body[body.index(parting.last) + 1 :]:
        names = {n for _, parts in tables for n in (parts.train, *parts.others)}
        if not read(statement) & names:
            continue
        again = _by_call(context, statement)
        if again is None:
            break
        new: list[tuple[ast.expr, Parts]] = []
        children = {variable(argument): parts for argument, parts in again.tables}
        if None in children:
            break
        of_train = False
        for node, parts in tables:
            if parts.train in children:
                of_train = True
                child = children[parts.train]
                new.append((node, replace(parts, train=child.train, others=(*child.others, *parts.others))))
                continue
            others: list[str] = []
            for other in parts.others:
                child_parts = children.get(other)
                others += [other] if child_parts is None else [child_parts.train, *child_parts.others]
            new.append((node, replace(parts, others=tuple(others))))
        kept_on = read(body[body.index(statement) + 1 :])
        if not of_train or any(
            parts.train in kept_on and parts.train not in {p.train for _, p in new} for _, parts in tables
        ):
            break  # the rows held out are parted later: they can be transformed before that
        tables, last = new, statement
    return replace(parting, tables=tuple(tables), last=last)
