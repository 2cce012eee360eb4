# expect: L301@19
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
import random
history = []
for trial in range(20):
    params = {"svc__C": 10 ** random.uniform(-2, 2)}
    pipe = make_pipeline(StandardScaler(), SVC()).set_params(**params)
    pipe.fit(X_train, y_train)
    history.append((pipe.score(X_test, y_test), params))
history.sort(key=lambda t: t[0], reverse=True)
best_score, best_params = history[0]
print(best_score, best_params)
