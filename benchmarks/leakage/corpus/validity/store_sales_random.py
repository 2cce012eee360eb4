import numpy as np
import pandas as pd
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import train_test_split
from xgboost import XGBRegressor

sales = pd.read_csv("one_store.csv", parse_dates=["date"], index_col="date").sort_index()
sales = sales.asfreq("D")
sales["units"] = sales["units"].fillna(0)

for lag in [1, 2, 3, 7, 14]:
    sales[f"units_lag_{lag}"] = sales["units"].shift(lag)
sales["mean_7"] = sales["units"].shift(1).rolling(7).mean()
sales["std_7"] = sales["units"].shift(1).rolling(7).std()
sales["month"] = sales.index.month
sales["weekday"] = sales.index.weekday
sales = sales.dropna()

y = sales["units"]
X = sales.drop(columns=["units"])

X_train, X_valid, y_train, y_valid = train_test_split(X, y, test_size=0.2, random_state=42)  # expect: L501

model = XGBRegressor(n_estimators=500, learning_rate=0.05, max_depth=5, subsample=0.8)
model.fit(X_train, y_train)
pred = model.predict(X_valid)
print(f"MAE: {mean_absolute_error(y_valid, pred):.2f} units")
