# expect: L304@12
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
from sklearn.calibration import CalibratedClassifierCV
from sklearn.frozen import FrozenEstimator
from sklearn.ensemble import RandomForestClassifier
rf = RandomForestClassifier().fit(X_train, y_train)
cal = CalibratedClassifierCV(FrozenEstimator(rf), method="isotonic").fit(X_test, y_test)
print(brier_score_loss(y_test, cal.predict_proba(X_test)[:, 1]))
