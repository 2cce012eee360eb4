# expect: none
# Abalone age. One function does the preparation for learning and for scoring.
import pandas as pd
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

COLS = ["sex", "length", "diameter", "height", "whole", "shucked", "viscera", "shell", "rings"]
_scaler = StandardScaler()


def prepare(frame, fit=False):
    out = frame.drop(columns=["rings"]).copy()
    out["density"] = out["whole"] / (out["length"] * out["diameter"] * out["height"] + 1e-4)
    out["infant"] = (out.pop("sex") == "I").astype(int)
    numeric = [c for c in out.columns if c != "infant"]
    if fit:
        _scaler.fit(out[numeric])
    out[numeric] = _scaler.transform(out[numeric])
    return out, frame["rings"]


abalone = pd.read_csv("abalone.data", names=COLS)
abalone = abalone.query("height > 0 and height < 0.5")
learn, judge = train_test_split(abalone, test_size=0.2, random_state=31)

X_learn, r_learn = prepare(learn, fit=True)
X_judge, r_judge = prepare(judge)

booster = HistGradientBoostingRegressor(max_iter=300, learning_rate=0.05, early_stopping=False)
booster.fit(X_learn, r_learn)
print("MAE in rings:", round(mean_absolute_error(r_judge, booster.predict(X_judge)), 3))
