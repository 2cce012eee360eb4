"""What differs between versions of a program without anyone noticing: docstrings, declarations, new definitions.

A version that imports one library more, or brings a helper function or a constant of its own, is the leader's program
up to the place where it uses them, as long as the leader never mentions their names.
"""

from __future__ import annotations

import ast
import functools
import importlib.util
import os
import sys
import sysconfig
from collections import Counter
from typing import Any, Iterable, Iterator, Optional, Sequence

from . import scopes
from .alike import Shapes

_FOLLOWS_LINES = frozenset(
    ("getsource", "getsourcelines", "findsource", "f_lineno", "co_firstlineno", "co_code", "currentframe", "_getframe",
     "inspect.stack")
)  # fmt: skip
"""Programs that look at their own text or lines would see those of the merged one."""
_COMPILERS = frozenset(
    ("njit", "jit", "vectorize", "guvectorize", "stencil", "cfunc", "numba.jit", "numba.njit", "jit.script", "jax.jit",
     "torch.compile", "torch.jit.script", "tf.function", "tensorflow.function")
)  # fmt: skip
"""What reads a function's own code, and would find our question in it."""
_NAMESPACES = frozenset(("globals", "locals", "vars", "dir", "eval", "exec"))
_DOCUMENTS = frozenset(("__doc__", "getdoc", "help", "docopt", "fire", "doctest", "click", "typer"))
_ARITHMETIC = (ast.Add, ast.Sub, ast.Mult)


def dotted(node: ast.AST) -> str:
    """``a.b.c`` for that expression, else ``""``."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        front = dotted(node.value)
        return front + "." + node.attr if front else ""
    return ""


def _futures(tree: ast.Module) -> "frozenset[str]":
    return frozenset(
        a.name for s in tree.body if isinstance(s, ast.ImportFrom) and s.module == "__future__" for a in s.names
    )


def unmergeable(trees: "dict[int, ast.Module]") -> "dict[int, str]":
    """Programs (never the first) whose meaning would change in one text with the others, with the reason."""
    first = min(trees)
    refused = {}
    for number, tree in trees.items():
        if number == first:
            continue
        nodes = [n for n in ast.walk(tree) if isinstance(n, (ast.Attribute, ast.Name))]
        seen = {n.attr if isinstance(n, ast.Attribute) else n.id for n in nodes} | {dotted(n) for n in nodes}
        if _futures(tree) != _futures(trees[first]):
            refused[number] = "It asks for another meaning of Python (from __future__) than the script."
        elif seen & _FOLLOWS_LINES:
            refused[number] = "It looks at its own source or lines ({}).".format(
                ", ".join(sorted(seen & _FOLLOWS_LINES))
            )
    return refused


def _document(body: "Sequence[ast.stmt]") -> "Optional[ast.Constant]":
    value = body[0].value if body and isinstance(body[0], ast.Expr) else None
    return value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None


def _single(statement: ast.stmt) -> "Iterator[ast.stmt]":
    """An import of several names as several imports."""
    if isinstance(statement, ast.Import):
        for alias in statement.names:
            yield ast.copy_location(ast.Import(names=[alias]), statement)
    elif isinstance(statement, ast.ImportFrom) and statement.names[0].name != "*":
        for alias in statement.names:
            one = ast.ImportFrom(module=statement.module, names=[alias], level=statement.level)
            yield ast.copy_location(one, statement)
    elif not isinstance(statement, ast.Global):  # which says nothing in a module
        yield statement


def split_module(tree: ast.Module) -> "tuple[list[ast.stmt], list[ast.stmt]]":
    """What has to stand first (docstring, ``from __future__``), and the other statements, one name an import."""
    head: list[ast.stmt] = list(tree.body[:1]) if _document(tree.body) else []
    rest: list[ast.stmt] = []
    for statement in tree.body[len(head) :]:
        if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
            head.append(statement)
        else:
            rest += _single(statement)
    return head, rest


def documents(trees: "dict[int, ast.Module]", read: bool) -> "dict[int, list[ast.stmt]]":
    """``__doc__ = ...`` for each program, when they differ and somebody may read them."""
    texts = {number: _document(tree.body) for number, tree in trees.items()}
    values = {number: None if found is None else found.value for number, found in texts.items()}
    if not read or len(set(values.values())) == 1:
        return {}
    made: dict[int, list[ast.stmt]] = {}
    for number, tree in trees.items():
        target = ast.Name(id="__doc__", ctx=ast.Store())
        assign = ast.Assign(targets=[target], value=ast.Constant(value=values[number]))
        if tree.body:
            for node in (assign, target, assign.value):
                ast.copy_location(node, tree.body[0])
        made[number] = [assign]
    return made


def split_body(
    owner: ast.AST, lists: "dict[int, list[ast.stmt]]"
) -> "tuple[list[ast.stmt], dict[int, list[ast.stmt]]]":
    """The first version's docstring and all declarations in front, which hold for the whole scope; the rest of each."""
    first = min(lists)
    front = list(lists[first][:1]) if _document(lists[first]) else []
    front += [s for s in lists[first] if isinstance(s, (ast.Global, ast.Nonlocal))]
    rest = {}
    for number, body in lists.items():
        kept = body[1:] if _document(body) else body
        rest[number] = [s for s in kept if not isinstance(s, (ast.Global, ast.Nonlocal))]
    return front, rest


def _constant(node: Optional[ast.AST]) -> bool:
    if isinstance(node, ast.Constant):
        return True
    if isinstance(node, (ast.Tuple, ast.List, ast.Set)):
        return all(map(_constant, node.elts))
    if isinstance(node, ast.Dict):
        return all(_constant(k) for k in node.keys) and all(map(_constant, node.values))
    if isinstance(node, ast.UnaryOp):
        return isinstance(node.operand, ast.Constant) and isinstance(node.operand.value, (int, float))
    if isinstance(node, ast.BinOp) and isinstance(node.op, _ARITHMETIC):
        sides = (node.left, node.right)
        return all(
            _constant(s) and (not isinstance(s, ast.Constant) or isinstance(s.value, (int, float))) for s in sides
        )
    return False


@functools.lru_cache(maxsize=None)
def installed(name: str) -> bool:
    """Whether a top-level module comes with Python or from its site-packages: not the user's own, and there at all."""
    if name in sys.builtin_module_names:
        return True
    try:
        spec = importlib.util.find_spec(name)
    except Exception:  # broken packages, modules without a spec
        return False
    places = [spec.origin] if spec is not None and spec.origin not in (None, "namespace") else []
    if spec is not None and not places:
        places = list(spec.submodule_search_locations or ())
    if spec is not None and spec.origin in ("built-in", "frozen"):
        return True
    paths = {os.path.realpath(p) + os.sep for k, p in sysconfig.get_paths().items() if k in _LIBRARIES}
    paths.update(os.path.realpath(p) + os.sep for p in sys.path if os.path.basename(p) in _PACKAGES)
    return bool(places) and all(os.path.realpath(str(p)).startswith(tuple(paths)) for p in places)


_LIBRARIES = ("stdlib", "platstdlib", "purelib", "platlib")
_PACKAGES = ("site-packages", "dist-packages", "lib-dynload")


class _Program:
    def __init__(self, tree: ast.Module) -> None:
        nodes = list(ast.walk(tree))
        self.top = split_module(tree)[1]
        self.mentioned = {w for node in nodes if not isinstance(node, ast.alias) for w in scopes.words(node)}
        self.bound = Counter(word for node in scopes.own_nodes(tree.body) for word in scopes.binds(node))
        declared = (node for node in nodes if isinstance(node, ast.Global))
        self.bound.update(name for node in declared for name in node.names)
        self.imported = Counter(scopes.bound_by_import(n) for n in nodes if isinstance(n, ast.alias))
        self.dotted = {dotted(node) for node in nodes if isinstance(node, (ast.Attribute, ast.Name))}
        self.star = any(isinstance(n, ast.alias) and n.name == "*" for n in nodes)


class Quiet:
    """Which differences between the first program and another stay unnoticed."""

    def __init__(self, trees: "dict[int, ast.Module]", shapes: Shapes) -> None:
        self._shapes = shapes
        self._known: dict[int, scopes.Names] = {}
        """By the id of the node, which lives as long as the program's tree."""
        self._trees = trees
        self._programs = {number: _Program(tree) for number, tree in trees.items()}
        self._first = self._programs[min(trees)]
        programs = self._programs.values()
        self._looked_through = any(p.star or p.mentioned & _NAMESPACES for p in programs)
        self._compiled = any(p.dotted & _COMPILERS for p in programs)
        self.reads_documents = any(
            p.dotted & _DOCUMENTS or set(p.imported) & _DOCUMENTS or any(d.endswith(".__doc__") for d in p.dotted)
            for p in programs
        )
        known = {shapes.whole(s) for s in self._first.top}
        self._common = {n: known & {shapes.whole(s) for s in p.top} for n, p in self._programs.items()}
        self._news = {
            n: frozenset(shapes.whole(s) for s in p.top if self.name(s) and shapes.whole(s) not in known)
            for n, p in self._programs.items()
        }

    def news(self, number: int) -> "frozenset[int]":
        """Definitions that the program may have of its own. Others go its way only with the same."""
        return self._news[number]

    def silent(self, number: int, removed: "Iterable[ast.stmt]", added: "Iterable[ast.stmt]") -> bool:
        """Whether the first program's ``removed`` can stay for program ``number`` and its ``added`` can wait."""
        if self._looked_through:
            return False
        return all(self._superfluous(number, s) for s in removed) and all(self._new(number, s) for s in added)

    def redefines(self, number: int, removed: "Sequence[ast.stmt]", added: "Sequence[ast.stmt]") -> bool:
        """Whether these are plain definitions of the same names, which get no other value in either program."""
        names, program = [self.name(s) for s in added], self._programs[number]
        if self._looked_through or not all(names) or set(names) != {self.name(s) for s in removed}:
            return False
        if any(isinstance(s, (ast.Import, ast.ImportFrom)) for s in (*removed, *added)):
            return False
        if any(self._first.bound[name] != 1 or program.bound[name] != 1 for name in names):
            return False
        return all(self._plain(s, self._first) for s in removed) and all(self._plain(s, program) for s in added)

    def _superfluous(self, number: int, statement: ast.stmt) -> bool:
        name, program = self.name(statement), self._programs[number]
        if not name or not self._plain(statement, self._first):
            return False
        if self._shared_import(number, statement, name):
            return True
        return name not in program.mentioned and name not in program.imported

    def _new(self, number: int, statement: ast.stmt) -> bool:
        name, program = self.name(statement), self._programs[number]
        if not name or not self._plain(statement, program):
            return False
        if self._shared_import(number, statement, name):
            return True
        unknown = name not in self._first.mentioned and name not in self._first.imported
        return unknown and program.bound[name] == 1

    def _shared_import(self, number: int, statement: ast.stmt, name: str) -> bool:
        """The same import, elsewhere in the other program, and nothing else gives the name a value in either."""
        if not isinstance(statement, (ast.Import, ast.ImportFrom)):
            return False
        common = self._shapes.whole(statement) in self._common[number]
        return common and self._first.bound[name] == 1 and self._programs[number].bound[name] == 1

    @staticmethod
    def name(statement: ast.stmt) -> str:
        """The one global name that a plain definition gives a value."""
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            return "" if statement.names[0].name == "*" else scopes.bound_by_import(statement.names[0])
        if isinstance(statement, (*scopes.FUNCTIONS, ast.ClassDef)):
            return statement.name
        target: Any = None
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            target = statement.targets[0]
        elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
            target = statement.target
        return target.id if isinstance(target, ast.Name) else ""

    def _plain(self, statement: ast.stmt, program: _Program) -> bool:
        """Whether executing the definition somewhat later gives the same and nobody sees it happen."""
        if isinstance(statement, ast.ImportFrom):
            return not statement.level and installed((statement.module or "").split(".")[0])
        if isinstance(statement, ast.Import):
            return installed(statement.names[0].name.split(".")[0])
        if isinstance(statement, (ast.Assign, ast.AnnAssign)):
            note = getattr(statement, "annotation", None)
            return _constant(statement.value) and (note is None or self._steady(note, program))
        if isinstance(statement, scopes.FUNCTIONS):
            return (
                all(self._steady(part, program) for part in scopes.header(statement)) and not statement.decorator_list
            )
        if isinstance(statement, ast.ClassDef):
            return self._plain_class(statement, program)
        return False

    def _plain_class(self, node: ast.ClassDef, program: _Program) -> bool:
        if node.keywords or not all(self._steady(part, program) for part in scopes.header(node)):
            return False
        for part in node.body:
            if isinstance(part, scopes.FUNCTIONS):
                if not all(self._steady(p, program) for p in scopes.header(part)):
                    return False
            elif isinstance(part, (ast.Assign, ast.AnnAssign)):
                if part.value is not None and not _constant(part.value):
                    return False
                if isinstance(part, ast.AnnAssign) and not self._steady(part.annotation, program):
                    return False
            elif not isinstance(part, ast.Pass) and not (
                isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant)
            ):
                return False
        return True

    @staticmethod
    def _steady(node: ast.AST, program: _Program) -> bool:
        """An expression without calls whose names get a value once: it gives the same now and later."""
        for part in ast.walk(node):
            if isinstance(part, (ast.Call, ast.NamedExpr, ast.Await, ast.Lambda, *_LAZY)):
                return False
            if isinstance(part, ast.Name) and program.bound[part.id] > 1:
                return False
        return True

    # ------------------------------------------------------------------ bodies that several versions share

    def _names_of(self, node: Any) -> scopes.Names:
        found = self._known.get(id(node))
        if found is None:
            found = self._known[id(node)] = scopes.names(node)
        return found

    def shareable(self, nodes: "Sequence[ast.stmt]") -> bool:
        """Whether these statements with equal headers can have one body that holds all versions."""
        first: Any = nodes[0]
        if not isinstance(first, (*scopes.FUNCTIONS, ast.ClassDef)):
            return True
        if self._compiled:
            return False
        bodies: list[list[ast.stmt]] = [n.body for n in nodes]  # type: ignore[attr-defined]
        if self.reads_documents and len({getattr(_document(b), "value", None) for b in bodies}) > 1:
            return False
        versions = [self._names_of(n) for n in nodes]
        if isinstance(first, ast.ClassDef):
            notes = {tuple(self._shapes.whole(s) for s in b if isinstance(s, ast.AnnAssign)) for b in bodies}
            return len(notes) == 1 and not versions[0].declared and scopes.alike(versions, whole=False)
        for body, version in zip(bodies, versions):
            direct = {n for s in body if isinstance(s, (ast.Global, ast.Nonlocal)) for n in s.names}
            deeper = {
                n
                for s in scopes.own_nodes([s for s in body if not isinstance(s, (ast.Global, ast.Nonlocal))])
                if isinstance(s, (ast.Global, ast.Nonlocal))
                for n in s.names
            }
            if deeper or direct != {name for _, name in version.declared}:
                return False
        return scopes.alike(versions)


_LAZY = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Yield, ast.YieldFrom)
