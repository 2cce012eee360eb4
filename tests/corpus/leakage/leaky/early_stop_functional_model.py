# expect: L302@17
import tensorflow as tf
from sklearn.model_selection import train_test_split
import numpy as np
def build():
    inp = tf.keras.Input((10,))
    x = tf.keras.layers.Dense(10)(inp)
    out = tf.keras.layers.Dense(1)(x)
    model = tf.keras.Model(inp, out)
    model.compile("adam", "mse")
    return model
def main():
    X = np.random.rand(100, 10); y = np.random.rand(100)
    X_train, X_test, y_train, y_test = train_test_split(X, y)
    model = build()
    es = tf.keras.callbacks.EarlyStopping(monitor="val_loss", patience=3, restore_best_weights=True)
    model.fit(X_train, y_train, validation_data=(X_test, y_test), callbacks=[es], epochs=100)
    print("test", model.evaluate(X_test, y_test))
main()
