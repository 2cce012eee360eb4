# expect: L501@19
import pandas as pd
from sklearn.ensemble import RandomForestRegressor
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import train_test_split

sales = pd.read_csv("sales.csv")
sales["date"] = pd.to_datetime(sales["date"])
sales = sales.sort_values(["store", "date"])
for lag in [1, 7, 14]:
    sales[f"lag_{lag}"] = sales.groupby("store")["units"].shift(lag)
sales["dow"] = sales["date"].dt.dayofweek
sales = sales.dropna()

features = [c for c in sales.columns if c not in ("date", "units")]
X = sales[features]
y = sales["units"]

X_train, X_test, y_train, y_test = train_test_split(
    X, y, test_size=0.2, random_state=42
)
rf = RandomForestRegressor(n_estimators=200)
rf.fit(X_train, y_train)
print("MAE", mean_absolute_error(y_test, rf.predict(X_test)))
