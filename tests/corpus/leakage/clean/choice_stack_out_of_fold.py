# expect: none
import numpy as np
import pandas as pd
from lightgbm import LGBMRegressor
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import KFold, train_test_split
from xgboost import XGBRegressor

df = pd.read_csv("sales.csv")
X_train, X_test, y_train, y_test = train_test_split(df.drop(columns="units"), df["units"])
X_train, y_train = X_train.reset_index(drop=True), y_train.reset_index(drop=True)
bases = [LGBMRegressor(), XGBRegressor()]
train_level = np.zeros((len(X_train), len(bases)))
test_level = np.zeros((len(X_test), len(bases)))
for j, base in enumerate(bases):
    for fit_rows, left_rows in KFold(5).split(X_train):
        base.fit(X_train.iloc[fit_rows], y_train.iloc[fit_rows])
        train_level[left_rows, j] = base.predict(X_train.iloc[left_rows])
    base.fit(X_train, y_train)
    test_level[:, j] = base.predict(X_test)
top = Ridge().fit(train_level, y_train)
print(mean_absolute_error(y_test, top.predict(test_level)))
