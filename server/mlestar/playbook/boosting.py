"""Strategies for the settings and the loss of boosted trees."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from mlestar.playbook.arguments import keywords
from mlestar.playbook.bases import SetKeywords, number
from mlestar.playbook.estimators import ESTIMATORS, Family
from mlestar.playbook.examples import BREAST_CANCER, DIABETES, tabular
from mlestar.playbook.scene import Scene
from mlestar.playbook.sites import Site


class SlowBoosting(SetKeywords):
    """Boosts in smaller steps for longer; where the library can, it stops early on a part of the training data.

    A low learning rate with many trees generalises better than a high one with few. scikit-learn's boosting carves its
    validation set out of the training data by itself, so the test set plays no part.
    """

    slug = "slow-boosting"
    title = "Boost in smaller steps, stop early"
    reference = "https://doi.org/10.1214/aos/1013203451"
    prior = 0.5
    classes = frozenset(n for n, e in ESTIMATORS.items() if e.family is Family.BOOSTING and "Ada" not in n)
    examples = (
        tabular(
            "model = HistGradientBoostingClassifier(max_iter=50, random_state=0)\nmodel.fit(X_train, y_train)",
            "model = HistGradientBoostingClassifier(\n    max_iter=500,\n    random_state=0,\n"
            "    learning_rate=0.05,\n    early_stopping=True,\n    n_iter_no_change=20,\n)\n"
            "model.fit(X_train, y_train)",
            before_imports="from sklearn.ensemble import HistGradientBoostingClassifier",
            after_imports="from sklearn.ensemble import HistGradientBoostingClassifier",
            data=BREAST_CANCER,
        ),
        tabular(
            "gbr = GradientBoostingRegressor(\n    n_estimators=100,  # quick\n    random_state=1\n)\n"
            "gbr.fit(X_train, y_train)",
            "gbr = GradientBoostingRegressor(\n    n_estimators=500,  # quick\n    random_state=1,\n"
            "    learning_rate=0.05,\n    subsample=0.8,\n    n_iter_no_change=20\n)\n"
            "gbr.fit(X_train, y_train)",
            before_imports="from sklearn.ensemble import GradientBoostingRegressor",
            after_imports="from sklearn.ensemble import GradientBoostingRegressor",
            data=DIABETES,
            model="gbr",
        ),
    )

    def settings(self, scene: Scene, site: Site) -> Mapping[str, str] | str:
        given = keywords(scene, site.call)
        fit = scene.fit_keywords(site)
        if {"eval_set", "early_stopping_rounds", "callbacks"} & fit or "early_stopping_rounds" in given:
            return "the model is stopped early already"
        rate = next((r for r in ("learning_rate", "eta") if r in given), "learning_rate")
        slow = 0.05 if site.name.startswith(("Hist", "Gradient")) else 0.03
        settings: dict[str, str] = {}
        if number(scene, site, rate, 0.1) > slow:
            settings[rate] = repr(slow)
        rounds = "max_iter" if site.name.startswith("Hist") else "n_estimators"
        rounds = next((r for r in ("iterations", "num_boost_round") if r in given), rounds)
        if site.name.startswith("CatBoost"):
            return "CatBoost chooses its learning rate by the number of trees"
        if number(scene, site, rounds, 100) < 500:
            settings[rounds] = "500"
        if not settings:
            return "the model is boosted slowly already"
        if site.name.startswith("Hist"):
            settings |= {"early_stopping": "True", "n_iter_no_change": "20"}
        elif site.name.startswith("Gradient"):
            settings |= {"subsample": "0.8", "n_iter_no_change": "20"}
        elif site.name.startswith("LGBM"):
            settings |= {"subsample": "0.8", "subsample_freq": "1", "colsample_bytree": "0.8"}
        else:
            settings |= {"subsample": "0.8", "colsample_bytree": "0.8"}
        return {k: v for k, v in settings.items() if k in (rate, rounds) or k not in given}

    def reason(self, scene: Scene, site: Site) -> str:
        rate = keywords(scene, site.call).get("learning_rate")
        now = f"learns at a rate of {rate}" if rate is not None else "learns at its default rate"
        return f"{site.name} {now}; smaller steps with more trees usually generalise better."


class RegularisedBoosting(SetKeywords):
    """Makes boosted trees smaller and shrinks their leaves.

    With few rows, trees of 31 leaves fit noise; trees of 8 leaves with L2 regularisation see less of it.
    """

    slug = "smaller-boosted-trees"
    title = "Boost smaller, regularised trees"
    reference = "https://scikit-learn.org/stable/modules/generated/sklearn.ensemble.HistGradientBoostingClassifier.html"
    prior = 0.4
    classes = frozenset(n for n in ESTIMATORS if n.startswith(("HistGradient", "LGBM", "XGB")))
    examples = (
        tabular(
            "model = HistGradientBoostingRegressor(random_state=0)\nmodel.fit(X_train, y_train)",
            "model = HistGradientBoostingRegressor(\n    random_state=0,\n    max_leaf_nodes=8,\n"
            "    l2_regularization=1.0,\n)\n"
            "model.fit(X_train, y_train)",
            before_imports="from sklearn.ensemble import HistGradientBoostingRegressor",
            after_imports="from sklearn.ensemble import HistGradientBoostingRegressor",
            data=DIABETES,
        ),
    )

    def settings(self, scene: Scene, site: Site) -> Mapping[str, str] | str:
        fact = scene.fact(site)
        if fact is not None and fact.rows > 20_000:
            return "there are enough rows for larger trees"
        if site.name.startswith("Hist"):
            return {"max_leaf_nodes": "8", "l2_regularization": "1.0"}
        if site.name.startswith("LGBM"):
            return {"num_leaves": "8", "reg_lambda": "1.0"}
        return {"max_depth": "3", "reg_lambda": "2.0"}

    def likelihood(self, scene: Scene, site: Site) -> float:
        fact = scene.fact(site)
        return self.prior + (0.15 if fact is not None and 0 < fact.rows < 1000 else 0.0)

    def reason(self, scene: Scene, site: Site) -> str:
        fact = scene.fact(site)
        rows = f"There are {fact.rows:,} rows; with so few" if fact is not None and fact.rows else "With few rows"
        return f"{rows}, small, shrunken trees fit less noise."


class MatchLoss(SetKeywords):
    """Fits the loss that the objective measures.

    A model fitted to squared errors predicts means; the mean absolute error is least at medians, and a deviance of
    counts is least under a Poisson loss.
    """

    slug = "loss-of-the-metric"
    title = "Fit the loss that the metric measures"
    reference = "https://scikit-learn.org/stable/modules/model_evaluation.html#which-scoring-function"
    prior = 0.55
    classes = frozenset(
        [
            "HistGradientBoostingRegressor",
            "GradientBoostingRegressor",
            "LGBMRegressor",
            "XGBRegressor",
            "CatBoostRegressor",
            "RandomForestRegressor",
        ]
    )
    examples = (
        tabular(
            "model = HistGradientBoostingRegressor(random_state=0)\nmodel.fit(X_train, y_train)",
            'model = HistGradientBoostingRegressor(random_state=0, loss="absolute_error")\nmodel.fit(X_train, y_train)',
            before_imports="from sklearn.ensemble import HistGradientBoostingRegressor",
            after_imports="from sklearn.ensemble import HistGradientBoostingRegressor",
            data=DIABETES,
        ),
    )
    _absolute: ClassVar[Mapping[str, tuple[str, str]]] = {
        "HistGradientBoostingRegressor": ("loss", '"absolute_error"'),
        "GradientBoostingRegressor": ("loss", '"absolute_error"'),
        "LGBMRegressor": ("objective", '"mae"'),
        "XGBRegressor": ("objective", '"reg:absoluteerror"'),
        "CatBoostRegressor": ("loss_function", '"MAE"'),
    }
    _poisson: ClassVar[Mapping[str, tuple[str, str]]] = {
        "HistGradientBoostingRegressor": ("loss", '"poisson"'),
        "RandomForestRegressor": ("criterion", '"poisson"'),
        "LGBMRegressor": ("objective", '"poisson"'),
        "XGBRegressor": ("objective", '"count:poisson"'),
        "CatBoostRegressor": ("loss_function", '"Poisson"'),
    }

    def settings(self, scene: Scene, site: Site) -> Mapping[str, str] | str:
        if scene.metric in ("mae", "medae", "wape", "mape"):
            known = self._absolute.get(site.name)
        elif scene.metric == "deviance" and "poisson" in scene.ctx.objective.expression:
            known = self._poisson.get(site.name)
        else:
            return f"the model's own loss fits `{scene.metric}`"
        if known is None:
            return f"{site.name} has no such loss"
        if known[0] in keywords(scene, site.call):
            return "the model's loss is chosen already"
        return {known[0]: known[1]}

    def reason(self, scene: Scene, site: Site) -> str:
        return f"The objective is `{scene.metric}`, and {site.name} is fitted to squared errors."


STRATEGIES = (SlowBoosting, RegularisedBoosting, MatchLoss)
