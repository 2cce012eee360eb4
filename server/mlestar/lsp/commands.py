"""What a person asks for: studies, applying, reports. One function each, for the command and for the request alike.

Commands take positional arguments (``mlestar.optimise(uri, blockId?, planId?)``); requests take objects and are what a
client uses that wants to pass a cancellation token. Both answer with the same JSON.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException, JsonRpcInvalidParams, JsonRpcRequestCancelled

from mlestar.lsp import reports
from mlestar.lsp.analysis import Analysed
from mlestar.lsp.code_action import measured_edit
from mlestar.lsp.documents import Document, uri_of
from mlestar.lsp.hardened import command_progress_token
from mlestar.lsp.running import sentence, study
from mlestar.lsp.session import describe_job
from mlestar.lsp.studies import StudyKind
from mlestar.lsp.wire import ApplyParams, CancelParams, DocumentParams, StudyParams, to_json

if TYPE_CHECKING:
    from mlestar.lsp.session import Session

logger = logging.getLogger("mlestar.commands")

# --- studies --------------------------------------------------------------------------------------------------


async def ablate(session: Session, params: StudyParams) -> dict[str, Any]:
    """``mlestar/ablate``: the AblationReport as JSON. Cancelling the request cancels the study."""
    return to_json(await study(session, params, StudyKind.ABLATION))  # type: ignore[no-any-return]


async def optimise(session: Session, params: StudyParams) -> dict[str, Any]:
    """``mlestar/optimise``: the RefinementReport as JSON."""
    return to_json(await study(session, params, StudyKind.REFINEMENT))  # type: ignore[no-any-return]


async def cancel(session: Session, params: CancelParams) -> dict[str, Any]:
    """``mlestar/cancel``: how many studies were cancelled."""
    uri = params.uri
    if uri is not None:
        document = session.document(uri)
        uri = document.uri if document is not None else uri
    return {"cancelled": session.studies.cancel(uri)}


# --- what is known --------------------------------------------------------------------------------------------


async def analysis(session: Session, params: DocumentParams) -> dict[str, Any] | None:
    """``mlestar/analysis``: blocks with ranges and impacts, objective, problems, studies; null when it is not open."""
    known = await session.knowledge(params.uri, 5.0)
    if known is None or known.good is None:
        return None
    found = known.good.analysis
    results = session.results.of(known.document)
    blocks = []
    for block in found.blocks:
        span = known.here(block.span)
        measured = results.impact_of(block)
        entry = to_json(block)
        entry["uri"] = known.layout.uri_at(span.start)
        entry["range"] = range_json(known, span.start, span.end)
        entry["impact"] = to_json(measured.impact) if measured else None
        entry["rank"] = measured.rank if measured else None
        entry["outdated"] = measured.outdated if measured else False
        blocks.append(entry)
    objective = to_json(found.objective)
    if found.objective is not None and found.objective.span is not None:
        span = known.here(found.objective.span)
        objective["uri"] = known.layout.uri_at(span.start)
        objective["range"] = range_json(known, span.start, span.end)
    return {
        "uri": known.document.uri,
        "version": known.document.version,
        "current": known.fresh,
        "blocks": blocks,
        "objective": objective,
        "objectives": to_json(found.objectives),
        "noObjectiveReason": found.no_objective_reason,
        "problems": to_json(known.analysis.problems),
        "ablation": to_json(results.ablation),
        "refinements": to_json(results.refinements[:5]),
        "studies": [describe_job(job) for job in session.studies.of(known.document.uri)],
        "trusted": session.settings.trusted,
    }


def range_json(known: Analysed, start: int, end: int) -> dict[str, Any]:
    part = known.layout.part_of(start)
    first, last = known.layout.position(start, part), known.layout.position(end, part)
    return {
        "start": {"line": first.line, "character": first.character},
        "end": {"line": last.line, "character": last.character},
    }


# --- applying -------------------------------------------------------------------------------------------------


async def settled(session: Session, uri: str) -> Analysed | str:
    """The analysis of exactly the text that the document has now; a closed file is read and analysed at once."""
    document = session.document_or_file(uri)
    if isinstance(document, str):
        return document
    if session.document(uri) is None:
        return await session.schedule.background.call(session.analyse, document, None)
    known = await session.knowledge(uri, 10.0)
    return known if known is not None else "The document is not analysed yet; try again."


async def apply(session: Session, params: ApplyParams) -> dict[str, Any]:
    """``mlestar/apply``: ``{applied, reason?}``. The edit carries the document's version."""
    if not session.capabilities.apply_edit:
        return {"applied": False, "reason": "This editor does not let a server change a document; use the code action."}
    known = await settled(session, params.uri)
    if isinstance(known, str):
        return {"applied": False, "reason": known}
    found = chosen(session, known.document, params)
    if isinstance(found, str):
        return {"applied": False, "reason": found}
    study_id, plan_id, title = found
    edit = measured_edit(session, known, study_id, plan_id)
    if isinstance(edit, str):
        return {"applied": False, "reason": edit}
    now = session.document(params.uri)
    if now is not None and now.parts != known.document.parts:
        return {"applied": False, "reason": "The text changed while the rewrite was prepared; try again."}
    try:
        answer = await session.ls.workspace_apply_edit_async(lsp.ApplyWorkspaceEditParams(edit=edit, label=title))
    except JsonRpcException as error:
        return {"applied": False, "reason": f"The editor refused the edit: {error}"}
    if answer.applied:
        return {"applied": True, "reason": None}
    why = answer.failure_reason or "the text has changed since; try again"
    return {"applied": False, "reason": f"The editor refused the edit: {why}"}


def chosen(session: Session, document: Document, params: ApplyParams) -> tuple[str, str, str] | str:
    """Study, plan and title of what is to be applied; or why there is nothing."""
    report = session.results.of(document).study(params.study_id)
    if report is None:
        return "There is no measured rewrite of this script; optimise a block first."
    if params.plan_id is not None:
        candidate = next((c for c in report.candidates if c.plan.id == params.plan_id), None)
        if candidate is None:
            return f"This study did not try the plan {params.plan_id}."
    else:
        candidate = report.best
        if candidate is None:
            return "This study has no rewrite whose gain was confirmed; there is nothing to apply."
    return report.study_id, candidate.plan.id, candidate.plan.title


async def preview(session: Session, params: ApplyParams) -> dict[str, Any]:
    """``mlestar/preview``: the text now and the text after the rewrite, for a diff; or ``{reason}``."""
    from cst_tools.edits import apply_edits
    from mlestar.lsp.rebase import measured_edits

    known = await settled(session, params.uri)
    if isinstance(known, str):
        return {"reason": known}
    found = chosen(session, known.document, params)
    if isinstance(found, str):
        return {"reason": found}
    study_id, plan_id, title = found
    report = session.results.of(known.document).study(study_id)
    candidate = next((c for c in report.candidates if c.plan.id == plan_id), None) if report else None
    if report is None or candidate is None:
        return {"reason": "This study is not in the journal any more; optimise the block again."}
    edits = measured_edits(known, report, candidate)
    if isinstance(edits, str):
        return {"reason": edits}
    return {
        "reason": None,
        "uri": known.document.uri,
        "version": known.document.version,
        "studyId": study_id,
        "planId": plan_id,
        "title": title,
        "oldText": known.text,
        "newText": apply_edits(known.text, edits),
    }


# --- commands -------------------------------------------------------------------------------------------------


def arguments(name: str, given: tuple[Any, ...], *words: str) -> dict[str, Any]:
    """Positional arguments by name. The first is required unless its word ends in ``?``.

    Raises:
        JsonRpcInvalidParams: too many, too few, or not strings.
    """
    if len(given) == 1 and isinstance(given[0], dict):  # a client that passes one object
        known = {word.rstrip("?") for word in words}
        given = tuple(given[0].get(word.rstrip("?")) for word in words) if set(given[0]) <= known else given
    if len(given) > len(words):
        raise JsonRpcInvalidParams(f"{name} takes {', '.join(words)}; {len(given)} arguments were given")
    values: dict[str, Any] = {}
    for number, word in enumerate(words):
        value = given[number] if number < len(given) else None
        if value is None and not word.endswith("?"):
            raise JsonRpcInvalidParams(f"{name} needs {word}")
        if value is not None and not isinstance(value, str):
            raise JsonRpcInvalidParams(f"{name}: {word.rstrip('?')} is a string")
        values[word.rstrip("?")] = value
    return values


async def command_study(session: Session, name: str, given: tuple[Any, ...], kind: StudyKind) -> Any:
    """A study asked for by command: its end is told in a message, for the person clicked and waited."""
    words = ("uri",) if kind is StudyKind.ABLATION else ("uri", "blockId?", "planId?")
    values = arguments(name, given, *words)
    params = StudyParams(
        values["uri"], values.get("blockId"), values.get("planId"), work_done_token=command_progress_token.get()
    )
    try:
        report = await study(session, params, kind)
    except JsonRpcRequestCancelled:
        raise
    except JsonRpcException as error:
        session.say(str(error), lsp.MessageType.Warning)
        raise
    session.say(sentence(report), lsp.MessageType.Warning if report.problem else lsp.MessageType.Info)
    return to_json(report)


async def command_ablate(session: Session, *given: Any) -> Any:
    return await command_study(session, "mlestar.ablate", given, StudyKind.ABLATION)


async def command_optimise(session: Session, *given: Any) -> Any:
    return await command_study(session, "mlestar.optimise", given, StudyKind.REFINEMENT)


async def command_cancel(session: Session, *given: Any) -> Any:
    values = arguments("mlestar.cancel", given, "uri?")
    return await cancel(session, CancelParams(values["uri"]))


async def command_apply(session: Session, *given: Any) -> Any:
    values = arguments("mlestar.apply", given, "uri", "studyId?", "planId?")
    result = await apply(session, ApplyParams(values["uri"], values["studyId"], values["planId"]))
    if not result["applied"]:
        session.say(str(result["reason"]), lsp.MessageType.Warning)
    return result


async def command_show_report(session: Session, *given: Any) -> Any:
    """Write the report of a file, or of one of its blocks, and show it; its text is the answer too."""
    values = arguments("mlestar.showReport", given, "uri", "blockId?")
    known = await settled(session, values["uri"])
    if isinstance(known, str):
        session.say(known, lsp.MessageType.Warning)
        return {"text": None, "reason": known}
    text = reports.markdown(known, session.results.of(known.document), values["blockId"])
    shown = await show(session, known.document, text, ".md")
    if not shown:
        session.say(reports.headline(known, session.results.of(known.document)))
    return {"text": text, "reason": None}


async def command_show_diff(session: Session, *given: Any) -> Any:
    values = arguments("mlestar.showDiff", given, "uri", "studyId?", "planId?")
    result = await preview(session, ApplyParams(values["uri"], values["studyId"], values["planId"]))
    if result["reason"] is not None:
        session.say(result["reason"], lsp.MessageType.Warning)
        return result
    document = session.document_or_file(values["uri"])
    assert isinstance(document, Document)
    text = reports.diff(result["oldText"], result["newText"], document.path.name)
    await show(session, document, text, ".diff")
    return {**result, "diff": text}


async def show(session: Session, document: Document, text: str, suffix: str) -> bool:
    """Show a text in the editor, from a file beside the journal; False when this client cannot."""
    if not session.capabilities.show_document:
        return False
    path = reports.write(document.path, text, suffix)
    if path is None:
        return False
    try:
        answer = await session.ls.window_show_document_async(
            lsp.ShowDocumentParams(uri=uri_of(path), take_focus=False, external=False)
        )
    except JsonRpcException as error:
        logger.info("The client did not show %s: %s", path, error)
        return False
    return bool(answer.success)


COMMANDS: dict[str, Callable[..., Any]] = {
    "mlestar.ablate": command_ablate,
    "mlestar.optimise": command_optimise,
    "mlestar.cancel": command_cancel,
    "mlestar.apply": command_apply,
    "mlestar.showReport": command_show_report,
    "mlestar.showDiff": command_show_diff,
}
"""``workspace/executeCommand`` by name. All arguments are strings; a ``?`` in a function's words marks the optional."""

REQUESTS: dict[str, Callable[..., Any]] = {
    "mlestar/analysis": analysis,
    "mlestar/ablate": ablate,
    "mlestar/optimise": optimise,
    "mlestar/apply": apply,
    "mlestar/preview": preview,
    "mlestar/cancel": cancel,
}
