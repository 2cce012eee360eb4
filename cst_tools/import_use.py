"""Which imported names a change leaves without a reader, so that their import can go with it."""

from __future__ import annotations

import ast
import re

from cst_tools.gates_syntax import DEFINITIONS
from cst_tools.script import Script

_DYNAMIC = frozenset({"eval", "exec", "globals", "locals", "vars", "dir", "__import__", "getmembers"})
"""Functions that reach names by their text: where one is called, no name can be told to be without use."""

_WORD = re.compile(r"[^\W\d]\w*")
_TYPE_COMMENT = re.compile(r"#\s*type:\s*(?!ignore)(.*)")
_FITS = frozenset(("fit", "fit_transform", "partial_fit", "fit_predict", "train", "cross_val_score", "cross_validate"))
_SHOWS = frozenset(("predict", "predict_proba", "score", "print"))


def idle_imports(script: Script, changed: str) -> tuple[str, ...]:
    """Local names that the script imports and reads, and that ``changed`` (its masked text, changed) no longer reads.

    Empty where that cannot be told: names are looked up by their text, or the file is one that others import (it
    neither runs by itself nor has a main guard).
    """
    before = script.tree
    if before is None or not runs_itself(before):
        return ()
    try:
        after = ast.parse(changed)
    except (SyntaxError, ValueError, RecursionError):
        return ()
    idle = (_imported_once(before) & _read(before)) - _read(after)
    if not idle or _reaches_by_text(after):
        return ()
    return tuple(sorted(idle - _named_in_text(script, after)))


def runs_itself(tree: ast.Module) -> bool:
    """Whether the file is run, not imported: by a main guard, or training, printing or calling its own functions."""
    own = {node.name for node in tree.body if isinstance(node, DEFINITIONS)}
    for statement in tree.body:
        if isinstance(statement, (*DEFINITIONS, ast.Import, ast.ImportFrom)):
            continue
        if isinstance(statement, ast.If) and "__name__" in {
            n.id for n in ast.walk(statement.test) if isinstance(n, ast.Name)
        }:
            return True
        for node in ast.walk(statement):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in _FITS | _SHOWS or (name in own and isinstance(statement, ast.Expr)):
                return True
    return False


def _imported_once(tree: ast.Module) -> set[str]:
    """Names bound by one import statement of the outer level and by nothing else of the script."""
    outer: list[str] = []
    bound: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            bound += [a.asname or a.name.partition(".")[0] for a in node.names]
        elif isinstance(node, DEFINITIONS):
            bound.append(node.name)
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            bound.append(node.id)
    for statement in tree.body:
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            outer += [a.asname or a.name.partition(".")[0] for a in statement.names]
    return {name for name in outer if bound.count(name) == 1}


def _read(tree: ast.Module) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def _reaches_by_text(tree: ast.Module) -> bool:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            # ``df.eval`` and ``model.eval()`` are methods of their own; ``builtins.eval`` is rare enough.
            if name in _DYNAMIC and (isinstance(node.func, ast.Name) or name in ("getmembers", "import_module")):
                return True
        elif isinstance(node, ast.Attribute) and node.attr == "modules":
            if isinstance(node.value, ast.Name) and node.value.id == "sys":
                return True
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            modules = {getattr(node, "module", None), *(a.name for a in node.names)}
            if modules & {"doctest", "timeit"}:
                return True
    return False


def _named_in_text(script: Script, tree: ast.Module) -> set[str]:
    """Words of strings that may be names (annotations, ``__all__``, keys), type comments and IPython lines."""
    words: set[str] = set()
    quoted_types = [
        part
        for node in ast.walk(tree)
        for part in (getattr(node, "annotation", None), getattr(node, "returns", None))
        if isinstance(part, ast.expr)
    ]
    for part in quoted_types:
        for node in ast.walk(part):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                words |= set(_WORD.findall(node.value))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _WORD.fullmatch(node.value):
            words.add(node.value)
        elif (
            isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("eval", "query")
        ):
            for text in ast.walk(node):
                if isinstance(text, ast.Constant) and isinstance(text.value, str):
                    words |= set(_WORD.findall(text.value))
    for comment in _TYPE_COMMENT.findall(script.text):
        words |= set(_WORD.findall(comment))
    if script.masked != script.text:
        pairs = zip(script.text.splitlines(), script.masked.splitlines(), strict=False)
        for line, plain in pairs:
            if line != plain:
                words |= set(_WORD.findall(line))
    return words
