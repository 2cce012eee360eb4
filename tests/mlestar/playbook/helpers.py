"""Blocks cut by blank lines, so that these tests depend on the playbook and on `cst_tools.edits` alone."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path

from cst_tools.edits import apply_patches
from cst_tools.script import Script, hash_text
from cst_tools.types import Block, BlockKind, Direction, Facts, Objective, ObjectiveKind, Role, Span
from mlestar.playbook import Example, Strategy, carry_out, propose
from mlestar.types import BlockContext, NotApplicable, Plan


def paragraphs(text: str) -> list[tuple[int, int]]:
    """Line ranges (0-based, end exclusive) of the parts between blank lines, inside or outside a function."""
    found: list[tuple[int, int]] = []
    start: int | None = None
    lines = [*text.splitlines(), ""]
    for number, line in enumerate(lines):
        if line.strip() and start is None:
            start = number
        elif not line.strip() and start is not None:
            found.append((start, number))
            start = None
    return found


def block_at(script: Script, at: str, role: Role, whole: str | None = None) -> tuple[tuple[Block, ...], Block]:
    """The import block and the paragraph that holds ``at`` (or the text ``whole``) as a block of ``role``."""
    text = script.text
    lines = text.splitlines(keepends=True)
    offsets = [0]
    for line in lines:
        offsets.append(offsets[-1] + len(line))
    blocks: list[Block] = []
    for first, end in paragraphs(text):
        span = Span(offsets[first], offsets[first] + len("".join(lines[first:end]).rstrip("\r\n")))
        piece = text[span.start : span.end]
        if first == 0 and piece.startswith(("import", "from")):
            blocks.append(_block("imports", Role.OTHER, span, first, end - 1, piece))
        elif whole is None and at in piece:
            blocks.append(_block("target", role, span, first, end - 1, piece))
    if whole is not None:
        start = text.index(whole)
        first = text[:start].count("\n")
        blocks.append(_block("target", role, Span(start, start + len(whole)), first, first + whole.count("\n"), whole))
    target = [block for block in blocks if block.id == "target"]
    assert len(target) == 1, f"{at!r} is in {len(target)} paragraphs"
    return tuple(blocks), target[0]


def _block(name: str, role: Role, span: Span, first: int, last: int, piece: str) -> Block:
    return Block(
        id=name,
        title=name,
        role=role,
        kind=BlockKind.STATEMENTS,
        container="",
        span=span,
        first_line=first,
        last_line=last,
        source_hash=hash_text(piece),
        defines=(),
        reads=(),
        reason="test",
        protected=False,
        order=0,
    )


def context(
    text: str,
    at: str,
    *,
    role: Role = Role.MODEL,
    metric: str = "accuracy",
    expression: str = "",
    direction: Direction = Direction.MAXIMIZE,
    facts: Facts | None = None,
    packages: Mapping[str, str] | None = None,
    whole: str | None = None,
) -> BlockContext:
    script = Script.parse(text)
    assert script.tree is not None, script.problem
    blocks, block = block_at(script, at, role, whole)
    objective = Objective(ObjectiveKind.EXPRESSION, expression, None, metric, direction, aggregate(), "test")
    return BlockContext(script, blocks, objective, block, facts or Facts(), packages or {})


def aggregate() -> object:
    from cst_tools.types import Aggregate

    return Aggregate.LAST


def of_example(strategy: type[Strategy], example: Example) -> BlockContext:
    return context(
        example.before,
        example.at,
        role=sorted(strategy.roles)[0],
        metric=example.metric,
        expression=example.expression,
        direction=example.direction,
        facts=example.facts,
        packages=example.packages,
    )


def rewritten(ctx: BlockContext, slug: str) -> str | NotApplicable:
    """The whole script after the strategy, or why it does not apply."""
    plan = Plan(f"playbook/{slug}", ctx.block.id, "", "", "playbook")
    outcome = carry_out(ctx, plan)
    if isinstance(outcome, NotApplicable):
        return outcome
    applied = apply_patches(ctx.script, ctx.blocks, outcome.patches)
    assert not isinstance(applied, str), applied
    ast.parse(applied.text)
    return applied.text


def slugs(ctx: BlockContext) -> list[str]:
    return [plan.id.removeprefix("playbook/") for plan in propose(ctx)]


HERE = Path(__file__).parent
