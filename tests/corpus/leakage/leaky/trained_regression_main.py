# expect: L201@20
import argparse

import numpy as np
import pandas as pd
from sklearn.metrics import mean_squared_error, r2_score
from sklearn.tree import DecisionTreeRegressor


def load(path):
    frame = pd.read_csv(path)
    return frame.drop("price", axis=1), frame["price"]


def main(args):
    features, price = load(args.data)
    tree = DecisionTreeRegressor(max_depth=args.depth)
    tree.fit(features, price)
    estimate = tree.predict(features)
    rmse = np.sqrt(mean_squared_error(price, estimate))
    print(f"RMSE {rmse:.1f}, R2 {r2_score(price, estimate):.3f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", default="houses.csv")
    parser.add_argument("--depth", type=int, default=12)
    main(parser.parse_args())
