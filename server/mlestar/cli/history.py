"""`mlestar journal`: what was studied, run and decided."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from mlestar.cli import exits, show
from mlestar.cli.progress import duration
from mlestar.engine.types import AblationReport, RefinementReport
from mlestar.journal import Journal, StudyRow
from mlestar.serialize import dumps_strict, loads


def run_journal(
    target: str | None, home: Path, *, runs: bool, as_json: bool, limit: int, out: Console, err: Console
) -> int:
    """List studies (of all scripts, or of the script ``target``), or show the study whose id is ``target``."""
    journal = Journal(home)
    journal.mark_interrupted()
    try:
        if target is not None and not Path(target).exists():
            return _show(journal, target, runs=runs, as_json=as_json, out=out, err=err)
        return _list(journal, target, runs=runs, as_json=as_json, limit=limit, out=out)
    finally:
        journal.close()


def _list(journal: Journal, target: str | None, *, runs: bool, as_json: bool, limit: int, out: Console) -> int:
    studies = journal.studies(Path(target).resolve() if target else None, limit)
    if as_json:
        out.print(dumps_strict(studies), markup=False, highlight=False, soft_wrap=True)
        return exits.OK
    if not studies:
        what = f" of {target} yet; mlestar ablate {target} makes one" if target else " yet; mlestar ablate makes one"
        out.print(f"The journal has no study{what}.", markup=False, highlight=False)
        return exits.OK
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("study", "when", "what", "status", "runs", "took"):
        table.add_column(column, no_wrap=True)
    table.add_column("script", overflow="fold")
    for study in studies:
        took = "" if study.finished is None else duration(study.finished - study.started)
        count = f"{study.runs}+{study.reused}" if study.reused else str(study.runs)
        row = (study.id, _when(study.started), study.kind, study.status, count, took, escape(_near(study.script)))
        table.add_row(*row)
    out.print(table)
    if runs:
        for study in studies:
            _runs(journal, study, out)
    if any(study.reused for study in studies):
        out.print("\nruns: new ones, + those known from before", highlight=False, style="dim")
    words = f"\nJournal: {journal.path}. One study again: mlestar journal {studies[0].id} --runs"
    out.print(words, markup=False, highlight=False, style="dim", soft_wrap=True)
    return exits.OK


def _when(moment: float) -> str:
    """The time of day for today, else the date."""
    at = datetime.fromtimestamp(moment)
    return at.strftime("%H:%M" if at.date() == datetime.now().date() else "%Y-%m-%d")


def _near(script: str) -> str:
    """The path as it would be typed from here."""
    path = Path(script)
    for base, prefix in ((Path.cwd(), ""), (Path.home(), "~/")):
        if path.is_relative_to(base):
            return f"{prefix}{path.relative_to(base)}"
    return script


def _runs(journal: Journal, study: StudyRow, out: Console) -> None:
    found = journal.runs_of(study.id)
    out.print(f"\nRuns of {study.kind} {study.id}" + ("" if found else ": none"), highlight=False)
    if not found:
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("run", overflow="fold")
    for column in ("outcome", "score", "took", "how"):
        table.add_column(column, no_wrap=True)
    table.add_column("why", overflow="fold")
    for run in found:
        score = "" if run.score is None else f"{run.score:.6g}"
        how = "known" if run.reused else run.rung if run.fidelity == "full" else f"{run.rung}, {run.fidelity}"
        table.add_row(escape(run.label), run.status, score, duration(run.seconds), how, escape(run.reason))
    out.print(table)
    apart = sorted({run.containment for run in found if run.containment})
    for kinds in apart:
        out.print(f"Kept apart by the system: {', '.join(kinds)}.", highlight=False)
    for note in dict.fromkeys(note for run in found for note in run.notes):
        out.print(f"Note: {note}.", highlight=False, markup=False)


def _show(journal: Journal, study: str, *, runs: bool, as_json: bool, out: Console, err: Console) -> int:
    found = journal.study_report(study)
    if found is None:
        err.print(
            f"{study} is neither a file nor the beginning of one study's id; mlestar journal lists them",
            markup=False,
            highlight=False,
        )
        return exits.USAGE
    kind, _, text = found
    row = next(s for s in journal.studies(limit=1_000_000) if s.id.startswith(study))
    if as_json:
        record = {"study": row.id, "report": json.loads(text) if text else None, "runs": journal.runs_of(row.id)}
        out.print(dumps_strict(record), markup=False, highlight=False, soft_wrap=True)
        return exits.OK
    problem = None
    if text is not None and kind == "ablation":
        ablated = loads(text, AblationReport)
        problem = ablated.problem if ablated.baseline is None else None
        show.ablation(out, ablated, Path(row.script).name)
    elif text is not None:
        refined = loads(text, RefinementReport)
        problem = refined.problem if refined.baseline is None else None
        show.refinement(out, refined, Path(row.script).name)
    else:
        out.print(f"The {kind} of {_near(row.script)} was {row.status}: it left no report, but its runs are kept.")
    if problem is not None:
        out.print(problem, markup=False, highlight=False)
    if runs or text is None:
        _runs(journal, row, out)
    return exits.OK
