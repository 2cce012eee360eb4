"""Results as a person reads them: tables, a diff, sentences."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.panel import Panel
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from cst_tools.analysis import Analysis
from cst_tools.script import Script
from cst_tools.types import Block, Finding, Objective, ObjectiveKind, Severity
from mlestar.cli.progress import duration
from mlestar.engine.types import AblationReport, Baseline, CandidateReport, Cost, RefinementReport
from mlestar.types import Effect, Impact, Verdict

STYLES = {
    Verdict.BETTER: "bold green",
    Verdict.NO_DIFFERENCE: "dim",
    Verdict.SCREENED_OUT: "dim",
    Verdict.WORSE: "red",
    Verdict.UNDECIDED: "yellow",
    Verdict.FAILED: "red",
    Verdict.REJECTED: "dim",
}


def blocks_table(analysis: Analysis) -> RenderableType:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("lines", "role", "block", "id", "why"):
        # an id is there to be copied
        table.add_column(column, overflow="fold", no_wrap=column in ("lines", "id"))
    for block in sorted(analysis.blocks, key=lambda b: b.first_line):
        role = f"{block.role.value}{' (kept as it is)' if block.protected else ''}"
        names = block.title.partition(" ")[2] or block.title
        table.add_row(lines_of(block), role, escape(names), escape(block.id), escape(block.reason))
    return table


def counted(number: int, noun: str) -> str:
    """``1 run``, ``2 runs``."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def lines_of(block: Block) -> str:
    """1-based lines, as editors count."""
    return f"{block.first_line + 1}-{block.last_line + 1}"


def objective_text(objective: Objective | None, reason: str | None) -> RenderableType:
    if objective is None:
        return Text(f"Objective: none. {reason or ''}")
    text = Text("Objective: ")
    text.append(f"{objective.direction.value} {objective.metric}", style="bold")
    printed = objective.kind is ObjectiveKind.PRINTED and objective.label
    expression = f"the number printed as {objective.label}" if printed else " ".join(objective.expression.split())
    text.append(f"  {expression}", style="cyan")
    text.append(f"\n  {objective.reason}")
    for warning in objective.warnings:
        text.append(f"\n  note: {warning}", style="yellow")
    return text


def baseline_text(baseline: Baseline, objective: Objective) -> Text:
    noise = "noise not known" if baseline.noise is None else f"± {baseline.noise:.2g} between seeds"
    text = Text("Baseline: ")
    text.append(f"{objective.metric} {baseline.mean:.4g}", style="bold")
    text.append(f" {noise} ({counted(len(baseline.scores), 'seed')}, {duration(baseline.seconds_a_run)} a run)")
    return text


def impacts_table(report: AblationReport) -> RenderableType:
    titles = {block.id: block for block in report.blocks}
    largest = max((abs(i.mean) for i in report.impacts if i.mean is not None), default=0.0)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column, justify in (("#", "right"), ("block", "left"), ("lines", "right"), ("impact", "right"), ("", "left")):
        table.add_column(column, justify=justify, overflow="fold")  # type: ignore[arg-type]  # literal strings
    table.add_column("the script without it", overflow="fold")
    for rank, impact in enumerate(report.impacts, start=1):
        block = titles.get(impact.block_id)
        table.add_row(
            str(rank),
            escape(block_name(block) if block else impact.block_id),
            lines_of(block) if block else "",
            impact_text(impact),
            bar(impact.mean, largest),
            escape(shortened(impact.variant if impact.mean is not None else f"{impact.variant}: {impact.note}")),
        )
    return table


def shortened(text: str, width: int = 90) -> str:
    text = " ".join(text.split())
    return text if len(text) <= width else text[: width - 1] + "…"


def impact_text(impact: Impact) -> str:
    if impact.mean is None:
        return "required" if impact.required else "not measured"
    about = "≈" if impact.screened else ""
    return about + f"{impact.mean:+.4g}" + (f" ± {impact.spread:.2g}" if impact.spread is not None else "")


_EIGHTHS = " ▏▎▍▌▋▊▉"


def bar(value: float | None, largest: float, width: int = 12) -> Text:
    """A bar in eighths of a character: what is a hundredth of the largest does not look like a tenth."""
    if value is None or largest == 0:
        return Text("")
    eighths = round(8 * width * abs(value) / largest)
    return Text("█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip(), style="green" if value > 0 else "red")


def block_name(block: Block) -> str:
    """The title without saying its role twice: ``model`` for the block that binds ``model``."""
    role, _, names = block.title.partition(" ")
    return names if role == names else block.title


def candidates_table(report: RefinementReport) -> RenderableType:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("plan", "verdict", "gain in screening", "gain on fresh seeds", "why"):
        table.add_column(column, overflow="fold")
    for candidate in report.candidates:
        style = STYLES[candidate.verdict]
        table.add_row(
            escape(candidate.plan.title),
            Text(candidate.verdict.value, style=style),
            mean_text(candidate.selection),
            effect_text(candidate.confirmed),
            escape(candidate.reason),
        )
    return table


def mean_text(effect: Effect | None) -> str:
    return "" if effect is None else f"{effect.mean:+.4g}"


def effect_text(effect: Effect | None) -> str:
    """``+0.012 (0.008 to 0.016)``: the mean gain and its interval."""
    if effect is None:
        return ""
    interval = f" ({effect.low:+.4g} to {effect.high:+.4g})" if effect.pairs > 1 else " (one pair)"
    return f"{effect.mean:+.4g}{interval}"


def diff_of(old: str, new: str, name: str) -> str:
    lines = difflib.unified_diff(
        old.splitlines(), new.splitlines(), f"{name} (as it is)", f"{name} (refined)", lineterm=""
    )
    return "\n".join(lines)


def candidate_diff(report: RefinementReport, candidate: CandidateReport, name: str) -> RenderableType:
    return Syntax(diff_of(report.text, candidate.new_text or "", name), "diff", theme="ansi_dark", word_wrap=True)


def cost_text(cost: Cost) -> str:
    reused = f", {cost.reused} known from before" if cost.reused else ""
    return f"{counted(cost.runs, 'run')}{reused}, {duration(cost.wall_s)}, {duration(cost.cpu_s)} of CPU"


def ablation(console: Console, report: AblationReport, name: str) -> None:
    if report.objective is None or report.baseline is None:
        return
    parts: list[RenderableType] = [
        objective_text(report.objective, None),
        baseline_text(report.baseline, report.objective),
        Text(),
    ]
    if report.impacts:
        parts.append(impacts_table(report))
        unit = f"{report.objective.metric}, positive: the script is better with the block"
        parts.append(Text(f"Impact in {unit}; ± is the spread between seeds.", style="dim"))
        tiers = sorted({impact.fidelity for impact in report.impacts if impact.screened})
        if tiers:
            words = f"≈ screened only, on {' and '.join(tiers)}: not among the largest there."
            parts.append(Text(words, style="dim"))
        parts += better_without(report)
    else:
        parts.append(Text("No block can be left out: there is nothing to measure."))
    parts.append(Text(f"\nCost: {cost_text(report.cost)}.", style="dim"))
    parts += notes_text(report.notes)
    if not report.complete:
        parts.append(Text("Stopped or out of budget before all was measured: run again to go on.", style="yellow"))
    console.print(Panel(Group(*parts), title=f"What matters in {escape(name)}", title_align="left"))


def notes_text(notes: Sequence[str]) -> list[Text]:
    """What a reader should know about how the runs were made."""
    return [Text(f"Note: {note}.", style="dim") for note in notes[:3]]


def better_without(report: AblationReport) -> list[Text]:
    """The variants that did better than the script by more than the spread: the best hints of an ablation."""
    titles = {block.id: block_name(block) for block in report.blocks}
    found = [i for i in report.variants if i.mean is not None and not i.screened and -i.mean > (i.spread or 0.0)]
    return [
        Text(
            f"Better without: {titles.get(i.block_id, i.block_id)}, {shortened(i.variant, 60)}: {-i.mean:+.4g}", "green"
        )
        for i in sorted(found, key=lambda i: i.mean or 0.0)[:3]
        if i.mean is not None
    ]


def findings_note(findings: Sequence[Finding], script: Script, path: Path) -> str | None:
    """What a reader of a gain should know first: warnings and errors that the scores share."""
    serious = [f for f in findings if f.severity is not Severity.INFORMATION]
    if not serious:
        return None
    first = serious[0]
    where = f"{first.code} on line {script.index.line_of(first.span.start) + 1}"
    more = f" and {len(serious) - 1} more" if len(serious) > 1 else ""
    return f"The script has a finding, {where}{more}: all scores here share it. See `mlestar check {path}`."


def refinement(console: Console, report: RefinementReport, name: str, note: str | None = None) -> None:
    if report.objective is None or report.baseline is None:
        return
    parts: list[RenderableType] = [
        objective_text(report.objective, None),
        baseline_text(report.baseline, report.objective),
        Text(),
    ]
    if report.candidates:
        parts.append(candidates_table(report))
    console.print(Panel(Group(*parts), title=f"Refining {escape(name)}", title_align="left"))
    best = report.best
    if best is not None:
        console.print(candidate_diff(report, best, name))
        gain = gain_text(report, best)
        if note:
            gain.append(f"\n{note}", style="yellow")
        console.print(Panel(gain, title="A confirmed gain", title_align="left", style="green"))
    else:
        console.print(Panel(no_gain_text(report), title="No confirmed gain", title_align="left"))
    first = (
        f" (with the ablation that came first: {cost_text(report.cost + report.ablation_cost)})"
        if report.ablation_cost
        else ""
    )
    console.print(Text(f"Cost: {cost_text(report.cost)}{first}.", style="dim"))
    for line in notes_text(report.notes):
        console.print(line)


def gain_text(report: RefinementReport, best: CandidateReport) -> Text:
    assert report.objective is not None
    confirmed, selection = best.confirmed, best.selection
    text = Text()
    if confirmed is not None:
        text.append(f"{best.plan.title}: {report.objective.metric} {'better' if confirmed.mean > 0 else 'worse'} by ")
        text.append(f"{abs(confirmed.mean):.4g}", style="bold")
        if best.before is not None and best.after is not None:
            text.append(f", from {best.before:.4g} to {best.after:.4g}")
        text.append(
            f" ({100 * confirmed.confidence:.4g} % interval {confirmed.low:.4g} to {confirmed.high:.4g}, "
            f"{confirmed.pairs} paired runs on seeds and splits that played no part in choosing it)."
        )
    if selection is not None:
        text.append(f"\nOn the seeds that chose it the gain was {selection.mean:.4g}.")
    if best.plan.reference:
        text.append(f"\nReference: {best.plan.reference}")
    return text


def no_gain_text(report: RefinementReport) -> Text:
    if report.problem:
        return Text(report.problem)
    undecided = [c for c in report.candidates if c.verdict is Verdict.UNDECIDED]
    if undecided:
        return Text(f"{undecided[0].plan.title}: {undecided[0].reason}.")
    return Text("None of the plans gained more than noise on fresh seeds and splits. The script stays as it is.")
