"""Code lenses: one line for the file, one for each block. They stay while the person types, and each does something."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from lsprotocol import types as lsp

from cst_tools.types import Block, Direction, Objective, ObjectiveKind, Role, Span
from mlestar.engine.types import AblationReport, Baseline
from mlestar.lsp.analysis import Analysed
from mlestar.lsp.results import FileResults, MeasuredImpact, block_of
from mlestar.lsp.studies import Job
from mlestar.types import Effect

if TYPE_CHECKING:
    from cst_tools.analysis import Analysis
    from mlestar.lsp.session import Session

_TRAINS = frozenset({Role.MODEL, Role.TRAIN, Role.TUNE, Role.PREDICT, Role.EVALUATE, Role.ENSEMBLE})
"""A file without an objective and without any of these is no training script: it gets no lens."""


async def code_lens(session: Session, params: lsp.CodeLensParams) -> list[lsp.CodeLens]:
    known = await session.knowledge(params.text_document.uri)
    if known is None or known.good is None or not known.settings.code_lens:
        return []
    session.looked_at(known.document.snapshot().path)  # editors ask for the lenses of what they show
    return [lens for uri, lens in of(session, known) if uri == known_uri(known, params.text_document.uri)]


def known_uri(known: Analysed, uri: str) -> str:
    """The part of the document with this uri, spelled as the client opened it."""
    for part in known.document.parts:
        if unquote(part.uri) == unquote(uri):
            return part.uri
    return uri


def analysed(session: Session, known: Analysed) -> None:
    """A new analysis: lenses that were answered from an older one are asked for again, if they differ."""
    if known.good is None:
        return
    titles = tuple(
        (lens.range.start.line, lens.command.title if lens.command else "") for _, lens in of(session, known)
    )
    key = unquote(known.document.uri)
    if session.lens_titles.get(key, titles) != titles:
        session.refresh_lenses()
    session.lens_titles[key] = titles


def of(session: Session, known: Analysed) -> list[tuple[str, lsp.CodeLens]]:
    """All lenses of a document, with the part they belong to."""
    assert known.good is not None
    analysis = known.good.analysis
    if not is_training(analysis):
        return []
    results = session.results.of(known.document)
    jobs = session.studies.of(known.document.uri)
    uri = known.document.uri
    out: list[tuple[str, lsp.CodeLens]] = []

    def lens(span: Span, title: str, command: str, *arguments: object, tooltip: str | None = None) -> None:
        position = known.layout.range(span).start
        start = lsp.Position(position.line, 0)
        out.append(
            (
                known.layout.uri_at(span.start),
                lsp.CodeLens(
                    range=lsp.Range(start, start),
                    command=lsp.Command(title=title, command=command, arguments=[uri, *arguments], tooltip=tooltip),
                ),
            )
        )

    top = Span(0, 0)
    lens(
        top,
        file_title(analysis.objective, results.ablation),
        "mlestar.showReport",
        tooltip=analysis.objective.reason if analysis.objective else analysis.no_objective_reason,
    )
    if jobs:
        for position, job in enumerate(jobs):
            lens(top, job_title(job, position), "mlestar.cancel", tooltip="Cancel; what was measured is kept.")
    if not any(job.question.kind.value == "ablation" for job in jobs):
        lens(
            top,
            ablation_title(results),
            "mlestar.ablate",
            tooltip="Measure what each block contributes to the score.",
        )
    for block in analysis.blocks:
        if is_quiet(block, results):
            continue
        span = known.here(block.span)
        lens(span, block_title(block, results), "mlestar.showReport", block.id, tooltip=block.reason)
        if not block.protected:
            lens(
                span,
                "Optimise this block",
                "mlestar.optimise",
                block.id,
                tooltip="Try rewrites of this block, measure them, and confirm the best on fresh seeds.",
            )
        best = applicable(results, block)
        if best is not None:
            study_id, plan_id, title = best
            lens(span, title, "mlestar.apply", study_id, plan_id, tooltip="Apply the measured rewrite to the script.")
    return out


def is_training(analysis: Analysis) -> bool:
    return analysis.objective is not None or any(block.role in _TRAINS for block in analysis.blocks)


def ablation_title(results: FileResults) -> str:
    return "Run ablation" if results.ablation is None else "Run ablation again"


def is_plain_import(block: Block) -> bool:
    return block.id == "imports"


def is_quiet(block: Block, results: FileResults) -> bool:
    """Imports, and helpers without a role of which nothing is known: a line above each would be noise."""
    if is_plain_import(block):
        return True
    if block.role is not Role.OTHER or block.named_by_user:
        return False
    return results.impact_of(block) is None and not results.tried(block)


def file_title(objective: Objective | None, ablation: AblationReport | None) -> str:
    """``accuracy, higher is better: 0.953 ± 0.004``."""
    if objective is None:
        return "No objective found: the score of this script is not known"
    direction = "higher is better" if objective.direction is Direction.MAXIMIZE else "lower is better"
    title = f"{objective.metric}, {direction}"
    if objective.kind is ObjectiveKind.PROPOSED:
        title = f"No metric in the script; proposed: {title}"
    baseline = ablation.baseline if ablation else None
    same = ablation is not None and ablation.objective is not None and ablation.objective.metric == objective.metric
    return f"{title}: {score(baseline)}" if baseline is not None and same else title


def score(baseline: Baseline) -> str:
    noise = f" ± {baseline.noise:.2g}" if baseline.noise is not None else ""
    return f"{baseline.mean:.4g}{noise}"


def job_title(job: Job, position: int) -> str:
    """``Ablation: run 3 of 12, 40 s left — cancel``; for one that waits, its place in the queue."""
    if not job.running:
        return f"{job.title}: queued ({position} before it) — cancel"
    text = job.title
    event = job.last
    if event is not None and event.total:
        text += f": run {min(event.done + 1, event.total)} of {event.total}"
        if event.left:
            text += f", {event.left} left"
    return f"{text} — cancel"


def block_title(block: Block, results: FileResults) -> str:
    """Role, and impact with spread and rank once there is one."""
    parts = [block.role.value]
    measured = results.impact_of(block)
    if measured is not None:
        parts.append(impact_text(measured))
    elif block.protected:
        parts.append("kept as it is")
    return " · ".join(parts)


def impact_text(measured: MeasuredImpact) -> str:
    """``impact +0.012 ± 0.003 accuracy · 1st of 5``: positive is what the block contributes."""
    impact = measured.impact
    if impact.required:
        return "required: the script does not run without it"
    if impact.mean is None:
        return impact.note or "impact not measured"
    spread = f" ± {impact.spread:.2g}" if impact.spread is not None else ""
    about = "≈ " if impact.screened else ""
    text = f"impact {about}{impact.mean:+.3g}{spread} {measured.unit}".rstrip()
    text += f" · rank {measured.rank} of {measured.of}"
    return f"{text} (before your edit)" if measured.outdated else text


def applicable(results: FileResults, block: Block) -> tuple[str, str, str] | None:
    """Study, plan and title of the newest confirmed rewrite of a block that is still as it was measured."""
    for report, candidate in results.tried(block):
        if report.best is None or candidate.plan.id != report.best.plan.id or report.best.confirmed is None:
            continue
        if block_of(report, candidate) == block.source_hash:
            gain = gain_text(report.best.confirmed, report.objective)
            return report.study_id, candidate.plan.id, f"Apply measured rewrite: {gain}"
    return None


def gain_text(effect: Effect, objective: Objective | None) -> str:
    """``+0.012 ± 0.003 AUC``: the confirmed mean gain and half its confidence interval."""
    half = (effect.high - effect.low) / 2
    return f"{effect.mean:+.3g} ± {half:.2g} {objective.metric if objective else ''}".rstrip()
