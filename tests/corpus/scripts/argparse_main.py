#!/usr/bin/env python
"""Train a regressor for house prices."""
import argparse
import logging
import sys

import joblib
import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.metrics import mean_squared_error, r2_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

logger = logging.getLogger(__name__)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", default="houses.csv")
    parser.add_argument("--trees", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", default="model.joblib")
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO)

    # read everything
    df = pd.read_csv(args.data)
    logger.info("read %d rows", len(df))

    df = df.dropna(subset=["price"])
    df = df[df["price"] > 0]

    df["age"] = 2024 - df["built"]
    df["rooms_per_floor"] = df["rooms"] / df["floors"]

    X = df.drop(columns=["price"])
    y = df["price"]
    numeric = X.select_dtypes("number").columns
    categorical = X.select_dtypes("object").columns

    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=args.seed)

    preprocess = ColumnTransformer(
        [
            ("num", StandardScaler(), numeric),
            ("cat", OneHotEncoder(handle_unknown="ignore"), categorical),
        ]
    )
    model = Pipeline(
        [
            ("preprocess", preprocess),
            ("gbr", GradientBoostingRegressor(n_estimators=args.trees, random_state=args.seed)),
        ]
    )
    model.fit(X_train, y_train)

    predictions = model.predict(X_test)
    rmse = np.sqrt(mean_squared_error(y_test, predictions))
    r2 = r2_score(y_test, predictions)
    logger.info("RMSE %.3f R2 %.3f", rmse, r2)

    joblib.dump(model, args.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
