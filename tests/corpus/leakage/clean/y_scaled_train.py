# expect: none
import numpy as np
import pandas as pd
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVR

df = pd.read_csv("d.csv")
X_train, X_test, y_train, y_test = train_test_split(df[["a", "b"]], df["y"])
sx, sy = StandardScaler(), StandardScaler()
m = SVR().fit(sx.fit_transform(X_train), sy.fit_transform(y_train.values.reshape(-1, 1)).ravel())
pred = sy.inverse_transform(m.predict(sx.transform(X_test)).reshape(-1, 1))
print(mean_absolute_error(y_test, pred))
