"""Runs a program on abstract values, statement by statement, in execution order.

Functions and methods are followed where they are called (to a depth, within a budget of steps); functions that
nobody calls are followed at the end with parameters that stand for unknown tables. Both arms of a branch are
followed and joined; a loop's body is followed once for each of its first few known items.
"""

from __future__ import annotations

import ast
from collections import ChainMap
from collections.abc import Iterable, MutableMapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from cst_tools.flow import expressions, frames
from cst_tools.flow.columns import constant_names, mark_site
from cst_tools.flow.names import role_of_name
from cst_tools.flow.values import (
    HELD_OUT_SIDE,
    NO_CONSTANT,
    TRAIN_SIDE,
    UNKNOWN,
    Choice,
    Columns,
    Estimator,
    Evaluation,
    EvaluationKind,
    Event,
    Flow,
    Instance,
    Kind,
    Learned,
    Part,
    Place,
    Rows,
    Split,
    Training,
    Value,
    join,
    replace,
)

MAX_STEPS = 150_000
MAX_CALL_DEPTH = 8
MAX_EXPRESSION_DEPTH = 60
MAX_ITEMS = 5
_SIDES = {"train": TRAIN_SIDE, "validation": HELD_OUT_SIDE, "test": 2}

State = Estimator | Instance
FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


class OutOfBudgetError(Exception):
    """The work limit was reached; what was found so far stands."""


def key_of(node: ast.AST) -> tuple[int, int]:
    return (getattr(node, "lineno", 0), getattr(node, "col_offset", 0))


@dataclass
class Scope:
    names: MutableMapping[str, Value] = field(default_factory=dict)
    parent: Scope | None = None
    globals_: set[str] = field(default_factory=set)
    mutated: set[str] = field(default_factory=set)
    returned: list[Value] = field(default_factory=list)
    yields: bool = False

    def find(self, name: str) -> Value | None:
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.parent
        return None


class Interpreter:
    def __init__(self, tree: ast.Module) -> None:
        self.tree = tree
        self.module = Scope()
        self.scope = self.module
        self.heap: MutableMapping[int, State] = {}
        self.roles: dict[Part, str] = {}
        self.splits: dict[str, Split] = {}
        self.learned: dict[Learned, None] = {}
        self.evaluations: dict[object, Evaluation] = {}
        self.trainings: dict[object, Training] = {}
        self.choices: dict[Choice, None] = {}
        self.steps = 0
        self.depth = 0
        self.order = 0
        self.calls: list[ast.AST] = []
        self.followed: set[ast.AST] = set()
        self.counter = 0
        self.star_imports = False
        self.places: dict[tuple[int, int, int, int], Place] = {}
        self.events: dict[Event, None] = {}
        self.failures: list[str] = []

    @cached_property
    def loads_weights(self) -> bool:
        """Whether a saved version of a model is ever loaded: else the checkpoint that was kept plays no part."""
        loaders = ("load_weights", "load_model", "load_from_checkpoint")
        return any(
            (n.attr if isinstance(n, ast.Attribute) else n.id if isinstance(n, ast.Name) else "") in loaders
            for n in ast.walk(self.tree)
        )

    # ---- state -------------------------------------------------------------------------------------------

    def tick(self, cost: int = 1) -> None:
        self.steps += cost
        if self.steps > MAX_STEPS:
            raise OutOfBudgetError

    def number(self) -> int:
        self.counter += 1
        return self.counter

    def fresh_table(self, *, opaque: bool = False, kind: Kind = Kind.DATA) -> Value:
        root = self.number()
        return Value(kind, rows=frozenset({Part(root)}), columns=Columns(root), opaque=opaque, ref=self.number())

    def new_object(self, state: Estimator | Instance) -> Value:
        ref = self.number()
        self.heap[ref] = state
        kind = Kind.INSTANCE if isinstance(state, Instance) else Kind.ESTIMATOR
        return Value(kind, ref=ref)

    def estimator(self, value: Value) -> Estimator | None:
        state = self.heap.get(value.ref) if value.ref is not None else None
        return state if isinstance(state, Estimator) else None

    def place(self, node: ast.AST) -> Place:
        """The place of a node; the same object every time it is asked for."""
        end = node.func if isinstance(node, ast.Call) else node  # calls of one chain begin at the same column
        identity = (*key_of(node), getattr(end, "end_lineno", 0), getattr(end, "end_col_offset", 0))
        found = self.places.get(identity)
        if found is None:
            found = self.places[identity] = Place("{}:{}:{}:{}".format(*identity), node)
        return found

    def record_event(self, event: Event) -> None:
        """Keep a fact for the rules (`Flow.of`), once."""
        self.events.setdefault(event, None)

    def record_split(self, node: ast.AST, key: str | None = None, *, folds: bool = False) -> str:
        if key is None:
            key = self.place(node).key
        self.splits.setdefault(key, Split(key, folds, self.place(node)))
        return key

    def record_learned(self, learned: Learned) -> Learned:
        self.learned.setdefault(learned, None)
        return learned

    def record_choice(self, choice: Choice) -> Choice:
        self.choices.setdefault(choice, None)
        return choice

    def model_facts(self, models: frozenset[int]) -> tuple[Rows, frozenset[Learned], frozenset[Choice]]:
        """Rows, lineage and choices behind models and the steps inside them."""
        trained: set[Part] = set()
        learned: set[Learned] = set()
        choices: set[Choice] = set()
        for ref in models:
            state = self.heap.get(ref)
            if isinstance(state, Estimator):
                trained |= state.trained
                learned |= state.learned
                choices |= state.choices
        return frozenset(trained), frozenset(learned), frozenset(choices)

    def record_evaluation(
        self,
        node: ast.AST,
        values: Sequence[Value],
        models: frozenset[int],
        kind: EvaluationKind = EvaluationKind.METRIC,
    ) -> None:
        rows: frozenset[Part] = frozenset().union(*(v.rows for v in values))
        models = models.union(*(v.models for v in values))
        trained, learned, choices = self.model_facts(models)
        learned = learned.union(*(v.learned for v in values))
        self.add_evaluation(node, kind, rows, learned, trained, choices, models)

    def add_evaluation(
        self,
        node: ast.AST,
        kind: EvaluationKind,
        rows: Rows,
        learned: frozenset[Learned],
        trained: Rows,
        choices: frozenset[Choice] = frozenset(),
        models: frozenset[int] = frozenset(),
    ) -> None:
        if not rows:
            return
        self.order += 1
        place = self.place(node)
        identity = (place, kind, rows, learned, trained, choices)
        self.evaluations.setdefault(
            identity, Evaluation(place, kind, rows, learned, trained, choices, models, self.order)
        )

    def add_search_evaluation(self, node: ast.AST, owner: Value, state: Estimator) -> None:
        """A search scores its candidates on folds of the rows it is fitted on."""
        key = self.record_split(node, state.place.key, folds=True)
        held_out = frozenset(p.child(key, HELD_OUT_SIDE) for p in state.trained)
        trained = frozenset(p.child(key, TRAIN_SIDE) for p in state.trained)
        models = frozenset({owner.ref}) if owner.ref is not None else frozenset()
        self.add_evaluation(node, EvaluationKind.SEARCH, held_out, state.learned, trained, models=models)

    def train_by_gradient(self, loss: Value) -> None:
        """``loss.backward()``: the models behind the loss are trained on its rows."""
        for ref in loss.models:
            state = self.heap.get(ref)
            if isinstance(state, Estimator):
                self.heap[ref] = replace(state, trained=state.trained | loss.rows, learned=state.learned | loss.learned)

    def record_training(
        self, node: ast.AST, features: Value, target: Value, model: int | None, follows_columns: bool
    ) -> None:
        self.order += 1
        place = self.place(node)
        identity = (place, features.columns, target.columns, features.rows)
        self.trainings.setdefault(identity, Training(place, features, target, model, follows_columns, self.order))

    def role_of(self, rows: Rows) -> str | None:
        found = {self.roles[p] for p in rows if p in self.roles}
        return found.pop() if len(found) == 1 else None

    # ---- binding -----------------------------------------------------------------------------------------

    def bind(self, target: ast.expr, value: Value, source: ast.AST | None = None) -> None:
        if isinstance(target, ast.Name):
            self.bind_name(target.id, value, source or target)
        elif isinstance(target, ast.Tuple | ast.List):
            self.unpack(target.elts, value, source or target)
        elif isinstance(target, ast.Starred):
            self.bind(target.value, value, source)
        elif isinstance(target, ast.Attribute):
            self.bind_attribute(target, value)
        elif isinstance(target, ast.Subscript):
            frames.store_subscript(self, target, value)

    def bind_name(self, name: str, value: Value, source: ast.AST) -> None:
        value = self.with_role(name, value, source)
        scope = self.module if name in self.scope.globals_ else self.scope
        scope.names[name] = value
        scope.mutated.discard(name)

    def with_role(self, name: str, value: Value, source: ast.AST) -> Value:
        """What the name adds: a role, and, for an opaque value, that it is one part of several."""
        if not value.rows or value.kind not in (Kind.DATA, Kind.ROWS):
            return value
        role = role_of_name(name)
        if role is None:
            return value
        if value.opaque:
            key = self.record_split(source)
            rows = frozenset(p.child(key, _SIDES[role]) for p in value.rows)
            value = replace(value, rows=rows, opaque=False)
        if not value.models:
            for part in value.rows:
                self.roles.setdefault(part, role)
        return value

    def bind_attribute(self, target: ast.Attribute, value: Value) -> None:
        owner = self.evaluate(target.value)
        state = self.heap.get(owner.ref) if owner.ref is not None else None
        value = self.with_role(target.attr, value, target)
        if isinstance(state, Instance) and owner.ref is not None:
            self.heap[owner.ref] = state.set(target.attr, value)
        elif owner.kind is Kind.DATA:
            if target.attr == "columns":
                self.assign_to(target.value, replace(owner, columns=None))
            else:
                self.assign_to(target.value, replace(owner, learned=owner.learned | value.learned))

    def assign_to(self, expression: ast.expr, value: Value) -> None:
        """The object that ``expression`` names was changed in place: it is ``value`` from now on."""
        if isinstance(expression, ast.Name):
            scope: Scope | None = self.scope
            while scope is not None and expression.id not in scope.names:
                scope = scope.parent
            if scope is None:
                scope = self.scope
            scope.names[expression.id] = value
            scope.mutated.add(expression.id)
        elif isinstance(expression, ast.Attribute):
            owner = self.evaluate(expression.value)
            state = self.heap.get(owner.ref) if owner.ref is not None else None
            if isinstance(state, Instance) and owner.ref is not None:
                self.heap[owner.ref] = state.set(expression.attr, value)
        elif isinstance(expression, ast.Subscript) and isinstance(expression.value, ast.Name | ast.Attribute):
            owner = self.evaluate(expression.value)
            if owner.kind in (Kind.SEQUENCE, Kind.MAPPING):
                frames.store_subscript(self, expression, value)
            elif owner.kind is Kind.DATA:
                self.assign_to(expression.value, replace(owner, learned=owner.learned | value.learned))

    def unpack(self, targets: list[ast.expr], value: Value, source: ast.AST) -> None:
        parts: list[Value]
        if value.kind is Kind.SEQUENCE and len(value.items) == len(targets):
            parts = list(value.items)
        elif value.kind is Kind.SEQUENCE and any(isinstance(t, ast.Starred) for t in targets):
            parts = [value.items[i] if i < len(value.items) else UNKNOWN for i in range(len(targets))]
        elif value.kind is Kind.DATA and value.rows:
            # (X, y) of one table, or the parts of a wrapper we could not look into
            parts = [replace(value, columns=None, opaque=True)] * len(targets)
            self.bind_parts(targets, value, source)
            return
        else:
            element = self.iterate(value)[:1]
            parts = [element[0] if element else UNKNOWN] * len(targets)
        for target, part in zip(targets, parts, strict=False):
            self.bind(target, part, source)

    def bind_parts(self, targets: list[ast.expr], value: Value, source: ast.AST) -> None:
        roles = {role_of_name(t.id) for t in targets if isinstance(t, ast.Name)} - {None}
        marker: ast.AST = source
        for target in targets:
            part = replace(value, columns=None, opaque=len(roles) > 1)
            if isinstance(target, ast.Name) and len(roles) > 1:
                role = role_of_name(target.id)
                if role is not None:
                    key = self.record_split(marker)
                    rows = frozenset(p.child(key, _SIDES[role]) for p in value.rows)
                    part = replace(part, rows=rows, opaque=False)
            self.bind(target, part, marker)

    # ---- iteration ---------------------------------------------------------------------------------------

    def iterate(self, value: Value) -> list[Value]:
        """The values a loop variable takes; a single representative when there are many or unknown ones."""
        if value.kind is Kind.SEQUENCE:
            items = list(value.items)
            if len(items) > MAX_ITEMS:
                items = items[:MAX_ITEMS]
            return items or [UNKNOWN]
        if value.kind is Kind.MAPPING:
            return [
                Value(Kind.CONST, const=k) if k is not NO_CONSTANT else UNKNOWN for k in value.keys[:MAX_ITEMS]
            ] or [UNKNOWN]
        if value.kind is Kind.CONST and isinstance(value.const, tuple | list):
            return [Value(Kind.CONST, const=c) for c in value.const[:MAX_ITEMS]] or [UNKNOWN]
        if value.kind is Kind.DATA:
            if value.items:
                return [Value(Kind.SEQUENCE, items=value.items)]
            return [replace(value, columns=None)]
        if value.kind is Kind.ROWS:
            return [value]
        return [UNKNOWN]

    # ---- statements --------------------------------------------------------------------------------------

    def run(self) -> Flow:
        complete = True
        try:
            self.body(self.tree.body, guard=True)
            self.follow_uncalled(self.tree.body)
        except OutOfBudgetError:
            complete = False
        return Flow(
            tuple(self.learned),
            tuple(self.evaluations.values()),
            tuple(self.trainings.values()),
            tuple(self.choices),
            self.splits,
            self.roles,
            complete,
            tuple(self.failures),
            tuple(self.events),
        )

    def body(self, statements: Iterable[ast.stmt], *, guard: bool = False) -> bool:
        """Follow statements; True when control does not reach the end."""
        for statement in statements:
            if guard:
                try:
                    stopped = self.statement(statement)
                except OutOfBudgetError:
                    raise
                except Exception as error:  # one statement that we fail on must not hide the rest of the program
                    self.give_up(statement, error)
                    continue
            else:
                stopped = self.statement(statement)
            if stopped:
                return True
        return False

    def statement(self, node: ast.stmt) -> bool:
        self.tick()
        if isinstance(node, ast.Expr):
            self.evaluate(node.value)
        elif isinstance(node, ast.Assign):
            value = self.evaluate(node.value)
            value = mark_site(self, value, node.value)
            for target in node.targets:
                self.bind(target, value, target if isinstance(target, ast.Tuple) else node)
        elif isinstance(node, ast.AnnAssign):
            if node.value is not None:
                self.bind(node.target, mark_site(self, self.evaluate(node.value), node.value), node)
        elif isinstance(node, ast.AugAssign):
            value = expressions.binary(self, node, self.evaluate(node.target), self.evaluate(node.value), node.op)
            self.bind(node.target, value, node)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            self.scope.names[node.name] = Value(Kind.FUNCTION, node=node, name=node.name)
        elif isinstance(node, ast.ClassDef):
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
            self.evaluate(node.subject)
            for case in node.cases:
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
                self.scope.names[name] = Value(Kind.LIBRARY, name=qualified)
            return
        for alias in node.names:
            if alias.name == "*":
                self.star_imports = True
            else:
                prefix = "." * node.level + (node.module or "")
                self.scope.names[alias.asname or alias.name] = Value(Kind.LIBRARY, name=f"{prefix}.{alias.name}")

    def branch(self, node: ast.If) -> bool:
        known = expressions.truth(self.evaluate(node.test))
        if known is not None:
            return self.body(node.body if known else node.orelse)
        names, heap = self.scope.names, self.heap
        stopped, names_then, heap_then = self.arm(node.body)
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
        names, heap = self.scope.names, self.heap
        new_names: dict[str, Value] = {}
        new_heap: dict[int, State] = {}
        self.scope.names, self.heap = ChainMap(new_names, names), ChainMap(new_heap, heap)
        scope = self.scope
        try:
            stopped = self.body(statements)
        finally:
            scope.names, self.heap = names, heap
        return stopped, new_names, new_heap

    def loop(self, node: ast.For | ast.AsyncFor) -> None:
        values = self.iterate(self.evaluate(node.iter))
        for value in values:
            self.bind(node.target, value, node)
            self.body(node.body)
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
        if self.calls.count(function) > 1 or len(self.calls) >= MAX_CALL_DEPTH:
            return merged_unknown([*positional, *keywords.values()])
        self.followed.add(function)
        self.tick(3)
        arguments = function.args
        parameters = [a.arg for a in (*arguments.posonlyargs, *arguments.args)]
        parent = self.module
        if isinstance(function, ast.Lambda) or function not in self.tree.body:
            parent = self.scope
        scope = Scope(parent=parent)
        defaults = arguments.defaults
        for name, default in zip(parameters[len(parameters) - len(defaults) :], defaults, strict=False):
            scope.names[name] = self.evaluate(default)
        for argument, keyword_default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=False):
            if keyword_default is not None:
                scope.names[argument.arg] = self.evaluate(keyword_default)
        for name, value in zip(parameters, positional, strict=False):
            scope.names[name] = value
        known = {*parameters, *(a.arg for a in arguments.kwonlyargs)}
        extra_keys = tuple(k for k in keywords if k not in known)
        for name, value in keywords.items():
            if name in known:
                scope.names[name] = value
        if arguments.vararg is not None:
            scope.names[arguments.vararg.arg] = Value(Kind.SEQUENCE, items=tuple(positional[len(parameters) :]))
        if arguments.kwarg is not None:
            scope.names[arguments.kwarg.arg] = Value(
                Kind.MAPPING, keys=extra_keys, items=tuple(keywords[k] for k in extra_keys)
            )
        caller = self.scope
        self.scope = scope
        self.calls.append(function)
        try:
            if isinstance(function, ast.Lambda):
                result = self.evaluate(function.body)
            else:
                self.body(function.body)
                result = self.returned(scope)
        finally:
            self.scope = caller
            self.calls.pop()
        if call is not None and scope.mutated:
            offset = len(positional) - len(call.args)
            for index, expression in enumerate(call.args):
                place = index + offset
                if 0 <= place < len(parameters) and parameters[place] in scope.mutated:
                    changed = scope.names.get(parameters[place])
                    if changed is not None:
                        self.assign_to(expression, changed)
        return result

    def returned(self, scope: Scope) -> Value:
        values = [v for v in scope.returned if not (v.kind is Kind.CONST and v.const is None)] or scope.returned
        if not values:
            return Value(Kind.CONST, const=None)
        result = values[0]
        for value in values[1:]:
            result = join(result, value)
        return Value(Kind.SEQUENCE, items=(result,)) if scope.yields else result

    def follow_uncalled(self, statements: Iterable[ast.stmt]) -> None:
        """Functions and classes that nothing in the file calls: their callers are elsewhere."""
        for node in statements:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                if node not in self.followed:
                    self.follow_alone(node, [])
            elif isinstance(node, ast.ClassDef) and node not in self.followed:
                instance = self.new_object(Instance(node))
                methods = [n for n in node.body if isinstance(n, ast.FunctionDef)]
                for method in sorted(methods, key=lambda m: m.name != "__init__"):
                    if method not in self.followed:
                        self.follow_alone(method, [instance])

    def follow_alone(self, node: ast.FunctionDef | ast.AsyncFunctionDef, bound: list[Value]) -> None:
        arguments = node.args
        names = [a.arg for a in (*arguments.posonlyargs, *arguments.args)][len(bound) :]
        values = list(bound)
        defaults = len(arguments.defaults)
        for index, name in enumerate(names):
            if index >= len(names) - defaults:
                break  # a parameter with a default is an option, not the data
            values.append(self.with_role(name, self.fresh_table(opaque=True), node))
        try:
            self.call_function(node, values, {})
        except OutOfBudgetError:
            raise
        except Exception as error:
            self.give_up(node, error)

    def give_up(self, node: ast.AST, error: Exception) -> None:
        """Leave a top-level statement or function that the engine fails on; the log will say so."""
        self.failures.append(f"flow, line {key_of(node)[0]}: {type(error).__name__}: {error}")
        self.scope, self.calls, self.depth = self.module, [], 0

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


def merged_unknown(values: Sequence[Value]) -> Value:
    """What an unknown call may return for these arguments: something with their rows."""
    data = [v for v in values if v.kind is Kind.DATA and v.rows]
    if not data:
        return UNKNOWN
    first = data[0]
    return Value(
        Kind.DATA,
        rows=first.rows,
        learned=frozenset().union(*(v.learned for v in data)),
        models=frozenset().union(*(v.models for v in data)),
        opaque=True,
        concatenated=first.concatenated,
    )


def follow(tree: ast.Module) -> Flow:
    """The flow of one program. Executes nothing; bounded work; a limit reached shows in ``Flow.complete``."""
    return Interpreter(tree).run()
