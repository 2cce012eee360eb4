# expect: L302@13
import pandas as pd
import xgboost as xgb
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split

df = pd.read_csv("x.csv")
X, y = df.drop("y", axis=1), df["y"]
X_tr, X_te, y_tr, y_te = train_test_split(X, y, test_size=0.2)
dtr = xgb.DMatrix(X_tr, label=y_tr)
dte = xgb.DMatrix(X_te, label=y_te)
params = {"objective": "binary:logistic"}
bst = xgb.train(params, dtr, 1000, evals=[(dte, "test")], early_stopping_rounds=10)
print(accuracy_score(y_te, bst.predict(dte) > 0.5))
