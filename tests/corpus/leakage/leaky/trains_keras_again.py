# expect: L204@17
import numpy as np
from tensorflow import keras
from sklearn.model_selection import train_test_split


def build(width):
    model = keras.Sequential([keras.layers.Dense(width, activation="relu"), keras.layers.Dense(1)])
    model.compile(optimizer="adam", loss="mse", metrics=["mae"])
    return model


data = np.load("data.npz")
X_train, X_test, y_train, y_test = train_test_split(data["x"], data["y"], random_state=1)
model = build(32)
model.fit(X_train, y_train, epochs=50, verbose=0)
model.fit(X_test, y_test, epochs=5, verbose=0)
loss, mae = model.evaluate(X_test, y_test, verbose=0)
print("MAE", mae)
