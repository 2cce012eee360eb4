# expect: L502@7
import pandas as pd
from sklearn.metrics import mean_absolute_error
from statsmodels.tsa.seasonal import STL
from xgboost import XGBRegressor
s = pd.read_csv("energy.csv", index_col=0, parse_dates=True)
res = STL(s["kwh"], period=24).fit()
s["trend"] = res.trend
s["seasonal"] = res.seasonal
s["y"] = s["kwh"].shift(-1)
s = s.dropna()
train, test = s[:-500], s[-500:]
feats = ["trend", "seasonal", "kwh"]
m = XGBRegressor().fit(train[feats], train["y"])
print(mean_absolute_error(test["y"], m.predict(test[feats])))
