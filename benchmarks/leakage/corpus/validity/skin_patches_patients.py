# expect: none
"""Melanoma on patches: file names look like P0123_07.png (patient, patch); the patients are divided."""
import random
from pathlib import Path

import numpy as np
from PIL import Image
from sklearn.metrics import roc_auc_score
from tensorflow import keras

ROOT = Path("patches")


def read(path):
    return np.asarray(Image.open(path).convert("RGB").resize((96, 96)), dtype=np.float32) / 255.0


def load(files):
    return np.stack([read(f) for f in files]), np.array([int(f.parent.name == "melanoma") for f in files])


files = sorted(ROOT.glob("*/*.png"))
patients = sorted({f.stem.split("_")[0] for f in files})
random.Random(0).shuffle(patients)
held_out = set(patients[: len(patients) // 5])

x_train, y_train = load([f for f in files if f.stem.split("_")[0] not in held_out])
x_test, y_test = load([f for f in files if f.stem.split("_")[0] in held_out])

net = keras.Sequential([
    keras.layers.Input((96, 96, 3)),
    keras.layers.Conv2D(32, 3, activation="relu"),
    keras.layers.MaxPooling2D(),
    keras.layers.Conv2D(64, 3, activation="relu"),
    keras.layers.GlobalAveragePooling2D(),
    keras.layers.Dense(1, activation="sigmoid"),
])
net.compile("adam", "binary_crossentropy")
net.fit(x_train, y_train, epochs=15, batch_size=32)
print("test AUC", roc_auc_score(y_test, net.predict(x_test).ravel()))
