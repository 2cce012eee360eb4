"""Statements that belong to the evaluation because of the objective: those that hold it and those that count for it."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from cst_tools.shapes import suites_of, target_names
from cst_tools.spine import Spine, SpineStatement
from cst_tools.types import BlockKind, Role, Span
from cst_tools.walking import walk

_FITS = frozenset({Role.MODEL, Role.TRAIN, Role.TUNE, Role.ENSEMBLE, Role.SPLIT, Role.PREPROCESS})


def objective_steps(found: Spine, spans: Sequence[Span]) -> dict[int, tuple[Role, str]]:
    """By the id of their node, statements that are `EVALUATE` because of what the objective's expression reads."""
    out: dict[int, tuple[Role, str]] = {}
    for span in spans:
        holders = [s for s in found.statements if s.span.contains(span)]
        for holder in holders:
            compound = holder.kind is not BlockKind.STATEMENTS or bool(suites_of(holder.node))
            if holder.kind is BlockKind.CLASS or holder.judgement.role is Role.EVALUATE:
                pass
            elif not compound or holder.judgement.role not in _FITS:
                out[id(holder.node)] = (Role.EVALUATE, "shows the objective")
            for statement, name in _counting(found, holder):
                out.setdefault(id(statement.node), (Role.EVALUATE, f"counts {name}"))
    return out


def _counting(found: Spine, holder: SpineStatement) -> list[tuple[SpineStatement, str]]:
    """Weak statements around the holder that start, add to or keep the best of a name that it reads."""
    if suites_of(holder.node) or holder.kind is not BlockKind.STATEMENTS:
        return []
    read = {n.id for n in walk(holder.node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    found_for: dict[str, list[SpineStatement]] = {}
    grown: set[str] = set()
    for statement in found.statements:
        if statement.container != holder.container or statement is holder:
            continue
        judgement = statement.judgement
        inner = bool(suites_of(statement.node))
        if not judgement.weak and not (inner and judgement.role in (Role.SUBMIT, Role.OTHER, Role.EVALUATE)):
            continue
        starts, grows = _kept(statement.node, read)
        for name in starts | grows:
            found_for.setdefault(name, []).append(statement)
        grown |= grows
    return [(statement, name) for name in sorted(grown) for statement in found_for[name]]


def _kept(node: ast.stmt, read: set[str]) -> tuple[set[str], set[str]]:
    """Names that a statement starts at a constant, and names that it adds to."""
    if isinstance(node, ast.Assign):
        starting = isinstance(node.value, ast.Constant) or (
            isinstance(node.value, (ast.List, ast.Dict)) and not ast.unparse(node.value).strip("[]{}")
        )
        names = {name for target in node.targets for name in target_names(target)}
        tuples = isinstance(node.value, ast.Tuple) and all(isinstance(v, ast.Constant) for v in node.value.elts)
        return (names & read if starting or tuples else set()), set()
    grows: set[str] = set()
    for part in walk(node):
        if isinstance(part, ast.AugAssign) and isinstance(part.target, ast.Name):
            grows.add(part.target.id)
        elif isinstance(part, ast.Assign) and isinstance(node, ast.If):
            grows |= {name for target in part.targets for name in target_names(target)}
        elif isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute) and part.func.attr == "append":
            grows |= set(target_names(part.func.value))
    return set(), grows & read
