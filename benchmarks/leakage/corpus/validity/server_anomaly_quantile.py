# expect: none
"""Anomalies in server metrics with an autoencoder; the limit is a quantile of the training errors."""
import numpy as np
from sklearn.metrics import average_precision_score, f1_score, precision_score, recall_score
from sklearn.preprocessing import MinMaxScaler
from tensorflow import keras


def autoencoder(n):
    inp = keras.Input((n,))
    code = keras.layers.Dense(8, activation="relu")(keras.layers.Dense(24, activation="relu")(inp))
    out = keras.layers.Dense(n)(keras.layers.Dense(24, activation="relu")(code))
    net = keras.Model(inp, out)
    net.compile("adam", "mse")
    return net


train = np.loadtxt("machine-1-1_train.txt", delimiter=",")
test = np.loadtxt("machine-1-1_test.txt", delimiter=",")
labels = np.loadtxt("machine-1-1_labels.txt").astype(int)

mm = MinMaxScaler().fit(train)
train, test = mm.transform(train), mm.transform(test)
net = autoencoder(train.shape[1])
net.fit(train, train, epochs=30, batch_size=256, verbose=0)

limit = np.quantile(((net.predict(train) - train) ** 2).mean(axis=1), 0.995)
error = ((net.predict(test) - test) ** 2).mean(axis=1)
alarm = error > limit
print("average precision %.3f" % average_precision_score(labels, error))
print("P %.3f R %.3f F1 %.3f" % (precision_score(labels, alarm), recall_score(labels, alarm), f1_score(labels, alarm)))
