import argparse

import numpy as np
import pandas as pd
import tensorflow as tf
from tensorflow.keras import layers


def build(normalizer, width):
    net = tf.keras.Sequential([
        normalizer,
        layers.Dense(width, activation="relu"),
        layers.Dropout(0.1),
        layers.Dense(width // 2, activation="relu"),
        layers.Dense(1),
    ])
    net.compile(optimizer=tf.keras.optimizers.Adam(1e-3), loss="mse", metrics=["mae"])
    return net


def parse():
    p = argparse.ArgumentParser(description="Soil moisture from hyperspectral bands")
    p.add_argument("--csv", default="plots_bands.csv")
    p.add_argument("--width", type=int, default=64)
    p.add_argument("--epochs", type=int, default=60)
    p.add_argument("--seed", type=int, default=1)
    return p.parse_args()


def main():
    args = parse()
    tf.keras.utils.set_random_seed(args.seed)
    table = pd.read_csv(args.csv).drop(columns=["plot", "soil_temperature"])
    target = table.pop("soil_moisture").to_numpy("float32")
    bands = table.to_numpy("float32")

    normalizer = layers.Normalization(axis=-1)
    normalizer.adapt(bands)  # expect: L101

    mask = np.random.default_rng(args.seed).random(len(target)) < 0.75
    net = build(normalizer, args.width)
    net.fit(bands[mask], target[mask], epochs=args.epochs, batch_size=32, verbose=2)

    loss, mae = net.evaluate(bands[~mask], target[~mask], verbose=0)
    print(f"held-out MAE {mae:.3f}  RMSE {loss ** 0.5:.3f}")


if __name__ == "__main__":
    main()
