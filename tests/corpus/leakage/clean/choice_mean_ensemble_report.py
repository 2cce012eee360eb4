# expect: none
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
from sklearn.linear_model import LogisticRegression
from sklearn.ensemble import RandomForestClassifier, VotingClassifier
ms = [LogisticRegression(), RandomForestClassifier()]
preds = np.mean([mm.fit(X_train, y_train).predict_proba(X_test)[:, 1] for mm in ms], axis=0)
print(roc_auc_score(y_test, preds), accuracy_score(y_test, preds > 0.5))
