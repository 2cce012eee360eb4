# expect: L302@13
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from xgboost import XGBClassifier
sc = StandardScaler().fit(X_train)
pipe = Pipeline([("sc", StandardScaler()), ("clf", XGBClassifier(early_stopping_rounds=5))])
pipe.fit(X_train, y_train, clf__eval_set=[(sc.transform(X_test), y_test)])
print(pipe.score(X_test, y_test))
