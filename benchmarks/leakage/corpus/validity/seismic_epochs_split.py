# expect: none
"""Rock classification from seismic attributes: how long should we train?"""
import numpy as np
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from tensorflow import keras


def network(n_inputs, n_classes):
    model = keras.Sequential([
        keras.layers.Input((n_inputs,)),
        keras.layers.Dense(64, activation="relu"),
        keras.layers.Dropout(0.3),
        keras.layers.Dense(n_classes, activation="softmax"),
    ])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


attributes = np.load("attributes.npy")
rocks = np.load("rocks.npy")
train_a, test_a, train_r, test_r = train_test_split(attributes, rocks, test_size=0.2, stratify=rocks, random_state=0)
probe_a, dev_a, probe_r, dev_r = train_test_split(train_a, train_r, test_size=0.2, stratify=train_r, random_state=1)

scale = StandardScaler().fit(probe_a)
probe = network(train_a.shape[1], 6)
history = probe.fit(
    scale.transform(probe_a), probe_r, epochs=150, validation_data=(scale.transform(dev_a), dev_r), verbose=0
)
n_epochs = int(np.argmax(history.history["val_accuracy"])) + 1

scale = StandardScaler().fit(train_a)
model = network(train_a.shape[1], 6)
model.fit(scale.transform(train_a), train_r, epochs=n_epochs, verbose=0)
loss, acc = model.evaluate(scale.transform(test_a), test_r, verbose=0)
print(f"Test accuracy after {n_epochs} epochs: {acc:.3f}")
