# expect: L304@13
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
from sklearn.linear_model import LogisticRegression
model = LogisticRegression().fit(X_train, y_train)
yhat = model.predict_proba(X_test)[:, 1]
fpr, tpr, thresholds = roc_curve(y_test, yhat)
gmeans = np.sqrt(tpr * (1 - fpr))
ix = np.argmax(gmeans)
print("Best Threshold=%f, G-Mean=%.3f" % (thresholds[ix], gmeans[ix]))
