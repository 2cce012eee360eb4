# expect: none
import numpy as np
from tensorflow.keras.callbacks import EarlyStopping
from tensorflow.keras.layers import Dense
from tensorflow.keras.models import Sequential
from sklearn.model_selection import train_test_split

X = np.random.rand(100, 4)
y = np.random.rand(100)
X_train, X_test, y_train, y_test = train_test_split(X, y)
m = Sequential([Dense(4), Dense(1)])
m.compile("adam", "mse")
m.fit(X_train, y_train, validation_data=(X_test, y_test), callbacks=[EarlyStopping(monitor="loss", patience=2)])
print(m.evaluate(X_test, y_test))
