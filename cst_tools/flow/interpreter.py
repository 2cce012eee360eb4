"""Runs a program on abstract values, statement by statement, in execution order.

Functions and methods are followed where they are called (to a depth, within a budget of steps); functions that
nobody calls are followed at the end with parameters that stand for unknown tables. Both arms of a branch are
followed and joined; a loop's body is followed once for each of its first few known items.
"""

from __future__ import annotations

import ast
from collections import ChainMap
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from cst_tools.flow import (
    binding,
    choosing,
    closures,
    expressions,
    functions,
    grouping,
    matching,
    networks,
    selection,
    unseen,
)
from cst_tools.flow.columns import constant_names, mark_site
from cst_tools.flow.functions import FunctionNode, merged_unknown
from cst_tools.flow.machine import Machine, OutOfBudgetError
from cst_tools.flow.modules import Module, Project
from cst_tools.flow.recording import Failure, Followed, State, assemble, flatten
from cst_tools.flow.tracking import Store
from cst_tools.flow.units import Chunk, chunks_of
from cst_tools.flow.values import (
    UNKNOWN,
    Estimator,
    Flow,
    Instance,
    Kind,
    Value,
    join,
    replace,
)

MAX_EXPRESSION_DEPTH = 60


_NOT_REMEMBERED = (
    ast.Import,
    ast.ImportFrom,
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.Return,
    ast.Break,
    ast.Continue,
    ast.Pass,
    ast.Raise,
    ast.Global,
    ast.Nonlocal,
)
"""Statements that cost less to follow than to remember."""


class Interpreter(Machine):
    """One program, followed again and again while it is edited: `run` is given its newest chunks."""

    @property
    def loads_weights(self) -> bool:
        """Whether a saved version of a model is ever loaded: else the checkpoint that was kept plays no part."""
        for frame in self.tracker.frames:
            frame.volatile = True  # it depends on the whole program
        return any(chunk.loads_weights for chunk in self.main.chunks)

    def run(self, chunks: Iterable[Chunk]) -> Flow:
        """The flow of the program that ``chunks`` make up. Executes nothing; work is bounded."""
        self.main.take(chunks)
        for store in self.tracker.stores.values():
            store.reset()
        self.steps = self.depth = 0
        self.scope, self.unit, self.calls, self.followed = self.module, self.main, [], set()
        self.entry = None
        if self.modules is not None:
            self.modules.begin(self)
        self.module.names["__name__"] = Value(Kind.CONST, const="__main__")
        self.star_imports = False
        complete = True
        whole = self.tracker.open(0)
        try:
            for chunk in self.main.chunks:
                self.top_level(f"chunk {chunk.uid}", chunk.generation, chunk.statements)
            self.note_followed(whole.records)
            for chunk in self.main.chunks:
                functions.follow_uncalled(self, chunk.statements)
        except OutOfBudgetError:
            complete = False
        finally:
            self.tracker.frames.clear()
        self.prune(whole)
        return assemble(whole.records, dict(self.roles.layers[0]), complete=complete)

    def top_level(self, name: str, generation: object, statements: list[ast.stmt]) -> None:
        try:
            self.remember(name, generation, None, lambda: self.body(statements))
        except OutOfBudgetError:
            raise
        except Exception as error:  # one statement that we fail on must not hide the rest of the program
            self.give_up(statements[0], error)

    def alone(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, follow: Callable[[], None]) -> None:
        """Follow a function or class that nothing calls."""
        known = len(self.frame.records)
        try:
            self.remember(f"alone {self.place(node).key}", node, None, follow)
        except OutOfBudgetError:
            raise
        except Exception as error:
            self.give_up(node, error)
        self.note_followed(self.frame.records[known:])

    def note_followed(self, records: list[Any]) -> None:
        self.followed.update(record.node for record in flatten(records) if record.__class__ is Followed)

    def follow_module(self, module: Module) -> None:
        """Follow a module of the project that the script imports, for what it defines."""
        saved = self.scope, self.unit, self.entry, self.calls, self.depth
        if self.unit is self.main:
            self.entry = self.main.place(self.at)
        self.scope, self.unit, self.calls, self.depth = module.scope, module.unit, [], 0
        records = self.frame.records
        known = len(records)
        statements = [statement for chunk in module.unit.chunks for statement in chunk.statements]

        def follow() -> bool:
            module.scope.names["__name__"] = Value(Kind.CONST, const=module.unit.name)
            return self.body(statements)

        try:
            self.remember(f"module {module.stamp[0]}", module.stamp, None, follow)
        finally:
            self.scope, self.unit, self.entry, self.calls, self.depth = saved
            del records[known:]  # what it does by itself is not what the script does

    # ---- binding -----------------------------------------------------------------------------------------

    def bind(self, target: ast.expr, value: Value, source: ast.AST | None = None) -> None:
        binding.bind(self, target, value, source)

    def bind_name(self, name: str, value: Value, source: ast.AST) -> None:
        binding.bind_name(self, name, value, source)

    def with_role(self, name: str, value: Value, source: ast.AST) -> Value:
        """What the name adds: a role, and, for an opaque value, that it is one part of several."""
        return binding.with_role(self, name, value, source)

    def assign_to(self, expression: ast.expr, value: Value) -> None:
        """The object that ``expression`` names was changed in place: it is ``value`` from now on."""
        binding.assign_to(self, expression, value)

    def iterate(self, value: Value) -> list[Value]:
        """The values a loop variable takes; a single representative when there are many or unknown ones."""
        return binding.iterate(self, value)

    # ---- statements --------------------------------------------------------------------------------------

    def body(self, statements: Iterable[ast.stmt]) -> bool:
        """Follow statements; True when control does not reach the end."""
        if self.scope.remembers:
            return any(self.remembered(statement) for statement in statements)
        return any(self.statement(statement) for statement in statements)

    def remembered(self, statement: ast.stmt) -> bool:
        """A statement of a module or of a long function, followed only if what it reads has changed."""
        if isinstance(statement, _NOT_REMEMBERED):
            return self.statement(statement)
        scope = self.scope
        token = (
            self.depth, frozenset(scope.mutated), frozenset(scope.globals_), scope.yields, len(scope.returned)
        )  # fmt: skip

        def follow() -> tuple[bool, frozenset[str], bool, list[Value]]:
            known = len(scope.returned)
            stopped = self.statement(statement)
            return stopped, frozenset(scope.mutated), scope.yields, scope.returned[known:]

        known = len(scope.returned)
        name = self.place(statement).key
        stopped, mutated, yields, returned = self.remember(name, statement, token, follow)
        scope.mutated, scope.yields = set(mutated), yields
        scope.returned[known:] = returned
        return bool(stopped)

    def statement(self, node: ast.stmt) -> bool:
        self.tick()
        if self.unit is self.main:
            self.at = node
        if isinstance(node, ast.Expr):
            self.evaluate(node.value)
        elif isinstance(node, ast.Assign):
            value = self.evaluate(node.value)
            value = mark_site(self, value, node.value, node.targets)
            value = unseen.table(self, node.targets[0], value, node.value)
            same = networks.handed_back(self, node, value)
            for target in node.targets:
                self.bind(target, value, target if isinstance(target, ast.Tuple) else node)
            for name, kept in same:
                self.bind_name(name, kept, node)
        elif isinstance(node, ast.AnnAssign):
            if node.value is not None:
                value = mark_site(self, self.evaluate(node.value), node.value)
                self.bind(node.target, unseen.table(self, node.target, value, node.value), node)
        elif isinstance(node, ast.AugAssign):
            value = expressions.binary(self, node, self.evaluate(node.target), self.evaluate(node.value), node.op)
            self.bind(node.target, value, node)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            if self.scope.unit is not None:
                functions.define(self.scope, node)
            self.scope.names[node.name] = closures.capture(self, Value(Kind.FUNCTION, node=node, name=node.name))
        elif isinstance(node, ast.ClassDef):
            if self.scope.unit is not None:
                functions.define(self.scope, node)
            self.scope.names[node.name] = Value(Kind.CLASS, node=node, name=node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            self.import_names(node)
        elif isinstance(node, ast.Return):
            self.scope.returned.append(
                self.evaluate(node.value) if node.value is not None else Value(Kind.CONST, const=None)
            )
            return True
        elif isinstance(node, ast.If):
            return self.branch(node)
        elif isinstance(node, ast.For | ast.AsyncFor):
            self.loop(node)
        elif isinstance(node, ast.While):
            self.evaluate(node.test)
            self.body(node.body)
            self.body(node.orelse)
        elif isinstance(node, ast.With | ast.AsyncWith):
            for item in node.items:
                value = self.evaluate(item.context_expr)
                if item.optional_vars is not None:
                    self.bind(item.optional_vars, value)
            return self.body(node.body)
        elif isinstance(node, ast.Try) or node.__class__.__name__ == "TryStar":
            return self.attempt(node)
        elif isinstance(node, ast.Delete):
            for target in node.targets:
                self.delete(target)
        elif isinstance(node, ast.Assert):
            self.evaluate(node.test)
        elif isinstance(node, ast.Global | ast.Nonlocal):
            if isinstance(node, ast.Global):
                self.scope.globals_.update(node.names)
        elif isinstance(node, ast.Match):
            for case in matching.cases(self.evaluate(node.subject), node):
                self.body(case.body)
        elif isinstance(node, ast.Raise | ast.Break | ast.Continue):
            return True
        return False

    def delete(self, target: ast.expr) -> None:
        if isinstance(target, ast.Name):
            self.scope.names[target.id] = UNKNOWN
        elif isinstance(target, ast.Subscript):
            owner = self.evaluate(target.value)
            names = constant_names(self.evaluate(target.slice))
            if owner.columns is not None and names is not None:
                self.assign_to(target.value, replace(owner, columns=owner.columns.drop(names, self.place(target))))

    def import_names(self, node: ast.Import | ast.ImportFrom) -> None:
        if isinstance(node, ast.Import):
            for alias in node.names:
                name = alias.asname or alias.name.partition(".")[0]
                qualified = alias.name if alias.asname else name
                own = self.modules.value(self, qualified) if self.modules is not None else None
                self.scope.names[name] = Value(Kind.LIBRARY, name=qualified) if own is None else own
            return
        module = "." * node.level + (node.module or "")
        for alias in node.names:
            if alias.name == "*":
                self.star_imports = True
                if self.modules is not None:
                    self.scope.names.update(self.modules.members(self, module))
                continue
            own = self.modules.member(self, module, alias.name) if self.modules is not None else None
            name = f"{module}.{alias.name}"
            self.scope.names[alias.asname or alias.name] = Value(Kind.LIBRARY, name=name) if own is None else own

    def branch(self, node: ast.If) -> bool:
        test = self.evaluate(node.test)
        known = expressions.truth(test)
        if known is not None:
            return self.body(node.body if known else node.orelse)
        if test.scores:
            choosing.branch(self, node, test.scores)
        names, heap = self.scope.names, self.heap
        stopped, names_then, heap_then = self.arm(node.body)
        if test.scores:
            names_then = choosing.kept(self, names_then, node, test.scores)
        if test.name == selection.SCORES:  # a list filled under a condition on scores of columns
            names_then = {name: selection.influenced(value, test) for name, value in names_then.items()}
        stopped_else, names_else, heap_else = self.arm(node.orelse)
        if stopped and stopped_else:
            return True
        if stopped or stopped_else:
            names.update(names_else if stopped else names_then)
            heap.update({**heap_then, **heap_else} if stopped else {**heap_else, **heap_then})
            return False
        for name in names_then.keys() | names_else.keys():
            a, b = names_then.get(name, names.get(name)), names_else.get(name, names.get(name))
            if a is not None and b is not None:
                names[name] = a if a is b else join(a, b)
            elif a is not None or b is not None:
                names[name] = a if b is None else b  # type: ignore[assignment]  # one of them is there
        for ref in heap_then.keys() | heap_else.keys():
            x, y = heap_then.get(ref, heap.get(ref)), heap_else.get(ref, heap.get(ref))
            present = x if y is None else y
            if x is not None and y is not None:
                heap[ref] = x if x is y else join_states(x, y)
            elif present is not None:
                heap[ref] = present
        return False

    def arm(self, statements: list[ast.stmt]) -> tuple[bool, dict[str, Value], dict[int, State]]:
        """Follow one arm of a branch on top of what is known; the state is left as it was."""
        self.heap.push()
        try:
            with self.inner_names() as new_names:
                stopped = self.body(statements)
        finally:
            new_heap = self.heap.pop_layer()
        return stopped, new_names, new_heap

    @contextmanager
    def inner_names(self) -> Iterator[dict[str, Value]]:
        """Names that are bound inside are gone afterwards; the dictionary has them."""
        scope = self.scope
        names = scope.names
        if isinstance(names, Store):
            new = names.push()
            try:
                yield new
            finally:
                names.pop_layer()
        else:
            new = {}
            scope.names = ChainMap(new, names)
            try:
                yield new
            finally:
                scope.names = names

    def loop(self, node: ast.For | ast.AsyncFor) -> None:
        source = self.evaluate(node.iter)
        grouping.looped(self, node, source)
        values = self.iterate(source)
        literal = source.place.node if source.kind is Kind.SEQUENCE and source.place is not None else node.iter
        names = literal.elts if isinstance(literal, ast.Tuple | ast.List) else []
        for index, value in enumerate(values):
            self.bind(node.target, value, node)
            self.body(node.body)
            if index < len(names) and isinstance(node.target, ast.Name) and node.target.id in self.scope.mutated:
                changed = self.scope.find(node.target.id)  # the table itself was changed, not the loop's name for it
                if changed is not None:
                    self.assign_to(names[index], changed)
        self.body(node.orelse)

    def attempt(self, node: ast.stmt) -> bool:
        stopped = self.body(getattr(node, "body", []))
        for handler in getattr(node, "handlers", []):
            _, names, _ = self.arm(handler.body)
            for name, value in names.items():
                self.scope.names.setdefault(name, value)
        if not stopped:
            stopped = self.body(getattr(node, "orelse", []))
        return self.body(getattr(node, "finalbody", [])) or stopped

    # ---- functions ---------------------------------------------------------------------------------------

    def call_function(
        self,
        function: FunctionNode,
        positional: Sequence[Value],
        keywords: dict[str, Value],
        call: ast.Call | None = None,
    ) -> Value:
        """Follow a function of the script with these arguments and return what it returns."""
        return functions.call(self, function, positional, keywords, call)

    def give_up(self, node: ast.AST, error: Exception) -> None:
        """Leave a top-level statement or function that the engine fails on; the log will say so."""
        self.record(Failure(self.place(node), error))
        self.scope, self.unit, self.calls, self.depth = self.module, self.main, [], 0
        self.entry = None

    # ---- expressions -------------------------------------------------------------------------------------

    def evaluate(self, node: ast.expr) -> Value:
        self.tick()
        if self.depth > MAX_EXPRESSION_DEPTH:
            return UNKNOWN
        self.depth += 1
        try:
            return expressions.evaluate(self, node)
        finally:
            self.depth -= 1


def join_states(x: State, y: State) -> State:
    """An object that was changed in either arm of a branch."""
    if isinstance(x, Estimator) and isinstance(y, Estimator):
        return replace(
            x,
            fits=x.fits | y.fits,
            trained=x.trained | y.trained,
            learned=x.learned | y.learned,
            choices=x.choices | y.choices,
        )
    if isinstance(x, Instance) and isinstance(y, Instance):
        for name, value in y.attributes:
            mine = x.get(name)
            x = x.set(name, value if mine is None else join(mine, value))
    return x


def follow(tree: ast.Module, project: Project | None = None) -> Flow:
    """The flow of one program. Executes nothing; bounded work; a limit reached shows in ``Flow.complete``.

    ``project``: where the modules lie that it imports; without it they are unknown.
    """
    return Interpreter(project).run(chunks_of(tree))


__all__ = ["Interpreter", "OutOfBudgetError", "follow", "merged_unknown"]
