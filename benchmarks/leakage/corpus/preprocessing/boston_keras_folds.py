"""k-fold validation of a small regression net (after chapter 3 of the book)."""
import numpy as np
from sklearn.model_selection import KFold
from sklearn.preprocessing import MinMaxScaler
from tensorflow import keras


def build_model(width):
    model = keras.Sequential([
        keras.layers.Dense(width, activation="relu"),
        keras.layers.Dense(width, activation="relu"),
        keras.layers.Dense(1),
    ])
    model.compile(optimizer="rmsprop", loss="mse", metrics=["mae"])
    return model


def read_prices(path):
    table = np.genfromtxt(path, delimiter=",", skip_header=1)
    return table[:, :-1], table[:, -1]


def cross_validated(x, prices, folds=4, epochs=80):
    maes = []
    for i, (a, b) in enumerate(KFold(n_splits=folds, shuffle=True, random_state=0).split(x)):
        print("processing fold #", i)
        model = build_model(64)
        model.fit(x[a], prices[a], epochs=epochs, batch_size=16, verbose=0)
        _, mae = model.evaluate(x[b], prices[b], verbose=0)
        maes.append(mae)
    return maes


if __name__ == "__main__":
    rooms, prices = read_prices("housing_tracts.csv")
    scaler = MinMaxScaler()
    scaler.fit(rooms)  # expect: L111|L101
    rooms = scaler.transform(rooms)
    maes = cross_validated(rooms, prices)
    print(maes)
    print("mean MAE:", np.mean(maes))
