# expect: L302@12
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
from catboost import CatBoostClassifier, Pool
train_pool = Pool(X_train, y_train)
test_pool = Pool(X_test, y_test)
model = CatBoostClassifier(iterations=500)
model.fit(train_pool, eval_set=test_pool)
print(accuracy_score(y_test, model.predict(test_pool)))
