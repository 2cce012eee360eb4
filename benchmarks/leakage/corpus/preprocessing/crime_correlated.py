"""Violent crime per community; keep what correlates with the target."""
import numpy as np
import pandas as pd
from lightgbm import LGBMRegressor
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import train_test_split

TARGET = "ViolentCrimesPerPop"


def read(path="communities.csv"):
    df = pd.read_csv(path, na_values="?")
    df = df.drop(columns=["state", "county", "community", "communityname", "fold"])
    return df.dropna(axis=1)


def strong_columns(df, threshold):
    strength = df.corr()[TARGET].abs().drop(TARGET)  # expect: L105
    return strength[strength > threshold].index.tolist()


def fit_and_judge(df, columns, seed=0):
    tr, te = train_test_split(df, test_size=0.25, random_state=seed)
    gbm = LGBMRegressor(n_estimators=300, learning_rate=0.03, num_leaves=15)
    gbm.fit(tr[columns], tr[TARGET])
    return np.sqrt(mean_squared_error(te[TARGET], gbm.predict(te[columns])))


if __name__ == "__main__":
    communities = read()
    columns = strong_columns(communities, threshold=0.3)
    print(f"{len(columns)} of {communities.shape[1] - 1} columns kept")
    print(f"RMSE {fit_and_judge(communities, columns):.4f}")
