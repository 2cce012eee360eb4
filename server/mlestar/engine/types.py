"""What a study is given and what it answers: frozen values that the command line and the server show."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from pathlib import Path

from cst_tools.types import Block, Edit, Facts, Objective
from mlestar.types import Effect, Impact, Plan, Rewrite, Verdict


@dataclass(frozen=True)
class Snapshot:
    """A script at one moment: the text that is analysed and run, whatever the file on disk says."""

    path: Path
    text: str
    version: int | None = None
    """The editor's document version, when there is an editor."""


@dataclass(frozen=True)
class Cost:
    """What a study used. ``runs`` were executed; ``reused`` came from the journal."""

    wall_s: float = 0.0
    cpu_s: float = 0.0
    runs: int = 0
    reused: int = 0

    def __add__(self, other: Cost) -> Cost:
        return Cost(
            self.wall_s + other.wall_s, self.cpu_s + other.cpu_s, self.runs + other.runs, self.reused + other.reused
        )


@dataclass(frozen=True)
class Baseline:
    """The script as it is, repeated over seeds. ``noise`` is the standard deviation over the seeds."""

    scores: tuple[float, ...]
    mean: float
    noise: float | None
    seconds_a_run: float


@dataclass(frozen=True)
class Agreement:
    """One tier of one study against full fidelity. ``tau`` and ``rho`` are None with fewer than three variants."""

    tier: str
    variants: int
    tau: float | None
    """Kendall's tau-b of the sizes of the effects."""
    rho: float | None
    """Spearman's rank correlation of them."""
    same_first: bool
    """Whether the largest effect is the same variant's, the noise of the full runs considered."""
    saving: float
    """CPU seconds of the script as it is in full, over those at this tier."""


@dataclass(frozen=True)
class AblationReport:
    study_id: str
    objective: Objective | None
    baseline: Baseline | None
    impacts: tuple[Impact, ...]
    """By rank, the most important block first."""
    blocks: tuple[Block, ...]
    cost: Cost
    complete: bool
    problem: str | None = None
    """Why there is no answer, in one sentence that says what to do next."""
    finished_at: float = 0.0
    text: str = ""
    """The script as it was measured."""
    facts: Facts = field(default_factory=Facts)
    """What the baseline's ``fit`` calls saw; places refer to ``text``."""
    variants: tuple[Impact, ...] = ()
    """Every variant that was measured; ``impacts`` holds the one with the largest effect of each block."""
    out_of_budget: bool = False
    """The budget ended before the script as it is had a score: ``problem`` says so."""
    notes: tuple[str, ...] = ()
    """How the runs were made, where a person should know: protection that was lacking, work that was not shared."""
    agreements: tuple[Agreement, ...] = ()
    """How far each cheap tier ranked the variants as the full runs did."""


@dataclass(frozen=True)
class CandidateReport:
    """One plan carried out, with what was measured. ``edits`` lead from the snapshot's text to ``new_text``."""

    rewrite: Rewrite | None
    plan: Plan
    verdict: Verdict
    reason: str
    selection: Effect | None = None
    """Paired gain on the seeds used for choosing: optimistic."""
    confirmed: Effect | None = None
    """Paired gain on seeds and splits that played no part in choosing."""
    runs: int = 0
    before: float | None = None
    after: float | None = None
    """Mean scores of the script as it is and of the candidate on the seeds of ``confirmed``, else of ``selection``."""
    new_text: str | None = None
    edits: tuple[Edit, ...] = ()


@dataclass(frozen=True)
class RefinementReport:
    study_id: str
    block: Block | None
    objective: Objective | None
    baseline: Baseline | None
    candidates: tuple[CandidateReport, ...]
    best: CandidateReport | None
    """The candidate whose gain was confirmed; None when none was."""
    cost: Cost
    complete: bool
    problem: str | None = None
    finished_at: float = 0.0
    text: str = ""
    """The script as it was refined: ``edits`` of candidates refer to it."""
    out_of_budget: bool = False
    """The budget ended before the script as it is had a score: ``problem`` says so."""
    notes: tuple[str, ...] = ()
    """As in `AblationReport`."""
    ablation_cost: Cost | None = None
    """What the ablation cost that was run first to find the block; None when none was needed."""


class EventKind(str, enum.Enum):
    STARTED = "started"
    RUN_STARTED = "run-started"
    RUN_FINISHED = "run-finished"
    BASELINE = "baseline"
    SCREENING = "screening"
    HELD = "held"
    """Fewer runs go than could, as on battery, or all go again."""
    IMPACT = "impact"
    PLAN = "plan"
    VERDICT = "verdict"
    FINISHED = "finished"


@dataclass(frozen=True)
class Event:
    """Progress of a study. ``done`` of ``total`` runs; ``seconds_left`` is a forecast or None."""

    kind: EventKind
    message: str
    done: int = 0
    total: int = 0
    seconds_left: float | None = None
    impact: Impact | None = None
    candidate: CandidateReport | None = None
    left: str = ""
    """The forecast as a range in words: ``2 to 4 min``."""
