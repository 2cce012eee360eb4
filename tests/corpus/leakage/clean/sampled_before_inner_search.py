# expect: none
"""Rows made and features chosen on the training part of each fold; the search in it only picks parameters."""

import numpy as np
import pandas as pd
from imblearn.over_sampling import SMOTE
from sklearn.feature_selection import SelectKBest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GridSearchCV, StratifiedKFold

sheet = pd.read_csv("lesions.csv")
X, y = sheet.drop(columns=["grade"]), sheet["grade"]
areas = []
for inside, outside in StratifiedKFold(5, shuffle=True, random_state=0).split(X, y):
    more, labels = SMOTE(random_state=0).fit_resample(X.iloc[inside], y.iloc[inside])
    chooser = SelectKBest(k=12)
    more = chooser.fit_transform(more, labels)
    search = GridSearchCV(LogisticRegression(), {"C": [0.1, 1.0]}, cv=4).fit(more, labels)
    chance = search.best_estimator_.predict_proba(chooser.transform(X.iloc[outside]))[:, 1]
    areas.append(roc_auc_score(y.iloc[outside], chance))
print(np.mean(areas))
