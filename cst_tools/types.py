"""The words of the project as frozen values: what analysis finds and what rewriting consumes.

Every other module of ``cst_tools`` takes and returns these. All places in a script are half-open
intervals of code-point offsets into ``Script.text`` (`Span`); `cst_tools.positions` converts them to
lines and UTF-16 columns at the edge.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field


class Role(str, enum.Enum):
    """What a block does in the training program."""

    LOAD = "load"
    CLEAN = "clean"
    FEATURES = "features"
    SPLIT = "split"
    PREPROCESS = "preprocess"
    MODEL = "model"
    TRAIN = "train"
    TUNE = "tune"
    ENSEMBLE = "ensemble"
    PREDICT = "predict"
    EVALUATE = "evaluate"
    SUBMIT = "submit"
    OTHER = "other"


class Direction(str, enum.Enum):
    """Which way the objective is better."""

    MAXIMIZE = "maximize"
    MINIMIZE = "minimize"

    def gain(self, before: float, after: float) -> float:
        """Improvement from ``before`` to ``after``; positive is better in either direction."""
        return after - before if self is Direction.MAXIMIZE else before - after


class BlockKind(str, enum.Enum):
    STATEMENTS = "statements"
    FUNCTION = "function"
    CLASS = "class"


@dataclass(frozen=True, order=True)
class Span:
    """Half-open interval of code-point offsets into a script's text."""

    start: int
    end: int

    def contains(self, other: Span) -> bool:
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Span) -> bool:
        return self.start < other.end and other.start < self.end

    def shifted(self, delta: int) -> Span:
        return Span(self.start + delta, self.end + delta)


@dataclass(frozen=True)
class Edit:
    """Replace the text at ``span`` by ``new_text``. Offsets refer to the text before any edit."""

    span: Span
    new_text: str


@dataclass(frozen=True)
class Block:
    """A run of neighbouring spine statements, or one function or class, with one role.

    ``span`` covers whole lines: from the first character of the first line (decorators and the comment
    lines directly above included) to the end of the last line, without its line end.

    ``defines`` are the names (also attributes such as ``self.model`` and columns are *not* listed) that
    the block binds or mutates in its container's scope; ``reads`` the names it needs from outside.
    """

    id: str
    title: str
    role: Role
    kind: BlockKind
    container: str
    span: Span
    first_line: int
    last_line: int
    source_hash: str
    defines: tuple[str, ...]
    reads: tuple[str, ...]
    reason: str
    protected: bool
    order: int
    named_by_user: bool = False


class ObjectiveKind(str, enum.Enum):
    EXPRESSION = "expression"
    """An expression of the script: its value is reported at run time."""
    PRINTED = "printed"
    """A number in a printed line that the user pointed to by a pattern."""
    PROPOSED = "proposed"
    """The script has no metric; this one would be added to the run's copy, never to the user's file."""


class Aggregate(str, enum.Enum):
    """How several reports of one run become one score."""

    LAST = "last"
    MEAN = "mean"
    MAX = "max"
    MIN = "min"


@dataclass(frozen=True)
class Objective:
    """The number the user cares about.

    ``span`` is the expression whose value is the score (`EXPRESSION`), or the empty span where the
    proposed statement goes (`PROPOSED`); it is None for `PRINTED`. ``expression`` is its source text, the
    proposed expression, or the regular expression with one group.
    """

    kind: ObjectiveKind
    expression: str
    span: Span | None
    metric: str
    direction: Direction
    aggregate: Aggregate
    reason: str
    label: str | None = None
    warnings: tuple[str, ...] = ()
    chosen_by_user: bool = False


class ProblemKind(str, enum.Enum):
    SYNTAX_ERROR = "syntax-error"
    PYTHON_2 = "python-2"
    BAD_NOTEBOOK = "bad-notebook"
    BAD_ENCODING = "bad-encoding"
    TOO_DEEP = "too-deep"
    BAD_DIRECTIVE = "bad-directive"


@dataclass(frozen=True)
class Problem:
    """Why a script, or a part of it, cannot be analysed: one clear sentence and the place."""

    kind: ProblemKind
    message: str
    span: Span


@dataclass(frozen=True)
class Patch:
    """One block's new code.

    ``source_hash`` is the hash of the block's text from which ``new_code`` was made: a patch is applied only
    where the block still has it. ``new_code`` has the block's own indentation and no final line end.
    """

    path: str
    block_id: str
    source_hash: str
    new_code: str


@dataclass(frozen=True)
class Related:
    """The other half of a finding, for instance the split that a fit precedes."""

    message: str
    span: Span


class Severity(str, enum.Enum):
    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"


class FixClass(str, enum.Enum):
    SAFE = "safe"
    """Provably the same program apart from the leak."""
    REVIEW = "review"
    """Right in the usual case; a person should read it."""
    EXPLAIN = "explain"
    """No edit; the message says what to do."""


@dataclass(frozen=True)
class Fix:
    title: str
    safety: FixClass
    edits: tuple[Edit, ...] = ()


@dataclass(frozen=True)
class Finding:
    """A diagnostic: leakage, data usage, validity."""

    code: str
    slug: str
    message: str
    severity: Severity
    span: Span
    related: tuple[Related, ...] = ()
    fix: Fix | None = None


@dataclass(frozen=True)
class ColumnFact:
    """One column of the data that reached a ``fit`` call, seen at run time."""

    name: str
    kind: str
    """``number``, ``bool``, ``datetime``, ``category`` (few distinct strings), ``text`` (many or long), ``other``."""
    missing: int
    unique: int
    skew: float | None = None
    mean_words: float | None = None


@dataclass(frozen=True)
class FitFact:
    """What one call of ``fit``, ``fit_transform``, ``cross_val_score`` ... received, seen at run time."""

    line: int
    """0-based line of the call in the script."""
    callee: str
    """Source text of what was called, ``model.fit``."""
    estimator: str
    """Qualified class of the fitted object, ``sklearn.svm._classes.SVC``; empty when unknown."""
    x_kind: str
    """``dataframe``, ``series``, ``ndarray``, ``sparse``, ``list``, ``other``."""
    rows: int
    columns: int
    column_facts: tuple[ColumnFact, ...] = ()
    missing: int = 0
    target_kind: str | None = None
    """``binary``, ``multiclass``, ``continuous`` or None."""
    class_counts: tuple[int, ...] = ()
    target_skew: float | None = None
    target_min: float | None = None


@dataclass(frozen=True)
class Facts:
    """Everything one instrumented baseline run saw."""

    fits: tuple[FitFact, ...] = ()
    packages: dict[str, str] = field(default_factory=dict)
    """Distribution name (lower case) to version, of the user's interpreter."""
