# expect: none
"""Offline training of the SME loan scorer (the online part lives in service/)."""
import argparse
import logging
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Dict, List

import joblib
import numpy as np
import pandas as pd
import yaml
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import QuantileTransformer

log = logging.getLogger(__name__)


@dataclass
class Config:
    target: str = "default"
    numeric: List[str] = field(default_factory=lambda: ["turnover", "equity", "debt", "employees", "company_age"])
    categorical: List[str] = field(default_factory=lambda: ["sector", "legal_form"])
    seed: int = 5

    @classmethod
    def from_yaml(cls, path: Path) -> "Config":
        return cls(**yaml.safe_load(path.read_text()))


class FeatureBuilder:
    def __init__(self, config: Config):
        self.config = config
        self.medians: Dict[str, float] = {}
        self.quantile = QuantileTransformer(n_quantiles=200, output_distribution="normal")
        self.levels: Dict[str, List[str]] = {}

    def build(self, df: pd.DataFrame, fit: bool = False) -> np.ndarray:
        df = df.copy()
        df["leverage"] = df["debt"] / (df["equity"].abs() + 1)
        numeric = self.config.numeric + ["leverage"]
        if fit:
            self.medians = df[numeric].median().to_dict()
            for column in self.config.categorical:
                self.levels[column] = sorted(df[column].dropna().unique())
        df[numeric] = df[numeric].fillna(self.medians)
        if fit:
            scaled = self.quantile.fit_transform(df[numeric])
        else:
            scaled = self.quantile.transform(df[numeric])
        blocks = [scaled]
        for column in self.config.categorical:
            for level in self.levels[column]:
                blocks.append((df[column] == level).to_numpy(dtype=float).reshape(-1, 1))
        return np.hstack(blocks)


def load(path: Path) -> pd.DataFrame:
    df = pd.read_csv(path, sep=";", decimal=",")
    log.info("%s: %d rows, %d columns", path.name, *df.shape)
    log.info("median turnover over the portfolio: %.0f", df["turnover"].median())
    return df.drop_duplicates("company_id")


def train(config: Config, df: pd.DataFrame):
    tr, te = train_test_split(df, test_size=0.2, random_state=config.seed, stratify=df[config.target])
    builder = FeatureBuilder(config)
    x_tr = builder.build(tr, fit=True)
    x_te = builder.build(te)
    y_tr, y_te = tr[config.target].to_numpy(), te[config.target].to_numpy()

    results = {}
    models = {
        "logit": LogisticRegression(max_iter=500),
        "gbm": HistGradientBoostingClassifier(max_iter=200, learning_rate=0.05, early_stopping=False),
    }
    for name, model in models.items():
        model.fit(x_tr, y_tr)
        p = model.predict_proba(x_te)[:, 1]
        results[name] = {"auc": roc_auc_score(y_te, p), "ap": average_precision_score(y_te, p)}
        log.info("%s %s", name, results[name])
    return builder, models, results


def main(argv=None) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=Path)
    parser.add_argument("--config", type=Path)
    parser.add_argument("--model-dir", type=Path, default=Path("models"))
    args = parser.parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    config = Config.from_yaml(args.config) if args.config else Config()
    builder, models, results = train(config, load(args.data))
    args.model_dir.mkdir(exist_ok=True)
    joblib.dump((builder, models["gbm"]), args.model_dir / "scorer.joblib")
    print(pd.DataFrame(results).T)
    return 0


if __name__ == "__main__":
    sys.exit(main())
