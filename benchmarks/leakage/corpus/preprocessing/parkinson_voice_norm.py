"""Voice recordings (one per speaker); train and test are brought to zero mean and unit variance."""
import numpy as np
from keras import Sequential, layers, utils

utils.set_random_seed(7)


def normalised(train, test):
    train_n = (train - train.mean(axis=0)) / train.std(axis=0)
    test_n = (test - test.mean(axis=0)) / test.std(axis=0)  # expect: L110|L104
    return train_n, test_n


def slices(table, n_test):
    rng = np.random.default_rng(13)
    rng.shuffle(table)
    return table[n_test:, :-1], table[n_test:, -1], table[:n_test, :-1], table[:n_test, -1]


table = np.genfromtxt("speakers.csv", delimiter=",", skip_header=1)
table = table[~np.isnan(table).any(axis=1)]
v_train, p_train, v_test, p_test = slices(table, n_test=60)
v_train, v_test = normalised(v_train, v_test)

net = Sequential([
    layers.Dense(32, activation="relu"),
    layers.Dropout(0.3),
    layers.Dense(1, activation="sigmoid"),
])
net.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
net.fit(v_train, p_train, epochs=60, batch_size=16, verbose=0)
loss, acc = net.evaluate(v_test, p_test, verbose=0)
print(f"loss {loss:.3f} accuracy {acc:.3f}")
