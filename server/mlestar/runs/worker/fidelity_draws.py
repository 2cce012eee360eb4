"""Which rows of a table stay at reduced fidelity: pure decisions, no library is touched here.

The draw must give every variant of a script the same rows, whatever order it loads its tables in, and must not
destroy what the script relies on: tables that lie side by side stay aligned, joins find their partners, every class
keeps enough rows, groups stay whole, and a series in time keeps its neighbours. Tables that only others look things
up in stay whole. When in doubt a table is left as it is: that costs time, a wrong draw costs the answer.
"""

from __future__ import annotations

import random
import re
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Sequence, Set, Tuple

BIG = 2_000
"""Tables of at most so many rows are never reduced."""
LEAST_ROWS = 1_000
"""Rows that a reduced table keeps at least."""
LEAST_A_CLASS = 30
"""Rows that every class keeps, as far as it has them."""
LEAST_GROUPS = 40
"""With fewer groups in all, each keeps a share of its rows; whole groups left out would leave too few for folds."""
MOST_CLASSES = 50
_CAMEL_KEY = re.compile(r"[a-z0-9](?:Id|ID)$")
_BARE = frozenset(("id", "key", "index", "uid", "row_id"))
_ISO = re.compile(r"\d{4}-\d{2}")


class Draw(NamedTuple):
    """``positions`` in ascending order, None when all rows stay; ``how`` in words."""

    positions: Optional[List[int]]
    how: str


class Wanted(NamedTuple):
    """What the server asks for. Columns are those of the files; None when the script has none or it is not known."""

    share: float
    seed: "Callable[[], int]"
    target: Optional[str] = None
    group: "Tuple[str, ...]" = ()
    time: Optional[str] = None
    ordered: bool = False
    """The script relies on the order of the rows, so neighbours must stay neighbours."""
    keys: "Tuple[str, ...]" = ()


class Table:
    """What the draw needs to know of a table; `fidelity_tables` makes them of the libraries' own."""

    name = ""
    rows = 0
    columns: "Tuple[str, ...]" = ()
    """Empty for arrays: nothing in them has a name."""

    def values(self, column: str) -> "List[Any]":
        raise NotImplementedError

    def labels(self) -> "Optional[List[Any]]":
        """The labels themselves, for an array that may hold nothing else."""
        return None


def is_key(column: str) -> bool:
    """Whether a column's name says that it identifies something.

    >>> [is_key(c) for c in ("customer_id", "PassengerId", "id", "SK_ID", "paid", "grid", "width")]
    [True, True, True, True, False, False, False]
    """
    if _CAMEL_KEY.search(column):
        return True
    return bool(re.search(r"(?:^|_)(?:id|uid|uuid|guid|key)$", column, re.IGNORECASE))


class Draws:
    """All draws of one run. Call `draw` once a table, in the order in which the script loads them."""

    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self._by_length: "Dict[int, Draw]" = {}
        self._keys: "Dict[str, Tuple[Set[Any], Set[Any]]]" = {}
        self._primary: "Optional[Set[str]]" = None

    def draw(self, table: Table) -> Draw:
        if table.rows <= BIG or self.wanted.share >= 1:
            return Draw(None, "small enough")
        found = self._by_key(table)
        if found is None and table.rows in self._by_length:
            known = self._by_length[table.rows]
            found = Draw(known.positions, "the same rows as a table of this length")
        if found is None:
            why_whole = self._whole(table)
            found = Draw(None, why_whole) if why_whole else self._fresh(table)
        self._by_length.setdefault(table.rows, found)
        if found.positions is not None:
            self._remember(table, found.positions)
        return found

    def _whole(self, table: Table) -> str:
        """Why a table without a known partner must stay whole; empty when it may be reduced."""
        columns, target = set(table.columns), self.wanted.target
        if not columns:
            return ""
        if self._primary is None:
            return "" if target is None or target in columns else "it has no target: others look things up in it"
        if target is not None and target in columns:
            return ""
        expected = self._primary - {target}
        like = bool(expected) and len(expected & columns) >= 0.8 * len(expected)
        if like:
            return "it follows the training rows in time" if self._in_time(table) else ""
        if target is not None or any(is_key(c) or c in self.wanted.keys for c in columns & self._primary):
            return "it has no target: others look things up in it"
        return ""

    def _in_time(self, table: Table) -> bool:
        return self.wanted.ordered or self.wanted.time in table.columns

    def _by_key(self, table: Table) -> "Optional[Draw]":
        """The rows whose partner in a reduced table stayed, when one column identifies the rows of that table."""
        for column in table.columns:
            if column not in self._keys:
                continue
            known, dropped = self._keys[column]
            values = table.values(column)
            if not known.intersection(values):
                continue
            if column.lower() in _BARE and set(values) != known:
                continue  # another thing's id: the same name and the same small numbers mean nothing
            positions = [i for i, value in enumerate(values) if value not in dropped]
            return Draw(positions if len(positions) < table.rows else None, "by key " + column)
        return None

    def _fresh(self, table: Table) -> Draw:
        wanted, rows = self.wanted, table.rows
        count = min(rows, max(round(rows * wanted.share), LEAST_ROWS))
        if count >= rows:
            return Draw(None, "small enough")
        if self._in_time(table):
            column = wanted.time if wanted.time in table.columns else None
            return Draw(most_recent(rows, count, table.values(column) if column else None), "the most recent")
        rng = random.Random("{} {}".format(wanted.seed(), rows))
        classes = self._classes(table)
        if wanted.group and all(column in table.columns for column in wanted.group):
            name = ", ".join(wanted.group)
            parts = [table.values(column) for column in wanted.group]
            groups: "List[Any]" = parts[0] if len(parts) == 1 else list(zip(*parts))
            different = len(set(groups))
            if LEAST_GROUPS <= different < rows:
                return Draw(whole_groups(groups, count, rng, classes), "whole groups of " + name)
            both = groups if classes is None else list(zip(groups, classes))
            if different < rows:  # groups of one row each are no groups
                return Draw(by_class(both, wanted.share, rng), "a share of each " + name)
        if classes is not None:
            return Draw(by_class(classes, count / rows, rng), "by class")
        return Draw(sorted(rng.sample(range(rows), count)), "at random")

    def _classes(self, table: Table) -> "Optional[List[Any]]":
        if self.wanted.target in table.columns and self.wanted.target is not None:
            values: "Optional[List[Any]]" = table.values(self.wanted.target)
        else:
            values = table.labels()
        if values is None:
            return None
        try:
            different = set(values)
        except TypeError:
            return None
        few = 2 <= len(different) <= MOST_CLASSES
        return values if few and not any(isinstance(v, float) and v != round(v) for v in different if v == v) else None

    def _remember(self, table: Table, positions: "List[int]") -> None:
        if self._primary is None and table.columns:
            self._primary = set(table.columns)
        for column in table.columns:
            if not (is_key(column) or column in self.wanted.keys) or column in self._keys:
                continue
            values = table.values(column)
            try:
                known = set(values)
            except TypeError:
                continue
            if len(known) == table.rows:
                self._keys[column] = (known, known - {values[i] for i in positions})


def by_class(classes: "Sequence[Any]", share: float, rng: random.Random) -> "List[int]":
    """A share of every class, at least `LEAST_A_CLASS` rows of it as far as it has them."""
    places: "Dict[Any, List[int]]" = {}
    for i, value in enumerate(classes):
        places.setdefault(value if value == value else None, []).append(i)
    kept: "List[int]" = []
    for members in places.values():
        count = min(len(members), max(round(len(members) * share), LEAST_A_CLASS))
        kept += rng.sample(members, count)
    return sorted(kept)


def whole_groups(
    groups: "Sequence[Any]", count: int, rng: random.Random, classes: "Optional[Sequence[Any]]" = None
) -> "List[int]":
    """Whole groups until ``count`` rows are there, at least 20 groups, and every class has `LEAST_A_CLASS` rows."""
    members: "Dict[Any, List[int]]" = {}
    for i, value in enumerate(groups):
        members.setdefault(value if value == value else None, []).append(i)
    missing: "Dict[Any, int]" = {}
    for value in classes or ():
        missing[value] = missing.get(value, 0) + 1
    missing = {value: min(number, LEAST_A_CLASS) for value, number in missing.items()}
    order = list(members.values())
    rng.shuffle(order)
    kept: "List[int]" = []
    for taken, rows in enumerate(order):
        if len(kept) >= count and taken >= LEAST_GROUPS // 2:
            if not any(number > 0 for number in missing.values()):
                break
            if classes is not None and not any(missing[classes[i]] > 0 for i in rows):
                continue
        kept += rows
        for i in rows if classes is not None else ():
            missing[classes[i]] -= 1  # type: ignore[index]
    return sorted(kept)


def most_recent(rows: int, count: int, moments: "Optional[Sequence[Any]]" = None) -> "List[int]":
    """The ``count`` last rows in time; in the file's order when moments are not given or do not sort.

    A window and not every tenth row: lags, rolling means and the distance between training and test rows keep their
    meaning, and of several series each keeps its end. Rows of one moment stay together.
    """
    if moments is not None:
        present = [m for m in moments if m is not None and m == m]
        plain = all(_ISO.match(m) for m in present[:100]) if present and isinstance(present[0], str) else True
        try:
            first = sorted(present)[-count] if plain and len(present) >= count else None
            if first is not None:
                kept = [i for i, m in enumerate(moments) if m is not None and m == m and m >= first]
                if len(kept) <= 2 * count:
                    return kept
        except TypeError:
            pass  # mixed kinds do not sort: the file's order has to do
    return list(range(rows - count, rows))
