"""The table of one script, and the medians over scripts."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from benchmarks.ablation.measure import Limit, Measured

REFERENCE = "fresh-serial"
"""CPU of fresh processes, one thread each; scores are compared with these."""
RIVAL = "fresh-default"
"""Wall of what other tools do: fresh processes one after another, threads as they come."""


@dataclass
class Study:
    """Everything measured of one script: by mode, one entry a repetition."""

    script: str
    limit: Limit | None
    modes: dict[str, list[Measured]] = field(default_factory=dict)

    def cpu(self, mode: str) -> float:
        return statistics.median(m.cpu_s for m in self.modes[mode])

    def wall(self, mode: str) -> float:
        return statistics.median(m.wall_s for m in self.modes[mode])

    def peak(self, mode: str) -> float:
        return statistics.median(m.peak_bytes for m in self.modes[mode])

    def equal(self, mode: str) -> tuple[int, int]:
        """Runs whose score is the fresh one to the last digit (or that fail as it does), and all runs."""
        reference = self.modes[REFERENCE][0].scores
        pairs = [(one, other) for m in self.modes[mode] for one, other in zip(m.scores, reference, strict=True)]
        return sum(one == other for one, other in pairs), len(pairs)

    def share(self, mode: str) -> float | None:
        return None if self.limit is None else self.limit.total_s / self.cpu(mode)

    def fewer(self, mode: str) -> float | None:
        return self.cpu(REFERENCE) / self.cpu(mode) if REFERENCE in self.modes else None

    def faster(self, mode: str) -> float | None:
        return self.wall(RIVAL) / self.wall(mode) if RIVAL in self.modes else None


def _number(value: float | None, pattern: str) -> str:
    return "-" if value is None else pattern.format(value)


_HEAD = f"{'':14} {'CPU s':>7} {'less':>6} {'wall s':>7} {'faster':>6} {'limit':>6} {'memory':>8} {'equal':>7}  rungs"


def _row(study: Study, mode: str) -> str:
    same, of = study.equal(mode) if REFERENCE in study.modes else (0, 0)
    share = study.share(mode)
    rungs = " ".join(dict.fromkeys(m.rungs for m in study.modes[mode]))
    load = statistics.median(m.load for m in study.modes[mode])
    return (
        f"{mode:14} {study.cpu(mode):7.1f} {_number(study.fewer(mode), '{:5.2f}x')} {study.wall(mode):7.1f} "
        f"{_number(study.faster(mode), '{:5.2f}x')} {_number(None if share is None else 100 * share, '{:5.0f}%')} "
        f"{study.peak(mode) / 1024**2:6.0f}MB {same:3}/{of:<3}  {rungs}  (load {load:.1f})"
    )


def table(study: Study) -> str:
    lines = [f"{study.script}: the script and {len(next(iter(study.modes.values()))[0].outcomes) - 1} ablations", _HEAD]
    lines += [_row(study, mode) for mode in study.modes]
    if study.limit is not None:
        again = " ".join(f"{s:.1f}" for s in study.limit.again_s)
        whole = study.limit.base_s + sum(study.limit.whole_s)
        lines.append(
            f"limit: {study.limit.total_s:.1f} CPU s = the script {study.limit.base_s:.1f} + must run again {again}; "
            f"all statements {whole:.1f} ({whole / study.limit.total_s:.2f}x)"
        )
    wrong = differences(study)
    return "\n".join([*lines, *wrong])


def differences(study: Study) -> list[str]:
    """Scores that are not those of the fresh process, and runs that failed, one line each."""
    if REFERENCE not in study.modes:
        return []
    reference, found = study.modes[REFERENCE][0], []
    for outcome in reference.outcomes:
        if outcome["status"] != "ok":
            found.append(f"  {REFERENCE}: {outcome['label']}: {outcome['status']}")
    for mode, measured in study.modes.items():
        for one in measured:
            for outcome, score in zip(one.outcomes, reference.scores, strict=True):
                mine = outcome["score"] if outcome["status"] == "ok" else "failed"
                if mine != score:
                    found.append(f"  {mode}: {outcome['label']}: {mine} instead of {score} ({outcome['status'][:200]})")
    notes = dict.fromkeys(n for ms in study.modes.values() for m in ms for o in m.outcomes for n in o.get("notes", ()))
    return [*dict.fromkeys(found), *(f"  note: {note}" for note in notes)]


def medians(studies: Sequence[Study]) -> str:
    """Medians over scripts of what each mode gains, never the best one."""
    modes = list(dict.fromkeys(mode for study in studies for mode in study.modes))
    lines = [
        f"median over {len(studies)} scripts",
        f"{'':14} {'CPU less':>9} {'wall faster':>12} {'of limit':>9} {'equal':>8}",
    ]
    for mode in modes:
        having = [s for s in studies if mode in s.modes and REFERENCE in s.modes]
        if not having:
            continue
        equal = [s.equal(mode) for s in having]
        values: Mapping[str, list[float]] = {
            "less": [v for s in having if (v := s.fewer(mode)) is not None],
            "faster": [v for s in having if (v := s.faster(mode)) is not None],
            "share": [100 * v for s in having if (v := s.share(mode)) is not None],
        }
        less, faster, share = (statistics.median(v) if v else None for v in values.values())
        lines.append(
            f"{mode:14} {_number(less, '{:8.2f}x')} {_number(faster, '{:11.2f}x')} {_number(share, '{:8.0f}%')} "
            f"{sum(e[0] for e in equal):4}/{sum(e[1] for e in equal)}"
        )
    return "\n".join(lines)
