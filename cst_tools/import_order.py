"""Where a new import statement goes among those that are there: sections as isort knows them, in the script's order."""

from __future__ import annotations

import ast
import itertools
import sys
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

_Key = tuple[str | bool, ...]
Statement = ast.Import | ast.ImportFrom


@dataclass(frozen=True)
class _Placed:
    module: str
    """With leading dots for a relative import."""
    name: str | None
    """The first name of ``from ... import``; None for a plain import."""
    first: int
    last: int
    section: int

    @property
    def root(self) -> str:
        return self.module.partition(".")[0]

    @property
    def third_party(self) -> bool:
        return bool(self.root) and self.root not in sys.stdlib_module_names


def _straight_first(module: str, name: str | None) -> _Key:
    return (name is not None, module.casefold(), (name or "").casefold())


def _by_module(module: str, name: str | None) -> _Key:
    return (module.casefold(), name is not None, (name or "").casefold())


def _from_first(module: str, name: str | None) -> _Key:
    return (name is None, module.casefold(), (name or "").casefold())


_ORDERS: tuple[Callable[[str, str | None], _Key], ...] = (_straight_first, _by_module, _from_first)


@dataclass(frozen=True)
class Order:
    """The import statements of a block, in sections that blank lines or other code part."""

    placed: tuple[_Placed, ...]

    @classmethod
    def of(cls, statements: Sequence[tuple[Statement, int, int]], lines: Sequence[str]) -> Order:
        """Of statements with their first and last line (0-based) in ``lines``."""
        out: list[_Placed] = []
        section = 0
        for node, first, last in statements:
            between = lines[out[-1].last + 1 : first] if out else []
            if any(not line.strip() or not line.lstrip().startswith("#") for line in between):
                section += 1
            if isinstance(node, ast.ImportFrom):
                module, name = "." * node.level + (node.module or ""), node.names[0].name
                out.append(_Placed(module, name, first, last, section))
            else:
                out.append(_Placed(node.names[0].name, None, first, last, section))
        return cls(tuple(out))

    def without(self, firsts: Collection[int]) -> Order:
        """Without the statements that begin on these lines."""
        return Order(tuple(p for p in self.placed if p.first not in firsts))

    def place(self, module: str, name: str | None) -> tuple[int, bool]:
        """The line before which an import of ``module`` (its ``name``) goes, and whether a blank line precedes it."""
        if not self.placed:
            return 0, False
        foreign = module.partition(".")[0] not in sys.stdlib_module_names
        section = self._section(module, foreign)
        here = [p for p in self.placed if p.section == section]
        alike = [p for p in here if p.third_party == foreign]
        if not alike:
            # A section of the standard library alone: third-party imports get one of their own behind it.
            return here[-1].last + 1, foreign and all(p.root for p in here) and here[-1].root != "__future__"
        key = next((order for order in _ORDERS if _is_sorted(alike, order)), None)
        if key is None:
            return _nearest(alike, module).last + 1, False
        before = [p for p in alike if key(p.module, p.name) <= key(module, name)]
        if before:
            return before[-1].last + 1, False
        return alike[0].first, False

    def _section(self, module: str, foreign: bool) -> int:
        root = module.partition(".")[0]
        related = [p.section for p in self.placed if p.root == root]
        alike = [p.section for p in self.placed if p.third_party == foreign and p.root]
        candidates = related or alike or [p.section for p in self.placed]
        return max(candidates, key=lambda s: (candidates.count(s), s))


def _is_sorted(placed: Sequence[_Placed], key: Callable[[str, str | None], _Key]) -> bool:
    keys = [key(p.module, p.name) for p in placed]
    return all(a <= b for a, b in itertools.pairwise(keys))


def _nearest(placed: Sequence[_Placed], module: str) -> _Placed:
    """The last statement that shares the most of ``module``; else the last of all."""
    parts = module.split(".")

    def shared(other: _Placed) -> int:
        count = 0
        for a, b in zip(parts, other.module.split("."), strict=False):
            if a != b:
                break
            count += 1
        return count

    return max(enumerate(placed), key=lambda pair: (shared(pair[1]), pair[0]))[1]
