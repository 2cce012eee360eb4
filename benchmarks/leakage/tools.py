"""The other detectors: how each is installed and called, what it prints, and which rules of ours its rules speak of.

Each is used with its defaults, at a fixed version, in a virtual environment of its own outside the repository.
``left_out`` are rules that speak of something other than leakage or validity (reproducibility, style, statistics of
hypothesis tests), or that the tool itself files below a warning: they are no alarms, as our hints are none.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

FITTED = ("L101", "L102", "L103", "L104", "L105", "L111")
FUTURE = ("L502",)

Said = tuple[str, str]
"""A file as the tool names it, and the tool's rule."""


@dataclass(frozen=True)
class Tool:
    """``speaks_of`` maps the tool's rules to ours; a rule of it that is nowhere is an alarm of no known kind."""

    name: str
    package: str
    program: str
    arguments: tuple[str, ...]
    parse: Callable[[str], Iterable[Said]]
    speaks_of: dict[str, tuple[str, ...]]
    left_out: frozenset[str] = frozenset()
    takes_folder: bool = False
    """Many files are given to it as a folder, not one by one."""
    notebooks: bool = True
    codes: tuple[int, ...] = (0, 1, 2)
    """Exit codes that do not say that it failed."""

    def command(self, environment: Path, targets: list[Path]) -> list[str]:
        return [str(environment / "bin" / self.program), *self.arguments, *map(str, targets)]


class NotInstalled(Exception):
    """Why a tool is not here, in one line."""


def install(tool: Tool, cache: Path) -> Path:
    """The tool's environment, made on the first call."""
    environment = cache / tool.package.replace("==", "-")
    if (environment / "bin" / tool.program).exists():
        return environment
    environment.parent.mkdir(parents=True, exist_ok=True)
    python = environment / "bin" / "python"
    for command in (
        [sys.executable, "-m", "venv", "--clear", str(environment)],
        [str(python), "-m", "pip", "install", "--quiet", tool.package],
    ):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            lines = (done.stderr or done.stdout).strip().splitlines() or [f"exit code {done.returncode}"]
            raise NotInstalled(lines[-1])
    if not (environment / "bin" / tool.program).exists():
        raise NotInstalled(f"{tool.package} has no program `{tool.program}`")
    return environment


def _waldean(output: str, groups: tuple[str, ...]) -> Iterable[Said]:
    read = json.loads(output)
    for one in read if isinstance(read, list) else [read]:
        for group in groups:
            for flag in one[group]:
                yield one["notebook"], flag["flaw_id"]


def _waldean_flags(output: str) -> Iterable[Said]:
    return _waldean(output, ("flags",))


def _waldean_all(output: str) -> Iterable[Said]:
    return _waldean(output, ("flags", "candidates"))


def _mlguard(output: str) -> Iterable[Said]:
    for one in json.loads(output):
        yield one["path"], one["rule_id"]


def _leaklens(output: str) -> Iterable[Said]:
    for one in json.loads(output)["findings"]:
        yield re.sub(r"(\[cell \d+\])?:\d+$", "", one["column"]), one["kind"]


def _lookahead(output: str) -> Iterable[Said]:
    for one in json.loads(output)["findings"]:
        yield one["path"], one["code"]


def _leakproof(output: str) -> Iterable[Said]:
    for one in json.loads(output)["findings"]:
        yield one["location"]["file"], one["rule_id"]


def _mlcheck(output: str) -> Iterable[Said]:
    path = ""
    for line in output.splitlines():
        if line.startswith("# "):
            path = line[2:].strip()
        elif found := re.match(r"\[\w+\] (\w+)", line):
            yield path, found[1]


def ours(output: str) -> Iterable[Said]:
    read: list[dict[str, Any]] = json.loads(output)
    for one in read:
        if one["severity"] != "information":
            yield one["path"], one["code"]


WALDEAN = Tool(
    name="waldean",
    package="waldean==0.6.0",
    program="waldean",
    arguments=("check", "--format", "json", "--keep-going"),
    parse=_waldean_flags,
    speaks_of={
        "leakage-fit-before-split": (*FITTED, "L106", "L107", "L108"),
        "leakage-future-feature": ("L402", *FUTURE),
        "leakage-temporal-shuffle": ("L501",),
        "leakage-test-selection": ("L301", "L302", "L303", "L304", "L305"),
    },
    left_out=frozenset(
        {
            "baserate-accuracy-imbalanced",
            "linearity-extrapolation",
            "regression-to-mean-claim",
            "selection-survivorship-cohort",
            "significance-meaningless",
            "testing-multiple-uncorrected",
        }
    ),
    codes=(0, 1, 2, 3),
)

MLGUARD = Tool(
    name="mlguard-lint",
    package="mlguard-lint==0.1.1",
    program="mlguard-lint",
    arguments=("--format", "json", "--no-color", "--fail-on", "none"),
    parse=_mlguard,
    speaks_of={
        "MLG001": FITTED,
        "MLG002": FITTED,
        "MLG003": ("L201",),
        "MLG004": ("L108", "L109"),
        "MLG007": ("L601",),
        "MLG008": ("L305",),
        "MLG010": ("L301", "L303"),
        "MLG011": ("L106",),
        "MLG012": ("L201", "L302", "L305"),
        "MLG014": ("L501",),
        "MLG015": ("L401",),
        "MLG016": ("L110",),
        "MLG018": ("L102", "L104", "L106"),
        "MLG021": ("L108", "L203"),
    },
    # stratify, random_state, ordinal codes of a category, AUC of hard predictions, micro-average
    left_out=frozenset({"MLG005", "MLG006", "MLG009", "MLG017", "MLG019"}),
    takes_folder=True,
)

LOOKAHEAD = Tool(
    name="lookahead-lint",
    package="lookahead-lint==1.0.1",
    program="lookahead-lint",
    arguments=("--format", "json", "--no-config"),
    parse=_lookahead,
    speaks_of={
        "LA001": FUTURE,
        "LA002": FUTURE,
        "LA003": FUTURE,
        "LA004": FITTED,
        "LA005": ("L501",),
        "LA006": FUTURE,
        "LA007": FUTURE,
    },
)

TOOLS = (
    WALDEAN,
    replace(WALDEAN, name="waldean, candidates too", parse=_waldean_all),
    MLGUARD,
    replace(
        MLGUARD,
        name="mlguard-lint, sure rules",
        # training scores, groups, best_score_, a test set used again or missing: by names and counts of calls alone
        left_out=MLGUARD.left_out | {"MLG003", "MLG007", "MLG008", "MLG010", "MLG012", "MLG020"},
    ),
    Tool(
        name="leaklens-ml",
        package="leaklens-ml==0.11.0",
        program="leaklens",
        arguments=("--json", "--scan"),
        parse=_leaklens,
        speaks_of={
            "preprocess_before_split": FITTED,
            "transformer_before_split": FITTED,
            "fit_on_full_data": FITTED,
            "preprocess_outside_cv": FITTED,
            "resample_before_split": ("L108", "L109"),
            "resample_outside_cv": ("L108", "L109", "L111"),
            "fit_on_eval_data": ("L110",),
        },
        left_out=frozenset({"no_random_state", "encoder_before_split", "parse_error"}),
        takes_folder=True,
    ),
    LOOKAHEAD,
    # which takes the rows of every program for a price series
    replace(LOOKAHEAD, name="lookahead-lint less LA005", left_out=frozenset({"LA005"})),
    Tool(
        name="ml-leakproof",
        package="ml-leakproof==0.2.0rc2",
        program="ml-leakproof",
        arguments=("check", "--format", "json"),
        parse=_leakproof,
        speaks_of={
            "C001": FITTED,
            "C002": ("L601",),
            "C003": ("L501",),
            "C004": ("L301",),
            "C005": ("L305",),
            "C006": ("L106",),
            "M002": ("L304",),
            "M004": ("L201",),
            "P001": FITTED,
            "P002": ("L107",),
            "P003": ("L102",),
            "S001": FITTED,
            "S002": ("L501",),
            "S003": ("L108", "L109"),
            "S004": ("L105",),
            "T002": ("L302", "L303"),
            "T003": ("L301",),
            "TM002": FUTURE,
        },
        # random_state, nondeterministic operations, an imbalanced target, no variance over folds
        left_out=frozenset({"R001", "R002", "M001", "M003"}),
        codes=(0, 1, 2, 3),
    ),
    Tool(
        name="mlcheck",
        package="ml-engineer-skills==0.4.0",
        program="mlcheck",
        arguments=("scan-source",),
        parse=_mlcheck,
        speaks_of={
            "FIT_BEFORE_SPLIT": (*FITTED, "L107"),
            "IMPUTE_LEAK": ("L102",),
            "MANUAL_SCALE_BEFORE_SPLIT": ("L104",),
        },
        left_out=frozenset({"NO_SPLIT_FOUND", "PARSE_ERROR", "SOURCE_CLEAN"}),
        notebooks=False,
    ),
)

OURS = Tool(
    name="mlestar",
    package="",
    program="",
    arguments=("check", "--format", "json", "--exit-zero"),
    parse=ours,
    speaks_of={},
)
