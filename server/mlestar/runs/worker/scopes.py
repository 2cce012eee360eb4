"""What names mean in a scope, so that two versions of a function can share one body (standard library `ast` only).

Python decides at compile time whether a name is local. A body that holds the statements of several versions binds the
names of all of them; that changes nothing for a version as long as it does not mention a name that only others bind.
"""

from __future__ import annotations

import ast
import re
from typing import Any, Iterable, Iterator, NamedTuple, Sequence, Union

Function = Union[ast.FunctionDef, ast.AsyncFunctionDef]
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_IN_TEXT = re.compile(r"@(\w+)")


class Names(NamedTuple):
    """One scope: what it binds itself, what it declares, every name in it or below, and how it runs."""

    bound: "frozenset[str]"
    declared: "frozenset[tuple[str, str]]"
    """(``global`` or ``nonlocal``, name)."""
    own: "frozenset[str]"
    """Names mentioned in this scope itself, not in scopes inside it."""
    mentioned: "frozenset[str]"
    generator: bool


def bound_by_import(alias: ast.alias) -> str:
    return alias.asname or alias.name.split(".")[0]


def words(node: ast.AST) -> Iterator[str]:
    """The names that this one node binds or reads, in whatever way; not those of the nodes below it."""
    if isinstance(node, ast.Name):
        yield node.id
    elif isinstance(node, ast.arg):
        yield node.arg
    elif isinstance(node, ast.alias):
        yield bound_by_import(node)
    elif isinstance(node, (*FUNCTIONS, ast.ClassDef)):
        yield node.name
    elif isinstance(node, (ast.Global, ast.Nonlocal)):
        yield from node.names
    elif isinstance(node, ast.Constant):
        if isinstance(node.value, str) and "@" in node.value:  # pandas reads variables named so in query strings
            yield from _IN_TEXT.findall(node.value)
    else:
        for field in ("name", "rest"):  # except ... as name, case [*name], case {**rest}, type parameters
            value = getattr(node, field, None)
            if isinstance(value, str):
                yield value


def mentioned(nodes: Iterable[ast.AST]) -> "set[str]":
    """Every name that the nodes or anything below them bind or read."""
    return {word for top in nodes for node in ast.walk(top) for word in words(node)}


def header(node: Any) -> "list[ast.AST]":
    """What a definition evaluates in the scope around it."""
    if isinstance(node, ast.ClassDef):
        return [*node.decorator_list, *node.bases, *node.keywords]
    parts: list[Any] = [*node.args.defaults, *node.args.kw_defaults]
    if not isinstance(node, ast.Lambda):
        every = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs, node.args.vararg, node.args.kwarg]
        parts += [*node.decorator_list, node.returns, *(a.annotation for a in every if a is not None)]
    return [part for part in parts if part is not None]


def own_nodes(body: Sequence[ast.AST]) -> Iterator[ast.AST]:
    """The nodes that belong to the scope whose body this is; of scopes inside it only what they evaluate out here."""
    waiting: list[ast.AST] = list(reversed(body))
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, SCOPES):
            waiting += reversed(header(node))
        else:
            waiting += reversed(list(ast.iter_child_nodes(node)))


def binds(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name):
        if not isinstance(node.ctx, ast.Load):
            yield node.id
    elif isinstance(node, ast.alias):
        yield bound_by_import(node)
    elif isinstance(node, (*FUNCTIONS, ast.ClassDef)):
        yield node.name
    elif not isinstance(node, (ast.Global, ast.Nonlocal, ast.Constant, ast.arg)):
        yield from words(node)


def _parameters(node: Function) -> "list[str]":
    a = node.args
    return [x.arg for x in (*a.posonlyargs, *a.args, *a.kwonlyargs, a.vararg, a.kwarg) if x is not None]


def names(node: Union[Function, ast.ClassDef]) -> Names:
    """The scope that a definition opens.

    The variable of a comprehension is not bound here (it lives in the comprehension) but counts as mentioned: that
    costs sharing now and then, never a result.
    """
    bound: set[str] = set(_parameters(node)) if isinstance(node, FUNCTIONS) else set()
    declared: set[tuple[str, str]] = set()
    own: set[str] = set(bound)
    generator = False
    nodes = list(own_nodes(node.body))
    elsewhere = {
        id(part)
        for inner in nodes
        if isinstance(inner, _COMPREHENSIONS)
        for made in inner.generators
        for part in ast.walk(made.target)
    }
    for inner in nodes:
        own.update(words(inner))
        if id(inner) not in elsewhere:
            bound.update(binds(inner))
        if isinstance(inner, (ast.Global, ast.Nonlocal)):
            kind = "global" if isinstance(inner, ast.Global) else "nonlocal"
            declared.update((kind, name) for name in inner.names)
        elif isinstance(inner, (ast.Yield, ast.YieldFrom)):
            generator = True
    bound.difference_update(name for _, name in declared)
    everything = mentioned(node.body) | own
    return Names(frozenset(bound), frozenset(declared), frozenset(own), frozenset(everything), generator)


def alike(versions: "Sequence[Names]", whole: bool = True) -> bool:
    """Whether one body can hold all these versions of a scope with every name keeping its meaning in each.

    ``whole`` False looks only at the scope itself, as for a class, whose names the scopes inside it do not see.
    """
    first = versions[0]
    if any(v.declared != first.declared or v.generator != first.generator for v in versions):
        return False
    union = frozenset().union(*(v.bound for v in versions))
    return all(not ((union - v.bound) & (v.mentioned if whole else v.own)) for v in versions)
