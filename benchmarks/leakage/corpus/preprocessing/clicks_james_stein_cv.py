import category_encoders
import numpy as np
import polars as pl
import xgboost
from sklearn.model_selection import cross_validate

"""Click-through per impression; JamesStein encoder for the site and app codes."""

CODES = ["site", "app", "device_model", "banner_pos"]
NUMBERS = ["C15", "C16", "hour_of_day"]


def impressions(path: str, n: int) -> pl.DataFrame:
    return pl.read_csv(path, n_rows=n).select(["click", *CODES, *NUMBERS]).unique()


def matrices(frame: pl.DataFrame):
    click = frame["click"].to_numpy()
    codes = frame.select(CODES).to_pandas().astype(str)
    numbers = frame.select(NUMBERS).to_numpy()
    encoded = category_encoders.JamesSteinEncoder(cols=CODES).fit_transform(codes, click)  # expect: L106|L111
    return np.hstack([encoded.to_numpy(), numbers]), click


if __name__ == "__main__":
    m, click = matrices(impressions("avazu_sample.csv", 300_000))
    model = xgboost.XGBClassifier(n_estimators=120, max_depth=5, learning_rate=0.1, n_jobs=4)
    cv = cross_validate(model, m, click, cv=4, scoring=["neg_log_loss", "roc_auc"])
    print("log loss", -cv["test_neg_log_loss"].mean().round(4))
    print("AUC     ", cv["test_roc_auc"].mean().round(4))
