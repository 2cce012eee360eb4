"""The statements that run when the script runs, in execution order.

The top level, the body of whatever ``if __name__ == "__main__":`` calls, and every local function, method, loop,
``with``, ``if`` or ``try`` that mixes several steps are followed into; a function or loop that does one thing stays
one statement.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from cst_tools.module_facts import FunctionNode
from cst_tools.role_mixtures import groups
from cst_tools.roles import Judge, Judgement
from cst_tools.script import Script
from cst_tools.shapes import is_training_loop, suites_of
from cst_tools.types import BlockKind, Role, Span
from cst_tools.walking import children, walk

MODULE = "<module>"
"""Container of the statements at the top level, as CPython names that scope."""


@dataclass(frozen=True)
class SpineStatement:
    """One statement that is not followed into: simple, or a compound one, function or class taken whole.

    ``container`` is the qualified name of the scope it runs in (`MODULE`, ``main``, ``Trainer.run``); ``suite`` numbers
    the list of statements it stands in, ``place`` is its position there; ``parents`` are the followed statements around
    it in its container, outermost first; ``qualified`` names a function or class. ``order`` counts statements as they
    are first run: a function takes the place of its first call.
    """

    node: ast.stmt
    container: str
    depth: int
    span: Span
    order: int
    suite: int
    place: int
    kind: BlockKind
    judgement: Judgement
    parents: tuple[ast.stmt, ...] = ()
    qualified: str = ""

    @property
    def loops(self) -> int:
        """Number of followed loops around the statement in its container."""
        return sum(isinstance(parent, (ast.For, ast.AsyncFor, ast.While)) for parent in self.parents)


@dataclass(frozen=True)
class Spine:
    """``statements`` in execution order; ``followed`` the qualified names of the functions that were followed into."""

    statements: tuple[SpineStatement, ...]
    followed: tuple[str, ...]
    judge: Judge = field(repr=False, compare=False)

    @property
    def in_text_order(self) -> tuple[SpineStatement, ...]:
        return tuple(sorted(self.statements, key=lambda s: s.span.start))


def spine(script: Script) -> Spine:
    """The spine of a script; empty when the script has no tree."""
    judge = Judge(script.tree if script.tree is not None else ast.Module([], []))
    if script.tree is None:
        return Spine((), (), judge)
    walker = _Walker(script, judge)
    walker.suite(script.tree.body, MODULE, (), 0)
    walker.rest()
    ordered = sorted(walker.out, key=lambda s: s.order)
    return Spine(tuple(ordered), tuple(walker.followed), judge)


def is_main_guard(node: ast.stmt) -> bool:
    """``if __name__ == "__main__":`` in either order of the operands."""
    if not isinstance(node, ast.If) or not isinstance(node.test, ast.Compare) or len(node.test.comparators) != 1:
        return False
    sides = (node.test.left, node.test.comparators[0])
    return any(isinstance(s, ast.Name) and s.id == "__name__" for s in sides) and any(
        isinstance(s, ast.Constant) and s.value == "__main__" for s in sides
    )


@dataclass
class _Definition:
    """A function whose place in the order is not known yet; ``slot`` indexes its statement, None when followed."""

    node: FunctionNode
    qualified: str
    depth: int
    slot: int | None
    applications: frozenset[str]
    """Names of the click groups and typer applications it is registered on."""


def _applications(node: FunctionNode) -> frozenset[str]:
    out: set[str] = set()
    for decorator in node.decorator_list:
        target = decorator.func if isinstance(decorator, ast.Call) else decorator
        registers = isinstance(target, ast.Attribute) and target.attr in ("command", "callback", "group")
        if registers and isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
            out.add(target.value.id)
    return frozenset(out)


class _Walker:
    def __init__(self, script: Script, judge: Judge) -> None:
        self.script = script
        self.judge = judge
        self.out: list[SpineStatement] = []
        self.followed: list[str] = []
        self._definitions: dict[str, _Definition] = {}
        self._entered: set[str] = set()
        self._suites = 0
        self._places: dict[int, int] = {}
        self._applications: set[str] = set()
        self._order = 0

    def suite(self, body: list[ast.stmt], container: str, parents: tuple[ast.stmt, ...], depth: int) -> None:
        self._suites += 1
        number = self._suites
        for place, node in enumerate(n for n in body if not self._is_nothing(n)):
            self._places[id(node)] = place
        for node in body:  # definitions first: a call may stand above the function it calls, in another function
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                self._define(node, container, parents, depth, number)
        for position, node in enumerate(body):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                continue
            if (position == 0 and _is_docstring(node)) or self._is_nothing(node):
                continue
            if isinstance(node, ast.ClassDef):
                self._class(node, container, parents, depth, number)
            elif self._follows(node):
                self._enter_calls(_header_of(node))
                for inner in suites_of(node):
                    self.suite(inner, container, (*parents, node), depth + 1)
            else:
                self._enter_calls([node])
                self._emit(node, container, parents, depth, number, BlockKind.STATEMENTS, self.judge.judge(node))

    def _is_nothing(self, node: ast.stmt) -> bool:
        """``pass``, and what stands in for a masked magic."""
        if isinstance(node, ast.Pass):
            return True
        placeholder = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and node.value.value == 0
        return (
            placeholder
            and self.script.masked is not self.script.text
            and self.script.slice(self.script.span_of(node)) != "0"
        )

    def rest(self) -> None:
        """Functions that nothing calls: placed behind everything else, in the order of the text."""
        while True:
            waiting = [name for name in self._definitions if name not in self._entered]
            if not waiting:
                return
            self._enter(waiting[0])

    def _emit(
        self,
        node: ast.stmt,
        container: str,
        parents: tuple[ast.stmt, ...],
        depth: int,
        suite: int,
        kind: BlockKind,
        judgement: Judgement,
        qualified: str = "",
    ) -> None:
        self._order += 1
        span = self.script.span_of(node)
        self.out.append(
            SpineStatement(
                node,
                container,
                depth,
                span,
                self._order,
                suite,
                self._places[id(node)],
                kind,
                judgement,
                parents,
                qualified,
            )
        )

    def _define(
        self, node: FunctionNode, container: str, parents: tuple[ast.stmt, ...], depth: int, suite: int
    ) -> None:
        qualified = node.name if container == MODULE else f"{container}.{node.name}"
        if qualified in self._definitions:  # defined twice: the later one is what runs; both are shown
            qualified = f"{qualified}@{node.lineno}"
        slot: int | None = None
        if not self.judge.is_orchestrator(node):
            slot = len(self.out)
            self._emit(
                node, container, parents, depth, suite, BlockKind.FUNCTION, self.judge.function_role(node), qualified
            )
        self._applications |= _applications(node)
        self._definitions[qualified] = _Definition(node, qualified, depth, slot, _applications(node))

    def _class(self, node: ast.ClassDef, container: str, parents: tuple[ast.stmt, ...], depth: int, suite: int) -> None:
        qualified = node.name if container == MODULE else f"{container}.{node.name}"
        if self.judge.is_open(node):
            self.suite(node.body, qualified, (*parents, node), depth + 1)
        else:
            self._emit(node, container, parents, depth, suite, BlockKind.CLASS, self.judge.judge(node), qualified)

    def _enter(self, qualified: str) -> None:
        if qualified in self._entered or qualified not in self._definitions:
            return
        self._entered.add(qualified)
        definition = self._definitions[qualified]
        if definition.slot is None:
            self.followed.append(qualified)
            self.suite(definition.node.body, qualified, (), definition.depth + 1)
            return
        self._order += 1
        self.out[definition.slot] = replace(self.out[definition.slot], order=self._order)
        self._enter_calls(definition.node.body)

    def _enter_calls(self, nodes: Iterable[ast.AST]) -> None:
        """Enter every local function that the nodes call or hand on (``study.optimize(objective)``)."""
        for node in nodes:
            found = walk(node)
            if not self._holds_own(found):
                continue
            called = {id(n.func) for n in found if isinstance(n, ast.Call)}
            inner = [n for n in found if isinstance(n, (ast.Call, ast.Name)) and id(n) not in called]
            # what ends first runs first: arguments before their call, the left before the right
            for part in sorted(inner, key=lambda n: (n.end_lineno or 0, n.end_col_offset or 0, -n.col_offset)):
                for name in self._targets(part):
                    self._enter(name)

    def _holds_own(self, nodes: list[ast.AST]) -> bool:
        """Whether a name among nodes may be one of the script's functions, classes or applications."""
        functions, classes, applications = self.judge.by_name, self.judge.classes, self._applications
        for part in nodes:
            kind = part.__class__
            if kind is ast.Name:
                name = part.id  # type: ignore[attr-defined]
                if name in functions or name in classes or name in applications:
                    return True
            elif kind is ast.Attribute and part.attr in functions:  # type: ignore[attr-defined]
                return True
        return False

    def _targets(self, part: ast.AST) -> Iterator[str]:
        if isinstance(part, ast.Call):
            name = self.judge.local_function(part)
            if name is not None:
                yield name
            if isinstance(part.func, ast.Name) and part.func.id in self._applications:
                yield from self._commands_of(part.func.id)
        elif isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load):
            for name in self.judge.by_name.get(part.id, []):
                if name.rpartition(".")[0] not in self.judge.classes:
                    yield name

    def _commands_of(self, application: str) -> list[str]:
        """Functions registered on a click group or typer application that is called."""
        return [d.qualified for d in self._definitions.values() if application in d.applications]

    def _follows(self, node: ast.stmt) -> bool:
        inner = suites_of(node)
        if not inner:
            return False
        if any(suite and suite[0].lineno == node.lineno for suite in inner):
            return False  # the body stands on the header's line: no lines of its own to be a block
        if is_main_guard(node):
            return True
        if is_training_loop(node):
            return False
        if isinstance(node, ast.Try) and self.judge.judge(node).reason == "imports":
            return False
        profile: Counter[Role] = Counter()
        for suite in inner:
            profile.update(self.judge.profile(suite))
        found = groups(profile)
        if len(found) >= 2:
            return not (found == {"judge", "submit"} and len(profile) <= 2 and sum(profile.values()) <= 3)
        if found == {"fit"} and {Role.MODEL, Role.TRAIN} <= set(profile):
            return True
        return bool(found) and any(self._calls_followed(suite) for suite in inner)

    def _calls_followed(self, suite: list[ast.stmt]) -> bool:
        """Whether a suite holds, beside other steps, a definition: those are blocks of their own."""
        return any(isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) for node in suite)


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _header_of(node: ast.stmt) -> list[ast.AST]:
    return [child for child in children(node) if isinstance(child, (ast.expr, ast.withitem))]
