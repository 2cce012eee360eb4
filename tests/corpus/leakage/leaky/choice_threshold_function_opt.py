# expect: L304@14
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
from sklearn.linear_model import LogisticRegression
lr = LogisticRegression().fit(X_train, y_train)
proba = lr.predict_proba(X_test)[:, 1]
def find_best_threshold(y_true, y_prob):
    precisions, recalls, thresholds = precision_recall_curve(y_true, y_prob)
    f1s = 2 * precisions * recalls / (precisions + recalls + 1e-9)
    best_idx = np.argmax(f1s)
    return thresholds[best_idx], f1s[best_idx]
threshold, f1 = find_best_threshold(y_test, proba)
y_pred = (proba >= threshold).astype(int)
print(classification_report(y_test, y_pred))
