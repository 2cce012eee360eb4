# expect: L202@14
import xgboost as xgb
import pandas as pd
from sklearn.metrics import mean_squared_log_error


def read():
    frame = pd.read_csv("bikes.csv", parse_dates=["when"])
    frame["hour"] = frame["when"].dt.hour
    return frame


train = pd.read_csv("bikes.csv")
test = pd.read_csv("bikes.csv")
booster = xgb.XGBRegressor(n_estimators=500)
booster.fit(train[["temp", "wind"]], train["count"])
guess = booster.predict(test[["temp", "wind"]]).clip(0)
print(mean_squared_log_error(test["count"], guess))
