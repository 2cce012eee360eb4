# expect: L305@14
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
from tensorflow import keras
from sklearn.model_selection import KFold
scores = []
for tr, va in KFold(5).split(X):
    m = keras.Sequential([keras.layers.Dense(1)])
    m.compile("adam", "mse", metrics=["accuracy"])
    m.fit(X.iloc[tr], y.iloc[tr], validation_data=(X.iloc[va], y.iloc[va]), epochs=100, callbacks=[keras.callbacks.EarlyStopping(patience=5)])
    scores.append(m.evaluate(X.iloc[va], y.iloc[va])[1])
print(np.mean(scores))
