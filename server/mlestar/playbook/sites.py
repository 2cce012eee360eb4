"""A place in a block where an estimator is constructed."""

from __future__ import annotations

from dataclasses import dataclass

import libcst as cst

from mlestar.playbook.estimators import CROSS_VALIDATORS, ESTIMATORS, PIPELINES, Estimator
from mlestar.playbook.rewriting import BlockCode


@dataclass(frozen=True)
class Site:
    """A place in the block where an estimator is constructed."""

    call: cst.Call
    name: str
    """Class name in its library, whatever the script calls it."""
    wrappers: tuple[str, ...]
    """Enclosing calls that take it, nearest first: ``("Pipeline", "GridSearchCV")``; ``?`` for an unknown one."""
    target: str | None
    """The variable or attribute that holds it (or the outermost wrapper): ``model``, ``self.model``."""
    escapes: bool
    """Returned, passed on or put in a container: uses cannot be followed by name."""
    listed: bool = False
    """One of several in a list or dictionary, such as models to compare."""

    @property
    def estimator(self) -> Estimator:
        return ESTIMATORS[self.name]

    @property
    def direct(self) -> bool:
        """Nothing but pipelines and cross-validation functions around it."""
        return all(w in PIPELINES or w in CROSS_VALIDATORS for w in self.wrappers)

    @property
    def in_pipeline(self) -> bool:
        return any(w in PIPELINES for w in self.wrappers)


def steps_outwards(node: cst.CSTNode, code: BlockCode) -> list[tuple[cst.CSTNode, cst.CSTNode]]:
    inner = node
    pairs = []
    for outer in code.ancestors(node):
        pairs.append((inner, outer))
        inner = outer
    return pairs


def argument(call: cst.Call, name: str) -> cst.BaseExpression | None:
    """The value of keyword ``name`` in ``call``."""
    return next((a.value for a in call.args if a.keyword is not None and a.keyword.value == name), None)
