# expect: none
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
from sklearn.linear_model import LinearRegression
lr = LinearRegression().fit(X_train, y_train)
res = np.abs(y_test - lr.predict(X_test))
worst = np.argmax(res.values)
print(X_test.iloc[worst], res.max(), max_error(y_test, lr.predict(X_test)), sorted(res)[-10:])
print(mean_absolute_error(y_test, lr.predict(X_test)))
