# expect: L101@9
import pandas as pd
from sklearn.model_selection import train_test_split
from tensorflow import keras

df = pd.read_csv("cells.csv")
X, y = df.drop(columns=["alive"]).to_numpy(), df["alive"].to_numpy()
normalise = keras.layers.Normalization()
normalise.adapt(X)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2)
model = keras.Sequential([normalise, keras.layers.Dense(8, activation="relu"), keras.layers.Dense(1)])
model.compile(optimizer="adam", loss="mse")
model.fit(X_train, y_train, epochs=5, verbose=0)
print(model.evaluate(X_test, y_test))
