# expect: none
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
from sklearn.linear_model import LogisticRegression
X_tr, X_va, y_tr, y_va = train_test_split(X_train, y_train, test_size=0.2)
lr = LogisticRegression().fit(X_tr, y_tr)
def find_best_threshold(y_true, y_prob):
    fpr, tpr, thr = roc_curve(y_true, y_prob)
    return thr[np.argmax(tpr - fpr)]
threshold = find_best_threshold(y_va, lr.predict_proba(X_va)[:, 1])
print(f1_score(y_test, lr.predict_proba(X_test)[:, 1] >= threshold))
