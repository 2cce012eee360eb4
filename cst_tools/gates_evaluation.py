"""What the evaluation stands on, and the ways to cheat it: rebinding, altering or reading the true values."""

from __future__ import annotations

import ast
import re
import textwrap
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cst_tools.gates_syntax import (
    BUILTINS,
    all_statements,
    bound_names,
    imported_names,
    names_in,
    parse_block,
    walk_all,
)
from cst_tools.import_use import idle_imports
from cst_tools.metrics import by_function
from cst_tools.names import root_name
from cst_tools.script import Script
from cst_tools.types import ObjectiveKind, Patch, Role

if TYPE_CHECKING:
    from cst_tools.analysis import Analysis


@dataclass(frozen=True)
class Evaluation:
    """Names the evaluation stands on."""

    truth: frozenset[str]
    held_out: frozenset[str]
    """Those of ``truth`` that only the evaluation may read."""
    callables: frozenset[str]
    target_columns: frozenset[str]


def evaluation_names(before: Analysis) -> Evaluation:
    """What the objective and the protected evaluation read: true values, functions, the target's column."""
    tree = before.script.tree
    objective = before.objective
    assert tree is not None and objective is not None
    sources: list[ast.AST] = []
    if objective.kind is not ObjectiveKind.PRINTED:
        try:
            sources.append(ast.parse(textwrap.dedent(objective.expression).strip(), mode="eval"))
        except SyntaxError:
            sources.extend(n for n in ast.walk(tree) if isinstance(n, ast.Call))
    spans = [b.span for b in before.blocks if b.protected and b.role is Role.EVALUATE]
    sources += [s for s in all_statements(tree) if any(span.contains(before.script.span_of(s)) for span in spans)]
    truth: set[str] = set()
    callables: set[str] = set()
    for source in sources:
        for node in ast.walk(source):
            if not isinstance(node, ast.Call):
                continue
            name = root_name(node.func)
            if isinstance(node.func, ast.Name):
                callables.add(node.func.id)
            elif name is not None and isinstance(node.func, ast.Attribute) and name in imported_names(tree):
                callables.add(name)
            last = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if by_function(last) is not None and node.args:
                truth.update(names_in(node.args[0]))
            elif last == "score" and len(node.args) > 1:
                truth.update(names_in(node.args[1]))
            elif last in ("cross_val_score", "cross_validate") and len(node.args) > 2:
                truth.update(names_in(node.args[2]))
    labels = {n for n in truth if re.match(r"(?:y|labels?|targets?|truth|true)(?:_|\d|$)|Y", n)}
    truth = {n for n in truth if n in labels or not re.search(r"pred|prob|hat|score|out", n, re.IGNORECASE)}
    held_out = {n for n in labels if re.search(r"te(?:st)?$|_ts$|val(?:id)?$|_va$|hold|dev$", n)}
    return Evaluation(
        frozenset(truth - callables), frozenset(held_out), frozenset(callables), _target_columns(tree, labels)
    )


def measuring_functions(before: Analysis) -> frozenset[str]:
    """Local functions that the objective's expression calls, directly or not, and that train nothing themselves."""
    tree, objective = before.script.tree, before.objective
    if tree is None or objective is None or objective.kind is ObjectiveKind.PRINTED:
        return frozenset()
    functions = {n.name: n for n in ast.walk(tree) if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))}
    try:
        todo: list[ast.AST] = [ast.parse(textwrap.dedent(objective.expression).strip(), mode="eval")]
    except SyntaxError:
        return frozenset()
    found: set[str] = set()
    while todo:
        for node in ast.walk(todo.pop()):
            name = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
            if name in functions and name not in found and not _trains(functions[name]):
                found.add(name)
                todo.append(functions[name])
    return frozenset(found)


def _trains(function: ast.AST) -> bool:
    names = {n.attr for n in ast.walk(function) if isinstance(n, ast.Attribute)}
    return bool(names & {"fit", "fit_transform", "fit_predict", "train", "backward", "partial_fit"})


def cheats(before: Analysis, after: Script, patches: Sequence[Patch]) -> str | None:
    """Why the patches that lead to ``after`` are no honest change; None when they are."""
    names = evaluation_names(before)
    blocks = {block.id: block for block in before.blocks}
    for patch in patches:
        block = blocks.get(patch.block_id)
        old = parse_block(before.script.slice(block.span)) if block is not None else []
        new = parse_block(patch.new_code)
        if new is None:
            return f"The new code of block {patch.block_id} cannot be parsed."
        reason = _cheat(names, old or [], new)
        if reason is None and patch.block_id == "imports":
            reason = _imports_other_things(old or [], new, idle_imports(before.script, after.masked))
        if reason is not None:
            return reason
    return None


def _cheat(names: Evaluation, old: Sequence[ast.stmt], new: Sequence[ast.stmt]) -> str | None:
    old_binds = set(bound_names(old))
    for name in bound_names(new):
        if name.startswith("__mlestar"):
            return f"The change rebinds {name}, which reports the score."
        if name in old_binds:
            continue
        if name in names.callables:
            return f"The change rebinds {name!r}, which the evaluation calls."
        if name in BUILTINS and name not in ("id", "input", "vars", "copyright", "credits", "license", "exit", "quit"):
            return f"The change rebinds the builtin {name!r}."
    for node in walk_all(new):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            dotted = ast.unparse(node)
            if "metrics" in dotted.split(".")[:-1] or root_name(node) in names.callables:
                return f"The change assigns to {dotted}, which the evaluation uses."
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in ("setattr", "delattr")
            and node.args
        ) and ("metrics" in ast.unparse(node.args[0]) or root_name(node.args[0]) in names.callables | {"builtins"}):
            return f"The change alters {ast.unparse(node.args[0])}, which the evaluation uses."
        if isinstance(node, (ast.Name, ast.Constant)):
            word = node.id if isinstance(node, ast.Name) else node.value
            if isinstance(word, str) and word.startswith("__mlestar"):
                return f"The change uses {word}, which belongs to the measuring."
    old_truth, new_truth = Counter(_stores(old, names)), Counter(_stores(new, names))
    if old_truth != new_truth:
        changed = next(iter((new_truth - old_truth) + (old_truth - new_truth)))
        return f"The change alters how the true values are made ({changed!r}), so scores could not be compared."
    old_reads = {n.id for n in walk_all(old) if isinstance(n, ast.Name)}
    for node in walk_all(new):
        if isinstance(node, ast.Name) and node.id in names.held_out and node.id not in old_reads:
            return f"The change reads {node.id!r}, the held-out true values that only the evaluation may see."
    return None


def _imports_other_things(old: Sequence[ast.stmt], new: Sequence[ast.stmt], idle: Collection[str]) -> str | None:
    """Imports may be added, and go when they are idle; the others must stay, and keep what their names mean."""
    before, after = {ast.unparse(s) for s in old}, [ast.unparse(s) for s in new]
    lost = before - set(after)
    added = [s for s, text in zip(new, after, strict=True) if text not in before]
    taken = set(bound_names(old)) & set(bound_names(added)) if not lost else set()
    for statement in added:
        if not isinstance(statement, (ast.Import, ast.ImportFrom)):
            words = ast.unparse(statement)[:60]
            return f"The change puts {words!r} among the imports, where only imports may be added."
    if taken:
        return f"The change imports another {sorted(taken)[0]!r} than the script does."
    if lost:
        missing = set(bound_names(old)) - set(bound_names(new)) - set(idle)
        if missing or not _same_sources(old, new, idle):
            return f"The change removes or replaces the import {sorted(lost)[0][:80]!r}."
    return None


def _same_sources(old: Sequence[ast.stmt], new: Sequence[ast.stmt], idle: Collection[str]) -> bool:
    """Whether every imported name but idle ones that went still comes from where it came."""
    sources = []
    for statements in (old, new):
        found: dict[str, str] = {}
        for node in walk_all(statements):
            if isinstance(node, ast.Import):
                found.update({a.asname or a.name: a.name for a in node.names})
            elif isinstance(node, ast.ImportFrom):
                found.update({a.asname or a.name: f"{node.module}.{a.name}" for a in node.names})
        sources.append(found)
    return all(sources[1].get(n, s if n in idle else None) == s for n, s in sources[0].items())


_IN_PLACE = frozenset(
    [
        "sort",
        "clear",
        "pop",
        "fill",
        "update",
        "append",
        "extend",
        "insert",
        "remove",
        "put",
        "itemset",
        "resize",
        "partition",
    ]
)


def _stores(statements: Sequence[ast.stmt], names: Evaluation) -> Iterator[str]:
    """Source of each simple statement that binds or mutates true values or the target's column."""
    for node in walk_all(statements):
        if not isinstance(node, (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Expr, ast.For, ast.Delete)):
            continue
        if isinstance(node, ast.Expr):
            call = node.value
            if (
                isinstance(call, ast.Call)
                and isinstance(call.func, ast.Attribute)
                and root_name(call.func) in names.truth
            ):
                inplace = any(k.arg == "inplace" for k in call.keywords)
                if inplace or call.func.attr in _IN_PLACE:
                    yield ast.unparse(node)
            continue
        targets: list[ast.expr] = node.targets if isinstance(node, (ast.Assign, ast.Delete)) else [node.target]
        touched = False
        for target in targets:
            for part in ast.walk(target):
                if (isinstance(part, ast.Name) and part.id in names.truth and _is_root(target, part)) or (
                    isinstance(part, ast.Subscript)
                    and isinstance(part.ctx, ast.Store)
                    and names.target_columns & set(_strings(part.slice))
                ):
                    touched = True
        if touched:
            yield ast.unparse(node.target) if isinstance(node, ast.For) else ast.unparse(node)


def _is_root(target: ast.expr, name: ast.Name) -> bool:
    items = target.elts if isinstance(target, (ast.Tuple, ast.List)) else [target]
    return any(root_name(item) == name.id for item in items)


def _strings(node: ast.expr) -> Iterator[str]:
    parts = node.elts if isinstance(node, (ast.Tuple, ast.List)) else [node]
    for part in parts:
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def _target_columns(tree: ast.Module, labels: set[str]) -> frozenset[str]:
    """Columns from which the labels are read: ``y = df["target"]``, ``y = df.pop("target")``."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.Assign):
            continue
        if not any(
            isinstance(t, ast.Name) and (t.id in labels or t.id in ("y", "target", "labels")) for t in node.targets
        ):
            continue
        value = node.value
        while isinstance(value, (ast.Attribute, ast.Call)):
            if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr == "pop":
                found.update(s for a in value.args for s in _strings(a))
            value = value.func if isinstance(value, ast.Call) else value.value
        if isinstance(value, ast.Subscript):
            found.update(_strings(value.slice))
    return frozenset(found)
