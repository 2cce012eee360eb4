import numpy as np
import pandas as pd
from lightgbm import LGBMClassifier
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier

bank = pd.read_csv("Churn_Modelling.csv").drop(columns=["RowNumber", "CustomerId", "Surname"])
bank = pd.get_dummies(bank, columns=["Geography", "Gender"])
y = bank.pop("Exited").to_numpy()
X = bank.to_numpy(dtype=float)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, stratify=y, random_state=10)

level_one = [
    ExtraTreesClassifier(n_estimators=300, random_state=0),
    LGBMClassifier(n_estimators=200, num_leaves=20, verbose=-1),
    KNeighborsClassifier(15),
]
for model in level_one:
    model.fit(X_train, y_train)

meta_train = np.column_stack([m.predict_proba(X_train)[:, 1] for m in level_one])  # expect: L306
meta_test = np.column_stack([m.predict_proba(X_test)[:, 1] for m in level_one])

level_two = LogisticRegression()
level_two.fit(meta_train, y_train)
print("weights:", level_two.coef_.round(3))
print("stacked AUC: %.4f" % roc_auc_score(y_test, level_two.predict_proba(meta_test)[:, 1]))
