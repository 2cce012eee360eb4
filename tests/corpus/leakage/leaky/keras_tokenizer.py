# expect: L103@11
import pandas as pd
from sklearn.model_selection import train_test_split
from tensorflow.keras.layers import Dense, Embedding, LSTM
from tensorflow.keras.models import Sequential
from tensorflow.keras.preprocessing.sequence import pad_sequences
from tensorflow.keras.preprocessing.text import Tokenizer

df = pd.read_csv("tweets.csv")
tok = Tokenizer(num_words=10000)
tok.fit_on_texts(df["tweet"].values)
seqs = tok.texts_to_sequences(df["tweet"].values)
X = pad_sequences(seqs, maxlen=50)
y = df["target"].values
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2)
model = Sequential([Embedding(10000, 32), LSTM(32), Dense(1, activation="sigmoid")])
model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
model.fit(X_train, y_train, epochs=3, batch_size=64)
loss, acc = model.evaluate(X_test, y_test)
print("test acc", acc)
