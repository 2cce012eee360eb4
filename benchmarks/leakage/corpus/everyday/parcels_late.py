import pandas as pd
import numpy as np
import matplotlib.pyplot as plt
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier, export_text
from sklearn.metrics import classification_report, roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

# parcels of a delivery company, one row each (shuffled sample of one week)
raw = pd.read_csv("parcels_sample.csv")
print(raw.columns.tolist())
print(raw.sample(3))

raw = raw[raw["weight_kg"] > 0]
raw = raw.drop_duplicates("parcel_no").reset_index(drop=True)

###############################################################
# target: parcel came more than one hour after the promised slot
###############################################################
PROMISE_MINUTES = 60
raw["late"] = (raw["minutes_over_slot"] > PROMISE_MINUTES).astype(int)
print("late share %.3f" % raw["late"].mean())

fig, ax = plt.subplots(1, 2, figsize=(11, 4))
raw["minutes_over_slot"].clip(-120, 300).plot.hist(bins=60, ax=ax[0])
raw.groupby("depot")["late"].mean().sort_values().plot.barh(ax=ax[1])
plt.savefig("late.png")


###############################################################
# features
###############################################################
def add_features(d):
    d = d.copy()
    d["log_km"] = np.log1p(d["route_km"])
    d["volume"] = d["length_cm"] * d["width_cm"] * d["height_cm"] / 1e6
    d["density"] = d["weight_kg"] / d["volume"].clip(lower=1e-3)
    d["stops_per_km"] = d["stops"] / d["route_km"].clip(lower=0.1)
    d["slot_hour"] = d["slot_start"].str[:2].astype(int)
    d["rush"] = d["slot_hour"].isin([7, 8, 16, 17, 18]).astype(int)
    d["overrun_ratio"] = d["minutes_over_slot"] / d["slot_length"]  # expect: L402
    d["heavy"] = (d["weight_kg"] > 20).astype(int)
    return d


table = add_features(raw)
FEATURES = [
    "log_km",
    "volume",
    "density",
    "stops_per_km",
    "slot_hour",
    "rush",
    "heavy",
    "overrun_ratio",
    "express",
    "floor",
    "has_lift",
    "driver_experience",
]
print(table[FEATURES].describe().T)

X, y = table[FEATURES], table["late"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, stratify=y, random_state=14)

logit = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
tree = DecisionTreeClassifier(max_depth=3)
forest = RandomForestClassifier(300, n_jobs=-1, random_state=14)

for name, m in [("logit", logit), ("tree", tree), ("forest", forest)]:
    m.fit(X_train, y_train)
    print("-----", name)
    print(classification_report(y_test, m.predict(X_test)))
    print("auc", roc_auc_score(y_test, m.predict_proba(X_test)[:, 1]))

print(export_text(tree, feature_names=FEATURES))
importance = pd.Series(forest.feature_importances_, FEATURES).sort_values()
importance.plot.barh(figsize=(6, 5))
plt.tight_layout()
plt.savefig("importance.png")
