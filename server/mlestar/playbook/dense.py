"""Making a pipeline hand dense rows to its model, where one-hot encoding may give sparse ones."""

from __future__ import annotations

import ast

import libcst as cst

from mlestar.playbook.arguments import broken, keywords, with_keywords
from mlestar.playbook.estimators import PIPELINES
from mlestar.playbook.names import dotted_ast
from mlestar.playbook.rewriting import Draft
from mlestar.playbook.scene import Scene
from mlestar.playbook.sites import Site

_COLUMNS = frozenset({"ColumnTransformer", "make_column_transformer"})
_WIDEST = 500
"""Distinct categories beyond which dense columns cost more memory than they are worth."""


def make_dense(scene: Scene, draft: Draft, site: Site) -> str | None:
    """Sets, in ``draft``, what keeps the rows dense that reach the model of ``site``; or says why that cannot be."""
    fact = scene.fact(site)
    if fact is not None and sum(c.unique for c in fact.column_facts if c.kind in ("category", "text")) > _WIDEST:
        return "the categories are too many for dense columns"
    pipeline = _pipeline(scene, site)
    if pipeline is None:
        return "the one-hot encoder may give the model a sparse matrix"
    steps = [node for node in scene.code.walk() if _within(scene, node, pipeline)]
    direct = [n for n in steps if isinstance(n, cst.Call) and scene.canonical(n.func) in _COLUMNS]
    named = [n for n in steps if isinstance(n, cst.Name) and _made(scene, n.value) and not _is_keyword(scene, n)]
    here = direct or [c for c in scene.calls_of(_COLUMNS) if scene.site(c).target in {n.value for n in named}]
    if len(here) == 1 and here[0] not in draft.replaced:
        if "sparse_threshold" in keywords(scene, here[0]):
            return "the script chooses itself when its columns are sparse"
        draft.replace(here[0], broken(scene, here[0], with_keywords(here[0], {"sparse_threshold": "0"})))
        return None
    if len(named) == 1 and not here:
        draft.replace(named[0], f"{named[0].value}.set_params(sparse_threshold=0)")
        return None
    return "the one-hot encoder may give the model a sparse matrix"


def _pipeline(scene: Scene, site: Site) -> cst.Call | None:
    """The outermost pipeline around the model."""
    found = [
        outer
        for outer in scene.code.ancestors(site.call)
        if isinstance(outer, cst.Call) and scene.canonical(outer.func) in PIPELINES
    ]
    return found[-1] if found else None


def _within(scene: Scene, node: cst.CSTNode, outer: cst.CSTNode) -> bool:
    return any(a is outer for a in scene.code.ancestors(node))


def _is_keyword(scene: Scene, name: cst.Name) -> bool:
    parent = scene.code.parent(name)
    return isinstance(parent, cst.Arg) and parent.keyword is name


def _made(scene: Scene, name: str) -> bool:
    """Whether the variable is assigned once in the script, a transformer of columns."""
    values = [
        node.value
        for node in scene.names.nodes
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == name for t in node.targets)
    ]
    return (
        len(values) == 1
        and isinstance(values[0], ast.Call)
        and scene.names.canonical(dotted_ast(values[0].func)) in _COLUMNS
    )
