# expect: L302@11
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
import catboost
train_pool = catboost.Pool(X_train, y_train)
test_pool = catboost.Pool(X_test, y_test)
model = catboost.train(pool=train_pool, params={"iterations": 100}, eval_set=test_pool)
print(accuracy_score(y_test, model.predict(test_pool) > 0))
