"""Melanoma on patches: file names look like P0123_07.png (patient, patch)."""
from pathlib import Path

import numpy as np
from PIL import Image
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from tensorflow import keras

ROOT = Path("patches")


def read(path):
    return np.asarray(Image.open(path).convert("RGB").resize((96, 96)), dtype=np.float32) / 255.0


def label(path):
    return int(path.parent.name == "melanoma")


files = sorted(ROOT.glob("*/*.png"))
patients = {f.stem.split("_")[0] for f in files}
print(len(files), "patches of", len(patients), "patients")

train_files, test_files = train_test_split(files, test_size=0.2, stratify=[label(f) for f in files], random_state=0)  # expect: L601
x_train, y_train = np.stack([read(f) for f in train_files]), np.array([label(f) for f in train_files])
x_test, y_test = np.stack([read(f) for f in test_files]), np.array([label(f) for f in test_files])

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
