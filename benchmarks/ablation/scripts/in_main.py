#!/usr/bin/env python
"""Churn of subscribers. Everything happens in main(), as a package's command would have it."""

from __future__ import annotations

import argparse
import logging
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.ensemble import ExtraTreesClassifier, HistGradientBoostingClassifier
from sklearn.feature_selection import SelectKBest, mutual_info_classif
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import RobustScaler

logger = logging.getLogger("churn")


@dataclass
class Config:
    data: Path
    folds: int = 4
    seed: int = 11
    best: int = 30


class RareLabels:
    """Labels seen fewer than ``least`` times become one."""

    def __init__(self, least: int = 50) -> None:
        self.least = least
        self.kept: dict[str, set] = {}

    def fit(self, frame: pd.DataFrame, names: list[str]) -> "RareLabels":
        for name in names:
            counts = frame[name].value_counts()
            self.kept[name] = set(counts[counts >= self.least].index)
        return self

    def transform(self, frame: pd.DataFrame) -> pd.DataFrame:
        frame = frame.copy()
        for name, kept in self.kept.items():
            frame[name] = frame[name].where(frame[name].isin(kept), "rare")
        return frame


def load(config: Config) -> tuple[pd.DataFrame, pd.DataFrame]:
    subscribers = pd.read_csv(config.data / "subscribers.csv")
    events = pd.read_csv(config.data / "events.csv")
    logger.info("%d subscribers, %d events", len(subscribers), len(events))
    return subscribers, events


def usage_features(events: pd.DataFrame) -> pd.DataFrame:
    events = events.sort_values(["subscriber", "day"])
    by_one = events.groupby("subscriber")
    usage = by_one["minutes"].agg(["mean", "std", "max", "sum"]).add_prefix("minutes_")
    usage["events"] = by_one.size()
    usage["last_day"] = by_one["day"].max()
    gaps = by_one["day"].diff()
    usage["gap_mean"] = gaps.groupby(events["subscriber"]).mean()
    kinds = pd.crosstab(events["subscriber"], events["kind"], normalize="index").add_prefix("kind_")
    slope = by_one[["day", "minutes"]].apply(
        lambda one: np.polyfit(one["day"], one["minutes"], 1)[0] if len(one) > 2 else 0.0
    )
    usage["slope"] = slope
    return usage.join(kinds)


def contract_features(frame: pd.DataFrame) -> pd.DataFrame:
    frame = frame.copy()
    frame["price_per_month"] = frame["paid"] / (frame["months"] + 1)
    frame["log_paid"] = np.log1p(frame["paid"])
    for key in ("plan", "country"):
        frame[key + "_paid"] = frame.groupby(key)["paid"].transform("mean")
        frame[key + "_calls"] = frame.groupby(key)["calls"].transform("median")
    return frame


def one_hot(frame: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    return pd.get_dummies(frame, columns=names, dtype=float)


def models(seed: int) -> dict:
    return {
        "boosting": HistGradientBoostingClassifier(max_iter=120, learning_rate=0.06, random_state=seed),
        "trees": ExtraTreesClassifier(60, min_samples_leaf=5, max_features=0.4, random_state=seed),
        "linear": make_pipeline(RobustScaler(), LogisticRegression(C=0.3, max_iter=400)),
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, default=Path("data"))
    parser.add_argument("--folds", type=int, default=4)
    parser.add_argument("--seed", type=int, default=11)
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    config = Config(args.data, args.folds, args.seed)
    np.random.seed(config.seed)

    subscribers, events = load(config)
    subscribers = RareLabels(least=80).fit(subscribers, ["city"]).transform(subscribers)
    usage = usage_features(events)
    table = subscribers.merge(usage, left_on="subscriber", right_index=True, how="left")
    table = contract_features(table)
    table = one_hot(table, ["plan", "country", "city"])

    y = table["churned"].to_numpy()
    X = table.drop(columns=["churned", "subscriber"])
    X = SimpleImputer(strategy="median").fit_transform(X)

    selector = SelectKBest(mutual_info_classif, k=config.best)
    sample = np.random.choice(len(X), size=len(X) // 4, replace=False)
    selector.fit(X[sample], y[sample])
    X = selector.transform(X)

    predictions = {name: np.zeros(len(y)) for name in models(config.seed)}
    splitter = StratifiedKFold(config.folds, shuffle=True, random_state=config.seed)
    for fold, (fit_rows, rows) in enumerate(splitter.split(X, y)):
        for name, model in models(config.seed).items():
            model.fit(X[fit_rows], y[fit_rows])
            predictions[name][rows] = model.predict_proba(X[rows])[:, 1]
        logger.info("fold %d done", fold)

    ranked = {name: pd.Series(p).rank(pct=True) for name, p in predictions.items()}
    blend = 0.5 * ranked["boosting"] + 0.3 * ranked["trees"] + 0.2 * ranked["linear"]
    for name, one in predictions.items():
        logger.info("%s: %.4f", name, average_precision_score(y, one))
    score = average_precision_score(y, blend)
    print(f"average precision: {score:.5f}")


if __name__ == "__main__":
    main()
