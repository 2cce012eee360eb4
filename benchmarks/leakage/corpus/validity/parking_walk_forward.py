# expect: none
import numpy as np
import pandas as pd
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_absolute_error

parking = pd.read_csv("parking_daily.csv", parse_dates=["day"]).sort_values("day")
for k in (1, 7, 14):
    parking[f"lag{k}"] = parking["occupied"].shift(k)
parking["weekday"] = parking["day"].dt.dayofweek
parking = parking.dropna().reset_index(drop=True)

inputs = ["lag1", "lag7", "lag14", "weekday"]
start = int(len(parking) * 0.6)

truth, forecast = [], []
for i in range(start, len(parking)):
    history, today = parking.iloc[:i], parking.iloc[i:i + 1]
    model = Ridge(alpha=1.0)
    model.fit(history[inputs], history["occupied"])
    forecast.append(model.predict(today[inputs])[0])
    truth.append(today["occupied"].iloc[0])

naive = parking["lag7"].iloc[start:]
print("walk-forward MAE", mean_absolute_error(truth, forecast))
print("same day last week", mean_absolute_error(truth, naive))
