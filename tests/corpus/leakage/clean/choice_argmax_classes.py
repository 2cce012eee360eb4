# expect: none
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
from tensorflow import keras
m = keras.Sequential([keras.layers.Dense(10, activation="softmax")])
m.compile("adam", "sparse_categorical_crossentropy")
m.fit(X_train, y_train, epochs=5)
p = m.predict(X_test)
pred = np.argmax(p, axis=1)
conf = np.max(p, axis=1)
print(accuracy_score(y_test, pred), conf.mean(), conf.max(), classification_report(y_test, pred))
cm = confusion_matrix(y_test, pred)
import matplotlib.pyplot as plt
thresh = cm.max() / 2.
for i in range(cm.shape[0]):
    for j in range(cm.shape[1]):
        plt.text(j, i, cm[i, j], color="white" if cm[i, j] > thresh else "black")
