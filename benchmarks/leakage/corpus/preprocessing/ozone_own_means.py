import argparse

import pandas as pd
import xgboost as xgb
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import train_test_split as divide

AIR = ["no2", "temp", "radiation", "wind", "humidity"]

# Stations measured once each in a campaign, ozone from the passive sampler


def read(path):
    stations = pd.read_csv(path, index_col="station")
    stations = stations[stations["ozone"].notna()]
    stations["traffic"] = stations["site_type"].eq("traffic").astype(int)
    return stations.drop(columns="site_type")


def impute_both(inside, outside):
    inside, outside = inside.copy(), outside.copy()
    inside[AIR] = inside[AIR].fillna(inside[AIR].mean())
    outside[AIR] = outside[AIR].fillna(outside[AIR].mean())  # expect: L110|L102
    return inside, outside


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--file", default="campaign.csv")
    parser.add_argument("--trees", type=int, default=150)
    options = parser.parse_args()

    stations = read(options.file)
    inside, outside = divide(stations, test_size=0.25, random_state=18)
    inside, outside = impute_both(inside, outside)
    cols = AIR + ["traffic", "altitude"]
    model = xgb.XGBRegressor(n_estimators=options.trees, max_depth=3, learning_rate=0.1)
    model.fit(inside[cols], inside["ozone"])
    print("MAE", round(mean_absolute_error(outside["ozone"], model.predict(outside[cols])), 2), "ug/m3")
