# expect: none
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
from tensorflow import keras
m = keras.Sequential([keras.layers.Dense(1)])
m.compile("adam", "mse", metrics=["mae"])
h = m.fit(X_train, y_train, validation_split=0.1, epochs=20)
print("best val epoch", np.argmin(h.history["val_loss"]), min(h.history["val_loss"]))
print(m.evaluate(X_test, y_test))
