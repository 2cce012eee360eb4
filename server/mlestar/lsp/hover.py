"""Hover: a block's history on its first line, one sentence elsewhere once it was measured; the objective's reason."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from cst_tools.types import Block, Objective
from mlestar.lsp.code_action import block_at
from mlestar.lsp.code_lens import gain_text, impact_text, is_plain_import
from mlestar.lsp.results import FileResults
from mlestar.types import Verdict

if TYPE_CHECKING:
    from mlestar.lsp.session import Session


async def hover(session: Session, params: lsp.HoverParams) -> lsp.Hover | None:
    known = await session.knowledge(params.text_document.uri)
    if known is None or known.good is None:
        return None
    offset = known.layout.offset(params.text_document.uri, params.position)
    if offset is None:
        return None
    results = session.results.of(known.document)
    objective = known.good.analysis.objective
    parts: list[str] = []
    span = None
    if objective is not None and objective.span is not None:
        here = known.here(objective.span)
        if here.start <= offset <= here.end and here.start < here.end:
            parts.append(objective_text(objective, results))
            span = here
    block = block_at(known, offset)
    if block is not None and not is_plain_import(block):
        here = known.here(block.span)
        first = known.layout.position(here.start).line
        head = params.position.line in (first, block_line(known.good.analysis.script.text, block, first))
        if head:
            parts.append(block_text(block, results))
        elif results.impact_of(block) is not None:
            parts.append(summary(block, results))
        if parts:
            span = span or here
    if not parts or span is None:
        return None
    text = "\n\n---\n\n".join(parts)
    kind = lsp.MarkupKind.Markdown
    if not session.capabilities.hover_markdown:
        text, kind = plain(text), lsp.MarkupKind.PlainText
    return lsp.Hover(contents=lsp.MarkupContent(kind=kind, value=text), range=known.layout.range(span))


def block_line(text: str, block: Block, first: int) -> int:
    """The line of the block's first code, below the comments that belong to it."""
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text[block.span.start : block.span.end])):
        if line.strip() and not line.lstrip().startswith(("#", "@")):
            return first + number
    return first


def objective_text(objective: Objective, results: FileResults) -> str:
    lines = [f"**Objective**: {escape(objective.metric)}, {objective.direction.value}", "", escape(objective.reason)]
    ablation = results.ablation
    if ablation is not None and ablation.baseline is not None:
        baseline = ablation.baseline
        noise = f", noise {baseline.noise:.2g}" if baseline.noise is not None else ""
        lines += ["", f"Baseline {baseline.mean:.6g}{noise} over {len(baseline.scores)} seeds."]
    lines += [f"\n⚠ {escape(warning)}" for warning in objective.warnings]
    return "\n".join(lines)


def summary(block: Block, results: FileResults) -> str:
    measured = results.impact_of(block)
    text = f"**{escape(block.title)}** · {block.role.value}"
    return f"{text} · {escape(impact_text(measured))}" if measured else text


def block_text(block: Block, results: FileResults) -> str:
    """Role and why, what was measured, and every plan tried with its verdict."""
    lines = [summary(block, results), "", escape(block.reason)]
    if block.protected:
        lines += ["", "Kept as it is: scores could not be compared otherwise."]
    measured = results.impact_of(block)
    if measured is not None:
        impact = measured.impact
        lines += ["", f"Measured by: {escape(impact.variant)}, {impact.runs} runs."]
        if impact.note:
            lines += ["", escape(impact.note)]
    tried = results.tried(block)
    if tried:
        lines += ["", "| plan | verdict | gain |", "| --- | --- | --- |"]
        for report, candidate in tried[:12]:
            if candidate.confirmed is not None:
                how = "confirmed" if candidate.verdict is Verdict.BETTER else "on fresh seeds"
                gain = f"{gain_text(candidate.confirmed, report.objective)} ({how})"
            elif candidate.selection is not None:
                gain = f"{gain_text(candidate.selection, report.objective)} (when choosing)"
            else:
                gain = ""
            lines.append(f"| {cell(candidate.plan.title)} | {candidate.verdict.value} | {cell(gain)} |")
        if len(tried) > 12:
            lines += ["", f"{len(tried) - 12} older ones are in the report."]
    return "\n".join(lines)


def escape(text: str) -> str:
    """Text that Markdown shows as it is."""
    return re.sub(r"([\\`*_{}\[\]<>|#])", r"\\\1", text)


def cell(text: str) -> str:
    return escape(text.replace("\n", " "))


def plain(markdown: str) -> str:
    """The same for a client that shows no Markdown."""
    text = re.sub(r"^\| --- .*\n?", "", markdown, flags=re.MULTILINE)
    text = re.sub(r"(?<!\\)\*\*", "", text)
    return re.sub(r"\\([\\`*_{}\[\]<>|#])", r"\1", text)
