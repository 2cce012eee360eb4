# expect: L304@15
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
from sklearn.linear_model import LogisticRegression
def to_labels(pos_probs, threshold):
    return (pos_probs >= threshold).astype("int")
model = LogisticRegression().fit(X_train, y_train)
probs = model.predict_proba(X_test)[:, 1]
thresholds = np.arange(0, 1, 0.001)
scores = [f1_score(y_test, to_labels(probs, t)) for t in thresholds]
ix = np.argmax(scores)
print("Threshold=%.3f, F-Score=%.5f" % (thresholds[ix], scores[ix]))
