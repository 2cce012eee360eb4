"""House prices with a simple forest; second part of the tutorial."""
import argparse

import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestRegressor
from sklearn.metrics import mean_squared_log_error

NUMERIC = ["LotArea", "OverallQual", "YearBuilt", "GrLivArea", "FullBath", "GarageCars", "TotalBsmtSF"]


def read_houses(path):
    houses = pd.read_csv(path)
    houses[NUMERIC] = houses[NUMERIC].fillna(0)
    houses["age"] = 2011 - houses["YearBuilt"]
    return houses


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", default="train.csv")
    parser.add_argument("--trees", type=int, default=300)
    args = parser.parse_args()

    train = read_houses(args.data)
    holdout = read_houses(args.data).sample(n=300, random_state=0)  # expect: L202

    inputs = NUMERIC + ["age"]
    forest = RandomForestRegressor(n_estimators=args.trees, n_jobs=-1)
    forest.fit(train[inputs], train["SalePrice"])

    predicted = forest.predict(holdout[inputs])
    print("RMSLE on the holdout:", np.sqrt(mean_squared_log_error(holdout["SalePrice"], predicted)))


if __name__ == "__main__":
    main()
