# expect: none
import pandas as pd
from sklearn.ensemble import RandomForestRegressor
from sklearn.metrics import mean_absolute_error
from sklearn.preprocessing import MinMaxScaler

df = pd.read_csv("stock.csv", parse_dates=["date"])
df["target"] = df["close"].shift(-1)
df = df.dropna()
X = df[["open", "close", "volume"]]
y = df["target"]
split = int(len(df) * 0.8)
X_train, X_test = X.iloc[:split], X.iloc[split:]
y_train, y_test = y.iloc[:split], y.iloc[split:]
sc = MinMaxScaler()
X_train_s = sc.fit_transform(X_train)
X_test_s = sc.transform(X_test)
rf = RandomForestRegressor().fit(X_train_s, y_train)
print(mean_absolute_error(y_test, rf.predict(X_test_s)))
