# expect: none
"""Gait of patients before and after surgery.  Several walks per patient, so patients stay together."""
import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_selection import SelectKBest, f_classif
from sklearn.model_selection import GroupKFold, cross_validate
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler


def per_walk(signal_columns):
    """Every walk is centred on its own mean."""
    return FunctionTransformer(lambda m: m - m.mean(axis=1, keepdims=True))


walks = pd.read_csv("walks.csv")
patient = walks["patient"].to_numpy()
after = walks["phase"].eq("after").astype(int).to_numpy()
signal = walks.filter(regex=r"^acc_\d+$").to_numpy()

model = Pipeline([
    ("centre", per_walk(signal.shape[1])),
    ("scale", StandardScaler()),
    ("best", SelectKBest(f_classif, k=30)),
    ("forest", RandomForestClassifier(n_estimators=300, random_state=0, n_jobs=-1)),
])
out = cross_validate(model, signal, after, groups=patient, cv=GroupKFold(6), scoring=("accuracy", "roc_auc"))
print("patients:", len(np.unique(patient)), "walks:", len(walks))
for name in ("accuracy", "roc_auc"):
    print(f"{name}: {out['test_' + name].mean():.3f} (sd {out['test_' + name].std():.3f})")
