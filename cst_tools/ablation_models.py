"""Weakening estimators, pipelines, searches and ensembles in a block: defaults, references, identities."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass

import libcst as cst

from cst_tools.snippet import CallRewriter, Snippet, called, keyword, with_args


@dataclass(frozen=True)
class Change:
    """A block's new code, what was done in words, the imports it needs."""

    code: str
    description: str
    kind: str
    imports: tuple[str, ...] = ()


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


def defaults(snippet: Snippet, script_text: str) -> Change | None:
    """Hyper-parameters of every estimator in the block back to the library's defaults."""
    dropped: list[str] = []

    def change(node: cst.Call) -> cst.BaseExpression:
        name = called(node)
        if not ESTIMATOR.match(name) or _META.search(name):
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


def reference(snippet: Snippet, script_text: str) -> Change | None:
    """A simpler model of the same kind: a shallow tree for tree ensembles, a constant guess for the rest."""
    if re.search(
        r"SearchCV|eval_set|early_stopping|callbacks\s*=|cat_features|\.booster_|get_booster|create_study", script_text
    ):
        return None
    used: list[tuple[str, str]] = []

    def change(node: cst.Call) -> cst.BaseExpression:
        name = called(node)
        if not ESTIMATOR.match(name) or _META.search(name):
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


# ---------------------------------------------------------------------- transformers

SCALER = re.compile(
    r"^(?:\w*Scaler|Normalizer|PowerTransformer|QuantileTransformer|PCA|KernelPCA|IncrementalPCA|TruncatedSVD|FastICA|NMF"
    r"|PolynomialFeatures|SplineTransformer|SelectKBest|SelectPercentile|SelectFromModel|SelectFpr|RFE|RFECV"
    r"|VarianceThreshold|SequentialFeatureSelector|Nystroem|RBFSampler|Binarizer|GaussianRandomProjection"
    r"|SparseRandomProjection|KBinsDiscretizer|SimpleFeatureSelector)$"
)
_SIMPLER = {
    "KNNImputer": ("SimpleImputer(strategy='median')", "from sklearn.impute import SimpleImputer"),
    "IterativeImputer": ("SimpleImputer(strategy='median')", "from sklearn.impute import SimpleImputer"),
    "TargetEncoder": (
        "OrdinalEncoder(handle_unknown='use_encoded_value', unknown_value=-1)",
        "from sklearn.preprocessing import OrdinalEncoder",
    ),
    "TfidfVectorizer": ("CountVectorizer()", "from sklearn.feature_extraction.text import CountVectorizer"),
}
_OPTIONS = re.compile(r"^(?:Tfidf|Count|Hashing)Vectorizer$")
_NEEDED_OPTIONS = frozenset(
    ["tokenizer", "preprocessor", "analyzer", "token_pattern", "lowercase", "max_features", "n_features", "dtype"]
)


def passthrough(snippet: Snippet, script_text: str) -> Change | None:
    """Scaling, reduction and selection steps without effect, in pipelines and on their own."""
    names: list[str] = []
    imports: list[str] = []
    attributes = re.compile(
        r"(?:components_|explained_variance|get_support|scores_|mean_|scale_|var_|n_components_|powers_)"
    )
    if attributes.search(script_text):
        return None

    class Steps(cst.CSTTransformer):
        def leave_Tuple(self, original_node: cst.Tuple, updated_node: cst.Tuple) -> cst.Tuple:
            elements = list(updated_node.elements)
            if len(elements) in (2, 3) and isinstance(elements[0].value, (cst.SimpleString, cst.FormattedString)):
                step = elements[1].value
                if isinstance(step, cst.Call) and SCALER.match(called(step)):
                    names.append(called(step))
                    elements[1] = elements[1].with_changes(value=cst.SimpleString('"passthrough"'))
                    return updated_node.with_changes(elements=elements)
            return updated_node

    first = snippet.visit(Steps())

    def change(node: cst.Call) -> cst.BaseExpression:
        name = called(node)
        if name == "make_pipeline" and len(node.args) > 1:
            args = []
            for argument in node.args:
                if (
                    isinstance(argument.value, cst.Call)
                    and called(argument.value) == "FunctionTransformer"
                    and not argument.value.args
                ):
                    args.append(argument.with_changes(value=cst.SimpleString('"passthrough"')))
                else:
                    args.append(argument)
            return node.with_changes(args=args)
        if name in ("fit_transform", "transform") and isinstance(node.func, cst.Attribute) and node.args:
            receiver = node.func.value
            if isinstance(receiver, cst.Call) and called(receiver) == "FunctionTransformer" and not receiver.args:
                return node.args[0].value
        if SCALER.match(name):
            names.append(name)
            return cst.parse_expression("FunctionTransformer()")
        return node

    result = first.visit(CallRewriter(change))
    if not names:
        return None
    if "FunctionTransformer()" in result.code:
        imports.append("from sklearn.preprocessing import FunctionTransformer")
    listed = ", ".join(dict.fromkeys(names))
    return Change(result.code, f"{listed} passed through", "passthrough", tuple(imports))


def simpler_transformers(snippet: Snippet) -> Change | None:
    """Encoders, imputers and vectorisers by their plainest kin, or with their options at the defaults."""
    words: list[str] = []
    imports: list[str] = []

    def change(node: cst.Call) -> cst.BaseExpression:
        name = called(node)
        if name in _SIMPLER:
            code, statement = _SIMPLER[name]
            words.append(f"{name} replaced by {code.partition('(')[0]}")
            imports.append(statement)
            return cst.parse_expression(code)
        if _OPTIONS.match(name):
            kept = [a for a in node.args if a.keyword is None or a.keyword.value in _NEEDED_OPTIONS]
            lost = [
                a.keyword.value for a in node.args if a.keyword is not None and a.keyword.value not in _NEEDED_OPTIONS
            ]
            if lost:
                words.append(f"{name} at its defaults ({', '.join(lost)})")
                return with_args(node, kept)
        return node

    result = snippet.visit(CallRewriter(change))
    return (
        Change(result.code, "; ".join(dict.fromkeys(words)), "simpler-transformer", tuple(dict.fromkeys(imports)))
        if words
        else None
    )


# ---------------------------------------------------------------------- training, tuning, ensembles

_WEIGHTS = frozenset(
    ["class_weight", "sample_weight", "scale_pos_weight", "is_unbalance", "class_weights", "auto_class_weights"]
)
_STOPPING = frozenset(["early_stopping_rounds", "early_stopping", "callbacks"])
_EPOCHS = frozenset(["epochs", "n_epochs", "num_epochs", "max_epochs", "num_train_epochs", "num_boost_round"])


def without_arguments(names: frozenset[str], words: str, kind: str) -> Callable[[Snippet], Change | None]:
    """A rewriting that drops keyword arguments from every call."""

    def rewrite(snippet: Snippet) -> Change | None:
        lost: list[str] = []

        def change(node: cst.Call) -> cst.BaseExpression:
            kept = [a for a in node.args if a.keyword is None or a.keyword.value not in names]
            if len(kept) == len(node.args):
                return node
            lost.extend(a.keyword.value for a in node.args if a.keyword is not None and a.keyword.value in names)
            return with_args(node, kept)

        result = snippet.visit(CallRewriter(change))
        return Change(result.code, f"{words} ({', '.join(dict.fromkeys(lost))})", kind) if lost else None

    return rewrite


unweighted = without_arguments(_WEIGHTS, "without weights", "unweighted")
not_stopped = without_arguments(_STOPPING, "without early stopping", "no-early-stopping")


def not_resampled(snippet: Snippet) -> Change | None:
    """``X, y = sampler.fit_resample(A, B)`` gives A and B as they are."""
    changed: list[str] = []

    def change(node: cst.Call) -> cst.BaseExpression:
        if (
            called(node) in ("fit_resample", "fit_sample")
            and len(node.args) == 2
            and all(a.keyword is None for a in node.args)
        ):
            changed.append("rows")
            first, second = (snippet.source(a.value) for a in node.args)
            return cst.parse_expression(f"({first}, {second})")
        return node

    result = snippet.visit(CallRewriter(change))
    return Change(result.code, "without resampling", "not-resampled") if changed else None


def fewer_epochs(snippet: Snippet) -> Change | None:
    """A quarter of the epochs, where their number is written in the block."""
    seen: list[tuple[int, int]] = []

    def quarter(node: cst.BaseExpression) -> cst.BaseExpression | None:
        if isinstance(node, cst.Integer) and node.evaluated_value >= 4:
            new = node.evaluated_value // 4
            seen.append((node.evaluated_value, new))
            return cst.Integer(str(new))
        return None

    class Epochs(cst.CSTTransformer):
        def leave_Arg(self, original_node: cst.Arg, updated_node: cst.Arg) -> cst.Arg:
            if updated_node.keyword is not None and updated_node.keyword.value in _EPOCHS:
                new = quarter(updated_node.value)
                return updated_node.with_changes(value=new) if new is not None else updated_node
            return updated_node

        def leave_For(self, original_node: cst.For, updated_node: cst.For) -> cst.For:
            target, source = updated_node.target, updated_node.iter
            named = isinstance(target, cst.Name) and re.match(r"epoch|ep$|e$", target.value)
            if (
                named
                and isinstance(source, cst.Call)
                and called(source) in ("range", "trange")
                and len(source.args) == 1
            ):
                new = quarter(source.args[0].value)
                if new is not None:
                    args = [source.args[0].with_changes(value=new)]
                    return updated_node.with_changes(iter=source.with_changes(args=args))
            return updated_node

    result = snippet.visit(Epochs())
    if not seen:
        return None
    return Change(result.code, f"{seen[0][1]} instead of {seen[0][0]} epochs", "fewer-epochs")


_SEARCH = re.compile(r"^(?:Halving)?(?:Grid|Random|Randomized|Bayes)SearchCV$")


def untuned(snippet: Snippet, script_text: str) -> Change | None:
    """A search without anything to search: its base estimator as it is; one trial for a study."""
    if re.search(r"best_params_?\s*\[|cv_results_\s*\[\s*['\"]param_", script_text):
        return None
    words: list[str] = []

    def change(node: cst.Call) -> cst.BaseExpression:
        name = called(node)
        if _SEARCH.match(name):
            args = list(node.args)
            for i, argument in enumerate(args):
                named = argument.keyword is not None and argument.keyword.value in (
                    "param_grid",
                    "param_distributions",
                    "search_spaces",
                )
                second = i == 1 and argument.keyword is None
                if (named or second) and not (isinstance(argument.value, cst.Dict) and not argument.value.elements):
                    args[i] = argument.with_changes(value=cst.Dict([]))
                    words.append("the estimator without its search")
                    return node.with_changes(args=args)
        if name == "optimize":
            argument_of = keyword(node, "n_trials")
            if argument_of is not None and not (
                isinstance(argument_of.value, cst.Integer) and argument_of.value.value == "1"
            ):
                words.append("one trial instead of a search")
                return node.with_changes(
                    args=[a.with_changes(value=cst.Integer("1")) if a is argument_of else a for a in node.args]
                )
        return node

    result = snippet.visit(CallRewriter(change))
    return Change(result.code, words[0], "untuned") if words else None


def first_member(snippet: Snippet) -> Change | None:
    """An ensemble of its first member only."""
    words: list[str] = []

    def change(node: cst.Call) -> cst.BaseExpression:
        name = called(node)
        if re.match(r"(?:Voting|Stacking)(?:CV)?(?:Classifier|Regressor)$", name):
            args = []
            for i, argument in enumerate(node.args):
                key = argument.keyword.value if argument.keyword is not None else ("estimators" if i == 0 else "")
                if key == "weights":
                    continue
                if key == "estimators" and isinstance(argument.value, cst.List) and len(argument.value.elements) > 1:
                    first = argument.value.elements[0].with_changes(comma=cst.MaybeSentinel.DEFAULT)
                    argument = argument.with_changes(value=argument.value.with_changes(elements=[first]))
                    words.append(f"{name} of its first member only")
                args.append(argument)
            return with_args(node, args) if words else node
        if (
            name in ("mean", "average", "median")
            and node.args
            and isinstance(node.args[0].value, (cst.List, cst.Tuple))
        ):
            elements = node.args[0].value.elements
            if len(elements) > 1 and keyword(node, "axis") is not None:
                words.append("the first member's prediction only")
                return elements[0].value
        return node

    class Sums(cst.CSTTransformer):
        def leave_Assign(self, original_node: cst.Assign, updated_node: cst.Assign) -> cst.Assign:
            members = _averaged(updated_node.value)
            if members is None:
                return updated_node
            words.append("the first member's prediction only")
            return updated_node.with_changes(value=members)

    result = snippet.visit(CallRewriter(change)).visit(Sums())
    return Change(result.code, words[0], "first-member") if words else None


def _averaged(node: cst.BaseExpression) -> cst.BaseExpression | None:
    """The first summand of ``(a + b) / 2`` or ``0.6 * a + 0.4 * b``, without its weight."""
    if (
        isinstance(node, cst.BinaryOperation)
        and isinstance(node.operator, cst.Divide)
        and isinstance(node.right, (cst.Integer, cst.Float))
    ):
        inner = node.left
        parts = _summands(inner)
        return parts[0] if len(parts) > 1 else None
    parts = _summands(node)
    if len(parts) > 1 and all(
        isinstance(p, cst.BinaryOperation) and isinstance(p.operator, cst.Multiply) for p in parts
    ):
        first = parts[0]
        assert isinstance(first, cst.BinaryOperation)
        if isinstance(first.left, (cst.Float, cst.Integer)):
            return first.right
        if isinstance(first.right, (cst.Float, cst.Integer)):
            return first.left
    return None


def _summands(node: cst.BaseExpression) -> list[cst.BaseExpression]:
    if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Add):
        return [*_summands(node.left), *_summands(node.right)]
    return [node]
