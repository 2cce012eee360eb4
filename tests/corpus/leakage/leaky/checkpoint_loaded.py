# expect: L302@15
from keras.callbacks import ModelCheckpoint
from keras.models import Sequential, load_model
from keras.layers import Dense
from sklearn.model_selection import train_test_split
import pandas as pd
df = pd.read_csv("a.csv")
X = df.iloc[:, :-1].values
y = df.iloc[:, -1].values
X_train, X_test, Y_train, Y_test = train_test_split(X, y)
model = Sequential()
model.add(Dense(1))
model.compile(loss="mse")
ck = ModelCheckpoint(filepath="best.h5", monitor="val_loss", save_best_only=True)
model.fit(X_train, Y_train, epochs=10, validation_data=(X_test, Y_test), callbacks=[ck])
best = load_model("best.h5")
print(best.evaluate(X_test, Y_test))
