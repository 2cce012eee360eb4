# expect: L502@9
import pandas as pd
from sklearn.linear_model import LinearRegression
from sklearn.metrics import mean_absolute_error

sensor = pd.read_csv("sensor.csv")
sensor["time"] = pd.to_datetime(sensor["time"])
sensor = sensor.set_index("time").sort_index()
sensor = sensor.fillna(method="bfill")
X, y = sensor[["p", "t"]], sensor["flow"]
cut = int(len(X) * 0.7)
lr = LinearRegression().fit(X.iloc[:cut], y.iloc[:cut])
print(mean_absolute_error(y.iloc[cut:], lr.predict(X.iloc[cut:])))
