"""Findings and problems as diagnostics. They carry no fix: that is computed when a code action asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from cst_tools.types import Finding, Problem, ProblemKind, Severity, Span
from mlestar.lsp import rule_pages
from mlestar.lsp.analysis import Analysed, Checked
from mlestar.lsp.documents import Movement

if TYPE_CHECKING:
    from mlestar.lsp.session import Session

SOURCE = "mlestar"

_SEVERITY = {
    Severity.ERROR: lsp.DiagnosticSeverity.Error,
    Severity.WARNING: lsp.DiagnosticSeverity.Warning,
    Severity.INFORMATION: lsp.DiagnosticSeverity.Information,
}
_PROBLEM_SEVERITY = {
    ProblemKind.SYNTAX_ERROR: lsp.DiagnosticSeverity.Error,
    ProblemKind.TOO_DEEP: lsp.DiagnosticSeverity.Information,
}


def publish(session: Session, found: Checked, known: Analysed | None) -> set[str]:
    """Send what was found to every part of a document; the uris that show something now."""
    by_uri: dict[str, list[lsp.Diagnostic]] = {part.uri: [] for part in found.document.parts}
    for span, diagnostic in of(session, found, known):
        by_uri[found.layout.uri_at(span.start)].append(diagnostic)
    for part in found.document.parts:
        session.ls.text_document_publish_diagnostics(
            lsp.PublishDiagnosticsParams(
                uri=part.uri,
                diagnostics=by_uri[part.uri],
                version=part.version if session.capabilities.diagnostic_version else None,
            )
        )
    return set(by_uri)


def of(session: Session, found: Checked, known: Analysed | None) -> list[tuple[Span, lsp.Diagnostic]]:
    """All diagnostics of one version, with their places in its text; ``known`` is the last analysis of the document."""
    problems = [(problem.span, problem) for problem in found.problems]
    if known is not None and known.late:
        move = Movement(known.document, found.document)
        problems += [(move(problem.span), problem) for problem in known.late]
    out = [(span, _problem(found, problem, span)) for span, problem in problems]
    out.extend((finding.span, _finding(session, found, finding)) for finding in found.findings)
    return out


def _problem(found: Checked, problem: Problem, span: Span) -> lsp.Diagnostic:
    return lsp.Diagnostic(
        range=found.layout.range(span),
        message=problem.message,
        severity=_PROBLEM_SEVERITY.get(problem.kind, lsp.DiagnosticSeverity.Warning),
        code=problem.kind.value,
        source=SOURCE,
    )


def _finding(session: Session, found: Checked, finding: Finding) -> lsp.Diagnostic:
    capabilities = session.capabilities
    related = None
    if capabilities.related_information and finding.related:
        related = [lsp.DiagnosticRelatedInformation(found.layout.location(r.span), r.message) for r in finding.related]
    message = finding.message
    if finding.related and related is None:  # a client that cannot show the other half is told where it is
        lines = ", ".join(f"{r.message} (line {found.layout.position(r.span.start).line + 1})" for r in finding.related)
        message = f"{message} See: {lines}."
    page = rule_pages.href(finding.code) if capabilities.code_description else None
    return lsp.Diagnostic(
        range=found.layout.range(finding.span),
        message=message,
        severity=_SEVERITY[finding.severity],
        code=finding.code,
        code_description=lsp.CodeDescription(page) if page else None,
        source=SOURCE,
        related_information=related,
    )


def finding_of(found: Checked, diagnostic: lsp.Diagnostic) -> Finding | None:
    """The finding that a diagnostic shows, or showed before the text moved on."""
    place = diagnostic.range
    same = [finding for finding in found.findings if finding.code == diagnostic.code]
    here = [finding for finding in same if found.layout.range(finding.span) == place]
    near = [f for f in same if found.layout.range(f.span).start.line == place.start.line]
    alike = [finding for finding in same if diagnostic.message.startswith(finding.message)]
    return next(iter((*here, *near, *alike)), None)
