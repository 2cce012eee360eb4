"""The scripts that are checked while they are typed, one for each open document. Used in one thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from cst_tools.types import Edit, Finding, Fix
from mlestar.config import Settings, ignored_in
from mlestar.lsp.documents import Document

if TYPE_CHECKING:
    from cst_tools.live import Live, LiveScript


@dataclass(frozen=True)
class Remedies:
    """The fix that clears a finding, and the comment that turns its rule off there."""

    fix: Fix | None = None
    ignore: Edit | None = None


class Checker:
    """Keeps what lets a keystroke cost as much as the statement that it changes."""

    def __init__(self) -> None:
        self._scripts: dict[str, LiveScript] = {}
        self._now: dict[str, tuple[Document, Live]] = {}
        self._remedies: dict[str, dict[Finding, Remedies]] = {}
        self._fixes: dict[str, dict[str | None, tuple[Edit, ...]]] = {}

    def update(self, document: Document, settings: Settings) -> Live:
        """The findings of the newest version of a document."""
        from cst_tools.live import LiveScript  # not at start-up

        key = unquote(document.uri)
        script = self._scripts.get(key)
        if script is None:
            script = self._scripts[key] = LiveScript(str(document.path))
        self._remedies.pop(key, None)
        self._fixes.pop(key, None)
        self._now.pop(key, None)
        ignore = ignored_in(document.path, settings)
        live = script.update(document.text, document.cells, ignore, document.execution_counts)
        self._now[key] = document, live
        return live

    def remedies(self, document: Document, finding: Finding) -> Remedies:
        """What can be done about a finding; nothing where the document is another by now."""
        from mlestar.lsp.suppress import suppression  # it reads the rules: not at start-up

        key = unquote(document.uri)
        now = self._now.get(key)
        if now is None or not now[0].same_text(document):
            return Remedies()
        known = self._remedies.setdefault(key, {})
        found = known.get(finding)
        if found is None:
            ignore = suppression(now[1].script, finding.code, finding.span)
            found = known[finding] = Remedies(self._scripts[key].fix(finding), ignore)
        return found

    def fixes(self, document: Document, settings: Settings, only: str | None) -> tuple[Edit, ...]:
        """The edits of all safe fixes, or of those of one rule, verified together; none for another text."""
        from cst_tools.edits import minimal_edits
        from cst_tools.rules.fixing import fix_all
        from cst_tools.script import Script

        key = unquote(document.uri)
        now = self._now.get(key)
        if now is None or document.notebook or not now[0].same_text(document):
            return ()
        known = self._fixes.setdefault(key, {})
        found = known.get(only)
        if found is None:
            script = Script.parse(document.text, str(document.path))
            fixed = fix_all(script, ignored_in(document.path, settings), only=only)
            found = known[only] = minimal_edits(script.text, fixed.script.text)
        return found

    def forget(self, uri: str) -> None:
        """The document was closed."""
        for kept in (self._scripts, self._now, self._remedies, self._fixes):
            kept.pop(unquote(uri), None)
