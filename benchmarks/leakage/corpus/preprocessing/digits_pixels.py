# expect: none
# Handwritten digits; pixels go to [0, 1], every image is centred on its own mean
import numpy as np
from keras import layers, models, utils
from keras.datasets import mnist

utils.set_random_seed(4)
(train_images, train_labels), (test_images, test_labels) = mnist.load_data()

everything = np.concatenate([train_images, test_images]).astype("float32") / 255.0
everything = everything - everything.mean(axis=(1, 2), keepdims=True)
train_images, test_images = everything[:60000, ..., None], everything[60000:, ..., None]

net = models.Sequential([
    layers.Input((28, 28, 1)),
    layers.Conv2D(16, 3, activation="relu"),
    layers.MaxPooling2D(),
    layers.Conv2D(32, 3, activation="relu"),
    layers.MaxPooling2D(),
    layers.Flatten(),
    layers.Dense(10, activation="softmax"),
])
net.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
net.fit(train_images, train_labels, epochs=5, batch_size=256, validation_split=0.1)
loss, acc = net.evaluate(test_images, test_labels, verbose=0)
print("test accuracy", acc)
