"""Up to where the programs of a family are one, statement by statement, and what the rest of each may read.

Imports and definitions are *light*: a run that goes on from a snapshot runs its own. The others are *heavy*; programs
share as many heavy statements as are the same from the first on. A definition that differs ends that at the first heavy
statement that may use it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mlestar.runs.worker.alike import Shapes
from mlestar.runs.worker.snapshots import is_light, names_made

_REFLECTION = frozenset({"globals", "locals", "vars", "eval", "exec", "dir", "inspect", "__main__"})
"""Names by which a program may reach variables that it does not name."""
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True)
class Program:
    """The top level of one text."""

    statements: Sequence[ast.stmt]

    @classmethod
    def parse(cls, text: str) -> Program | None:
        try:
            return cls(ast.parse(text).body)
        except (SyntaxError, ValueError, RecursionError):
            return None

    @property
    def heavy(self) -> list[int]:
        return [i for i, s in enumerate(self.statements) if not is_light(s, i == 0)]

    def place(self, heavy: int) -> int:
        """Index of the statement before which ``heavy`` heavy ones have run."""
        indices = self.heavy
        return indices[heavy] if heavy < len(indices) else len(self.statements)

    def light_before(self, heavy: int) -> list[tuple[int, ast.stmt]]:
        """Light statements of the prefix, each with how many heavy ones went before it."""
        found, count = [], 0
        for index, statement in enumerate(self.statements[: self.place(heavy)]):
            if is_light(statement, index == 0):
                found.append((count, statement))
            else:
                count += 1
        return found


def names_in(node: ast.AST) -> set[str]:
    """Every name that stands in ``node``, those of attributes left out; texts too, for what goes by names."""
    found = set()
    guards = {id(n.comparators[0]) for n in ast.walk(node) if isinstance(n, ast.Compare) and _is_name(n.left)}
    for inner in ast.walk(node):
        if id(inner) in guards:
            continue  # if __name__ == "__main__"
        if isinstance(inner, ast.Name):
            found.add(inner.id)
        elif isinstance(inner, ast.Global):
            found.update(inner.names)
        elif isinstance(inner, ast.Constant) and inner.value == "__main__":
            found.add("__main__")
        elif isinstance(inner, ast.Constant) and isinstance(inner.value, str) and re.search("[@~]", inner.value):
            found.update(re.findall(r"\w+", inner.value))  # pandas' query("a > @limit"), formulas of statsmodels
    return found


def _is_name(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "__name__"


def shared(leader: Program, other: Program, shapes: Shapes) -> tuple[int, frozenset[str]]:
    """How many heavy statements the two have in common, and the names of definitions that differ before them."""
    mine = [leader.statements[i] for i in leader.heavy]
    theirs = [other.statements[i] for i in other.heavy]
    count = 0
    for one, two in zip(mine, theirs, strict=False):
        if shapes.whole(one) != shapes.whole(two):
            break
        count += 1
    own = {(before, shapes.whole(s)): s for before, s in leader.light_before(count)}
    their = {(before, shapes.whole(s)): s for before, s in other.light_before(count)}
    differing = [s for key, s in own.items() if key not in their] + [s for key, s in their.items() if key not in own]
    if not differing:
        return count, frozenset()
    changed = {name for s in differing for name in names_made(s)} | {"*" for s in differing if _imports_all(s)}
    tainted = _users(changed, [*own.values(), *their.values()])
    for index, statement in enumerate(mine[:count]):
        names = names_in(statement)
        if names & tainted or names & _REFLECTION or "*" in changed:
            return index, frozenset(changed)
    return count, frozenset(changed)


def _imports_all(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.ImportFrom) and any(alias.name == "*" for alias in statement.names)


def _users(names: set[str], definitions: Sequence[ast.stmt]) -> set[str]:
    """``names`` and all definitions that use them, directly or not."""
    found = set(names)
    while True:
        more = {
            name
            for statement in definitions
            if isinstance(statement, _DEFINITIONS) and statement.name not in found and names_in(statement) & found
            for name in names_made(statement)
        }
        if not more:
            return found
        found |= more


def needed(program: Program, heavy: int) -> set[str] | None:
    """Variables that the program may still read after ``heavy`` heavy statements; None when it may read any."""
    place = program.place(heavy)
    prefix = [s for _, s in program.light_before(heavy)]
    wanted: set[str] = set()
    for statement in prefix:
        wanted |= names_in(statement)
    wanted |= _read_before_bound(program.statements[place:], set())
    for statement in program.statements:  # functions run later than where they stand
        for inner in ast.walk(statement):
            if isinstance(inner, (*_DEFINITIONS, ast.Lambda)):
                wanted |= names_in(inner)
    return None if wanted & _REFLECTION else wanted


def _read_before_bound(statements: Sequence[ast.stmt], bound: set[str]) -> set[str]:
    """Names that may be read before these statements bind them. ``bound`` grows by what is surely bound."""
    found: set[str] = set()
    for statement in statements:
        if isinstance(statement, ast.Assign):
            targets = [_names_of(target) for target in statement.targets]
            plain = all(target is not None for target in targets)
            found |= names_in(statement.value if plain else statement) - bound
            bound.update(*(target for target in targets if target is not None))
        elif isinstance(statement, ast.With):
            for item in statement.items:
                names = None if item.optional_vars is None else _names_of(item.optional_vars)
                found |= (
                    names_in(item.context_expr if item.optional_vars is None or names is not None else item) - bound
                )
                bound.update(names or ())
            found |= _read_before_bound(statement.body, bound)
        elif isinstance(statement, (ast.For, ast.If, ast.While)):
            inside = set(bound)
            if isinstance(statement, ast.For):
                names = _names_of(statement.target)
                found |= (names_in(statement.iter) | (names_in(statement.target) if names is None else set())) - bound
                inside |= names or set()
            else:
                found |= names_in(statement.test) - bound
            found |= _read_before_bound(statement.body, inside)
            found |= _read_before_bound(statement.orelse, set(bound))
            if isinstance(statement, ast.For):
                bound |= inside  # a loop that never ran shows itself: the run looks for a name that was left behind
        else:
            found |= names_in(statement) - bound
            bound.update(names_made(statement))
    return found


def _names_of(target: ast.expr) -> set[str] | None:
    """The names that a target binds; None when it also reads something (``a[0]``, ``a.b``)."""
    if isinstance(target, (ast.Tuple, ast.List)):
        parts = [_names_of(part) for part in target.elts]
        return None if None in parts else {name for part in parts if part for name in part}
    return {target.id} if isinstance(target, ast.Name) else None


def early(program: Program, heavy: int) -> set[str]:
    """Variables that definitions of the prefix read while they are made: defaults, decorators, bases, class bodies."""
    found: set[str] = set()
    for _, statement in program.light_before(heavy):
        found |= _read_at_definition(statement)
    return found


def _read_at_definition(statement: ast.stmt) -> set[str]:
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
        arguments = statement.args
        parts: Iterable[ast.AST | None] = [
            *statement.decorator_list,
            *arguments.defaults,
            *arguments.kw_defaults,
            statement.returns,
            *(a.annotation for a in ast.walk(arguments) if isinstance(a, ast.arg)),
        ]
        return {name for part in parts if part is not None for name in names_in(part)}
    if isinstance(statement, ast.ClassDef):
        found = {n for part in (*statement.decorator_list, *statement.bases) for n in names_in(part)}
        for keyword in statement.keywords:
            found |= names_in(keyword.value)
        for inner in statement.body:
            found |= _read_at_definition(inner) if isinstance(inner, _DEFINITIONS) else names_in(inner)
        return found
    return set()
