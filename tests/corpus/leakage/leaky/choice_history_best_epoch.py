# expect: L301@14
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
from tensorflow import keras
def build():
    m = keras.Sequential([keras.layers.Dense(1)])
    m.compile("adam", "mse")
    return m
h = build().fit(X_train, y_train, validation_data=(X_test, y_test), epochs=100)
best_epoch = int(np.argmin(h.history["val_loss"])) + 1
m = build()
m.fit(X_train, y_train, epochs=best_epoch)
print(m.evaluate(X_test, y_test))
