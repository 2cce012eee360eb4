"""Application scorecard in the classical way: bins, weight of evidence, logistic regression."""
import numpy as np
import pandas as pd
import statsmodels.api as sm
from sklearn.metrics import roc_auc_score

BINS = {
    "age": [0, 23, 28, 35, 45, 60, 120],
    "income": [-1, 1000, 1800, 2600, 4000, np.inf],
    "months_at_address": [-1, 6, 24, 60, np.inf],
    "inquiries": [-1, 0, 2, 5, np.inf],
}


def woe_table(binned, bad):
    tab = pd.crosstab(binned, bad) + 0.5  # expect: L106
    return np.log((tab[0] / tab[0].sum()) / (tab[1] / tab[1].sum()))


def woe_frame(apps):
    out = pd.DataFrame(index=apps.index)
    for name, edges in BINS.items():
        binned = pd.cut(apps[name], bins=edges, labels=False)
        out[name + "_woe"] = binned.map(woe_table(binned, apps["bad"]))
    return out


def gini(truth, score):
    return 2 * roc_auc_score(truth, score) - 1


apps = pd.read_csv("applications.csv", index_col="app_no")
apps = apps.dropna(subset=["bad"])
woe = sm.add_constant(woe_frame(apps))

rng = np.random.RandomState(42)
dev = rng.uniform(size=len(apps)) < 0.7

logit = sm.Logit(apps.loc[dev, "bad"], woe[dev]).fit(disp=0)
print(logit.params.round(2))
print("Gini on the other 30%:", round(gini(apps.loc[~dev, "bad"], logit.predict(woe[~dev])), 3))
