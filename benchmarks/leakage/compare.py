"""Ours beside the other detectors, over the same files in the same run: quality by file, and CPU time.

Findings come from one call over all files, which pays the start of the tool once; the CPU time of a file alone is that
of a process of its own (user and system, children included), over an even sample of the files.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.leakage.labels import Labelled, quiet_parse
from benchmarks.leakage.report import percent, quantile
from benchmarks.leakage.scoring import Counts, share
from benchmarks.leakage.tools import OURS, NotInstalled, Tool, install

LIMIT_S = 900.0
"""Of one call over all files."""


@dataclass(frozen=True)
class Ran:
    output: str
    seconds: float


@dataclass(frozen=True)
class Runs:
    """What a program printed about all files at once, and about some of them alone."""

    paths: list[Path]
    together: Ran
    alone: dict[Path, Ran]

    @property
    def root(self) -> Path:
        return self.paths[0].parents[1]


@dataclass(frozen=True)
class Compared:
    tool: Tool
    files: Counts
    kind: float | None
    """Of the leaky files with an alarm, the share with one that speaks of a labelled defect."""
    batch_ms: float
    """CPU of the call over all files, by file."""
    single_ms: tuple[float, float]
    """CPU of a process with one file: median and 95th percentile."""
    by_rule: dict[str, Counts]
    """Leaky files with a label of the rule in which an alarm speaks of it, and those in which none does."""
    alarms_on_sound: tuple[str, ...]
    otherwise: int
    """Files of the sample of which the tool says something else when it gets them alone."""


def compare(files: list[Labelled], tools: list[Tool], cache: Path, sample: int) -> tuple[list[Compared], list[str]]:
    """The tools in order, ours first, and one line for each that cannot be used."""
    done: list[Compared] = []
    troubles: list[str] = []
    runs: dict[tuple[str, str, tuple[str, ...]], Runs] = {}
    with tempfile.TemporaryDirectory() as folder:
        for number, tool in enumerate([OURS, *tools]):
            try:
                environment = Path() if tool is OURS else install(tool, cache)
                key = (tool.package, tool.program, tool.arguments)
                if key not in runs:  # tools that differ only in the rules that count run once
                    paths = _laid_out(Path(folder) / str(number), files, tool)
                    runs[key] = _runs(tool, environment, paths, sample)
                done.append(_judged(tool, files, runs[key]))
            except NotInstalled as reason:
                troubles.append(f"{tool.name} is left out, it cannot be installed: {reason}")
            except (subprocess.SubprocessError, ValueError, KeyError) as error:
                troubles.append(f"{tool.name} is left out, it failed: {error}")
    return done, troubles


def _laid_out(root: Path, files: list[Labelled], tool: Tool) -> list[Path]:
    """Copies without the labels, in the order of ``files``; notebooks as scripts for a tool that cannot read them."""
    paths: list[Path] = []
    for file in files:
        path = root / file.path.parent.name / file.path.name
        text = file.text
        if path.suffix == ".ipynb" and not tool.notebooks:
            path = path.with_name(f"{path.stem}_ipynb.py")
            text = quiet_parse(text, file.path).masked
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            raise ValueError(f"two files of the name {path.parent.name}/{path.name}")
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    return paths


def _runs(tool: Tool, environment: Path, paths: list[Path], sample: int) -> Runs:
    chosen = paths[:: max(1, len(paths) // max(sample, 1))]
    alone = {path: _run(tool, environment, [path], path.parents[1]) for path in chosen}
    root = paths[0].parents[1]
    return Runs(paths, _run(tool, environment, [root] if tool.takes_folder else paths, root), alone)


def _judged(tool: Tool, files: list[Labelled], runs: Runs) -> Compared:
    paths = runs.paths
    said = _said(tool, runs.together, runs)
    times = [one.seconds * 1000 for one in runs.alone.values()]
    otherwise = sum(said.get(path) != _said(tool, one, runs).get(path) for path, one in runs.alone.items())
    counts, by_rule = Counts(), defaultdict[str, Counts](Counts)
    named = 0
    sound: list[str] = []
    for file, path in zip(files, paths, strict=True):
        rules = said.get(path, set()) - tool.left_out
        spoken = {code for rule in rules for code in tool.speaks_of.get(rule, (rule,) if tool is OURS else ())}
        counts.right += bool(rules and file.leaky)
        counts.missed += bool(file.leaky and not rules)
        if rules and not file.leaky:
            counts.false += 1
            sound.append(f"{path.parent.name}/{file.path.name}: {', '.join(sorted(rules))}")
        named += any(spoken & set(label.codes) for label in file.labels)
        for codes in {label.codes for label in file.labels}:
            by_rule[codes[0]].right += bool(spoken & set(codes))
            by_rule[codes[0]].missed += not spoken & set(codes)
    return Compared(
        tool,
        counts,
        share(named, counts.right),
        runs.together.seconds / len(paths) * 1000,
        (quantile(times, 0.5), quantile(times, 0.95)),
        dict(sorted(by_rule.items())),
        tuple(sound),
        otherwise,
    )


def _run(tool: Tool, environment: Path, targets: list[Path], folder: Path) -> Ran:
    if tool is OURS:
        command = [sys.executable, "-m", "mlestar", *tool.arguments, *map(str, targets)]
    else:
        command = tool.command(environment, targets)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
        timeout=LIMIT_S,
        cwd=folder,
        env={**os.environ, "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"},
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in tool.codes:
        raise ValueError(f"exit code {done.returncode}: {done.stderr.strip()[-300:]}")
    return Ran(done.stdout, (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime))


def _said(tool: Tool, ran: Ran, runs: Runs) -> dict[Path, set[str]]:
    """The tool's rules by file."""
    said: dict[Path, set[str]] = defaultdict(set)
    known = {path.resolve(): path for path in runs.paths}
    for name, rule in tool.parse(ran.output):
        path = known.get((runs.root / name).resolve())
        if path is None:
            raise ValueError(f"it speaks of {name}, which it was not given")
        said[path].add(rule)
    return said


def table(files: list[Labelled], compared: list[Compared], troubles: list[str]) -> str:
    leaky = sum(file.leaky for file in files)
    flagged = f"{'detector':28} {'flagged':>7} {'flagged':>7} {'precision':>9} {'recall':>7} {'acc':>5}"
    lines = [
        f"{len(files)} files, {leaky} leaky, {len(files) - leaky} clean",
        "",
        f"{'':28} {'leaky':>7} {'clean':>7} {'':>9} {'':>7} {'kind':>5}  {'CPU ms a file':^24}",
        f"{flagged}  {'together':>8} {'alone':>7} {'p95':>7}",
    ]
    for number, one in enumerate(compared, 1):
        name = f"({number}) {one.tool.name}"
        lines.append(
            f"{name:28} {one.files.right:7} {one.files.false:7} {percent(one.files.precision):>9} "
            f"{percent(one.files.recall):>7} {percent(one.kind):>5}  {one.batch_ms:8.1f} "
            f"{one.single_ms[0]:7.0f} {one.single_ms[1]:7.0f}"
        )
    lines += [
        f"{one.tool.name} says something else of {one.otherwise} files alone" for one in compared if one.otherwise
    ]
    lines += [*troubles, "", *_by_rule(compared)]
    return "\n".join(lines)


def _by_rule(compared: list[Compared]) -> list[str]:
    lines = [
        "leaky files in which the defect is named, by rule of ours (the first one, where a label takes several):",
        "",
    ]
    lines.append(f"{'rule':6} {'files':>5} " + " ".join(f"{f'({n})':>4}" for n, _ in enumerate(compared, 1)))
    for code in compared[0].by_rule if compared else ():
        counts = [one.by_rule[code] for one in compared]
        whole = counts[0].right + counts[0].missed
        lines.append(f"{code:6} {whole:5} " + " ".join(f"{one.right:4}" for one in counts))
    return lines


def as_json(compared: list[Compared], troubles: list[str]) -> dict[str, Any]:
    return {
        "detectors": {
            one.tool.name: {
                "package": one.tool.package,
                "leaky_flagged": one.files.right,
                "clean_flagged": one.files.false,
                "leaky_missed": one.files.missed,
                "precision": one.files.precision,
                "recall": one.files.recall,
                "kind_accuracy": one.kind,
                "cpu_ms": {"together": one.batch_ms, "alone_median": one.single_ms[0], "alone_p95": one.single_ms[1]},
                "clean_with_alarms": list(one.alarms_on_sound),
                "rules_left_out": sorted(one.tool.left_out),
            }
            for one in compared
        },
        "left_out": troubles,
    }
