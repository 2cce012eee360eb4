"""One study that a person asked for: started or joined, with progress, and its end in one sentence."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from pygls.exceptions import JsonRpcException, JsonRpcRequestCancelled

from mlestar.engine.types import AblationReport, Event, RefinementReport
from mlestar.lsp.code_lens import gain_text, score
from mlestar.lsp.progress import Progress
from mlestar.lsp.studies import Question, StudyCancelled, StudyKind
from mlestar.lsp.wire import StudyParams, request_failed

if TYPE_CHECKING:
    from mlestar.lsp.session import Session

logger = logging.getLogger("mlestar.studies")

_PARTIAL_S = 2.0
"""While an ablation runs, what it has measured so far is read again at most this often."""


async def study(session: Session, params: StudyParams, kind: StudyKind) -> AblationReport | RefinementReport:
    """Run a study, or join the same one that is under way, with progress.

    Raises:
        JsonRpcException: the study cannot begin; the message says why and what to do.
        JsonRpcRequestCancelled: someone else cancelled the study (its progress, or ``mlestar.cancel``).
    """
    if not session.settings.trusted:
        raise request_failed("Nothing is run in a workspace that is not trusted; trust the workspace first.")
    document = session.document_or_file(params.uri)
    if isinstance(document, str):
        raise request_failed(document)
    if not document.saved:
        raise request_failed("A script that was never saved has no folder to run in; save it first.")
    snapshot = document.snapshot()
    settings = session.settings_of(document.uri, document.path)
    engine = session.engine(settings)

    async def run(heard: Callable[[Event], None]) -> AblationReport | RefinementReport:
        read = time.monotonic()

        def on_event(event: Event) -> None:
            nonlocal read
            if time.monotonic() - read > _PARTIAL_S:
                read = time.monotonic()
                session.results.forget(document)
            heard(event)

        try:
            if kind is StudyKind.ABLATION:
                return await engine.ablate(snapshot, settings=settings, on_event=on_event)
            return await engine.optimise(
                snapshot, params.block_id, plan_id=params.plan_id, settings=settings, on_event=on_event
            )
        finally:
            session.results.forget(document)

    question = Question(document.uri, kind, snapshot.text, params.block_id, params.plan_id)
    title = "Ablation" if kind is StudyKind.ABLATION else "Optimising"
    job = session.studies.start(question, f"{title} of {document.path.name}", run)
    progress = Progress(session, job.title, job.cancel, params.work_done_token)
    job.listeners.append(progress.report)
    progress.start()
    ending = "cancelled"
    try:
        report: AblationReport | RefinementReport = await session.studies.answer(job)
        ending = sentence(report)
        return report
    except StudyCancelled:
        raise JsonRpcRequestCancelled("The study was cancelled; the runs that finished are kept.") from None
    except JsonRpcException:
        raise
    except Exception:
        ending = "failed"
        logger.exception("%s failed", job.title)
        raise request_failed(f"{job.title} failed for a reason of our own; the server's log has the details.") from None
    finally:
        if progress.report in job.listeners:
            job.listeners.remove(progress.report)
        progress.finish(ending)
        session.refresh_lenses()


def sentence(report: AblationReport | RefinementReport) -> str:
    """What came of a study, for a person who waited for it."""
    if report.problem:
        return report.problem[:1].upper() + report.problem[1:]
    cost = report.cost
    spent = f"{cost.runs} runs" + (f", {cost.reused} reused" if cost.reused else "") + f", {cost.wall_s:.0f} s"
    if isinstance(report, AblationReport):
        measured = [i for i in report.impacts if i.mean is not None]
        if not measured:
            return f"No block's impact could be measured ({spent})."
        titles = {block.id: block.title for block in report.blocks}
        first = measured[0]
        base = f"; baseline {score(report.baseline)}" if report.baseline else ""
        state = "" if report.complete else " The budget ended before all blocks were measured."
        return (
            f"Most important: {titles.get(first.block_id, first.block_id)} ({first.mean:+.3g}{base}; {spent}).{state}"
        )
    if report.best is not None and report.best.confirmed is not None:
        gain = gain_text(report.best.confirmed, report.objective)
        return f"Confirmed gain {gain}: {report.best.plan.title} ({spent})."
    tried = len(report.candidates)
    return f"None of {tried} plans gave a confirmed gain; the script stays as it is ({spent})."
