# expect: none
# patient-level evaluation of the hand-crafted lesion descriptors
import numpy as np
import pandas as pd
from imblearn.over_sampling import SMOTE
from imblearn.pipeline import Pipeline
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold
from sklearn.preprocessing import StandardScaler

META = ["patient_id", "image", "malignant"]


class Experiment:
    def __init__(self, csv, k=5):
        self.d = pd.read_csv(csv)
        self.k = k
        self.oof = np.zeros(len(self.d))

    @property
    def X(self):
        return self.d.drop(columns=META).values

    def model(self):
        return Pipeline([
            ("scale", StandardScaler()),
            ("over", SMOTE(random_state=0)),
            ("rf", RandomForestClassifier(500, min_samples_leaf=3, n_jobs=-1, random_state=0)),
        ])

    def run(self):
        X, y, g = self.X, self.d["malignant"].values, self.d["patient_id"].values
        aucs = []
        for i, (a, b) in enumerate(GroupKFold(self.k).split(X, y, g)):
            m = self.model()
            m.fit(X[a], y[a])
            self.oof[b] = m.predict_proba(X[b])[:, 1]
            aucs.append(roc_auc_score(y[b], self.oof[b]))
            print(f"fold {i} n={len(b)} auc={aucs[-1]:.3f}")
        print("mean", np.mean(aucs), "pooled", roc_auc_score(y, self.oof))


if __name__ == "__main__":
    Experiment("lesions.csv").run()
