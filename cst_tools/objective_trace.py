"""The order in which a script's statements run, seen from its metrics: loops, calls, bindings.

A small abstract execution of the module: the top level, followed into local functions, methods and callbacks
where they are called, so that a metric knows in which loops it stands (folds, epochs, models, trials), what
its variables were bound to and which arguments its function was last called with. Nothing is executed; every
function is entered a bounded number of times.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from cst_tools.objective_loops import Loop, LoopKind, loop_kind, while_kind
from cst_tools.walking import children, walk

FunctionNode: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef

_TRY: tuple[type[ast.Try], ...] = tuple(getattr(ast, name) for name in ("Try", "TryStar") if hasattr(ast, name))
_HOLDERS = (ast.stmt, ast.ExceptHandler, ast.match_case)
_SIMPLE = frozenset((ast.Expr, ast.Assign, ast.Return, ast.AugAssign, ast.AnnAssign, ast.Import, ast.ImportFrom))
_MAX_ENTRIES = 3
_MAX_DEPTH = 14
_LEAVES = frozenset((ast.Name, ast.Constant, ast.Pass, ast.alias))


@dataclass
class Binding:
    """One way a name got its value. ``how``: assign, unpack, augment, for, with, append, item, param."""

    how: str
    value: ast.expr | None
    statement: ast.stmt
    order: int
    index: int | None = None
    """Position in the tuple, for ``unpack``."""
    key: str | None = None
    """Literal key, for ``item``."""
    loops: tuple[Loop, ...] = ()
    scope: Scope | None = None


@dataclass
class Scope:
    """A module or function body: its bindings and, for a function, the calls that entered it."""

    node: ast.Module | FunctionNode
    parent: Scope | None = None
    bindings: dict[str, list[Binding]] = field(default_factory=dict)
    calls: list[tuple[ast.Call | None, Scope, tuple[Loop, ...]]] = field(default_factory=list)
    entries: int = 0

    @property
    def name(self) -> str:
        return "" if isinstance(self.node, ast.Module) else self.node.name

    def lookup(self, name: str) -> tuple[list[Binding], Scope] | None:
        """Bindings of ``name`` in this scope or the nearest enclosing one."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.bindings:
                return scope.bindings[name], scope
            scope = scope.parent
        return None

    def argument(self, name: str) -> list[tuple[ast.expr, Scope]]:
        """What parameter ``name`` was given in each call that entered this function, in order."""
        if isinstance(self.node, ast.Module):
            return []
        given: list[tuple[ast.expr, Scope]] = []
        parameters = [a.arg for a in (*self.node.args.posonlyargs, *self.node.args.args)]
        for call, scope, _ in self.calls:
            if call is None:
                continue
            shift = 1 if parameters[:1] in (["self"], ["cls"]) else 0
            for keyword in call.keywords:
                if keyword.arg == name:
                    given.append((keyword.value, scope))
            if name in parameters:
                position = parameters.index(name) - shift
                if 0 <= position < len(call.args) and not any(isinstance(a, ast.Starred) for a in call.args):
                    given.append((call.args[position], scope))
        return given


@dataclass
class Visit:
    """One statement as it last ran."""

    statement: ast.stmt
    scope: Scope
    loops: tuple[Loop, ...]
    order: int
    reached: bool
    guarded: bool
    """Inside an ``except`` handler."""
    times: int = 1
    parts: tuple[ast.AST, ...] = ()
    """Every node of the statement, without those of statements nested in it."""
    calls: tuple[ast.Call, ...] = ()
    """The calls among ``parts``, in the same order."""
    binding: tuple[ast.Call | ast.NamedExpr, ...] = ()
    """The calls and the walrus assignments among ``parts``."""


@dataclass
class Program:
    """The whole script: statements in the order of their last run, functions, imports."""

    tree: ast.Module
    module: Scope
    visits: dict[int, Visit]
    functions: dict[str, FunctionNode]
    methods: dict[str, list[FunctionNode]]
    classes: dict[str, ast.ClassDef]
    imports: dict[str, str]
    scopes: dict[int, Scope]
    attributes: dict[str, list[Binding]]
    """``self.score = ...`` and ``result.auc = ...`` by attribute name."""

    def in_order(self) -> list[Visit]:
        return sorted(self.visits.values(), key=lambda v: v.order)

    def qualified(self, node: ast.expr) -> str:
        """Dotted name of an expression with the import it starts from resolved; empty when it is none."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return ""
        parts.append(self.imports.get(node.id, node.id))
        return ".".join(reversed(parts))

    def local_function(self, node: ast.expr) -> FunctionNode | None:
        """The local function or method that a callee expression names."""
        if isinstance(node, ast.Name):
            return self.functions.get(node.id)
        if isinstance(node, ast.Attribute):
            found = self.methods.get(node.attr, [])
            return found[0] if len(found) == 1 else None
        return None


def own_expressions(statement: ast.stmt) -> list[ast.AST]:
    """Every node of a statement except those of the statements nested in it."""
    todo: list[ast.AST] = [statement]
    out: list[ast.AST] = []
    while todo:
        node = todo.pop()
        out.append(node)
        kind = node.__class__
        if kind in _LEAVES:
            continue
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            todo += reversed(node.decorator_list)
        elif isinstance(node, ast.match_case):
            if node.guard is not None:
                todo.append(node.guard)
        elif kind is not ast.Lambda:
            below = children(node)
            if isinstance(node, ast.stmt):  # only statements, handlers and cases hold statements
                below = [c for c in below if not isinstance(c, (ast.stmt, ast.ExceptHandler))]
            todo += below[::-1]
    return out


class _Own(NamedTuple):
    """A statement's own nodes, and those among them that are looked at again and again (see `Visit`)."""

    parts: tuple[ast.AST, ...]
    calls: tuple[ast.Call, ...]
    binding: tuple[ast.Call | ast.NamedExpr, ...]


def _own(statement: ast.stmt) -> _Own:
    parts = tuple(own_expressions(statement))
    calls = tuple([n for n in parts if n.__class__ is ast.Call])
    walrus = any(n.__class__ is ast.NamedExpr for n in parts)
    binding = tuple(n for n in parts if isinstance(n, (ast.Call, ast.NamedExpr))) if walrus else calls
    return _Own(parts, calls, binding)


def statements_under(tree: ast.Module) -> list[ast.stmt]:
    """Every statement of a module, level by level."""
    out: list[ast.AST] = [tree]
    for node in out:  # grows while it is read
        if node.__class__ not in _SIMPLE:
            out += [child for child in children(node) if isinstance(child, _HOLDERS)]
    return [node for node in out if isinstance(node, ast.stmt)]


def trace(tree: ast.Module) -> Program:
    """Runs the module abstractly. Never raises for a tree that ``ast.parse`` gave."""
    return _Tracer(tree).run()


class _Tracer:
    def __init__(self, tree: ast.Module) -> None:
        module = Scope(tree)
        self.program = Program(tree, module, {}, {}, {}, {}, {}, {id(tree): module}, {})
        self.clock = 0
        self.parts: dict[int, _Own] = {}
        self.leads: dict[int, bool] = {}
        """By a statement's id, whether its calls may enter a function of the script."""
        self.depth = 0
        self.reached = True
        self.guarded = 0
        functions: list[FunctionNode] = []
        for node in statements_under(tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                functions.append(node)
            elif isinstance(node, ast.ClassDef):
                self.program.classes.setdefault(node.name, node)
                for item in node.body:
                    if isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef)):
                        self.program.methods.setdefault(item.name, []).append(item)
            elif isinstance(node, ast.Import):
                for alias in node.names:
                    self.program.imports[alias.asname or alias.name.split(".")[0]] = (
                        alias.name if alias.asname else alias.name.split(".")[0]
                    )
            elif isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    self.program.imports[alias.asname or alias.name] = f"{node.module or ''}.{alias.name}"
        in_classes = {id(f) for found in self.program.methods.values() for f in found}
        for function in functions:
            if id(function) not in in_classes:
                self.program.functions.setdefault(function.name, function)
        self.decorated = [function for function in self.program.functions.values() if function.decorator_list]

    def run(self) -> Program:
        program = self.program
        self.body(program.tree.body, program.module, ())
        self.reached = False
        for function in [*program.functions.values(), *(f for found in program.methods.values() for f in found)]:
            if id(function) not in program.scopes:
                self.enter(function, None, program.module, ())
        return program

    def tick(self) -> int:
        self.clock += 1
        return self.clock

    def body(self, statements: list[ast.stmt], scope: Scope, loops: tuple[Loop, ...]) -> None:
        for statement in statements:
            self.statement(statement, scope, loops)

    def statement(self, node: ast.stmt, scope: Scope, loops: tuple[Loop, ...]) -> None:
        parts = self.parts.get(id(node))
        if parts is None:
            parts = self.parts[id(node)] = _own(node)
        leads = self.leads.get(id(node))
        if leads is None:
            definition = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
            leads = self.leads[id(node)] = not definition and any(self._leads_on(call) for call in parts.calls)
        if leads:
            self.follow(node, scope, loops)
        order = self.tick()
        before = self.program.visits.get(id(node))
        if before is not None and before.reached and not self.reached:
            return
        times = before.times + 1 if before else 1
        self.program.visits[id(node)] = Visit(
            node, scope, loops, order, self.reached, bool(self.guarded), times, *parts
        )
        self.bind(node, parts, scope, loops, order)
        if isinstance(node, (ast.For, ast.AsyncFor)):
            inner = (*loops, Loop(loop_kind(node.target, node.iter), node))
            self.body(node.body, scope, inner)
            self.body(node.orelse, scope, loops)
        elif isinstance(node, ast.While):
            self.body(node.body, scope, (*loops, Loop(while_kind(node), node)))
            self.body(node.orelse, scope, loops)
        elif isinstance(node, (ast.With, ast.AsyncWith)):
            self.body(node.body, scope, loops)
        elif isinstance(node, ast.If):
            self.body(node.body, scope, loops)
            self.body(node.orelse, scope, loops)
        elif isinstance(node, ast.Match):
            for case in node.cases:
                self.body(case.body, scope, loops)
        elif isinstance(node, _TRY):
            self.body(node.body, scope, loops)
            self.guarded += 1
            for handler in node.handlers:
                self.body(handler.body, scope, loops)
            self.guarded -= 1
            self.body(node.orelse, scope, loops)
            self.body(node.finalbody, scope, loops)
        elif isinstance(node, ast.ClassDef):
            self.body(
                [s for s in node.body if not isinstance(s, (ast.FunctionDef, ast.AsyncFunctionDef))], scope, loops
            )

    def _leads_on(self, call: ast.Call) -> bool:
        program, func = self.program, call.func
        if isinstance(func, ast.Name) and (func.id in program.classes or not call.args):
            return True
        if program.local_function(func) is not None:
            return True
        return any(
            isinstance(argument, ast.Lambda)
            or (isinstance(argument, (ast.Name, ast.Attribute)) and program.local_function(argument) is not None)
            for argument in (*call.args, *(k.value for k in call.keywords))
        )

    def follow(self, statement: ast.stmt, scope: Scope, loops: tuple[Loop, ...]) -> None:
        """Enters the local functions that a statement's own expressions call or hand over, innermost call first."""
        self._follow(statement, scope, loops, top=True)

    def _follow(self, node: ast.AST, scope: Scope, loops: tuple[Loop, ...], *, top: bool = False) -> None:
        if not top and isinstance(node, (ast.stmt, ast.Lambda, ast.ExceptHandler, ast.match_case)):
            return
        inner = loops
        if isinstance(node, (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)):
            first = node.generators[0]
            inner = (*loops, Loop(loop_kind(first.target, first.iter), node))
        for child in children(node):
            self._follow(child, scope, inner)
        if not isinstance(node, ast.Call):
            return
        program = self.program
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        target = program.local_function(node.func)
        if name in program.classes:
            for item in program.classes[name].body:
                if isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef)) and item.name == "__init__":
                    target = item
        if target is not None:
            self.enter(target, node, scope, inner)
            return
        handed = inner
        if isinstance(node.func, ast.Attribute) and node.func.attr == "optimize":
            handed = (*inner, Loop(LoopKind.TRIAL, node))
        for argument in (*node.args, *(k.value for k in node.keywords)):
            callee = program.local_function(argument) if isinstance(argument, (ast.Name, ast.Attribute)) else None
            if callee is not None:
                self.enter(callee, None, scope, handed)
            elif isinstance(argument, ast.Lambda):
                self._follow(argument.body, scope, handed)
        if name and not node.args and name not in program.functions:
            # Typer and click groups: ``app()`` runs the functions decorated with it.
            for function in self.decorated:
                if any(_registers(d, name) for d in function.decorator_list):
                    self.enter(function, None, scope, inner)

    def enter(self, node: FunctionNode, call: ast.Call | None, scope: Scope, loops: tuple[Loop, ...]) -> None:
        inner = self.program.scopes.get(id(node))
        if inner is None:
            parent = scope if _contains(scope.node, node) else self.program.module
            inner = self.program.scopes[id(node)] = Scope(node, parent)
        if self.reached or not inner.calls:
            inner.calls.append((call, scope, loops))
        if inner.entries >= _MAX_ENTRIES or self.depth >= _MAX_DEPTH:
            return
        inner.entries += 1
        self.depth += 1
        try:
            for default in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs):
                inner.bindings.setdefault(default.arg, [])
            self.body(node.body, inner, loops)
        finally:
            self.depth -= 1

    def bind(self, node: ast.stmt, parts: _Own, scope: Scope, loops: tuple[Loop, ...], order: int) -> None:
        def add(target: ast.expr, how: str, value: ast.expr | None, index: int | None = None) -> None:
            binding = Binding(how, value, node, order, index, None, loops, scope)
            if isinstance(target, ast.Name):
                self.place(scope.bindings, target.id, binding)
            elif isinstance(target, ast.Attribute):
                self.place(self.program.attributes, target.attr, binding)
            elif isinstance(target, ast.Subscript) and isinstance(target.value, (ast.Name, ast.Attribute)):
                binding.how = "item" if how == "assign" else how
                binding.key = _literal_key(target.slice)
                if isinstance(target.value, ast.Name):
                    self.place(scope.bindings, target.value.id, binding)
                else:
                    self.place(self.program.attributes, target.value.attr, binding)
            elif isinstance(target, ast.Starred):
                add(target.value, "unpack", None)
            elif isinstance(target, (ast.Tuple, ast.List)):
                values = value.elts if isinstance(value, (ast.Tuple, ast.List)) else None
                for i, item in enumerate(target.elts):
                    if how == "assign" and values is not None and len(values) == len(target.elts):
                        add(item, "assign", values[i])
                    else:
                        add(item, "unpack" if how == "assign" else how, value, i)

        if isinstance(node, ast.Assign):
            for target in node.targets:
                add(target, "assign", node.value)
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            add(node.target, "assign", node.value)
        elif isinstance(node, ast.AugAssign):
            add(node.target, "augment", node.value)
        elif isinstance(node, (ast.For, ast.AsyncFor)):
            add(node.target, "for", node.iter)
        elif isinstance(node, (ast.With, ast.AsyncWith)):
            for item in node.items:
                if item.optional_vars is not None:
                    add(item.optional_vars, "with", item.context_expr)
        for part in parts.binding:
            if isinstance(part, ast.NamedExpr):
                add(part.target, "assign", part.value)
            elif (
                isinstance(part.func, ast.Attribute)
                and part.func.attr in ("append", "extend", "add", "setdefault")
                and part.args
            ):
                add(part.func.value, "append", part.args[-1])

    @staticmethod
    def place(table: dict[str, list[Binding]], name: str, binding: Binding) -> None:
        found = table.setdefault(name, [])
        for i, old in enumerate(found):
            if old.statement is binding.statement and old.value is binding.value and old.index == binding.index:
                del found[i]
                break
        found.append(binding)


def _registers(decorator: ast.expr, application: str) -> bool:
    """``@app.command()`` and ``@app.callback`` of an application ``app``."""
    dotted = isinstance(decorator, (ast.Attribute, ast.Call))
    while isinstance(decorator, (ast.Attribute, ast.Call)):
        decorator = decorator.func if isinstance(decorator, ast.Call) else decorator.value
    return dotted and isinstance(decorator, ast.Name) and decorator.id == application


def _contains(outer: ast.AST, node: ast.AST) -> bool:
    return not isinstance(outer, ast.Module) and any(n is node for n in walk(outer))


def _literal_key(node: ast.expr) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, (str, int)):
        return str(node.value)
    return None
