"""Strategies that change how a model is trained: its settings, its loss, its weights."""

from __future__ import annotations

from collections.abc import Mapping

from cst_tools.types import Facts, FitFact
from mlestar.playbook.arguments import keywords, literal
from mlestar.playbook.bases import SetKeywords, number
from mlestar.playbook.estimators import ESTIMATORS, Family
from mlestar.playbook.examples import BREAST_CANCER, CANCER_F1, DIABETES, tabular
from mlestar.playbook.scene import Scene
from mlestar.playbook.sites import Site

_RARE = 0.35
"""Share of the rarest class, times the number of classes over two, below which classes count as imbalanced."""


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
        if number(scene, site, "n_estimators", 100) < 500:
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

    def likelihood(self, scene: Scene, site: Site) -> float:
        share = imbalance(scene.fact(site) or scene.target_fact)
        return self.prior + (0.15 if share is not None and share < 0.2 else 0.0)

    def reason(self, scene: Scene, site: Site) -> str:
        share = imbalance(scene.fact(site) or scene.target_fact)
        seen = f"The rarest class has {share:.0%} of the rows and" if share is not None else "A rare class"
        return f"{seen} counts as much as the others in `{scene.metric}`."


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
        return settings | ({"n_neighbors": "15"} if number(scene, site, "n_neighbors", 5) < 15 else {})

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
        if number(scene, site, "max_iter", 200) < 500:
            settings["max_iter"] = "500"
        return settings | ({} if "alpha" in given else {"alpha": "0.001"})

    def reason(self, scene: Scene, site: Site) -> str:
        return "The network trains for a fixed time; held-out training rows can tell it when to stop."


STRATEGIES = (
    LargerForest,
    ClassWeight,
    DistanceWeights,
    SmootherTree,
    NetworkEarlyStopping,
)
