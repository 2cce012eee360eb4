"""Stand-in for `cst_tools.live`: every version is read as a whole."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from cst_tools.rules import _checked, check_with_errors
from cst_tools.script import Script
from cst_tools.types import Finding, Fix, Problem, Span
from mlestar.lsp.moves import Move


@dataclass(frozen=True)
class Live:
    script: Script
    findings: tuple[Finding, ...]
    errors: tuple[str, ...]
    problem: Problem | None


class LiveScript:
    def __init__(self, path: str) -> None:
        self._path = path
        self._last: Live | None = None
        self._ignore: Collection[str] = ()

    def update(self, text: str, cells: tuple[Span, ...] = (), ignore: Collection[str] = ()) -> Live:
        script = Script._from_cells(self._path, text, cells, None) if cells else Script._from_text(self._path, text)
        self._ignore = ignore
        if script.tree is None and self._last is not None:
            move = Move.between(self._last.script.text, text)
            findings = tuple(
                replace(
                    f,
                    span=_moved(f.span, move),
                    related=tuple(replace(r, span=_moved(r.span, move)) for r in f.related),
                )
                for f in self._last.findings
            )
            self._last = Live(script, findings, (), script.problem)
        else:
            found = _checked(script, ignore, fixes=False)
            self._last = Live(script, found.findings, found.errors, script.problem)
        return self._last

    def fix(self, finding: Finding) -> Fix | None:
        assert self._last is not None
        if self._last.script.tree is None:
            return None
        for found in check_with_errors(self._last.script, self._ignore).findings:
            if (found.code, found.span) == (finding.code, finding.span):
                return found.fix
        return None


def _moved(span: Span, move: Move) -> Span:
    start = move.offset(span.start)
    return Span(start, max(start, move.offset(span.end)))
