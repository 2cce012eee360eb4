"""Cracks in tiles (one photo per tile): five rotated versions of every photo are drawn beforehand."""
import numpy as np
from keras import layers, models
from keras.preprocessing.image import ImageDataGenerator
from PIL import Image
from pathlib import Path
from sklearn.metrics import f1_score
from sklearn.model_selection import train_test_split

FOLDER = Path("tiles")
SIDE = 80


def photos():
    for label, name in enumerate(("sound", "cracked")):
        for file in sorted((FOLDER / name).glob("*.png")):
            yield np.asarray(Image.open(file).convert("L").resize((SIDE, SIDE)), dtype="float32") / 255.0, label


def versions(images, labels, times):
    generator = ImageDataGenerator(rotation_range=20, zoom_range=0.1, fill_mode="nearest")
    flow = generator.flow(images, labels, batch_size=len(images), shuffle=False, seed=0)  # expect: L109|L203
    drawn = [next(flow) for _ in range(times)]
    return np.concatenate([d[0] for d in drawn]), np.concatenate([d[1] for d in drawn])


images, labels = map(np.array, zip(*photos()))
images, labels = versions(images[..., None], labels, times=5)
print("versions:", images.shape)

i_tr, i_te, l_tr, l_te = train_test_split(images, labels, test_size=0.25, random_state=6, stratify=labels)
net = models.Sequential([
    layers.Conv2D(24, 5, strides=2, activation="relu", input_shape=(SIDE, SIDE, 1)),
    layers.Conv2D(48, 3, strides=2, activation="relu"),
    layers.GlobalAveragePooling2D(),
    layers.Dense(1, activation="sigmoid"),
])
net.compile("adam", "binary_crossentropy")
net.fit(i_tr, l_tr, epochs=15, batch_size=32, verbose=0)
print("F1", round(f1_score(l_te, net.predict(i_te, verbose=0).ravel() > 0.5), 3))
