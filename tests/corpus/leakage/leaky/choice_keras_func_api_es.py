# expect: L302@13
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
import tensorflow as tf
inp = tf.keras.Input((4,)); out = tf.keras.layers.Dense(1)(inp)
model = tf.keras.Model(inp, out)
model.compile(optimizer="adam", loss="mse")
callbacks = [tf.keras.callbacks.EarlyStopping(patience=3), tf.keras.callbacks.ReduceLROnPlateau()]
model.fit(X_train, y_train, epochs=50, validation_data=(X_test, y_test), callbacks=callbacks)
p = (model.predict(X_test) > 0.5).astype(int)
print(classification_report(y_test, p))
