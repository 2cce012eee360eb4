"""Walking a syntax tree: what ``ast.walk`` and ``ast.iter_child_nodes`` give, at a third of their cost.

Operators and expression contexts, which have no fields, are left out.
"""

from __future__ import annotations

import ast

_LEAVES = frozenset((ast.Name, ast.Constant, ast.Pass, ast.alias))
"""Half of all nodes: nothing below them is of interest."""
_KEPT = "_mlestar_children"
"""A script's tree is walked some twenty times while it is analysed."""


def children(node: ast.AST) -> list[ast.AST]:
    """The direct children in the order of the fields. Kept on the node, so never to be changed, nor the node."""
    if node.__class__ in _LEAVES:
        return []
    fields = node.__dict__
    known: list[ast.AST] | None = fields.get(_KEPT)
    if known is not None:
        return known
    out: list[ast.AST] = []
    for name in node._fields:
        value = fields.get(name)
        if value.__class__ is list:
            for item in value:
                if isinstance(item, ast.AST) and item._fields:
                    out.append(item)
        elif isinstance(value, ast.AST) and value._fields:
            out.append(value)
    fields[_KEPT] = out
    return out


def walk(node: ast.AST) -> list[ast.AST]:
    """The node and everything below it, level by level."""
    out: list[ast.AST] = [node]
    for found in out:  # grows while it is read
        if found.__class__ not in _LEAVES:
            known = found.__dict__.get(_KEPT)
            out += children(found) if known is None else known
    return out


def located(node: ast.AST) -> list[ast.AST]:
    """The node and everything below it that has lines, also the statements without fields (``pass``, ``break``)."""
    waiting: list[ast.AST] = [node]
    out: list[ast.AST] = []
    for found in waiting:  # grows while it is read
        if hasattr(found, "lineno"):
            out.append(found)
        if found.__class__ in _LEAVES:
            continue
        fields = found.__dict__
        for name in found._fields:
            value = fields.get(name)
            if value.__class__ is list:
                waiting += [item for item in value if isinstance(item, ast.AST)]
            elif isinstance(value, ast.AST):
                waiting.append(value)
    return out
