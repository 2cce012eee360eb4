# expect: L303@15
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
from tensorflow import keras
model = keras.Sequential([keras.layers.Dense(1)])
model.compile("adam", "mse", metrics=["accuracy"])
best = 0
for epoch in range(50):
    model.fit(X_train, y_train, epochs=1, verbose=0)
    _, acc = model.evaluate(X_test, y_test, verbose=0)
    if acc > best:
        best = acc
        model.save("best.h5")
print(best)
