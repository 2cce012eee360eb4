"""Chest films, one per person; mirror images double the collection."""
import numpy as np
import tensorflow as tf
from sklearn.model_selection import train_test_split
from tensorflow.keras import layers

SIZE = 96


def load(path="films.npz"):
    data = np.load(path)
    films = tf.image.resize(data["films"][..., None], (SIZE, SIZE)).numpy() / 255.0
    return films, data["finding"].astype("float32")


def network():
    net = tf.keras.Sequential([
        layers.Input((SIZE, SIZE, 1)),
        layers.Conv2D(16, 3, activation="relu"),
        layers.MaxPooling2D(),
        layers.Conv2D(32, 3, activation="relu"),
        layers.GlobalAveragePooling2D(),
        layers.Dense(1, activation="sigmoid"),
    ])
    net.compile("adam", "binary_crossentropy", metrics=["accuracy", tf.keras.metrics.AUC(name="auc")])
    return net


films, finding = load()
films, finding = np.concatenate([films, films[:, :, ::-1]]), np.tile(finding, 2)  # expect: L109|L203
print("films:", films.shape)

a_films, b_films, a_find, b_find = train_test_split(films, finding, test_size=0.2, random_state=1)
net = network()
net.fit(a_films, a_find, epochs=12, batch_size=32, verbose=2)
print(dict(zip(net.metrics_names, net.evaluate(b_films, b_find, verbose=0))))
