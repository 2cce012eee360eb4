"""Precision, recall and CPU time of the leakage rules over the labelled corpus.

    python benchmarks/leakage.py [FOLDER] [--verbose]

Each file of the corpus starts with ``# expect: CODE@LINE ...`` or ``# expect: none``. Findings of severity
``information`` are hints and count neither way.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from cst_tools.rules import check_with_errors
from cst_tools.script import Script
from cst_tools.types import Severity

CORPUS = Path(__file__).resolve().parent.parent / "tests" / "corpus" / "leakage"


@dataclass(frozen=True)
class Judged:
    path: Path
    expected: Counter[tuple[str, int]]
    found: Counter[tuple[str, int]]
    errors: tuple[str, ...]
    seconds: float


def expectations(text: str) -> Counter[tuple[str, int]]:
    words = text.partition("\n")[0].removeprefix("# expect:").split()
    pairs = (word.split("@") for word in words if word != "none")
    return Counter((code, int(line)) for code, line in pairs)


def judge(path: Path) -> Judged:
    text = path.read_text(encoding="utf-8")
    start = time.process_time()
    script = Script.parse(text, str(path))
    result = check_with_errors(script)
    seconds = time.process_time() - start
    found = Counter(
        (f.code, script.index.line_of(f.span.start) + 1)
        for f in result.findings
        if f.severity is not Severity.INFORMATION
    )
    return Judged(path, expectations(text), found, result.errors, seconds)


def main(arguments: list[str]) -> int:
    folders = [Path(a) for a in arguments if not a.startswith("-")] or [CORPUS]
    judged = [judge(p) for folder in folders for p in sorted(folder.rglob("*.py"))]
    hits: Counter[str] = Counter()
    false: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for one in judged:
        hits.update(code for code, _ in (one.expected & one.found).elements())
        false.update(code for code, _ in (one.found - one.expected).elements())
        missed.update(code for code, _ in (one.expected - one.found).elements())
        for code, line in sorted((one.expected - one.found).elements()):
            print(f"missed  {code} {one.path.parent.name}/{one.path.name}:{line}")
        for code, line in sorted((one.found - one.expected).elements()):
            print(f"false   {code} {one.path.parent.name}/{one.path.name}:{line}")
        for error in one.errors:
            print(f"error   {one.path.name}: {error}")
    print(f"\n{'rule':6} {'right':>6} {'false':>6} {'missed':>7} {'precision':>10} {'recall':>7}")
    for code in [*sorted({*hits, *false, *missed}), "all"]:
        h, f, n = (sum(c.values()) if code == "all" else c[code] for c in (hits, false, missed))
        print(f"{code:6} {h:6} {f:6} {n:7} {h / max(h + f, 1):10.2f} {h / max(h + n, 1):7.2f}")
    leaky = [j for j in judged if j.expected]
    print(f"\nfiles: {len(judged)}, leaky {len(leaky)}, of which flagged {sum(bool(j.found) for j in leaky)}; "
          f"clean ones flagged {sum(bool(j.found) for j in judged if not j.expected)}")  # fmt: skip
    times = sorted(j.seconds * 1000 for j in judged)
    print(f"CPU a file: median {times[len(times) // 2]:.1f} ms, worst {times[-1]:.1f} ms")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
