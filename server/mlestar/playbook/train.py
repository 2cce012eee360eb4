"""Strategies that change how a model is trained: its settings, its loss, its weights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from cst_tools.types import Facts, FitFact
from mlestar.playbook.arguments import keywords, literal
from mlestar.playbook.bases import SetKeywords
from mlestar.playbook.estimators import ESTIMATORS, Family
from mlestar.playbook.examples import BREAST_CANCER, CANCER_F1, DIABETES, tabular
from mlestar.playbook.scene import Scene, Site

_RARE = 0.35
"""Share of the rarest class, times the number of classes over two, below which classes count as imbalanced."""


def _number(scene: Scene, site: Site, name: str, default: float) -> float:
    value = literal(keywords(scene, site.call).get(name, repr(default)))
    return float(value) if isinstance(value, (int, float)) else default


def imbalance(fact: FitFact | None) -> float | None:
    """Share of the rarest class; None when the classes were not seen."""
    if fact is None or len(fact.class_counts) < 2:
        return None
    return min(fact.class_counts) / max(1, sum(fact.class_counts))


class LargerForest(SetKeywords):
    """Grows more trees with larger leaves, and fewer candidate features at each split of a regression forest.

    More trees never hurt but in time; larger leaves smooth the predictions; fewer candidate features decorrelate
    the trees.
    """

    slug = "larger-forest"
    title = "Grow a larger, smoother forest"
    reference = "https://scikit-learn.org/stable/modules/ensemble.html#random-forest-parameters"
    prior = 0.4
    classes = frozenset(n for n, e in ESTIMATORS.items() if e.family is Family.FOREST)
    examples = (
        tabular(
            "model = RandomForestClassifier(n_estimators=20, random_state=0)\nmodel.fit(X_train, y_train)",
            "model = RandomForestClassifier(n_estimators=500, random_state=0, min_samples_leaf=2)\n"
            "model.fit(X_train, y_train)",
            before_imports="from sklearn.ensemble import RandomForestClassifier",
            after_imports="from sklearn.ensemble import RandomForestClassifier",
            data=BREAST_CANCER,
        ),
        tabular(
            "params = {\n    'n_estimators': 50,\n    'random_state': 0,\n}\n"
            "model = ExtraTreesRegressor(**params)\nmodel.fit(X_train, y_train)",
            "params = {\n    'n_estimators': 500,\n    'random_state': 0,\n    'min_samples_leaf': 2,\n"
            "    'max_features': 0.5,\n}\n"
            "model = ExtraTreesRegressor(**params)\nmodel.fit(X_train, y_train)",
            before_imports="from sklearn.ensemble import ExtraTreesRegressor",
            after_imports="from sklearn.ensemble import ExtraTreesRegressor",
            data=DIABETES,
        ),
    )

    def settings(self, scene: Scene, site: Site) -> Mapping[str, str] | str:
        given = keywords(scene, site.call)
        settings = {}
        if _number(scene, site, "n_estimators", 100) < 500:
            settings["n_estimators"] = "500"
        if "min_samples_leaf" not in given:
            settings["min_samples_leaf"] = "2"
        if not site.estimator.classifier and "max_features" not in given:
            settings["max_features"] = "0.5"
        return settings or "the forest is large already"

    def reason(self, scene: Scene, site: Site) -> str:
        given = keywords(scene, site.call)
        trees = given.get("n_estimators", "100")
        if "min_samples_leaf" in given or literal(trees) is ValueError:
            return "More trees, and fewer candidate features at each split, lower the variance of the forest."
        return f"The forest has {trees} trees grown to pure leaves; more trees and larger leaves lower its variance."


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
        if _number(scene, site, rate, 0.1) > slow:
            settings[rate] = repr(slow)
        rounds = "max_iter" if site.name.startswith("Hist") else "n_estimators"
        rounds = next((r for r in ("iterations", "num_boost_round") if r in given), rounds)
        if site.name.startswith("CatBoost"):
            return "CatBoost chooses its learning rate by the number of trees"
        if _number(scene, site, rounds, 100) < 500:
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

    def reason(self, scene: Scene, site: Site) -> str:
        fact = scene.fact(site)
        rows = f"There are {fact.rows:,} rows; with so few" if fact is not None and fact.rows else "With few rows"
        return f"{rows}, small, shrunken trees fit less noise."


class ClassWeight(SetKeywords):
    """Weighs the classes by how rare they are.

    For metrics that count the rare class (F1, recall, balanced accuracy) a model fitted to the raw frequencies
    predicts it too seldom. Accuracy, AUC and log loss do not gain from weights, so they get no such plan.
    """

    slug = "class-weight"
    title = "Weigh rare classes more"
    reference = "https://scikit-learn.org/stable/modules/generated/sklearn.utils.class_weight.compute_class_weight.html"
    prior = 0.5
    classes = frozenset(n for n, e in ESTIMATORS.items() if e.weighted)
    metrics = frozenset(
        ["f1", "f1_macro", "f1_weighted", "recall", "balanced_accuracy", "fbeta", "mcc", "kappa", "jaccard"]
    )
    examples = (
        tabular(
            "model = LogisticRegression(max_iter=5000)\nmodel.fit(X_train, y_train)",
            'model = LogisticRegression(max_iter=5000, class_weight="balanced")\nmodel.fit(X_train, y_train)',
            before_imports="from sklearn.linear_model import LogisticRegression",
            after_imports="from sklearn.linear_model import LogisticRegression",
            data=CANCER_F1,
            facts=Facts((FitFact(9, "model.fit", "sklearn.linear_model._logistic.LogisticRegression", "ndarray",
                                 426, 30, target_kind="binary", class_counts=(60, 366)),)),
        ),
    )  # fmt: skip

    def settings(self, scene: Scene, site: Site) -> Mapping[str, str] | str:
        if scene.metric not in self.metrics:
            return f"`{scene.metric}` does not gain from class weights"
        if "class_weight" in keywords(scene, site.call):
            return "the model has class weights already"
        fact = scene.fact(site) or scene.target_fact
        share = imbalance(fact)
        if share is not None and fact is not None and share > _RARE * 2 / len(fact.class_counts):
            return "the classes are of similar size"
        if site.name.startswith("HistGradient") and not scene.sklearn(1, 2):
            return "class weights of histogram gradient boosting need scikit-learn 1.2"
        return {"class_weight": '"balanced"'}

    def reason(self, scene: Scene, site: Site) -> str:
        share = imbalance(scene.fact(site) or scene.target_fact)
        seen = f"The rarest class has {share:.0%} of the rows and" if share is not None else "A rare class"
        return f"{seen} counts as much as the others in `{scene.metric}`."


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


class DistanceWeights(SetKeywords):
    """Lets near neighbours count more, and asks a few more of them.

    With uniform weights the k-th neighbour counts as much as the first; weights by distance make a larger k safe.
    """

    slug = "distance-weights"
    title = "Weigh neighbours by distance"
    reference = "https://scikit-learn.org/stable/modules/neighbors.html#nearest-neighbors-classification"
    prior = 0.4
    classes = frozenset({"KNeighborsClassifier", "KNeighborsRegressor"})
    examples = (
        tabular(
            "knn = KNeighborsRegressor(5)\nknn.fit(X_train, y_train)",
            'knn = KNeighborsRegressor(15, weights="distance")\nknn.fit(X_train, y_train)',
            before_imports="from sklearn.neighbors import KNeighborsRegressor",
            after_imports="from sklearn.neighbors import KNeighborsRegressor",
            data=DIABETES,
            model="knn",
        ),
    )

    def settings(self, scene: Scene, site: Site) -> Mapping[str, str] | str:
        if "weights" in keywords(scene, site.call):
            return "the neighbours' weights are chosen already"
        settings = {"weights": '"distance"'}
        return settings | ({"n_neighbors": "15"} if _number(scene, site, "n_neighbors", 5) < 15 else {})

    def reason(self, scene: Scene, site: Site) -> str:
        return "All neighbours count the same; by distance, more of them can be asked without blurring."


class SmootherTree(SetKeywords):
    """Keeps a single tree from growing to pure leaves.

    A tree grown to the end remembers the training data. Leaves of at least ten rows and cost-complexity pruning make it
    generalise, and keep it as readable as it was.
    """

    slug = "prune-tree"
    title = "Keep the tree from memorising"
    reference = "https://scikit-learn.org/stable/modules/tree.html#minimal-cost-complexity-pruning"
    prior = 0.5
    classes = frozenset({"DecisionTreeClassifier", "DecisionTreeRegressor"})
    examples = (
        tabular(
            "tree = DecisionTreeRegressor(random_state=0)\ntree.fit(X_train, y_train)",
            "tree = DecisionTreeRegressor(random_state=0, min_samples_leaf=10)\ntree.fit(X_train, y_train)",
            before_imports="from sklearn.tree import DecisionTreeRegressor",
            after_imports="from sklearn.tree import DecisionTreeRegressor",
            data=DIABETES,
            model="tree",
        ),
    )

    def settings(self, scene: Scene, site: Site) -> Mapping[str, str] | str:
        if {"min_samples_leaf", "ccp_alpha"} & set(keywords(scene, site.call)):
            return "the tree is pruned already"
        return {"min_samples_leaf": "10"}

    def reason(self, scene: Scene, site: Site) -> str:
        return "The tree may grow until every leaf is pure, which remembers noise."


class NetworkEarlyStopping(SetKeywords):
    """Stops a multi-layer perceptron when a part of the training data says so, with weight decay.

    The validation rows are carved out of the training data by scikit-learn itself.
    """

    slug = "mlp-early-stopping"
    title = "Stop the network early, with weight decay"
    reference = "https://scikit-learn.org/stable/modules/neural_networks_supervised.html#tips-on-practical-use"
    prior = 0.4
    classes = frozenset({"MLPClassifier", "MLPRegressor"})
    examples = (
        tabular(
            "net = make_pipeline(StandardScaler(), MLPClassifier((32,)))\nnet.fit(X_train, y_train)",
            "net = make_pipeline(StandardScaler(), MLPClassifier((32,), early_stopping=True, "
            "max_iter=500, alpha=0.001))\nnet.fit(X_train, y_train)",
            before_imports="from sklearn.neural_network import MLPClassifier\n"
            "from sklearn.pipeline import make_pipeline\nfrom sklearn.preprocessing import StandardScaler",
            after_imports="from sklearn.neural_network import MLPClassifier\n"
            "from sklearn.pipeline import make_pipeline\nfrom sklearn.preprocessing import StandardScaler",
            data=BREAST_CANCER,
            model="net",
        ),
    )

    def settings(self, scene: Scene, site: Site) -> Mapping[str, str] | str:
        given = keywords(scene, site.call)
        if "early_stopping" in given:
            return "early stopping is chosen already"
        if literal(given.get("solver", "'adam'")) == "lbfgs":
            return "the solver does not stop early"
        settings = {"early_stopping": "True"}
        if _number(scene, site, "max_iter", 200) < 500:
            settings["max_iter"] = "500"
        return settings | ({} if "alpha" in given else {"alpha": "0.001"})

    def reason(self, scene: Scene, site: Site) -> str:
        return "The network trains for a fixed time; held-out training rows can tell it when to stop."


STRATEGIES = (
    LargerForest,
    SlowBoosting,
    RegularisedBoosting,
    ClassWeight,
    MatchLoss,
    DistanceWeights,
    SmootherTree,
    NetworkEarlyStopping,
)
