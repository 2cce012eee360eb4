"""Keras on tabular data: functions that mix steps."""
import numpy as np
import pandas as pd
from sklearn.preprocessing import StandardScaler
from tensorflow import keras
from tensorflow.keras import layers


def get_data():
    df = pd.read_csv("energy.csv")
    df = df.dropna()
    df = df[df["load"] > 0]
    df["hour_sin"] = np.sin(2 * np.pi * df["hour"] / 24)
    df["hour_cos"] = np.cos(2 * np.pi * df["hour"] / 24)
    n = int(len(df) * 0.8)
    train_df = df.iloc[:n]
    test_df = df.iloc[n:]
    return train_df, test_df


def make_network(width):
    model = keras.Sequential(
        [
            keras.Input(shape=(width,)),
            layers.Dense(64, activation="relu"),
            layers.Dense(32, activation="relu"),
            layers.Dense(1),
        ]
    )
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="mse", metrics=["mae"])
    return model


keras.utils.set_random_seed(3)
train_df, test_df = get_data()
columns = [c for c in train_df if c != "load"]
scaler = StandardScaler().fit(train_df[columns])
X_train = scaler.transform(train_df[columns])
X_test = scaler.transform(test_df[columns])
y_train, y_test = train_df["load"].values, test_df["load"].values

model = make_network(X_train.shape[1])
stop = keras.callbacks.EarlyStopping(patience=10, restore_best_weights=True)
history = model.fit(X_train, y_train, epochs=200, validation_split=0.1, callbacks=[stop], verbose=0)

loss, mae = model.evaluate(X_test, y_test, verbose=0)
print(f"test MAE {mae:.3f}")
model.save("energy.keras")
