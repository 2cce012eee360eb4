# expect: none
import pandas as pd
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import TimeSeriesSplit, cross_val_score
from xgboost import XGBRegressor

data = pd.read_csv("hourly.csv")
data["next"] = data["pm25"].shift(-1)
data = data.dropna()
X, y = data[["pm25", "temp", "wind"]], data["next"]
scores = cross_val_score(XGBRegressor(), X, y, cv=TimeSeriesSplit(5), scoring="neg_mean_absolute_error")
print(-scores.mean())
