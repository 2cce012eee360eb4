"""What a changed script must hold before it may run: the same evaluation of a whole program, no new finding.

A gain counts only when the evaluator stayed the same. `check_variant` compares a script with its patched text and
rejects, in one sentence, a variant that touches protected blocks, rebinds what the evaluation uses, reads the
held-out labels, leaves a name undefined that later code reads, or adds a finding.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from cst_tools.edits import apply_patches, map_span, minimal_edits
from cst_tools.gates_evaluation import cheats, measuring_functions
from cst_tools.gates_names import undefines
from cst_tools.objective import find_objectives
from cst_tools.script import Script
from cst_tools.types import BlockKind, Edit, Finding, Objective, ObjectiveKind, Patch, Severity, Span

if TYPE_CHECKING:
    from cst_tools.analysis import Analysis


def check_variant(
    before: Analysis, after_text: str, patches: Sequence[Patch], *, roles: Mapping[str, str] | None = None
) -> tuple[Analysis, Objective] | str:
    """The analysis of ``after_text`` and the objective's place in it, or the sentence that rejects the variant.

    ``roles`` are the user's, as they were given for ``before``.
    """
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
    choice = before.objective.expression if before.objective.chosen_by_user else None
    after = analyse(script, roles=roles, objective=choice)
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
        or cheats(before, script, patches)
        or undefines(before, script, patches)
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
    measuring = measuring_functions(before)
    for block in before.blocks:
        if block.id in patched and block.kind is BlockKind.FUNCTION and measuring & set(block.defines):
            return f"The change touches {block.title!r}, which computes the objective and must stay as it is."
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


# ---------------------------------------------------------------------- findings


def _alarms(script: Script) -> list[Finding]:
    from cst_tools.rules import check

    return [finding for finding in check(script) if finding.severity is not Severity.INFORMATION]


def _new_finding(before: Script, after: Script, edits: Sequence[Edit]) -> Finding | None:
    """The first finding of the changed script that the script did not have; hints do not count.

    A finding outside the edits is the same when its mapped place and code are; inside them, a code may occur as
    often as it did inside them before.
    """
    known: Counter[tuple[str, Span]] = Counter()
    spare: Counter[str] = Counter()
    for finding in _alarms(before):
        place = map_span(finding.span, edits)
        if place is not None:
            known[(finding.code, place)] += 1
        spare[finding.code] += 1
    fresh: list[Finding] = []
    for finding in _alarms(after):
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
