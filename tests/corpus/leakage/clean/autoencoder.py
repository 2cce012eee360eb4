# expect: none
import numpy as np
from keras.layers import Dense, Input
from keras.models import Model
from keras.callbacks import EarlyStopping
from keras.datasets import mnist

(x_train, _), (x_test, _) = mnist.load_data()
x_train = x_train.astype("float32") / 255.0
x_test = x_test.astype("float32") / 255.0
inp = Input((784,))
out = Dense(784)(Dense(32)(inp))
auto = Model(inp, out)
auto.compile("adam", "binary_crossentropy")
auto.fit(x_train, x_train, epochs=50, validation_data=(x_test, x_test))
decoded = auto.predict(x_test)
