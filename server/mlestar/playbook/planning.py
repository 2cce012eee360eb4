"""From a block to plans, best first, and from a plan to patches."""

from __future__ import annotations

import ast
import logging
from collections import Counter
from dataclasses import dataclass, field

from cst_tools.edits import apply_patches, import_patch, make_patch
from cst_tools.import_use import idle_imports
from cst_tools.types import Block, FitFact, Objective, Patch
from mlestar.playbook.names import dotted_ast
from mlestar.playbook.registry import STRATEGIES
from mlestar.playbook.scene import Scene, alarms
from mlestar.playbook.strategy import Change, Strategy
from mlestar.types import BlockContext, NotApplicable, Plan, Rewrite

_log = logging.getLogger(__name__)

_EVALUATION = ("_score", "_error", "_loss", "_deviance")
_SPLITS = frozenset(
    [
        "train_test_split",
        "KFold",
        "StratifiedKFold",
        "GroupKFold",
        "StratifiedGroupKFold",
        "TimeSeriesSplit",
        "ShuffleSplit",
        "StratifiedShuffleSplit",
        "GroupShuffleSplit",
        "RepeatedKFold",
        "RepeatedStratifiedKFold",
        "LeaveOneOut",
        "LeaveOneGroupOut",
        "cross_val_score",
        "cross_val_predict",
        "cross_validate",
        "classification_report",
        "confusion_matrix",
        "random_split",
    ]
)


@dataclass(frozen=True)
class _Asked:
    """One question for plans: what decides the answer, to compare by, beside the context."""

    text: str
    blocks: tuple[Block, ...]
    objective: Objective
    block: Block
    facts: tuple[FitFact, ...]
    packages: tuple[tuple[str, str], ...]
    ctx: BlockContext = field(compare=False)


def propose(ctx: BlockContext) -> tuple[Plan, ...]:
    """Plans for the block of ``ctx``, best first. Instant: nothing is run. Every plan can be carried out."""
    packages = tuple(sorted((ctx.packages or ctx.facts.packages).items()))
    return _proposed(_Asked(ctx.script.text, ctx.blocks, ctx.objective, ctx.block, ctx.facts.fits, packages, ctx))


def _proposed(asked: _Asked) -> tuple[Plan, ...]:
    """An editor asks again whenever the cursor moves within a block; nobody asks about a text that is gone."""
    kept = _kept.get(asked.text)
    if kept is None:
        _kept.clear()
        kept = _kept[asked.text] = {}
    found = kept.get(asked)
    if found is None:
        found = kept[asked] = _newly_proposed(asked.ctx)
    return found


_kept: dict[str, dict[_Asked, tuple[Plan, ...]]] = {}
"""The answers for one text: each question holds its script's tree."""


def _newly_proposed(ctx: BlockContext) -> tuple[Plan, ...]:
    scene = Scene.of(ctx)
    if isinstance(scene, str):
        return ()
    plans: list[Plan] = []
    seen: set[str] = set()
    for strategy in STRATEGIES:
        change = _change(strategy, scene)
        if isinstance(change, NotApplicable):
            continue
        key = change.code.strip()
        if key not in seen:
            seen.add(key)
            plans.append(_plan(strategy, ctx.block, change))
    return tuple(sorted(plans, key=lambda plan: -plan.prior))


def carry_out(ctx: BlockContext, plan: Plan) -> Rewrite | NotApplicable:
    """The patches of a playbook plan: the block's, and the import block's when new names are needed."""
    slug = plan.id.removeprefix("playbook/")
    strategy = next((s for s in STRATEGIES if s.slug == slug), None)
    if strategy is None:
        return NotApplicable(f"`{plan.id}` is not a plan of the playbook")
    scene = Scene.of(ctx)
    if isinstance(scene, str):
        return NotApplicable(scene)
    change = _change(strategy, scene)
    if isinstance(change, NotApplicable):
        return change
    patches = _patches(ctx, change)
    return NotApplicable(patches) if isinstance(patches, str) else Rewrite(plan, patches, change.summary)


def _patches(ctx: BlockContext, change: Change, *, tidy: bool = True) -> tuple[Patch, ...] | str:
    """The block's patch, behind that of the imports when names come or go; or why there can be none.

    Without ``tidy`` the imports that the change leaves without use stay: quicker, for a look at what would happen.
    """
    script, span = ctx.script, ctx.block.span
    patches = [make_patch(script, ctx.block, change.code)]
    changed = script.masked[: span.start] + change.code + script.masked[span.end :]
    idle = idle_imports(script, changed) if tidy else ()
    if change.imports or idle:
        made = import_patch(script, ctx.blocks, change.imports, idle)
        if isinstance(made, str):
            return made
        if made is not None and made.block_id != ctx.block.id:
            patches.insert(0, made)
        elif made is not None and change.imports:
            return "the block holds the script's imports, so it cannot be rewritten together with them"
    return tuple(patches)


def _plan(strategy: type[Strategy], block: Block, change: Change) -> Plan:
    return Plan(
        id=f"playbook/{strategy.slug}",
        block_id=block.id,
        title=strategy.title,
        why=change.why,
        source="playbook",
        reference=strategy.reference,
        prior=strategy.prior if change.prior is None else max(0.0, min(1.0, change.prior)),
    )


def _change(strategy: type[Strategy], scene: Scene) -> Change | NotApplicable:
    block = scene.ctx.block
    if block.role not in strategy.roles:
        return NotApplicable(f"the strategy is not for a block that is `{block.role.value}`")
    try:
        change = strategy().apply(scene)
    except Exception as error:
        # A defect in one strategy must not take the other plans from the user; the log has the trace.
        _log.exception("strategy %s failed on block %s", strategy.slug, block.id)
        return NotApplicable(f"the strategy failed ({type(error).__name__}: {error}); the server's log has the trace")
    if isinstance(change, NotApplicable):
        return change
    if change.code == scene.ctx.code:
        return NotApplicable("the block would stay as it is")
    problem = _harm(scene.ctx, change.code) or _new_finding(scene, change)
    return NotApplicable(problem) if problem else change


def _new_finding(scene: Scene, change: Change) -> str | None:
    """Why ``change`` would bring a leak into the script; None when it would not.

    Only folds within the training data can: what was fitted before them saw the rows they hold out.
    """
    if not any(change.code.count(mark) > scene.ctx.code.count(mark) for mark in ("CV(", "cv=", "cross_val")):
        return None
    patches = _patches(scene.ctx, change, tidy=False)
    applied = patches if isinstance(patches, str) else apply_patches(scene.ctx.script, scene.ctx.blocks, patches)
    if isinstance(applied, str):
        return applied
    then = scene.ctx.script.with_text(applied.text)
    added = alarms(then) - scene.findings
    return f"it would add the finding {sorted(added)[0]}: fit the preprocessing in a pipeline first" if added else None


def _harm(ctx: BlockContext, code: str) -> str | None:
    """Why ``code`` may not take the block's place; None when it may."""
    span = ctx.block.span
    text = ctx.script.masked[: span.start] + code + ctx.script.masked[span.end :]
    try:
        ast.parse(text)
        before, after = _evaluation(ctx.code), _evaluation(code)
    except (SyntaxError, ValueError, RecursionError):
        return "the rewritten block would not parse"
    if before - after:
        return "the rewrite would change how the script splits or scores"
    return None


def _evaluation(code: str) -> Counter[str]:
    """Calls of the block that split or score, as normalised text."""
    first = next((line for line in code.splitlines() if line.strip() and not line.lstrip().startswith("#")), "")
    tree = ast.parse("if True:\n" + code if first[:1] in (" ", "\t") else code)
    found: Counter[str] = Counter()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = (dotted_ast(node.func) or "").rsplit(".", 1)[-1]
            if name in _SPLITS or name.endswith(_EVALUATION):
                found[ast.dump(node)] += 1
    return found
