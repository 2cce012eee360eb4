"""What the data-flow engine knows about a value: its rows, what was learned on the way to it, its columns.

The domain is deliberately small. Rows are a tree: a `Part` is a table (``root``) followed by the splits,
slices, masks and folds that led to it, so "contains" is a prefix test and two sides of one split are
disjoint. Everything is frozen; mutable program objects (estimators, instances) live in the interpreter's heap
under a number and values point to them.
"""

from __future__ import annotations

import ast
import dataclasses
import enum
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

TRAIN_SIDE = 0
HELD_OUT_SIDE = 1


class Place:
    """A node of the program that records point to. Equal when it is the same place: compared by identity.

    The interpreter hands out one place for one node (`Interpreter.place`) and keeps it when the program around it is
    edited; ``node`` is always the node of the newest tree, so that what was recorded before an edit still points right.
    """

    __slots__ = ("file", "key", "node", "origin")

    def __init__(self, key: str, node: ast.AST, origin: Place | None = None, file: str = "") -> None:
        self.key = key
        self.node = node
        self.origin = origin
        """The real place, when that is in another file: ``node`` is what led there."""
        self.file = file
        """The name of that file."""

    @property
    def real(self) -> ast.AST:
        """The node that this is about, whatever file it is in."""
        return self.node if self.origin is None else self.origin.node

    @property
    def where(self) -> str:
        """``line 12 of features.py`` for a place in another file, else empty."""
        return "" if self.origin is None else f"line {self.origin.line} of {self.file}"

    @property
    def line(self) -> int:
        """1-based line in the script."""
        return getattr(self.node, "lineno", 0)

    @property
    def position(self) -> tuple[int, int]:
        """(1-based line, column in UTF-8 bytes)"""
        return (getattr(self.node, "lineno", 0), getattr(self.node, "col_offset", 0))

    def __repr__(self) -> str:
        return f"Place({self.key})"


@dataclass(frozen=True, slots=True)
class Part:
    """Some rows of one table: the table's number, then (split key, side) for every selection made on the way."""

    root: int
    path: tuple[tuple[str, int], ...] = ()

    def contains(self, other: Part) -> bool:
        return self.root == other.root and other.path[: len(self.path)] == self.path

    def strictly_contains(self, other: Part) -> bool:
        return len(self.path) < len(other.path) and self.contains(other)

    def overlaps(self, other: Part) -> bool:
        return self.contains(other) or other.contains(self)

    def child(self, key: str, side: int) -> Part:
        if (self.path and self.path[-1] == (key, side)) or len(self.path) > 12:
            return self  # the same selection twice (loops), or absurdly deep
        return Part(self.root, (*self.path, (key, side)))


Rows = frozenset[Part]
NO_ROWS: Rows = frozenset()


def in_order(rows: Rows) -> list[Part]:
    """The parts in an order that is the same in every process."""
    return sorted(rows, key=_part_order) if len(rows) > 1 else list(rows)


def _part_order(part: Part) -> tuple[tuple[tuple[str, int], ...], int]:
    return part.path, part.root


def contains_some(rows: Rows, others: Rows, *, strictly: bool = False) -> bool:
    """Whether some part in ``rows`` contains some part in ``others``."""
    if strictly:
        return any(a.strictly_contains(b) for a in rows for b in others)
    return any(a.contains(b) for a in rows for b in others)


def overlap(rows: Rows, others: Rows) -> bool:
    return any(a.overlaps(b) for a in rows for b in others)


class Learns(str, enum.Enum):
    """What a fitted transformation takes from the rows it sees."""

    SCALE = "scale"
    IMPUTE = "impute"
    TEXT = "text"
    SELECT = "select"
    ENCODE = "encode"
    DECOMPOSE = "decompose"
    STATISTIC = "statistic"
    RESAMPLE = "resample"
    CATEGORIES = "categories"
    GROUP = "group"
    """A statistic of a group of rows, brought back to the rows."""
    ROWS = "rows"
    """Nothing: a mark that rows were selected in a way that cannot be followed."""
    DUPLICATES = "duplicates"
    """Nothing: a mark that some rows may be there more than once."""
    RESCALE = "rescale"
    """Nothing: a mark that values are on another scale (a logarithm)."""
    FUTURE = "future"
    """Looks ahead: rows below are in it. This and the kinds below are `cst_tools.flow.lineage.Note`."""
    ORDERED = "ordered"
    """The rows follow each other in time."""
    DATES = "dates"
    """A column of dates."""
    SHUFFLED = "shuffled"
    REVERSED = "reversed"
    """Newest row first."""
    WINDOW = "window"
    """Over this row and earlier ones."""
    UNIQUE = "unique"
    """One row for each value of a column."""
    RANDOM = "random"
    """Drawn by a random number generator."""
    CHOICE = "choice"
    """Chosen by a score on the rows: a model, a threshold, settings (`choosing`)."""
    CUT = "cut"
    """Predictions cut at, or mixed with, something that is no literal."""
    CHANGED = "changed"
    """A changed copy of rows: mirrored, with noise."""
    AUGMENT = "augment"
    """Rows and changed copies of them in one table."""
    PREDICTION = "prediction"
    """Predictions of rows by a model that was trained on them."""


@dataclass(frozen=True, slots=True)
class Learned:
    """Something learned from rows: a fit, a hand-written statistic. Equal when place, rows and kind are."""

    place: Place
    rows: Rows
    kind: Learns
    what: str
    supervised: bool = False
    concatenated: bool = False
    ref: int | None = field(default=None, compare=False)
    columns: frozenset[str] = field(default=frozenset(), compare=False)
    """Columns it was computed from, where they are known."""
    mask: str = ""
    """The key of the selection of rows that was made with it; empty when it reached values."""

    @property
    def node(self) -> ast.AST:
        return self.place.node

    @property
    def key(self) -> tuple[int, int]:
        """Where it stands in the script: (line, column), for ordering and messages."""
        return self.place.position


def learned_in_order(learned: Iterable[Learned]) -> list[Learned]:
    """In the order of the script, and the same in every process."""
    return sorted(learned, key=_learned_order)


def _learned_order(one: Learned) -> tuple[object, ...]:
    return one.place.position, one.what, one.kind.value, one.supervised, [_part_order(p) for p in in_order(one.rows)]


@dataclass(frozen=True, slots=True)
class Choice:
    """A model version chosen by its score on rows: early stopping, best iteration, best checkpoint."""

    place: Place
    rows: Rows
    what: str
    argument: str | None = None
    """The keyword of the call that holds the rows."""

    @property
    def node(self) -> ast.AST:
        return self.place.node

    @property
    def key(self) -> tuple[int, int]:
        return self.place.position

    @property
    def expression(self) -> ast.expr | None:
        """The expression given for ``argument``."""
        keywords = self.place.node.keywords if isinstance(self.place.node, ast.Call) else []
        return next((k.value for k in keywords if k.arg is not None and k.arg == self.argument), None)


class Kind(enum.Enum):
    UNKNOWN = "unknown"
    CONST = "const"
    DATA = "data"
    ROWS = "rows"
    """A selector of rows: an index array, a mask, ``df.index``."""
    NAMES = "names"
    """Column names of a table."""
    STATISTIC = "statistic"
    RESIDUAL = "residual"
    """Predictions compared with labels, row by row."""
    ESTIMATOR = "estimator"
    SEQUENCE = "sequence"
    MAPPING = "mapping"
    LIBRARY = "library"
    FUNCTION = "function"
    CLASS = "class"
    INSTANCE = "instance"
    METHOD = "method"
    FOLDS = "folds"
    ACCESSOR = "accessor"
    """``df.iloc``, ``df.loc``: a subscript of it selects rows and columns."""
    GROUPS = "groups"
    """``df.groupby("c")``, ``s.rolling(7)``: ``owner`` is the table."""
    EXPRESSION = "expression"
    """Polars' ``pl.col("a")`` and what is built from it."""
    PARTIAL = "partial"
    MODULE = "module"
    """A module of the same project."""


class _NoConstant:
    def __repr__(self) -> str:
        return "NO_CONSTANT"


NO_CONSTANT: Any = _NoConstant()


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a value that was cut from one table.

    ``only`` None means every column but ``without``. ``sure`` is False as soon as columns were removed in a
    way that cannot be followed. Positions are written ``#0``, ``#-1``. ``copies`` holds (column, the column it is
    a copy or recoding of).
    """

    table: int
    only: frozenset[str] | None = None
    without: frozenset[str] = frozenset()
    sure: bool = True
    copies: frozenset[tuple[str, str]] = frozenset()
    derived: frozenset[tuple[str, str, str, Place | None]] = frozenset()
    """(column, a column it was computed from in the same row, how, where): see `cst_tools.flow.derivation`."""
    changed: bool = False
    """An elementwise function was applied: the content is no longer that of ``only``, but computed from it."""
    kept: str = ""
    """``number`` or ``text`` where only columns of that kind are left."""
    numbers: frozenset[str] = frozenset()
    """Columns known to hold numbers."""
    dummies: frozenset[str] = frozenset()
    """Columns that were replaced by one column for each of their values; ``*`` for all, ``?`` for those of text."""
    frame: bool = False
    """Of a table that was read, not of an array: going through it gives names."""
    order: tuple[str, ...] | None = None
    """The names from left to right, where all of them are known."""
    site: Place | None = field(default=None, compare=False, repr=False)
    """Where the columns were chosen."""

    def holds(self, name: str) -> bool:
        """Whether the column is among these for certain."""
        if not self.sure or name in self.without:
            return False
        if self.only is not None:
            return name in self.only
        if self.kept and not (self.kept == "number" and name in self.numbers):
            return False
        if not name.startswith("#"):
            return not any(other.startswith("#") for other in self.without)
        return all(other.startswith("#") for other in self.without) and self._keeps(int(name[1:]))

    def _keeps(self, position: int) -> bool:
        """Whether a position is surely none of those that are gone, which may be counted from the other end."""
        gone = {int(other[1:]) for other in self.without}
        opposite = {other for other in gone if (other < 0) != (position < 0)}
        if not opposite or position == 0:
            return True
        return position == -1 and opposite == set(range(len(opposite)))

    def select(self, names: frozenset[str], site: Place | None) -> Columns:
        return replace(self, only=names, order=None, site=site)

    def drop(self, names: frozenset[str], site: Place | None) -> Columns:
        stems = {name.rsplit("_", i)[0] for name in names for i in range(1, name.count("_") + 1)}
        gone = names | {stem for stem in stems if stem}  # dropping the dummy t_yes drops what is left of t
        only = None if self.only is None else self.only - names
        order = None if self.order is None else tuple(name for name in self.order if name not in names)
        return replace(self, only=only, without=self.without | gone, order=order, site=site)

    def add(self, name: str) -> Columns:
        only = None if self.only is None else self.only | {name}
        order = self.order if self.order is None or name in self.order else (*self.order, name)
        return replace(self, only=only, without=self.without - {name}, order=order)

    def same_content(self, names: frozenset[str]) -> frozenset[str]:
        """``names`` and every column that is a copy or recoding of one of them, or that they are copies of."""
        found = set(names)
        for _ in range(3):
            for copy, source in self.copies:
                if copy in found or source in found:
                    found |= {copy, source}
        return frozenset(found)


@dataclass(frozen=True, slots=True)
class Score:
    """What predictions of rows reached: a number, a list of numbers, a curve. Rides on what is computed from it."""

    place: Place
    kind: EvaluationKind
    rows: Rows
    trained: Rows
    models: frozenset[int]
    cut: bool = False
    """The predictions were cut or mixed by something that varies."""
    curve: bool = False
    """One value for each threshold, not a single number."""
    chosen: Place | None = None
    """The value it rides on was chosen there by this score."""
    mean: bool = False
    """Stands for several scores: their mean, or how far they lie apart."""


@dataclass(frozen=True, slots=True)
class Value:
    kind: Kind = Kind.UNKNOWN
    rows: Rows = NO_ROWS
    learned: frozenset[Learned] = frozenset()
    models: frozenset[int] = frozenset()
    """Heap numbers of the models whose predictions this is."""
    columns: Columns | None = None
    const: Any = NO_CONSTANT
    items: tuple[Value, ...] = ()
    keys: tuple[Any, ...] = ()
    ref: int | None = None
    name: str = ""
    node: ast.AST | None = None
    """The definition, for functions and classes of the script."""
    place: Place | None = None
    """Where a literal stands."""
    owner: Value | None = None
    opaque: bool = False
    """Came from a call that cannot be followed: may be several tables in one."""
    concatenated: bool = False
    scores: frozenset[Score] = frozenset()
    """What this was computed from, or chosen by, where it is not rows itself."""


UNKNOWN = Value()

T = TypeVar("T")
_FIELDS: dict[type, tuple[str, ...]] = {}
_new, _set = object.__new__, object.__setattr__


def replace(value: T, **changes: Any) -> T:
    """``dataclasses.replace`` at half its cost, for values are copied on every second step of the engine.

    Nothing here has a ``__post_init__`` that would have to run.
    """
    kind = value.__class__
    fields = _FIELDS.get(kind)
    if fields is None:
        fields = _FIELDS[kind] = tuple(f.name for f in dataclasses.fields(kind))  # type: ignore[arg-type]  # dataclasses
    new: Any = _new(kind)
    for name in fields:
        _set(new, name, changes[name] if name in changes else getattr(value, name))
    return new  # type: ignore[no-any-return]  # built field by field


@dataclass(frozen=True, slots=True)
class Estimator:
    """State of one estimator object: a transformer, a model, a pipeline, a search."""

    spec: Any  # libraries.Spec, which needs this module
    place: Place = field(repr=False)
    steps: tuple[int, ...] = ()
    fits: frozenset[Learned] = frozenset()
    trained: Rows = NO_ROWS
    learned: frozenset[Learned] = frozenset()
    """What was learned on the way to the rows it was trained on."""
    choices: frozenset[Choice] = frozenset()
    stops_early: str = ""
    """How a constructor argument makes it stop early or keep the best version; empty when it does not."""
    selects_columns: bool = False
    picks: Columns | None = None
    """The columns it picks, where it selects some and they are known."""
    arguments: tuple[tuple[str, Value], ...] = ()

    @property
    def node(self) -> ast.AST:
        """Where it was made."""
        return self.place.node


@dataclass(frozen=True, slots=True)
class Instance:
    """An object of a class of the script: its attributes."""

    definition: ast.ClassDef = field(repr=False)
    attributes: tuple[tuple[str, Value], ...] = ()

    def get(self, name: str) -> Value | None:
        for key, value in reversed(self.attributes):
            if key == name:
                return value
        return None

    def set(self, name: str, value: Value) -> Instance:
        kept = tuple((k, v) for k, v in self.attributes if k != name)
        return replace(self, attributes=(*kept, (name, value)))


class EvaluationKind(str, enum.Enum):
    METRIC = "metric"
    CROSS_VALIDATION = "cross-validation"
    SEARCH = "search"
    LOG = "log"
    """Scores printed while fitting (``validation_data``)."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A score computed on rows."""

    place: Place
    kind: EvaluationKind
    rows: Rows
    learned: frozenset[Learned]
    trained: Rows
    choices: frozenset[Choice]
    models: frozenset[int]
    order: int = 0
    """Position among all records of the program, in order of execution."""

    @property
    def node(self) -> ast.AST:
        return self.place.node

    @property
    def key(self) -> tuple[int, int]:
        return self.place.position

    @property
    def held_out(self) -> bool:
        """Whether the scored rows took no part in training. Unknown training rows count as others."""
        return bool(self.rows) and not overlap(self.trained, self.rows)


@dataclass(frozen=True, slots=True)
class Training:
    """A supervised fit: ``features`` and ``target`` as they reached it."""

    place: Place
    features: Value
    target: Value
    model: int | None
    follows_columns: bool
    order: int = 0

    @property
    def node(self) -> ast.AST:
        return self.place.node

    @property
    def key(self) -> tuple[int, int]:
        return self.place.position


@dataclass(frozen=True, slots=True)
class Split:
    """A place where rows are parted: a call, a slice, a mask, a fold loop."""

    key: str
    folds: bool
    place: Place

    @property
    def node(self) -> ast.AST:
        return self.place.node


@dataclass(frozen=True, slots=True)
class Event:
    """Base of what rules want to know besides fits and scores; a topic's module defines its own kinds."""

    place: Place


E = TypeVar("E", bound=Event)


@dataclass(frozen=True, slots=True)
class Flow:
    """What one program does with its rows."""

    learned: tuple[Learned, ...]
    evaluations: tuple[Evaluation, ...]
    trainings: tuple[Training, ...]
    choices: tuple[Choice, ...]
    splits: dict[str, Split]
    roles: dict[Part, str]
    """``train``, ``validation``, ``test`` where a name says so."""
    complete: bool
    """False when the work limit was reached and the rest of the program was not followed."""
    failures: tuple[str, ...] = ()
    """Top-level statements the engine itself failed on, for the log."""
    events: tuple[Event, ...] = ()
    """In order of execution, each once."""
    event_orders: tuple[int, ...] = ()
    """For each event the `order` of the last score or fit before it."""
    cache: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """What was worked out from the rest, by the name of who did."""

    def order_of(self, event: Event) -> int:
        """Where an event stands among scores and fits: it comes after those with this ``order`` or a smaller one."""
        orders: dict[Event, int] | None = self.cache.get("orders")
        if orders is None:
            orders = self.cache["orders"] = dict(zip(self.events, self.event_orders, strict=True))
        return orders[event]

    def rank_of(self, event: Event) -> int:
        """Where an event stands among events."""
        ranks: dict[Event, int] | None = self.cache.get("ranks")
        if ranks is None:
            ranks = self.cache["ranks"] = {e: i for i, e in enumerate(self.events)}
        return ranks[event]

    def of(self, kind: type[E]) -> tuple[E, ...]:
        """The events of one kind."""
        found: tuple[E, ...] | None = self.cache.get(kind.__qualname__)
        if found is None:
            found = self.cache[kind.__qualname__] = tuple(e for e in self.events if isinstance(e, kind))
        return found


def join(a: Value, b: Value) -> Value:
    """Either value. Where one's rows are a selection of the other's, the selection wins: precision over recall."""
    if a is b or a == b:
        return a
    if a.scores != b.scores:
        scores = a.scores | b.scores
        return join(replace(a, scores=scores), replace(b, scores=scores))
    if a.kind is Kind.UNKNOWN and not a.rows:
        return b
    if b.kind is Kind.UNKNOWN and not b.rows:
        return a
    if a.kind is Kind.CONST and b.kind is not Kind.CONST:
        return b
    if b.kind is Kind.CONST and a.kind is not Kind.CONST:
        return a
    rows = a.rows | b.rows
    if len(rows) > 1:
        rows = frozenset(p for p in rows if not any(p.strictly_contains(q) for q in rows))
    items = a.items
    if len(a.items) == len(b.items):
        items = tuple(join(x, y) for x, y in zip(a.items, b.items, strict=True))
    elif len(b.items) > len(a.items):
        items = b.items
    columns = a.columns
    if a.columns != b.columns:
        columns = None if a.columns is None or b.columns is None else replace(a.columns, sure=False)
    return replace(
        a,
        rows=rows,
        learned=a.learned | b.learned,
        models=a.models | b.models,
        columns=columns,
        const=a.const if type(a.const) is type(b.const) and a.const == b.const else NO_CONSTANT,
        items=items,
        opaque=a.opaque or b.opaque,
        concatenated=a.concatenated or b.concatenated,
        ref=a.ref if a.ref is not None else b.ref,
    )


def merged(values: list[Value]) -> Value:
    """The values side by side or one below the other: union of rows and lineage. No values: unknown."""
    flat: list[Value] = []
    for value in values:
        flat.extend(flatten(value))
    data = [v for v in flat if v.rows or v.learned or v.models]
    if not data:
        return UNKNOWN
    if len(data) == 1:
        return data[0]
    return Value(
        Kind.DATA,
        rows=frozenset().union(*(v.rows for v in data)),
        learned=frozenset().union(*(v.learned for v in data)),
        models=frozenset().union(*(v.models for v in data)),
        columns=data[0].columns if all(v.columns == data[0].columns for v in data) else None,
        scores=frozenset().union(*(v.scores for v in data)),
    )


def flatten(value: Value, depth: int = 0) -> list[Value]:
    """The values in nested tuples, lists and dicts."""
    if value.kind not in (Kind.SEQUENCE, Kind.MAPPING) or depth > 4:
        return [value]
    return [leaf for item in value.items for leaf in flatten(item, depth + 1)]
