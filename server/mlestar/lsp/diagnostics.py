"""Findings and problems as diagnostics. The fix travels in ``data``, so that a code action needs no second analysis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp

from cst_tools.types import Finding, FixClass, Problem, ProblemKind, Severity, Span
from mlestar.lsp import rule_pages
from mlestar.lsp.analysis import Analysed
from mlestar.lsp.suppress import suppression

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


def publish(session: Session, known: Analysed) -> set[str]:
    """Send what was found to every part of a document; the uris that show something now."""
    by_uri: dict[str, list[lsp.Diagnostic]] = {part.uri: [] for part in known.document.parts}
    for span, diagnostic in of(session, known):
        by_uri[known.layout.uri_at(span.start)].append(diagnostic)
    for part in known.document.parts:
        session.ls.text_document_publish_diagnostics(
            lsp.PublishDiagnosticsParams(
                uri=part.uri,
                diagnostics=by_uri[part.uri],
                version=part.version if session.capabilities.diagnostic_version else None,
            )
        )
    return set(by_uri)


def of(session: Session, known: Analysed) -> list[tuple[Span, lsp.Diagnostic]]:
    """All diagnostics of one version, with their places in its text."""
    out: list[tuple[Span, lsp.Diagnostic]] = []
    problems = list(known.analysis.problems)
    first = known.analysis.script.problem
    if first is not None and first not in problems:
        problems.insert(0, first)
    out.extend((problem.span, _problem(known, problem)) for problem in problems)
    for finding in known.good.findings if known.good else ():
        span = known.here(finding.span)
        out.append((span, _finding(session, known, finding, span)))
    return out


def _problem(known: Analysed, problem: Problem) -> lsp.Diagnostic:
    return lsp.Diagnostic(
        range=known.layout.range(problem.span),
        message=problem.message,
        severity=_PROBLEM_SEVERITY.get(problem.kind, lsp.DiagnosticSeverity.Warning),
        code=problem.kind.value,
        source=SOURCE,
    )


def _finding(session: Session, known: Analysed, finding: Finding, span: Span) -> lsp.Diagnostic:
    capabilities = session.capabilities
    related = None
    if capabilities.related_information and finding.related:
        related = [
            lsp.DiagnosticRelatedInformation(known.layout.location(known.here(r.span)), r.message)
            for r in finding.related
        ]
    message = finding.message
    if finding.related and related is None:  # a client that cannot show the other half is told where it is
        lines = ", ".join(
            f"{r.message} (line {known.layout.position(known.here(r.span).start).line + 1})" for r in finding.related
        )
        message = f"{message} See: {lines}."
    page = rule_pages.href(finding.code) if capabilities.code_description else None
    return lsp.Diagnostic(
        range=known.layout.range(span),
        message=message,
        severity=_SEVERITY[finding.severity],
        code=finding.code,
        code_description=lsp.CodeDescription(page) if page else None,
        source=SOURCE,
        related_information=related,
        data=_data(known, finding) if known.fresh else {"code": finding.code},
    )


def _data(known: Analysed, finding: Finding) -> dict[str, Any]:
    """``{code, version, fix?, ignore?}``: the edits by uri, in the client's units, of the version they are for."""
    part = known.document.parts[known.layout.part_of(finding.span.start)]
    data: dict[str, Any] = {"code": finding.code, "version": part.version}
    if finding.fix is not None and finding.fix.safety is not FixClass.EXPLAIN and finding.fix.edits:
        by_part = known.layout.text_edits(finding.fix.edits)
        if not isinstance(by_part, str):
            data["fix"] = {
                "title": finding.fix.title,
                "safety": finding.fix.safety.value,
                "edits": _edits(known, by_part),
            }
    ignore = suppression(known.analysis.script, finding.code, finding.span)
    if ignore is not None:
        by_part = known.layout.text_edits((ignore,))
        if not isinstance(by_part, str):
            data["ignore"] = _edits(known, by_part)
    return data


def _edits(known: Analysed, by_part: dict[int, list[lsp.TextEdit]]) -> list[dict[str, Any]]:
    """Document edits as plain JSON: ``[{uri, version, edits: [{range, newText}]}]``."""
    return [
        {
            "uri": known.document.parts[part].uri,
            "version": known.document.parts[part].version,
            "edits": [
                {
                    "range": {
                        "start": {"line": e.range.start.line, "character": e.range.start.character},
                        "end": {"line": e.range.end.line, "character": e.range.end.character},
                    },
                    "newText": e.new_text,
                }
                for e in edits
            ],
        }
        for part, edits in sorted(by_part.items())
    ]
