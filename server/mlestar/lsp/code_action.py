"""Code actions: fixes out of the diagnostics' data, suppression, what can be done with the block at the cursor, and
what the lenses of the whole script offer, for editors that show none.

The list is made from what is known already; edits of measured rewrites are computed when an action is resolved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp

from cst_tools.types import Block, FixClass, Span
from mlestar.lsp import diagnostics
from mlestar.lsp.analysis import Analysed
from mlestar.lsp.code_lens import PATIENCE_S, ablation_title, gain_text, is_plain_import, is_training
from mlestar.lsp.rebase import measured_edits, workspace_edit
from mlestar.lsp.results import block_of
from mlestar.lsp.studies import StudyKind
from mlestar.lsp.wire import request_failed

if TYPE_CHECKING:
    from mlestar.lsp.session import Session

REWRITE = "refactor.rewrite.mlestar"
FIX_ALL = "source.fixAll.mlestar"
OF_SCRIPT = "source.mlestar"
KINDS = [lsp.CodeActionKind.QuickFix, REWRITE, FIX_ALL, OF_SCRIPT]

Wants = Callable[[str], bool]


def wanted(only: Sequence[lsp.CodeActionKind | str] | None) -> Wants:
    """Whether a kind was asked for: kinds are a hierarchy, ``refactor`` asks for ``refactor.rewrite.mlestar`` too."""
    if only is None:
        return lambda kind: True
    asked = [str(getattr(kind, "value", kind)) for kind in only]
    return lambda kind: any(a == "" or kind == a or kind.startswith(f"{a}.") for a in asked)


async def code_action(session: Session, params: lsp.CodeActionParams) -> list[lsp.CodeAction | lsp.Command]:
    wants = wanted(params.context.only)
    known = await session.knowledge(params.text_document.uri, PATIENCE_S)
    if known is None:
        return []
    actions: list[lsp.CodeAction] = []
    if wants(lsp.CodeActionKind.QuickFix.value):
        for diagnostic in params.context.diagnostics:
            if diagnostic.source == diagnostics.SOURCE:
                actions.extend(of_diagnostic(session, known, diagnostic))
    if wants(REWRITE):
        actions.extend(of_block(session, known, params))
    if wants(FIX_ALL) and not known.document.notebook:  # a notebook would get each fix once a cell
        actions.extend(fix_all(session, known))
    if wants(OF_SCRIPT):
        actions.extend(of_script(session, known))
    if session.capabilities.code_action_literals:
        return list(actions)
    return [action.command for action in actions if action.command is not None]


def of_diagnostic(session: Session, known: Analysed, diagnostic: lsp.Diagnostic) -> Iterator[lsp.CodeAction]:
    """The fix and the suppression that a diagnostic carries, when they are for the text as it is."""
    data = current_data(session, known, diagnostic)
    if data is None:
        return
    fix = data.get("fix")
    if fix is not None:
        yield lsp.CodeAction(
            title=str(fix["title"]),
            kind=lsp.CodeActionKind.QuickFix,
            diagnostics=[diagnostic],
            is_preferred=fix.get("safety") == FixClass.SAFE.value,
            edit=edit_of(session, fix["edits"]),
        )
    if data.get("ignore"):
        yield lsp.CodeAction(
            title=f"Disable {data['code']} for this line",
            kind=lsp.CodeActionKind.QuickFix,
            diagnostics=[diagnostic],
            edit=edit_of(session, data["ignore"]),
        )


def current_data(session: Session, known: Analysed, diagnostic: lsp.Diagnostic) -> dict[str, Any] | None:
    """The diagnostic's own data; where it is of another version, or the client lost it, that of its successor."""
    versions = {part.version for part in known.document.parts}
    data = diagnostic.data
    if isinstance(data, dict) and data.get("version") in versions and "code" in data and known.fresh:
        return data
    if not known.fresh:
        return None
    for _, newer in diagnostics.of(session, known):
        same_line = newer.range.start.line == diagnostic.range.start.line
        if newer.code == diagnostic.code and (same_line or newer.message == diagnostic.message):
            return newer.data if isinstance(newer.data, dict) else None
    return None


def edit_of(session: Session, documents: list[dict[str, Any]]) -> lsp.WorkspaceEdit:
    """The edits of ``Diagnostic.data`` as the protocol's."""

    def text_edits(raw: list[dict[str, Any]]) -> list[lsp.TextEdit]:
        def position(value: dict[str, int]) -> lsp.Position:
            return lsp.Position(value["line"], value["character"])

        return [
            lsp.TextEdit(lsp.Range(position(e["range"]["start"]), position(e["range"]["end"])), e["newText"])
            for e in raw
        ]

    if not session.capabilities.document_changes:
        return lsp.WorkspaceEdit(changes={d["uri"]: text_edits(d["edits"]) for d in documents})
    return lsp.WorkspaceEdit(
        document_changes=[
            lsp.TextDocumentEdit(
                lsp.OptionalVersionedTextDocumentIdentifier(uri=d["uri"], version=d["version"]),
                list(text_edits(d["edits"])),
            )
            for d in documents
        ]
    )


def block_at(known: Analysed, offset: int) -> Block | None:
    """The innermost block that holds an offset of the text as it is now."""
    inside = [
        (span.end - span.start, block)
        for block in (known.good.analysis.blocks if known.good else ())
        if (span := known.here(block.span)).start <= offset <= span.end
    ]
    return min(inside, key=lambda pair: pair[0])[1] if inside else None


def of_block(session: Session, known: Analysed, params: lsp.CodeActionParams) -> Iterator[lsp.CodeAction]:
    """What can be done with the block at the cursor."""
    offset = known.layout.offset(params.text_document.uri, params.range.start)
    block = block_at(known, offset) if offset is not None else None
    if block is None or is_plain_import(block):
        return
    uri = known.document.uri
    title = f"Optimise this block ({block.role.value})"
    reason = None
    if block.protected:
        reason = "The split, the metric and the evaluation are kept as they are, so that scores can be compared."
    elif not session.settings.trusted:
        reason = "Nothing is run in a workspace that is not trusted."
    if reason is not None:
        if session.capabilities.code_action_disabled:
            yield lsp.CodeAction(title=title, kind=REWRITE, disabled=lsp.CodeActionDisabled(reason))
        return
    for report, candidate in session.results.of(known.document).tried(block):
        if candidate.confirmed is None or report.best is None or report.best.plan.id != candidate.plan.id:
            continue
        gain = gain_text(candidate.confirmed, report.objective)
        action = lsp.CodeAction(
            title=f"Apply measured rewrite: {gain} ({candidate.plan.title})",
            kind=REWRITE,
            data={"uri": uri, "studyId": report.study_id, "planId": candidate.plan.id},
        )
        if block_of(report, candidate) != block.source_hash:
            if not session.capabilities.code_action_disabled:
                continue
            action.disabled = lsp.CodeActionDisabled("The block has changed since it was measured; optimise it again.")
        elif not session.capabilities.code_action_resolve_edit:
            edit = measured_edit(session, known, report.study_id, candidate.plan.id)
            if isinstance(edit, str):
                continue
            action.edit = edit
        yield action
    yield lsp.CodeAction(
        title=title,
        kind=REWRITE,
        command=lsp.Command(title=title, command="mlestar.optimise", arguments=[uri, block.id]),
    )
    for plan in session.plans(known, block):
        yield lsp.CodeAction(
            title=f"Try: {plan.title}",
            kind=REWRITE,
            command=lsp.Command(
                title=plan.title, command="mlestar.optimise", arguments=[uri, block.id, plan.id], tooltip=plan.why
            ),
        )


def of_script(session: Session, known: Analysed) -> Iterator[lsp.CodeAction]:
    """What the lenses above the first line do: run, cancel and show studies of the whole script."""
    if known.good is None or not session.settings.trusted or not is_training(known.good.analysis):
        return
    uri = known.document.uri
    results = session.results.of(known.document)
    jobs = session.studies.of(uri)

    def action(title: str, command: str) -> lsp.CodeAction:
        return lsp.CodeAction(title, kind=OF_SCRIPT, command=lsp.Command(title, command, arguments=[uri]))

    if not any(job.question.kind is StudyKind.ABLATION for job in jobs):
        yield action(ablation_title(results), "mlestar.ablate")
    if jobs:
        yield action("Cancel the studies of this script", "mlestar.cancel")
    if results.ablation is not None or results.refinements:
        yield action("Show the report", "mlestar.showReport")


def fix_all(session: Session, known: Analysed) -> Iterator[lsp.CodeAction]:
    """All safe fixes at once, but for those that touch what an earlier one changes."""
    if not known.fresh or known.good is None:
        return
    edits: list[Any] = []
    taken: list[Span] = []
    for finding in known.good.findings:
        fix = finding.fix
        if fix is None or fix.safety is not FixClass.SAFE or not fix.edits:
            continue
        spans = [edit.span for edit in fix.edits]
        if any(a.overlaps(b) or a == b for a in spans for b in taken):
            continue
        taken.extend(spans)
        edits.extend(fix.edits)
    if not edits:
        return
    edit = workspace_edit(known, tuple(edits), session.capabilities)
    if not isinstance(edit, str):
        yield lsp.CodeAction(title="Fix all leaks that have a safe fix", kind=FIX_ALL, edit=edit)


def measured_edit(session: Session, known: Analysed, study_id: str, plan_id: str | None) -> lsp.WorkspaceEdit | str:
    """The edit of a measured rewrite on the text as it is now, or why there is none."""
    report = session.results.of(known.document).study(study_id)
    if report is None:
        return "This study is not in the journal any more; optimise the block again."
    candidate = report.best
    if plan_id is not None:
        candidate = next((c for c in report.candidates if c.plan.id == plan_id), None)
    if candidate is None:
        return "This study has no rewrite whose gain was confirmed; there is nothing to apply."
    edits = measured_edits(known, report, candidate)
    if isinstance(edits, str):
        return edits
    return workspace_edit(known, edits, session.capabilities)


async def resolve(session: Session, action: lsp.CodeAction) -> lsp.CodeAction:
    """Fill in the edit of a measured rewrite; refuse, in words, when the text has moved on too far."""
    data = action.data
    if not isinstance(data, dict) or not isinstance(data.get("uri"), str) or not isinstance(data.get("studyId"), str):
        return action
    known = await session.knowledge(data["uri"], 5.0)
    if known is None:
        raise request_failed("The document is not open any more; open it and try again.")
    edit = measured_edit(session, known, data["studyId"], data.get("planId"))
    if isinstance(edit, str):
        session.say(edit, lsp.MessageType.Warning)
        raise request_failed(edit)
    action.edit = edit
    return action
