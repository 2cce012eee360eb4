# expect: L301@15
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
import keras_tuner as kt
from tensorflow import keras
def build(hp):
    m = keras.Sequential([keras.layers.Dense(hp.Int("u", 8, 64)), keras.layers.Dense(1)])
    m.compile("adam", "mse")
    return m
tuner = kt.RandomSearch(build, objective="val_loss", max_trials=10)
tuner.search(X_train, y_train, epochs=10, validation_data=(X_test, y_test))
best = tuner.get_best_models(1)[0]
print(best.evaluate(X_test, y_test))
