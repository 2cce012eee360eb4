"""Used car prices; the model works on the log of the price."""
import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import train_test_split

config = {"file": "autos.csv", "target": "price", "drop": ["url", "seller"], "test_size": 0.2, "seed": 90}


def prepare(cfg):
    autos = pd.read_csv(cfg["file"]).drop(columns=cfg["drop"]).drop_duplicates()
    autos = autos[autos[cfg["target"]].between(200, 150_000)]
    autos["age"] = 2020 - autos["year"]
    for col in ("brand", "gearbox", "fuel"):
        autos[col] = autos[col].astype("category").cat.codes
    autos["log_price"] = np.log1p(autos[cfg["target"]])
    X = autos.drop(columns=[cfg["target"]])  # expect: L401
    return X, autos["log_price"]


def main(cfg):
    X, y = prepare(cfg)
    X_tr, X_te, y_tr, y_te = train_test_split(X, y, test_size=cfg["test_size"], random_state=cfg["seed"])
    reg = HistGradientBoostingRegressor(max_iter=400).fit(X_tr, y_tr)
    error = mean_absolute_error(np.expm1(y_te), np.expm1(reg.predict(X_te)))
    print(f"mean absolute error: {error:.0f} EUR")


main(config)
