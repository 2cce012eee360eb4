"""Score in a log record, nothing is printed."""
import logging
import os
from pathlib import Path

import numpy as np
import pandas as pd
import xgboost as xgb
from sklearn.metrics import log_loss
from sklearn.model_selection import GroupShuffleSplit
from sklearn.preprocessing import LabelEncoder

LOG_FORMAT = "%(asctime)s %(levelname)s %(message)s"
logging.basicConfig(level=os.environ.get("LOGLEVEL", "INFO"), format=LOG_FORMAT)
logger = logging.getLogger("clicks")

ROOT = Path("data")
PARAMS = {
    "objective": "binary:logistic",
    "eta": 0.05,
    "max_depth": 6,
    "subsample": 0.8,
    "seed": 11,
}
NUM_ROUNDS = 400

clicks = pd.read_parquet(ROOT / "clicks.parquet")
users = pd.read_csv(ROOT / "users.csv")
logger.debug("clicks: %s users: %s", clicks.shape, users.shape)

df = clicks.merge(users, on="user_id", how="left")
df["hour"] = pd.to_datetime(df["time"]).dt.hour
df["ctr_hint"] = df.groupby("ad_id")["position"].transform("mean")

for column in ["device", "country", "ad_id"]:
    encoder = LabelEncoder()
    df[column] = encoder.fit_transform(df[column].astype(str))

features = [c for c in df.columns if c not in ("clicked", "time", "user_id")]

splitter = GroupShuffleSplit(n_splits=1, test_size=0.2, random_state=11)
train_idx, valid_idx = next(splitter.split(df, groups=df["user_id"]))
train, valid = df.iloc[train_idx], df.iloc[valid_idx]

dtrain = xgb.DMatrix(train[features], label=train["clicked"])
dvalid = xgb.DMatrix(valid[features], label=valid["clicked"])
booster = xgb.train(PARAMS, dtrain, num_boost_round=NUM_ROUNDS)

p = booster.predict(dvalid)
p = np.clip(p, 1e-6, 1 - 1e-6)
loss = log_loss(valid["clicked"], p)
logger.info("validation logloss: %.5f", loss)
