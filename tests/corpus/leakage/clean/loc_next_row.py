# expect: none
import pandas as pd
from sklearn.linear_model import Lasso
from sklearn.metrics import r2_score

frame = pd.read_csv("panel.csv").sort_values("week").reset_index(drop=True)
n = 800
train, test = frame.loc[: n - 1], frame.loc[n:]
model = Lasso(alpha=0.1).fit(train[["a", "b"]], train["target"])
print(r2_score(test["target"], model.predict(test[["a", "b"]])))
