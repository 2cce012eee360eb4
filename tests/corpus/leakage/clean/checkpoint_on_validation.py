# expect: none
import numpy as np
from tensorflow.keras.datasets import cifar10
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import Dense
from tensorflow.keras.callbacks import ReduceLROnPlateau, ModelCheckpoint
(x_train, y_train), (x_test, y_test) = cifar10.load_data()
mean = np.mean(x_train, axis=(0, 1, 2)); std = np.std(x_train, axis=(0, 1, 2))
x_train = (x_train - mean) / (std + 1e-7); x_test = (x_test - mean) / (std + 1e-7)
x_val, y_val = x_train[-5000:], y_train[-5000:]
x_train, y_train = x_train[:-5000], y_train[:-5000]
m = Sequential([Dense(10)])
m.compile("adam", "sparse_categorical_crossentropy")
m.fit(x_train, y_train, validation_data=(x_val, y_val), callbacks=[ModelCheckpoint("a.h5", save_best_only=True)])
m.load_weights("a.h5")
print(m.evaluate(x_test, y_test))
