"""Cassava leaf disease, small CNN from scratch. Images were resized before (resize.py)."""
import argparse
import glob
import os

import numpy as np
from PIL import Image
from sklearn.metrics import classification_report, confusion_matrix
from sklearn.model_selection import train_test_split
from tensorflow import keras
from tensorflow.keras import layers

SIZE = 96
CLASSES = ["cbb", "cbsd", "cgm", "cmd", "healthy"]


def read_images(root):
    images, labels = [], []
    for index, name in enumerate(CLASSES):
        files = sorted(glob.glob(os.path.join(root, name, "*.jpg")))
        print(name, len(files))
        for path in files:
            with Image.open(path) as im:
                images.append(np.asarray(im.convert("RGB").resize((SIZE, SIZE))))
            labels.append(index)
    return np.stack(images).astype("float32") / 255.0, np.array(labels)


def add_noise(batch, sigma=0.03, rng=np.random.default_rng(0)):
    return np.clip(batch + rng.normal(0, sigma, batch.shape).astype("float32"), 0, 1)


def more_images(x, y):
    flipped = x[:, :, ::-1, :]
    upside = x[:, ::-1, :, :]
    noisy = add_noise(x)
    bright = np.clip(x * 1.2, 0, 1)
    x_all = np.concatenate([x, flipped, upside, noisy, bright])  # expect: L109
    y_all = np.tile(y, 5)
    return x_all, y_all


def conv_block(x, filters):
    x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    x = layers.ReLU()(x)
    return layers.MaxPooling2D()(x)


def build(filters=(32, 64, 128, 128), dropout=0.4, lr=1e-3):
    inp = keras.Input((SIZE, SIZE, 3))
    x = inp
    for f in filters:
        x = conv_block(x, f)
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(dropout)(x)
    out = layers.Dense(len(CLASSES), activation="softmax")(x)
    model = keras.Model(inp, out)
    model.compile(keras.optimizers.Adam(lr), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("root")
    ap.add_argument("--epochs", type=int, default=25)
    ap.add_argument("--batch", type=int, default=64)
    ap.add_argument("--seed", type=int, default=1)
    args = ap.parse_args()
    keras.utils.set_random_seed(args.seed)

    x, y = read_images(args.root)
    print("original images:", x.shape)
    x, y = more_images(x, y)
    print("after augmentation:", x.shape)

    x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.2, stratify=y, random_state=args.seed)
    x_train, x_val, y_train, y_val = train_test_split(x_train, y_train, test_size=0.1, stratify=y_train, random_state=args.seed)

    model = build()
    model.fit(
        x_train,
        y_train,
        validation_data=(x_val, y_val),
        epochs=args.epochs,
        batch_size=args.batch,
        callbacks=[keras.callbacks.EarlyStopping(patience=5, restore_best_weights=True), keras.callbacks.CSVLogger("log.csv")],
    )
    guess = model.predict(x_test).argmax(axis=1)
    print(classification_report(y_test, guess, target_names=CLASSES))
    print(confusion_matrix(y_test, guess))
    print("test accuracy", (guess == y_test).mean())
    model.save("leaf.keras")


if __name__ == "__main__":
    main()
