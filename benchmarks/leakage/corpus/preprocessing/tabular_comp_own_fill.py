# expect: none
"""Monthly playground: local hold-out with its own fills from the learning rows, then the board's file."""
import numpy as np
import pandas as pd
from lightgbm import LGBMRegressor
from sklearn.metrics import root_mean_squared_error
from sklearn.model_selection import train_test_split

DIR = "/kaggle/input/playground-series-s4e9"


def features(frame):
    out = pd.DataFrame(index=frame.index)
    out["milage"] = frame["milage"]
    out["age"] = 2024 - frame["model_year"]
    out["hp"] = frame["engine"].str.extract(r"([\d.]+)HP", expand=False).astype(float)
    out["accident"] = (~frame["accident"].fillna("none").str.startswith("None")).astype(int)
    out["clean"] = frame["clean_title"].eq("Yes").astype(int)
    return out


train = pd.read_csv(f"{DIR}/train.csv", index_col="id")
board = pd.read_csv(f"{DIR}/test.csv", index_col="id")
price = np.log1p(train["price"])

x_a, x_b, p_a, p_b = train_test_split(features(train), price, test_size=0.2, random_state=0)
hp = x_a["hp"].median()
x_a, x_b = x_a.fillna({"hp": hp}), x_b.fillna({"hp": hp})

gbm = LGBMRegressor(n_estimators=400, learning_rate=0.03, verbose=-1)
gbm.fit(x_a, p_a)
print("RMSLE:", round(root_mean_squared_error(p_b, gbm.predict(x_b)), 4))

x_board = features(board)
x_board["hp"] = x_board["hp"].fillna(x_board["hp"].median())
pd.Series(np.expm1(gbm.predict(x_board)), index=board.index, name="price").to_csv("submission.csv")
