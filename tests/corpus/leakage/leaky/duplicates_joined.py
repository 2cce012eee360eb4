# expect: L203@10
import pandas as pd
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.model_selection import StratifiedKFold, cross_val_score


def features():
    customers = pd.read_csv("customers.csv")
    calls = pd.read_csv("calls.csv")
    return customers.merge(calls, on="customer_id", how="inner")


table = features()
y = table.pop("churned")
X = table[["age", "tenure", "duration"]]
folds = StratifiedKFold(5, shuffle=True, random_state=0)
print(cross_val_score(GradientBoostingClassifier(), X, y, cv=folds, scoring="roc_auc").mean())
