"""The same script gets the same findings, word for word, in every process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
PROGRAM = """
import sys
from pathlib import Path
from cst_tools.rules import check_context
from cst_tools.rules.rule import Context
from cst_tools.script import Script

for path in sorted(Path(sys.argv[1]).rglob("*.py")):
    script = Script.parse(path.read_text(encoding="utf-8"))
    if script.tree is not None:
        for f in check_context(Context(script, script.tree), fixes=False).findings:
            print(path.stem, f.code, f.severity.value, f.span, f.message, f.related)
"""


def findings(seed: str) -> list[str]:
    command = [sys.executable, "-c", PROGRAM, str(ROOT / "tests" / "corpus" / "leakage")]
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    result = subprocess.run(command, capture_output=True, text=True, check=True, env=environment, cwd=ROOT)
    return result.stdout.splitlines()


def test_findings_do_not_depend_on_the_order_of_sets() -> None:
    first = findings("1")
    assert len(first) > 100
    for seed in ("2", "3"):
        assert findings(seed) == first
