"""The local modules beside a script, read (never imported) for what the script alone does not show."""

from __future__ import annotations

import ast
from pathlib import Path

from cst_tools.script import Script
from cst_tools.splits import split_depends_on_seed

MAX_MODULES = 50


def split_moves(script: Script, path: Path) -> bool:
    """Does a seed move the split, in the script or in a local module that it imports, directly or not?"""
    if script.tree is None:
        return False
    return any(split_depends_on_seed(tree) for tree in (script.tree, *local_modules(script.tree, path.parent)))


def local_modules(tree: ast.AST, folder: Path) -> tuple[ast.AST, ...]:
    """Trees of the modules under ``folder`` that the tree imports, followed; unreadable ones are left out."""
    found: dict[Path, ast.AST] = {}
    pending = [(tree, folder)]
    while pending and len(found) < MAX_MODULES:
        current, base = pending.pop()
        for file in _imported_files(current, folder, base):
            if file in found:
                continue
            try:
                found[file] = ast.parse(file.read_bytes())
            except (OSError, SyntaxError, ValueError, RecursionError):
                continue
            pending.append((found[file], file.parent))
    return tuple(found.values())


def _imported_files(tree: ast.AST, root: Path, base: Path) -> list[Path]:
    names: list[tuple[Path, str]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [(root, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            start = base
            for _ in range(max(0, node.level - 1)):
                start = start.parent
            start = start if node.level else root
            module = node.module or ""
            names += [(start, module)] if module else []
            names += [(start, f"{module}.{alias.name}".lstrip(".")) for alias in node.names]
    files = []
    for start, name in names:
        stem = start.joinpath(*name.split("."))
        files += [f for f in (stem.with_suffix(".py"), stem / "__init__.py") if f.is_file()]
    return files
