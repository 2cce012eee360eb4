# expect: none
"""Fares in a city without a meter: limits come from the tariff, not from the table."""
import numpy as np
import pandas as pd
from sklearn.linear_model import HuberRegressor
from sklearn.metrics import median_absolute_error
from sklearn.model_selection import train_test_split

LAT, LON = (40.5, 41.0), (-74.3, -73.6)
MAX_FARE = 250.0


def haversine(a_lat, a_lon, b_lat, b_lon):
    a_lat, a_lon, b_lat, b_lon = map(np.radians, (a_lat, a_lon, b_lat, b_lon))
    h = np.sin((b_lat - a_lat) / 2) ** 2 + np.cos(a_lat) * np.cos(b_lat) * np.sin((b_lon - a_lon) / 2) ** 2
    return 12742 * np.arcsin(np.sqrt(h))


rides = pd.read_csv("rides.csv", nrows=200_000)
rides = rides[rides["fare"].between(2.5, MAX_FARE)]
rides = rides[rides["from_lat"].between(*LAT) & rides["from_lon"].between(*LON)]
rides["km"] = haversine(rides["from_lat"], rides["from_lon"], rides["to_lat"], rides["to_lon"]).clip(0, 80)
rides["passengers"] = rides["passengers"].clip(1, 6)
print(rides["km"].describe(), "mean fare", rides["fare"].mean())

knowns = rides[["km", "passengers"]]
k_a, k_b, fare_a, fare_b = train_test_split(knowns, rides["fare"], test_size=0.2, random_state=0)

lo, hi = k_a["km"].quantile([0.005, 0.995])
keep = k_a["km"].between(lo, hi)
hub = HuberRegressor().fit(k_a[keep], fare_a[keep])
print("median abs. error:", round(median_absolute_error(fare_b, hub.predict(k_b)), 2))
