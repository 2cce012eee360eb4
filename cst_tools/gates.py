"""What a changed script must hold before it may run: the same evaluation of a whole program, no new finding.

A gain counts only when the evaluator stayed the same. `check_variant` compares a script with its patched text and
rejects, in one sentence, a variant that touches protected blocks, rebinds what the evaluation uses, reads the
held-out labels, leaves a name undefined that later code reads, or adds a finding.
"""

from __future__ import annotations

import ast
import builtins
import re
import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cst_tools.edits import apply_patches, map_span, minimal_edits
from cst_tools.metrics import by_function
from cst_tools.names import names_of, root_name
from cst_tools.objective import find_objectives
from cst_tools.script import Script
from cst_tools.types import Block, BlockKind, Edit, Finding, Objective, ObjectiveKind, Patch, Role, Span

if TYPE_CHECKING:
    from cst_tools.analysis import Analysis

_BUILTINS = frozenset(dir(builtins)) | {"__file__", "__name__", "__doc__", "__builtins__"}


def check_variant(before: Analysis, after_text: str, patches: Sequence[Patch]) -> tuple[Analysis, Objective] | str:
    """The analysis of ``after_text`` and the objective's place in it, or the sentence that rejects the variant."""
    from cst_tools.analysis import analyse

    if before.objective is None:
        return "The script has no objective, so no variant can be judged."
    script = before.script.with_text(after_text)
    if script.tree is None:
        return f"The changed script cannot be parsed: {script.problem.message if script.problem else 'syntax error'}"
    edits = _edits(before, after_text, patches)
    reason = _structural(before, script, edits, patches)
    if reason is not None:
        return reason
    after = analyse(script, objective=before.objective.expression if before.objective.chosen_by_user else None)
    objective = _objective_again(before, script, after_text, edits)
    if isinstance(objective, str):
        return objective
    finding = _new_finding(before.script, script, edits)
    if finding is not None:
        line = script.index.line_of(finding.span.start) + 1
        return f"The change adds a finding on line {line}, {finding.code} ({finding.slug}): {finding.message}"
    return replace(after, objective=objective), objective


def structural(before: Analysis, after_text: str, patches: Sequence[Patch]) -> str | None:
    """The part of `check_variant` that needs no second analysis: parse, protection, honesty, names."""
    script = before.script.with_text(after_text)
    if script.tree is None:
        return f"The changed script cannot be parsed: {script.problem.message if script.problem else 'syntax error'}"
    return _structural(before, script, _edits(before, after_text, patches), patches)


def _structural(before: Analysis, script: Script, edits: Sequence[Edit], patches: Sequence[Patch]) -> str | None:
    return (
        _touches_protected(before, script.text, edits, patches)
        or _cheats(before, patches)
        or _undefines(before, script, patches)
    )


def _edits(before: Analysis, after_text: str, patches: Sequence[Patch]) -> tuple[Edit, ...]:
    applied = apply_patches(before.script, before.blocks, patches) if patches else ""
    if not isinstance(applied, str) and applied.text == after_text:
        return applied.edits
    return minimal_edits(before.script.text, after_text)


# ---------------------------------------------------------------------- the evaluation stays the same


def _touches_protected(
    before: Analysis, after_text: str, edits: Sequence[Edit], patches: Sequence[Patch]
) -> str | None:
    patched = {patch.block_id for patch in patches}
    for block in before.blocks:
        if not block.protected:
            continue
        words = f"The change touches the protected block {block.title!r} ({block.role.value})"
        reason = f"{words}; loading, splitting and evaluation must stay as they are."
        if block.id in patched and block.id != "imports":
            return reason
        if block.id == "imports":
            continue
        place = map_span(block.span, edits)
        if place is None or after_text[place.start : place.end] != before.script.slice(block.span):
            return reason
    return None


def _objective_again(before: Analysis, script: Script, after_text: str, edits: Sequence[Edit]) -> Objective | str:
    old = before.objective
    assert old is not None
    if old.kind is ObjectiveKind.PRINTED or old.span is None:
        return old
    if old.kind is ObjectiveKind.EXPRESSION:
        place = map_span(old.span, edits)
        if place is None or after_text[place.start : place.end] != before.script.slice(old.span):
            return f"The change touches the objective {old.expression!r}, which must stay as it is."
        return replace(old, span=place)
    found, _ = find_objectives(script, None, choice=old.metric)
    for objective in found:
        if objective.kind is old.kind and objective.metric == old.metric and _truth(objective) == _truth(old):
            return replace(objective, chosen_by_user=old.chosen_by_user, reason=old.reason)
    return f"After the change the proposed metric {old.expression!r} can no longer be computed on the same rows."


def _truth(objective: Objective) -> tuple[str, ...]:
    """The arguments of a proposed expression that stay the same whatever the model is: the true values."""
    call = next((n for n in ast.walk(ast.parse(objective.expression, mode="eval")) if isinstance(n, ast.Call)), None)
    for node in ast.walk(ast.parse(objective.expression, mode="eval")):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            call = node
            break
    if call is None or not isinstance(call.func, ast.Name):
        return (objective.expression,)
    if call.func.id == "cross_val_score":
        return (call.func.id, ast.unparse(call.args[2]))
    return (call.func.id, ast.unparse(call.args[0]))


@dataclass(frozen=True)
class _Evaluation:
    """Names the evaluation stands on."""

    truth: frozenset[str]
    held_out: frozenset[str]
    """Those of ``truth`` that only the evaluation may read."""
    callables: frozenset[str]
    target_columns: frozenset[str]


def evaluation_names(before: Analysis) -> _Evaluation:
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
    sources += [s for s in _statements(tree) if any(span.contains(before.script.span_of(s)) for span in spans)]
    truth: set[str] = set()
    callables: set[str] = set()
    for source in sources:
        for node in ast.walk(source):
            if not isinstance(node, ast.Call):
                continue
            name = root_name(node.func)
            if isinstance(node.func, ast.Name):
                callables.add(node.func.id)
            elif name is not None and isinstance(node.func, ast.Attribute) and name in _imported(tree):
                callables.add(name)
            last = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if by_function(last) is not None and node.args:
                truth.update(_names(node.args[0]))
            elif last == "score" and len(node.args) > 1:
                truth.update(_names(node.args[1]))
            elif last in ("cross_val_score", "cross_validate") and len(node.args) > 2:
                truth.update(_names(node.args[2]))
    labels = {n for n in truth if re.match(r"(?:y|labels?|targets?|truth|true)(?:_|\d|$)|Y", n)}
    truth = {n for n in truth if n in labels or not re.search(r"pred|prob|hat|score|out", n, re.IGNORECASE)}
    held_out = {n for n in labels if re.search(r"te(?:st)?$|_ts$|val(?:id)?$|_va$|hold|dev$", n)}
    return _Evaluation(
        frozenset(truth - callables), frozenset(held_out), frozenset(callables), _target_columns(tree, labels)
    )


def _cheats(before: Analysis, patches: Sequence[Patch]) -> str | None:
    names = evaluation_names(before)
    blocks = {block.id: block for block in before.blocks}
    for patch in patches:
        block = blocks.get(patch.block_id)
        old = _parsed(before.script.slice(block.span)) if block is not None else []
        new = _parsed(patch.new_code)
        if new is None:
            return f"The new code of block {patch.block_id} cannot be parsed."
        reason = _cheat(names, old or [], new)
        if reason is not None:
            return reason
    return None


def _cheat(names: _Evaluation, old: Sequence[ast.stmt], new: Sequence[ast.stmt]) -> str | None:
    old_binds = set(_bound(old))
    for name in _bound(new):
        if name.startswith("__mlestar"):
            return f"The change rebinds {name}, which reports the score."
        if name in old_binds:
            continue
        if name in names.callables:
            return f"The change rebinds {name!r}, which the evaluation calls."
        if name in _BUILTINS and name not in ("id", "input", "vars", "copyright", "credits", "license", "exit", "quit"):
            return f"The change rebinds the builtin {name!r}."
    for node in _walk(new):
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
    old_reads = {n.id for n in _walk(old) if isinstance(n, ast.Name)}
    for node in _walk(new):
        if isinstance(node, ast.Name) and node.id in names.held_out and node.id not in old_reads:
            return f"The change reads {node.id!r}, the held-out true values that only the evaluation may see."
    return None


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


def _stores(statements: Sequence[ast.stmt], names: _Evaluation) -> Iterator[str]:
    """Source of each simple statement that binds or mutates true values or the target's column."""
    for node in _walk(statements):
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


# ---------------------------------------------------------------------- what later code reads


def _undefines(before: Analysis, script: Script, patches: Sequence[Patch]) -> str | None:
    assert script.tree is not None
    everywhere = _all_bound(script.tree)
    for patch in patches:
        block = next((b for b in before.blocks if b.id == patch.block_id), None)
        new = _parsed(patch.new_code)
        if block is None or new is None:
            continue
        if block.kind is BlockKind.STATEMENTS:
            reason = _loses(before, block, new, patches)
        else:
            reason = _breaks_definition(before.script, block, new)
        if reason is not None:
            return reason
        old_names = {n.id for n in _walk(_parsed(before.script.slice(block.span)) or []) if isinstance(n, ast.Name)}
        for name in names_of(new).reads:
            base = name.partition(".")[0]
            if base not in everywhere and base not in old_names and base not in _BUILTINS and not _star(script.tree):
                return f"The new code reads {base!r}, which nothing in the script defines."
    return None


def _loses(before: Analysis, block: Block, new: Sequence[ast.stmt], patches: Sequence[Patch]) -> str | None:
    names = names_of(new)
    kept = {*names.defines, *names.reads}
    readers = sorted((b for b in before.blocks if b.id != block.id), key=lambda b: b.order)
    for name in block.defines:
        if name in names.defines:
            continue
        elsewhere = [
            b for b in readers if name in b.defines and name in _bound(_parsed(before.script.slice(b.span)) or [])
        ]
        if any(b.order < block.order or b.kind is not BlockKind.STATEMENTS for b in elsewhere) or (
            name in kept and name in block.reads
        ):
            continue
        for reader in readers:
            later = reader.order > block.order or reader.kind is not BlockKind.STATEMENTS
            if later and name in reader.reads and not any(b.order < reader.order for b in elsewhere):
                return f"The new code of {block.title!r} no longer defines {name!r}, which {reader.title!r} reads."
    return None


def _breaks_definition(script: Script, block: Block, new: Sequence[ast.stmt]) -> str | None:
    olds = {n.name: n for n in _parsed(script.slice(block.span)) or [] if isinstance(n, _DEFINITIONS)}
    news = {n.name: n for n in new if isinstance(n, _DEFINITIONS)}
    for name, old in olds.items():
        now = news.get(name)
        if now is None:
            bound = set(_bound(new))
            if name in bound:
                continue
            return f"The new code no longer defines {name!r}."
        if isinstance(old, ast.ClassDef) and isinstance(now, ast.ClassDef):
            methods = {m.name for m in old.body if isinstance(m, ast.FunctionDef)}
            lost = methods - {m.name for m in now.body if isinstance(m, ast.FunctionDef)}
            if lost and not lost <= {"__repr__", "__str__"}:
                return f"The new code of class {name!r} no longer has the method {sorted(lost)[0]!r}."
        elif not isinstance(old, ast.ClassDef) and not isinstance(now, ast.ClassDef):
            if not _parameters(old) <= _parameters(now) and now.args.kwarg is None:
                return f"The new code of {name!r} no longer takes all the parameters it is called with."
            if _yields_value(old) and not _yields_value(now):
                return f"The new code of {name!r} no longer returns a value."
    return None


_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def _parameters(node: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    return {a.arg for a in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)}


def _yields_value(node: ast.AST) -> bool:
    return any(
        (isinstance(n, ast.Return) and n.value is not None) or isinstance(n, (ast.Yield, ast.YieldFrom))
        for n in ast.walk(node)
    )


# ---------------------------------------------------------------------- findings


def _new_finding(before: Script, after: Script, edits: Sequence[Edit]) -> Finding | None:
    """The first finding of the changed script that the script did not have.

    A finding outside the edits is the same when its mapped place and code are; inside them, a code may occur as
    often as it did inside them before.
    """
    from cst_tools.rules import check

    known: Counter[tuple[str, Span]] = Counter()
    spare: Counter[str] = Counter()
    for finding in check(before):
        place = map_span(finding.span, edits)
        if place is not None:
            known[(finding.code, place)] += 1
        spare[finding.code] += 1
    fresh: list[Finding] = []
    for finding in check(after):
        key = (finding.code, finding.span)
        if known[key] > 0:
            known[key] -= 1
            spare[finding.code] -= 1
        else:
            fresh.append(finding)
    for finding in fresh:
        if spare[finding.code] <= 0:
            return finding
        spare[finding.code] -= 1
    return None


# ---------------------------------------------------------------------- small readings of syntax


def _parsed(code: str) -> list[ast.stmt] | None:
    text = textwrap.dedent(code)
    for wrapped in (
        text,
        "def _():\n" + textwrap.indent(text or "pass", " "),
        "for _ in ():\n" + textwrap.indent(text, " "),
    ):
        try:
            body = ast.parse(wrapped).body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        if wrapped is text:
            return body
        outer = body[0]
        assert isinstance(outer, (ast.FunctionDef, ast.For))
        return outer.body
    return None


def _walk(statements: Sequence[ast.stmt]) -> Iterator[ast.AST]:
    for statement in statements:
        yield from ast.walk(statement)


def _statements(tree: ast.Module) -> Iterator[ast.stmt]:
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt):
            yield node


def _names(node: ast.expr) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}


def _bound(statements: Sequence[ast.stmt]) -> tuple[str, ...]:
    return names_of(statements).binds


def _imported(tree: ast.Module) -> set[str]:
    return {
        (alias.asname or alias.name).partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    }


def _star(tree: ast.Module) -> bool:
    return any(isinstance(n, ast.ImportFrom) and any(a.name == "*" for a in n.names) for n in ast.walk(tree))


def _all_bound(tree: ast.Module) -> set[str]:
    found = _imported(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, _DEFINITIONS):
            found.add(node.name)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif (isinstance(node, ast.ExceptHandler) and node.name) or (
            isinstance(node, (ast.MatchAs, ast.MatchStar)) and node.name
        ):
            found.add(node.name)
        elif isinstance(node, ast.MatchMapping) and node.rest:
            found.add(node.rest)
    return found
