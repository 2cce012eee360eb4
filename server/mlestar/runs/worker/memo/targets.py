"""Which functions and methods go through the memo, and how they are wrapped without looking different to anyone.

Methods are wrapped where they are defined, once, so that subclasses inherit them and pickling by name finds them; a
function is put back under every name of its library that held it. The wrapper keeps name, documentation and
signature, as `functools.wraps` does.
"""

from __future__ import annotations

import functools
import inspect
import sys
import types
from types import ModuleType
from typing import Any, Callable

from .. import hooks
from .attempts import Target
from .calls import Memo

_METHODS = (
    "fit", "fit_transform", "fit_predict", "transform", "predict", "predict_proba", "predict_log_proba",
    "decision_function", "score", "score_samples", "kneighbors", "cross_validate",
)  # fmt: skip
_SKLEARN = """
    base calibration cluster compose covariance cross_decomposition decomposition discriminant_analysis ensemble
    feature_extraction feature_extraction.text feature_selection gaussian_process impute isotonic kernel_approximation
    kernel_ridge linear_model manifold mixture model_selection multiclass multioutput naive_bayes neighbors
    neural_network pipeline preprocessing random_projection semi_supervised svm tree
""".split()  # noqa: SIM905 - one name a line would be thirty lines
_FUNCTIONS = {
    "sklearn.model_selection": (
        "cross_val_score", "cross_validate", "cross_val_predict", "learning_curve", "validation_curve",
        "permutation_test_score",
    ),
    "sklearn.inspection": ("permutation_importance",),
    "sklearn.feature_selection": ("mutual_info_classif", "mutual_info_regression"),
    "sklearn.datasets": (
        "make_classification", "make_regression", "make_blobs", "make_friedman1", "make_hastie_10_2", "make_moons",
        "make_multilabel_classification", "make_low_rank_matrix", "make_sparse_uncorrelated",
    ),
}  # fmt: skip
_COMPOSERS = ("Pipeline", "ColumnTransformer", "FeatureUnion", "BaseSearchCV", "_BaseVoting", "_BaseStacking",
              "VotingClassifier", "VotingRegressor", "StackingClassifier", "StackingRegressor")  # fmt: skip
_COMPOSING = ("cross_val_score", "cross_validate", "cross_val_predict", "learning_curve", "validation_curve")
"""Calls that are made of other long calls: those are kept as well, for the time when only one of them changes."""
_READERS = {
    "pandas": {
        "read_csv": "filepath_or_buffer", "read_table": "filepath_or_buffer", "read_parquet": "path",
        "read_feather": "path", "read_excel": "io", "read_json": "path_or_buf", "read_fwf": "filepath_or_buffer",
        "read_stata": "filepath_or_buffer", "read_pickle": "filepath_or_buffer", "read_orc": "path",
    },
}  # fmt: skip


def install(memo: Memo) -> None:
    """Wrap each library right after it is imported."""
    for name in _SKLEARN:
        hooks.after_import("sklearn." + name, functools.partial(_classes, memo, "sklearn"))
    for name, functions in _FUNCTIONS.items():
        hooks.after_import(name, functools.partial(_functions, memo, functions))
    hooks.after_import("lightgbm.sklearn", functools.partial(_classes, memo, "lightgbm"))
    hooks.after_import("xgboost.sklearn", functools.partial(_classes, memo, "xgboost"))
    hooks.after_import("imblearn.over_sampling", functools.partial(_classes, memo, "imblearn"))
    hooks.after_import("category_encoders", functools.partial(_classes, memo, "category_encoders"))
    for name, readers in _READERS.items():
        hooks.after_import(name, functools.partial(_readers, memo, readers))
    hooks.after_import(
        "numpy", functools.partial(_readers, memo, {"load": "file", "loadtxt": "fname", "genfromtxt": "fname"})
    )


def _trusted(memo: Memo, module: ModuleType) -> bool:
    """False for a library that lies among the user's own files: its code may change at any time."""
    path = getattr(module, "__file__", None) or ""
    return "site-packages" in path or "dist-packages" in path or not path.startswith(memo.workspace)


def _classes(memo: Memo, root: str, module: ModuleType) -> None:
    if not _trusted(memo, module):
        return
    for item in list(vars(module).values()):
        if isinstance(item, type):
            for kind in item.__mro__:
                if kind.__module__.partition(".")[0] == root and "_mlestar_memo" not in vars(kind):
                    _class(memo, kind)


def _class(memo: Memo, kind: type) -> None:
    try:
        kind._mlestar_memo = True  # type: ignore[attr-defined]
    except TypeError:
        return  # a class of compiled code
    methods = (*_METHODS, "fit_resample") if kind.__module__.startswith("imblearn") else _METHODS
    for name in methods:
        held = vars(kind).get(name)
        target = Target(
            "{}.{}.{}".format(kind.__module__, kind.__qualname__, name),
            method=True,
            composes=kind.__name__ in _COMPOSERS,
        )
        if isinstance(held, types.FunctionType):
            setattr(kind, name, _wrapped(memo, target, held))
        elif type(held).__name__ in ("_AvailableIfDescriptor", "_IffHasAttrDescriptor"):
            inner = getattr(held, "fn", None)
            if isinstance(inner, types.FunctionType):
                held.fn = _wrapped(memo, target, inner)  # type: ignore[union-attr]


def _functions(memo: Memo, names: "tuple[str, ...]", module: ModuleType) -> None:
    if not _trusted(memo, module):
        return
    for name in names:
        original = getattr(module, name, None)
        if isinstance(original, types.FunctionType):
            parameters = inspect.signature(original).parameters
            target = Target(
                "{}.{}".format(original.__module__, name),
                method=False,
                composes=name in _COMPOSING,
                chance="random_state" in parameters,
            )
            _put(module.__name__.partition(".")[0], name, original, _wrapped(memo, target, original))


def _readers(memo: Memo, readers: "dict[str, str]", module: ModuleType) -> None:
    if not _trusted(memo, module):
        return
    for name, argument in readers.items():
        original = getattr(module, name, None)
        if isinstance(original, types.FunctionType):
            target = Target("{}.{}".format(module.__name__, name), method=False, file=argument)
            _put(module.__name__, name, original, _wrapped(memo, target, original))


def _put(root: str, name: str, original: Any, wrapped: Any) -> None:
    for module in list(sys.modules.values()):
        if (getattr(module, "__name__", "") or "").partition(".")[0] == root and vars(module).get(name) is original:
            setattr(module, name, wrapped)


def _wrapped(memo: Memo, target: Target, function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        return memo.call(target, function, args, kwargs)

    return call
