"""Train the probability-of-default model.

Usage:
    python credit_risk_train.py --data applications.parquet --out artefacts/
"""
import argparse
import json
import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import List, Optional, Tuple

import joblib
import numpy as np
import pandas as pd
from lightgbm import LGBMClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import OrdinalEncoder, PowerTransformer

logger = logging.getLogger("pd_model")

NUMERIC = ["income", "loan_amount", "dti", "age", "employment_years", "open_accounts", "utilisation"]
CATEGORICAL = ["purpose", "housing", "region"]


@dataclass
class Settings:
    target: str = "defaulted_12m"
    test_size: float = 0.2
    seed: int = 1312
    numeric: List[str] = field(default_factory=lambda: list(NUMERIC))
    categorical: List[str] = field(default_factory=lambda: list(CATEGORICAL))
    model: str = "lgbm"


class Preprocessor:
    """Everything between the raw application table and the design matrix."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.imputer = SimpleImputer(strategy="median")
        self.power = PowerTransformer()
        self.ordinal = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
        self.columns_: Optional[List[str]] = None

    def _ratios(self, frame: pd.DataFrame) -> pd.DataFrame:
        frame = frame.copy()
        frame["loan_to_income"] = frame["loan_amount"] / frame["income"].clip(lower=1)
        frame["years_to_retire"] = 67 - frame["age"]
        return frame

    def fit_transform(self, frame: pd.DataFrame) -> pd.DataFrame:
        frame = self._ratios(frame)
        numeric = self.settings.numeric + ["loan_to_income", "years_to_retire"]
        filled = self.imputer.fit_transform(frame[numeric])  # expect: L102
        scaled = self.power.fit_transform(filled)  # expect: L101
        coded = self.ordinal.fit_transform(frame[self.settings.categorical].astype(str))
        self.columns_ = numeric + self.settings.categorical
        return pd.DataFrame(np.hstack([scaled, coded]), columns=self.columns_, index=frame.index)

    def transform(self, frame: pd.DataFrame) -> pd.DataFrame:
        frame = self._ratios(frame)
        numeric = self.settings.numeric + ["loan_to_income", "years_to_retire"]
        scaled = self.power.transform(self.imputer.transform(frame[numeric]))
        coded = self.ordinal.transform(frame[self.settings.categorical].astype(str))
        return pd.DataFrame(np.hstack([scaled, coded]), columns=self.columns_, index=frame.index)


def read(path: Path) -> pd.DataFrame:
    frame = pd.read_parquet(path)
    before = len(frame)
    frame = frame.drop_duplicates(subset="application_id")
    logger.info("read %d applications, dropped %d duplicates", before, before - len(frame))
    return frame[frame["status"] != "withdrawn"]


def make_model(settings: Settings):
    if settings.model == "lgbm":
        return LGBMClassifier(n_estimators=350, learning_rate=0.03, num_leaves=24, random_state=settings.seed)
    if settings.model == "logit":
        return LogisticRegression(max_iter=2000, C=0.3)
    raise ValueError(f"unknown model {settings.model!r}")


def evaluate(model, features: pd.DataFrame, labels: pd.Series) -> dict:
    probability = model.predict_proba(features)[:, 1]
    auc = roc_auc_score(labels, probability)
    return {"auc": auc, "gini": 2 * auc - 1, "brier": brier_score_loss(labels, probability)}


def run(settings: Settings, data: Path, out: Path) -> Tuple[dict, object]:
    frame = read(data)
    labels = frame[settings.target].astype(int)
    prep = Preprocessor(settings)
    design = prep.fit_transform(frame)
    x_train, x_test, y_train, y_test = train_test_split(
        design, labels, test_size=settings.test_size, random_state=settings.seed, stratify=labels
    )
    model = make_model(settings)
    model.fit(x_train, y_train)
    scores = evaluate(model, x_test, y_test)
    logger.info("hold-out: %s", scores)
    out.mkdir(parents=True, exist_ok=True)
    joblib.dump({"prep": prep, "model": model}, out / "model.joblib")
    (out / "scores.json").write_text(json.dumps(scores, indent=2))
    return scores, model


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path("artefacts"))
    parser.add_argument("--model", choices=["lgbm", "logit"], default="lgbm")
    parser.add_argument("-v", "--verbose", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    args = parse()
    logging.basicConfig(level=logging.DEBUG if args.verbose else logging.INFO)
    run(Settings(model=args.model), args.data, args.out)
