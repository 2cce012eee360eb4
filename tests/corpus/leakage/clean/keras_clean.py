# expect: none
import tensorflow as tf
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
import numpy as np

X = np.load("x.npy").astype("float32") / 255.0
y = np.load("y.npy")
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2)
sc = StandardScaler().fit(X_train)
X_train, X_test = sc.transform(X_train), sc.transform(X_test)
model = tf.keras.Sequential([tf.keras.layers.Dense(32, "relu"), tf.keras.layers.Dense(1)])
model.compile("adam", "mse")
stop = tf.keras.callbacks.EarlyStopping(patience=5)
model.fit(X_train, y_train, validation_split=0.1, epochs=100, callbacks=[stop])
print(model.evaluate(X_test, y_test))
