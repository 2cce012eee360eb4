"""Loan defaults: clean the applications, make features, blend three models over five folds."""

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import StandardScaler

SEED = 42
np.random.seed(SEED)

df = pd.read_csv("data/loans.csv", parse_dates=["issued"])
print(df.shape)

# cleaning
df = df.drop_duplicates(subset="loan_id")
df["income"] = df["income"].clip(upper=df["income"].quantile(0.995))
df["employment"] = df["employment"].fillna("unknown")
for name in ["income", "debt", "utilisation", "age"]:
    df[name] = df[name].fillna(df[name].median())

# dates and ratios
df["month"] = df["issued"].dt.month
df["weekday"] = df["issued"].dt.dayofweek
df["days"] = (df["issued"] - df["issued"].min()).dt.days
df["debt_to_income"] = df["debt"] / (df["income"] + 1.0)
df["amount_to_income"] = df["amount"] / (df["income"] + 1.0)
df["log_income"] = np.log1p(df["income"])

# groups
for key in ["region", "purpose", "employment"]:
    groups = df.groupby(key)
    df[key + "_income_mean"] = groups["income"].transform("mean")
    df[key + "_debt_std"] = groups["debt"].transform("std")
    df[key + "_count"] = groups["amount"].transform("count")
df["branch_rank"] = df.groupby("branch")["amount"].rank(pct=True)

y = df["default"].to_numpy()
folds = StratifiedKFold(5, shuffle=True, random_state=SEED)

# target encoding, out of fold
encoded = {}
for name in ["branch", "purpose", "region"]:
    column = np.zeros(len(df))
    for fit_rows, rows in folds.split(df, y):
        means = pd.Series(y[fit_rows]).groupby(df[name].to_numpy()[fit_rows]).mean()
        column[rows] = df[name].iloc[rows].map(means).fillna(y[fit_rows].mean()).to_numpy()
    encoded[name + "_target"] = column + np.random.normal(0, 0.001, len(df))
df = df.assign(**encoded)

features = [c for c in df.columns if df[c].dtype.kind in "if" and c not in ("default", "loan_id")]
X = df[features].to_numpy(dtype=float)
scaled = StandardScaler().fit_transform(X)

# boosting
boosted = np.zeros(len(y))
for fit_rows, rows in folds.split(X, y):
    model = HistGradientBoostingClassifier(max_iter=45, learning_rate=0.12, l2_regularization=1.0, random_state=SEED)
    model.fit(X[fit_rows], y[fit_rows])
    boosted[rows] = model.predict_proba(X[rows])[:, 1]
print("boosting", roc_auc_score(y, boosted))

# forest
forest = np.zeros(len(y))
for fit_rows, rows in folds.split(X, y):
    model = RandomForestClassifier(8, max_depth=11, max_features=0.3, max_samples=0.25, min_samples_leaf=20, random_state=SEED)
    model.fit(X[fit_rows], y[fit_rows])
    forest[rows] = model.predict_proba(X[rows])[:, 1]
print("forest", roc_auc_score(y, forest))

# linear
linear = np.zeros(len(y))
for fit_rows, rows in folds.split(scaled, y):
    model = LogisticRegression(C=0.5, max_iter=200)
    model.fit(scaled[fit_rows], y[fit_rows])
    linear[rows] = model.predict_proba(scaled[rows])[:, 1]
print("linear", roc_auc_score(y, linear))

blend = 0.6 * boosted + 0.25 * forest + 0.15 * linear
score = roc_auc_score(y, blend)
print(f"AUC: {score:.5f}")
