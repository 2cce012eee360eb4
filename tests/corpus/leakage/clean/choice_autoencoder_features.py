# expect: none
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
from tensorflow import keras
from sklearn.linear_model import LogisticRegression
ae = keras.Sequential([keras.layers.Dense(4), keras.layers.Dense(10)])
ae.compile("adam", "mse")
ae.fit(X_train, X_train, epochs=10, validation_data=(X_test, X_test))
clf = LogisticRegression().fit(ae.predict(X_train), y_train)
print(clf.score(ae.predict(X_test), y_test))
