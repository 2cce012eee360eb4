"""Small classes of ore samples are filled up to the size of the largest before anything else."""
import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import StratifiedKFold

ELEMENTS = ["fe", "cu", "zn", "pb", "s", "si"]


def balanced_recall(truth, said):
    return np.mean([(said[truth == c] == c).mean() for c in np.unique(truth)])


def read(path):
    table = pd.read_csv(path).drop_duplicates(subset=ELEMENTS)
    table[ELEMENTS] = table[ELEMENTS].clip(lower=0)
    table["fe_s"] = table["fe"] / (table["s"] + 0.1)
    return table.reset_index(drop=True)


table = read("ores.csv")
print(table["ore"].value_counts())
table = table.groupby("ore", group_keys=False).sample(n=400, replace=True, random_state=0)  # expect: L108|L203
x = table[ELEMENTS + ["fe_s"]].to_numpy()
y = table["ore"].to_numpy()

recalls = []
for learn, check in StratifiedKFold(n_splits=5, shuffle=True, random_state=0).split(x, y):
    forest = RandomForestClassifier(200, random_state=0, n_jobs=2).fit(x[learn], y[learn])
    recalls.append(balanced_recall(y[check], forest.predict(x[check])))
print(f"mean recall {np.mean(recalls):.3f}")
