"""What is worth searching for each kind of model, and how a search may split the training data. Data, mostly.

The ranges follow the tuning guides of scikit-learn, LightGBM and XGBoost; they are small on purpose.
"""

from __future__ import annotations

from dataclasses import dataclass

from mlestar.playbook.arguments import keywords, literal
from mlestar.playbook.estimators import Family
from mlestar.playbook.names import dotted_ast
from mlestar.playbook.scene import Scene
from mlestar.playbook.sites import Site


@dataclass(frozen=True)
class Range:
    """One hyper-parameter: values for a random search, and how Optuna draws it."""

    name: str
    values: str
    suggest: str


_RATE = Range("learning_rate", "[0.02, 0.05, 0.1, 0.2]", 'trial.suggest_float("learning_rate", 0.02, 0.3, log=True)')
_C = Range("C", "[0.01, 0.1, 1.0, 10.0, 100.0]", 'trial.suggest_float("C", 0.001, 100.0, log=True)')
_ALPHA = Range(
    "alpha", "[0.001, 0.01, 0.1, 1.0, 10.0, 100.0]", 'trial.suggest_float("alpha", 0.0001, 1000.0, log=True)'
)
_LEAF = Range("min_samples_leaf", "[1, 2, 5, 10, 20]", 'trial.suggest_int("min_samples_leaf", 1, 30, log=True)')
_SHARE = Range("max_features", "[0.2, 0.4, 0.7, 1.0]", 'trial.suggest_float("max_features", 0.1, 1.0)')
_FOREST = (_SHARE, _LEAF)
_TREE = (_LEAF, Range("max_depth", "[3, 5, 8, None]", 'trial.suggest_int("max_depth", 2, 16)'))
_HIST = (
    _RATE,
    Range("max_leaf_nodes", "[7, 15, 31, 63]", 'trial.suggest_int("max_leaf_nodes", 5, 63, log=True)'),
    Range("min_samples_leaf", "[5, 10, 20, 40]", 'trial.suggest_int("min_samples_leaf", 3, 60, log=True)'),
    Range(
        "l2_regularization", "[0.0, 0.1, 1.0, 10.0]", 'trial.suggest_float("l2_regularization", 0.001, 10.0, log=True)'
    ),
)
_BOOST = (
    _RATE,
    Range("n_estimators", "[100, 200, 400]", 'trial.suggest_int("n_estimators", 50, 400)'),
    Range("max_depth", "[2, 3, 5]", 'trial.suggest_int("max_depth", 2, 6)'),
    Range("subsample", "[0.6, 0.8, 1.0]", 'trial.suggest_float("subsample", 0.5, 1.0)'),
)
_LGBM = (
    _RATE,
    Range("n_estimators", "[100, 200, 400]", 'trial.suggest_int("n_estimators", 50, 400)'),
    Range("num_leaves", "[7, 15, 31, 63]", 'trial.suggest_int("num_leaves", 5, 63, log=True)'),
    Range("min_child_samples", "[5, 10, 20, 40]", 'trial.suggest_int("min_child_samples", 3, 60, log=True)'),
)
_SVM = (_C, Range("gamma", '["scale", 0.001, 0.01, 0.1]', 'trial.suggest_float("gamma", 0.0001, 1.0, log=True)'))
_NEAR = (
    Range("n_neighbors", "[3, 5, 9, 15, 25]", 'trial.suggest_int("n_neighbors", 1, 40)'),
    Range("weights", '["uniform", "distance"]', 'trial.suggest_categorical("weights", ["uniform", "distance"])'),
)
_MLP = (
    Range("alpha", "[0.0001, 0.001, 0.01, 0.1]", 'trial.suggest_float("alpha", 0.00001, 1.0, log=True)'),
    Range(
        "learning_rate_init",
        "[0.0003, 0.001, 0.003]",
        'trial.suggest_float("learning_rate_init", 0.0001, 0.01, log=True)',
    ),
)


def ranges(site: Site) -> tuple[Range, ...]:
    """What is worth searching for a model of this class; empty when nothing is known."""
    name, family = site.name, site.estimator.family
    if name.startswith("HistGradient"):
        return _HIST
    if name.startswith("LGBM"):
        return _LGBM
    if name.startswith(("GradientBoosting", "XGB")):
        return _BOOST
    by_name = {"LogisticRegression": (_C,), "LinearSVC": (_C,), "SVC": _SVM, "SVR": _SVM}
    by_name |= dict.fromkeys(("Ridge", "Lasso", "RidgeClassifier"), (_ALPHA,))
    by_name |= dict.fromkeys(("MLPClassifier", "MLPRegressor"), _MLP)
    if name in by_name:
        return by_name[name]
    return {Family.FOREST: _FOREST, Family.TREE: _TREE, Family.NEIGHBOURS: _NEAR}.get(family, ())


def open_ranges(scene: Scene, site: Site) -> tuple[Range, ...]:
    """Those whose value is not computed or given from outside."""
    given = keywords(scene, site.call)
    return tuple(r for r in ranges(site) if r.name not in given or literal(given[r.name]) is not ValueError)


def folds(scene: Scene, number: int) -> tuple[str, tuple[str, ...]] | str:
    """The ``cv=`` of a search on this script's training data, and its imports; or why there can be none."""
    splitters = {"GroupKFold", "GroupShuffleSplit", "StratifiedGroupKFold", "LeaveOneGroupOut"}
    used = {(dotted_ast(c.func) or "").rsplit(".", 1)[-1] for c in scene.names.calls}
    if used & splitters:
        return "the rows come in groups, which a search would have to know"
    if "TimeSeriesSplit" in used or any(
        k.arg == "shuffle" and getattr(k.value, "value", None) is False
        for c in scene.names.calls
        if (dotted_ast(c.func) or "").endswith("train_test_split")
        for k in c.keywords
    ):
        name, imports = scene.refer("sklearn.model_selection", "TimeSeriesSplit")
        return f"cv={name}({number})", imports
    return f"cv={number}", ()
