"""What sharing work between the runs of a study is worth, beside fresh processes, and how near to the limit it comes.

    python -m benchmarks.ablation [--script NAME ...] [--modes MODE ...] [--reps N] [--quick] [--python PATH]

Each script is run as it is and with six ablations in every mode, the modes in random order within a repetition. Both
sides wait passively in OpenMP and use the same number of threads a run, except ``fresh-default``, which is what other
tools do: fresh processes one after another with threads as they come. CPU seconds are those of whole process trees,
ours with the server's and supervisor's own. A script whose packages the interpreter lacks is left out, and said so;
``--python NAME=PATH`` gives one script another interpreter. Data is made by a seed, in a cache folder, outside
the timing.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import json
import os
import random
import sys
import tempfile
from pathlib import Path

from benchmarks.ablation import report, scenarios
from benchmarks.ablation.cases import CASES, Case, project, study_specs
from benchmarks.ablation.measure import Limit, carry_out, limit_of
from mlestar.runs import find_interpreter
from mlestar.runs.types import Fidelity, Interpreter

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "mlestar-benchmarks" / "ablation"
MODES = ("fresh-default", "fresh-serial", "fresh-2", "plain", "warm", "memo", "snapshot", "branch", "slicing", "auto")
_DISTRIBUTIONS = {"sklearn": "scikit-learn"}


def interpreters(options: argparse.Namespace) -> dict[str, Path]:
    """Script to interpreter; the empty name is for all others."""
    found = {"": Path(sys.executable)}
    for given in options.python or ():
        name, _, path = given.rpartition("=")
        found[name] = Path(path)
    return found


async def _interpreter(executable: Path, folder: Path) -> Interpreter:
    found = await find_interpreter(str(executable), folder, folder / "train.py")
    if not isinstance(found, Interpreter):
        raise SystemExit(f"{executable}: {found}")
    return found


def study(case: Case, options: argparse.Namespace, interpreter: Interpreter, folder: Path) -> report.Study:
    specs = study_specs(case, folder, interpreter)
    limit: Limit | None = None if options.no_limit else limit_of(specs)
    found = report.Study(case.name, limit)
    chance = random.Random(case.name)
    for _ in range(options.reps):
        modes = list(options.modes)
        chance.shuffle(modes)
        for mode in modes:
            with tempfile.TemporaryDirectory(prefix="mlestar-ablation-", dir="/var/tmp") as home:
                measured = carry_out(specs, mode, Path(home))
            for outcome, spec in zip(measured.outcomes, specs, strict=True):
                outcome["label"] = spec.label
            found.modes.setdefault(mode, []).append(measured)
            print(
                f"  {case.name} {mode}: {measured.cpu_s:.1f} s CPU, {measured.wall_s:.1f} s",
                file=sys.stderr,
                flush=True,
            )
    found.modes = {mode: found.modes[mode] for mode in MODES if mode in found.modes}
    return found


def main(arguments: list[str] | None = None) -> None:
    names = [case.name for case in CASES]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--script", nargs="+", choices=names, default=names)
    parser.add_argument("--modes", nargs="+", choices=MODES, default=list(MODES))
    parser.add_argument("--reps", type=int, default=1)
    parser.add_argument("--refinement", action="store_true", help="a whole refinement instead of one study")
    parser.add_argument(
        "--screening", type=float, metavar="SHARE", help="a study on that share of the rows, beside the full"
    )
    parser.add_argument("--quick", action="store_true", help="little data: for development, says nothing about gains")
    parser.add_argument("--python", action="append", metavar="[SCRIPT=]PATH")
    parser.add_argument("--no-limit", action="store_true", help="do not measure the limit (one more run of all)")
    parser.add_argument("--cache", type=Path, default=CACHE)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    pythons, studies = interpreters(options), []
    for case in CASES:
        if case.name not in options.script:
            continue
        folder = project(case, options.cache, case.quick if options.quick else 1.0)
        interpreter = asyncio.run(_interpreter(pythons.get(case.name, pythons[""]), folder))
        lacking = [name for name in case.needs if _DISTRIBUTIONS.get(name, name) not in interpreter.packages]
        if lacking:
            print(f"{case.name}: left out, {interpreter.executable} has no {', '.join(lacking)}\n")
            continue
        if options.refinement:
            print(scenarios.refinement_table(case.name, scenarios.refine(case, folder, interpreter, options.modes)))
            continue
        if options.screening:
            one = scenarios.screen(case, folder, interpreter, Fidelity("rows", rows=options.screening), "auto")
            words = f"same top ablation: {one.same_top}, within noise: {one.near_top}"
            print(f"{case.name}: {one.full_cpu_s / one.cpu_s:.1f}x less CPU, {words}")
            continue
        studies.append(study(case, options, interpreter, folder))
        print(report.table(studies[-1]), end="\n\n", flush=True)
        if options.json:
            options.json.write_text(json.dumps([dataclasses.asdict(s) for s in studies], indent=2), "utf-8")
    if studies:
        print(report.medians(studies))


if __name__ == "__main__":
    main()
