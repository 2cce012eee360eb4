"""Where a script fixes its randomness: every integer seed, each literal once, at its definition.

Found are keyword arguments (``random_state=42``), calls whose argument is a seed (``np.random.seed(0)``),
variables (``SEED = 42``), parameter defaults, dictionary entries (``"seed": 42``) and command-line defaults.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from cst_tools.script import Script
from cst_tools.types import Span


@dataclass(frozen=True)
class Seed:
    """One seed literal: its place, its value, and what it seeds (``random_state``, ``np.random.seed``, ``SEED``)."""

    span: Span
    value: int
    what: str


_NAME = re.compile(
    r"(?:^|_)(?:seed|random_?state|rng_?state|randomstate|randomseed)(?:_?\d*|_value|_val|_num|_number|_id)?$"
    r"|^(?:seed_\w+|rs|rnd_state|rand_state|random_number_seed)$",
    re.IGNORECASE,
)
_COUNTS = re.compile(r"^(?:n|num|max|min|total)_", re.IGNORECASE)
_CALLS = re.compile(
    r"(?:^|\.)(?:seed|manual_seed|manual_seed_all|set_seed|set_random_seed|seed_everything|default_rng|RandomState|Random"
    r"|SeedSequence|PRNGKey|Generator|PCG64|Philox|seed_all|fix_seed|fix_seeds|set_seeds|setup_seed|set_global_seed"
    r"|seed_torch|set_all_seeds|random_seed|reset_seeds|init_seed|init_seeds|set_random_seeds|set_global_determinism)$"
)
_UNSIZED = re.compile(r"(?:^|\.)(?:Random|Generator)$")


def is_seed_name(name: str) -> bool:
    """Whether a variable, argument or key of this name holds a seed."""
    name = name.lstrip("-").replace("-", "_")
    return bool(_NAME.search(name)) and not _COUNTS.match(name)


def find_seeds(script: Script) -> tuple[Seed, ...]:
    """All integer seeds of the script, in order of place. Empty for a script that cannot be parsed."""
    if script.tree is None:
        return ()
    found: dict[Span, Seed] = {}
    for node in ast.walk(script.tree):
        for literal, what in _literals(node):
            if isinstance(literal.value, int) and not isinstance(literal.value, bool):
                span = script.span_of(literal)
                if script.masked[span.start : span.end].strip() and _is_plain(script.masked[span.start : span.end]):
                    found.setdefault(span, Seed(span, literal.value, what))
    return tuple(found[span] for span in sorted(found))


def _is_plain(text: str) -> bool:
    """Guards against places inside f-strings, which older Pythons report wrongly."""
    return re.fullmatch(r"[0-9][0-9a-fA-FxXoObB_]*", text) is not None


def _literals(node: ast.AST) -> Iterator[tuple[ast.Constant, str]]:
    if isinstance(node, ast.Call):
        yield from _in_call(node)
    elif isinstance(node, ast.Assign):
        for target in node.targets:
            yield from _in_target(target, node.value)
    elif isinstance(node, (ast.AnnAssign, ast.NamedExpr)) and node.value is not None:
        yield from _in_target(node.target, node.value)
    elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
        arguments = node.args
        positional = [*arguments.posonlyargs, *arguments.args]
        with_default = positional[len(positional) - len(arguments.defaults) :]
        for argument, default in zip(with_default, arguments.defaults, strict=True):
            yield from _constant(argument.arg, default)
        for argument, maybe in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
            if maybe is not None:
                yield from _constant(argument.arg, maybe)
    elif isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                yield from _constant(key.value.rpartition("__")[2], value)
    elif isinstance(node, (ast.For, ast.AsyncFor, ast.comprehension)):
        target = node.target
        if isinstance(target, ast.Name) and is_seed_name(target.id) and isinstance(node.iter, (ast.List, ast.Tuple)):
            for item in node.iter.elts:
                if isinstance(item, ast.Constant):
                    yield item, target.id


def _constant(name: str, value: ast.expr) -> Iterator[tuple[ast.Constant, str]]:
    if isinstance(value, ast.Constant) and is_seed_name(name):
        yield value, name
    elif isinstance(value, (ast.List, ast.Tuple)) and re.search(r"seeds$|random_states$", name, re.IGNORECASE):
        for item in value.elts:
            if isinstance(item, ast.Constant):
                yield item, name


def _in_target(target: ast.expr, value: ast.expr) -> Iterator[tuple[ast.Constant, str]]:
    if isinstance(target, ast.Name):
        yield from _constant(target.id, value)
    elif isinstance(target, ast.Attribute):
        yield from _constant(target.attr, value)
    elif isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Constant):
        if isinstance(target.slice.value, str) and target.slice.value != "PYTHONHASHSEED":
            yield from _constant(target.slice.value, value)
    elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
        for inner, item in zip(target.elts, value.elts, strict=True):
            yield from _in_target(inner, item)


def _in_call(node: ast.Call) -> Iterator[tuple[ast.Constant, str]]:
    callee = ast.unparse(node.func) if isinstance(node.func, (ast.Name, ast.Attribute)) else ""
    for keyword in node.keywords:
        if keyword.arg is not None:
            yield from _constant(keyword.arg.rpartition("__")[2] or keyword.arg, keyword.value)
    first = node.args[0] if node.args else None
    if callee and isinstance(first, ast.Constant) and _CALLS.search(callee):
        yield first, callee
    if callee.endswith(("add_argument", "add_option", "option", "Option")):
        names = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
        names += [
            k.value.value
            for k in node.keywords
            if k.arg == "dest" and isinstance(k.value, ast.Constant) and isinstance(k.value.value, str)
        ]
        if any(is_seed_name(name) for name in names):
            for keyword in node.keywords:
                if keyword.arg == "default" and isinstance(keyword.value, ast.Constant):
                    yield keyword.value, max(names, key=len)
    if (
        (
            callee.rpartition(".")[2] in ("getenv", "get", "pop", "setdefault", "getint", "DEFINE_integer")
            and len(node.args) > 1
        )
        and isinstance(first, ast.Constant)
        and isinstance(first.value, str)
        and isinstance(node.args[1], ast.Constant)
    ):
        yield from _constant(first.value, node.args[1])
