"""What strategies for imputers, encoders, scalers and vectorisers share."""

from __future__ import annotations

import ast
from abc import abstractmethod
from typing import ClassVar

from cst_tools.types import ColumnFact
from mlestar.playbook.estimators import COLUMN_WISE, ESTIMATORS, PIPELINES, Family
from mlestar.playbook.names import dotted_ast
from mlestar.playbook.rewriting import Draft
from mlestar.playbook.scene import Scene
from mlestar.playbook.sites import Site
from mlestar.playbook.strategy import PIPELINE_ROLES, Change, Strategy
from mlestar.types import NotApplicable


def columns_seen(scene: Scene) -> tuple[ColumnFact, ...]:
    """The columns of the widest frame that reached a ``fit``, as far as a run was watched."""
    frames = [f.column_facts for f in scene.ctx.facts.fits if f.column_facts]
    return max(frames, key=len) if frames else ()


def families(scene: Scene) -> set[Family]:
    """Families of all models that the script constructs."""
    found = {scene.names.canonical(dotted_ast(call.func)) for call in scene.names.called(ESTIMATORS.keys())}
    return {ESTIMATORS[name].family for name in found if name}


class Transformers(Strategy):
    """Rewrites the constructor calls of some transformer classes."""

    roles = PIPELINE_ROLES
    classes: ClassVar[frozenset[str]]

    @abstractmethod
    def edit(self, scene: Scene, draft: Draft, site: Site) -> tuple[str, ...] | str:
        """Put the edit of one call into ``draft``: the imports needed, or why not."""

    @abstractmethod
    def reason(self, scene: Scene) -> str:
        """Why it may help this script."""

    def apply(self, scene: Scene) -> Change | NotApplicable:
        names = " or ".join(sorted(self.classes))
        reason = f"the block constructs no {names}"
        draft = scene.draft()
        imports: tuple[str, ...] = ()
        done: list[str] = []
        for call in scene.calls_of(self.classes):
            site = scene.site(call)
            made = self.edit(scene, draft, site)
            if isinstance(made, str):
                reason = made
                continue
            imports += made
            done.append(site.name)
        if not done:
            return NotApplicable(reason)
        summary = f"{self.title}: {', '.join(dict.fromkeys(done))}"
        return self.change(draft, self.reason(scene), summary, imports, self.likelihood(scene))

    def likelihood(self, scene: Scene) -> float:
        """The prior, adjusted by what was seen of the data."""
        return self.prior


def result_shape_is_free(scene: Scene, site: Site) -> bool:
    """Whether nothing in the script counts on the number of columns that this transformer returns."""
    if any(w in PIPELINES or w in COLUMN_WISE for w in site.wrappers):
        names = {"get_feature_names_out", "named_transformers_", "transformers_", "set_output"}
        return not names & scene.names.all_attributes()
    if site.target is None or site.wrappers or site.escapes:
        return False
    uses = [c for m in ("fit_transform", "transform") for c in scene.names.method_calls(m, site.target)]
    plain = {
        id(node.value)
        for node in scene.names.nodes
        if isinstance(node, ast.Assign) and all(isinstance(t, ast.Name) for t in node.targets)
    }
    piped = any(
        scene.names.canonical(dotted_ast(c.func)) in PIPELINES | COLUMN_WISE
        and any(dotted_ast(n) == site.target for n in ast.walk(c))
        for c in scene.names.calls
    )
    return all(id(c) in plain for c in uses) and (bool(uses) or piped)
