# Reproduces Table 3 of the manuscript (one lesion per patient, n=212)
import numpy as np
import pandas as pd
from sklearn.feature_selection import SelectKBest, f_classif
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.linear_model import LogisticRegression

SEED = 1234
N_FEATS = 15

feat = pd.read_excel("radiomics_features.xlsx", index_col=0)
clin = pd.read_excel("clinical.xlsx", index_col=0)
feat = feat.loc[:, ~feat.columns.str.startswith("diagnostics_")]
table = feat.join(clin[["grade"]], how="inner")

table["high"] = (table["grade"] >= 3).astype(int)
y = table["high"].values
X = table.drop(columns="high").astype(float)  # expect: L401|L402
print(X.shape, y.mean())


def informative(X, y, k):
    kb = SelectKBest(f_classif, k=k)
    kb.fit(X, y)  # expect: L105|L111
    keep = X.columns[kb.get_support()]
    for n, s in sorted(zip(X.columns, kb.scores_), key=lambda t: -t[1])[:k]:
        print(f"   {n:55s} F={s:.2f}")
    return X[keep]


def summarise(name, scores):
    lo, hi = np.percentile(scores, [2.5, 97.5])
    print(f"{name:10s} AUC {scores.mean():.3f} ({lo:.3f}-{hi:.3f})")


Xs = informative(X, y, N_FEATS)
cv = StratifiedKFold(n_splits=5, shuffle=True, random_state=SEED)
models = {
    "svm": make_pipeline(StandardScaler(), SVC(kernel="rbf", C=1.0)),
    "logit": make_pipeline(StandardScaler(), LogisticRegression(max_iter=5000)),
}
for name, m in models.items():
    sc = cross_val_score(m, Xs, y, cv=cv, scoring="roc_auc")
    summarise(name, sc)
