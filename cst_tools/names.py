"""Which names a statement binds, mutates and needs, with Python's scoping rules.

``self.model`` counts as a name of its own beside ``self``: methods hand values to one another that way. Columns
(``df["x"]``) do not: storing one mutates ``df``.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable
from dataclasses import dataclass, field

from cst_tools.walking import children, walk


def words_of(text: str) -> frozenset[str]:
    """The words of a text as a set."""
    return frozenset(text.split())


MUTATORS = words_of(
    "append extend update add insert setdefault pop popitem remove discard clear sort reverse fit partial_fit "
    "fit_resample compile load_state_dict load_weights add_module register_buffer drop_duplicates_"
)
_BUILTINS = frozenset(dir(builtins)) | {"__name__", "__file__", "__doc__"}


@dataclass(frozen=True)
class Names:
    """``binds``: assigned, imported, defined; ``mutates``: stored into or changed by a method; ``reads``: needed."""

    binds: tuple[str, ...]
    mutates: tuple[str, ...]
    reads: tuple[str, ...]

    @property
    def defines(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.binds, *self.mutates)))


def names_of(statements: Iterable[ast.stmt]) -> Names:
    """Names of neighbouring statements of one scope, in order of first appearance.

    A name read after the statements bound it unconditionally is no read of theirs. Builtins are left out.
    """
    scope = _Scope()
    for statement in statements:
        scope.run(statement)
    reads = tuple(n for n in scope.reads if n not in _BUILTINS or n in scope.binds)
    return Names(tuple(scope.binds), tuple(n for n in scope.mutates if n not in scope.binds), reads)


def root_name(node: ast.expr) -> str | None:
    """``df`` of ``df["x"].loc[0]``; ``self.model`` of ``self.model.coef_``; None when it does not start at a name."""
    while True:
        if isinstance(node, ast.Name):
            return node.id
        if isinstance(node, ast.Attribute):
            if isinstance(node.value, ast.Name) and node.value.id in ("self", "cls"):
                return f"{node.value.id}.{node.attr}"
            node = node.value
        elif isinstance(node, (ast.Subscript, ast.Starred)):
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func
        else:
            return None


@dataclass
class _Scope:
    """One scope while its statements are read in order."""

    binds: dict[str, None] = field(default_factory=dict)
    mutates: dict[str, None] = field(default_factory=dict)
    reads: dict[str, None] = field(default_factory=dict)
    sure: set[str] = field(default_factory=set)
    """Bound on every way to here."""

    def read(self, name: str) -> None:
        if name not in self.sure:
            self.reads.setdefault(name)

    def bind(self, name: str, certain: bool) -> None:
        self.binds.setdefault(name)
        if certain:
            self.sure.add(name)

    def run(self, node: ast.stmt, certain: bool = True) -> None:
        """One statement: what it evaluates first, then what it binds."""
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            for expression in (*node.decorator_list, *_defaults(node.args), *_annotations(node)):
                self.expr(expression, certain)
            self.bind(node.name, certain)
            for name in _free_of_function(node.args, node.body):
                self.read(name)
        elif isinstance(node, ast.ClassDef):
            for expression in (*node.decorator_list, *node.bases, *(k.value for k in node.keywords)):
                self.expr(expression, certain)
            inner = _Scope(sure=set())
            for statement in node.body:
                inner.run(statement)
            for name in inner.reads:
                if not name.startswith(("self.", "cls.")):
                    self.read(name)
            self.bind(node.name, certain)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            for alias in node.names:
                if alias.name != "*":
                    self.bind(alias.asname or alias.name.split(".")[0], certain)
        elif isinstance(node, ast.Assign):
            self.expr(node.value, certain)
            for target in node.targets:
                self.target(target, certain)
        elif isinstance(node, ast.AugAssign):
            self.expr(node.value, certain)
            changed = root_name(node.target)
            if changed:
                self.read(changed)
            self.target(node.target, certain)
        elif isinstance(node, ast.AnnAssign):
            self.expr(node.annotation, certain)
            if node.value is not None:
                self.expr(node.value, certain)
                self.target(node.target, certain)
        elif isinstance(node, (ast.For, ast.AsyncFor)):
            self.expr(node.iter, certain)
            before = set(self.sure)
            self.target(node.target, True)
            self.suite(node.body, True)
            self.sure = before
            self.suite(node.orelse, certain)
        elif isinstance(node, ast.While):
            self.expr(node.test, certain)
            before = set(self.sure)
            self.suite(node.body, True)
            self.sure = before
            self.suite(node.orelse, certain)
        elif isinstance(node, ast.If):
            self.expr(node.test, certain)
            self._branches(node.body, node.orelse)
        elif isinstance(node, (ast.With, ast.AsyncWith)):
            for item in node.items:
                self.expr(item.context_expr, certain)
                if item.optional_vars is not None:
                    self.target(item.optional_vars, certain)
            self.suite(node.body, certain)
        elif isinstance(node, ast.Delete):
            for target in node.targets:
                owner = root_name(target)
                if isinstance(target, ast.Name):
                    self.read(target.id)
                    self.sure.discard(target.id)
                elif owner:
                    self.expr(target, certain)
                    self.mutates.setdefault(owner)
        elif isinstance(node, (ast.Global, ast.Nonlocal)):
            pass
        elif isinstance(node, ast.Match):
            self.expr(node.subject, certain)
            before = set(self.sure)
            for case in node.cases:
                self.sure = set(before)
                for part in walk(case.pattern):
                    captured: object = getattr(part, "name", None) or getattr(part, "rest", None)
                    if isinstance(captured, str):
                        self.bind(captured, True)
                    if isinstance(part, ast.expr):
                        self.expr(part, certain)
                if case.guard is not None:
                    self.expr(case.guard, certain)
                self.suite(case.body, True)
            self.sure = before
        elif isinstance(node, ast.Try) or type(node).__name__ == "TryStar":
            self._try(node, certain)
        else:
            for child in children(node):
                if isinstance(child, ast.expr):
                    self.expr(child, certain)
                elif isinstance(child, ast.stmt):
                    self.run(child, False)

    def suite(self, body: Iterable[ast.stmt], certain: bool) -> None:
        for statement in body:
            self.run(statement, certain)

    def _branches(self, first: list[ast.stmt], second: list[ast.stmt]) -> None:
        before = set(self.sure)
        self.suite(first, True)
        after_first = self.sure
        self.sure = set(before)
        self.suite(second, True)
        self.sure = after_first & self.sure if second else before

    def _try(self, node: ast.stmt, certain: bool) -> None:
        before = set(self.sure)
        self.suite(getattr(node, "body", []), True)
        after = set(self.sure)
        for handler in getattr(node, "handlers", []):
            self.sure = set(before)
            if handler.type is not None:
                self.expr(handler.type, certain)
            if handler.name:
                self.sure.add(handler.name)
            self.suite(handler.body, True)
            leaves = handler.body and isinstance(handler.body[-1], (ast.Raise, ast.Return, ast.Continue, ast.Break))
            after = after if leaves else after & self.sure
        self.sure = after if certain else before
        self.suite(getattr(node, "orelse", []), certain)
        self.suite(getattr(node, "finalbody", []), certain)

    def target(self, node: ast.expr, certain: bool) -> None:
        if isinstance(node, ast.Name):
            self.bind(node.id, certain)
        elif isinstance(node, (ast.Tuple, ast.List)):
            for item in node.elts:
                self.target(item, certain)
        elif isinstance(node, ast.Starred):
            self.target(node.value, certain)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in ("self", "cls"):
            self.read(node.value.id)
            self.bind(f"{node.value.id}.{node.attr}", certain)
        else:
            self.expr(node, certain)
            name = root_name(node)
            if name:
                self.mutates.setdefault(name)

    def expr(self, node: ast.expr, certain: bool) -> None:
        """Reads, walrus bindings and mutating method calls of an expression."""
        kind = node.__class__  # names and constants are two of three, and none of the rest
        if kind is ast.Constant:
            return
        if isinstance(node, ast.Name):
            self.read(node.id)
        elif isinstance(node, ast.NamedExpr):
            self.expr(node.value, certain)
            self.target(node.target, False)
        elif isinstance(node, ast.Lambda):
            for default in _defaults(node.args):
                self.expr(default, certain)
            for name in _free_of_function(node.args, [ast.Expr(node.body)]):
                self.read(name)
        elif isinstance(node, (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)):
            self._comprehension(node, certain)
        else:
            if (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and node.value.id in ("self", "cls")
            ):
                self.read(f"{node.value.id}.{node.attr}")
            if isinstance(node, ast.Call):
                self._mutation(node)
            for child in children(node):
                if isinstance(child, ast.expr):
                    self.expr(child, certain)
                elif isinstance(child, ast.keyword):
                    self.expr(child.value, certain)

    def _mutation(self, node: ast.Call) -> None:
        if not isinstance(node.func, ast.Attribute):
            return
        inplace = any(
            k.arg == "inplace" and isinstance(k.value, ast.Constant) and k.value.value is True for k in node.keywords
        )
        if node.func.attr in MUTATORS or inplace:
            name = root_name(node.func.value)
            if name and name not in ("self", "cls") and not isinstance(node.func.value, ast.Call):
                self.mutates.setdefault(name)

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp, certain: bool) -> None:
        inner = _Scope(sure=set(self.sure))
        for number, generator in enumerate(node.generators):
            (self if number == 0 else inner).expr(generator.iter, certain)
            inner.target(generator.target, True)
            for condition in generator.ifs:
                inner.expr(condition, certain)
        parts = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        for part in parts:
            inner.expr(part, certain)
        own = {n.id for g in node.generators for n in walk(g.target) if isinstance(n, ast.Name)}
        for name in inner.reads:
            self.read(name)
        for name in inner.mutates:
            if name not in own:
                self.mutates.setdefault(name)
        for name in inner.binds:
            if name not in own:  # a walrus binds in the enclosing scope
                self.bind(name, False)


def _defaults(args: ast.arguments) -> list[ast.expr]:
    return [*args.defaults, *(d for d in args.kw_defaults if d is not None)]


def _annotations(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.expr]:
    arguments = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
    found = [a.annotation for a in arguments if a.annotation is not None]
    return [*found, node.returns] if node.returns is not None else found


def _free_of_function(args: ast.arguments, body: list[ast.stmt]) -> list[str]:
    """Names a function takes from outside: read, or declared global, and not its own."""
    inner = _Scope()
    parameters = [*args.posonlyargs, *args.args, *args.kwonlyargs]
    parameters += [a for a in (args.vararg, args.kwarg) if a is not None]
    own = {a.arg for a in parameters}
    inner.sure |= own
    inner.suite(body, True)
    declared: set[str] = set()
    for statement in body:
        declared |= _declared(statement)
    # a name bound anywhere in a function is local everywhere in it, unless declared otherwise
    local = (own | set(inner.binds)) - declared
    free = [n for n in inner.reads if n not in local and not n.startswith(("self.", "cls."))]
    return [*free, *(n for n in sorted(declared) if n not in free)]


def _declared(node: ast.stmt) -> set[str]:
    if isinstance(node, (ast.Global, ast.Nonlocal)):
        return set(node.names)
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return set()
    out: set[str] = set()
    for child in children(node):
        if isinstance(child, ast.stmt):
            out |= _declared(child)
        elif isinstance(child, ast.ExceptHandler):
            for statement in child.body:
                out |= _declared(statement)
    return out
