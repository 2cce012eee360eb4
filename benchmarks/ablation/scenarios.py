"""More than one study of a script: a whole refinement with the morning after, and the same question on less data.

*Refinement*: ablate, try four changes of the block that matters most, ablate the changed script, and the next morning
(another server process, the same store) ablate once more with one line edited. The other side runs each of these
programs as a fresh process. What the journal knows (the baseline of the changed script) is run again by neither side.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.ablation.cases import Case, spec_of, study_specs, variant_texts
from benchmarks.ablation.measure import Measured, carry_out
from mlestar.runs.types import Fidelity, Interpreter, RunSpec


@dataclass(frozen=True)
class Refinement:
    """CPU and wall seconds of the four parts, in order; ``equal`` of ``runs`` scores are the fresh ones."""

    mode: str
    cpu_s: tuple[float, ...]
    wall_s: tuple[float, ...]
    equal: int
    runs: int


def refinement_parts(case: Case, folder: Path, interpreter: Interpreter) -> list[Sequence[RunSpec]]:
    """The runs of each part; a text that an earlier part has run is not run again, on either side."""
    text = (folder / "train.py").read_text("utf-8")
    plans = [text.replace(old, new) for old, new in case.plans]
    changed = plans[-1]
    old, new = case.edit
    edited = changed.replace(old, new)
    if len({text, *plans, edited}) != len(plans) + 2:
        raise ValueError(f"{case.name}: a plan or the edit changes nothing")
    parts: list[Sequence[RunSpec]] = [
        study_specs(case, folder, interpreter),
        [spec_of(folder, one, f"plan {number}", interpreter) for number, one in enumerate(plans)],
        [spec_of(folder, one, label, interpreter) for label, one in variant_texts(case, changed)],
        study_specs(case, folder, interpreter, text=edited),
    ]
    return parts


def refine(case: Case, folder: Path, interpreter: Interpreter, modes: Sequence[str]) -> list[Refinement]:
    """Each part in a process of its own, as after a restart of the server; the store of a mode lives through all."""
    parts = refinement_parts(case, folder, interpreter)
    reference: list[str] = []
    found = []
    for mode in modes:
        with tempfile.TemporaryDirectory(prefix="mlestar-ablation-", dir="/var/tmp") as home:
            measured = [carry_out(part, mode, Path(home)) for part in parts]
        scores = [score for one in measured for score in one.scores]
        reference = reference or scores
        equal = sum(a == b for a, b in zip(scores, reference, strict=True))
        cpu, wall = tuple(m.cpu_s for m in measured), tuple(m.wall_s for m in measured)
        found.append(Refinement(mode, cpu, wall, equal, len(scores)))
    return found


def refinement_table(script: str, found: Sequence[Refinement]) -> str:
    lines = [f"{script}: ablate, refine four plans, ablate the changed script, next morning with one line edited"]
    base = sum(found[0].cpu_s)
    for one in found:
        parts = " + ".join(f"{s:.1f}" for s in one.cpu_s)
        lines.append(
            f"{one.mode:14} {parts} = {sum(one.cpu_s):.1f} CPU s ({base / sum(one.cpu_s):.2f}x less), "
            f"{sum(one.wall_s):.1f} s, equal {one.equal}/{one.runs}"
        )
    return "\n".join(lines)


@dataclass(frozen=True)
class Screening:
    """A study at reduced fidelity beside the same at full: does it find the same most important ablation?"""

    tier: Fidelity
    cpu_s: float
    full_cpu_s: float
    same_top: bool
    near_top: bool
    """The ablation it finds lies within the noise of the full study's top one."""


def effects(measured: Measured) -> list[float | None]:
    """What each ablation changes of the baseline's score; None where one of the two has none."""
    base, *others = (None if score in ("None", "failed") else float(score) for score in measured.scores)
    return [None if base is None or one is None else abs(base - one) for one in others]


def top(values: Sequence[float | None]) -> int | None:
    known = [(value, -index) for index, value in enumerate(values) if value is not None]
    return -max(known)[1] if known else None


def screen(case: Case, folder: Path, interpreter: Interpreter, tier: Fidelity, mode: str) -> Screening:
    """One study at ``tier`` in ``mode`` beside fresh processes at full fidelity; noise: three seeds."""
    specs = study_specs(case, folder, interpreter)
    with tempfile.TemporaryDirectory(prefix="mlestar-ablation-", dir="/var/tmp") as home:
        full = carry_out(specs, "fresh-serial", Path(home))
        less = carry_out([replace(spec, fidelity=tier) for spec in specs], mode, Path(home))
        text = specs[0].variant_text
        seeds = [spec_of(folder, text, f"seed {seed}", interpreter, seed=seed) for seed in (1, 2)]
        other = carry_out(seeds, "plain", Path(home))
    wanted, found = effects(full), effects(less)
    best, mine = top(wanted), top(found)
    base = [float(s) for s in (full.scores[0], *other.scores) if s not in ("None", "failed")]
    noise = max(base) - min(base)
    same = best is not None and best == mine
    near = same
    if best is not None and mine is not None:
        one, two = wanted[best], wanted[mine]
        near = one is not None and two is not None and one - two <= noise
    return Screening(tier, less.cpu_s, full.cpu_s, same, near)
