"""What an ablation of each example costs, and that doing it again costs nothing.

    python benchmarks/study.py [EXAMPLE ...] [--optimise] [--json]

Uses the real command line in a journal of its own, so that nothing of earlier studies is reused. CPU seconds are those
of every process of the study, children included. The second ablation of the same text has to reuse every run.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"


def timed(command: list[str], environment: dict[str, str]) -> tuple[str, float, float]:
    """Standard output, wall seconds, CPU seconds (with children). Ends the benchmark when the command fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    clock = time.perf_counter()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    wall = time.perf_counter() - clock
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(command[2:])} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    return done.stdout, wall, (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)


def study(command: str, script: Path, home: str) -> dict[str, Any]:
    mlestar = [sys.executable, "-m", "mlestar", command, str(script), "--json"]
    output, wall, cpu = timed(mlestar, {**os.environ, "MLESTAR_HOME": home})
    report = json.loads(output)
    cost = report["cost"]
    return {
        "runs": cost["runs"],
        "reused": cost["reused"],
        "wall_s": wall,
        "cpu_s": cpu,
        "problem": report.get("problem"),
        "report": report,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("examples", nargs="*", type=Path, default=sorted(EXAMPLES.glob("*.py")))
    parser.add_argument("--optimise", action="store_true", help="refine each example as well")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    results = []
    for script in options.examples:
        with tempfile.TemporaryDirectory() as home:
            _, alone_wall, alone_cpu = timed([sys.executable, str(script)], dict(os.environ))
            first = study("ablate", script, home)
            again = study("ablate", script, home)
            row = {
                "example": script.name,
                "one_run_wall_s": alone_wall,
                "one_run_cpu_s": alone_cpu,
                "ablate": first,
                "again": again,
            }
            if options.optimise:
                row["optimise"] = study("optimise", script, home)
            results.append(row)
            if not options.json:
                show(row)
            if again["runs"] or again["reused"] < first["runs"]:
                raise SystemExit(f"{script.name}: the second ablation ran {again['runs']} runs again")
    if options.json:
        print(json.dumps(results, indent=2))


def show(row: dict[str, Any]) -> None:
    print(f"{row['example']}: one run alone {row['one_run_wall_s']:.1f} s wall, {row['one_run_cpu_s']:.1f} s CPU")
    for name in ("ablate", "again", "optimise"):
        if name in row:
            cost = row[name]
            print(
                f"  {name:9} {cost['runs']:3} runs, {cost['reused']:3} reused, {cost['wall_s']:6.1f} s wall,"
                f" {cost['cpu_s']:6.1f} s CPU{'   ' + cost['problem'] if cost['problem'] else ''}"
            )


if __name__ == "__main__":
    main()
