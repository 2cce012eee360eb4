"""What a run is asked to do and what came of it: frozen values shared by the scheduler, journal and engine."""

from __future__ import annotations

import enum
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cst_tools.types import Aggregate, Facts


class RunStatus(str, enum.Enum):
    """How a run ended. Only ``OK`` carries a score."""

    OK = "ok"
    NO_SCORE = "no-score"
    """The script ended well and the objective was never reached."""
    BAD_SCORE = "bad-score"
    """The objective was NaN, infinite or not a number."""
    CRASHED = "crashed"
    """An exception left the script."""
    EXITED = "exited"
    """``sys.exit`` with a code other than 0, or ``os._exit``."""
    TIMEOUT = "timeout"
    OUT_OF_MEMORY = "out-of-memory"
    KILLED = "killed"
    """A signal that was not ours and not traced to memory."""
    CANCELLED = "cancelled"
    NOT_STARTED = "not-started"
    """The interpreter, the shadow workspace or the protection could not be had."""


FINAL = frozenset(s for s in RunStatus if s not in (RunStatus.CANCELLED, RunStatus.NOT_STARTED))
"""Outcomes that say something about the variant: kept in the journal and not repeated."""


@dataclass(frozen=True)
class Interpreter:
    """The user's Python: where it is and what it holds."""

    executable: Path
    version: tuple[int, int, int]
    packages: Mapping[str, str]
    """Distribution name (lower case) to version."""
    origin: str
    """Why this one: ``setting``, ``workspace .venv``, ``VIRTUAL_ENV``, ``CONDA_PREFIX``, ``server`` ..."""

    @property
    def fingerprint(self) -> str:
        from hashlib import blake2b

        text = repr((str(self.executable), self.version, sorted(self.packages.items())))
        return blake2b(text.encode(), digest_size=16).hexdigest()


@dataclass(frozen=True)
class Limits:
    """What one run may use. None means no limit."""

    wall_s: float | None = 600.0
    memory_bytes: int | None = None
    output_bytes: int = 1_000_000
    """How much of stdout and of stderr is kept (its beginning and its end)."""
    threads: int = 1
    gpus: int = 0
    """Whole GPUs this run needs; it sees only those it was given."""
    cpu_s: float | None = None
    """CPU seconds of the whole process tree."""
    processes: int | None = 512
    """Processes and threads at one time."""
    disk_bytes: int | None = 20 * 1024**3
    """What it may write to disk."""


@dataclass(frozen=True)
class Fidelity:
    """How complete a run is. The tool applies it at run time; the code that runs is the same at every fidelity."""

    name: str = "full"
    rows: float = 1.0
    """Share of the rows of each table that the script loads, drawn by the tool."""
    folds: int | None = None
    """Folds of a cross-validation that are computed; None: all."""
    rounds: float = 1.0
    """Share of boosting rounds and epochs."""
    target: str | None = None
    """Column of the loaded tables that is predicted: every class of it keeps enough rows."""
    group: tuple[str, ...] = ()
    """Columns that together name a group or a series: its rows stay or go together."""
    keys: tuple[str, ...] = ()
    """Columns by which the script joins tables, besides those whose names say it."""
    time: str | None = None
    """Column of moments; of a table that has it the most recent rows stay."""
    ordered: bool = False
    """The script relies on the order of the rows: the last ones stay, side by side."""
    curve: bool = False
    """Listen to intermediate scores. It changes no score; a training call that is listened to is not taken from the
    store."""

    @property
    def full(self) -> bool:
        return self.rows >= 1.0 and self.folds is None and self.rounds >= 1.0


@dataclass(frozen=True)
class Taken:
    """One thing that a run at reduced fidelity had less of: a table's rows, folds, rounds. Equal numbers: nothing."""

    kind: str
    """``rows``, ``folds`` or ``rounds``."""
    name: str
    before: int
    after: int
    how: str = ""


class Rung(str, enum.Enum):
    """How a run's work was shared with others, in the order in which it is tried."""

    BRANCH = "branch"
    """Forked from a running program just before the first difference."""
    WARM = "warm"
    """Forked after the imports."""
    SNAPSHOT = "snapshot"
    """A new process that took over the variables of another run just before the first difference."""
    PLAIN = "plain"
    """A new process from the first line."""


class Sandbox(str, enum.Enum):
    """What is asked of the containment of a run."""

    AUTO = "auto"
    """The strongest that the system gives; the outcome says which."""
    REQUIRED = "required"
    """Nothing runs when files, network and processes cannot all be kept apart by the kernel."""
    OFF = "off"
    """The user's files are protected, nothing more."""


@dataclass(frozen=True)
class Refusal:
    """Why a rung could not carry out a run; the next rung is used."""

    reason: str
    lasting: bool = True
    """True when it will be the same for this script next time."""
    by_seed: bool = False
    """True when the same rung may do for a family that has no other seed in it."""


@dataclass(frozen=True)
class RunSpec:
    """One execution of a variant at one seed and one fidelity.

    ``variant_text`` is the script with its patches, as the user would read it; ``program_text`` is the same
    with the reporting calls, seeds and probes put in (same number of lines). Both, with seed, fidelity, arguments,
    interpreter and the worker's own code, decide whether a run was done before.
    """

    script: Path
    """The user's file; it is never written."""
    workspace: Path
    """Folder mirrored for the run: nearest project root above the script, else the script's folder."""
    variant_text: str
    program_text: str
    seed: int
    interpreter: Interpreter
    objective_id: str
    """Hash of the objective (expression, metric, aggregate): another objective is another run."""
    aggregate: Aggregate = Aggregate.LAST
    printed_pattern: str | None = None
    """For a printed objective: regular expression with one group, matched against stdout and stderr lines."""
    arguments: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    fidelity: Fidelity = Fidelity()
    limits: Limits = Limits()
    probes: bool = False
    module: str | None = None
    """``pkg.train`` when the script is started as ``python -m pkg.train``."""
    working_folder: Path | None = None
    """Absolute; None: found out from the paths that the script names."""
    network: bool = False
    """Whether it may use the network."""
    sandbox: Sandbox = Sandbox.AUTO
    readable: tuple[str, ...] = ()
    """Folders outside the workspace that it may read though they would be hidden (other projects)."""
    reuse: bool = True
    """Whether work may be shared with other runs, and results of library calls be taken from the store."""
    label: str = ""
    """For people: ``baseline seed 0``, ``without features``."""


@dataclass(frozen=True)
class InputFile:
    """A file that the run read inside or beside the workspace; the same content means the same run."""

    path: str
    size: int
    mtime_ns: int
    digest: str | None
    """blake2b of the content; None above the size limit, where size and time decide."""


@dataclass(frozen=True)
class Failure:
    """A traceback as data. ``line`` is 0-based in the variant's text, None when the script is not in the trace."""

    type: str
    message: str
    line: int | None
    text: str


@dataclass(frozen=True)
class MemoUse:
    """What the memo of library calls did in one run. Seconds are CPU time, ``waited_s`` is wall time."""

    hits: int = 0
    misses: int = 0
    """Calls that were looked up, not found and made."""
    stored: int = 0
    saved_s: float = 0.0
    """What the calls that were found took when they were made, less what finding them took."""
    spent_s: float = 0.0
    """Looking at arguments, reading and writing entries."""
    stored_bytes: int = 0
    waited_s: float = 0.0
    """Waiting for another run that was making the same call."""
    refused: Mapping[str, int] = field(default_factory=dict)
    """Why calls could not be kept, and how many."""
    off: str = ""
    """Why the program ran without; empty when it did not."""


@dataclass(frozen=True)
class RunResult:
    """What came of one run. ``score`` is a finite float or None, and None unless ``status`` is OK."""

    status: RunStatus
    score: float | None
    reason: str
    """One sentence for a person; empty for OK."""
    wall_s: float = 0.0
    cpu_s: float = 0.0
    peak_memory_bytes: int = 0
    exit_code: int | None = None
    signal: int | None = None
    stdout: str = ""
    stderr: str = ""
    stdout_bytes: int = 0
    stderr_bytes: int = 0
    failure: Failure | None = None
    inputs: tuple[InputFile, ...] = ()
    facts: Facts | None = None
    reports: tuple[float, ...] = ()
    """Every value the objective took, in order (per fold or epoch)."""
    rows: int | None = None
    """How many rows the score was computed on; None when that could not be seen."""
    evaluation: tuple[str, ...] = ()
    """Digests of the true labels, in order, that may have given the score (several when a fold scores like the mean).
    Runs that share one were judged by the same evaluation; empty when that could not be seen."""
    protection: str = "none"
    """How the user's files were kept from the run: ``overlay``, ``copy``."""
    containment: tuple[str, ...] = ()
    """What the kernel kept apart: ``files``, ``network``, ``processes``, ``hidden`` (other projects, secrets),
    ``memory``, ``system-calls``."""
    rung: Rung = Rung.PLAIN
    notes: tuple[str, ...] = ()
    """Why a cheaper rung was not used, and what else a person should know, one sentence each."""
    shared_s: float = 0.0
    """Wall seconds of work that was taken over from another run; ``wall_s`` and ``cpu_s`` are its own."""
    curve: tuple[float, ...] = ()
    """Intermediate scores (boosting rounds, epochs) where the framework reports them; larger is better."""
    taken: tuple[Taken, ...] = ()
    """What was really taken away at reduced fidelity, and what was left whole."""
    memo: MemoUse | None = None
    """None when the run had no store of library calls."""
    cached: bool = False
    """True when the journal had it and nothing ran."""

    def __post_init__(self) -> None:
        if self.score is not None and (self.status is not RunStatus.OK or not math.isfinite(self.score)):
            raise ValueError("a score is a finite float of a run that ended well")
