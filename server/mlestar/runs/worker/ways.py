"""What a merged program asks, and what a process that stands for several programs has to answer."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import Iterable, Optional

from .alike import Lines


@dataclass
class Hunk:
    """One place where programs differ. ``alternatives[p]`` is what program p takes: 0 is the last (the leader's, where
    the leader comes here at all), None for a program that never comes here.

    ``late``: alternatives are only new definitions that no other program can notice. A process that stands for several
    ways answers False without parting, remembers the number, and when it does part, the process of program p executes
    ``definitions[alternatives[p]]`` in the module's globals before anything else. A process that has parted already
    answers as usual.
    """

    number: int
    alternatives: "list[Optional[int]]"
    late: bool = False
    definitions: "dict[int, list[ast.stmt]]" = field(default_factory=dict)


@dataclass
class Merged:
    """``tree`` is ready for ``compile(tree, filename, "exec", dont_inherit=True)``."""

    tree: ast.Module
    hunks: "list[Hunk]"
    lines: Lines
    """``lines.of(program, line)``: a 1-based line of the merged code as one of that program's text."""
    refused: "dict[int, str]"
    """Programs that are not part of it, with the reason in a sentence."""

    @property
    def late_imports(self) -> "list[list[ast.stmt]]":
        """Per program every late definition, in order: what it executes if it parts after all of them were passed."""
        found: list[list[ast.stmt]] = []
        for program in range(len(self.lines.starts)):
            mine: list[ast.stmt] = []
            for hunk in self.hunks:
                if hunk.late:
                    mine += hunk.definitions.get(hunk.alternatives[program] or 0, [])
            found.append(mine)
        return found


class Ways:
    """Which programs one process stands for, and what it has to do when it goes on for fewer of them."""

    def __init__(self, merged: Merged) -> None:
        self._hunks = merged.hunks
        self._passed: list[int] = []
        self.programs: tuple[int, ...] = tuple(p for p in range(len(merged.lines.starts)) if p not in merged.refused)

    def groups(self, number: int) -> "dict[int, tuple[int, ...]]":
        """The programs of this process by the alternative they take. Parting is needed when there are several,
        unless the hunk is late: then it is only remembered, and everybody goes on together."""
        found: dict[int, tuple[int, ...]] = {}
        taken = self._hunks[number].alternatives
        for program in self.programs:
            way = taken[program] or 0
            found[way] = (*found.get(way, ()), program)
        return found

    def late(self, number: int) -> bool:
        return self._hunks[number].late

    def passed(self, number: int) -> None:
        """This process went by a late hunk of several ways without taking any."""
        if number not in self._passed:
            self._passed.append(number)

    def narrow(self, programs: Iterable[int]) -> "list[ast.stmt]":
        """This process goes on for ``programs`` only. Returns the statements to execute now in the module's globals.

        A failure of these says nothing about the program: it is to be run in another way.
        """
        self.programs = tuple(p for p in self.programs if p in set(programs))
        if 0 in self.programs:  # with the leader's program nothing new is visible yet
            return []
        due: list[ast.stmt] = []
        still: list[int] = []
        for number in self._passed:
            ways = self.groups(number)
            if len(ways) == 1:
                due += self._hunks[number].definitions.get(next(iter(ways)), [])
            else:
                still.append(number)
        self._passed = still
        return due
