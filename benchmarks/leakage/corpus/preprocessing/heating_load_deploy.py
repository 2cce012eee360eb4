# expect: none
"""Heating load of buildings.  Judge on a held-out quarter, then ship a model that has seen everything."""
import joblib
import pandas as pd
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_absolute_percentage_error
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import MinMaxScaler

SOURCE = "ENB2012_data.xlsx"
NAMES = {"X1": "compactness", "X2": "surface", "X3": "wall", "X4": "roof", "X5": "height",
         "X6": "orientation", "X7": "glazing", "X8": "glazing_dist"}


def features(df):
    df = df.rename(columns=NAMES)
    df["volume"] = df["height"] * df["roof"]
    return df[list(NAMES.values()) + ["volume"]]


raw = pd.read_excel(SOURCE).dropna(how="all", axis=1)
load = raw["Y1"]
feat = features(raw)

f_dev, f_hold, l_dev, l_hold = train_test_split(feat, load, test_size=0.25, random_state=8)
mm = MinMaxScaler()
ridge = Ridge(alpha=0.1)
ridge.fit(mm.fit_transform(f_dev), l_dev)
error = mean_absolute_percentage_error(l_hold, ridge.predict(mm.transform(f_hold)))
print(f"MAPE on the held-out buildings: {100 * error:.1f}%")

# final model for the planning tool
mm_final = MinMaxScaler()
final = Ridge(alpha=0.1)
final.fit(mm_final.fit_transform(feat), load)
joblib.dump({"scaler": mm_final, "model": final}, "heating_ridge.joblib")
