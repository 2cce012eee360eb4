"""Whether an edit clears a finding and adds none, by a second analysis that follows only what the edit touched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from cst_tools.edits import apply_edits
from cst_tools.script import Script
from cst_tools.types import Finding, Fix

MAX_LINES = 20_000
"""In longer scripts fixes are verified only when one is asked for."""


class Verifier:
    """Tries fixes on one version of a script."""

    def __init__(self, script: Script, ignore: Collection[str]) -> None:
        from cst_tools.live import LiveScript  # that module is made of the rules

        self._script = script
        self._ignore = ignore
        self._live = LiveScript(script.path)
        self._live.update(script.text, script.cells, ignore)

    def clears(self, finding: Finding, fix: Fix, findings: Collection[Finding]) -> bool:
        """Whether ``finding``, one of all the ``findings``, is gone after ``fix``, and no other has come."""
        script = self._script
        text = apply_edits(script.text, fix.edits)
        cells = script.with_text(text, fix.edits).cells if script.cells else ()
        fixed = self._live.update(text, cells, self._ignore)
        self._live.update(script.text, script.cells, self._ignore)
        if fixed.errors or (fixed.problem is None) != (script.problem is None):
            return False
        before = Counter(f.code for f in findings)
        after = Counter(f.code for f in fixed.findings if f.code.startswith("L"))
        return after[finding.code] < before[finding.code] and all(after[c] <= before[c] for c in after)
