"""Energy label of buildings from the cadastre. Several models, one table."""
import argparse
import logging
from typing import Any, Callable, Dict, Tuple

import joblib
import lightgbm as lgb
import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score, mean_absolute_error
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

logging.basicConfig(format="%(levelname)s %(message)s", level=logging.INFO)
LABELS = list("GFEDCBA")
NUMERIC = ["year_built", "area", "floors", "facade_share", "roof_share", "window_share", "volume"]
BINARY = ["heat_pump", "gas", "solar", "renovated", "listed"]


def read_buildings(path: str) -> pd.DataFrame:
    df = pd.read_csv(path, dtype={"building_id": str})
    df = df.drop_duplicates("building_id").dropna(subset=NUMERIC + ["label"])
    df["compactness"] = df["volume"] / (df["area"] + 1)
    df["pre_1977"] = (df["year_built"] < 1977).astype(int)
    df["y"] = df["label"].map({k: i for i, k in enumerate(LABELS)})
    return df


def design(df: pd.DataFrame) -> Tuple[pd.DataFrame, pd.Series]:
    return df[NUMERIC + BINARY + ["compactness", "pre_1977"]], df["y"]


def score(y: pd.Series, guess: np.ndarray) -> Dict[str, float]:
    return {
        "accuracy": accuracy_score(y, guess),
        "macro_f1": f1_score(y, guess, average="macro"),
        "steps": mean_absolute_error(y, guess),
        "within_one": float((np.abs(y - guess) <= 1).mean()),
    }


def fit_simple(factory: Callable[[], Any]) -> Callable:
    def fit(x, y, x_eval, y_eval):
        return factory().fit(x, y)

    return fit


def fit_lgb(x, y, x_eval, y_eval, params=None, rounds=3000, patience=60):
    settings = {
        "objective": "multiclass",
        "num_class": len(LABELS),
        "metric": "multi_logloss",
        "learning_rate": 0.03,
        "num_leaves": 40,
        "feature_fraction": 0.8,
        "bagging_fraction": 0.8,
        "bagging_freq": 1,
        "verbosity": -1,
    }
    settings.update(params or {})
    train_set = lgb.Dataset(x, y)
    eval_set = lgb.Dataset(x_eval, y_eval, reference=train_set)
    callbacks = [lgb.early_stopping(patience, verbose=False), lgb.log_evaluation(200)]
    booster = lgb.train(settings, train_set, rounds, valid_sets=[eval_set], callbacks=callbacks)  # expect: L302
    logging.info("stopped after %d rounds", booster.best_iteration)
    return booster


def guess_of(model, x) -> np.ndarray:
    out = model.predict(x)
    return out.argmax(axis=1) if getattr(out, "ndim", 1) == 2 else out


METHODS = {
    "logit": fit_simple(lambda: make_pipeline(StandardScaler(), LogisticRegression(max_iter=500))),
    "forest": fit_simple(lambda: RandomForestClassifier(300, min_samples_leaf=3, n_jobs=-1, random_state=0)),
    "lightgbm": fit_lgb,
}


def run(path: str, seed: int) -> pd.DataFrame:
    df = read_buildings(path)
    logging.info("%d buildings\n%s", len(df), df["label"].value_counts())
    x, y = design(df)
    x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.2, random_state=seed, stratify=y)
    rows = {}
    for name, fit in METHODS.items():
        model = fit(x_train, y_train, x_test, y_test)
        rows[name] = score(y_test, guess_of(model, x_test))
        joblib.dump(model, f"{name}.joblib")
    return pd.DataFrame(rows).T


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("csv")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    print(run(arguments.csv, arguments.seed).round(3).to_markdown())
