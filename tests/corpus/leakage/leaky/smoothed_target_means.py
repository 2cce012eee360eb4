# expect: L106@10
import pandas as pd
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import train_test_split


def smoothed(frame, column, target, weight=20):
    prior = frame[target].mean()
    table = frame.groupby(column)[target].agg(["mean", "count"])
    values = (table["count"] * table["mean"] + weight * prior) / (table["count"] + weight)
    return frame[column].map(values)


flats = pd.read_parquet("flats.parquet")
flats["district_price"] = smoothed(flats, "district", "price")
X, y = flats[["district_price", "rooms", "area"]], flats["price"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
ridge = Ridge().fit(X_train, y_train)
print("MAE", mean_absolute_error(y_test, ridge.predict(X_test)))
