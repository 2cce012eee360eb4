"""The report of a script in Markdown, and the diff of a rewrite: what is put on the screen."""

from __future__ import annotations

import difflib
import hashlib
import logging
import re
from pathlib import Path

from mlestar.engine.types import AblationReport, RefinementReport
from mlestar.lsp.analysis import Analysed
from mlestar.lsp.code_lens import file_title, gain_text, score
from mlestar.lsp.hover import block_text, cell, escape
from mlestar.lsp.results import FileResults

logger = logging.getLogger("mlestar.reports")


def headline(known: Analysed, results: FileResults) -> str:
    """One sentence: objective, baseline and the most important block."""
    objective = known.good.analysis.objective if known.good else None
    text = file_title(objective, results.ablation)
    if results.ablation is not None:
        for impact in results.ablation.impacts[:1]:
            if impact.mean is not None:
                text += f"; most important: {impact.block_id} ({impact.mean:+.3g})"
    return text


def markdown(known: Analysed, results: FileResults, block_id: str | None = None) -> str:
    """The whole report, or the history of one block."""
    name = known.document.path.name
    analysis = known.good.analysis if known.good else known.analysis
    if block_id is not None:
        for block in analysis.blocks:
            if block.id == block_id:
                return f"# {escape(name)}: {escape(block.title)}\n\n{block_text(block, results)}\n"
    lines = [f"# {escape(name)}", "", escape(file_title(analysis.objective, results.ablation))]
    if analysis.objective is not None:
        lines += ["", escape(analysis.objective.reason)]
        lines += [f"\n⚠ {escape(warning)}" for warning in analysis.objective.warnings]
    elif analysis.no_objective_reason:
        lines += ["", escape(analysis.no_objective_reason)]
    lines += ["", "## Blocks", "", "| lines | block | role | why |", "| --- | --- | --- | --- |"]
    for block in analysis.blocks:
        span = known.here(block.span)
        first, last = known.layout.position(span.start).line + 1, known.layout.position(span.end).line + 1
        lines.append(f"| {first}–{last} | {cell(block.title)} | {block.role.value} | {cell(block.reason)} |")
    lines += ablation_lines(results.ablation)
    for report in results.refinements[:10]:
        lines += refinement_lines(report)
    if results.ablation is None and not results.refinements:
        lines += ["", "Nothing has been measured yet: run an ablation."]
    return "\n".join(lines) + "\n"


def ablation_lines(report: AblationReport | None) -> list[str]:
    if report is None:
        return []
    titles = {block.id: block.title for block in report.blocks}
    unit = report.objective.metric if report.objective else ""
    lines = ["", "## Ablation", ""]
    if report.baseline is not None:
        seeds, seconds = len(report.baseline.scores), report.baseline.seconds_a_run
        lines += [f"Baseline {score(report.baseline)} {escape(unit)} over {seeds} seeds, {seconds:.1f} s a run.", ""]
    if not report.complete:
        lines += ["The study was cut short; it goes on where it stopped when it is run again.", ""]
    lines += ["| rank | block | impact | runs | measured by |", "| ---: | --- | ---: | ---: | --- |"]
    for rank, impact in enumerate(report.impacts, 1):
        if impact.required:
            text = "required"
        elif impact.mean is None:
            text = impact.note or "not measured"
        else:
            about = "≈ " if impact.screened else ""
            text = about + f"{impact.mean:+.4g}" + (f" ± {impact.spread:.2g}" if impact.spread is not None else "")
        title = titles.get(impact.block_id, impact.block_id)
        lines.append(f"| {rank} | {cell(title)} | {cell(text)} | {impact.runs} | {cell(impact.variant)} |")
    return [*lines, "", cost_line(report)]


def refinement_lines(report: RefinementReport) -> list[str]:
    refined = {candidate.plan.block_id for candidate in report.candidates}
    title = report.block.title if report.block and len(refined) <= 1 else "the most important blocks"
    lines = ["", f"## Refinement of {escape(title)}", ""]
    if report.best is not None and report.best.confirmed is not None:
        gain = gain_text(report.best.confirmed, report.objective)
        lines += [f"Confirmed: **{escape(report.best.plan.title)}**, {escape(gain)}.", ""]
    elif report.problem:
        lines += [escape(report.problem), ""]
    else:
        lines += ["No plan gave a confirmed gain.", ""]
    if report.candidates:
        lines += ["| plan | verdict | runs | why |", "| --- | --- | ---: | --- |"]
        for candidate in report.candidates:
            lines.append(
                f"| {cell(candidate.plan.title)} | {candidate.verdict.value} | {candidate.runs} "
                f"| {cell(candidate.reason)} |"
            )
        lines.append("")
    return [*lines, cost_line(report)]


def cost_line(report: AblationReport | RefinementReport) -> str:
    cost = report.cost
    return f"Cost: {cost.runs} runs, {cost.reused} reused, {cost.wall_s:.0f} s wall, {cost.cpu_s:.0f} s CPU."


def diff(old: str, new: str, name: str) -> str:
    """A unified diff; lines end as they do in the script."""

    def lines(text: str) -> list[str]:
        return re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+", text)

    out: list[str] = []
    for line in difflib.unified_diff(lines(old), lines(new), f"a/{name}", f"b/{name}"):
        out.append(line if line.endswith(("\n", "\r")) else f"{line}\n\\ No newline at end of file\n")
    return "".join(out)


def write(script: Path, text: str, suffix: str) -> Path | None:
    """A file beside the journal that holds ``text``: one for each script, so that they do not pile up."""
    from mlestar.journal import default_home

    key = hashlib.blake2b(str(script).encode("utf-8", "surrogateescape"), digest_size=4).hexdigest()
    path = default_home() / "reports" / f"{script.stem}-{key}{suffix}"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    except (OSError, UnicodeEncodeError) as error:
        logger.warning("The report cannot be written: %s", error)
        return None
    return path
