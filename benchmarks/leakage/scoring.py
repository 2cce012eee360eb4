"""What counts as found: alarms against labels. Pure, so that it can be tested on a made-up corpus.

An alarm is *at* a label if its place or one of its related places lies in the labelled statement (of a compound
statement: in its header). It is *near* one if both lie in the same function, or if one's statement calls the function
that the other lies in: the same defect, told from the other side of a call. A right code at or near a label finds it;
each alarm finds one label at most, those at it first. What is left over: an alarm at a label is a second view of a
defect that is there (a *duplicate*), every other alarm is *false*.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from benchmarks.leakage.labels import Label

_FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class Alarm:
    """What a detector said: 1-based lines, first and last of the place, and the related places."""

    code: str
    lines: tuple[int, int]
    related: tuple[tuple[int, int], ...] = ()
    message: str = ""


@dataclass(frozen=True)
class Outline:
    """Statements and functions of a script by line; without a tree every line is a statement of its own."""

    tree: ast.Module | None

    @cached_property
    def _statements(self) -> list[tuple[int, int]]:
        found: list[tuple[int, int]] = []
        for node in ast.walk(self.tree) if self.tree is not None else ():
            if isinstance(node, ast.stmt):
                body = getattr(node, "body", None)
                last = max(node.lineno, body[0].lineno - 1) if body else (node.end_lineno or node.lineno)
                first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))])
                found.append((first, last))
        return found

    @cached_property
    def _functions(self) -> list[tuple[int, int, frozenset[str]]]:
        """First and last line, and the names it is called by: its own and, for a method, its class'."""
        found: list[tuple[int, int, frozenset[str]]] = []
        for node in ast.walk(self.tree) if self.tree is not None else ():
            if isinstance(node, _FUNCTION):
                found.append((node.lineno, node.end_lineno or node.lineno, frozenset({node.name})))
            elif isinstance(node, ast.ClassDef):
                for part in node.body:
                    if isinstance(part, _FUNCTION) and part.name in ("__init__", "__call__", "forward"):
                        lines = (part.lineno, part.end_lineno or part.lineno)
                        found.append((*lines, frozenset({node.name, part.name})))
        return found

    @cached_property
    def _calls(self) -> list[tuple[int, str]]:
        """Line and simple name of everything called."""
        found: list[tuple[int, str]] = []
        for node in ast.walk(self.tree) if self.tree is not None else ():
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", None) or getattr(node.func, "attr", None)
                if name is not None:
                    found.append((node.lineno, name))
        return found

    def statement(self, line: int) -> tuple[int, int]:
        """Lines of the innermost statement around a line."""
        around = [s for s in self._statements if s[0] <= line <= s[1]]
        return min(around, key=lambda s: s[1] - s[0], default=(line, line))

    def function(self, line: int) -> tuple[int, int] | None:
        around = [(first, last) for first, last, _ in self._functions if first <= line <= last]
        return min(around, key=lambda s: s[1] - s[0], default=None)

    def called_by(self, line: int) -> frozenset[str]:
        """The names under which the innermost function around a line is called."""
        inner = self.function(line)
        if inner is None:
            return frozenset()
        names = (names for first, last, names in self._functions if (first, last) == inner)
        return frozenset().union(*names)

    def calls(self, lines: tuple[int, int]) -> set[str]:
        return {name for line, name in self._calls if lines[0] <= line <= lines[1]}

    def at(self, alarm: Alarm, label: Label) -> bool:
        statement = self.statement(label.line)
        # an alarm over a whole loop or function is about its header, not about each statement inside
        places = [self.statement(alarm.lines[0]), *(self.statement(first) for first, _ in alarm.related)]
        return any(first <= statement[1] and statement[0] <= last for first, last in places)

    def near(self, alarm: Alarm, label: Label) -> bool:
        line = alarm.lines[0]
        function = self.function(label.line)
        if function is not None and function == self.function(line):
            return True
        callers = self.calls(self.statement(label.line)) & self.called_by(line)
        called = self.calls(self.statement(line)) & self.called_by(label.line)
        return bool(callers or called)


@dataclass(frozen=True)
class Hit:
    label: Label
    alarm: Alarm


@dataclass(frozen=True)
class Scored:
    """One file's alarms and labels, matched."""

    hits: tuple[Hit, ...]
    missed: tuple[Label, ...]
    duplicates: tuple[Alarm, ...]
    false: tuple[Alarm, ...]
    seen: frozenset[Label] = frozenset()
    """The labels that some alarm, whatever its code, is at or near."""


def score(labels: Iterable[Label], alarms: Iterable[Alarm], outline: Outline) -> Scored:
    labels, alarms = list(labels), list(alarms)
    at = {(i, j) for i, a in enumerate(alarms) for j, x in enumerate(labels) if outline.at(a, x)}
    near = {(i, j) for i, a in enumerate(alarms) for j, x in enumerate(labels) if outline.near(a, x)}
    pairs: dict[int, int] = {}
    for candidates in (at, near):
        right = {(i, j) for i, j in candidates if alarms[i].code in labels[j].codes}
        pairs = _matched(right, pairs, labels)
    used = set(pairs.values())
    left = [i for i in range(len(alarms)) if i not in used]
    pointing = {i for i, _ in at}
    return Scored(
        hits=tuple(Hit(labels[j], alarms[i]) for j, i in sorted(pairs.items())),
        missed=tuple(x for j, x in enumerate(labels) if j not in pairs),
        duplicates=tuple(alarms[i] for i in left if i in pointing),
        false=tuple(alarms[i] for i in left if i not in pointing),
        seen=frozenset(labels[j] for _, j in at | near),
    )


def _matched(right: set[tuple[int, int]], pairs: dict[int, int], labels: list[Label]) -> dict[int, int]:
    """The pairs, label to alarm, enlarged as far as they go: an alarm is moved where that makes room."""
    pairs = dict(pairs)

    def place(label: int, tried: set[int]) -> bool:
        for alarm in sorted(i for i, j in right if j == label):
            if alarm in tried:
                continue
            tried.add(alarm)
            holder = next((j for j, i in pairs.items() if i == alarm), None)
            if holder is None or place(holder, tried):
                pairs[label] = alarm
                return True
        return False

    for label in range(len(labels)):
        if label not in pairs:
            place(label, set())
    return pairs


@dataclass
class Counts:
    """How often a rule was right: over files, or over lines."""

    right: int = 0
    false: int = 0
    missed: int = 0

    @property
    def precision(self) -> float | None:
        return self.right / (self.right + self.false) if self.right + self.false else None

    @property
    def recall(self) -> float | None:
        return self.right / (self.right + self.missed) if self.right + self.missed else None

    def plus(self, other: Counts) -> Counts:
        return Counts(self.right + other.right, self.false + other.false, self.missed + other.missed)


@dataclass
class RuleCounts:
    files: Counts = field(default_factory=Counts)
    lines: Counts = field(default_factory=Counts)
    leaky: int = 0
    """Files with a label of this code."""
    clean: int = 0
    """Sound files of the corpus in which the rule was silent."""
    seen: int = 0
    """Labels of this code that some alarm was at or near."""
    named: int = 0
    """Those of them for which an alarm had a right code."""


def file_pairs(labels: tuple[Label, ...], alarms: list[Alarm], scored: Scored) -> tuple[set[str], set[str], set[str]]:
    """Codes right, false and missed in a file, whatever the line. An alternative counts for the code that was found."""
    found = {alarm.code for alarm in alarms}
    right: set[str] = set()
    missed: set[str] = set()
    for label in labels:
        named = [code for code in label.codes if code in found]
        if named:
            right.add(named[0])
        else:
            missed.add(label.codes[0])
    accepted = {code for label in labels for code in label.codes}
    return right, {alarm.code for alarm in scored.false} - accepted, missed - right


def share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
