# expect: L302@10
import lightgbm as lgb
import pandas as pd
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import train_test_split

df = pd.read_csv("v.csv")
X_train, X_val, y_train, y_val = train_test_split(df.drop(columns=["y"]), df["y"])
gbm = lgb.LGBMRegressor(n_estimators=9999)
gbm.fit(X_train, y_train, eval_set=[(X_val, y_val)], callbacks=[lgb.early_stopping(50)])
print("MAE", mean_absolute_error(y_val, gbm.predict(X_val)))
