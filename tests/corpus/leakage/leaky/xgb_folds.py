# expect: L305@14
import numpy as np, pandas as pd, xgboost as xgb
from sklearn.model_selection import KFold
from sklearn.metrics import mean_squared_error
train = pd.read_csv("train.csv"); test = pd.read_csv("test.csv")
features = [f for f in train.columns if f not in ("id", "target")]
for c in train.select_dtypes("object"):
    train[c], idx = pd.factorize(train[c])
    test[c] = idx.get_indexer(test[c])
oof = np.zeros(len(train)); preds = np.zeros(len(test))
for tr, va in KFold(5).split(train):
    dtr = xgb.DMatrix(train.iloc[tr][features], train.iloc[tr]["target"])
    dva = xgb.DMatrix(train.iloc[va][features], train.iloc[va]["target"])
    bst = xgb.train({}, dtr, 1000, evals=[(dva, "v")], early_stopping_rounds=50)
    oof[va] = bst.predict(dva)
    preds += bst.predict(xgb.DMatrix(test[features])) / 5
print(mean_squared_error(train["target"], oof) ** .5)
