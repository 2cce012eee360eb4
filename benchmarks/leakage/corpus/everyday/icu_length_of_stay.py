"""Length of stay > 3 days. MIMIC extract, first stay of each patient."""
import argparse
import datetime
import json
import logging
import os
import pathlib
import sys
from typing import Any, Dict, List, Optional, Sequence, Tuple

import joblib
import numpy as np
import polars as pl
import xgboost as xgb
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import KNNImputer, SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

LOGGER = logging.getLogger("los")

VITALS = ("heart_rate", "sbp", "dbp", "resp_rate", "temperature", "spo2")
LABS = ("lactate", "creatinine", "hemoglobin", "wbc", "platelets", "sodium", "potassium", "bilirubin", "glucose")
STATIC = ("age", "male", "weight", "elective", "ventilated")
PLAUSIBLE = {
    "heart_rate": (10, 300),
    "sbp": (20, 300),
    "dbp": (10, 200),
    "resp_rate": (1, 80),
    "temperature": (25, 45),
    "spo2": (30, 100),
    "lactate": (0, 40),
    "creatinine": (0, 30),
    "potassium": (1, 12),
}


# --------------------------------------------------------------------------- input
def read_stays(folder: pathlib.Path) -> pl.DataFrame:
    stays = pl.read_csv(folder / "stays.csv").sort("stay_id")
    stays = stays.unique(subset="patient_id", keep="first", maintain_order=True)
    LOGGER.info("%d first stays", stays.height)
    return stays


def read_first_day(folder: pathlib.Path, stays: pl.DataFrame) -> pl.DataFrame:
    events = pl.scan_parquet(folder / "chart_day1.parquet")
    wide = (
        events.filter(pl.col("item").is_in(list(VITALS + LABS)))
        .group_by("stay_id", "item")
        .agg(pl.col("value").median())
        .collect()
        .pivot(on="item", index="stay_id", values="value")
    )
    return stays.join(wide, on="stay_id", how="left")


def plausible(table: pl.DataFrame) -> pl.DataFrame:
    rules = []
    for name, (low, high) in PLAUSIBLE.items():
        rules.append(pl.when(pl.col(name).is_between(low, high)).then(pl.col(name)).otherwise(None).alias(name))
    return table.with_columns(rules)


# --------------------------------------------------------------------------- cleaning
def missing_flags(table: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    return table.with_columns([pl.col(n).is_null().cast(pl.Int8).alias(f"no_{n}") for n in names])


def fill(table: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """Small gaps only, most of the labs are taken in every patient."""
    return table.with_columns([pl.col(n).fill_null(pl.col(n).median()) for n in names])  # expect: L102


def derive(table: pl.DataFrame) -> pl.DataFrame:
    return table.with_columns(
        (pl.col("heart_rate") / pl.col("sbp")).alias("shock_index"),
        ((pl.col("sbp") + 2 * pl.col("dbp")) / 3).alias("map"),
        (pl.col("age") >= 80).cast(pl.Int8).alias("very_old"),
        (pl.col("temperature") > 38.3).cast(pl.Int8).alias("fever"),
    )


# --------------------------------------------------------------------------- models
def build_model(name: str, seed: int, overrides: Optional[Dict[str, Any]] = None):
    overrides = overrides or {}
    if name == "logit":
        return make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000, **overrides))
    if name == "forest":
        return RandomForestClassifier(**{"n_estimators": 500, "min_samples_leaf": 5, "n_jobs": -1, "random_state": seed, **overrides})
    if name == "xgb":
        base = {"n_estimators": 300, "learning_rate": 0.05, "max_depth": 4, "subsample": 0.8, "random_state": seed}
        return xgb.XGBClassifier(**{**base, **overrides})
    raise KeyError(name)


def bootstrap(y: np.ndarray, p: np.ndarray, metric, rounds: int = 500, seed: int = 0) -> Tuple[float, float]:
    rng = np.random.default_rng(seed)
    values = []
    for _ in range(rounds):
        index = rng.integers(0, len(y), len(y))
        if y[index].min() == y[index].max():
            continue
        values.append(metric(y[index], p[index]))
    return float(np.percentile(values, 2.5)), float(np.percentile(values, 97.5))


def reliability(y: np.ndarray, p: np.ndarray, bins: int = 10) -> List[Tuple[float, float, int]]:
    edges = np.linspace(0, 1, bins + 1)
    rows = []
    for low, high in zip(edges[:-1], edges[1:]):
        inside = (p >= low) & (p < high)
        if inside.any():
            rows.append((float(p[inside].mean()), float(y[inside].mean()), int(inside.sum())))
    return rows


def by_subgroup(x: np.ndarray, y: np.ndarray, p: np.ndarray, columns: Sequence[str], name: str) -> Dict[str, float]:
    values = x[:, list(columns).index(name)]
    out = {}
    for value in np.unique(values):
        chosen = values == value
        if 0 < y[chosen].sum() < chosen.sum():
            out[f"{name}={value:g}"] = float(roc_auc_score(y[chosen], p[chosen]))
    return out


# --------------------------------------------------------------------------- study
class Study:
    def __init__(self, folder: pathlib.Path, seed: int, names: Sequence[str]):
        self.folder = folder
        self.seed = seed
        self.names = list(names)
        self.columns: List[str] = []
        self.results: Dict[str, Dict[str, Any]] = {}

    def table(self) -> pl.DataFrame:
        stays = read_stays(self.folder)
        table = plausible(read_first_day(self.folder, stays))
        table = missing_flags(table, LABS)
        table = fill(table, VITALS + LABS + ("weight",))
        return derive(table)

    def matrices(self, table: pl.DataFrame) -> Tuple[np.ndarray, np.ndarray]:
        flags = [c for c in table.columns if c.startswith("no_")]
        self.columns = list(STATIC + VITALS + LABS) + ["shock_index", "map", "very_old", "fever"] + flags
        y = (table["los_days"] > 3).to_numpy().astype(int)
        return table.select(self.columns).to_numpy().astype(float), y

    def run(self) -> "Study":
        x, y = self.matrices(self.table())
        LOGGER.info("%s, %.3f positive", x.shape, y.mean())
        x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.2, stratify=y, random_state=self.seed)
        for name in self.names:
            model = build_model(name, self.seed).fit(x_train, y_train)
            p = model.predict_proba(x_test)[:, 1]
            self.results[name] = {"auroc": roc_auc_score(y_test, p), "auprc": average_precision_score(y_test, p)}
            LOGGER.info("%-7s %s", name, self.results[name])
            self.results[name]["ci"] = bootstrap(y_test, p, roc_auc_score, seed=self.seed)
            self.results[name]["calibration"] = reliability(y_test, p)
            for group in ("male", "elective", "very_old"):
                self.results[name].update(by_subgroup(x_test, y_test, p, self.columns, group))
            joblib.dump(model, f"los_{name}.joblib")
        return self

    def save(self, path: pathlib.Path) -> None:
        stamp = datetime.datetime.now().isoformat(timespec="seconds")
        path.write_text(json.dumps({"at": stamp, "host": os.uname().nodename, "results": self.results}, indent=2))


def main(argv: Optional[Sequence[str]] = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--models", nargs="+", default=["logit", "forest", "xgb"])
    parser.add_argument("--seed", type=int, default=20)
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("los.json"))
    args = parser.parse_args(argv)
    logging.basicConfig(level=logging.INFO, stream=sys.stdout)
    Study(args.folder, args.seed, args.models).run().save(args.out)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
