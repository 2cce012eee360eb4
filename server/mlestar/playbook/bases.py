"""The shapes that most strategies share: another class, other keyword arguments, something around the model."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import ClassVar

from cst_tools.types import FitFact
from mlestar.playbook.arguments import keywords, literal, set_keywords
from mlestar.playbook.estimators import SEARCHES, Family
from mlestar.playbook.rewriting import Draft, Form
from mlestar.playbook.scene import Scene
from mlestar.playbook.sites import Site
from mlestar.playbook.strategy import MODEL_ROLES, Change, Strategy
from mlestar.types import NotApplicable

_SMALL = 150
"""Rows below which boosted trees rarely beat a linear model."""


def size_prior(fact: FitFact | None, prior: float) -> float:
    if fact is None:
        return prior
    return prior - 0.25 if fact.rows < _SMALL else prior + (0.1 if fact.rows > 2000 else 0.0)


def data_reason(fact: FitFact | None, fallback: str) -> str:
    if fact is None or not fact.rows:
        return fallback
    missing = f", {fact.missing} values of it missing" if fact.missing else ""
    return f"{fallback} `fit` saw {fact.rows:,} rows and {fact.columns:,} columns{missing}.".replace(
        ". `fit`", "; `fit`"
    )


class Replace(Strategy):
    """Puts another estimator class in the place of a model."""

    roles = MODEL_ROLES
    families: ClassVar[frozenset[Family]]
    offers: ClassVar[frozenset[str]]
    fit_keywords: ClassVar[frozenset[str]] = frozenset({"sample_weight"})

    @abstractmethod
    def new_class(self, scene: Scene, site: Site) -> tuple[str, str]:
        """Module and name of the class that takes its place."""

    @abstractmethod
    def arguments(self, scene: Scene, site: Site) -> list[str]:
        """What it is constructed with."""

    @abstractmethod
    def refuses(self, scene: Scene, site: Site) -> str | None:
        """Why this model should stay; None when it may be replaced."""

    @abstractmethod
    def reason(self, scene: Scene, site: Site) -> str:
        """Why it may help this script."""

    def prepare(self, scene: Scene, draft: Draft, site: Site) -> str | None:
        """Changes around the model that the new class needs, made in ``draft``; or why they cannot be made."""
        return None

    def apply(self, scene: Scene) -> Change | NotApplicable:
        reason = "the block constructs no model that this strategy replaces"
        draft = scene.draft()
        imports: tuple[str, ...] = ()
        done: list[Site] = []
        for site in scene.sites:
            if site.estimator.family not in self.families or not site.direct:
                continue
            if site.listed:
                reason = "the model is one of several that the script compares"
                continue
            problem = self.refuses(scene, site) or scene.not_offered(site, self.offers, self.fit_keywords)
            problem = problem or self.prepare(scene, draft, site)
            if problem:
                reason = problem
                continue
            module, name = self.new_class(scene, site)
            written, added = scene.refer(module, name)
            draft.replace(site.call, scene.text(Form(f"{written}(", tuple(self.arguments(scene, site))), site.call))
            imports += added
            done.append(site)
        if not done:
            return NotApplicable(reason)
        old, new = done[0].name, self.new_class(scene, done[0])[1]
        prior = size_prior(scene.fact(done[0]), self.prior)
        return self.change(draft, self.reason(scene, done[0]), f"{old} becomes {new}", imports, prior)


def number(scene: Scene, site: Site, name: str, default: float) -> float:
    """A numeric parameter as given, else ``default``; also where it is computed."""
    value = literal(keywords(scene, site.call).get(name, repr(default)))
    return float(value) if isinstance(value, (int, float)) else default


def seed_argument(scene: Scene, site: Site) -> list[str]:
    seed = scene.seed_of(site)
    return [f"random_state={seed}"] if seed is not None else []


def class_weight_argument(scene: Scene, site: Site) -> list[str]:
    given = keywords(scene, site.call)
    return [f"class_weight={given['class_weight']}"] if "class_weight" in given else []


def sparse_input(scene: Scene, site: Site) -> str | None:
    """Why the model may be given a sparse matrix; None when it is surely (or as far as code tells) dense."""
    fact = scene.fact(site)
    if fact is not None and fact.x_kind == "sparse":
        return "the model is fitted on a sparse matrix"
    watched = fact is not None and not site.in_pipeline and fact.x_kind in ("dataframe", "ndarray")
    if watched:
        return None
    if scene.has_text and not scene.called({"TruncatedSVD"}):
        return "the model is fitted on sparse text features"
    return sparse_encoder(scene)


def sparse_encoder(scene: Scene) -> str | None:
    """Why one-hot encoding may give the model a sparse matrix; None when it cannot."""
    for call in scene.names.called({"OneHotEncoder"}):
        given = {k.arg: k.value for k in call.keywords}
        dense = any(getattr(given.get(k), "value", None) is False for k in ("sparse_output", "sparse"))
        if not dense and not scene.called({"ColumnTransformer"}):
            return "the one-hot encoder gives the model a sparse matrix"
        if not dense and not _dense_columns(scene):
            return "the one-hot encoder may give the model a sparse matrix; set `sparse_output=False` on it first"
    return None


def _dense_columns(scene: Scene) -> bool:
    """Whether the ColumnTransformer of the script always returns dense arrays."""
    calls = scene.names.called({"ColumnTransformer", "make_column_transformer"})
    return bool(calls) and all(
        any(k.arg == "sparse_threshold" and getattr(k.value, "value", None) == 0 for k in c.keywords) for c in calls
    )


class SetKeywords(Strategy):
    """Sets parameters of a model, where it is constructed or in the dictionary that it spreads."""

    roles = MODEL_ROLES
    classes: ClassVar[frozenset[str]]

    @abstractmethod
    def settings(self, scene: Scene, site: Site) -> Mapping[str, str] | str:
        """Parameters and their values as code, or why this model should stay."""

    @abstractmethod
    def reason(self, scene: Scene, site: Site) -> str:
        """Why it may help this script."""

    def likelihood(self, scene: Scene, site: Site) -> float:
        """The prior, adjusted by what was seen of the data."""
        return self.prior

    def apply(self, scene: Scene) -> Change | NotApplicable:
        reason = "the block constructs no model whose parameters this strategy sets"
        draft = scene.draft()
        done: list[tuple[Site, list[str]]] = []
        for site in (*scene.sites, *scene.spread_sites):
            if site.name not in self.classes:
                continue
            settings = self.settings(scene, site)
            if isinstance(settings, str):
                reason = settings
                continue
            wanted = {k: scene.q(v) for k, v in settings.items() if not searched(scene, k)}
            made = set_keywords(scene, draft, site.call, wanted) if wanted else "its parameters are searched already"
            if isinstance(made, str):
                reason = made
                continue
            done.append((site, made))
        if not done:
            return NotApplicable(reason)
        site, made = done[0]
        summary = f"{site.name} gets {', '.join(made)}"
        return self.change(draft, self.reason(scene, site), summary, prior=self.likelihood(scene, site))


def searched(scene: Scene, parameter: str) -> bool:
    """Whether the script searches over values of ``parameter``."""
    if not scene.called(SEARCHES):
        return False
    return parameter in scene.names.strings or any(p.endswith(f"__{parameter}") for p in scene.parameter_paths)


class Wrap(Strategy):
    """Puts something around a model that fits and predicts as the model did."""

    roles = MODEL_ROLES

    @abstractmethod
    def refuses(self, scene: Scene, site: Site) -> str | None:
        """Why this model should stay as it is."""

    @abstractmethod
    def offers(self, scene: Scene, site: Site) -> frozenset[str]:
        """What the wrapped model offers to later code."""

    @abstractmethod
    def form(self, scene: Scene, site: Site, inner: str) -> tuple[Form, tuple[str, ...]]:
        """The wrapper around the code ``inner``, and the imports it needs."""

    @abstractmethod
    def reason(self, scene: Scene, site: Site) -> str:
        """Why it may help this script."""

    fit_keywords: ClassVar[frozenset[str]] = frozenset()

    def wraps(self, scene: Scene, draft: Draft, site: Site) -> tuple[str, ...] | str:
        """Wraps one model in ``draft``: the imports needed, or why it cannot be."""
        if not site.direct or site.listed:
            return "the model is part of another one, or one of several that the script compares"
        problem = self.refuses(scene, site) or scene.not_offered(site, self.offers(scene, site), self.fit_keywords)
        if problem:
            return problem
        inner = scene.code.code_of(site.call)
        if any(mark in inner for mark in ("'''", '"""', "#")):
            return "the model's arguments hold comments or strings that cannot be moved"
        form, imports = self.form(scene, site, inner)
        draft.replace(site.call, scene.text(form, site.call))
        return imports

    def apply(self, scene: Scene) -> Change | NotApplicable:
        reason = "the block constructs no model that this strategy wraps"
        draft = scene.draft()
        imports: tuple[str, ...] = ()
        done: list[Site] = []
        for site in scene.sites:
            added = self.wraps(scene, draft, site)
            if isinstance(added, str):
                reason = added
                continue
            imports += added
            done.append(site)
        if not done:
            return NotApplicable(reason)
        prior = self.likelihood(scene, done[0])
        return self.change(draft, self.reason(scene, done[0]), self.summary(done[0]), imports, prior)

    def likelihood(self, scene: Scene, site: Site) -> float:
        """The prior, adjusted by what was seen of the data."""
        return self.prior

    def summary(self, site: Site) -> str:
        return f"{self.title}: {site.name}"
