"""Strategies that search for hyper-parameters: on the training data only, within a small budget."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import ClassVar

import libcst as cst

from cst_tools.types import ObjectiveKind
from mlestar.playbook.arguments import broken, keywords, literal, spread, unplain, with_keywords
from mlestar.playbook.bases import Replace, Wrap
from mlestar.playbook.estimators import DECISION, PROBA, SEARCHES, Family
from mlestar.playbook.examples import BREAST_CANCER, DIABETES, tabular
from mlestar.playbook.rewriting import Form
from mlestar.playbook.scene import Scene
from mlestar.playbook.search_space import folds, open_ranges
from mlestar.playbook.sites import Site
from mlestar.playbook.strategy import MODEL_ROLES, Change, Strategy
from mlestar.types import NotApplicable


class RegularisationPath(Replace):
    """Chooses the strength of a linear regressor's penalty by cross-validation on the training data.

    ``RidgeCV`` and its kin cost little more than one fit and choose among strengths over six orders of
    magnitude. A plain linear regression becomes a ridge regression, which contains it.
    """

    slug = "cross-validated-penalty"
    title = "Choose the penalty by cross-validation"
    reference = "https://scikit-learn.org/stable/modules/linear_model.html#setting-the-regularization-parameter"
    prior = 0.5
    families = frozenset({Family.LINEAR})
    offers = frozenset({"coef_", "intercept_", "alpha_"})
    examples = (
        tabular(
            "model = Ridge(alpha=1.0)\nmodel.fit(X_train, y_train)",
            "model = RidgeCV(alphas=[0.001, 0.01, 0.1, 1.0, 10.0, 100.0, 1000.0])\nmodel.fit(X_train, y_train)",
            before_imports="from sklearn.linear_model import Ridge",
            after_imports="from sklearn.linear_model import Ridge\nfrom sklearn.linear_model import RidgeCV",
            data=DIABETES,
        ),
    )
    _become: ClassVar[Mapping[str, str]] = {
        "Ridge": "RidgeCV",
        "LinearRegression": "RidgeCV",
        "Lasso": "LassoCV",
        "ElasticNet": "ElasticNetCV",
    }

    def new_class(self, scene: Scene, site: Site) -> tuple[str, str]:
        return "sklearn.linear_model", self._become[site.name]

    def arguments(self, scene: Scene, site: Site) -> list[str]:
        given = keywords(scene, site.call)
        new = self._become[site.name]
        own = {
            "RidgeCV": ["alphas=[0.001, 0.01, 0.1, 1.0, 10.0, 100.0, 1000.0]"],
            "LassoCV": ["cv=5"],
            "ElasticNetCV": ["l1_ratio=[0.1, 0.5, 0.9, 1.0]", "cv=5"],
        }[new]
        kept = (
            ("fit_intercept",)
            if new == "RidgeCV"
            else ("fit_intercept", "max_iter", "random_state", "selection", "tol")
        )
        return own + [f"{k}={given[k]}" for k in kept if k in given]

    def refuses(self, scene: Scene, site: Site) -> str | None:
        if site.name not in self._become:
            return f"{site.name} has no cross-validated form"
        alpha = keywords(scene, site.call).get("alpha", "1.0")
        if spread(site.call) or literal(alpha) is ValueError:
            return "the penalty comes from outside the block"
        if scene.has_text:
            return "the model is fitted on sparse text features"
        return None

    def reason(self, scene: Scene, site: Site) -> str:
        if site.name == "LinearRegression":
            return "The linear regression has no penalty; cross-validation finds how much helps, if any."
        alpha = keywords(scene, site.call).get("alpha", "1.0")
        return f"The penalty is fixed at {alpha}; the best one may be orders of magnitude away."


class RandomSearch(Wrap):
    """Searches the model's main hyper-parameters at random, by cross-validation on the training data.

    Twelve random settings, three folds each, the script's own metric. Random search finds good settings with fewer
    fits than a grid, as only a few parameters matter.
    """

    slug = "random-search"
    title = "Search the main hyper-parameters"
    reference = "https://www.jmlr.org/papers/v13/bergstra12a.html"
    prior = 0.4
    examples = (
        tabular(
            "model = DecisionTreeClassifier(max_depth=3, random_state=0)\nmodel.fit(X_train, y_train)",
            "model = RandomizedSearchCV(\n"
            "    DecisionTreeClassifier(max_depth=3, random_state=0),\n"
            '    {"min_samples_leaf": [1, 2, 5, 10, 20], "max_depth": [3, 5, 8, None]},\n'
            '    n_iter=12,\n    cv=3,\n    scoring="accuracy",\n    random_state=0,\n)\nmodel.fit(X_train, y_train)',
            before_imports="from sklearn.tree import DecisionTreeClassifier",
            after_imports="from sklearn.tree import DecisionTreeClassifier\n"
            "from sklearn.model_selection import RandomizedSearchCV",
            data=BREAST_CANCER,
        ),
    )

    def refuses(self, scene: Scene, site: Site) -> str | None:
        if not open_ranges(scene, site):
            return f"nothing is known about what to search for {site.name}"
        if spread(site.call) or unplain(scene, site.call):
            return "the model's parameters come from outside the call"
        if scene.called(SEARCHES) or scene.names.module_alias("optuna", scene.line):
            return "the script searches already"
        if any(w in ("cross_val_score", "cross_validate", "cross_val_predict") for w in site.wrappers):
            return "the model is scored by cross-validation, which each search would repeat"
        plan = folds(scene, 3)
        return plan if isinstance(plan, str) else None

    def offers(self, scene: Scene, site: Site) -> frozenset[str]:
        return site.estimator.offers & (PROBA | DECISION | {"predict_log_proba"})

    fit_keywords = frozenset({"sample_weight"})

    def form(self, scene: Scene, site: Site, inner: str) -> tuple[Form, tuple[str, ...]]:
        name, imports = scene.refer("sklearn.model_selection", "RandomizedSearchCV")
        space = open_ranges(scene, site)
        size = 1
        for one in space:
            size *= len(ast.literal_eval(one.values))
        plan = folds(scene, 3)
        cv, more = plan if isinstance(plan, tuple) else ("cv=3", ())
        items = Form("{", tuple(scene.q(f'"{r.name}": {r.values}') for r in space), "}")
        rest = [f"n_iter={min(12, size)}", cv]
        rest += [scene.q(f'scoring="{scene.scorer}"')] if scene.scorer else []
        seed = scene.seed_of(site)
        rest += [f"random_state={seed}"] if seed is not None and seed != "None" else []
        return Form(f"{name}(", (inner, items, *rest)), imports + more

    def reason(self, scene: Scene, site: Site) -> str:
        names = ", ".join(f"`{r.name}`" for r in open_ranges(scene, site))
        return f"{site.name} is fitted with {names} as given; cross-validation on the training data may choose better."


class OptunaSearch(Strategy):
    """Searches the model's main hyper-parameters with Optuna, by cross-validation on the training data.

    Twenty trials: each learns from those before where good settings lie. The search stands in the script as
    ordinary code, right before the model, which is then constructed with the best values.
    """

    slug = "optuna-search"
    title = "Search the main hyper-parameters with Optuna"
    roles = MODEL_ROLES
    reference = "https://optuna.readthedocs.io/en/stable/tutorial/10_key_features/002_configurations.html"
    prior = 0.45
    examples = (
        tabular(
            "model = LogisticRegression(C=1.0, max_iter=5000, random_state=0)\nmodel.fit(X_train, y_train)",
            "def objective(trial):\n"
            "    candidate = LogisticRegression(\n"
            '        C=trial.suggest_float("C", 0.001, 100.0, log=True),\n'
            "        max_iter=5000,\n        random_state=0,\n    )\n"
            '    return cross_val_score(candidate, X_train, y_train, cv=3, scoring="accuracy").mean()\n\n\n'
            "optuna.logging.set_verbosity(optuna.logging.WARNING)\n"
            'study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=0))\n'
            "study.optimize(objective, n_trials=20)\n"
            "model = LogisticRegression(**study.best_params, max_iter=5000, random_state=0)\n"
            "model.fit(X_train, y_train)",
            before_imports="from sklearn.linear_model import LogisticRegression",
            after_imports="from sklearn.linear_model import LogisticRegression\nimport optuna\n"
            "from sklearn.model_selection import cross_val_score",
            data=BREAST_CANCER,
            packages={"optuna": "4.0.0"},
        ),
    )

    def apply(self, scene: Scene) -> Change | NotApplicable:
        if not scene.has("optuna"):
            return NotApplicable("Optuna is not installed in the script's interpreter")
        reason = "the block constructs no model that is worth a search"
        for site in scene.sites:
            problem = self._refuses(scene, site)
            if problem:
                reason = problem
                continue
            data = training_data(scene, site)
            if data is None:
                reason = "the training data is not known by name where the model is constructed"
                continue
            return self._rewrite(scene, site, data)
        return NotApplicable(reason)

    def _refuses(self, scene: Scene, site: Site) -> str | None:
        if not open_ranges(scene, site):
            return f"nothing is known about what to search for {site.name}"
        if scene.called(SEARCHES) or scene.names.module_alias("optuna", scene.line) is not None:
            return "the script searches already"
        if scene.ctx.objective.kind is ObjectiveKind.PROPOSED:
            return "the script has no metric of its own that a search could follow"
        if spread(site.call) or unplain(scene, site.call) or "#" in scene.code.code_of(site.call):
            return "the model's parameters cannot be told by name"
        if site.wrappers or site.escapes or site.target is None or scene.scorer is None:
            return "the model is not assigned to a variable of its own, or the metric has no scorer"
        if scene.code.statement(site.call) is None:
            return "the model is not constructed in a statement of its own"
        if not isinstance(scene.code.parent(site.call), cst.Assign):
            return "the model is used where it is constructed"
        plan = folds(scene, 3)
        return plan if isinstance(plan, str) else None

    def _rewrite(self, scene: Scene, site: Site, data: tuple[str, str]) -> Change | NotApplicable:
        space = open_ranges(scene, site)
        searched = {r.name for r in space}
        kept = [f"{k}={v}" for k, v in keywords(scene, site.call).items() if k not in searched]
        own = scene.code.code_of(site.call.func)
        optuna, imports = scene.module("optuna", "optuna")
        scorer, more = scene.refer("sklearn.model_selection", "cross_val_score")
        plan = folds(scene, 3)
        cv, extra = plan if isinstance(plan, tuple) else ("cv=3", ())
        free = scene.names.free
        objective, study, candidate = free("objective"), free("study"), free("candidate")
        trial = "trial"
        unit = scene.unit
        lines = [f"def {objective}({trial}):", f"{unit}{candidate} = {own}("]
        lines += (
            [f"{unit}{unit}{r.name}={r.suggest}," for r in space] + [f"{unit}{unit}{k}," for k in kept] + [f"{unit})"]
        )
        lines.append(f'{unit}return {scorer}({candidate}, {data[0]}, {data[1]}, {cv}, scoring="{scene.scorer}").mean()')
        seed = scene.seed_of(site)
        sampler = f", sampler={optuna}.samplers.TPESampler(seed={seed})" if seed not in (None, "None") else ""
        lines += [""] if scene.code.indented else ["", ""]
        lines += [
            f"{optuna}.logging.set_verbosity({optuna}.logging.WARNING)",
            f'{study} = {optuna}.create_study(direction="maximize"{sampler})',
            f"{study}.optimize({objective}, n_trials=20)",
        ]
        draft = scene.draft()
        statement = scene.code.statement(site.call)
        if statement is None:
            return NotApplicable("the model is not constructed in a statement of its own")
        draft.before(statement, scene.q("\n".join(lines)))
        draft.replace(site.call, scene.text(Form(f"{own}(", (f"**{study}.best_params", *kept)), site.call))
        names = ", ".join(f"`{r.name}`" for r in space)
        why = f"Optuna is installed; twenty trials on the training data can choose {names} of {site.name}."
        return self.change(draft, why, f"Optuna searches {names} before {site.name} is fitted", imports + more + extra)


def training_data(scene: Scene, site: Site) -> tuple[str, str] | None:
    """Names of the features and target that the model is fitted on, when both hold where it is constructed."""
    if site.target is None:
        return None
    fits = [
        c
        for c in scene.names.method_calls("fit", site.target)
        if len(c.args) == 2 and all(isinstance(a, ast.Name) for a in c.args)
    ]
    if len(fits) != 1:
        return None
    x, y = (a.id for a in fits[0].args if isinstance(a, ast.Name))
    here = scene.line + scene.code.line_in_block(site.call)
    scope = _scope(scene.names.tree, here)
    if scope is not _scope(scene.names.tree, fits[0].lineno) or fits[0].lineno < here:
        return None
    for name in (x, y):
        stored = [
            n.lineno
            for n in ast.walk(scope)
            if isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Store)
        ]
        argument = isinstance(scope, ast.FunctionDef) and name in {
            a.arg for a in ast.walk(scope.args) if isinstance(a, ast.arg)
        }
        bound = argument or any(line < here for line in stored)
        if not bound or any(here <= line <= fits[0].lineno for line in stored):
            return None
    return x, y


def _scope(tree: ast.Module, line: int) -> ast.AST:
    """The innermost function around ``line`` (1-based), else the module."""
    found: ast.AST = tree
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.lineno <= line <= (node.end_lineno or 0):
            found = node
    return found


class SearchForTheMetric(Strategy):
    """Lets a search choose by the metric that the script reports.

    Without ``scoring``, searches choose by accuracy or R²; the setting that is best for those is not the best
    for another metric.
    """

    slug = "search-for-the-metric"
    title = "Search by the metric that counts"
    roles = MODEL_ROLES
    reference = "https://scikit-learn.org/stable/modules/grid_search.html#specifying-an-objective-metric"
    prior = 0.5
    examples = (
        tabular(
            'model = GridSearchCV(KNeighborsRegressor(), {"n_neighbors": [3, 9, 27]}, cv=3)\n'
            "model.fit(X_train, y_train)",
            "model = GridSearchCV(\n    KNeighborsRegressor(),\n"
            '    {"n_neighbors": [3, 9, 27]},\n    cv=3,\n    scoring="neg_mean_absolute_error",\n)\n'
            "model.fit(X_train, y_train)",
            before_imports="from sklearn.model_selection import GridSearchCV\n"
            "from sklearn.neighbors import KNeighborsRegressor",
            after_imports="from sklearn.model_selection import GridSearchCV\n"
            "from sklearn.neighbors import KNeighborsRegressor",
            data=DIABETES,
        ),
    )

    def apply(self, scene: Scene) -> Change | NotApplicable:
        if scene.scorer in (None, "accuracy", "r2"):
            return NotApplicable("the search chooses by this metric already, or the metric has no scorer")
        draft = scene.draft()
        for call in scene.calls_of(SEARCHES | {"LogisticRegressionCV", "RidgeCV", "RFECV"}):
            if "scoring" in keywords(scene, call) or spread(call) or len([a for a in call.args if not a.keyword]) > 2:
                continue
            now = with_keywords(call, {"scoring": scene.q(f'"{scene.scorer}"')})
            draft.replace(call, broken(scene, call, now))
        if draft.empty:
            return NotApplicable("the block has no search that leaves out `scoring`")
        why = f"The search chooses by its default score, while the script reports `{scene.metric}`."
        return self.change(draft, why, f"the search chooses by {scene.scorer}")


STRATEGIES = (RegularisationPath, RandomSearch, OptunaSearch, SearchForTheMetric)
