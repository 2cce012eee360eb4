# expect: none
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict

people = pd.read_csv("people.csv")
people["birth_date"] = pd.to_datetime(people["birth_date"])
people["joined"] = pd.to_datetime(people["joined"])
people["age"] = (pd.Timestamp("2024-01-01") - people["birth_date"]).dt.days // 365
people["tenure"] = (pd.Timestamp("2024-01-01") - people["joined"]).dt.days
X = people[["age", "tenure", "income"]]
y = people["defaulted"]
folds = StratifiedKFold(n_splits=5, shuffle=True, random_state=0)
p = cross_val_predict(LogisticRegression(max_iter=500), X, y, cv=folds, method="predict_proba")[:, 1]
print(roc_auc_score(y, p))
