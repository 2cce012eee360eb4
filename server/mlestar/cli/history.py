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
from mlestar.journal import Journal
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
        script = Path(target).resolve() if target else None
        studies = journal.studies(script, limit)
        if as_json:
            out.print(dumps_strict(studies), markup=False, highlight=False, soft_wrap=True)
            return exits.OK
        if not studies:
            out.print("The journal has no study" + (f" of {target}" if target else "") + " yet.", markup=False)
            return exits.OK
        table = Table(box=None, pad_edge=False, header_style="bold")
        for column in ("study", "when", "what", "script", "status", "runs", "known", "took"):
            table.add_column(column, overflow="fold")
        for study in studies:
            took = "" if study.finished is None else duration(study.finished - study.started)
            when = datetime.fromtimestamp(study.started).strftime("%Y-%m-%d %H:%M")
            row = (
                study.id,
                when,
                study.kind,
                escape(study.script),
                study.status,
                str(study.runs),
                str(study.reused),
                took,
            )
            table.add_row(*row)
        out.print(table)
        out.print(f"\nJournal: {journal.path}", markup=False, highlight=False, style="dim", soft_wrap=True)
        return exits.OK
    finally:
        journal.close()


def _show(journal: Journal, study: str, *, runs: bool, as_json: bool, out: Console, err: Console) -> int:
    found = journal.study_report(study)
    if found is None:
        err.print(f"{study} is neither a file nor the beginning of one study's id; see `mlestar journal`", markup=False)
        return exits.USAGE
    kind, _, text = found
    full_id = next(s.id for s in journal.studies(limit=1_000_000) if s.id.startswith(study))
    if as_json:
        record = {"study": full_id, "report": json.loads(text) if text else None, "runs": journal.runs_of(full_id)}
        out.print(dumps_strict(record), markup=False, highlight=False, soft_wrap=True)
        return exits.OK
    if text is not None and kind == "ablation":
        show.ablation(out, loads(text, AblationReport), full_id)
    elif text is not None:
        show.refinement(out, loads(text, RefinementReport), full_id)
    else:
        out.print("The study left no report; its runs are kept.")
    if runs or text is None:
        table = Table(box=None, pad_edge=False, header_style="bold")
        for column in ("run", "outcome", "score", "known"):
            table.add_column(column, overflow="fold")
        for label, _, status, score, reused in journal.runs_of(full_id):
            table.add_row(escape(label), status, "" if score is None else f"{score:.6g}", "yes" if reused else "")
        out.print(table)
    return exits.OK
