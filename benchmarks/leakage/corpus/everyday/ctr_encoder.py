import numpy as np
import pandas as pd
import xgboost as xgb
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.model_selection import train_test_split

CATS = ["site_category", "app_category", "device_model", "banner_pos"]
M = 50


class RateEncoder(BaseEstimator, TransformerMixin):
    """smoothed click rate per level"""

    def __init__(self, cols, m=50):
        self.cols = cols
        self.m = m

    def fit(self, X, y):
        self.prior_ = float(np.mean(y))
        self.maps_ = {}
        tmp = X[self.cols].copy()
        tmp["_t"] = np.asarray(y)
        for c in self.cols:
            g = tmp.groupby(c)["_t"].agg(["sum", "count"])
            self.maps_[c] = (g["sum"] + self.m * self.prior_) / (g["count"] + self.m)
        return self

    def transform(self, X):
        out = X.copy()
        for c in self.cols:
            out[c + "_rate"] = out[c].map(self.maps_[c]).fillna(self.prior_)
        return out.drop(columns=self.cols)


def get_frame(path="ads_sample.csv.gz"):
    df = pd.read_csv(path, dtype={c: str for c in CATS})
    return df[CATS + ["hour_of_day", "C14", "C17", "C19", "click"]]


def prepare(df):
    label = df["click"]
    enc = RateEncoder(CATS, M)
    feats = enc.fit(df.drop(columns="click"), label).transform(df.drop(columns="click"))  # expect: L106
    return feats, label


def run():
    df = get_frame()
    feats, label = prepare(df)
    a, b, ya, yb = train_test_split(feats, label, test_size=0.3, random_state=2020)
    model = xgb.XGBClassifier(n_estimators=250, max_depth=7, learning_rate=0.1, subsample=0.8, tree_method="hist")
    model.fit(a, ya)
    p = model.predict_proba(b)[:, 1]
    print("logloss", log_loss(yb, p))
    print("auc", roc_auc_score(yb, p))


if __name__ == "__main__":
    run()
