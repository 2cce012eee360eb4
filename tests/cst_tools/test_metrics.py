"""The metric table: one name for many spellings, and the right direction."""

import pytest

from cst_tools.metrics import (
    BY_NAME,
    METRICS,
    MODULE_OF,
    PROPOSABLE,
    by_function,
    by_label,
    by_scorer,
    cv_formula,
    formula,
    opposite,
)
from cst_tools.types import Direction

UP, DOWN = Direction.MAXIMIZE, Direction.MINIMIZE


@pytest.mark.parametrize(
    ("label", "name", "direction"),
    [
        ("AUC", "roc_auc", UP),
        ("Test ROC-AUC:", "roc_auc", UP),
        ("val_loss", "loss", DOWN),
        ("R2", "r2", UP),
        ("R^2", "r2", UP),
        ("R²", "r2", UP),
        ("F1 macro", "f1_macro", UP),
        ("macro avg f1-score", "f1_macro", UP),
        ("valAcc", "accuracy", UP),
        ("Mean absolute error", "mae", DOWN),
        ("RMSE (log scale)", "rmse", DOWN),
        ("accuracy loss", "accuracy", UP),
        ("multi_logloss", "log_loss", DOWN),
        ("test_score", "score", UP),
        ("neg_root_mean_squared_error", "rmse", UP),
        ("quadratic weighted kappa", "kappa", UP),
        ("perplexity", "perplexity", DOWN),
    ],
)
def test_a_label_names_its_metric(label: str, name: str, direction: Direction) -> None:
    found = by_label(label)
    assert found is not None
    assert (found.metric.name, found.direction) == (name, direction)


@pytest.mark.parametrize(
    "label", ["best_params", "fit_time", "f1_std", "loss_fn", "epoch", "mean", "rows", "", "n_features"]
)
def test_other_words_name_none(label: str) -> None:
    assert by_label(label) is None


def test_a_scorer_carries_its_sign() -> None:
    rmse, f1 = by_scorer("neg_root_mean_squared_error"), by_scorer("precision_macro")
    assert rmse is not None and rmse.negated and rmse.metric.name == "rmse" and rmse.direction is UP
    assert f1 is not None and not f1.negated and f1.metric.name == "precision"
    assert by_scorer("nonsense") is None


def test_every_installed_scorer_is_known() -> None:
    from sklearn.metrics import get_scorer_names

    unknown = [name for name in get_scorer_names() if by_scorer(name) is None]
    assert unknown == []


def test_scorer_directions_agree_with_sklearn() -> None:
    from sklearn.metrics import get_scorer, get_scorer_names

    for name in get_scorer_names():
        found, scorer = by_scorer(name), get_scorer(name)
        assert found is not None
        assert found.negated is (scorer._sign < 0), name


def test_names_are_unique_and_functions_belong_to_one_metric() -> None:
    assert len(BY_NAME) == len(METRICS)
    functions = [function for metric in METRICS for function in metric.functions]
    assert len(functions) == len(set(functions))


def test_proposable_metrics_have_formulas_that_sklearn_understands() -> None:
    import sklearn.metrics
    from sklearn.metrics import get_scorer

    for names in PROPOSABLE.values():
        for name in names:
            call = formula(name, "y", "p")
            function = call.partition("(")[0]
            assert MODULE_OF[function] == "sklearn.metrics" and hasattr(sklearn.metrics, function)
            scorer = cv_formula(name, "m", "X", "y").split("scoring='")[1].split("'")[0]
            get_scorer(scorer)


def test_functions_and_opposites() -> None:
    metric = by_function("roc_auc_score")
    assert metric is not None and metric.name == "roc_auc"
    assert by_function("print") is None
    assert opposite(UP) is DOWN and opposite(DOWN) is UP
