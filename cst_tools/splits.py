"""Does another seed give another split?

A gain is confirmed on splits that played no part in choosing it. That needs a split that a seed moves: a random
one, or cross-validation with a number of folds (which the worker shuffles at other seeds). A test file, a slice or a
date gives the same held-out rows at every seed, and then only the model's own randomness can be varied.
"""

from __future__ import annotations

import ast
import re

RANDOM_SPLITS = frozenset(
    {
        # scikit-learn
        "train_test_split", "ShuffleSplit", "StratifiedShuffleSplit", "GroupShuffleSplit", "RepeatedKFold",
        "RepeatedStratifiedKFold",
        # pandas, polars
        "sample",
        # numpy, random
        "permutation", "shuffle", "choice", "randperm", "permuted",
        # torch, datasets
        "random_split", "SubsetRandomSampler",
    }
)  # fmt: skip
FOLDS = frozenset({"KFold", "StratifiedKFold", "StratifiedGroupKFold", "GroupKFold"})
"""Random when they shuffle."""
SPLITTERS = FOLDS | {"TimeSeriesSplit", "PredefinedSplit", "LeaveOneOut", "LeavePOut", "LeaveOneGroupOut"}
CROSS_VALIDATORS = frozenset(
    {
        "cross_val_score", "cross_validate", "cross_val_predict", "GridSearchCV", "RandomizedSearchCV",
        "HalvingGridSearchCV", "HalvingRandomSearchCV",
    }
)  # fmt: skip
"""Random when their ``cv`` is a number or absent."""
_MASK = re.compile(r"^(rand|random|uniform|binomial|integers|randint|random_sample)$")


def split_depends_on_seed(tree: ast.AST) -> bool:
    """True when some split in the tree can be moved by a seed."""
    aliases = _aliases(tree)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    splitters = any(_name(call.func, aliases) in SPLITTERS for call in calls)
    return any(_moves(call, aliases, splitters) for call in calls)


def _moves(call: ast.Call, aliases: dict[str, str], splitters: bool) -> bool:
    name = _name(call.func, aliases)
    keywords = {k.arg: k.value for k in call.keywords if k.arg}
    if name in RANDOM_SPLITS:
        shuffle = keywords.get("shuffle")
        return not (isinstance(shuffle, ast.Constant) and shuffle.value is False)
    if name in FOLDS:
        shuffle = keywords.get("shuffle")
        return isinstance(shuffle, ast.Constant) and shuffle.value is True
    if name in CROSS_VALIDATORS:
        cv = keywords.get("cv")
        # a name holds a number unless the script constructs a splitter, which is then looked at by itself
        return cv is None or isinstance(cv, ast.Constant) or (not isinstance(cv, ast.Call) and not splitters)
    # a boolean mask of random numbers: np.random.rand(len(df)) < 0.8
    return bool(_MASK.match(name)) and any(
        isinstance(a, ast.Call) and _name(a.func, aliases) == "len" for a in call.args
    )


def _name(func: ast.expr, aliases: dict[str, str]) -> str:
    if isinstance(func, ast.Attribute):
        return func.attr
    if isinstance(func, ast.Name):
        return aliases.get(func.id, func.id)
    return ""


def _aliases(tree: ast.AST) -> dict[str, str]:
    return {
        alias.asname: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.asname
    }
