# expect: none
"""Fashion-MNIST with keras: the stop looks at the training loss only."""
import numpy as np
from tensorflow import keras


def make_model(width=64, drop=0.3):
    inputs = keras.Input(shape=(28, 28, 1))
    x = keras.layers.Conv2D(width, 3, activation="relu")(inputs)
    x = keras.layers.MaxPooling2D()(x)
    x = keras.layers.Conv2D(width * 2, 3, activation="relu")(x)
    x = keras.layers.GlobalAveragePooling2D()(x)
    x = keras.layers.Dropout(drop)(x)
    outputs = keras.layers.Dense(10, activation="softmax")(x)
    return keras.Model(inputs, outputs)


(xa, ya), (xb, yb) = keras.datasets.fashion_mnist.load_data()
xa = xa[..., None].astype(np.float32) / 255.0
xb = xb[..., None].astype(np.float32) / 255.0

net = make_model()
net.compile(keras.optimizers.Adam(1e-3), "sparse_categorical_crossentropy", metrics=["accuracy"])
stop = keras.callbacks.EarlyStopping(monitor="loss", patience=2, min_delta=1e-3)
log = keras.callbacks.CSVLogger("fashion.csv")

# validation_data is for the log file
net.fit(xa, ya, epochs=40, batch_size=256, validation_data=(xb, yb), callbacks=[stop, log], verbose=2)

print("test accuracy", net.evaluate(xb, yb, verbose=0)[1])
