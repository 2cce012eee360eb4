"""How well leaks are found, in how much time.

    python -m benchmarks.leakage [run] [PATH ...] [--verbose] [--json]
    python -m benchmarks.leakage compare [PATH ...] [--tool NAME] [--verbose] [--json]

``run`` judges our rules over labelled files: the blind corpus of this folder and the one the rules were written with
(``tests/corpus/leakage``), one after the other. ``compare`` puts them beside other detectors, which it installs into
environments of their own in a cache folder. docs/detection-quality.md defines what is counted.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

from benchmarks.leakage import compare as comparison
from benchmarks.leakage import report
from benchmarks.leakage.detector import judge
from benchmarks.leakage.labels import collect
from benchmarks.leakage.tools import TOOLS

ROOT = Path(__file__).resolve().parents[2]
CORPORA = {
    "blind corpus, preprocessing": ROOT / "benchmarks" / "leakage" / "corpus" / "preprocessing",
    "blind corpus, validity": ROOT / "benchmarks" / "leakage" / "corpus" / "validity",
    "blind corpus, everyday": ROOT / "benchmarks" / "leakage" / "corpus" / "everyday",
    "corpus of the rules": ROOT / "tests" / "corpus" / "leakage",
}
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "mlestar-benchmarks"


def run(options: argparse.Namespace) -> None:
    corpora = {"files": options.paths} if options.paths else {name: [path] for name, path in CORPORA.items()}
    judged = {name: [judge(file) for file in collect(paths)] for name, paths in corpora.items()}
    if not options.paths:
        blind = [one for name, files in judged.items() if name.startswith("blind") for one in files]
        everything = [one for files in judged.values() for one in files]
        judged = {"all corpora": everything, "blind corpus": blind, **judged}
    if options.json:
        print(json.dumps({name: report.as_json(files) for name, files in judged.items()}, indent=2))
        return
    for number, (name, files) in enumerate(judged.items()):
        print("\n\n" * bool(number) + report.table(name, files))
        if options.verbose and (options.paths or name not in ("all corpora", "blind corpus")):
            print("\n" + report.details(files))


def compare(options: argparse.Namespace) -> None:
    files = collect(options.paths or [path for name, path in CORPORA.items() if name.startswith("blind")])
    tools = [tool for tool in TOOLS if not options.tool or tool.name in options.tool]
    compared, troubles = comparison.compare(files, tools, options.cache, options.sample)
    if options.json:
        print(json.dumps(comparison.as_json(compared, troubles), indent=2))
        return
    print(comparison.table(files, compared, troubles))
    for one in compared if options.verbose else ():
        print(f"\nclean files that {one.tool.name} flags:", *one.alarms_on_sound, sep="\n  ")


def main(arguments: list[str]) -> int:
    if not arguments or arguments[0] not in ("run", "compare", "-h", "--help"):
        arguments = ["run", *arguments]
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.leakage", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    ours = commands.add_parser("run", help="our rules over the labelled corpora")
    ours.add_argument("paths", nargs="*", type=Path)
    ours.add_argument("--verbose", action="store_true", help="each miss and each false alarm")
    ours.add_argument("--json", action="store_true")
    ours.set_defaults(act=run)
    beside = commands.add_parser("compare", help="ours beside other detectors")
    beside.add_argument("paths", nargs="*", type=Path, help="labelled files or folders (default: the blind corpus)")
    beside.add_argument("--tool", action="append", choices=[tool.name for tool in TOOLS], help="this one alone")
    beside.add_argument("--sample", type=int, default=30, help="files that CPU time alone is measured on")
    beside.add_argument("--cache", type=Path, default=CACHE, help="where the environments lie (default: %(default)s)")
    beside.add_argument("--verbose", action="store_true", help="the clean files that each flags")
    beside.add_argument("--json", action="store_true")
    beside.set_defaults(act=compare)
    options = parser.parse_args(arguments)
    options.act(options)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
