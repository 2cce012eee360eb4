"""Whether changed blocks still define what other code reads, and read only what is defined."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TYPE_CHECKING

from cst_tools.gates_syntax import (
    BUILTINS,
    DEFINITIONS,
    all_bound_names,
    bound_names,
    has_star_import,
    parse_block,
    walk_all,
)
from cst_tools.names import names_of
from cst_tools.script import Script
from cst_tools.types import Block, BlockKind, Patch

if TYPE_CHECKING:
    from cst_tools.analysis import Analysis


def undefines(before: Analysis, script: Script, patches: Sequence[Patch]) -> str | None:
    assert script.tree is not None
    everywhere = all_bound_names(script.tree)
    for patch in patches:
        block = next((b for b in before.blocks if b.id == patch.block_id), None)
        new = parse_block(patch.new_code)
        if block is None or new is None:
            continue
        if block.kind is BlockKind.STATEMENTS:
            reason = _loses(before, block, new, patches)
        else:
            reason = _breaks_definition(before.script, block, new)
        if reason is not None:
            return reason
        old = parse_block(before.script.slice(block.span)) or []
        known = everywhere | BUILTINS | {n.id for n in walk_all(old) if isinstance(n, ast.Name)}
        for name in names_of(new).reads:
            base = name.partition(".")[0]
            if base not in known and not has_star_import(script.tree):
                return f"The new code reads {base!r}, which nothing in the script defines."
    return None


def _loses(before: Analysis, block: Block, new: Sequence[ast.stmt], patches: Sequence[Patch]) -> str | None:
    names = names_of(new)
    kept = {*names.defines, *names.reads}
    readers = sorted((b for b in before.blocks if b.id != block.id), key=lambda b: b.order)
    now = {p.block_id: set(names_of(parse_block(p.new_code) or []).reads) for p in patches}
    for name in block.defines:
        if name in names.defines:
            continue
        elsewhere = [b for b in readers if name in b.defines and name in _bound_by(before, b)]
        if any(b.order < block.order or b.kind is not BlockKind.STATEMENTS for b in elsewhere) or (
            name in kept and name in block.reads
        ):
            continue
        for reader in readers:
            later = reader.order > block.order or reader.kind is not BlockKind.STATEMENTS
            reads = name in now.get(reader.id, reader.reads)
            if later and reads and not any(b.order < reader.order for b in elsewhere):
                return f"The new code of {block.title!r} no longer defines {name!r}, which {reader.title!r} reads."
    return None


def _bound_by(before: Analysis, block: Block) -> tuple[str, ...]:
    return bound_names(parse_block(before.script.slice(block.span)) or [])


def _breaks_definition(script: Script, block: Block, new: Sequence[ast.stmt]) -> str | None:
    olds = {n.name: n for n in parse_block(script.slice(block.span)) or [] if isinstance(n, DEFINITIONS)}
    news = {n.name: n for n in new if isinstance(n, DEFINITIONS)}
    for name, old in olds.items():
        now = news.get(name)
        if now is None:
            bound = set(bound_names(new))
            if name in bound:
                continue
            return f"The new code no longer defines {name!r}."
        if isinstance(old, ast.ClassDef) and isinstance(now, ast.ClassDef):
            methods = {m.name for m in old.body if isinstance(m, ast.FunctionDef)}
            lost = methods - {m.name for m in now.body if isinstance(m, ast.FunctionDef)}
            if lost and not lost <= {"__repr__", "__str__"}:
                return f"The new code of class {name!r} no longer has the method {sorted(lost)[0]!r}."
        elif not isinstance(old, ast.ClassDef) and not isinstance(now, ast.ClassDef):
            if not _parameters(old) <= _parameters(now) and now.args.kwarg is None:
                return f"The new code of {name!r} no longer takes all the parameters it is called with."
            if _yields_value(old) and not _yields_value(now):
                return f"The new code of {name!r} no longer returns a value."
    return None


def _parameters(node: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    return {a.arg for a in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)}


def _yields_value(node: ast.AST) -> bool:
    return any(
        (isinstance(n, ast.Return) and n.value is not None) or isinstance(n, (ast.Yield, ast.YieldFrom))
        for n in ast.walk(node)
    )
