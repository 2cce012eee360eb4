"""The objective in the words of scikit-learn's scorers."""

from __future__ import annotations

import re

from cst_tools.types import Objective


def scorer(objective: Objective) -> str | None:
    """scikit-learn's name of the objective for ``scoring=``; None when it has none or needs arguments."""
    name = objective.metric.lower()
    if name == "f1" or name in ("precision", "recall"):
        match = re.search(r"average\s*=\s*['\"](\w+)['\"]", objective.expression)
        if "pos_label" in objective.expression:
            return None
        return f"{name}_{match.group(1)}" if match and match.group(1) != "binary" else name
    if name == "roc_auc" and "multi_class" in objective.expression:
        return "roc_auc_ovo" if "ovo" in objective.expression else "roc_auc_ovr"
    plain = {"accuracy", "balanced_accuracy", "roc_auc", "average_precision", "r2", "explained_variance"}
    plain |= {"f1_macro", "f1_micro", "f1_weighted"}
    negated = {
        "log_loss": "neg_log_loss",
        "brier": "neg_brier_score",
        "rmse": "neg_root_mean_squared_error",
        "mse": "neg_mean_squared_error",
        "mae": "neg_mean_absolute_error",
        "medae": "neg_median_absolute_error",
        "mape": "neg_mean_absolute_percentage_error",
        "rmsle": "neg_root_mean_squared_log_error",
        "msle": "neg_mean_squared_log_error",
    }
    if name == "mcc":
        return "matthews_corrcoef"
    return name if name in plain else negated.get(name)
