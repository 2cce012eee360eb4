"""Code actions: fixes of findings, suppression, what can be done with the block at the cursor, and
what the lenses of the whole script offer, for editors that show none.

The list is made from what is known already; edits of measured rewrites are computed when an action is resolved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from cst_tools.types import Block, Edit, FixClass
from mlestar.lsp import diagnostics
from mlestar.lsp.analysis import Analysed, Checked
from mlestar.lsp.code_lens import ablation_title, gain_text, is_plain_import, is_training
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

PATIENCE_S = 1.0
"""How long an answer waits for the findings of the newest text; fixes are made for that text or not at all."""

Wants = Callable[[str], bool]


def wanted(only: Sequence[lsp.CodeActionKind | str] | None) -> Wants:
    """Whether a kind was asked for: kinds are a hierarchy, ``refactor`` asks for ``refactor.rewrite.mlestar`` too."""
    if only is None:
        return lambda kind: True
    asked = [str(getattr(kind, "value", kind)) for kind in only]
    return lambda kind: any(a == "" or kind == a or kind.startswith(f"{a}.") for a in asked)


async def code_action(session: Session, params: lsp.CodeActionParams) -> list[lsp.CodeAction | lsp.Command]:
    wants = wanted(params.context.only)
    uri = params.text_document.uri
    actions: list[lsp.CodeAction] = []
    ours = [d for d in params.context.diagnostics if d.source == diagnostics.SOURCE]
    if wants(lsp.CodeActionKind.QuickFix.value) and ours:
        found = await session.findings(uri, PATIENCE_S)
        if found is not None:
            for diagnostic in ours:
                actions.extend(await of_diagnostic(session, found, diagnostic))
    # what an editor asks at every move of the cursor is for the place, not for the file
    moved = params.context.only is None and params.context.trigger_kind is lsp.CodeActionTriggerKind.Automatic
    if wants(FIX_ALL) and not moved:
        found = await session.findings(uri, PATIENCE_S)
        if found is not None and not found.document.notebook:  # a notebook would get each fix once a cell
            actions.extend(await fix_all(session, found))
    if not wants(REWRITE) and not wants(OF_SCRIPT):
        known = None
    else:
        known = await session.knowledge(uri)
    if known is not None and wants(REWRITE):
        actions.extend(of_block(session, known, params))
    if known is not None and wants(OF_SCRIPT):
        actions.extend(of_script(session, known))
    if session.capabilities.code_action_literals:
        return list(actions)
    return [action.command for action in actions if action.command is not None]


async def of_diagnostic(session: Session, found: Checked, diagnostic: lsp.Diagnostic) -> list[lsp.CodeAction]:
    """The fix and the suppression of what a diagnostic shows, computed now for the text as it is."""
    finding = diagnostics.finding_of(found, diagnostic)
    if finding is None or (found.script.problem is not None and not found.document.notebook):
        return []
    remedies = await session.remedies(found, finding)
    actions: list[lsp.CodeAction] = []

    def offer(title: str, edits: tuple[Edit, ...], preferred: bool | None) -> None:
        edit = workspace_edit(found, edits, session.capabilities)
        if not isinstance(edit, str):
            kind = lsp.CodeActionKind.QuickFix
            actions.append(
                lsp.CodeAction(title, kind=kind, diagnostics=[diagnostic], is_preferred=preferred, edit=edit)
            )

    fix = remedies.fix
    if fix is not None and fix.safety is not FixClass.EXPLAIN and fix.edits:
        offer(fix.title, fix.edits, fix.safety is FixClass.SAFE)
    alike = sum(other.code == finding.code for other in found.findings)
    lazily = session.capabilities.code_action_resolve_edit and not found.document.notebook
    if fix is not None and fix.safety is FixClass.SAFE and alike > 1 and lazily:
        title = f"Fix all {finding.code} that have a safe fix"
        data = {"uri": found.document.uri, "fixAll": finding.code}
        actions.append(lsp.CodeAction(title, kind=lsp.CodeActionKind.QuickFix, data=data))
    if remedies.ignore is not None:
        offer(f"Disable {finding.code} for this line", (remedies.ignore,), None)
    return actions


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


async def fix_all(session: Session, found: Checked) -> list[lsp.CodeAction]:
    """All safe fixes at once, verified together."""
    if found.script.problem is not None or not found.findings:
        return []
    edits = await session.fixes(found, None)
    edit = workspace_edit(found, edits, session.capabilities) if edits else ""
    if isinstance(edit, str):
        return []
    return [lsp.CodeAction(title="Fix all leaks that have a safe fix", kind=FIX_ALL, edit=edit)]


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


async def _fixes_of_rule(session: Session, uri: str, code: str) -> lsp.WorkspaceEdit:
    found = await session.findings(uri, PATIENCE_S)
    edits = await session.fixes(found, code) if found is not None else ()
    edit = workspace_edit(found, edits, session.capabilities) if found is not None and edits else None
    if edit is None or isinstance(edit, str):
        raise request_failed(edit or f"There is no safe fix of {code} left; the text has changed.")
    return edit


async def resolve(session: Session, action: lsp.CodeAction) -> lsp.CodeAction:
    """Fill in the edit of fixes or of a measured rewrite; refuse, in words, when the text has moved on too far."""
    data = action.data
    if isinstance(data, dict) and isinstance(data.get("uri"), str) and isinstance(data.get("fixAll"), str):
        action.edit = await _fixes_of_rule(session, data["uri"], data["fixAll"])
        return action
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
