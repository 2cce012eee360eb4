# expect: none
import pandas as pd
from sklearn.ensemble import RandomForestRegressor
from sklearn.metrics import mean_squared_log_error
from sklearn.model_selection import train_test_split

trips = pd.read_csv("trips.csv", parse_dates=["pickup_datetime"])
trips["hour"] = trips["pickup_datetime"].dt.hour
trips["weekday"] = trips["pickup_datetime"].dt.dayofweek
trips["month"] = trips["pickup_datetime"].dt.month
X = trips.drop(columns=["id", "pickup_datetime", "trip_duration"])
y = trips["trip_duration"]
X_train, X_val, y_train, y_val = train_test_split(X, y, test_size=0.2, random_state=42)
model = RandomForestRegressor(n_jobs=-1).fit(X_train, y_train)
print(mean_squared_log_error(y_val, model.predict(X_val)) ** 0.5)
