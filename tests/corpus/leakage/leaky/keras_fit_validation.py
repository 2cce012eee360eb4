# expect: L101@12
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from keras.models import Sequential
from keras.layers import Dense

dataset = pd.read_csv("Churn.csv")
X = dataset.iloc[:, 3:13].values
y = dataset.iloc[:, 13].values
sc = StandardScaler()
X = sc.fit_transform(X)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=0)
classifier = Sequential()
classifier.add(Dense(6, activation="relu", input_dim=10))
classifier.add(Dense(1, activation="sigmoid"))
classifier.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
classifier.fit(X_train, y_train, batch_size=10, epochs=100, validation_data=(X_test, y_test))
