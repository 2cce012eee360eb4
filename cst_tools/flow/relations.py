"""Whether two row sets that were cut from one table in different ways have rows in common, as far as it can be proved.

The engine takes selections by different keys for disjoint, which is right as long as nobody can say more. Here
somebody can: two slices with known ends, two masks on one column, two random draws, one file read twice.
"""

from __future__ import annotations

import ast
import enum
from dataclasses import dataclass, field
from functools import cached_property

from cst_tools.flow.bounds import Bound, written
from cst_tools.flow.overlap import Border, Cut, Loaded, is_draw
from cst_tools.flow.values import Flow, Part

_RANDOM_CALLS = ("train_test_split", "sample", "random_split", "choice", "randomSplit", "resample")
_SETTINGS = ("test_size", "train_size", "random_state", "shuffle", "stratify", "frac", "n", "seed", "generator")


class Common(enum.Enum):
    """Why two row sets have rows in common."""

    SAME = "the same rows"
    WITHIN = "all rows, of which the scored ones are some"
    AROUND = "some of the scored rows"
    INCLUSIVE = "the row at the cut"
    SLICES = "slices that overlap"
    MASKS = "conditions that overlap"
    RANDOM = "rows drawn independently"


@dataclass(frozen=True)
class Draw:
    """Rows drawn at random; two draws with equal, seeded settings are the same draw."""

    settings: str
    seeded: bool


@dataclass(frozen=True)
class Range:
    """Rows whose position, label or column lies between two bounds."""

    subject: str
    low: Bound | None
    high: Bound | None
    low_open: bool = False
    high_open: bool = True


@dataclass
class Relations:
    flow: Flow
    _known: dict[tuple[str, int], Draw | Range | None] = field(default_factory=dict)

    @cached_property
    def cuts(self) -> dict[str, Cut]:
        return {cut.key: cut for cut in self.flow.of(Cut)}

    @cached_property
    def borders(self) -> dict[str, Bound]:
        return {border.key: border.bound for border in self.flow.of(Border)}

    @cached_property
    def files(self) -> dict[int, int]:
        """For a table read from a file that was read before: the table it was then."""
        first: dict[str, int] = {}
        same: dict[int, int] = {}
        for loaded in self.flow.of(Loaded):
            root = first.setdefault(loaded.source, loaded.root)
            if root != loaded.root:
                same[loaded.root] = root
        return same

    def canonical(self, part: Part) -> Part:
        root = self.files.get(part.root)
        return part if root is None else Part(root, part.path)

    def common(self, trained: Part, scored: Part) -> Common | None:
        """Why the two have rows in common; None when they have none or nobody can say."""
        a, b = self.canonical(trained), self.canonical(scored)
        if a.root != b.root:
            return None
        length = next(
            (i for i, (x, y) in enumerate(zip(a.path, b.path, strict=False)) if x != y), min(len(a.path), len(b.path))
        )
        if trained.root != scored.root and any(self._varies(key) for key, _ in a.path[:length]):
            return None  # the helper that reads the file selects other rows each time
        if length == len(a.path) == len(b.path):
            return Common.SAME
        if length == len(a.path):
            return Common.WITHIN
        if length == len(b.path):
            return Common.AROUND
        (key, _), (other_key, _) = a.path[length], b.path[length]
        if key == other_key:
            cut = self.cuts.get(key)
            rest = (*a.path[length + 1 :], *b.path[length + 1 :])
            one_end = cut is not None and cut.inclusive and None in (cut.low, cut.high)
            return Common.INCLUSIVE if one_end and not rest else None
        mine = [self.constraint(*step) for step in a.path[length:]]
        others = [self.constraint(*step) for step in b.path[length:]]
        return _compared(mine, others, (a.path[length][1], b.path[length][1]))

    def _varies(self, key: str) -> bool:
        """Whether a selection in the same words may be another one in another call: ``t[t["part"] == part]``."""
        cut, split = self.cuts.get(key), self.flow.splits.get(key)
        if cut is not None:
            return any(bound is not None and bound.base for bound in (cut.low, cut.high))
        node = split.node if split is not None else None
        if isinstance(node, ast.Compare):
            given = node.comparators
        elif isinstance(node, ast.Call):
            given = [*node.args, *(k.value for k in node.keywords)]
        else:
            return True
        return any(isinstance(inner, ast.Name) for one in given for inner in ast.walk(one))

    def constraint(self, key: str, side: int) -> Draw | Range | None:
        if (key, side) not in self._known:
            self._known[key, side] = self._constraint(key, side)
        return self._known[key, side]

    def _constraint(self, key: str, side: int) -> Draw | Range | None:
        cut = self.cuts.get(key)
        if cut is not None:
            return _of_cut(cut, side)
        split = self.flow.splits.get(key)
        if split is None:
            return None
        if split.folds:
            return Draw(key, False)
        if isinstance(split.node, ast.Compare):
            return _of_comparison(split.node, side, self.borders.get(key))
        if isinstance(split.node, ast.Call):
            return draw_of(split.node)
        return None


def _of_cut(cut: Cut, side: int) -> Range | None:
    subject = "label" if cut.inclusive else "position"
    if cut.low is not None and cut.high is not None:
        return Range(subject, cut.low, cut.high, high_open=not cut.inclusive) if side == 0 else None
    bound = cut.low if cut.low is not None else cut.high
    before = side == 0
    if cut.key.startswith("tail "):
        before = not before  # the part that it names is the last one
    if before:
        return Range(subject, None, bound, high_open=not cut.inclusive)
    return Range(subject, bound, None)


def _of_comparison(node: ast.Compare, side: int, border: Bound | None) -> Draw | Range | None:
    if len(node.ops) != 1:
        return None
    if is_draw(node.left):
        return Draw(f"{node.lineno}:{node.col_offset}", False)
    if isinstance(node.left, ast.Constant) or not isinstance(node.ops[0], ast.Lt | ast.LtE | ast.Gt | ast.GtE):
        return None
    subject, bound = ast.unparse(node.left), border or written(node.comparators[0])
    strict = isinstance(node.ops[0], ast.Lt | ast.GtE)  # the key is "<": side 0 is below, side 1 is at or above
    if side == 0:
        return Range(subject, None, bound, high_open=strict)
    return Range(subject, bound, None, low_open=not strict)


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def draw_of(node: ast.Call) -> Draw | None:
    name = _called(node)
    given = {k.arg: ast.unparse(k.value) for k in node.keywords if k.arg in _SETTINGS}
    if not any(name.endswith(known) for known in _RANDOM_CALLS) or given.get("shuffle") == "False":
        return None
    seeded = given.get("random_state", given.get("seed", "None")).isdigit()
    return Draw(f"{name} {sorted(given.items())}", seeded)


def _compared(
    mine: list[Draw | Range | None], others: list[Draw | Range | None], sides: tuple[int, int]
) -> Common | None:
    if None in mine or None in others:
        return None
    draws = [c for c in (*mine, *others) if isinstance(c, Draw)]
    if draws:
        first, second = mine[0], others[0]
        if isinstance(first, Draw) and isinstance(second, Draw) and first == second and first.seeded:
            return None if sides[0] != sides[1] else Common.RANDOM
        return Common.RANDOM if len(mine) == len(others) == 1 else None
    a, b = _merged(mine), _merged(others)
    if a is None or b is None or a.keys() != b.keys():
        return None
    if not all(_meet(a[subject], b[subject]) for subject in a):
        return None
    touching = all(_touch_only(a[subject], b[subject]) for subject in a)
    if "position" in a or "label" in a:
        return Common.INCLUSIVE if touching else Common.SLICES
    return Common.MASKS


def _merged(constraints: list[Draw | Range | None]) -> dict[str, Range] | None:
    """One range a subject; None when slices are cut from slices or bounds cannot be compared."""
    found: dict[str, Range] = {}
    for constraint in constraints:
        if not isinstance(constraint, Range):
            return None
        known = found.get(constraint.subject)
        if known is None:
            found[constraint.subject] = constraint
            continue
        if constraint.subject in ("position", "label"):
            return None
        if known.low is None and constraint.high is None:
            known = Range(known.subject, constraint.low, known.high, constraint.low_open, known.high_open)
        elif known.high is None and constraint.low is None:
            known = Range(known.subject, known.low, constraint.high, known.low_open, constraint.high_open)
        else:
            return None
        found[constraint.subject] = known
    return found


def _meet(a: Range, b: Range) -> bool:
    return _starts_before_end(a, b) and _starts_before_end(b, a)


def _starts_before_end(a: Range, b: Range) -> bool:
    if a.low is None or b.high is None:
        return True
    order = a.low.compared(b.high)
    if order == 0:
        return not a.low_open and not b.high_open
    return order == -1


def _touch_only(a: Range, b: Range) -> bool:
    return (a.low is not None and a.low == b.high) or (b.low is not None and b.low == a.high)
