"""Weakening estimators: hyper-parameters at their defaults, and simpler reference models."""

from __future__ import annotations

import ast
import re

import libcst as cst

from cst_tools.snippet import CallRewriter, Change, Snippet, called, with_args

_KEEP = frozenset(
    [
        "random_state",
        "seed",
        "random_seed",
        "n_jobs",
        "nthread",
        "thread_count",
        "num_threads",
        "workers",
        "verbose",
        "verbosity",
        "silent",
        "logging_level",
        "max_iter",
        "objective",
        "application",
        "metric",
        "eval_metric",
        "loss",
        "loss_function",
        "num_class",
        "classes",
        "probability",
        "estimator",
        "estimators",
        "base_estimator",
        "final_estimator",
        "steps",
        "transformers",
        "remainder",
        "regressor",
        "classifier",
        "transformer",
        "func",
        "inverse_func",
        "voting",
        "enable_categorical",
        "categorical_features",
        "categorical_feature",
        "cat_features",
        "device",
        "device_type",
        "task_type",
        "tree_method",
        "allow_writing_files",
        "train_dir",
        "class_weight",
        "scale_pos_weight",
        "is_unbalance",
        "class_weights",
        "auto_class_weights",
        "early_stopping_rounds",
        "early_stopping",
        "callbacks",
        "iterations",
        "input_dim",
        "input_shape",
        "in_features",
        "out_features",
        "num_labels",
        "n_features",
        "n_classes",
        "num_classes",
        "hidden_size",
        "vocab_size",
        "strategy",
        "missing",
        "handle_unknown",
        "cv",
        "scoring",
        "param_grid",
        "param_distributions",
        "n_iter",
        "store_cv_values",
        "oob_score",
        "use_label_encoder",
        "force_row_wise",
        "force_col_wise",
        "multi_strategy",
        "sparse_output",
        "sparse",
        "dtype",
        "dual",
        "memory",
        "n_components",
    ]
)
ESTIMATOR = re.compile(
    r"^(?=[A-Z]).*(?:Classifier|Regressor|Regression|RegressionCV|Forest|Trees|SVC|SVR|NB|Ridge|RidgeCV|Lasso|LassoCV|ElasticNet"
    r"|ElasticNetCV|Perceptron|Discriminant\w*|Lars|LassoLars|CatBoost|TheilSen\w*)$"
)
_META = re.compile(
    r"Voting|Stacking|Calibrated|OneVs|MultiOutput|Chain|Bagging|TransformedTarget|Dummy|TunedThreshold|SelfTraining"
)
_TREES = re.compile(r"Forest|Trees|Boost|GBM|GradientBoosting|XGB|XGBRF|Tree|GBC|GBR")
_REGRESSES = re.compile(
    r"Regressor|LinearRegression|SVR|Ridge(?!Classifier)|Lasso|ElasticNet|Lars|Huber|PoissonRegress|GammaRegress|TheilSen"
)
_NOISE_ONLY = frozenset(("random_state", "seed", "random_seed"))


def _never_fitted(snippet: Snippet, fitted: frozenset[str]) -> frozenset[str]:
    """Classes in the block that no run fitted while another one was: branches that its arguments do not enter."""
    names: set[str] = set()

    def look(node: cst.Call) -> cst.BaseExpression:
        names.add(called(node))
        return node

    snippet.visit(CallRewriter(look))
    return frozenset(names - fitted) if names & fitted else frozenset()


def defaults(snippet: Snippet, script_text: str, fitted: frozenset[str] = frozenset()) -> Change | None:
    """Hyper-parameters of every estimator in the block back to the library's defaults."""
    dropped: list[str] = []
    idle = _never_fitted(snippet, fitted)

    def change(node: cst.Call) -> cst.BaseExpression:
        name = called(node)
        if not ESTIMATOR.match(name) or _META.search(name) or name in idle:
            return node
        kept = [a for a in node.args if _keeps(a) or _is_default(name, a)]
        if len(kept) == len(node.args):
            return node
        dropped.extend(_argument_name(snippet, a) for a in node.args if a not in kept)
        return with_args(node, kept)

    result = snippet.visit(CallRewriter(change))
    result = result.visit(_ParameterDicts(dropped, script_text))
    if not dropped:
        return None
    names = ", ".join(dict.fromkeys(dropped))
    return Change(result.code, f"hyper-parameters at their defaults ({names})", "defaults")


def _keeps(argument: cst.Arg) -> bool:
    return (
        argument.star == "*"
        or (argument.keyword is not None and argument.keyword.value in _KEEP)
        or argument.star == "**"
    )


_DEFAULTS: dict[str, object] = {
    "C": 1.0, "alpha": 1.0, "n_estimators": 100, "max_depth": None, "min_samples_split": 2, "min_samples_leaf": 1,
    "n_neighbors": 5, "kernel": "rbf", "gamma": "scale", "penalty": "l2", "solver": "lbfgs", "criterion": "gini",
    "weights": "uniform", "learning_rate": 0.1, "subsample": 1.0, "num_leaves": 31, "l1_ratio": 0.5, "bootstrap": True,
    "fit_intercept": True, "tol": 1e-4, "reg_alpha": 0.0, "colsample_bytree": 1.0, "hidden_layer_sizes": (100,),
}  # fmt: skip


def _is_default(estimator: str, argument: cst.Arg) -> bool:
    """Whether an argument says what the library would do anyway: leaving it out would measure nothing."""
    if argument.keyword is None or argument.keyword.value not in _DEFAULTS:
        return False
    if estimator.startswith(("XGB", "CatBoost", "AdaBoost", "SGD", "GaussianProcess", "BernoulliNB", "MLP")):
        return False
    try:
        value = ast.literal_eval(cst.Module([]).code_for_node(argument.value))
    except (ValueError, SyntaxError):
        return False
    default = _DEFAULTS[argument.keyword.value]
    return isinstance(value, bool) is isinstance(default, bool) and value == default


def _argument_name(snippet: Snippet, argument: cst.Arg) -> str:
    return argument.keyword.value if argument.keyword is not None else snippet.source(argument.value)[:30]


class _ParameterDicts(cst.CSTTransformer):
    """``params = {...}`` that is unpacked into an estimator loses its hyper-parameters."""

    def __init__(self, dropped: list[str], script_text: str) -> None:
        super().__init__()
        self.dropped = dropped
        self.text = script_text

    def leave_Assign(self, original_node: cst.Assign, updated_node: cst.Assign) -> cst.Assign:
        target = updated_node.targets[0].target
        value = updated_node.value
        if len(updated_node.targets) != 1 or not isinstance(target, cst.Name):
            return updated_node
        if not re.search(r"param|config|hp\b|kwargs", target.value, re.IGNORECASE):
            return updated_node
        name = re.escape(target.value)
        if not re.search(rf"\*\*\s*{name}\b", self.text) or re.search(rf"\b{name}\s*\[|\b{name}\.get\(", self.text):
            return updated_node
        if isinstance(value, cst.Dict):
            kept = [e for e in value.elements if not (isinstance(e, cst.DictElement) and _tunable(e.key))]
            lost = [e for e in value.elements if isinstance(e, cst.DictElement) and _tunable(e.key)]
            if not lost:
                return updated_node
            self.dropped.extend(str(e.key.evaluated_value) for e in lost if isinstance(e.key, cst.SimpleString))
            if kept:
                kept[-1] = kept[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
            return updated_node.with_changes(value=value.with_changes(elements=kept))
        if isinstance(value, cst.Call) and called(value) == "dict":
            kept_args = [a for a in value.args if _keeps(a)]
            if len(kept_args) == len(value.args):
                return updated_node
            self.dropped.extend(a.keyword.value for a in value.args if a.keyword is not None and not _keeps(a))
            return updated_node.with_changes(value=with_args(value, kept_args))
        return updated_node


def _tunable(key: cst.BaseExpression) -> bool:
    return isinstance(key, cst.SimpleString) and str(key.evaluated_value) not in _KEEP


def reference(snippet: Snippet, script_text: str, fitted: frozenset[str] = frozenset()) -> Change | None:
    """A simpler model of the same kind: a shallow tree for tree ensembles, a constant guess for the rest."""
    if re.search(
        r"SearchCV|eval_set|early_stopping|callbacks\s*=|cat_features|\.booster_|get_booster|create_study", script_text
    ):
        return None
    used: list[tuple[str, str]] = []
    idle = _never_fitted(snippet, fitted)

    def change(node: cst.Call) -> cst.BaseExpression:
        name = called(node)
        if not ESTIMATOR.match(name) or _META.search(name) or name in idle:
            return node
        regresses = bool(_REGRESSES.search(name)) and not re.search(r"Logistic", name)
        tree = bool(_TREES.search(name)) and not name.startswith("DecisionTree")
        if not tree and re.search(
            r"\.coef_|\.intercept_|decision_function|\.feature_importances_|TreeExplainer", script_text
        ):
            return node
        if tree:
            new = "DecisionTreeRegressor" if regresses else "DecisionTreeClassifier"
            code = f"{new}(max_depth=4, random_state=0)"
        else:
            new = "DummyRegressor" if regresses else "DummyClassifier"
            code = f"{new}()"
        if called(node) == new:
            return node
        used.append((name, new))
        return cst.parse_expression(code)

    result = snippet.visit(CallRewriter(change))
    if not used:
        return None
    imports = tuple(
        dict.fromkeys(
            f"from sklearn.{'tree' if new.startswith('Decision') else 'dummy'} import {new}" for _, new in used
        )
    )
    words: list[str] = []
    for start, what in (("Decision", "a single shallow tree"), ("Dummy", "a constant guess")):
        names = ", ".join(dict.fromkeys(old for old, new in used if new.startswith(start)))
        if names:
            words.append(f"{names} replaced by {what}")
    return Change(result.code, "; ".join(words), "reference", imports)
